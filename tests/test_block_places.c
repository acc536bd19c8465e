/* SPDX-License-Identifier: MIT */
/*
 * Places of blocks: neighbours, overlaps from either side, the same block again, a random sequence
 * against a plain search, and the limit.
 */
#include "test.h"

#include <stdbool.h>

#include "src/disk/block_places.h"

static int add(struct block_places *p, uint64_t at, uint64_t len, uint64_t block, uint64_t *other)
{
	const struct block_place place = {at, len, block};
	return block_places_add(p, &place, other, NULL);
}

static void test_neighbours(void **state)
{
	(void)state;
	struct block_places p = {0};
	uint64_t other = 99;
	assert_int_equal(add(&p, 100, 10, 1, &other), 0);
	assert_int_equal(add(&p, 110, 10, 2, &other), 0);
	assert_int_equal(add(&p, 90, 10, 3, &other), 0);
	assert_int_equal(other, 99);
	assert_int_equal(add(&p, 100, 10, 1, &other), 0);
	assert_int_equal(p.n, 3);
	assert_int_equal(add(&p, 109, 1, 7, &other), 1);
	assert_int_equal(other, 1);
	assert_int_equal(add(&p, 85, 6, 7, &other), 1);
	assert_int_equal(other, 3);
	assert_int_equal(add(&p, 119, 50, 7, &other), 1);
	assert_int_equal(other, 2);
	assert_int_equal(add(&p, 80, 10, 7, &other), 0);
	assert_int_equal(add(&p, 120, 10, 8, &other), 0);
	assert_int_equal(p.n, 5);
	block_places_free(&p);
	assert_int_equal(p.n, 0);
}

static bool plain_overlap(const struct block_places *p, uint64_t at, uint64_t len)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (at < p->items[i].at + p->items[i].len && p->items[i].at < at + len)
			return true;
	return false;
}

static void test_random(void **state)
{
	(void)state;
	struct block_places p = {0};
	uint64_t other, seed = 7;
	unsigned crossed = 0;
	for (unsigned i = 0; i < 3000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		uint64_t at = (seed >> 33) % 20000, len = 1 + (seed >> 20) % 8;
		bool expected = plain_overlap(&p, at, len);
		assert_int_equal(add(&p, at, len, 1000 + i, &other), expected);
		crossed += expected;
		for (uint32_t j = 1; j < p.n; j++)
			assert_true(p.items[j - 1].at + p.items[j - 1].len <= p.items[j].at);
	}
	assert_true(crossed > 100 && crossed < 2900);
	block_places_free(&p);
}

static void test_limit(void **state)
{
	(void)state;
	struct block_places p = {0};
	uint64_t other;
	for (uint64_t i = 0; i < BLOCK_PLACES_MAX + 10u; i++)
		assert_int_equal(add(&p, i * 8, 8, i, &other), 0);
	assert_int_equal(p.n, BLOCK_PLACES_MAX);
	assert_int_equal(add(&p, 4, 8, 1u << 20, &other), 1);
	block_places_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
