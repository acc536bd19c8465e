/* SPDX-License-Identifier: MIT */
/*
 * Sector bitmaps, a piece of at most 4096 sectors at a time (the whole bitmap of a usual block).
 * Bit order: the most significant bit of a byte is its first sector.
 *
 * Without a parent, qemu, DiscUtils and Hyper-V ignore the bitmap, while libvhdi shows zeros for a
 * sector whose bit is clear. As long as such a sector holds zeros all agree, and setting its bit
 * changes nothing for anybody; a clear bit over other bytes is refused, because setting it would
 * change the sector's other bytes for the second kind of reader.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Block Allocation Table and Data
 * Blocks".
 */
#include "stop7b/vhd_bitmap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stop7b/vhd_footer.h"

#define SECTORS_PER_BYTE 8
#define FIRST_SECTOR_BIT 0x80u
#define PIECE_BYTES      512u

/* Some bytes of the bitmap; the bits of sectors first..last (counted in the block) matter. */
struct piece {
	const struct vhd_range *range;
	uint64_t at;   /* file offset of bytes[0] */
	uint64_t base; /* sector of the first bit of bytes[0] */
	uint64_t first, last;
	size_t len;
	uint8_t bytes[PIECE_BYTES];
};

typedef int (*piece_visit)(const struct piece *p, void *context, struct err *err);

static int load_piece(struct piece *p, uint64_t last, struct err *err)
{
	uint64_t byte = p->first / SECTORS_PER_BYTE;
	uint64_t most = (byte + PIECE_BYTES) * SECTORS_PER_BYTE - 1;
	p->last = last < most ? last : most;
	p->base = byte * SECTORS_PER_BYTE;
	p->at = p->range->bitmap_at + byte;
	p->len = (size_t)(p->last / SECTORS_PER_BYTE - byte + 1);
	return image_file_read(p->range->file, p->at, p->bytes, p->len, err);
}

static int each_piece(const struct vhd_range *range, piece_visit visit, void *context,
		      struct err *err)
{
	struct piece p = {.range = range, .first = range->within / VHD_SECTOR};
	uint64_t last = (range->within + range->len - 1) / VHD_SECTOR;
	while (p.first <= last) {
		if (load_piece(&p, last, err) < 0 || visit(&p, context, err) < 0)
			return -1;
		p.first = p.last + 1;
	}
	return 0;
}

static bool bit_is_set(const struct piece *p, uint64_t sector)
{
	uint64_t bit = sector - p->base;
	return p->bytes[bit / SECTORS_PER_BYTE] & (FIRST_SECTOR_BIT >> (bit % SECTORS_PER_BYTE));
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

static int check_clear_sectors(const struct piece *p, void *context, struct err *err)
{
	(void)context;
	uint8_t sector[VHD_SECTOR];
	for (uint64_t s = p->first; s <= p->last; s++) {
		if (bit_is_set(p, s))
			continue;
		uint64_t at = p->range->content_at + s * VHD_SECTOR;
		if (image_file_read(p->range->file, at, sector, sizeof(sector), err) < 0)
			return -1;
		if (!is_zero(sector, sizeof(sector)))
			return err_set(err, E_MAP,
				       "VHD block %" PRIu64 ": the sector at 0x%" PRIx64
				       " of the file holds data but its bitmap bit is clear, so "
				       "programs disagree about its content",
				       p->range->block, at);
	}
	return 0;
}

int vhd_bitmap_agree(const struct vhd_range *range, struct err *err)
{
	return each_piece(range, check_clear_sectors, NULL, err);
}

/* The bits of the piece's byte that stand for sectors first..last. */
static uint8_t wanted_bits(const struct piece *p, size_t byte)
{
	unsigned bits = 0;
	for (unsigned i = 0; i < SECTORS_PER_BYTE; i++) {
		uint64_t sector = p->base + byte * SECTORS_PER_BYTE + i;
		if (sector >= p->first && sector <= p->last)
			bits |= FIRST_SECTOR_BIT >> i;
	}
	return (uint8_t)bits;
}

/* Two ranges may share a bitmap byte: the second one joins the write of the first. */
static int add_byte(struct write_list *out, const struct write *w, struct err *err)
{
	for (size_t i = 0; i < out->n; i++) {
		if (out->items[i].off != w->off || out->items[i].len != w->len)
			continue;
		uint8_t joined = out->items[i].new_bytes[0] | w->new_bytes[0];
		const uint8_t *copy = arena_copy(out->arena, &joined, sizeof(joined));
		if (!copy)
			return err_set(err, E_MEMORY, "no memory for a write");
		out->items[i].new_bytes = copy;
		return 0;
	}
	return writes_add(out, w, err);
}

static int set_bits(const struct piece *p, void *context, struct err *err)
{
	char what[64];
	snprintf(what, sizeof(what), "sector bitmap of VHD block %" PRIu64, p->range->block);
	for (size_t i = 0; i < p->len; i++) {
		uint8_t joined = p->bytes[i] | wanted_bits(p, i);
		struct write w = {
			.off = p->at + i,
			.len = 1,
			.old_bytes = &p->bytes[i],
			.new_bytes = &joined,
			.what = what,
		};
		if (joined != p->bytes[i] && add_byte(context, &w, err) < 0)
			return -1;
	}
	return 0;
}

int vhd_bitmap_set(const struct vhd_range *range, struct write_list *out, struct err *err)
{
	return each_piece(range, set_bits, out, err);
}
