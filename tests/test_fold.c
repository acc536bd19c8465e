/* SPDX-License-Identifier: MIT */
/*
 * Capitals of fold.h against the C library's, in a locale that knows all letters: no letter gets
 * another capital than there, and the alphabets that the table promises are complete.
 */
#include "test.h"

#include <locale.h>
#include <wctype.h>

#include "stop7b/fold.h"

static void test_same_as_library(void **state)
{
	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (uint32_t c = 0; c < 0x110000; c++) {
		uint32_t upper = fold_upper(c);
		if (upper != c && upper != (uint32_t)towupper((wint_t)c))
			fail_msg("U+%04X becomes U+%04X", c, upper);
	}
}

static void test_complete(void **state)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{'a', 'z'},     {0xe0, 0xff},   {0x100, 0x12f},  {0x132, 0x17e},
		      {0x3b1, 0x3cb}, {0x410, 0x45f}, {0xff41, 0xff5a}};
	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		for (uint32_t c = ranges[i].first; c <= ranges[i].last; c++) {
			/* The final sigma shares its capital with another letter and is left out. */
			if (c != 0x3c2 && fold_upper(c) != (uint32_t)towupper((wint_t)c))
				fail_msg("U+%04X stays as it is", c);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_library),
		cmocka_unit_test(test_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
