/* SPDX-License-Identifier: MIT */
/*
 * Fixed, dynamic and differencing VHD: where the disk's bytes lie. Which footer describes it is
 * decided in vhd_end.c.
 *
 * Sector bitmaps are not needed for reading a disk without parent and cost no read there; what
 * writing asks of them is in vhd_bitmap.c. In a differencing disk they say which sectors of a
 * block are the parent's (vhd_sectors.c); a block that is not stored is the parent's whole.
 *
 * Source: Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "vhd_end.h"
#include "vhd_parent.h"
#include "vhd_place.h"
#include "vhd_sectors.h"
#include "vhd_table.h"

#define HEADER_COOKIE_AT 512 /* where every known program puts the dynamic header */

struct vhd {
	struct image_file *file;
	const struct image_info *info;
	struct vhd_end end;
	/* dynamic and differencing disks only */
	struct vhd_header header;
	struct vhd_table *table;
	/* differencing disks only */
	struct vhd_sectors *sectors;
	struct image *parent;
};

static bool vhd_probe(struct span head, struct span tail)
{
	return (tail.len >= VHD_FOOTER_LEN &&
		vhd_has_footer_cookie(tail, tail.len - VHD_FOOTER_LEN)) ||
	       (tail.len >= VHD_FOOTER_OLD_LEN &&
		vhd_has_footer_cookie(tail, tail.len - VHD_FOOTER_OLD_LEN)) ||
	       vhd_has_footer_cookie(head, 0) || vhd_has_header_cookie(head, HEADER_COOKIE_AT);
}

static int describe(const struct vhd *v, struct image_info *info, struct arena *arena,
		    struct err *err)
{
	const struct vhd_footer *f = &v->end.footer;
	static const char *const types[] = {
		[VHD_FIXED] = "fixed",
		[VHD_DYNAMIC] = "dynamic",
		[VHD_DIFFERENCING] = "differencing",
	};
	info->type = types[f->type];
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
			  said_make(arena,
				    "the footer's geometry makes %" PRIu64
				    " bytes, its size is %" PRIu64
				    "; some programs would use the geometry",
				    f->geometry, f->size),
			  err);
}

/* ---- opening ---- */

static int open_fixed(struct vhd *v, struct image_info *info, struct err *err)
{
	info->stored = v->end.footer.size;
	if (v->end.at == v->end.footer.size)
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHD footer at 0x%" PRIx64 ": a fixed disk of %" PRIu64
		       " bytes, but %" PRIu64 " bytes lie before the footer",
		       v->end.at, v->end.footer.size, v->end.at);
}

static int read_header(struct vhd *v, uint8_t raw[VHD_HEADER_LEN], struct err *err)
{
	uint64_t at = v->end.footer.header_at, end;
	if (__builtin_add_overflow(at, VHD_HEADER_LEN, &end) || end > v->end.at ||
	    at < VHD_FOOTER_LEN)
		return err_set(err, E_CORRUPT,
			       "VHD footer: the dynamic header at 0x%" PRIx64
			       " does not fit into the file before 0x%" PRIx64,
			       at, v->end.at);
	if (image_file_read(v->file, at, raw, VHD_HEADER_LEN, err) < 0)
		return -1;
	return vhd_header_parse((struct span){raw, VHD_HEADER_LEN}, at, v->end.footer.size,
				&v->header, err);
}

static int open_table(struct vhd *v, struct err *err)
{
	struct vhd_table_shape shape = {
		.at = v->header.table_at,
		.entries = v->header.entries,
		.block_size = v->header.block_size,
		.disk_size = v->end.footer.size,
		.header_at = v->end.footer.header_at,
		.header_end = v->end.footer.header_at + VHD_HEADER_LEN,
		.limit = v->end.at,
	};
	v->table = vhd_table_open(v->file, &shape, err);
	return v->table ? 0 : -1;
}

static int open_dynamic(struct vhd *v, struct image_info *info, struct err *err)
{
	uint8_t raw[VHD_HEADER_LEN];
	if (read_header(v, raw, err) < 0 || open_table(v, err) < 0)
		return -1;
	info->stored = vhd_table_stored(v->table);
	return 0;
}

static int open_differencing(struct vhd *v, struct image_info *info,
			     const struct image_options *options, struct arena *arena,
			     struct err *err)
{
	uint8_t raw[VHD_HEADER_LEN];
	if (read_header(v, raw, err) < 0 || open_table(v, err) < 0)
		return -1;
	struct vhd_sectors_shape shape = {v->header.block_size, v->end.footer.size};
	v->sectors = vhd_sectors_open(v->file, v->table, &shape, err);
	if (!v->sectors)
		return -1;
	v->parent = vhd_parent_open(v->file, &v->header, options, info, arena, err);
	return v->parent ? 0 : -1;
}

