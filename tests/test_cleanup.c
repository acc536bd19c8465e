/* SPDX-License-Identifier: MIT */
/*
 * The clean-up plan: its text (CR LF, ASCII, quoting, refused paths), and what it does when a
 * model of cmd and bcdedit runs it: only the intended entry goes, anything unexpected stops it.
 */
#include "cmd_model.h"

#include "stop7b/cleanup.h"

#define ENTRIES 4

/* ---- a list of boot entries, and bcdedit over it ---- */

struct entry {
	const char *id, *device, *description;
	bool deleted;
};

struct bcd {
	struct entry entries[ENTRIES];
	const char *store; /* the offline store, NULL: the system's */
	const char *default_id, *current_id;
	bool no_access, export_fails, delete_fails, made;
	int exports, deletes;
};

static void print_entry(const struct entry *e, char *out)
{
	sprintf(out + strlen(out),
		"\nWindows Boot Loader\n-------------------\nidentifier              %s\n"
		"device                  %s\npath                    "
		"\\Windows\\system32\\winload.exe\n"
		"description             %s\nosdevice                %s\n",
		e->id, e->device, e->description, e->device);
}

static const char *resolve(const struct bcd *b, const char *id)
{
	if (strcmp(id, "{default}") == 0)
		return b->default_id ? b->default_id : "";
	if (strcmp(id, "{current}") == 0)
		return !b->store && b->current_id ? b->current_id : "";
	return id;
}

static struct entry *find_entry(struct bcd *b, const char *id)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (b->entries[i].id && !b->entries[i].deleted &&
		    strcasecmp(b->entries[i].id, resolve(b, id)) == 0)
			return &b->entries[i];
	return NULL;
}

static int bcd_enum(struct bcd *b, const char *what, char *out)
{
	if (strcmp(what, "{bootmgr}") == 0)
		return b->no_access;
	if (strcmp(what, "osloader") != 0 && strcmp(what, "all") != 0) {
		const struct entry *e = find_entry(b, what);
		if (e)
			print_entry(e, out);
		return !e;
	}
	for (size_t i = 0; i < ENTRIES; i++)
		if (b->entries[i].id && !b->entries[i].deleted)
			print_entry(&b->entries[i], out);
	return 0;
}

static int bcd_delete(struct bcd *b, const char *id)
{
	struct entry *e = find_entry(b, id);
	assert_int_equal(strcmp(id, resolve(b, id)), 0); /* never by an alias */
	if (!e || b->delete_fails)
		return 1;
	assert_true(b->exports > 0);
	b->deletes++;
	e->deleted = true;
	return 0;
}

static bool create(void *state, const char *path)
{
	struct bcd *b = state;
	assert_string_equal(path, "C:\\bcd-before-stop7b.bak");
	return b->made = true;
}

static int run_program(void *state, char **w, size_t n, char *out)
{
	struct bcd *b = state;
	size_t i = 1;
	if (strcmp(w[0], "C:\\Windows\\System32\\xcopy.exe") == 0) {
		assert_string_equal(w[1], "/h"); /* stores are hidden files */
		assert_string_equal(w[4], b->store);
		assert_true(b->made); /* or it asks a question */
		b->exports += !b->export_fails;
		return b->export_fails;
	}
	assert_string_equal(w[0], "C:\\Windows\\System32\\bcdedit.exe");
	assert_int_equal(b->store != NULL, n > 1 && strcmp(w[1], "/store") == 0);
	if (b->store) {
		assert_string_equal(w[2], b->store);
		i = 3;
	}
	assert_true(n > i + 1);
	if (strcmp(w[i], "/enum") == 0)
		return bcd_enum(b, w[i + 1], out);
	if (strcmp(w[i], "/export") == 0) {
		b->exports += !b->export_fails;
		return b->export_fails;
	}
	assert_string_equal(w[i], "/delete");
	assert_int_equal(n, i + 3);
	assert_string_equal(w[i + 2], "/cleanup");
	return bcd_delete(b, w[i + 1]);
}

