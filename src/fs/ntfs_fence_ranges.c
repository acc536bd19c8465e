/* SPDX-License-Identifier: MIT */
/*
 * The fence's tables: clusters of streams, numbers, bits. Nothing is judged here.
 */
#include "ntfs_fence.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define PAGE 4096u /* bytes of a bitmap that are read at once */

int fence_add_stream(struct fence_ranges *r, const struct ntfs_stream *s, uint32_t cluster,
		     enum ntfs_place place, uint64_t owner, struct err *err)
{
	for (size_t i = 0; i < s->runs.n; i++) {
		const struct ntfs_run *run = &s->runs.items[i];
		if (run->lcn == NTFS_HOLE)
			continue;
		struct fence_range *items = list_grow(r->arena, r->items, r->n, &r->cap,
						      sizeof(*items), err);
		if (!items)
			return -1;
		r->items = items;
		items[r->n++] = (struct fence_range){.from = run->lcn * cluster,
						     .to = (run->lcn + run->n) * cluster,
						     .first = run->vcn * cluster,
						     .owner = owner,
						     .place = place};
	}
	return 0;
}

static int by_from(const void *a, const void *b)
{
	const struct fence_range *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

void fence_sort(struct fence_ranges *r)
{
	if (r->n > 1)
		qsort(r->items, r->n, sizeof(*r->items), by_from);
}

const struct fence_range *fence_find(const struct fence_ranges *r, uint64_t off)
{
	size_t low = 0, high = r->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->items[mid].from <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && off < r->items[low - 1].to ? &r->items[low - 1] : NULL;
}

/* Where number is, or would be. */
static size_t index_of(const struct fence_numbers *r, uint64_t number)
{
	size_t low = 0, high = r->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->items[mid] < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool fence_has_number(const struct fence_numbers *r, uint64_t number)
{
	size_t i = index_of(r, number);
	return i < r->n && r->items[i] == number;
}

int fence_add_number(struct fence_numbers *r, uint64_t number, struct err *err)
{
	size_t at = index_of(r, number);
	if (at < r->n && r->items[at] == number)
		return 0;
	uint64_t *items = list_grow(r->arena, r->items, r->n, &r->cap, sizeof(*items), err);
	if (!items)
		return -1;
	r->items = items;
	memmove(items + at + 1, items + at, (r->n - at) * sizeof(*items));
	items[at] = number;
	r->n++;
	return 0;
}

int fence_bits_open(struct fence_bits *b, struct ntfs_core *core, uint64_t number, uint32_t type,
		    struct arena *arena, struct err *err)
{
	const struct ntfs_stream_id id = {type, ""};
	*b = (struct fence_bits){.core = core, .page_at = UINT64_MAX};
	if (ntfs_stream_load(core, number, &id, arena, &b->stream, err) != 0)
		return -1;
	if (!b->stream.found)
		return err_set(err, E_CORRUPT, "MFT record %llu has no bitmap",
			       (unsigned long long)number);
	b->page = arena_alloc(arena, PAGE, err);
	return b->page ? 0 : -1;
}

int fence_bit(struct fence_bits *b, uint64_t number, struct err *err)
{
	uint64_t byte = number / 8, page = byte / PAGE * PAGE;
	if (byte >= b->stream.size)
		return 0;
	if (page != b->page_at) {
		uint64_t len = b->stream.size - page;
		b->page_at = UINT64_MAX;
		if (ntfs_stream_read(b->core, &b->stream, page, b->page,
				     len < PAGE ? (size_t)len : PAGE, err) != 0)
			return -1;
		b->page_at = page;
	}
	return b->page[byte % PAGE] >> number % 8 & 1;
}
