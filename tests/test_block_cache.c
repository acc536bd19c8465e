/* SPDX-License-Identifier: MIT */
/*
 * The read cache: content from blocks of any size, which block goes when another one comes, and
 * blocks that cannot be read.
 */
#include "test.h"

#include "src/disk/block_cache.h"

#define C_SIZE  1000u
#define C_BLOCK 64u

struct counted {
	uint8_t bytes[C_SIZE];
	unsigned fills;
	uint64_t bad; /* block that cannot be filled, or UINT64_MAX */
};

static int fill(void *owner, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct counted *c = owner;
	assert_true(off % C_BLOCK == 0 && off + len <= C_SIZE);
	assert_true(len == C_BLOCK || off + len == C_SIZE);
	if (off / C_BLOCK == c->bad)
		return err_set(err, E_IO, "bad");
	memcpy(buf, c->bytes + off, len);
	c->fills++;
	return 0;
}

static struct block_cache *new_cache(struct counted *c, unsigned slots)
{
	struct block_cache_shape shape = {.size = C_SIZE, .block_len = C_BLOCK, .slots = slots};
	for (unsigned i = 0; i < C_SIZE; i++)
		c->bytes[i] = (uint8_t)(i * 11 + i / 64);
	c->fills = 0;
	c->bad = UINT64_MAX;
	return block_cache_new(&shape, fill, c, NULL);
}

static void test_content(void **state)
{
	(void)state;
	struct counted c;
	uint8_t buf[C_SIZE];
	struct block_cache *cache = new_cache(&c, 3);
	assert_non_null(cache);
	for (unsigned off = 0; off < C_SIZE; off += 37)
		for (unsigned len = 1; off + len <= C_SIZE; len += 61) {
			assert_int_equal(block_cache_read(cache, off, buf, len, NULL), 0);
			assert_memory_equal(buf, c.bytes + off, len);
		}
	block_cache_free(cache);
	cache = new_cache(&c, BLOCK_CACHE_SLOTS_MAX);
	assert_int_equal(block_cache_read(cache, 1, buf, C_SIZE - 1, NULL), 0);
	assert_memory_equal(buf, c.bytes + 1, C_SIZE - 1);
	block_cache_free(cache);
	block_cache_free(NULL);
	struct block_cache_shape none = {.size = 1, .block_len = 1, .slots = 0};
	assert_null(block_cache_new(&none, fill, &c, NULL));
	none.slots = BLOCK_CACHE_SLOTS_MAX + 1;
	assert_null(block_cache_new(&none, fill, &c, NULL));
}

static void test_keeps_recent(void **state)
{
	(void)state;
	struct counted c;
	uint8_t b;
	struct block_cache *cache = new_cache(&c, 2);
	static const struct {
		unsigned block, fills;
	} steps[] = {{0, 1}, {1, 2}, {0, 2}, {2, 3}, {0, 3}, {1, 4}, {2, 5}, {1, 5}};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(block_cache_read(cache, steps[i].block * C_BLOCK, &b, 1, NULL), 0);
		assert_int_equal(c.fills, steps[i].fills);
	}
	block_cache_free(cache);
}

static void test_failure(void **state)
{
	(void)state;
	struct counted c;
	uint8_t buf[C_BLOCK];
	struct err err = {0};
	struct block_cache *cache = new_cache(&c, 1);
	c.bad = 1;
	assert_int_equal(block_cache_read(cache, 0, buf, 1, NULL), 0);
	assert_int_equal(block_cache_read(cache, C_BLOCK, buf, 1, &err), -1);
	assert_int_equal(err.code, E_IO);
	assert_int_equal(block_cache_read(cache, 0, buf, 1, NULL), 0);
	assert_int_equal(buf[0], c.bytes[0]);
	c.bad = UINT64_MAX;
	assert_int_equal(block_cache_read(cache, C_BLOCK, buf, 1, NULL), 0);
	assert_int_equal(buf[0], c.bytes[C_BLOCK]);
	block_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_keeps_recent),
		cmocka_unit_test(test_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
