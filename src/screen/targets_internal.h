/* SPDX-License-Identifier: MIT */
/*
 * Inside the targets page: its words, in targets_words.c.
 */
#ifndef STOP7B_TARGETS_INTERNAL_H
#define STOP7B_TARGETS_INTERNAL_H

#include "view.h"

/* What is in the way to a target, in a few words; "" when nothing is. */
void targets_why(const struct diagnosis *d, const struct target_verdict *t, char *buf, size_t cap);
/* From the hardware to the volume; members: the machines that "portable" stands for, or NULL. */
void targets_way(const struct target_verdict *t, const char *members, const struct install *inst,
		 char *buf, size_t cap);
/* Why it boots or not, a sentence. */
void targets_reason(const struct diagnosis *d, const struct target_verdict *t, char *buf,
		    size_t cap);
/* The machine that the installation ran on last. */
void targets_machine(const struct install *inst, char *buf, size_t cap);

#endif
