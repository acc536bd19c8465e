/* SPDX-License-Identifier: MIT */
/*
 * Inside apply*.c only: one run over an image, and what becomes of the image's bytes in it.
 */
#ifndef STOP7B_APPLY_RUN_H
#define STOP7B_APPLY_RUN_H

#include "apply_internal.h"

#define RUN_CHUNK 4096u /* bytes compared at once */

enum side { OLD_BYTES, NEW_BYTES };

struct run {
	const struct apply_request *request;
	const struct apply_calls *calls;
	struct arena *arena;
	char *real_path;
	int fd;
	struct record_file record;
	struct undo_record undo;        /* decoded, for undo and recover */
	const struct undo_record *plan; /* what is written: the request's record, or undo */
	struct err *err;
};

/* Tell the caller of a step that went well. */
void run_tell(const struct run *r, enum apply_step step, size_t done, size_t of);

/* Read len <= RUN_CHUNK bytes; zeros behind the old end of the image. 0, or -1 with E_IO. */
int run_read(const struct run *r, uint8_t *buf, size_t len, uint64_t off);

/* Does the image hold all of that side? 0, or -1 with E_CHANGED ("byte is not MEANING"), E_IO. */
int run_holds(const struct run *r, enum side side, const char *meaning);

/* Is the file, its length included, what it is when that side lies in it whole? Asks once more after
 * a failure, so the run's own err is not touched. */
bool run_is_whole(const struct run *r, enum side side);

/* Write that side, flush it and read it back. 0, or -1 with E_WRITE: any part of it may stand. */
int run_put(const struct run *r, enum side side);

/*
 * After a run_put() of new bytes that failed: make all bytes the old ones again. 0, or -1 when that
 * is not certain. The run's err is left alone.
 */
int run_put_back(const struct run *r);

#endif