#define WIN7  "{11111111-2222-3333-4444-555555555555}"
#define WIN10 "{66666666-7777-8888-9999-aaaaaaaaaaaa}"
#define OTHER "{bbbbbbbb-cccc-dddd-eeee-ffffffffffff}"

static int set_up(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static char *plan(struct arena *arena, const char *vhd, const char *store)
{
	const struct cleanup_request r = {.vhd = vhd,
					  .image = "/srv/win7.vhd",
					  .store = store,
					  .tool = "stop7b 0.1",
					  .when = "2026-01-02T03:04:05Z"};
	struct err err = {0};
	char *out = NULL;
	if (cleanup_cmd(&r, arena, &out, &err) < 0)
		fail_msg("%s: %s", vhd, err.text);
	return out;
}

/* ---- the text ---- */

static const char *const odd_paths[] = {
	"D:\\vhd\\win7.vhd",      "D:\\my disks\\win 7.vhd",
	"D:\\R&D\\a^b!c(d)e.vhd", "D:\\100% real\\x.vhd",
	"D:\\a%%b=c;d,e.vhd",     "d:\\~'`@#$[x]{y}+-_.vhd",
	"D:\\%PATH%\\%1\\x.vhd",  "D:\\\xe6\x97\xa5\xe6\x9c\xac.vhd",
};

static void text_is_ascii_with_crlf(void **state)
{
	for (size_t i = 0; i < sizeof(odd_paths) / sizeof(odd_paths[0]); i++) {
		const char *text = plan(*state, odd_paths[i], i % 2 ? odd_paths[0] : NULL);
		for (const char *p = text; *p; p++) {
			assert_true((unsigned char)*p < 0x7f &&
				    (*p >= 0x20 || *p == '\r' || *p == '\n'));
			assert_int_equal(*p == '\n', p > text && p[-1] == '\r');
		}
		assert_int_equal(text[strlen(text) - 1], '\n');
	}
}

static void percent_is_doubled(void **state)
{
	const char *text = plan(*state, "D:\\100% real\\x.vhd", NULL);
	assert_non_null(strstr(text, "==\"vhd=[D:]\\100%% real\\x.vhd\""));
	assert_null(strstr(text, "100% real"));
	text = plan(*state, "D:\\x.vhd", "C:\\50% off\\BCD");
	assert_non_null(strstr(text, "C:\\50%% off\\BCD"));
}

/* Where the path cannot be compared safely, the plan takes the id instead. */
static void some_paths_need_the_id(void **state)
{
	static const struct {
		const char *path;
		bool by_id;
	} cases[] = {
		{"D:\\x.vhd", false},       {"D:\\50%x.vhd", false}, {"D:\\50%a.vhd", true},
		{"D:\\50%b.vhd", true},     {"D:\\50%~x.vhd", true}, {"D:\\50%A.vhd", false},
		{"D:\\\xc3\xa9.vhd", true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = plan(*state, cases[i].path, NULL);
		assert_int_equal(strstr(text, "goto listing") != NULL, cases[i].by_id);
		assert_int_equal(strstr(text, "call :match") == NULL, cases[i].by_id);
	}
}

static void refused(void **state, const char *vhd, const char *store)
{
	const struct cleanup_request r = {.vhd = vhd, .store = store, .tool = "t", .when = "w"};
	struct err err = {0};
	char *out;
	if (cleanup_cmd(&r, *state, &out, &err) == 0)
		fail_msg("accepted: %s %s", vhd, store ? store : "");
	assert_int_equal(err.code, E_USAGE);
}

static void bad_paths_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"D:",
		"D:\\",
		"D:x.vhd",
		"\\vhd\\x.vhd",
		"x.vhd",
		"/srv/x.vhd",
		"\\\\srv\\x\\y.vhd",
		"1:\\x.vhd",
		"D:\\a\"b.vhd",
		"D:\\a|b",
		"D:\\a<b.vhd",
		"D:\\a>b.vhd",
		"D:\\a*.vhd",
		"D:\\a?.vhd",
		"D:\\a:b",
		"D:/x.vhd",
		"D:\\a/b.vhd",
		"D:\\a\nb.vhd",
		"D:\\a\tb.vhd",
		"D:\\dir\\",
		"DX\\vhd\\x.vhd",
	};
	char longest[600] = "D:\\";
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refused(state, bad[i], NULL);
		refused(state, "D:\\x.vhd", bad[i]);
	}
	refused(state, "D:\\x.vhd", "D:\\\xc3\xa9\\BCD");
	memset(longest + 3, 'x', 256);
	plan(*state, longest, NULL);
	strcat(longest, "x");
	refused(state, longest, NULL);
	strcpy(longest, "D:\\"); /* Windows counts UTF-16 units, not bytes */
	for (size_t i = 0; i < 150; i++)
		strcat(longest, "\xe6\x97\xa5");
	plan(*state, longest, NULL);
}

