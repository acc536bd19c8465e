/* SPDX-License-Identifier: MIT */
/*
 * Cells of the edited hive: taken, given back, grown, and new bins in the file's own slack.
 *
 * A map says where cells begin and which are free. It is made once, when the first cell is asked
 * for, by walking the cells of every bin, and kept true from then on. A bin whose cells do not
 * chain is known up to the damage: what lies behind is neither taken nor freed. A cell is freed
 * only when the map knows that one begins there and the cell is allocated, so a cell that two
 * records share is freed once and the second attempt fails.
 *
 * The smallest fitting free cell is taken, the one at the lowest offset among equals; what is
 * left of it stays a free cell. A taken cell is zeroed, so that no old bytes show in a new
 * record. A freed cell keeps its bytes; its size turns positive and it is joined with free
 * neighbours of the same bin, as Windows does. A new bin begins where the bins end and is as
 * small as it can be.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Hive bin", "Cell".
 */
#include "hive_edit_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	BIN_OFFSET_AT = 4,
	BIN_SIZE_AT = 8,
	CELL_LEAST = 8, /* bytes, header included */
	WORD_BITS = 64,
};

#define BINS_MAX 0x7ffff000u /* cell sizes are 31 bits */

/* ---- the map ---- */

static bool begins(const struct cells *c, uint32_t at)
{
	uint32_t bit = at / CELL_ALIGN;
	return c->starts[bit / WORD_BITS] >> bit % WORD_BITS & 1;
}

static void set_begins(struct cells *c, uint32_t at, bool on)
{
	uint32_t bit = at / CELL_ALIGN;
	uint64_t mask = UINT64_C(1) << bit % WORD_BITS;
	if (on)
		c->starts[bit / WORD_BITS] |= mask;
	else
		c->starts[bit / WORD_BITS] &= ~mask;
}

/* The cell in front of the one at `at`, not below first; HIVE_NONE when there is none. */
static uint32_t cell_before(const struct cells *c, uint32_t at, uint32_t first)
{
	uint32_t bit = at / CELL_ALIGN, word = bit / WORD_BITS;
	uint64_t bits = c->starts[word] & ((UINT64_C(1) << bit % WORD_BITS) - 1);
	while (bits == 0 && word > first / CELL_ALIGN / WORD_BITS)
		bits = c->starts[--word];
	if (bits == 0)
		return HIVE_NONE;
	uint32_t high = WORD_BITS - 1 - (uint32_t)__builtin_clzll(bits);
	uint32_t before = (word * WORD_BITS + high) * CELL_ALIGN;
	return before >= first ? before : HIVE_NONE;
}

static uint64_t free_number(uint32_t at, uint32_t size)
{
	return (uint64_t)size << 32 | at;
}

static uint32_t raw_size(const struct hive_edit *e, uint32_t at)
{
	return le32(e->view.bytes, (uint64_t)HIVE_BASE + at);
}

static uint32_t bin_of(const struct hive_edit *e, uint32_t at)
{
	return e->cells.bins[at / BIN_ALIGN];
}

static uint32_t bin_end(const struct hive_edit *e, uint32_t at)
{
	return e->cells.ends[at / BIN_ALIGN];
}

/* Enter the cells of a bin into the map, up to the first that cannot be one. */
static int map_cells(struct hive_edit *e, uint32_t bin, uint32_t end)
{
	uint32_t size;
	for (uint32_t at = bin + BIN_HEADER; at < end; at += size) {
		uint32_t raw = raw_size(e, at);
		size = raw <= INT32_MAX ? raw : 0u - raw;
		if (size < CELL_LEAST || size % CELL_ALIGN != 0 || size > end - at)
			return 0;
		set_begins(&e->cells, at, true);
		if (raw <= INT32_MAX && free_set_add(&e->cells.free, free_number(at, size)))
			return -1;
	}
	return 0;
}

static int map_bin(struct hive_edit *e, uint32_t bin, uint32_t size)
{
	for (uint32_t at = bin; at < bin + size; at += BIN_ALIGN) {
		e->cells.bins[at / BIN_ALIGN] = bin;
		e->cells.ends[at / BIN_ALIGN] = bin + size;
	}
	return map_cells(e, bin, bin + size);
}

