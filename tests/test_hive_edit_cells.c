/* SPDX-License-Identifier: MIT */
/*
 * Cells of an edited hive: which free cell is taken, what is left of it, how freed ones join,
 * when a new bin is made and when not, and that an edit which fails leaves every byte as it was.
 */
#include "src/registry/hive_edit_internal.h"
#include "hive_edit_test.h"

/* The cell that data of len bytes should get, by looking at every cell: smallest, then lowest. */
static uint32_t best_fit(const struct hive *h, size_t len)
{
	uint32_t need = (uint32_t)(len + 4 + 7) / 8 * 8, best = HIVE_NONE, best_size = UINT32_MAX;
	uint32_t end = 0, size;
	for (uint32_t at = 0; at < h->bins_size; at += size) {
		if (at == end) { /* a bin begins */
			end += le32(h->bytes, 4096 + (uint64_t)at + 8);
			size = 32;
			continue;
		}
		uint32_t raw = le32(h->bytes, 4096 + (uint64_t)at);
		size = raw <= INT32_MAX ? raw : 0u - raw;
		assert_true(size >= 8 && size % 8 == 0);
		if (raw <= INT32_MAX && size >= need && size < best_size) {
			best = at;
			best_size = size;
		}
	}
	return best;
}

static uint32_t data_cell(const struct bench *b, const char *name)
{
	return (uint32_t)(value_data_at(find_value(b->view, "", name)) - 4096 - 4);
}

static uint32_t cell_bytes(const struct bench *b, uint32_t at)
{
	return 0u - le32(b->view->bytes, 4096 + (uint64_t)at);
}

/* An empty value's vk is made first, so that only data needs a cell afterwards. */
static uint32_t place_of(struct bench *b, const char *name, size_t len)
{
	set_bytes(b, "", name, 0, 0);
	uint32_t expected = best_fit(b->view, len);
	set_bytes(b, "", name, len, 3);
	uint32_t at = data_cell(b, name);
	if (expected != HIVE_NONE)
		assert_int_equal(at, expected);
	assert_int_equal(cell_bytes(b, at), (len + 4 + 7) / 8 * 8);
	return at;
}

static void test_best_fit(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 0);
	for (const char *p = "xyzabcdef"; *p; p++)
		set_bytes(&b, "", (char[]){*p, 0}, 0, 0); /* records and list need no hole later */
	uint32_t cells = assert_sound(&b).cells_free;
	uint32_t a = place_of(&b, "a", 100), c, d;
	place_of(&b, "b", 40);
	c = place_of(&b, "c", 60);
	place_of(&b, "d", 40);
	d = place_of(&b, "e", 60);
	place_of(&b, "f", 40);
	set_bytes(&b, "", "a", 0, 0);
	set_bytes(&b, "", "e", 0, 0);
	set_bytes(&b, "", "c", 0, 0);
	assert_sound(&b);
	assert_int_equal(place_of(&b, "x", 55), c); /* equal holes: the lower one */
	assert_int_equal(place_of(&b, "y", 60), d);
	assert_int_equal(place_of(&b, "z", 60), a); /* no hole of that size: the next larger */
	struct hive_report r = assert_sound(&b);
	assert_int_equal(r.cells_free, cells + 1); /* the rest of the hole at a */
	bench_close(&b);
}

/* All the cells that were made go back into the one free cell there was. */
static void test_join(void **state)
{
	(void)state;
	static const char *const orders[] = {"abcdef", "fedcba", "acebdf", "bdface", "cdbeaf"};
	for (size_t i = 0; i < COUNT(orders); i++) {
		struct bench b = bench_new(5, 0);
		struct hive_report before = assert_sound(&b);
		for (const char *p = "abcdef"; *p; p++)
			set_bytes(&b, "", (char[]){*p, 0}, 200, 1);
		for (const char *p = orders[i]; *p; p++) {
			delete_value(&b, "", (char[]){*p, 0});
			assert_sound(&b);
		}
		struct hive_report after = assert_sound(&b);
		assert_int_equal(before.cells_free, 1);
		assert_int_equal(after.cells_free, 1);
		assert_int_equal(after.bytes_free, before.bytes_free);
		bench_close(&b);
	}
}

