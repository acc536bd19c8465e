/* SPDX-License-Identifier: MIT */
/*
 * Heads and rows of a list from the description of its columns. Where a column stands depends on
 * the width of the window alone, and on how far the page shifts it; nothing is drawn outside of a
 * column's field.
 */
#include "table.h"

#include "stop7b/i18n.h"
#include "view.h"

struct field {
	int x, width; /* width 0: not shown */
};

static const struct column_place *place_of(const struct column *c, int w)
{
	for (size_t i = 0; i < COLUMN_PLACES && c->places[i].x; i++)
		if (w >= c->places[i].from)
			return &c->places[i];
	return NULL;
}

/* The first column of the i-th column, or of the window's edge behind the last one. */
static int start_of(const struct table *t, size_t i, int w, int shift)
{
	for (; i < t->n; i++) {
		const struct column_place *place = place_of(&t->columns[i], w);
		if (place)
			return (place->x < 0 ? w : 0) + place->x +
			       (t->columns[i].moves ? shift : 0);
	}
	return w;
}

static struct field field_of(const struct table *t, size_t i, int w, int shift)
{
	const struct column_place *place = place_of(&t->columns[i], w);
	struct field f = {start_of(t, i, w, shift), 0};
	if (!place)
		return f;
	f.width = place->width ? place->width : start_of(t, i + 1, w, shift) - f.x - 1;
	if (f.width > w - f.x)
		f.width = w - f.x;
	return f;
}

static int shift_of(const struct app *app, const struct table *t, int w)
{
	return t->shift ? t->shift(app, w) : 0;
}

void table_heads(const struct app *app, const struct table *t, struct grid *g, int y)
{
	int shift = shift_of(app, t, g->w);
	for (size_t i = 0; i < t->n; i++) {
		struct field f = field_of(t, i, g->w, shift);
		if (!t->columns[i].title || f.width <= 0)
			continue;
		const char *title = _(t->columns[i].title);
		int width = text_width(title) < f.width ? text_width(title) : f.width;
		if (t->columns[i].fit == FIT_RIGHT)
			f.x += f.width - width;
		grid_field(g, f.x, y, width, ROLE_HEAD, FIT_END, title);
	}
}

static void draw_cell(const struct app *app, const struct column *c, struct grid *g, int y,
		      struct field f, size_t row)
{
	struct table_cell cell;
	cell.buf[0] = '\0';
	cell.text = cell.buf;
	cell.role = ROLE_PLAIN;
	cell.fills = false;
	cell.room = f.width;
	cell.w = g->w;
	c->cell(app, row, &cell);
	if (!cell.text[0])
		return;
	int width = text_width(cell.text) < cell.room ? text_width(cell.text) : cell.room;
	grid_field(g, f.x, y, cell.room, ROLE_PLAIN, c->fit, cell.text);
	if (cell.fills)
		grid_paint(g, f.x, y, f.width, cell.role);
	else if (cell.role != ROLE_PLAIN)
		grid_paint(g, f.x + (c->fit == FIT_RIGHT ? cell.room - width : 0), y, width,
			   cell.role);
}

static void draw_row(const struct app *app, const struct table *t, struct grid *g, int y,
		     size_t row, int shift)
{
	if (t->whole && t->whole(app, g, y, row))
		return;
	for (size_t i = 0; i < t->n; i++) {
		struct field f = field_of(t, i, g->w, shift);
		if (f.width > 0 && t->columns[i].cell)
			draw_cell(app, &t->columns[i], g, y, f, row);
	}
}

void table_rows(const struct app *app, const struct table *t, struct grid *g, int y, int room,
		size_t n)
{
	const struct frame *frame = app_frame(app);
	int shift = shift_of(app, t, g->w);
	for (size_t i = frame->top; i < n && room-- > 0; i++, y++) {
		draw_row(app, t, g, y, i, shift);
		if (i == frame->sel)
			draw_selected(g, y);
	}
}
