/* SPDX-License-Identifier: MIT */
/*
 * A grid of character cells: what a view draws into and a terminal, a file or a test copies out.
 *
 * Text is UTF-8; columns are counted with wcwidth(), so a wide character takes two cells and a
 * combining one shares its base's cell. A character that the locale cannot show is spelled out as
 * \xNN or \uNNNN: no column ever moves. A cell holds a role, not an attribute: what a role looks
 * like is the one table below. Writing outside the grid is cut off.
 */
#ifndef STOP7B_GRID_H
#define STOP7B_GRID_H

#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

#include "stop7b/columns.h"

enum { STYLE_PLAIN = 0, STYLE_BOLD = 1, STYLE_UNDERLINE = 2, STYLE_REVERSE = 4, STYLE_DIM = 8 };
enum ink { INK_NONE, INK_RED, INK_MAGENTA };

/* role, letter in dumps, style in mono, style in colour, ink in colour */
#define ROLE_TABLE(X)                                                                              \
	X(TITLE, 't', STYLE_REVERSE, STYLE_REVERSE, INK_NONE)                                      \
	X(BAD, 'b', STYLE_BOLD, STYLE_BOLD, INK_RED)                                               \
	X(WARN, 'w', STYLE_BOLD | STYLE_UNDERLINE, STYLE_BOLD, INK_NONE)                           \
	X(NEW, 'n', STYLE_UNDERLINE, STYLE_BOLD, INK_MAGENTA)                                      \
	X(SEL, 's', STYLE_REVERSE, STYLE_REVERSE, INK_NONE)                                        \
	X(KEY, 'k', STYLE_BOLD, STYLE_BOLD, INK_NONE)                                              \
	X(HEAD, 'h', STYLE_UNDERLINE, STYLE_UNDERLINE, INK_NONE)                                   \
	X(DIM, 'd', STYLE_PLAIN, STYLE_DIM, INK_NONE)

enum role {
	ROLE_PLAIN,
#define ROLE_ENUM(name, letter, mono, colour, ink) ROLE_##name,
	ROLE_TABLE(ROLE_ENUM)
#undef ROLE_ENUM
		ROLES
};

struct role_look {
	char letter;
	unsigned mono, colour; /* STYLE_ bits */
	enum ink ink;
};
const struct role_look *role_look(enum role role);

struct cell {
	wchar_t ch[CELL_CHARS]; /* ch[0] == 0: blank */
	unsigned char role;
	bool tail; /* right half of the wide character in the cell before */
};

struct grid {
	int w, h;
	int cursor_x, cursor_y; /* where the terminal's cursor rests */
	struct cell *cells;     /* h rows of w */
};

struct grid *grid_new(int w, int h); /* blank; NULL without memory; sizes are clamped to 1..20000 */
void grid_free(struct grid *g);      /* accepts NULL */
struct cell *grid_cell(const struct grid *g, int x, int y); /* NULL outside */

/* Write text from column x on; returns the column behind it, whether or not it was visible. */
int grid_put(struct grid *g, int x, int y, enum role role, const char *text);
int grid_putf(struct grid *g, int x, int y, enum role role, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* What happens to text that is wider than its field; FIT_RIGHT also aligns to the right. */
enum fit { FIT_END, FIT_MIDDLE, FIT_RIGHT };
/* Write text into width columns, cut with ".." where it is too long; returns x + width. */
int grid_field(struct grid *g, int x, int y, int width, enum role role, enum fit fit,
	       const char *text);

/* Give width cells of a row another role, blank ones included. */
void grid_paint(struct grid *g, int x, int y, int width, enum role role);
/* Make rows [from, to) blank. */
void grid_wipe(struct grid *g, int from, int to);

/* UTF-8 lines without trailing blanks, and the same picture as role letters ('.' for plain). */
void grid_dump(const struct grid *g, FILE *out);
void grid_dump_roles(const struct grid *g, FILE *out);

#endif
