/* SPDX-License-Identifier: MIT */
/*
 * The bottom room: error values, checked reads, checksums, the arena, hostile text, write lists.
 */
#include "test.h"

#include "stop7b/writes.h"

static int set_up(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* ---- errors ---- */

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
	assert_int_equal(err_exit_status(E_CHANGED), 4);
	assert_int_equal(err_exit_status(E_WRITE), 5);
	assert_int_equal(err_exit_status(E_INTERRUPTED), 6);
	assert_string_equal(err_name(E_PARENT), "E_PARENT");
	assert_string_equal(err_name(E_CODES), "E_UNKNOWN");
	assert_int_equal(err_exit_status(E_CODES), 3);
	assert_string_equal(err_hint(E_CODES), "");
}

/* ---- spans ---- */

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

/* ---- arena ---- */

static void arena_gives_zeroed_aligned_memory(void **state)
{
	static const size_t sizes[] = {1,     0,     7,     16,     17, 4096,
				       16384, 16385, 65536, 200000, 3,  65520};
	uint8_t *pieces[sizeof(sizes) / sizeof(sizes[0]) * 20];
	size_t n = 0, kinds = sizeof(sizes) / sizeof(sizes[0]);
	for (; n < kinds * 20; n++) {
		size_t len = sizes[n % kinds];
		pieces[n] = arena_alloc(*state, len, NULL);
		assert_non_null(pieces[n]);
		assert_int_equal((uintptr_t)pieces[n] % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(pieces[n][i], 0);
		memset(pieces[n], (int)n + 1, len);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sizes[i % kinds]; j++)
			assert_int_equal(pieces[i][j], (uint8_t)(i + 1));
}

static void arena_refuses_what_cannot_be(void **state)
{
	struct err err = {0};
	assert_null(arena_alloc(*state, SIZE_MAX, &err));
	assert_int_equal(err.code, E_MEMORY);
	err_clear(&err);
	assert_null(arena_alloc(*state, SIZE_MAX - 20, &err));
	assert_int_equal(err.code, E_MEMORY);
	err_clear(&err);
	assert_null(arena_array(*state, SIZE_MAX / 8, 16, &err));
	assert_int_equal(err.code, E_MEMORY);
	assert_non_null(arena_array(*state, 0, 16, NULL));
	arena_free(NULL);
}

static void arena_copies(void **state)
{
	char word[] = "word";
	char *copy = arena_strdup(*state, word);
	word[0] = 'l';
	assert_string_equal(copy, "word");
	assert_string_equal(arena_printf(*state, "%s-%04d", word, 7), "lord-0007");
	assert_memory_equal(arena_copy(*state, word, 4), "lord", 4);
	assert_non_null(arena_copy(*state, NULL, 0));
}

/* ---- text ---- */

static void utf16_becomes_safe_utf8(void **state)
{
	static const struct {
		uint16_t units[8];
		size_t n;
		const char *text;
	} cases[] = {
		{{'a', 'b'}, 2, "ab"},
		{{'a', 0, 'b'}, 3, "a"},
		{{0}, 0, ""},
		{{0xe9, 0x65e5, 0xd83d, 0xdcbe}, 4, "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x92\xbe"},
		{{0xd83d}, 1, "\\ud83d"},
		{{0xd83d, 'x'}, 2, "\\ud83dx"},
		{{0xdcbe, 0xd83d}, 2, "\\udcbe\\ud83d"},
		{{0xdcbe, 0xdcbf}, 2, "\\udcbe\\udcbf"},
		{{0x1b, '\n', 0x7f, 0x9b}, 4, "\\x1b\\x0a\\x7f\\x9b"},
		{{0x202e, 0x2066, 0x061c, 0x2028, 0xfeff},
		 5,
		 "\\u202e\\u2066\\u061c\\u2028\\ufeff"},
		{{'\\', 0xa0, 0x7ff, 0x800, 0xffff},
		 5,
		 "\\\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t le[17] = {0}, be[17] = {0};
		for (size_t j = 0; j < cases[i].n; j++) {
			put_le16(le + 2 * j, cases[i].units[j]);
			be[2 * j] = le[2 * j + 1];
			be[2 * j + 1] = le[2 * j];
		}
		size_t len = 2 * cases[i].n + (cases[i].n < 8); /* an odd last byte is ignored */
		assert_string_equal(text_utf16le(*state, (struct span){le, len}), cases[i].text);
		assert_string_equal(text_utf16be(*state, (struct span){be, len}), cases[i].text);
	}
}

static void latin1_and_utf8_become_safe(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"plain \xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x92\xbe",
		 "plain \xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x92\xbe"},
		{"a\tb", "a\\x09b"},
		{"\xff\xfe", "\\xff\\xfe"},
		{"\xc3", "\\xc3"},
		{"\xe6\x97", "\\xe6\\x97"},
		{"\xc0\xaf", "\\xc0\\xaf"}, /* overlong '/' */
		{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
		{"\xed\xa0\x80", "\\ud800"},                  /* surrogate */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond U+10FFFF */
		{"\xe2\x80\xae"
		 "exe",
		 "\\u202e"
		 "exe"},
		{"\xc2\x9b", "\\x9b"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(text_utf8(*state, cases[i].in), cases[i].out);
	const struct span latin = {(const uint8_t *)"A\0\xe9\x85", 4};
	assert_string_equal(text_latin1(*state, latin), "A\\x00\xc3\xa9\\x85");
}

static void names_compare_without_case(void **state)
{
	(void)state;
	assert_int_equal(text_casecmp("MSAHCI", "msahci"), 0);
	assert_true(text_casecmp("a", "B") < 0);
	assert_true(text_casecmp("ab", "a") > 0);
	assert_true(text_casecmp("[", "a") < 0); /* '[' stands between 'Z' and 'a' */
	assert_true(text_casecmp("@", "`") != 0);
	assert_true(text_equal("x", "X"));
	assert_false(text_equal("x", "y"));
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("", NULL));
}

/* ---- lists of writes ---- */

static void writes_are_copied_and_sorted(void **state)
{
	struct write_list list = {.arena = *state};
	uint8_t old = 0, new;
	char what[32];
	for (unsigned i = 0; i < 100; i++) {
		old = (uint8_t)(i * 37 % 100);
		new = (uint8_t)~old;
		snprintf(what, sizeof(what), "w%u", old);
		const struct write w = {old, 1, &old, &new, i == 5 ? NULL : what};
		assert_int_equal(writes_add(&list, &w, NULL), 0);
	}
	assert_int_equal(writes_sort(&list, NULL), 0);
	assert_int_equal(list.n, 100);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(list.items[i].off, i);
		assert_int_equal(list.items[i].old_bytes[0], i);
		assert_int_equal(list.items[i].new_bytes[0], (uint8_t)~i);
		snprintf(what, sizeof(what), "w%zu", i);
		assert_string_equal(list.items[i].what, i == 5 * 37 % 100 ? "" : what);
	}
}

static void overlapping_writes_are_refused(void **state)
{
	static const uint8_t bytes[16];
	static const struct {
		uint64_t a, b;
		size_t a_len, b_len;
		bool overlap;
	} cases[] = {
		{0, 8, 8, 8, false},
		{8, 0, 8, 8, false},
		{0, 7, 8, 8, true},
		{7, 0, 8, 8, true},
		{5, 5, 1, 1, true},
		{0, 4, 16, 2, true},
		{UINT64_MAX, 0, 1, 16, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct write_list list = {.arena = *state};
		struct err err = {0};
		const struct write a = {cases[i].a, cases[i].a_len, bytes, bytes, "a"};
		const struct write b = {cases[i].b, cases[i].b_len, bytes, bytes, "b"};
		assert_int_equal(writes_add(&list, &a, &err), 0);
		assert_int_equal(writes_add(&list, &b, &err), 0);
		assert_int_equal(writes_sort(&list, &err), cases[i].overlap ? -1 : 0);
		assert_int_equal(err.code, cases[i].overlap ? E_CORRUPT : E_OK);
	}
	struct write_list none = {.arena = *state};
	assert_int_equal(writes_sort(&none, NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_error_is_kept),
		TEST(no_error_no_place),
		TEST(long_texts_are_cut_at_a_character),
		TEST(every_code_has_its_row),
		TEST(spans_hold_what_lies_inside),
		TEST(numbers_are_read_or_0),
		TEST(numbers_are_put),
		TEST(checksums),
		TEST(identifiers),
		TEST(times),
		TEST(arena_gives_zeroed_aligned_memory),
		TEST(arena_refuses_what_cannot_be),
		TEST(arena_copies),
		TEST(utf16_becomes_safe_utf8),
		TEST(latin1_and_utf8_become_safe),
		TEST(names_compare_without_case),
		TEST(writes_are_copied_and_sorted),
		TEST(overlapping_writes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
