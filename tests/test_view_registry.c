/* SPDX-License-Identifier: MIT */
/*
 * The registry pages and their editors as pictures, the review, search, and names that no path can
 * say.
 */
#include "registry_test.h"

static const struct picture pictures[] = {
	{"registry-60x16", WIN7, MSAHCI, 60, 16, false, false},
	{"registry-40x12", WIN7, MSAHCI, 40, 12, false, false},
	{"registry-staged", WIN7, MSAHCI "e<bs>0<enter><end>xcvFresh<enter>sabc<enter>", 80, 24,
	 false, false},
	{"registry-staged-roles", WIN7, MSAHCI "e<bs>0<enter><end>xcvFresh<enter>sabc<enter>", 80,
	 24, true, false},
	{"registry-staged-60x16", WIN7, MSAHCI "e<bs>0<enter><end>x", 60, 16, false, false},
	{"registry-staged-40x12", WIN7, MSAHCI "e<bs>0<enter><end>x", 40, 12, false, false},
	{"registry-read-only", WIN7, MSAHCI "e<bs>0<enter>", 80, 24, false, true},
	{"registry-way-staged", WIN7, MSAHCI "e<bs>0<enter><esc>", 80, 24, false, false},
	{"registry-root-staged", WIN7, MSAHCI "e<bs>0<enter><esc><esc><esc>", 80, 24, false, false},
	{"registry-new-key", WIN7, MSAHCI "ckNew key<enter>", 80, 24, false, false},
	{"registry-new-in-new", WIN7, MSAHCI "ckNew<enter><enter>cv<enter>d5<enter>", 80, 24, false,
	 false},
	{"registry-override", WIN7, MSAHCI "ckStartOverride<enter><enter>cv0<enter>d3<enter>", 80,
	 24, false, false},
	{"registry-delete-key", WIN7, ROOT "/controlset001<enter><enter>x", 80, 24, false, false},
	{"registry-delete-key-40x12", WIN7, ROOT "/controlset001<enter><enter>x", 40, 12, false,
	 false},
	{"registry-deleted-entered", WIN7, SERVICES "/msahci<enter>x<enter>", 80, 24, false, false},
	{"registry-undone", WIN7, MSAHCI "e<bs>0<enter><end>xuu", 80, 24, false, false},
	{"registry-redone", WIN7, MSAHCI "e<bs>0<enter><end>xuu<ctrl-r>", 80, 24, false, false},
	{"registry-dropped", WIN7, MSAHCI "e<bs>0<enter><end>xa <esc>", 80, 24, false, false},
	{"registry-search", WIN7, ROOT "smsahci", 80, 24, false, false},
	{"registry-search-40x12", WIN7, ROOT "smsahci", 40, 12, false, false},
	{"registry-found", WIN7, ROOT "smsahci.SYS<enter>", 80, 24, false, false},
	{"registry-found-next", WIN7, ROOT "smsahci.SYS<enter>n", 80, 24, false, false},
	{"registry-found-again", WIN7, ROOT "smsahci.SYS<enter>nn", 80, 24, false, false},
	{"registry-not-found", WIN7, MSAHCI "snowhere to be seen<enter>", 80, 24, false, false},
	{"registry-recovered", "hive-logged.vhd", ROOT, 80, 24, false, false},
	{"registry-writes-off", "hibernated.vhd", ROOT, 80, 24, false, false},
	{"registry-software", WIN7, CONFIG "/software<enter><enter>ckStop<enter>", 80, 24, false,
	 false},
	{"registry-odd-names", "odd-names.vhd", SERVICES "/half<enter><enter>e", 80, 24, false,
	 false},
	{"registry-help", WIN7, MSAHCI "?", 80, 24, false, false},
	{"registry-applied", WIN7, MSAHCI "<end>xay", 80, 24, false, false},
	{"value-staged", WIN7, MSAHCI "<end>e<home>X<enter><enter>", 80, 24, false, false},
	{"value-start", WIN7, MSAHCI "<enter>", 80, 24, false, false},
	{"value-default", WIN7, MSAHCI "cv<enter>sabc<enter><enter>", 80, 24, false, false},
	{"edit-number", WIN7, MSAHCI "e", 80, 24, false, false},
	{"edit-number-hex", WIN7, MSAHCI "<down>e<ctrl-u>0xff", 80, 24, false, false},
	{"edit-number-40x12", WIN7, MSAHCI "e", 40, 12, false, false},
	{"edit-number-refused", WIN7, MSAHCI "e<ctrl-u>4294967296<enter>", 80, 24, false, false},
	{"edit-number-refused-40x12", WIN7, MSAHCI "e<ctrl-u>4294967296<enter>", 40, 12, false,
	 false},
	{"edit-text", WIN7, MSAHCI "<end>e<left><left>", 80, 24, false, false},
	{"edit-text-40x12", WIN7, MSAHCI "<end>e", 40, 12, false, false},
	{"edit-text-scrolled-40x12", WIN7, MSAHCI "<end>e<home>", 40, 12, false, false},
	{"edit-hex", WIN7, MSAHCI "cvRaw<enter>b01 02ff", 80, 24, false, false},
	{"edit-hex-refused", WIN7, MSAHCI "cvRaw<enter>b01 02f<enter>", 60, 16, false, false},
	{"edit-pasted", WIN7, MSAHCI "e<paste>", 80, 24, false, false},
	{"edit-kind", WIN7, MSAHCI "c", 80, 24, false, false},
	{"edit-name-refused", WIN7, MSAHCI "cvstart<enter>", 80, 24, false, false},
	{"edit-key-refused", WIN7, MSAHCI "cka\\b<enter>", 80, 24, false, false},
	{"edit-type", WIN7, MSAHCI "cvNew<enter>", 80, 24, false, false},
	{"edit-type-40x12", WIN7, MSAHCI "cvNew<enter>", 40, 12, false, false},
	{"edit-lines", WIN7, LISTS, 80, 24, false, false},
	{"edit-lines-roles", WIN7, LISTS, 80, 24, true, false},
	{"edit-lines-60x16", WIN7, LISTS, 60, 16, false, false},
	{"edit-lines-40x12", WIN7, LISTS, 40, 12, false, false},
	{"edit-lines-staged", WIN7, LISTS "<esc>", 80, 24, false, false},
	{"edit-line", WIN7, LISTS "<enter>", 80, 24, false, false},
	{"edit-line-refused", WIN7, LISTS "<enter><ctrl-u><enter>", 80, 24, false, false},
	{"edit-lines-none", WIN7, MSAHCI "cvList<enter>m", 80, 24, false, false},
	{"edit-bytes", WIN7, LONG "e", 80, 24, false, false},
	{"edit-bytes-60x16", WIN7, LONG "e", 60, 16, false, false},
	{"edit-bytes-40x12", WIN7, LONG "e", 40, 12, false, false},
	{"edit-bytes-line", WIN7, LONG "e<down><enter>", 80, 24, false, false},
	{"edit-bytes-changed", WIN7, LONG "e<down>xcffff<enter>", 80, 24, false, false},
	{"edit-help", WIN7, LISTS "?", 80, 24, false, false},
};

