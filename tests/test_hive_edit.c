/* SPDX-License-Identifier: MIT */
/*
 * Edits that change existing values in place: which bytes change and, as much, that no other byte
 * does; what is refused; how a hive is finished. Edits that need cells are in the tests beside
 * this one.
 */
#include "hive_fixture.h"

#include "stop7b/hive_edit.h"

#define MSAHCI "ControlSet001\\Services\\msahci"
#define LINKED "ControlSet001\\Services\\Linked"
#define WHEN   (TINY_TIME + 1000)
#define LATER  (TINY_TIME + 2000)

static const uint8_t zero[4];
static const struct span dword_zero = {zero, sizeof(zero)};

static struct hive_edit *open_edit(const struct tiny *t)
{
	struct hive h = tiny_open(t);
	struct err err = {0};
	struct hive_edit *e = hive_edit_open(&h, &err);
	if (!e)
		fail_msg("%s", err.text);
	return e;
}

static void set(struct hive_edit *e, const char *key, const char *name, uint32_t type,
		const void *data, size_t len)
{
	struct err err = {0};
	if (hive_edit_set(e, key, name, type, (struct span){data, len}, WHEN, &err))
		fail_msg("%s", err.text);
}

/* File offset of byte `at` of a record. */
static uint64_t place(uint32_t cell, uint32_t at)
{
	return 4096 + (uint64_t)cell + 4 + at;
}

static void test_set_dword(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	const struct hive *view = hive_edit_view(e);
	set(e, "controlset001\\services\\MSAHCI", "start", REG_DWORD, zero, 4);
	const struct range ranges[] = {{place(t.vk_start, 8), 4}, {place(t.msahci, 4), 8}};
	assert_changed(tiny_span(&t), view->bytes, ranges, 2);
	uint32_t number = 9;
	assert_int_equal(key_u32(find(view, MSAHCI), "Start", &number, NULL), 0);
	assert_int_equal(number, 0);
	assert_int_equal(key_written(find(view, MSAHCI)), WHEN);
	hive_edit_close(e);
	tiny_free(&t);
}

static void test_finish(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	const struct hive *view = hive_edit_view(e);
	set(e, MSAHCI, "Start", REG_DWORD, zero, 4);
	hive_edit_finish(e, LATER);
	const struct range ranges[] = {
		{place(t.vk_start, 8), 4},
		{place(t.msahci, 4), 8},
		{4, 4},
		{8, 4},
		{12, 8},
		{508, 4},
		{4096 + 20, 8},
	};
	assert_changed(tiny_span(&t), view->bytes, ranges, COUNT(ranges));
	assert_int_equal(view->sequence[0], 78);
	assert_int_equal(view->sequence[1], 78);
	assert_int_equal(view->written, LATER);
	assert_int_equal(le64(view->bytes, 4096 + 20), LATER);
	assert_true(view->checksum_ok && !view->dirty);
	struct hive again;
	assert_int_equal(hive_open(&again, view->bytes, NULL), 0);
	assert_int_equal(again.sequence[1], 78);
	hive_edit_finish(e, LATER + 1); /* nothing new to finish */
	assert_int_equal(view->sequence[0], 78);
	hive_edit_close(e);
	tiny_free(&t);
}

/* The base block's time after an edit of key, with the three times as given. */
static uint64_t time_after(uint64_t base, uint64_t bin, uint64_t root, const char *key,
			   uint64_t *bin_after)
{
	struct tiny t = tiny_new();
	uint32_t value = tiny_dword(&t, "Start", 7);
	tiny_values(&t, t.root, &value, 1);
	put_le64(t.p + 12, base);
	put_le64(t.p + 4096 + 20, bin);
	put_le64(tiny_at(&t, t.root) + 4, root);
	tiny_checksum(&t);
	struct hive_edit *e = open_edit(&t);
	set(e, key, "Start", REG_DWORD, zero, 4);
	hive_edit_finish(e, LATER);
	struct span after = hive_edit_view(e)->bytes;
	uint64_t result = le64(after, 12);
	*bin_after = le64(after, 4096 + 20);
	hive_edit_close(e);
	tiny_free(&t);
	return result;
}

