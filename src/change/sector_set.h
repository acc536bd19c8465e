/* SPDX-License-Identifier: MIT */
/*
 * Sectors that change, found by their place. Inside change/ only.
 */
#ifndef STOP7B_SECTOR_SET_H
#define STOP7B_SECTOR_SET_H

#include "stop7b/bytes.h"
#include "stop7b/said.h"

/* A sector that changes: of the disk (file_off: where it will lie) or of the image file. */
struct sector {
	uint64_t at;
	size_t len; /* shorter only at the end of the file */
	struct said what;
	bool by_value;      /* what names a value that a person asked for */
	size_t value_bytes; /* changed bytes of such values in it */
	uint64_t file_off;
	const uint8_t *old_bytes;
	uint8_t *new_bytes;
};

struct sector_set {
	struct arena *arena; /* owns the set */
	struct arena *bytes; /* owns the sectors' bytes */
	struct sector **items;
	size_t n, cap;
	size_t *slots; /* hash table: index + 1 into items as they were added, 0 for a free slot */
	size_t n_slots;
};

/* The sector at a place; NULL when it is not in the set. */
struct sector *sector_set_find(const struct sector_set *set, uint64_t at);
/* Add a sector that is not there; its bytes become copies of now. NULL with E_MEMORY. */
struct sector *sector_set_add(struct sector_set *set, uint64_t at, struct span now,
			      struct err *err);
/* The same for bytes that somebody else keeps, at least as long as the set. */
struct sector *sector_set_share(struct sector_set *set, uint64_t at, size_t len,
				const uint8_t *old_bytes, uint8_t *new_bytes, struct err *err);
/* Order the items by place and keep what finds them true. */
void sector_set_sort(struct sector_set *set);

#endif
