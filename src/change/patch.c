/* SPDX-License-Identifier: MIT */
/*
 * The way down: differing hive bytes -> stretches on the disk -> sectors of the disk -> sectors of
 * the image file.
 *
 * A stretch never crosses a border of any layer (data run, sector, mark), so each of its addresses
 * holds for all its bytes. The sectors of the disk that change are collected whole; the container
 * says where each of them will lie in the file and what else it must write for that (bitmaps, table
 * entries, a new block). The result is gathered into whole sectors of the file, which must hold
 * what was read. Container bytes are merged bit by bit: several sectors may set bits of one byte.
 */
#include "stop7b/patch.h"

#include <stdlib.h>
#include <string.h>

#define COMPARE_STEP 4096u /* bytes skipped at once while both copies are equal */
#define SECTOR_MAX   4096u /* bytes of the largest logical sector */

/* A sector that changes: of the disk (file_off: where it will lie) or of the image file. */
struct sector {
	uint64_t at;
	size_t len; /* shorter only at the end of the file */
	const char *what;
	bool by_value;       /* what names a value that a person asked for */
	uint64_t file_off;
	uint8_t *old_bytes, *new_bytes;
};

struct sectors {
	struct sector **items;
	size_t n, cap;
};

struct build {
	const struct patch_source *source;
	struct arena *arena;
	struct patch *out;
	size_t ranges_cap, sector_size;
	struct sectors disk, file;
};

/* ---- the hive's own difference ---- */

static uint64_t next_difference(const struct patch_source *s, uint64_t at)
{
	const uint8_t *a = s->clean.p, *b = s->edited.p;
	uint64_t len = s->clean.len;
	while (at < len) {
		uint64_t step = len - at < COMPARE_STEP ? len - at : COMPARE_STEP;
		if (memcmp(a + at, b + at, step) != 0)
			break;
		at += step;
	}
	while (at < len && a[at] == b[at])
		at++;
	return at;
}

static uint64_t end_of_difference(const struct patch_source *s, uint64_t at, uint64_t limit)
{
	while (at < limit && s->clean.p[at] != s->edited.p[at])
		at++;
	return at;
}

/* The mark that holds byte at, or NULL; *end becomes the next border of any mark. */
static const struct patch_mark *mark_of(const struct patch_source *s, uint64_t at, uint64_t *end)
{
	const struct patch_mark *found = NULL;
	for (size_t i = 0; i < s->n_marks; i++) {
		const struct patch_mark *m = &s->marks[i];
		uint64_t stop = m->at + m->len;
		if (at >= m->at && at < stop) {
			found = m;
			*end = stop < *end ? stop : *end;
		} else if (m->at > at && m->at < *end) {
			*end = m->at;
		}
	}
	return found;
}

/* ---- sectors ---- */

static struct sector *find_sector(const struct sectors *list, uint64_t at)
{
	for (size_t i = list->n; i-- > 0;)
		if (list->items[i]->at == at)
			return list->items[i];
	return NULL;
}

static void *grown(struct arena *arena, void *items, size_t n, size_t *cap, size_t size,
		   struct err *err)
{
	if (n < *cap)
		return items;
	size_t more = *cap ? *cap * 2 : 64;
	void *copy = arena_array(arena, more, size, err);
	if (!copy)
		return NULL;
	if (n > 0)
		memcpy(copy, items, n * size);
	*cap = more;
	return copy;
}

static struct sector *new_sector(struct build *b, struct sectors *list, uint64_t at, size_t len,
				 struct err *err)
{
	struct sector **items =
	    grown(b->arena, list->items, list->n, &list->cap, sizeof(struct sector *), err);
	struct sector *s = arena_alloc(b->arena, sizeof(*s), err);
	uint8_t *bytes = arena_alloc(b->arena, 2 * len, err);
	if (!items || !s || !bytes)
		return NULL;
	list->items = items;
	*s = (struct sector){.at = at, .len = len, .old_bytes = bytes, .new_bytes = bytes + len};
	items[list->n++] = s;
	return s;
}

static struct sector *disk_sector(struct build *b, uint64_t disk_at, struct err *err)
{
	uint64_t at = disk_at - disk_at % b->sector_size;
	struct sector *s = find_sector(&b->disk, at);
	if (s)
		return s;
	s = new_sector(b, &b->disk, at, b->sector_size, err);
	if (!s || image_read(b->source->image, at, s->old_bytes, s->len, err) < 0)
		return NULL;
	memcpy(s->new_bytes, s->old_bytes, s->len);
	return s;
}

