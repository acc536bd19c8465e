/* SPDX-License-Identifier: MIT */
/*
 * A sorted array of places without overlaps, searched by halving. What overlaps a new place can
 * only be the last one that begins before it or the first one that begins in it, because those
 * that are kept do not overlap each other.
 */
#include "block_places.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How many begin before at. */
static uint32_t n_before(const struct block_places *p, uint64_t at)
{
	uint32_t low = 0, high = p->n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (p->items[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool overlap(const struct block_place *a, const struct block_place *b)
{
	return a->at < b->at + b->len && b->at < a->at + a->len;
}

static int make_room(struct block_places *p, struct err *err)
{
	if (p->n < p->cap)
		return 0;
	uint32_t cap = p->cap ? p->cap * 2 : 64;
	struct block_place *items = reallocarray(p->items, cap, sizeof(*items));
	if (!items)
		return err_set(err, E_MEMORY, "no memory for the places of blocks");
	p->items = items;
	p->cap = cap;
	return 0;
}

int block_places_add(struct block_places *p, const struct block_place *place, uint64_t *other,
		     struct err *err)
{
	uint32_t i = n_before(p, place->at);
	for (uint32_t near = i > 0 ? i - 1 : 0; near < p->n && near <= i; near++) {
		const struct block_place *there = &p->items[near];
		if (!overlap(there, place))
			continue;
		*other = there->block;
		return there->block != place->block;
	}
	if (p->n == BLOCK_PLACES_MAX)
		return 0;
	if (make_room(p, err) < 0)
		return -1;
	memmove(&p->items[i + 1], &p->items[i], (p->n - i) * sizeof(*p->items));
	p->items[i] = *place;
	p->n++;
	return 0;
}

void block_places_free(struct block_places *p)
{
	free(p->items);
	*p = (struct block_places){0};
}
