/* SPDX-License-Identifier: MIT */
/*
 * Recovery from old logs (a bitmap of dirty pages), on hives and logs made from words.
 */
#include "hive_log_test.h"

#define NO_LOG                                                                                     \
	(struct span)                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/* One change to a log or hive before the recovery. */
struct change {
	uint32_t at, value;
	bool checksum; /* make it right afterwards */
};

static void apply(struct made *m, const struct change *c)
{
	if (!c->at)
		return;
	put_le32(m->p + c->at, c->value);
	if (c->checksum)
		own_checksum(m->p);
}

struct story {
	const char *title;
	uint32_t primary, secondary;
	const char *before;
	uint32_t number; /* of the log */
	const char *log;
	uint32_t clustering;
	struct change in_log;
	const char *after, *words; /* words: the whole when it begins with a digit, else a part */
	const char *note;
};

/* The first page of the log in the file, with one sector before and one for the bitmap. */
#define PAGES 1024

/* clang-format off */
static const struct story stories[] = {
	{"Vista and later", 6, 5, "abc", 6, "A-C", 1, {0}, "AbC", "16 pages replayed from LOG1",
	 NULL},
	{"2000 to 2003: the number before", 6, 5, "abc", 5, "A-C", 1, {0}, "AbC",
	 "16 pages replayed from LOG1", NULL},
	{"Windows 2000: file type 2", 6, 5, "abc", 5, "-B-", 1, {28, 2, true}, "aBc",
	 "8 pages replayed from LOG1", NULL},
	{"numbers turn over", 0, 0xffffffff, "abc", 0xffffffff, "A-C", 1, {0}, "AbC",
	 "16 pages replayed from LOG1", NULL},
	{"sectors of 4096 bytes", 6, 5, "abc", 6, "A-C", 8, {0}, "AbC",
	 "16 pages replayed from LOG1", NULL},
	{"growth", 6, 5, "abc", 6, "A--DE", 1, {0}, "AbcDE", "24 pages replayed from LOG1", NULL},
	{"growth that nothing backs", 6, 5, "abc", 6, "AB-----H", 1, {0}, "abc",
	 "LOG1: it needs more bins than file and log hold", NULL},
	{"growth with a hole", 6, 5, "abc", 6, "AB-D-", 1, {0}, "abc",
	 "LOG1: the bin at 0x4000 would be missing", NULL},
	{"the hive becomes smaller", 6, 5, "abc", 6, "-B", 1, {0}, "aB",
	 "8 pages replayed from LOG1", NULL},
	{"nothing dirty", 6, 5, "abc", 6, "---", 1, {0}, "abc", "0 pages replayed from LOG1",
	 NULL},
	{"another number", 6, 5, "abc", 7, "A-C", 1, {0}, "abc",
	 "LOG1: is number 7, the hive is at 6", NULL},
	{"an older number", 6, 5, "abc", 4, "A-C", 1, {0}, "abc",
	 "LOG1: is number 4, the hive is at 6", NULL},
	{"another time", 6, 5, "abc", 6, "A-C", 1, {12, 1, true}, "abc",
	 "LOG1: belongs to another hive or time", NULL},
	{"no bitmap", 6, 5, "abc", 6, "A-C", 1, {512, 1, false}, "abc",
	 "LOG1: it has no list of dirty pages", NULL},
	{"clustering 0", 6, 5, "abc", 6, "A-C", 1, {44, 0, true}, "abc",
	 "LOG1: clustering factor 0", NULL},
	{"clustering 9", 6, 5, "abc", 6, "A-C", 1, {44, 9, true}, "abc",
	 "LOG1: clustering factor 9", NULL},
	{"odd size of bins", 6, 5, "abc", 6, "A-C", 1, {40, 5000, true}, "abc",
	 "LOG1: 5000 bytes of bins", NULL},
	{"no bins", 6, 5, "abc", 6, "A-C", 1, {40, 0, true}, "abc", "LOG1: 0 bytes of bins", NULL},
	{"bins over the limit", 6, 5, "abc", 6, "A-C", 1, {40, 0x20001000, true}, "abc",
	 "LOG1: 536875008 bytes of bins", NULL},
	{"a bitmap longer than the log", 6, 5, "abc", 6, "A-C", 1, {40, 0x10000000, true}, "abc",
	 "LOG1: it has no list of dirty pages", NULL},
	{"more dirty pages than there are", 6, 5, "abc", 6, "A-C", 1, {516, 0x00ffffff, false},
	 "abc", "LOG1: it ends before its 24 dirty pages do", NULL},
	{"first bin wrong", 6, 5, "abc", 6, "A-C", 1, {PAGES, 0, false}, "abc",
	 "LOG1: the bin at 0x0 would be damaged", NULL},
	{"a later bin wrong: its signature", 6, 5, "abc", 6, "A-C", 1, {PAGES + 4096, 0, false},
	 "Abc", "8 pages replayed from LOG1",
	 "LOG1: the bin at 0x2000 would be damaged; the replay ends before it"},
	{"a later bin wrong: its place", 6, 5, "abc", 6, "ABC", 1, {PAGES + 4096 + 4, 8192, false},
	 "Abc", "8 pages replayed from LOG1",
	 "LOG1: the bin at 0x1000 would be damaged; the replay ends before it"},
	{"a later bin wrong: its size", 6, 5, "abc", 6, "ABC", 1, {PAGES + 4096 + 8, 2048, false},
	 "Abc", "8 pages replayed from LOG1", "the bin at 0x1000 would be damaged"},
	{"a later bin wrong: past the end", 6, 5, "abc", 6, "ABC", 1,
	 {PAGES + 4096 + 8, 3 * 4096, false}, "Abc", "8 pages replayed from LOG1",
	 "the bin at 0x1000 would be damaged"},
};
/* clang-format on */

