/* SPDX-License-Identifier: MIT */
/*
 * The way down: differing hive bytes -> stretches with four addresses -> sectors of the image file.
 *
 * A stretch never crosses a border of any layer (data run, container block) or of a mark, so each
 * of its addresses holds for all its bytes. A sector is read from the file once, must hold the
 * clean bytes, and then collects every change that falls into it. Container bytes (sector bitmap)
 * are merged bit by bit, because several stretches may set bits of one byte.
 */
#include "stop7b/patch.h"

#include <string.h>

#define COMPARE_STEP 4096u /* bytes skipped at once while both copies are equal */

struct sector {
	uint64_t file_at; /* multiple of PATCH_SECTOR */
	size_t len;       /* PATCH_SECTOR, less at the end of the file */
	const char *what;
	bool other;       /* holds bookkeeping */
	uint8_t old_bytes[PATCH_SECTOR], new_bytes[PATCH_SECTOR];
};

struct build {
	const struct patch_source *source;
	struct arena *arena;
	struct patch *out;
	size_t ranges_cap;
	struct sector **sectors;
	size_t n_sectors, sectors_cap;
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

static struct sector *find_sector(const struct build *b, uint64_t file_at)
{
	for (size_t i = b->n_sectors; i-- > 0;)
		if (b->sectors[i]->file_at == file_at)
			return b->sectors[i];
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

static struct sector *new_sector(struct build *b, uint64_t file_at, struct err *err)
{
	struct sector **sectors = grown(b->arena, b->sectors, b->n_sectors, &b->sectors_cap,
					sizeof(struct sector *), err);
	struct sector *s = arena_alloc(b->arena, sizeof(*s), err);
	if (!sectors || !s)
		return NULL;
	b->sectors = sectors;
	uint64_t file_size = image_info(b->source->image)->file_size;
	uint64_t left = file_size > file_at ? file_size - file_at : 0;
	s->file_at = file_at;
	s->len = left < PATCH_SECTOR ? (size_t)left : PATCH_SECTOR;
	if (image_read_file(b->source->image, file_at, s->old_bytes, s->len, err) < 0)
		return NULL;
	memcpy(s->new_bytes, s->old_bytes, s->len);
	b->sectors[b->n_sectors++] = s;
	return s;
}

static struct sector *sector_at(struct build *b, uint64_t file_off, struct err *err)
{
	uint64_t file_at = file_off - file_off % PATCH_SECTOR;
	struct sector *s = find_sector(b, file_at);
	return s ? s : new_sector(b, file_at, err);
}

/* Put changed bits of one byte into its sector. */
static int set_byte(struct build *b, const struct write *w, size_t i, bool other, struct err *err)
{
	struct sector *s = sector_at(b, w->off + i, err);
	if (!s)
		return -1;
	size_t in = (size_t)((w->off + i) % PATCH_SECTOR);
	if (in >= s->len || s->old_bytes[in] != w->old_bytes[i])
		return err_set(err, E_CHANGED,
			       "image byte 0x%llx no longer holds what was read (%s)",
			       (unsigned long long)(w->off + i), w->what);
	uint8_t changed = w->old_bytes[i] ^ w->new_bytes[i];
	s->new_bytes[in] = (uint8_t)((s->new_bytes[in] & ~changed) | (w->new_bytes[i] & changed));
	s->other |= other;
	if (!s->what || !other)
		s->what = w->what;
	return 0;
}

static int set_bytes(struct build *b, const struct write *w, bool other, struct err *err)
{
	for (size_t i = 0; i < w->len; i++)
		if (set_byte(b, w, i, other, err) < 0)
			return -1;
	return 0;
}

/* ---- one stretch, down the layers ---- */

static int locate(const struct build *b, uint64_t hive_at, uint64_t len, struct patch_range *r,
		  struct err *err)
{
	uint64_t run;
	if (ntfs_file_map(b->source->file, hive_at, len, &r->volume_at, &run, err) < 0)
		return err_at(err, "hive byte 0x%llx", (unsigned long long)hive_at);
	r->hive_at = hive_at;
	r->disk_at = b->source->partition_start + r->volume_at;
	if (image_map(b->source->image, r->disk_at, run, &r->file_at, &run, err) < 0)
		return err_at(err, "disk byte 0x%llx", (unsigned long long)r->disk_at);
	r->len = (size_t)run;
	return 0;
}

static int add_bookkeeping(struct build *b, const struct patch_range *r, struct err *err)
{
	struct write_list list = {.arena = b->arena};
	if (image_bookkeeping(b->source->image, r->disk_at, r->len, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		if (set_bytes(b, &list.items[i], true, err) < 0 ||
		    writes_add(&b->out->metadata, &list.items[i], err) < 0)
			return -1;
		b->out->other_bytes += list.items[i].len;
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
	r->what = mark && mark->what[0] ? mark->what : "hive bookkeeping";
	r->value = mark && mark->value;
	const struct write w = {r->file_at, r->len, r->old_bytes, r->new_bytes, r->what};
	if (set_bytes(b, &w, !r->value, err) < 0 || add_bookkeeping(b, r, err) < 0)
		return -1;
	size_t *count = r->value ? &b->out->value_bytes : &b->out->other_bytes;
	*count += r->len;
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

static int gather_sectors(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->n_sectors; i++) {
		const struct sector *s = b->sectors[i];
		const struct write w = {s->file_at, s->len, s->old_bytes, s->new_bytes, s->what};
		if (memcmp(s->old_bytes, s->new_bytes, s->len) == 0)
			continue;
		if (writes_add(&b->out->sectors, &w, err) < 0)
			return -1;
		b->out->other_sectors += s->other;
	}
	return writes_sort(&b->out->sectors, err);
}

int patch_build(const struct patch_source *source, struct arena *arena, struct patch *out,
		struct err *err)
{
	*out = (struct patch){.sectors.arena = arena, .metadata.arena = arena};
	struct build b = {.source = source, .arena = arena, .out = out};
	if (source->clean.len != source->edited.len)
		return err_set(err, E_MAP, "the edited hive has another length than the file");
	uint64_t at = next_difference(source, 0);
	while (at < source->clean.len) {
		uint64_t end;
		if (add_difference(&b, at, &end, err) < 0)
			return -1;
		at = next_difference(source, end);
	}
	return gather_sectors(&b, err);
}
