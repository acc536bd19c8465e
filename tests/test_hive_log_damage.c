/* SPDX-License-Identifier: MIT */
/*
 * Recovery from new logs that are damaged or forged: where the replay ends, and what becomes of
 * bins that a log damages.
 */
#include "hive_log_test.h"

#define NO_LOG                                                                                     \
	(struct span)                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/* ---- damage to an entry ---- */

/* Two entries, the second damaged by `harm`; only the first is replayed, and `why` is said. */
struct harm {
	const char *title;
	uint32_t at, value; /* 32-bit number in the second entry */
	bool hash;          /* with right hashes afterwards */
	const char *why;
};

static const struct harm harms[] = {
	{"page data", 1000, 1, false, "entry 6 has a wrong hash"},
	{"flags", 8, 1, false, "entry 6 has a wrong hash"},
	{"first hash", 24, 1, false, "entry 6 has a wrong hash"},
	{"second hash", 32, 1, false, "entry 6 has a wrong hash"},
	{"size 0", 4, 0, false, "entry 6 has an impossible size"},
	{"size of the header", 4, 40, false, "entry 6 has an impossible size"},
	{"size past the end", 4, 0x4000, false, "entry 6 has an impossible size"},
	{"size past everything", 4, 0xfffffe00, false, "entry 6 has an impossible size"},
	{"odd size of bins", 16, 4096 * 3 + 512, true, "names an impossible size of the bins"},
	{"no bins", 16, 0, true, "names an impossible size of the bins"},
	{"bins over the limit", 16, 512 * 1024 * 1024 + 4096, true,
	 "names an impossible size of the bins"},
	{"2 GiB of bins", 16, 0x80000000, true, "names an impossible size of the bins"},
	{"bins at the limit", 16, 512 * 1024 * 1024, true, "needs more bins than"},
	{"too many pages", 20, 0xffffffff, true, "names more pages than it can hold"},
	{"page data read as a page's place", 20, 3, true, "has a page outside the bins"},
	{"odd page", 40, 100, true, "has a page outside the bins"},
	{"page behind the bins", 40, 3 * 4096, true, "has a page outside the bins"},
	{"page far behind", 40, 0xfffff000, true, "has a page outside the bins"},
	{"page into the end", 44, 3 * 4096, true, "has a page outside the bins"},
	{"odd page size", 44, 100, true, "has a page outside the bins"},
	{"large page size", 44, 0xfffffe00, true, "has a page outside the bins"},
	{"page longer than the entry", 44, 2 * 4096, true, "names more pages than it can hold"},
};

static void test_harmed_entry(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(harms); i++) {
		print_message("  %s\n", harms[i].title);
		struct made hive = made_hive(6, 5, "abc", 0), log = made_log(5, 6, 3 * 4096);
		made_entry(&log, 5, "A--");
		size_t at = made_entry(&log, 6, "-BC");
		put_le32(log.p + at + harms[i].at, harms[i].value);
		if (harms[i].hash)
			made_hash(&log, at);
		struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
		assert_true(has_note(&o.got, harms[i].why));
		assert_true(has_note(&o.got, "the replay ends before it"));
		assert_int_equal(o.got.entries, 1);
		assert_bins(&o.got, "Abc");
		outcome_free(&o);
		made_free(&log);
		made_free(&hive);
	}
}

/* Every byte of a one-page entry matters: changed, the entry is not replayed, nor what follows. */
static void test_every_byte(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = made_log(5, 6, 3 * 4096);
	made_entry(&log, 5, "A--");
	size_t at = made_entry(&log, 6, "-B-"), end = made_entry(&log, 7, "--C");
	for (; at < end; at++) {
		log.p[at] ^= 0x10;
		struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
		assert_int_equal(o.got.entries, 1);
		assert_int_equal(o.got.last_sequence, 5);
		assert_bins(&o.got, "Abc");
		outcome_free(&o);
		log.p[at] ^= 0x10;
	}
	made_free(&log);
	made_free(&hive);
}

/* A log cut off anywhere: the entries that are whole, no more. */
static void test_cut_log(void **state)
{
	(void)state;
	static const char *const after[] = {"abc", "Abc", "ABc"};
	struct made hive = made_hive(6, 5, "abc", 0), log = made_log(5, 6, 3 * 4096);
	made_entry(&log, 5, "A--");
	size_t second = made_entry(&log, 6, "-B-"), end = log.len;
	for (size_t len = 0; len <= end; len += 100) {
		size_t whole = len == end ? 2 : len >= second ? 1 : 0;
		uint8_t *exact = malloc(len + 1);
		assert_non_null(exact);
		memcpy(exact, log.p, len);
		struct outcome o = recover(made_span(&hive), (struct span){exact, len}, NO_LOG,
					   NO_LOG);
		assert_int_equal(o.got.entries, whole);
		assert_bins(&o.got, after[whole]);
		outcome_free(&o);
		free(exact);
	}
	made_free(&log);
	made_free(&hive);
}

