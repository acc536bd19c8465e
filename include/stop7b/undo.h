/* SPDX-License-Identifier: MIT */
/*
 * The undo record: what an apply is about to write and what stood there before, in one file that
 * can be checked on its own. This module knows the record's bytes and compares them with an
 * image; it opens and writes no file.
 *
 * Layout (little-endian): a header of fixed size (magic, version, lengths, identity), texts, the
 * list of writes and values, a sha256 over all of it, and one 512-byte completion mark that is
 * all zeros until the apply was flushed. See undo.c for the offsets.
 */
#ifndef STOP7B_UNDO_H
#define STOP7B_UNDO_H

#include "stop7b/image.h"
#include "stop7b/writes.h"

#define UNDO_MARK_LEN 512u /* bytes at the end of the record */

/* A registry value among the writes, for people: what it was, what it becomes. */
struct undo_value {
	const char *subject;       /* "storvsc" */
	const char *name;          /* "Start" */
	const char *was, *becomes; /* in words: "4 Disabled", "0 Boot" */
	uint64_t file_at;          /* image byte where its changed bytes begin */
	uint32_t len;
};

struct undo_record {
	const char *image_path; /* real path */
	const char *image_id;   /* container id, "" if it has none */
	uint64_t image_length;  /* bytes of the image file before the apply */
	uint64_t new_length; /* and after it: larger by the blocks added, to the last one's end */
	uint64_t device, inode;
	uint64_t created; /* FILETIME */
	const char *who;  /* "root@rescue1" */
	/*
	 * Whole sectors, sorted. Each lies wholly below image_length or wholly behind it; the old
	 * bytes of the latter are zeros, as a file reads that was made longer and not yet written.
	 */
	struct write_list writes;
	struct undo_value *values;
	size_t n_values;
	bool complete;
};

/* The record's bytes, completion mark still zero. 0, or -1 with E_MEMORY. */
int undo_encode(const struct undo_record *r, struct arena *arena, struct span *out,
		struct err *err);

/* The bytes of the completion mark for an encoded record (UNDO_MARK_LEN of them). */
void undo_mark(struct span encoded, uint8_t mark[UNDO_MARK_LEN]);

/*
 * Decode and check a record; its old and new bytes stay where they are in `bytes`. 0, or -1 with err: E_FORMAT (not an undo record), E_CORRUPT (hash
 * wrong, ranges outside the image or overlapping), E_UNSUPPORTED (version), E_MEMORY.
 */
int undo_decode(struct span bytes, struct arena *arena, struct undo_record *out, struct err *err);

/*
 * May the record be of this image, by identifier and length? Its bytes are compared apart. 0, or -1
 * with E_CHANGED naming what differs.
 */
int undo_fits(const struct undo_record *r, const struct image_info *info, struct err *err);

enum undo_state { UNDO_OLD, UNDO_NEW, UNDO_MIXED, UNDO_FOREIGN };

struct undo_check {
	enum undo_state state;   /* of all writes together */
	enum undo_state *writes; /* one per write */
	enum undo_state *values; /* one per value */
	uint64_t foreign_at;     /* first image byte that is neither old nor new */
	uint8_t foreign_byte;    /* what it holds */
};

/* Compare the image's bytes with the record, byte by byte. 0, or -1 with E_IO, E_MEMORY. */
int undo_compare(const struct undo_record *r, struct image *img, struct arena *arena,
		 struct undo_check *out, struct err *err);

#define UNDO_SUFFIX ".stop7b-undo"

/*
 * Path of the n-th record of an image (0 newest): "<real path>.stop7b-undo[.n]", or inside
 * undo_dir "<name>-<hash of the real path>.stop7b-undo[.n]"; a hash alone in place of a name that
 * would be too long. In undo_path.c. NULL without memory.
 */
char *undo_path(const char *real_path, const char *undo_dir, unsigned n, struct arena *arena);

#endif
