/* SPDX-License-Identifier: MIT */
/*
 * Thousands of random edits on hives that begin empty, against a plain model of the tree. More of
 * them with S7B_EDITS=n.
 */
#include "hive_random.h"

#define SLACK (16u << 20)

static void run(struct random_edits *r, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		random_edit(r);
		if (i % 64 == 0)
			random_check(r, "after");
	}
	random_check(r, "at the end, after");
	hive_edit_finish(r->e, r->when);
	model_compare(r->m, hive_root(hive_edit_view(r->e)), true);
}

static void run_seed(uint32_t minor, uint32_t seed, size_t slack, unsigned n)
{
	struct span bytes = empty_hive(minor, slack);
	struct random_edits r, again;
	print_message("minor %u seed %u slack %zu\n", minor, seed, slack);
	random_begin(&r, bytes, seed);
	assert_int_equal(r.before.defects, 0);
	run(&r, n);
	if (minor != 4) /* libregf 20201007 knows big data from 1.5 on */
		random_ask_libregf(&r, bytes);
	random_ask_others(&r, bytes);
	/* The same edits again, with failing ones in between, give the same bytes. */
	random_begin(&again, bytes, seed);
	again.disturbed = true;
	run(&again, n);
	assert_int_equal(again.refused, r.refused);
	assert_memory_equal(hive_edit_view(again.e)->bytes.p, hive_edit_view(r.e)->bytes.p,
			    bytes.len);
	random_end(&again);
	random_end(&r);
	data_free(bytes);
}

static void test_versions(void **state)
{
	(void)state;
	unsigned n = random_count(4000);
	for (uint32_t minor = 3; minor <= 6; minor++)
		run_seed(minor, 1000 + minor, SLACK, n);
}

/* Little room: many edits are refused, and those that are leave nothing behind. */
static void test_full(void **state)
{
	(void)state;
	unsigned n = random_count(2000);
	run_seed(5, 77, 0, n);
	run_seed(5, 78, 64 << 10, n);
	run_seed(3, 79, 200 << 10, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
