/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes of a file lie on a FAT volume, for those who overwrite them there: the allocation
 * tables, the directory entry and the length stay as they are, so only bytes inside the file's own
 * clusters and below its size are ever named.
 *
 * Before the first answer the volume must agree about whose clusters they are: every table in use
 * gives the same chain, no other chain leads into it, and one directory entry alone begins it. A
 * directory is never mapped.
 * Source: Microsoft, "FAT32 File System Specification", version 1.03, "FAT Data Structure".
 */
#include "fat_internal.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CLUSTER   2u
#define SCAN_STEP       32768u /* entries of a table read at once; whole bytes at any width */
#define DIRECTORIES_MAX 4096u  /* an EFI system partition has some dozens */

#define STATE_AT_16 37u /* boot sector: "reserved", whose bit 0 Windows sets while it is mounted */
#define STATE_AT_32 65u

struct owners {
	struct fat *vol;
	uint32_t first;
	uint8_t *own; /* one bit for each cluster of the chain */
	uint32_t *directories;
	size_t n, cap;
	unsigned entries; /* of directories, that begin in the chain */
};

static bool is_own(const struct owners *o, uint32_t cluster)
{
	uint32_t i = cluster - FIRST_CLUSTER;
	return cluster >= FIRST_CLUSTER && i < o->vol->geometry.clusters &&
	       (o->own[i / 8] >> i % 8 & 1);
}

static int shared(uint32_t cluster, struct err *err)
{
	return err_set(err, E_MAP, "cluster %u belongs to another file, too (cross-linked)",
		       cluster);
}

/* ---- its chain in every table ---- */

static int check_tables(struct owners *o, uint32_t cluster, uint32_t next, struct err *err)
{
	const struct fat_geometry *g = &o->vol->geometry;
	for (unsigned i = 1; g->mirrored && i < g->tables; i++) {
		uint32_t other;
		if (fat_table_entry(o->vol, i, cluster, &other, err) != 0)
			return -1;
		if (other != next)
			return err_set(err, E_MAP,
				       "the allocation tables differ about cluster %u of it",
				       cluster);
	}
	return 0;
}

/* The chain itself was followed to its end when the file was opened. */
static int take_chain(struct owners *o, struct err *err)
{
	uint32_t cluster = o->first, next;
	for (uint32_t n = 0; n < o->vol->geometry.clusters; n++, cluster = next) {
		uint32_t i = cluster - FIRST_CLUSTER;
		if (cluster < FIRST_CLUSTER || i >= o->vol->geometry.clusters)
			return 0;
		if (fat_table_entry(o->vol, 0, cluster, &next, err) != 0 ||
		    check_tables(o, cluster, next, err) != 0)
			return -1;
		o->own[i / 8] |= (uint8_t)(1u << i % 8);
	}
	return 0;
}

/* ---- nobody else leads into it ---- */

static int check_entries(const struct owners *o, uint32_t from, uint32_t n, struct span raw,
			 struct err *err)
{
	unsigned kind = o->vol->geometry.kind;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bit = (uint64_t)i * kind;
		uint32_t next = kind == 32   ? le32(raw, bit / 8) & 0x0fffffffu
				: kind == 16 ? le16(raw, bit / 8)
					     : le16(raw, bit / 8) >> bit % 8 & 0xfffu;
		if (is_own(o, next) && !is_own(o, from + i))
			return shared(next, err);
	}
	return 0;
}

static int scan_table(struct owners *o, struct err *err)
{
	const struct fat_geometry *g = &o->vol->geometry;
	uint32_t all = g->clusters + FIRST_CLUSTER;
	uint8_t *raw = malloc(SCAN_STEP * 4);
	int rc = raw ? 0 : err_set(err, E_MEMORY, "no memory for an allocation table");
	for (uint32_t from = 0; rc == 0 && from < all; from += SCAN_STEP) {
		uint32_t n = all - from < SCAN_STEP ? all - from : SCAN_STEP;
		size_t len = ((size_t)n * g->kind + 7) / 8;
		uint64_t at = g->table_at + (uint64_t)from * g->kind / 8;
		rc = image_read(o->vol->img, o->vol->start + at, raw, len, err);
		if (rc == 0)
			rc = check_entries(o, from, n, (struct span){raw, len}, err);
	}
	free(raw);
	return rc;
}

