/* SPDX-License-Identifier: MIT */
/*
 * Where boot stores come from: one that a user names, on this machine or inside an image, and those
 * that an image itself carries. What a store holds is bcd.h's part, what its own means for the disk
 * bootpath.h's.
 */
#ifndef STOP7B_SESSION_STORE_H
#define STOP7B_SESSION_STORE_H

#include "stop7b/bootpath.h"
#include "stop7b/image.h"

struct session;

/*
 * Read a store by its name, with the logs beside it when it was not closed cleanly.
 *   name        a file of this machine, or IMAGE:N:\PATH, split at the first ":N:\" or ":N:/"
 *               with a decimal N
 *   options     for IMAGE; may be NULL
 *   arena       owns all that is found; nothing stays open
 *   shown_name  the name, escaped for showing
 * 0 (look at out->whole), or -1 with err: E_OPEN, E_IO, E_UNSUPPORTED (larger than a store may
 * be), E_FORMAT (not a store), E_NOTFOUND, E_INTERRUPTED, E_MEMORY, and whatever session_open()
 * says.
 */
int session_store_read(const char *name, const struct image_options *options, struct arena *arena,
		       struct bcd_store *out, const char **shown_name, struct err *err);

/*
 * The image's own stores, in partition order, read once and kept as long as the session. One that
 * is there and cannot be read is listed with its error.
 * 0 (n == 0 is no error), or -1 with E_MEMORY.
 */
int session_stores(struct session *s, struct boot_store **out, size_t *n, struct err *err);

#endif
