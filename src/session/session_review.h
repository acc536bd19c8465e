/* SPDX-License-Identifier: MIT */
/*
 * Inside session_review*.c only: a review that is being built.
 */
#ifndef STOP7B_SESSION_REVIEW_H
#define STOP7B_SESSION_REVIEW_H

#include "session_internal.h"
#include "stop7b/hive_finder.h"

/* One hive with staged edits: what the patch needs, and where its marks are. */
struct edited_hive {
	struct hive_file *file;
	struct patch_mark *marks;
	size_t n_marks;
	struct key_finder before, after; /* in the hive as it is, and as it would be */
	bool structural; /* some edit did more than write into a value's own bytes */
};

/* One staged edit and the mark that names its bytes. */
struct placed_edit {
	const struct change *change;
	const struct edit *edit;
	size_t hive;            /* index of its edited_hive */
	struct patch_mark main; /* len 0: nothing that could be pointed at */
};

struct building {
	struct session *s;
	bool proposed; /* a write: whether it may be is asked */
	struct review *out;
	struct arena *arena;   /* the review's */
	struct arena *scratch; /* dies when it is built */
	struct edited_hive *hives;
	size_t n_hives;
	struct placed_edit *edits;
	size_t n_edits;
	size_t n_staged; /* edits of every kind */
	struct patch_request request;
};

/* What an edit is about, found in a hive. */
bool review_find_key(struct key_finder *in, const char *path, struct key *out);
bool review_find_value(struct key_finder *in, const struct edit *e, struct key *k, struct value *v);

/* Are both about the same key, written the same? Those of one key stand together in a text. */
bool review_same_key(const struct placed_edit *a, const struct placed_edit *b);

/* Give every edit its mark, and every hive those of its own fields. 0, or -1 with E_MEMORY. */
int review_mark(struct building *b, struct err *err);

#endif
