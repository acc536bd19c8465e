/* SPDX-License-Identifier: MIT */
/*
 * A boot store: the keys of a hive as objects with elements, and questions about them.
 *
 * The hive is walked once: Objects, below it one key for each object with Description (its type)
 * and Elements, below that one key for each element with one value. Nothing that is damaged ends
 * the reading; it is counted, and the first case is kept with where it was. Keys, values and bytes
 * are counted against what the hive can hold, because in a damaged hive many keys may lead to
 * the same ones.
 * Source: doc/FORMATS/bcd.md, "The store", "Elements".
 */
#include "bcd_internal.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INHERIT_MAX 64u /* objects asked for one inherited element; own limit */

struct reading {
	struct bcd_store *store;
	struct arena *arena;
	uint64_t keys, bytes; /* still to be read, at most */
	struct err *err;
};

/* Note damage in an object, or in the store itself; 0, or -1 without memory. */
static int __attribute__((format(printf, 3, 4)))
damaged(struct reading *r, struct bcd_object *o, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	const char *problem = arena_strdup(r->arena, text);
	if (o && !o->problem)
		o->problem = problem;
	if (!r->store->problem && problem)
		r->store->problem = o ? arena_printf(r->arena, "%s: %s", o->guid, problem)
				      : problem;
	r->store->whole = false;
	r->store->n_problems++;
	return problem && r->store->problem ? 0 : no_memory(r->err);
}

/* The next subkey, as long as the hive can hold that many; what is met becomes it->err. */
static bool take_key(struct reading *r, struct key_iter *it, struct key *out)
{
	if (!key_next(it, out))
		return false;
	if (r->keys > 0) {
		r->keys--;
		return true;
	}
	err_set(&it->err, E_CORRUPT, "more keys than the hive can hold");
	return false;
}

/* ---- elements ---- */

/* An element's id from the name of its key: eight hexadecimal digits. */
static bool parse_id(const char *name, uint32_t *out)
{
	if (strlen(name) != 8 || strspn(name, "0123456789abcdefABCDEF") != 8)
		return false;
	*out = (uint32_t)strtoul(name, NULL, 16);
	return true;
}

static int read_element(struct reading *r, struct bcd_object *o, struct key k)
{
	struct bcd_element *e = &o->elements[o->n];
	struct value v;
	struct err why = {0};
	const char *name = key_name(k, r->arena);
	if (!name)
		return no_memory(r->err);
	if (!parse_id(name, &e->id))
		return damaged(r, o, "Elements\\%s: not the name of an element", name);
	if (value_find(k, "Element", &v, &why) != 0)
		return damaged(r, o, "Elements\\%s: %s", name, why.text);
	if (bcd_value_read(e, v, bcd_name(o->type, e->id), &r->bytes, r->arena, r->err) != 0)
		return -1;
	o->n++;
	if (e->problem && !o->problem)
		o->problem = arena_printf(r->arena, "Elements\\%s: %s", name, e->problem);
	return e->damaged ? damaged(r, o, "Elements\\%s: %s", name, e->problem) : 0;
}

/* How many subkeys there are, whatever the key claims, and no more than may still be read. */
static size_t count_subkeys(const struct reading *r, struct key k)
{
	struct key_iter it = key_subkeys(k);
	struct key sub;
	size_t n = 0;
	while (n < r->keys && key_next(&it, &sub))
		n++;
	return n;
}

static int read_elements(struct reading *r, struct bcd_object *o, struct key object)
{
	struct key elements, k;
	struct err e = {0};
	if (key_find(object, "Elements", &elements, &e) != 0)
		return e.code == E_NOTFOUND ? 0 : damaged(r, o, "Elements: %s", e.text);
	size_t n = count_subkeys(r, elements);
	o->elements = arena_array(r->arena, n, sizeof(*o->elements), r->err);
	if (!o->elements)
		return -1;
	struct key_iter it = key_subkeys(elements);
	while (take_key(r, &it, &k)) {
		if (read_element(r, o, k) != 0)
			return -1;
	}
	return it.err.code ? damaged(r, o, "Elements: %s", it.err.text) : 0;
}

