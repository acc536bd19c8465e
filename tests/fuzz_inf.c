/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as an .inf file: its sections, the models for two Windows, and what each of
 * them installs.
 */
#include <stdlib.h>
#include <string.h>

#include "src/windows/package_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct install windows[] = {
	{.root = "\\Windows", .release = WIN_10, .build = 19041, .architecture = "x64"},
	{.root = "\\Windows", .release = WIN_7, .architecture = "x86"},
};

/* A package that fits names what is written into the registry: all of it must be plain. */
static void use(const struct package *p)
{
	if (!p->fits)
		return;
	if (!inf_plain_name(p->service) || !inf_plain_name(p->file) || strstr(p->raw_file, "..") ||
	    !p->n_targets)
		abort();
	for (size_t i = 0; i < p->n_ids; i++)
		if (!inf_plain_name(p->ids[i].configuration))
			abort();
}

static void match(const struct install *inst, const struct inf *inf)
{
	const struct package_request request = {.inst = inst};
	const struct package from = {.raw_path = "x/viostor.inf", .inf = "viostor.inf"};
	struct arena *arena = arena_new();
	struct package_list list = {0};
	struct package_windows w;
	if (arena && package_windows_of(&request, &w, NULL) == 0 &&
	    package_match(&w, inf, &from, arena, &list, NULL) == 0)
		for (size_t i = 0; i < list.n; i++)
			use(&list.items[i]);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct inf inf;
	if (arena && inf_read((struct span){data, size}, arena, &inf, NULL) == 0)
		for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
			match(&windows[i], &inf);
	arena_free(arena);
	return 0;
}
