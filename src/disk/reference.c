/* SPDX-License-Identifier: MIT */
/*
 * The second opinion: the same disk through libvhdi, so that what our containers placed is read
 * back by code that nobody here wrote. The bytes share nothing with our own reading but the image's
 * read cache, and nothing here can say where a byte lies (no map, no bookkeeping). The only file
 * that includes libvhdi.h.
 *
 * libvhdi opens the file by name and reads for itself: those reads are not counted. It does not
 * check every checksum, so it is never asked whether a file is sound. It does not look for the
 * parents of a differencing disk either: it is given those that our own opening found, and compares
 * their identifiers itself.
 *
 * Where libvhdi is known to be wrong about a disk, our own code reads it a second time, opened from
 * zero; info's reader and a note say so. The same opening reads what the options spare.
 *
 * A raw disk has no structure about which two readers could disagree. It is read again, plainly,
 * through the file that was opened for this purpose.
 */
#include <libvhdi.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"

#define ERROR_TEXT 256
#define ID_LEN     16

struct reference {
	struct image_file *plain;        /* a raw disk, or NULL */
	struct image *own;               /* ours, opened from zero; NULL for a raw disk */
	const struct disk_range *spared; /* that it reads, sorted */
	size_t n_spared;
	libvhdi_file_t *files[CHAIN_DISKS_MAX]; /* the disk, then its parents */
	size_t n;
};

static int fail(libvhdi_error_t **error, enum err_code code, const char *what, struct err *err)
{
	char text[ERROR_TEXT] = "";
	if (*error && libvhdi_error_sprint(*error, text, sizeof(text)) < 0)
		text[0] = '\0';
	libvhdi_error_free(error);
	return err_set(err, code, "libvhdi: %s%s%s", what, text[0] ? ": " : "", text);
}

/* A file goes before its parent, which it knows. */
static void reference_close(void *state)
{
	struct reference *r = state;
	image_close(r->own);
	for (size_t i = 0; i < r->n; i++) {
		libvhdi_file_close(r->files[i], NULL);
		libvhdi_file_free(&r->files[i], NULL);
	}
	free(r);
}

static int describe_type(libvhdi_file_t *file, struct image_info *info, struct err *err)
{
	libvhdi_error_t *error = NULL;
	int format;
	uint32_t type;
	if (libvhdi_file_get_file_type(file, &format, &error) != 1 ||
	    libvhdi_file_get_disk_type(file, &type, &error) != 1)
		return fail(&error, E_CORRUPT, "no type", err);
	info->format = format == LIBVHDI_FILE_TYPE_VHDX ? "vhdx" : "vhd";
	info->type = type == LIBVHDI_DISK_TYPE_FIXED     ? "fixed"
		     : type == LIBVHDI_DISK_TYPE_DYNAMIC ? "dynamic"
							 : "differencing";
	return 0;
}

static int describe(libvhdi_file_t *file, struct image_info *info, struct err *err)
{
	libvhdi_error_t *error = NULL;
	size64_t size;
	uint8_t id[ID_LEN];
	if (libvhdi_file_get_media_size(file, &size, &error) != 1 ||
	    libvhdi_file_get_bytes_per_sector(file, &info->sector_size, &error) != 1 ||
	    libvhdi_file_get_identifier(file, id, sizeof(id), &error) != 1)
		return fail(&error, E_CORRUPT, "no size or identifier", err);
	if (info->sector_size != 512 && info->sector_size != 4096)
		return err_set(err, E_CORRUPT, "libvhdi: sectors of %u bytes", info->sector_size);
	info->size = size;
	uuid_text((struct span){id, sizeof(id)}, 0, info->id);
	return describe_type(file, info, err);
}

static int add_file(struct reference *r, const char *path, struct err *err)
{
	libvhdi_error_t *error = NULL;
	libvhdi_file_t *file = NULL;
	if (r->n == CHAIN_DISKS_MAX)
		return err_set(err, E_PARENT, "the chain has more than %u disks", CHAIN_DISKS_MAX);
	if (libvhdi_file_initialize(&file, &error) != 1)
		return fail(&error, E_MEMORY, "cannot start", err);
	if (libvhdi_file_open(file, path, LIBVHDI_OPEN_READ, &error) != 1) {
		libvhdi_file_free(&file, NULL);
		return fail(&error, E_CORRUPT, "cannot open", err);
	}
	r->files[r->n++] = file;
	return 0;
}

/* The nearest parent first, as libvhdi wants each file to know its own. */
static int add_parents(struct reference *r, const struct image_info *chain, struct err *err)
{
	libvhdi_error_t *error = NULL;
	for (size_t i = 0; i < chain->n_parents; i++)
		if (add_file(r, chain->parents[i], err) < 0)
			return err_at(err, "parent %s", chain->parents[i]);
	for (size_t i = r->n - 1; i > 0; i--)
		if (libvhdi_file_set_parent_file(r->files[i - 1], r->files[i], &error) != 1)
			return fail(&error, E_PARENT, "the parent is not accepted", err);
	return 0;
}

