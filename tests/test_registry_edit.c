/* SPDX-License-Identifier: MIT */
/*
 * The editors of the registry pages: what each takes and refuses, and the data that it stages.
 */
#include "registry_test.h"

static void test_numbers(void **state)
{
	static const struct {
		const char *typed;
		bool fits;
		uint32_t number;
	} rows[] = {
		{"0", true, 0},
		{"16", true, 16},
		{"0x10", true, 16},
		{"010", true, 10},
		{"007", true, 7},
		{"0XfF", true, 255},
		{"4294967295", true, UINT32_MAX},
		{"0xffffffff", true, UINT32_MAX},
		{"4294967296", false, 0},
		{"0x100000000", false, 0},
		{"99999999999999999999999", false, 0},
		{"-1", false, 0},
		{"", false, 0},
		{"0x", false, 0},
		{"3 ", false, 0},
		{"boot", false, 0},
	};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI, 80, 24);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t before = app_staged(&app);
		press(&app, "e<ctrl-u>");
		press(&app, rows[i].typed);
		press(&app, "<enter>");
		assert_int_equal(prompt_is_open(&app), !rows[i].fits);
		if (!rows[i].fits) {
			assert_true(app.message[0] != '\0');
			press(&app, "<esc>");
			assert_int_equal(app_staged(&app), before);
			continue;
		}
		const struct edit *e = newest_edit(&app);
		assert_string_equal(e->name, "Start");
		assert_string_equal(e->key, "ControlSet001\\services\\msahci");
		assert_int_equal(e->type, REG_DWORD);
		assert_int_equal(e->data.len, 4);
		assert_int_equal(le32(e->data, 0), rows[i].number);
		assert_int_equal(app_staged(&app), 1);
	}
	app_end(&app);
}

/* Group is "SCSI Miniport". What is not ASCII is typed as a code point: é, 日, U+1F600. */
static void test_line_keys(void **state)
{
	static const struct {
		const char *before;
		int key;
		const char *behind, *text;
	} rows[] = {
		{"<home>x", 0, "", "xSCSI Miniport"},
		{"<left><bs>", 0, "", "SCSI Minipot"},
		{"<home><del><del>", 0, "", "SI Miniport"},
		{"<home><right>-<end>-", 0, "", "S-CSI Miniport-"},
		{"<ctrl-u>a b", 0, "", "a b"},
		{"<bs>", 0xe9, "", "SCSI Minipor\xc3\xa9"},
		{"", 0x65e5, "<left>x", "SCSI Miniportx\xe6\x97\xa5"},
		{"", 0x1f600, "<left><del>", "SCSI Miniport"},
		{"", 0x1f600, "<bs>!", "SCSI Miniport!"},
		{"", 0x1f600, "", "SCSI Miniport\xf0\x9f\x98\x80"},
		{"<home><bs><left>", 0, "<up><tab>", "SCSI Miniport"},
		{"<ctrl-a>1<ctrl-e>2", 0, "", "1SCSI Miniport2"},
		{"<home><bs>x", 0, "<end><right><del>", "xSCSI Miniport"},
	};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI "/group<enter>", 80, 24);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		press(&app, "e");
		press(&app, rows[i].before);
		if (rows[i].key)
			app_key(&app, rows[i].key);
		press(&app, rows[i].behind);
		assert_string_equal(app.prompt.line.text, rows[i].text);
		press(&app, "<esc>");
		assert_int_equal(app_staged(&app), 0);
	}
	press(&app, "e<ctrl-u>a");
	app_key(&app, 0x1f600);
	press(&app, "<enter>");
	const struct edit *e = newest_edit(&app);
	static const uint8_t wanted[] = {'a', 0, 0x3d, 0xd8, 0x00, 0xde, 0, 0};
	assert_int_equal(e->data.len, sizeof(wanted));
	assert_memory_equal(e->data.p, wanted, sizeof(wanted));
	app_end(&app);
}

/* A text far longer than the window: the cursor stays inside, nothing is lost. */
static void test_long_line(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI "/group<enter>e<ctrl-u>", 80, 24);
	for (int i = 0; i < PROMPT_LINE_MAX + 50; i++) {
		app_key(&app, 'a' + i % 26);
		if (i % 512 == 0)
			free(screen_of(&app, false));
	}
	assert_int_equal(strlen(app.prompt.line.text), PROMPT_LINE_MAX - 1);
	press(&app, "<home>");
	assert_shows(&app, "> abcdefgh", true);
	for (int i = 0; i < 100; i++)
		app_key(&app, K_RIGHT);
	assert_shows(&app, "< ", true);
	press(&app, "<ctrl-u>");
	for (int i = 0; i < 700; i++)
		app_key(&app, 'x');
	press(&app, "<enter>");
	assert_int_equal(newest_edit(&app)->data.len, 2 * 701);
	app_end(&app);
}

