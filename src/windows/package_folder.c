/* SPDX-License-Identifier: MIT */
/*
 * Packages in a folder of this machine, or one .inf. Folders are searched to a limited depth and
 * in the order of names; links to folders are not followed, so there are no loops; what is no
 * ordinary file is not opened. Archives are named to who reads, not opened here. A name that an .inf spells in another case is found all the same.
 */
#include "package_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stop7b/list.h"

struct walk {
	struct package_source *source;
	const struct package_reader *to;
	struct arena *arena; /* of the walk alone */
	size_t entries, infs;
};

/* ---- one file ---- */

static int read_open(int fd, uint64_t limit, struct arena *arena, struct span *out, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, E_UNSUPPORTED, "not an ordinary file");
	if ((uint64_t)st.st_size > limit)
		return err_set(err, E_UNSUPPORTED, "longer than %llu MiB",
			       (unsigned long long)limit >> 20);
	uint8_t *p = arena_alloc(arena, (size_t)st.st_size, err);
	size_t len = 0;
	ssize_t got = 1;
	while (p && got && len < (size_t)st.st_size) {
		got = read(fd, p + len, (size_t)st.st_size - len);
		if (got < 0 && errno != EINTR)
			return err_set(err, E_IO, "cannot be read (%s)", strerror(errno));
		len += got > 0 ? (size_t)got : 0;
	}
	*out = (struct span){p, len};
	return p ? 0 : -1;
}

static int read_at(int dir, const char *name, uint64_t limit, struct arena *arena, struct span *out,
		   struct err *err)
{
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, errno == ENOENT ? E_NOTFOUND : E_OPEN, "cannot be opened (%s)",
			       strerror(errno));
	int rc = read_open(fd, limit, arena, out, err);
	close(fd);
	return rc;
}

/* ---- the search ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted. */
static int list_names(struct walk *w, DIR *dir, char ***out, size_t *n, struct err *err)
{
	char **names = NULL;
	size_t cap = 0;
	*n = 0;
	for (struct dirent *d; (d = readdir(dir)) != NULL;) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (++w->entries > PACKAGE_ENTRIES_MAX)
			return err_set(err, E_UNSUPPORTED, "more than %u files and folders",
				       PACKAGE_ENTRIES_MAX);
		names = list_grow(w->arena, names, *n, &cap, sizeof(*names), err);
		if (!names || !(names[*n] = arena_strdup(w->arena, d->d_name)))
			return no_memory(err);
		++*n;
	}
	if (*n)
		qsort(names, *n, sizeof(*names), by_name);
	*out = names;
	return 0;
}

static int say_problem(struct walk *w, const char *path, const char *why, struct err *err)
{
	return w->to->problem(w->to->ctx,
			      said_make(w->arena, "%s: %s", text_utf8(w->arena, path), why), err);
}

static int hand_inf(struct walk *w, int dir, const char *name, const char *path, struct err *err)
{
	struct arena *one = arena_new();
	struct span bytes = {0};
	struct err bad = {0};
	int rc = one ? 0 : no_memory(err);
	if (rc == 0 && read_at(dir, name, INF_BYTES_MAX, one, &bytes, &bad) < 0)
		rc = say_problem(w, path, ERR_ARG(&bad), err);
	else if (rc == 0 && package_hand(w->source, bytes.len, err) == 0)
		rc = w->to->take(w->to->ctx, path, bytes, err);
	else
		rc = -1;
	arena_free(one);
	return rc;
}

static int walk_file(struct walk *w, int dir, const char *name, const char *inner, struct err *err)
{
	const char *only = w->source->only;
	bool wanted = only ? strcmp(name, only) == 0 : package_is_inf(name);
	if (wanted)
		return w->infs++ < PACKAGE_INF_MAX ? hand_inf(w, dir, name, inner, err)
						   : package_too_many(err);
	if (only || !package_is_archive(name))
		return 0;
	const char *path = arena_printf(w->arena, "%s/%s", w->source->path, inner);
	return path ? w->to->archive(w->to->ctx, path, err) : no_memory(err);
}

static int walk_folder(struct walk *w, int fd, const char *path, unsigned depth, struct err *err);

