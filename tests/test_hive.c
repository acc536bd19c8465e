/* SPDX-License-Identifier: MIT */
/*
 * The hive walker on a small sound hive made from nothing: base block, keys, values. Names have
 * test_hive_name.c, damage has test_hive_damage.c, real hives have test_hive_real.c.
 */
#include "hive_fixture.h"

#define SERVICES "ControlSet001\\Services"

/* ---- base block ---- */

static void test_open(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	assert_int_equal(h.sequence[0], 77);
	assert_int_equal(h.sequence[1], 77);
	assert_int_equal(h.written, TINY_TIME + 5);
	assert_int_equal(h.minor, 5);
	assert_int_equal(h.file_type, 0);
	assert_int_equal(h.root, t.root);
	assert_int_equal(h.bins_size, TINY_BIN);
	assert_int_equal(h.clustering, 1);
	assert_true(h.checksum_ok);
	assert_false(h.dirty);
	assert_int_equal(h.damaged_bin, HIVE_NONE);
	assert_int_equal(hive_root(&h).at, t.root);
	tiny_free(&t);
}

/* A hive that is read as it is walked: the bytes come when they are asked for. */
struct source {
	struct span whole;
	uint8_t *to;
	size_t asked;
	bool fails;
};

static int copy_over(void *context, uint64_t off, uint64_t len, struct err *err)
{
	struct source *s = context;
	s->asked++;
	if (s->fails || off > s->whole.len || len > s->whole.len - off)
		return err_set(err, E_IO, "not read");
	memcpy(s->to + off, s->whole.p + off, len);
	return 0;
}

static void test_sparse(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive whole = tiny_open(&t), h;
	struct source s = {.whole = whole.bytes, .to = calloc(1, whole.bytes.len)};
	const struct hive_source from = {copy_over, &s, NULL};
	struct key a, b;
	struct value v, w;
	uint32_t id;
	struct err err = {0};
	assert_int_equal(hive_open_sparse(&h, (struct span){s.to, whole.bytes.len}, &from, &err),
			 0);
	size_t asked = s.asked;
	assert_true(asked > 0);
	assert_int_equal(key_find(hive_root(&whole), SERVICES, &a, NULL), 0);
	assert_int_equal(key_find(hive_root(&h), SERVICES, &b, &err), 0);
	assert_int_equal(a.at, b.at);
	assert_true(s.asked > asked);
	assert_true(memcmp(s.to, whole.bytes.p, whole.bytes.len) != 0); /* not all was read */
	struct key_iter it = key_subkeys(a), sparse = key_subkeys(b);
	while (key_next(&it, &a)) {
		assert_true(key_next(&sparse, &b));
		assert_int_equal(a.at, b.at);
		bool there = value_find(a, "Start", &v, NULL) == 0;
		assert_int_equal(value_find(b, "Start", &w, NULL) == 0, there);
		if (there)
			assert_int_equal(key_u32(b, "Start", &id, NULL), 0);
	}
	s.fails = true;
	assert_int_equal(hive_open_sparse(&h, (struct span){s.to, whole.bytes.len}, &from, &err),
			 -1);
	assert_int_equal(err.code, E_IO);
	free(s.to);
	tiny_free(&t);
}

static void test_checksum(void **state)
{
	(void)state;
	uint8_t base[512] = {0};
	struct span s = {base, sizeof(base)};
	assert_int_equal(hive_checksum(s), 1);
	put_le32(base + 504, 0xffffffff);
	assert_int_equal(hive_checksum(s), 0xfffffffe);
	put_le32(base, 0x12345678);
	assert_int_equal(hive_checksum(s), 0xedcba987);
	put_le32(base + 508, 0x55555555);
	assert_int_equal(hive_checksum(s), 0xedcba987);
}

