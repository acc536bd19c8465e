/* SPDX-License-Identifier: MIT */
/*
 * A list of byte ranges of one file with their old and new content: the currency that the write
 * path trades in, from "these hive bytes differ" down to "these image bytes are written".
 */
#ifndef STOP7B_WRITES_H
#define STOP7B_WRITES_H

#include "stop7b/bytes.h"
#include "stop7b/said.h"

struct write {
	uint64_t off;             /* bytes from the start of the file */
	size_t len;               /* bytes, > 0 */
	const uint8_t *old_bytes; /* len bytes as they are */
	const uint8_t *new_bytes; /* len bytes as they shall be */
	struct said what;         /* in words, for the review: "Start of msahci" */
};

struct write_list {
	struct arena *arena; /* owns items, bytes and texts */
	struct write *items;
	size_t n, cap;
};

/* Append a copy of w (bytes and text copied to the list's arena). 0, or -1 with E_MEMORY. */
int writes_add(struct write_list *list, const struct write *w, struct err *err);

/* The same without a copy: bytes and text live as long as the list's arena does. */
int writes_take(struct write_list *list, const struct write *w, struct err *err);

/* Sort by offset; -1 with E_CORRUPT when two ranges overlap. */
int writes_sort(struct write_list *list, struct err *err);

#endif
