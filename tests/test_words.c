/* SPDX-License-Identifier: MIT */
/*
 * The words that commands and screen share, each from the smallest thing it can be said of.
 */
#include "test.h"

#include <locale.h>

#include "stop7b/columns.h"
#include "stop7b/words.h"

/* ---- numbers and names ---- */

static void test_numbers(void **state)
{
	char buf[NUMBER_TEXT];
	(void)state;
	assert_string_equal(number_words(0, buf), "0");
	assert_string_equal(number_words(999, buf), "999");
	assert_string_equal(number_words(98304, buf), "98,304");
	assert_string_equal(number_words(UINT64_MAX, buf), "18,446,744,073,709,551,615");
	assert_string_equal(size_words(1023, buf), "1023 B");
	assert_string_equal(size_words(1536, buf), "1.5 KiB");
	assert_string_equal(size_words(UINT64_MAX, buf), "15.9 EiB");
}

static void test_last_part(void **state)
{
	(void)state;
	assert_string_equal(last_part("a"), "a");
	assert_string_equal(last_part("\\a\\b"), "b");
	assert_string_equal(last_part("/a/b/"), "b/");
}

static void test_undo_command(void **state)
{
	struct arena *arena = arena_new();
	struct session s = {.path = "a.vhd"};
	(void)state;
	assert_string_equal(undo_command(&s, arena), "stop7b undo --yes a.vhd");
	s.options.undo_dir = "it's here";
	assert_string_equal(undo_command(&s, arena),
			    "stop7b undo --yes --undo-dir 'it'\\''s here' a.vhd");
	arena_free(arena);
}