static int copy_parents(const struct image_info *chain, struct image_info *info,
			struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < chain->n_parents; i++) {
		info->parents[i] = arena_strdup(arena, chain->parents[i]);
		if (!info->parents[i])
			return err_set(err, E_MEMORY, "no memory for the parents");
	}
	info->n_parents = chain->n_parents;
	return 0;
}

/* What is said of the disk comes from our own second opening too. */
static int use_own(struct reference *r, struct image_info *info, const char *fault, struct err *err)
{
	const struct image_info *own = image_info(r->own);
	info->reader = N_("stop7b itself, opened a second time");
	info->format = own->format;
	info->type = own->type;
	info->size = own->size;
	info->sector_size = own->sector_size;
	memcpy(info->id, own->id, sizeof(info->id));
	return image_note(info, said_of(fault), err);
}

static int use_library(struct reference *r, struct image_info *info, struct err *err)
{
	info->reader = "libvhdi";
	if (add_file(r, info->path, err) < 0 || describe(r->files[0], info, err) < 0)
		return -1;
	return add_parents(r, info, err);
}

/* A disk that we do not open: with libvhdi's words where it does not open it either. */
static int refuse(struct reference *r, const char *path, const struct err *why, struct err *err)
{
	if (add_file(r, path, err) < 0)
		return -1;
	return err_pass(err, why);
}

/* Our own opening finds the parents and knows libvhdi's faults. */
static int open_container(struct reference *r, struct image_info *info,
			  const struct image_options *options, struct arena *arena, struct err *err)
{
	struct err why = {0};
	r->own = image_open(info->path, options, &why);
	if (!r->own)
		return refuse(r, info->path, &why, err);
	if (copy_parents(image_info(r->own), info, arena, err) < 0)
		return -1;
	const char *fault = image_libvhdi_fault(r->own);
	if (fault)
		return use_own(r, info, fault, err);
	r->spared = options->spared;
	r->n_spared = options->n_spared;
	return use_library(r, info, err);
}

static int open_plain(struct reference *r, struct image_file *f, struct image_info *info,
		      const struct image_options *options, struct arena *arena, struct err *err)
{
	info->reader = N_("a plain second read");
	info->format = raw_container.name;
	r->plain = raw_container.open(f, info, options, arena, err);
	return r->plain ? 0 : -1;
}

static void *reference_open(struct image_file *f, struct image_info *info,
			    const struct image_options *options, struct arena *arena,
			    struct err *err)
{
	struct reference *r = calloc(1, sizeof(*r));
	if (!r)
		return err_null(err, E_MEMORY, "no memory for the second reader");
	bool raw = image_probe(f) == &raw_container;
	if ((raw ? open_plain(r, f, info, options, arena, err)
		 : open_container(r, info, options, arena, err)) == 0)
		return r;
	reference_close(r);
	return NULL;
}

static int read_library(libvhdi_file_t *file, uint64_t off, uint8_t *to, size_t len,
			struct err *err)
{
	for (size_t done = 0; done < len;) {
		libvhdi_error_t *error = NULL;
		ssize_t got = libvhdi_file_read_buffer_at_offset(file, to + done, len - done,
								 (off64_t)(off + done), &error);
		if (got < 0)
			return fail(&error, E_IO, "cannot read", err);
		if (got == 0)
			return err_set(err, E_CORRUPT, "libvhdi: the disk ends before its size");
		done += (size_t)got;
	}
	return 0;
}

/* The first spared range that ends behind off; n_spared: none. */
static size_t next_spared(const struct reference *r, uint64_t off)
{
	size_t low = 0, high = r->n_spared;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct disk_range *s = &r->spared[middle];
		if (s->at + s->len <= off)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Bytes from off on, len at most, that one reader reads; *own: is it ours? */
static size_t piece_at(const struct reference *r, uint64_t off, size_t len, bool *own)
{
	size_t i = next_spared(r, off);
	const struct disk_range *s = &r->spared[i];
	*own = i < r->n_spared && s->at <= off;
	if (i == r->n_spared)
		return len;
	uint64_t most = *own ? s->at + s->len - off : s->at - off;
	return most < len ? (size_t)most : len;
}

static int read_pieces(struct reference *r, uint64_t off, uint8_t *to, size_t len, struct err *err)
{
	for (size_t done = 0; done < len;) {
		bool own;
		size_t n = piece_at(r, off + done, len - done, &own);
		int rc = own ? image_read(r->own, off + done, to + done, n, err)
			     : read_library(r->files[0], off + done, to + done, n, err);
		if (rc < 0)
			return -1;
		done += n;
	}
	return 0;
}

static int reference_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	struct reference *r = state;
	if (r->plain)
		return image_file_read(r->plain, off, buf, len, err);
	if (r->n == 0)
		return image_read(r->own, off, buf, len, err);
	return read_pieces(r, off, buf, len, err);
}

static const struct container reference_container = {
	.name = "libvhdi",
	.open = reference_open,
	.close = reference_close,
	.read = reference_read,
};

struct image *image_open_reference(const char *path, const struct image_options *options,
				   struct err *err)
{
	return image_open_as(&reference_container, path, options, err);
}