/* ---- running it ---- */

static struct bcd store_with(const char *device)
{
	return (struct bcd){
		.entries = {{WIN10, "partition=C:", "Windows 10", false},
			    {WIN7, device, "Windows 7 \"old\" & (parked)", false},
			    {OTHER, "vhd=[D:]\\other.vhd,locate=custom:12000002", "Other", false}},
		.default_id = WIN10,
		.current_id = WIN10,
	};
}

static struct cmd cmd;

/* Run; afterwards the entries that are gone must be exactly this one, or none. */
static void runs(const char *text, const char *arg, struct bcd *b, int status, const char *gone)
{
	cmd.host = (struct host){.state = b, .run = run_program, .create = create};
	int is = cmd_run(&cmd, text, arg);
	if (is != status)
		fail_msg("exit %d instead of %d:\n%s", is, status, cmd.said);
	for (size_t i = 0; i < ENTRIES; i++)
		if (b->entries[i].id)
			assert_int_equal(b->entries[i].deleted,
					 gone && strcmp(gone, b->entries[i].id) == 0);
	if (!gone)
		assert_int_equal(b->deletes, 0);
}

static void deletes_only_the_disk(void **state)
{
	static const char *const forms[] = {"vhd=[%.2s]%s", "vhd=[%.2s]%s,locate=custom:12000002",
					    "VHD=[%.2s]%s,locate=custom:22000002"};
	for (size_t i = 0; i < sizeof(odd_paths) / sizeof(odd_paths[0]) - 1; i++)
		for (size_t f = 0; f < 3; f++) {
			char device[512];
			const char *path = odd_paths[i];
			snprintf(device, sizeof(device),
				 f == 0   ? forms[0]
				 : f == 1 ? forms[1]
					  : forms[2],
				 path, path + 2);
			struct bcd b = store_with(device);
			if (strstr(path, "%b")) /* this one wants the id */
				continue;
			char *text = plan(*state, path, NULL);
			runs(text, "", &b, 0, WIN7);
			assert_int_equal(b.exports, 1);
			runs(text, "", &b, 0, WIN7); /* twice is harmless */
			assert_int_equal(b.exports, 1);
			assert_int_equal(b.deletes, 1);
		}
	struct bcd b = store_with("vhd=[locate]\\vhd\\WIN7.vhd,locate=custom:12000002");
	runs(plan(*state, "D:\\vhd\\win7.vhd", NULL), "", &b, 0, WIN7);
}

