/* SPDX-License-Identifier: MIT */
/*
 * Marks of a review: which bytes of an edited hive stand for an edit that somebody asked for, and
 * which are the bookkeeping that goes with it, in words.
 */
#include "session_review.h"

#include <string.h>

#define MARKS_PER_EDIT 3u /* the value, its record, its key's time */
#define MARKS_OF_HIVE  2u /* base block, first bin's time */

static void add_mark(struct edited_hive *h, struct hive_range r, struct said what)
{
	h->marks[h->n_marks++] = (struct patch_mark){r.at, r.len, what, false};
}

/* What a person asked for: the bytes that stand for the whole edit. */
static void add_main(struct edited_hive *h, struct placed_edit *p, struct hive_range r,
		     struct said what)
{
	p->main = (struct patch_mark){r.at, r.len, what, true};
	h->marks[h->n_marks++] = p->main;
}

bool review_find_key(struct key_finder *in, const char *path, struct key *out)
{
	return key_finder_find(in, hive_root(in->hive), path, out, NULL) == 0;
}

bool review_find_value(struct key_finder *in, const struct edit *e, struct key *k, struct value *v)
{
	return review_find_key(in, e->key, k) && value_find(*k, e->name, v, NULL) == 0;
}

bool review_same_key(const struct placed_edit *a, const struct placed_edit *b)
{
	return a->hive == b->hive && strcmp(a->edit->key, b->edit->key) == 0;
}

static struct said what_of(struct building *b, const struct placed_edit *p)
{
	bool by_hand = strchr(p->change->subject, '\\') != NULL;
	if (by_hand)
		return said_as_is(text_utf8(b->arena, p->change->subject));
	const char *cut = strrchr(p->edit->key, '\\');
	const char *what = arena_printf(b->scratch, "%s %s", p->change->subject,
					p->edit->name[0] ? p->edit->name
					: cut            ? cut + 1
							 : p->edit->key);
	return said_as_is(what ? text_utf8(b->arena, what) : NULL);
}

static void mark_set(struct building *b, struct placed_edit *p)
{
	struct edited_hive *h = &b->hives[p->hive];
	struct key k;
	struct value v, old;
	if (!review_find_value(&h->after, p->edit, &k, &v))
		return; /* a later edit took it away again */
	add_main(h, p, value_range(v, VALUE_DATA), what_of(b, p));
	bool stays = review_find_value(&h->before, p->edit, &k, &old) &&
		     value_at(old) == value_at(v) && value_data_at(old) == value_data_at(v);
	if (!stays)
		add_mark(h, value_range(v, VALUE_RECORD),
			 said_make(b->arena, "record of %s", said_arg(p->main.what, b->arena)));
	h->structural |= !stays;
}

/* What always changes when a value or key comes or goes is a number in a key that stays. */
static void mark_count(struct building *b, struct placed_edit *p, struct key k, enum key_part part)
{
	struct edited_hive *h = &b->hives[p->hive];
	add_main(h, p, key_range(k, part), what_of(b, p));
	h->structural = true;
}

static void mark_delete_value(struct building *b, struct placed_edit *p)
{
	struct key k;
	b->hives[p->hive].structural = true;
	if (review_find_key(&b->hives[p->hive].before, p->edit->key, &k))
		mark_count(b, p, k, KEY_VALUES);
}

static void mark_create_key(struct building *b, struct placed_edit *p)
{
	struct edited_hive *h = &b->hives[p->hive];
	struct key k;
	h->structural = true;
	if (review_find_key(&h->after, p->edit->key, &k))
		add_main(h, p, key_range(k, KEY_RECORD), what_of(b, p));
}

static void mark_delete_key(struct building *b, struct placed_edit *p)
{
	struct key parent;
	const char *cut = strrchr(p->edit->key, '\\');
	char *path = arena_printf(b->scratch, "%.*s", cut ? (int)(cut - p->edit->key) : 0,
				  p->edit->key);
	b->hives[p->hive].structural = true;
	if (path && review_find_key(&b->hives[p->hive].before, path, &parent))
		mark_count(b, p, parent, KEY_SUBKEYS);
}

static void (*const markers[])(struct building *, struct placed_edit *) = {
	[HIVE_SET] = mark_set,
	[HIVE_DELETE_VALUE] = mark_delete_value,
	[HIVE_CREATE_KEY] = mark_create_key,
	[HIVE_DELETE_KEY] = mark_delete_key,
};

static void mark_key_time(struct building *b, const struct placed_edit *p)
{
	struct edited_hive *h = &b->hives[p->hive];
	struct key k;
	if (review_find_key(&h->after, p->edit->key, &k))
		add_mark(
			h, key_range(k, KEY_TIME),
			said_make(b->arena, "time of key %s", text_utf8(b->scratch, p->edit->key)));
}

int review_mark(struct building *b, struct err *err)
{
	for (size_t i = 0; i < b->n_hives; i++) {
		struct edited_hive *h = &b->hives[i];
		h->marks = arena_array(b->scratch, b->n_edits * MARKS_PER_EDIT + MARKS_OF_HIVE,
				       sizeof(*h->marks), err);
		if (!h->marks)
			return -1;
		add_mark(h, hive_range(HIVE_BASE_BLOCK), said_of("hive header"));
		add_mark(h, hive_range(HIVE_FIRST_BIN_TIME), said_of("time in the first hive bin"));
	}
	for (size_t i = 0; i < b->n_edits; i++) {
		markers[b->edits[i].edit->op](b, &b->edits[i]);
		if (i == 0 || !review_same_key(&b->edits[i - 1], &b->edits[i]))
			mark_key_time(b, &b->edits[i]);
	}
	return 0;
}
