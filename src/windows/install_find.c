/* SPDX-License-Identifier: MIT */
/*
 * Where on a volume does Windows live? Wherever a top-level directory holds
 * System32\config\SYSTEM, whatever that directory is called; below Windows.old, one level deeper.
 *
 * Only the place is found here. Whether the file is a hive, is empty or is something else is for
 * the caller to say: an installation with a broken SYSTEM must be found to be reported.
 */
#include "install_internal.h"

#include <string.h>

#define OLD_DIRECTORY "Windows.old"
/* Installations on one volume; more means that somebody is playing. */
#define PLACES_MAX 64u

struct search {
	struct ntfs *vol;
	struct arena *arena;
	struct install_place *places;
	size_t n, cap;
};

/* Does root hold a SYSTEM file? 1, 0, or -1 with err when the volume could not tell. */
static int holds_system(struct search *s, const char *path, struct err *err)
{
	struct err why = {0};
	struct ntfs_entry entry;
	struct ntfs_file *f = ntfs_file_open(s->vol, path, &why);
	if (!f)
		return why.code == E_NOTFOUND
			       ? 0
			       : err_set(err, why.code, "%s: %s", path, ERR_ARG(&why));
	int rc = ntfs_file_stat(f, s->arena, &entry, err);
	ntfs_file_close(f);
	if (rc < 0)
		return -1;
	return entry.directory ? 0 : 1;
}

static int look_at(struct search *s, const char *parent, const char *name, bool old,
		   struct err *err)
{
	char *root = arena_printf(s->arena, "%s\\%s", parent, name);
	char *path = root ? arena_printf(s->arena, "%s%s", root, HIVE_BELOW_ROOT) : NULL;
	if (!path)
		return err_set(err, E_MEMORY, "no memory for a path");
	int found = holds_system(s, path, err);
	if (found <= 0)
		return found;
	s->places = list_grow(s->arena, s->places, s->n, &s->cap, sizeof(*s->places), err);
	if (!s->places)
		return -1;
	s->places[s->n++] = (struct install_place){root, path, old};
	return 0;
}

/*
 * Windows never makes a directory whose name has to be escaped for showing, and a junction would
 * only lead to a place that is found anyway.
 */
static bool is_candidate(const struct ntfs_entry *e)
{
	return e->directory && !e->reparse && e->name[0] != '$' && !strcmp(e->name, e->raw_name);
}

/* A single directory that cannot be read is no reason to miss the others: the first error waits. */
static int search_directory(struct search *s, const char *parent, bool old, struct err *err)
{
	struct ntfs_entry *entries;
	size_t n;
	struct ntfs_file *dir = ntfs_file_open(s->vol, parent, err);
	if (!dir)
		return -1;
	int rc = ntfs_file_list(dir, s->arena, &entries, &n, err);
	ntfs_file_close(dir);
	if (rc < 0)
		return -1;
	for (size_t i = 0; i < n && s->n < PLACES_MAX; i++) {
		if (!is_candidate(&entries[i]))
			continue;
		if (!old && text_equal(entries[i].name, OLD_DIRECTORY))
			rc |= search_directory(s, "\\" OLD_DIRECTORY, true, err);
		else
			rc |= look_at(s, parent, entries[i].name, old, err);
	}
	return rc;
}

int install_find(struct ntfs *vol, struct arena *arena, struct install_place **out, size_t *n,
		 struct err *err)
{
	struct search s = {.vol = vol, .arena = arena};
	struct err why = {0};
	int rc = search_directory(&s, "", false, &why);
	*out = s.places;
	*n = s.n;
	if (rc < 0 && s.n == 0)
		return err_pass(err, &why);
	return 0;
}
