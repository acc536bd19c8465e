/* SPDX-License-Identifier: MIT */
/* Paths of virtual disks as boot stores and people write them, for bcd_match.c. */
#ifndef STOP7B_BCD_PATH_H
#define STOP7B_BCD_PATH_H

#include "stop7b/bytes.h"

/*
 * The part of a path that a store holds, as UTF-16: without "vhd=", "[...]", "\\?\" and drive
 * letter. 0, or -1 with err as text_to_utf16le().
 */
int bcd_path_take(const char *text, struct arena *arena, struct span *out, struct err *err);
/* Same path, same last name: without case, any number of '\' or '/' between names. */
bool bcd_path_equal(struct span a, struct span b);
bool bcd_path_same_name(struct span a, struct span b);

#endif