/*
 * Bytes of the bin at `at`; 0 when its header is none. The chain was sound when the hive was
 * opened, but a value whose data lies over a header can have been set since.
 */
static uint32_t bin_size(const struct hive_edit *e, uint32_t at)
{
	uint32_t size = le32(e->view.bytes, (uint64_t)HIVE_BASE + at + BIN_SIZE_AT);
	return size % BIN_ALIGN == 0 && size <= e->view.bins_size - at ? size : 0;
}

static int map_all(struct hive_edit *e)
{
	struct cells *c = &e->cells;
	size_t most = e->view.bytes.len - HIVE_BASE; /* bytes of bins there can ever be */
	edit_cells_free(e);
	c->starts = calloc(most / CELL_ALIGN / WORD_BITS + 1, sizeof(*c->starts));
	c->bins = calloc(most / BIN_ALIGN + 1, sizeof(*c->bins));
	c->ends = calloc(most / BIN_ALIGN + 1, sizeof(*c->ends));
	if (!c->starts || !c->bins || !c->ends)
		return -1;
	uint32_t size;
	for (uint32_t at = 0; at < e->view.bins_size && (size = bin_size(e, at)) > 0; at += size)
		if (map_bin(e, at, size))
			return -1;
	return 0;
}

/* Make the map unless it is there. */
static int need_map(struct hive_edit *e, struct err *err)
{
	e->cells.touched = true;
	if (e->cells.known)
		return 0;
	if (map_all(e))
		return err_set(err, E_MEMORY, "no memory for a map of %u bytes of bins",
			       e->view.bins_size);
	e->cells.known = true;
	return 0;
}

void edit_cells_free(struct hive_edit *e)
{
	free(e->cells.starts);
	free(e->cells.bins);
	free(e->cells.ends);
	free_set_clear(&e->cells.free);
	e->cells.starts = NULL;
	e->cells.bins = e->cells.ends = NULL;
	e->cells.known = false;
}

/* ---- free cells ---- */

static int add_free(struct hive_edit *e, uint32_t at, uint32_t size, struct err *err)
{
	edit_put32(e, (uint64_t)HIVE_BASE + at, size);
	set_begins(&e->cells, at, true);
	if (free_set_add(&e->cells.free, free_number(at, size)))
		return err_set(err, E_MEMORY, "no memory for a map of free cells");
	return 0;
}

/* Take the free cell at `at` out of the map; its size, or 0 when no free cell begins there. */
static uint32_t take_free(struct hive_edit *e, uint32_t at)
{
	uint32_t size = raw_size(e, at);
	if (!begins(&e->cells, at) || !free_set_remove(&e->cells.free, free_number(at, size)))
		return 0;
	set_begins(&e->cells, at, false);
	return size;
}

/* Make [at, at+size) a free cell, together with free cells before and behind it. */
static int release(struct hive_edit *e, uint32_t at, uint32_t size, struct err *err)
{
	uint32_t first = bin_of(e, at) + BIN_HEADER, end = bin_end(e, at), more;
	set_begins(&e->cells, at, false);
	edit_put32(e, (uint64_t)HIVE_BASE + at, size);
	while (at + size < end && (more = take_free(e, at + size)) > 0)
		size += more;
	for (;;) {
		uint32_t before = cell_before(&e->cells, at, first);
		if (before == HIVE_NONE || raw_size(e, before) != at - before ||
		    take_free(e, before) == 0)
			break;
		size += at - before;
		at = before;
	}
	return add_free(e, at, size, err);
}

/*
 * The first `need` bytes of the space [at, at+size) become an allocated cell; one begins at `at`.
 */
static int carve(struct hive_edit *e, uint32_t at, uint32_t size, uint32_t need, struct err *err)
{
	uint32_t rest = size - need;
	edit_put32(e, (uint64_t)HIVE_BASE + at, 0u - need);
	return rest > 0 ? add_free(e, at + need, rest, err) : 0;
}

/* ---- bins ---- */

