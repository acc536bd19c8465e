/* SPDX-License-Identifier: MIT */
/*
 * A FAT volume: paths, files and directories.
 *
 * A file is a first cluster and a size in its directory; opening it follows its chain once, so
 * that reading needs only places already checked. FAT12 and FAT16 keep the root directory in a
 * region of its own, FAT32 in a chain. Directories have no size: theirs is the length of the
 * chain, with a limit. Nothing here believes the second allocation table or the free counts.
 * Source: Microsoft, "FAT32 File System Specification", version 1.03, 2000.
 */
#include "fat_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_TO_1970 11644473600ull /* from 1601, the beginning of FILETIME */
#define FILETIME_SECOND 10000000ull
#define SEPARATORS      "\\/"
#define UTF8_NAME_MAX   1024u /* bytes: 255 UTF-16 units as UTF-8 and room */
#define SHOWN           0x37u /* attributes: FILE_ATTRIBUTE_* has the same bits for these */

struct fat_file {
	struct fat *vol;
	struct fat_item item; /* zero for the root but for FAT_DIRECTORY */
	struct fat_runs runs;
	bool asked; /* whose clusters they are, and this was the answer */
	struct err owner;
};

/* ---- open ---- */

static int load(struct fat_file *f, struct err *err)
{
	struct fat_extent extent = {
		.first = f->item.cluster,
		.size = f->item.size,
		.directory = f->item.attributes & FAT_DIRECTORY,
	};
	return extent.directory || extent.size ? fat_chain(f->vol, &extent, &f->runs, err) : 0;
}

static int load_root(struct fat_file *f, struct err *err)
{
	const struct fat_geometry *g = &f->vol->geometry;
	f->item = (struct fat_item){.attributes = FAT_DIRECTORY, .cluster = g->root_cluster};
	return g->kind == 32 ? load(f, err)
			     : fat_runs_append(&f->runs, g->root_at, g->root_len, err);
}

/* The item of a directory called name. 0, or -1 with err (E_NOTFOUND, ...). */
static int find_in(struct fat_file *dir, const char *name, size_t len, struct fat_item *out,
		   struct err *err)
{
	struct fat_walk w = {.vol = dir->vol, .runs = &dir->runs};
	int r;
	if (!(dir->item.attributes & FAT_DIRECTORY))
		return err_set(err, E_NOTFOUND, "no such file");
	while ((r = fat_walk_next(&w, out, err)) == 1) {
		if (!(out->attributes & FAT_VOLUME_ID) && fat_item_is(out, name, len))
			return 0;
	}
	return r < 0 ? -1 : err_set(err, E_NOTFOUND, "no such file");
}

/* Put a part of the path, made safe to show, in front of an error. */
static int at_part(struct err *err, const char *part, size_t len)
{
	struct arena *arena = arena_new();
	char *name = arena ? arena_printf(arena, "%.*s", (int)len, part) : NULL;
	const char *shown = name ? text_utf8(arena, name) : NULL;
	err_at(err, "%s", shown ? shown : "?");
	arena_free(arena);
	return -1;
}

/* Turn f from a directory into what it holds under that name. */
static int descend(struct fat_file *f, const char *name, size_t len, struct err *err)
{
	struct fat_item item;
	if (len > UTF8_NAME_MAX)
		return err_set(err, E_NOTFOUND, "a name of %zu bytes", len);
	if (find_in(f, name, len, &item, err) != 0)
		return at_part(err, name, len);
	free(f->runs.items);
	f->runs = (struct fat_runs){0};
	f->item = item;
	return load(f, err) == 0 ? 0 : at_part(err, name, len);
}

struct fat_file *fat_file_open(struct fat *vol, const char *path, struct err *err)
{
	struct fat_file *f = calloc(1, sizeof(*f));
	struct err e = {0};
	if (!f)
		return err_null(err, E_MEMORY, "no memory for a file");
	f->vol = vol;
	if (load_root(f, &e) != 0)
		err_at(&e, "root directory");
	for (path += strspn(path, SEPARATORS); *path && e.code == E_OK;) {
		size_t len = strcspn(path, SEPARATORS);
		descend(f, path, len, &e);
		path += len;
		path += strspn(path, SEPARATORS);
	}
	if (e.code == E_OK)
		return f;
	fat_file_close(f);
	return err_pass_null(err, &e);
}

void fat_file_close(struct fat_file *f)
{
	if (!f)
		return;
	free(f->runs.items);
	free(f);
}

/* ---- stat and list ---- */

static uint64_t filetime_of(uint16_t date, uint16_t when)
{
	struct tm t = {
		.tm_year = (date >> 9) + 80,
		.tm_mon = (date >> 5 & 15) - 1,
		.tm_mday = date & 31,
		.tm_hour = when >> 11,
		.tm_min = when >> 5 & 63,
		.tm_sec = 2 * (when & 31),
	};
	if (t.tm_mon < 0 || t.tm_mon > 11 || t.tm_mday == 0)
		return 0;
	return ((uint64_t)timegm(&t) + SECONDS_TO_1970) * FILETIME_SECOND;
}

static int fill_entry(const struct fat_item *item, struct arena *arena, struct fat_entry *out,
		      struct err *err)
{
	bool directory = item->attributes & FAT_DIRECTORY;
	*out = (struct fat_entry){
		.name = fat_item_shown(item, arena),
		.raw_name = fat_item_name(item, arena),
		.size = directory ? 0 : item->size,
		.modified = filetime_of(item->date, item->time),
		.attributes = item->attributes & SHOWN,
		.directory = directory,
	};
	return out->name && out->raw_name ? 0 : err_set(err, E_MEMORY, "no memory for a name");
}

