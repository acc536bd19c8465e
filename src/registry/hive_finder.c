/* SPDX-License-Identifier: MIT */
/*
 * Finding keys by path, however many there are beside them.
 *
 * The walker compares name after name, because it trusts no order; a text that makes 200,000 keys
 * below one would so compare 20,000,000,000 times. Here the subkeys of a key that has many are
 * entered once into a table, by parent and by name without case; who edits the hive keeps it true. A key
 * whose subkeys cannot all be read is not entered: its damage is found, and said, by the walker.
 * An editor forgets the table when an edit is taken back, and when a key goes whose subkeys are in it.
 */
#include "hive_finder_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/fold.h"
#include "stop7b/utf.h"

#define MANY       32u /* subkeys that are worth a table */
#define FIRST_ROOM 1024u
#define GONE       (HIVE_NONE - 1) /* no cell begins there: cells are aligned to 8 */

enum { BITS = 64, STEP = 37 };

static uint32_t fold_into(uint32_t hash, uint32_t c)
{
	return hash * STEP + fold_upper(c);
}

static uint32_t hash_text(const char *name, size_t len)
{
	struct span s = {(const uint8_t *)name, len};
	uint32_t hash = 0;
	for (size_t at = 0; at < len;) {
		uint32_t c = utf8_next(s, &at);
		if (c == UTF_BAD)
			return 0; /* found nowhere */
		hash = fold_into(hash, c);
	}
	return hash;
}

static uint32_t hash_stored(struct hive_name n)
{
	uint32_t hash = 0;
	for (size_t at = 0; at < n.bytes.len;)
		hash = fold_into(hash, hive_name_next(n, &at));
	return hash;
}

/* ---- the table ---- */

static size_t slot_of(const struct key_finder *t, uint32_t parent, uint32_t hash)
{
	uint64_t mixed = ((uint64_t)parent << 32 | hash) * 0x9e3779b97f4a7c15u;
	return (size_t)(mixed >> 32) & (t->room - 1);
}

static void put_slot(struct key_finder *t, struct key_slot entry)
{
	size_t i = slot_of(t, entry.parent, entry.hash);
	while (t->slots[i].child != HIVE_NONE)
		i = (i + 1) & (t->room - 1);
	t->slots[i] = entry;
	t->used++;
}

static bool make_room(struct key_finder *t)
{
	size_t room = t->room ? t->room * 2 : FIRST_ROOM;
	if (t->room > 0 && t->used < t->room / 2)
		return true;
	struct key_finder grown = {.slots = malloc(room * sizeof(*t->slots)), .room = room};
	if (!grown.slots)
		return false;
	memset(grown.slots, 0xff, room * sizeof(*t->slots)); /* HIVE_NONE */
	for (size_t i = 0; i < t->room; i++)
		if (t->slots[i].child != HIVE_NONE && t->slots[i].child != GONE)
			put_slot(&grown, t->slots[i]);
	free(t->slots);
	grown.parents = t->parents;
	grown.hive = t->hive;
	*t = grown;
	return true;
}

void key_finder_forget(struct key_finder *f)
{
	free(f->slots);
	free(f->parents);
	*f = (struct key_finder){.hive = f->hive};
}

static bool is_entered(const struct key_finder *f, uint32_t parent)
{
	size_t bit = parent / CELL_ALIGN;
	return f->parents && f->parents[bit / BITS] >> bit % BITS & 1;
}

static bool add_child(struct key_finder *f, uint32_t parent, struct key child)
{
	struct span nk;
	if (hive_key_record(child, &nk, NULL) || !make_room(f))
		return false;
	put_slot(f, (struct key_slot){parent, hash_stored(hive_key_name(nk)), child.at});
	return true;
}

/* Enter all subkeys of parent; false when they cannot be. */
static bool enter(struct key_finder *f, struct key parent)
{
	size_t bit = parent.at / CELL_ALIGN;
	struct key_iter it = key_subkeys(parent);
	struct key sub;
	if (!f->parents)
		f->parents = calloc(f->hive->bytes.len / CELL_ALIGN / BITS + 1,
				    sizeof(*f->parents));
	bool ok = f->parents != NULL;
	while (ok && key_next(&it, &sub))
		ok = add_child(f, parent.at, sub);
	if (!ok || it.err.code != E_OK) {
		key_finder_forget(f);
		return false;
	}
	f->parents[bit / BITS] |= UINT64_C(1) << bit % BITS;
	return true;
}

/* The slot of that name below parent, or NULL. */
static struct key_slot *slot_named(const struct key_finder *f, uint32_t parent, const char *name,
				   size_t len)
{
	const struct key_finder *t = f;
	uint32_t hash = hash_text(name, len);
	struct span nk;
	for (size_t i = slot_of(t, parent, hash); t->slots[i].child != HIVE_NONE;
	     i = (i + 1) & (t->room - 1)) {
		struct key k = {f->hive, t->slots[i].child};
		if (t->slots[i].parent == parent && t->slots[i].hash == hash && k.at != GONE &&
		    hive_key_record(k, &nk, NULL) == 0 &&
		    hive_name_is(hive_key_name(nk), name, len))
			return &t->slots[i];
	}
	return NULL;
}

/* ---- what edits do to it ---- */

void key_finder_added(struct key_finder *f, struct key parent, struct key child)
{
	if (is_entered(f, parent.at) && !add_child(f, parent.at, child))
		key_finder_forget(f);
}

void key_finder_gone(struct key_finder *f, uint32_t parent, struct key child)
{
	struct span nk;
	if (!is_entered(f, parent) || hive_key_record(child, &nk, NULL))
		return;
	struct key_finder *t = f;
	uint32_t hash = hash_stored(hive_key_name(nk));
	for (size_t i = slot_of(t, parent, hash); t->slots[i].child != HIVE_NONE;
	     i = (i + 1) & (t->room - 1))
		if (t->slots[i].parent == parent && t->slots[i].child == child.at)
			t->slots[i].child = GONE;
}

void key_finder_deleted(struct key_finder *f, struct key k)
{
	if (is_entered(f, k.at))
		key_finder_forget(f);
}

/* ---- finding ---- */

static int find_child(struct key_finder *f, struct key parent, const char *name, size_t len,
		      struct key *out, struct err *err)
{
	bool many = is_entered(f, parent.at) ||
		    (key_subkey_count(parent) >= MANY && enter(f, parent));
	if (!many)
		return hive_find_child(parent, name, len, out, err);
	const struct key_slot *slot = slot_named(f, parent.at, name, len);
	if (!slot)
		return err_set(err, E_NOTFOUND, "there is no key %.*s", (int)len, name);
	*out = (struct key){f->hive, slot->child};
	return 0;
}

int key_finder_find(struct key_finder *f, struct key k, const char *path, struct key *out,
		    struct err *err)
{
	for (const char *name = path; *name;) {
		size_t len = strcspn(name, "\\");
		if (len > 0 && find_child(f, k, name, len, &k, err))
			return err_at(err, "%s", path);
		name += len + (name[len] == '\\');
	}
	*out = k;
	return 0;
}
