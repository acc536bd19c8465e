/* SPDX-License-Identifier: MIT */
/*
 * Fixed and dynamic VHD: which footer to believe, and where the disk's bytes lie. Differencing
 * disks and reserved types are named and refused.
 *
 * Footers. The one at the end of the file decides. If it is damaged and a dynamic disk has a good
 * copy at the start, the disk can be read but not written (no_writes); the same when the copy
 * differs, because nobody can say which of the two is right.
 *
 * Sector bitmaps are not needed for reading a disk without parent and cost no read there; what
 * writing asks of them is in vhd_bitmap.c.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/container.h"
#include "stop7b/vhd_bitmap.h"
#include "stop7b/vhd_footer.h"
#include "stop7b/vhd_table.h"

#define HEADER_COOKIE_AT 512 /* where every known program puts the dynamic header */

struct vhd {
	struct image_file *file;
	struct vhd_footer footer;
	uint64_t footer_at; /* nothing of the disk lies behind */
	size_t footer_len;
	/* dynamic disks only */
	struct vhd_header header;
	struct vhd_table *table;
};

static bool vhd_probe(struct span head, struct span tail)
{
	return (tail.len >= VHD_FOOTER_LEN &&
		vhd_has_footer_cookie(tail, tail.len - VHD_FOOTER_LEN)) ||
	       (tail.len >= VHD_FOOTER_OLD_LEN &&
		vhd_has_footer_cookie(tail, tail.len - VHD_FOOTER_OLD_LEN)) ||
	       vhd_has_footer_cookie(head, 0) || vhd_has_header_cookie(head, HEADER_COOKIE_AT);
}

/* ---- footers ---- */

/* Read and check the footer of len bytes at `at`; the bytes stay in raw. */
static int try_footer(struct vhd *v, uint64_t at, size_t len, uint8_t *raw, struct err *err)
{
	if (at > image_file_size(v->file) || len > image_file_size(v->file) - at)
		return err_set(err, E_CORRUPT, "the file is too short for a VHD footer");
	if (image_file_read(v->file, at, raw, len, err) < 0)
		return -1;
	v->footer_at = at;
	v->footer_len = len;
	return vhd_footer_parse((struct span){raw, len}, at, &v->footer, err);
}

static int restrict_writes(struct image_info *info, const char *why, struct err *err)
{
	info->no_writes = why;
	return image_note(info, why, err);
}

static int compare_copy(struct vhd *v, const uint8_t *footer, struct image_info *info,
			struct err *err)
{
	uint8_t copy[VHD_FOOTER_LEN];
	if (image_file_read(v->file, 0, copy, v->footer_len, err) < 0)
		return -1;
	if (memcmp(copy, footer, v->footer_len) == 0)
		return 0;
	return restrict_writes(info,
			       "the two copies of the VHD footer differ; the one at the end "
			       "of the file is used",
			       err);
}

static int use_old_footer(struct vhd *v, struct image_info *info, uint8_t *raw, struct err *err)
{
	uint64_t size = image_file_size(v->file);
	if (size < VHD_FOOTER_OLD_LEN)
		return err_set(err, E_CORRUPT, "the file is too short for a VHD footer");
	if (try_footer(v, size - VHD_FOOTER_OLD_LEN, VHD_FOOTER_OLD_LEN, raw, err) < 0)
		return -1;
	return restrict_writes(info,
			       "the VHD footer has 511 bytes, as only very old programs "
			       "write it",
			       err);
}

/* Blocks may reach to the end of the file: nothing is known about where the footer was. */
static int use_head_copy(struct vhd *v, struct image_info *info, uint8_t *raw, struct err *err)
{
	if (try_footer(v, 0, VHD_FOOTER_LEN, raw, err) < 0)
		return -1;
	if (v->footer.type == VHD_FIXED)
		return err_set(err, E_CORRUPT, "a fixed VHD without a footer at its end");
	v->footer_at = image_file_size(v->file);
	return restrict_writes(info,
			       "the VHD footer at the end of the file is damaged; the copy at "
			       "its start is used",
			       err);
}

