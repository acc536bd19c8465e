/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the program by test_kill.sh: the process ends at the n-th call that changes a file
 * (S7B_KILL_AT, counted from 1), before it, or with S7B_KILL_HALF after half of its bytes. With
 * S7B_KILL_CLOCK the clock stands still, so that each run writes the same. Knows nothing of the
 * program.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define KILLED 77

static int calls; /* that changed a file so far */

static int is_the_one(void)
{
	const char *at = getenv("S7B_KILL_AT");
	return at && ++calls == atoi(at);
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t off)
{
	ssize_t (*real)(int, const void *, size_t, off_t);
	*(void **)&real = next("pwrite64");
	if (is_the_one()) {
		if (getenv("S7B_KILL_HALF"))
			real(fd, buf, len / 2, off);
		_exit(KILLED);
	}
	return real(fd, buf, len, off);
}

ssize_t pwrite64(int fd, const void *buf, size_t len, off_t off)
{
	return pwrite(fd, buf, len, off);
}

int ftruncate(int fd, off_t len)
{
	int (*real)(int, off_t);
	*(void **)&real = next("ftruncate64");
	if (is_the_one())
		_exit(KILLED);
	return real(fd, len);
}

int ftruncate64(int fd, off_t len)
{
	return ftruncate(fd, len);
}

int fsync(int fd)
{
	int (*real)(int);
	*(void **)&real = next("fsync");
	if (is_the_one())
		_exit(KILLED);
	return real(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_REALTIME || !getenv("S7B_KILL_CLOCK"))
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = (struct timespec){.tv_sec = 1700000000};
	return 0;
}
