/* SPDX-License-Identifier: MIT */
/*
 * Locks on an image file. Three worlds do not see each other: fcntl locks (POSIX and OFD, which
 * qemu uses on bytes 100 and 200 upwards), flock, and writers that lock nothing, which only a
 * lease reveals. What cannot be asked on a file system (no leases, no flock) counts as "nobody
 * seen": the README says where that is so.
 */
#include "stop7b/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

/* Source: doc/FORMATS/undo-record.md, "Locks". */
#define QEMU_FIRST_BYTE 100
#define QEMU_LAST_BYTE  263

static bool is_qemu_range(const struct flock *l)
{
	return l->l_start >= QEMU_FIRST_BYTE && l->l_len > 0 &&
	       l->l_start + l->l_len - 1 <= QEMU_LAST_BYTE;
}

static int held_by(const struct flock *l, struct err *err)
{
	if (is_qemu_range(l))
		return err_set(err, E_LOCKED,
			       "the image is in use: qemu's lock is on it (byte %lld); a virtual "
			       "machine has it open",
			       (long long)l->l_start);
	if (l->l_pid > 0)
		return err_set(err, E_LOCKED, "the image is in use: process %ld holds a lock on it",
			       (long)l->l_pid);
	return err_set(err, E_LOCKED, "the image is in use: another program holds a lock on it");
}

static int probe_fcntl(int fd, struct err *err)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(fd, F_OFD_GETLK, &l) < 0)
		return errno == EINVAL ? 0
				       : err_set(err, E_IO,
						 "whether another program has locked the image "
						 "cannot be asked: %s",
						 strerror(errno));
	return l.l_type == F_UNLCK ? 0 : held_by(&l, err);
}

static int flock_held(int fd, int how, struct err *err)
{
	if (flock(fd, how | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(err, E_LOCKED,
			       "the image is in use: another program holds a lock on it (flock)");
	return 0; /* a file system without flock */
}

/*
 * A read lease is granted only while nobody has the file open for writing. A writer who comes in
 * that moment makes the kernel send a signal: SIGURG, because the default one, SIGIO, kills.
 */
static int probe_lease(int fd, struct err *err)
{
	if (fcntl(fd, F_SETSIG, SIGURG) < 0)
		return 0;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		return 0;
	}
	if (errno == EAGAIN)
		return err_set(err, E_LOCKED,
			       "the image is in use: another program has it open for writing");
	return 0; /* not our file, or no leases here */
}

int lock_probe(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, E_OPEN, "%s: %s", path, strerror(errno));
	int rc = probe_fcntl(fd, err);
	if (rc == 0)
		rc = flock_held(fd, LOCK_SH, err);
	if (rc == 0)
		rc = probe_lease(fd, err);
	close(fd); /* gives a shared flock back */
	return rc;
}

int lock_take(int fd, struct err *err)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(fd, F_OFD_SETLK, &l) < 0) {
		int why = errno;
		if (probe_fcntl(fd, err) < 0)
			return -1;
		return err_set(err, why == EAGAIN || why == EACCES ? E_LOCKED : E_IO,
			       "the image cannot be locked: %s", strerror(why));
	}
	return flock_held(fd, LOCK_EX, err);
}
