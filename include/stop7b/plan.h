/* SPDX-License-Identifier: MIT */
/*
 * Staged changes with undo and redo. Pure: no hive is touched here.
 *
 * A change is what a person stages as one thing: all edits that repair one driver, or one value
 * set by hand. Staging and unstaging are recorded as operations; undo and redo move a cursor over
 * them, and the active changes are always the replay of the operations up to the cursor.
 */
#ifndef STOP7B_PLAN_H
#define STOP7B_PLAN_H

#include "stop7b/hive.h"

struct edit {
	const char *key;  /* from the hive's root: "ControlSet001\Services\msahci" */
	const char *name; /* value name; "" is the default value, and stands where a key is meant */
	uint32_t type;    /* HIVE_SET: enum reg_type */
	struct span data; /* HIVE_SET: new data */
	enum hive_op op;
	bool may_be_absent; /* deleting what is not there is no error */
	const char *hive;   /* "2:\Windows\System32\config\SOFTWARE"; NULL: the SYSTEM hive of
			     * the chosen Windows */
};

struct change {
	const char *subject; /* what it is about, unique among active changes: "msahci", or the
			      * path of a value that is edited by hand */
	const char *reason;  /* in words: "needed by physical-ahci", "set by hand" */
	const struct edit *edits;
	size_t n;
};

struct plan;
struct plan *plan_new(struct err *err);
void plan_free(struct plan *plan); /* accepts NULL */

/*
 * Make a change active; one with the same subject (without case) gives way, and the new
 * one comes last, because the newest word about a value counts. Everything is
 * copied. Forgets what could be redone. 0, or -1 with E_MEMORY.
 */
int plan_stage(struct plan *plan, const struct change *change, struct err *err);
/* Make the change of that subject inactive. 1 when there was one, 0 when not, -1 with E_MEMORY. */
int plan_unstage(struct plan *plan, const char *subject, struct err *err);

/* Move the cursor; the subject of the operation taken back or repeated, NULL when there is none. */
const char *plan_undo(struct plan *plan);
const char *plan_redo(struct plan *plan);

/* Forget every operation. */
void plan_clear(struct plan *plan);

/* Active changes in the order in which they were staged. Valid until the next call that changes. */
size_t plan_count(const struct plan *plan);
const struct change *plan_get(const struct plan *plan, size_t i);
const struct change *plan_find(const struct plan *plan, const char *subject); /* or NULL */

#endif
