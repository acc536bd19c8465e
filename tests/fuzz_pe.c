/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as a driver file, headers, imports and exports.
 */
#include <stdlib.h>
#include <string.h>

#include "stop7b/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that was handed out is read once, and the file asked for what it imports itself. */
static void use(const struct pe *pe)
{
	size_t text = 0;
	for (size_t i = 0; i < pe->n_imports; i++) {
		text += strlen(pe->imports[i].dll);
		for (size_t k = 0; k < pe->imports[i].n; k++)
			text += pe_exports(pe, &pe->imports[i].symbols[k]);
	}
	for (size_t i = 0; i < pe->n_exports; i++)
		text += strlen(pe->exports[i]);
	if (text > 2 * (size_t)PE_TEXT_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct pe pe;
	if (arena && pe_read((struct span){data, size}, arena, &pe, NULL) == 0)
		use(&pe);
	if (arena && pe_read_head((struct span){data, size < PE_HEAD ? size : PE_HEAD}, size, &pe,
				  NULL) == 0)
		pe_unfit(&pe, "x64", arena, NULL);
	arena_free(arena);
	return 0;
}