static void test_times(void **state)
{
	(void)state;
	const uint64_t old = TINY_TIME;
	uint64_t bin;
	assert_int_equal(time_after(old, old, old, MSAHCI, &bin), LATER);
	assert_int_equal(bin, LATER);
	assert_int_equal(time_after(old, old, old, "", &bin), LATER); /* the root key itself */
	assert_int_equal(bin, LATER);
	assert_int_equal(time_after(old, 0, old, MSAHCI, &bin), LATER); /* no copy in the bin */
	assert_int_equal(bin, 0);
	assert_int_equal(time_after(0, 0, old, MSAHCI, &bin), 0); /* a writer without the time */
	assert_int_equal(bin, 0);
	assert_int_equal(time_after(old, old, old + 1, MSAHCI, &bin), old); /* the image's time */
	assert_int_equal(bin, old);
}

static void test_sequence_wraps(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	put_le32(t.p + 4, 0xffffffff);
	put_le32(t.p + 8, 0xffffffff);
	tiny_checksum(&t);
	struct hive_edit *e = open_edit(&t);
	set(e, MSAHCI, "Start", REG_DWORD, zero, 4);
	hive_edit_finish(e, LATER);
	assert_int_equal(hive_edit_view(e)->sequence[0], 0);
	assert_false(hive_edit_view(e)->dirty);
	hive_edit_close(e);
	tiny_free(&t);
}

static void test_same_value(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	struct arena *arena = arena_new();
	struct span big;
	set(e, MSAHCI, "Start", REG_DWORD, "\3\0\0", 4);
	set(e, MSAHCI, "Empty", REG_SZ, NULL, 0);
	assert_int_equal(
		value_data(find_value(hive_edit_view(e), MSAHCI, "Big"), arena, &big, NULL), 0);
	set(e, MSAHCI, "Big", REG_BINARY, big.p, big.len);
	hive_edit_finish(e, LATER);
	assert_memory_equal(hive_edit_view(e)->bytes.p, t.p, TINY_SIZE);
	arena_free(arena);
	hive_edit_close(e);
	tiny_free(&t);
}

/* The hive that was opened stays as it was, and the editor needs it no longer. */
static void test_original_untouched(void **state)
{
	(void)state;
	struct tiny t = tiny_new(), same = tiny_new();
	struct hive_edit *e = open_edit(&t);
	set(e, MSAHCI, "Start", REG_DWORD, zero, 4);
	hive_edit_finish(e, LATER);
	assert_memory_equal(t.p, same.p, TINY_SIZE);
	tiny_free(&t);
	assert_true(value_is(find_value(hive_edit_view(e), MSAHCI, "Start"), "Start"));
	hive_edit_close(e);
	hive_edit_close(NULL);
	tiny_free(&same);
}

static void test_dword_in_cell(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	const struct hive *view = hive_edit_view(e);
	struct value v = find_value(view, MSAHCI, "Type");
	uint64_t data = value_data_at(v), vk = value_at(v);
	assert_false(v.in_line);
	set(e, MSAHCI, "Type", REG_DWORD, "\2\0\0", 4);
	assert_true(find_value(view, MSAHCI, "Type").in_line);
	/* size and data in the record, the cell's header: it is free now */
	const struct range ranges[] = {{data - 4, 4}, {vk + 4, 8}, {place(t.msahci, 4), 8}};
	assert_changed(tiny_span(&t), view->bytes, ranges, COUNT(ranges));
	uint32_t number;
	assert_int_equal(key_u32(find(view, MSAHCI), "Type", &number, NULL), 0);
	assert_int_equal(number, 2);
	hive_edit_close(e);
	tiny_free(&t);
}

