/* SPDX-License-Identifier: MIT */
/*
 * Inside change/ only: the undo record as a file, on top of the table of system calls.
 */
#ifndef STOP7B_APPLY_INTERNAL_H
#define STOP7B_APPLY_INTERNAL_H

#include "stop7b/apply.h"

#define NO_UNDO_PLACE "no-undo-place" /* the guard's name, where its error stands alone */

#define RECORDS_MAX 1000u /* older records kept beside an image */

/* An undo record on disk. */
struct record_file {
	char *path;
	int fd;            /* read-write */
	struct span bytes; /* without the mark */
};

/* Write all of buf, going on after short writes and EINTR. 0, or -1 with errno. */
int calls_write_all(const struct apply_calls *c, int fd, const void *buf, size_t len, uint64_t off);

/*
 * Make the encoded record durable as the newest one: temporary file, flush, older records pushed
 * to .1, .2, ..., renamed into place, directory flushed. E_GUARD (no-undo-place) on failure.
 */
int record_create(const struct apply_calls *c, const char *real_path, const char *undo_dir,
		  struct span encoded, struct arena *arena, struct record_file *out,
		  struct err *err);

/*
 * Do the first bytes of a record fit a file of this length? In undo_format.c: undo_decode() asks
 * the same again. 0, or -1 with E_FORMAT, E_UNSUPPORTED, E_CORRUPT.
 */
int undo_check_head(struct span head, uint64_t file_length, struct err *err);

/* Open the n-th record for changing its mark. */
int record_open(const struct apply_calls *c, const char *real_path, const char *undo_dir,
		unsigned n, struct arena *arena, struct record_file *out,
		struct undo_record *decoded, struct err *err);

/* Set or clear the completion mark and flush it. 0, or -1 with errno. */
int record_mark(const struct apply_calls *c, const struct record_file *r, bool complete);

/* Remove the record and flush its directory. 0, or -1 with errno. */
int record_remove(const struct apply_calls *c, const struct record_file *r);

void record_close(struct record_file *r);

#endif
