/* SPDX-License-Identifier: MIT */
/*
 * The hive walker on real SYSTEM hives, against what other readers found in them: the services of
 * expected/hives.txt, the numbers of keys and values as hivexml counts them, and the whole trees as
 * libregf reads them; and on edited hives, that hivex, chntpw's reged and libregf read the
 * new value where it was put. Skipped where the data folder is absent.
 */
#include "hive_fixture.h"

#include <dirent.h>
#include <unistd.h>

#include "stop7b/hive_edit.h"
#include "stop7b/hive_reference.h"

#define REAL_MSAHCI "ControlSet001\\services\\msahci" /* as stored: reged minds the case */

/* libregf loses a few bytes of its own when it refuses a key; LeakSanitizer asks here. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libregf_key_item_initialize";
}

/* ---- real hives ---- */

#define LINE_MAX_BYTES 4096

struct expectation {
	struct hive hive;
	struct span bytes;
	struct arena *arena;
	char set[32];
	unsigned services, checked;
};

static void expect_number(struct key service, const char *name, const char *text)
{
	uint32_t number;
	int absent = key_u32(service, name, &number, NULL);
	if (strncmp(text, "None", 4) == 0) {
		assert_int_equal(absent, -1);
		return;
	}
	assert_int_equal(absent, 0);
	assert_int_equal(number, strtoul(text, NULL, 10));
}

static void expect_text(struct key service, const char *name, const char *text, size_t len,
			struct arena *arena)
{
	char *found;
	int absent = key_text(service, name, arena, &found, NULL);
	if (len == 4 && strncmp(text, "None", 4) == 0) {
		assert_int_equal(absent, -1);
		return;
	}
	assert_int_equal(absent, 0);
	assert_int_equal(strlen(found), len);
	assert_memory_equal(found, text, len);
}

/* "{'0': 3, '1': 3}" or nothing. */
static void expect_overrides(struct key service, const char *text)
{
	struct key k;
	char name[16];
	unsigned number;
	int absent = key_find(service, "StartOverride", &k, NULL);
	if (*text != '{') {
		assert_int_equal(absent, -1);
		return;
	}
	assert_int_equal(absent, 0);
	uint32_t n = 0, found;
	for (const char *p = strchr(text, '\''); p; p = strchr(strchr(p, ':'), '\''), n++) {
		assert_int_equal(sscanf(p, "'%15[^']': %u", name, &number), 2);
		assert_int_equal(key_u32(k, name, &found, NULL), 0);
		assert_int_equal(found, number);
	}
	assert_int_equal(key_value_count(k), n);
}

/* "    msahci       Start=3 Type=1 Group=SCSI Miniport Tag=64 Img=system32\... SO=" */
static void expect_service(struct expectation *x, char *line)
{
	char name[128], path[256];
	char *start = strstr(line, " Start="), *type = strstr(line, " Type=");
	char *group = strstr(line, " Group="), *tag = strstr(line, " Tag=");
	char *image = strstr(line, " Img="), *overrides = strstr(line, " SO=");
	if (!start || !type || !group || !tag || !image || !overrides ||
	    sscanf(line, " %127s", name) != 1)
		return;
	snprintf(path, sizeof(path), "%s\\Services\\%s", x->set, name);
	struct key service = find(&x->hive, path);
	assert_true(key_is(service, name));
	expect_number(service, "Start", start + 7);
	expect_number(service, "Type", type + 6);
	expect_number(service, "Tag", tag + 5);
	expect_text(service, "Group", group + 7, (size_t)(tag - group) - 7, x->arena);
	expect_text(service, "ImagePath", image + 5, (size_t)(overrides - image) - 5, x->arena);
	expect_overrides(service, overrides + 4);
	x->checked++;
}

