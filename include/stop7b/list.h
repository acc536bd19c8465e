/* SPDX-License-Identifier: MIT */
/*
 * Arrays that grow in an arena.
 */
#ifndef STOP7B_LIST_H
#define STOP7B_LIST_H

#include "stop7b/bytes.h"

/*
 * Room for one more item behind n: the same array, or one twice as large with the items copied.
 * A large array that is left behind is given up: no pointer into it may be kept.
 * NULL with err E_MEMORY.
 */
void *list_grow(struct arena *arena, void *items, size_t n, size_t *cap, size_t size,
		struct err *err);

#endif