/* Hundreds of holes of many sizes, filled in another order; every choice is checked. */
static void test_many_holes(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 1 << 20);
	char name[16];
	for (unsigned i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		set_bytes(&b, "", name, 8 + i * 37 % 300, i);
	}
	for (unsigned i = 0; i < 1500; i += 2) {
		snprintf(name, sizeof(name), "v%u", i);
		set_bytes(&b, "", name, 0, 0);
	}
	assert_true(assert_sound(&b).cells_free > 600);
	for (unsigned i = 0; i < 1500; i += 2) {
		snprintf(name, sizeof(name), "v%u", i);
		uint32_t expected = best_fit(b.view, 5 + i * 53 % 310);
		set_bytes(&b, "", name, 5 + i * 53 % 310, i);
		if (expected != HIVE_NONE)
			assert_int_equal(data_cell(&b, name), expected);
	}
	assert_sound(&b);
	bench_close(&b);
}

static void test_new_bin(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 5 * 4096);
	place_of(&b, "a", 3000);
	assert_int_equal(b.view->bins_size, 4096);
	assert_int_equal(place_of(&b, "b", 4060), 4096 + 32); /* fills a bin of one page */
	assert_int_equal(b.view->bins_size, 2 * 4096);
	assert_int_equal(le32(b.view->bytes, 40), 2 * 4096);
	const uint8_t *bin = b.view->bytes.p + 4096 + 4096;
	assert_memory_equal(bin, "hbin\0\x10\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
			    32);
	place_of(&b, "c", 4064); /* 8 bytes more than fit */
	assert_int_equal(b.view->bins_size, 4 * 4096);
	assert_int_equal(le32(b.view->bytes, 4096 + 2 * 4096 + 8), 2 * 4096);
	assert_sound(&b);
	hive_edit_finish(b.e, LATER);
	struct hive again;
	assert_int_equal(hive_open(&again, b.view->bytes, NULL), 0);
	assert_int_equal(again.bins_size, 4 * 4096);
	assert_false(again.dirty);
	assert_int_equal(again.damaged_bin, HIVE_NONE);
	bench_close(&b);
}

/* Behind the last new bin the file keeps what it had; new cells show nothing of it. */
static void test_old_bytes(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 3 * 4096);
	set_bytes(&b, "", "a", 4001, 1);
	uint32_t at = data_cell(&b, "a");
	const uint8_t *data = b.view->bytes.p + 4096 + at + 4;
	assert_memory_equal(data + 4001, "\0\0\0", 3);
	set_bytes(&b, "", "b", 0, 0);
	set_bytes(&b, "", "a", 0, 0);
	set_bytes(&b, "", "b", 3993, 1); /* in the same place, over data of the old value */
	assert_int_equal(data_cell(&b, "b"), at);
	assert_memory_equal(data + 3993, "\0\0\0", 3);
	const uint8_t *rest = b.view->bytes.p + 4096 + b.view->bins_size;
	for (size_t i = 0; i < 2 * 4096; i++)
		assert_int_equal(rest[i], 0xee);
	bench_close(&b);
}

static void test_limit(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 2 * 4096 + 100);
	create_key(&b, "k");
	hive_edit_limit(b.e, 0);
	assert_refused(&b, SET, "k", 4000, E_UNSUPPORTED, "no room: 4008 bytes need a new bin");
	hive_edit_limit(b.e, 3 * 4096 - 1);
	assert_refused(&b, SET, "k", 4000, E_UNSUPPORTED, "no room");
	hive_edit_limit(b.e, 3 * 4096);
	set_bytes(&b, "k", "v", 4000, 1);
	hive_edit_limit(b.e, UINT64_MAX);
	assert_refused(&b, SET, "k", 5000, E_UNSUPPORTED, "no room");
	set_bytes(&b, "k", "w", 4000, 1);
	assert_refused(&b, SET, "k", 4080, E_UNSUPPORTED, "no room");
	assert_int_equal(b.view->bins_size, 3 * 4096);
	assert_sound(&b);
	bench_close(&b);
}

