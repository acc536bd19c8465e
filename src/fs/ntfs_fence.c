/* SPDX-License-Identifier: MIT */
/*
 * The fence: which sectors of a volume may change when names are added. Own parsers, no library,
 * nothing that the child says is believed; the volume before the change decides.
 *
 * A changed sector must lie in a cluster that the old $Bitmap calls free, in $Bitmap or $MFT's
 * bitmap (where bits are only set, never cleared), in the MFT records of the new files, their
 * directories, the linked and filled files and $MFT with their extensions, in the mirror of those,
 * or in the index of those directories. A record that was free before may change when it is one of
 * these afterwards, or lies behind the end that $MFT had. Afterwards each directory holds the
 * names that it held, the new ones and no other; a linked file has the data that it had; $MFT
 * continues where it was. Anything else: E_MAP.
 */
#include "ntfs_fence.h"

#include <string.h>

static const struct ntfs_stream_id index_id = {NTFS_INDEX_ALLOCATION, "$I30"};
static const struct ntfs_stream_id index_bits_id = {NTFS_BITMAP, "$I30"};
static const struct ntfs_stream_id plain_bits_id = {NTFS_BITMAP, ""};

static int outside(struct err *err, uint64_t off, const char *what)
{
	return err_set(err, E_MAP,
		       "byte %llu of the volume must not change (%s): nothing is written",
		       (unsigned long long)off, what);
}

/* ---- what the steps made ---- */

/* The record of each step's directory and of its new name, on the new volume. */
static int find_made(struct fence *f, struct err *err)
{
	const struct ntfs_plan *plan = f->plan;
	f->directories = arena_array(f->arena, plan->n, sizeof(uint64_t), err);
	f->made = arena_array(f->arena, plan->n, sizeof(uint64_t), err);
	if (!f->directories || !f->made)
		return -1;
	for (size_t i = 0; i < plan->n; i++) {
		const struct ntfs_step *s = &plan->steps[i];
		uint64_t reference;
		f->directories[i] = s->made_by == NTFS_MADE_BY_NONE ? s->parent & NTFS_RECORD_MASK
								    : f->made[s->made_by];
		char *name = text_utf16le_raw(f->arena, ntfs_step_name(s));
		int r = name ? ntfs_index_find(f->new, f->directories[i], name, &reference, err)
			     : no_memory(err);
		if (r < 0)
			return -1;
		if (r == 0)
			return err_set(err, E_MAP, "%s is not there afterwards", s->path);
		f->made[i] = reference & NTFS_RECORD_MASK;
		if (ntfs_step_has_file(s->kind) && reference != s->existing)
			return err_set(err, E_MAP, "%s leads to another file", s->path);
	}
	return 0;
}

/* Was a record free before? -1 with err. */
static int was_free(struct fence *f, uint64_t number, struct err *err)
{
	if (number >= f->old->mft.size / f->old->geometry.record)
		return 1;
	int r = fence_bit(&f->mft_bits, number, err);
	return r < 0 ? -1 : !r;
}

