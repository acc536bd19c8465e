/* SPDX-License-Identifier: MIT */
/*
 * The way down: differing hive bytes -> stretches on the disk -> sectors of the disk -> sectors of
 * the image file. Bytes of the disk and of the file that are asked for join it where they belong.
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

#include "sector_set.h"
#include "stop7b/hive.h"
#include "stop7b/list.h"

#define COMPARE_STEP 4096u /* bytes skipped at once while both copies are equal */
#define JOIN_MAX     16u   /* equal bytes that do not end a range: it costs more than they do */
#define SECTOR_MAX   4096u /* bytes of the largest logical sector */

struct build {
	struct image *image;
	const struct patch_request *request;
	struct arena *arena;   /* of what comes out */
	struct arena *scratch; /* dies when it is built */
	struct patch *out;
	size_t ranges_cap, sector_size;
	struct sector_set disk, file;
	const struct patch_hive *hive; /* the one of the moment, its marks sorted and apart */
	size_t i_hive;
};

/* ---- the hive's own difference ---- */

static uint64_t next_difference(const struct patch_hive *s, uint64_t at)
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

static uint64_t end_of_difference(const struct patch_hive *s, uint64_t at, uint64_t limit)
{
	uint64_t end = at, join = at < HIVE_BASE ? 0 : JOIN_MAX; /* header fields stand alone */
	for (; at < limit && at - end <= join; at++)
		if (s->clean.p[at] != s->edited.p[at])
			end = at + 1;
	return end;
}

static size_t differing(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += a[i] != b[i];
	return n;
}

static int by_start(const void *a, const void *b)
{
	const struct patch_mark *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

/* A copy of the hive whose marks are sorted and do not overlap. */
static int take_hive(struct build *b, const struct patch_hive *from, struct patch_hive *hive,
		     struct err *err)
{
	*hive = *from;
	struct patch_mark *marks = arena_array(b->scratch, from->n_marks, sizeof(*marks), err);
	if (!marks)
		return -1;
	if (from->n_marks > 0) {
		memcpy(marks, from->marks, from->n_marks * sizeof(*marks));
		qsort(marks, from->n_marks, sizeof(*marks), by_start);
	}
	uint64_t end = 0;
	hive->n_marks = 0;
	for (size_t i = 0; i < from->n_marks; i++) {
		struct patch_mark m = marks[i];
		uint64_t stop = m.at + m.len;
		if (stop <= end)
			continue;
		m.at = m.at > end ? m.at : end;
		m.len = stop - m.at;
		end = stop;
		marks[hive->n_marks++] = m;
	}
	hive->marks = marks;
	b->hive = hive;
	return 0;
}

/* The mark that holds byte at, or NULL; *end becomes the next border of any mark. */
static const struct patch_mark *mark_of(const struct patch_hive *s, uint64_t at, uint64_t *end)
{
	size_t low = 0, high = s->n_marks; /* the first mark that ends behind at */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->marks[middle].at + s->marks[middle].len <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == s->n_marks)
		return NULL;
	const struct patch_mark *m = &s->marks[low];
	uint64_t border = at < m->at ? m->at : m->at + m->len;
	*end = border < *end ? border : *end;
	return at < m->at ? NULL : m;
}

/* ---- sectors ---- */

static uint64_t sector_start(const struct build *b, uint64_t disk_at)
{
	return disk_at - disk_at % b->sector_size;
}

static struct sector *disk_sector(struct build *b, uint64_t disk_at, struct err *err)
{
	uint64_t at = sector_start(b, disk_at);
	struct sector *s = sector_set_find(&b->disk, at);
	if (s)
		return s;
	uint8_t now[SECTOR_MAX];
	if (image_read(b->image, at, now, b->sector_size, err) < 0)
		return NULL;
	return sector_set_add(&b->disk, at, (struct span){now, b->sector_size}, err);
}

