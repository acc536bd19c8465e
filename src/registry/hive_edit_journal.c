/* SPDX-License-Identifier: MIT */
/*
 * The journal of one edit: the bytes that were there before each write, in order.
 *
 * Taking an edit back writes them again, last first, so that a place written twice ends as it was.
 * What the journal holds is bounded by what the edit writes: cell headers, fields, lists and the
 * new data, never the whole hive. The size of the bins is kept beside it, because it is also a
 * field of the view; the map of cells is not undone but made anew when it is next asked for.
 */
#include "hive_edit_internal.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ITEMS 256u
#define FIRST_KEPT  65536u /* bytes */

void edit_begin(struct hive_edit *e)
{
	e->journal.n = 0;
	e->journal.kept_len = 0;
	e->journal.failed = false;
	e->cells.touched = false;
	e->bins_before = e->view.bins_size;
}

static void take_back(struct hive_edit *e)
{
	struct journal *j = &e->journal;
	while (j->n > 0) {
		struct journal_item item = j->items[--j->n];
		memcpy(e->bytes + item.off, j->kept + item.kept_at, item.len);
	}
	e->view.bins_size = e->bins_before;
	if (e->cells.touched)
		e->cells.known = false;
	edit_bounds_free(e);
	key_finder_forget(&e->finder);
}

int edit_end(struct hive_edit *e, int result, struct err *err)
{
	if (result >= 0 && e->journal.failed)
		result = err_set(err, E_MEMORY, "no memory to keep what an edit changes");
	if (result < 0)
		take_back(e);
	else if (e->journal.n > 0)
		e->changed = true;
	return result;
}

void edit_journal_free(struct hive_edit *e)
{
	free(e->journal.items);
	free(e->journal.kept);
}

/* Make *p, an array of *cap elements, hold `wanted` of them. */
static bool make_room(void **p, size_t *cap, size_t wanted, size_t size, size_t first)
{
	size_t more = *cap > 0 ? *cap : first;
	while (more < wanted)
		if (__builtin_mul_overflow(more, 2, &more))
			return false;
	if (more == *cap)
		return true;
	void *grown = reallocarray(*p, more, size);
	if (!grown)
		return false;
	*p = grown;
	*cap = more;
	return true;
}

static bool has_room(struct journal *j, size_t len)
{
	void *items = j->items, *kept = j->kept;
	bool ok = make_room(&items, &j->cap, j->n + 1, sizeof(*j->items), FIRST_ITEMS);
	j->items = items;
	ok = ok && make_room(&kept, &j->kept_cap, j->kept_len + len, 1, FIRST_KEPT);
	j->kept = kept;
	return ok;
}

/* Where to write len bytes at off, after keeping what is there; NULL when it cannot be kept. */
static uint8_t *keep(struct hive_edit *e, uint64_t off, size_t len)
{
	struct journal *j = &e->journal;
	if (j->failed || !span_holds(e->view.bytes, off, len) || !has_room(j, len)) {
		j->failed = true;
		return NULL;
	}
	memcpy(j->kept + j->kept_len, e->bytes + off, len);
	j->items[j->n++] = (struct journal_item){off, len, j->kept_len};
	j->kept_len += len;
	return e->bytes + off;
}

void edit_put(struct hive_edit *e, uint64_t off, struct span data)
{
	uint8_t *to = data.len > 0 ? keep(e, off, data.len) : NULL;
	if (to)
		memcpy(to, data.p, data.len);
}

void edit_zero(struct hive_edit *e, uint64_t off, size_t len)
{
	uint8_t *to = keep(e, off, len);
	if (to)
		memset(to, 0, len);
}

void edit_put16(struct hive_edit *e, uint64_t off, uint16_t v)
{
	uint8_t *to = keep(e, off, sizeof(v));
	if (to)
		put_le16(to, v);
}

void edit_put32(struct hive_edit *e, uint64_t off, uint32_t v)
{
	uint8_t *to = keep(e, off, sizeof(v));
	if (to)
		put_le32(to, v);
}

void edit_put64(struct hive_edit *e, uint64_t off, uint64_t v)
{
	uint8_t *to = keep(e, off, sizeof(v));
	if (to)
		put_le64(to, v);
}

void edit_move(struct hive_edit *e, uint64_t to, uint64_t from, size_t len)
{
	if (!span_holds(e->view.bytes, from, len)) {
		e->journal.failed = true;
		return;
	}
	uint8_t *there = len > 0 ? keep(e, to, len) : NULL;
	if (there)
		memmove(there, e->bytes + from, len);
}
