/* SPDX-License-Identifier: MIT */
/*
 * The rows of commands as a table: the rules that make the keys safe, and names of keys. No session
 * is needed for them: a row's `when` must answer for an app without an image too.
 */
#include "src/screen/command.h"

#include <locale.h>

#include "src/screen/app.h"
#include "src/screen/grid.h"
#include "src/screen/view.h"

#include "test.h"

static const struct session_options plain, read_only = {.read_only = true};

static void start(struct app *app, const struct session_options *options)
{
	assert_true(app_init(app, "dir/web01.vhd", options, 80, 24));
}

/* Calls check for each row of each page. */
static void each_row(void (*check)(enum page page, const struct command *c, size_t i))
{
	for (unsigned page = 0; page < PAGES; page++) {
		const struct command *rows[COMMAND_MAX];
		size_t n = command_list(page, rows);
		assert_in_range(n, 1, COMMAND_MAX - 1);
		for (size_t i = 0; i < n; i++)
			check(page, rows[i], i);
	}
}

static bool share_a_key(const struct command *a, const struct command *b)
{
	for (size_t i = 0; i < COMMAND_KEYS && a->keys[i]; i++)
		for (size_t j = 0; j < COMMAND_KEYS && b->keys[j]; j++)
			if (a->keys[i] == b->keys[j])
				return true;
	return false;
}

static void has_keys_alone(enum page page, const struct command *c, size_t i)
{
	const struct command *rows[COMMAND_MAX];
	size_t n = command_list(page, rows);
	for (size_t j = i + 1; j < n; j++)
		if (share_a_key(c, rows[j]))
			fail_msg("%s: a key of \"%s\" is bound again by \"%s\"",
				 view_of(page)->name, c->help, rows[j]->help);
}

static void test_no_key_twice_on_a_page(void **state)
{
	(void)state;
	each_row(has_keys_alone);
}

static size_t writers;

static void writes_only_by_y(enum page page, const struct command *c, size_t i)
{
	(void)i;
	bool y = c->keys[0] == 'y' && c->keys[1] == 0;
	assert_int_equal(y, (c->flags & COMMAND_WRITES) != 0);
	if (!y)
		return;
	writers++;
	assert_int_equal(page, PAGE_REVIEW);
	assert_true(view_of(page)->confirms);
	assert_true(c->flags & COMMAND_NEEDS_RW);
}

static void test_only_y_on_the_review_page_writes(void **state)
{
	(void)state;
	each_row(writes_only_by_y);
	assert_int_equal(writers, 1);
}

static void binds_no_tail(enum page page, const struct command *c, size_t i)
{
	(void)page;
	(void)i;
	for (size_t k = 0; k < COMMAND_KEYS && c->keys[k]; k++) {
		assert_false(keycap_forbidden(c->keys[k]));
		if (keycap_only_moves(c->keys[k]))
			assert_true(c->kind == DO_MOVE && c->flags == 0);
	}
}

static void test_no_forbidden_byte_is_bound(void **state)
{
	(void)state;
	each_row(binds_no_tail);
	for (const char *p = "AZ09OPy[]~;"; *p; p++)
		assert_int_equal(keycap_forbidden(*p), *p != 'y');
	assert_false(keycap_forbidden(K_UP));
	assert_false(keycap_forbidden('G') || keycap_forbidden('N'));
}

/* A page's own row takes the place of the common one; of one kind, its own come first. */
static void test_own_rows_come_first(void **state)
{
	(void)state;
	const struct command *rows[COMMAND_MAX];
	size_t n = command_list(PAGE_LIST, rows), common, facts = 0;
	const struct command *table = command_table(&common);
	for (size_t i = 1; i < n; i++)
		assert_true(rows[i - 1]->kind <= rows[i]->kind);
	for (size_t i = 0; i < n; i++)
		facts += rows[i]->keys[0] == 'i';
	assert_int_equal(facts, 1);
	for (size_t i = 0; i < n; i++)
		if (rows[i]->keys[0] == 'i')
			assert_false(rows[i] >= table && rows[i] < table + common);
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

static void is_short(enum page page, const struct command *c, size_t i)
{
	(void)page;
	(void)i;
	assert_non_null(c->help);
	assert_non_null(c->run);
	if (c->bar.text)
		assert_true(text_width(c->bar.text) <= COMMAND_LABEL);
	if (c->other.text)
		assert_true(text_width(c->other.text) <= COMMAND_LABEL);
}

static void test_labels_are_short(void **state)
{
	(void)state;
	each_row(is_short);
}

/* Every common row is on some page, and every bit that a page takes has a row. */
static void test_common_rows_are_taken(void **state)
{
	(void)state;
	size_t n;
	unsigned taken = 0, offered = 0;
	const struct command *table = command_table(&n);
	for (unsigned page = 0; page < PAGES; page++)
		taken |= view_of(page)->takes;
	for (size_t i = 0; i < n; i++)
		offered |= table[i].of;
	assert_int_equal(taken, offered);
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
	assert_null(command_find(&app, PAGE_RESULT, 'y'));
	app_end(&app);
}

static void hides(enum page page, const struct command *c, size_t i)
{
	struct app app;
	(void)page;
	(void)i;
	if (!(c->flags & COMMAND_NEEDS_RW))
		return;
	start(&app, &read_only);
	assert_false(command_available(&app, c));
	app_end(&app);
}

static void test_read_only_hides(void **state)
{
	(void)state;
	each_row(hides);
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
		cmocka_unit_test(test_own_rows_come_first),
		cmocka_unit_test(test_common_rows_are_taken),
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
