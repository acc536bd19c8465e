/* SPDX-License-Identifier: MIT */
/*
 * Words into data and back: every type, the limits of numbers, text in several scripts, and data
 * that its type's form cannot say. What the bytes must be is written out here, or comes from iconv.
 */
#include "test.h"

#include <iconv.h>
#include <stdbool.h>

#include "stop7b/reg_data.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct span parsed(uint32_t type, size_t n, const char *const *words)
{
	struct span out;
	struct err err = {0};
	if (reg_data_parse(type, words, n, arena, &out, &err) < 0)
		fail_msg("%s", err.text);
	return out;
}

static void refused(uint32_t type, size_t n, const char *const *words)
{
	struct span out;
	struct err err = {0};
	assert_int_equal(reg_data_parse(type, words, n, arena, &out, &err), -1);
	assert_int_equal(err.code, E_USAGE);
}

#define PARSED(type, ...)                                                                          \
	parsed(type, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                       \
	       (const char *[]){__VA_ARGS__})
#define REFUSED(type, ...)                                                                         \
	refused(type, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                      \
		(const char *[]){__VA_ARGS__})

static void is(struct span s, const char *bytes, size_t len)
{
	assert_int_equal(s.len, len);
	assert_memory_equal(s.p, bytes, len);
}
#define IS(s, bytes) is(s, bytes, sizeof(bytes) - 1)

static void test_types(void **state)
{
	(void)state;
	static const char *const words[] = {"none", "sz",    "expand-sz", "binary", "dword",
					    NULL,   NULL,    "multi-sz",  NULL,     NULL,
					    NULL,   "qword", NULL};
	struct err err = {0};
	uint32_t type;
	for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!words[i])
			continue;
		assert_int_equal(reg_type_parse(words[i], &type, NULL), 0);
		assert_int_equal(type, i);
	}
	assert_int_equal(reg_type_parse("REG_DWORD", &type, &err), -1);
	assert_int_equal(err.code, E_USAGE);
}

static void test_numbers(void **state)
{
	(void)state;
	IS(PARSED(REG_DWORD, "0"), "\0\0\0\0");
	IS(PARSED(REG_DWORD, "4294967295"), "\xff\xff\xff\xff");
	IS(PARSED(REG_DWORD, "0x1234"), "\x34\x12\0\0");
	IS(PARSED(REG_DWORD, "0X0a"), "\x0a\0\0\0");
	IS(PARSED(REG_DWORD, "010"), "\x0a\0\0\0");
	IS(PARSED(REG_QWORD, "0x1122334455667788"), "\x88\x77\x66\x55\x44\x33\x22\x11");
	IS(PARSED(REG_QWORD, "18446744073709551615"), "\xff\xff\xff\xff\xff\xff\xff\xff");
	REFUSED(REG_DWORD, "4294967296");
	REFUSED(REG_DWORD, "-1");
	REFUSED(REG_DWORD, " 1");
	REFUSED(REG_DWORD, "+1");
	REFUSED(REG_DWORD, "");
	REFUSED(REG_DWORD, "1x");
	REFUSED(REG_DWORD, "0x");
	REFUSED(REG_DWORD, "1", "2");
	REFUSED(REG_QWORD, "18446744073709551616");
	refused(REG_DWORD, 0, NULL);
}

static void test_texts(void **state)
{
	(void)state;
	IS(PARSED(REG_SZ, ""), "\0\0");
	IS(PARSED(REG_SZ, "a"), "a\0\0\0");
	IS(PARSED(REG_EXPAND_SZ, "\xe6\x97\xa5"), "\xe5\x65\0\0");
	IS(PARSED(REG_SZ, "\xf0\x9f\x92\xbe"), "\x3d\xd8\xbe\xdc\0\0");
	IS(PARSED(REG_MULTI_SZ, "a", "bc"), "a\0\0\0b\0c\0\0\0\0\0");
	IS(parsed(REG_MULTI_SZ, 0, NULL), "\0\0");
	REFUSED(REG_SZ, "a", "b");
	REFUSED(REG_SZ, "\xff");
	REFUSED(REG_SZ, "\xe6\x97");
	REFUSED(REG_SZ, "\xed\xa0\x80"); /* half of a pair */
	REFUSED(REG_MULTI_SZ, "a", "", "b");
	REFUSED(REG_MULTI_SZ, "a", "\xc0\x80");
	refused(REG_SZ, 0, NULL);
}

