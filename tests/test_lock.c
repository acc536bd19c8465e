/* SPDX-License-Identifier: MIT */
/*
 * Locks against other processes: a forked child that locks in each of the ways there are, a
 * writer that locks nothing, and a real qemu that has the image open. And the other way round:
 * what lock_take() holds keeps all of them out.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "stop7b/lock.h"

extern char **environ;

struct fixture {
	char dir[TEST_PATH], path[TEST_PATH + 16];
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	static const uint8_t bytes[4096];
	test_scratch(x->dir);
	snprintf(x->path, sizeof(x->path), "%s/disk.img", x->dir);
	test_write(x->path, bytes, sizeof(bytes));
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	test_scratch_remove(x->dir);
	free(x);
	return 0;
}

/* ---- other processes ---- */

enum holder {
	FLOCK_SHARED,
	FLOCK_EXCLUSIVE,
	POSIX_READ,
	POSIX_WRITE,
	OFD_READ,
	OFD_WRITE,
	QEMU_BYTE,
	LAST_BYTE,
	ONLY_WRITER,
	ONLY_READER,
	N_HOLDERS
};

static const struct {
	const char *says; /* words in the refusal; NULL: no refusal */
	int flags, flock_how, fcntl_command;
	short type;
	off_t start, len;
} holders[N_HOLDERS] = {
	/* A shared flock alone is no writer: the probe lets it pass, taking does not. */
	[FLOCK_SHARED] = {NULL, O_RDONLY, LOCK_SH, 0, 0, 0, 0},
	[FLOCK_EXCLUSIVE] = {"flock", O_RDONLY, LOCK_EX, 0, 0, 0, 0},
	[POSIX_READ] = {"process", O_RDONLY, 0, F_SETLK, F_RDLCK, 0, 0},
	[POSIX_WRITE] = {"process", O_RDWR, 0, F_SETLK, F_WRLCK, 0, 0},
	[OFD_READ] = {"another program holds a lock", O_RDONLY, 0, F_OFD_SETLK, F_RDLCK, 3, 7},
	[OFD_WRITE] = {"another program holds a lock", O_RDWR, 0, F_OFD_SETLK, F_WRLCK, 0, 0},
	[QEMU_BYTE] = {"qemu", O_RDONLY, 0, F_OFD_SETLK, F_RDLCK, 201, 1},
	[LAST_BYTE] = {"lock", O_RDONLY, 0, F_OFD_SETLK, F_RDLCK, 1ll << 40, 1},
	[ONLY_WRITER] = {"open for writing", O_RDWR, 0, 0, 0, 0, 0},
	[ONLY_READER] = {NULL, O_RDONLY, 0, 0, 0, 0, 0},
};

struct child {
	pid_t pid;
	int ready, go; /* read end, write end */
};

/* The file stays as asked until the pipe closes. Status 0 when the lock was granted. */
static void hold(const char *path, enum holder how, int ready, int go)
{
	char c = 'n';
	int fd = open(path, holders[how].flags | O_NONBLOCK);
	struct flock l = {.l_type = holders[how].type,
			  .l_whence = SEEK_SET,
			  .l_start = holders[how].start,
			  .l_len = holders[how].len};
	bool ok = fd >= 0;
	if (ok && holders[how].flock_how)
		ok = flock(fd, holders[how].flock_how | LOCK_NB) == 0;
	if (ok && holders[how].fcntl_command)
		ok = fcntl(fd, holders[how].fcntl_command, &l) == 0;
	if (ok)
		c = 'y';
	if (write(ready, &c, 1) != 1)
		_exit(9);
	_exit(read(go, &c, 1) < 0 ? 9 : 0);
}

static struct child start(const char *path, enum holder how, bool *granted)
{
	int ready[2], go[2];
	char c = '?';
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(go[1]);
		hold(path, how, ready[1], go[0]);
	}
	close(ready[1]);
	close(go[0]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	*granted = c == 'y';
	return (struct child){pid, ready[0], go[1]};
}

