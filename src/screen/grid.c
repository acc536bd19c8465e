/* SPDX-License-Identifier: MIT */
/*
 * The grid of cells.
 */
#include "grid.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX 20000 /* cells per side: no terminal is larger, a sheet of text may be as long */
#define TEXT_MAX 4096  /* bytes of one formatted text; longer ones are cut */
#define CUT_MARK ".."

static const struct role_look looks[ROLES] = {
	[ROLE_PLAIN] = {'.', STYLE_PLAIN, STYLE_PLAIN, INK_NONE},
#define ROLE_LOOK(name, letter, mono, colour, ink) [ROLE_##name] = {letter, mono, colour, ink},
	ROLE_TABLE(ROLE_LOOK)
#undef ROLE_LOOK
};

const struct role_look *role_look(enum role role)
{
	return &looks[role < ROLES ? role : ROLE_PLAIN];
}

/* ---- the grid ---- */

static int clamp_side(int n)
{
	return n < 1 ? 1 : n > SIDE_MAX ? SIDE_MAX : n;
}

struct grid *grid_new(int w, int h)
{
	struct grid *g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->w = clamp_side(w);
	g->h = clamp_side(h);
	g->cells = calloc((size_t)g->w * (size_t)g->h, sizeof(g->cells[0]));
	if (g->cells)
		return g;
	free(g);
	return NULL;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	free(g->cells);
	free(g);
}

struct cell *grid_cell(const struct grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->w || y >= g->h)
		return NULL;
	return &g->cells[(size_t)y * (size_t)g->w + (size_t)x];
}

/* A cell that is about to be overwritten must not leave half of a wide character behind. */
static void unpair(struct grid *g, int x, int y)
{
	struct cell *cell = grid_cell(g, x, y), *left = grid_cell(g, x - 1, y);
	struct cell *right = grid_cell(g, x + 1, y);
	if (cell && cell->tail && left)
		left->ch[0] = L' ';
	if (right && right->tail)
		*right = (struct cell){.role = right->role};
}

static void place(struct grid *g, int x, int y, enum role role, const struct glyph *glyph)
{
	struct cell *cell = grid_cell(g, x, y);
	struct cell *second = glyph->width == 2 ? grid_cell(g, x + 1, y) : NULL;
	if (!cell)
		return;
	unpair(g, x, y);
	if (second)
		unpair(g, x + 1, y);
	*cell = (struct cell){.role = (unsigned char)role};
	if (glyph->width == 2 && !second)
		return; /* half of it would hang over the edge */
	memcpy(cell->ch, glyph->ch, sizeof(cell->ch));
	if (second)
		*second = (struct cell){.role = (unsigned char)role, .tail = true};
}

int grid_put(struct grid *g, int x, int y, enum role role, const char *text)
{
	struct glyphs r = {.s = text};
	struct glyph glyph;
	while (glyph_next(&r, &glyph)) {
		place(g, x, y, role, &glyph);
		x += glyph.width;
	}
	return x;
}

int grid_putf(struct grid *g, int x, int y, enum role role, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return grid_put(g, x, y, role, text);
}

/* Draw the glyphs whose columns lie in [from, to) of the text, so that `from` lands at x. */
static int put_part(struct grid *g, int x, int y, enum role role, const char *text, int from,
		    int to)
{
	struct glyphs r = {.s = text};
	struct glyph glyph;
	int at = 0;
	while (glyph_next(&r, &glyph) && at + glyph.width <= to) {
		if (at >= from)
			place(g, x + at - from, y, role, &glyph);
		at += glyph.width;
	}
	return x + (at > from ? at - from : 0);
}

int grid_field(struct grid *g, int x, int y, int width, enum role role, enum fit fit,
	       const char *text)
{
	if (width <= 0)
		return x;
	int whole = text_width(text), mark = (int)strlen(CUT_MARK);
	grid_paint(g, x, y, width, role);
	if (whole <= width) {
		grid_put(g, fit == FIT_RIGHT ? x + width - whole : x, y, role, text);
	} else if (width <= mark) {
		put_part(g, x, y, role, text, 0, width);
	} else {
		int tail = fit == FIT_MIDDLE ? (width - mark + 1) / 2 : 0;
		int head = width - mark - tail;
		int at = put_part(g, x, y, role, text, 0, head);
		at = grid_put(g, at, y, role, CUT_MARK);
		put_part(g, at, y, role, text, whole - tail, whole);
	}
	return x + width;
}

void grid_paint(struct grid *g, int x, int y, int width, enum role role)
{
	for (int i = 0; i < width; i++) {
		struct cell *cell = grid_cell(g, x + i, y);
		if (cell)
			cell->role = (unsigned char)role;
	}
}

void grid_wipe(struct grid *g, int from, int to)
{
	for (int y = from; y < to; y++)
		for (int x = 0; x < g->w; x++)
			if (grid_cell(g, x, y))
				*grid_cell(g, x, y) = (struct cell){0};
}

/* ---- dumps ---- */

static void put_utf8(uint32_t c, FILE *out)
{
	if (c < 0x80) {
		putc((int)c, out);
		return;
	}
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	putc((int)(lead[more] | c >> (6 * more)), out);
	while (more-- > 0)
		putc((int)(0x80 | (c >> (6 * more) & 0x3f)), out);
}

static int row_end(const struct grid *g, int y)
{
	int end = g->w;
	while (end > 0) {
		const struct cell *cell = grid_cell(g, end - 1, y);
		if (cell->tail || (cell->ch[0] && cell->ch[0] != L' '))
			break;
		end--;
	}
	return end;
}

static void dump_cell(const struct cell *cell, FILE *out)
{
	if (cell->tail)
		return;
	if (!cell->ch[0])
		putc(' ', out);
	for (int i = 0; i < CELL_CHARS && cell->ch[i]; i++)
		put_utf8((uint32_t)cell->ch[i], out);
}

void grid_dump(const struct grid *g, FILE *out)
{
	for (int y = 0; y < g->h; y++) {
		int end = row_end(g, y);
		for (int x = 0; x < end; x++)
			dump_cell(grid_cell(g, x, y), out);
		putc('\n', out);
	}
}

void grid_dump_roles(const struct grid *g, FILE *out)
{
	for (int y = 0; y < g->h; y++) {
		int end = g->w;
		while (end > 0 && grid_cell(g, end - 1, y)->role == ROLE_PLAIN)
			end--;
		for (int x = 0; x < end; x++)
			putc(role_look(grid_cell(g, x, y)->role)->letter, out);
		putc('\n', out);
	}
}