static void tell(const struct story *s)
{
	struct made hive = made_hive(s->primary, s->secondary, s->before, 0);
	struct made log = made_old_log(s->number, s->log, s->clustering);
	bool replayed = s->words[0] >= '0' && s->words[0] <= '9';
	apply(&log, &s->in_log);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_string_equal(o.got.words.plain, s->words);
	assert_int_equal(o.got.recovered, replayed);
	assert_true(o.got.was_dirty);
	assert_string_equal(o.got.log_kind, replayed ? "old" : "none");
	assert_int_equal(o.got.pages, replayed ? strtoul(s->words, NULL, 10) : 0);
	assert_int_equal(o.got.page_size, replayed ? 512 : 0);
	assert_int_equal(o.got.entries, replayed);
	if (replayed) {
		assert_int_equal(o.got.last_sequence, s->number);
		assert_int_equal(le32(o.got.bytes, 4), s->primary);
		assert_int_equal(le32(o.got.bytes, 8), s->primary);
		assert_int_equal(o.got.needs_len, 4096 + 4096 * strlen(s->after));
	}
	assert_int_equal(o.got.doubtful, s->note != NULL);
	if (s->note)
		assert_true(has_note(&o.got, s->note));
	else
		assert_int_equal(o.got.n_notes, 0);
	assert_bins(&o.got, s->after);
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

static void test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		print_message("  %s\n", stories[i].title);
		tell(&stories[i]);
	}
}

/* The first of LOG1, LOG2, LOG that belongs is used. */
static void test_order(void **state)
{
	(void)state;
	static const struct {
		uint32_t wrong; /* bit for every log that is of another time */
		bool broken;    /* LOG1 belongs, but its first page is no bin */
		const char *after, *words;
	} cases[] = {
		{0, false, "Abc", "8 pages replayed from LOG1"},
		{1, false, "aBc", "8 pages replayed from LOG2"},
		{3, false, "abC", "8 pages replayed from LOG"},
		{0, true, "aBc", "8 pages replayed from LOG2"},
	};
	static const char *const letters[] = {"A--", "-B-", "--C"};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made hive = made_hive(6, 5, "abc", 0), logs[HIVE_LOGS];
		for (uint32_t k = 0; k < HIVE_LOGS; k++) {
			logs[k] = made_old_log(6, letters[k], 1);
			if (cases[i].wrong >> k & 1)
				apply(&logs[k], &(struct change){12, 7, true});
		}
		if (cases[i].broken)
			put_le32(logs[0].p + PAGES, 0);
		struct outcome o = recover(made_span(&hive), made_span(&logs[0]),
					   made_span(&logs[1]), made_span(&logs[2]));
		assert_string_equal(o.got.words.plain, cases[i].words);
		assert_bins(&o.got, cases[i].after);
		outcome_free(&o);
		for (uint32_t k = 0; k < HIVE_LOGS; k++)
			made_free(&logs[k]);
		made_free(&hive);
	}
}

