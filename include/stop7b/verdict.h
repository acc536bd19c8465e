/* SPDX-License-Identifier: MIT */
/*
 * The verdict on the chosen Windows in words.
 */
#ifndef STOP7B_VERDICT_H
#define STOP7B_VERDICT_H

#include "stop7b/session.h"

struct verdict_words {
	char glyph;
	char words[64];
	char rest[128], rest_brief[96], rest_least[48];
	char prose[8][160];
	size_t n_prose;
};

/* What an apply would change, counted from its review. */
struct staged_counts {
	size_t values;
	size_t bytes; /* with bookkeeping; 0: not known */
};

/* The verdict on the disk as it is. The session must have chosen a Windows. */
void verdict_of(const struct session *s, struct verdict_words *out);
/* What is staged and what becomes of the verdict with it; something must be staged. */
void verdict_of_staged(const struct session *s, const struct staged_counts *counts,
		       struct verdict_words *out);

/* One line about a target: "STOP 0x7B", "boots", "no driver", ... */
const char *target_words(const struct target_verdict *t, const struct diagnosis *d, char *glyph);

#endif
