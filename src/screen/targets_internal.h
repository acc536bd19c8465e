/* SPDX-License-Identifier: MIT */
/*
 * Inside the targets page: its rows, in targets_rows.c, and its words, in targets_words.c.
 */
#ifndef STOP7B_TARGETS_INTERNAL_H
#define STOP7B_TARGETS_INTERNAL_H

#include "view.h"

/* A group's head or a target. */
struct targets_row {
	const char *head; /* NULL: a target */
	size_t at;        /* index of the target */
};

struct targets_state {
	struct arena *arena;
	struct diagnosis all;     /* every target, judged on the disk as it is */
	struct targets_row *rows; /* all of them, with a head before each group */
	size_t n_rows;
	size_t sel;          /* where the cursor was, to know which way it goes */
	const char *members; /* the machines that "portable" stands for, or NULL */
	const char *machine; /* that was asked for; NULL where all are one */
};

struct targets_state *targets_state(const struct app *app);
/* Make the rows from the diagnosis. 0, or -1 with E_MEMORY. */
int targets_make_rows(struct targets_state *t, struct err *err);
size_t targets_rows(const struct app *app);
/* The target in a row; NULL for a head. */
const struct target_verdict *targets_at(const struct app *app, size_t row);
/* The row of the i-th target; 0 when there are none. */
size_t targets_row_of(const struct app *app, size_t i);
/* The first target of the group behind a row's; behind the last group the first target of all. */
size_t targets_next_group(const struct app *app, size_t row);
/* The cursor does not rest on a head: it goes on the way it went. */
void targets_moved(struct app *app);

/* From the hardware to the volume; members: the machines that "portable" stands for, or NULL. */
void targets_way(const struct target_verdict *t, const char *members, const struct install *inst,
		 char *buf, size_t cap);
/* Why it boots or not, a sentence. */
void targets_reason(const struct diagnosis *d, const struct target_verdict *t, char *buf,
		    size_t cap);
/* The machine that the installation ran on last. */
void targets_machine(const struct install *inst, char *buf, size_t cap);

#endif