/* A cell grows where it is when free space follows, and moves when not. */
static void test_grow(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 0);
	uint32_t a = place_of(&b, "a", 20);
	set_bytes(&b, "", "a", 500, 2);
	assert_int_equal(data_cell(&b, "a"), a);
	assert_int_equal(cell_bytes(&b, a), 504);
	place_of(&b, "b", 20);
	set_bytes(&b, "", "a", 508, 2); /* b's record is in the way */
	assert_int_not_equal(data_cell(&b, "a"), a);
	uint32_t now = data_cell(&b, "a");
	set_bytes(&b, "", "a", 100, 2); /* shorter: stays, and the cell stays as long as it is */
	assert_int_equal(data_cell(&b, "a"), now);
	assert_int_equal(cell_bytes(&b, now), 512);
	set_bytes(&b, "", "a", 508, 2);
	assert_int_equal(data_cell(&b, "a"), now);
	set_bytes(&b, "", "after", 0, 0);
	set_bytes(&b, "", "after", 300, 5);
	set_bytes(&b, "", "after", 0, 0); /* leaves bytes behind a's cell */
	set_bytes(&b, "", "a", 701, 2);
	assert_int_equal(data_cell(&b, "a"), now);
	assert_memory_equal(b.view->bytes.p + 4096 + now + 4 + 701, "\0\0\0\0\0\0", 7);
	assert_sound(&b);
	bench_close(&b);
}

/* Two values share their data: the second one to go finds the cell free already. */
static void test_shared_data(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 8192);
	create_key(&b, "k");
	set_bytes(&b, "k", "other", 100, 1);
	set_bytes(&b, "k", "v", 100, 1);
	uint32_t data = field32(&b, find_value(b.view, "k", "other").at, 8);
	struct span copy = bench_copy(&b);
	put_le32(bench_record(copy, find_value(b.view, "k", "v").at) + 8, data);
	bench_reopen(&b, copy);
	assert_refused(&b, DELETE, "k", 0, E_CORRUPT, "data cell at");
	delete_value(&b, "k", "other");
	assert_refused(&b, UNSET, "k", 0, E_CORRUPT, "cell is free");
	assert_refused(&b, SET, "k", 3, E_CORRUPT, "cell is free");
	bench_close(&b);
}

/* What only looks like a cell, inside a larger one, is not freed. */
static void test_false_cell(void **state)
{
	(void)state;
	static const uint8_t inside[64] = {[4] = 0xe0, 0xff, 0xff, 0xff}; /* a cell of 32 bytes */
	struct bench b = bench_new(5, 8192);
	create_key(&b, "k");
	set_value(&b, "k", "other", inside, sizeof(inside));
	set_bytes(&b, "k", "v", 20, 1);
	uint32_t data = field32(&b, find_value(b.view, "k", "other").at, 8);
	struct span copy = bench_copy(&b);
	put_le32(bench_record(copy, find_value(b.view, "k", "v").at) + 8, data + 8);
	bench_reopen(&b, copy);
	assert_refused(&b, UNSET, "k", 0, E_CORRUPT, "no cell of 32 bytes begins there");
	assert_refused(&b, SET, "k", 100, E_CORRUPT, "no cell of 32 bytes begins there");
	bench_close(&b);
}

/*
 * Behind a cell that cannot be one nothing is taken or freed; in front of it, and in place, it is.
 */
