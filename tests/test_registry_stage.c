/* SPDX-License-Identifier: MIT */
/*
 * Staging on the registry pages: new and deleted keys and values and how they are shown, taking
 * back, cells that move, and the hive that an apply leaves, as hivexget reads it.
 */
#include "registry_test.h"

static void test_marks(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI "e<bs>0<enter>/type<enter>x/<esc>cvN<enter>d1<enter>", 80, 24);
	assert_int_equal(mark_of(&app, "Start"), MARK_CHANGED);
	assert_int_equal(mark_of(&app, "Type"), MARK_DELETED);
	assert_int_equal(mark_of(&app, "N"), MARK_NEW);
	assert_int_equal(mark_of(&app, "Group"), MARK_NONE);
	assert_int_equal(registry_state(&app)->n, 6);
	assert_string_equal(registry_state(&app)->rows[1].name, "Type"); /* where it was */
	press(&app, "<esc>");
	assert_int_equal(mark_of(&app, "msahci"), MARK_BELOW);
	assert_int_equal(mark_of(&app, "atapi"), MARK_NONE);
	press(&app, "<enter><home><down><down> "); /* Type is back, alone */
	assert_int_equal(mark_of(&app, "Type"), MARK_NONE);
	assert_int_equal(mark_of(&app, "Start"), MARK_CHANGED);
	assert_int_equal(app_staged(&app), 2);
	press(&app, "<end>x"); /* what is new is not deleted but taken back */
	assert_int_equal(app_staged(&app), 1);
	assert_int_equal(registry_state(&app)->n, 5);
	/* a value of the same name below the key is another one */
	press(&app, "ckSub<enter><enter>cvStart<enter>d2<enter><esc>/start<enter> ");
	assert_int_equal(mark_of(&app, "Start"), MARK_NONE);
	assert_int_equal(mark_of(&app, "Sub"), MARK_NEW);
	assert_int_equal(app_staged(&app), 2);
	app_end(&app);
}

/* A deleted value can be made anew, a deleted key cannot; a fix of the list is seen here. */
static void test_delete_and_create(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI "xcvStart<enter>d2<enter>", 80, 24);
	assert_int_equal(app_staged(&app), 1);
	assert_int_equal(mark_of(&app, "Start"), MARK_CHANGED);
	press(&app, "u");
	assert_int_equal(mark_of(&app, "Start"), MARK_DELETED);
	press(&app, "ue<ctrl-u>1<enter><esc>x");
	assert_int_equal(mark_of(&app, "msahci"), MARK_DELETED);
	press(&app, "ckmsahci<enter>");
	assert_true(prompt_is_open(&app));
	press(&app, "<esc> ");
	assert_int_equal(mark_of(&app, "msahci"), MARK_BELOW);
	press(&app, "uu");
	assert_int_equal(app_staged(&app), 1);
	app_end(&app);
	open_at(&app, WIN7, "f" MSAHCI, 80, 24);
	assert_int_equal(mark_of(&app, "Start"), MARK_CHANGED);
	assert_shows(&app, "0  Boot", true);
	assert_shows(&app, "needs", false);
	press(&app, " ");
	assert_int_equal(mark_of(&app, "Start"), MARK_NONE);
	app_end(&app);
}

/* A new key goes with everything that was staged in it; a change elsewhere stays. */
static void test_new_key_taken_back(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7,
		MSAHCI "e<bs>0<enter>ckA<enter><enter>ckB<enter><enter>cvV<enter>d1<enter>"
		       "<esc><esc>",
		80, 24);
	assert_int_equal(app_staged(&app), 4);
	assert_int_equal(mark_of(&app, "A"), MARK_NEW);
	press(&app, "x");
	assert_int_equal(app_staged(&app), 1);
	assert_int_equal(mark_of(&app, "Start"), MARK_CHANGED);
	press(&app, "uuu"); /* the three takings back */
	assert_int_equal(app_staged(&app), 4);
	app_end(&app);
	/* the selected row is kept when one above it goes */
	open_at(&app, WIN7, MSAHCI "ckA<enter><down><down>u", 80, 24);
	assert_shows(&app, ">   Type", true);
	app_end(&app);
	/* undo below the page: it goes up to what is left */
	open_at(&app, WIN7, MSAHCI "ckA<enter><enter>ckB<enter><enter>uu", 80, 24);
	assert_string_equal(registry_state(&app)->path, "ControlSet001\\services\\msahci");
	assert_int_equal(registry_state(&app)->n, 5);
	app_end(&app);
}