static void test_dirty(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	put_le32(t.p + 8, 76);
	tiny_checksum(&t);
	struct hive h = tiny_open(&t);
	assert_true(h.dirty && h.checksum_ok);
	put_le32(t.p + 8, 77);
	h = tiny_open(&t); /* the checksum is now the old one */
	assert_true(h.dirty && !h.checksum_ok);
	tiny_free(&t);
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		uint32_t at, value;
		enum err_code code;
		const char *text;
	} cases[] = {
		{0, 0x66676571, E_FORMAT, "no regf signature"},
		{20, 2, E_UNSUPPORTED, "version 2.5"},
		{24, 2, E_UNSUPPORTED, "version 1.2"},
		{28, 1, E_UNSUPPORTED, "file type 1"},
		{28, 6, E_UNSUPPORTED, "file type 6"},
		{32, 0, E_UNSUPPORTED, "format 0"},
		{40, TINY_BIN + 4096, E_CORRUPT, "end at byte 106496, the file has 102400"},
		{40, 0xfffff000, E_CORRUPT, "truncated"},
		{40, 0, E_CORRUPT, "0 bytes of bins"},
		{40, TINY_BIN - 8, E_CORRUPT, "not a multiple"},
		{36, HIVE_NONE, E_CORRUPT, "root key: nk cell at 0xffffffff: no cell"},
		{36, 0, E_CORRUPT, "no cell can be there"},
		{36, 36, E_CORRUPT, "no cell can be there"},
		{36, TINY_BIN, E_CORRUPT, "no cell can be there"},
		{36, TINY_BIN - 8, E_CORRUPT, "the cell is free"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		struct hive h;
		struct err err = {0};
		put_le32(t.p + cases[i].at, cases[i].value);
		assert_int_equal(hive_open(&h, tiny_span(&t), &err), -1);
		assert_int_equal(err.code, cases[i].code);
		if (!strstr(err.text, cases[i].text))
			fail_msg("case %zu: %s", i, err.text);
		tiny_free(&t);
	}
}

static void test_short_files(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h;
	for (size_t len = 0; len <= 4096; len += len < 8 ? 1 : 511) {
		struct err err = {0};
		uint8_t *exact = malloc(len + !len);
		assert_non_null(exact);
		memcpy(exact, t.p, len);
		assert_int_equal(hive_open(&h, (struct span){exact, len}, &err), -1);
		assert_int_equal(err.code, len < 4 ? E_FORMAT : E_CORRUPT);
		free(exact);
	}
	tiny_free(&t);
}

static void test_damaged_bin(void **state)
{
	(void)state;
	static const struct {
		uint32_t at, value;
	} cases[] = {
		{0, 0}, {4, 4096}, {8, 0}, {8, 4095}, {8, TINY_BIN + 4096}, {8, 4096},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		put_le32(t.p + 4096 + cases[i].at, cases[i].value);
		struct hive h = tiny_open(&t);
		assert_int_equal(h.damaged_bin, i == 5 ? 4096 : 0);
		find(&h, SERVICES "\\msahci"); /* the keys are still there */
		tiny_free(&t);
	}
}

/* A second bin, in the space that is free: its header counts as much as the first one's. */
static void test_second_bin(void **state)
{
	(void)state;
	const uint32_t at = TINY_BIN - 8192;
	struct tiny t = tiny_new();
	uint8_t *bin = t.p + 4096 + at;
	put_le32(t.p + 4096 + 8, at);
	assert_int_equal(tiny_open(&t).damaged_bin, at);
	memcpy(bin, "hbin", 4);
	put_le32(bin + 4, at);
	put_le32(bin + 8, 8192);
	assert_int_equal(tiny_open(&t).damaged_bin, HIVE_NONE);
	put_le32(bin + 8, 4096);
	assert_int_equal(tiny_open(&t).damaged_bin, at + 4096);
	put_le32(bin + 8, 12288);
	assert_int_equal(tiny_open(&t).damaged_bin, at);
	tiny_free(&t);
}

/* ---- keys ---- */

