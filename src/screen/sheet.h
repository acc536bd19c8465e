/* SPDX-License-Identifier: MIT */
/*
 * Pages of text.
 */
#ifndef STOP7B_SHEET_H
#define STOP7B_SHEET_H

#include <stddef.h>

#include "grid.h"

struct app;

/* A page of text, laid out once and scrolled: a grid that grows downward. */
struct sheet {
	struct grid *grid;
	int n; /* lines in use */
};

#define SHEET_MAX 16000          /* lines; a review that is longer cannot be confirmed */
int sheet_line(struct sheet *s); /* y of a new blank line; -1 when full or without memory */
int sheet_put(struct sheet *s, int x, enum role role, const char *text);
int sheet_putf(struct sheet *s, int x, enum role role, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Words wrapped between column x and the right margin, over as many lines as needed. */
void sheet_wrap(struct sheet *s, int x, enum role role, const char *text);
void sheet_reset(struct sheet *s, int w);
void sheet_draw(const struct app *app, struct grid *g); /* view.draw of a page of text */
size_t sheet_rows(const struct app *app);               /* view.rows */
int sheet_room(const struct app *app);                  /* view.room */

#endif
