/* SPDX-License-Identifier: MIT */
/*
 * Logs that are used in part or set aside: what is said of them, and the number that a hive gets
 * when it is written. The greatest number in the logs is found here once more, by a reader of its
 * own that looks at every sector of the made logs.
 */
#include "hive_log_test.h"

#include "stop7b/hive_edit.h"

#define NOTHING ((struct span){0})

/* Every number in base blocks and entries with right hashes, the greatest of them. */
static uint32_t own_greatest(const struct made *m)
{
	struct span s = made_span(m);
	uint32_t greatest = 0;
	uint8_t *copy = malloc(512);
	assert_non_null(copy);
	memcpy(copy, m->p, 512);
	own_checksum(copy);
	if (memcmp(copy, m->p, 512) == 0)
		greatest = le32(s, 4) > le32(s, 8) ? le32(s, 4) : le32(s, 8);
	for (size_t at = 512; at + 512 <= m->len; at += 512)
		if (memcmp(m->p + at, "HvLE", 4) == 0 &&
		    le64(s, at + 32) == own_marvin(m->p + at, 32) && le32(s, at + 12) > greatest)
			greatest = le32(s, at + 12);
	free(copy);
	return greatest;
}

static void write_one(const struct hive_recovery *got, struct span logs[HIVE_LOGS], uint32_t above)
{
	struct hive h;
	struct err err = {0};
	const struct hive_log_input in = {got->bytes, {logs[0], logs[1], logs[2]}};
	struct hive_leftovers left;
	assert_int_equal(hive_open(&h, got->bytes, &err), 0);
	hive_log_leftovers(&in, h.sequence[0], &left);
	struct hive_edit *e = hive_edit_open(&h, &err);
	assert_non_null(e);
	hive_edit_above(e, left.greatest);
	hive_edit_finish(e, MADE_TIME);
	assert_int_equal(hive_edit_view(e)->sequence[0], h.sequence[0]); /* nothing was edited */
	if (hive_edit_create_key(e, "New", MADE_TIME, &err) != 1)
		fail_msg("%s", err.text);
	hive_edit_finish(e, MADE_TIME);
	const struct hive *now = hive_edit_view(e);
	assert_int_equal(now->sequence[0], now->sequence[1]);
	assert_false(now->dirty);
	assert_int_equal(now->sequence[0], above);
	hive_edit_close(e);
}

/* A hive with slack for one more bin, where a key can be made. */
static struct made roomy(uint32_t primary, uint32_t secondary)
{
	return made_hive(primary, secondary, "abc", 4096);
}

