/* SPDX-License-Identifier: MIT */
/*
 * The bitmaps of all blocks as one row of bytes, block after block, of which a cache keeps the
 * pieces that are in use; the block table says where a piece lies in the file. In a differencing
 * disk a set bit means that the sector is here, a clear one that it is the parent's. The most
 * significant bit of a byte is its first sector.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Block Allocation Table and Data
 * Blocks".
 */
#include "vhd_sectors.h"

#include <inttypes.h>
#include <stdlib.h>

#include "block_cache.h"
#include "vhd_footer.h"

#define SECTORS_PER_BYTE 8
#define FIRST_SECTOR_BIT 0x80u
#define PIECE            512u /* every bitmap is a multiple of it: a piece has one block */
#define PIECES           32   /* 4 MiB of disk in 512-byte sectors; 64 MiB of usual blocks */

struct vhd_sectors {
	struct image_file *file;
	struct vhd_table *table;
	struct vhd_sectors_shape shape;
	uint64_t bitmap_len;
	struct block_cache *cache;
};

static int fill(void *owner, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhd_sectors *s = owner;
	uint64_t at, block = off / s->bitmap_len;
	int stored = vhd_table_find(s->table, block, &at, err);
	if (stored == 0)
		return err_set(err, E_CORRUPT, "VHD block %" PRIu64 " has no bitmap", block);
	if (stored < 0)
		return -1;
	return image_file_read(s->file, at + off % s->bitmap_len, buf, len, err);
}

static uint64_t n_blocks(const struct vhd_sectors *s)
{
	return (s->shape.disk_size - 1) / s->shape.block_size + 1;
}

struct vhd_sectors *vhd_sectors_open(struct image_file *f, struct vhd_table *table,
				     const struct vhd_sectors_shape *shape, struct err *err)
{
	struct vhd_sectors *s = calloc(1, sizeof(*s));
	if (!s)
		return err_null(err, E_MEMORY, "no memory for the sector bitmaps");
	s->file = f;
	s->table = table;
	s->shape = *shape;
	s->bitmap_len = vhd_table_bitmap_len(table);
	struct block_cache_shape cache = {
		.size = n_blocks(s) * s->bitmap_len,
		.block_len = PIECE,
		.slots = PIECES,
	};
	s->cache = block_cache_new(&cache, fill, s, err);
	if (s->cache)
		return s;
	free(s);
	return NULL;
}

void vhd_sectors_close(struct vhd_sectors *s)
{
	if (!s)
		return;
	block_cache_free(s->cache);
	free(s);
}

static int bit(struct vhd_sectors *s, uint64_t block, uint64_t sector, struct err *err)
{
	uint8_t byte;
	uint64_t off = block * s->bitmap_len + sector / SECTORS_PER_BYTE;
	if (block_cache_read(s->cache, off, &byte, 1, err) < 0)
		return err_at(err, "sector bitmap of VHD block %" PRIu64, block);
	return (byte & (FIRST_SECTOR_BIT >> (sector % SECTORS_PER_BYTE))) != 0;
}

int vhd_sectors_run(struct vhd_sectors *s, uint64_t block, uint64_t within, uint64_t len,
		    uint64_t *run, struct err *err)
{
	uint64_t sector = within / VHD_SECTOR;
	int first = bit(s, block, sector, err), next = first;
	*run = VHD_SECTOR - within % VHD_SECTOR;
	while (next >= 0 && next == first && *run < len) {
		next = bit(s, block, ++sector, err);
		*run += next == first ? VHD_SECTOR : 0;
	}
	if (*run > len)
		*run = len;
	return next < 0 ? -1 : first;
}

/* ---- what libvhdi makes of them ---- */

/* Sectors of a block that lie on the disk. */
static uint64_t sectors_of(const struct vhd_sectors *s, uint64_t block)
{
	uint64_t left = s->shape.disk_size - block * s->shape.block_size;
	return (left < s->shape.block_size ? left : s->shape.block_size) / VHD_SECTOR;
}

/* Right for libvhdi: no clear bit behind a set one; bits behind `sectors` count as set. */
static bool is_simple(uint8_t byte, uint64_t sectors)
{
	unsigned bits = sectors < SECTORS_PER_BYTE ? byte | 0xffu >> sectors : byte;
	return (bits & (bits + 1)) == 0;
}

static int block_misread(struct vhd_sectors *s, uint64_t block, struct err *err)
{
	uint64_t sectors = sectors_of(s, block);
	for (uint64_t first = 0; first < sectors; first += SECTORS_PER_BYTE) {
		uint8_t byte;
		uint64_t off = block * s->bitmap_len + first / SECTORS_PER_BYTE;
		if (block_cache_read(s->cache, off, &byte, 1, err) < 0)
			return -1;
		if (!is_simple(byte, sectors - first))
			return 1;
	}
	if (sectors == s->bitmap_len * SECTORS_PER_BYTE || block + 1 == n_blocks(s))
		return 0;
	int last = bit(s, block, sectors - 1, err);
	return last < 0 ? -1 : !last;
}

int vhd_sectors_misread(struct vhd_sectors *s, struct err *err)
{
	uint64_t blocks = n_blocks(s), at;
	for (uint64_t b = 0; b < blocks; b++) {
		int rc = vhd_table_find(s->table, b, &at, err);
		if (rc > 0)
			rc = block_misread(s, b, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}
