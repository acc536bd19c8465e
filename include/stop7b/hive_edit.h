/* SPDX-License-Identifier: MIT */
/*
 * Edits on a copy of a hive, inside the bytes its cells already own.
 *
 * Setting a value of the same or smaller storage keeps every cell where it is; anything that
 * needs a new cell is refused. The copy can be walked at any time through hive_edit_view().
 */
#ifndef STOP7B_HIVE_EDIT_H
#define STOP7B_HIVE_EDIT_H

#include "stop7b/hive.h"

struct hive_edit;

/*
 * Copy a hive for editing. A dirty hive can be edited to see what would follow, and stays dirty:
 * such a copy is never written. NULL with err: E_MEMORY; E_GUARD when h has a damaged bin or is of
 * a kind whose rules for writing are not known (clustering factor other than 1, minor below 3).
 */
struct hive_edit *hive_edit_open(const struct hive *h, struct err *err);
void hive_edit_close(struct hive_edit *e); /* accepts NULL */

/* The edited bytes, walkable like any hive; stays valid until close. */
const struct hive *hive_edit_view(const struct hive_edit *e);

/*
 * Set an existing value.
 *
 *   key_path  from the root, "ControlSet001\\Services\\msahci"
 *   name      value name, "" for the default value
 *   type      enum reg_type
 *   data      new data; inline stays inline (<= 4 bytes), a data cell may only keep or shrink
 *             its length
 *   when      FILETIME for the key's last-written time
 *
 * Setting what is already there changes nothing, the key time included.
 * 0, or -1 with err: E_NOTFOUND, E_UNSUPPORTED (needs a new cell; a key that may not be edited:
 * symbolic link, predefined handle, tombstone), E_CORRUPT.
 */
int hive_edit_set(struct hive_edit *e, const char *key_path, const char *name, uint32_t type,
		  struct span data, uint64_t when, struct err *err);

/*
 * Leave the hive as Windows leaves it after a flush: both sequence numbers one higher and equal,
 * the base block's time where this hive's writer keeps one (and its copy in the first bin), the
 * checksum. Call once, after the last edit; does nothing when no edit changed a byte, or when the
 * hive is dirty.
 *   when  FILETIME
 */
void hive_edit_finish(struct hive_edit *e, uint64_t when);

#endif