static void expect_services(struct expectation *x, unsigned services, unsigned parked)
{
	char path[64];
	snprintf(path, sizeof(path), "%s\\Services", x->set);
	struct key_iter it = key_subkeys(find(&x->hive, path));
	struct key service, k;
	for (; key_next(&it, &service); services--)
		if (!key_is(service, "StartOverride") &&
		    key_find(service, "StartOverride", &k, NULL) == 0)
			parked--;
	assert_int_equal(it.err.code, E_OK);
	assert_int_equal(services, 0);
	assert_int_equal(parked, 0);
	x->services++;
}

static void close_expected(struct expectation *x)
{
	data_free(x->bytes);
	arena_free(x->arena);
	x->bytes = (struct span){0};
	x->arena = NULL;
}

static void open_expected(struct expectation *x, const char *name)
{
	char file[256];
	close_expected(x);
	snprintf(file, sizeof(file), "%s.xz", name);
	x->bytes = data_load(file);
	x->arena = arena_new();
	assert_true(x->bytes.len > 0);
	assert_int_equal(hive_open(&x->hive, x->bytes, NULL), 0);
}

static void expect_line(struct expectation *x, char *line)
{
	char name[128];
	unsigned a, b, minor;
	line[strcspn(line, "\r\n")] = '\0';
	if (sscanf(line, "# %127s", name) == 1 && strncmp(name, "system/", 7) == 0 &&
	    !strstr(line, " ERR "))
		open_expected(x, name);
	else if (sscanf(line, "  hdr b'regf' v1.%u seq %u/%u", &minor, &a, &b) == 3) {
		assert_int_equal(x->hive.minor, minor);
		assert_int_equal(x->hive.sequence[0], a);
		assert_int_equal(x->hive.sequence[1], b);
		assert_int_equal(x->hive.dirty, strstr(line, "DIRTY") != NULL);
	} else if (sscanf(line, "  CS %31s ", x->set) == 1) {
		find(&x->hive, x->set);
	} else if (sscanf(line, "  services %u with StartOverride %u", &a, &b) == 2) {
		expect_services(x, a, b);
	} else if (strncmp(line, "    ", 4) == 0) {
		expect_service(x, line);
	}
}

static void test_expected_hives(void **state)
{
	(void)state;
	char path[4096], line[LINE_MAX_BYTES];
	data_path(path, "expected/hives.txt");
	FILE *f = fopen(path, "r");
	if (!f)
		skip();
	struct expectation x = {0};
	while (fgets(line, sizeof(line), f))
		expect_line(&x, line);
	fclose(f);
	close_expected(&x);
	assert_true(x.services >= 7);
	assert_true(x.checked >= 242);
}

/* Keys and values as hivexml counts them, and damage where the hive is known for it. */
static void test_census(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		uint64_t keys, values;
		bool damaged;
	} cases[] = {
		{"system/nt4_x86_dc_server.SYSTEM.xz", 1971, 5841, false},
		{"system/win7_sp1_x86_wks732.SYSTEM.xz", 30756, 73455, false},
		{"system/win81_x64_sensei_dirty_nolog.SYSTEM.xz", 20015, 49779, false},
		{"system/win10_190x_x64_2kgm189_dirty_nolog.SYSTEM.xz", 43211, 90307, false},
		{"system/xp_sp3_x86_iecompatvhd.SYSTEM.xz", 10269, 27556, false},
		{"system/xp_x86_ginevra_corrupted.SYSTEM.xz", 1687, 5625, true},
		{"otherhives/nt-hive_offreg_testhive", 528, 12, false},
		{"otherhives/yarp_DuplicateSubkeysHive.xz", 5003, 0, false},
		{"otherhives/hivex_special", 4, 3, false},
	};
	size_t seen = 0;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span bytes = data_load(cases[i].file);
		struct hive h;
		if (bytes.len == 0)
			continue;
		seen++;
		assert_int_equal(hive_open(&h, bytes, NULL), 0);
		struct census c = census_of(&h);
		assert_int_equal(c.keys, cases[i].keys);
		assert_int_equal(c.values, cases[i].values);
		assert_int_equal(c.err.code, cases[i].damaged ? E_CORRUPT : E_OK);
		assert_int_equal(h.damaged_bin != HIVE_NONE, cases[i].damaged);
		data_free(bytes);
	}
	if (seen == 0)
		skip();
}

