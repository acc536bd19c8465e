/* SPDX-License-Identifier: MIT */
/*
 * An array of sectors with a hash table beside it (open addressing, at most half full), because a
 * recovered or much edited hive changes thousands of them.
 */
#include "sector_set.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 256u
#define ZEROS     4096u /* bytes of the largest sector */
#define UNIT      512u  /* places are multiples of it, but for nothing else than this hash */

static size_t slot_of(const struct sector_set *set, uint64_t at)
{
	uint64_t h = at / UNIT * UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing */
	return (size_t)(h >> 20) % set->n_slots;
}

struct sector *sector_set_find(const struct sector_set *set, uint64_t at)
{
	if (set->n_slots == 0)
		return NULL;
	for (size_t i = slot_of(set, at); set->slots[i] != 0; i = (i + 1) % set->n_slots)
		if (set->items[set->slots[i] - 1]->at == at)
			return set->items[set->slots[i] - 1];
	return NULL;
}

static void index_one(struct sector_set *set, size_t item)
{
	size_t i = slot_of(set, set->items[item]->at);
	while (set->slots[i] != 0)
		i = (i + 1) % set->n_slots;
	set->slots[i] = item + 1;
}

static void index_all(struct sector_set *set)
{
	memset(set->slots, 0, set->n_slots * sizeof(*set->slots));
	for (size_t i = 0; i < set->n; i++)
		index_one(set, i);
}

static int make_room(struct sector_set *set, struct err *err)
{
	if (set->n < set->cap)
		return 0;
	size_t cap = set->cap ? set->cap * 2 : SLOTS_MIN / 2;
	struct sector **items = arena_array(set->arena, cap, sizeof(struct sector *), err);
	size_t *slots = arena_array(set->arena, cap * 2, sizeof(*slots), err);
	if (!items || !slots)
		return -1;
	if (set->n > 0)
		memcpy(items, set->items, set->n * sizeof(struct sector *));
	set->items = items;
	set->cap = cap;
	set->slots = slots;
	set->n_slots = cap * 2;
	index_all(set);
	return 0;
}

struct sector *sector_set_share(struct sector_set *set, uint64_t at, size_t len,
				const uint8_t *old_bytes, uint8_t *new_bytes, struct err *err)
{
	if (make_room(set, err) < 0)
		return NULL;
	struct sector *s = arena_alloc(set->arena, sizeof(*s), err);
	if (!s)
		return NULL;
	*s = (struct sector){.at = at, .len = len, .old_bytes = old_bytes, .new_bytes = new_bytes};
	set->items[set->n] = s;
	index_one(set, set->n++);
	return s;
}

/* Sectors of a new block hold zeros, all of them the same. */
static const uint8_t *keep(struct arena *arena, struct span now)
{
	static const uint8_t zeros[ZEROS];
	bool is_zero = now.len <= sizeof(zeros) && memcmp(now.p, zeros, now.len) == 0;
	return is_zero ? zeros : arena_copy(arena, now.p, now.len);
}

struct sector *sector_set_add(struct sector_set *set, uint64_t at, struct span now, struct err *err)
{
	const uint8_t *old_bytes = keep(set->bytes, now);
	uint8_t *new_bytes = arena_copy(set->bytes, now.p, now.len);
	if (!old_bytes || !new_bytes)
		return err_null(err, E_MEMORY, "no memory for a sector");
	return sector_set_share(set, at, now.len, old_bytes, new_bytes, err);
}

static int by_place(const void *a, const void *b)
{
	const struct sector *x = *(struct sector *const *)a, *y = *(struct sector *const *)b;
	return (x->at > y->at) - (x->at < y->at);
}

void sector_set_sort(struct sector_set *set)
{
	if (set->n == 0)
		return;
	qsort(set->items, set->n, sizeof(set->items[0]), by_place);
	index_all(set);
}
