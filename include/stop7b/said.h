/* SPDX-License-Identifier: MIT */
/*
 * The said: a sentence for people, rendered once plain and once translated, when it is born. The
 * plain one is for scripts, JSON, exit paths and goldens; the shown one for eyes. Nothing reads
 * either of them back to decide something.
 *
 * A sentence inside a sentence travels as both of its texts between marks that no escaped text can
 * hold (said_arg()), so that each rendering takes its own side.
 */
#ifndef STOP7B_SAID_H
#define STOP7B_SAID_H

#include <stdarg.h>

#include "stop7b/bytes.h"

/* Marks of text for the catalogue: _() translates now, N_() only marks. */
#include "stop7b/i18n.h"

struct said {
	const char *plain; /* English */
	const char *shown; /* in the person's language; plain itself where there is no other */
};

/*
 * A constant sentence. Catalogues are made from the literals that said_of(), said_make() and
 * err_set() are given, and from what N_() marks elsewhere. NULL gives two NULLs.
 */
struct said said_of(const char *text);
/* Words that are the same in every language: names, numbers, values. */
struct said said_as_is(const char *text);
/*
 * A format and its arguments, rendered both ways. Both members NULL without memory.
 *   fmt  English; looked up in the catalogue as it stands
 */
struct said said_make(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct said said_makev(struct arena *arena, const char *fmt, va_list args);

/* A said for a %s of another one; in arena, or plain itself, as also without memory. */
const char *said_arg(struct said s, struct arena *arena);
/* The same for a constant, marked by N_() where it stands. */
const char *said_word(const char *text, struct arena *arena);

/* The same in a buffer that lives as long as the block around it; what is longer is cut. */
#define SAID_ARG_MAX 1024
#define SAID_ARG(s)  said_pair((s).plain, (s).shown, (char[SAID_ARG_MAX]){0}, SAID_ARG_MAX)

/* A copy in arena; NULLs of NULLs and without memory. */
struct said said_copy(struct said s, struct arena *arena);

/*
 * Render into two buffers of cap bytes each, cut at a character; arguments may come from
 * said_arg().
 */
void said_render(char *plain, char *shown, size_t cap, const char *fmt, va_list args);

/* Copy text, cut at a character when it is longer than cap - 1 bytes. */
void said_cut(char *to, size_t cap, const char *text);

/* The same bytes as "both texts between marks", in buf; plain itself when they are equal. */
const char *said_pair(const char *plain, const char *shown, char *buf, size_t cap);

#endif
