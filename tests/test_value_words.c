/* SPDX-License-Identifier: MIT */
/*
 * Values on one line: each form's quotes and limits, and that a long list is put together in time
 * and memory of its own length.
 */
#include "test.h"

#include "stop7b/value_words.h"

#define CELL_MAX 4000

static uint8_t hive_bytes[HIVE_BASE + 8192];
static struct hive hive;
static struct arena *arena;

static const struct value_form brief = {
	.quote = "\"", .between = ", ", .texts = 3, .bytes = 4, .length = true};
static const struct value_form whole = {
	.quote = "", .between = "|", .texts = SIZE_MAX, .bytes = SIZE_MAX};

static struct value value_with(uint32_t type, const void *data, size_t len)
{
	uint8_t *vk = hive_bytes + HIVE_BASE + 0x100, *cell = hive_bytes + HIVE_BASE + 0x200;
	memset(vk, 0, 64);
	put_le32(vk, (uint32_t)-32);
	memcpy(vk + 4, "vk", 2);
	put_le32(vk + 8, (uint32_t)len);
	put_le32(vk + 12, 0x200);
	put_le32(vk + 16, type);
	put_le32(cell, 0u - (CELL_MAX + 8));
	memcpy(cell + 4, data, len);
	hive = (struct hive){
		.bytes = {hive_bytes, sizeof(hive_bytes)}, .bins_size = 8192, .minor = 5};
	return (struct value){&hive, 0x100, type, (uint32_t)len, false};
}

static void says(const struct value_form *form, uint32_t type, const char *data, size_t len,
		 const char *words)
{
	struct err err = {0};
	const char *got = value_words(value_with(type, data, len), form, arena, &err);
	if (!got)
		fail_msg("%s", err.text);
	assert_string_equal(got, words);
}
#define SAYS(form, type, data, words) says(form, type, data, sizeof(data) - 1, words)

static void test_texts(void **state)
{
	(void)state;
	SAYS(&brief, REG_SZ, "a\0b\0\0\0", "\"ab\"");
	SAYS(&whole, REG_EXPAND_SZ, "a\0b\0\0\0", "ab");
	SAYS(&brief, REG_SZ, "\n\0\0\0", "\"\\x0a\"");
}

static void test_lists(void **state)
{
	(void)state;
	SAYS(&brief, REG_MULTI_SZ, "a\0\0\0b\0\0\0\0\0", "\"a\", \"b\"");
	SAYS(&brief, REG_MULTI_SZ, "a\0\0\0b\0\0\0c\0\0\0\0\0", "\"a\", \"b\", \"c\"");
	SAYS(&brief, REG_MULTI_SZ, "a\0\0\0b\0\0\0c\0\0\0d\0\0\0\0\0", "\"a\", \"b\", \"c\" ..");
	SAYS(&whole, REG_MULTI_SZ, "a\0\0\0b\0\0\0c\0\0\0d\0\0\0\0\0", "a|b|c|d");
	SAYS(&brief, REG_MULTI_SZ, "\0\0", "");
}

static void test_hex(void **state)
{
	(void)state;
	SAYS(&brief, REG_BINARY, "", "");
	SAYS(&brief, REG_BINARY, "\1", "01");
	SAYS(&brief, REG_BINARY, "\1\2\xfe\xff", "01 02 fe ff");
	SAYS(&brief, REG_BINARY, "\1\2\3\4\5", "01 02 03 04 .. 5 bytes");
	SAYS(&whole, REG_BINARY, "\1\2\3\4\5", "01 02 03 04 05");
	SAYS(&whole, REG_QWORD, "\1\2\3\4\5\6\7\0", "01 02 03 04 05 06 07 00");
}

static void test_long_list(void **state)
{
	static uint8_t data[CELL_MAX];
	struct err err = {0};
	(void)state;
	for (size_t i = 0; i + 4 < sizeof(data); i += 4)
		data[i] = 'x';
	const char *got = value_words(value_with(REG_MULTI_SZ, data, sizeof(data)), &whole, arena,
				      &err);
	assert_non_null(got);
	assert_int_equal(strlen(got), 2 * (CELL_MAX / 4 - 1) - 1);
}

static void test_damaged(void **state)
{
	struct err err = {0};
	(void)state;
	struct value v = value_with(REG_BINARY, "\1\2\3\4\5", 5);
	put_le32(hive_bytes + HIVE_BASE + 0x100 + 12, 0x7ffffff0);
	assert_null(value_words(v, &whole, arena, &err));
	assert_int_equal(err.code, E_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),   cmocka_unit_test(test_lists),
		cmocka_unit_test(test_hex),     cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_damaged),
	};
	arena = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
