/* SPDX-License-Identifier: MIT */
/*
 * Where a file comes from and where it goes. In its package: the folder of its disk, its own folder,
 * its name; of the lines for all architectures and for this one the latter counts, and no folder
 * leads out of the package. In Windows: the directory that a ServiceBinary begins with.
 * Source: "INF SourceDisksFiles Section", "INF SourceDisksNames Section", Microsoft Learn.
 */
#include "inf.h"

#include <string.h>

/* A line of SourceDisksFiles or SourceDisksNames. NULL when there is none; err tells of memory. */
static const struct inf_line *disk_line(const struct inf *inf, const struct inf_windows *w,
					const char *section, const char *key, struct arena *arena,
					struct err *err)
{
	const char *own = inf_architecture(w->architecture);
	const char *special = arena_printf(arena, "%s.%s", section, own ? own : "");
	size_t at = 0;
	if (!special)
		return err_null(err, E_MEMORY, "no memory for a section's name");
	const struct inf_line *line = inf_next(inf_section(inf, special), key, &at);
	at = 0;
	return line ? line : inf_next(inf_section(inf, section), key, &at);
}

/* Folders in front of *path, '/' between them; *path NULL when one of them leads out. */
static int put_folders(const char *folders, struct arena *arena, const char **path, struct err *err)
{
	char *copy = arena_strdup(arena, folders), *rest = NULL;
	const char *made = "";
	for (char *f = copy ? strtok_r(copy, "\\/", &rest) : NULL; f && made;
	     f = strtok_r(NULL, "\\/", &rest)) {
		bool plain = inf_plain_name(f);
		if (!plain && strcmp(f, ".") != 0) {
			*path = NULL;
			return 0;
		}
		made = plain ? arena_printf(arena, "%s%s/", made, f) : made;
	}
	*path = copy && made ? arena_printf(arena, "%s%s", made, *path) : NULL;
	return *path ? 0 : no_memory(err);
}

int inf_source(const struct inf *inf, const struct inf_windows *w, const char *name,
	       struct arena *arena, const char **out, struct err *err)
{
	struct err failed = {0};
	const struct inf_line *file = disk_line(inf, w, "SourceDisksFiles", name, arena, &failed);
	const struct inf_line *disk = file ? disk_line(inf, w, "SourceDisksNames",
						       inf_field(file, 0), arena, &failed)
					   : NULL;
	*out = name;
	if (failed.code != E_OK)
		return err_pass(err, &failed);
	if (put_folders(file ? inf_field(file, 1) : "", arena, out, err) < 0)
		return -1;
	return *out ? put_folders(disk ? inf_field(disk, 3) : "", arena, out, err) : 0;
}

bool inf_binary(const char *binary, unsigned *dirid, const char **file)
{
	static const struct {
		const char *prefix;
		unsigned dirid;
	} places[] = {
		{"%12%\\", DIR_DRIVERS},
		{"%11%\\drivers\\", DIR_DRIVERS},
		{"%10%\\System32\\drivers\\", DIR_DRIVERS},
		{"%13%\\", DIR_STORE},
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t len = strlen(places[i].prefix);
		if (strncasecmp(binary, places[i].prefix, len) != 0)
			continue;
		*dirid = places[i].dirid;
		*file = binary + len;
		return inf_plain_name(*file);
	}
	return false;
}
