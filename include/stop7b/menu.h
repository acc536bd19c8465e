/* SPDX-License-Identifier: MIT */
/*
 * The boot menu of the host: its store, the entries in it that belong to this disk, and which of
 * them a plan shall delete.
 */
#ifndef STOP7B_MENU_H
#define STOP7B_MENU_H

#include "stop7b/bcd_match.h"
#include "stop7b/cleanup.h"
#include "stop7b/partition.h"

struct menu_request {
	const struct partition_table *table; /* of the disk; NULL when only the paths are known */
	const char *vhd;                     /* the disk's path on the host, or NULL */
	const char *image;                   /* path of the image file here, or NULL */
	bool listed; /* files holds the paths of all virtual disks on the host */
	const char *const *files;
	size_t n_files;
};

struct menu {
	const char *name; /* the store, escaped for showing */
	struct bcd_store store;
	struct bcd_matches matches;
	bool *chosen; /* one for each match: in the plan; at first the certain ones */
};

/*
 * Find the disk's entries in a host's store.
 *   menu  in: name and store, as they were read; out: matches and chosen, in arena
 * 0, or -1 with err of bcd_match().
 */
int menu_find(struct menu *menu, const struct menu_request *request, struct arena *arena,
	      struct err *err);

/* A match that a plan may take without a person's word. */
bool menu_is_safe(const struct bcd_match *match);

/* What a plan for this menu needs; the rest of the request is the caller's. */
struct cleanup_plan_request menu_plan_request(const struct menu *menu,
					      const struct menu_request *request);

#endif
