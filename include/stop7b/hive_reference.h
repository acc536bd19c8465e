/* SPDX-License-Identifier: MIT */
/*
 * The second opinion on a hive: libregf on the same bytes.
 */
#ifndef STOP7B_HIVE_REFERENCE_H
#define STOP7B_HIVE_REFERENCE_H

#include "stop7b/hive_touched.h"

struct hive_reference;

/* Open bytes (borrowed) with libregf. NULL with err E_CORRUPT when libregf refuses them. */
struct hive_reference *hive_reference_open(struct span bytes, struct err *err);
void hive_reference_close(struct hive_reference *r); /* accepts NULL */

/* A REG_DWORD by key path and value name. 0; -1 with E_NOTFOUND or E_CORRUPT. */
int hive_reference_u32(struct hive_reference *r, const char *key_path, const char *name,
		       uint32_t *out, struct err *err);

struct hive_tally {
	uint64_t keys, values, bytes; /* compared */
	uint64_t skipped; /* keys and values that libregf does not open, by their names */
};

/*
 * Compare the tree as libregf reads it with the same tree as our walker reads it: names, last-written
 * times, values' names, types and data.
 *   only  keys of h: their values are compared, and the names and times of the keys in them. NULL: all
 * 0 with *tally filled when equal; -1 with E_CORRUPT naming the first key or value that differs.
 */
int hive_reference_compare(struct hive_reference *r, const struct hive *h,
			   const struct hive_touched *only, struct hive_tally *tally,
			   struct err *err);

#endif