/* bash gives every byte back; what cannot be seen is written by its number. */
static void test_shell_words(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	static const char *const pairs[][2] = {
		{"a-b_c.vhd", "a-b_c.vhd"},
		{"", "''"},
		{"=x", "'=x'"},
		{"my disk", "'my disk'"},
		{"it's", "'it'\\''s'"},
		{"$HOME `id` !x", "'$HOME `id` !x'"},
		{"\xe6\x97\xa5", "'\xe6\x97\xa5'"},
		{"a\nb", "$'a\\x0ab'"},
		{"\x1b[2J it's!\\", "$'\\x1b[2J\\x20it\\x27s\\x21\\x5c'"},
		{"\xff", "$'\\xff'"},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(shell_word(pairs[i][0], arena), pairs[i][1]);
	arena_free(arena);
}

/* ---- the review ---- */

static void test_review_lines(void **state)
{
	struct review_line lines[2];
	struct review_value v = {.op = HIVE_SET,
				 .name = "Start",
				 .was_type = "REG_DWORD",
				 .type = "REG_DWORD",
				 .was = SAID("3 Manual"),
				 .becomes = SAID("0 Boot"),
				 .was_there = true,
				 .is_there = true};
	(void)state;
	assert_int_equal(review_lines(&v, lines), 2);
	assert_int_equal(lines[0].sign, '-');
	assert_string_equal(lines[0].words, "3 Manual");
	assert_int_equal(lines[1].sign, '+');
	assert_string_equal(lines[1].words, "0 Boot");
	assert_false(lines[1].gone);
	v.is_there = false;
	assert_int_equal(review_lines(&v, lines), 2);
	assert_true(lines[1].gone);
	assert_string_equal(lines[1].words, "deleted");
	v.was_there = false;
	assert_int_equal(review_lines(&v, lines), 0);
	v.is_there = true;
	v.op = HIVE_CREATE_KEY;
	assert_int_equal(review_lines(&v, lines), 1);
	assert_true(lines[0].is_key);
	assert_string_equal(lines[0].name, "");
}

static void test_stretches(void **state)
{
	struct patch_range ranges[] = {
		{.file_at = 100,
		 .hive_at = HIVE_BASE,
		 .len = 4,
		 .changed = 4,
		 .what = SAID("key time")},
		{.file_at = 136,
		 .hive_at = HIVE_BASE,
		 .len = 4,
		 .changed = 4,
		 .what = SAID("key time")},
		{.file_at = 173,
		 .hive_at = HIVE_BASE,
		 .len = 1,
		 .changed = 1,
		 .what = SAID("key time")},
		{.file_at = 174,
		 .hive_at = HIVE_BASE,
		 .len = 1,
		 .changed = 1,
		 .what = SAID("list")},
		{.file_at = 512,
		 .len = 512,
		 .changed = 512,
		 .value = true,
		 .what = SAID("content")},
		{.file_at = 1024,
		 .len = 512,
		 .changed = 512,
		 .value = true,
		 .what = SAID("content")},
		{.file_at = 1537,
		 .len = 512,
		 .changed = 512,
		 .value = true,
		 .what = SAID("content")},
	};
	const struct patch p = {.ranges = ranges, .n = 7};
	struct changed_stretch s;
	size_t i = 0;
	(void)state;
	assert_true(next_stretch(&p, &i, &s)); /* 32 unchanged bytes between two are few enough */
	assert_int_equal(s.places, 2);
	assert_int_equal(s.bytes, 8);
	assert_int_equal(s.end, 140);
	assert_true(next_stretch(&p, &i, &s)); /* 33 are not */
	assert_int_equal(s.file_at, 173);
	assert_int_equal(s.places, 1);
	assert_true(next_stretch(&p, &i, &s));
	assert_string_equal(s.what.plain, "list");
	assert_true(next_stretch(&p, &i, &s)); /* what touches is one place */
	assert_int_equal(s.places, 1);
	assert_int_equal(s.bytes, 1024);
	assert_true(next_stretch(&p, &i, &s)); /* a gap in values is none of bookkeeping */
	assert_int_equal(s.file_at, 1537);
	assert_false(next_stretch(&p, &i, &s));
}

static void test_copied(void **state)
{
	char buf[COPIED_WORDS];
	struct review r = {.parent = NULL};
	(void)state;
	assert_false(copied_words(&r, buf));
	r.patch.copied = 2;
	assert_false(copied_words(&r, buf)); /* from nowhere */
	r.parent = "base.vhd";
	assert_true(copied_words(&r, buf));
	assert_non_null(strstr(buf, "2 sectors copied up from base.vhd"));
	r.patch.new_blocks = 1;
	r.patch.file_growth = 512;
	assert_true(copied_words(&r, buf));
	assert_non_null(strstr(buf, "1 block copied up from base.vhd"));
	r.parent = NULL;
	assert_true(copied_words(&r, buf));
	assert_non_null(strstr(buf, "was all zeros"));
}

/* ---- columns ---- */

static void wraps(const char *text, int width, const char *line, const char *rest)
{
	char buf[64];
	const char *got = text_wrap(text, width, buf, sizeof(buf));
	assert_string_equal(buf, line);
	assert_string_equal(got, rest);
}

static void test_wrap(void **state)
{
	(void)state;
	wraps("one two", 10, "one two", "");
	wraps("one two", 5, "one", "two");
	wraps("one   two", 4, "one", "two");
	wraps("onetwo", 3, "one", "two");
	wraps("\u4e00\u4e8c\u4e09", 5, "\u4e00\u4e8c", "\u4e09");
	wraps("a \u4e00\u4e8c\u4e09", 6, "a \u4e00\u4e8c", "\u4e09"); /* not at the blank */
	wraps("\u4e00\u4e8c\u3002\u4e09", 4, "\u4e00", "\u4e8c\u3002\u4e09");
	wraps("\u4e00(ab)\u4e8c", 5, "\u4e00", "(ab)\u4e8c");
	wraps("one\u4e00", 4, "one", "\u4e00");
	wraps("\u4e00 one\u4e8c", 6, "\u4e00 one", "\u4e8c");
	wraps("one", 0, "o", "ne"); /* it goes on whatever the width is */
}

static void test_field(void **state)
{
	(void)state;
	assert_int_equal(text_field("one", 5), 5);
	assert_int_equal(text_field("\u4e00", 5), 6); /* three bytes, two columns */
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),      cmocka_unit_test(test_last_part),
		cmocka_unit_test(test_undo_command), cmocka_unit_test(test_shell_words),
		cmocka_unit_test(test_review_lines), cmocka_unit_test(test_stretches),
		cmocka_unit_test(test_copied),       cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