static void test_broken_chain(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 4096);
	create_key(&b, "k");
	set_bytes(&b, "k", "first", 100, 1);
	set_bytes(&b, "k", "bad", 100, 1);
	uint32_t bad = field32(&b, find_value(b.view, "k", "bad").at, 8);
	set_bytes(&b, "k", "v", 100, 1);
	struct span copy = bench_copy(&b);
	put_le32(bench_record(copy, bad) - 4, 0);
	bench_reopen(&b, copy);
	assert_refused(&b, UNSET, "k", 0, E_CORRUPT, "begins there");
	set_bytes(&b, "k", "v", 90, 9);
	delete_value(&b, "k", "first");
	create_key(&b, "new");
	set_bytes(&b, "new", "v", 3000, 1);
	assert_int_equal(b.view->bins_size, 8192); /* the first bin had the room, but behind */
	bench_close(&b);
}

/* An edit that fails late takes back new bins, and the next edit finds free cells as before. */
static void test_taken_back(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 8 * 4096);
	create_key(&b, "k");
	set_bytes(&b, "k", "a", 300, 1);
	assert_refused(&b, SET, "k", 60000, E_UNSUPPORTED, "no room"); /* some segments fit */
	assert_refused(&b, CREATE, "k\\new\\\xff", 0, E_UNSUPPORTED, "UTF-8");
	set_bytes(&b, "k", "v", 20000, 4);
	struct hive_report r = assert_sound(&b);
	assert_int_equal(r.keys, 2);
	assert_int_equal(b.view->bins_size, 9 * 4096);
	bench_close(&b);
}

/* Data may be bytes of the very copy that changes. */
static void test_own_bytes(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 8192);
	struct arena *arena = arena_new();
	struct span old, new;
	set_bytes(&b, "", "a", 300, 1);
	set_bytes(&b, "", "four", 4, 1);
	assert_int_equal(value_data(find_value(b.view, "", "a"), arena, &old, NULL), 0);
	uint8_t wanted[200];
	memcpy(wanted, old.p + 100, 200);
	set_value(&b, "", "a", old.p + 100, 200);
	assert_int_equal(value_data(find_value(b.view, "", "a"), arena, &new, NULL), 0);
	assert_memory_equal(new.p, wanted, 200);
	assert_int_equal(value_data(find_value(b.view, "", "four"), arena, &old, NULL), 0);
	memcpy(wanted, old.p + 1, 3);
	set_value(&b, "", "four", old.p + 1, 3);
	assert_int_equal(value_data(find_value(b.view, "", "four"), arena, &new, NULL), 0);
	assert_memory_equal(new.p, wanted, 3);
	set_bytes(&b, "", "new", 0, 0);
	assert_int_equal(value_data(find_value(b.view, "", "a"), arena, &old, NULL), 0);
	memcpy(wanted, old.p, 200);
	delete_value(&b, "", "a"); /* its cell is zeroed and taken for the same bytes again */
	set_value(&b, "", "new", old.p, 200);
	assert_int_equal(value_data(find_value(b.view, "", "new"), arena, &new, NULL), 0);
	assert_memory_equal(new.p, wanted, 200);
	arena_free(arena);
	bench_close(&b);
}

/* A bin that is nothing but the smallest free cells: each edit still takes milliseconds. */
static void test_hostile_bin(void **state)
{
	(void)state;
	const uint32_t bins = 8u << 20;
	struct bench b = bench_new(5, bins);
	create_key(&b, "k");
	struct span copy = bench_copy(&b);
	uint8_t *bin = bench_record(copy, 4096) - 4;
	memcpy(bin, "hbin", 4);
	put_le32(bin + 4, 4096);
	put_le32(bin + 8, bins - 4096);
	for (uint32_t at = 32; at < bins - 4096; at += 8)
		put_le32(bin + at, 8);
	put_le32(bench_record(copy, 0) - 4096 - 4 + 40, bins);
	bench_reopen(&b, copy);
	for (unsigned i = 0; i < 200; i++) {
		set_bytes(&b, "k", "v", 5 + i % 8, i); /* some fit, some join, some move */
		set_bytes(&b, "k", "v", 0, i);
	}
	assert_refused(&b, SET, "k", 10000, E_UNSUPPORTED, "no room");
	bench_close(&b);
}

