/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the whole-hive check on any bytes that open as a hive, and its report compared with
 * itself.
 */
#include "stop7b/hive_check.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hive h;
	struct hive_report r;
	struct arena *arena = arena_new();
	if (arena && hive_open(&h, (struct span){data, size}, NULL) == 0 &&
	    hive_check(&h, arena, &r, NULL) == 0 &&
	    (r.keys > hive_keys_max(&h) || r.values > hive_values_max(&h) ||
	     hive_check_no_worse(&r, &r, NULL)))
		abort();
	arena_free(arena);
	return 0;
}
