/* SPDX-License-Identifier: MIT */
/*
 * The hive walker on damage: single fields of a small hive set to what they must not be, each with
 * the message it must give, and a sweep of random bytes that must neither crash nor hang.
 */
#include "hive_fixture.h"
#include "steps.h"

#define SERVICES "ControlSet001\\Services"

/* ---- damaged lists and keys ---- */

/* Count the subkeys of Services that still come, and keep the error of the walk. */
static size_t count_services(struct tiny *t, struct err *err)
{
	struct hive h = tiny_open(t);
	struct key_iter it = key_subkeys((struct key){&h, t->services});
	struct key sub;
	size_t n = 0;
	while (key_next(&it, &sub))
		n++;
	*err = it.err;
	return n;
}

static void test_damaged_lists(void **state)
{
	(void)state;
	struct tiny w = tiny_new();
	const struct {
		uint32_t cell, at, size, value; /* what is changed in which record */
		size_t left;                    /* subkeys that still come */
		const char *text;
		uint32_t place; /* cell that the message must name */
	} cases[] = {
		{w.leaf_one, 2, 2, 900, 0, ": 900 subkeys in 24 bytes", w.leaf_one},
		{w.leaf_two, 2, 2, 900, 2, ": 900 subkeys in 24 bytes", w.leaf_two},
		{w.services_ri, 2, 2, 3, 0, ": 3 subkeys in 16 bytes", w.services_ri},
		{w.leaf_one, 0, 2, 0x7878, 0, ": unknown signature 0x7878", w.leaf_one},
		{w.services_ri, 4, 4, w.services_ri, 0, "element 0 is another ri", w.services_ri},
		{w.leaf_two, 2, 2, 0, 2, "element 1 is an empty leaf", w.services_ri},
		{w.services_ri, 8, 4, w.leaf_one + 4, 2, "no cell can be there", w.leaf_one + 4},
		{w.services_ri, 8, 4, w.next, 2, "the cell is free", w.next},
		{w.leaf_two, 2, 2, 3, 5, "fewer subkeys than the 6 claimed", w.services},
		{w.services, 20, 4, 5, 5, "more subkeys than the 5 claimed", w.services},
		{w.services, 20, 4, 7, 6, "fewer subkeys than the 7 claimed", w.services},
		{w.services, 20, 4, 0x10000000, 0, "268435456 subkeys in 98304", w.services},
		{w.services, 28, 4, HIVE_NONE, 0, "no cell can be there", w.services},
		{w.leaf_one, 4, 4, w.leaf_two, 5, "20 bytes where 76 are needed", w.leaf_two},
		{w.msahci, 0, 2, 0x6b76, 5, ": not a key", w.msahci},
		{w.msahci, 72, 2, 900, 5, ": name of 900 bytes", w.msahci},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		struct err err;
		char place[32];
		uint8_t *field = tiny_at(&t, cases[i].cell) + cases[i].at;
		if (cases[i].size == 2)
			put_le16(field, (uint16_t)cases[i].value);
		else
			put_le32(field, cases[i].value);
		assert_int_equal(count_services(&t, &err), cases[i].left);
		assert_int_equal(err.code, E_CORRUPT);
		snprintf(place, sizeof(place), "cell at 0x%x", cases[i].place);
		if (!strstr(err.text, cases[i].text) || !strstr(err.text, place))
			fail_msg("case %zu: %s", i, err.text);
		tiny_free(&t);
	}
	tiny_free(&w);
}

static void test_cell_sizes(void **state)
{
	(void)state;
	static const uint32_t sizes[] = {
		8,
		(uint32_t)-4,
		(uint32_t)-20,
		(uint32_t)-80,
		(uint32_t)-92,
		0x80000000,
		(uint32_t) - (int)TINY_BIN,
	};
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct tiny t = tiny_new();
		struct err err;
		put_le32(tiny_at(&t, t.msahci) - 4, sizes[i]);
		assert_int_equal(count_services(&t, &err), 5);
		assert_int_equal(err.code, E_CORRUPT);
		tiny_free(&t);
	}
}

