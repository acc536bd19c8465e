/* SPDX-License-Identifier: MIT */
/*
 * From changed pages to the keys that they could have changed: one walk of our own over the tree,
 * asking of each cell that belongs to a key whether it lies in a changed page, and telling the keys
 * above.
 *
 * Security records are left out, and so is damage: the walk goes on beside it. Keys and depth are
 * bounded as in every walk of a hive.
 */
#include "stop7b/hive_touched.h"
#include "hive_internal.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_COUNT_AT = 2, LIST_FIRST_AT = 4, DB_LIST_AT = 4 };

struct hive_touched {
	const struct hive *hive;
	uint8_t *pages; /* of the bins: is it changed? */
	uint8_t *keys;  /* by cell offset, in units of CELL_ALIGN, a bit each */
	uint32_t bins;  /* bytes of them that are there */
};

struct frame {
	struct key_iter it;
	bool touched;
};

struct walk {
	struct hive_touched *t;
	struct frame *frames; /* HIVE_DEPTH_MAX of them */
	size_t depth;
	uint32_t keys; /* left before there are more than fit */
};

bool hive_page_same(struct span a, struct span b, size_t page)
{
	uint64_t at = (uint64_t)page * HIVE_PAGE;
	struct span x = span_sub(a, at, HIVE_PAGE), y = span_sub(b, at, HIVE_PAGE);
	return x.len == HIVE_PAGE && y.len == HIVE_PAGE && memcmp(x.p, y.p, HIVE_PAGE) == 0;
}

/* ---- the cells of a key ---- */

static bool in_changed_page(const struct hive_touched *t, uint32_t at, uint64_t len)
{
	for (uint64_t page = at / HIVE_PAGE; page * HIVE_PAGE < at + len; page++)
		if (page >= t->bins / HIVE_PAGE || t->pages[page])
			return true;
	return false;
}

/* A cell that is not one has no content: it is not touched, and content is empty. */
static bool cell_touched(const struct hive_touched *t, uint32_t at, struct span *content)
{
	*content = (struct span){NULL, 0};
	if (at == HIVE_NONE || hive_cell(t->hive, at, 0, "", content, NULL) < 0)
		return false;
	return in_changed_page(t, at, CELL_HEADER + content->len);
}

static bool listed_touched(const struct hive_touched *t, struct span list, uint64_t first,
			   uint32_t n)
{
	struct span cell;
	for (uint32_t i = 0; i < n && span_holds(list, first + 4 * (uint64_t)i, 4); i++)
		if (cell_touched(t, le32(list, first + 4 * (uint64_t)i), &cell))
			return true;
	return false;
}

static bool subkeys_touched(const struct hive_touched *t, struct span nk)
{
	struct span list;
	if (le32(nk, NK_SUBKEYS_AT) == 0)
		return false;
	if (cell_touched(t, le32(nk, NK_LIST_AT), &list))
		return true;
	bool root = span_holds(list, 0, LIST_FIRST_AT) && u8(list, 0) == 'r' && u8(list, 1) == 'i';
	return root && listed_touched(t, list, LIST_FIRST_AT, le16(list, LIST_COUNT_AT));
}

static bool big_data_touched(const struct hive_touched *t, struct span db)
{
	struct span list;
	if (!span_holds(db, 0, DB_LIST_AT + 4))
		return false;
	return cell_touched(t, le32(db, DB_LIST_AT), &list) ||
	       listed_touched(t, list, 0, le16(db, LIST_COUNT_AT));
}

static bool value_touched(const struct hive_touched *t, struct value v)
{
	struct span vk, data;
	if (cell_touched(t, v.at, &vk))
		return true;
	if (v.in_line || v.size == 0 || !span_holds(vk, VK_DATA_AT, 4))
		return false;
	if (cell_touched(t, le32(vk, VK_DATA_AT), &data))
		return true;
	return v.size > DB_SEGMENT && t->hive->minor >= DB_MINOR && big_data_touched(t, data);
}

static bool values_touched(const struct hive_touched *t, struct key k, struct span nk)
{
	struct span list;
	struct value v;
	if (le32(nk, NK_VALUES_AT) > 0 && cell_touched(t, le32(nk, NK_VALUE_LIST_AT), &list))
		return true;
	for (struct value_iter it = key_values(k); value_next(&it, &v);)
		if (value_touched(t, v))
			return true;
	return false;
}

static bool key_touched(const struct hive_touched *t, struct key k)
{
	struct span nk, class;
	if (hive_key_record(k, &nk, NULL) < 0)
		return false;
	return in_changed_page(t, k.at, CELL_HEADER + nk.len) || subkeys_touched(t, nk) ||
	       (le16(nk, NK_CLASS_LEN_AT) > 0 && cell_touched(t, le32(nk, NK_CLASS_AT), &class)) ||
	       values_touched(t, k, nk);
}

/* ---- the walk ---- */

static void mark(struct hive_touched *t, uint32_t at)
{
	if (at < t->bins)
		t->keys[at / CELL_ALIGN / 8] |= (uint8_t)(1u << (at / CELL_ALIGN % 8));
}

static void enter(struct walk *w, struct key k)
{
	if (w->depth == HIVE_DEPTH_MAX || w->keys == 0)
		return;
	w->keys--;
	w->frames[w->depth++] = (struct frame){key_subkeys(k), key_touched(w->t, k)};
}

static void leave(struct walk *w)
{
	struct frame *top = &w->frames[--w->depth];
	if (!top->touched)
		return;
	mark(w->t, top->it.key.at);
	if (w->depth > 0)
		top[-1].touched = true;
}

static void walk_keys(struct walk *w)
{
	struct key sub;
	enter(w, hive_root(w->t->hive));
	while (w->depth > 0) {
		size_t depth = w->depth;
		if (key_next(&w->frames[depth - 1].it, &sub))
			enter(w, sub);
		else
			leave(w);
	}
}

struct hive_touched *hive_touched(const struct hive *h, struct span before, struct arena *arena,
				  struct err *err)
{
	struct hive_touched *t = arena_array(arena, 1, sizeof(*t), err);
	uint64_t there = h->bytes.len > HIVE_BASE ? h->bytes.len - HIVE_BASE : 0;
	if (!t)
		return NULL;
	t->hive = h;
	t->bins = (uint32_t)(there < h->bins_size ? there : h->bins_size);
	t->pages = arena_array(arena, t->bins / HIVE_PAGE + 1, 1, err);
	t->keys = arena_array(arena, t->bins / CELL_ALIGN / 8 + 1, 1, err);
	struct walk w = {.t = t, .keys = hive_keys_max(h)};
	w.frames = arena_array(arena, HIVE_DEPTH_MAX, sizeof(*w.frames), err);
	if (!t->pages || !t->keys || !w.frames)
		return NULL;
	for (size_t i = 0; i < t->bins / HIVE_PAGE; i++)
		t->pages[i] = !hive_page_same(h->bytes, before, i + HIVE_BASE / HIVE_PAGE);
	walk_keys(&w);
	return t;
}

bool hive_is_touched(const struct hive_touched *t, struct key k)
{
	return k.at < t->bins && t->keys[k.at / CELL_ALIGN / 8] & 1u << (k.at / CELL_ALIGN % 8);
}
