/* SPDX-License-Identifier: MIT */
/*
 * What a container format (VHD, ...) must provide to image.c, and what it gets. Inside disk/ only.
 */
#ifndef STOP7B_CONTAINER_H
#define STOP7B_CONTAINER_H

#include "chain.h"
#include "stop7b/image.h"

/* ---- the image file: counted reads, nothing else ---- */

struct image_file;

/*
 * Open a regular file or a block device read-only. NULL with err: E_OPEN, E_FORMAT (a directory
 * or another kind of file), E_MEMORY.
 */
struct image_file *image_file_open(const char *path, struct err *err);
void image_file_close(struct image_file *f); /* accepts NULL */
/* Read exactly len bytes at off; E_IO with offset, E_CORRUPT when the file ends before. */
int image_file_read(struct image_file *f, uint64_t off, void *buf, size_t len, struct err *err);
uint64_t image_file_size(const struct image_file *f);
struct image_stats image_file_stats(const struct image_file *f);
/* Bytes of a block device's logical sector; 0 for a regular file. */
uint32_t image_file_device_sector(const struct image_file *f);
/* Why locks and flushing cannot be relied upon where this file lies, in words; NULL if they can. */
const char *image_file_doubt(const struct image_file *f);

/*
 * Make f a parent of child, which must stay open longer: f's reads are counted for child too.
 * 0, or -1 with E_PARENT: f is one of the disks that led to it, or the chain is too long.
 */
int image_file_follow(struct image_file *f, struct image_file *child, struct err *err);
/* True if the file at path is f or one of the disks that led to f. */
bool image_file_leads_from(const struct image_file *f, const char *path);
/* True if f is a parent of another disk. */
bool image_file_is_parent(const struct image_file *f);

/* ---- the container ---- */

struct container {
	const char *name;
	/*
	 * Is this file of this format? Looks at the first and last bytes only.
	 *   head  the first up to 4096 bytes; tail  the last up to 1024 bytes of the file
	 */
	bool (*probe)(struct span head, struct span tail);
	/*
	 * Say who the file is and whose child, without opening another file; texts in arena.
	 * NULL for formats without identifiers. 0, or -1 with err as open.
	 */
	int (*identify)(struct image_file *f, struct arena *arena, struct identity *out,
			struct err *err);
	/* Validate and fill info. Returns the format's own state, or NULL with err. */
	void *(*open)(struct image_file *f, struct image_info *info,
		      const struct image_options *options, struct arena *arena, struct err *err);
	void (*close)(void *state);
	/* As image_read; the range is already checked. */
	int (*read)(void *state, uint64_t off, void *buf, size_t len, struct err *err);
	/*
	 * As image_place; the sectors are already checked, n > 0. NULL where the container cannot say
	 * where its bytes lie.
	 */
	int (*place)(void *state, const struct write *sectors, size_t n, uint64_t *file_off,
		     struct placement *out, struct err *err);
	/*
	 * Why libvhdi is known to show other bytes of this disk than all other programs, in words;
	 * NULL if it is not. A fault that cannot be excluded counts. The verb itself may be NULL.
	 */
	const char *(*libvhdi_fault)(void *state);
};

extern const struct container vhd_container;
extern const struct container vhdx_container;
extern const struct container raw_container;

/* The place verb of a container whose file is the disk, byte for byte. */
int place_as_it_is(void *state, const struct write *sectors, size_t n, uint64_t *file_off,
		   struct placement *out, struct err *err);

/* The container whose probe knows the file; NULL if there is none. */
const struct container *image_probe(struct image_file *f);

/* Open path as the given container, without probing. For image_open_reference(). */
struct image *image_open_as(const struct container *container, const char *path,
			    const struct image_options *options, struct err *err);

/*
 * A disk without a file of its own: state is what the container's verbs get, closed with the disk or
 * here on failure; NULL is no memory. Nothing is probed or cached. NULL with E_MEMORY.
 */
struct image *image_open_made(const struct container *container, void *state,
			      const struct image_info *info, struct err *err);

/* What the container's libvhdi_fault says of an open disk. */
const char *image_libvhdi_fault(const struct image *img);

/* Open the parent of an open file, as the given container; see image_file_follow(). */
struct image *image_open_parent(const struct container *container, const char *path,
				struct image_file *child, const struct image_options *options,
				struct err *err);

/*
 * Add a warning to info; more than IMAGE_NOTES_MAX are dropped. text lives as long as info (a
 * constant, or in its arena); NULL means that there was no memory for it: -1 with E_MEMORY.
 */
int image_note(struct image_info *info, struct said text, struct err *err);

/* Is this file known as something else than a disk that stop7b opens? */
bool foreign_is_known(struct image_file *f);

/*
 * Refuse a file that no container knows: sets E_FORMAT or E_UNSUPPORTED with the name of what the
 * file seems to be and the command that makes a VHD of it. Always returns -1.
 */
int foreign_refuse(struct image_file *f, struct err *err);

#endif
