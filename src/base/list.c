/* SPDX-License-Identifier: MIT */
/*
 * Arrays that grow in an arena: the one place where doubling is written down. Items are plain
 * values that may be moved by copying; nobody keeps a pointer to one while the list still grows.
 */
#include "stop7b/list.h"

#include <string.h>

#define FIRST_ITEMS 16u

void *list_grow(struct arena *arena, void *items, size_t n, size_t *cap, size_t size,
		struct err *err)
{
	if (n < *cap)
		return items;
	size_t more = *cap ? *cap * 2 : FIRST_ITEMS;
	void *bigger = arena_array(arena, more, size, err);
	if (!bigger)
		return NULL;
	if (n) {
		memcpy(bigger, items, n * size);
		arena_give_up(arena, items, *cap * size);
	}
	*cap = more;
	return bigger;
}
