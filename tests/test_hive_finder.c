/* SPDX-License-Identifier: MIT */
/*
 * Many keys below one: found, made and deleted in steps that do not grow with their number. The
 * steps are counted, no clock is asked. What is found is what the walker finds, damage included.
 */
#include "hive_edit_test.h"
#include "steps.h"

#include "stop7b/hive_finder.h"

#define FEW  2000u
#define MANY 16000u
#define NEAR 1.5 /* a logarithm may show, a square would be 8 */

static void name_of(uint32_t i, uint32_t n, char out[32])
{
	snprintf(out, 32, "Key %06u", (uint32_t)((uint64_t)i * 7919 % n));
}

struct costs {
	double create, find, absent, remove; /* steps for one key */
};

static struct costs costs_of(uint32_t n)
{
	struct bench b = bench_new(5, 16 << 20);
	struct costs c = {0};
	char name[32];
	steps = 0;
	for (uint32_t i = 0; i < n; i++) {
		name_of(i, n, name);
		create_key(&b, name);
	}
	c.create = (double)steps / n;
	struct key_finder f = {.hive = b.view};
	struct key k, slow;
	steps = 0;
	for (uint32_t i = 0; i < n; i++) {
		name_of(i, n, name);
		assert_int_equal(key_finder_find(&f, hive_root(b.view), name, &k, NULL), 0);
	}
	c.find = (double)steps / n;
	assert_int_equal(key_find(hive_root(b.view), name, &slow, NULL), 0);
	assert_int_equal(k.at, slow.at);
	steps = 0;
	for (uint32_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "No key %06u", i);
		assert_int_equal(key_finder_find(&f, hive_root(b.view), name, &k, NULL), -1);
	}
	c.absent = (double)steps / n;
	key_finder_forget(&f);
	steps = 0;
	for (uint32_t i = 0; i < n; i++) {
		name_of(i, n, name);
		delete_key(&b, name);
	}
	c.remove = (double)steps / n;
	assert_int_equal(assert_sound(&b).keys, 1);
	bench_close(&b);
	return c;
}

static void test_linear(void **state)
{
	(void)state;
	struct costs few = costs_of(FEW), many = costs_of(MANY);
	print_message("  create %.0f %.0f, find %.0f %.0f, absent %.0f %.0f, delete %.0f %.0f\n",
		      few.create, many.create, few.find, many.find, few.absent, many.absent,
		      few.remove, many.remove);
	assert_true(many.create < few.create * NEAR);
	assert_true(many.find < few.find * NEAR);
	assert_true(many.absent < few.absent * NEAR + 1);
	assert_true(many.remove < few.remove * NEAR);
}

/* Names without case, deeper paths, keys that go and come back, a tree that goes. */
static void test_edits(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	struct err err = {0};
	char name[64];
	hive_edit_create_key(b.e, "top", WHEN, &err);
	for (uint32_t i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "TOP\\Key %u\\below", i);
		assert_int_equal(hive_edit_create_key(b.e, name, WHEN, &err), 1);
	}
	assert_int_equal(hive_edit_create_key(b.e, "top\\kEY 7\\BELOW", WHEN, &err), 0);
	delete_key(&b, "top\\key 7");
	assert_int_equal(hive_edit_delete_key(b.e, "top\\key 7", WHEN, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	create_key(&b, "top\\key 7");
	set_bytes(&b, "top\\KEY 7", "v", 10, 1);
	delete_key(&b, "top");
	err_clear(&err);
	assert_int_equal(hive_edit_delete_key(b.e, "top\\key 8", WHEN, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	create_key(&b, "top");
	assert_int_equal(hive_edit_create_key(b.e, "top\\key 8", WHEN, &err), 1);
	assert_int_equal(assert_sound(&b).keys, 3);
	bench_close(&b);
}

/* Where a subkey cannot be read the walker has the word. */
static void test_damaged(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	char name[32];
	struct key k;
	struct err err = {0};
	for (uint32_t i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "Key %u", i);
		create_key(&b, name);
	}
	struct span copy = bench_copy(&b);
	memset(bench_record(copy, find(b.view, "Key 3").at), 'x', 2);
	bench_reopen(&b, copy);
	struct key_finder f = {.hive = b.view};
	assert_int_equal(key_finder_find(&f, hive_root(b.view), "key 4", &k, &err), 0);
	assert_int_equal(key_finder_find(&f, hive_root(b.view), "key 3", &k, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	key_finder_forget(&f);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
