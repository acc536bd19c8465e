/* SPDX-License-Identifier: MIT */
/*
 * What of a text cannot be seen: the one table that everything asks which shows text.
 */
#ifndef STOP7B_UNSEEN_H
#define STOP7B_UNSEEN_H

#include <stdbool.h>
#include <stdint.h>

#define UNSEEN_JOINER    0x200du /* may be seen by what it joins */
#define UNSEEN_MARKS_MAX 2u      /* combining marks that a letter may carry */

/* Does c show nothing of its own: controls, halves of pairs, format characters, fillers, selectors? */
bool unseen_is(uint32_t c);
/* Does c sit on the character before it? */
bool unseen_is_mark(uint32_t c);
/* May U+200D stand between these two: parts of an emoji, letters of an Indic script? */
bool unseen_joins(uint32_t before, uint32_t after);

/* What was met so far of one text; begins as zeros. */
struct unseen {
	uint32_t before; /* the last character that is not a mark */
	unsigned marks;  /* behind it, on end */
};

/*
 * Must c be spelled out where it stands? after is the character behind it, 0 at the end. Asked of
 * every character of a text, in order.
 */
bool unseen_next(struct unseen *u, uint32_t c, uint32_t after);

#endif
