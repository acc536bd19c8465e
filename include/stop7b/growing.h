/* SPDX-License-Identifier: MIT */
/*
 * Text that grows in an arena. A failure is kept until the end is asked for, so that what writes
 * a page need not look at every line.
 */
#ifndef STOP7B_GROWING_H
#define STOP7B_GROWING_H

#include "stop7b/bytes.h"

/* Begin with {.arena = a}. */
struct growing {
	struct arena *arena;
	char *p;          /* ends in NUL once anything was put; NULL before */
	size_t len, room; /* bytes, without the NUL; with it */
	bool failed;      /* there was no memory, or a NULL was put */
};

void growing_put(struct growing *g, const char *s);
void growing_bytes(struct growing *g, const char *s, size_t len);
void growing_format(struct growing *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The text, "" when nothing was put. 0, or -1 with E_MEMORY and *out NULL. */
int growing_finish(struct growing *g, char **out, struct err *err);

#endif
