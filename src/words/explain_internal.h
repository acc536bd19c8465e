/* SPDX-License-Identifier: MIT */
/*
 * Inside the explanations only: the table of words that are neither rules nor targets.
 */
#ifndef STOP7B_EXPLAIN_INTERNAL_H
#define STOP7B_EXPLAIN_INTERNAL_H

#include "stop7b/explain.h"

struct explain_term {
	const char *id;
	enum term_kind kind;
	const char *title;
	const char *means;
	const char *effect, *to_do; /* or NULL */
};

const struct explain_term *explain_term_get(size_t i); /* NULL behind the last */
/* By its id, or another word for it, without case; NULL for an unknown one. */
const struct explain_term *explain_term_named(const char *word);

#endif
