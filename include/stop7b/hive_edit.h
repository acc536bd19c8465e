/* SPDX-License-Identifier: MIT */
/*
 * Edits on a copy of a hive, inside the bytes its file already owns.
 *
 * Values are set, created and deleted, keys created and deleted with all that is below them. A
 * value that fits where it is stays there and nothing moves; otherwise cells are taken from the
 * hive's free space, or from new bins in what the file has behind its last bin. The copy never
 * gets longer.
 *
 * Every call does its whole work or leaves the copy as it was. The same calls on the same hive
 * give the same bytes. The copy can be walked at any time through hive_edit_view(); keys and
 * values taken from it are good until the next call that edits. A damaged hive is never a danger
 * to the program, but records that share a cell are changed together: check the hive first.
 *
 * Key paths go from the root, "ControlSet001\\Services\\msahci"; names are compared without case.
 * when is the FILETIME that changed keys get. Errors name the path; besides those below every call
 * can give E_CORRUPT (records that break their rules) and E_MEMORY.
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
/* Would it be refused? 0, or -1 with E_GUARD as above. */
int hive_edit_allowed(const struct hive *h, struct err *err);
void hive_edit_close(struct hive_edit *e); /* accepts NULL */

/* The edited bytes, walkable like any hive; stays valid until close. */
const struct hive *hive_edit_view(const struct hive_edit *e);

/*
 * Allow new bins only in the first `bytes` of the hive file: those that its clusters hold and NTFS
 * calls valid. Without this call all bytes of the hive that was opened may be used.
 */
void hive_edit_limit(struct hive_edit *e, uint64_t bytes);

/*
 * The hive's logs carry numbers up to this one (hive_log_leftovers()): hive_edit_finish() will go
 * above it.
 */
void hive_edit_above(struct hive_edit *e, uint32_t sequence);

/*
 * How Windows makes upper case on the volume that the hive lies on: the content of its $UpCase, 65536
 * units in order; borrowed. Without this call new keys have only letters whose capitals are the
 * same everywhere.
 */
void hive_edit_upcase(struct hive_edit *e, struct span table);

/*
 * Set a value, and create it when the key has none of that name.
 *
 *   name      value name, "" for the default value; a new one has at most 16383
 *             units of UTF-16
 *   type      enum reg_type, or any other number
 *   data      new data of any length; data that fits the value's own storage goes there
 *
 * Setting what is already there changes nothing, the key time included.
 * 0, or -1 with err: E_NOTFOUND (no such key), E_UNSUPPORTED (no room; more than 16344 bytes before
 * version 1.4; a new name that is not UTF-8 or too long; a key that may not be edited: symbolic link,
 * predefined handle, tombstone).
 */
int hive_edit_set(struct hive_edit *e, const char *key_path, const char *name, uint32_t type,
		  struct span data, uint64_t when, struct err *err);

/* Delete a value. 0, or -1 with err: E_NOTFOUND (key or value), E_UNSUPPORTED as above. */
int hive_edit_delete_value(struct hive_edit *e, const char *key_path, const char *name,
			   uint64_t when, struct err *err);

/*
 * Create a key and every key above it that is missing. New keys share the security descriptor of
 * their parent and have no class. 1 when a key was created, 0 when all were there, or -1 with err:
 * E_UNSUPPORTED (no room; a name that is not UTF-8, longer than 255 units of UTF-16, or with letters whose
 * capitals are not known; 512
 * keys deep; a parent that may not be edited).
 */
int hive_edit_create_key(struct hive_edit *e, const char *key_path, uint64_t when, struct err *err);

/*
 * Delete a key and all below it. A symbolic link below it is deleted like any key, without what it
 * points at. 0, or -1 with err: E_NOTFOUND; E_UNSUPPORTED (the root; a key marked "no delete"; a
 * symbolic link as key_path; a predefined handle or tombstone anywhere in the tree).
 */
int hive_edit_delete_key(struct hive_edit *e, const char *key_path, uint64_t when, struct err *err);

/* The copy is to lie in the place of another hive: hive_edit_finish() has work, edited or not. */
void hive_edit_replaces(struct hive_edit *e);

/*
 * Leave the hive as Windows leaves it after a flush: both sequence numbers equal, and one above
 * the greatest of the hive's own and of what hive_edit_above() said,
 * the base block's time where this hive's writer keeps one (and its copy in the first bin), the
 * checksum. Call once, after the last edit; does nothing when no edit changed a byte, or when the
 * hive is dirty.
 *   when  FILETIME
 */
void hive_edit_finish(struct hive_edit *e, uint64_t when);

#endif
