/* SPDX-License-Identifier: MIT */
/*
 * The said: both renderings, sentences inside sentences, cuts, and marks that come from outside.
 * The other language is a catalogue that this test writes itself.
 */
#include "test.h"

#include "stop7b/err.h"
#include "stop7b/said.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOMAIN "said-test"

static const struct {
	const char *from, *to;
} catalogue[] = {
	/* sorted: a catalogue is searched by halves */
	{"", "Content-Type: text/plain; charset=UTF-8\n"},
	{"%s: cannot be read (%s)", "%2$s: %1$s ist nicht lesbar"},
	{"a cell", "eine Zelle"},
	{"damaged", "beschädigt"},
};
#define ROWS (sizeof(catalogue) / sizeof(catalogue[0]))

static void put32(FILE *f, uint32_t n)
{
	const uint8_t bytes[] = {n & 0xff, n >> 8 & 0xff, n >> 16 & 0xff, n >> 24};
	fwrite(bytes, 1, sizeof(bytes), f);
}

/* Lengths and offsets of one side, then its texts stand at `at`. */
static uint32_t put_index(FILE *f, uint32_t at, bool from)
{
	for (size_t i = 0; i < ROWS; i++) {
		uint32_t len = (uint32_t)strlen(from ? catalogue[i].from : catalogue[i].to);
		put32(f, len);
		put32(f, at);
		at += len + 1;
	}
	return at;
}

/* Format of a .mo file: GNU gettext manual, "The Format of GNU MO Files". */
static void write_catalogue(const char *path)
{
	const uint32_t index = 28, texts = index + 16 * ROWS;
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	put32(f, 0x950412de);
	put32(f, 0);
	put32(f, ROWS);
	put32(f, index);
	put32(f, index + 8 * ROWS);
	put32(f, 0);
	put32(f, 0);
	put_index(f, put_index(f, texts, true), false);
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < ROWS; i++)
			fwrite(side ? catalogue[i].to : catalogue[i].from, 1,
			       strlen(side ? catalogue[i].to : catalogue[i].from) + 1, f);
	fclose(f);
}

static int speak_german(void **state)
{
	char dir[TEST_PATH], path[TEST_PATH + 64];
	(void)state;
	snprintf(dir, sizeof(dir), "%s/said-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/de", dir);
	mkdir(path, 0700);
	strcat(path, "/LC_MESSAGES");
	mkdir(path, 0700);
	strcat(path, "/" DOMAIN ".mo");
	write_catalogue(path);
	setenv("LANGUAGE", "de", 1);
	setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain(DOMAIN, dir);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	if (strcmp(gettext("damaged"), "beschädigt") != 0)
		return 0; /* this system translates nothing in C.UTF-8: see is_translating() */
	return 0;
}

static bool is_translating(void)
{
	return strcmp(gettext("damaged"), "damaged") != 0;
}

static void test_plain_without_catalogue(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	struct said s = said_make(arena, "%s has %d keys", "SYSTEM", 3);
	assert_string_equal(s.plain, "SYSTEM has 3 keys");
	assert_ptr_equal(s.shown, s.plain);
	assert_ptr_equal(said_arg(s, arena), s.plain);
	assert_null(said_of(NULL).plain);
	assert_string_equal(said_as_is("pciide").shown, "pciide");
	arena_free(arena);
}

static void test_two_languages(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	if (!is_translating())
		skip();
	struct said inner = said_of("damaged");
	assert_string_equal(inner.plain, "damaged");
	assert_string_equal(inner.shown, "beschädigt");
	struct said s = said_make(arena, "%s: cannot be read (%s)", "SYSTEM",
				  said_arg(inner, arena));
	assert_string_equal(s.plain, "SYSTEM: cannot be read (damaged)");
	assert_string_equal(s.shown, "beschädigt: SYSTEM ist nicht lesbar");
	struct said outer = said_make(arena, "[%s]", said_arg(s, arena));
	assert_string_equal(outer.plain, "[SYSTEM: cannot be read (damaged)]");
	assert_string_equal(outer.shown, "[beschädigt: SYSTEM ist nicht lesbar]");
	arena_free(arena);
}

static void test_errors(void **state)
{
	struct err err = {0}, outer = {0};
	(void)state;
	if (!is_translating())
		skip();
	assert_int_equal(err_set(&err, E_CORRUPT, "a cell"), -1);
	assert_string_equal(err.text, "a cell");
	assert_string_equal(err.shown, "eine Zelle");
	err_set(&outer, E_IO, "%s: cannot be read (%s)", "x", ERR_ARG(&err));
	assert_string_equal(outer.text, "x: cannot be read (a cell)");
	assert_string_equal(outer.shown, "eine Zelle: x ist nicht lesbar");
	err_at(&outer, "web01");
	assert_string_equal(outer.text, "web01: x: cannot be read (a cell)");
	assert_string_equal(outer.shown, "web01: eine Zelle: x ist nicht lesbar");
	err_set(&outer, E_USAGE, "later");
	assert_int_equal(outer.code, E_IO); /* the first error stays */
	struct err copy = {0};
	assert_int_equal(err_pass(&copy, &outer), -1);
	assert_string_equal(copy.shown, outer.shown);
}

/* Marks that nobody paired may lose text; they never reach it. */
static void test_stray_marks(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{"a\1b", "ab"},   {"a\2b", "ab"},      {"a\3b", "ab"},
		{"\1\1\1x", "x"}, {"\1p\2s\3z", "pz"},
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(said_make(arena, "%s", rows[i].from).plain, rows[i].to);
	arena_free(arena);
}

static void test_cut(void **state)
{
	char buf[6];
	(void)state;
	said_cut(buf, sizeof(buf), "abcdef");
	assert_string_equal(buf, "abcde");
	said_cut(buf, sizeof(buf), "abcdé");
	assert_string_equal(buf, "abcd");
	said_cut(buf, sizeof(buf), "abcé");
	assert_string_equal(buf, "abcé");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_without_catalogue),
		cmocka_unit_test(test_stray_marks),
		cmocka_unit_test(test_cut),
		cmocka_unit_test_setup(test_two_languages, speak_german),
		cmocka_unit_test(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
