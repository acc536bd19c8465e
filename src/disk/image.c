/* SPDX-License-Identifier: MIT */
/*
 * An open disk: which container holds it, the checks that every container shares, and a read
 * cache above all of them. The first container whose probe answers yes is opened; its verbs get
 * ranges that are known to lie inside the disk. Nothing here knows a format's bytes, and nothing
 * writes: the file underneath is open read-only.
 *
 * The cache holds 16 blocks of 64 KiB of disk bytes (1 MiB), because libfsntfs reads in pieces of
 * one record or one index block; a read of 64 KiB or more goes past it. A block that cannot be
 * read whole (a damaged place beside the wanted bytes) is read again for the wanted bytes alone.
 * A parent has no cache of its own: the child's holds what came from it, and that second reading
 * in every disk of a chain would double with each of them.
 */
#include "stop7b/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "block_cache.h"
#include "container.h"

#define CACHE_BLOCK ((size_t)64 * 1024)
#define CACHE_SLOTS 16
#define HEAD_LEN    4608 /* with a GPT header behind a first sector of 4096 bytes */
#define TAIL_LEN    1024
#define RAW_UNIT    512 /* a disk of any kind is a whole number of these */

struct image {
	const struct container *container;
	void *state;               /* the container's */
	struct image_file *file;   /* NULL for a disk in memory */
	struct block_cache *cache; /* NULL for a disk in memory and for a parent */
	struct arena *arena;
	struct image_info info;
};

static const struct container *const containers[] = {&vhdx_container, &vhd_container};

int image_note(struct image_info *info, struct said text, struct err *err)
{
	if (!text.plain)
		return err_set(err, E_MEMORY, "no memory for a note");
	if (info->n_notes < IMAGE_NOTES_MAX)
		info->notes[info->n_notes++] = text;
	return 0;
}

static struct image *image_new(struct err *err)
{
	struct image *img = calloc(1, sizeof(*img));
	struct arena *arena = arena_new();
	if (!img || !arena) {
		free(img);
		arena_free(arena);
		return err_null(err, E_MEMORY, "no memory to open the image");
	}
	img->arena = arena;
	img->info.stored = UINT64_MAX;
	img->info.reader = "stop7b";
	return img;
}

void image_close(struct image *img)
{
	if (!img)
		return;
	block_cache_free(img->cache);
	if (img->state && img->container->close)
		img->container->close(img->state);
	image_file_close(img->file);
	arena_free(img->arena);
	free(img);
}

static int fill_from_container(void *owner, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct image *img = owner;
	return img->container->read(img->state, off, buf, len, err);
}

static int start_cache(struct image *img, struct err *err)
{
	struct block_cache_shape shape = {
		.size = img->info.size,
		.block_len = CACHE_BLOCK,
		.slots = CACHE_SLOTS,
	};
	img->cache = block_cache_new(&shape, fill_from_container, img, err);
	return img->cache ? 0 : -1;
}

/* ---- opening ---- */

/* What is guaranteed about locks and flushing ends where another machine or program takes part. */
static int note_doubt(struct image *img, struct err *err)
{
	const char *doubt = image_file_doubt(img->file);
	if (!doubt)
		return 0;
	return image_note(&img->info,
			  said_make(img->arena,
				    "%s: another program that uses it may not be noticed, and a "
				    "write counts as durable as soon as that system says so",
				    said_word(doubt, img->arena)),
			  err);
}

static int open_file(struct image *img, const char *path, struct image_file *child, struct err *err)
{
	img->file = image_file_open(path, err);
	if (!img->file || (child && image_file_follow(img->file, child, err) < 0))
		return -1;
	char *real = realpath(path, NULL);
	img->info.path = arena_strdup(img->arena, path);
	img->info.real_path = real ? arena_strdup(img->arena, real) : img->info.path;
	img->info.file_size = image_file_size(img->file);
	free(real);
	if (!img->info.path || !img->info.real_path)
		return err_set(err, E_MEMORY, "no memory for the path");
	return child ? 0 : note_doubt(img, err);
}

