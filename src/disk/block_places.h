/* SPDX-License-Identifier: MIT */
/*
 * The places of blocks that were met so far, to notice two blocks that claim the same bytes of the
 * file where a block table is too large to be read whole. Inside disk/ only.
 */
#ifndef STOP7B_BLOCK_PLACES_H
#define STOP7B_BLOCK_PLACES_H

#include "stop7b/err.h"

#include <stdint.h>

/*
 * Own limit: a diagnosis meets some dozens. Later ones are not remembered: a copy of a large disk
 * must not pay for each of its blocks.
 */
#define BLOCK_PLACES_MAX 4096u

struct block_place {
	uint64_t at, len; /* bytes of the file */
	uint64_t block;
};

struct block_places {
	struct block_place *items; /* by place, none overlaps another */
	uint32_t n, cap;
};

/*
 * Remember where a block lies.
 *
 *   other  receives the block that claims some of the same bytes, when the answer is 1
 *
 * 0, also for one already met in that place and when there is no room left to remember it; 1 when
 * it overlaps another; -1 with E_MEMORY.
 */
int block_places_add(struct block_places *p, const struct block_place *place, uint64_t *other,
		     struct err *err);
void block_places_free(struct block_places *p);

#endif
