/* SPDX-License-Identifier: MIT */
/*
 * Where Windows' loader looks for a driver's file.
 *
 * Relative paths and \SystemRoot\ start at the system root, %SystemRoot% likewise, \??\ and drive
 * letters name a volume, and no path means drivers\<service>.sys. Quotes, arguments behind the
 * file and "." or ".." inside the path are taken away; a path that climbs out of the volume, or
 * begins with anything else, is out of sight. Only text as it is stored is taken apart: the
 * backslash of an escaped character would be one of the path.
 * Source: doc/FORMATS/driver-files.md, "Where the file is".
 */
#include "install_internal.h"

#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SUFFIX   ".sys"

const char *path_behind(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);
	return strncasecmp(path, prefix, len) == 0 ? path + len : NULL;
}

/* ---- what is in the way of a path ---- */

/* The path without quotes around it and without what follows its ".sys". */
static char *bare_path(const char *image_path, struct arena *arena)
{
	while (*image_path == ' ' || *image_path == '"')
		image_path++;
	char *path = arena_strdup(arena, image_path);
	for (char *p = path; p && *p; p++) {
		const char *end = path_behind(p, SUFFIX);
		if (*p == '"' || (end && (*end == ' ' || *end == '"'))) {
			p[*p == '"' ? 0 : strlen(SUFFIX)] = '\0';
			break;
		}
	}
	return path;
}

/*
 * Take "." and ".." out of an absolute path, in place. NULL when it climbs above its volume, or
 * names the volume itself.
 */
static char *without_dots(char *path)
{
	char *to = path;
	for (const char *p = path; p && *p;) {
		size_t len = strcspn(p + 1, "\\");
		bool dot = len == 1 && p[1] == '.', up = len == 2 && p[1] == '.' && p[2] == '.';
		if (up && to == path)
			return NULL;
		while (up && *--to != '\\')
			;
		if (!dot && !up && len > 0) {
			memmove(to, p, len + 1);
			to += len + 1;
		}
		p += len + 1;
	}
	if (to == path)
		return NULL;
	*to = '\0';
	return path;
}

/* ---- where it begins ---- */

/*
 * A path with a drive letter. Which volume a letter names is not stored in a form that survives a
 * move; C:, and any letter in front of the system root, is taken for the Windows volume.
 */
static char *behind_letter(const char *path, const char *root, struct arena *arena)
{
	if (!path[0] || path[1] != ':' || path[2] != '\\')
		return NULL;
	const char *rest = path_behind(path + 2, root);
	if ((rest && *rest == '\\') || path[0] == 'C' || path[0] == 'c')
		return arena_strdup(arena, path + 2);
	return NULL;
}

/* From the volume's root, dots and all. */
static char *from_volume(const char *path, const char *root, struct arena *arena)
{
	static const char *const from_root[] = {"\\SystemRoot\\", "%SystemRoot%\\", "%windir%\\"};
	for (size_t i = 0; i < COUNT(from_root); i++) {
		const char *rest = path_behind(path, from_root[i]);
		if (rest)
			return arena_printf(arena, "%s\\%s", root, rest);
	}
	const char *drive = path_behind(path, "%SystemDrive%\\");
	if (drive)
		return arena_printf(arena, "\\%s", drive);
	const char *device = path_behind(path, "\\??\\");
	if (device || (path[0] && path[1] == ':'))
		return behind_letter(device ? device : path, root, arena);
	if (!path[0] || path[0] == '\\' || path[0] == '%')
		return NULL;
	return arena_printf(arena, "%s\\%s", root, path);
}

char *image_path_resolve(const char *image_path, const char *service, const char *root,
			 struct arena *arena)
{
	if (!image_path || !*image_path)
		return arena_printf(arena, "%s\\System32\\drivers\\%s.sys", root, service);
	char *bare = bare_path(image_path, arena);
	return bare ? without_dots(from_volume(bare, root, arena)) : NULL;
}

const char *stored_image_path(const struct service *s)
{
	return s->raw_image_path ? s->raw_image_path : s->image_path;
}

char *service_path(const struct service *s, const char *root, struct arena *arena)
{
	return image_path_resolve(stored_image_path(s), s->raw_name ? s->raw_name : s->name, root,
				  arena);
}

const char *driver_file_raw(const struct driver_file *f)
{
	return f->raw_path ? f->raw_path : f->path;
}

const char *driver_file_name(const struct driver_file *f, struct arena *arena)
{
	const char *path = driver_file_raw(f), *slash = path ? strrchr(path, '\\') : NULL;
	return slash ? text_utf8(arena, slash + 1) : path;
}