static void test_foreign_files(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum err_code code;
	} cases[] = {
		{"otherhives/ez_NotAHive", E_FORMAT},
		{"otherhives/win9x_SYSTEM.DAT.creg.xz", E_FORMAT},
		{"otherhives/yarp_TruncatedHiveBin", E_FORMAT},
		{"otherhives/yarp_TruncatedHive", E_CORRUPT},
	};
	size_t seen = 0;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span bytes = data_load(cases[i].file);
		struct hive h;
		struct err err = {0};
		if (bytes.len == 0)
			continue;
		seen++;
		assert_int_equal(hive_open(&h, bytes, &err), -1);
		assert_int_equal(err.code, cases[i].code);
		data_free(bytes);
	}
	if (seen == 0)
		skip();
}

/* ---- libregf on all of them ---- */

static bool is_refused_by_libregf(const char *name)
{
	static const char *const names[] = {
		"xp_x86_ginevra_corrupted.SYSTEM.xz", /* the root key cannot be created */
		"yarp_GarbageHive.xz",                /* bytes behind the last full page */
	};
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* 1 when the file is a hive and both readers agree on it; fails the test when they do not. */
static size_t compare_file(const char *folder, const char *name)
{
	char path[512];
	struct hive h;
	struct hive_tally tally;
	struct err err = {0};
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	struct span bytes = data_load(path);
	size_t compared = 0;
	if (hive_open(&h, bytes, NULL) == 0) {
		struct hive_reference *r = hive_reference_open(bytes, &err);
		int result = r ? hive_reference_compare(r, &h, NULL, &tally, &err) : -1;
		if ((result == 0) == is_refused_by_libregf(name))
			fail_msg("%s: %s", name, err.text);
		hive_reference_close(r);
		compared = 1;
	}
	data_free(bytes);
	return compared;
}

static size_t compare_folder(const char *folder)
{
	char path[4096];
	data_path(path, folder);
	DIR *dir = opendir(path);
	size_t n = 0;
	if (!dir)
		return 0;
	for (struct dirent *d = readdir(dir); d; d = readdir(dir))
		if (d->d_name[0] != '.' && !strstr(d->d_name, ".LOG"))
			n += compare_file(folder, d->d_name);
	closedir(dir);
	return n;
}

static void test_all_hives(void **state)
{
	(void)state;
	size_t n = compare_folder("system");
	if (n == 0)
		skip();
	n += compare_folder("otherhives");
	n += compare_folder("bcd");
	assert_true(n >= 70);
}

/* ---- edits, read by others ---- */

/* First line of a command's output, or "" when it fails. */
static void first_line(const char *command, char out[256])
{
	out[0] = '\0';
	FILE *f = popen(command, "r");
	if (!f || !fgets(out, 256, f))
		out[0] = '\0';
	if (f)
		pclose(f);
	out[strcspn(out, "\r\n")] = '\0';
}

static void save(const char *path, struct span bytes)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
}

/* What hivexget and reged read in the edited hive. */
static void ask_others(const char *dir, struct span bytes, const char *key, const char *name,
		       uint32_t expected)
{
	char hive[512], command[2048], line[256], wanted[64];
	snprintf(hive, sizeof(hive), "%s/hive", dir);
	save(hive, bytes);
	first_line("command -v hivexget", line);
	if (line[0]) {
		snprintf(command, sizeof(command), "hivexget '%s' '%s' '%s'", hive, key, name);
		first_line(command, line);
		snprintf(wanted, sizeof(wanted), "%u", expected);
		assert_string_equal(line, wanted);
	}
	first_line("command -v reged || ls /usr/sbin/reged", line);
	if (line[0]) {
		snprintf(command, sizeof(command),
			 "cd '%s' && PATH=$PATH:/usr/sbin reged -x hive H '%s' out >log 2>&1; "
			 "tr -d '\\000\\r' <out | grep -i '^\"%s\"='",
			 dir, key, name);
		first_line(command, line);
		snprintf(wanted, sizeof(wanted), "\"%s\"=dword:%08x", name, expected);
		assert_string_equal(line, wanted);
	}
	snprintf(command, sizeof(command), "rm -rf '%s'/hive '%s'/out '%s'/log", dir, dir, dir);
	assert_int_equal(system(command), 0);
}