static void test_pictures(void **state)
{
	(void)state;
	need_images();
	check_pictures(pictures, sizeof(pictures) / sizeof(pictures[0]), 0);
}

/* The review names hive, key, type, what was there and what comes. */
static void test_review(void **state)
{
	static const struct {
		const char *keys;
		const char *lines[6];
	} rows[] = {
		{MSAHCI "e<bs>0<enter><end>xcvFresh<enter>sabc<enter>ckSub<enter>a",
		 {"+++ P2:\\Windows\\System32\\config\\SYSTEM   after apply",
		  "-  Start    REG_DWORD 3 Manual", "+  Start    REG_DWORD 0 Boot",
		  "+  ImagePath deleted", "+  Fresh    REG_SZ \"abc\"",
		  "@@ ControlSet001\\services\\msahci\\Sub"}},
		{SERVICES "/msahci<enter>xa",
		 {"@@ ControlSet001\\services\\msahci", "key with 0 subkeys and 5 values",
		  "+  msahci   deleted", "Write this 1 change"}},
		{CONFIG "/software<enter><enter>ckStop<enter>a",
		 {"+++ P2:\\Windows\\System32\\config\\SOFTWARE   after apply", "@@ Stop",
		  "+  Stop     key, empty", "Write this 1 change"}},
		{MSAHCI "e<bs>4<enter>ua", {"Nothing is staged yet"}},
	};
	struct app app;
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_at(&app, WIN7, rows[i].keys, 80, 24);
		for (size_t j = 0; j < 6 && rows[i].lines[j]; j++)
			assert_shows(&app, rows[i].lines[j], true);
		app_end(&app);
	}
}

/* ---- search ---- */

static bool holds(const char *text, const char *word)
{
	return text && strcasestr(text, word);
}

/* Names and texts below k that hold a word, counted another way. */
static size_t count_hits(struct key k, const char *word, struct arena *arena)
{
	size_t n = 0;
	struct key sub;
	struct value v;
	struct value_iter values = key_values(k);
	struct key_iter keys = key_subkeys(k);
	while (value_next(&values, &v)) {
		char **texts = NULL, *text = NULL;
		size_t n_texts = 0;
		bool hit = holds(value_name(v, arena), word);
		if (v.type == REG_SZ || v.type == REG_EXPAND_SZ)
			value_text(v, arena, &text, NULL);
		if (v.type == REG_MULTI_SZ)
			value_texts(v, arena, &texts, &n_texts, NULL);
		for (size_t i = 0; i < n_texts; i++)
			hit = hit || holds(texts[i], word);
		n += hit || holds(text, word);
	}
	while (key_next(&keys, &sub))
		n += holds(key_name(sub, arena), word) + count_hits(sub, word, arena);
	return n;
}