static void test_torn(void **state)
{
	(void)state;
	struct made hive = roomy(6, 5), log = made_log(5, 6, 3 * 4096);
	made_entry(&log, 5, "-B-");
	size_t torn = made_entry(&log, 6, "--C");
	made_entry(&log, 7, "-b-");
	made_entry(&log, 8, "--c");
	memset(log.p + torn + 512, 0, 512);
	struct outcome o = recover(made_span(&hive), made_span(&log), NOTHING, NOTHING);
	assert_true(o.got.recovered && o.got.partial);
	assert_true(has_note(&o.got, "entry 6 has a wrong hash; the replay ends before it"));
	assert_true(has_note(&o.got, "2 valid log entries with numbers above 5 were not applied"));
	assert_bins(&o.got, "aBc");
	assert_int_equal(own_greatest(&log), 8);
	write_one(&o.got, (struct span[]){made_span(&log), NOTHING, NOTHING}, 9);
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* All of one log is used; the other cannot follow, and holds more. */
static void test_set_aside(void **state)
{
	(void)state;
	struct made hive = roomy(6, 5), one = made_log(5, 6, 3 * 4096),
		    two = made_log(20, 6, 3 * 4096);
	made_entry(&one, 5, "-B-");
	made_entry(&two, 20, "--C");
	struct outcome o = recover(made_span(&hive), made_span(&one), made_span(&two), NOTHING);
	assert_true(o.got.recovered && o.got.partial);
	assert_true(has_note(&o.got, "LOG2: begins with entry 20 where 6 is next"));
	assert_true(has_note(&o.got, "1 valid log entry with a number above 5 was not applied"));
	write_one(&o.got, (struct span[]){made_span(&one), made_span(&two), NOTHING}, 21);
	outcome_free(&o);
	two.p[100] ^= 1; /* no base block: its entries are there all the same */
	o = recover(made_span(&hive), made_span(&one), made_span(&two), NOTHING);
	assert_true(o.got.recovered && o.got.partial);
	write_one(&o.got, (struct span[]){made_span(&one), made_span(&two), NOTHING}, 21);
	outcome_free(&o);
	made_free(&one);
	made_free(&two);
	made_free(&hive);
}

/* Old entries behind the end of a log are nothing to be told, and nothing to lose. */
static void test_remnants(void **state)
{
	(void)state;
	struct made hive = roomy(6, 5), log = made_log(5, 6, 3 * 4096),
		    old = made_log(3, 6, 3 * 4096);
	made_entry(&log, 5, "-B-");
	made_entry(&log, 2, "--x");
	made_entry(&old, 3, "--y");
	struct outcome o = recover(made_span(&hive), made_span(&log), made_span(&old), NOTHING);
	assert_true(o.got.recovered);
	assert_false(o.got.partial);
	write_one(&o.got, (struct span[]){made_span(&log), made_span(&old), NOTHING}, 7);
	outcome_free(&o);
	made_free(&old);
	made_free(&log);
	made_free(&hive);
}

/* A hive that was closed cleanly beside logs that carry higher numbers. */
static void test_clean(void **state)
{
	(void)state;
	struct made hive = roomy(6, 6), log = made_log(9, 6, 3 * 4096),
		    base = made_log(30, 1, 4096);
	made_entry(&log, 9, "-B-");
	size_t last = made_entry(&log, 12, "--C");
	struct outcome o = recover(made_span(&hive), made_span(&log), NOTHING, NOTHING);
	assert_false(o.got.was_dirty || o.got.partial);
	write_one(&o.got, (struct span[]){NOTHING, made_span(&log), NOTHING}, 13);
	write_one(&o.got, (struct span[]){NOTHING, made_span(&log), made_span(&base)}, 31);
	log.p[last + 2000] ^= 1; /* torn: its number counts still */
	write_one(&o.got, (struct span[]){NOTHING, made_span(&log), NOTHING}, 13);
	log.p[last + 13] ^= 1; /* no entry any more */
	write_one(&o.got, (struct span[]){NOTHING, made_span(&log), NOTHING}, 10);
	outcome_free(&o);
	made_free(&base);
	made_free(&log);
	made_free(&hive);
}

/* Numbers count modulo 2^32. */
static void test_wrap(void **state)
{
	(void)state;
	struct made hive = roomy(0xfffffffe, 0xfffffffe), log = made_log(0xffffffff, 6, 3 * 4096);
	made_entry(&log, 0xffffffff, "-B-");
	made_entry(&log, 0, "-B-");
	made_entry(&log, 1, "-B-");
	struct outcome o = recover(made_span(&hive), made_span(&log), NOTHING, NOTHING);
	write_one(&o.got, (struct span[]){made_span(&log), NOTHING, NOTHING}, 2);
	outcome_free(&o);
	made_free(&log);
	made_free(&hive);
}

/* A log that claims a long entry in every sector costs no more than its length. */
static void test_hostile(void **state)
{
	(void)state;
	struct made log = made_log(5, 6, 4096);
	struct hive_leftovers left;
	log.len = log.room;
	for (size_t at = 512; at + 512 <= log.len; at += 512) {
		memcpy(log.p + at, "HvLE", 4);
		put_le32(log.p + at + 4, (uint32_t)(log.len - at));
		put_le32(log.p + at + 12, 1000);
		put_le64(log.p + at + 32, own_marvin(log.p + at, 32));
	}
	const struct hive_log_input in = {.logs = {made_span(&log)}};
	hive_log_leftovers(&in, 5, &left);
	assert_int_equal(left.greatest, 1000);
	assert_true(left.entries > log.len / 512 - 10);
	made_free(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_torn),     cmocka_unit_test(test_set_aside),
		cmocka_unit_test(test_remnants), cmocka_unit_test(test_clean),
		cmocka_unit_test(test_wrap),     cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