static int add_bin(struct hive_edit *e, uint32_t need, struct err *err)
{
	static const uint8_t header[BIN_HEADER] = "hbin";
	uint32_t at = e->view.bins_size;
	uint64_t off = (uint64_t)HIVE_BASE + at, room = e->limit;
	uint64_t size = ((uint64_t)need + BIN_HEADER + BIN_ALIGN - 1) / BIN_ALIGN * BIN_ALIGN;
	if (room > e->view.bytes.len)
		room = e->view.bytes.len;
	if (room < off || size > room - off || at + size > BINS_MAX)
		return err_set(err, E_UNSUPPORTED,
			       "no room: %u bytes need a new bin and the file has none left", need);
	edit_put(e, off, (struct span){header, BIN_HEADER});
	edit_put32(e, off + BIN_OFFSET_AT, at);
	edit_put32(e, off + BIN_SIZE_AT, (uint32_t)size);
	edit_put32(e, off + BIN_HEADER, (uint32_t)size - BIN_HEADER);
	if (e->journal.failed)
		return -1;
	e->view.bins_size += (uint32_t)size;
	edit_put32(e, BASE_BINS_AT, e->view.bins_size);
	if (map_bin(e, at, (uint32_t)size))
		return err_set(err, E_MEMORY, "no memory for a map of free cells");
	return 0;
}

/* ---- cells ---- */

/* Bytes of a cell that holds len bytes; 0 when there is no such cell. */
static uint32_t cell_size(uint64_t len)
{
	if (len > BINS_MAX - BIN_HEADER - BIN_ALIGN)
		return 0;
	return ((uint32_t)len + CELL_HEADER + CELL_ALIGN - 1) / CELL_ALIGN * CELL_ALIGN;
}

int cell_alloc(struct hive_edit *e, uint64_t len, uint32_t *at, struct err *err)
{
	uint32_t need = cell_size(len);
	if (need == 0)
		return err_set(err, E_UNSUPPORTED, "no room: %" PRIu64 " bytes fit no bin", len);
	if (need_map(e, err))
		return -1;
	uint64_t found = free_set_least(&e->cells.free, free_number(0, need));
	if (found == UINT64_MAX) {
		if (add_bin(e, need, err))
			return -1;
		found = free_set_least(&e->cells.free, free_number(0, need));
	}
	*at = (uint32_t)found;
	free_set_remove(&e->cells.free, found);
	if (carve(e, *at, (uint32_t)(found >> 32), need, err))
		return -1;
	edit_zero(e, record_off(*at, 0), need - CELL_HEADER);
	return 0;
}

/* Bytes of the allocated cell at `at`, which must be one that the map knows. 0 with E_CORRUPT. */
static uint32_t known_cell(struct hive_edit *e, uint32_t at, const char *what, struct err *err)
{
	struct span cell;
	if (need_map(e, err) || hive_cell(&e->view, at, 0, what, &cell, err))
		return 0;
	uint32_t size = (uint32_t)cell.len + CELL_HEADER;
	if (!begins(&e->cells, at) || size > bin_end(e, at) - at) {
		err_set(err, E_CORRUPT, "%s cell at 0x%x: no cell of %u bytes begins there", what,
			at, size);
		return 0;
	}
	return size;
}

int cell_free(struct hive_edit *e, uint32_t at, const char *what, struct err *err)
{
	uint32_t size = known_cell(e, at, what, err);
	return size > 0 ? release(e, at, size, err) : -1;
}

int cell_grow(struct hive_edit *e, uint32_t at, uint64_t len, struct err *err)
{
	uint32_t need = cell_size(len), size = known_cell(e, at, "old", err);
	if (size == 0)
		return -1;
	if (need != 0 && need <= size)
		return 1;
	uint32_t next = at + size, end = bin_end(e, at);
	if (need == 0 || need > end - at || next >= end || raw_size(e, next) < need - size)
		return 0;
	uint32_t more = take_free(e, next);
	if (more == 0)
		return 0;
	if (carve(e, at, size + more, need, err))
		return -1;
	edit_zero(e, (uint64_t)HIVE_BASE + next, need - size);
	return 1;
}

int cell_resize(struct hive_edit *e, uint32_t *at, uint64_t used, uint64_t len, uint64_t better,
		struct err *err)
{
	uint32_t old = *at;
	int grown = cell_grow(e, old, len, err);
	if (grown != 0)
		return grown < 0 ? -1 : 0;
	if (cell_alloc(e, better, at, NULL) && cell_alloc(e, len, at, err))
		return -1;
	edit_move(e, record_off(*at, 0), record_off(old, 0), used);
	return cell_free(e, old, "old", err);
}
