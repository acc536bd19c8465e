/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 and UTF-16 both ways over every code point, against glibc's own converter, and everything that is not
 * UTF-8.
 */
#include "test.h"

#include <iconv.h>

#include "stop7b/utf.h"

/* UCS-4 to another form by iconv. */
static size_t by_iconv(iconv_t cd, uint32_t c, char out[8])
{
	uint8_t in[4];
	put_le32(in, c);
	char *from = (char *)in, *to = out;
	size_t left = sizeof(in), room = 8;
	return iconv(cd, &from, &left, &to, &room) == (size_t)-1 ? 0 : 8 - room;
}

static void test_every_code_point(void **state)
{
	(void)state;
	iconv_t utf8 = iconv_open("UTF-8", "UCS-4LE");
	for (uint32_t c = 0; c < UTF_END; c++) {
		char ours[UTF8_MOST], theirs[8];
		size_t len = (size_t)(utf8_put(ours, c) - ours), at = 0;
		bool half = c >= 0xd800 && c < 0xe000;
		assert_true(len >= 1 && len <= UTF8_MOST);
		if (!half) {
			assert_int_equal(by_iconv(utf8, c, theirs), len);
			assert_memory_equal(ours, theirs, len);
		}
		const struct span s = {(const uint8_t *)ours, len};
		assert_int_equal(utf8_next(s, &at), c);
		assert_int_equal(at, len);
		if (len > 1) {
			const struct span cut = {(const uint8_t *)ours, len - 1};
			at = 0;
			assert_int_equal(utf8_next(cut, &at), UTF_BAD);
			assert_int_equal(at, 0);
		}
	}
	iconv_close(utf8);
}

static void test_every_code_point_in_utf16(void **state)
{
	(void)state;
	iconv_t utf16 = iconv_open("UTF-16LE", "UCS-4LE");
	for (uint32_t c = 0; c < UTF_END; c++) {
		uint8_t ours[UTF8_MOST];
		char theirs[8];
		size_t len = (size_t)(utf16_put(ours, c) - ours), at = 0;
		if (c < 0xd800 || c >= 0xe000) {
			assert_int_equal(by_iconv(utf16, c, theirs), len);
			assert_memory_equal(ours, theirs, len);
		}
		assert_int_equal(utf16_next((struct span){ours, len}, &at), c);
		assert_int_equal(at, len);
		at = 0;
		if (len == 4) /* the first half alone */
			assert_int_equal(utf16_next((struct span){ours, 2}, &at),
					 le16((struct span){ours, 2}, 0));
	}
	iconv_close(utf16);
}

static void test_not_utf8(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe",
		"\xc3\x28",
		"\xe2\x28\xa1",
		"\xe2\x82\x28",
		"\xf0\x90\x28\xbc",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct span s = {(const uint8_t *)bad[i], strlen(bad[i])};
		size_t at = 0;
		assert_int_equal(utf8_next(s, &at), UTF_BAD);
		assert_int_equal(at, 0);
	}
}

static void test_pairs(void **state)
{
	(void)state;
	assert_int_equal(utf16_pair(0xd800, 0xdc00), 0x10000);
	assert_int_equal(utf16_pair(0xdbff, 0xdfff), 0x10ffff);
	assert_int_equal(utf16_pair(0xd83d, 0xdcbe), 0x1f4be);
	assert_int_equal(utf16_pair(0xd7ff, 0xdc00), 0);
	assert_int_equal(utf16_pair(0xdc00, 0xdc00), 0);
	assert_int_equal(utf16_pair(0xd800, 0xdbff), 0);
	assert_int_equal(utf16_pair(0xd800, 0xe000), 0);
	assert_int_equal(utf16_pair('a', 'b'), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_every_code_point_in_utf16),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