/* ---- bins ---- */

/* A page from a log that should be a bin's header and is none becomes an empty bin. */
static void test_dummy_bin(void **state)
{
	(void)state;
	static const struct {
		uint32_t at, value;
	} cases[] = {{0, 0}, {4, 4096}, {8, 0}, {8, 2048}, {8, 4096 + 512}, {8, 3 * 4096}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made hive = made_hive(6, 5, "abcd", 0), log = made_log(5, 6, 4 * 4096);
		size_t at = made_entry(&log, 5, "--CD");
		put_le32(log.p + at + 40 + 16 + cases[i].at, cases[i].value);
		made_hash(&log, at);
		struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
		assert_int_equal(o.got.dummy_bins, 1);
		assert_true(o.got.doubtful);
		assert_true(has_note(&o.got, "empty now: 1"));
		assert_bins(&o.got, "ab.D");
		assert_int_equal(le32(o.got.bytes, 4096 + 2 * 4096 + 32), 4096 - 32);
		outcome_free(&o);
		made_free(&log);
		made_free(&hive);
	}
}

/* A header that was wrong before, and that no log touches, is left alone with all behind it. */
static void test_foreign_damage(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abcdef", 0), log = made_log(5, 6, 6 * 4096);
	put_le32(hive.p + 4096 + 4096 + 4, 77);
	size_t at = made_entry(&log, 5, "--C-E-");
	put_le32(log.p + at + 40 + 16 + 4, 78); /* no header either, but inside the lost part */
	made_hash(&log, at);
	/* Then with a lost base block, whose size of the bins means nothing. */
	for (int lost = 0; lost < 2; lost++) {
		if (lost)
			put_le32(hive.p + 40, 0);
		struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
		struct hive h;
		assert_int_equal(o.got.base_from_log, lost);
		assert_int_equal(o.got.dummy_bins, 0);
		assert_int_equal(le32(o.got.bytes, 4096 + 4096 + 4), 77);
		assert_int_equal(le32(o.got.bytes, 4096 + 2 * 4096 + 4), 78);
		assert_int_equal(hive_open(&h, o.got.bytes, NULL), 0);
		assert_int_equal(h.damaged_bin, 4096);
		outcome_free(&o);
	}
	made_free(&log);
	made_free(&hive);
}

/* A bin that the log damaged does not take along one further on that was damaged before. */
static void test_both_damages(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abcdef", 0), log = made_log(5, 6, 6 * 4096);
	put_le32(hive.p + 4096 + 3 * 4096 + 4, 77);
	size_t at = made_entry(&log, 5, "-B----");
	put_le32(log.p + at + 48 + 4, 78);
	made_hash(&log, at);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_int_equal(o.got.dummy_bins, 1);
	assert_int_equal(u8(o.got.bytes, 4096 + 4096 + FILL_AT), 0);
	assert_int_equal(le32(o.got.bytes, 4096 + 3 * 4096 + 4), 77);
	assert_int_equal(u8(o.got.bytes, 4096 + 3 * 4096 + FILL_AT), 'd');
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* Pages of 512 bytes, one of them in the middle of a bin. */
static void test_small_page(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = made_log(5, 6, 3 * 4096);
	size_t at = made_entry(&log, 5, "-B-");
	put_le32(log.p + at + 40, 4096 + 1024);
	put_le32(log.p + at + 44, 512);
	memset(log.p + at + 48, '#', 512);
	made_hash(&log, at);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_int_equal(o.got.pages, 1);
	assert_bins(&o.got, "abc");
	for (uint32_t i = 0; i < 4096; i++) {
		uint8_t was = hive.p[8192 + i], is = u8(o.got.bytes, 8192 + i);
		assert_int_equal(is, i >= 1024 && i < 1536 ? '#' : was);
	}
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* A page of no bytes at the very start is no page. */
static void test_empty_page(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = made_log(5, 6, 3 * 4096);
	size_t at = made_entry(&log, 5, "A--");
	put_le32(log.p + at + 44, 0);
	made_hash(&log, at);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_int_equal(o.got.entries, 1);
	assert_int_equal(o.got.pages, 0);
	assert_bins(&o.got, "abc");
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_harmed_entry),   cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_cut_log),        cmocka_unit_test(test_dummy_bin),
		cmocka_unit_test(test_foreign_damage), cmocka_unit_test(test_both_damages),
		cmocka_unit_test(test_small_page),     cmocka_unit_test(test_empty_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
