/* SPDX-License-Identifier: MIT */
/*
 * VHDX: fixed, dynamic and differencing disks. A file is opened in the order that the
 * specification demands: headers, log, region table, metadata, block table; from the region table
 * on everything is read as if the log had been replayed, which happens in memory only
 * (vhdx_file.c). What a differencing disk does not hold is its parent's.
 *
 * A place is offered for writing only where the file on the disk holds what was read: not under a
 * page that came from the log and not in a block that shares bytes with another one. Blocks that
 * are not present get a place in vhdx_place.c. Before its first change the file needs new headers
 * (vhdx_update.c).
 *
 * libvhdi 20210425 misreads two kinds of file, named by reference_unsafe: it does not skip the
 * bitmap entries in the block table of a fixed disk, so everything behind the first chunk is
 * wrong, and it does not replay the log.
 *
 * Source: [MS-VHDX] Virtual Hard Disk v2 (VHDX) File Format (Microsoft, 2021-06-25).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "vhdx_bat.h"
#include "vhdx_log.h"
#include "vhdx_parent.h"
#include "vhdx_place.h"
#include "vhdx_update.h"

#define SIGNATURE     "vhdxfile"
#define SIGNATURE_LEN 8u
#define CREATOR_AT    8u
#define CREATOR_LEN   512u
/* What libvhdi reads right of a fixed disk: the sectors of one chunk. */
#define FIRST_CHUNK ((uint64_t)1 << 23)

struct vhdx {
	struct image_file *raw;
	const struct image_info *info;
	struct vhdx_file *file;
	struct vhdx_headers headers;
	struct vhdx_regions regions;
	struct vhdx_disk disk;
	struct vhdx_bat *table;
	struct image *parent; /* differencing disks only */
	struct vhdx_update update;
};

static bool vhdx_probe(struct span head, struct span tail)
{
	(void)tail;
	return span_holds(head, 0, SIGNATURE_LEN) && memcmp(head.p, SIGNATURE, SIGNATURE_LEN) == 0;
}

static void vhdx_close(void *state)
{
	struct vhdx *v = state;
	if (!v)
		return;
	image_close(v->parent);
	vhdx_bat_close(v->table);
	free(v);
}

/* ---- what is told about the disk ---- */

static int restrict_writes(struct image_info *info, const char *why, struct err *err)
{
	if (!info->no_writes)
		info->no_writes = why;
	return image_note(info, said_of(why), err);
}

static int describe_state(const struct vhdx *v, struct image_info *info, struct err *err)
{
	const char *refusal = vhdx_update_refusal(v->file, &v->headers);
	if ((v->headers.damaged[0] || v->headers.damaged[1]) &&
	    image_note(info,
		       said_of("one of the two VHDX headers is damaged; the other one is used"),
		       err) < 0)
		return -1;
	if (v->headers.header.log_used &&
	    image_note(info, said_of("the VHDX log was not empty; it was replayed in memory"),
		       err) < 0)
		return -1;
	if (v->regions.first_damaged &&
	    restrict_writes(info,
			    N_("the first VHDX region table is damaged; the second one is used"),
			    err) < 0)
		return -1;
	return refusal ? restrict_writes(info, refusal, err) : 0;
}

/* The virtual disk id does not change with a write, so that an undo record still fits. */
static int describe(const struct vhdx *v, struct image_info *info, struct err *err)
{
	const struct vhdx_disk *d = &v->disk;
	info->type = d->has_parent ? "differencing" : d->fixed ? "fixed" : "dynamic";
	memcpy(info->id, d->id, sizeof(info->id));
	info->size = d->size;
	info->sector_size = d->sector_size;
	info->stored = vhdx_bat_stored(v->table);
	info->reference_unsafe = v->headers.header.log_used ||
				 (d->fixed && d->size > FIRST_CHUNK * d->sector_size);
	return describe_state(v, info, err);
}

/* ---- opening ---- */

static int read_creator(struct image_file *f, struct image_info *info, struct arena *arena,
			struct err *err)
{
	uint8_t raw[CREATOR_LEN];
	if (image_file_read(f, CREATOR_AT, raw, sizeof(raw), err) < 0)
		return err_at(err, "VHDX file identifier");
	const char *name = text_utf16le(arena, (struct span){raw, sizeof(raw)});
	if (!name)
		return err_set(err, E_MEMORY, "no memory for the creator's name");
	info->creator = *name ? name : NULL;
	return 0;
}

