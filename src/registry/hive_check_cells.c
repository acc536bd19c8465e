/* SPDX-License-Identifier: MIT */
/*
 * The ground of the whole-hive check: bins follow each other to the end, cells tile every bin, and
 * a reference counts only when it leads to the first byte of an allocated cell.
 *
 * One byte is kept for every place where a cell can begin. A reference is followed once, so the
 * rest of the check is bounded by the number of cells whatever the records claim. Behind a bin
 * header that is wrong the search goes on at every 4096 bytes; behind a cell whose size is
 * impossible it goes on with the next bin.
 */
#include "hive_check_internal.h"

#include <string.h>

enum { BIN_OWN_AT = 4, BIN_SIZE_AT = 8 };

static struct span bins_of(const struct check *c)
{
	return span_sub(c->h->bytes, HIVE_BASE, c->h->bins_size);
}

/* Bytes of the bin at `at`, 0 when its header is wrong. */
static uint32_t bin_size(struct span bins, uint32_t at)
{
	struct span bin = span_sub(bins, at, BIN_HEADER);
	uint32_t size = le32(bin, BIN_SIZE_AT);
	if (bin.len == 0 || memcmp(bin.p, "hbin", 4) != 0 || le32(bin, BIN_OWN_AT) != at ||
	    size == 0 || size % BIN_ALIGN != 0 || size > bins.len - at)
		return 0;
	return size;
}

static void mark_cell(struct check *c, uint32_t at, uint32_t size, bool free)
{
	struct hive_report *r = c->out;
	c->marks[at / CELL_ALIGN] = free ? MARK_FREE : MARK_USED;
	r->cells_free += free;
	r->cells_used += !free;
	r->bytes_free += free ? size : 0;
}

static void check_cells(struct check *c, struct span bins, uint32_t at, uint32_t end)
{
	bool was_free = false;
	while (at < end) {
		uint32_t raw = le32(bins, at), size = raw <= INT32_MAX ? raw : 0u - raw;
		bool free = raw <= INT32_MAX;
		if (size == 0 || size % CELL_ALIGN != 0 || size > end - at) {
			check_defect(c, D_CELL_SIZE, at);
			return;
		}
		mark_cell(c, at, size, free);
		c->out->free_pairs += free && was_free;
		was_free = free;
		at += size;
	}
}

void check_bins(struct check *c)
{
	struct span bins = bins_of(c);
	bool lost = false;
	uint32_t size;
	for (uint32_t at = 0; at < bins.len; at += size) {
		size = bin_size(bins, at);
		if (size == 0 && !lost)
			check_defect(c, D_BIN, at);
		lost = size == 0;
		if (lost) {
			size = BIN_ALIGN;
			continue;
		}
		c->out->bins++;
		check_cells(c, bins, at + BIN_HEADER, at + size);
	}
}

void check_lost(struct check *c)
{
	c->out->cells_lost = c->out->cells_used - c->n_reached;
}

/* Note a reference; false, with a defect, when it leads to no allocated cell. */
static bool follow(struct check *c, uint32_t owner, uint32_t at)
{
	uint8_t mark = check_mark(c, at);
	if (mark == 0)
		check_defect(c, D_NO_CELL, owner);
	else if (mark & MARK_FREE)
		check_defect(c, D_FREE, at);
	return mark & MARK_USED;
}

bool check_reach(struct check *c, uint32_t owner, uint32_t at, struct span *out)
{
	*out = (struct span){0};
	if (!follow(c, owner, at))
		return false;
	if (check_mark(c, at) & MARK_REACHED) {
		check_defect(c, D_TWICE, at);
		return false;
	}
	c->marks[at / CELL_ALIGN] |= MARK_REACHED;
	c->n_reached++;
	*out = check_record(c, at);
	return true;
}

void check_share(struct check *c, uint32_t owner, uint32_t at, enum mark shared)
{
	struct span cell;
	if (check_mark(c, at) & shared || check_reach(c, owner, at, &cell))
		c->marks[at / CELL_ALIGN] |= (uint8_t)shared;
}
