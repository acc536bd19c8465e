/* SPDX-License-Identifier: MIT */
/*
 * Sentences that the screen and the commands share.
 */
#ifndef STOP7B_WORDS_H
#define STOP7B_WORDS_H

#include "stop7b/session.h"

#define COPIED_WORDS 512 /* bytes with the final NUL */

/*
 * What an apply copies into the image file because it holds it not yet: blocks and sectors, from
 * where, and by how much the file grows. False (and "") when it copies nothing.
 */
bool copied_words(const struct review *r, char buf[COPIED_WORDS]);

/* Changed bytes that lie close together in the image file and mean the same. */
struct changed_stretch {
	uint64_t file_at, end;
	size_t bytes;  /* that change */
	size_t places; /* pieces they are in */
	const char *what;
	bool value;
};

/*
 * The stretch that begins with range *i, which moves behind it; false at the end. Where many small
 * pieces of one record change, a line for each would hide the others.
 */
bool next_stretch(const struct patch *p, size_t *i, struct changed_stretch *out);

#endif
