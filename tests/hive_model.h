/* SPDX-License-Identifier: MIT */
/*
 * A registry tree as plain memory, for tests of the hive editor: what every edit should have done.
 *
 * The model knows nothing of cells, lists or hashes. It keeps subkeys sorted by their upper-case
 * name and values in the order they were set, and is compared with what the walker reads: names,
 * order, times, types and data. A model is made from a hive once and then edited side by side
 * with it.
 */
#ifndef STOP7B_HIVE_MODEL_H
#define STOP7B_HIVE_MODEL_H

#include "hive_fixture.h"

#include <ctype.h>
#include <strings.h>

struct model_value {
	char *name;
	uint32_t type;
	uint8_t *data;
	size_t len;
};

struct model_key {
	char *name; /* as key_name() shows it */
	uint64_t written;
	bool special, undeletable; /* may not be edited; nor deleted within a tree */
	struct model_value *values;
	size_t n_values;
	struct model_key **subkeys;
	size_t n_subkeys;
};

/* ---- making and freeing ---- */

static inline void *model_grow(void *p, size_t n, size_t size)
{
	void *grown = realloc(p, n * size);
	assert_non_null(grown);
	return grown;
}

static inline struct model_key *model_new(const char *name, uint64_t written)
{
	struct model_key *k = calloc(1, sizeof(*k));
	assert_non_null(k);
	k->name = strdup(name);
	k->written = written;
	return k;
}

static inline void model_free(struct model_key *k)
{
	for (size_t i = 0; i < k->n_values; i++) {
		free(k->values[i].name);
		free(k->values[i].data);
	}
	for (size_t i = 0; i < k->n_subkeys; i++)
		model_free(k->subkeys[i]);
	free(k->values);
	free(k->subkeys);
	free(k->name);
	free(k);
}

static inline void model_put(struct model_value *v, uint32_t type, struct span data)
{
	free(v->data);
	v->type = type;
	v->len = data.len;
	v->data = malloc(data.len + 1);
	assert_non_null(v->data);
	if (data.len > 0)
		memcpy(v->data, data.p, data.len);
}

static inline struct model_value *model_add_value(struct model_key *k, const char *name)
{
	k->values = model_grow(k->values, k->n_values + 1, sizeof(*k->values));
	k->values[k->n_values] = (struct model_value){.name = strdup(name)};
	return &k->values[k->n_values++];
}

static inline void model_add_key(struct model_key *parent, struct model_key *k, size_t i)
{
	parent->subkeys = model_grow(parent->subkeys, parent->n_subkeys + 1,
				     sizeof(*parent->subkeys));
	memmove(parent->subkeys + i + 1, parent->subkeys + i,
		(parent->n_subkeys - i) * sizeof(*parent->subkeys));
	parent->subkeys[i] = k;
	parent->n_subkeys++;
}

/* The model of k and of all below it; a damaged hive gives what can be read. */
static inline struct model_key *model_of(struct key k)
{
	struct arena *arena = arena_new();
	struct model_key *m = model_new(key_name(k, arena), key_written(k));
	struct value_iter values = key_values(k);
	struct key_iter subkeys = key_subkeys(k);
	struct value v;
	struct key sub;
	struct span data;
	uint16_t flags = le16(k.hive->bytes, key_at(k) + 2);
	bool tombstone = k.hive->flags & 2 && (k.hive->bytes.p[key_at(k) + 13] & 3) == 1;
	m->special = flags & 0x50 || tombstone;
	m->undeletable = flags & 0x48 || tombstone;
	while (value_next(&values, &v)) {
		assert_int_equal(value_data(v, arena, &data, NULL), 0);
		model_put(model_add_value(m, value_name(v, arena)), v.type, data);
	}
	while (key_next(&subkeys, &sub))
		model_add_key(m, model_of(sub), m->n_subkeys);
	arena_free(arena);
	return m;
}

/* ---- editing ---- */

static inline size_t model_value_index(const struct model_key *k, const char *name)
{
	size_t i = 0;
	while (i < k->n_values && strcasecmp(k->values[i].name, name) != 0)
		i++;
	return i;
}

static inline struct model_key *model_child(const struct model_key *k, const char *name)
{
	for (size_t i = 0; i < k->n_subkeys; i++)
		if (strcasecmp(k->subkeys[i]->name, name) == 0)
			return k->subkeys[i];
	return NULL;
}

/* The key at path, or NULL. */
static inline struct model_key *model_find(struct model_key *k, const char *path)
{
	char copy[8192], *rest = copy, *name;
	snprintf(copy, sizeof(copy), "%s", path);
	while (k && (name = strsep(&rest, "\\")))
		k = *name ? model_child(k, name) : k;
	return k;
}

static inline void model_set(struct model_key *k, const char *name, uint32_t type, struct span data,
			     uint64_t when)
{
	size_t i = model_value_index(k, name);
	struct model_value *v = i < k->n_values ? &k->values[i] : model_add_value(k, name);
	if (v->data && v->type == type && v->len == data.len &&
	    (data.len == 0 || memcmp(v->data, data.p, data.len) == 0))
		return;
	model_put(v, type, data);
	k->written = when;
}

static inline void model_delete_value(struct model_key *k, const char *name, uint64_t when)
{
	size_t i = model_value_index(k, name);
	assert_true(i < k->n_values);
	free(k->values[i].name);
	free(k->values[i].data);
	k->n_values--;
	memmove(k->values + i, k->values + i + 1, (k->n_values - i) * sizeof(*k->values));
	k->written = when;
}

