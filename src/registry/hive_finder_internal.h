/* SPDX-License-Identifier: MIT */
/*
 * Inside registry/: a finder whose hive is edited, and what the editor owes it.
 */
#ifndef STOP7B_HIVE_FINDER_INTERNAL_H
#define STOP7B_HIVE_FINDER_INTERNAL_H

#include "hive_internal.h"
#include "stop7b/hive_finder.h"

/* child was put below parent. */
void key_finder_added(struct key_finder *f, struct key parent, struct key child);
/* child was taken from below parent. */
void key_finder_gone(struct key_finder *f, uint32_t parent, struct key child);
/* k goes, and its subkeys with it. */
void key_finder_deleted(struct key_finder *f, struct key k);

#endif
