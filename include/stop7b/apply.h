/* SPDX-License-Identifier: MIT */
/*
 * The only module that writes into an image. Order of a write, each step flushed before the next:
 * lock, compare with what was reviewed, undo record, image bytes, read back, completion mark.
 * Nothing is allocated between the first image byte and the last flush.
 */
#ifndef STOP7B_APPLY_H
#define STOP7B_APPLY_H

#include "stop7b/image.h"
#include "stop7b/undo.h"
#include "stop7b/writes.h"

/*
 * The system calls that change something, through a table, so that a test can make the n-th one
 * fail or end the process there. Each returns what the system call returns, with errno.
 */
enum open_how {
	OPEN_TO_WRITE, /* an existing file, for reading and writing */
	OPEN_RECORD,   /* the same, and no link */
	OPEN_NEW,      /* a file that must not exist yet, for its owner alone */
	OPEN_DIRECTORY /* to be flushed */
};

struct apply_calls {
	int (*open_file)(void *ctx, const char *path, enum open_how how);
	long (*write_at)(void *ctx, int fd, const void *buf, size_t len, uint64_t off);
	int (*resize)(void *ctx, int fd, uint64_t length); /* to an image's new or old length */
	int (*flush)(void *ctx, int fd);
	int (*move)(void *ctx, const char *from, const char *to);
	int (*drop)(void *ctx, const char *path);
	void *ctx;
};

/* The table of the real system calls. */
const struct apply_calls *apply_real_calls(void);

enum apply_step {
	STEP_LOCKED,
	STEP_COMPARED,
	STEP_RECORDED,
	STEP_WRITTEN,
	STEP_READ_BACK,
	STEP_DIAGNOSED
};

/* Called after each step that went well. */
typedef void apply_progress(void *ctx, enum apply_step step, size_t done, size_t of);

struct apply_request {
	const char *path;                 /* image file */
	const char *undo_dir;             /* --undo-dir, or NULL: beside the image */
	const struct undo_record *record; /* identity, writes, values */
	const char *record_path;          /* of an undo or recovery; NULL: the image's newest */
	bool keep_record;                 /* a recovery does not use it up: another disk needs it */
	/* Asked of an image that was finished, before its record says so; NULL: nothing is asked. */
	int (*verify)(void *ctx, struct err *err);
	void *verify_ctx;
	const struct apply_calls *calls; /* NULL: the real ones */
	apply_progress *progress;        /* may be NULL */
	void *progress_ctx;
};

/*
 * Write record->writes into the image. 0 when all bytes are written, flushed, read back and the
 * record marked complete. -1 with err, whose text says what state the image is in:
 *   E_OPEN, E_LOCKED, E_CHANGED (bytes are not the reviewed ones), E_GUARD (undo record cannot be
 *   made here: no-undo-place): nothing was written
 *   E_WRITE: a write or flush failed, of the undo record too; the image is untouched, or was
 *   restored, or the record is kept for recover
 *   E_INTERRUPTED: an older unfinished record waits
 */
int apply_write(const struct apply_request *request, struct err *err);

/*
 * Put the bytes of a complete record back (undo), newest first, and drop the record. E_CHANGED
 * when the image's bytes are no longer the new ones. Crash-safe: the record is first marked as
 * being undone (completion mark cleared, flushed), so that a kill leaves a recoverable state.
 */
int apply_undo(const struct apply_request *request, struct err *err);

/*
 * After an interruption: bring any mix of old and new bytes to all old, or to all new. E_WRITE also
 * when all bytes are new and request->verify fails: the record stays unfinished then.
 */
int apply_recover(const struct apply_request *request, bool finish, struct err *err);

/*
 * Find the newest record of an image and decode it.
 *   n  0 for the newest, 1 for the one before, ...
 * 0, or -1 with err: E_NORECORD, E_CORRUPT, E_FORMAT, E_OPEN.
 */
int apply_find_record(const char *real_path, const char *undo_dir, unsigned n, struct arena *arena,
		      struct undo_record *out, struct err *err);

/* Can the undo record be made durable here? 0, or -1 with E_GUARD (no-undo-place). Writes nothing. */
int apply_undo_place(const char *real_path, const char *undo_dir, struct err *err);

#endif
