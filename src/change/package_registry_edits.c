/* SPDX-License-Identifier: MIT */
/*
 * A list of registry edits made against a hive: a key is created before its first value, and what
 * the hive holds already is not written again.
 */
#include "package_registry_internal.h"

#include <string.h>

#include "stop7b/list.h"
#include "stop7b/reg_data.h"

static int add(struct edits *e, const struct edit *edit)
{
	e->items = list_grow(e->arena, e->items, e->n, &e->cap, sizeof(*edit), e->err);
	if (!e->items)
		return -1;
	e->items[e->n++] = *edit;
	return 0;
}

static bool find_key(const struct edits *e, const char *path, struct key *out)
{
	return key_find(hive_root(e->hive), path, out, NULL) == 0;
}

static bool find_value(const struct edits *e, const char *path, const char *name, struct value *out)
{
	struct key key;
	return find_key(e, path, &key) && value_find(key, name, out, NULL) == 0;
}

bool edits_has(const struct edits *e, const char *key, const char *name)
{
	struct value v;
	return find_value(e, key, name, &v);
}

const char *edits_text_of(const struct edits *e, const char *key, const char *name)
{
	struct value v;
	char *text;
	if (!find_value(e, key, name, &v) || value_raw_text(v, e->arena, &text, NULL) < 0)
		return NULL;
	return text;
}

const char *edits_path(struct edits *e, const char *above, const char *below)
{
	const char *path = *below ? arena_printf(e->arena, "%s\\%s", above, below) : above;
	if (!path)
		no_memory(e->err);
	return path;
}

int edits_key(struct edits *e, const char *key)
{
	struct key found;
	if (find_key(e, key, &found))
		return 0;
	for (size_t i = e->n; i-- > 0;)
		if (e->items[i].op == HIVE_CREATE_KEY && text_equal(e->items[i].key, key))
			return 0;
	return add(e, &(struct edit){.op = HIVE_CREATE_KEY, .key = key, .name = ""});
}

static bool is_so(const struct edits *e, const char *key, const char *name, uint32_t type,
		  struct span data)
{
	struct value v;
	struct span is;
	return find_value(e, key, name, &v) && v.type == type &&
	       value_data(v, e->arena, &is, NULL) == 0 && is.len == data.len &&
	       (!data.len || memcmp(is.p, data.p, data.len) == 0);
}

int edits_set(struct edits *e, const char *key, const char *name, uint32_t type, struct span data)
{
	if (is_so(e, key, name, type, data))
		return 0;
	if (edits_key(e, key) < 0)
		return -1;
	return add(e,
		   &(struct edit){
			   .op = HIVE_SET, .key = key, .name = name, .type = type, .data = data});
}

int edits_number(struct edits *e, const char *key, const char *name, uint32_t number)
{
	uint8_t *p = arena_alloc(e->arena, 4, e->err);
	if (!p)
		return -1;
	put_le32(p, number);
	return edits_set(e, key, name, REG_DWORD, (struct span){p, 4});
}

int edits_text(struct edits *e, const char *key, const char *name, uint32_t type, const char *text)
{
	struct span data;
	if (reg_data_parse(type, &text, 1, e->arena, &data, e->err) < 0)
		return -1;
	return edits_set(e, key, name, type, data);
}

static bool has_word(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (text_equal(words[i], word))
			return true;
	return false;
}

int edits_words(struct edits *e, const char *key, const char *name, const char *const *words,
		size_t n)
{
	struct value v;
	struct span data;
	char **old = NULL;
	size_t n_old = 0;
	if (find_value(e, key, name, &v) && value_texts(v, e->arena, &old, &n_old, NULL) < 0)
		n_old = 0;
	const char **all = arena_array(e->arena, n_old + n, sizeof(*all), e->err);
	if (!all)
		return -1;
	for (size_t i = 0; i < n_old; i++)
		all[i] = old[i];
	size_t count = n_old;
	for (size_t i = 0; i < n; i++)
		if (!has_word(all, count, words[i]))
			all[count++] = words[i];
	if (reg_data_parse(REG_MULTI_SZ, all, count, e->arena, &data, e->err) < 0)
		return -1;
	return edits_set(e, key, name, REG_MULTI_SZ, data);
}

int edits_delete_key(struct edits *e, const char *key)
{
	struct key found;
	if (!find_key(e, key, &found))
		return 0;
	return add(e, &(struct edit){.op = HIVE_DELETE_KEY, .key = key, .name = ""});
}
