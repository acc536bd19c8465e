/* SPDX-License-Identifier: MIT */
/*
 * Which files may be undo records of an image. Records that share a name are numbered, the newest
 * without a number, then .1, .2, ...; gaps in the numbers (from a crash while they were pushed, and
 * from every undo) are passed over. A folder is read once for each such name, because there may be
 * many gaps; one that may be entered but not listed is asked name by name.
 *
 * Strays are found by name too: "X.stop7b-undo" where X is not there any more. A record is only opened
 * when its content is asked for, by record_load().
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "apply_internal.h"
#include "stop7b/list.h"

#define CHAINS_MAX  4u  /* --undo-dir, mark, image's folder */
#define STRAYS_MAX  64u /* names; a folder that holds more of them is no place for disks */
#define FOLDERS_MAX CHAINS_MAX

struct finding_records {
	const struct record_where *where;
	struct arena *arena;
	struct record_list *out;
	const char *chains[CHAINS_MAX + STRAYS_MAX]; /* path of each one's newest record */
	size_t n_chains;
	const char *folders[FOLDERS_MAX]; /* they lie in */
	size_t n_folders;
	const char *marked; /* the mark that must not be taken for a record, or NULL */
};

static bool exists(const char *path)
{
	struct stat st;
	return path && lstat(path, &st) == 0;
}

/* ---- numbers ---- */

/* The number of a record whose name begins with leaf: "" 0, ".7" 7; RECORDS_MAX for others. */
static unsigned number_of(const char *name, const char *leaf)
{
	size_t len = strlen(leaf);
	if (strncmp(name, leaf, len) != 0)
		return RECORDS_MAX;
	if (!name[len])
		return 0;
	const char *p = name + len + 1;
	unsigned n = 0;
	if (name[len] != '.' || *p < '1' || *p > '9')
		return RECORDS_MAX;
	for (; *p >= '0' && *p <= '9' && n < RECORDS_MAX; p++)
		n = n * 10 + (unsigned)(*p - '0');
	return *p || n > RECORDS_MAX ? RECORDS_MAX : n;
}

static void list_numbers(const char *first, struct arena *arena, bool have[RECORDS_MAX])
{
	const char *folder = path_folder(first, arena);
	DIR *dir = folder ? opendir(folder) : NULL;
	for (unsigned i = 0; !dir && i < RECORDS_MAX; i++)
		have[i] = exists(record_numbered(first, i, arena));
	for (const struct dirent *e; dir && (e = readdir(dir));) {
		unsigned i = number_of(e->d_name, path_leaf(first));
		if (i < RECORDS_MAX)
			have[i] = true;
	}
	if (dir)
		closedir(dir);
}

bool record_any(const char *first, struct arena *arena)
{
	bool have[RECORDS_MAX] = {false};
	list_numbers(first, arena, have);
	for (unsigned i = 0; i < RECORDS_MAX; i++)
		if (have[i])
			return true;
	return false;
}

/* ---- chains: records of one name ---- */

static bool known_chain(const struct finding_records *f, const char *first)
{
	for (size_t i = 0; i < f->n_chains; i++)
		if (strcmp(f->chains[i], first) == 0)
			return true;
	return false;
}

static int add_record(struct finding_records *f, const char *path, bool newest, bool stray,
		      struct err *err)
{
	struct record_list *out = f->out;
	struct record_at *items = list_grow(f->arena, out->items, out->n, &out->cap, sizeof(*items),
					    err);
	if (!items || !path)
		return path ? -1 : no_memory(err);
	out->items = items;
	out->items[out->n++] = (struct record_at){path, newest, stray};
	return 0;
}

static int add_chain(struct finding_records *f, const char *first, bool stray, struct err *err)
{
	bool have[RECORDS_MAX] = {false}, newest = true;
	if (!first)
		return no_memory(err);
	if (known_chain(f, first) || f->n_chains == CHAINS_MAX + STRAYS_MAX)
		return 0;
	f->chains[f->n_chains++] = first;
	list_numbers(first, f->arena, have);
	if (f->marked && strcmp(first, f->marked) == 0)
		have[0] = false;
	for (unsigned i = 0; i < RECORDS_MAX; i++) {
		if (!have[i])
			continue;
		const char *path = record_numbered(first, i, f->arena);
		if (add_record(f, path, newest, stray, err) < 0)
			return -1;
		newest = false;
	}
	return 0;
}

static void add_folder(struct finding_records *f, const char *folder)
{
	for (size_t i = 0; i < f->n_folders; i++)
		if (strcmp(f->folders[i], folder) == 0)
			return;
	if (folder && f->n_folders < FOLDERS_MAX)
		f->folders[f->n_folders++] = folder;
}

/* ---- the image's own ---- */

