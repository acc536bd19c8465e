/* SPDX-License-Identifier: MIT */
/*
 * Explanations: what a word of this program means, laid out for reading, the same on the screen and on
 * standard output. Rules and targets explain themselves by their own tables.
 */
#ifndef STOP7B_EXPLAIN_H
#define STOP7B_EXPLAIN_H

#include "stop7b/bytes.h"
#include "stop7b/rules.h"

enum term_kind {
	TERM_VERDICT,
	TERM_MACHINE,
	TERM_HIVE,
	TERM_BOOT,
	TERM_GUARD,
	TERM_EXIT,
	TERM_KINDS
};

#define EXPLAIN_FACTS 6

struct explain_fact {
	const char *name, *text;
};

struct explained {
	const char *id, *title;                   /* the title translated, like what follows */
	struct explain_fact facts[EXPLAIN_FACTS]; /* not wrapped */
	size_t n;
};

void explain_rule(const struct rule *rule, struct explained *out);
/*
 * A rule, a target or one of its older names, or a word of the list, without case. False for any
 * other, and without memory.
 *   arena  may own texts of out
 */
bool explain_word(const char *word, struct arena *arena, struct explained *out);

/* Each of those words, then NULL: rules first, targets, then the rest. */
const char *explain_choice(size_t i);

/* The words that are neither, in the order of their kinds. False behind the last. */
bool explain_listed(size_t i, enum term_kind *kind, const char **id, const char **title);
const char *explain_kind_title(enum term_kind kind); /* translated */

#endif
