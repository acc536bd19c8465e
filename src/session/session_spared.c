/* SPDX-License-Identifier: MIT */
/*
 * What the libraries need not read when they are asked for a hive: its pages that do not change.
 * libvhdi's time grows with what it reads (a whole hive takes seconds), and a page that nobody
 * writes tells nothing about the write; our own code reads those, opened from zero. All that leads
 * to the hive, and every page that changes, is read by the libraries.
 */
#include "session_internal.h"

#include <stdlib.h>

#include "stop7b/hive_touched.h"
#include "stop7b/list.h"

struct spared {
	struct disk_range *ranges;
	size_t n, cap;
	struct arena *arena;
};

static int add_range(struct spared *to, struct disk_range r, struct err *err)
{
	struct disk_range *last = to->n > 0 ? &to->ranges[to->n - 1] : NULL;
	if (last && last->at + last->len == r.at) {
		last->len += r.len;
		return 0;
	}
	to->ranges = list_grow(to->arena, to->ranges, to->n, &to->cap, sizeof(r), err);
	if (!to->ranges)
		return -1;
	to->ranges[to->n++] = r;
	return 0;
}

/* What has no place of its own on the disk is not spared. */
static int add_page(struct spared *to, const struct hive_file *f, uint64_t at, struct err *err)
{
	const struct patch_file file = hive_file_map(f);
	for (uint64_t done = 0, off, run; done < HIVE_PAGE; done += run) {
		if (file.map(file.file, at + done, HIVE_PAGE - done, &off, &run, NULL) < 0)
			return 0;
		if (add_range(to, (struct disk_range){f->partition->start + off, run}, err) < 0)
			return -1;
	}
	return 0;
}

static int add_hive(struct spared *to, const struct hive_file *f, struct span now, struct err *err)
{
	if (!f->file && !f->fat_file)
		return 0;
	for (size_t page = 0; page < f->clean.len / HIVE_PAGE; page++)
		if (hive_page_same(f->clean, now, page) &&
		    add_page(to, f, (uint64_t)page * HIVE_PAGE, err) < 0)
			return -1;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct disk_range *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

static void give(struct session *s, struct spared *found, struct image_options *out)
{
	if (found->n > 0)
		qsort(found->ranges, found->n, sizeof(*found->ranges), by_place);
	*out = s->options.image;
	out->spared = found->ranges;
	out->n_spared = found->n;
}

int spare_edited(struct session *s, const struct hive_file *f, struct arena *arena,
		 struct image_options *out, struct err *err)
{
	struct spared found = {.arena = arena};
	if (f->edit && add_hive(&found, f, hive_edit_view(f->edit)->bytes, err) < 0)
		return -1;
	give(s, &found, out);
	return 0;
}

/* As it lies there now: after an undo nobody can say what it should be. */
static int add_read(struct spared *to, struct session *s, const struct hive_file *f,
		    struct err *err)
{
	struct span now;
	struct image *img = image_open(s->path, &s->options.image, NULL);
	int rc = 0;
	if (img && image_file_bytes(img, f->partition, f->path, to->arena, &now, NULL) == 0)
		rc = add_hive(to, f, now, err);
	image_close(img);
	return rc;
}

int spare_written(struct session *s, const struct expected *e, struct arena *arena,
		  struct image_options *out, struct err *err)
{
	struct spared found = {.arena = arena};
	for (size_t i = 0; i < e->n; i++)
		if (add_hive(&found, e->hives[i].file, e->hives[i].bytes, err) < 0)
			return -1;
	if (s->chosen && !expected_of(e, s->chosen->system) &&
	    add_read(&found, s, s->chosen->system, err) < 0)
		return -1;
	give(s, &found, out);
	return 0;
}