static void test_text(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	const struct hive *view = hive_edit_view(e);
	struct arena *arena = arena_new();
	uint64_t data = value_data_at(find_value(view, MSAHCI, "ImagePath"));
	uint8_t shorter[16];
	size_t len = tiny_utf16("x.sys", 6, shorter);
	char *text;
	set(e, MSAHCI, "ImagePath", REG_SZ, shorter, len);
	const struct range ranges[] = {
		{data, len},
		{place(t.vk_path, 4), 4},
		{place(t.vk_path, 12), 4},
		{place(t.msahci, 4), 8},
	};
	assert_changed(tiny_span(&t), view->bytes, ranges, COUNT(ranges));
	assert_int_equal(key_text(find(view, MSAHCI), "ImagePath", arena, &text, NULL), 0);
	assert_string_equal(text, "x.sys");
	struct value v = find_value(view, MSAHCI, "ImagePath");
	assert_true(v.type == REG_SZ && v.size == len && !v.in_line);
	arena_free(arena);
	hive_edit_close(e);
	tiny_free(&t);
}

static void test_in_line_length(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	put_le32(tiny_at(&t, t.msahci) + 64, 3); /* largest data of the key */
	struct hive_edit *e = open_edit(&t);
	const struct hive *view = hive_edit_view(e);
	set(e, MSAHCI, "Start", REG_BINARY, "\1\2\3", 3);
	set(e, MSAHCI, "Start", REG_BINARY, "\xaa", 1);
	struct value v = find_value(view, MSAHCI, "Start");
	assert_true(v.in_line && v.size == 1 && v.type == REG_BINARY);
	assert_memory_equal(view->bytes.p + value_data_at(v), "\xaa\0\0\0", 4);
	assert_int_equal(le32(view->bytes, place(t.msahci, 64)), TINY_BIG); /* mended at once */
	set(e, MSAHCI, "Empty", REG_DWORD, "\1\2\3\4", 4);
	v = find_value(view, MSAHCI, "Empty");
	assert_true(v.in_line && v.size == 4);
	assert_memory_equal(view->bytes.p + value_data_at(v), "\1\2\3\4", 4);
	hive_edit_close(e);
	tiny_free(&t);
}

static void test_refusals(void **state)
{
	(void)state;
	static const uint8_t data[0x20000] = {1};
	static char long_name[16385];
	memset(long_name, 'n', sizeof(long_name) - 1);
	const struct {
		const char *key, *name;
		size_t len;
		enum err_code code;
		const char *text;
	} cases[] = {
		{MSAHCI, "ImagePath", sizeof(data), E_UNSUPPORTED, "no room: "},
		{MSAHCI, "Start", 0x18000, E_UNSUPPORTED, "has none left"},
		{MSAHCI, "a\xff", 4, E_UNSUPPORTED, "not UTF-8"},
		{MSAHCI, long_name, 4, E_UNSUPPORTED, MSAHCI},
		{MSAHCI "\\x", "Start", 4, E_NOTFOUND, "no key x"},
		{LINKED, "Start", 4, E_UNSUPPORTED, "symbolic link"},
		{LINKED, "New", 4, E_UNSUPPORTED, "symbolic link"},
	};
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = {0};
		struct span s = {data, cases[i].len};
		assert_int_equal(
			hive_edit_set(e, cases[i].key, cases[i].name, REG_BINARY, s, WHEN, &err),
			-1);
		assert_int_equal(err.code, cases[i].code);
		if (!strstr(err.text, cases[i].text) || !strstr(err.text, cases[i].key))
			fail_msg("case %zu: %s", i, err.text);
	}
	hive_edit_finish(e, LATER);
	assert_memory_equal(hive_edit_view(e)->bytes.p, t.p, TINY_SIZE);
	hive_edit_close(e);
	tiny_free(&t);
}

/* Set Start of msahci with its flags and layer bits as given, in a hive with these base flags. */
static int set_special(unsigned flags, uint8_t layers, uint32_t base_flags, struct err *err)
{
	struct tiny t = tiny_new();
	put_le16(tiny_at(&t, t.msahci) + 2, (uint16_t)(0x20 | flags));
	tiny_at(&t, t.msahci)[13] = layers;
	put_le32(t.p + 144, base_flags);
	tiny_checksum(&t);
	struct hive_edit *e = open_edit(&t);
	int result = hive_edit_set(e, MSAHCI, "Start", REG_DWORD, dword_zero, WHEN, err);
	hive_edit_close(e);
	tiny_free(&t);
	return result;
}

