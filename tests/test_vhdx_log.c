/* SPDX-License-Identifier: MIT */
/*
 * The log of a VHDX: which entries are replayed, and each rule of the log broken once. In most
 * tests the log holds the page of the block table that the disk lacks. What a replay does to the
 * file: test_vhdx_replay.c.
 */
#include "vhdx_log_test.h"

/* ---- which entries ---- */

static void test_replay(void **state)
{
	make();
	one_page(0, 0, 1, X_TABLE, good_table);
	opens(state);
	/* anywhere in the ring, with a large sequence number */
	make();
	one_page(77, 77, 0x123456789abcdef0, X_TABLE, good_table);
	opens(state);
}

static void test_without_log(void **state)
{
	make();
	one_page(0, 0, 1, X_TABLE, good_table);
	memset(x_file + X_HEADER2 + 48, 0, 16);
	put_le(x_file + X_HEADER2 + 64, 1, 2); /* a version that nobody needs to know */
	x_sums();
	struct image *img = x_open(state, X_LEN);
	uint8_t byte;
	assert_int_equal(image_info(img)->n_notes, 0);
	assert_false(image_info(img)->reference_unsafe);
	assert_int_equal(image_read(img, 2 * MIB, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0);
	image_close(img);
}

static void test_around_the_end(void **state)
{
	make();
	one_page(253, 253, 8, X_TABLE, noise);
	one_page(255, 253, 9, X_TABLE, good_table);
	opens(state);
	/* the run starts behind the one that the scan meets first */
	make();
	one_page(254, 254, 3, X_META, x_file + X_META);
	one_page(0, 254, 4, X_TABLE, good_table);
	opens(state);
}

static void test_later_page_wins(void **state)
{
	make();
	one_page(0, 0, 1, X_TABLE, noise);
	one_page(2, 0, 2, X_TABLE, good_table);
	opens(state);
	make();
	struct made_entry e = {5, 3, 5, 2, 6};
	begin(&e);
	data(&e, 0, X_TABLE, noise);
	data(&e, 1, X_TABLE, good_table);
	sum(&e);
	opens(state);
}

static void test_before_the_tail(void **state)
{
	make();
	one_page(0, 0, 1, X_META, noise);
	one_page(2, 2, 2, X_TABLE, good_table);
	opens(state);
	one_page(2, 0, 2, X_TABLE, good_table);
	x_refused(state, X_LEN, E_CORRUPT, "metadata table");
}

static void test_greatest_run(void **state)
{
	make();
	one_page(0, 0, 10, X_META, noise);
	one_page(2, 0, 11, X_META, noise);
	one_page(50, 50, 20, X_TABLE, good_table);
	one_page(90, 90, 15, X_META, noise);
	opens(state);
	/* without its own tail the greatest one does not count */
	one_page(0, 0, 10, X_TABLE, noise);
	one_page(2, 0, 11, X_TABLE, good_table);
	one_page(50, 40, 20, X_META, noise);
	memset(ring(90), 0, 2 * SECTOR);
	opens(state);
}

/* A gap in the numbers ends a run. */
static void test_gap(void **state)
{
	make();
	one_page(0, 0, 1, X_META, noise);
	one_page(2, 2, 3, X_TABLE, good_table);
	opens(state);
	one_page(2, 0, 3, X_TABLE, good_table);
	x_refused(state, X_LEN, E_CORRUPT, "metadata table");
}

static void test_torn_entry(void **state)
{
	make();
	one_page(0, 0, 1, X_TABLE, good_table);
	one_page(2, 0, 2, X_META, noise);
	ring(3)[1000] ^= 1;
	opens(state);
}

static void test_foreign_entries(void **state)
{
	make();
	one_page(0, 0, 5, X_TABLE, good_table);
	struct made_entry e = {2, 2, 0, 1, 6};
	begin(&e);
	data(&e, 0, X_META, noise);
	ring(2)[32] ^= 1;
	sum(&e);
	opens(state);
}

/* 150 descriptors: more than the first sector of an entry holds. */
static void test_many_descriptors(void **state)
{
	make();
	struct made_entry e = {200, 2 + 1, 200, 150, 1};
	begin(&e);
	for (unsigned n = 0; n < 150; n++) {
		uint8_t *d = n < 126 ? ring(200) + 64 + 32 * n : ring(201) + 32 * (n - 126);
		memset(d, 0, 32);
		memcpy(d, n == 149 ? "desc" : "zero", 4);
		put_le(d + 8, SECTOR, 8);
		put_le(d + 16, GARBAGE + n * SECTOR, 8);
		put_le(d + 24, 1, 8);
	}
	uint8_t *d = ring(201) + 32 * 23, *s = ring(202);
	memcpy(d + 4, good_table + SECTOR - 4, 4);
	memcpy(d + 8, good_table, 8);
	put_le(d + 16, X_TABLE, 8);
	memcpy(s, "data", 4);
	memcpy(s + 8, good_table + 8, SECTOR - 12);
	put_le(s + SECTOR - 4, 1, 4);
	sum(&e);
	opens(state);
}

static void test_nothing_to_apply(void **state)
{
	make();
	memcpy(x_file + X_TABLE, good_table, SECTOR);
	struct made_entry e = {7, 1, 7, 0, 1};
	begin(&e);
	sum(&e);
	opens(state);
}

/* ---- refusals ---- */

static void test_no_run(void **state)
{
	make();
	x_refused(state, X_LEN, E_CORRUPT, "log at 0x100000");
	one_page(0, 0, 1, X_TABLE, good_table);
	ring(1)[100] ^= 1;
	x_refused(state, X_LEN, E_CORRUPT, "no valid sequence");
	one_page(0, 1, 1, X_TABLE, good_table);
	x_refused(state, X_LEN, E_CORRUPT, "no valid sequence");
	one_page(0, 0, 0, X_TABLE, good_table);
	x_refused(state, X_LEN, E_CORRUPT, "no valid sequence");
	one_page(0, 0, 1, X_TABLE, good_table);
	put_le(x_file + X_HEADER2 + 64, 1, 2);
	x_sums();
	x_refused(state, X_LEN, E_UNSUPPORTED, "log version 1");
}

static void test_entry_rules(void **state)
{
	static const struct {
		unsigned off, n; /* in the entry: 0 its header, 64 the descriptor, 4096 the data */
		uint64_t value;
		const char *words;
	} rules[] = {
		{8, 4, 0, "no valid sequence"},
		{8, 4, 8191, "no valid sequence"},
		{8, 4, RING * SECTOR + SECTOR, "no valid sequence"},
		{12, 4, 100, "no valid sequence"},
		{12, 4, RING * SECTOR, "no valid sequence"},
		{24, 4, 2, "a descriptor belongs to another entry"},
		{24, 4, 300, "descriptors do not fit"},
		{24, 4, UINT32_MAX, "descriptors do not fit"},
		{48, 8, X_LEN + 1, "the file must have 7340033 bytes"},
		{64, 1, 0, "descriptor of unknown kind"},
		{64 + 16, 8, 0x20000, "may not change"},
		{64 + 16, 8, 0x2f000, "may not change"},
		{64 + 16, 8, X_LOG, "may not change"},
		{64 + 16, 8, 2 * MIB - SECTOR, "may not change"},
		{64 + 16, 8, X_TABLE + 512, "may not change"},
		{64 + 16, 8, UINT64_MAX - 4095, "may not change"},
		{64 + 16, 8, INT64_MAX - 4094, "may not change"},
		{64 + 24, 8, 2, "a descriptor belongs"},
		{4096, 1, 0, "a data sector belongs"},
		{4096 + 4, 4, 1, "a data sector belongs"},
		{8192 - 4, 4, 2, "a data sector belongs"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make();
		struct made_entry e = one_page(0, 0, 1, X_TABLE, good_table);
		put_le(ring(0) + rules[i].off, rules[i].value, rules[i].n);
		sum(&e);
		x_refused(state, X_LEN, E_CORRUPT, rules[i].words);
	}
	make();
	struct made_entry e = {0, 2, 0, 2, 1};
	begin(&e);
	data(&e, 0, X_TABLE, good_table);
	data(&e, 1, X_TABLE, good_table);
	sum(&e);
	x_refused(state, X_LEN, E_CORRUPT, "its data does not fit");
}

static void test_zero_rules(void **state)
{
	static const struct {
		uint64_t at, len;
		enum err_code code;
		const char *words;
	} rules[] = {
		{0x20000, SECTOR, E_CORRUPT, "may not change"},
		{0x30000, MIB, E_CORRUPT, "may not change"},
		{GARBAGE, 100, E_CORRUPT, "may not change"},
		{GARBAGE + 8, SECTOR, E_CORRUPT, "may not change"},
		{GARBAGE, UINT64_MAX - 4095, E_CORRUPT, "may not change"},
		{GARBAGE, (uint64_t)1 << 62, E_UNSUPPORTED, "more than 262144 pages"},
		{X_TABLE, MIB, E_OK, ""},
		{X_META, SECTOR, E_CORRUPT, "metadata table"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make();
		struct made_entry e = {0, 1, 0, 1, 1};
		begin(&e);
		zero(&e, 0, rules[i].at, rules[i].len);
		sum(&e);
		if (rules[i].code == E_OK)
			image_close(x_open(state, X_LEN));
		else
			x_refused(state, X_LEN, rules[i].code, rules[i].words);
	}
}

static void test_too_large(void **state)
{
	make();
	struct path p = in_dir(state, "large.vhdx");
	struct err err = {0};
	put_le(x_file + X_HEADER2 + 68, 65 * MIB, 4);
	put_le(x_file + X_HEADER2 + 72, 7 * MIB, 8);
	x_sums();
	x_write(p.s, X_LEN);
	assert_int_equal(truncate(p.s, 80 * MIB), 0);
	assert_null(image_open(p.s, NULL, &err));
	assert_int_equal(err.code, E_UNSUPPORTED);
	assert_non_null(strstr(err.text, "68157440 bytes in use"));
}

/* Every sector says that it starts an entry as long as the log: no sum without end. */
static void test_entries_over_each_other(void **state)
{
	make();
	for (unsigned i = 0; i < RING; i++) {
		struct made_entry e = {i, RING, i, 0, i + 1};
		begin(&e);
	}
	x_refused(state, X_LEN, E_CORRUPT, "over each other");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_replay),
		CASE(test_without_log),
		CASE(test_around_the_end),
		CASE(test_later_page_wins),
		CASE(test_before_the_tail),
		CASE(test_greatest_run),
		CASE(test_gap),
		CASE(test_torn_entry),
		CASE(test_foreign_entries),
		CASE(test_many_descriptors),
		CASE(test_nothing_to_apply),
		CASE(test_no_run),
		CASE(test_entry_rules),
		CASE(test_zero_rules),
		CASE(test_too_large),
		CASE(test_entries_over_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