/* Behind the end of the file there is nothing yet: zeros. */
static struct sector *file_sector(struct build *b, uint64_t file_at, struct err *err)
{
	uint64_t at = file_at - file_at % PATCH_SECTOR;
	uint64_t size = image_info(b->image)->file_size;
	struct sector *s = sector_set_find(&b->file, at);
	if (s)
		return s;
	size_t len = at < size && size - at < PATCH_SECTOR ? (size_t)(size - at) : PATCH_SECTOR;
	uint8_t now[PATCH_SECTOR] = {0};
	if (at < size && image_read_file(b->image, at, now, len, err) < 0)
		return NULL;
	return sector_set_add(&b->file, at, (struct span){now, len}, err);
}

/* ---- stretches on the disk ---- */

static int locate(const struct build *b, uint64_t hive_at, uint64_t len, struct patch_range *r,
		  struct err *err)
{
	uint64_t run;
	const struct patch_file *file = &b->hive->file;
	if (file->map(file->file, hive_at, len, &r->volume_at, &run, err) < 0)
		return err_at(err, "hive byte 0x%llx", (unsigned long long)hive_at);
	r->hive_at = hive_at;
	r->disk_at = b->hive->partition_start + r->volume_at;
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
		return err_set(err, E_CHANGED,
			       "disk byte 0x%llx no longer holds what was read (%s)",
			       (unsigned long long)r->disk_at, SAID_ARG(r->what));
	memcpy(s->new_bytes + in, r->new_bytes, r->len);
	if (!s->what.plain || (r->value && !s->by_value)) {
		s->what = r->what;
		s->by_value = r->value;
	}
	return 0;
}

static struct patch_range *new_range(struct build *b, struct err *err)
{
	struct patch *out = b->out;
	struct patch_range *ranges = list_grow(b->arena, out->ranges, out->n, &b->ranges_cap,
					       sizeof(*ranges), err);
	if (!ranges)
		return NULL;
	out->ranges = ranges;
	return &out->ranges[out->n++];
}

static int add_range(struct build *b, const struct patch_range *r, struct err *err)
{
	struct patch_range *to = new_range(b, err);
	if (!to)
		return -1;
	*to = *r;
	to->changed = differing(r->old_bytes, r->new_bytes, r->len);
	b->out->value_bytes += r->value ? to->changed : 0;
	return 0;
}

static int add_hive_range(struct build *b, struct patch_range *r, const struct patch_mark *mark,
			  struct err *err)
{
	r->hive = b->i_hive;
	r->old_bytes = b->hive->clean.p + r->hive_at;
	r->new_bytes = b->hive->edited.p + r->hive_at;
	r->what = mark && mark->what.plain[0] ? mark->what : b->hive->unmarked;
	r->value = mark && mark->value;
	return change_sector(b, r, err) < 0 ? -1 : add_range(b, r, err);
}

static int add_difference(struct build *b, uint64_t at, uint64_t *end, struct err *err)
{
	*end = b->hive->clean.len;
	const struct patch_mark *mark = mark_of(b->hive, at, end);
	*end = end_of_difference(b->hive, at, *end);
	while (at < *end) {
		struct patch_range r = {0};
		if (locate(b, at, *end - at, &r, err) < 0 || add_hive_range(b, &r, mark, err) < 0)
			return -1;
		at += r.len;
	}
	return 0;
}

static int add_hive(struct build *b, const struct patch_hive *from, struct err *err)
{
	struct patch_hive hive;
	if (from->clean.len != from->edited.len)
		return err_set(err, E_MAP, "the edited hive has another length than the file");
	if (take_hive(b, from, &hive, err) < 0)
		return -1;
	uint64_t at = next_difference(&hive, 0);
	while (at < hive.clean.len) {
		uint64_t end;
		if (add_difference(b, at, &end, err) < 0)
			return -1;
		at = next_difference(&hive, end);
	}
	return 0;
}

/* ---- bytes that belong to no hive ---- */

/* The stretches of one write that differ, cut where a sector ends. */
static int add_bytes(struct build *b, size_t source, bool value, const struct write *w,
		     struct err *err)
{
	for (size_t at = 0, end; at < w->len; at = end) {
		end = at + 1;
		if (w->old_bytes[at] == w->new_bytes[at])
			continue;
		while (end < w->len && w->old_bytes[end] != w->new_bytes[end] &&
		       (w->off + end) % b->sector_size != 0)
			end++;
		struct patch_range r = {
			.hive = source,
			.hive_at = w->off + at,
			.disk_at = w->off + at,
			.file_at = w->off + at,
			.len = end - at,
			.old_bytes = w->old_bytes + at,
			.new_bytes = w->new_bytes + at,
			.what = w->what,
			.value = value,
		};
		bool of_disk = source == b->request->n_hives;
		if ((of_disk && change_sector(b, &r, err) < 0) || add_range(b, &r, err) < 0)
			return -1;
	}
	return 0;
}