/* ---- objects ---- */

static int read_guid(struct reading *r, struct bcd_object *o, struct key k)
{
	char *guid = key_name(k, r->arena);
	o->guid = guid;
	if (!guid)
		return no_memory(r->err);
	if (!bcd_is_guid(guid))
		return damaged(r, o, "not an object's id");
	for (char *p = guid; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	o->alias = bcd_alias(guid);
	return 0;
}

static int read_type(struct reading *r, struct bcd_object *o, struct key k)
{
	struct key description;
	struct err e = {0};
	if (key_find(k, "Description", &description, &e) != 0 ||
	    key_u32(description, "Type", &o->type, &e) != 0) {
		o->kind = "Unknown";
		return damaged(r, o, "no type: %s", e.text);
	}
	o->kind = bcd_kind(o->type, o->guid);
	if (!o->kind)
		o->kind = arena_printf(r->arena, "Unknown (%08x)", o->type);
	return o->kind ? 0 : no_memory(r->err);
}

static int read_object(struct reading *r, struct key k)
{
	struct bcd_object *o = &r->store->objects[r->store->n++];
	return read_guid(r, o, k) != 0 || read_type(r, o, k) != 0 || read_elements(r, o, k) != 0
		       ? -1
		       : 0;
}

static int read_objects(struct reading *r, struct key objects)
{
	size_t n = count_subkeys(r, objects);
	struct key k;
	r->store->objects = arena_array(r->arena, n, sizeof(*r->store->objects), r->err);
	if (!r->store->objects)
		return -1;
	struct key_iter it = key_subkeys(objects);
	while (r->store->n < n && take_key(r, &it, &k)) {
		if (read_object(r, k) != 0)
			return -1;
	}
	return it.err.code ? damaged(r, NULL, "Objects: %s", it.err.text) : 0;
}

/* Of two with one id the one that is stored first. */
static int by_guid(const void *a, const void *b)
{
	const struct bcd_object *x = *(const struct bcd_object *const *)a,
				*y = *(const struct bcd_object *const *)b;
	int order = text_casecmp(x->guid, y->guid);
	return order ? order : (x > y) - (x < y);
}

static int index_objects(struct reading *r)
{
	struct bcd_store *s = r->store;
	s->by_guid = arena_array(r->arena, s->n, sizeof(struct bcd_object *), r->err);
	if (!s->by_guid)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		s->by_guid[i] = &s->objects[i];
	if (s->n > 1)
		qsort(s->by_guid, s->n, sizeof(struct bcd_object *), by_guid);
	return 0;
}

/* ---- inheritance ---- */

enum mark { NOT_SEEN, ON_PATH, DONE };

/* A way through the lists of inheritance, as long as the store has objects: no recursion. */
struct inheritance {
	const struct bcd_store *store;
	uint8_t *marks; /* enum mark of each object */
	struct step {
		const struct bcd_object *object;
		size_t next; /* parent to go to */
	} * path;
	size_t depth;
	const struct bcd_object *circle;
};

static void step_to(struct inheritance *h, const struct bcd_object *o)
{
	uint8_t *mark = &h->marks[o - h->store->objects];
	if (*mark == ON_PATH)
		h->circle = o;
	if (*mark != NOT_SEEN)
		return;
	*mark = ON_PATH;
	h->path[h->depth++] = (struct step){.object = o};
}

static void follow(struct inheritance *h, const struct bcd_object *o)
{
	step_to(h, o);
	while (h->depth > 0 && !h->circle) {
		struct step *s = &h->path[h->depth - 1];
		const struct bcd_element *e = bcd_element(s->object, BCD_INHERITED);
		if (!e || !e->guids || s->next >= e->n) {
			h->marks[s->object - h->store->objects] = DONE;
			h->depth--;
			continue;
		}
		const struct bcd_object *parent = bcd_object(h->store, e->guids[s->next++]);
		if (parent)
			step_to(h, parent);
	}
}

static int note_circles(struct reading *r)
{
	struct inheritance h = {.store = r->store};
	h.marks = arena_alloc(r->arena, r->store->n, r->err);
	h.path = arena_array(r->arena, r->store->n, sizeof(*h.path), r->err);
	if (!h.marks || !h.path)
		return -1;
	for (size_t i = 0; i < r->store->n && !h.circle; i++)
		follow(&h, &r->store->objects[i]);
	if (!h.circle)
		return 0;
	r->store->note = arena_printf(r->arena, "%s inherits from itself", h.circle->guid);
	return r->store->note ? 0 : no_memory(r->err);
}

/* ---- the store ---- */

static int note_hive(struct reading *r, const struct hive *h)
{
	if (h->damaged_bin != HIVE_NONE &&
	    damaged(r, NULL, "the hive bin at 0x%x is damaged", h->damaged_bin) != 0)
		return -1;
	return h->dirty ? damaged(r, NULL, "the hive was not closed cleanly") : 0;
}

static int find_objects(const struct hive *h, struct key *out, struct err *err)
{
	if (key_find(hive_root(h), "Objects", out, NULL) != 0)
		return err_set(err, E_FORMAT, "a registry hive, but not a boot store");
	if (h->bins_size > BCD_BINS_MAX)
		return err_set(err, E_UNSUPPORTED, "a boot store of %u bytes", h->bins_size);
	return 0;
}

int bcd_read(const struct hive *h, struct arena *arena, struct bcd_store *out, struct err *err)
{
	struct reading r = {out, arena, hive_keys_max(h), h->bins_size, err};
	struct key objects, description;
	char *name = NULL;
	*out = (struct bcd_store){.whole = true};
	if (find_objects(h, &objects, err) != 0)
		return -1;
	if (key_find(hive_root(h), "Description", &description, NULL) == 0 &&
	    key_text(description, "KeyName", arena, &name, NULL) == 0)
		out->key_name = name;
	if (note_hive(&r, h) != 0 || read_objects(&r, objects) != 0 || index_objects(&r) != 0)
		return -1;
	return note_circles(&r);
}

/* ---- questions ---- */

const struct bcd_object *bcd_object(const struct bcd_store *store, const char *guid)
{
	size_t low = 0, high = store->by_guid ? store->n : 0; /* the first that is not below guid */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_casecmp(store->by_guid[middle]->guid, guid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (store->by_guid)
		return low < store->n && text_casecmp(store->by_guid[low]->guid, guid) == 0
			       ? store->by_guid[low]
			       : NULL;
	for (size_t i = 0; i < store->n; i++)
		if (text_casecmp(store->objects[i].guid, guid) == 0)
			return &store->objects[i];
	return NULL;
}

const struct bcd_element *bcd_element(const struct bcd_object *object, uint32_t id)
{
	for (size_t i = 0; object && i < object->n; i++) {
		if (object->elements[i].id == id)
			return &object->elements[i];
	}
	return NULL;
}

struct search {
	const struct bcd_store *store;
	uint32_t id;
	const struct bcd_object *asked[INHERIT_MAX];
	size_t n;
};

static const struct bcd_element *search(struct search *s, const struct bcd_object *o)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->asked[i] == o)
			return NULL;
	}
	if (!o || s->n == INHERIT_MAX)
		return NULL;
	s->asked[s->n++] = o;
	const struct bcd_element *found = bcd_element(o, s->id);
	const struct bcd_element *parents = bcd_element(o, BCD_INHERITED);
	for (size_t i = 0; !found && parents && parents->guids && i < parents->n; i++)
		found = search(s, bcd_object(s->store, parents->guids[i]));
	return found;
}

const struct bcd_element *bcd_inherited(const struct bcd_store *store,
					const struct bcd_object *object, uint32_t id)
{
	struct search s = {.store = store, .id = id};
	return search(&s, object);
}

bool bcd_names(const struct bcd_element *element, const char *guid)
{
	for (size_t i = 0; element && element->guids && i < element->n; i++) {
		if (text_casecmp(element->guids[i], guid) == 0)
			return true;
	}
	return false;
}
