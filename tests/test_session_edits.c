/* SPDX-License-Identifier: MIT */
/*
 * Edits by hand through a session: several hives in one apply, new and deleted keys, what is staged
 * and taken back in any order, hives of a Windows that is not there, and what is refused. Files are
 * read back by ntfscat and hivex; undo is compared byte by byte.
 */
#include "session_disk.h"

#include <inttypes.h>

#define SOFTWARE "2:\\Windows\\System32\\config\\SOFTWARE"
#define MSAHCI   "CurrentControlSet\\Services\\msahci"

static struct edit set_number(const char *key, const char *name, uint32_t number)
{
	static uint8_t bytes[16][4];
	static unsigned next;
	uint8_t *p = bytes[next++ % 16];
	put_le32(p, number);
	return (struct edit){.key = key, .name = name, .type = REG_DWORD, .data = {p, 4}};
}

static void stage(struct session *s, struct edit edit)
{
	struct err err = {0};
	if (session_stage_edits(s, NULL, &edit, 1, &err) != 1)
		fail_msg("%s", err.text);
}

static void refuse(struct session *s, struct edit edit, enum err_code code)
{
	struct err err = {0};
	size_t staged = staged_count(s->staged);
	assert_int_equal(session_stage_edits(s, NULL, &edit, 1, &err), -1);
	assert_int_equal(err.code, code);
	assert_int_equal(staged_count(s->staged), staged);
}