/* Behind the end of the file there is nothing yet: zeros. */
static struct sector *file_sector(struct build *b, uint64_t file_at, struct err *err)
{
	uint64_t at = file_at - file_at % PATCH_SECTOR;
	uint64_t size = image_info(b->source->image)->file_size;
	struct sector *s = find_sector(&b->file, at);
	if (s)
		return s;
	size_t len = at < size && size - at < PATCH_SECTOR ? (size_t)(size - at) : PATCH_SECTOR;
	s = new_sector(b, &b->file, at, len, err);
	if (!s || (at < size && image_read_file(b->source->image, at, s->old_bytes, len, err) < 0))
		return NULL;
	memcpy(s->new_bytes, s->old_bytes, s->len);
	return s;
}

/* ---- stretches on the disk ---- */

static int locate(const struct build *b, uint64_t hive_at, uint64_t len, struct patch_range *r,
		  struct err *err)
{
	uint64_t run;
	if (ntfs_file_map(b->source->file, hive_at, len, &r->volume_at, &run, err) < 0)
		return err_at(err, "hive byte 0x%llx", (unsigned long long)hive_at);
	r->hive_at = hive_at;
	r->disk_at = b->source->partition_start + r->volume_at;
	uint64_t left = b->sector_size - r->disk_at % b->sector_size;
	r->len = (size_t)(run < left ? run : left);
	return 0;
}

static int change_sector(struct build *b, const struct patch_range *r, struct err *err)
{
	struct sector *s = disk_sector(b, r->disk_at, err);
	if (!s)
		return -1;
	size_t in = (size_t)(r->disk_at - s->at);
	if (memcmp(s->old_bytes + in, r->old_bytes, r->len) != 0)
		return err_set(err, E_CHANGED, "disk byte 0x%llx no longer holds what was read (%s)",
			       (unsigned long long)r->disk_at, r->what);
	memcpy(s->new_bytes + in, r->new_bytes, r->len);
	if (!s->what || (r->value && !s->by_value)) {
		s->what = r->what;
		s->by_value = r->value;
	}
	return 0;
}

static int add_range(struct build *b, struct patch_range *r, const struct patch_mark *mark,
		     struct err *err)
{
	struct patch_range *ranges =
	    grown(b->arena, b->out->ranges, b->out->n, &b->ranges_cap, sizeof(*ranges), err);
	if (!ranges)
		return -1;
	b->out->ranges = ranges;
	r->old_bytes = b->source->clean.p + r->hive_at;
	r->new_bytes = b->source->edited.p + r->hive_at;
	r->what = mark && mark->what[0] ? mark->what : b->source->unmarked;
	r->value = mark && mark->value;
	if (change_sector(b, r, err) < 0)
		return -1;
	b->out->value_bytes += r->value ? r->len : 0;
	ranges[b->out->n++] = *r;
	return 0;
}

static int add_difference(struct build *b, uint64_t at, uint64_t *end, struct err *err)
{
	*end = b->source->clean.len;
	const struct patch_mark *mark = mark_of(b->source, at, end);
	*end = end_of_difference(b->source, at, *end);
	while (at < *end) {
		struct patch_range r = {0};
		if (locate(b, at, *end - at, &r, err) < 0 || add_range(b, &r, mark, err) < 0)
			return -1;
		at += r.len;
	}
	return 0;
}

static int add_differences(struct build *b, struct err *err)
{
	uint64_t at = next_difference(b->source, 0);
	while (at < b->source->clean.len) {
		uint64_t end;
		if (add_difference(b, at, &end, err) < 0)
			return -1;
		at = next_difference(b->source, end);
	}
	return 0;
}

/* ---- into the file ---- */

/* Put bytes into the sectors of the file that they lie in; changed bits only. */
static int set_bytes(struct build *b, const struct write *w, bool by_value, struct err *err)
{
	for (size_t i = 0; i < w->len; i++) {
		struct sector *s = file_sector(b, w->off + i, err);
		if (!s)
			return -1;
		size_t in = (size_t)(w->off + i - s->at);
		if (in >= s->len || s->old_bytes[in] != w->old_bytes[i])
			return err_set(err, E_CHANGED,
				       "image byte 0x%llx no longer holds what was read (%s)",
				       (unsigned long long)(w->off + i), w->what);
		uint8_t bits = w->old_bytes[i] ^ w->new_bytes[i];
		s->new_bytes[in] = (uint8_t)((s->new_bytes[in] & ~bits) | (w->new_bytes[i] & bits));
		if (!s->what || (by_value && !s->by_value)) {
			s->what = w->what;
			s->by_value = by_value;
		}
	}
	return 0;
}

