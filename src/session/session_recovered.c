/* SPDX-License-Identifier: MIT */
/*
 * What a review says of a hive that was recovered from its logs: the pages that are written with
 * everything else, and how many keys lie in them. Without that a person who stages one value would see
 * megabytes of "bookkeeping".
 */
#include "session_internal.h"

#include <string.h>

#define PAGE 4096u /* bytes: what new logs hold, and eight of what old ones do */

static bool page_differs(const struct hive_file *f, uint64_t at)
{
	struct span was = f->clean, is = f->recovery.bytes;
	uint64_t size = was.len < is.len ? was.len : is.len;
	at -= at % PAGE;
	uint64_t len = at >= size ? 0 : size - at < PAGE ? size - at : PAGE;
	return len > 0 && memcmp(was.p + at, is.p + at, (size_t)len) != 0;
}

static uint64_t keys_in_pages(const struct hive_file *f, struct key k, unsigned depth)
{
	uint64_t n = page_differs(f, key_range(k, KEY_RECORD).at);
	struct key_iter it = key_subkeys(k);
	struct key sub;
	while (depth < HIVE_DEPTH_MAX && key_next(&it, &sub))
		n += keys_in_pages(f, sub, depth + 1);
	return n;
}

struct said recovered_words(const struct hive_file *f, struct arena *arena)
{
	if (!f->recovery.was_dirty || !f->recovery.recovered)
		return said_of(NULL);
	return said_make(arena, N_("%s, with %llu keys"), said_arg(f->recovery.words, arena),
			 (unsigned long long)keys_in_pages(f, hive_root(&f->hive), 0));
}