static void apply(struct session *s, size_t hives)
{
	struct err err = {0};
	struct review r;
	struct result result;
	if (session_review(s, &r, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(r.n_hives, hives);
	if (session_apply(s, &r, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(result.verified_by.plain,
			    "libvhdi, libfsntfs, libregf; unchanged pages by stop7b itself");
	review_free(&r);
}

/* What hivex finds in a hive of the disk; "" for nothing. */
static const char *by_hivex(const struct disk *d, const char *file, const char *key,
			    const char *name)
{
	static char out[256];
	char command[2 * TEST_PATH];
	snprintf(
		command, sizeof(command),
		"cd '%s' && qemu-img convert -f vpc -O raw disk.vhd raw && "
		"dd if=raw of=volume bs=512 skip=22528 status=none && ntfscat volume '%s' >hive && "
		"hivexget hive '%s' '%s' 2>/dev/null",
		d->dir, file, key, name);
	FILE *p = popen(command, "r");
	size_t n = p ? fread(out, 1, sizeof(out) - 1, p) : 0;
	while (n > 0 && out[n - 1] == '\n')
		n--;
	out[n] = '\0';
	if (p)
		pclose(p);
	return out;
}

static bool have_tools(void)
{
	return system("command -v qemu-img ntfscat hivexget >/dev/null 2>&1") == 0;
}

/* ---- two hives ---- */

static void stage_both(struct session *s)
{
	struct edit other = set_number("Microsoft\\New", "", 77);
	struct edit key = {
		.key = "Microsoft\\New", .name = "", .op = HIVE_CREATE_KEY, .hive = SOFTWARE};
	other.hive = SOFTWARE;
	stage(s, key);
	stage(s, other);
	stage(s, set_number(MSAHCI, "Start", 0));
	stage(s, set_number(MSAHCI, "Another", 5));
}

static void test_two_hives(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	stage_both(s);
	apply(s, 2);
	if (have_tools()) {
		assert_string_equal(
			by_hivex(&d, "Windows/System32/config/SOFTWARE", "Microsoft\\New", "@"),
			"77");
		assert_string_equal(by_hivex(&d, "Windows/System32/config/SYSTEM",
					     "ControlSet001\\services\\msahci", "Start"),
				    "0");
		assert_string_equal(by_hivex(&d, "Windows/System32/config/SYSTEM",
					     "ControlSet001\\services\\msahci", "Another"),
				    "5");
	}
	assert_int_equal(staged_count(s->staged), 0);
	take_back(s);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* ---- a kill at every changing call ---- */

static void test_killed(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win7-mbr-dynamic");
	assert_true(killed_everywhere(&d, stage_both) > 5);
	disk_free(&d);
}

/* ---- staging ---- */

static uint32_t number_now(struct session *s, const char *key, const char *name)
{
	struct key k;
	uint32_t n;
	const struct hive *h = session_hive_view(s->chosen->system);
	if (key_find(hive_root(h), session_offline_key(s, key), &k, NULL) < 0 ||
	    key_u32(k, name, &n, NULL) < 0)
		return UINT32_MAX;
	return n;
}

static void test_order(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	static const char new_key[] = "CurrentControlSet\\Services\\new\\Deep";
	stage(s, (struct edit){.key = new_key, .name = "", .op = HIVE_CREATE_KEY});
	stage(s, set_number(new_key, "x", 1));
	stage(s, set_number(new_key, "x", 2)); /* replaces */
	assert_int_equal(staged_count(s->staged), 2);
	assert_int_equal(number_now(s, new_key, "x"), 2);
	/* the key cannot go as long as a value needs it */
	assert_int_equal(session_unstage(s, staged_get(s->staged, 0)->subject, &err), -1);
	assert_non_null(strstr(err.text, "needs this one"));
	assert_int_equal(staged_count(s->staged), 2);
	assert_int_equal(number_now(s, new_key, "x"), 2);
	assert_int_equal(session_unstage(s, staged_get(s->staged, 1)->subject, NULL), 1);
	assert_int_equal(number_now(s, new_key, "x"), UINT32_MAX);
	assert_non_null(session_undo_stage(s, NULL));
	assert_int_equal(number_now(s, new_key, "x"), 2);
	assert_non_null(session_undo_stage(s, NULL));
	assert_int_equal(number_now(s, new_key, "x"), 1);
	/* deleting what the fix sets, and the other way round */
	stage(s, (struct edit){.key = MSAHCI, .name = "Start", .op = HIVE_DELETE_VALUE});
	assert_int_equal(number_now(s, MSAHCI, "Start"), UINT32_MAX);
	assert_int_equal(session_stage_fix(s, "msahci", NULL), 1);
	assert_int_equal(number_now(s, MSAHCI, "Start"), 0);
	refuse(s, (struct edit){.key = MSAHCI, .name = "nosuch", .op = HIVE_DELETE_VALUE},
	       E_NOTFOUND);
	refuse(s, (struct edit){.key = "No\\Key", .name = "", .op = HIVE_DELETE_KEY}, E_NOTFOUND);
	refuse(s, (struct edit){.key = "", .name = "", .op = HIVE_DELETE_KEY}, E_UNSUPPORTED);
	struct edit lost = set_number("K", "v", 1);
	lost.hive = "2:\\nowhere";
	refuse(s, lost, E_NOTFOUND);
	lost.hive = "9:\\x";
	refuse(s, lost, E_NOTFOUND);
	lost.hive = "nonsense";
	refuse(s, lost, E_USAGE);
	apply(s, 1);
	take_back(s);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* One hive has one name, however it is written. */
static void test_one_hive(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	struct hive_file *f = session_hive(s, "2:/windows/SYSTEM32/config/system", NULL);
	assert_ptr_equal(f, s->chosen->system);
	assert_ptr_equal(session_hive(s, NULL, NULL), f);
	struct edit e = set_number(MSAHCI, "Start", 0);
	e.hive = "2:/windows/SYSTEM32/config/system";
	stage(s, e);
	assert_null(staged_get(s->staged, 0)->edits[0].hive);
	assert_int_equal(s->after.n_blocked + 1, s->now.n_blocked);
	struct hive_file *other = session_hive(s, SOFTWARE, NULL);
	assert_non_null(other);
	assert_ptr_equal(session_hive(s, "2:\\windows\\system32\\CONFIG\\software", NULL), other);
	assert_null(other->edit);
	assert_null(session_hive(s, "2:\\Windows\\System32\\config\\SOFTWAR", NULL));
	assert_null(session_hive(s, "2:\\Windows\\System32\\config\\SOFTWARE2", NULL));
	session_close(s);
	disk_free(&d);
}

/* A volume without a Windows that counts: its hives can be edited all the same. */
static void test_without_windows(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	disk_copy(&d, "twowindows");
	const struct session_options options = {.undo_dir = d.dir};
	struct session *s = session_open(d.path, &options, NULL, NULL, &err);
	assert_non_null(s);
	assert_null(s->chosen); /* two come into question */
	struct edit e = set_number("Select", "Default", 1);
	char name[TEST_PATH];
	snprintf(name, sizeof(name), "%s", s->windows[0].system->name);
	e.hive = name;
	e.key = "Select";
	e.name = "Added";
	stage(s, e);
	struct review r;
	struct result result;
	assert_int_equal(session_review(s, &r, &err), 0);
	assert_int_equal(r.n, 1);
	if (session_apply(s, &r, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(result.fixed); /* nothing was diagnosed */
	review_free(&r);
	take_back(s);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* The guards of the hive that is edited count, not those of the one that is judged. */
#define EFI_STORE "1:\\EFI\\Microsoft\\Boot\\BCD"

static void stage_in_store(struct session *s)
{
	struct edit e = set_number("Description", "System", 7);
	e.hive = EFI_STORE;
	stage(s, e);
}

static void test_guarded_hive(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win10-gpt-dynamic");
	/* "not put away" in the FAT boot sector, which begins 3 bytes before its maker's name */
	uint8_t *boot = memmem(d.before, d.len, "mkfs.fat", 8);
	assert_non_null(boot);
	boot[65 - 3] |= 1;
	test_write(d.path, d.before, d.len);
	struct session *s = disk_open(&d, NULL, NULL);
	assert_null(session_writes_off(s));
	stage_in_store(s);
	assert_non_null(session_writes_off(s));
	assert_string_equal(session_writes_off(s)->id, "dirty-volume");
	assert_non_null(session_undo_stage(s, NULL));
	assert_null(session_writes_off(s));
	session_close(s);
	disk_free(&d);
}

/* A hive on a FAT volume is written where it lies, and read back by what reads FAT. */
static void test_on_fat(void **state)
{
	(void)state;
	struct disk d;
	struct review r;
	struct result result;
	struct err err = {0};
	disk_copy(&d, "win10-gpt-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	stage_in_store(s);
	assert_null(session_writes_off(s));
	if (session_review(s, &r, &err) < 0 || session_apply(s, &r, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	review_free(&r);
	assert_string_equal(
		result.verified_by.plain,
		"libvhdi, libfsntfs, libregf; FAT and unchanged pages by stop7b itself");
	struct key k;
	uint32_t n = 0;
	assert_int_equal(key_find(hive_root(&session_hive(s, EFI_STORE, NULL)->hive), "Description",
				  &k, NULL),
			 0);
	assert_int_equal(key_u32(k, "System", &n, NULL), 0);
	assert_int_equal(n, 7);
	take_back(s);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* Two edits of one value, by whatever way they were staged: the newest counts. */
static void test_newest_counts(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	assert_int_equal(session_stage_start(s, "msahci", 0, NULL), 1);
	stage(s, set_number(MSAHCI, "Start", 4));
	assert_int_equal(number_now(s, MSAHCI, "Start"), 4);
	assert_int_equal(session_stage_start(s, "msahci", 1, NULL), 1);
	assert_int_equal(number_now(s, MSAHCI, "Start"), 1);
	assert_int_equal(staged_count(s->staged), 2);
	session_close(s);
	disk_free(&d);
}

/* A value's name may look like the path of another one. */
static void test_subjects(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	const struct edit edits[] = {
		{.key = "a", .name = "b\\c"},
		{.key = "a\\b", .name = "c"},
		{.key = "a\\b\\c", .name = "", .op = HIVE_CREATE_KEY},
		{.key = "a\\b\\c", .name = ""},
		{.key = "a\\b\\c", .name = "(Default)"},
		{.key = "a", .name = "b\\\\c"},
		{.key = "a", .name = "b\\c", .hive = SOFTWARE},
	};
	size_t n = sizeof(edits) / sizeof(edits[0]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(session_edit_subject(&edits[i], arena),
						session_edit_subject(&edits[j], arena));
	arena_free(arena);
}

/* What would leave nothing to judge is not staged, and the words are about the change. */
static void test_nothing_left(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	const struct edit e = {.key = "Select", .name = "", .op = HIVE_DELETE_KEY};
	assert_int_equal(session_stage_edits(s, NULL, &e, 1, &err), -1);
	assert_non_null(strstr(err.text, "not staged"));
	assert_int_equal(staged_count(s->staged), 0);
	session_close(s);
	disk_free(&d);
}

/* A hibernated Windows has the other volumes of its disk mounted, too. */
static void test_hibernated_neighbour(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct review r;
	struct result result;
	disk_copy(&d, "hibernated");
	struct session *s = disk_open(&d, NULL, NULL);
	struct edit e = set_number("Objects", "x", 1);
	e.hive = "1:\\Boot\\BCD";
	stage(s, e);
	assert_non_null(session_writes_off(s));
	assert_string_equal(session_writes_off(s)->id, "hibernated");
	assert_int_equal(session_review(s, &r, &err), 0);
	assert_int_equal(session_apply(s, &r, NULL, NULL, &result, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	review_free(&r);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* What a review says of each kind of edit. */
static void test_words(void **state)
{
	(void)state;
	struct disk d;
	struct review r;
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = disk_open(&d, NULL, NULL);
	stage(s, set_number(MSAHCI, "Start", 0));
	stage(s, set_number(MSAHCI, "New", 9));
	stage(s, (struct edit){.key = MSAHCI, .name = "Group", .op = HIVE_DELETE_VALUE});
	stage(s, (struct edit){.key = "New", .name = "", .op = HIVE_CREATE_KEY});
	stage(s, (struct edit){.key = "ControlSet001\\services\\atapi",
			       .name = "",
			       .op = HIVE_DELETE_KEY});
	assert_int_equal(session_review(s, &r, NULL), 0);
	static const struct {
		const char *was_type, *was, *type, *becomes;
	} want[] = {
		{"REG_DWORD", "3 Manual", "REG_DWORD", "0 Boot"},
		{"", "absent", "REG_DWORD", "9"},
		{"REG_SZ", "\"SCSI Miniport\"", "", "absent"},
		{"", "absent", "", "key, empty"},
		{"", "key with 0 subkeys and 6 values", "", "absent"},
	};
	assert_int_equal(r.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < r.n; i++) {
		assert_string_equal(r.values[i].was_type, want[i].was_type);
		assert_string_equal(r.values[i].was.plain, want[i].was);
		assert_string_equal(r.values[i].type, want[i].type);
		assert_string_equal(r.values[i].becomes.plain, want[i].becomes);
		assert_true(r.values[i].bytes > 0 && r.values[i].file_at > 0);
	}
	review_free(&r);
	session_close(s);
	disk_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_hives),       cmocka_unit_test(test_killed),
		cmocka_unit_test(test_order),           cmocka_unit_test(test_one_hive),
		cmocka_unit_test(test_without_windows), cmocka_unit_test(test_words),
		cmocka_unit_test(test_guarded_hive),    cmocka_unit_test(test_on_fat),
		cmocka_unit_test(test_newest_counts),   cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_nothing_left),    cmocka_unit_test(test_hibernated_neighbour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
