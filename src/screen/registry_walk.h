/* SPDX-License-Identifier: MIT */
/*
 * Inside the registry pages only: a walk over all keys and values of a hive, depth first.
 */
#ifndef STOP7B_REGISTRY_WALK_H
#define STOP7B_REGISTRY_WALK_H

#include "stop7b/hive.h"

struct walk;

struct walk_item {
	bool is_key;
	struct key key; /* the key met, or the one that holds the value */
	struct value value;
};

/* Everything below a key, its own values first. NULL without memory. */
struct walk *walk_new(struct key from);
void walk_free(struct walk *w); /* accepts NULL */
/* Before the first walk_next(): go on in the subkey of that cell, or behind a value. False, and the
 * walk is where it was, when the key that was reached has none. */
bool walk_skip_to_key(struct walk *w, uint32_t at);
bool walk_skip_value(struct walk *w, uint32_t at);
bool walk_next(struct walk *w, struct walk_item *out);

/* The way to the key that holds the item given last: level 0 is where the walk began. */
size_t walk_depth(const struct walk *w);
struct key walk_key(const struct walk *w, size_t level);

/* How many keys and values are below a key. False without memory. */
bool walk_count(struct key from, size_t *keys, size_t *values);

#endif