static int queue_directory(struct owners *o, uint32_t cluster, struct err *err)
{
	if (o->n == DIRECTORIES_MAX)
		return err_set(err, E_MAP, "more than %u directories to look through",
			       DIRECTORIES_MAX);
	if (o->n == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 64;
		uint32_t *more = reallocarray(o->directories, cap, sizeof(*more));
		if (!more)
			return err_set(err, E_MEMORY, "no memory for %zu directories", cap);
		o->directories = more;
		o->cap = cap;
	}
	o->directories[o->n++] = cluster;
	return 0;
}

static int look_through(struct owners *o, const struct fat_runs *runs, struct err *err)
{
	struct fat_walk w = {.vol = o->vol, .runs = runs};
	struct fat_item item;
	int r;
	while ((r = fat_walk_next(&w, &item, err)) == 1) {
		if (is_own(o, item.cluster) && (item.cluster != o->first || o->entries++ > 0))
			return shared(item.cluster, err);
		if ((item.attributes & FAT_DIRECTORY) && !(item.attributes & FAT_VOLUME_ID) &&
		    item.cluster >= FIRST_CLUSTER && queue_directory(o, item.cluster, err) != 0)
			return -1;
	}
	return r;
}

static int look_into(struct owners *o, uint32_t cluster, struct err *err)
{
	const struct fat_extent extent = {.first = cluster, .directory = true};
	struct fat_runs runs = {0};
	int rc = fat_chain(o->vol, &extent, &runs, err);
	if (rc == 0)
		rc = look_through(o, &runs, err);
	free(runs.items);
	return rc;
}

static int look_everywhere(struct owners *o, struct err *err)
{
	const struct fat_geometry *g = &o->vol->geometry;
	struct fat_runs root = {0};
	int rc = g->kind == 32 ? queue_directory(o, g->root_cluster, err)
			       : fat_runs_append(&root, g->root_at, g->root_len, err);
	if (rc == 0 && g->kind != 32)
		rc = look_through(o, &root, err);
	free(root.items);
	for (size_t i = 0; rc == 0 && i < o->n; i++)
		rc = look_into(o, o->directories[i], err);
	return rc;
}

int fat_check_owner(struct fat *vol, uint32_t first, struct err *err)
{
	struct owners o = {.vol = vol, .first = first};
	o.own = calloc(vol->geometry.clusters / 8 + 1, 1);
	int rc = o.own ? take_chain(&o, err) : err_set(err, E_MEMORY, "no memory for a chain");
	if (rc == 0)
		rc = scan_table(&o, err);
	if (rc == 0)
		rc = look_everywhere(&o, err);
	if (rc == 0 && o.entries != 1)
		rc = err_set(err, E_MAP, "no directory entry begins its chain");
	free(o.directories);
	free(o.own);
	return rc;
}

/* ---- the state of the volume ---- */

int fat_state(struct fat *vol, struct fat_state *out, struct err *err)
{
	const unsigned kind = vol->geometry.kind;
	const uint32_t closed = kind == 32 ? 1u << 27 : 1u << 15;
	const uint32_t whole = kind == 32 ? 1u << 26 : 1u << 14;
	uint8_t state;
	uint32_t entry;
	*out = (struct fat_state){0};
	if (image_read(vol->img, vol->start + (kind == 32 ? STATE_AT_32 : STATE_AT_16), &state, 1,
		       err) != 0)
		return -1;
	out->mounted = state & 1;
	if (kind == 12)
		return 0; /* its tables have no room for it */
	if (fat_table_entry(vol, 0, 1, &entry, err) != 0)
		return -1;
	out->mounted |= !(entry & closed);
	out->errors = !(entry & whole);
	return 0;
}
