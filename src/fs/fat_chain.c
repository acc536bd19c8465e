/* SPDX-License-Identifier: MIT */
/*
 * Chains of clusters: the file allocation table read entry by entry, and the places a chain names.
 *
 * A chain must lead from data cluster to data cluster to an end mark. Free, reserved, bad and
 * impossible numbers break it, and so does a circle, found by comparing with an earlier cluster of
 * the same chain at growing distances (R. Brent, 1980), so that memory stays bounded by the runs.
 * A chain longer than its file is no fault: drivers allocate ahead.
 * Source: Microsoft, "FAT32 File System Specification", version 1.03, "FAT Data Structure".
 */
#include "fat_internal.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CLUSTER 2u

/* What a table entry's highest values mean, for each width. */
struct marks {
	unsigned kind;
	uint32_t mask, bad, end; /* end: this and all above */
};

static const struct marks marks_of[] = {
	{12, 0xfffu, 0xff7u, 0xff8u},
	{16, 0xffffu, 0xfff7u, 0xfff8u},
	{32, 0x0fffffffu, 0x0ffffff7u, 0x0ffffff8u},
};

static const struct marks *marks_for(const struct fat *vol)
{
	for (size_t i = 0; i < sizeof(marks_of) / sizeof(marks_of[0]) - 1; i++) {
		if (marks_of[i].kind == vol->geometry.kind)
			return &marks_of[i];
	}
	return &marks_of[sizeof(marks_of) / sizeof(marks_of[0]) - 1];
}

/* ---- runs ---- */

int fat_runs_append(struct fat_runs *runs, uint64_t at, uint64_t len, struct err *err)
{
	struct fat_run *last = runs->n ? &runs->items[runs->n - 1] : NULL;
	uint64_t off = runs->len;
	if (last && last->at + last->len == at) {
		last->len += len;
		runs->len += len;
		return 0;
	}
	if (runs->n == runs->cap) {
		size_t cap = runs->cap ? 2 * runs->cap : 4;
		struct fat_run *items = reallocarray(runs->items, cap, sizeof(*items));
		if (!items)
			return err_set(err, E_MEMORY, "no memory for %zu pieces of a file", cap);
		runs->items = items;
		runs->cap = cap;
	}
	runs->items[runs->n++] = (struct fat_run){off, at, len};
	runs->len += len;
	return 0;
}

/* Number of the run that holds byte off, which lies inside them. */
static size_t run_of(const struct fat_runs *runs, uint64_t off)
{
	size_t low = 0, high = runs->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (runs->items[middle].off <= off)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint64_t fat_runs_at(const struct fat_runs *runs, uint64_t off, uint64_t len, uint64_t *run)
{
	const struct fat_run *r = &runs->items[run_of(runs, off)];
	uint64_t within = off - r->off;
	*run = r->len - within < len ? r->len - within : len;
	return r->at + within;
}

int fat_runs_read(struct fat *vol, const struct fat_runs *runs, uint64_t off, void *buf, size_t len,
		  struct err *err)
{
	uint8_t *to = buf;
	for (size_t i = len ? run_of(runs, off) : 0; len > 0; i++) {
		const struct fat_run *run = &runs->items[i];
		uint64_t within = off - run->off;
		size_t step = run->len - within < len ? (size_t)(run->len - within) : len;
		if (image_read(vol->img, vol->start + run->at + within, to, step, err) != 0)
			return -1;
		to += step;
		off += step;
		len -= step;
	}
	return 0;
}

/* ---- table ---- */

int fat_table_entry(struct fat *vol, unsigned table, uint32_t cluster, uint32_t *out,
		    struct err *err)
{
	const struct fat_geometry *g = &vol->geometry;
	uint8_t raw[4] = {0};
	uint64_t bit = (uint64_t)cluster * g->kind;
	uint64_t at = g->table_at + table * g->table_len + bit / 8;
	if (image_read(vol->img, vol->start + at, raw, g->kind == 32 ? 4 : 2, err) != 0)
		return -1;
	*out = le32((struct span){raw, sizeof(raw)}, 0) >> bit % 8 & marks_for(vol)->mask;
	return 0;
}

static int check_cluster(const struct fat *vol, const struct marks *m, uint32_t cluster,
			 struct err *err)
{
	if (cluster == m->bad)
		return err_set(err, E_CORRUPT, "its chain meets a cluster marked bad");
	if (cluster == 0)
		return err_set(err, E_CORRUPT, "its chain meets a free cluster");
	if (cluster < FIRST_CLUSTER || cluster - FIRST_CLUSTER >= vol->geometry.clusters)
		return err_set(err, E_CORRUPT, "its chain leads to cluster 0x%x of %u", cluster,
			       vol->geometry.clusters);
	return 0;
}

/* ---- chains ---- */

struct chain {
	const struct fat_extent *extent;
	uint32_t cluster;    /* the one at hand */
	uint32_t earlier;    /* an earlier one; meeting it again is a circle */
	uint64_t step, turn; /* clusters seen; when to take the next earlier one */
};

static int chain_keep(struct fat *vol, const struct chain *c, struct fat_runs *out, struct err *err)
{
	const struct fat_geometry *g = &vol->geometry;
	uint64_t len = (c->step + 1) * g->cluster;
	if (c->extent->directory && len > FAT_DIRECTORY_MAX)
		return err_set(err, E_CORRUPT, "a directory longer than %u bytes",
			       FAT_DIRECTORY_MAX);
	if (!c->extent->directory && out->len >= c->extent->size)
		return 0;
	uint64_t at = g->data_at + (uint64_t)(c->cluster - FIRST_CLUSTER) * g->cluster;
	return fat_runs_append(out, at, g->cluster, err);
}

/* Have we been here? */
static int chain_check_circle(struct chain *c, struct err *err)
{
	if (c->step > 0 && c->cluster == c->earlier)
		return err_set(err, E_CORRUPT, "its chain leads in a circle at cluster %u",
			       c->cluster);
	if (c->step == c->turn) {
		c->earlier = c->cluster;
		c->turn = 2 * c->turn + 1;
	}
	return 0;
}

int fat_chain(struct fat *vol, const struct fat_extent *extent, struct fat_runs *out,
	      struct err *err)
{
	const struct marks *m = marks_for(vol);
	struct chain c = {.extent = extent, .cluster = extent->first};
	for (; c.step == 0 || c.cluster < m->end; c.step++) {
		if (check_cluster(vol, m, c.cluster, err) != 0 ||
		    chain_check_circle(&c, err) != 0 || chain_keep(vol, &c, out, err) != 0 ||
		    fat_table_entry(vol, 0, c.cluster, &c.cluster, err) != 0)
			return -1;
	}
	if (!extent->directory && out->len < extent->size)
		return err_set(err, E_CORRUPT, "its chain ends after %llu of %llu bytes",
			       (unsigned long long)out->len, (unsigned long long)extent->size);
	return 0;
}
