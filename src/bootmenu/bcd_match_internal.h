/* SPDX-License-Identifier: MIT */
/* What bcd_match.c and bcd_related.c share. */
#ifndef STOP7B_BCD_MATCH_INTERNAL_H
#define STOP7B_BCD_MATCH_INTERNAL_H

#include "stop7b/bcd_match.h"

#include "bcd_path.h"

struct matcher {
	const struct bcd_store *store;
	const struct bcd_match_request *request;
	struct arena *arena;
	struct span path;         /* of the disk on the host; empty when not given */
	struct span image;        /* file name here */
	const struct span *files; /* the host's listing */
	size_t n_files;
};

/* Is the path in the host's listing? */
bool matcher_lists(const struct matcher *m, struct span path);
/* Fill in what hangs on the matched object. 0, or -1 with E_MEMORY. */
int matcher_relate(const struct matcher *m, struct bcd_match *match, struct err *err);

#endif