static void end(struct child c)
{
	int status;
	close(c.go);
	close(c.ready);
	assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
	assert_int_equal(status, 0);
}

static int take(const char *path, struct err *err, int *fd)
{
	*fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	assert_true(*fd >= 0);
	return lock_take(*fd, err);
}

/* ---- tests ---- */

static void free_image_is_free(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	int fd;
	assert_int_equal(lock_probe(x->path, &err), 0);
	assert_int_equal(lock_probe(x->path, &err), 0); /* nothing is left behind */
	assert_int_equal(take(x->path, &err, &fd), 0);
	close(fd);
	assert_int_equal(take(x->path, &err, &fd), 0); /* and closing gives back */
	close(fd);
	char missing[TEST_PATH + 32];
	snprintf(missing, sizeof(missing), "%s.no", x->path);
	assert_int_equal(lock_probe(missing, &err), -1);
	assert_int_equal(err.code, E_OPEN);
}

static void probe_sees_every_holder(void **state)
{
	struct fixture *x = *state;
	for (enum holder how = 0; how < N_HOLDERS; how++) {
		struct err err = {0};
		bool granted;
		struct child c = start(x->path, how, &granted);
		assert_true(granted);
		int rc = lock_probe(x->path, &err);
		end(c);
		if (rc != (holders[how].says ? -1 : 0))
			fail_msg("holder %d: %d %s", (int)how, rc, err.text);
		if (rc == 0)
			continue;
		assert_int_equal(err.code, E_LOCKED);
		if (!strstr(err.text, holders[how].says))
			fail_msg("holder %d: %s", (int)how, err.text);
		err_clear(&err);
		assert_int_equal(lock_probe(x->path, &err), 0);
	}
}

static void take_is_refused_by_every_lock(void **state)
{
	struct fixture *x = *state;
	for (enum holder how = 0; how < N_HOLDERS; how++) {
		struct err err = {0};
		bool granted, locks = holders[how].flock_how || holders[how].fcntl_command;
		struct child c = start(x->path, how, &granted);
		int fd, rc = take(x->path, &err, &fd);
		close(fd);
		end(c);
		assert_true(granted);
		assert_int_equal(rc, locks ? -1 : 0);
		assert_int_equal(err.code, locks ? E_LOCKED : E_OK);
	}
}

static void nobody_locks_while_taken(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	int fd;
	assert_int_equal(take(x->path, &err, &fd), 0);
	for (enum holder how = 0; how < N_HOLDERS; how++) {
		bool granted, locks = holders[how].flock_how || holders[how].fcntl_command;
		end(start(x->path, how, &granted));
		assert_int_equal(granted, !locks);
	}
	assert_int_equal(lock_probe(x->path, &err), -1); /* a second run of this program */
	assert_int_equal(err.code, E_LOCKED);
	close(fd);
}

/* A writer who comes while the probe holds its lease must not get this process killed. */
static void survives_a_broken_lease(void **state)
{
	struct fixture *x = *state;
	pid_t opener = fork();
	assert_true(opener >= 0);
	if (opener == 0)
		for (alarm(20);;) { /* ends by itself when its parent was killed */
			int fd = open(x->path, O_RDWR | O_NONBLOCK);
			if (fd >= 0)
				close(fd);
		}
	for (int i = 0; i < 20000; i++) {
		struct err err = {0};
		if (lock_probe(x->path, &err) < 0)
			assert_int_equal(err.code, E_LOCKED);
	}
	kill(opener, SIGKILL);
	waitpid(opener, NULL, 0);
}

