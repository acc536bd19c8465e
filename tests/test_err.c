/* SPDX-License-Identifier: MIT */
/*
 * Error values: the first one is kept, places come in front, texts are never cut inside a character,
 * and every code has its row.
 */
#include "test.h"

#include "stop7b/err.h"

static void first_error_is_kept(void **state)
{
	struct err err = {0};
	(void)state;
	assert_int_equal(err_set(&err, E_IO, "byte %d", 7), -1);
	assert_int_equal(err_set(&err, E_WRITE, "later"), -1);
	assert_null(err_null(&err, E_MEMORY, "later still"));
	assert_int_equal(err.code, E_IO);
	assert_string_equal(err.text, "byte 7");
	assert_int_equal(err_at(&err, "web%02d.vhd", 1), -1);
	assert_string_equal(err.text, "web01.vhd: byte 7");
	err_clear(&err);
	assert_int_equal(err.code, E_OK);
	assert_string_equal(err.text, "");
	assert_null(err_null(&err, E_FORMAT, "now"));
	assert_int_equal(err.code, E_FORMAT);
}

static void no_error_no_place(void **state)
{
	struct err err = {0};
	(void)state;
	assert_int_equal(err_at(&err, "place"), -1);
	assert_string_equal(err.text, "");
	assert_int_equal(err_set(NULL, E_IO, "x"), -1);
	assert_int_equal(err_at(NULL, "x"), -1);
	err_clear(NULL);
}

/* Texts of every length, made of characters of 1 to 4 bytes, are never cut inside a character. */
static void long_texts_are_cut_at_a_character(void **state)
{
	static const char *const letters[] = {"x", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x92\xbe"};
	char text[ERR_TEXT_MAX + 16];
	(void)state;
	for (size_t size = 1; size <= 4; size++)
		for (size_t shift = 0; shift < 4; shift++) {
			struct err set = {0}, at = {0};
			size_t n = shift;
			memset(text, '.', shift);
			for (; n < ERR_TEXT_MAX + 4; n += size)
				memcpy(text + n, letters[size - 1], size);
			text[n] = '\0';
			size_t fits = shift + (ERR_TEXT_MAX - 1 - shift) / size * size;
			err_set(&set, E_IO, "%s", text);
			assert_int_equal(strlen(set.text), fits);
			assert_memory_equal(set.text, text, fits);
			err_set(&at, E_IO, "%s", text + shift);
			err_at(&at, "%.*s", (int)shift, "...");
			fits = shift + 2 + (ERR_TEXT_MAX - 1 - shift - 2) / size * size;
			/* what err_set() kept may be shorter than what would fit behind the place */
			assert_true(strlen(at.text) <= fits && strlen(at.text) + 2 * size > fits);
			assert_int_equal((strlen(at.text) - shift - 2) % size, 0);
		}
	struct err exact = {0};
	memset(text, 'y', ERR_TEXT_MAX);
	text[ERR_TEXT_MAX - 1] = '\0';
	err_set(&exact, E_IO, "%s", text);
	assert_string_equal(exact.text, text);
}

static void every_code_has_its_row(void **state)
{
	(void)state;
	for (enum err_code code = E_OK; code < E_CODES; code++) {
		assert_non_null(err_name(code));
		assert_int_equal(strncmp(err_name(code), "E_", 2), 0);
		assert_true(err_exit_status(code) >= 0 && err_exit_status(code) <= 6);
		assert_int_equal(code == E_OK, err_exit_status(code) == 0);
		assert_int_equal(code == E_OK, err_hint(code)[0] == '\0');
	}
	assert_int_equal(err_exit_status(E_USAGE), 2);
	assert_int_equal(err_exit_status(E_NOWINDOWS), 3);
	assert_int_equal(err_exit_status(E_NORECORD), 3);
	assert_int_equal(err_exit_status(E_LOCKED), 4);
	assert_int_equal(err_exit_status(E_GUARD), 4);
	assert_int_equal(err_exit_status(E_REFUSED), 4);
	assert_int_equal(err_exit_status(E_CHANGED), 4);
	assert_int_equal(err_exit_status(E_WRITE), 5);
	assert_int_equal(err_exit_status(E_INTERRUPTED), 6);
	assert_string_equal(err_name(E_PARENT), "E_PARENT");
	assert_string_equal(err_name(E_CODES), "E_UNKNOWN");
	assert_int_equal(err_exit_status(E_CODES), 3);
	assert_string_equal(err_hint(E_CODES), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_error_is_kept),
		cmocka_unit_test(no_error_no_place),
		cmocka_unit_test(long_texts_are_cut_at_a_character),
		cmocka_unit_test(every_code_has_its_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
