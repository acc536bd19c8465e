/* SPDX-License-Identifier: MIT */
/*
 * A rehearsal in words, and which machines are rehearsed.
 */
#ifndef STOP7B_BOOT_WORDS_H
#define STOP7B_BOOT_WORDS_H

#include "stop7b/rehearsal.h"
#include "stop7b/session.h"

struct boot_words {
	char glyph;
	char words[96];  /* "STOPS at the disk controller" */
	char whole[256]; /* the same with the machine: "STOPS at ... on a new machine" */
	char rest[256];  /* "61 drivers load before it"; may be empty */
};

void boot_words_of(const struct rehearsal *r, struct boot_words *out);
char boot_step_glyph(enum rehearsal_state state);
/* What happens at this step, one sentence; for steps that nothing is wrong with. */
const char *boot_step_meaning(enum boot_step place);
/* The step that decides the verdict: the first of its kind; BOOT_STEPS when none is in the way. */
enum boot_step boot_verdict_step(const struct rehearsal *r);
/* The same step to show; NULL when none is in the way, or what is cannot be told. */
const struct rehearsal_step *boot_first_bad(const struct rehearsal *r);

char boot_file_glyph(const struct load_item *item);
/* "good", "missing", "present, not read", ... */
const char *boot_file_words(const struct load_item *item);

/* ---- which machines ---- */

/*
 * The machines that targets stand for: "portable" becomes every portable target of the catalogue
 * that inst can run on, each machine once, in the order asked for. The strings are borrowed.
 * 0, or -1 with err: E_USAGE (unknown target), E_NOWINDOWS, E_MEMORY.
 */
int boot_targets(struct session *s, const char *const *targets, size_t n, struct arena *arena,
		 const char ***out, size_t *n_out, struct err *err);

/* Judge machines with what is staged. 0, or -1 with err as above. */
int boot_judge(struct session *s, const char *const *targets, size_t n, struct arena *arena,
	       struct diagnosis *out, struct err *err);

/*
 * Of several machines the first that stops with what is staged, else the first that likely stops,
 * else the first that is not known to boot, else the first; n >= 1. NULL with err as above.
 */
const char *boot_worst(struct session *s, const char *const *targets, size_t n, struct arena *arena,
		       struct err *err);

#endif