/* The content of a disk sector at its place in the file, whatever lies there now. */
static int set_payload(struct build *b, const struct sector *from, struct err *err)
{
	for (size_t done = 0; done < from->len; done += PATCH_SECTOR) {
		struct sector *s = file_sector(b, from->file_off + done, err);
		if (!s || s->at != from->file_off + done || s->len != PATCH_SECTOR)
			return s ? err_set(err, E_MAP, "a sector that does not lie on a sector") : -1;
		memcpy(s->new_bytes, from->new_bytes + done, PATCH_SECTOR);
		s->what = from->what;
		s->by_value = from->by_value;
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct sector *x = *(struct sector *const *)a, *y = *(struct sector *const *)b;
	return (x->at > y->at) - (x->at < y->at);
}

static int place_sectors(struct build *b, struct err *err)
{
	size_t n = b->disk.n;
	struct write *writes = arena_array(b->arena, n, sizeof(*writes), err);
	uint64_t *file_off = arena_array(b->arena, n, sizeof(*file_off), err);
	if (!writes || !file_off)
		return -1;
	if (n > 0)
		qsort(b->disk.items, n, sizeof(b->disk.items[0]), by_place);
	for (size_t i = 0; i < n; i++) {
		const struct sector *s = b->disk.items[i];
		writes[i] = (struct write){s->at, s->len, s->old_bytes, s->new_bytes, s->what};
	}
	if (image_place(b->source->image, writes, n, file_off, &b->out->metadata,
			&b->out->file_length, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		b->disk.items[i]->file_off = file_off[i];
		if (set_payload(b, b->disk.items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < b->out->metadata.n; i++)
		if (set_bytes(b, &b->out->metadata.items[i], false, err) < 0)
			return -1;
	return 0;
}

static void place_ranges(const struct build *b)
{
	for (size_t i = 0; i < b->out->n; i++) {
		struct patch_range *r = &b->out->ranges[i];
		const struct sector *s = find_sector(&b->disk, r->disk_at - r->disk_at % b->sector_size);
		r->file_at = s->file_off + (r->disk_at - s->at);
	}
}

static size_t differing(const struct sector *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->len; i++)
		n += s->old_bytes[i] != s->new_bytes[i];
	return n;
}

/* Value bytes of the ranges that lie in one sector of the file. */
static size_t value_bytes_in(const struct patch *p, const struct sector *s)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->ranges[i].value && p->ranges[i].file_at >= s->at &&
		    p->ranges[i].file_at < s->at + s->len)
			n += p->ranges[i].len;
	return n;
}

static int gather_sectors(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->file.n; i++) {
		const struct sector *s = b->file.items[i];
		const struct write w = {s->at, s->len, s->old_bytes, s->new_bytes, s->what};
		size_t n = differing(s), values = s->by_value ? value_bytes_in(b->out, s) : 0;
		if (n == 0)
			continue;
		if (writes_add(&b->out->sectors, &w, err) < 0)
			return -1;
		b->out->other_bytes += n > values ? n - values : 0;
		b->out->other_sectors += n > values;
	}
	return writes_sort(&b->out->sectors, err);
}

int patch_build(const struct patch_source *source, struct arena *arena, struct patch *out,
		struct err *err)
{
	const struct image_info *info = image_info(source->image);
	*out = (struct patch){.sectors.arena = arena, .metadata.arena = arena,
			      .file_length = info->file_size};
	struct build b = {
	    .source = source, .arena = arena, .out = out, .sector_size = info->sector_size};
	if (source->clean.len != source->edited.len)
		return err_set(err, E_MAP, "the edited hive has another length than the file");
	if (b.sector_size > SECTOR_MAX || b.sector_size % PATCH_SECTOR != 0)
		return err_set(err, E_UNSUPPORTED, "sectors of %zu bytes", b.sector_size);
	if (add_differences(&b, err) < 0 || place_sectors(&b, err) < 0)
		return -1;
	place_ranges(&b);
	out->file_growth = out->file_length - info->file_size;
	return gather_sectors(&b, err);
}
