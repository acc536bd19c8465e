/* SPDX-License-Identifier: MIT */
/*
 * Lists in columns. A page describes its columns once, in a constant table: title, what a cell
 * shows, and where the column stands in windows of which width. Heads and rows are drawn from it.
 */
#ifndef STOP7B_TABLE_H
#define STOP7B_TABLE_H

#include "app.h"

/* What a cell shows. The column's function finds text at buf, empty, and room and w set. */
struct table_cell {
	char buf[APP_PATH];
	const char *text; /* buf, or any other; "" draws nothing */
	enum role role;
	bool fills; /* the role is the whole field's, not only the text's */
	int room;   /* columns for the text; the function may leave some of them free */
	int w;      /* columns of the window */
};

/* Where a column stands in windows from so many columns on. */
struct column_place {
	int from;
	int x;     /* first column; negative: from the right edge of the window */
	int width; /* 0: what there is up to the next column, with a blank between */
};

#define COLUMN_PLACES 4

struct column {
	const char *title; /* NULL: it has none */
	enum fit fit;      /* FIT_RIGHT is meant for the title too */
	bool moves;        /* to the right, by what shift() says */
	/* The first that the window is wide enough for counts; with none it is not shown. */
	struct column_place places[COLUMN_PLACES];
	void (*cell)(const struct app *app, size_t row, struct table_cell *out); /* NULL: no text */
};

struct table {
	const struct column *columns; /* from left to right */
	size_t n;
	int (*shift)(const struct app *app, int w); /* NULL: nothing moves */
	/* Draw a row that is not made of columns; false: it is. NULL: all are. */
	bool (*whole)(const struct app *app, struct grid *g, int y, size_t row);
};

#define TABLE_OF(columns_) .columns = (columns_), .n = sizeof(columns_) / sizeof((columns_)[0])

void table_heads(const struct app *app, const struct table *t, struct grid *g, int y);
/* Up to room of n rows from y on, from the first visible one; the selected one gets the cursor. */
void table_rows(const struct app *app, const struct table *t, struct grid *g, int y, int room,
		size_t n);

#endif
