/* SPDX-License-Identifier: MIT */
/*
 * Marvin32 as registry logs use it, against hashes that Windows itself stored and against a
 * second implementation.
 */
#include "hive_log_test.h"

#include "src/registry/hive_log_internal.h"

/* First 32 bytes of a log entry that Windows 10 wrote, and the hash it stored behind them. */
static const uint8_t windows_header[] = {
	'H',  'v',  'L', 'E', 0x00, 0x5e, 0, 0, 0,    0,    0,    0,    0x02, 0,    0,    0,
	0x00, 0x50, 0,   0,   0x01, 0,    0, 0, 0x31, 0xe4, 0x07, 0x18, 0x66, 0x6c, 0x86, 0x67,
};
#define WINDOWS_HASH 0xcd44f3cfa7657f02ull

static void test_windows_value(void **state)
{
	(void)state;
	struct span s = {windows_header, sizeof(windows_header)};
	assert_int_equal(marvin32(s), WINDOWS_HASH);
	assert_int_equal(own_marvin(windows_header, sizeof(windows_header)), WINDOWS_HASH);
}

static void test_against_own(void **state)
{
	(void)state;
	uint8_t bytes[1024];
	uint32_t random = 1;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(random >> 24);
	}
	for (size_t len = 0; len <= sizeof(bytes); len += 4)
		assert_int_equal(marvin32((struct span){bytes, len}), own_marvin(bytes, len));
}

static void test_every_bit_counts(void **state)
{
	(void)state;
	uint8_t bytes[64] = {0};
	uint64_t plain = marvin32((struct span){bytes, sizeof(bytes)});
	for (size_t i = 0; i < 8 * sizeof(bytes); i++) {
		bytes[i / 8] = (uint8_t)(1u << i % 8);
		assert_int_not_equal(marvin32((struct span){bytes, sizeof(bytes)}), plain);
		bytes[i / 8] = 0;
	}
	assert_int_not_equal(marvin32((struct span){bytes, 60}), plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows_value),
		cmocka_unit_test(test_against_own),
		cmocka_unit_test(test_every_bit_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
