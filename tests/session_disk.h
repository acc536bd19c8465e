/* SPDX-License-Identifier: MIT */
/*
 * A scratch copy of a fixture disk for tests that write through a session: opened, put back,
 * compared, and killed at every write.
 */
#ifndef SESSION_DISK_H
#define SESSION_DISK_H

#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stop7b/session.h"

#define KILLED     77
#define WRITES_MAX 200u /* more than any of these applies takes */

struct disk {
	char dir[TEST_PATH], path[TEST_PATH + 32];
	uint8_t *before;
	size_t len;
};

/* Skips where there are no fixture disks. */
static void disk_copy(struct disk *d, const char *name)
{
	char from[TEST_PATH];
	const char *images = getenv("S7B_IMAGES");
	snprintf(from, sizeof(from), "%s/%s.vhd", images ? images : "", name);
	if (access(from, R_OK) < 0)
		skip();
	test_scratch(d->dir);
	snprintf(d->path, sizeof(d->path), "%s/disk.vhd", d->dir);
	d->before = test_read(from, &d->len);
	test_write(d->path, d->before, d->len);
}

static void disk_free(struct disk *d)
{
	free(d->before);
	test_scratch_remove(d->dir);
}

static bool disk_is_as_before(const struct disk *d)
{
	size_t len;
	uint8_t *is = test_read(d->path, &len);
	bool same = len == d->len && memcmp(is, d->before, len) == 0;
	free(is);
	return same;
}

/* target NULL: portable. */
static struct session *disk_open(const struct disk *d, const char *target,
				 const struct apply_calls *calls)
{
	static const char *targets[1]; /* outlives the session's options */
	struct err err = {0};
	const struct session_options options = {.calls = calls,
						.undo_dir = d->dir,
						.targets = targets,
						.n_targets = target != NULL};
	targets[0] = target;
	struct session *s = session_open(d->path, &options, NULL, NULL, &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static void take_back(struct session *s)
{
	struct err err = {0};
	struct result result;
	if (session_undo_written(s, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
}

/* ---- a kill at every write ---- */

static long killing_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	unsigned *left = ctx;
	if (--*left > 0)
		return apply_real_calls()->write_at(NULL, fd, buf, len, off);
	apply_real_calls()->write_at(NULL, fd, buf, len / 2, off);
	_exit(KILLED);
}

/* Apply what stage() stages in a child that dies in its at-th write, if it comes so far. */
static int run_killed(const struct disk *d, unsigned at, void (*stage)(struct session *))
{
	pid_t pid = fork();
	if (pid == 0) {
		struct apply_calls calls = *apply_real_calls();
		struct review r;
		struct result result;
		calls.write_at = killing_write;
		calls.ctx = &at;
		struct session *s = disk_open(d, NULL, &calls);
		stage(s);
		if (session_review(s, &r, NULL) < 0 ||
		    session_apply(s, &r, NULL, NULL, &result, NULL) < 0)
			_exit(1);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Recover, or undo where the mark was the last thing written; whether it was to be recovered. */
static bool put_back(const struct disk *d)
{
	struct session *s = disk_open(d, NULL, NULL);
	struct result result;
	struct err err = {0};
	bool interrupted = s->interrupted;
	if (interrupted && session_recover(s, false, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	else if (!interrupted && s->has_undo)
		take_back(s);
	session_close(s);
	return interrupted;
}

/* Killed in each of its writes and put back each time; how many times it was to be recovered. */
static unsigned killed_everywhere(const struct disk *d, void (*stage)(struct session *))
{
	unsigned recovered = 0;
	int code = KILLED;
	for (unsigned at = 1; code == KILLED; at++) {
		assert_true(at < WRITES_MAX);
		code = run_killed(d, at, stage);
		assert_true(code == KILLED || code == 0);
		recovered += put_back(d);
		assert_true(disk_is_as_before(d));
	}
	return recovered;
}

#endif