static void another_disk_stays(void **state)
{
	static const char *const devices[] = {
		"vhd=[E:]\\vhd\\win7.vhd",      "vhd=[D:]\\vhd\\win7.vhdx",
		"vhd=[D:]\\x\\vhd\\win7.vhd",   "ramdisk=[D:]\\vhd\\win7.vhd",
		"vhd=[unknown]\\vhd\\win7.vhd", "partition=D:"};
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct bcd b = store_with(devices[i]);
		runs(plan(*state, "D:\\vhd\\win7.vhd", NULL), "", &b, 0, NULL);
		assert_int_equal(b.exports, 0);
		assert_non_null(strstr(cmd.said, "No boot entry names this disk"));
	}
}

static void refuses(void **state, struct bcd b, const char *words)
{
	runs(plan(*state, "D:\\vhd\\win7.vhd", NULL), "", &b, 1, NULL);
	if (!strstr(cmd.said, words))
		fail_msg("not \"%s\" in:\n%s", words, cmd.said);
}

static void surprises_stop_it(void **state)
{
	const char *device = "vhd=[D:]\\vhd\\win7.vhd";
	struct bcd b = store_with(device);
	b.default_id = WIN7;
	refuses(state, b, "is the default entry");
	b = store_with(device);
	b.current_id = WIN7;
	refuses(state, b, "running now");
	b = store_with(device);
	b.entries[0].id = b.entries[2].id = NULL;
	b.default_id = NULL;
	refuses(state, b, "only boot entry");
	b = store_with(device);
	b.entries[2].device = device;
	refuses(state, b, "More than one");
	b = store_with(device);
	b.no_access = true;
	refuses(state, b, "as administrator");
	b = store_with(device);
	b.export_fails = true;
	refuses(state, b, "could not be saved");
	b = store_with(device);
	b.delete_fails = true;
	refuses(state, b, "did not delete");
}

static void offline_store(void **state)
{
	static const char *const stores[] = {"E:\\Boot\\BCD", "E:\\R&D (old)\\a^b!\\50% BCD"};
	for (size_t i = 0; i < 2; i++) {
		struct bcd b = store_with("vhd=[D:]\\vhd\\win7.vhd");
		char *text = plan(*state, "D:\\vhd\\win7.vhd", stores[i]);
		b.store = stores[i];
		b.current_id = WIN7; /* of another machine: means nothing here */
		runs(text, "", &b, 0, WIN7);
		assert_int_equal(b.exports, 1);
		b = store_with("vhd=[D:]\\vhd\\win7.vhd");
		b.store = stores[i];
		b.default_id = WIN7;
		runs(text, "", &b, 1, NULL);
	}
}

static void by_id(void **state)
{
	char *text = plan(*state, "D:\\\xe6\x97\xa5.vhd", NULL);
	struct bcd b = store_with("vhd=[D:]\\?.vhd");
	runs(text, "", &b, 1, NULL);
	assert_non_null(strstr(cmd.said, WIN7));
	runs(text, "{default}", &b, 0, NULL); /* no VHD entry */
	runs(text, "{00000000-0000-0000-0000-000000000000}", &b, 0, NULL);
	runs(text, WIN10, &b, 0, NULL);
	runs(text, WIN7, &b, 0, WIN7);
	b = store_with("vhd=[D:]\\?.vhd");
	b.default_id = WIN7;
	runs(text, WIN7, &b, 1, NULL);
	runs(text, "{default}", &b, 1, NULL); /* the alias is no way around */
	b.default_id = WIN10;
	b.current_id = WIN7;
	runs(text, "{current}", &b, 1, NULL);
	b.current_id = WIN10;
	b.entries[0].id = b.entries[2].id = NULL;
	runs(text, WIN7, &b, 1, NULL);
	assert_non_null(strstr(cmd.said, "only boot entry"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_ascii_with_crlf),
		TEST(percent_is_doubled),
		TEST(some_paths_need_the_id),
		TEST(bad_paths_are_refused),
		TEST(deletes_only_the_disk),
		TEST(another_disk_stays),
		TEST(surprises_stop_it),
		TEST(offline_store),
		TEST(by_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