static int add_list(struct build *b, size_t source, bool value, const struct write_list *list,
		    struct err *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (add_bytes(b, source, value, &list->items[i], err) < 0)
			return -1;
	return 0;
}

static int add_lists(struct build *b, struct err *err)
{
	const struct patch_request *q = b->request;
	if (add_list(b, q->n_hives, true, &q->disk, err) < 0 ||
	    add_list(b, q->n_hives, false, &q->files, err) < 0)
		return -1;
	return add_list(b, q->n_hives + 1, true, &q->container, err);
}

/* ---- into the file ---- */

/* Put a byte into its sector of the file; changed bits only. */
static int set_byte(struct sector *s, size_t in, uint8_t was, uint8_t becomes)
{
	if (in >= s->len || s->old_bytes[in] != was)
		return -1;
	uint8_t bits = was ^ becomes;
	s->new_bytes[in] = (uint8_t)((s->new_bytes[in] & ~bits) | (becomes & bits));
	return 0;
}

static int set_bytes(struct build *b, const struct write *w, struct err *err)
{
	struct sector *s = NULL;
	for (size_t i = 0; i < w->len; i++) {
		uint64_t at = w->off + i;
		if (!s || at - s->at >= PATCH_SECTOR)
			s = file_sector(b, at, err);
		if (!s)
			return -1;
		if (set_byte(s, (size_t)(at - s->at), w->old_bytes[i], w->new_bytes[i]) < 0)
			return err_set(err, E_CHANGED,
				       "image byte 0x%llx no longer holds what was read (%s)",
				       (unsigned long long)at, SAID_ARG(w->what));
		s->what = s->what.plain ? s->what : w->what;
	}
	return 0;
}

/* A sector of the file as the disk's content comes to lie in it: the bytes of both are the same, and
 * kept once, unless the file holds others now (a new block). */
static struct sector *payload_sector(struct build *b, uint64_t file_at, const uint8_t *old_bytes,
				     uint8_t *new_bytes, struct err *err)
{
	uint8_t now[PATCH_SECTOR] = {0};
	uint64_t size = image_info(b->image)->file_size;
	struct sector *s = sector_set_find(&b->file, file_at);
	if (s || file_at % PATCH_SECTOR != 0 || (file_at < size && size - file_at < PATCH_SECTOR))
		return file_sector(b, file_at, err);
	if (file_at < size && image_read_file(b->image, file_at, now, PATCH_SECTOR, err) < 0)
		return NULL;
	if (memcmp(now, old_bytes, PATCH_SECTOR) != 0)
		return file_sector(b, file_at, err);
	return sector_set_share(&b->file, file_at, PATCH_SECTOR, old_bytes, new_bytes, err);
}

/* The content of a disk sector at its place in the file, whatever lies there now. */
static int set_payload(struct build *b, const struct sector *from, struct err *err)
{
	for (size_t done = 0; done < from->len; done += PATCH_SECTOR) {
		struct sector *s = payload_sector(b, from->file_off + done, from->old_bytes + done,
						  from->new_bytes + done, err);
		if (!s || s->at != from->file_off + done || s->len != PATCH_SECTOR)
			return s ? err_set(err, E_MAP, "a sector that does not lie on a sector")
				 : -1;
		if (s->new_bytes != from->new_bytes + done)
			memcpy(s->new_bytes, from->new_bytes + done, PATCH_SECTOR);
		s->what = from->what;
		s->by_value = from->by_value;
	}
	return 0;
}

