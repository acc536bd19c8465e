/* SPDX-License-Identifier: MIT */
/*
 * A hive's tree walked depth first: the values of a key, then each subkey and what is below it.
 * The walk can begin anywhere on the way that the page stands on. A damaged hive may lead to the
 * same key twice, so keys and values are counted against what the hive can hold.
 */
#include "registry_walk.h"

#include <stdlib.h>

struct walk_level {
	struct key key;
	struct key_iter subs;
};

struct walk {
	struct walk_level levels[HIVE_DEPTH_MAX + 1];
	size_t depth;
	bool in_values;
	struct value_iter values;
	bool below; /* the key given last is entered next */
	struct key next;
	uint32_t keys_left, values_left;
};

struct walk *walk_new(struct key from)
{
	struct walk *w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->keys_left = hive_keys_max(from.hive);
	w->values_left = hive_values_max(from.hive);
	w->levels[0].key = from;
	w->values = key_values(from);
	w->in_values = true;
	return w;
}

void walk_free(struct walk *w)
{
	free(w);
}

static bool enter(struct walk *w, struct key key)
{
	if (w->depth == HIVE_DEPTH_MAX)
		return false;
	w->depth++;
	w->levels[w->depth].key = key;
	w->values = key_values(key);
	w->in_values = true;
	return true;
}

static void begin_subkeys(struct walk *w)
{
	w->in_values = false;
	w->levels[w->depth].subs = key_subkeys(w->levels[w->depth].key);
}

bool walk_skip_to_key(struct walk *w, uint32_t at)
{
	struct key sub;
	begin_subkeys(w);
	while (key_next(&w->levels[w->depth].subs, &sub))
		if (sub.at == at)
			return enter(w, sub);
	return false;
}

bool walk_skip_value(struct walk *w, uint32_t at)
{
	struct value v;
	while (value_next(&w->values, &v))
		if (v.at == at)
			return true;
	w->values = key_values(w->levels[w->depth].key);
	return false;
}

static bool next_value(struct walk *w, struct walk_item *out)
{
	if (w->values_left == 0 || !value_next(&w->values, &out->value))
		return false;
	w->values_left--;
	out->is_key = false;
	out->key = w->levels[w->depth].key;
	return true;
}

bool walk_next(struct walk *w, struct walk_item *out)
{
	if (w->below)
		enter(w, w->next);
	w->below = false;
	if (w->in_values && next_value(w, out))
		return true;
	if (w->in_values)
		begin_subkeys(w);
	while (w->keys_left > 0) {
		if (key_next(&w->levels[w->depth].subs, &out->key)) {
			w->keys_left--;
			out->is_key = w->below = true;
			w->next = out->key;
			return true;
		}
		if (w->depth == 0)
			return false;
		w->depth--;
	}
	return false;
}

size_t walk_depth(const struct walk *w)
{
	return w->depth;
}

struct key walk_key(const struct walk *w, size_t level)
{
	return w->levels[level].key;
}

bool walk_count(struct key from, size_t *keys, size_t *values)
{
	struct walk_item item;
	struct walk *w = walk_new(from);
	*keys = *values = 0;
	if (!w)
		return false;
	while (walk_next(w, &item))
		*(item.is_key ? keys : values) += 1;
	walk_free(w);
	return true;
}
