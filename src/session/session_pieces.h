/* SPDX-License-Identifier: MIT */
/*
 * Inside session/ only: a hive file that is brought in as it is walked over, a piece at a time of 64 KiB.
 */
#ifndef STOP7B_SESSION_PIECES_H
#define STOP7B_SESSION_PIECES_H

#include "stop7b/hive.h"
#include "stop7b/ntfs.h"

struct pieces;

/*
 * Of a file that stays the caller's and must live as long as reading goes on. Nothing is read yet.
 *   size  bytes of the file, above 0
 * NULL with E_MEMORY.
 */
struct pieces *pieces_open(struct ntfs_file *file, uint64_t size, struct err *err);
void pieces_close(struct pieces *p);

/* For hive_open_sparse(): the whole file, of which the source brings in what is asked for. */
struct span pieces_span(const struct pieces *p);
struct hive_source pieces_source(struct pieces *p);
/* Bytes [off, off+len), which must lie inside the file. 0, or -1 with err of ntfs_file_read(). */
int pieces_need(struct pieces *p, uint64_t off, uint64_t len, struct err *err);
/*
 * All that is missing. E_CHANGED when the base block is another one by now: the pieces would not be
 * of one hive.
 */
int pieces_rest(struct pieces *p, struct err *err);
/* Did reading fail, ever? A walker takes that for damage of what it was looking at. */
bool pieces_failed(const struct pieces *p);

#endif