static int add_file(struct fence *f, struct ntfs_core *core, uint64_t number, struct err *err)
{
	uint64_t *numbers;
	size_t n;
	if (ntfs_core_records(core, number, f->arena, &numbers, &n, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (fence_add_number(&f->records, numbers[i], err) != 0)
			return -1;
	}
	return 0;
}

/* Records of a file on the new volume that were its own before, or nobody's. */
static int add_new_records(struct fence *f, uint64_t number, struct err *err)
{
	uint64_t *numbers;
	size_t n;
	if (ntfs_core_records(f->new, number, f->arena, &numbers, &n, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (fence_has_number(&f->records, numbers[i]))
			continue;
		int r = was_free(f, numbers[i], err);
		if (r < 0)
			return -1;
		if (r == 0)
			return err_set(err, E_MAP, "MFT record %llu belonged to another file",
				       (unsigned long long)numbers[i]);
		if (fence_add_number(&f->records, numbers[i], err) != 0)
			return -1;
	}
	return 0;
}

static int gather_records(struct fence *f, struct err *err)
{
	const struct ntfs_plan *plan = f->plan;
	if (add_file(f, f->old, NTFS_RECORD_MFT, err) != 0)
		return -1;
	for (size_t i = 0; i < plan->n; i++) {
		const struct ntfs_step *s = &plan->steps[i];
		if (s->made_by == NTFS_MADE_BY_NONE &&
		    add_file(f, f->old, f->directories[i], err) != 0)
			return -1;
		if (ntfs_step_has_file(s->kind) && add_file(f, f->old, f->made[i], err) != 0)
			return -1;
	}
	if (add_new_records(f, NTFS_RECORD_MFT, err) != 0)
		return -1;
	for (size_t i = 0; i < plan->n; i++) {
		if (add_new_records(f, f->directories[i], err) != 0 ||
		    add_new_records(f, f->made[i], err) != 0)
			return -1;
	}
	return 0;
}

/* ---- structures ---- */

static int add_stream(struct fence *f, struct fence_ranges *to, struct ntfs_core *core,
		      uint64_t number, const struct ntfs_stream_id *id, enum ntfs_place place,
		      struct err *err)
{
	struct ntfs_stream s;
	if (ntfs_stream_load(core, number, id, f->arena, &s, err) != 0)
		return -1;
	return fence_add_stream(to, &s, core->geometry.cluster, place, id == &index_id ? number : 0,
				err);
}

static int add_index(struct fence *f, struct fence_ranges *to, struct ntfs_core *core,
		     uint64_t number, struct err *err)
{
	return add_stream(f, to, core, number, &index_id, NTFS_PLACE_INDEX, err) ||
			       add_stream(f, to, core, number, &index_bits_id, NTFS_PLACE_INDEX,
					  err)
		       ? -1
		       : 0;
}

static int add_system(struct fence *f, struct fence_ranges *to, struct ntfs_core *core,
		      struct err *err)
{
	if (fence_add_stream(to, &core->mft, core->geometry.cluster, NTFS_PLACE_RECORD, 0, err) !=
	    0)
		return -1;
	return add_stream(f, to, core, NTFS_RECORD_MFT, &plain_bits_id, NTFS_PLACE_MFT_BITMAP,
			  err) ||
			       add_stream(f, to, core, NTFS_RECORD_BITMAP, &ntfs_unnamed_data,
					  NTFS_PLACE_BITMAP, err) ||
			       add_stream(f, to, core, NTFS_RECORD_MIRROR, &ntfs_unnamed_data,
					  NTFS_PLACE_MIRROR, err)
		       ? -1
		       : 0;
}

static int gather_ranges(struct fence *f, struct err *err)
{
	const struct ntfs_plan *plan = f->plan;
	if (add_system(f, &f->before, f->old, err) != 0 ||
	    add_system(f, &f->after, f->new, err) != 0)
		return -1;
	for (size_t i = 0; i < plan->n; i++) {
		const struct ntfs_step *s = &plan->steps[i];
		uint64_t dir = f->directories[i];
		if (fence_first_of_directory(f, i) &&
		    ((s->made_by == NTFS_MADE_BY_NONE &&
		      add_index(f, &f->before, f->old, dir, err) != 0) ||
		     add_index(f, &f->after, f->new, dir, err) != 0))
			return -1;
		if ((s->kind == NTFS_STEP_FILE || s->kind == NTFS_STEP_FILL) &&
		    add_stream(f, &f->after, f->new, f->made[i], &ntfs_unnamed_data,
			       NTFS_PLACE_CONTENT, err) != 0)
			return -1;
	}
	fence_sort(&f->before);
	fence_sort(&f->after);
	return 0;
}

/* ---- one sector ---- */

/* Records differ in [off, off+len): each must be one that may change. */
static int check_records(struct fence *f, const struct write *w, uint64_t first, bool mirror,
			 struct err *err)
{
	uint32_t record = f->old->geometry.record;
	for (size_t at = 0; at < w->len;) {
		uint64_t number = (first + at) / record;
		size_t n = record - (size_t)((first + at) % record);
		if (n > w->len - at)
			n = w->len - at;
		bool differs = memcmp(w->old_bytes + at, w->new_bytes + at, n) != 0;
		bool behind = number >= f->old->mft.size / record;
		if (differs && !behind && !fence_has_number(&f->records, number))
			return outside(err, w->off + at, "the MFT record of another file");
		if (differs && !mirror && fence_add_number(&f->changed_records, number, err) != 0)
			return -1;
		at += n;
	}
	return 0;
}

static int check_bits(const struct write *w, struct err *err)
{
	for (size_t i = 0; i < w->len; i++) {
		if (w->old_bytes[i] & ~w->new_bytes[i])
			return outside(err, w->off + i, "a bitmap would call free what is in use");
	}
	return 0;
}

/* Count an index block, not the bitmap of such. */
static int note_block(struct fence *f, const struct fence_range *r, uint64_t off, struct err *err)
{
	uint64_t block = (r->first + (off - r->from)) / f->old->geometry.index;
	return r->owner ? fence_add_number(&f->changed_blocks, r->owner << 20 | block, err) : 0;
}

static int check_known(struct fence *f, const struct write *w, const struct fence_range *r,
		       struct err *err)
{
	uint64_t first = r->first + (w->off - r->from);
	switch (r->place) {
	case NTFS_PLACE_RECORD:
	case NTFS_PLACE_MIRROR:
		return check_records(f, w, first, r->place == NTFS_PLACE_MIRROR, err);
	case NTFS_PLACE_BITMAP:
	case NTFS_PLACE_MFT_BITMAP:
		return check_bits(w, err);
	case NTFS_PLACE_INDEX:
		return note_block(f, r, w->off, err);
	default:
		return outside(err, w->off, "it belongs to nothing that may change");
	}
}

/* A sector that no known structure had: its cluster must have been free. */
static int check_free(struct fence *f, const struct write *w, enum ntfs_place *place,
		      struct err *err)
{
	const struct ntfs_geometry *g = &f->old->geometry;
	uint64_t cluster = w->off / g->cluster;
	if (cluster >= g->clusters)
		return outside(err, w->off, "it lies behind the last cluster");
	int r = fence_bit(&f->clusters, cluster, err);
	if (r < 0)
		return -1;
	if (r == 1)
		return outside(err, w->off, "it belongs to another file");
	const struct fence_range *new = fence_find(&f->after, w->off);
	*place = new ? new->place : NTFS_PLACE_FREE;
	if (*place == NTFS_PLACE_INDEX)
		return note_block(f, new, w->off, err);
	if (*place == NTFS_PLACE_RECORD)
		return check_records(f, w, new->first + (w->off - new->from), false, err);
	return 0;
}

/* Words of a place in the review of writes. */
static const struct {
	const char *name, *what;
} words[NTFS_PLACES] = {
	[NTFS_PLACE_RECORD] = {N_("MFT records"), N_("NTFS: MFT record")},
	[NTFS_PLACE_MIRROR] = {N_("mirror of MFT records"), N_("NTFS: mirror of an MFT record")},
	[NTFS_PLACE_INDEX] = {N_("index blocks"), N_("NTFS: index of a directory")},
	[NTFS_PLACE_BITMAP] = {N_("bitmap of clusters"), N_("NTFS: bitmap of clusters")},
	[NTFS_PLACE_MFT_BITMAP] = {N_("bitmap of MFT records"), N_("NTFS: bitmap of MFT records")},
	[NTFS_PLACE_CONTENT] = {N_("content in free clusters"), N_("content of a new file")},
	[NTFS_PLACE_FREE] = {N_("free clusters"), N_("NTFS: a cluster that was free")},
};

static int check_sector(struct fence *f, struct write *w, struct err *err)
{
	const struct fence_range *r = fence_find(&f->before, w->off);
	enum ntfs_place place = r ? r->place : NTFS_PLACE_FREE;
	if ((r ? check_known(f, w, r, err) : check_free(f, w, &place, err)) != 0)
		return -1;
	w->what = said_of(words[place].what);
	f->places->sectors[place]++;
	return 0;
}

/* ---- the whole ---- */

static int judge(struct fence *f, struct write_list *sectors, struct err *err)
{
	if (fence_bits_open(&f->clusters, f->old, NTFS_RECORD_BITMAP, NTFS_DATA, f->arena, err) ||
	    fence_bits_open(&f->mft_bits, f->old, NTFS_RECORD_MFT, NTFS_BITMAP, f->arena, err) ||
	    find_made(f, err) != 0 || gather_records(f, err) != 0 || gather_ranges(f, err) != 0)
		return -1;
	for (size_t i = 0; i < sectors->n; i++) {
		if (check_sector(f, &sectors->items[i], err) != 0)
			return -1;
	}
	f->places->records = f->changed_records.n;
	f->places->blocks = f->changed_blocks.n;
	return fence_check_result(f, err);
}

int ntfs_fence(struct ntfs_core *old, struct ntfs_core *new, const struct ntfs_plan *plan,
	       struct write_list *sectors, struct ntfs_places *places, struct err *err)
{
	struct arena *arena = arena_new();
	struct fence f = {.old = old,
			  .new = new,
			  .plan = plan,
			  .arena = arena,
			  .records = {.arena = arena},
			  .before = {.arena = arena},
			  .after = {.arena = arena},
			  .changed_records = {.arena = arena},
			  .changed_blocks = {.arena = arena},
			  .places = places};
	struct err e = {0};
	*places = (struct ntfs_places){0};
	int r = arena ? judge(&f, sectors, &e) : no_memory(&e);
	arena_free(arena);
	/* The new volume is the child's: what cannot be read of it is the child's fault. */
	if (r != 0)
		err_set(err, e.code == E_CORRUPT || e.code == E_NOTFOUND ? E_MAP : e.code, "%s",
			ERR_ARG(&e));
	return r;
}

const char *ntfs_place_name(enum ntfs_place place)
{
	return words[place].name;
}
