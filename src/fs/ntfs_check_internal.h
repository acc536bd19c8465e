/* SPDX-License-Identifier: MIT */
/*
 * What the files of ntfs_check share.
 *
 * ntfs_check.c         the door, findings and their words
 * ntfs_check_volume.c  every record, both bitmaps, the mirror
 * ntfs_check_file.c    one file or directory: names, sizes, links, security id
 * ntfs_check_index.c   one directory's index
 */
#ifndef STOP7B_NTFS_CHECK_INTERNAL_H
#define STOP7B_NTFS_CHECK_INTERNAL_H

#include "ntfs_internal.h"
#include "stop7b/ntfs_check.h"

/* What a whole volume is compared by; empty where it is too large. */
struct ntfs_survey {
	bool whole;
	uint8_t *owned;    /* one bit a cluster */
	uint32_t *records; /* NTFS_SURVEY_* of each MFT record */
	uint64_t n_records;
};

enum { NTFS_SURVEY_SEQUENCE = 0xffff, NTFS_SURVEY_USED = 1 << 16, NTFS_SURVEY_DIRECTORY = 1 << 17 };

/* A record that is looked at closely. */
struct ntfs_touched {
	uint64_t number;
	uint64_t names; /* that records in use claim to have in this directory, where whole */
};

struct ntfs_checker {
	struct ntfs_core *core;
	struct ntfs_touched *touched;
	size_t n_touched;
	struct ntfs_check *out;
	struct arena *arena; /* of this check */
	struct ntfs_survey survey;
	uint32_t *securities; /* ids that the files have */
	size_t n_securities, cap_securities;
};

/* Add a finding; its words only while there is room in the list. 0, or -1 with E_MEMORY. */
int ntfs_fault(struct ntfs_checker *c, enum ntfs_fault fault, uint64_t where, struct err *err,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Fill the survey. 0, or -1 with err. */
int ntfs_check_volume(struct ntfs_checker *c, struct err *err);
int ntfs_check_index(struct ntfs_checker *c, const struct ntfs_touched *dir, struct err *err);
int ntfs_check_file(struct ntfs_checker *c, uint64_t number, struct err *err);
/* The security ids that the files had against $Secure. */
int ntfs_check_securities(struct ntfs_checker *c, struct err *err);

/* ntfs_check() by record numbers, each looked at as file and, where it is one, as directory. */
int ntfs_check_records(struct ntfs_core *core, const uint64_t *records, size_t n,
		       struct ntfs_check *out, struct err *err);

#endif