static void test_special_keys(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(set_special(0x40, 0, 0, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	err_clear(&err);
	assert_int_equal(set_special(0, 0x81, 2, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	assert_int_equal(set_special(0, 0x81, 1, NULL), 0); /* no layered keys in such a hive */
	assert_int_equal(set_special(0, 0x82, 2, NULL), 0);
	assert_int_equal(set_special(0x8c, 0, 3, NULL), 0);
}

static void test_guards(void **state)
{
	(void)state;
	static const struct {
		uint32_t at, value;
		bool checksum;
		const char *text;
	} cases[] = {
		{44, 8, true, "clustering factor 8"},
		{24, 7, true, "version 1.7"},
		{4096, 0, true, "bad bin at 0x0"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		struct err err = {0};
		put_le32(t.p + cases[i].at, cases[i].value);
		if (cases[i].checksum)
			tiny_checksum(&t);
		struct hive h = tiny_open(&t);
		assert_null(hive_edit_open(&h, &err));
		assert_int_equal(err.code, E_GUARD);
		if (!strstr(err.text, cases[i].text))
			fail_msg("case %zu: %s", i, err.text);
		tiny_free(&t);
	}
}

/* A dirty hive can be edited to look ahead, and its copy never looks clean. */
static void test_dirty_stays_dirty(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	put_le32(t.p + 8, 76);
	tiny_checksum(&t);
	struct hive h = tiny_open(&t);
	assert_true(h.dirty);
	struct hive_edit *e = hive_edit_open(&h, NULL);
	assert_non_null(e);
	set(e, MSAHCI, "Start", REG_DWORD, zero, 4);
	hive_edit_finish(e, LATER);
	const struct range ranges[] = {{place(t.vk_start, 8), 4}, {place(t.msahci, 4), 8}};
	assert_changed(tiny_span(&t), hive_edit_view(e)->bytes, ranges, COUNT(ranges));
	assert_true(hive_edit_view(e)->dirty);
	hive_edit_close(e);
	tiny_free(&t);
}

/* A data cell stays where it is, and what is behind the data is left alone. */
static void test_short_in_cell(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_edit *e = open_edit(&t);
	const struct hive *view = hive_edit_view(e);
	set(e, MSAHCI, "ImagePath", REG_SZ, "x\0y\0\0", 6);
	struct value v = find_value(view, MSAHCI, "ImagePath");
	assert_true(!v.in_line && v.size == 6);
	assert_memory_equal(view->bytes.p + value_data_at(v), "x\0y\0\0\0", 6);
	hive_edit_close(e);
	tiny_free(&t);
}

/* Versions 1.3 to 1.6 are written; 1.3 is that of boot stores. */
static void test_versions(void **state)
{
	(void)state;
	for (uint32_t minor = 3; minor <= 6; minor++) {
		struct tiny t = tiny_new();
		put_le32(t.p + 24, minor);
		tiny_checksum(&t);
		struct hive_edit *e = open_edit(&t);
		set(e, MSAHCI, "Start", REG_DWORD, zero, 4);
		hive_edit_close(e);
		tiny_free(&t);
	}
}

/* A hive whose key and value records overlap is edited inside its bytes all the same. */
static void test_overlapping_records(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	put_le32(tiny_at(&t, t.vk_path) + 8, t.msahci); /* the data is the key's own record */
	struct hive_edit *e = open_edit(&t);
	uint8_t data[56] = {0};
	struct span s = {data, sizeof(data)};
	struct err err = {0};
	hive_edit_set(e, MSAHCI, "ImagePath", REG_SZ, s, WHEN, &err);
	hive_edit_set(e, MSAHCI, "Start", REG_DWORD, dword_zero, WHEN, &err);
	hive_edit_finish(e, LATER);
	hive_edit_close(e);
	tiny_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_dword),
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_sequence_wraps),
		cmocka_unit_test(test_same_value),
		cmocka_unit_test(test_original_untouched),
		cmocka_unit_test(test_dword_in_cell),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_in_line_length),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_special_keys),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_dirty_stays_dirty),
		cmocka_unit_test(test_short_in_cell),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_overlapping_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
