/* SPDX-License-Identifier: MIT */
/*
 * Block number -> table entry -> place in the file. Behind every `ratio` payload entries stands
 * one entry for the sector bitmap of that chunk, in fixed and dynamic files too, where it is never
 * used. Entries are read when needed through a small cache: the table of a 64 TiB disk may have
 * 512 MiB.
 *
 * Whether two blocks overlap cannot be seen from one entry. A table of up to SCAN_MAX bytes is
 * checked whole when it is opened; a larger one when somebody wants to write, and until then the
 * blocks that are used are compared with each other. Blocks are aligned to 1 MiB, so one bit for
 * each MiB of the file says whether it is taken.
 *
 * Bitmaps (differencing disks only) have one bit for each logical sector, the least significant
 * bit of a byte first; set means that the sector is held here.
 *
 * Source: [MS-VHDX] 2.4 and 2.5.
 */
#include "vhdx_bat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "block_cache.h"
#include "block_places.h"

#define ENTRY_LEN    8u
#define STATE_MASK   UINT64_C(7)
#define RESERVED     UINT64_C(0xffff8) /* bits 3 to 19 */
#define OFFSET_MASK  (~UINT64_C(0xfffff))
#define CHUNK_BITS   ((uint64_t)1 << 23) /* sectors that one bitmap describes */
#define BITMAP_LEN   (CHUNK_BITS / 8)
#define SCAN_MAX     ((uint64_t)64 * 1024) /* 256 GiB of disk in Windows' blocks of 32 MiB */
#define SCAN_PIECE   ((size_t)64 * 1024)
#define CLAIM_MAX    ((uint64_t)128 << 40) /* bytes of file; 16 MiB of bits */
#define TABLE_PIECE  ((size_t)16 * 1024)
#define TABLE_SLOTS  8
#define BITMAP_PIECE ((size_t)4096) /* 16 MiB of disk in sectors of 512 bytes */
#define BITMAP_SLOTS 8

struct vhdx_bat {
	struct vhdx_file *file;
	const struct vhdx_regions *regions;
	const struct vhdx_disk *disk;
	struct block_cache *entries, *bitmaps;
	uint64_t blocks;
	uint64_t n;     /* entries, those of bitmaps included */
	uint64_t ratio; /* blocks of a chunk */
	uint64_t stored;
	bool all_alone;
	struct block_places met; /* while the table as a whole is unchecked */
};

/* ---- entries ---- */

static uint64_t entry_place(const struct vhdx_bat *t, uint64_t index)
{
	return t->regions->table.at + index * ENTRY_LEN;
}

static bool is_bitmap(const struct vhdx_bat *t, uint64_t index)
{
	return index % (t->ratio + 1) == t->ratio;
}

static uint64_t block_of(const struct vhdx_bat *t, uint64_t index)
{
	return index - index / (t->ratio + 1);
}

/* Without a parent nobody asks a bitmap's entry; a chunk may reach beyond the last block. */
static bool is_unused(const struct vhdx_bat *t, uint64_t index)
{
	return is_bitmap(t, index) ? !t->disk->has_parent : block_of(t, index) >= t->blocks;
}

/* The last block's content may be cut off where the disk ends. */
static uint64_t content_len(const struct vhdx_bat *t, uint64_t index)
{
	if (is_bitmap(t, index))
		return BITMAP_LEN;
	uint64_t left = t->disk->size - block_of(t, index) * t->disk->block_size;
	return left < t->disk->block_size ? left : t->disk->block_size;
}

static int bad_entry(const struct vhdx_bat *t, uint64_t index, uint64_t entry, const char *why,
		     struct err *err)
{
	return err_set(err, E_CORRUPT, "VHDX block table at 0x%" PRIx64 ": entry 0x%" PRIx64 " %s",
		       entry_place(t, index), entry, SAID_ARG(said_of(why)));
}

