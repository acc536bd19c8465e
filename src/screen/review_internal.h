/* SPDX-License-Identifier: MIT */
/*
 * Between the review page and its text.
 */
#ifndef STOP7B_REVIEW_INTERNAL_H
#define STOP7B_REVIEW_INTERNAL_H

#include "view.h"

/* Lay the review out on app->sheet; fills review.heads and review.end. */
void review_build(struct app *app);
/* How many values an undo or a recovery changes. */
size_t review_count(const struct app *app);

#endif
