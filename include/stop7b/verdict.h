/* SPDX-License-Identifier: MIT */
/*
 * The verdict on the chosen Windows in words: question and answer.
 */
#ifndef STOP7B_VERDICT_H
#define STOP7B_VERDICT_H

#include "stop7b/session.h"

#define PROSE_MAX  8
#define PROSE_TEXT 512 /* bytes of one sentence or list */

struct verdict_words {
	char glyph;
	char words[160];      /* "STOP 0x7B on any new machine (portable)" */
	char words_brief[64]; /* "STOP 0x7B: portable, new" */
	char rest[256], rest_brief[96], rest_least[48];
	char prose[PROSE_MAX][PROSE_TEXT]; /* not wrapped */
	size_t n_prose;
	size_t n_facts; /* of the prose, from the first on: what does not speak of keys */
};

/* What an apply would change, counted from its review. */
struct staged_counts {
	size_t values;
	size_t bytes; /* with bookkeeping; 0: not known */
};

/*
 * The verdict on the disk as it is. The session must have chosen a Windows. The machines that
 * "portable" stands for are judged once more, each alone.
 */
void verdict_of(struct session *s, struct verdict_words *out);
/* What is staged and what becomes of the verdict with it; something must be staged. */
void verdict_of_staged(struct session *s, const struct staged_counts *counts,
		       struct verdict_words *out);
/* The most that fits into width columns, with gap columns between: the words, and what follows. */
void verdict_fit(const struct verdict_words *v, int width, int gap, const char **words,
		 const char **rest);

/* One line about a target: "STOP 0x7B", "boots", "no driver", ...; at most 18 columns. */
const char *target_words(const struct target_verdict *t, const struct diagnosis *d, char *glyph);
/* The finding that gives the target its verdict, or NULL: nothing does, or no finding. */
const struct finding *target_reason(const struct target_verdict *t, const struct diagnosis *d);
/* The same, else any finding of the target; NULL: it has none. */
const struct finding *target_in_way(const struct diagnosis *d, const struct target_verdict *t);
/* What is in its way, in one line; "" when nothing is. */
void target_why(const struct diagnosis *d, const struct target_verdict *t, char *buf, size_t cap);
/* "boots", "boots, doubt", "likely stops", "stops", "not known": in the person's language. */
const char *verdict_brief(enum verdict v);
/* It would not start, for a reason that comes before any driver: the machine does not matter. */
bool verdict_is_early(const struct target_verdict *t);

/* ---- the question, in question_words.c ---- */

struct question_words {
	const char *full;  /* "any new machine (portable)", "Hyper-V generation 2 (hyperv-gen2)" */
	const char *brief; /* "portable, new" */
};

/* Nothing in out is NULL; the strings live in arena or are borrowed. */
void question_words(const struct target_verdict *t, const struct install *inst, struct arena *arena,
		    struct question_words *out);

/* ---- which targets boot, in group_words.c ---- */

/* The machine of the catalogue that has a controller of the last one, as no other has; or NULL. */
const struct target *last_target(const struct install *inst);
/*
 * "Boots: virtual-pc, vmware-lsi-sas (last ran there).  Stops: physical-ahci and 3 more." of the
 * targets of a diagnosis; "" when there are none.
 */
void group_words(const struct diagnosis *d, const struct install *inst, char *buf, size_t cap);

#endif
