/* SPDX-License-Identifier: MIT */
/*
 * The bcdedit plan in its plain form: a .cmd text for the host that finds the boot entry whose
 * device names the disk, exports the store, shows the entry, and deletes it with /cleanup unless
 * it is the default or the running one. This module writes no boot store and no file.
 */
#ifndef STOP7B_CLEANUP_H
#define STOP7B_CLEANUP_H

#include "stop7b/bytes.h"

struct cleanup_request {
	const char *vhd;    /* Windows path of the disk on the host: "D:\vhd\win7.vhd" */
	const char *image;  /* image file here, for the header; may be NULL */
	const char *store;  /* offline store on the host (--store), or NULL for the system store */
	const char *tool;   /* "stop7b 0.1" */
	const char *when;   /* ISO 8601 UTC */
};

/*
 * The plan as cmd text, CR LF, plain ASCII. 0, or -1 with err: E_USAGE (vhd is not a path that
 * Windows would accept on a local drive), E_MEMORY.
 */
int cleanup_cmd(const struct cleanup_request *request, struct arena *arena, char **out,
		struct err *err);

#endif