/* Dropping an earlier change moves what was created later, and may give its cell to another key. */
static void test_cells_move(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7,
		MSAHCI "ckP<enter>ckA<enter><enter>ckB<enter><enter>"
		       "cvInner<enter>d5<enter>",
		80, 24);
	uint32_t at = registry_state(&app)->key.at;
	press(&app, "a <esc>");
	assert_int_equal(app_staged(&app), 3);
	assert_string_equal(registry_state(&app)->path, "ControlSet001\\services\\msahci\\A\\B");
	assert_int_not_equal(registry_state(&app)->key.at, at);
	assert_int_equal(mark_of(&app, "Inner"), MARK_NEW);
	press(&app, "sinner<enter>");
	assert_null(strstr(app.message, "again"));
	assert_string_equal(registry_state(&app)->path, "ControlSet001\\services\\msahci\\A\\B");
	app_end(&app);
	open_at(&app, WIN7, MSAHCI "ckA<enter>ckB<enter>/A<enter><enter>", 80, 24);
	assert_string_equal(registry_state(&app)->path, "ControlSet001\\services\\msahci\\A");
	at = registry_state(&app)->key.at;
	press(&app, "a <esc>");
	assert_string_equal(registry_state(&app)->path, "ControlSet001\\services\\msahci");
	assert_int_equal(registry_state(&app)->rows[0].key.at, at); /* B where A was */
	assert_string_equal(registry_state(&app)->rows[0].name, "B");
	assert_int_equal(mark_of(&app, "B"), MARK_NEW);
	app_end(&app);
}

/* Two hives with a key of the same name: what is staged in one is not shown in the other. */
static void test_two_hives(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7,
		ROOT "ckMicrosoft<enter><enter>ckX<enter>" CONFIG "/software<enter><enter>", 80,
		24);
	assert_int_equal(app_staged(&app), 2);
	press(&app, "ckZ<enter>");
	assert_int_equal(mark_of(&app, "Z"), MARK_NEW);
	assert_int_equal(mark_of(&app, "Microsoft"), MARK_NONE);
	press(&app, "u<home><down>");
	press(&app, "<enter>ckY<enter><enter>cv<enter>d1<enter><esc><esc>");
	assert_int_equal(mark_of(&app, "Microsoft"), MARK_BELOW);
	press(&app, "<enter>/Y<enter>");
	assert_int_equal(mark_of(&app, "Y"), MARK_NEW);
	press(&app, " ");
	assert_int_equal(app_staged(&app), 2);
	app_end(&app);
}

/* A value whose name holds a control character is shown, and neither edited nor deleted. */
static void test_odd_value_name(void **state)
{
	static const char name[] = "ErrorControl";
	struct app app;
	size_t len;
	(void)state;
	need_images();
	copy_image(WIN7);
	uint8_t *bytes = test_read(WIN7, &len), *at = bytes;
	while ((at = memmem(at, len - (size_t)(at - bytes), name, strlen(name))) != NULL)
		at[5] = 1;
	test_write(WIN7, bytes, len);
	free(bytes);
	open_app(&app, WIN7, &plain_options, 80, 24);
	press(&app, MSAHCI "/rror<enter>e");
	assert_shows(&app, "Error\\x01ontrol", true);
	assert_false(prompt_is_open(&app));
	assert_non_null(strstr(app.message, "cannot be written as text"));
	press(&app, "x");
	assert_int_equal(app_staged(&app), 0);
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_VALUE);
	app_end(&app);
}

