/* SPDX-License-Identifier: MIT */
/*
 * The block allocation table is read when needed, through a small cache: a disk of 2 TB has a
 * table of 4 MiB, of which a check of Windows needs a few entries. Each entry is checked when it
 * is used: behind the table, before the footer. Entries count sectors, so alignment is given.
 *
 * Whether two blocks overlap cannot be seen from one entry. A table of up to TABLE_SCAN_MAX bytes
 * is read and checked whole when it is opened (that also counts what is stored). Of a larger one the
 * blocks that are used are compared with each other, and it is searched for neighbours of a block
 * when somebody wants to write to that block.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Block Allocation Table and Data
 * Blocks".
 */
#include "vhd_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "block_cache.h"
#include "block_places.h"
#include "vhd_footer.h"

#define ENTRY_LEN          4u
#define NOT_STORED         0xffffffffu
#define BITMAP_SECTOR_BITS (VHD_SECTOR * 8)
/* 32 GiB of disk in 2 MiB blocks; sorting it costs a millisecond or two. */
#define TABLE_SCAN_MAX ((uint64_t)64 * 1024)
#define CACHE_BLOCK    ((size_t)16 * 1024) /* entries for 8 GiB in 2 MiB blocks */
#define CACHE_SLOTS    8
#define NO_BLOCK       UINT64_MAX

struct vhd_table {
	struct image_file *file;
	struct vhd_table_shape shape;
	struct block_cache *cache;
	uint64_t len; /* bytes of the table */
	uint64_t bitmap_len;
	uint64_t data_start; /* first file offset that a block may have */
	uint64_t stored;
	bool all_alone;          /* the whole table was checked for overlaps */
	uint64_t alone;          /* the block last found to be alone, or NO_BLOCK */
	struct block_places met; /* while the table as a whole is unchecked */
};

struct stored_block {
	uint64_t at, block;
};

/* ---- opening ---- */

static int fill_table(void *owner, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhd_table *t = owner;
	return image_file_read(t->file, t->shape.at + off, buf, len, err);
}

static uint64_t round_up(uint64_t v, uint64_t unit)
{
	return (v + unit - 1) / unit * unit;
}

/* The table must lie behind the footer copy, before the footer, and beside the header. */
static int place_table(struct vhd_table *t, struct err *err)
{
	const struct vhd_table_shape *s = &t->shape;
	uint64_t end;
	t->len = (uint64_t)s->entries * ENTRY_LEN;
	if (__builtin_add_overflow(s->at, t->len, &end) || end > s->limit || s->at < VHD_FOOTER_LEN)
		return err_set(err, E_CORRUPT,
			       "VHD block table: %u entries at 0x%" PRIx64
			       " do not fit into the file before 0x%" PRIx64,
			       s->entries, s->at, s->limit);
	if (s->at < s->header_end && s->header_at < end)
		return err_set(err, E_CORRUPT,
			       "VHD block table at 0x%" PRIx64
			       ": overlaps the dynamic header at 0x%" PRIx64,
			       s->at, s->header_at);
	uint64_t sectors = s->block_size / VHD_SECTOR;
	t->bitmap_len = round_up(sectors, BITMAP_SECTOR_BITS) / 8;
	t->data_start = end > s->header_end ? end : s->header_end;
	return 0;
}

/* The last block's content may be cut off where the disk ends. */
static uint64_t content_len(const struct vhd_table *t, uint64_t block)
{
	uint64_t left = t->shape.disk_size - block * t->shape.block_size;
	return left < t->shape.block_size ? left : t->shape.block_size;
}

/* First file offset behind a block that starts at `at`. */
static uint64_t block_end(const struct vhd_table *t, uint64_t block, uint64_t at)
{
	return at + t->bitmap_len + content_len(t, block);
}

static int check_entry(const struct vhd_table *t, uint64_t block, uint64_t at, struct err *err)
{
	uint64_t end = block_end(t, block, at);
	if (at >= t->data_start && end <= t->shape.limit)
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHD block table at 0x%" PRIx64 ": block %" PRIu64 " at 0x%" PRIx64
		       "..0x%" PRIx64 " lies outside 0x%" PRIx64 "..0x%" PRIx64,
		       t->shape.at + block * ENTRY_LEN, block, at, end, t->data_start,
		       t->shape.limit);
}

static uint64_t n_blocks(const struct vhd_table *t)
{
	return round_up(t->shape.disk_size, t->shape.block_size) / t->shape.block_size;
}

