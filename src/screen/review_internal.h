/* SPDX-License-Identifier: MIT */
/*
 * Between the review page and its text.
 */
#ifndef STOP7B_REVIEW_INTERNAL_H
#define STOP7B_REVIEW_INTERNAL_H

#include "view.h"

struct review_head {
	size_t line;         /* of the sheet, where "@@" stands */
	const char *subject; /* borrowed from review or record */
};

struct review_state {
	enum review_mode mode;
	struct review bytes; /* REVIEW_APPLY only */
	bool built;
	struct err error; /* why it could not be built */
	size_t end;       /* line that ends the changes; below it the byte ranges follow */
	size_t seen;      /* lines that were on screen, from the first on */
	uint64_t opened_ms;
	struct review_head *heads; /* where each key begins */
	size_t n_heads, cap_heads;
};

struct review_state *review_state(const struct app *app);

/* Lay the review out on app->sheet; fills heads and end. */
void review_build(struct app *app);
/* How many values an undo or a recovery changes. */
size_t review_count(const struct app *app);

#endif