static void test_find(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	assert_int_equal(find(&h, "").at, t.root);
	assert_int_equal(find(&h, SERVICES).at, t.services);
	assert_int_equal(find(&h, "controlset001\\SERVICES\\MSAHCI").at, t.msahci);
	assert_int_equal(find(&h, "\\ControlSet001\\\\Services\\").at, t.services);
	assert_int_equal(find(&h, SERVICES "\\storahci\\startoverride").at, t.override);
	assert_int_equal(find(&h, SERVICES "\\\xc3\xa4RGER\xc3\xbf").at, t.latin);
	assert_int_equal(find(&h, SERVICES "\\\xc3\x84rger\xc5\xb8").at, t.latin);
	tiny_free(&t);
}

static void test_find_absent(void **state)
{
	(void)state;
	static const char *const paths[] = {
		"ControlSet002",      SERVICES "\\msahc",
		SERVICES "\\msahci2", SERVICES "\\msahci\\x",
		SERVICES "\\\xc3",    SERVICES "\\\xe4rger\xff",
		SERVICES "\\N",       "ROOT",
	};
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct key k = {.at = 1};
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct err err = {0};
		assert_int_equal(key_find(hive_root(&h), paths[i], &k, &err), -1);
		assert_int_equal(err.code, E_NOTFOUND);
		assert_non_null(strstr(err.text, paths[i]));
		assert_int_equal(key_find(hive_root(&h), paths[i], &k, NULL), -1);
	}
	assert_int_equal(k.at, 1);
	tiny_free(&t);
}

static void test_subkeys(void **state)
{
	(void)state;
	static const char *const names[] = {
		"atapi",
		"msahci",
		"storahci",
		"Linked",
		"\xc3\x84rger\xc3\xbf",
		"N\xe2\x90\x80\xd0\x94\xf0\x9f\x98\x80",
	};
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	struct key_iter it = key_subkeys(find(&h, SERVICES));
	struct key sub;
	size_t n = 0;
	while (key_next(&it, &sub))
		assert_string_equal(key_name(sub, arena), names[n++]);
	assert_int_equal(n, COUNT(names));
	assert_int_equal(it.err.code, E_OK);
	assert_false(key_next(&it, &sub));
	assert_int_equal(key_subkey_count(find(&h, SERVICES)), 6);
	assert_int_equal(key_subkey_count(find(&h, "Select")), 0);
	arena_free(arena);
	tiny_free(&t);
}

static void test_key_facts(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct key k = find(&h, "ControlSet001\\Class");
	assert_int_equal(key_written(k), TINY_TIME);
	assert_memory_equal(t.p + key_at(k), "nk", 2);
	assert_memory_equal(t.p + key_at(k) + 76, "Class", 5);
	tiny_free(&t);
}

/* ---- where things lie ---- */

static struct span bytes_of(const struct hive *h, struct hive_range r)
{
	assert_true(span_holds(h->bytes, r.at, r.len));
	return span_sub(h->bytes, r.at, r.len);
}

