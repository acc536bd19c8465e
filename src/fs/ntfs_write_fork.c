/* SPDX-License-Identifier: MIT */
/*
 * The child: a process of its own with two pipes and nothing else. It inherits what this program
 * has in memory and can give none of it away but as sectors, which the fence looks at.
 *
 * Kept: the child has no open file, starts nothing, and ends here whatever it does: its time is
 * limited (RLIMIT_CPU), its memory (RLIMIT_AS), its silence (ntfs_write_talk.c), and it is killed
 * when the talk is over.
 */
#include "ntfs_write_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FREE_FD 3     /* behind the standard ones */
#define PATIENCE_MS   1000u /* for a child that hung up and is not gone yet */
#define STEP_MS       10u

const struct ntfs_limits ntfs_write_limits = {
	.questions = 8u << 20,
	.bytes = (uint64_t)8 << 30,
	.sectors = (NTFS_CONTENT_MAX >> 9) + (1u << 16),
	.processor_s = 60,
	.silence_ms = 90000,
	.memory_bytes = (uint64_t)1 << 30,
	.confined = NTFS_WRITE_CONFINED,
};

/* ---- child ---- */

/* Address space in use now, by /proc; 4 GiB where that is not there. */
static uint64_t memory_now(void)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return (uint64_t)4 << 30;
	return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int limit(int what, uint64_t value)
{
	const struct rlimit r = {value, value};
	return setrlimit(what, &r);
}

/* valgrind works inside of its client: nothing can be taken from that without ending both. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");
	return preload && strstr(preload, "/vgpreload_");
}

/* The pipe ends become 0 and 1; standard error stays where a sanitizer may want to speak. */
static int keep_pipes(struct ntfs_job *job, bool confined)
{
	int in = fcntl(job->in, F_DUPFD, FIRST_FREE_FD);
	int out = fcntl(job->out, F_DUPFD, FIRST_FREE_FD);
	if (in < 0 || out < 0 || dup2(in, 0) != 0 || dup2(out, 1) != 1)
		return -1;
	job->in = 0;
	job->out = 1;
	return close_range(confined ? 2 : FIRST_FREE_FD, ~0u, 0);
}

static int confine(const struct ntfs_limits *limits, bool confined)
{
	if (limit(RLIMIT_CPU, limits->processor_s) != 0 || limit(RLIMIT_CORE, 0) != 0)
		return -1;
	if (!confined)
		return 0;
	if (limit(RLIMIT_AS, memory_now() + limits->memory_bytes) != 0 ||
	    limit(RLIMIT_FSIZE, 0) != 0)
		return -1;
	return ntfs_child_filter();
}

static _Noreturn void be_child(struct ntfs_job *job, ntfs_child *child,
			       const struct ntfs_limits *limits)
{
	bool confined = limits->confined && !under_valgrind();
	signal(SIGXCPU, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (keep_pipes(job, confined) == 0 && confine(limits, confined) == 0)
		child(job);
	_exit(0);
}

/* ---- parent ---- */

struct pipes {
	int to[2], from[2]; /* to and from the child: [0] read, [1] write */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		close_end(&p->to[i]);
		close_end(&p->from[i]);
	}
}

static int start(struct pipes *p, struct ntfs_job *job, ntfs_child *child,
		 const struct ntfs_limits *limits, pid_t *pid, struct err *err)
{
	if (pipe2(p->to, O_CLOEXEC) != 0 || pipe2(p->from, O_CLOEXEC) != 0)
		return err_set(err, E_IO, "no pipe: %s", strerror(errno));
	job->in = p->to[0];
	job->out = p->from[1];
	*pid = fork();
	if (*pid == 0)
		be_child(job, child, limits);
	if (*pid < 0)
		return err_set(err, E_IO, "no process to lay out NTFS in: %s", strerror(errno));
	close_end(&p->to[0]);
	close_end(&p->from[1]);
	return 0;
}

/* Wait for the child's end, kill it when it takes too long; the signal that it died of, or 0. */
static int reap(pid_t pid, unsigned patience_ms)
{
	int status = 0;
	pid_t r;
	for (unsigned ms = 0; (r = waitpid(pid, &status, WNOHANG)) == 0; ms += STEP_MS) {
		if (ms >= patience_ms)
			break;
		poll(NULL, 0, STEP_MS);
	}
	if (r == 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int hung_up(int died, struct err *err)
{
	if (died == SIGXCPU || died == SIGKILL)
		return err_set(err, E_MAP, "laying out NTFS took too long: nothing is written");
	return err_set(err, E_MAP,
		       "laying out NTFS ended without an answer (signal %d): nothing is written",
		       died);
}

int ntfs_child_run(const struct ntfs_bytes *bytes, const struct ntfs_plan *plan, ntfs_child *child,
		   const struct ntfs_limits *limits, struct write_list *out, struct err *err)
{
	struct pipes p = {{-1, -1}, {-1, -1}};
	struct ntfs_job job = {
		.size = bytes->size, .sector = bytes->sector, .steps = plan->steps, .n = plan->n};
	pid_t pid = -1;
	int r = start(&p, &job, child, limits, &pid, err);
	if (r == 0) {
		const struct ntfs_talk t = {bytes, limits, p.from[0], p.to[1], out};
		r = ntfs_talk(&t, err);
	}
	close_pipes(&p);
	int died = pid > 0 ? reap(pid, r == 1 ? PATIENCE_MS : 0) : 0;
	return r == 1 ? hung_up(died, err) : r;
}