static void probe_changes_nothing(void **state)
{
	struct fixture *x = *state;
	struct stat before, after;
	assert_int_equal(stat(x->path, &before), 0);
	assert_int_equal(lock_probe(x->path, NULL), 0);
	assert_int_equal(stat(x->path, &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	assert_memory_equal(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim));
}

/* ---- a real qemu ---- */

struct qemu {
	pid_t pid;
	int in, out;
};

static bool has_program(const char *name)
{
	char command[128];
	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", name);
	return system(command) == 0;
}

/* qemu-io with pipes: commands go in, an answer comes out. */
static struct qemu qemu_start(const char *path, const char *mode)
{
	int in[2], out[2];
	struct qemu q;
	posix_spawn_file_actions_t files;
	char *words[] = {(char *)(uintptr_t) "qemu-io", (char *)(uintptr_t)mode,
			 (char *)(uintptr_t) "-f",      (char *)(uintptr_t) "vpc",
			 (char *)(uintptr_t)path,       NULL};
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in[0], 0);
	posix_spawn_file_actions_adddup2(&files, out[1], 1);
	posix_spawn_file_actions_adddup2(&files, out[1], 2);
	assert_int_equal(posix_spawnp(&q.pid, "qemu-io", &files, NULL, words, environ), 0);
	posix_spawn_file_actions_destroy(&files);
	close(in[0]);
	close(out[1]);
	q.in = in[1];
	q.out = out[0];
	return q;
}

/* Wait for these words in its output. False when it ends without them. */
static bool qemu_says(const struct qemu *q, const char *words)
{
	char buf[4096] = "";
	size_t n = 0;
	while (n + 1 < sizeof(buf) && !strstr(buf, words)) {
		ssize_t got = read(q->out, buf + n, sizeof(buf) - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
		buf[n] = '\0';
	}
	return strstr(buf, words) != NULL;
}

static int qemu_end(struct qemu *q)
{
	int status;
	close(q->in);
	close(q->out);
	assert_int_equal(waitpid(q->pid, &status, 0), q->pid);
	return status;
}

static void copy_vhd(struct fixture *x)
{
	char command[3 * TEST_PATH];
	if (!has_program("qemu-io") || !has_program("qemu-img"))
		skip();
	snprintf(command, sizeof(command), "qemu-img create -q -f vpc '%s' 4M >/dev/null 2>&1",
		 x->path);
	assert_int_equal(system(command), 0);
}

static void a_running_qemu_is_seen(void **state)
{
	struct fixture *x = *state;
	static const char *const modes[] = {"-n", "-r"}; /* -n: no cache, opens for writing */
	copy_vhd(x);
	for (size_t i = 0; i < 2; i++) {
		struct err err = {0};
		int fd;
		struct qemu q = qemu_start(x->path, modes[i]);
		assert_int_equal(write(q.in, "length\n", 7), 7);
		assert_true(qemu_says(&q, "4"));
		assert_int_equal(lock_probe(x->path, &err), -1);
		assert_int_equal(err.code, E_LOCKED);
		assert_non_null(strstr(err.text, "qemu"));
		err_clear(&err);
		assert_int_equal(take(x->path, &err, &fd), -1);
		assert_int_equal(err.code, E_LOCKED);
		close(fd);
		qemu_end(&q);
		err_clear(&err);
		assert_int_equal(lock_probe(x->path, &err), 0);
	}
}

static void qemu_stays_out_while_taken(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	int fd;
	copy_vhd(x);
	assert_int_equal(take(x->path, &err, &fd), 0);
	struct qemu q = qemu_start(x->path, "-n");
	assert_true(qemu_says(&q, "lock"));
	qemu_end(&q);
	close(fd);
	q = qemu_start(x->path, "-n"); /* the same call goes well once it is given back */
	assert_int_equal(write(q.in, "length\n", 7), 7);
	assert_true(qemu_says(&q, "4"));
	qemu_end(&q);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(free_image_is_free),
		TEST(probe_sees_every_holder),
		TEST(take_is_refused_by_every_lock),
		TEST(nobody_locks_while_taken),
		TEST(survives_a_broken_lease),
		TEST(probe_changes_nothing),
		TEST(a_running_qemu_is_seen),
		TEST(qemu_stays_out_while_taken),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
