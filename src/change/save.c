/* SPDX-License-Identifier: MIT */
/*
 * Files that a person asked for. A temporary file in the target's directory is written, flushed
 * and renamed over (or linked to) the name, so the name holds all of the bytes or what it held
 * before; every failure removes the temporary file.
 */
#include "stop7b/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stop7b/said.h"

static int failed(struct err *err, const char *path, const char *what)
{
	return err_set(err, E_WRITE, "%s: %s: %s; nothing was saved", path, SAID_ARG(said_of(what)),
		       strerror(errno));
}

static int write_all(int fd, struct span bytes)
{
	size_t done = 0;
	while (done < bytes.len) {
		ssize_t n = write(fd, bytes.p + done, bytes.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return fsync(fd);
}

static int flush_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int rc = fd >= 0 ? fsync(fd) : -1;
	if (fd >= 0)
		close(fd);
	free(dir);
	return rc;
}

/* Only a plain file may be replaced: never a device, a directory or what a link points away from. */
static int put_over(const char *temp, const char *path)
{
	struct stat st;
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	return rename(temp, path);
}

/* Give the file its name unless that exists. FAT has no links, NFS no RENAME_NOREPLACE. */
static int put_beside(const char *temp, const char *path)
{
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if ((errno != EINVAL && errno != ENOSYS) || link(temp, path) < 0)
		return -1;
	unlink(temp);
	return 0;
}

static int fill(int fd, const char *temp, const char *path, struct span bytes, bool replace,
		struct err *err)
{
	(void)fchmod(fd, 0644); /* a file system without such modes is no reason not to save */
	if (write_all(fd, bytes) < 0)
		return failed(err, path, "cannot be written");
	if ((replace ? put_over(temp, path) : put_beside(temp, path)) < 0)
		return errno == EEXIST ? err_set(err, E_GUARD,
						 "%s is there already; nothing was saved", path)
				       : failed(err, path, "cannot be made");
	if (flush_directory(path) < 0)
		return err_set(
			err, E_WRITE,
			"%s is saved, but its directory could not be flushed (%s): it may be "
			"gone after a power cut",
			path, strerror(errno));
	return 0;
}

int save_file(const char *path, struct span bytes, bool replace, struct err *err)
{
	char *temp = NULL;
	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return err_set(err, E_MEMORY, "no memory to save %s", path);
	int rc = -1, fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		failed(err, path, "cannot be made");
		goto out;
	}
	rc = fill(fd, temp, path, bytes, replace, err);
	close(fd);
	if (rc < 0)
		unlink(temp);
out:
	free(temp);
	return rc;
}
