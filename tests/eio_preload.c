/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the program by test_eio.sh: the n-th read from the file that S7B_EIO_FILE names
 * fails with EIO (S7B_EIO_AT, counted from 1). With S7B_EIO_ERRNO it is the n-th call that changes a
 * file, whichever, that fails with that number, and every one after it with S7B_EIO_ON; 0 makes it a
 * short write. Knows nothing of the program.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int reads; /* of that file so far */

static int is_target(int fd)
{
	const char *path = getenv("S7B_EIO_FILE");
	struct stat a, b;
	return path && fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int fails(int fd)
{
	const char *at = getenv("S7B_EIO_AT");
	if (!at || getenv("S7B_EIO_ERRNO") || !is_target(fd) || ++reads != atoi(at))
		return 0;
	errno = EIO;
	return 1;
}

ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	static ssize_t (*next)(int, void *, size_t, off_t);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pread64");
	return fails(fd) ? -1 : next(fd, buf, len, off);
}

ssize_t pread64(int fd, void *buf, size_t len, off_t off)
{
	return pread(fd, buf, len, off);
}

ssize_t read(int fd, void *buf, size_t len)
{
	static ssize_t (*next)(int, void *, size_t);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "read");
	return fails(fd) ? -1 : next(fd, buf, len);
}

static int changes; /* calls that changed a file so far */

static int change_fails(void)
{
	const char *at = getenv("S7B_EIO_AT"), *error = getenv("S7B_EIO_ERRNO");
	if (!at || !error || ++changes < atoi(at) || (changes > atoi(at) && !getenv("S7B_EIO_ON")))
		return 0;
	errno = atoi(error);
	return 1;
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t off)
{
	static ssize_t (*next)(int, const void *, size_t, off_t);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pwrite64");
	if (!change_fails())
		return next(fd, buf, len, off);
	return errno ? -1 : next(fd, buf, len > 1 ? len / 2 : len, off);
}

ssize_t pwrite64(int fd, const void *buf, size_t len, off_t off)
{
	return pwrite(fd, buf, len, off);
}

int ftruncate(int fd, off_t len)
{
	static int (*next)(int, off_t);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ftruncate64");
	return change_fails() && errno ? -1 : next(fd, len);
}

int ftruncate64(int fd, off_t len)
{
	return ftruncate(fd, len);
}

int fsync(int fd)
{
	static int (*next)(int);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "fsync");
	return change_fails() && errno ? -1 : next(fd);
}
