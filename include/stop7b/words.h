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

#endif