static void test_search_finds_all(void **state)
{
	static const char *const words[] = {"msahci", "SCSI", "drivers\\p", "control", "boot"};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, ROOT, 80, 24);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct arena *arena = arena_new();
		size_t n = 0;
		const struct hive *h = session_hive_view(registry_state(&app)->file);
		size_t wanted = count_hits(hive_root(h), words[i], arena);
		arena_free(arena);
		assert_true(wanted > 1);
		while (registry_state(&app)->depth)
			press(&app, "<esc>");
		press(&app, "s<ctrl-u>");
		for (const char *c = words[i]; *c; c++)
			app_key(&app, *c);
		press(&app, "<enter>");
		for (; n <= wanted && strstr(app.message, "again") == NULL; n++)
			press(&app, "n");
		assert_int_equal(n, wanted);
		press(&app, "N"); /* back over the beginning, and once round */
		assert_non_null(strstr(app.message, "from the end again"));
		for (n = 0; n <= wanted && (n == 0 || !strstr(app.message, "again")); n++)
			press(&app, "N");
		assert_int_equal(n, wanted);
	}
	app_end(&app);
}

static void test_search_places(void **state)
{
	static const struct {
		const char *keys, *path, *row;
	} rows[] = {
		{ROOT "sSELECT<enter>", "", "Select"},
		{ROOT "s0xffffffff99<enter>", "", NULL},
		{ROOT "s3zqx<enter>", "", NULL}, /* not the number 3 */
		{ROOT "slastknowngood<enter>", "Select", "LastKnownGood"},
		{MSAHCI "sgroup<enter>", "ControlSet001\\services\\msahci", "Group"},
		{MSAHCI "s\\SystemRoot\\SYSTEM32\\drivers\\msahci<enter>",
		 "ControlSet001\\services\\msahci", "ImagePath"},
	};
	struct app app;
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_at(&app, WIN7, rows[i].keys, 80, 24);
		assert_string_equal(registry_state(&app)->path, rows[i].path);
		if (rows[i].row) {
			size_t sel = app_frame(&app)->sel;
			assert_true(sel > 0);
			assert_string_equal(registry_state(&app)
						    ->rows[registry_state(&app)->shown[sel - 1]]
						    .name,
					    rows[i].row);
		} else {
			assert_non_null(strstr(app.message, "Nothing in this hive"));
		}
		app_end(&app);
	}
}

/* Numbers are found by value, in either form; staged ones too, deleted ones not. */
static void test_search_numbers_and_staged(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI "cvMine<enter>d987654321<enter><esc>s987654321<enter>", 80, 24);
	assert_string_equal(registry_state(&app)->path, "ControlSet001\\services\\msahci");
	assert_shows(&app, ">*", false);
	assert_shows(&app, "> * Mine", true);
	press(&app, "<esc>s<ctrl-u>0x3ade68b1<enter>");
	assert_shows(&app, "> * Mine", true);
	press(&app, "<esc>s<ctrl-u>0987654321<enter>"); /* decimal, not octal */
	assert_shows(&app, "> * Mine", true);
	press(&app, "us<ctrl-u>987654321<enter>");
	assert_non_null(strstr(app.message, "Nothing in this hive"));
	app_end(&app);
}

/* ---- names that no path can say ---- */

static void test_odd_names(void **state)
{
	static const char *const filters[] = {"half", "zero", "\\x1b", "very long"};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, "odd-names.vhd", SERVICES, 80, 24);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		bool nameable = i == 3;
		press(&app, "/");
		press(&app, filters[i]);
		press(&app, "<enter><enter>");
		assert_int_equal(registry_state(&app)->depth, 3);
		assert_true(registry_state(&app)->n >= 1);
		assert_int_equal(registry_state(&app)->key.at, registry_state(&app)->trail[2].at);
		press(&app, "<end>e");
		assert_int_equal(prompt_is_open(&app), nameable);
		press(&app, "<esc>");
		press(&app, nameable ? "" : "<enter>"); /* whole value, then back */
		while (app_frame(&app)->page != PAGE_REGISTRY || registry_state(&app)->depth > 2)
			press(&app, "<esc>");
		press(&app, "x");
		assert_int_equal(app_staged(&app), nameable);
		assert_int_equal(strstr(app.message, "cannot be written as text") == NULL,
				 nameable);
		while (app_staged(&app))
			press(&app, "u");
	}
	app_end(&app);
	/* the page stays in such a key while other things are staged and taken back */
	open_at(&app, "odd-names.vhd", MSAHCI "e<ctrl-u>1<enter><esc>/half<enter><enter>", 80, 24);
	uint32_t at = registry_state(&app)->key.at;
	press(&app, "u<ctrl-r>u");
	assert_int_equal(registry_state(&app)->depth, 3);
	assert_int_equal(registry_state(&app)->key.at, at);
	assert_ptr_equal(registry_state(&app)->key.hive,
			 session_hive_view(registry_state(&app)->file));
	app_end(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_review),
		cmocka_unit_test(test_search_finds_all),
		cmocka_unit_test(test_search_places),
		cmocka_unit_test(test_search_numbers_and_staged),
		cmocka_unit_test(test_odd_names),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