static void test_ranges(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct key services = find(&h, SERVICES), msahci = find(&h, SERVICES "\\msahci");
	struct value number = find_value(&h, SERVICES "\\msahci", "Start");
	struct value text = find_value(&h, SERVICES "\\msahci", "ImagePath");
	struct span record = bytes_of(&h, key_range(services, KEY_RECORD));
	struct span counts = bytes_of(&h, key_range(services, KEY_SUBKEYS));
	struct span list = bytes_of(&h, key_range(msahci, KEY_VALUES));
	assert_int_equal(record.len, 76);
	assert_memory_equal(record.p, "nk", 2);
	assert_memory_equal(record.p + record.len, "Services", 8); /* its name follows */
	assert_int_equal(le64(bytes_of(&h, key_range(services, KEY_TIME)), 0), TINY_TIME);
	assert_int_equal(le64(counts, 0), key_subkey_count(services));
	assert_int_equal(list.len, 8);
	assert_int_equal(le32(list, 0), key_value_count(msahci));
	assert_int_equal(le32(bytes_of(&h, value_range(number, VALUE_DATA)), 0), 3);
	assert_int_equal(value_range(text, VALUE_DATA).len, text.size);
	assert_memory_equal(bytes_of(&h, value_range(text, VALUE_DATA)).p, "S\0y\0s\0", 6);
	record = bytes_of(&h, value_range(text, VALUE_RECORD));
	assert_int_equal(record.len, 20);
	assert_memory_equal(record.p, "vk", 2);
	assert_memory_equal(record.p + record.len, "ImagePath", 9);
	assert_memory_equal(bytes_of(&h, hive_range(HIVE_BASE_BLOCK)).p, "regf", 4);
	assert_int_equal(hive_range(HIVE_BASE_BLOCK).len, 4096);
	assert_int_equal(le64(bytes_of(&h, hive_range(HIVE_FIRST_BIN_TIME)), 0), TINY_TIME + 5);
	tiny_free(&t);
}

/* ---- values ---- */

static void test_values(void **state)
{
	(void)state;
	static const char *const names[] = {"Start", "Type",  "ImagePath", "Owners", "Big",
					    "",      "Empty", "Short",     "Odd"};
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	struct value_iter it = key_values(find(&h, SERVICES "\\msahci"));
	struct value v;
	size_t n = 0;
	while (value_next(&it, &v)) {
		assert_true(value_is(v, names[n]));
		assert_string_equal(value_name(v, arena), names[n++]);
	}
	assert_int_equal(n, COUNT(names));
	assert_int_equal(it.err.code, E_OK);
	assert_int_equal(key_value_count(find(&h, SERVICES "\\msahci")), 9);
	assert_true(value_is(find_value(&h, SERVICES "\\MSAHCI", "sTART"), "START"));
	arena_free(arena);
	tiny_free(&t);
}

static void test_value_data(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	struct span data;
	struct value v = find_value(&h, SERVICES "\\msahci", "Short");
	assert_true(v.in_line && v.size == 3 && v.type == REG_BINARY);
	assert_int_equal(value_data(v, arena, &data, NULL), 0);
	assert_memory_equal(data.p, "\x11\x22\x33", 3);
	assert_memory_equal(t.p + value_at(v), "vk", 2);
	assert_memory_equal(t.p + value_data_at(v), "\x11\x22\x33", 3);
	v = find_value(&h, SERVICES "\\msahci", "Empty");
	assert_int_equal(value_data(v, arena, &data, NULL), 0);
	assert_int_equal(data.len, 0);
	v = find_value(&h, SERVICES "\\msahci", "ImagePath");
	assert_false(v.in_line);
	assert_memory_equal(t.p + value_data_at(v), "S\0y\0s\0", 6);
	v = find_value(&h, SERVICES "\\msahci", "Big");
	assert_int_equal(value_data(v, arena, &data, NULL), 0);
	assert_int_equal(data.len, TINY_BIG);
	for (size_t i = 0; i < TINY_BIG; i++)
		assert_int_equal(data.p[i], 'a' + (int)(i / 16344));
	assert_memory_equal(t.p + value_data_at(v), "db", 2);
	arena_free(arena);
	tiny_free(&t);
}

static void test_conversions(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	struct key k = find(&h, SERVICES "\\msahci");
	char *text, **texts;
	uint32_t number;
	size_t n;
	assert_int_equal(key_u32(k, "Start", &number, NULL), 0);
	assert_int_equal(number, 3);
	assert_int_equal(key_u32(k, "Type", &number, NULL), 0); /* four bytes in a cell */
	assert_int_equal(number, 1);
	assert_int_equal(key_text(k, "ImagePath", arena, &text, NULL), 0);
	assert_string_equal(text, "System32\\drivers\\msahci.sys");
	assert_int_equal(key_text(k, "", arena, &text, NULL), 0);
	assert_string_equal(text, "default");
	assert_int_equal(key_text(k, "Empty", arena, &text, NULL), 0);
	assert_string_equal(text, "");
	assert_int_equal(
		value_texts(find_value(&h, SERVICES "\\msahci", "Owners"), arena, &texts, &n, NULL),
		0);
	assert_int_equal(n, 2);
	assert_string_equal(texts[0], "one");
	assert_string_equal(texts[1], "two");
	arena_free(arena);
	tiny_free(&t);
}

