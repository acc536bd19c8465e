/* SPDX-License-Identifier: MIT */
/*
 * Values created, changed between all forms of storage, and deleted: the records, the fields of
 * the key, and what stays where it is.
 */
#include "hive_edit_test.h"

static uint32_t data_of(const struct bench *b, const char *key, const char *name)
{
	return field32(b, find_value(b->view, key, name).at, 8);
}

static void test_create(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 4096);
	create_key(&b, "k");
	uint32_t k = find(b.view, "k").at;
	struct err err = {0};
	assert_int_equal(hive_edit_set(b.e, "K", "Start", REG_DWORD,
				       (struct span){(const uint8_t *)"\3\0\0", 4}, LATER, &err),
			 0);
	struct value v = find_value(b.view, "k", "start");
	assert_memory_equal(b.view->bytes.p + value_at(v),
			    "vk\5\0\4\0\0\x80\3\0\0\0\4\0\0\0\1\0\0\0Start\0\0\0", 28);
	assert_int_equal(le32(b.view->bytes, value_at(v) - 4), 0u - 32u);
	assert_int_equal(field32(&b, k, 36), 1);
	assert_int_equal(field32(&b, k, 60), 10); /* "Start" in UTF-16 */
	assert_int_equal(field32(&b, k, 64), 4);
	assert_int_equal(key_written(find(b.view, "k")), LATER);
	assert_int_equal(key_written(find(b.view, "")), WHEN); /* since k was created */
	set_value(&b, "k", "", "12345", 5);
	v = find_value(b.view, "k", "");
	assert_int_equal(field16(&b, v.at, 2), 0);
	assert_int_equal(field16(&b, v.at, 16), 0); /* a default value has no name flag */
	assert_int_equal(field32(&b, v.at, 4), 5);
	assert_memory_equal(b.view->bytes.p + value_data_at(v), "12345", 5);
	assert_int_equal(field32(&b, k, 36), 2);
	assert_int_equal(field32(&b, k, 60), 10);
	assert_int_equal(field32(&b, k, 64), 5);
	assert_sound(&b);
	bench_close(&b);
}

/* From every form of storage to every other, and no cell is lost or shared on the way. */
static void test_conversions(void **state)
{
	(void)state;
	static const size_t sizes[] = {0,     1,     4,     5,     12,    13,    200,   16343,
				       16344, 16345, 16350, 32688, 32689, 49032, 100000};
	struct bench b = bench_new(5, 2 << 20);
	create_key(&b, "k");
	set_bytes(&b, "k", "other", 100, 1);
	for (size_t from = 0; from < COUNT(sizes); from++) {
		for (size_t to = 0; to < COUNT(sizes); to++) {
			set_bytes(&b, "k", "v", sizes[from], 10);
			set_bytes(&b, "k", "v", sizes[to], 20);
			assert_sound(&b);
		}
	}
	delete_value(&b, "k", "v");
	assert_sound(&b);
	assert_int_equal(find_value(b.view, "k", "other").size, 100);
	bench_close(&b);
}

/* What fits stays: the same cells hold it afterwards, and nothing else changes. */
static void test_in_place(void **state)
{
	(void)state;
	static const struct {
		size_t from, to;
		bool stays;
	} cases[] = {
		{200, 100, true},      {200, 200, true},
		{200, 204, true}, /* its cell has 204 */
		{200, 5, true},        {200, 4, false},
		{200, 1, false},       {200, 0, false},
		{200, 220, false},     {16340, 16344, true},
		{16344, 16345, false}, {20000, 32688, true},
		{32688, 16345, true},  {20000, 16344, false},
		{20000, 32689, false}, {40000, 20000, false},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench b = bench_new(5, 1 << 20);
		create_key(&b, "k");
		set_bytes(&b, "k", "v", cases[i].from, 10);
		set_bytes(&b, "k", "wall", 200, 10); /* so that nothing grows where it is */
		uint32_t before = data_of(&b, "k", "v");
		set_bytes(&b, "k", "v", cases[i].to, 20);
		if ((data_of(&b, "k", "v") == before) != cases[i].stays)
			fail_msg("case %zu", i);
		assert_sound(&b);
		bench_close(&b);
	}
}

/* 1 to 4 bytes lie in the record, whatever the type and whatever was there before. */
static void test_short_data(void **state)
{
	(void)state;
	static const size_t before[] = {20, 4, 200, 20000, 0};
	for (size_t i = 0; i < COUNT(before); i++)
		for (size_t len = 1; len <= 4; len++) {
			struct bench b = bench_new(5, 1 << 20);
			create_key(&b, "k");
			uint32_t cells = assert_sound(&b).cells_used;
			set_bytes(&b, "k", "v", before[i], 10);
			set_bytes(&b, "k", "v", len, 20);
			struct value v = find_value(b.view, "k", "v");
			assert_true(v.in_line);
			assert_int_equal(field32(&b, v.at, 4), 0x80000000u | (uint32_t)len);
			for (size_t pad = len; pad < 4; pad++)
				assert_int_equal(u8(b.view->bytes, 4096 + v.at + 4 + 8 + pad), 0);
			assert_int_equal(assert_sound(&b).cells_used, cells + 2);
			bench_close(&b);
		}
}

static void test_big(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	set_bytes(&b, "", "v", 16344 * 2 + 1, 1);
	uint32_t db = data_of(&b, "", "v");
	assert_int_equal(field32(&b, find_value(b.view, "", "v").at, 4), 16344 * 2 + 1);
	assert_memory_equal(b.view->bytes.p + 4096 + db + 4, "db\3\0", 4);
	uint32_t list = field32(&b, db, 4);
	for (uint32_t i = 0; i < 3; i++) { /* the last segment's cell is as long as the others */
		uint32_t segment = field32(&b, list, 4 * i);
		assert_int_equal(le32(b.view->bytes, 4096 + (uint64_t)segment), 0u - 16352u);
	}
	assert_sound(&b);
	delete_value(&b, "", "v");
	struct hive_report r = assert_sound(&b);
	assert_int_equal(r.cells_used, 2); /* the root and its descriptor */
	bench_close(&b);
}

