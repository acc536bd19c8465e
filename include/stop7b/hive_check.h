/* SPDX-License-Identifier: MIT */
/*
 * The whole-hive check: every bin, every cell, every record, and every number that is kept twice.
 *
 * It runs on an edited copy before a write is offered. A hive that was damaged before is reported
 * as it is, and its edited copy must not be worse. What clean hives written by Windows show is no
 * defect; of that, what an editor must not make more of is counted.
 */
#ifndef STOP7B_HIVE_CHECK_H
#define STOP7B_HIVE_CHECK_H

#include "stop7b/hive.h"

#define HIVE_DEFECTS_MAX  64u /* named one by one; all are counted */
#define HIVE_DEFECT_KINDS 34u

struct hive_defect {
	const char *what; /* one sentence; the same pointer for the same kind */
	uint32_t at;      /* cell or bin, from the first bin; HIVE_NONE: the whole hive */
};

struct hive_report {
	size_t defects;                             /* how many in all */
	struct hive_defect first[HIVE_DEFECTS_MAX]; /* in the order they were met */
	uint32_t of_kind[HIVE_DEFECT_KINDS];
	uint32_t keys, values, bins; /* reached from the root; bins that could be read */
	uint32_t cells_used, cells_free;
	uint32_t cells_lost; /* allocated, and nothing leads to them */
	uint32_t free_pairs; /* free cells directly behind a free cell of the same bin */
	uint32_t low_bounds; /* keys with a "largest" field that is too low */
	uint64_t bytes_free; /* in free cells, their headers included */
};

/*
 * Check all of h, also when it is dirty or has a damaged bin.
 *
 *   arena  for the working memory: a third of the size of the bins, never more than all of it
 *   out    always filled; complete when 0 is returned
 *
 * Time grows with the size of the hive and never with what its numbers claim.
 * 0, also when defects were found, or -1 with err: E_MEMORY.
 * Source: msuhanov/regf, "Windows registry file format specification".
 */
int hive_check(const struct hive *h, struct arena *arena, struct hive_report *out, struct err *err);

/*
 * Is the edited hive no worse than the original one? Defects may move with the records they are
 * in, so they are compared by kind and number, and named by place.
 * 0, or -1 with E_GUARD naming the first defect that the original did not have; also when there
 * are more lost cells, unjoined free cells or low bounds than before.
 */
int hive_check_no_worse(const struct hive_report *original, const struct hive_report *edited,
			struct err *err);

#endif
