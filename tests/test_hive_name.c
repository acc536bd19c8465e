/* SPDX-License-Identifier: MIT */
/*
 * Names of keys: compared without the case of known letters and exactly beyond, in both stored
 * forms, against every kind of valid and broken text.
 */
#include "hive_fixture.h"

static void test_names(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct key latin = {&h, t.latin}, wide = {&h, t.wide};
	assert_true(key_is(latin, "\xc3\xa4rGEr\xc3\xbf"));
	assert_false(key_is(latin, "arger\xc3\xbf"));
	assert_false(key_is(latin, ""));
	assert_false(key_is(wide, "N"));
	put_le16(tiny_at(&t, t.wide) + 78, 0x00f7); /* a division sign in place of the NUL */
	assert_true(key_is(wide, "n\xc3\xb7\xd0\x94\xf0\x9f\x98\x80"));
	assert_false(
		key_is(wide, "n\xc3\x97\xd0\x94\xf0\x9f\x98\x80"));     /* no multiplication sign */
	assert_true(key_is(wide, "n\xc3\xb7\xd0\xb4\xf0\x9f\x98\x80")); /* Cyrillic folds, too */
	assert_false(key_is(wide, "n\xc3\xb7\xd0\xb5\xf0\x9f\x98\x80"));
	assert_false(key_is(wide, "n\xc3\xb7\xd0\x94\xf0\x9f\x98"));
	tiny_free(&t);
}

/* Give the key `wide` a name of n bytes, as Latin-1 or UTF-16. */
static struct key rename_key(struct tiny *t, const struct hive *h, const void *name, size_t n,
			     bool latin1)
{
	uint8_t *nk = tiny_at(t, t->wide);
	put_le16(nk + 2, latin1 ? 0x20 : 0);
	put_le16(nk + 72, (uint16_t)n);
	memcpy(nk + 76, name, n);
	return (struct key){h, t->wide};
}

static uint32_t capital(uint32_t c)
{
	static const struct {
		uint32_t first, last, capital;
	} rows[] = {{'a', 'z', 'A'}, {0xe0, 0xf6, 0xc0}, {0xf8, 0xfe, 0xd8}, {0xff, 0xff, 0x178}};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (c >= rows[i].first && c <= rows[i].last)
			return rows[i].capital + c - rows[i].first;
	return c;
}

/* Every Latin-1 character against every character that could be its other case. */
static void test_case(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	for (uint32_t a = 1; a < 0x100; a++) {
		uint8_t stored = (uint8_t)a;
		struct key k = rename_key(&t, &h, &stored, 1, true);
		for (uint32_t b = 1; b < 0x200; b++) {
			char asked[3] = {(char)(0xc0 | b >> 6), (char)(0x80 | (b & 0x3f)), 0};
			char ascii[2] = {(char)b, 0};
			if (key_is(k, b < 0x80 ? ascii : asked) != (capital(a) == capital(b)))
				fail_msg("U+%04X and U+%04X", a, b);
		}
	}
	tiny_free(&t);
}

/* The edges of UTF-8 and UTF-16: each name is itself and no other, and bad UTF-8 is none. */
static void test_code_points(void **state)
{
	(void)state;
	static const struct {
		const char *stored;
		size_t n;
		const char *name;
	} rows[] = {
		{"\x7f\0", 2, "\x7f"},
		{"\x80\0", 2, "\xc2\x80"},
		{"\xff\x07", 2, "\xdf\xbf"},
		{"\0\x08", 2, "\xe0\xa0\x80"},
		{"\xff\x0f", 2, "\xe0\xbf\xbf"},
		{"\0\x10", 2, "\xe1\x80\x80"},
		{"\xff\xd7", 2, "\xed\x9f\xbf"},
		{"\0\xe0", 2, "\xee\x80\x80"},
		{"\xff\xff", 2, "\xef\xbf\xbf"},
		{"\0\xd8\0\xdc", 4, "\xf0\x90\x80\x80"},
		{"\xff\xdb\xff\xdf", 4, "\xf4\x8f\xbf\xbf"},
	};
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x9f\xbf",
		"\xe0\x81\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xc2",
		"\xe0\xa0",
		"\xdf(",
		"\xf5\x80\x80\x80",
	};
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key k = rename_key(&t, &h, rows[i].stored, rows[i].n, false);
		for (size_t j = 0; j < COUNT(rows); j++)
			assert_int_equal(key_is(k, rows[j].name), i == j);
		for (size_t j = 0; j < COUNT(bad); j++)
			assert_false(key_is(k, bad[j]));
	}
	tiny_free(&t);
}

/* An odd byte at the end of a UTF-16 name, and halves of surrogate pairs. */
static void test_broken_names(void **state)
{
	(void)state;
	static const struct {
		const char *stored;
		size_t n;
		const char *shown;
	} rows[] = {
		{"N\0x", 3, "N"},
		{"\0\xd8N\0", 4, "\\ud800N"},
		{"\0\xdcN\0", 4, "\\udc00N"},
		{"\0\xdc\0\xdc", 4, "\\udc00\\udc00"},
		{"N\0\0\xd8", 4, "N\\ud800"},
		{"\0\0\0\x01", 4, "\xe2\x90\x80\xc4\x80"},
	};
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key k = rename_key(&t, &h, rows[i].stored, rows[i].n, false);
		assert_string_equal(key_name(k, arena), rows[i].shown);
		assert_false(key_is(k, rows[i].shown));
		assert_false(key_is(k, "N"));
	}
	arena_free(arena);
	tiny_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_case),
		cmocka_unit_test(test_code_points),
		cmocka_unit_test(test_broken_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
