/* SPDX-License-Identifier: MIT */
/*
 * What undo records are called. The name is made of the image's name, so that people see what
 * belongs to what; in a folder of many images' records also of its path. A name too long for a file
 * is its hash alone. Nothing here looks at a disk.
 */
#include <string.h>

#include "apply_internal.h"

#define HASH_DIGITS  16u  /* of a path, beside the name */
#define ALONE_DIGITS 32u  /* where they are the whole name */
#define NAME_LEN_MAX 255u /* bytes of a file name on Linux' own file systems */
#define TAIL_LEN     8u   /* ".999" and ".new" behind the suffix */

static void hash_digits(const char *text, char digits[2 * SHA256_LEN + 1])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t hash[SHA256_LEN];
	sha256_of((struct span){(const uint8_t *)text, strlen(text)}, hash);
	for (unsigned i = 0; i < SHA256_LEN; i++) {
		digits[2 * i] = hex[hash[i] >> 4];
		digits[2 * i + 1] = hex[hash[i] & 15];
	}
	digits[2 * SHA256_LEN] = '\0';
}

const char *path_leaf(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

char *path_folder(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return arena_strdup(arena, ".");
	return arena_printf(arena, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* The name in front of the suffix. */
static char *stem_of(const char *real_path, bool in_dir, struct arena *arena)
{
	char digits[2 * SHA256_LEN + 1];
	const char *leaf = path_leaf(real_path);
	hash_digits(in_dir ? real_path : leaf, digits);
	char *stem = in_dir ? arena_printf(arena, "%s-%.*s", leaf, (int)HASH_DIGITS, digits)
			    : arena_strdup(arena, leaf);
	if (!stem || strlen(stem) + strlen(UNDO_SUFFIX) + TAIL_LEN <= NAME_LEN_MAX)
		return stem;
	return arena_printf(arena, "%.*s", (int)ALONE_DIGITS, digits);
}

char *undo_path(const char *real_path, const char *undo_dir, unsigned n, struct arena *arena)
{
	const char *folder = undo_dir ? undo_dir : path_folder(real_path, arena);
	const char *stem = stem_of(real_path, undo_dir != NULL, arena);
	if (!folder || !stem)
		return NULL;
	bool bare = !undo_dir && !strchr(real_path, '/');
	const char *between = bare || strcmp(folder, "/") == 0 ? "" : "/";
	char *path = arena_printf(arena, "%s%s%s" UNDO_SUFFIX, bare ? "" : folder, between, stem);
	return path ? record_numbered(path, n, arena) : NULL;
}

char *record_numbered(const char *first, unsigned n, struct arena *arena)
{
	return n > 0 ? arena_printf(arena, "%s.%u", first, n) : arena_strdup(arena, first);
}
