/* SPDX-License-Identifier: MIT */
/*
 * Many keys found in one hive, each in time that does not grow with the number of its neighbours.
 */
#ifndef STOP7B_HIVE_FINDER_H
#define STOP7B_HIVE_FINDER_H

#include "stop7b/hive.h"

struct key_slot {
	uint32_t parent, hash, child; /* cells; child HIVE_NONE: an empty slot */
};

/* Begins as {.hive = h}; the hive must not change but by who tells the finder. */
struct key_finder {
	const struct hive *hive;
	struct key_slot *slots; /* subkeys by parent and name */
	size_t used, room;      /* room is a power of two, or 0 */
	uint64_t *parents;      /* one bit for every 8 bytes: all subkeys of that key are in it */
};

/* As key_find(), k being a key of f->hive. What memory does not allow is found the slow way. */
int key_finder_find(struct key_finder *f, struct key k, const char *path, struct key *out,
		    struct err *err);

/* Free what was remembered; f can be used again. */
void key_finder_forget(struct key_finder *f);

#endif