static int add_marked(struct finding_records *f, const char *beside, struct err *err)
{
	struct record_mark mark;
	if (!mark_read(beside, f->where->real_path, f->arena, &mark))
		return 0;
	f->marked = beside;
	if (mark.folder) {
		add_folder(f, mark.folder);
		return add_chain(f, mark.first, false, err);
	}
	if (!f->where->undo_dir)
		err_set(&f->out->unread, E_OPEN,
			"the undo records of this image are kept in %s, which is not there (%s "
			"says so); mount it, or name it with --undo-dir",
			mark.named, beside);
	return 0;
}

static int add_own(struct finding_records *f, struct err *err)
{
	const struct record_where *w = f->where;
	const char *beside = undo_path(w->real_path, NULL, 0, f->arena);
	const char *folder = path_folder(w->real_path, f->arena);
	if (!beside || !folder)
		return no_memory(err);
	if (w->undo_dir) {
		add_folder(f, w->undo_dir);
		if (add_chain(f, undo_path(w->real_path, w->undo_dir, 0, f->arena), false, err) < 0)
			return -1;
	}
	add_folder(f, folder);
	return add_marked(f, beside, err) < 0 ? -1 : add_chain(f, beside, false, err);
}

/* ---- strays ---- */

/* "X.stop7b-undo" or "X.stop7b-undo.7": the name without number, NULL for other names. */
static char *first_of(const char *folder, const char *name, struct arena *arena)
{
	const char *suffix = strstr(name, UNDO_SUFFIX);
	for (const char *next = suffix; next; next = strstr(next + 1, UNDO_SUFFIX))
		suffix = next;
	if (!suffix || suffix == name || number_of(suffix, UNDO_SUFFIX) == RECORDS_MAX)
		return NULL;
	return arena_printf(arena, "%s/%.*s", folder,
			    (int)(suffix - name + (ptrdiff_t)strlen(UNDO_SUFFIX)), name);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A stray mark leads to stray records. Another name of the same file (a hard link) is no stray. */
static int add_stray(struct finding_records *f, const char *first, struct err *err)
{
	struct record_mark mark;
	const char *disk = arena_printf(f->arena, "%.*s",
					(int)(strlen(first) - strlen(UNDO_SUFFIX)), first);
	bool there = exists(disk), ours = there && same_file(disk, f->where->real_path);
	if (known_chain(f, first) || (there && !ours))
		return 0;
	if (mark_read(first, f->where->real_path, f->arena, &mark))
		return mark.folder ? add_chain(f, mark.first, !ours, err) : 0;
	return add_chain(f, first, !ours, err);
}

static int add_strays(struct finding_records *f, const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	int rc = 0;
	for (const struct dirent *e; rc == 0 && dir && (e = readdir(dir));) {
		const char *first = first_of(folder, e->d_name, f->arena);
		rc = first ? add_stray(f, first, err) : 0;
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* ---- all of it ---- */

static int find(const struct record_where *where, bool strays, struct arena *arena,
		struct record_list *out, struct err *err)
{
	*out = (struct record_list){0};
	struct finding_records f = {.where = where, .arena = arena, .out = out};
	if (add_own(&f, err) < 0)
		return -1;
	for (size_t i = 0; strays && i < f.n_folders; i++)
		if (add_strays(&f, f.folders[i], err) < 0)
			return -1;
	return 0;
}

int records_find(const struct record_where *where, struct arena *arena, struct record_list *out,
		 struct err *err)
{
	return find(where, true, arena, out, err);
}

const char *record_newest(const struct record_where *where, struct arena *arena)
{
	struct record_list list;
	return find(where, false, arena, &list, NULL) == 0 && list.n > 0 ? list.items[0].path
									 : NULL;
}

char *record_home(const struct record_where *where, struct arena *arena)
{
	struct record_mark mark;
	char *beside = undo_path(where->real_path, NULL, 0, arena);
	if (where->undo_dir || !beside)
		return undo_path(where->real_path, where->undo_dir, 0, arena);
	if (mark_read(beside, where->real_path, arena, &mark))
		return arena_strdup(arena, mark.first);
	return beside;
}

bool record_is_anothers(const char *path, const struct undo_record *r, const char *real_path,
			struct arena *arena)
{
	struct stat st;
	const char *folder = path_folder(path, arena);
	const char *beside = folder ? arena_printf(arena, "%s/%s", folder, path_leaf(r->image_path))
				    : NULL;
	if (beside && exists(beside) && !same_file(beside, real_path))
		return true;
	return stat(r->image_path, &st) == 0 && (uint64_t)st.st_dev == r->device &&
	       (uint64_t)st.st_ino == r->inode && !same_file(r->image_path, real_path);
}
