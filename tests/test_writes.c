/* SPDX-License-Identifier: MIT */
/*
 * Lists of byte ranges: copied, sorted, refused where they overlap.
 */
#include "test.h"

#include "stop7b/writes.h"

static int set_up(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void writes_are_copied_and_sorted(void **state)
{
	struct write_list list = {.arena = *state};
	uint8_t old = 0, new;
	char what[32];
	for (unsigned i = 0; i < 100; i++) {
		old = (uint8_t)(i * 37 % 100);
		new = (uint8_t)~old;
		snprintf(what, sizeof(what), "w%u", old);
		const struct write w = {old, 1, &old, &new, said_as_is(i == 5 ? NULL : what)};
		assert_int_equal(writes_add(&list, &w, NULL), 0);
	}
	assert_int_equal(writes_sort(&list, NULL), 0);
	assert_int_equal(list.n, 100);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(list.items[i].off, i);
		assert_int_equal(list.items[i].old_bytes[0], i);
		assert_int_equal(list.items[i].new_bytes[0], (uint8_t)~i);
		snprintf(what, sizeof(what), "w%zu", i);
		assert_string_equal(list.items[i].what.plain, i == 5 * 37 % 100 ? "" : what);
	}
}

static void overlapping_writes_are_refused(void **state)
{
	static const uint8_t bytes[16];
	static const struct {
		uint64_t a, b;
		size_t a_len, b_len;
		bool overlap;
	} cases[] = {
		{0, 8, 8, 8, false},
		{8, 0, 8, 8, false},
		{0, 7, 8, 8, true},
		{7, 0, 8, 8, true},
		{5, 5, 1, 1, true},
		{0, 4, 16, 2, true},
		{UINT64_MAX, 0, 1, 16, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct write_list list = {.arena = *state};
		struct err err = {0};
		const struct write a = {cases[i].a, cases[i].a_len, bytes, bytes, said_as_is("a")};
		const struct write b = {cases[i].b, cases[i].b_len, bytes, bytes, said_as_is("b")};
		assert_int_equal(writes_add(&list, &a, &err), 0);
		assert_int_equal(writes_add(&list, &b, &err), 0);
		assert_int_equal(writes_sort(&list, &err), cases[i].overlap ? -1 : 0);
		assert_int_equal(err.code, cases[i].overlap ? E_CORRUPT : E_OK);
	}
	struct write_list none = {.arena = *state};
	assert_int_equal(writes_sort(&none, NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_are_copied_and_sorted),
		TEST(overlapping_writes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
