/* SPDX-License-Identifier: MIT */
/*
 * Is the image in use, and keeping it ours while it is written.
 *
 * One OFD write lock over the whole file conflicts with every POSIX and OFD lock, the lock bytes
 * 100.. and 200.. that qemu uses among them; flock is a world of its own and taken as well. A
 * writer that locks nothing is found by asking for a read lease.
 */
#ifndef STOP7B_LOCK_H
#define STOP7B_LOCK_H

#include <stdbool.h>

#include "stop7b/err.h"

/*
 * Look without taking anything that others could notice for longer than the call.
 *   path  image file
 * 0 when nobody is seen; -1 with E_LOCKED (who and how, in words), E_OPEN, E_IO.
 */
int lock_probe(const char *path, struct err *err);

/*
 * Take both locks on an open read-write descriptor; they end when it is closed.
 * 0, or -1 with E_LOCKED, E_IO.
 */
int lock_take(int fd, struct err *err);

#endif
