/* SPDX-License-Identifier: MIT */
/*
 * The rules of the diagnosis in plain words: one text for each rule that a finding can carry, and
 * one for each cause of the same stop that cannot be seen on a disk that is not running.
 */
#ifndef STOP7B_EXPLAIN_H
#define STOP7B_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

struct explanation {
	const char *id;     /* "R2"; of what cannot be checked: "X1", "X2", ... */
	const char *title;  /* at most 60 columns */
	const char *means;  /* what it is, one or two sentences, like the next four */
	const char *stops;  /* why it stops the boot */
	const char *seen;   /* how it is seen; of an X row: why it cannot be */
	const char *fix;    /* what the fix does, or why there is none */
	const char *source; /* what the rule rests on */
	bool checkable;     /* false for the X rows */
};

/* By id without case, those of bootpath_rules() too; NULL for an unknown one. */
const struct explanation *explain(const char *rule);
/* All rows but those of bootpath_rules(), the rules first, in the order in which they are listed. */
const struct explanation *explain_all(size_t *n);

#endif
