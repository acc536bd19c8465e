/* SPDX-License-Identifier: MIT */
/*
 * Text from an image made safe to show, and names compared without case.
 */
#include "test.h"

#include "stop7b/bytes.h"

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

static void utf16_becomes_safe_utf8(void **state)
{
	static const struct {
		uint16_t units[8];
		size_t n;
		const char *text;
	} cases[] = {
		{{'a', 'b'}, 2, "ab"},
		{{'a', 0, 'b'}, 3, "a"},
		{{0}, 0, ""},
		{{0xe9, 0x65e5, 0xd83d, 0xdcbe}, 4, "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x92\xbe"},
		{{0xd83d}, 1, "\\ud83d"},
		{{0xd83d, 'x'}, 2, "\\ud83dx"},
		{{0xdcbe, 0xd83d}, 2, "\\udcbe\\ud83d"},
		{{0xdcbe, 0xdcbf}, 2, "\\udcbe\\udcbf"},
		{{0x1b, '\n', 0x7f, 0x9b}, 4, "\\x1b\\x0a\\x7f\\x9b"},
		{{0x202e, 0x2066, 0x061c, 0x2028, 0xfeff},
		 5,
		 "\\u202e\\u2066\\u061c\\u2028\\ufeff"},
		{{'\\', 0xa0, 0x7ff, 0x800, 0xffff}, 5, "\\\xc2\xa0\xdf\xbf\xe0\xa0\x80\\uffff"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t le[17] = {0}, be[17] = {0};
		for (size_t j = 0; j < cases[i].n; j++) {
			put_le16(le + 2 * j, cases[i].units[j]);
			be[2 * j] = le[2 * j + 1];
			be[2 * j + 1] = le[2 * j];
		}
		size_t len = 2 * cases[i].n + (cases[i].n < 8); /* an odd last byte is ignored */
		assert_string_equal(text_utf16le(*state, (struct span){le, len}), cases[i].text);
		assert_string_equal(text_utf16be(*state, (struct span){be, len}), cases[i].text);
	}
}

static void latin1_and_utf8_become_safe(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"plain \xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x92\xbe",
		 "plain \xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x92\xbe"},
		{"a\tb", "a\\x09b"},
		{"\xff\xfe", "\\xff\\xfe"},
		{"\xc3", "\\xc3"},
		{"\xe6\x97", "\\xe6\\x97"},
		{"\xc0\xaf", "\\xc0\\xaf"}, /* overlong '/' */
		{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
		{"\xed\xa0\x80", "\\ud800"},                  /* surrogate */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond U+10FFFF */
		{"\xe2\x80\xae"
		 "exe",
		 "\\u202e"
		 "exe"},
		{"\xc2\x9b", "\\x9b"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(text_utf8(*state, cases[i].in), cases[i].out);
	const struct span latin = {(const uint8_t *)"A\0\xe9\x85", 4};
	assert_string_equal(text_latin1(*state, latin), "A\\x00\xc3\xa9\\x85");
}

static void names_compare_without_case(void **state)
{
	(void)state;
	assert_int_equal(text_casecmp("MSAHCI", "msahci"), 0);
	assert_true(text_casecmp("a", "B") < 0);
	assert_true(text_casecmp("ab", "a") > 0);
	assert_true(text_casecmp("[", "a") < 0); /* '[' stands between 'Z' and 'a' */
	assert_true(text_casecmp("@", "`") != 0);
	assert_true(text_equal("x", "X"));
	assert_false(text_equal("x", "y"));
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("", NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(utf16_becomes_safe_utf8),
		TEST(latin1_and_utf8_become_safe),
		TEST(names_compare_without_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