static int check_place(const struct vhdx_bat *t, uint64_t index, uint64_t entry, struct err *err)
{
	uint64_t at = entry & OFFSET_MASK, len = content_len(t, index), end;
	if (at < VHDX_MIB || __builtin_add_overflow(at, len, &end) || end > vhdx_file_size(t->file))
		return bad_entry(t, index, entry, "lies outside the file's place for blocks", err);
	if (vhdx_regions_touch(t->regions, at, len))
		return bad_entry(t, index, entry, "overlaps the log or a region", err);
	return 0;
}

/* Does this entry hold a block, and may it? 1, 0, or -1 with err. */
static int check_entry(const struct vhdx_bat *t, uint64_t index, uint64_t entry, struct err *err)
{
	uint64_t state = entry & STATE_MASK;
	bool bitmap = is_bitmap(t, index);
	if (is_unused(t, index))
		return 0;
	if (entry & RESERVED)
		return bad_entry(t, index, entry, "sets reserved bits", err);
	if (state == 4 || state == 5 ||
	    (bitmap && state != VHDX_NOT_PRESENT && state != VHDX_FULLY_PRESENT))
		return bad_entry(t, index, entry, "has a reserved state", err);
	if (state == VHDX_PARTIALLY_PRESENT && !t->disk->has_parent)
		return bad_entry(t, index, entry, "is partly present on a disk without parent",
				 err);
	if (state < VHDX_FULLY_PRESENT)
		return 0;
	return check_place(t, index, entry, err) < 0 ? -1 : 1;
}

static int read_entry(struct vhdx_bat *t, uint64_t index, uint64_t *entry, struct err *err)
{
	uint8_t raw[ENTRY_LEN];
	if (block_cache_read(t->entries, index * ENTRY_LEN, raw, sizeof(raw), err) < 0)
		return err_at(err, "VHDX block table");
	*entry = le64((struct span){raw, sizeof(raw)}, 0);
	return check_entry(t, index, *entry, err);
}

/* ---- no two blocks in one place ---- */

/* As read_entry(), for an entry whose place is used: two in one place cannot both be right. */
static int use_entry(struct vhdx_bat *t, uint64_t index, uint64_t *entry, struct err *err)
{
	uint64_t other;
	int held = read_entry(t, index, entry, err);
	if (held <= 0 || t->all_alone)
		return held;
	const struct block_place place = {*entry & OFFSET_MASK, content_len(t, index), index};
	int rc = block_places_add(&t->met, &place, &other, err);
	if (rc > 0)
		return bad_entry(t, index, *entry, "overlaps another block", err);
	return rc < 0 ? -1 : held;
}

/* Set the bits of a block's MiBs; false when one of them is set already. */
static bool claim(uint8_t *bits, uint64_t at, uint64_t len)
{
	uint64_t end = (at + len + VHDX_MIB - 1) / VHDX_MIB;
	for (uint64_t i = at / VHDX_MIB; i < end; i++) {
		uint8_t bit = (uint8_t)(1u << (i % 8));
		if (bits[i / 8] & bit)
			return false;
		bits[i / 8] |= bit;
	}
	return true;
}

static int claim_piece(struct vhdx_bat *t, struct span raw, uint64_t first, uint8_t *bits,
		       struct err *err)
{
	for (uint64_t i = 0; i < raw.len / ENTRY_LEN; i++) {
		uint64_t entry = le64(raw, i * ENTRY_LEN), index = first + i;
		int held = check_entry(t, index, entry, err);
		if (held < 0)
			return -1;
		if (held == 0)
			continue;
		uint64_t len = content_len(t, index);
		if (!claim(bits, entry & OFFSET_MASK, len))
			return bad_entry(t, index, entry, "overlaps another block", err);
		t->stored += is_bitmap(t, index) ? 0 : len;
	}
	return 0;
}

