/* SPDX-License-Identifier: MIT */
/*
 * What the facts of the boot path (bootpath.h) mean: findings like those of the drivers, and the
 * boot store's step of a rehearsal. All are notes, none can be fixed here, and a target's verdict
 * does not change by them.
 */
#ifndef STOP7B_BOOTPATH_JUDGE_H
#define STOP7B_BOOTPATH_JUDGE_H

#include "stop7b/bootpath.h"
#include "stop7b/diagnose.h"
#include "stop7b/rehearsal.h"

/* What belongs to this part of the boot and is not judged from the disk. */
struct bootpath_gap {
	const char *subject;
	const char *why; /* one sentence */
};
const struct bootpath_gap *bootpath_not_checkable(size_t *n);

/* The store's step of a boot rehearsal, from the facts: OK, LIKELY (to stop) or UNKNOWN. */
struct bootpath_step {
	enum rehearsal_state state;
	const char *words; /* "entry found, path right" */
	const char *why;   /* one sentence, or NULL when nothing is wrong */
};

struct bootpath_judgement {
	struct finding *findings; /* in the order of the rules: SEVERITY_NOTE, fixable false */
	size_t n;
	struct bootpath_step step;
};

/* Check the boot path and judge it. Everything in out lives in arena. 0, or -1 with E_MEMORY. */
int bootpath_judge(const struct bootpath_request *request, struct arena *arena,
		   struct bootpath_judgement *out, struct err *err);

#endif