static int find_footer(struct vhd *v, struct image_info *info, struct err *err)
{
	uint64_t size = image_file_size(v->file);
	uint8_t raw[VHD_FOOTER_LEN] = {0};
	struct err tail = {0};
	uint64_t at = size < VHD_FOOTER_LEN ? size : size - VHD_FOOTER_LEN;
	if (try_footer(v, at, VHD_FOOTER_LEN, raw, &tail) == 0)
		return v->footer.type == VHD_FIXED ? 0 : compare_copy(v, raw, info, err);
	if (tail.code == E_UNSUPPORTED || tail.code == E_IO)
		return err_set(err, tail.code, "%s", tail.text);
	if (use_old_footer(v, info, raw, NULL) == 0 || use_head_copy(v, info, raw, NULL) == 0)
		return 0;
	return err_set(err, tail.code, "%s, and there is no sound copy at the start", tail.text);
}

static int describe(const struct vhd *v, struct image_info *info, struct arena *arena,
		    struct err *err)
{
	const struct vhd_footer *f = &v->footer;
	info->type = f->type == VHD_FIXED ? "fixed" : "dynamic";
	info->creator = vhd_creator_name(f, arena);
	memcpy(info->id, f->id, sizeof(info->id));
	info->size = f->size;
	info->sector_size = VHD_SECTOR;
	info->saved_state = f->saved_state;
	if (!info->creator)
		return err_set(err, E_MEMORY, "no memory for the creator's name");
	if (f->geometry == f->size || !vhd_size_by_geometry(f))
		return 0;
	return image_note(info,
			  arena_printf(arena,
				       "the footer's geometry makes %" PRIu64
				       " bytes, its size is %" PRIu64
				       "; some programs would use the geometry",
				       f->geometry, f->size),
			  err);
}

/* ---- opening ---- */

static int open_fixed(struct vhd *v, struct image_info *info, struct err *err)
{
	info->stored = v->footer.size;
	if (v->footer_at == v->footer.size)
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHD footer at 0x%" PRIx64 ": a fixed disk of %" PRIu64
		       " bytes, but %" PRIu64 " bytes lie before the footer",
		       v->footer_at, v->footer.size, v->footer_at);
}

static int read_header(struct vhd *v, uint8_t raw[VHD_HEADER_LEN], struct err *err)
{
	uint64_t at = v->footer.header_at, end;
	if (__builtin_add_overflow(at, VHD_HEADER_LEN, &end) || end > v->footer_at ||
	    at < VHD_FOOTER_LEN)
		return err_set(err, E_CORRUPT,
			       "VHD footer: the dynamic header at 0x%" PRIx64
			       " does not fit into the file before 0x%" PRIx64,
			       at, v->footer_at);
	if (image_file_read(v->file, at, raw, VHD_HEADER_LEN, err) < 0)
		return -1;
	return vhd_header_parse((struct span){raw, VHD_HEADER_LEN}, at, v->footer.size, &v->header,
				err);
}

static int open_dynamic(struct vhd *v, struct image_info *info, struct err *err)
{
	uint8_t raw[VHD_HEADER_LEN];
	if (read_header(v, raw, err) < 0)
		return -1;
	struct vhd_table_shape shape = {
		.at = v->header.table_at,
		.entries = v->header.entries,
		.block_size = v->header.block_size,
		.disk_size = v->footer.size,
		.header_at = v->footer.header_at,
		.header_end = v->footer.header_at + VHD_HEADER_LEN,
		.limit = v->footer_at,
	};
	v->table = vhd_table_open(v->file, &shape, err);
	if (!v->table)
		return -1;
	info->stored = vhd_table_stored(v->table);
	return 0;
}

static int refuse_differencing(struct vhd *v, struct arena *arena, struct err *err)
{
	uint8_t raw[VHD_HEADER_LEN];
	if (read_header(v, raw, err) < 0)
		return -1;
	const char *name = text_utf16be(arena, v->header.parent_name);
	return err_set(err, E_UNSUPPORTED,
		       "a differencing VHD, whose content lies partly in its parent \"%s\"; merge "
		       "both into a new disk first (Hyper-V Manager: Edit Disk; not with qemu-img, "
		       "which ignores the parent)",
		       name ? name : "");
}