/* Everything but the block table. */
static int read_structures(struct vhdx *v, struct image_file *f, struct arena *arena,
			   struct err *err)
{
	v->file = vhdx_file_new(f, arena, err);
	if (!v->file || vhdx_headers_read(f, &v->headers, err) < 0 ||
	    vhdx_log_replay(&v->headers.header, v->file, arena, err) < 0 ||
	    vhdx_regions_read(v->file, &v->headers.header, arena, &v->regions, err) < 0)
		return -1;
	return vhdx_metadata_read(v->file, &v->regions.metadata, &v->disk, err);
}

static int open_parent(struct vhdx *v, struct image_file *f, struct image_info *info,
		       const struct image_options *options, struct arena *arena, struct err *err)
{
	struct chain_want want;
	if (!v->disk.has_parent)
		return 0;
	if (vhdx_parent_want(v->file, &v->disk.locator, arena, &want, err) < 0)
		return -1;
	v->parent = vhdx_parent_open(f, &want, options, info, arena, err);
	return v->parent ? 0 : -1;
}

static int open_all(struct vhdx *v, struct image_file *f, struct image_info *info,
		    const struct image_options *options, struct arena *arena, struct err *err)
{
	if (read_creator(f, info, arena, err) < 0 || read_structures(v, f, arena, err) < 0)
		return -1;
	v->table = vhdx_bat_open(v->file, &v->regions, &v->disk, err);
	if (!v->table || describe(v, info, err) < 0)
		return -1;
	return open_parent(v, f, info, options, arena, err);
}

static void *vhdx_open(struct image_file *f, struct image_info *info,
		       const struct image_options *options, struct arena *arena, struct err *err)
{
	struct vhdx *v = calloc(1, sizeof(*v));
	if (!v)
		return err_null(err, E_MEMORY, "no memory to open a VHDX");
	v->raw = f;
	v->info = info;
	if (open_all(v, f, info, options, arena, err) < 0) {
		vhdx_close(v);
		return NULL;
	}
	return v;
}

static int vhdx_identify(struct image_file *f, struct arena *arena, struct identity *out,
			 struct err *err)
{
	struct vhdx *v = arena_alloc(arena, sizeof(*v), err);
	if (!v || read_structures(v, f, arena, err) < 0)
		return -1;
	memcpy(out->id, v->headers.header.data_id, sizeof(out->id));
	out->has_parent = v->disk.has_parent;
	if (!out->has_parent)
		return 0;
	return vhdx_parent_want(v->file, &v->disk.locator, arena, &out->want, err);
}

/* ---- the verbs ---- */

static int read_extent(struct vhdx *v, uint64_t off, const struct vhdx_extent *e, uint8_t *buf,
		       struct err *err)
{
	if (e->where == VHDX_ABOVE)
		return chain_read(v->parent, off, buf, (size_t)e->len, err);
	if (e->where == VHDX_HERE)
		return vhdx_file_read(v->file, e->file_at, buf, (size_t)e->len, err);
	memset(buf, 0, (size_t)e->len);
	return 0;
}

static int vhdx_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct vhdx *v = state;
	uint8_t *to = buf;
	for (size_t done = 0; done < len;) {
		struct vhdx_extent e;
		if (vhdx_bat_locate(v->table, off + done, len - done, &e, err) < 0 ||
		    read_extent(v, off + done, &e, to + done, err) < 0)
			return -1;
		done += (size_t)e.len;
	}
	return 0;
}

static int vhdx_place(void *state, const struct write *sectors, size_t n, uint64_t *file_off,
		      struct placement *out, struct err *err)
{
	struct vhdx *v = state;
	const struct vhdx_layout layout = {
		.file = v->file,
		.headers = &v->headers,
		.regions = &v->regions,
		.disk = &v->disk,
		.table = v->table,
		.update = &v->update,
		.block_device = image_file_device_sector(v->raw) != 0,
		.no_writes = v->info->no_writes,
	};
	return vhdx_place_sectors(&layout, sectors, n, file_off, out, err);
}

const struct container vhdx_container = {
	.name = "vhdx",
	.probe = vhdx_probe,
	.identify = vhdx_identify,
	.open = vhdx_open,
	.close = vhdx_close,
	.read = vhdx_read,
	.place = vhdx_place,
};
