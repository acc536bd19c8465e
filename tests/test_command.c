/* SPDX-License-Identifier: MIT */
/*
 * The command table as a table: the rules that make the keys safe, and names of keys. No session
 * is needed for them: a row's `when` must answer for an app without an image too.
 */
#include "src/screen/command.h"

#include <locale.h>

#include "src/screen/app.h"
#include "src/screen/screen.h"
#include "src/screen/view.h"

#include "test.h"

static const struct session_options plain, read_only = {.read_only = true};

static void start(struct app *app, const struct session_options *options)
{
	app_init(app, "dir/web01.vhd", options, 80, 24);
}

static void test_no_key_twice_on_a_page(void **state)
{
	(void)state;
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			for (size_t a = 0; a < COMMAND_KEYS && all[i].keys[a]; a++)
				for (size_t b = 0; b < COMMAND_KEYS && all[j].keys[b]; b++)
					if (all[i].keys[a] == all[j].keys[b] &&
					    (all[i].pages & all[j].pages))
						fail_msg("key %d is bound by rows %zu and %zu",
							 all[i].keys[a], i, j);
}

static void test_only_y_on_the_review_page_writes(void **state)
{
	(void)state;
	size_t n, writers = 0;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++) {
		bool y = all[i].keys[0] == 'y' && all[i].keys[1] == 0;
		assert_int_equal(y, all[i].run == cmd_write);
		if (!(all[i].flags & COMMAND_WRITES))
			continue;
		writers++;
		assert_true(y);
		assert_int_equal(all[i].pages, 1u << PAGE_REVIEW);
		assert_true(all[i].flags & COMMAND_NEEDS_RW);
	}
	assert_int_equal(writers, 1);
}

static void test_no_forbidden_byte_is_bound(void **state)
{
	(void)state;
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < COMMAND_KEYS && all[i].keys[k]; k++)
			assert_false(keycap_forbidden(all[i].keys[k]));
	for (const char *p = "AZ09OPy[]~;"; *p; p++)
		assert_int_equal(keycap_forbidden(*p), *p != 'y');
	assert_false(keycap_forbidden(K_UP));
}

static int width_of(const struct bar_item *items, size_t n)
{
	int width = 1;
	for (size_t i = 0; i < n; i++)
		width += (i ? 2 : 0) + text_width(items[i].keys) + text_width(items[i].label) +
			 (strcmp(items[i].keys, "?") != 0);
	return width;
}

static void test_bars_fit_and_keep_help(void **state)
{
	(void)state;
	struct app app;
	start(&app, &plain);
	for (unsigned page = 0; page < PAGES; page++)
		for (int w = APP_MIN_W; w <= 200; w++) {
			struct bar_item items[BAR_MAX];
			size_t n = command_bar(&app, page, w, items);
			assert_true(n > 0);
			assert_true(width_of(items, n) <= w);
			if (page != PAGE_HELP)
				assert_string_equal(items[0].label, "help");
		}
	app_end(&app);
}

static void test_labels_are_short(void **state)
{
	(void)state;
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(all[i].help);
		assert_non_null(all[i].run);
		assert_true(all[i].pages != 0);
		if (all[i].bar.text)
			assert_true(text_width(all[i].bar.text) <= COMMAND_LABEL);
		if (all[i].other.text)
			assert_true(text_width(all[i].other.text) <= COMMAND_LABEL);
	}
}

/* Everywhere: help, leaving, redraw, suspend. */
static void test_every_page_can_be_left(void **state)
{
	(void)state;
	struct app app;
	start(&app, &plain);
	for (unsigned page = 0; page < PAGES; page++) {
		assert_non_null(command_find(&app, page, K_CTRL('c')));
		assert_non_null(command_find(&app, page, K_CTRL('l')));
		assert_non_null(command_find(&app, page, K_CTRL('z')));
		assert_non_null(command_find(&app, page, K_ESC) ? (void *)&app : NULL);
		if (page != PAGE_HELP)
			assert_non_null(command_find(&app, page, '?'));
	}
	app_end(&app);
}

static void test_enter_and_space_never_confirm(void **state)
{
	(void)state;
	struct app app;
	start(&app, &plain);
	assert_null(command_find(&app, PAGE_REVIEW, K_ENTER));
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++)
		if (all[i].keys[0] == ' ')
			assert_true(all[i].run != cmd_write);
	assert_null(command_find(&app, PAGE_RESULT, 'y'));
	app_end(&app);
}

static void test_read_only_hides(void **state)
{
	(void)state;
	struct app app;
	start(&app, &read_only);
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++)
		for (unsigned page = 0; page < PAGES; page++)
			if (all[i].flags & COMMAND_NEEDS_RW)
				assert_false(command_available(&app, &all[i], page));
	app_end(&app);
}

static void test_key_names_are_read_back(void **state)
{
	(void)state;
	const char *keys = "a<enter><ctrl-r> <space><pgdn><lt><esc><F1>\xc3";
	static const int wanted[] = {'a', K_ENTER, K_CTRL('r'), ' ',  ' ',   K_PGDN,
				     '<', K_ESC,   K_F1,        0xc3, K_NONE};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(keycap_parse(&keys), wanted[i]);
	keys = "<nonsense>";
	assert_int_equal(keycap_parse(&keys), K_UNKNOWN);
	keys = "<x";
	assert_int_equal(keycap_parse(&keys), '<');
	assert_int_equal(keycap_parse(&keys), 'x');
}

static void test_key_names(void **state)
{
	(void)state;
	char buf[8];
	assert_string_equal(keycap_name(' ', buf), "space");
	assert_string_equal(keycap_name(K_CTRL('l'), buf), "ctrl-l");
	assert_string_equal(keycap_name('y', buf), "y");
	assert_string_equal(keycap_name(K_PGUP, buf), "pgup");
	assert_string_equal(keycap_name('<', buf), "<");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_key_twice_on_a_page),
		cmocka_unit_test(test_only_y_on_the_review_page_writes),
		cmocka_unit_test(test_no_forbidden_byte_is_bound),
		cmocka_unit_test(test_bars_fit_and_keep_help),
		cmocka_unit_test(test_labels_are_short),
		cmocka_unit_test(test_every_page_can_be_left),
		cmocka_unit_test(test_enter_and_space_never_confirm),
		cmocka_unit_test(test_read_only_hides),
		cmocka_unit_test(test_key_names_are_read_back),
		cmocka_unit_test(test_key_names),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