static int open_type(struct vhd *v, struct image_info *info, const struct image_options *options,
		     struct arena *arena, struct err *err)
{
	if (vhd_end_find(v->file, &v->end, info, err) < 0 || describe(v, info, arena, err) < 0)
		return -1;
	if (v->end.footer.type == VHD_FIXED)
		return open_fixed(v, info, err);
	if (v->end.footer.type == VHD_DYNAMIC)
		return open_dynamic(v, info, err);
	return open_differencing(v, info, options, arena, err);
}

static void vhd_close(void *state)
{
	struct vhd *v = state;
	image_close(v->parent);
	vhd_sectors_close(v->sectors);
	vhd_table_close(v->table);
	free(v);
}

static void *vhd_open(struct image_file *f, struct image_info *info,
		      const struct image_options *options, struct arena *arena, struct err *err)
{
	struct vhd *v = calloc(1, sizeof(*v));
	if (!v)
		return err_null(err, E_MEMORY, "no memory to open the VHD");
	v->file = f;
	v->info = info;
	if (open_type(v, info, options, arena, err) < 0) {
		vhd_close(v);
		return NULL;
	}
	return v;
}

static int vhd_identify(struct image_file *f, struct arena *arena, struct identity *out,
			struct err *err)
{
	struct vhd v = {.file = f};
	struct image_info unused = {0};
	uint8_t raw[VHD_HEADER_LEN];
	if (vhd_end_find(f, &v.end, &unused, err) < 0)
		return -1;
	memcpy(out->id, v.end.footer.id, sizeof(out->id));
	out->has_parent = v.end.footer.type == VHD_DIFFERENCING;
	if (!out->has_parent)
		return 0;
	if (read_header(&v, raw, err) < 0)
		return -1;
	return vhd_parent_want(f, &v.header, arena, &out->want, err);
}

/* ---- places ---- */

/* A range of one block. */
struct piece {
	uint64_t block;
	uint64_t at;     /* file offset of its first byte, when the block is stored */
	uint64_t within; /* bytes from the block's first sector */
	uint64_t len;    /* bytes, > 0, not beyond the block */
};

/*
 * The part of a disk range that lies in its first block. 1 when the block is stored, 0 when it
 * is not, -1 with err.
 */
static int locate(struct vhd *v, uint64_t off, uint64_t len, struct piece *p, struct err *err)
{
	uint64_t bitmap_at = 0;
	p->block = off / v->header.block_size;
	p->within = off % v->header.block_size;
	uint64_t left = v->header.block_size - p->within;
	p->len = len < left ? len : left;
	int stored = vhd_table_find(v->table, p->block, &bitmap_at, err);
	p->at = bitmap_at + vhd_table_bitmap_len(v->table) + p->within;
	return stored;
}

/* What is not stored: the parent's bytes, or zeros without a parent. */
static int read_absent(struct vhd *v, uint64_t off, void *buf, size_t len, struct err *err)
{
	if (v->parent)
		return chain_read(v->parent, off, buf, len, err);
	memset(buf, 0, len);
	return 0;
}

static int read_part(struct vhd *v, uint64_t off, uint64_t len, uint8_t *buf, uint64_t *done,
		     struct err *err)
{
	struct piece p;
	int here = locate(v, off, len, &p, err);
	if (here > 0 && v->sectors)
		here = vhd_sectors_run(v->sectors, p.block, p.within, p.len, &p.len, err);
	*done = p.len;
	if (here < 0)
		return -1;
	if (here == 0)
		return read_absent(v, off, buf, (size_t)p.len, err);
	return image_file_read(v->file, p.at, buf, (size_t)p.len, err);
}

static int vhd_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhd *v = state;
	if (v->end.footer.type == VHD_FIXED)
		return image_file_read(v->file, off, buf, len, err);
	uint64_t step;
	for (size_t done = 0; done < len; done += (size_t)step)
		if (read_part(v, off + done, len - done, (uint8_t *)buf + done, &step, err) < 0)
			return -1;
	return 0;
}

static int vhd_place(void *state, const struct write *sectors, size_t n, uint64_t *file_off,
		     struct placement *out, struct err *err)
{
	struct vhd *v = state;
	struct vhd_layout layout = {
		.file = v->file,
		.end = &v->end,
		.table = v->table,
		.block_size = v->header.block_size,
		.sectors = v->sectors,
		.no_writes = v->info->no_writes,
	};
	return vhd_place_sectors(&layout, sectors, n, file_off, out, err);
}

static const char *vhd_libvhdi_fault(void *state)
{
	struct vhd *v = state;
	if (!v->sectors)
		return NULL;
	if (vhd_sectors_misread(v->sectors, NULL) != 0)
		return "libvhdi misreads the sector bitmaps of this differencing disk";
	return image_libvhdi_fault(v->parent);
}

const struct container vhd_container = {
	.name = "vhd",
	.probe = vhd_probe,
	.identify = vhd_identify,
	.open = vhd_open,
	.close = vhd_close,
	.read = vhd_read,
	.place = vhd_place,
	.libvhdi_fault = vhd_libvhdi_fault,
};
