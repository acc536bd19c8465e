/* SPDX-License-Identifier: MIT */
/*
 * The boot menu of the host: its store, the entries in it that belong to this disk, and which of
 * them a plan shall delete.
 */
#ifndef STOP7B_SESSION_MENU_H
#define STOP7B_SESSION_MENU_H

#include "stop7b/bcd_match.h"
#include "stop7b/cleanup.h"
#include "stop7b/session.h"

struct menu_request {
	const char *store; /* a file, or IMAGE:N:\PATH */
	const char *vhd;   /* the disk's path on the host, or NULL */
	const char *image; /* path of the image file here, or NULL */
	bool listed;       /* files holds the paths of all virtual disks on the host */
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
 * Read a host's store and find the disk's entries in it. s tells the partitions of the disk; NULL
 * when only the paths are known. Everything in out lives in arena.
 * 0, or -1 with err of session_store_read() and bcd_match().
 */
int session_menu_read(struct session *s, const struct menu_request *request, struct arena *arena,
		      struct menu *out, struct err *err);

/* A match that a plan may take without a person's word. */
bool menu_is_safe(const struct bcd_match *match);

/* What a plan for this menu needs; the rest of the request is the caller's. */
struct cleanup_plan_request menu_plan_request(const struct menu *menu,
					      const struct menu_request *request);

#endif
