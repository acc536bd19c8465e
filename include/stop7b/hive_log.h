/* SPDX-License-Identifier: MIT */
/*
 * The state of a hive that was not closed cleanly: its primary file with its transaction logs
 * replayed onto a copy, as Windows does when it loads the hive.
 *
 * Old logs (up to Windows 8 and Server 2012) hold one set of dirty pages behind a bitmap; new logs
 * (from Windows 8.1 and Server 2012 R2) hold entries with hashes and numbers that follow each
 * other. A log that does not belong to the hive leaves the hive dirty, with the reason in words;
 * that is a result, not an error. No file is opened here and nothing given is changed.
 */
#ifndef STOP7B_HIVE_LOG_H
#define STOP7B_HIVE_LOG_H

#include "stop7b/hive.h"
#include "stop7b/said.h"

#define HIVE_LOGS  3u /* LOG1, LOG2, LOG */
#define HIVE_NOTES 8u /* more notes than this are dropped */

#define HIVE_LOG_HEAD 512u /* bytes of a log's base block, the least that a log has */

/* Own limit: bytes of bins a log may grow a hive to; the largest SYSTEM hives are under 100 MB. */
#define HIVE_RECOVER_MAX (512u * 1024 * 1024)

/*
 * What kind of log begins with these bytes: "new", "old", or NULL when it is none. HIVE_LOG_HEAD
 * bytes are asked for; whether the rest fits is not.
 */
const char *hive_log_kind(struct span head);

struct hive_log_input {
	struct span primary;
	struct span logs[HIVE_LOGS]; /* LOG1, LOG2, LOG; empty when absent */
};

struct hive_recovery {
	/*
	 * The whole hive file, base block to the end of the bins, and behind them what the
	 * primary file holds there. Made in the arena when recovered, else the primary itself.
	 */
	struct span bytes;
	bool was_dirty;         /* base block wrong, or its two numbers differ */
	bool recovered;         /* bytes can be opened as a clean hive */
	bool base_from_log;     /* the primary's base block was unusable */
	bool partial;           /* a log was used in part, or set aside while it holds valid
				 * entries above the last one that was applied */
	bool doubtful;          /* dummy bins, an old log replayed in part, or defects that the
				 * primary did not have: not to be edited */
	const char *log_kind;   /* "none", "old" or "new": the logs that were used */
	uint32_t pages;         /* different pages of the bins taken from logs */
	uint32_t page_size;     /* what pages counts: 512 (old), 4096 (new), 0 */
	size_t entries;         /* log entries applied; an old log is one */
	uint32_t last_sequence; /* of the last entry; of an old log */
	uint32_t dummy_bins;    /* empty bins put where new logs had a wrong one or none */
	uint64_t needs_len;     /* bytes the file must own to hold the recovered base and bins;
	                         * the primary's length when not recovered */
	struct said words;      /* "212 pages replayed from LOG1+LOG2", or why nothing was */
	struct said notes[HIVE_NOTES]; /* what else is worth saying, a sentence each */
	size_t n_notes;
};

/*
 * Recover a dirty hive; a clean one comes back as it is, even when a log holds newer entries.
 *
 *   in     the files as they are, any bytes; they stay the caller's and must live as long as out
 *   arena  owns the recovered copy and all text
 *   out    always filled, in full when 0 is returned
 *
 * The base block of the result. From the primary, or the first 512 bytes from the log when the
 * primary's is unusable, then:
 *   new logs  both numbers = last entry + 1, bins size and bit 0 of the flags = the last entry's,
 *             file type 0, checksum. This is the file that Windows 10 leaves, byte for byte.
 *   old logs  both numbers = the primary number, bins size = the log's, file type 0, checksum.
 *             Windows 7 is in this state when it has recovered and not yet written. What it
 *             leaves on disk has, besides, the traces of its next write: higher numbers, the time
 *             of that write (here and in the first bin) and the name it opened the file by.
 *
 * 0, or -1 with err: E_MEMORY.
 * Source: msuhanov/regf, "Windows registry file format specification", "Format of transaction log
 * files", 2015-2018.
 */
int hive_recover(const struct hive_log_input *in, struct arena *arena, struct hive_recovery *out,
		 struct err *err);

/* What logs hold besides what was used of them. */
struct hive_leftovers {
	uint32_t greatest; /* number of an entry or base block, counted on from `after` */
	uint32_t entries;  /* valid ones with a number above `after` */
};

/*
 * Look through all logs for numbers above `after`: of every base block that is whole and every
 * entry whose header is. Numbers count modulo 2^32. in->primary is not looked at. Time grows with
 * the length of the logs.
 */
void hive_log_leftovers(const struct hive_log_input *in, uint32_t after,
			struct hive_leftovers *out);

#endif
