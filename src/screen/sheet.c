/* SPDX-License-Identifier: MIT */
/*
 * Pages of text: a grid that grows downward while a page is laid out, and is scrolled then.
 */
#include "sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

#define SHEET_FIRST 32   /* lines of a new sheet */
#define SHEET_TEXT  2048 /* bytes of one formatted line */

void sheet_reset(struct sheet *s, int w)
{
	if (s->grid && s->grid->w == w)
		grid_wipe(s->grid, 0, s->n);
	else {
		grid_free(s->grid);
		s->grid = grid_new(w, SHEET_FIRST);
	}
	s->n = 0;
}

static bool sheet_grow(struct sheet *s)
{
	struct grid *larger = grid_new(s->grid->w, s->grid->h * 2);
	if (!larger)
		return false;
	memcpy(larger->cells, s->grid->cells,
	       (size_t)s->grid->w * (size_t)s->grid->h * sizeof(larger->cells[0]));
	grid_free(s->grid);
	s->grid = larger;
	return true;
}

int sheet_line(struct sheet *s)
{
	if (!s->grid || s->n >= SHEET_MAX)
		return -1;
	if (s->n == s->grid->h && !sheet_grow(s))
		return -1;
	return s->n++;
}

int sheet_put(struct sheet *s, int x, enum role role, const char *text)
{
	int y = sheet_line(s);
	if (y >= 0)
		grid_field(s->grid, x, y, s->grid->w - x - 1, ROLE_PLAIN, FIT_MIDDLE, text);
	if (y >= 0 && role != ROLE_PLAIN)
		grid_paint(s->grid, x, y, text_width(text), role);
	return y;
}

int sheet_putf(struct sheet *s, int x, enum role role, const char *fmt, ...)
{
	char text[SHEET_TEXT];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return sheet_put(s, x, role, text);
}

void sheet_wrap(struct sheet *s, int x, enum role role, const char *text)
{
	char line[SHEET_TEXT];
	while (s->grid && *text) {
		text = text_wrap(text, s->grid->w - x - 2, line, sizeof(line));
		sheet_put(s, x, role, line);
	}
}

size_t sheet_rows(const struct app *app)
{
	return (size_t)app->sheet.n;
}

int sheet_room(const struct app *app)
{
	int room = body_end(app) - body_top(app);
	return room > 0 ? room : 0;
}

void sheet_draw(const struct app *app, struct grid *g)
{
	const struct grid *from = app->sheet.grid;
	int top = (int)app_frame(app)->top, y = body_top(app);
	for (int i = top; from && i < app->sheet.n && y < body_end(app); i++, y++)
		for (int x = 0; x < g->w && x < from->w; x++)
			*grid_cell(g, x, y) = *grid_cell(from, x, i);
}