/* Before version 1.4 there is no big data. */
static void test_old_version(void **state)
{
	(void)state;
	struct bench b = bench_new(3, 1 << 20);
	create_key(&b, "k");
	set_bytes(&b, "k", "v", 16344, 1);
	assert_refused(&b, SET, "k", 16345, E_UNSUPPORTED, "version 1.3 has at most 16344");
	delete_value(&b, "k", "v");
	assert_refused(&b, SET, "k", 16345, E_UNSUPPORTED, "version 1.3 has at most 16344");
	assert_sound(&b);
	bench_close(&b);
	b = bench_new(4, 1 << 20);
	set_bytes(&b, "", "v", 16345, 1);
	assert_sound(&b);
	bench_close(&b);
}

static void test_delete(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	create_key(&b, "k");
	uint32_t k = find(b.view, "k").at;
	struct hive_report before = assert_sound(&b);
	for (const char *p = "abcde"; *p; p++)
		set_bytes(&b, "k", (char[]){*p, 0}, (size_t)(*p - 'a') * 9000, 1);
	delete_value(&b, "k", "C");
	delete_value(&b, "k", "a");
	delete_value(&b, "k", "e");
	assert_int_equal(key_written(find(b.view, "k")), LATER);
	struct value_iter it = key_values(find(b.view, "k"));
	struct value v;
	assert_true(value_next(&it, &v) && value_is(v, "b") && v.size == 9000);
	assert_true(value_next(&it, &v) && value_is(v, "d") && v.size == 27000);
	assert_false(value_next(&it, &v));
	assert_int_equal(field32(&b, k, 60), 2); /* bounds stay while there are values */
	assert_int_equal(field32(&b, k, 64), 36000);
	delete_value(&b, "k", "b");
	delete_value(&b, "k", "d");
	assert_int_equal(field32(&b, k, 36), 0);
	assert_int_equal(field32(&b, k, 40), HIVE_NONE);
	assert_int_equal(field32(&b, k, 60), 0);
	assert_int_equal(field32(&b, k, 64), 0);
	struct hive_report after = assert_sound(&b);
	assert_int_equal(after.cells_used, before.cells_used);
	assert_refused(&b, UNSET, "k", 0, E_NOTFOUND, "k: v: there is no value v");
	assert_refused(&b, UNSET, "none", 0, E_NOTFOUND, "no key none");
	bench_close(&b);
}

/* Hundreds of values in one key: the list grows and moves, and shrinks to nothing. */
static void test_long_list(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	char name[16];
	for (unsigned i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "value %u", i);
		set_bytes(&b, "", name, i % 9, i);
	}
	assert_sound(&b);
	for (unsigned i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "value %u", i * 7 % 1500);
		delete_value(&b, "", name);
	}
	assert_int_equal(assert_sound(&b).cells_used, 2);
	bench_close(&b);
}

/* A record whose data is missing is neither believed nor repaired. */
static void test_damaged(void **state)
{
	(void)state;
	static const struct {
		uint32_t field, value;
		const char *text;
	} cases[] = {
		{4, 101, "101 bytes of data in a cell of 104"},
		{4, 0x80000005, "5 bytes of data in line"},
		{8, 0x7ffffff8, "no cell can be there"},
		{8, HIVE_NONE, "no cell can be there"},
		{0, 0, "not a value"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench b = bench_new(5, 4096);
		create_key(&b, "k");
		set_bytes(&b, "k", "v", 100, 1);
		struct span copy = bench_copy(&b);
		put_le32(bench_record(copy, find_value(b.view, "k", "v").at) + cases[i].field,
			 cases[i].value);
		bench_reopen(&b, copy);
		assert_refused(&b, SET, "k", 101, E_CORRUPT, cases[i].text);
		assert_refused(&b, UNSET, "k", 0, E_CORRUPT, cases[i].text);
		assert_refused(&b, DELETE, "k", 0, E_CORRUPT, cases[i].text);
		bench_close(&b);
	}
}

/* Big data that lies about its segments. */
static void test_damaged_big(void **state)
{
	(void)state;
	enum { DB, LIST };
	static const struct {
		int where;
		uint32_t field, value;
		const char *text;
	} cases[] = {
		{DB, 0, 0x00046264, "40000 bytes of data in 4 segments"},
		{DB, 0, 0x00007a7a, "40000 bytes of data in a cell of 16"},
		{DB, 4, 8, "no cell can be there"},
		{LIST, 4, 8, "no cell can be there"},
		{LIST, 8, HIVE_NONE, "no cell can be there"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench b = bench_new(5, 1 << 20);
		create_key(&b, "k");
		set_bytes(&b, "k", "v", 40000, 1);
		uint32_t db = data_of(&b, "k", "v"), list = field32(&b, db, 4);
		struct span copy = bench_copy(&b);
		put_le32(bench_record(copy, cases[i].where == DB ? db : list) + cases[i].field,
			 cases[i].value);
		bench_reopen(&b, copy);
		assert_refused(&b, UNSET, "k", 0, E_CORRUPT, cases[i].text);
		assert_refused(&b, SET, "k", 41000, E_CORRUPT, cases[i].text);
		bench_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),   cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_in_place), cmocka_unit_test(test_short_data),
		cmocka_unit_test(test_big),      cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_delete),   cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_damaged),  cmocka_unit_test(test_damaged_big),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