static int claim_all(struct vhdx_bat *t, uint8_t *bits, uint8_t *buf, struct err *err)
{
	uint64_t len = t->n * ENTRY_LEN;
	t->stored = 0;
	for (uint64_t off = 0; off < len; off += SCAN_PIECE) {
		size_t step = len - off < SCAN_PIECE ? (size_t)(len - off) : SCAN_PIECE;
		if (vhdx_file_read(t->file, t->regions->table.at + off, buf, step, err) < 0)
			return err_at(err, "VHDX block table");
		if (claim_piece(t, (struct span){buf, step}, off / ENTRY_LEN, bits, err) < 0)
			return -1;
	}
	t->all_alone = true;
	return 0;
}

int vhdx_bat_alone(struct vhdx_bat *t, struct err *err)
{
	uint64_t size = vhdx_file_size(t->file);
	if (t->all_alone)
		return 0;
	if (size > CLAIM_MAX)
		return err_set(err, E_UNSUPPORTED,
			       "VHDX block table: overlaps are not looked for in a file of %" PRIu64
			       " bytes",
			       size);
	uint8_t *bits = calloc((size_t)(size / VHDX_MIB / 8 + 1), 1), *buf = malloc(SCAN_PIECE);
	int rc = bits && buf ? claim_all(t, bits, buf, err)
			     : err_set(err, E_MEMORY, "no memory to check the VHDX block table");
	free(bits);
	free(buf);
	return rc;
}

/* ---- opening ---- */

static int fill_entries(void *owner, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhdx_bat *t = owner;
	return vhdx_file_read(t->file, t->regions->table.at + off, buf, len, err);
}

/* Cached are the bitmaps of all chunks, one behind the other. */
static int fill_bitmap(void *owner, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhdx_bat *t = owner;
	uint64_t chunk = off / BITMAP_LEN, index = chunk * (t->ratio + 1) + t->ratio, entry;
	int held = use_entry(t, index, &entry, err);
	if (held < 0)
		return -1;
	if (held == 0)
		return bad_entry(t, index, entry, "holds no bitmap, but a block needs one", err);
	return vhdx_file_read(t->file, (entry & OFFSET_MASK) + off % BITMAP_LEN, buf, len, err);
}

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

static int measure(struct vhdx_bat *t, struct err *err)
{
	const struct vhdx_disk *d = t->disk;
	t->ratio = CHUNK_BITS * d->sector_size / d->block_size;
	t->blocks = ceil_div(d->size, d->block_size);
	t->n = d->has_parent ? ceil_div(t->blocks, t->ratio) * (t->ratio + 1)
			     : t->blocks + (t->blocks - 1) / t->ratio;
	if (t->n * ENTRY_LEN <= t->regions->table.len)
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHDX block table at 0x%" PRIx64 ": %" PRIu64
		       " entries do not fit into 0x%" PRIx64 " bytes",
		       t->regions->table.at, t->n, t->regions->table.len);
}

static int start(struct vhdx_bat *t, struct err *err)
{
	if (measure(t, err) < 0)
		return -1;
	struct block_cache_shape entries = {t->n * ENTRY_LEN, TABLE_PIECE, TABLE_SLOTS};
	struct block_cache_shape bitmaps = {ceil_div(t->blocks, t->ratio) * BITMAP_LEN,
					    BITMAP_PIECE, BITMAP_SLOTS};
	t->entries = block_cache_new(&entries, fill_entries, t, err);
	t->bitmaps = block_cache_new(&bitmaps, fill_bitmap, t, err);
	if (!t->entries || !t->bitmaps)
		return -1;
	return t->n * ENTRY_LEN <= SCAN_MAX ? vhdx_bat_alone(t, err) : 0;
}

struct vhdx_bat *vhdx_bat_open(struct vhdx_file *f, const struct vhdx_regions *regions,
			       const struct vhdx_disk *disk, struct err *err)
{
	struct vhdx_bat *t = calloc(1, sizeof(*t));
	if (!t)
		return err_null(err, E_MEMORY, "no memory for the VHDX block table");
	t->file = f;
	t->regions = regions;
	t->disk = disk;
	t->stored = UINT64_MAX;
	if (start(t, err) < 0) {
		vhdx_bat_close(t);
		return NULL;
	}
	return t;
}

