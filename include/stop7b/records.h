/* SPDX-License-Identifier: MIT */
/*
 * Where the undo records of an image lie, and reading them. Disks are renamed, moved and mounted
 * elsewhere between an apply and its undo, so a record is looked for under the image's name, in the
 * folder of --undo-dir, in the folder that a mark beside the image names, and among the records of
 * these folders that are named after a disk which is no longer there. What is found is only a name:
 * whether a record is of this image its content decides (undo.h).
 */
#ifndef STOP7B_RECORDS_H
#define STOP7B_RECORDS_H

#include "stop7b/undo.h"

struct record_where {
	const char *real_path; /* of the image */
	const char *undo_dir;  /* --undo-dir, or NULL */
};

struct record_at {
	const char *path;
	bool newest; /* of those that share its name and folder */
	bool stray;  /* named after another disk, which no longer lies beside it */
};

struct record_list {
	struct record_at *items; /* by folder as above, in each the newest first; strays last */
	size_t n, cap;
	struct err unread; /* E_OPEN: a mark names a folder that is not there */
};

/* Every record that may be of this image; their number is limited. 0, or -1 with E_MEMORY. */
int records_find(const struct record_where *where, struct arena *arena, struct record_list *out,
		 struct err *err);

/* Where the next record of the image goes. NULL without memory. */
char *record_home(const struct record_where *where, struct arena *arena);

/*
 * Read a record. Only a plain file that nobody planted is opened.
 *   real_path  of the image, whose owner is believed
 * 0, or -1 with err: E_NORECORD, E_FORMAT (no record, or not a plain file, or a stranger's),
 * E_CORRUPT, E_UNSUPPORTED, E_OPEN, E_IO, E_MEMORY.
 */
int record_load(const char *path, const char *real_path, struct arena *arena,
		struct undo_record *out, struct err *err);

/* Is the file that the record was made of still where it was, and another than real_path? */
bool record_is_anothers(const char *path, const struct undo_record *r, const char *real_path,
			struct arena *arena);

#endif
