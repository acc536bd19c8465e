/* SPDX-License-Identifier: MIT */
/*
 * Files that a person asked for (a saved page, a plan, a copied-out file): written beside and
 * renamed into place, so that a full disk leaves no half file. Never overwrites an image.
 */
#ifndef STOP7B_SAVE_H
#define STOP7B_SAVE_H

#include "stop7b/bytes.h"

/*
 * Write bytes to path: a temporary file in the same directory, fsync, rename, fsync of the
 * directory. An existing file is replaced only when replace is true (E_GUARD otherwise).
 */
int save_file(const char *path, struct span bytes, bool replace, struct err *err);

#endif