static int open_container(struct image *img, const struct container *container,
			  const struct image_options *options, struct err *err)
{
	static const struct image_options none;
	img->container = container;
	img->info.format = container->name;
	img->state = container->open(img->file, &img->info, options ? options : &none, img->arena,
				     err);
	if (!img->state)
		return -1;
	return image_file_is_parent(img->file) ? 0 : start_cache(img, err);
}

static int read_ends(struct image_file *f, uint8_t *head, size_t head_len, uint8_t *tail,
		     size_t tail_len, struct err *err)
{
	if (image_file_read(f, 0, head, head_len, err) < 0)
		return -1;
	return image_file_read(f, image_file_size(f) - tail_len, tail, tail_len, err);
}

/* NULL without err: no container knows the file. */
static const struct container *probe(struct image_file *f, struct err *err)
{
	uint8_t head[HEAD_LEN], tail[TAIL_LEN];
	uint64_t size = image_file_size(f);
	struct span first = {head, size < HEAD_LEN ? (size_t)size : HEAD_LEN};
	struct span last = {tail, size < TAIL_LEN ? (size_t)size : TAIL_LEN};
	if (read_ends(f, head, first.len, tail, last.len, err) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++)
		if (containers[i]->probe(first, last))
			return containers[i];
	bool raw = size % RAW_UNIT == 0 && raw_container.probe(first, last);
	return raw && !foreign_is_known(f) ? &raw_container : NULL;
}

const struct container *image_probe(struct image_file *f)
{
	return probe(f, NULL);
}

static const struct container *must_probe(struct image_file *f, struct err *err)
{
	struct err unread = {0};
	const struct container *container = probe(f, &unread);
	if (unread.code != E_OK)
		return err_pass_null(err, &unread);
	if (!container)
		foreign_refuse(f, err);
	return container;
}

/* container == NULL: find out which one it is. */
static struct image *open_any(const struct container *container, const char *path,
			      struct image_file *child, const struct image_options *options,
			      struct err *err)
{
	struct image *img = image_new(err);
	if (!img)
		return NULL;
	if (open_file(img, path, child, err) < 0)
		goto fail;
	if (!container)
		container = must_probe(img->file, err);
	if (!container || open_container(img, container, options, err) < 0)
		goto fail;
	return img;
fail:
	image_close(img);
	return NULL;
}

struct image *image_open(const char *path, const struct image_options *options, struct err *err)
{
	return open_any(NULL, path, NULL, options, err);
}

struct image *image_open_as(const struct container *container, const char *path,
			    const struct image_options *options, struct err *err)
{
	return open_any(container, path, NULL, options, err);
}

struct image *image_open_parent(const struct container *container, const char *path,
				struct image_file *child, const struct image_options *options,
				struct err *err)
{
	return open_any(container, path, child, options, err);
}

const char *image_libvhdi_fault(const struct image *img)
{
	if (img->info.reference_unsafe)
		return "libvhdi misreads a VHDX of this kind";
	return img->container->libvhdi_fault ? img->container->libvhdi_fault(img->state) : NULL;
}

/* ---- a disk in memory ---- */

static int memory_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	(void)err;
	const struct span *disk = state;
	memcpy(buf, disk->p + off, len);
	return 0;
}

int place_as_it_is(void *state, const struct write *sectors, size_t n, uint64_t *file_off,
		   struct placement *out, struct err *err)
{
	(void)state;
	(void)out;
	(void)err;
	for (size_t i = 0; i < n; i++)
		file_off[i] = sectors[i].off;
	return 0;
}

static const struct container memory_container = {
	.name = "raw",
	.close = free,
	.read = memory_read,
	.place = place_as_it_is,
};

struct image *image_open_made(const struct container *container, void *state,
			      const struct image_info *info, struct err *err)
{
	struct image *img = state ? image_new(err)
				  : err_null(err, E_MEMORY, "no memory for a disk");
	if (!img) {
		container->close(state);
		return NULL;
	}
	img->container = container;
	img->state = state;
	img->info = *info;
	return img;
}

