/* SPDX-License-Identifier: MIT */
/*
 * From two copies of each edited hive to one list of image writes: the difference of clean and
 * edited bytes, translated layer by layer (hive -> file -> volume -> disk -> image file),
 * container bookkeeping included, and gathered into whole sectors of the image file.
 *
 * Pure: reads the image, writes nothing. What this list holds is what the review shows, the undo
 * record stores, apply writes and verify checks.
 */
#ifndef STOP7B_PATCH_H
#define STOP7B_PATCH_H

#include "stop7b/image.h"
#include "stop7b/writes.h"

#define PATCH_SECTOR 512u /* bytes: unit in which the image file is written */

/* Words for a stretch of the hive, so that a changed byte can be named. */
struct patch_mark {
	uint64_t at; /* byte of the hive file */
	uint64_t len;
	struct said what; /* "msahci Start"; "" for bookkeeping not shown one by one */
	bool value;       /* a registry value a person asked for, not bookkeeping */
};

/*
 * Changed bytes that lie together in every layer, with their four addresses; a few that stay as
 * they are may lie between them, as every second byte of a text does. Bytes of the disk that belong to no hive have only the last two, bytes of the image file only the last.
 */
struct patch_range {
	size_t hive; /* which of the hives; then n_hives: the disk; n_hives + 1: the image file */
	uint64_t hive_at, volume_at, disk_at, file_at;
	size_t len;
	size_t changed; /* how many of the len bytes differ */
	const uint8_t *old_bytes, *new_bytes;
	struct said what;
	bool value;
};

struct patch {
	struct patch_range *ranges; /* hive by hive, by offset in it; then disk, then file */
	size_t n;
	struct write_list sectors; /* every image byte that is written, whole sectors, sorted */
	struct write_list
		metadata;     /* container bytes among them (bitmaps, table), for the review */
	uint64_t file_length; /* bytes of the image file afterwards */
	uint64_t file_growth; /* how many of them are new: blocks it did not hold */
	size_t new_blocks;    /* blocks that the image file did not hold */
	size_t copied;        /* sectors that it did not hold: zeros, or a parent's */
	size_t value_bytes;   /* changed bytes inside values */
	size_t other_bytes;   /* changed bytes of bookkeeping: hive header, key times, container */
	size_t other_sectors; /* sectors that hold such bytes */
};

/* A file that is changed where it lies, whatever its file system. */
struct patch_file {
	void *file;
	/* As ntfs_file_map(), fat_file_map(). */
	int (*map)(void *file, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		   struct err *err);
};

/* One hive file with what became of it. */
struct patch_hive {
	uint64_t partition_start; /* bytes on the disk */
	struct patch_file file;
	struct span clean, edited;      /* same length */
	const struct patch_mark *marks; /* in any order; of two for one byte the one that begins
					 * first counts */
	size_t n_marks;
	struct said unmarked; /* words for changed bytes without a mark */
};

/* All that is to change in one image. */
struct patch_request {
	const struct patch_hive *hives;
	size_t n_hives;
	struct write_list disk;      /* bytes of the disk, sorted, beside those of the hives */
	struct write_list files;     /* the same, of files that are added: no values of their own */
	struct write_list container; /* bytes of the image file itself, sorted */
};

/*
 * Build the write list of one image. 0, or -1 with err: E_MAP (bytes that must not be
 * overwritten in place), E_CHANGED (the image no longer holds the clean bytes), E_CORRUPT, E_IO,
 * E_MEMORY.
 */
int patch_build(struct image *image, const struct patch_request *request, struct arena *arena,
		struct patch *out, struct err *err);

#endif