static int by_place(const void *a, const void *b)
{
	const struct stored_block *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

static int overlap(const struct vhd_table *t, uint64_t a, uint64_t b, struct err *err)
{
	return err_set(err, E_CORRUPT,
		       "VHD block table at 0x%" PRIx64 ": blocks %" PRIu64 " and %" PRIu64
		       " overlap in the file",
		       t->shape.at, a < b ? a : b, a < b ? b : a);
}

static int check_neighbours(const struct vhd_table *t, struct stored_block *found, size_t n,
			    struct err *err)
{
	if (n > 1)
		qsort(found, n, sizeof(*found), by_place);
	for (size_t i = 1; i < n; i++)
		if (found[i].at < block_end(t, found[i - 1].block, found[i - 1].at))
			return overlap(t, found[i - 1].block, found[i].block, err);
	return 0;
}

static int read_entry(struct vhd_table *t, uint64_t block, uint32_t *sector, struct err *err)
{
	uint8_t raw[ENTRY_LEN];
	if (block_cache_read(t->cache, block * ENTRY_LEN, raw, sizeof(raw), err) < 0)
		return err_at(err, "VHD block table");
	*sector = be32((struct span){raw, sizeof(raw)}, 0);
	return 0;
}

/* The place of a block: 1, 0 when it is not stored, -1 with err. */
static int find_place(struct vhd_table *t, uint64_t block, uint64_t *at, struct err *err)
{
	uint32_t sector;
	if (read_entry(t, block, &sector, err) < 0)
		return -1;
	if (sector == NOT_STORED)
		return 0;
	*at = (uint64_t)sector * VHD_SECTOR;
	return check_entry(t, block, *at, err) < 0 ? -1 : 1;
}

/* Collect and check the stored blocks of a small table; their number, or -1. */
static int64_t collect(struct vhd_table *t, struct stored_block *found, struct err *err)
{
	size_t n = 0;
	uint64_t blocks = n_blocks(t), at;
	t->stored = 0;
	for (uint64_t b = 0; b < blocks; b++) {
		int stored = find_place(t, b, &at, err);
		if (stored < 0)
			return -1;
		if (stored == 0)
			continue;
		found[n++] = (struct stored_block){.at = at, .block = b};
		t->stored += content_len(t, b);
	}
	return (int64_t)n;
}

static int scan_whole(struct vhd_table *t, struct err *err)
{
	uint64_t blocks = n_blocks(t);
	if (blocks * ENTRY_LEN > TABLE_SCAN_MAX)
		return 0;
	struct stored_block *found = calloc((size_t)blocks, sizeof(*found));
	if (!found)
		return err_set(err, E_MEMORY, "no memory to check the block table");
	int64_t n = collect(t, found, err);
	int rc = n < 0 ? -1 : check_neighbours(t, found, (size_t)n, err);
	free(found);
	t->all_alone = rc == 0;
	return rc;
}

static int start(struct vhd_table *t, struct err *err)
{
	if (place_table(t, err) < 0)
		return -1;
	struct block_cache_shape shape = {
		.size = t->len,
		.block_len = CACHE_BLOCK,
		.slots = CACHE_SLOTS,
	};
	t->cache = block_cache_new(&shape, fill_table, t, err);
	return t->cache ? scan_whole(t, err) : -1;
}

struct vhd_table *vhd_table_open(struct image_file *f, const struct vhd_table_shape *shape,
				 struct err *err)
{
	struct vhd_table *t = calloc(1, sizeof(*t));
	if (!t)
		return err_null(err, E_MEMORY, "no memory for the block table");
	t->file = f;
	t->shape = *shape;
	t->stored = UINT64_MAX;
	t->alone = NO_BLOCK;
	if (start(t, err) < 0) {
		vhd_table_close(t);
		return NULL;
	}
	return t;
}

void vhd_table_close(struct vhd_table *t)
{
	if (!t)
		return;
	block_places_free(&t->met);
	block_cache_free(t->cache);
	free(t);
}

/* ---- questions ---- */

uint64_t vhd_table_stored(const struct vhd_table *t)
{
	return t->stored;
}

uint64_t vhd_table_bitmap_len(const struct vhd_table *t)
{
	return t->bitmap_len;
}

/* Two parts of the disk in one place of the file: whatever is read there, one of them is wrong. */
static int meet(struct vhd_table *t, uint64_t block, uint64_t at, struct err *err)
{
	const struct block_place place = {at, block_end(t, block, at) - at, block};
	uint64_t other;
	int rc = t->all_alone ? 0 : block_places_add(&t->met, &place, &other, err);
	return rc > 0 ? overlap(t, block, other, err) : rc;
}

int vhd_table_find(struct vhd_table *t, uint64_t block, uint64_t *at, struct err *err)
{
	int stored = find_place(t, block, at, err);
	return stored > 0 && meet(t, block, *at, err) < 0 ? -1 : stored;
}

int vhd_table_alone(struct vhd_table *t, uint64_t block, uint64_t at, struct err *err)
{
	if (t->all_alone || t->alone == block)
		return 0;
	uint64_t end = block_end(t, block, at), blocks = n_blocks(t);
	uint32_t sector;
	for (uint64_t b = 0; b < blocks; b++) {
		if (read_entry(t, b, &sector, err) < 0)
			return -1;
		if (b == block || sector == NOT_STORED)
			continue;
		uint64_t other = (uint64_t)sector * VHD_SECTOR;
		if (other < end && at < block_end(t, b, other))
			return overlap(t, b, block, err);
	}
	t->alone = block;
	return 0;
}

int vhd_table_add(struct vhd_table *t, uint64_t block, uint64_t at, struct write_list *out,
		  struct err *err)
{
	static const uint8_t not_stored[ENTRY_LEN] = {0xff, 0xff, 0xff, 0xff};
	uint8_t entry[ENTRY_LEN];
	struct write w = {
		.off = t->shape.at + block * ENTRY_LEN,
		.len = ENTRY_LEN,
		.old_bytes = not_stored,
		.new_bytes = entry,
		.what = said_of("block table of the VHD"),
	};
	if (at / VHD_SECTOR >= NOT_STORED)
		return err_set(err, E_MAP,
			       "VHD block %" PRIu64 " cannot be placed at 0x%" PRIx64
			       ": its table entry has 32 bits",
			       block, at);
	if (vhd_table_alone(t, block, at, err) < 0)
		return -1;
	put_be32(entry, (uint32_t)(at / VHD_SECTOR));
	return writes_add(out, &w, err);
}
