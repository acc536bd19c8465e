/* SPDX-License-Identifier: MIT */
/*
 * Boot stores by name and by place: one that a user names, on this machine or inside an image, and
 * those that an image itself carries. What a store means is the part of bcd.h and bootpath.h.
 */
#ifndef STOP7B_SESSION_STORE_H
#define STOP7B_SESSION_STORE_H

#include "stop7b/bootpath.h"
#include "stop7b/image.h"

struct session;
struct windows;

/*
 * Read a store by its name, with the logs beside it when it was not closed cleanly.
 *   name        a file of this machine, or IMAGE:N:\PATH, split at the first ":N:\" or ":N:/"
 *               with a decimal N
 *   options     for IMAGE; may be NULL
 *   arena       owns all that is found; nothing stays open
 *   shown_name  the name, escaped for showing
 * 0 (look at out->whole), or -1 with err: E_OPEN, E_IO, E_UNSUPPORTED (larger than a store may
 * be), E_FORMAT (not a store), E_NOTFOUND, E_MEMORY, and whatever session_open() says.
 */
int session_store_read(const char *name, const struct image_options *options, struct arena *arena,
		       struct bcd_store *out, const char **shown_name, struct err *err);

/*
 * The image's own stores, in partition order, read once and kept as long as the session. One that
 * is there and cannot be read is listed with its error.
 * 0 (n == 0 is no error), or -1 with E_MEMORY.
 */
int session_stores(struct session *s, struct boot_store **out, size_t *n, struct err *err);

/*
 * What the judge needs of the disk that a Windows lies on, for diagnose_request.disk.
 *   w  one of the session's
 * 0, or -1 with E_MEMORY.
 */
int session_disk(struct session *s, const struct windows *w, struct bootpath_request *out,
		 struct err *err);

#endif
