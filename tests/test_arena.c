/* SPDX-License-Identifier: MIT */
/*
 * The arena, and arrays that grow in it.
 */
#include "test.h"

#include "stop7b/list.h"

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

static void arena_gives_zeroed_aligned_memory(void **state)
{
	static const size_t sizes[] = {1,     0,     7,     16,     17, 4096,
				       16384, 16385, 65536, 200000, 3,  65520};
	uint8_t *pieces[sizeof(sizes) / sizeof(sizes[0]) * 20];
	size_t n = 0, kinds = sizeof(sizes) / sizeof(sizes[0]);
	for (; n < kinds * 20; n++) {
		size_t len = sizes[n % kinds];
		pieces[n] = arena_alloc(*state, len, NULL);
		assert_non_null(pieces[n]);
		assert_int_equal((uintptr_t)pieces[n] % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(pieces[n][i], 0);
		memset(pieces[n], (int)n + 1, len);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sizes[i % kinds]; j++)
			assert_int_equal(pieces[i][j], (uint8_t)(i + 1));
}

static void arena_refuses_what_cannot_be(void **state)
{
	struct err err = {0};
	assert_null(arena_alloc(*state, SIZE_MAX, &err));
	assert_int_equal(err.code, E_MEMORY);
	err_clear(&err);
	assert_null(arena_alloc(*state, SIZE_MAX - 20, &err));
	assert_int_equal(err.code, E_MEMORY);
	err_clear(&err);
	assert_null(arena_array(*state, SIZE_MAX / 8, 16, &err));
	assert_int_equal(err.code, E_MEMORY);
	assert_non_null(arena_array(*state, 0, 16, NULL));
	arena_free(NULL);
}

static void arena_copies(void **state)
{
	char word[] = "word";
	char *copy = arena_strdup(*state, word);
	word[0] = 'l';
	assert_string_equal(copy, "word");
	assert_string_equal(arena_printf(*state, "%s-%04d", word, 7), "lord-0007");
	assert_memory_equal(arena_copy(*state, word, 4), "lord", 4);
	assert_non_null(arena_copy(*state, NULL, 0));
}

/* Each item stays what it was while the array moves; the moves cost twice the size at most. */
static void arrays_grow(void **state)
{
	uint32_t *items = NULL;
	size_t cap = 0, moves = 0;
	for (uint32_t n = 0; n < 100000; n++) {
		uint32_t *more = list_grow(*state, items, n, &cap, sizeof(*items), NULL);
		assert_non_null(more);
		assert_true(cap > n);
		moves += more != items;
		items = more;
		items[n] = n * 7;
	}
	for (uint32_t n = 0; n < 100000; n++)
		assert_int_equal(items[n], n * 7);
	assert_true(moves < 18);
	struct err err = {0};
	cap = SIZE_MAX / 2;
	assert_null(list_grow(*state, items, cap, &cap, sizeof(*items), &err));
	assert_int_equal(err.code, E_MEMORY);
	assert_int_equal(cap, SIZE_MAX / 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(arena_gives_zeroed_aligned_memory),
		TEST(arena_refuses_what_cannot_be),
		TEST(arena_copies),
		TEST(arrays_grow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
