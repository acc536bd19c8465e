/* SPDX-License-Identifier: MIT */
/*
 * Checked reads, numbers in both orders, checksums, and identifiers and times in words.
 */
#include "test.h"

#include "stop7b/bytes.h"

static void spans_hold_what_lies_inside(void **state)
{
	static const uint8_t bytes[8];
	const struct span s = {bytes, 8};
	(void)state;
	assert_true(span_holds(s, 0, 8));
	assert_true(span_holds(s, 8, 0));
	assert_false(span_holds(s, 0, 9));
	assert_false(span_holds(s, 9, 0));
	assert_false(span_holds(s, 1, UINT64_MAX));
	assert_false(span_holds(s, UINT64_MAX, 1));
	assert_false(span_holds(s, UINT64_MAX, 2));
	assert_ptr_equal(span_sub(s, 3, 5).p, bytes + 3);
	assert_int_equal(span_sub(s, 3, 5).len, 5);
	assert_null(span_sub(s, 3, 6).p);
	assert_int_equal(span_sub(s, 3, 6).len, 0);
}

static void numbers_are_read_or_0(void **state)
{
	uint8_t *bytes = malloc(8); /* exact, so that a read past it is seen */
	const struct span s = {bytes, 8};
	(void)state;
	for (uint8_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(0x81 + i);
	assert_int_equal(u8(s, 7), 0x88);
	assert_int_equal(u8(s, 8), 0);
	assert_int_equal(le16(s, 6), 0x8887);
	assert_int_equal(be16(s, 6), 0x8788);
	assert_int_equal(le16(s, 7), 0);
	assert_int_equal(be16(s, 7), 0);
	assert_int_equal(le32(s, 4), 0x88878685);
	assert_int_equal(be32(s, 4), 0x85868788);
	assert_int_equal(le32(s, 5), 0);
	assert_int_equal(be32(s, UINT64_MAX), 0);
	assert_true(le64(s, 0) == 0x8887868584838281);
	assert_true(be64(s, 0) == 0x8182838485868788);
	assert_true(le64(s, 1) == 0 && be64(s, UINT64_MAX - 3) == 0);
	free(bytes);
}

static void numbers_are_put(void **state)
{
	uint8_t p[10] = {0};
	const struct span s = {p, 10};
	(void)state;
	put_le16(p + 1, 0xa1b2);
	assert_int_equal(le16(s, 1), 0xa1b2);
	put_le32(p + 1, 0xa1b2c3d4);
	assert_int_equal(p[1], 0xd4);
	assert_int_equal(le32(s, 1), 0xa1b2c3d4);
	put_be32(p + 1, 0xa1b2c3d4);
	assert_int_equal(p[1], 0xa1);
	put_le64(p + 1, 0x0102030405060708);
	assert_int_equal(p[1], 8);
	assert_int_equal(p[0] | p[9], 0);
}

/* Check values: "123456789" of the CRC catalogue, "abc" of FIPS 180-4. */
static void checksums(void **state)
{
	static const uint8_t abc[SHA256_LEN] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
						0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
						0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
						0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	uint8_t is[SHA256_LEN];
	(void)state;
	assert_int_equal(crc32_of((struct span){(const uint8_t *)"123456789", 9}), 0xcbf43926);
	assert_int_equal(crc32_of((struct span){0}), 0);
	assert_int_equal(crc32c_of((struct span){(const uint8_t *)"123456789", 9}), 0xe3069283);
	uint32_t crc = crc32c_more(0, (struct span){(const uint8_t *)"1234", 4});
	crc = crc32c_more(crc, (struct span){0});
	assert_int_equal(crc32c_more(crc, (struct span){(const uint8_t *)"56789", 5}), 0xe3069283);
	for (unsigned byte = 0; byte < 256; byte++) {
		const uint8_t one = (uint8_t)byte;
		crc = ~(uint32_t)0 ^ byte;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
		assert_int_equal(crc32c_of((struct span){&one, 1}), (uint32_t)~crc);
	}
	sha256_of((struct span){(const uint8_t *)"abc", 3}, is);
	assert_memory_equal(is, abc, SHA256_LEN);
}

static void identifiers(void **state)
{
	static const uint8_t bytes[17] = {0,    0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
					  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
	char text[GUID_TEXT];
	(void)state;
	guid_text((struct span){bytes, 17}, 1, text);
	assert_string_equal(text, "00112233-4455-6677-8899-aabbccddeeff");
	uuid_text((struct span){bytes, 17}, 1, text);
	assert_string_equal(text, "33221100-5544-7766-8899-aabbccddeeff");
	guid_text((struct span){bytes, 17}, 2, text);
	assert_int_equal(strlen(text), 36);
}

static void times(void **state)
{
	char text[TIME_TEXT];
	(void)state;
	filetime_text(0, text);
	assert_string_equal(text, "");
	filetime_text(116444736000000000u, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	filetime_text(130268454079999999u, text); /* date -u -d @1382371807 */
	assert_string_equal(text, "2013-10-21T16:10:07Z");
	filetime_text(1, text);
	assert_string_equal(text, "1601-01-01T00:00:00Z");
	filetime_text(UINT64_MAX, text); /* a year of five digits */
	assert_string_equal(text, "");
	filetime_text(filetime_now(), text);
	assert_true(strcmp(text, "2020") > 0 && strcmp(text, "2200") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_hold_what_lies_inside),
		cmocka_unit_test(numbers_are_read_or_0),
		cmocka_unit_test(numbers_are_put),
		cmocka_unit_test(checksums),
		cmocka_unit_test(identifiers),
		cmocka_unit_test(times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
