/* SPDX-License-Identifier: MIT */
/*
 * The undo record as a file: made, read, marked, removed. A record has its final name only when all
 * of its bytes are flushed; a name that exists is therefore a whole record, and a temporary one left
 * by a crash means that no image byte was changed yet. Records pile up as .1, .2, ... with the oldest
 * last. What lies at a record's name and is no plain file is not opened: a device or a pipe may do
 * something when it is.
 */
#include "apply_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define TMPFS_MAGIC 0x01021994 /* linux/magic.h */
#define RAMFS_MAGIC 0x858458f6
#define RECORD_MAX  (1ll << 31) /* bytes; no apply makes a larger one */

int calls_write_all(const struct apply_calls *c, int fd, const void *buf, size_t len, uint64_t off)
{
	const uint8_t *p = buf;
	while (len > 0) {
		long n = c->write_at(c->ctx, fd, p, len, off);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = ENOSPC;
			return -1;
		}
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int calls_flush(const struct apply_calls *c, int fd)
{
	int rc;
	do
		rc = c->flush(c->ctx, fd);
	while (rc < 0 && errno == EINTR);
	return rc;
}

int calls_resize(const struct apply_calls *c, int fd, uint64_t length)
{
	int rc;
	do
		rc = c->resize(c->ctx, fd, length);
	while (rc < 0 && errno == EINTR);
	return rc;
}

int flush_directory(const struct apply_calls *c, const char *path)
{
	char buf[4096];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	if (len >= sizeof(buf)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(buf, path, len);
	memcpy(buf + len, ".", 2);
	int fd = c->open_file(c->ctx, buf, OPEN_DIRECTORY);
	if (fd < 0)
		return -1;
	int rc = calls_flush(c, fd);
	close(fd);
	return rc;
}

static int no_place(struct err *err, const char *path, const char *what)
{
	return err_set(err, E_GUARD,
		       "%s: %s: %s; nothing was written, --undo-dir names another "
		       "place",
		       path, SAID_ARG(said_of(what)), strerror(errno));
}

/* ---- where they may lie ---- */

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

/* The first number that no record of that name has; RECORDS_MAX when all are taken. */
static unsigned free_number(const char *first, struct arena *arena)
{
	unsigned n = 0;
	for (const char *path = first; path && n < RECORDS_MAX && exists(path);)
		path = record_numbered(first, ++n, arena);
	return n;
}

int apply_undo_place(const char *real_path, const char *undo_dir, struct err *err)
{
	struct arena *arena = arena_new();
	const struct record_where where = {real_path, undo_dir};
	char *path = arena ? record_home(&where, arena) : NULL;
	char *dir = path ? path_folder(path, arena) : NULL;
	struct statfs fs;
	struct stat st;
	int rc = -1;
	if (!dir) {
		no_memory(err);
		goto out;
	}
	if (stat(real_path, &st) == 0 && S_ISBLK(st.st_mode) && !undo_dir) {
		err_set(err, E_GUARD,
			"beside a block device an undo record would not survive; "
			"name a directory with --undo-dir");
		goto out;
	}
	if (statfs(dir, &fs) < 0 || access(dir, W_OK) < 0) {
		no_place(err, dir, "no undo record can be written here");
		goto out;
	}
	if (!undo_dir &&
	    ((uint32_t)fs.f_type == TMPFS_MAGIC || (uint32_t)fs.f_type == RAMFS_MAGIC)) {
		err_set(err, E_GUARD,
			"%s is kept in memory only, an undo record would not "
			"survive "
			"a power cut; name a directory with --undo-dir",
			dir);
		goto out;
	}
	if (free_number(path, arena) == RECORDS_MAX) {
		err_set(err, E_GUARD,
			"%s and %u older records lie there and no more are kept; move older ones "
			"to another folder, or name one with --undo-dir",
			path, RECORDS_MAX - 1);
		goto out;
	}
	rc = 0;
out:
	arena_free(arena);
	return rc;
}

/* ---- making a record ---- */

int record_push(const struct apply_calls *c, const char *first, struct arena *arena)
{
	unsigned n = free_number(first, arena);
	const char *to = record_numbered(first, n, arena);
	if (!to || n == RECORDS_MAX) {
		errno = ENOSPC;
		return -1;
	}
	while (n-- > 0) {
		const char *from = record_numbered(first, n, arena);
		if (!from || c->move(c->ctx, from, to) < 0)
			return -1;
		to = from;
	}
	return 0;
}

static int write_record(const struct apply_calls *c, int fd, struct span encoded)
{
	static const uint8_t no_mark[UNDO_MARK_LEN];
	if (calls_write_all(c, fd, encoded.p, encoded.len, 0) < 0 ||
	    calls_write_all(c, fd, no_mark, sizeof(no_mark), encoded.len) < 0)
		return -1;
	return calls_flush(c, fd);
}

/* No right to make a file is a refusal; no room for it is a write that failed. */
static int not_made(struct err *err, const char *path)
{
	static const int refusals[] = {EACCES,  EPERM,        EROFS,  ENOENT,
				       ENOTDIR, ENAMETOOLONG, EEXIST, ELOOP};
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (errno == refusals[i])
			return no_place(err, path, "the undo record cannot be made");
	return err_set(err, E_WRITE,
		       "%s: the undo record cannot be made: %s; nothing was written, the image is "
		       "untouched",
		       path, strerror(errno));
}

int record_create(const struct apply_calls *c, const char *home, struct span encoded,
		  struct arena *arena, struct record_file *out, struct err *err)
{
	*out = (struct record_file){.path = home, .fd = -1, .bytes = encoded};
	char *temp = arena_printf(arena, "%s.new", home);
	if (!temp)
		return no_memory(err);
	if (exists(temp))
		c->drop(c->ctx, temp); /* left by a crash before any image byte was written */
	out->fd = c->open_file(c->ctx, temp, OPEN_NEW);
	if (out->fd < 0)
		return not_made(err, temp);
	bool named = write_record(c, out->fd, encoded) == 0 && record_push(c, home, arena) == 0 &&
		     c->move(c->ctx, temp, out->path) == 0;
	if (named && flush_directory(c, out->path) == 0)
		return 0;
	err_set(err, E_WRITE,
		"%s: the undo record cannot be written: %s; nothing was written into the image",
		out->path, strerror(errno));
	/* Until it is named, the name is an older one's. */
	if (c->drop(c->ctx, named ? out->path : temp) < 0 && named)
		err_at(err, "an unfinished undo record may remain, recover --undo clears it");
	record_close(out);
	return -1;
}

/* ---- reading records ---- */

/*
 * In a directory that anybody may write to, anybody could put a record of his own making; one is
 * believed there only when its owner could change the image anyway, or is the one who asks.
 */
bool record_is_strangers(const struct stat *st, const char *path, const char *real_path,
			 struct arena *arena)
{
	struct stat dir, image;
	const char *folder = path_folder(path, arena);
	if (!folder || stat(folder, &dir) < 0)
		return true;
	return (dir.st_mode & S_IWOTH) && st->st_uid != geteuid() && st->st_uid != 0 &&
	       (stat(real_path, &image) < 0 || image.st_uid != st->st_uid);
}

static int no_record(const char *path, const struct stat *st, struct err *err)
{
	const char *what = S_ISLNK(st->st_mode)    ? N_("a link")
			   : S_ISFIFO(st->st_mode) ? N_("a pipe")
			   : S_ISDIR(st->st_mode)  ? N_("a directory")
			   : S_ISREG(st->st_mode)  ? N_("too large, or another file by now")
						   : N_("a device or a socket");
	return err_set(err, E_FORMAT,
		       "%s stands at the name of an undo record and is none: it is %s; it is not "
		       "opened",
		       path, SAID_ARG(said_of(what)));
}

/* Looked at before it is opened, and again when it is open. */
static int look(const char *path, struct stat *st, struct err *err)
{
	if (lstat(path, st) < 0)
		return err_set(err, errno == ENOENT ? E_NORECORD : E_OPEN, "%s: %s", path,
			       strerror(errno));
	return S_ISREG(st->st_mode) && st->st_size <= RECORD_MAX ? 0 : no_record(path, st, err);
}

static int check_open(int fd, const char *path, const struct stat *named, struct err *err)
{
	struct stat st;
	if (fd < 0)
		return err_set(err, E_OPEN, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_ino != named->st_ino ||
	    st.st_dev != named->st_dev || st.st_size > RECORD_MAX)
		return no_record(path, named, err);
	return 0;
}

int record_open_plain(const char *path, struct stat *st, struct err *err)
{
	if (look(path, st, err) < 0)
		return -1;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (check_open(fd, path, st, err) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int read_at(int fd, const char *path, void *buf, size_t len, struct err *err)
{
	size_t done = 0;
	while (done < len) {
		ssize_t n = pread(fd, (uint8_t *)buf + done, len - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(err, E_IO, "%s: %s", path,
				       n ? strerror(errno) : "it shrank");
		done += (size_t)n;
	}
	return 0;
}

/* The first sector says whether the rest is worth its memory. */
static int read_whole(int fd, const char *path, const struct stat *st, struct arena *arena,
		      struct span *out, struct err *err)
{
	uint8_t head[UNDO_MARK_LEN];
	size_t len = (size_t)st->st_size;
	struct span first = {head, len < sizeof(head) ? len : sizeof(head)};
	if (read_at(fd, path, head, first.len, err) < 0 || undo_check_head(first, len, err) < 0)
		return -1;
	uint8_t *p = arena_alloc(arena, len, err);
	if (!p || read_at(fd, path, p, len, err) < 0)
		return -1;
	*out = (struct span){p, len};
	return 0;
}

static int read_record(int fd, const char *path, const char *real_path, const struct stat *st,
		       struct arena *arena, struct span *bytes, struct undo_record *out,
		       struct err *err)
{
	if (record_is_strangers(st, path, real_path, arena))
		return err_set(
			err, E_FORMAT,
			"%s: this undo record belongs to user %ld and lies where anybody may "
			"write; it is not believed",
			path, (long)st->st_uid);
	if (read_whole(fd, path, st, arena, bytes, err) < 0 ||
	    undo_decode(*bytes, arena, out, err) < 0)
		return err_at(err, "%s", path);
	return 0;
}

int record_load(const char *path, const char *real_path, struct arena *arena,
		struct undo_record *out, struct err *err)
{
	struct stat st;
	struct span bytes;
	int fd = record_open_plain(path, &st, err);
	if (fd < 0)
		return -1;
	int rc = read_record(fd, path, real_path, &st, arena, &bytes, out, err);
	close(fd);
	return rc;
}

int apply_find_record(const char *real_path, const char *undo_dir, unsigned n, struct arena *arena,
		      struct undo_record *out, struct err *err)
{
	const struct record_where where = {real_path, undo_dir};
	struct record_list list;
	if (records_find(&where, arena, &list, err) < 0)
		return -1;
	if (n >= list.n || list.items[n].stray)
		return err_set(err, E_NORECORD, "there is no undo record of %s", real_path);
	return record_load(list.items[n].path, real_path, arena, out, err);
}

int record_open(const struct apply_calls *c, const char *path, const char *real_path,
		struct arena *arena, struct record_file *out, struct undo_record *decoded,
		struct err *err)
{
	struct stat st;
	struct span bytes;
	*out = (struct record_file){.path = path, .fd = -1};
	if (look(path, &st, err) < 0)
		return -1;
	out->fd = c->open_file(c->ctx, path, OPEN_RECORD);
	if (check_open(out->fd, path, &st, err) < 0 ||
	    read_record(out->fd, path, real_path, &st, arena, &bytes, decoded, err) < 0) {
		record_close(out);
		return -1;
	}
	out->bytes = span_sub(bytes, 0, bytes.len - UNDO_MARK_LEN);
	return 0;
}

int record_mark(const struct apply_calls *c, const struct record_file *r, bool complete)
{
	uint8_t mark[UNDO_MARK_LEN] = {0};
	if (complete)
		undo_mark(r->bytes, mark);
	if (calls_write_all(c, r->fd, mark, sizeof(mark), r->bytes.len) < 0)
		return -1;
	return calls_flush(c, r->fd);
}

int record_remove(const struct apply_calls *c, const struct record_file *r)
{
	if (c->drop(c->ctx, r->path) < 0)
		return -1;
	return flush_directory(c, r->path);
}

void record_close(struct record_file *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
