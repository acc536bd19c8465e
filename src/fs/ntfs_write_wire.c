/* SPDX-License-Identifier: MIT */
/*
 * Messages over a pipe: whole pieces or nothing, both ends. A closed pipe is an answer, never a
 * signal: SIGPIPE is held back while something is written and taken away when it came.
 */
#include "ntfs_write_job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static int put_all(int fd, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int ntfs_wire_put(int fd, const void *p, size_t len)
{
	static const struct timespec now = {0, 0};
	sigset_t pipe_signal, before, pending;
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &pipe_signal, &before);
	int r = put_all(fd, p, len);
	if (r != 0 && !sigismember(&pending, SIGPIPE))
		sigtimedwait(&pipe_signal, NULL, &now);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* Is there something to read within the time? */
static bool wait_for(int fd, unsigned wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r;
	while ((r = poll(&p, 1, (int)wait_ms)) < 0 && errno == EINTR)
		;
	return r > 0;
}

int ntfs_wire_get(int fd, void *p, size_t len, unsigned wait_ms)
{
	uint8_t *at = p;
	while (len > 0) {
		if (wait_ms && !wait_for(fd, wait_ms))
			return -1;
		ssize_t n = read(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}
