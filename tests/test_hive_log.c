/* SPDX-License-Identifier: MIT */
/*
 * Recovery from new logs, on hives and logs made from words: which logs are chosen, in which
 * order, what becomes of the base block, and what is said about it. Damaged entries and bins are
 * in test_hive_log_damage.c, old logs in test_hive_log_old.c, what Windows itself wrote in
 * test_hive_log_real.c.
 */
#include "hive_log_test.h"

#define NO_LOG                                                                                     \
	(struct span)                                                                              \
	{                                                                                          \
		0                                                                                  \
	}
#define MOST_ENTRIES 4

struct script {
	uint32_t begins; /* number in the base block */
	struct {
		uint32_t sequence;
		const char *letters;
	} entries[MOST_ENTRIES];
};

static struct made play(const struct script *s)
{
	struct made m = {0};
	if (!s->entries[0].letters)
		return m;
	m = made_log(s->begins, 6, 4096);
	for (size_t i = 0; i < MOST_ENTRIES && s->entries[i].letters; i++)
		made_entry(&m, s->entries[i].sequence, s->entries[i].letters);
	return m;
}

/* A log is told by its first bytes alone. */
static void test_kinds(void **state)
{
	static const char *const kinds[] = {NULL, "old", "old", NULL, NULL, NULL, "new", NULL};
	(void)state;
	for (uint32_t type = 0; type < COUNT(kinds); type++) {
		struct made m = made_log(5, type, 4096);
		struct span head = {m.p, HIVE_LOG_HEAD}, cut = {m.p, HIVE_LOG_HEAD - 1};
		const char *kind = hive_log_kind(head);
		assert_true(kinds[type] ? kind && !strcmp(kind, kinds[type]) : !kind);
		assert_null(hive_log_kind(cut));
		m.p[0] ^= 1;
		assert_null(hive_log_kind(head));
		made_free(&m);
	}
}

/* ---- which entries are replayed ---- */

struct story {
	const char *title;
	uint32_t primary, secondary;
	const char *before;
	struct script logs[HIVE_LOGS]; /* LOG1, LOG2, LOG */
	const char *after;
	size_t entries;
	uint32_t last;
	const char *words;
	const char *note; /* part of one */
};