/* For sorting: upper case; what key_name() escapes is a control character or far behind ASCII. */
static inline int model_rank(const char *c)
{
	if (*c == '\\')
		return c[1] == 'x' ? 1 : 255;
	return toupper((unsigned char)*c);
}

/* Is ASCII name a sorted before b, as registry lists are? Characters compare as numbers. */
static inline bool model_before(const char *a, const char *b)
{
	while (*a && model_rank(a) == model_rank(b)) {
		a++;
		b++;
	}
	return model_rank(a) < model_rank(b);
}

/* Create the key at path, and what is missing above it; true when anything was. */
static inline bool model_create(struct model_key *k, const char *path, uint64_t when)
{
	char copy[8192], *rest = copy, *name;
	bool created = false;
	snprintf(copy, sizeof(copy), "%s", path);
	while ((name = strsep(&rest, "\\"))) {
		struct model_key *next = model_child(k, name);
		if (!next) {
			size_t i = 0;
			while (i < k->n_subkeys && !model_before(name, k->subkeys[i]->name))
				i++;
			next = model_new(name, when);
			model_add_key(k, next, i);
			k->written = when;
			created = true;
		}
		k = next;
	}
	return created;
}

static inline void model_delete(struct model_key *parent, struct model_key *k, uint64_t when)
{
	size_t i = 0;
	while (i < parent->n_subkeys && parent->subkeys[i] != k)
		i++;
	assert_true(i < parent->n_subkeys);
	model_free(k);
	parent->n_subkeys--;
	memmove(parent->subkeys + i, parent->subkeys + i + 1,
		(parent->n_subkeys - i) * sizeof(*parent->subkeys));
	parent->written = when;
}

static inline bool model_is_undeletable(const struct model_key *k)
{
	bool found = k->undeletable;
	for (size_t i = 0; !found && i < k->n_subkeys; i++)
		found = model_is_undeletable(k->subkeys[i]);
	return found;
}

/* ---- comparing ---- */

static inline void model_compare_value(const struct model_value *m, struct value v,
				       struct arena *arena)
{
	struct span data;
	struct err err = {0};
	char *name = value_name(v, arena);
	if (strcmp(name, m->name) != 0)
		fail_msg("value %s where %s is expected", name, m->name);
	if (value_data(v, arena, &data, &err))
		fail_msg("%s: %s", name, err.text);
	if (v.type != m->type || data.len != m->len ||
	    (m->len > 0 && memcmp(data.p, m->data, m->len) != 0))
		fail_msg("%s: type %u, %zu bytes where type %u, %zu bytes are expected", name,
			 v.type, data.len, m->type, m->len);
}

/* Compare one key: its own fields, its values, and with `deep` all keys below it. */
static inline void model_compare(const struct model_key *m, struct key k, bool deep)
{
	struct arena *arena = arena_new();
	struct value_iter values = key_values(k);
	struct key_iter subkeys = key_subkeys(k);
	struct value v;
	struct key sub;
	size_t n = 0;
	if (strcmp(key_name(k, arena), m->name) != 0)
		fail_msg("key %s where %s is expected", key_name(k, arena), m->name);
	if (key_written(k) != m->written)
		fail_msg("%s: last-written time", m->name);
	for (; value_next(&values, &v); n++) {
		assert_true(n < m->n_values);
		model_compare_value(&m->values[n], v, arena);
	}
	assert_int_equal(n, m->n_values);
	for (n = 0; key_next(&subkeys, &sub); n++) {
		assert_true(n < m->n_subkeys);
		if (deep)
			model_compare(m->subkeys[n], sub, true);
		else if (strcmp(key_name(sub, arena), m->subkeys[n]->name) != 0)
			fail_msg("%s: key %s is missing", m->name, m->subkeys[n]->name);
	}
	assert_int_equal(n, m->n_subkeys);
	assert_int_equal(values.err.code, E_OK);
	assert_int_equal(subkeys.err.code, E_OK);
	arena_free(arena);
}

/* ---- a hive to begin with ---- */

/* A hive with a root key, its security descriptor, one bin, and slack behind that. */
static inline struct span empty_hive(uint32_t minor, size_t slack)
{
	static const uint8_t descriptor[20] = {1, 0, 4, 0x80};
	struct tiny t = {.p = calloc(1, 8192 + slack), .next = 32};
	assert_non_null(t.p);
	t.root = tiny_ascii_key(&t, "ROOT");
	uint32_t sk = tiny_cell(&t, 20 + sizeof(descriptor));
	put_le16(tiny_at(&t, t.root) + 2, 0x2c);
	put_le32(tiny_at(&t, t.root) + 44, sk);
	memcpy(tiny_at(&t, sk), "sk", 2);
	put_le32(tiny_at(&t, sk) + 4, sk);
	put_le32(tiny_at(&t, sk) + 8, sk);
	put_le32(tiny_at(&t, sk) + 12, 1);
	put_le32(tiny_at(&t, sk) + 16, sizeof(descriptor));
	memcpy(tiny_at(&t, sk) + 20, descriptor, sizeof(descriptor));
	tiny_base(&t);
	put_le32(t.p + 24, minor);
	put_le32(t.p + 40, 4096);
	put_le32(t.p + 4096 + 8, 4096);
	put_le32(t.p + 4096 + t.next, 4096 - t.next);
	memset(t.p + 8192, 0xee, slack);
	tiny_checksum(&t);
	return (struct span){t.p, 8192 + slack};
}

#endif