static void test_hex(void **state)
{
	static const uint8_t wanted[] = {1, 2, 0xff};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI "cvRaw<enter>b01 02fF<enter>", 80, 24);
	const struct edit *e = newest_edit(&app);
	assert_int_equal(e->type, REG_BINARY);
	assert_int_equal(e->data.len, 3);
	assert_memory_equal(e->data.p, wanted, 3);
	press(&app, "e");
	assert_string_equal(app.prompt.line.text, "01 02 ff");
	press(&app, "<enter>");
	assert_shows(&app, "Raw stays as it is.", true);
	press(&app, "e<ctrl-u><enter>");
	assert_int_equal(newest_edit(&app)->data.len, 0);
	press(&app, "cvNone<enter>n<enter>");
	assert_int_equal(newest_edit(&app)->type, REG_NONE);
	app_end(&app);
}

/* The page of bytes: 65 of them, 16 in a line; taken out, put in, at the end too. */
static void test_bytes_page(void **state)
{
	uint8_t wanted[80];
	size_t n = 0;
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, LONG "exxxxxx<esc>", 80, 24); /* one x more than there are lines */
	assert_int_equal(newest_edit(&app)->data.len, 0);
	press(&app, "ue<down>xcfffe<enter>");
	for (unsigned i = 0; i < 32; i++) /* line 1 went, the new one is behind the next */
		if (i < 16)
			wanted[n++] = (uint8_t)i;
	for (unsigned i = 32; i < 48; i++)
		wanted[n++] = (uint8_t)i;
	wanted[n++] = 0xff;
	wanted[n++] = 0xfe;
	for (unsigned i = 48; i < 65; i++)
		wanted[n++] = (uint8_t)i;
	press(&app, "<end>c77<enter><esc>");
	wanted[n++] = 0x77;
	assert_int_equal(app_frame(&app)->page, PAGE_REGISTRY);
	const struct edit *e = newest_edit(&app);
	assert_int_equal(e->data.len, n);
	assert_memory_equal(e->data.p, wanted, n);
	app_end(&app);
}

static void assert_texts(const struct app *app, const char *texts, size_t len)
{
	const struct edit *e = newest_edit(app);
	assert_int_equal(e->type, REG_MULTI_SZ);
	assert_int_equal(e->data.len, 2 * len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(le16(e->data, 2 * i), (unsigned char)texts[i]);
}

static void test_lines_page(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, LISTS "<esc>", 80, 24);
	assert_texts(&app, "one\0two words\0", 15);
	press(&app, "e<esc>"); /* nothing changed: nothing staged anew */
	assert_string_equal(app.message, "");
	press(&app, "ec1.5<enter><esc>");
	assert_texts(&app,
		     "one\0"
		     "1.5\0two words\0",
		     19);
	press(&app, "ex<down><enter>!<enter><esc>");
	assert_texts(&app, "1.5\0two words!\0", 16);
	press(&app, "exx<esc>");
	assert_texts(&app, "\0", 1);
	assert_int_equal(app_staged(&app), 1);
	press(&app, "uuuu");
	assert_int_equal(app_staged(&app), 0);
	app_end(&app);
}

/* Lines that were typed are not lost by q, and not staged by ctrl-c of their prompt. */
static void test_quit_from_lines(void **state)
{
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, LISTS "<enter><ctrl-c>", 80, 24);
	assert_int_equal(app_staged(&app), 0);
	press(&app, "q");
	assert_int_equal(app.request, REQUEST_NONE);
	press(&app, "jq");
	assert_int_equal(app.request, REQUEST_NONE);
	press(&app, "q");
	assert_int_equal(app.request, REQUEST_QUIT);
	app_end(&app);
}

static void test_names_of_new_things(void **state)
{
	static const struct {
		const char *keys;
		size_t staged;
	} rows[] = {
		{"cvstart<enter><esc>", 0},
		{"cvSTART<enter><esc>", 0},
		{"ck<enter><esc>", 0},
		{"cka\\b<enter><esc>", 0},
		{"cva\\b<enter>d1<enter>", 1},
		{"cv<enter>d1<enter>", 1},
		{"ckParameters<enter>", 1},
		{"ckP<enter>ckp<enter><esc>", 1},
		{"c<esc>", 0},
		{"cx<esc>", 0},
		{"cvA<enter><esc>", 0},
		{"cvA<enter>d<esc>", 0},
	};
	struct app app;
	(void)state;
	need_images();
	open_at(&app, WIN7, MSAHCI, 80, 24);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		press(&app, rows[i].keys);
		assert_false(prompt_is_open(&app));
		assert_int_equal(app_staged(&app), rows[i].staged);
		while (app_staged(&app))
			press(&app, "u");
	}
	press(&app, "ck");
	app_key(&app, 0xe9);
	press(&app, "<enter>");
	assert_false(prompt_is_open(&app));
	assert_int_equal(app_staged(&app), 1);
	app_end(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),         cmocka_unit_test(test_line_keys),
		cmocka_unit_test(test_long_line),       cmocka_unit_test(test_hex),
		cmocka_unit_test(test_bytes_page),      cmocka_unit_test(test_lines_page),
		cmocka_unit_test(test_quit_from_lines), cmocka_unit_test(test_names_of_new_things),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
