/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as a boot store, and the same bytes as one device element.
 */
#include "stop7b/bcd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_device(struct span raw)
{
	struct arena *arena = arena_new();
	struct bcd_device d;
	if (!arena)
		return;
	if (bcd_device_decode(raw, arena, &d, NULL) == 0) {
		bcd_device_text(&d, arena);
		bcd_device_vhd(&d);
	}
	arena_free(arena);
}

static void read_store(struct span raw)
{
	struct arena *arena = arena_new();
	struct bcd_store store;
	struct hive h;
	char *text;
	if (arena && hive_open(&h, raw, NULL) == 0 && bcd_read(&h, arena, &store, NULL) == 0) {
		bcd_print(&store, arena, &text, NULL);
		for (size_t i = 0; i < store.n && i < 16; i++)
			bcd_inherited(&store, &store.objects[i], BCD_SAFE_BOOT);
	}
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_device((struct span){data, size});
	read_store((struct span){data, size});
	return 0;
}
