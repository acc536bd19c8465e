/* SPDX-License-Identifier: MIT */
/*
 * Writing into sectors that a VHD may not hold yet. A sector of a stored block is written where it
 * lies and its bit is set; in a differencing disk that makes it the child's own, so the caller
 * gives it whole. A block that is not stored is allocated as Windows does it: its bitmap begins
 * where the footer was, its content follows in full even where the disk ends inside it, the footer
 * moves behind the last new block, and the block table names the new place.
 *
 * A new block's bitmap is all ones without a parent, where the rest of the block is zeros for
 * everybody; with a parent only the written sectors have their bit. The footer's content stays as
 * it is, and so does its copy at the start. Nothing else of the content is written: the file grows
 * by a hole.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), "Block Allocation
 * Table and Data Blocks".
 */
#include "vhd_place.h"

#include <inttypes.h>
#include <string.h>

#include "vhd_bitmap.h"

/* One call: the end of the file as it moves, and the new block that sectors go into now. */
struct placing {
	const struct vhd_layout *disk;
	struct placement *out;
	uint8_t footer[VHD_FOOTER_LEN];
	uint64_t end;    /* where the footer will lie; end.at of the disk until a block is new */
	uint64_t block;  /* the last new block, if there is one */
	uint64_t at;     /* file offset of its bitmap */
	uint8_t *bitmap; /* its bitmap, NULL before the first new block */
};

/* ---- new blocks ---- */

static const char *why_not_grow(const struct vhd_layout *d)
{
	if (d->no_writes)
		return d->no_writes;
	if (image_file_device_sector(d->file) != 0)
		return "a VHD on a block device cannot become longer";
	if (d->end->len != VHD_FOOTER_LEN ||
	    d->end->at + VHD_FOOTER_LEN != image_file_size(d->file))
		return "the file does not end with its VHD footer";
	if (d->end->at % VHD_SECTOR != 0)
		return "the VHD footer does not lie on a sector of the file";
	return NULL;
}

/* A part of a new bitmap: the first one lies on the old footer, the others on nothing. */
static int add_bitmap_sector(struct placing *p, uint64_t in, struct err *err)
{
	static const uint8_t nothing[VHD_SECTOR];
	struct write w = {
		.off = p->at + in,
		.len = VHD_SECTOR,
		.old_bytes = p->at + in == p->disk->end->at ? p->footer : nothing,
		.new_bytes = p->bitmap + in,
		.what = said_make(p->out->extra->arena, "sector bitmap of VHD block %llu (new)",
				  (unsigned long long)p->block),
	};
	if (memcmp(w.old_bytes, w.new_bytes, w.len) == 0)
		return 0;
	return writes_add(p->out->extra, &w, err);
}

/* No more sectors go into the new block, if there is one: its bitmap is known. */
static int finish_block(struct placing *p, struct err *err)
{
	uint64_t len = vhd_table_bitmap_len(p->disk->table);
	for (uint64_t in = 0; p->bitmap && in < len; in += VHD_SECTOR)
		if (add_bitmap_sector(p, in, err) < 0)
			return -1;
	return 0;
}

static int open_block(struct placing *p, uint64_t block, struct err *err)
{
	const struct vhd_layout *d = p->disk;
	const char *why = why_not_grow(d);
	uint64_t len = vhd_table_bitmap_len(d->table);
	if (why)
		return err_set(err, E_MAP,
			       "VHD block %" PRIu64 " is not stored, and no place can be made: %s",
			       block, why);
	if (finish_block(p, err) < 0 ||
	    vhd_table_add(d->table, block, p->end, p->out->extra, err) < 0)
		return -1;
	p->bitmap = arena_alloc(p->out->extra->arena, (size_t)len, err);
	if (!p->bitmap)
		return -1;
	memset(p->bitmap, d->sectors ? 0 : 0xff, (size_t)len);
	p->block = block;
	p->at = p->end;
	p->end += len + d->block_size;
	p->out->new_blocks++;
	return 0;
}

static int place_in_new(struct placing *p, uint64_t block, uint64_t sector, uint64_t *file_off,
			struct err *err)
{
	if ((!p->bitmap || p->block != block) && open_block(p, block, err) < 0)
		return -1;
	p->bitmap[sector / VHD_SECTORS_PER_BYTE] |= vhd_bitmap_bit(sector);
	*file_off = p->at + vhd_table_bitmap_len(p->disk->table) + sector * VHD_SECTOR;
	p->out->copied++;
	return 0;
}

static int move_footer(struct placing *p, struct err *err)
{
	static const uint8_t nothing[VHD_FOOTER_LEN];
	struct write w = {
		.off = p->end,
		.len = VHD_FOOTER_LEN,
		.old_bytes = nothing,
		.new_bytes = p->footer,
		.what = said_of("VHD footer, moved to the new end"),
	};
	if (p->end == p->disk->end->at)
		return 0;
	if (p->end + VHD_FOOTER_LEN > p->out->file_length)
		p->out->file_length = p->end + VHD_FOOTER_LEN;
	return writes_add(p->out->extra, &w, err);
}

/* ---- sectors ---- */

/* Is the sector the parent's until now? */
static int note_owner(struct placing *p, const struct vhd_place *at, struct err *err)
{
	uint64_t run;
	int own = vhd_sectors_run(p->disk->sectors, at->block, at->sector * VHD_SECTOR, VHD_SECTOR,
				  &run, err);
	p->out->copied += own == 0;
	return own;
}

static int place_in_stored(struct placing *p, const struct vhd_place *at, struct err *err)
{
	const struct vhd_layout *d = p->disk;
	if (vhd_table_alone(d->table, at->block, at->bitmap_at, err) < 0)
		return -1;
	if (d->sectors ? note_owner(p, at, err) < 0 : vhd_bitmap_agree(at, err) < 0)
		return -1;
	return vhd_bitmap_set(at, p->out->extra, err);
}

static int place_sector(struct placing *p, uint64_t off, uint64_t *file_off, struct err *err)
{
	const struct vhd_layout *d = p->disk;
	struct vhd_place at = {
		.file = d->file,
		.block = off / d->block_size,
		.sector = off % d->block_size / VHD_SECTOR,
	};
	int stored = vhd_table_find(d->table, at.block, &at.bitmap_at, err);
	if (stored < 0)
		return -1;
	if (stored == 0)
		return place_in_new(p, at.block, at.sector, file_off, err);
	at.content_at = at.bitmap_at + vhd_table_bitmap_len(d->table) + at.sector * VHD_SECTOR;
	*file_off = at.content_at;
	return place_in_stored(p, &at, err);
}

int vhd_place_sectors(const struct vhd_layout *disk, const struct write *sectors, size_t n,
		      uint64_t *file_off, struct placement *out, struct err *err)
{
	struct placing p = {.disk = disk, .out = out, .end = disk->end->at};
	if (!disk->table)
		return place_as_it_is(NULL, sectors, n, file_off, out, err);
	if (!why_not_grow(disk) &&
	    image_file_read(disk->file, disk->end->at, p.footer, VHD_FOOTER_LEN, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (place_sector(&p, sectors[i].off, &file_off[i], err) < 0)
			return err_at(err, "disk byte 0x%" PRIx64, sectors[i].off);
	return finish_block(&p, err) < 0 ? -1 : move_footer(&p, err);
}
