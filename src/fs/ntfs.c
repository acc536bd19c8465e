/* SPDX-License-Identifier: MIT */
/*
 * An NTFS volume, and the content of its files as libfsntfs reads it through a window into the
 * disk. The only file that includes libfsntfs.h and libbfio.h.
 *
 * The library is asked for content and extents of files by record number, never for directories
 * (ntfs_index.c says why). It has no bound of its own on structures that lead in circles: every
 * call runs on an allowance of reads; when that is used up, reads fail and the call ends.
 */
#include "ntfs_internal.h"

#include <libbfio.h>
#include <libfsntfs.h>
#include <stdlib.h>
#include <string.h>

#define READS_BASE 16384u /* window reads of one library call beside those for content */
#define READ_PIECE 4096u  /* bytes: the smallest piece of content worth a read of its own */

/* The volume as a file that libfsntfs reads. */
struct window {
	struct image *img;
	uint64_t start, size, pos;
	uint64_t reads_left;
	struct err err; /* the first read error of the running call */
};

struct ntfs {
	struct ntfs_core core;
	struct window window;
	libbfio_handle_t *io;
	libfsntfs_volume_t *volume;
	const char *label;
};

struct ntfs_content {
	struct ntfs *vol;
	libfsntfs_file_entry_t *entry;
	uint64_t size;
};

struct ntfs_core *ntfs_core(struct ntfs *vol)
{
	return &vol->core;
}

/* ---- window ---- */

static struct window *window_of(intptr_t *handle)
{
	return (struct window *)(void *)handle;
}

static int window_free(intptr_t **handle, libbfio_error_t **error)
{
	(void)error;
	*handle = NULL;
	return 1;
}

static int window_clone(intptr_t **to, intptr_t *from, libbfio_error_t **error)
{
	(void)error;
	*to = from;
	return 1;
}

static int window_open(intptr_t *handle, int flags, libbfio_error_t **error)
{
	(void)error;
	window_of(handle)->pos = 0;
	return flags & LIBBFIO_ACCESS_FLAG_WRITE ? -1 : 1;
}

static int window_close(intptr_t *handle, libbfio_error_t **error)
{
	(void)handle;
	(void)error;
	return 0;
}

static ssize_t window_read(intptr_t *handle, uint8_t *buf, size_t len, libbfio_error_t **error)
{
	struct window *w = window_of(handle);
	(void)error;
	if (w->pos >= w->size)
		return 0;
	if (len > w->size - w->pos)
		len = (size_t)(w->size - w->pos);
	if (w->reads_left == 0)
		return err_set(&w->err, E_CORRUPT, "its structures lead in circles");
	w->reads_left--;
	if (image_read(w->img, w->start + w->pos, buf, len, &w->err) != 0)
		return -1;
	w->pos += len;
	return (ssize_t)len;
}

static ssize_t window_write(intptr_t *handle, const uint8_t *buf, size_t len,
			    libbfio_error_t **error)
{
	(void)handle;
	(void)buf;
	(void)len;
	(void)error;
	return -1;
}

static off64_t window_seek(intptr_t *handle, off64_t off, int whence, libbfio_error_t **error)
{
	struct window *w = window_of(handle);
	(void)error;
	if (whence == SEEK_CUR && __builtin_add_overflow(off, (off64_t)w->pos, &off))
		return -1;
	if (whence == SEEK_END && __builtin_add_overflow(off, (off64_t)w->size, &off))
		return -1;
	if (off < 0)
		return -1;
	w->pos = (uint64_t)off;
	return off;
}

static int window_yes(intptr_t *handle, libbfio_error_t **error)
{
	(void)handle;
	(void)error;
	return 1;
}

static int window_size(intptr_t *handle, size64_t *size, libbfio_error_t **error)
{
	(void)error;
	*size = window_of(handle)->size;
	return 1;
}

static int read_disk(void *context, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct window *w = context;
	return image_read(w->img, w->start + off, buf, len, err);
}

/* ---- library calls ---- */

/* Before each library call: a fresh allowance, more for len bytes of content, and no old error. */
static void begin(struct ntfs *vol, size_t len)
{
	vol->window.reads_left = READS_BASE + len / READ_PIECE;
	err_clear(&vol->window.err);
}

/* After a failed library call: the window's error where it has one, else code and words. */
static int failed(struct ntfs *vol, libfsntfs_error_t **error, struct err *err, enum err_code code,
		  const char *what)
{
	libfsntfs_error_free(error);
	if (vol->window.err.code != E_OK)
		err_set(err, vol->window.err.code, "%s: %s", SAID_ARG(said_of(what)),
			ERR_ARG(&vol->window.err));
	else
		err_set(err, code, "%s", SAID_ARG(said_of(what)));
	return -1;
}

static int open_library(struct ntfs *vol, struct err *err)
{
	libfsntfs_error_t *error = NULL;
	begin(vol, 0);
	if (libbfio_handle_initialize(
		    &vol->io, (intptr_t *)(void *)&vol->window, window_free, window_clone,
		    window_open, window_close, window_read, window_write, window_seek, window_yes,
		    window_yes, window_size, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, &error) != 1 ||
	    libfsntfs_volume_initialize(&vol->volume, &error) != 1)
		return failed(vol, &error, err, E_MEMORY, "no memory for the volume");
	if (libfsntfs_volume_open_file_io_handle(vol->volume, vol->io, LIBFSNTFS_OPEN_READ,
						 &error) != 1)
		return failed(vol, &error, err, E_CORRUPT, "the library cannot read the volume");
	return 0;
}

