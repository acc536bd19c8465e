/* SPDX-License-Identifier: MIT */
/*
 * What a container format (VHD, ...) must provide to image.c, and what it gets. Inside disk/ only.
 */
#ifndef STOP7B_CONTAINER_H
#define STOP7B_CONTAINER_H

#include "stop7b/image.h"

/* ---- the image file: counted reads, nothing else ---- */

struct image_file;

/*
 * Open a regular file read-only. NULL with err: E_OPEN, E_UNSUPPORTED (a block device), E_FORMAT
 * (a directory or another kind of file), E_MEMORY.
 */
struct image_file *image_file_open(const char *path, struct err *err);
void image_file_close(struct image_file *f); /* accepts NULL */
/* Read exactly len bytes at off; E_IO with offset, E_CORRUPT when the file ends before. */
int image_file_read(struct image_file *f, uint64_t off, void *buf, size_t len, struct err *err);
uint64_t image_file_size(const struct image_file *f);
struct image_stats image_file_stats(const struct image_file *f);

/* ---- the container ---- */

struct container {
	const char *name;
	/*
	 * Is this file of this format? Looks at the first and last bytes only.
	 *   head  the first up to 4096 bytes; tail  the last up to 1024 bytes of the file
	 */
	bool (*probe)(struct span head, struct span tail);
	/* Validate and fill info. Returns the format's own state, or NULL with err. */
	void *(*open)(struct image_file *f, struct image_info *info,
		      const struct image_options *options, struct arena *arena, struct err *err);
	void (*close)(void *state);
	/*
	 * As image_read, image_map and image_bookkeeping; ranges are already checked.
	 * map and bookkeeping are NULL where the container cannot say where its bytes lie.
	 */
	int (*read)(void *state, uint64_t off, void *buf, size_t len, struct err *err);
	int (*map)(void *state, uint64_t off, uint64_t len, uint64_t *file_off, uint64_t *run,
		   struct err *err);
	int (*bookkeeping)(void *state, uint64_t off, uint64_t len, struct write_list *out,
			   struct err *err);
};

extern const struct container vhd_container;

/* Open path as the given container, without probing. For image_open_reference(). */
struct image *image_open_as(const struct container *container, const char *path,
			    const struct image_options *options, struct err *err);

/*
 * Add a warning to info; more than IMAGE_NOTES_MAX are dropped. text lives as long as info (a
 * constant, or in its arena); NULL means that there was no memory for it: -1 with E_MEMORY.
 */
int image_note(struct image_info *info, const char *text, struct err *err);

/*
 * Refuse a file that no container knows: sets E_FORMAT or E_UNSUPPORTED with the name of what the
 * file seems to be and the command that makes a VHD of it. Always returns -1.
 */
int foreign_refuse(struct image_file *f, struct err *err);

#endif
