/* SPDX-License-Identifier: MIT */
/*
 * The mark: a small text file "<image>.stop7b-undo" beside an image whose undo records lie in another
 * folder (--undo-dir), so that undo and recover find them without being told. Five lines:
 *
 *	S7BMARK
 *	the folder, from the root
 *	the folder, from the image's folder
 *	the record's name there, without number
 *	one line for people
 *
 * Of the two paths the first one that leads to a folder counts: the file system may be mounted
 * elsewhere. A path with a line feed gets no mark. The mark stands where a record would; it is told
 * from one by its first line, and it is never counted as one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply_internal.h"

#define MAGIC       "S7BMARK\n"
#define LINES       3u
#define WORDS       "The undo records of the disk image beside this file lie there: man stop7b."
#define MARK_MAX    16384u /* bytes: three paths and the words */
#define UP          "../"
#define UP_LEN      3u
#define FOLDERS_MAX (PATH_MAX / 2u)

/* ---- reading ---- */

static bool is_folder(const char *path)
{
	struct stat st;
	return path && *path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Cut the text behind the magic into lines; false when it has too few. */
static bool cut_lines(char *text, const char *lines[LINES])
{
	for (unsigned i = 0; i < LINES; i++) {
		char *end = strchr(text, '\n');
		if (!end)
			return false;
		*end = '\0';
		lines[i] = text;
		text = end + 1;
	}
	const char *name = lines[2];
	return *name && !strchr(name, '/') && strstr(name, UNDO_SUFFIX);
}

static bool read_text(const char *path, const char *real_path, struct arena *arena, char **out)
{
	struct stat st;
	char *text = arena_alloc(arena, MARK_MAX + 1, NULL);
	int fd = text ? record_open_plain(path, &st, NULL) : -1;
	if (fd < 0)
		return false;
	ssize_t n = pread(fd, text, MARK_MAX, 0);
	close(fd);
	if (n < (ssize_t)strlen(MAGIC) || record_is_strangers(&st, path, real_path, arena))
		return false;
	text[n] = '\0';
	*out = text + strlen(MAGIC);
	return memcmp(text, MAGIC, strlen(MAGIC)) == 0;
}

bool mark_read(const char *path, const char *real_path, struct arena *arena,
	       struct record_mark *out)
{
	char *text;
	const char *lines[LINES];
	if (!read_text(path, real_path, arena, &text) || !cut_lines(text, lines))
		return false;
	const char *here = path_folder(path, arena);
	const char *beside = here ? arena_printf(arena, "%s/%s", here, lines[1]) : NULL;
	*out = (struct record_mark){.named = lines[0]};
	if (is_folder(lines[0]))
		out->folder = lines[0];
	else if (*lines[1] && is_folder(beside))
		out->folder = beside;
	out->first = arena_printf(arena, "%s/%s", out->folder ? out->folder : lines[0], lines[2]);
	return out->first != NULL;
}

/* ---- leaving one ---- */

/* How to get from one folder to another, both real paths from the root. */
static char *way_between(const char *from, const char *to, struct arena *arena)
{
	char up[UP_LEN * FOLDERS_MAX + 1] = "";
	size_t common = 0, n = 0;
	for (size_t i = 0;; i++) {
		bool ends = (!from[i] || from[i] == '/') && (!to[i] || to[i] == '/');
		common = ends ? i : common;
		if (!from[i] || from[i] != to[i])
			break;
	}
	for (const char *p = from + common; *p && n + UP_LEN < sizeof(up); p++)
		if (*p == '/' && p[1]) {
			memcpy(up + n, UP, UP_LEN + 1);
			n += UP_LEN;
		}
	const char *rest = to + common;
	return arena_printf(arena, "%s%s", up, *rest == '/' ? rest + 1 : *rest ? rest : ".");
}

static char *mark_text(const char *real_path, const char *home, struct arena *arena)
{
	const char *here = path_folder(real_path, arena), *there = path_folder(home, arena);
	char *real = there ? realpath(there, NULL) : NULL;
	char *text = NULL;
	if (here && real) {
		const char *way = way_between(here, real, arena);
		text = way ? arena_printf(arena, MAGIC "%s\n%s\n%s\n" WORDS "\n", real, way,
					  path_leaf(home))
			   : NULL;
	}
	free(real);
	size_t lines = 0;
	for (const char *p = text; p && (p = strchr(p, '\n')); p++)
		lines++;
	return lines == LINES + 2 && strlen(text) <= MARK_MAX ? text : NULL;
}

static int write_mark(const struct apply_calls *c, const char *temp, const char *text)
{
	int fd = c->open_file(c->ctx, temp, OPEN_NEW);
	if (fd < 0)
		return -1;
	int rc = calls_write_all(c, fd, text, strlen(text), 0);
	if (rc == 0)
		rc = c->flush(c->ctx, fd);
	close(fd);
	return rc;
}

/* An older record at that name makes way, an older mark is replaced. */
static int name_mark(const struct apply_calls *c, const char *real_path, const char *temp,
		     const char *path, struct arena *arena)
{
	struct record_mark old;
	struct stat st;
	if (lstat(path, &st) == 0 && !mark_read(path, real_path, arena, &old) &&
	    record_push(c, path, arena) < 0)
		return -1;
	if (c->move(c->ctx, temp, path) < 0)
		return -1;
	return flush_directory(c, path);
}

int mark_leave(const struct apply_calls *c, const char *real_path, const char *home,
	       struct arena *arena)
{
	const char *path = undo_path(real_path, NULL, 0, arena);
	const char *temp = path ? arena_printf(arena, "%s.new", path) : NULL;
	const char *text = temp ? mark_text(real_path, home, arena) : NULL;
	char *old;
	if (!text) {
		errno = EINVAL;
		return -1;
	}
	if (read_text(path, real_path, arena, &old) && strcmp(old, text + strlen(MAGIC)) == 0)
		return 0;
	c->drop(c->ctx, temp);
	if (write_mark(c, temp, text) == 0 && name_mark(c, real_path, temp, path, arena) == 0)
		return 0;
	c->drop(c->ctx, temp);
	return -1;
}

void mark_clear(const struct apply_calls *c, const char *real_path, struct arena *arena)
{
	struct record_mark mark;
	const char *path = undo_path(real_path, NULL, 0, arena);
	if (path && mark_read(path, real_path, arena, &mark) && mark.folder &&
	    !record_any(mark.first, arena) && c->drop(c->ctx, path) == 0)
		flush_directory(c, path);
}