struct image *image_open_memory(const void *disk, size_t len, uint32_t sector_size, struct err *err)
{
	if (sector_size != 512 && sector_size != 4096)
		return err_null(err, E_USAGE, "sectors of %u bytes", sector_size);
	struct span *whole = malloc(sizeof(*whole));
	if (whole)
		*whole = (struct span){disk, len};
	const struct image_info info = {
		.reader = "stop7b",
		.path = "(memory)",
		.real_path = "(memory)",
		.format = memory_container.name,
		.type = "fixed",
		.size = len,
		.file_size = len,
		.stored = len,
		.sector_size = sector_size,
	};
	return image_open_made(&memory_container, whole, &info, err);
}

/* ---- the verbs ---- */

const struct image_info *image_info(const struct image *img)
{
	return &img->info;
}

struct image_stats image_stats(const struct image *img)
{
	return img->file ? image_file_stats(img->file) : (struct image_stats){0};
}

static bool inside(uint64_t size, uint64_t off, uint64_t len)
{
	return off <= size && len <= size - off;
}

static int check_range(const struct image *img, uint64_t off, uint64_t len, struct err *err)
{
	if (inside(img->info.size, off, len))
		return 0;
	return err_set(err, E_USAGE,
		       "bytes 0x%" PRIx64 "+0x%" PRIx64 " lie outside the disk of %" PRIu64
		       " bytes",
		       off, len, img->info.size);
}

int image_read(struct image *img, uint64_t off, void *buf, size_t len, struct err *err)
{
	if (check_range(img, off, len, err) < 0)
		return -1;
	if (len > 0 && img->cache && len < CACHE_BLOCK &&
	    block_cache_read(img->cache, off, buf, len, NULL) == 0)
		return 0;
	return image_read_once(img, off, buf, len, err);
}

int image_read_once(struct image *img, uint64_t off, void *buf, size_t len, struct err *err)
{
	if (check_range(img, off, len, err) < 0)
		return -1;
	return len == 0 ? 0 : img->container->read(img->state, off, buf, len, err);
}

static int check_sectors(const struct image *img, const struct write *sectors, size_t n,
			 struct err *err)
{
	uint32_t size = img->info.sector_size;
	for (size_t i = 0; i < n; i++) {
		if (sectors[i].len != size || sectors[i].off % size != 0 ||
		    (i > 0 && sectors[i].off <= sectors[i - 1].off))
			return err_set(err, E_USAGE, "not whole sectors by rising offset");
		if (check_range(img, sectors[i].off, size, err) < 0)
			return -1;
	}
	return 0;
}

int image_place(struct image *img, const struct write *sectors, size_t n, uint64_t *file_off,
		struct placement *out, struct err *err)
{
	if (!img->container->place)
		return err_set(err, E_UNSUPPORTED, "%s does not say where its bytes lie",
			       img->container->name);
	if (check_sectors(img, sectors, n, err) < 0)
		return -1;
	return n == 0 ? 0 : img->container->place(img->state, sectors, n, file_off, out, err);
}

struct image *image_open_plain(const char *path, struct err *err)
{
	return open_any(&raw_container, path, NULL, NULL, err);
}

static int read_whole_file(struct image *img, uint64_t off, void *buf, size_t len, struct err *err)
{
	if (img->file)
		return image_file_read(img->file, off, buf, len, err);
	if (!inside(img->info.file_size, off, len))
		return err_set(err, E_CORRUPT, "the disk in memory ends before");
	return len > 0 ? memory_read(img->state, off, buf, len, err) : 0;
}

int image_read_file(struct image *img, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct err e = {0};
	if (read_whole_file(img, off, buf, len, &e) == 0)
		return 0;
	if (e.code != E_CORRUPT)
		return err_pass(err, &e);
	return err_set(err, E_CHANGED, "the file is too short to hold %zu bytes at 0x%" PRIx64, len,
		       off);
}
