/* SPDX-License-Identifier: MIT */
/*
 * What cannot be seen: the table itself, and texts on their way through it.
 */
#include "test.h"

#include "stop7b/bytes.h"
#include "stop7b/unseen.h"
#include "stop7b/utf.h"

static void test_hidden(void **state)
{
	(void)state;
	static const uint32_t hidden[] = {
		0x00,   0x1b,    0x7f,    0x85,    0xad,    0x34f,   0x61c,   0x115f,
		0x1160, 0x17b4,  0x180b,  0x180e,  0x200b,  0x200c,  0x200d,  0x200e,
		0x202e, 0x2028,  0x2060,  0x2064,  0x2066,  0x206a,  0x206f,  0x3164,
		0xd800, 0xdfff,  0xfe00,  0xfe0f,  0xfeff,  0xffa0,  0xfff9,  0xfffb,
		0xffff, 0x1bca0, 0x1d173, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef,
	};
	static const uint32_t seen[] = {' ',    '~',    0xa1,   0xac,    0xae,    0x301,  0x41,
					0x1161, 0x200a, 0x2010, 0x3163,  0x3165,  0xfdff, 0xfe10,
					0xff9f, 0xfffc, 0xfffd, 0x1f600, 0xdffff, 0xe1000};
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (!unseen_is(hidden[i]))
			fail_msg("U+%04x", hidden[i]);
	for (size_t i = 0; i < sizeof(seen) / sizeof(*seen); i++)
		if (unseen_is(seen[i]))
			fail_msg("U+%04x", seen[i]);
}

static void test_marks(void **state)
{
	(void)state;
	static const uint32_t marks[] = {0x300,  0x36f,  0x483,   0x5b0,  0x64b,  0x93c,
					 0x94d,  0xe31,  0x1ab0,  0x20d0, 0x20e3, 0x302a,
					 0x3099, 0xfe20, 0x1d167, 0x1e8d0};
	static const uint32_t letters[] = {'a',   0xe9,  0x2ff,  0x370,  0x905,
					   0x93e, 0xe01, 0x3042, 0x1f468};
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (!unseen_is_mark(marks[i]) || unseen_is(marks[i]))
			fail_msg("U+%04x", marks[i]);
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (unseen_is_mark(letters[i]))
			fail_msg("U+%04x", letters[i]);
}

static void test_texts(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"a\xe2\x80\x8b"
		 "b",
		 "a\\u200bb"},
		{"soft\xc2\xad"
		 "hyphen",
		 "soft\\xadhyphen"},
		{"\xe1\x85\x9f\xe1\x85\xa0\xe3\x85\xa4\xef\xbe\xa0",
		 "\\u115f\\u1160\\u3164\\uffa0"},
		{"A\xef\xb8\x8f", "A\\ufe0f"},
		{"\xf3\xa0\x81\x81x", "\\U000e0041x"},
		{"\xef\xbf\xb9"
		 "a\xef\xbf\xba"
		 "b\xef\xbf\xbb",
		 "\\ufff9a\\ufffab\\ufffb"},
		{"\xe2\x81\xaa", "\\u206a"},
		/* two marks stay, a third does not, and each letter counts anew */
		{"e\xcc\x81\xcc\x82x", "e\xcc\x81\xcc\x82x"},
		{"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84x\xcc\x81",
		 "e\xcc\x81\xcc\x82\\u0303\\u0304x\xcc\x81"},
		/* joined pictures, a skin tone among them, and letters of Devanagari */
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x92\xbb",
		 "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x92\xbb"},
		{"\xf0\x9f\x91\xa8\xf0\x9f\x8f\xbd\xe2\x80\x8d\xf0\x9f\x92\xbb",
		 "\xf0\x9f\x91\xa8\xf0\x9f\x8f\xbd\xe2\x80\x8d\xf0\x9f\x92\xbb"},
		{"\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xb7",
		 "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xb7"},
		/* it joins nothing: at an end, between Latin letters, beside another one */
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d", "\xf0\x9f\x91\xa8\\u200d"},
		{"\xe2\x80\x8d\xf0\x9f\x91\xa8", "\\u200d\xf0\x9f\x91\xa8"},
		{"a\xe2\x80\x8d"
		 "b",
		 "a\\u200db"},
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xe2\x80\x8d\xf0\x9f\x92\xbb",
		 "\xf0\x9f\x91\xa8\\u200d\xe2\x80\x8d\xf0\x9f\x92\xbb"},
		/* said once, it stays so */
		{"a\\u200bb", "a\\u200bb"},
	};
	struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(text_utf8(arena, cases[i].in), cases[i].out);
	arena_free(arena);
}

/* A text of every character holds none that cannot be seen, and is made no longer by a second time. */
static void test_all(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	for (uint32_t c = 1; c < UTF_END; c++) {
		char text[16] = "x", *end = utf8_put(text + 1, c);
		*end++ = 'y';
		*end = '\0';
		const char *once = text_utf8(arena, text);
		assert_string_equal(text_utf8(arena, once), once);
		if ((strcmp(once, text) != 0) != unseen_is(c))
			fail_msg("U+%04x", c);
		if (c % 4096 == 0) {
			arena_free(arena);
			arena = arena_new();
		}
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