/* A REG_MULTI_SZ without its last NULs, and one whose bytes are odd. */
static void test_cut_texts(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	char **texts;
	size_t n;
	for (uint32_t size = 18; size >= 5; size--) {
		put_le32(tiny_at(&t, t.vk_multi) + 4, size);
		struct value v = find_value(&h, SERVICES "\\msahci", "Owners");
		assert_int_equal(value_texts(v, arena, &texts, &n, NULL), 0);
		assert_int_equal(n, size >= 10 ? 2 : 1);
		assert_int_equal(strncmp(texts[0], "one", size / 2), 0);
	}
	arena_free(arena);
	tiny_free(&t);
}

static void test_wrong_types(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct arena *arena = arena_new();
	struct key k = find(&h, SERVICES "\\msahci");
	struct value v = find_value(&h, SERVICES "\\msahci", "Odd");
	struct err err = {0};
	uint32_t number;
	char *text, **texts;
	size_t n;
	assert_int_equal(key_u32(k, "ImagePath", &number, &err), -1);
	assert_string_equal(err.text, "ImagePath: REG_EXPAND_SZ where REG_DWORD is expected");
	assert_int_equal(err.code, E_CORRUPT);
	err_clear(&err);
	assert_int_equal(value_u32(v, &number, &err), -1);
	assert_string_equal(err.text, "type 0x12345 where REG_DWORD is expected");
	assert_int_equal(value_text(v, arena, &text, NULL), -1);
	assert_int_equal(value_texts(v, arena, &texts, &n, NULL), -1);
	put_le32(tiny_at(&t, t.vk_start) + 4, 0x80000003);
	err_clear(&err);
	assert_int_equal(key_u32(k, "Start", &number, &err), -1);
	assert_string_equal(err.text, "Start: REG_DWORD of 3 bytes");
	err_clear(&err);
	assert_int_equal(key_u32(k, "None", &number, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	assert_string_equal(reg_type_name(REG_QWORD), "REG_QWORD");
	assert_null(reg_type_name(12));
	arena_free(arena);
	tiny_free(&t);
}

/* Version 1.3 has no big data: what looks like it is too short a cell. */
static void test_big_data_version(void **state)
{
	(void)state;
	for (uint32_t minor = 3; minor <= 6; minor++) {
		struct tiny t = tiny_new();
		struct arena *arena = arena_new();
		struct span data;
		put_le32(t.p + 24, minor);
		struct hive h = tiny_open(&t);
		struct value v = find_value(&h, SERVICES "\\msahci", "Big");
		assert_int_equal(value_data(v, arena, &data, NULL), minor == 3 ? -1 : 0);
		arena_free(arena);
		tiny_free(&t);
	}
}

static void test_predefined_key(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct key k = {&h, t.msahci};
	struct value v;
	put_le16(tiny_at(&t, t.msahci) + 2, 0x20 | 0x40); /* the value count is a handle */
	assert_int_equal(key_value_count(k), 0);
	assert_int_equal(value_find(k, "Start", &v, NULL), -1);
	tiny_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_dirty),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_short_files),
		cmocka_unit_test(test_damaged_bin),
		cmocka_unit_test(test_second_bin),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_absent),
		cmocka_unit_test(test_subkeys),
		cmocka_unit_test(test_key_facts),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_value_data),
		cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_cut_texts),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_big_data_version),
		cmocka_unit_test(test_predefined_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
