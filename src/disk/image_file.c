/* SPDX-License-Identifier: MIT */
/*
 * The image file: opened O_RDONLY once, read with pread, every call counted. It knows nothing of
 * containers. The file's size is the one at opening; a file that becomes shorter is noticed by
 * the read that meets its end.
 *
 * Only regular files: the undo record of a block device would need a place of its own.
 */
#include "stop7b/container.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux transfers at most this much in one call (man 2 read). */
#define READ_MAX ((size_t)0x7ffff000)

struct image_file {
	int fd;
	uint64_t size;
	struct image_stats stats;
};

static int refuse_kind(mode_t mode, struct err *err)
{
	if (S_ISREG(mode))
		return 0;
	if (S_ISBLK(mode))
		return err_set(err, E_UNSUPPORTED,
			       "this is a block device; only image files are opened");
	return err_set(err, E_FORMAT, "%s, not an image file",
		       S_ISDIR(mode) ? "this is a directory" : "this is a device, pipe or socket");
}

/* O_NONBLOCK keeps the open of a pipe from waiting for its writer; regular files ignore it. */
static int open_regular(struct image_file *f, const char *path, struct err *err)
{
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0)
		return err_set(err, E_OPEN, "cannot open: %s", strerror(errno));
	struct stat st;
	if (fstat(f->fd, &st) < 0)
		return err_set(err, E_OPEN, "cannot examine: %s", strerror(errno));
	if (refuse_kind(st.st_mode, err) < 0)
		return -1;
	f->size = (uint64_t)st.st_size;
	return 0;
}

struct image_file *image_file_open(const char *path, struct err *err)
{
	struct image_file *f = calloc(1, sizeof(*f));
	if (!f)
		return err_null(err, E_MEMORY, "no memory to open the image");
	if (open_regular(f, path, err) < 0) {
		image_file_close(f);
		return NULL;
	}
	return f;
}

void image_file_close(struct image_file *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

static int read_some(struct image_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	size_t step = len < READ_MAX ? len : READ_MAX;
	ssize_t got;
	do {
		got = pread(f->fd, buf, step, (off_t)off);
		f->stats.reads++;
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(err, E_IO, "cannot read %zu bytes at 0x%" PRIx64 " of the file: %s",
			       len, off, strerror(errno));
	f->stats.bytes += (uint64_t)got;
	return (int)got;
}

int image_file_read(struct image_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint64_t end;
	if (__builtin_add_overflow(off, len, &end) || end > INT64_MAX)
		return err_set(err, E_CORRUPT, "0x%" PRIx64 " is no place in a file", off);
	uint8_t *to = buf;
	while (len > 0) {
		int got = read_some(f, off, to, len, err);
		if (got < 0)
			return -1;
		if (got == 0)
			return err_set(err, E_CORRUPT,
				       "the file ends at 0x%" PRIx64 ", before what it must hold",
				       off);
		to += got;
		off += (uint64_t)got;
		len -= (size_t)got;
	}
	return 0;
}

uint64_t image_file_size(const struct image_file *f)
{
	return f->size;
}

struct image_stats image_file_stats(const struct image_file *f)
{
	return f->stats;
}