/*
 * A write that cannot be kept fails the whole edit; places written twice go back to what they
 * were.
 */
static void test_journal(void **state)
{
	(void)state;
	struct bench b = bench_new(5, 0);
	struct span before = bench_copy(&b);
	struct err err = {0};
	edit_begin(b.e);
	edit_put32(b.e, 4200, 0x11111111);
	edit_put16(b.e, 4202, 0x2222);
	edit_move(b.e, 4198, 4200, 40);
	edit_zero(b.e, 4190, 30);
	assert_int_equal(edit_end(b.e, -1, &err), -1);
	assert_int_equal(err.code, E_OK); /* whose error it is has set it */
	assert_memory_equal(b.view->bytes.p, before.p, before.len);
	edit_begin(b.e);
	edit_put32(b.e, 4200, 0x11111111);
	edit_put32(b.e, 8190, 1);
	edit_put64(b.e, 4300, 1);
	assert_int_equal(edit_end(b.e, 0, &err), -1);
	assert_int_equal(err.code, E_MEMORY);
	assert_memory_equal(b.view->bytes.p, before.p, before.len);
	hive_edit_finish(b.e, LATER);
	assert_memory_equal(b.view->bytes.p, before.p, before.len);
	edit_begin(b.e);
	edit_put(b.e, 4300, (struct span){NULL, 0});
	edit_put32(b.e, 8188, 1);
	assert_int_equal(edit_end(b.e, 0, &err), 0);
	assert_int_equal(le32(b.view->bytes, 8188), 1);
	data_free(before);
	bench_close(&b);
}

/* ---- the set of free cells ---- */

#define NUMBERS 6000u

/* The least member of a plain table that is not below least. */
static uint64_t least_of(const bool *members, uint64_t least)
{
	while (least < NUMBERS && !members[least])
		least++;
	return least < NUMBERS ? least : UINT64_MAX;
}

/* Numbers come and go in an order that has nothing to do with theirs. */
static void test_free_set(void **state)
{
	(void)state;
	static bool members[NUMBERS];
	struct free_set set = {0};
	assert_int_equal(free_set_least(&set, 0), UINT64_MAX);
	assert_false(free_set_remove(&set, 0));
	uint32_t at = 1;
	for (unsigned round = 0; round < 60000; round++) {
		at = (at * 1103515245u + 12345u) & 0x7fffffff;
		uint64_t number = at >> 8 & 0xffff;
		bool fills = round < 20000 || (round > 40000 && round % 3 > 0);
		if (number >= NUMBERS)
			continue;
		if (fills && !members[number])
			assert_int_equal(free_set_add(&set, number), 0);
		else if (!fills)
			assert_int_equal(free_set_remove(&set, number), members[number]);
		members[number] = fills;
		uint64_t asked = (number * 7 + round) % NUMBERS;
		assert_int_equal(free_set_least(&set, asked), least_of(members, asked));
	}
	for (uint64_t i = 0; i < NUMBERS; i++)
		assert_int_equal(free_set_remove(&set, i), members[i]);
	assert_int_equal(free_set_least(&set, 0), UINT64_MAX);
	free_set_clear(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_best_fit),    cmocka_unit_test(test_join),
		cmocka_unit_test(test_many_holes),  cmocka_unit_test(test_new_bin),
		cmocka_unit_test(test_old_bytes),   cmocka_unit_test(test_limit),
		cmocka_unit_test(test_grow),        cmocka_unit_test(test_shared_data),
		cmocka_unit_test(test_false_cell),  cmocka_unit_test(test_broken_chain),
		cmocka_unit_test(test_taken_back),  cmocka_unit_test(test_own_bytes),
		cmocka_unit_test(test_hostile_bin), cmocka_unit_test(test_free_set),
		cmocka_unit_test(test_journal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
