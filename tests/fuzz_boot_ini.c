/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as a boot.ini. What is shown of it can be shown.
 */
#include "src/bootmenu/boot_ini.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct boot_ini_entry *e)
{
	const char *folder = e->path.folder;
	for (const char *p = e->shown; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			abort();
	if (folder && folder[0] != '\\')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct boot_ini ini;
	if (arena && boot_ini_read((struct span){data, size}, arena, &ini, NULL) == 0) {
		if (ini.n > BOOT_INI_ENTRIES_MAX)
			abort();
		for (size_t i = 0; i < ini.n; i++)
			check_entry(&ini.items[i]);
		if (ini.chosen)
			check_entry(ini.chosen);
	}
	arena_free(arena);
	return 0;
}