/* Beside a log of the new format, whether it can be replayed or not, an old one is a leftover. */
static void test_leftover(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), old = made_old_log(6, "A--", 1);
	struct made fresh = made_log(5, 6, 3 * 4096), stale = made_log(4, 6, 3 * 4096);
	made_entry(&fresh, 5, "--C");
	made_entry(&stale, 4, "--X");
	struct outcome o = recover(made_span(&hive), made_span(&old), made_span(&fresh), NO_LOG);
	assert_string_equal(o.got.words.plain, "1 page replayed from LOG2");
	assert_bins(&o.got, "abC");
	outcome_free(&o);
	o = recover(made_span(&hive), made_span(&old), made_span(&stale), NO_LOG);
	assert_false(o.got.recovered);
	assert_non_null(strstr(o.got.words.plain, "LOG1: is a leftover of an older Windows"));
	assert_bins(&o.got, "abc");
	outcome_free(&o);
	made_free(&stale);
	made_free(&fresh);
	made_free(&old);
	made_free(&hive);
}

/* An unusable base block comes from the log; the rest of its 4096 bytes stays. */
static void test_lost_base_block(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = made_old_log(900, "A--", 1);
	memset(hive.p, 0x5a, 4096);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_true(o.got.recovered);
	assert_true(o.got.base_from_log);
	assert_int_equal(le32(o.got.bytes, 4), 900);
	assert_int_equal(le32(o.got.bytes, 28), 0);
	assert_int_equal(u8(o.got.bytes, 511), log.p[511]);
	assert_int_equal(u8(o.got.bytes, 512), 0x5a);
	assert_bins(&o.got, "Abc");
	outcome_free(&o);
	put_le64(hive.p + 4096 + 20, 1);
	o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_false(o.got.recovered);
	assert_string_equal(o.got.words.plain, "LOG1: belongs to another hive or time");
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* A bin that was damaged before, behind all dirty pages, is none of the log's business. */
static void test_foreign_damage(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = made_old_log(6, "A--", 1);
	put_le32(hive.p + 4096 + 2 * 4096 + 4, 77);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_string_equal(o.got.words.plain, "8 pages replayed from LOG1");
	assert_false(o.got.doubtful);
	assert_int_equal(le32(o.got.bytes, 4096 + 2 * 4096 + 4), 77);
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* Single dirty pages inside a bin of two pages, as Windows 2000 may write them. */
static void test_single_pages(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = made_log(6, 1, 3 * 4096);
	put_le32(hive.p + 8192 + 8, 8192); /* the second bin takes in the third */
	memcpy(log.p + 512, "DIRT", 4);
	log.p[512 + 4 + 1] = 0x81; /* pages 8 and 15 */
	log.p[512 + 4 + 2] = 0x02; /* page 17 */
	memcpy(log.p + 1024, hive.p + 8192, 512);
	memset(log.p + 1024 + 100, '1', 412);
	memset(log.p + 1536, '2', 512);
	memset(log.p + 2048, '3', 512);
	log.len = 2560;
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	static const struct range changed[] = {
		{8, 4}, {508, 4}, {8192 + 100, 412}, {8192 + 3584, 512}, {12288 + 512, 512}};
	assert_changed(made_span(&hive), o.got.bytes, changed, COUNT(changed));
	assert_int_equal(o.got.pages, 3);
	assert_int_equal(u8(o.got.bytes, 8192 + 3584), '2');
	assert_int_equal(u8(o.got.bytes, 12288 + 512), '3');
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),        cmocka_unit_test(test_order),
		cmocka_unit_test(test_leftover),       cmocka_unit_test(test_lost_base_block),
		cmocka_unit_test(test_foreign_damage), cmocka_unit_test(test_single_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