static int walk_entry(struct walk *w, int dir, const char *path, const char *name, unsigned depth,
		      struct err *err)
{
	struct stat st;
	const char *inner = *path ? arena_printf(w->arena, "%s/%s", path, name) : name;
	if (!inner)
		return no_memory(err);
	if (strlen(inner) > PACKAGE_PATH_MAX || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return walk_file(w, dir, name, inner, err);
	if (w->source->only || depth == PACKAGE_DEPTH_MAX)
		return 0;
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return walk_folder(w, fd, inner, depth + 1, err);
	struct err bad = {0};
	err_set(&bad, E_OPEN, "cannot be opened (%s)", strerror(errno));
	return say_problem(w, inner, ERR_ARG(&bad), err);
}

/* Takes over fd. */
static int walk_folder(struct walk *w, int fd, const char *path, unsigned depth, struct err *err)
{
	DIR *dir = fdopendir(fd);
	char **names = NULL;
	size_t n = 0;
	if (!dir) {
		close(fd);
		return no_memory(err);
	}
	int rc = list_names(w, dir, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = walk_entry(w, dirfd(dir), path, names[i], depth, err);
	closedir(dir);
	return rc;
}

static int open_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_set(err, E_OPEN, "cannot be opened (%s)", strerror(errno)) : fd;
}

static int folder_infs(struct package_source *source, const struct package_reader *to,
		       struct err *err)
{
	struct walk w = {.source = source, .to = to, .arena = arena_new()};
	if (!w.arena)
		return no_memory(err);
	int fd = open_folder(source->path, err);
	int rc = fd < 0 ? -1 : walk_folder(&w, fd, "", 0, err);
	arena_free(w.arena);
	return rc;
}

/* ---- wanted files ---- */

/*
 * The name in dir that equals name without case, in out; false when there is none. Where names differ
 * in case alone, the one that is spelled so, else the first: not the one that the folder lists first.
 */
static bool find_name(int dir, const char *name, char out[NAME_MAX + 1])
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	bool found = false;
	if (fd >= 0 && !d)
		close(fd);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
		if (!text_equal(e->d_name, name) || (found && strcmp(out, name) == 0))
			continue;
		if (!found || strcmp(e->d_name, name) == 0 || strcmp(e->d_name, out) < 0)
			snprintf(out, NAME_MAX + 1, "%s", e->d_name);
		found = true;
	}
	if (d)
		closedir(d);
	return found;
}

static int read_wanted(int top, struct package_file *file, struct arena *arena, struct err *err)
{
	char *copy = arena_strdup(arena, file->path), *rest = NULL, real[NAME_MAX + 1];
	int dir = copy ? dup(top) : no_memory(err);
	int rc = dir < 0 ? -1 : 1;
	for (char *name = dir < 0 ? NULL : strtok_r(copy, "/", &rest); name && rc == 1;) {
		char *next = strtok_r(NULL, "/", &rest);
		if (!find_name(dir, name, real))
			rc = err_set(err, E_NOTFOUND, "not there");
		else if (!next)
			rc = read_at(dir, real, PACKAGE_DRIVER_MAX, arena, &file->bytes, err);
		else {
			int below = openat(dir, real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			close(dir);
			dir = below;
			rc = dir < 0 ? err_set(err, E_NOTFOUND, "not there") : 1;
		}
		name = next;
	}
	if (dir >= 0)
		close(dir);
	return rc;
}

static int folder_read(struct package_source *source, struct package_file *files, size_t n,
		       struct arena *arena, struct err *err)
{
	struct err bad = {0};
	int fd = open_folder(source->path, &bad);
	for (size_t i = 0; fd >= 0 && i < n; i++) {
		struct err why = {0};
		files[i].found = read_wanted(fd, &files[i], arena, &why) == 0 ||
				 why.code != E_NOTFOUND;
		if (why.code == E_OK && package_hand(source, files[i].bytes.len, &why) < 0)
			files[i].bytes = (struct span){0};
		if (files[i].found && why.code != E_OK)
			files[i].problem = said_make(arena, "%s", ERR_ARG(&why));
		if (why.code == E_MEMORY) {
			close(fd);
			return err_pass(err, &why);
		}
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

const struct package_place package_folder = {folder_infs, folder_read};