/* clang-format off */
static const struct story stories[] = {
	{"two logs", 7, 5, "abc",
	 {{5, {{5, "A--"}, {6, "-B-"}}}, {7, {{7, "--C"}}}},
	 "ABC", 3, 7, "3 pages replayed from LOG1+LOG2", NULL},
	{"the same, the other way round", 7, 5, "abc",
	 {{7, {{7, "--C"}}}, {5, {{5, "A--"}, {6, "-B-"}}}},
	 "ABC", 3, 7, "3 pages replayed from LOG1+LOG2", NULL},
	{"later entries win", 7, 5, "abc",
	 {{6, {{6, "Z--"}}}, {5, {{5, "A--"}}}},
	 "Zbc", 2, 6, "1 page replayed from LOG1+LOG2", NULL},
	{"a gap to the hive's own number", 6, 5, "abc",
	 {{100, {{100, "A--"}, {101, "--C"}}}},
	 "AbC", 2, 101, "2 pages replayed from LOG1", NULL},
	{"a gap between entries", 6, 5, "abc",
	 {{5, {{5, "A--"}, {7, "-B-"}}}},
	 "Abc", 1, 5, "1 page replayed from LOG1", NULL},
	{"an older entry behind the last", 6, 5, "abc",
	 {{5, {{5, "A--"}, {6, "-B-"}, {4, "--X"}, {7, "--Y"}}}},
	 "ABc", 2, 6, "2 pages replayed from LOG1", NULL},
	{"the other log does not go on", 6, 5, "abc",
	 {{5, {{5, "A--"}}}, {7, {{7, "--C"}}}},
	 "Abc", 1, 5, "1 page replayed from LOG1", "LOG2: begins with entry 7 where 6 is next"},
	{"the other log was replayed before", 6, 5, "abc",
	 {{5, {{5, "A--"}}}, {2, {{2, "--X"}, {3, "X--"}}}},
	 "Abc", 1, 5, "1 page replayed from LOG1",
	 "LOG2: begins with entry 2, the hive holds all before 5"},
	{"only replayed logs", 6, 5, "abc",
	 {{3, {{3, "X--"}, {4, "X--"}, {5, "X--"}}}, {2, {{2, "--X"}}}},
	 "abc", 0, 0, "LOG1: begins with entry 3, the hive holds all before 5; "
	 "LOG2: begins with entry 2, the hive holds all before 5", NULL},
	{"the first entry is missing, the other log must not be used", 6, 5, "abc",
	 {{5, {{6, "A--"}}}, {7, {{7, "--C"}}}},
	 "abc", 0, 0,
	 "LOG1: its first entry, 5, is missing; LOG2: begins with entry 7 where 5 is next", NULL},
	{"numbers turn over", 1, 0xfffffffe, "abc",
	 {{0, {{0, "-B-"}, {1, "--C"}}}, {0xfffffffe, {{0xfffffffe, "AX-"}, {0xffffffff, "--X"}}}},
	 "ABC", 4, 1, "3 pages replayed from LOG1+LOG2", NULL},
	{"old across the turn", 2, 1, "abc",
	 {{0xffffffff, {{0xffffffff, "X--"}, {0, "-X-"}}}, {1, {{1, "--C"}}}},
	 "abC", 1, 1, "1 page replayed from LOG2",
	 "LOG1: begins with entry 4294967295, the hive holds all before 1"},
	{"growth with a bin that no entry brings", 6, 5, "abc",
	 {{5, {{5, "A--DE"}, {6, "---XYZ-"}}}},
	 "AbcXYZ.", 2, 6, "4 pages replayed from LOG1", "leave out are empty now: 1"},
	{"growth that nothing backs", 6, 5, "abc",
	 {{5, {{5, "A--"}, {6, "------X"}, {7, "-B-"}}}},
	 "Abc", 1, 5, "1 page replayed from LOG1",
	 "LOG1: entry 6 needs more bins than the file and the logs hold; the replay ends before it"},
	{"growth by what the log brings", 6, 5, "abc",
	 {{5, {{5, "A--D"}, {6, "----E"}}}},
	 "AbcDE", 2, 6, "3 pages replayed from LOG1", NULL},
	{"the hive becomes smaller", 6, 5, "abcd",
	 {{5, {{5, "A--DE"}, {6, "-B"}}}},
	 "AB", 2, 6, "2 pages replayed from LOG1", NULL},
	{"it grows far and becomes smaller", 6, 5, "abc",
	 {{5, {{5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, {6, "-b"}}}},
	 "Ab", 2, 6, "2 pages replayed from LOG1", NULL},
	{"one log", 6, 5, "abc",
	 {{0}, {0}, {5, {{5, "-B-"}}}},
	 "aBc", 1, 5, "1 page replayed from LOG", NULL},
	{"one log beside leftovers", 6, 5, "abc",
	 {{1, {{1, "X--"}}}, {0}, {5, {{5, "-B-"}}}},
	 "aBc", 1, 5, "1 page replayed from LOG", NULL},
	{"LOG is not looked at when LOG2 belongs", 6, 5, "abc",
	 {{0}, {5, {{5, "-B-"}}}, {5, {{5, "X--"}, {6, "X--"}}}},
	 "aBc", 1, 5, "1 page replayed from LOG2", NULL},
	{"an entry without pages", 6, 5, "abc",
	 {{5, {{5, "---"}, {6, "A--"}}}},
	 "Abc", 2, 6, "1 page replayed from LOG1", NULL},
	{"clean, with newer entries", 5, 5, "abc",
	 {{5, {{5, "XXX"}, {6, "XXX"}}}},
	 "abc", 0, 0, "closed cleanly", NULL},
	{"no log", 6, 5, "abc",
	 {{0}},
	 "abc", 0, 0, "there is no log", NULL},
};
/* clang-format on */

static void tell(const struct story *s)
{
	struct made hive = made_hive(s->primary, s->secondary, s->before, 0);
	struct made logs[HIVE_LOGS];
	for (size_t i = 0; i < HIVE_LOGS; i++)
		logs[i] = play(&s->logs[i]);
	struct outcome o = recover(made_span(&hive), made_span(&logs[0]), made_span(&logs[1]),
				   made_span(&logs[2]));
	assert_string_equal(o.got.words.plain, s->words);
	assert_int_equal(o.got.entries, s->entries);
	assert_int_equal(o.got.last_sequence, s->last);
	assert_int_equal(o.got.was_dirty, s->primary != s->secondary);
	assert_int_equal(o.got.recovered, s->entries > 0);
	assert_string_equal(o.got.log_kind, s->entries > 0 ? "new" : "none");
	assert_false(o.got.base_from_log);
	assert_int_equal(o.got.doubtful, o.got.dummy_bins > 0);
	if (s->note)
		assert_true(has_note(&o.got, s->note));
	if (!o.got.recovered) {
		assert_ptr_equal(o.got.bytes.p, hive.p);
		assert_int_equal(o.got.needs_len, hive.len);
	} else {
		assert_int_equal(le32(o.got.bytes, 4), s->last + 1);
		assert_int_equal(le32(o.got.bytes, 8), s->last + 1);
		assert_int_equal(o.got.page_size, 4096);
		assert_int_equal(o.got.needs_len, 4096 + 4096 * strlen(s->after));
		assert_true(o.got.bytes.len >= hive.len);
	}
	assert_bins(&o.got, s->after);
	for (size_t i = 0; i < HIVE_LOGS; i++)
		made_free(&logs[i]);
	made_free(&hive);
	outcome_free(&o);
}

static void test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		print_message("  %s\n", stories[i].title);
		tell(&stories[i]);
	}
}

