/* SPDX-License-Identifier: MIT */
/*
 * Staged changes with undo and redo. Pure: no hive, disk or file is touched here.
 *
 * A change is what a person stages as one thing: all edits that repair one driver, or one value
 * set by hand. Staging and unstaging are recorded as operations; undo and redo move a cursor over
 * them, and the active changes are always the replay of the operations up to the cursor.
 */
#ifndef STOP7B_STAGED_H
#define STOP7B_STAGED_H

#include "stop7b/edit.h"

struct change {
	const char *subject; /* what it is about, unique among active changes: "msahci", or the
			      * path of a value that is edited by hand */
	const char *reason;  /* in words: "needed by physical-ahci", "set by hand" */
	const struct edit *edits;
	size_t n;
};

struct staged;
struct staged *staged_new(struct err *err);
void staged_free(struct staged *staged); /* accepts NULL */

/*
 * Make a change active; one with the same subject (without case) gives way, and the new
 * one comes last, because the newest word about a value counts. Everything is
 * copied. Forgets what could be redone. 0, or -1 with E_MEMORY.
 */
int staged_put(struct staged *staged, const struct change *change, struct err *err);
/* Make the change of that subject inactive. 1 when there was one, 0 when not, -1 with E_MEMORY. */
int staged_drop(struct staged *staged, const char *subject, struct err *err);

/* Move the cursor; the subject of the operation taken back or repeated, NULL when there is none. */
const char *staged_undo(struct staged *staged);
const char *staged_redo(struct staged *staged);

/* Forget every operation. */
void staged_clear(struct staged *staged);

/* Active changes in the order in which they were staged. Valid until the next call that changes. */
size_t staged_count(const struct staged *staged);
const struct change *staged_get(const struct staged *staged, size_t i);
const struct change *staged_find(const struct staged *staged, const char *subject); /* or NULL */

#endif
