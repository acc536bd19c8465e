/* SPDX-License-Identifier: MIT */
/*
 * Letters without case, as far as it is the same in every version of Windows and in every locale.
 */
#ifndef STOP7B_FOLD_H
#define STOP7B_FOLD_H

#include <stdint.h>

/*
 * The capital of a letter: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic, full-width Latin.
 * Everything else is itself: such names must be given as they are stored.
 */
uint32_t fold_upper_other(uint32_t code_point); /* of one that is not ASCII */

static inline uint32_t fold_upper(uint32_t code_point)
{
	if (code_point < 0x80) /* nearly all that is asked about */
		return code_point >= 'a' && code_point <= 'z' ? code_point - 32 : code_point;
	return fold_upper_other(code_point);
}

#endif
