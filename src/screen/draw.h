/* SPDX-License-Identifier: MIT */
/*
 * What pages share in drawing, and the frame around them.
 */
#ifndef STOP7B_DRAW_H
#define STOP7B_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

struct app;

void draw_title(const struct app *app, struct grid *g);
void draw_bottom(const struct app *app, struct grid *g); /* message or prompt, and key bar */
int body_top(const struct app *app);                     /* first row below the title */
int body_end(const struct app *app);                     /* first row of message line or prompt */
/* The glyph of column 2, its words and what follows; returns the row below. */
int draw_verdict(struct grid *g, int y, char glyph, const char *words, const char *rest);
enum role glyph_role(char glyph);
/* Give the row of the selection its look and the cursor its place. */
void draw_selected(struct grid *g, int y);
/* First visible row so that sel is visible among room rows. */
size_t scroll_top(size_t top, size_t sel, size_t n, int room);
/* Rows that text takes when it is wrapped at width columns, at most max. */
int wrapped_rows(const char *text, int width, int max);
/* Rows of wrapped text drawn into g from y on, at most max; returns the rows used. */
int draw_wrapped(struct grid *g, int x, int y, int max, enum role role, const char *text);

bool matches(const char *text, const char *filter); /* contains, without case; NULL text: no */

#endif