void vhdx_bat_close(struct vhdx_bat *t)
{
	if (!t)
		return;
	block_places_free(&t->met);
	block_cache_free(t->entries);
	block_cache_free(t->bitmaps);
	free(t);
}

uint64_t vhdx_bat_stored(const struct vhdx_bat *t)
{
	return t->all_alone ? t->stored : UINT64_MAX;
}

/* ---- where is it? ---- */

static int read_bit(struct vhdx_bat *t, uint64_t sector, bool *set, struct err *err)
{
	uint8_t byte;
	if (block_cache_read(t->bitmaps, sector / 8, &byte, 1, err) < 0)
		return err_at(err, "VHDX sector bitmap");
	*set = byte >> (sector % 8) & 1;
	return 0;
}

/* How many sectors from the first one on, at most n, have the same bit; *held is that bit. */
static int equal_bits(struct vhdx_bat *t, uint64_t first, uint64_t n, bool *held, uint64_t *run,
		      struct err *err)
{
	if (read_bit(t, first, held, err) < 0)
		return -1;
	for (*run = 1; *run < n; ++*run) {
		bool set = false;
		if (read_bit(t, first + *run, &set, err) < 0)
			return -1;
		if (set != *held)
			break;
	}
	return 0;
}

/* Cut the extent of a partly present block to the sectors that are held in the same place. */
static int locate_sectors(struct vhdx_bat *t, uint64_t off, struct vhdx_extent *out,
			  struct err *err)
{
	uint32_t sector = t->disk->sector_size;
	uint64_t first = off / sector, last = (off + out->len - 1) / sector, run = 0;
	bool held = false;
	if (equal_bits(t, first, last - first + 1, &held, &run, err) < 0)
		return -1;
	uint64_t most = (first + run) * sector - off;
	out->len = most < out->len ? most : out->len;
	out->where = held ? VHDX_HERE : VHDX_ABOVE;
	return 0;
}

int vhdx_bat_locate(struct vhdx_bat *t, uint64_t off, uint64_t len, struct vhdx_extent *out,
		    struct err *err)
{
	uint64_t block = off / t->disk->block_size, within = off % t->disk->block_size;
	uint64_t left = t->disk->block_size - within, entry;
	if (use_entry(t, block + block / t->ratio, &entry, err) < 0)
		return -1;
	*out = (struct vhdx_extent){
		.where = VHDX_ZEROS,
		.block = block,
		.file_at = (entry & OFFSET_MASK) + within,
		.len = len < left ? len : left,
	};
	uint64_t state = entry & STATE_MASK;
	if (state == VHDX_PARTIALLY_PRESENT)
		return locate_sectors(t, off, out, err);
	if (state == VHDX_FULLY_PRESENT)
		out->where = VHDX_HERE;
	else if (state == VHDX_NOT_PRESENT && t->disk->has_parent)
		out->where = VHDX_ABOVE;
	return 0;
}

/* ---- the entries themselves ---- */

static int take_entry(struct vhdx_bat *t, uint64_t index, struct vhdx_entry *out, struct err *err)
{
	uint64_t entry;
	if (use_entry(t, index, &entry, err) < 0)
		return -1;
	*out = (struct vhdx_entry){
		.entry_at = entry_place(t, index),
		.state = (enum vhdx_state)(entry & STATE_MASK),
		.at = entry & OFFSET_MASK,
	};
	return 0;
}

int vhdx_bat_entry(struct vhdx_bat *t, uint64_t block, struct vhdx_entry *out, struct err *err)
{
	return take_entry(t, block + block / t->ratio, out, err);
}

int vhdx_bat_bitmap(struct vhdx_bat *t, uint64_t block, struct vhdx_entry *out, struct err *err)
{
	return take_entry(t, block / t->ratio * (t->ratio + 1) + t->ratio, out, err);
}

uint64_t vhdx_bat_bits(const struct vhdx_bat *t, uint64_t block)
{
	return block % t->ratio * (t->disk->block_size / t->disk->sector_size / 8);
}