static void test_damaged_neighbour(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct err err = {0};
	struct key k;
	put_le32(tiny_at(&t, t.leaf_one) + 4, t.next); /* atapi is lost */
	assert_int_equal(find(&h, SERVICES "\\msahci").at, t.msahci);
	assert_int_equal(key_find(hive_root(&h), SERVICES "\\atapi", &k, &err), -1);
	assert_int_equal(err.code, E_CORRUPT); /* absent or lost: nobody knows */
	tiny_free(&t);
}

static void test_too_much_damage(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	uint32_t bad[1200], list;
	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = i == 1100 ? t.msahci : 4;
	list = tiny_list(&t, "li", bad, COUNT(bad));
	tiny_subkeys(&t, t.services, list, COUNT(bad));
	struct err err;
	assert_int_equal(count_services(&t, &err), 0); /* given up before the sound one */
	put_le32(tiny_at(&t, list) + 4 + 4 * 900, t.msahci);
	assert_int_equal(count_services(&t, &err), 1);
	assert_int_equal(err.code, E_CORRUPT);
	tiny_free(&t);
}

static void test_too_many_damaged_values(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	uint32_t bad[1200], list = tiny_cell(&t, sizeof(bad));
	struct hive h = tiny_open(&t);
	struct value v;
	for (size_t i = 0; i < COUNT(bad); i++)
		put_le32(tiny_at(&t, list) + 4 * i, i == 1100 ? t.vk_start : 4);
	put_le32(tiny_at(&t, t.msahci) + 36, COUNT(bad));
	put_le32(tiny_at(&t, t.msahci) + 40, list);
	struct value_iter it = key_values((struct key){&h, t.msahci});
	assert_false(value_next(&it, &v));
	put_le32(tiny_at(&t, list) + 4 * 900, t.vk_start);
	it = key_values((struct key){&h, t.msahci});
	assert_true(value_next(&it, &v));
	assert_int_equal(v.at, t.vk_start);
	assert_false(value_next(&it, &v));
	assert_int_equal(it.err.code, E_CORRUPT);
	tiny_free(&t);
}

static void test_loop(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	put_le32(tiny_at(&t, t.leaf_one) + 4, t.services); /* Services holds itself */
	struct census c = census_of(&h);
	assert_true(c.keys <= hive_keys_max(&h));
	tiny_free(&t);
}

/* ---- damaged values ---- */