static int open_type(struct vhd *v, struct image_info *info, struct arena *arena, struct err *err)
{
	if (find_footer(v, info, err) < 0 || describe(v, info, arena, err) < 0)
		return -1;
	if (v->footer.type == VHD_FIXED)
		return open_fixed(v, info, err);
	if (v->footer.type == VHD_DYNAMIC)
		return open_dynamic(v, info, err);
	return refuse_differencing(v, arena, err);
}

static void vhd_close(void *state)
{
	struct vhd *v = state;
	vhd_table_close(v->table);
	free(v);
}

static void *vhd_open(struct image_file *f, struct image_info *info,
		      const struct image_options *options, struct arena *arena, struct err *err)
{
	(void)options;
	struct vhd *v = calloc(1, sizeof(*v));
	if (!v)
		return err_null(err, E_MEMORY, "no memory to open the VHD");
	v->file = f;
	if (open_type(v, info, arena, err) < 0) {
		vhd_close(v);
		return NULL;
	}
	return v;
}

/* ---- places ---- */

/*
 * The part of a disk range that lies in its first block. 1 when the block is stored, 0 when it
 * reads as zeros, -1 with err.
 */
static int locate(struct vhd *v, uint64_t off, uint64_t len, struct vhd_range *r, struct err *err)
{
	*r = (struct vhd_range){
		.file = v->file,
		.block = off / v->header.block_size,
		.within = off % v->header.block_size,
	};
	uint64_t left = v->header.block_size - r->within;
	r->len = len < left ? len : left;
	int stored = vhd_table_find(v->table, r->block, &r->bitmap_at, err);
	r->content_at = r->bitmap_at + vhd_table_bitmap_len(v->table);
	return stored;
}

static int read_range(const struct vhd_range *r, bool stored, void *buf, struct err *err)
{
	if (stored)
		return image_file_read(r->file, r->content_at + r->within, buf, (size_t)r->len,
				       err);
	memset(buf, 0, (size_t)r->len);
	return 0;
}

static int vhd_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhd *v = state;
	if (v->footer.type == VHD_FIXED)
		return image_file_read(v->file, off, buf, len, err);
	uint8_t *to = buf;
	for (size_t done = 0; done < len;) {
		struct vhd_range r;
		int stored = locate(v, off + done, len - done, &r, err);
		if (stored < 0 || read_range(&r, stored, to + done, err) < 0)
			return -1;
		done += (size_t)r.len;
	}
	return 0;
}

static int find_writable(struct vhd *v, uint64_t off, uint64_t len, struct vhd_range *r,
			 struct err *err)
{
	int stored = locate(v, off, len, r, err);
	if (stored < 0)
		return -1;
	if (stored == 0)
		return err_set(err, E_MAP,
			       "VHD block %" PRIu64 " (disk byte 0x%" PRIx64
			       ") is not stored in the file",
			       r->block, off);
	if (vhd_table_alone(v->table, r->block, r->bitmap_at, err) < 0)
		return -1;
	return vhd_bitmap_agree(r, err);
}

static int vhd_map(void *state, uint64_t off, uint64_t len, uint64_t *file_off, uint64_t *run,
		   struct err *err)
{
	struct vhd *v = state;
	*file_off = off;
	*run = len;
	if (v->footer.type == VHD_FIXED)
		return 0;
	struct vhd_range r;
	if (find_writable(v, off, len, &r, err) < 0)
		return -1;
	*file_off = r.content_at + r.within;
	*run = r.len;
	return 0;
}

static int vhd_bookkeeping(void *state, uint64_t off, uint64_t len, struct write_list *out,
			   struct err *err)
{
	struct vhd *v = state;
	if (v->footer.type == VHD_FIXED)
		return 0;
	for (uint64_t done = 0; done < len;) {
		struct vhd_range r;
		if (find_writable(v, off + done, len - done, &r, err) < 0 ||
		    vhd_bitmap_set(&r, out, err) < 0)
			return -1;
		done += r.len;
	}
	return 0;
}

const struct container vhd_container = {
	.name = "vhd",
	.probe = vhd_probe,
	.open = vhd_open,
	.close = vhd_close,
	.read = vhd_read,
	.map = vhd_map,
	.bookkeeping = vhd_bookkeeping,
};
