/* SPDX-License-Identifier: MIT */
/*
 * Files of any volume that can be read, NTFS or FAT, behind one set of calls: what commands and
 * pages that only look need not know which it is. Writing never comes this way.
 */
#include "session_internal.h"

#include <stdlib.h>
#include <string.h>

#define COMPARE_PIECE (1u << 20) /* bytes of a file that are compared at once */

struct session_file {
	struct ntfs_file *ntfs;
	struct fat_file *fat;
};

/* ---- volumes ---- */

static struct volume *volume_of(struct session *s, unsigned partition, struct err *err)
{
	for (size_t i = 0; s->volumes && i < s->table.n; i++)
		if (s->volumes[i].partition->number == partition)
			return &s->volumes[i];
	return err_null(err, E_NOTFOUND, "there is no partition %u", partition);
}

struct ntfs *session_volume(struct session *s, unsigned partition, struct err *err)
{
	struct volume *v = volume_of(s, partition, err);
	if (!v || v->ntfs)
		return v ? v->ntfs : NULL;
	if (v->fat)
		return err_null(err, E_FORMAT, "partition %u holds no NTFS volume", partition);
	if (err && err->code == E_OK)
		*err = v->error;
	return NULL;
}

const char *session_label(const struct volume *v)
{
	return v->ntfs ? ntfs_label(v->ntfs) : v->fat ? fat_label(v->fat) : NULL;
}

/* ---- files ---- */

static bool open_on(const struct volume *v, const char *path, struct session_file *f,
		    struct err *err)
{
	if (v->ntfs)
		f->ntfs = ntfs_file_open(v->ntfs, path, err);
	else if (v->fat)
		f->fat = fat_file_open(v->fat, path, err);
	else if (err && err->code == E_OK)
		*err = v->error;
	return f->ntfs || f->fat;
}

struct session_file *session_file_open(struct session *s, unsigned partition, const char *path,
				       struct err *err)
{
	const struct volume *v = volume_of(s, partition, err);
	struct session_file *f = v ? calloc(1, sizeof(*f)) : NULL;
	if (v && !f)
		return err_null(err, E_MEMORY, "no memory for a file");
	if (!v || open_on(v, path, f, err))
		return f;
	free(f);
	return NULL;
}

void session_file_close(struct session_file *f)
{
	if (!f)
		return;
	ntfs_file_close(f->ntfs);
	fat_file_close(f->fat);
	free(f);
}

uint64_t session_file_size(struct session_file *f)
{
	return f->ntfs ? ntfs_file_size(f->ntfs) : fat_file_size(f->fat);
}

int session_file_read(struct session_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	return f->ntfs ? ntfs_file_read(f->ntfs, off, buf, len, err)
		       : fat_file_read(f->fat, off, buf, len, err);
}

/* A file of an image, whole: what is wanted of it. */
struct reading {
	struct arena *arena; /* for the bytes that are asked for, or for a piece of them */
	struct span bytes;   /* that come back, or that are expected */
	uint64_t differs;    /* first byte that is not as expected */
};

static int read_all(struct session_file *f, struct reading *r, struct err *err)
{
	uint64_t size = session_file_size(f);
	uint8_t *p = size < SIZE_MAX ? arena_alloc(r->arena, (size_t)size, err) : NULL;
	r->bytes = (struct span){p, (size_t)size};
	return p ? session_file_read(f, 0, p, (size_t)size, err) : -1;
}

static uint64_t first_difference(const uint8_t *a, const uint8_t *b, uint64_t len)
{
	uint64_t at = 0;
	if (len > 0 && memcmp(a, b, len) == 0)
		return len;
	while (at < len && a[at] == b[at])
		at++;
	return at;
}

static int compare_all(struct session_file *f, struct reading *r, struct err *err)
{
	uint64_t size = session_file_size(f), most = size < r->bytes.len ? size : r->bytes.len;
	uint8_t *piece = arena_alloc(r->arena, COMPARE_PIECE, err);
	if (!piece)
		return -1;
	for (r->differs = 0; r->differs < most;) {
		uint64_t left = most - r->differs, n = left < COMPARE_PIECE ? left : COMPARE_PIECE;
		if (session_file_read(f, r->differs, piece, (size_t)n, err) < 0)
			return -1;
		uint64_t same = first_difference(piece, r->bytes.p + r->differs, n);
		r->differs += same;
		if (same < n)
			return 0;
	}
	if (size == r->bytes.len)
		r->differs = UINT64_MAX;
	return 0;
}

static int with_file(struct image *img, const struct partition *p, const char *path,
		     int (*body)(struct session_file *, struct reading *, struct err *),
		     struct reading *r, struct err *err)
{
	struct volume v = {.partition = p};
	struct session_file f = {0};
	if (p->filesystem == FS_NTFS)
		v.ntfs = ntfs_open(img, p->start, p->size, err);
	else
		v.fat = fat_open(img, p->start, p->size, err);
	bool open = (v.ntfs || v.fat) && open_on(&v, path, &f, err);
	int rc = open ? body(&f, r, err) : -1;
	ntfs_file_close(f.ntfs);
	fat_file_close(f.fat);
	ntfs_close(v.ntfs);
	fat_close(v.fat);
	return rc;
}

int image_file_bytes(struct image *img, const struct partition *p, const char *path,
		     struct arena *arena, struct span *out, struct err *err)
{
	struct reading r = {.arena = arena};
	int rc = with_file(img, p, path, read_all, &r, err);
	*out = r.bytes;
	return rc;
}

int image_file_compare(struct image *img, const struct partition *p, const char *path,
		       struct span expected, struct arena *arena, uint64_t *differs,
		       struct err *err)
{
	struct reading r = {.arena = arena, .bytes = expected};
	int rc = with_file(img, p, path, compare_all, &r, err);
	*differs = r.differs;
	return rc;
}

/* ---- what is in a directory ---- */

static struct ntfs_entry entry_of(const struct fat_entry *e)
{
	return (struct ntfs_entry){
		.name = e->name,
		.raw_name = e->raw_name,
		.size = e->size,
		.modified = e->modified,
		.attributes = e->attributes,
		.directory = e->directory,
	};
}

int session_file_stat(struct session_file *f, struct arena *arena, struct ntfs_entry *out,
		      struct err *err)
{
	struct fat_entry entry;
	if (f->ntfs)
		return ntfs_file_stat(f->ntfs, arena, out, err);
	if (fat_file_stat(f->fat, arena, &entry, err) < 0)
		return -1;
	*out = entry_of(&entry);
	return 0;
}

int session_file_list(struct session_file *dir, struct arena *arena, struct ntfs_entry **out,
		      size_t *n, struct err *err)
{
	struct fat_entry *entries;
	if (dir->ntfs)
		return ntfs_file_list(dir->ntfs, arena, out, n, err);
	if (fat_file_list(dir->fat, arena, &entries, n, err) < 0)
		return -1;
	*out = arena_array(arena, *n, sizeof(**out), err);
	if (!*out)
		return -1;
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = entry_of(&entries[i]);
	return 0;
}
