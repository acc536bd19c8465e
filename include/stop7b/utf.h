/* SPDX-License-Identifier: MIT */
/*
 * One character at a time, in and out of UTF-8 and little-endian UTF-16. Half of a UTF-16 pair counts as a character here,
 * three bytes long: names on disks hold such halves, and what is read must be found again.
 */
#ifndef STOP7B_UTF_H
#define STOP7B_UTF_H

#include "stop7b/bytes.h"

#define UTF_END   0x110000u  /* first number that is no code point */
#define UTF_BAD   UINT32_MAX /* not UTF-8 */
#define UTF8_MOST 4u         /* bytes of one character, in UTF-16 too */

/* The code point at *at, which must lie inside s, and *at behind it; UTF_BAD, and *at unchanged,
 * where s is not UTF-8 (too long a form, a cut sequence, behind the last code point). */
uint32_t utf8_next(struct span s, size_t *at);

/* Write c, below UTF_END, as 1 to UTF8_MOST bytes; returns the place behind. */
char *utf8_put(char *p, uint32_t c);

/* The code point of two units, or 0 when they are not the halves of a pair. */
uint32_t utf16_pair(uint32_t high, uint32_t low);

/* The code point at *at, of which the first byte must lie inside s, and *at behind it. */
uint32_t utf16_next(struct span s, size_t *at);

/* Write c, below UTF_END, as 2 or 4 bytes; returns the place behind. */
uint8_t *utf16_put(uint8_t *p, uint32_t c);

#endif
