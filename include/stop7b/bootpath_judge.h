/* SPDX-License-Identifier: MIT */
/*
 * What the facts of the boot path (bootpath.h) mean: findings like those of the drivers, with the
 * edits that mend them where bytes that are there can.
 */
#ifndef STOP7B_BOOTPATH_JUDGE_H
#define STOP7B_BOOTPATH_JUDGE_H

#include "stop7b/bootpath.h"
#include "stop7b/diagnose.h"

/* What belongs to this part of the boot and is not judged from the disk. */
struct bootpath_gap {
	const char *subject;
	const char *why; /* one sentence */
};
const struct bootpath_gap *bootpath_not_checkable(size_t *n);

struct bootpath_judgement {
	struct finding *findings; /* in the order of the rules */
	size_t n;
	enum firmware made_for; /* what can start the disk; ANY: either, or that cannot be told */
};

/*
 * What a machine that can be set to either firmware must be set to, as a note; false when the disk
 * starts by either, or that cannot be told.
 */
bool bootpath_note_firmware(enum firmware made_for, struct finding *out);

/*
 * Whether such a finding ends the boot for good before any driver, so that a driver's repair is of no
 * use there. One that is mended here is no such end, nor is a disk without a boot store: its host may
 * start it as a virtual disk.
 */
bool bootpath_shuts(const struct finding *f);

/* Check the boot path and judge it. Everything in out lives in arena. 0, or -1 with E_MEMORY. */
int bootpath_judge(const struct bootpath_request *request, struct arena *arena,
		   struct bootpath_judgement *out, struct err *err);

#endif
