/* SPDX-License-Identifier: MIT */
/*
 * Sector bitmaps, one sector at a time. Bit order: the most significant bit of a byte is its first
 * sector.
 *
 * Without a parent, qemu, DiscUtils and Hyper-V ignore the bitmap, while libvhdi shows zeros for a
 * sector whose bit is clear. As long as such a sector holds zeros all agree, and setting its bit
 * changes nothing for anybody; a clear bit over other bytes is refused, because setting it would
 * change the sector's other bytes for the second kind of reader.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Block Allocation Table and Data
 * Blocks".
 */
#include "vhd_bitmap.h"

#include <inttypes.h>
#include <string.h>

#include "vhd_footer.h"

#define FIRST_SECTOR_BIT 0x80u

uint8_t vhd_bitmap_bit(uint64_t sector)
{
	return (uint8_t)(FIRST_SECTOR_BIT >> sector % VHD_SECTORS_PER_BYTE);
}

static uint64_t byte_at(const struct vhd_place *p)
{
	return p->bitmap_at + p->sector / VHD_SECTORS_PER_BYTE;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

int vhd_bitmap_agree(const struct vhd_place *p, struct err *err)
{
	uint8_t byte, content[VHD_SECTOR];
	if (image_file_read(p->file, byte_at(p), &byte, 1, err) < 0)
		return -1;
	if (byte & vhd_bitmap_bit(p->sector))
		return 0;
	if (image_file_read(p->file, p->content_at, content, sizeof(content), err) < 0)
		return -1;
	if (is_zero(content, sizeof(content)))
		return 0;
	return err_set(err, E_MAP,
		       "VHD block %" PRIu64 ": the sector at 0x%" PRIx64
		       " of the file holds data but its bitmap bit is clear, so programs disagree "
		       "about its content",
		       p->block, p->content_at);
}

/* Sectors come by rising offset: the one that shares the byte came just before. */
static int join(struct write_list *out, uint8_t bits, struct err *err)
{
	struct write *last = &out->items[out->n - 1];
	uint8_t joined = last->new_bytes[0] | bits;
	const uint8_t *copy = arena_copy(out->arena, &joined, sizeof(joined));
	if (!copy)
		return err_set(err, E_MEMORY, "no memory for a write");
	last->new_bytes = copy;
	return 0;
}

int vhd_bitmap_set(const struct vhd_place *p, struct write_list *out, struct err *err)
{
	uint8_t byte, joined;
	struct write w = {byte_at(p), 1, &byte, &joined, {NULL}};
	if (image_file_read(p->file, w.off, &byte, 1, err) < 0)
		return -1;
	joined = byte | vhd_bitmap_bit(p->sector);
	if (joined == byte)
		return 0;
	if (out->n > 0 && out->items[out->n - 1].off == w.off && out->items[out->n - 1].len == 1)
		return join(out, joined, err);
	w.what = said_make(out->arena, "sector bitmap of VHD block %llu",
			   (unsigned long long)p->block);
	return writes_add(out, &w, err);
}