/* ---- volume ---- */

static int read_label(struct ntfs *vol, struct err *err)
{
	struct ntfs_core *core = &vol->core;
	struct span record;
	struct ntfs_attribute a;
	uint64_t at = 0;
	vol->label = "";
	if (ntfs_core_record(core, NTFS_RECORD_VOLUME, core->arena, &record, err) != 0)
		return -1;
	while (ntfs_attribute_next(record, &at, &a, err)) {
		if (a.type == NTFS_VOLUME_NAME && a.resident)
			vol->label = text_utf16le(core->arena, a.value);
	}
	return vol->label ? 0 : err_set(err, E_MEMORY, "no memory for the volume name");
}

struct ntfs *ntfs_open(struct image *img, uint64_t start, uint64_t size, struct err *err)
{
	struct ntfs *vol = calloc(1, sizeof(*vol));
	if (!vol)
		return err_null(err, E_MEMORY, "no memory for the volume");
	vol->core = (struct ntfs_core){.arena = arena_new(),
				       .bytes = {.read = read_disk,
						 .context = &vol->window,
						 .size = size,
						 .sector = image_info(img)->sector_size}};
	vol->window = (struct window){.img = img, .start = start, .size = size};
	if (!vol->core.arena) {
		err_set(err, E_MEMORY, "no memory for the volume");
		goto out;
	}
	struct err e = {0};
	if (ntfs_core_open(&vol->core, err) == 0 && open_library(vol, err) == 0) {
		if (read_label(vol, &e) == 0 || e.code != E_MEMORY)
			return vol;
		err_pass(err, &e);
	}
out:
	ntfs_close(vol);
	return NULL;
}

void ntfs_close(struct ntfs *vol)
{
	if (!vol)
		return;
	if (vol->volume)
		libfsntfs_volume_free(&vol->volume, NULL);
	if (vol->io)
		libbfio_handle_free(&vol->io, NULL);
	arena_free(vol->core.arena);
	free(vol);
}

int ntfs_read_once(struct ntfs *vol, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct window *w = &vol->window;
	return image_read_once(w->img, w->start + off, buf, len, err);
}

struct ntfs_bytes ntfs_bytes(struct ntfs *vol)
{
	return vol->core.bytes;
}

const char *ntfs_label(const struct ntfs *vol)
{
	return vol->label;
}

/* ---- content ---- */

struct ntfs_content *ntfs_content_open(struct ntfs *vol, uint64_t number, struct err *err)
{
	libfsntfs_error_t *error = NULL;
	struct ntfs_content *c = calloc(1, sizeof(*c));
	if (!c)
		return err_null(err, E_MEMORY, "no memory for a file");
	c->vol = vol;
	begin(vol, 0);
	if (libfsntfs_volume_get_file_entry_by_index(vol->volume, number, &c->entry, &error) == 1 &&
	    libfsntfs_file_entry_get_size(c->entry, &c->size, &error) == 1)
		return c;
	failed(vol, &error, err, E_CORRUPT, "the library cannot open the file");
	ntfs_content_close(c);
	return NULL;
}

void ntfs_content_close(struct ntfs_content *c)
{
	if (!c)
		return;
	if (c->entry)
		libfsntfs_file_entry_free(&c->entry, NULL);
	free(c);
}

uint64_t ntfs_content_size(const struct ntfs_content *c)
{
	return c->size;
}

int ntfs_content_read(struct ntfs_content *c, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint8_t *p = buf;
	while (len > 0) {
		libfsntfs_error_t *error = NULL;
		begin(c->vol, len);
		ssize_t n = off > INT64_MAX ? -1
					    : libfsntfs_file_entry_read_buffer_at_offset(
						      c->entry, p, len, (off64_t)off, &error);
		if (n <= 0 || (size_t)n > len)
			return failed(c->vol, &error, err, E_CORRUPT,
				      "the library cannot read the file");
		off += (size_t)n;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int ntfs_content_runs(struct ntfs_content *c, struct ntfs_runs *out, struct err *err)
{
	libfsntfs_error_t *error = NULL;
	uint64_t cluster = c->vol->core.geometry.cluster;
	int n = 0;
	begin(c->vol, 0);
	if (libfsntfs_file_entry_get_number_of_extents(c->entry, &n, &error) != 1)
		return failed(c->vol, &error, err, E_CORRUPT, "the library has no extents");
	for (int i = 0; i < n; i++) {
		off64_t off;
		size64_t size;
		uint32_t flags;
		if (libfsntfs_file_entry_get_extent_by_index(c->entry, i, &off, &size, &flags,
							     &error) != 1)
			return failed(c->vol, &error, err, E_CORRUPT, "the library has no extents");
		uint64_t lcn = flags & LIBFSNTFS_EXTENT_FLAG_IS_SPARSE ? NTFS_HOLE
								       : (uint64_t)off / cluster;
		if (ntfs_runs_append(out, lcn, (size + cluster - 1) / cluster, err) != 0)
			return -1;
	}
	return 0;
}
