/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the program by test_block_device.sh: files whose names end with ".blk" answer
 * like block devices with sectors of 512 bytes. Reads and writes go to the file. Knows nothing of
 * the program.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int ends_in_blk(const char *path)
{
	size_t len = strlen(path);
	return len > 4 && strcmp(path + len - 4, ".blk") == 0;
}

static int is_device(int fd)
{
	char link[64], path[4096];
	static const char prefix[] = "/proc/self/fd/";
	size_t at = sizeof(link) - 1;
	link[at] = 0;
	do {
		link[--at] = (char)('0' + fd % 10);
	} while ((fd /= 10) > 0);
	at -= sizeof(prefix) - 1;
	memcpy(link + at, prefix, sizeof(prefix) - 1);
	ssize_t n = readlink(link + at, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = 0;
	return ends_in_blk(path);
}

static int as_device(int rc, struct stat *st)
{
	if (rc == 0) {
		st->st_mode = (st->st_mode & 07777) | S_IFBLK;
		st->st_rdev = st->st_ino;
		st->st_size = 0;
	}
	return rc;
}

int fstat(int fd, struct stat *st)
{
	int (*real)(int, struct stat *);
	*(void **)&real = next("fstat");
	int rc = real(fd, st);
	return is_device(fd) ? as_device(rc, st) : rc;
}

int fstat64(int fd, struct stat64 *st)
{
	return fstat(fd, (struct stat *)(void *)st);
}

int stat(const char *path, struct stat *st)
{
	int (*real)(const char *, struct stat *);
	*(void **)&real = next("stat");
	int rc = real(path, st);
	return ends_in_blk(path) ? as_device(rc, st) : rc;
}

int stat64(const char *path, struct stat64 *st)
{
	return stat(path, (struct stat *)(void *)st);
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*real)(int, unsigned long, void *);
	int (*real_stat)(int, struct stat *);
	struct stat st;
	va_list args;
	va_start(args, request);
	void *arg = va_arg(args, void *);
	va_end(args);
	*(void **)&real = next("ioctl");
	*(void **)&real_stat = next("fstat");
	if (!is_device(fd) || real_stat(fd, &st) < 0)
		return real(fd, request, arg);
	if (request == BLKGETSIZE64)
		*(uint64_t *)arg = (uint64_t)st.st_size;
	else if (request == BLKSSZGET)
		*(int *)arg = 512;
	else
		return real(fd, request, arg);
	return 0;
}