/* ---- the base block ---- */

/* Only the numbers, the size, one flag and the checksum change; the slack stays. */
static void test_base_block(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 3 * 4096 + 100), log = made_log(5, 6, 3 * 4096);
	memset(hive.p + 512, 0x5a, 4096 - 512);
	memset(hive.p + hive.len - 100, 0x5b, 100);
	put_le32(hive.p + 144, 2);
	own_checksum(hive.p);
	size_t at = made_entry(&log, 5, "A--D");
	put_le32(log.p + at + 8, 0xffffffff);
	made_hash(&log, at);
	struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	static const struct range changed[] = {{4, 8},   {40, 4},      {144, 4},
					       {508, 4}, {4096, 4096}, {4096 + 3 * 4096, 4096}};
	assert_changed(made_span(&hive), o.got.bytes, changed, COUNT(changed));
	assert_int_equal(le32(o.got.bytes, 144), 3);
	assert_int_equal(o.got.needs_len, 5 * 4096);
	assert_bins(&o.got, "AbcD");
	put_le32(log.p + at + 8, 0xfffffffe);
	put_le32(hive.p + 144, 3);
	own_checksum(hive.p);
	made_hash(&log, at);
	outcome_free(&o);
	o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
	assert_int_equal(le32(o.got.bytes, 144), 2);
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* An unusable base block: the later log alone, if time ties it to the hive. */
static void test_lost_base_block(void **state)
{
	(void)state;
	static const struct {
		uint32_t at, value; /* damage to the primary */
		uint64_t bin_time;  /* of its first bin */
		size_t entries;
		const char *after, *say;
	} cases[] = {
		{508, 0, MADE_TIME, 1, "abC", "was taken from LOG1"},
		{0, 0, MADE_TIME, 1, "abC", "was taken from LOG1"},
		{24, 1, MADE_TIME, 1, "abC", "was taken from LOG1"},
		{508, 0, MADE_TIME + 1, 1, "abC", "LOG1, whose time is not the first bin's"},
		{12, 0, MADE_TIME + 1, 0, NULL, "LOG1: belongs to another hive or time"},
		{0, 0, MADE_TIME + 1, 0, NULL, "LOG2: belongs to another hive or time"},
		{4096, 0, MADE_TIME, 0, NULL, "LOG2: belongs to another hive or time"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made hive = made_hive(9, 5, "abc", 0), logs[2];
		logs[0] = play(&(struct script){6, {{6, "--C"}}});
		logs[1] = play(&(struct script){5, {{5, "A--"}}});
		put_le32(hive.p + 508, 0);
		put_le64(hive.p + 4096 + 20, cases[i].bin_time);
		put_le32(hive.p + cases[i].at, cases[i].value);
		struct outcome o = recover(made_span(&hive), made_span(&logs[0]),
					   made_span(&logs[1]), NO_LOG);
		assert_int_equal(o.got.entries, cases[i].entries);
		assert_int_equal(o.got.base_from_log, cases[i].after != NULL);
		assert_true(o.got.was_dirty);
		if (cases[i].after) {
			assert_bins(&o.got, cases[i].after);
			assert_true(has_note(&o.got, cases[i].say));
			assert_true(has_note(&o.got, "LOG2: is the earlier one"));
		} else {
			assert_false(o.got.recovered);
			assert_non_null(strstr(o.got.words.plain, cases[i].say));
		}
		outcome_free(&o);
		made_free(&logs[0]);
		made_free(&logs[1]);
		made_free(&hive);
	}
}

/* Nothing is left of the hive but its first sector: no base block, no time, no recovery. */
static void test_short_primary(void **state)
{
	(void)state;
	struct made hive = made_hive(6, 5, "abc", 0), log = play(&(struct script){5, {{5, "ABC"}}});
	for (size_t len = 0; len < 4096; len += 512) {
		uint8_t *exact = malloc(len + 1);
		assert_non_null(exact);
		memcpy(exact, hive.p, len);
		struct outcome o = recover((struct span){exact, len}, made_span(&log), NO_LOG,
					   NO_LOG);
		assert_true(o.got.was_dirty);
		assert_string_equal(o.got.words.plain, "LOG1: belongs to another hive or time");
		assert_int_equal(o.got.bytes.len, len);
		outcome_free(&o);
		free(exact);
	}
	made_free(&log);
	made_free(&hive);
}

/* Logs whose base block is not that of a log. */
static void test_refused_log(void **state)
{
	(void)state;
	static const struct {
		uint32_t at, value;
		bool checksum;
		const char *words;
	} cases[] = {
		{0, 0, true, "LOG1: its base block is damaged"},
		{48, 1, false, "LOG1: its base block is damaged"},
		{4, 4, true, "LOG1: writing it was interrupted"},
		{8, 6, true, "LOG1: writing it was interrupted"},
		{28, 0, true, "LOG1: file type 0 is not that of a log"},
		{28, 1, true, "LOG1: it has no list of dirty pages"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made hive = made_hive(6, 5, "abc", 0);
		struct made log = play(&(struct script){5, {{5, "A--"}}});
		put_le32(log.p + cases[i].at, cases[i].value);
		if (cases[i].checksum)
			own_checksum(log.p);
		struct outcome o = recover(made_span(&hive), made_span(&log), NO_LOG, NO_LOG);
		assert_string_equal(o.got.words.plain, cases[i].words);
		assert_bins(&o.got, "abc");
		outcome_free(&o);
		made_free(&log);
		made_free(&hive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),         cmocka_unit_test(test_stories),
		cmocka_unit_test(test_base_block),    cmocka_unit_test(test_lost_base_block),
		cmocka_unit_test(test_short_primary), cmocka_unit_test(test_refused_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
