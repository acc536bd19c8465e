/* SPDX-License-Identifier: MIT */
/*
 * A virtual disk, whatever file holds it: bytes of the disk, and where they lie in the file.
 *
 * Its verbs: image_open, image_close, image_read, and image_place, which says where bytes will be
 * written. Containers (vhd.c, vhdx.c, raw.c) fill one struct container each; this file dispatches
 * and counts reads. The image file is opened O_RDONLY and never written here.
 */
#ifndef STOP7B_IMAGE_H
#define STOP7B_IMAGE_H

#include "stop7b/bytes.h"
#include "stop7b/hint.h"
#include "stop7b/writes.h"
#include "stop7b/said.h"

struct image;

struct disk_range {
	uint64_t at, len; /* bytes of the disk */
};

struct image_options {
	const char *parent; /* --parent PATH: tried first for every disk of the chain; or NULL */
	/* image_open_reference(): bytes, sorted, that our own second opening may read; borrowed. */
	const struct disk_range *spared;
	size_t n_spared;
};

#define IMAGE_NOTES_MAX   8
#define IMAGE_PARENTS_MAX 63 /* a chain of 64 disks; Hyper-V's own chains stay far below */

struct image_info {
	const char *path;      /* as the caller gave it */
	const char *real_path; /* resolved; what the undo record names */
	const char *format;    /* "vhd" | "vhdx" | "raw" */
	const char *type;      /* "fixed" | "dynamic" | "differencing" */
	const char *creator;   /* creator application in words, or NULL */
	char id[GUID_TEXT];    /* container's unique id, "" if it has none */
	uint64_t size;         /* bytes of the virtual disk */
	uint64_t file_size;    /* bytes of the image file when it was opened */
	uint64_t stored; /* bytes of disk content held in the file; UINT64_MAX if not counted */
	uint32_t sector_size;  /* bytes: 512 or 4096 */
	bool saved_state;      /* the footer says a machine was saved with this disk */
	const char *no_writes; /* N_(): why this container may be read but not written, or NULL */
	enum hint_kind hint;   /* what a person can do about that; HINT_NONE: as about any other */
	/* Bytes of the file that, copied over others of it, mend that; len 0: none are known to. */
	uint64_t mend_from, mend_to;
	size_t mend_len;
	/* libvhdi is known to misread such a file: verify must not ask image_open_reference() */
	bool reference_unsafe;
	const char *parents[IMAGE_PARENTS_MAX]; /* nearest first */
	size_t n_parents;
	const char *reader; /* whose code reads: "stop7b", "libvhdi", "a plain second read" */
	struct said
		notes[IMAGE_NOTES_MAX]; /* warnings in words: "the footer at the end is damaged" */
	size_t n_notes;
};

/* Counts image.c's own calls: none for a disk in memory, not those that libvhdi makes. */
struct image_stats {
	uint64_t reads; /* read system calls on the image file and its parents */
	uint64_t bytes; /* bytes they returned */
};

/*
 * Open an image file read-only and validate its container.
 *
 *   path     image file
 *   options  may be NULL
 *
 * Returns the image, or NULL with err: E_OPEN (no such file, no right), E_IO, E_FORMAT (a format
 * this program does not open; the text names it and the command that converts it), E_UNSUPPORTED
 * (known variant that is not handled), E_CORRUPT (footer, header or table breaks its rules),
 * E_PARENT (a parent is missing, does not fit, or the chain is a circle or too long; the text says
 * what was wanted and where it was looked for), E_MEMORY.
 */
struct image *image_open(const char *path, const struct image_options *options, struct err *err);

/*
 * The image file's own bytes, whatever they are: what an undo record is compared with when the
 * container cannot be opened because an apply of it was interrupted. NULL with err as image_open().
 */
struct image *image_open_plain(const char *path, struct err *err);

/*
 * The same disk read through libvhdi: the second opinion of verify. What options spare is read by our
 * own code, opened from zero: libvhdi's time grows with all that it reads. The same verbs work on it
 * except image_place, which answers E_UNSUPPORTED. A raw disk has no format that another library
 * could know: it is read a second time, plainly, and info's reader says so.
 */
struct image *image_open_reference(const char *path, const struct image_options *options,
				   struct err *err);

/*
 * A disk in memory, for tests of the layers above: borrowed, not freed, each byte at its own place.
 *   sector_size  512 or 4096
 */
struct image *image_open_memory(const void *disk, size_t len, uint32_t sector_size,
				struct err *err);

/*
 * A disk as it would be: every read comes from below, with the new bytes of the list over it. For
 * reading alone; both stay the caller's and must outlive it.
 *   list  writes inside the disk that do not overlap
 * NULL with E_MEMORY.
 */
struct image *image_open_overlay(struct image *below, const struct write_list *list,
				 struct err *err);

void image_close(struct image *img); /* accepts NULL */
const struct image_info *image_info(const struct image *img);
struct image_stats image_stats(const struct image *img);

/*
 * Read bytes [off, off+len) of the virtual disk, which must lie inside it. Reads below 64 KiB go
 * through a cache of 1 MiB, which does not notice writes: open the image again after writing.
 * 0, or -1 with err: E_IO (with the file offset), E_CORRUPT (table entry outside the file, the
 * file became shorter), E_USAGE (range outside the disk).
 */
int image_read(struct image *img, uint64_t off, void *buf, size_t len, struct err *err);
/*
 * The same for a few bytes whose neighbours nobody wants: read as they are asked for, and not kept.
 */
int image_read_once(struct image *img, uint64_t off, void *buf, size_t len, struct err *err);

/* What placing sectors adds to the sectors themselves. */
struct placement {
	struct write_list *extra; /* the container's own bytes are appended here; behind the present
				   * end of the file their old bytes are zeros */
	uint64_t file_length;     /* raised to what the file must be long afterwards */
	size_t new_blocks;        /* blocks that the file did not hold and will */
	size_t copied;            /* sectors that it did not hold: zeros before, or the parent's */
};

/*
 * Where whole sectors of the disk will lie in the image file once they are written, and what else
 * must be written for that: sector bitmaps, table entries, the end of the file when a block has to
 * be allocated.
 *
 *   sectors   n writes of exactly one sector each, by rising offset
 *   file_off  n places: where sector i's new bytes go
 *   out       see above
 *
 * Changes nothing in img. 0, or -1 with err: E_MAP (no place can be made, or programs disagree about
 * a sector, in words), E_USAGE (not whole sectors of the disk by rising offset), E_CORRUPT,
 * E_UNSUPPORTED (the container does not say where its bytes lie), E_IO, E_MEMORY.
 */
int image_place(struct image *img, const struct write *sectors, size_t n, uint64_t *file_off,
		struct placement *out, struct err *err);

/*
 * Read bytes [off, off+len) of the image *file* itself, container bytes included (what is
 * compared before writing). 0, or -1 with err: E_IO, E_CHANGED (file shorter than that).
 */
int image_read_file(struct image *img, uint64_t off, void *buf, size_t len, struct err *err);

/*
 * Look for a disk in the folder of this image that names it as its parent: by identifier, or by
 * the file name in its parent locators. Only the first and last bytes of files are read.
 *
 *   path   image file
 *   arena  owns *child
 *   child  the file name of the child, escaped; NULL if there is none
 *
 * 1 when there is one, 0 when there is none, or -1 with err: E_OPEN (image or folder cannot be
 * read), E_UNSUPPORTED (more files in the folder than are looked at), E_CORRUPT, E_IO, E_MEMORY.
 */
int image_has_children(const char *path, struct arena *arena, const char **child, struct err *err);

#endif
