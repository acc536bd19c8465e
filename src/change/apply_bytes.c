/* SPDX-License-Identifier: MIT */
/*
 * The image's bytes under a run: compared with either side of the record, written, and put back
 * when a write fails. Knows neither locks nor the order of a run, and allocates nothing.
 *
 * What a failed write left is decided by looking, never by counting calls: an image that holds all
 * of its old bytes was not touched, and where the old ones lie already it does not matter that they
 * cannot be written: a full disk refuses to fill a hole with the zeros that it stands for.
 */
#include "apply_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t *bytes_of(const struct write *w, enum side side)
{
	return side == OLD_BYTES ? w->old_bytes : w->new_bytes;
}

/* Behind the old end of the image the file may be shorter than the plan: that reads as zeros. */
int run_read(const struct run *r, uint8_t *buf, size_t len, uint64_t off)
{
	size_t done = 0;
	while (done < len) {
		ssize_t n = pread(r->fd, buf + done, len - done, (off_t)(off + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 && off >= r->plan->image_length) {
			memset(buf + done, 0, len - done);
			break;
		}
		if (n <= 0)
			return err_set(r->err, E_IO, "image byte 0x%llx: %s",
				       (unsigned long long)(off + done),
				       n < 0 ? strerror(errno)
					     : SAID_ARG(said_of("the file ends here")));
		done += (size_t)n;
	}
	return 0;
}

/* Does the image hold that side's bytes of one write? 1 yes, 0 no with *at, -1 unreadable. */
static int holds(const struct run *r, const struct write *w, enum side side, uint64_t *at)
{
	uint8_t buf[RUN_CHUNK];
	const uint8_t *expected = bytes_of(w, side);
	for (size_t done = 0; done < w->len; done += RUN_CHUNK) {
		size_t n = w->len - done < RUN_CHUNK ? w->len - done : RUN_CHUNK;
		if (run_read(r, buf, n, w->off + done) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (buf[i] == expected[done + i])
				continue;
			*at = w->off + done + i;
			return 0;
		}
	}
	return 1;
}

/* The old side of a write behind the image's old end is that there is nothing. */
static bool is_nothing(const struct run *r, const struct write *w, enum side side)
{
	return side == OLD_BYTES && w->off >= r->plan->image_length;
}

int run_holds(const struct run *r, enum side side, const char *meaning)
{
	const struct write_list *list = &r->plan->writes;
	for (size_t i = 0; i < list->n; i++) {
		uint64_t at = 0;
		if (is_nothing(r, &list->items[i], side))
			continue;
		int rc = holds(r, &list->items[i], side, &at);
		if (rc < 0)
			return -1;
		if (rc == 0)
			return err_set(r->err, E_CHANGED, "image byte 0x%llx is not %s (%s)",
				       (unsigned long long)at, SAID_ARG(said_of(meaning)),
				       SAID_ARG(list->items[i].what));
	}
	return 0;
}

/* ---- image bytes: from here to the end of the file nothing allocates ---- */

/* The file's length on that side: a container may end behind the last byte that is written. */
static int set_length(const struct run *r, enum side side)
{
	struct stat st;
	uint64_t length = side == NEW_BYTES ? r->plan->new_length : r->plan->image_length;
	if (r->plan->new_length == r->plan->image_length)
		return 0;
	if (fstat(r->fd, &st) == 0 &&
	    ((uint64_t)st.st_size == length || calls_resize(r->calls, r->fd, length) == 0))
		return 0;
	return err_set(r->err, E_WRITE, "the image cannot get its length of %llu bytes: %s",
		       (unsigned long long)length, strerror(errno));
}

/*
 * New bytes from the end of the file to its start, the length first; old ones the other way: what
 * a container's tables point at is there before they point at it, and as long as they do.
 */
static int write_side(const struct run *r, enum side side)
{
	const struct write_list *list = &r->plan->writes;
	if (side == NEW_BYTES && set_length(r, side) < 0)
		return -1;
	for (size_t i = 0; i < list->n; i++) {
		const struct write *w = &list->items[side == NEW_BYTES ? list->n - 1 - i : i];
		if (is_nothing(r, w, side))
			continue;
		if (calls_write_all(r->calls, r->fd, bytes_of(w, side), w->len, w->off) < 0)
			return err_set(r->err, E_WRITE, "image byte 0x%llx: %s",
				       (unsigned long long)w->off, strerror(errno));
	}
	if (side == OLD_BYTES && set_length(r, side) < 0)
		return -1;
	if (calls_flush(r->calls, r->fd) < 0)
		return err_set(r->err, E_WRITE, "the image cannot be flushed: %s", strerror(errno));
	return 0;
}

int run_put(const struct run *r, enum side side)
{
	const struct write_list *list = &r->plan->writes;
	if (write_side(r, side) < 0)
		return -1;
	run_tell(r, STEP_WRITTEN, list->n, list->n);
	/* Ask the disk, not the page cache, where the system lets us. */
	posix_fadvise(r->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (run_holds(r, side, "what was written a moment ago") < 0) {
		if (r->err)
			r->err->code = E_WRITE;
		return -1;
	}
	run_tell(r, STEP_READ_BACK, list->n, list->n);
	return 0;
}

/* ---- after a failure ---- */

bool run_is_whole(const struct run *r, enum side side)
{
	struct stat st;
	struct run quiet = *r;
	uint64_t length = side == NEW_BYTES ? r->plan->new_length : r->plan->image_length;
	quiet.err = NULL;
	if (r->plan->new_length != r->plan->image_length &&
	    (fstat(r->fd, &st) < 0 || (uint64_t)st.st_size != length))
		return false;
	return run_holds(&quiet, side, "") == 0;
}

int run_put_back(const struct run *r)
{
	struct run quiet = *r;
	const struct write_list *list = &r->plan->writes;
	quiet.err = NULL;
	for (size_t i = 0; i < list->n; i++) {
		uint64_t at;
		const struct write *w = &list->items[i];
		if (!is_nothing(r, w, OLD_BYTES) &&
		    calls_write_all(r->calls, r->fd, w->old_bytes, w->len, w->off) < 0 &&
		    holds(&quiet, w, OLD_BYTES, &at) != 1)
			return -1;
	}
	if (set_length(&quiet, OLD_BYTES) < 0 || calls_flush(r->calls, r->fd) < 0)
		return -1;
	return run_is_whole(r, OLD_BYTES) ? 0 : -1;
}
