/* SPDX-License-Identifier: MIT */
/*
 * Shared by the two log formats: what a log's base block says, and the recovery under way.
 *
 * hive_log.c reads the base blocks and decides which format is tried; hive_log_new.c and
 * hive_log_old.c choose among the logs of their format, replay them and hand the bytes back.
 */
#ifndef STOP7B_HIVE_LOG_INTERNAL_H
#define STOP7B_HIVE_LOG_INTERNAL_H

#include "hive_internal.h"
#include "stop7b/hive_log.h"

enum {
	BASE_SECTOR = 512, /* bytes of the base block that a log keeps a copy of */
	BIN_OFFSET_AT = 4,
	BIN_SIZE_AT = 8,
};

/* Offsets in an entry of a new log. */
enum {
	ENTRY_SIZE_AT = 4,
	ENTRY_FLAGS_AT = 8,
	ENTRY_SEQUENCE_AT = 12,
	ENTRY_BINS_AT = 16,
	ENTRY_COUNT_AT = 20,
	ENTRY_HASH1_AT = 24,
	ENTRY_HASH2_AT = 32,
	ENTRY_HEADER = 40,
	REF_SIZE_AT = 4,
	REF_SIZE = 8,
	ENTRY_ALIGN = 512,
};

enum log_kind { LOG_NONE, LOG_OLD, LOG_NEW };

struct log_file {
	const char *name; /* "LOG1" */
	struct span bytes;
	enum log_kind kind; /* LOG_NONE when it cannot be used at all */
	uint32_t sequence;  /* both numbers of its base block */
	uint64_t written;   /* FILETIME of its base block */
	bool used;
	bool refused; /* a reason was given */
};

struct recovery {
	const struct hive_log_input *in;
	struct arena *arena;
	struct hive_recovery *out;
	struct err *err;
	bool base_ok;         /* the primary's base block can be trusted */
	uint32_t sequence[2]; /* of the primary, when base_ok */
	uint64_t written;     /* of the primary, or of its first bin when not base_ok */
	struct log_file logs[HIVE_LOGS];
	struct said refusals; /* why logs were not used, "; " between them */
	uint8_t *bytes;       /* the copy that is worked on */
};

/*
 * Replay the logs of one format. 1 when the hive was recovered (r->bytes holds base block and
 * bins, r->out the numbers), 0 when no log of this format fits, -1 with r->err.
 */
int log_new_recover(struct recovery *r);
int log_old_recover(struct recovery *r);

/* Say why a log is not used; only the first reason of each log is kept. Always returns false. */
bool log_refuse(struct recovery *r, struct log_file *log, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void log_note(struct recovery *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * When the primary's base block is unusable, time is what ties a log to it: the first bin's, as
 * Windows compares, or else the one that the damaged base block still shows.
 */
bool log_time_fits(struct recovery *r, const struct log_file *log);

/* Copy the primary to r->bytes with room for `bins` bytes of bins. 0, or -1 with E_MEMORY. */
int recovery_copy(struct recovery *r, uint32_t bins);

/* Take the base block from log if the primary's is unusable, then set what recovery changes. */
void recovery_base(struct recovery *r, const struct log_file *log, uint32_t sequence,
		   uint32_t bins);

/* Does a base block with the right checksum begin s? */
bool log_base_is_whole(struct span s);

/* True if a bin header stands at the start of s that fits a bin at `at` of `bins` bytes. */
bool bin_fits(struct span s, uint32_t at, uint32_t bins);

/* a comes before b; numbers count modulo 2^32. */
static inline bool sequence_before(uint32_t a, uint32_t b)
{
	return a != b && b - a <= INT32_MAX;
}

/* Marvin32 of s, whose length is a multiple of 4, as logs use it. */
uint64_t marvin32(struct span s);

#endif