static void ask_libregf(const struct hive *view, const char *key, const char *name,
			uint32_t expected)
{
	struct err err = {0};
	struct hive_tally tally;
	uint32_t number = ~expected;
	struct hive_reference *r = hive_reference_open(view->bytes, &err);
	assert_non_null(r);
	assert_int_equal(hive_reference_u32(r, key, name, &number, &err), 0);
	assert_int_equal(number, expected);
	/* The whole trees of small hives only: large ones cost too much under valgrind. */
	if (view->bins_size < 2u << 20 && hive_reference_compare(r, view, NULL, &tally, &err))
		fail_msg("%s", err.text);
	hive_reference_close(r);
}

static void edit_real(const char *dir, struct span bytes, const char *key, const char *name,
		      uint32_t to, bool keeps_time)
{
	struct hive h;
	struct err err = {0};
	uint8_t data[4];
	put_le32(data, to);
	assert_int_equal(hive_open(&h, bytes, &err), 0);
	uint64_t nk = key_at(find(&h, key)), vk = value_data_at(find_value(&h, key, name));
	uint64_t now = filetime_now();
	struct hive_edit *e = hive_edit_open(&h, &err);
	assert_non_null(e);
	assert_int_equal(hive_edit_set(e, key, name, REG_DWORD, (struct span){data, 4}, now, &err),
			 0);
	hive_edit_finish(e, now);
	const struct range ranges[] = {
		{vk, 4}, {nk + 4, 8}, {4, 4}, {8, 4}, {508, 4}, {12, 8}, {4096 + 20, 8},
	};
	/* Equal sequence numbers cancel out of the checksum: it only changes with the time. */
	bool copy = keeps_time && le64(bytes, 12) == le64(bytes, 4096 + 20);
	const struct hive *view = hive_edit_view(e);
	assert_changed(bytes, view->bytes, ranges, keeps_time ? copy ? 7u : 6u : 4u);
	ask_libregf(view, key, name, to);
	ask_others(dir, view->bytes, key, name, to);
	hive_edit_close(e);
}

static void test_edits(void **state)
{
	(void)state;
	static const struct {
		const char *file, *key, *name;
		uint32_t to;
		bool keeps_time;
	} cases[] = {
		{"system/win7_sp1_x86_wks732.SYSTEM.xz", REAL_MSAHCI, "Start", 0, true},
		{"system/win7_sp1_x86_wks732_compacted.SYSTEM.xz", REAL_MSAHCI, "Start", 0, true},
		{"system/xp_sp3_x86_iecompatvhd.SYSTEM.xz", "ControlSet001\\Services\\atapi", "Tag",
		 9, true},
		{"system/nt4_x86_dc_server.SYSTEM.xz", "ControlSet001\\Services\\atapi", "Start", 4,
		 true},
		{"system/win10_trimmed_qthivex.SYSTEM.xz",
		 "ControlSet001\\Services\\vmbus\\StartOverride", "5", 0, false},
	};
	char dir[256];
	const char *tmp = getenv("TMPDIR");
	size_t seen = 0;
	snprintf(dir, sizeof(dir), "%s/test_hive_real.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span bytes = data_load(cases[i].file);
		if (bytes.len == 0)
			continue;
		seen++;
		edit_real(dir, bytes, cases[i].key, cases[i].name, cases[i].to,
			  cases[i].keeps_time);
		data_free(bytes);
	}
	assert_int_equal(rmdir(dir), 0);
	if (seen == 0)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expected_hives), cmocka_unit_test(test_census),
		cmocka_unit_test(test_foreign_files),  cmocka_unit_test(test_all_hives),
		cmocka_unit_test(test_edits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