static void test_damaged_values(void **state)
{
	(void)state;
	struct tiny w = tiny_new();
	uint32_t db_list = le32(tiny_span(&w), 4096 + w.db + 4 + 4);
	const struct {
		uint32_t cell, at, value;
		const char *name;
		enum err_code code;
		const char *text;
	} cases[] = {
		{w.vk_start, 4, 0x80000005, "Start", E_CORRUPT, "5 bytes of data in line"},
		{w.vk_start, 0, 0, "Start", E_CORRUPT, "not a value"},
		{w.vk_start, 2, 100, "Start", E_CORRUPT, "name of 100 bytes"},
		{w.msahci_values, 0, w.next, "Start", E_CORRUPT, "the cell is free"},
		{w.msahci, 36, 11, "Start", E_CORRUPT, "44 are needed"},
		{w.msahci, 36, 0x40000001, "Start", E_CORRUPT, "4294967300 are needed"},
		{w.msahci, 40, HIVE_NONE, "Start", E_CORRUPT, "no cell can be there"},
		{w.vk_path, 4, 61, "ImagePath", E_CORRUPT, "61 bytes of data in a cell of 64"},
		{w.vk_path, 8, w.next, "ImagePath", E_CORRUPT, "data cell at"},
		{w.vk_path, 4, 20000, "ImagePath", E_CORRUPT,
		 "20000 bytes of data in a cell of 64"},
		{w.vk_big, 4, TINY_BIG + 16344, "Big", E_CORRUPT, "56344 bytes of data in 3 segm"},
		{w.vk_big, 4, 2 * 16344, "Big", E_CORRUPT, "32688 bytes of data in 3 segments"},
		{w.vk_big, 4, TINY_BIG + 100, "Big", E_CORRUPT, "data segment cell"},
		{w.db, 4, w.next, "Big", E_CORRUPT, "segment list cell"},
		{db_list, 8, w.vk_start, "Big", E_CORRUPT, "data segment cell"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		struct hive h = tiny_open(&t);
		struct arena *arena = arena_new();
		struct err err = {0};
		struct value v;
		struct span data;
		put_le32(tiny_at(&t, cases[i].cell) + cases[i].at, cases[i].value);
		int r = value_find((struct key){&h, t.msahci}, cases[i].name, &v, &err);
		assert_int_equal(r ? r : value_data(v, arena, &data, &err), -1);
		assert_int_equal(err.code, cases[i].code);
		if (!strstr(err.text, cases[i].text))
			fail_msg("case %zu: %s", i, err.text);
		arena_free(arena);
		tiny_free(&t);
	}
	tiny_free(&w);
}

/* 65,535 segments that are all the same one: more than the hive holds. */
static void test_big_claim(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct arena *arena = arena_new();
	struct span data;
	struct err err = {0};
	uint32_t segments[8], segment = le32(tiny_span(&t), 4096 + t.db + 4 + 4);
	segment = le32(tiny_span(&t), 4096 + segment + 4);
	for (size_t i = 0; i < COUNT(segments); i++)
		segments[i] = segment;
	put_le16(tiny_at(&t, t.db) + 2, COUNT(segments));
	put_le32(tiny_at(&t, t.db) + 4, tiny_bytes(&t, segments, sizeof(segments)));
	put_le32(tiny_at(&t, t.vk_big) + 4, COUNT(segments) * 16344);
	struct hive h = tiny_open(&t);
	struct value v = find_value(&h, SERVICES "\\msahci", "Big");
	assert_int_equal(value_data(v, arena, &data, &err), -1);
	assert_int_equal(err.code, E_MEMORY);
	arena_free(arena);
	tiny_free(&t);
}

/* ---- corruption ---- */

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#define SWEEPS      6000
#define SWEEP_STEPS 100000u /* three times the most that any of them needs: no hang */

/* Change one to eight bytes anywhere in what is used and read everything that is left. */
static void sweep_once(const struct tiny *sound, struct tiny *t, uint64_t *seed)
{
	uint32_t used = 4096 + sound->next;
	memcpy(t->p, sound->p, TINY_SIZE);
	for (uint64_t n = next_random(seed) % 8 + 1; n > 0; n--) {
		uint64_t at = next_random(seed);
		/* records, not the bulk of the big data, deserve most of the hits */
		uint64_t place = at & 1 ? (at >> 8) % used : 4096 + (at >> 8) % 2048;
		t->p[place] = (uint8_t)(at & 2 ? next_random(seed) : at & 4 ? 0xff : 0);
	}
	struct hive h;
	steps = 0;
	if (hive_open(&h, tiny_span(t), NULL))
		return;
	struct census c = census_of(&h);
	assert_true(c.keys <= hive_keys_max(&h) && c.values <= hive_values_max(&h));
	struct key k;
	key_find(hive_root(&h), SERVICES "\\storahci\\StartOverride", &k, NULL);
	assert_true(steps < SWEEP_STEPS);
}

static void test_corruption_sweep(void **state)
{
	(void)state;
	struct tiny sound = tiny_new(), t = tiny_new();
	uint64_t seed = 0x7b7b7b7b;
	for (unsigned i = 0; i < SWEEPS; i++)
		sweep_once(&sound, &t, &seed);
	tiny_free(&sound);
	tiny_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_lists),
		cmocka_unit_test(test_cell_sizes),
		cmocka_unit_test(test_damaged_neighbour),
		cmocka_unit_test(test_too_much_damage),
		cmocka_unit_test(test_too_many_damaged_values),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_damaged_values),
		cmocka_unit_test(test_big_claim),
		cmocka_unit_test(test_corruption_sweep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