int fat_file_stat(struct fat_file *f, struct arena *arena, struct fat_entry *out, struct err *err)
{
	return fill_entry(&f->item, arena, out, err);
}

struct listing {
	struct fat_entry *items;
	size_t n, cap;
};

static int list_item(struct listing *l, const struct fat_item *item, struct arena *arena,
		     struct err *err)
{
	if (item->attributes & FAT_VOLUME_ID)
		return 0;
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct fat_entry *items = reallocarray(l->items, cap, sizeof(*items));
		if (!items)
			return err_set(err, E_MEMORY, "no memory for %zu directory entries", cap);
		l->items = items;
		l->cap = cap;
	}
	return fill_entry(item, arena, &l->items[l->n++], err);
}

int fat_file_list(struct fat_file *dir, struct arena *arena, struct fat_entry **out, size_t *n,
		  struct err *err)
{
	struct fat_walk w = {.vol = dir->vol, .runs = &dir->runs};
	struct listing l = {0};
	struct fat_item item;
	int r;
	*out = NULL;
	*n = 0;
	if (!(dir->item.attributes & FAT_DIRECTORY))
		return err_set(err, E_USAGE, "not a directory");
	while ((r = fat_walk_next(&w, &item, err)) == 1) {
		if ((r = list_item(&l, &item, arena, err)) != 0)
			break;
	}
	if (r == 0 && (*out = arena_array(arena, l.n, sizeof(*l.items), err))) {
		if (l.n)
			memcpy(*out, l.items, l.n * sizeof(*l.items));
		*n = l.n;
	}
	free(l.items);
	return *out ? 0 : -1;
}

/* ---- content ---- */

uint64_t fat_file_size(const struct fat_file *f)
{
	return f->item.attributes & FAT_DIRECTORY ? 0 : f->item.size;
}

int fat_file_read(struct fat_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint64_t size = fat_file_size(f);
	if (off > size || len > size - off)
		return err_set(err, E_USAGE, "%zu bytes at %llu are not inside the file", len,
			       (unsigned long long)off);
	return fat_runs_read(f->vol, &f->runs, off, buf, len, err);
}

/* Asked once: it costs a table and every directory. */
int fat_file_in_place(struct fat_file *f, uint64_t len, struct err *err)
{
	if (f->item.attributes & FAT_DIRECTORY)
		return err_set(err, E_MAP, "a directory is never changed");
	if (len > f->item.size)
		return err_set(err, E_MAP, "byte %llu lies behind the end of the file",
			       (unsigned long long)len);
	if (!f->asked && f->item.size > 0)
		fat_check_owner(f->vol, f->item.cluster, &f->owner);
	f->asked = true;
	return f->owner.code == E_OK ? 0 : err_pass(err, &f->owner);
}

int fat_file_map(struct fat_file *f, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		 struct err *err)
{
	uint64_t end;
	if (len == 0 || __builtin_add_overflow(off, len, &end))
		return err_set(err, E_USAGE, "no bytes to map");
	if (fat_file_in_place(f, end, err) < 0)
		return -1;
	*vol_off = fat_runs_at(&f->runs, off, len, run);
	return 0;
}

/* ---- volume ---- */

static int read_boot(struct fat *vol, struct err *err)
{
	uint8_t sector[FAT_BOOT_SECTOR];
	if (vol->size < sizeof(sector))
		return err_set(err, E_FORMAT, "a partition of %llu bytes holds no FAT volume",
			       (unsigned long long)vol->size);
	if (image_read(vol->img, vol->start, sector, sizeof(sector), err) != 0)
		return -1;
	return fat_boot_parse((struct span){sector, sizeof(sector)},
			      image_info(vol->img)->sector_size, vol->size, &vol->geometry, err);
}

/* The label is an entry of the root directory. A damaged root leaves it empty. */
static const char *read_label(struct fat *vol)
{
	struct fat_file *root = fat_file_open(vol, "", NULL);
	struct fat_walk w = {.vol = vol, .runs = root ? &root->runs : NULL};
	struct fat_item item;
	const char *label = "";
	while (root && fat_walk_next(&w, &item, NULL) == 1) {
		if ((item.attributes & (FAT_VOLUME_ID | FAT_DIRECTORY)) != FAT_VOLUME_ID)
			continue;
		label = fat_label_text(&item, vol->arena);
		break;
	}
	fat_file_close(root);
	return label;
}

struct fat *fat_open(struct image *img, uint64_t start, uint64_t size, struct err *err)
{
	struct fat *vol = calloc(1, sizeof(*vol));
	if (!vol)
		return err_null(err, E_MEMORY, "no memory for the volume");
	*vol = (struct fat){.img = img, .start = start, .size = size, .arena = arena_new()};
	if (!vol->arena)
		err_set(err, E_MEMORY, "no memory for the volume");
	else if (read_boot(vol, err) == 0) {
		vol->label = read_label(vol);
		if (vol->label)
			return vol;
		err_set(err, E_MEMORY, "no memory for the volume label");
	}
	fat_close(vol);
	return NULL;
}

void fat_close(struct fat *vol)
{
	if (!vol)
		return;
	arena_free(vol->arena);
	free(vol);
}

const char *fat_label(const struct fat *vol)
{
	return vol->label;
}