static void test_utf16_by_iconv(void **state)
{
	(void)state;
	char in[4096], want[8192];
	char *p = in;
	for (unsigned c = 1; c < 0x500; c += c < 0x80 ? 1 : 7) /* up to Cyrillic */
		p += c < 0x80 ? sprintf(p, "%c", c)
			      : sprintf(p, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
	p += sprintf(p, "\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
	iconv_t cd = iconv_open("UTF-16LE", "UTF-8");
	char *from = in, *to = want;
	size_t left = (size_t)(p - in), room = sizeof(want);
	assert_true(cd != (iconv_t)-1 && iconv(cd, &from, &left, &to, &room) != (size_t)-1);
	iconv_close(cd);
	struct span got;
	assert_int_equal(text_to_utf16le(arena, in, &got, NULL), 0);
	is(got, want, (size_t)(to - want));
}

static void test_hex(void **state)
{
	(void)state;
	IS(PARSED(REG_BINARY, "00ff"), "\0\xff");
	IS(PARSED(REG_BINARY, "aB 12"), "\xab\x12");
	IS(PARSED(REG_NONE, "01", "02 03"), "\1\2\3");
	IS(PARSED(0x1234, "7f"), "\x7f");
	is(parsed(REG_BINARY, 0, NULL), "", 0);
	REFUSED(REG_BINARY, "0");
	REFUSED(REG_BINARY, "0 1");
	REFUSED(REG_BINARY, "gg");
	REFUSED(REG_BINARY, "00f");
}

/* ---- and back, on values of a hive made by hand ---- */

static uint8_t hive_bytes[8192];
static struct hive hive;

static struct value value_with(uint32_t type, const char *data, size_t len)
{
	uint8_t *vk = hive_bytes + HIVE_BASE + 0x100, *cell = hive_bytes + HIVE_BASE + 0x200;
	memset(vk, 0, 64);
	put_le32(vk, (uint32_t)-32);
	memcpy(vk + 4, "vk", 2);
	put_le32(vk + 8, (uint32_t)len);
	put_le32(vk + 12, 0x200);
	put_le32(vk + 16, type);
	put_le32(cell, (uint32_t)-256);
	memcpy(cell + 4, data, len);
	hive = (struct hive){
		.bytes = {hive_bytes, sizeof(hive_bytes)}, .bins_size = 4096, .minor = 5};
	return (struct value){&hive, 0x100, type, (uint32_t)len, false};
}

static void comes_back(uint32_t type, const char *data, size_t len, bool hex, size_t n_words)
{
	char **words;
	size_t n;
	bool as_hex;
	struct err err = {0};
	struct span again;
	struct value v = value_with(type, data, len);
	if (reg_data_words(v, arena, &words, &n, &as_hex, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(as_hex, hex);
	assert_int_equal(n, n_words);
	uint32_t form = as_hex ? REG_BINARY : type;
	assert_int_equal(reg_data_parse(form, (const char *const *)words, n, arena, &again, NULL),
			 0);
	is(again, data, len);
}
#define COMES_BACK(type, data, hex, n) comes_back(type, data, sizeof(data) - 1, hex, n)

static void test_back(void **state)
{
	(void)state;
	COMES_BACK(REG_DWORD, "\1\2\3\4", false, 1);
	COMES_BACK(REG_DWORD, "\1\2\3\4\5", true, 1);
	COMES_BACK(REG_QWORD, "\1\2\3\4\5\6\7\xff", false, 1);
	COMES_BACK(REG_QWORD, "\1\2\3\4\5", true, 1);
	COMES_BACK(REG_SZ, "a\0b\0\0\0", false, 1);
	COMES_BACK(REG_SZ, "\xe5\x65\x3d\xd8\xbe\xdc\0\0", false, 1);
	COMES_BACK(REG_SZ, "a\0b\0", true, 1);         /* no NUL at the end */
	COMES_BACK(REG_SZ, "a\0b\0\0", true, 1);       /* an odd length */
	COMES_BACK(REG_SZ, "a\0\0\0b\0\0\0", true, 1); /* a NUL inside */
	COMES_BACK(REG_SZ, "a\0\0\xd8\0\0", true, 1);  /* half of a pair */
	COMES_BACK(REG_SZ, "\n\0\0\0x\0", true, 1);
	COMES_BACK(REG_EXPAND_SZ, "\x07\0\0\0\0\0", true, 1);
	COMES_BACK(REG_MULTI_SZ, "a\0\0\0b\0c\0\0\0\0\0", false, 2);
	COMES_BACK(REG_MULTI_SZ, "a\0\0\0\0\0", false, 1);
	COMES_BACK(REG_MULTI_SZ, "\0\0\0\0\0\0", true, 1);
	COMES_BACK(REG_MULTI_SZ, "a\0\0\0b\0\0\0", true, 1); /* the end is missing */
	COMES_BACK(REG_MULTI_SZ, "a\0\0\0\0\0b\0\0\0\0\0", true, 1);
	COMES_BACK(REG_BINARY, "\0\1\2\xfe\xff\x10", true, 1);
	COMES_BACK(0x77777, "\0\1\2\xfe\xff\x10", true, 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_types),          CASE(test_numbers), CASE(test_texts),
		CASE(test_utf16_by_iconv), CASE(test_hex),     CASE(test_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
