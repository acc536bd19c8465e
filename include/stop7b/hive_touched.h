/* SPDX-License-Identifier: MIT */
/*
 * Which keys of a hive have to be looked at again after some of its pages changed.
 */
#ifndef STOP7B_HIVE_TOUCHED_H
#define STOP7B_HIVE_TOUCHED_H

#include "stop7b/hive.h"

#define HIVE_PAGE 4096u /* bytes; what is changed is told page by page */

struct hive_touched;

/*
 * The keys of h with a cell of theirs (record, lists, class, values, data) in a page that is not as
 * before, and all keys above those. What cannot be walked is left out: who walks it himself says so.
 *
 *   before  the file as it was; pages that it does not have count as changed
 *   arena   owns what is given
 *
 * NULL with E_MEMORY.
 */
struct hive_touched *hive_touched(const struct hive *h, struct span before, struct arena *arena,
				  struct err *err);

bool hive_is_touched(const struct hive_touched *t, struct key k);

/* Is the page of that number of two files the same? A page that one of them lacks is not. */
bool hive_page_same(struct span a, struct span b, size_t page);

#endif
