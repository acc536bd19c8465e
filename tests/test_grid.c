/* SPDX-License-Identifier: MIT */
/*
 * The grid: columns of narrow, wide and combining characters, cutting, and what a locale that can
 * show nothing but ASCII makes of names.
 */
#include "src/screen/grid.h"

#include <locale.h>

#include "test.h"

static char *dump(const struct grid *g)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	grid_dump(g, out);
	fclose(out);
	return text;
}

static void assert_picture(const struct grid *g, const char *picture)
{
	char *text = dump(g);
	assert_string_equal(text, picture);
	free(text);
}

static void test_put(void **state)
{
	(void)state;
	struct grid *g = grid_new(8, 2);
	assert_int_equal(grid_put(g, 2, 0, ROLE_BAD, "abc"), 5);
	assert_int_equal(grid_put(g, 6, 1, ROLE_PLAIN, "xyz"), 9);
	assert_int_equal(grid_put(g, 0, 7, ROLE_PLAIN, "nowhere"), 7);
	assert_picture(g, "  abc\n      xy\n");
	assert_int_equal(grid_cell(g, 2, 0)->role, ROLE_BAD);
	assert_int_equal(grid_cell(g, 5, 0)->role, ROLE_PLAIN);
	assert_null(grid_cell(g, 8, 0));
	assert_null(grid_cell(g, 0, -1));
	grid_free(g);
}

static void test_wide(void **state)
{
	(void)state;
	struct grid *g = grid_new(6, 1);
	assert_int_equal(text_width("日本"), 4);
	assert_int_equal(grid_put(g, 0, 0, ROLE_PLAIN, "日本x"), 5);
	assert_true(grid_cell(g, 1, 0)->tail);
	assert_picture(g, "日本x\n");
	/* Writing over one half takes the other half away. */
	grid_put(g, 1, 0, ROLE_PLAIN, "a");
	assert_picture(g, " a本x\n");
	grid_put(g, 2, 0, ROLE_PLAIN, "b");
	assert_picture(g, " ab x\n");
	grid_free(g);
}

static void test_wide_at_the_edge(void **state)
{
	(void)state;
	struct grid *g = grid_new(3, 1);
	grid_put(g, 2, 0, ROLE_PLAIN, "日");
	assert_picture(g, "\n");
	grid_free(g);
}

static void test_combining(void **state)
{
	(void)state;
	struct grid *g = grid_new(4, 1);
	assert_int_equal(text_width("e\xcc\x81x"), 2);
	grid_put(g, 0, 0, ROLE_PLAIN, "e\xcc\x81x");
	assert_int_equal(grid_cell(g, 0, 0)->ch[1], 0x301);
	assert_picture(g, "e\xcc\x81x\n");
	grid_free(g);
}

/* What cannot be seen is spelled out; a cell has two marks; a joiner stays inside a picture. */
static void test_unseen(void **state)
{
	(void)state;
	struct grid *g = grid_new(40, 1);
	grid_put(g, 0, 0, ROLE_PLAIN,
		 "a\xe2\x80\x8b"
		 "b\xc2\xad"
		 "c\xef\xb8\x8f"
		 "d\xe3\x85\xa4");
	assert_picture(g, "a\\u200bb\\xadc\\ufe0fd\\u3164\n");
	grid_free(g);
	g = grid_new(24, 1);
	grid_put(g, 0, 0, ROLE_PLAIN, "e\xcc\x81\xcc\x82\xcc\x83x");
	assert_picture(g, "e\xcc\x81\xcc\x82\\u0303x\n");
	grid_free(g);
	g = grid_new(24, 1);
	grid_put(g, 0, 0, ROLE_PLAIN,
		 "a\xe2\x80\x8d"
		 "b \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x92\xbb");
	assert_picture(g, "a\\u200db \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x92\xbb\n");
	grid_free(g);
}

static void test_hostile_text(void **state)
{
	(void)state;
	struct grid *g = grid_new(24, 1);
	assert_int_equal(text_width("a\033b"), 6);
	grid_put(g, 0, 0, ROLE_PLAIN,
		 "a\033b\xff"
		 "c\xc3");
	assert_picture(g, "a\\x1bb\\xffc\\xc3\n");
	grid_free(g);
}

static void test_ascii_locale(void **state)
{
	(void)state;
	struct grid *g = grid_new(16, 1);
	setlocale(LC_ALL, "C");
	assert_int_equal(text_width("日"), 6);
	grid_put(g, 0, 0, ROLE_PLAIN, "日x");
	setlocale(LC_ALL, "C.UTF-8");
	assert_picture(g, "\\u65e5x\n");
	grid_free(g);
}

static void test_field(void **state)
{
	(void)state;
	static const struct {
		int width;
		enum fit fit;
		const char *text, *picture;
	} cases[] = {
		{6, FIT_END, "abc", "abc\n"},
		{6, FIT_RIGHT, "abc", "   abc\n"},
		{6, FIT_END, "abcdef", "abcdef\n"},
		{6, FIT_END, "abcdefg", "abcd..\n"},
		{6, FIT_MIDDLE, "abcdefg", "ab..fg\n"},
		{7, FIT_MIDDLE, "abcdefgh", "ab..fgh\n"},
		{2, FIT_END, "abc", "ab\n"},
		{0, FIT_END, "abc", "\n"},
		{5, FIT_END, "日本日", "日..\n"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct grid *g = grid_new(20, 1);
		assert_int_equal(
			grid_field(g, 0, 0, cases[i].width, ROLE_NEW, cases[i].fit, cases[i].text),
			cases[i].width);
		assert_picture(g, cases[i].picture);
		assert_int_equal(grid_cell(g, cases[i].width, 0)->role, ROLE_PLAIN);
		grid_free(g);
	}
}

static void test_fit(void **state)
{
	(void)state;
	assert_int_equal(text_fit("abc", 2), 2);
	assert_int_equal(text_fit("日本", 3), 3);
	assert_int_equal(text_fit("ab", 9), 2);
	assert_int_equal(text_fit("a\x01", 3), 1); /* the escape is four columns: all or nothing */
}

static void test_roles(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len;
	struct grid *g = grid_new(5, 2);
	grid_put(g, 1, 0, ROLE_BAD, "X");
	grid_paint(g, 3, 1, 9, ROLE_TITLE);
	FILE *out = open_memstream(&text, &len);
	grid_dump_roles(g, out);
	fclose(out);
	assert_string_equal(text, ".b\n...tt\n");
	free(text);
	grid_free(g);
}

static void test_wipe_and_sizes(void **state)
{
	(void)state;
	struct grid *g = grid_new(0, -4);
	assert_int_equal(g->w, 1);
	assert_int_equal(g->h, 1);
	grid_free(g);
	g = grid_new(3, 3);
	for (int y = 0; y < 3; y++)
		grid_put(g, 0, y, ROLE_BAD, "abc");
	grid_wipe(g, 1, 2);
	assert_picture(g, "abc\n\nabc\n");
	assert_int_equal(grid_cell(g, 0, 1)->role, ROLE_PLAIN);
	grid_free(g);
	grid_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_wide_at_the_edge),
		cmocka_unit_test(test_combining),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_ascii_locale),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_wipe_and_sizes),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
