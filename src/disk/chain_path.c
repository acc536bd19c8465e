/* SPDX-License-Identifier: MIT */
/*
 * Windows names of parents, as they are found on this side: UTF-16 with backslashes and drives,
 * compared without case by Windows, to a path of this system. What such a path leads to is not
 * judged here; the caller compares identifiers.
 *
 * A relative name is followed as it is written. An absolute one names a place on a machine that
 * is not this one, so only its last part counts. Parts with characters that no disk file's name
 * has (control characters, lone surrogates) make a name useless. Case is folded for ASCII only.
 */
#include "chain.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES_MAX 65536 /* of a folder that is searched for a name without case */

static uint16_t unit(const struct chain_name *name, uint64_t i)
{
	return name->big_endian ? be16(name->text, 2 * i) : le16(name->text, 2 * i);
}

static char *text_of(const struct chain_name *name, uint64_t first, uint64_t n, struct arena *arena)
{
	struct span s = span_sub(name->text, 2 * first, 2 * n);
	return name->big_endian ? text_utf16be(arena, s) : text_utf16le(arena, s);
}

static bool is_separator(uint16_t c)
{
	return c == '\\' || c == '/';
}

/* Units before the NUL or the end. */
static uint64_t length(const struct chain_name *name)
{
	uint64_t n = 0;
	while (n < name->text.len / 2 && unit(name, n) != 0)
		n++;
	return n;
}

const char *chain_name_words(const struct chain_name *name, struct arena *arena)
{
	return text_of(name, 0, length(name), arena);
}

/* Units of the part that starts at `first`. */
static uint64_t part_length(const struct chain_name *name, uint64_t first, uint64_t end)
{
	uint64_t n = 0;
	while (first + n < end && !is_separator(unit(name, first + n)))
		n++;
	return n;
}

/* An escaped character left a backslash, which no part can have. */
static bool is_usable(const char *part)
{
	return part && part[0] && strlen(part) <= NAME_MAX && !strpbrk(part, "\\/");
}

const char *chain_name_last(const struct chain_name *name, struct arena *arena)
{
	uint64_t end = length(name), first = end;
	while (first > 0 && !is_separator(unit(name, first - 1)) && unit(name, first - 1) != ':')
		first--;
	const char *part = text_of(name, first, end - first, arena);
	bool file = is_usable(part) && strcmp(part, ".") != 0 && strcmp(part, "..") != 0;
	return file ? part : NULL;
}

const char *chain_folder(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return arena_strdup(arena, ".");
	if (slash == path)
		return arena_strdup(arena, "/");
	return arena_printf(arena, "%.*s", (int)(slash - path), path);
}

static const char *join(const char *dir, const char *part, struct arena *arena)
{
	const char *slash = strcmp(dir, "/") == 0 ? "" : "/";
	return arena_printf(arena, "%s%s%s", dir, slash, part);
}

/* The entry of dir that equals part without case, the first by its bytes; else part itself. */
static const char *spelled(const char *dir, const char *part, struct arena *arena)
{
	char best[NAME_MAX + 1] = "";
	DIR *d = opendir(dir);
	const struct dirent *e;
	for (unsigned n = 0; d && n < ENTRIES_MAX && (e = readdir(d)); n++)
		if (text_casecmp(e->d_name, part) == 0 && strlen(e->d_name) < sizeof(best) &&
		    (!best[0] || strcmp(e->d_name, best) < 0))
			memcpy(best, e->d_name, strlen(e->d_name) + 1);
	if (d)
		closedir(d);
	return best[0] ? arena_strdup(arena, best) : part;
}

static const char *enter(const char *dir, const char *part, struct arena *arena)
{
	const char *path = join(dir, part, arena);
	if (!path || access(path, F_OK) == 0)
		return path;
	const char *other = spelled(dir, part, arena);
	return other ? join(dir, other, arena) : NULL;
}

static bool is_absolute(const struct chain_name *name, uint64_t end)
{
	return (end > 0 && is_separator(unit(name, 0))) || (end > 1 && unit(name, 1) == ':');
}

static const char *follow(const struct chain_name *name, uint64_t end, const char *dir,
			  struct arena *arena)
{
	const char *path = dir;
	for (uint64_t first = 0, n; path && first < end; first += n + 1) {
		n = part_length(name, first, end);
		const char *part = text_of(name, first, n, arena);
		if (n == 0 || (part && strcmp(part, ".") == 0))
			continue;
		if (!is_usable(part) || strlen(path) + strlen(part) + 2 > PATH_MAX)
			return NULL;
		path = enter(path, part, arena);
	}
	return path;
}

const char *chain_name_path(const struct chain_name *name, const char *dir, struct arena *arena)
{
	uint64_t end = length(name);
	const char *last = chain_name_last(name, arena);
	if (!last || strlen(dir) + strlen(last) + 2 > PATH_MAX)
		return NULL;
	if (name->relative && !is_absolute(name, end))
		return follow(name, end, dir, arena);
	return enter(dir, last, arena);
}
