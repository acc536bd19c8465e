/* SPDX-License-Identifier: MIT */
/*
 * Inside the verdict's words: what the verdict as it is and the one with what is staged share.
 */
#ifndef STOP7B_VERDICT_INTERNAL_H
#define STOP7B_VERDICT_INTERNAL_H

#include "stop7b/verdict.h"

/* Of several targets the first that has the worst verdict; there must be one. */
const struct target_verdict *verdict_target(const struct diagnosis *d);
/* "STOP 0x7B", "WILL NOT START", ... */
const char *verdict_answer(const struct target_verdict *t);
/* The question that it answers, for all targets that were asked for: "2 of 5 targets, ...". */
void question_of_all(const struct diagnosis *d, const struct install *inst, struct arena *arena,
		     struct question_words *out);

/* One more line of prose; left out when there are PROSE_MAX. */
void verdict_prose(struct verdict_words *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
