/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files that read registry texts: the text as UTF-16 units, whatever it was stored
 * as, and the place in it.
 */
#ifndef STOP7B_REG_TEXT_INTERNAL_H
#define STOP7B_REG_TEXT_INTERNAL_H

#include "stop7b/reg_text.h"

#define REG_TEXT_HEADER  "Windows Registry Editor Version 5.00"
#define REG_TEXT_HEADER4 "REGEDIT4"
#define REG_TEXT_END     (-1)    /* no unit: behind the last one */
#define REG_TEXT_BOM     0xfeffu /* byte order mark */

enum { REG_TEXT_UNIT = 2 }; /* bytes */

/* Units of UTF-16, not terminated. */
struct units {
	const uint16_t *p;
	size_t n;
};

struct reg_reader {
	struct units text;
	size_t at;     /* the next unit */
	unsigned line; /* it is in, from 1 */
	bool ansi;     /* REGEDIT4: texts in hex are bytes of a code page */
	struct arena *arena;
	struct err *err;
};

/* The text of a file, without its mark. 0, or -1 with err as reg_text_read(). */
int reg_text_decode(struct span file, struct arena *arena, struct units *out, struct err *err);
/* UTF-8 of a name; a lone surrogate becomes its three bytes. NULL without memory. */
char *reg_text_utf8(struct arena *arena, struct units u, struct err *err);
/* UTF-16 of UTF-8 in memory that the caller knows to be text of this program. */
int reg_text_utf16(struct arena *arena, const char *s, struct units *out, struct err *err);

int32_t reg_peek(const struct reg_reader *r);
/* Take the next unit; counts lines. */
int32_t reg_take(struct reg_reader *r);
/* Take text when it comes next, without case. */
bool reg_accept(struct reg_reader *r, const char *text);
void reg_skip_blanks(struct reg_reader *r);
/* Take the rest of a line that must be empty but for a comment. 0, or -1 with E_CORRUPT. */
int reg_end_line(struct reg_reader *r);
/* E_CORRUPT "line N: what". Returns -1. */
int reg_fail(const struct reg_reader *r, const char *what);

/* A text in quotes, its escapes resolved; the opening quote comes next. 0, or -1 with err. */
int reg_read_quoted(struct reg_reader *r, struct units *out);
/* What is behind the equals sign, but for '-'. 0, or -1 with err. */
int reg_read_data(struct reg_reader *r, uint32_t *type, struct span *out);

#endif
