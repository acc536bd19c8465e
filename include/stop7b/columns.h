/* SPDX-License-Identifier: MIT */
/*
 * Text in columns: UTF-8 in glyphs of one or two columns, cut and wrapped between them.
 */
#ifndef STOP7B_COLUMNS_H
#define STOP7B_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#define CELL_CHARS   4  /* a base character, two combining ones, and the final NUL */
#define GLYPH_ESCAPE 11 /* "\U0010ffff" and NUL */

struct glyph {
	wchar_t ch[CELL_CHARS];
	int width; /* columns, 1 or 2 */
};

/* Begin with {.s = text}, which must outlive it. */
struct glyphs {
	const char *s;
	char escape[GLYPH_ESCAPE]; /* what is left of a spelled-out character */
};

/* The next glyph; false at the end of the text. */
bool glyph_next(struct glyphs *r, struct glyph *out);

int text_width(const char *text); /* columns */
/* The bytes that make a field of so many columns of text: the * of a printf("%-*s"). */
int text_field(const char *text, int columns);
/* The longest start of text that fits into width columns, in bytes, cut between characters. */
size_t text_fit(const char *text, int width);
/* The longest end of text that fits into width columns, cut between characters. */
const char *text_end(const char *text, int width);
/*
 * The next line of a text that must not be empty: what fits into width columns, broken at a blank
 * where there is one, goes to line. Returns where the line after it begins.
 */
const char *text_wrap(const char *text, int width, char *line, size_t cap);

#endif
