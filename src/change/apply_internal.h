/* SPDX-License-Identifier: MIT */
/*
 * Inside change/ only: the undo record as a file, on top of the table of system calls.
 */
#ifndef STOP7B_APPLY_INTERNAL_H
#define STOP7B_APPLY_INTERNAL_H

#include <sys/stat.h>

#include "stop7b/apply.h"
#include "stop7b/records.h"

#define NO_UNDO_PLACE "no-undo-place" /* the guard's name, where its error stands alone */

#define RECORDS_MAX 1000u /* older records kept beside an image */

/* An undo record on disk. */
struct record_file {
	const char *path;
	int fd;            /* read-write */
	struct span bytes; /* without the mark */
};

/* Write all of buf, going on after short writes and EINTR. 0, or -1 with errno. */
int calls_write_all(const struct apply_calls *c, int fd, const void *buf, size_t len, uint64_t off);

/* Flush, or give a file its length, whatever interrupts it. 0, or -1 with errno. */
int calls_flush(const struct apply_calls *c, int fd);
int calls_resize(const struct apply_calls *c, int fd, uint64_t length);

/*
 * Make the encoded record durable as the newest one: temporary file, flush, older records pushed
 * to .1, .2, ..., renamed into place, directory flushed. -1 with E_GUARD where none may be made
 * (no-undo-place), or E_WRITE where it could not be written: a full disk, a quota; nothing was written
 * into the image.
 *   home  of record_home()
 */
int record_create(const struct apply_calls *c, const char *home, struct span encoded,
		  struct arena *arena, struct record_file *out, struct err *err);

/* Make way at a name: number 0 becomes 1, and so on up to the first gap. 0, or -1 with errno. */
int record_push(const struct apply_calls *c, const char *first, struct arena *arena);

/*
 * Do the first bytes of a record fit a file of this length? In undo_format.c: undo_decode() asks
 * the same again. 0, or -1 with E_FORMAT, E_UNSUPPORTED, E_CORRUPT.
 */
int undo_check_head(struct span head, uint64_t file_length, struct err *err);

/* Open a record for changing its mark; errors of record_load(). */
int record_open(const struct apply_calls *c, const char *path, const char *real_path,
		struct arena *arena, struct record_file *out, struct undo_record *decoded,
		struct err *err);

/* Set or clear the completion mark and flush it. 0, or -1 with errno. */
int record_mark(const struct apply_calls *c, const struct record_file *r, bool complete);

/* Remove the record and flush its directory. 0, or -1 with errno. */
int record_remove(const struct apply_calls *c, const struct record_file *r);

void record_close(struct record_file *r);

/*
 * Is this the file of a stranger who may not be believed: in a directory that anybody may write to,
 * neither ours, nor root's, nor that of the image's owner?
 */
bool record_is_strangers(const struct stat *st, const char *path, const char *real_path,
			 struct arena *arena);

/* Open a plain file for reading, and nothing else: no link, device, pipe or directory. The
 * descriptor, or -1 with E_OPEN, E_FORMAT. */
int record_open_plain(const char *path, struct stat *st, struct err *err);

/* Flush the directory that holds path. 0, or -1 with errno. */
int flush_directory(const struct apply_calls *c, const char *path);

/* ---- undo_path.c ---- */

const char *path_leaf(const char *path);
char *path_folder(const char *path, struct arena *arena); /* NULL without memory */
/* The n-th record of those whose newest one is first. */
char *record_numbered(const char *first, unsigned n, struct arena *arena);

/* ---- records.c ---- */

/* The newest record with the name of the image, whatever it holds; NULL when there is none. */
const char *record_newest(const struct record_where *where, struct arena *arena);
/* Does a record lie at first, or at one of its numbers? */
bool record_any(const char *first, struct arena *arena);

/* ---- record_mark.c: the file beside an image that says where its records are ---- */

struct record_mark {
	const char *first;  /* the newest record's path, there */
	const char *folder; /* of it; NULL when it is not there */
	const char *named;  /* the folder as the mark has it */
};

/* Read the mark at path. Anything else there is no mark. */
bool mark_read(const char *path, const char *real_path, struct arena *arena,
	       struct record_mark *out);
/* Leave a mark that names home, durable. 0, or -1 with errno: then it is not there. */
int mark_leave(const struct apply_calls *c, const char *real_path, const char *home,
	       struct arena *arena);
/* Take the mark away when nothing is left where it leads. */
void mark_clear(const struct apply_calls *c, const char *real_path, struct arena *arena);

#endif