static char *hivex_reads(const char *key, const char *name)
{
	char command[512], *line = NULL;
	size_t cap = 0;
	snprintf(command, sizeof(command), "hivexget hive '%s' '%s' 2>/dev/null", key, name);
	FILE *in = popen(command, "r");
	assert_non_null(in);
	ssize_t n = getline(&line, &cap, in);
	pclose(in);
	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	if (n <= 0) {
		free(line);
		return strdup("");
	}
	return line;
}

static void assert_hivex(const char *key, const char *name, const char *wanted)
{
	char *is = hivex_reads(key, name);
	assert_string_equal(is, wanted);
	free(is);
}

static void test_applied(void **state)
{
	static const char msahci[] = "ControlSet001\\services\\msahci";
	static const char sub[] = "ControlSet001\\services\\msahci\\Sub";
	struct app app;
	struct err err = {0};
	struct span bytes;
	(void)state;
	need_images();
	if (system("hivexget --help >/dev/null 2>&1") == 127 << 8)
		skip();
	open_at(&app, WIN7,
		MSAHCI "e<ctrl-u>0<enter>/group<enter>x/<esc>cvText<enter>sa b<enter>"
		       "ckSub<enter><enter>cv<enter>d7<enter><esc>a<pgdn><pgdn><pgdn><pgdn>y",
		80, 24);
	assert_true(app.wrote);
	assert_int_equal(app_staged(&app), 0);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	struct arena *arena = arena_new();
	assert_int_equal(session_file_bytes(app.session, 2, "\\Windows\\System32\\config\\SYSTEM",
					    1 << 30, arena, &bytes, &err),
			 0);
	test_write("hive", bytes.p, bytes.len);
	arena_free(arena);
	app_end(&app);
	assert_hivex(msahci, "Start", "0");
	assert_hivex(msahci, "Type", "1");
	assert_hivex(msahci, "Group", "");
	assert_hivex(msahci, "Text", "a b");
	assert_hivex(sub, "@", "7");
	/* and all of it back again */
	open_app(&app, WIN7, &plain_options, 80, 24);
	press(&app, "u<pgdn><pgdn><pgdn><pgdn><pgdn>y");
	assert_true(app.wrote);
	app_end(&app);
	assert_unchanged(WIN7);
}

/* Without y nothing is written, no handle is stale, whatever is pressed. */
static void test_random_keys(void **state)
{
	static const int keys[] = {
		K_UP,        K_DOWN,   K_PGDN, K_HOME,  K_END,    K_ENTER, K_ENTER, K_ESC,
		K_LEFT,      'e',      'e',    'c',     'c',      'x',     'x',     'u',
		'u',         18,       ' ',    's',     'n',      'N',     '/',     'v',
		'k',         'd',      'm',    'b',     'q' - 96, '1',     '0',     'f',
		K_BACKSPACE, K_DELETE, 0x65e5, K_PASTE, 'i',      'o' - 96};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI, 80, 24);
	srand(11);
	for (int i = 0; i < 6000; i++) {
		app_key(&app, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		if (i % 50 == 0)
			app_resize(&app, rand() % 110 + 30, rand() % 30 + 8);
		if (i % 3 == 0)
			free(screen_of(&app, false));
		if (!app_on_stack(&app, PAGE_REGISTRY) && !prompt_is_open(&app))
			press(&app, "d" MSAHCI);
		app.request = REQUEST_NONE;
	}
	app_end(&app);
	assert_unchanged(WIN7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_delete_and_create),
		cmocka_unit_test(test_new_key_taken_back),
		cmocka_unit_test(test_cells_move),
		cmocka_unit_test(test_two_hives),
		cmocka_unit_test(test_odd_value_name),
		cmocka_unit_test(test_applied),
		cmocka_unit_test(test_random_keys),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
