/* SPDX-License-Identifier: MIT */
/*
 * A growing list of byte ranges with old and new content. Ranges never overlap once sorted.
 */
#include "stop7b/writes.h"

#include <stdlib.h>

#include "stop7b/list.h"

int writes_take(struct write_list *list, const struct write *w, struct err *err)
{
	struct write *items = list_grow(list->arena, list->items, list->n, &list->cap,
					sizeof(*items), err);
	if (!items)
		return -1;
	list->items = items;
	list->items[list->n++] = *w;
	return 0;
}

int writes_add(struct write_list *list, const struct write *w, struct err *err)
{
	struct write copy = *w;
	copy.old_bytes = arena_copy(list->arena, w->old_bytes, w->len);
	copy.new_bytes = arena_copy(list->arena, w->new_bytes, w->len);
	copy.what = w->what.plain ? said_copy(w->what, list->arena) : said_as_is("");
	if (!copy.old_bytes || !copy.new_bytes || !copy.what.plain)
		return err_set(err, E_MEMORY, "no memory for a write of %zu bytes", w->len);
	return writes_take(list, &copy, err);
}

static int by_offset(const void *a, const void *b)
{
	const struct write *x = a, *y = b;
	return (x->off > y->off) - (x->off < y->off);
}

int writes_sort(struct write_list *list, struct err *err)
{
	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), by_offset);
	for (size_t i = 1; i < list->n; i++) {
		const struct write *a = &list->items[i - 1], *b = &list->items[i];
		if (a->len > b->off - a->off)
			return err_set(err, E_CORRUPT,
				       "two writes overlap at byte 0x%llx (\"%s\" and \"%s\")",
				       (unsigned long long)b->off, SAID_ARG(a->what),
				       SAID_ARG(b->what));
	}
	return 0;
}