static int place_sectors(struct build *b, struct err *err)
{
	size_t n = b->disk.n;
	struct patch *out = b->out;
	struct placement placed = {.extra = &out->metadata, .file_length = out->file_length};
	struct write *writes = arena_array(b->scratch, n, sizeof(*writes), err);
	uint64_t *file_off = arena_array(b->scratch, n, sizeof(*file_off), err);
	if (!writes || !file_off)
		return -1;
	sector_set_sort(&b->disk);
	for (size_t i = 0; i < n; i++) {
		const struct sector *s = b->disk.items[i];
		writes[i] = (struct write){s->at, s->len, s->old_bytes, s->new_bytes, s->what};
	}
	if (image_place(b->image, writes, n, file_off, &placed, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		b->disk.items[i]->file_off = file_off[i];
	out->file_length = placed.file_length;
	out->new_blocks = placed.new_blocks;
	out->copied = placed.copied;
	return 0;
}

static int fill_file(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->disk.n; i++)
		if (set_payload(b, b->disk.items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < b->out->metadata.n; i++)
		if (set_bytes(b, &b->out->metadata.items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < b->request->container.n; i++)
		if (set_bytes(b, &b->request->container.items[i], err) < 0)
			return -1;
	return 0;
}

/* Which bytes of the file's sectors stand for something that was asked for. */
static int count_value_bytes(struct build *b, const struct patch_range *r, struct err *err)
{
	for (size_t done = 0; r->value && done < r->len;) {
		struct sector *to = file_sector(b, r->file_at + done, err);
		if (!to)
			return -1;
		size_t left = (size_t)(to->at + to->len - (r->file_at + done));
		size_t here = r->len - done < left ? r->len - done : left;
		to->value_bytes += differing(r->old_bytes + done, r->new_bytes + done, here);
		done += here;
	}
	return 0;
}

/* Tell each stretch where it lies in the file, and each sector of the file what it holds of it. */
static int place_ranges(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->out->n; i++) {
		struct patch_range *r = &b->out->ranges[i];
		const struct sector *s = r->hive > b->request->n_hives
						 ? NULL
						 : sector_set_find(&b->disk,
								   sector_start(b, r->disk_at));
		r->file_at = s ? s->file_off + (r->disk_at - s->at) : r->file_at;
		if (count_value_bytes(b, r, err) < 0)
			return -1;
	}
	return 0;
}

static int gather_sectors(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->file.n; i++) {
		const struct sector *s = b->file.items[i];
		const struct write w = {s->at, s->len, s->old_bytes, s->new_bytes, s->what};
		size_t n = differing(s->old_bytes, s->new_bytes, s->len), values = s->value_bytes;
		if (n == 0)
			continue;
		if (writes_take(&b->out->sectors, &w, err) < 0)
			return -1;
		b->out->other_bytes += n > values ? n - values : 0;
		b->out->other_sectors += n > values;
	}
	return writes_sort(&b->out->sectors, err);
}

static int build_all(struct build *b, struct err *err)
{
	if (b->sector_size > SECTOR_MAX || b->sector_size % PATCH_SECTOR != 0)
		return err_set(err, E_UNSUPPORTED, "sectors of %zu bytes", b->sector_size);
	for (b->i_hive = 0; b->i_hive < b->request->n_hives; b->i_hive++)
		if (add_hive(b, &b->request->hives[b->i_hive], err) < 0)
			return -1;
	if (add_lists(b, err) < 0 || place_sectors(b, err) < 0 || fill_file(b, err) < 0 ||
	    place_ranges(b, err) < 0)
		return -1;
	b->out->file_growth = b->out->file_length - image_info(b->image)->file_size;
	return gather_sectors(b, err);
}

int patch_build(struct image *image, const struct patch_request *request, struct arena *arena,
		struct patch *out, struct err *err)
{
	const struct image_info *info = image_info(image);
	struct arena *scratch = arena_new();
	if (!scratch)
		return no_memory(err);
	*out = (struct patch){
		.sectors.arena = arena, .metadata.arena = arena, .file_length = info->file_size};
	struct build b = {.image = image,
			  .request = request,
			  .arena = arena,
			  .scratch = scratch,
			  .out = out,
			  .sector_size = info->sector_size,
			  .disk = {.arena = scratch, .bytes = arena},
			  .file = {.arena = scratch, .bytes = arena}};
	int rc = build_all(&b, err);
	arena_free(scratch);
	return rc;
}
