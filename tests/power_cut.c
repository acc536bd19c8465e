/* SPDX-License-Identifier: MIT */
/*
 * power_cut NAME=IMAGE...: the power goes at every call that changes something, and what is left is
 * rescued. For each container: fix, a set that makes the hive (and the image file) grow, undo, and a
 * fix after an undo; ended before the call or in the middle of its bytes; recovered to the old bytes or
 * to the new ones; where it was, in another folder, under another name, on a file system with another
 * device number. Afterwards there is the old image to the last byte, or a whole new one that undo takes
 * back to it, and at each stage it opens. Prints TAP and its counts.
 *
 * S7B_POWER_CUTS: how many cuts of each container and operation are tried, in a fixed sequence; or
 * "all": every call in all of its ways, where there are thousands of calls each in one of them.
 * An image lies in a folder of its own, with its parents; the folder is what is moved.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stop7b/reg_data.h"
#include "stop7b/session.h"

#define KILLED 77
#define ROOM   (3u << 20) /* bytes of the value that makes the hive grow */
#define CUTS   4u
#define WAYS   (2u * 2u * SPOTS) /* of one call: how, recovered how, where */
#define MANY   100u              /* calls: above that "all" tries each in one of its ways */
#define PATHS  4096

enum operation { OP_FIX, OP_GROW, OP_UNDO, OP_REDO, OPERATIONS };
enum spot { SAME_PLACE, MOVED, RENAMED, OTHER_DEVICE, SPOTS };

static const char *const operations[] = {"fix", "set that grows", "undo", "fix after undo"};

struct counts {
	unsigned long calls, all, tried, untouched, back, on, third, unopened;
};

/* One container's image as it was, and where it lies now. */
struct disk {
	const char *name;
	char folder[PATHS], image[PATHS]; /* image: its leaf */
	uint8_t *before;
	size_t len;
};

/* ---- a device number that changes ---- */

static unsigned long shift; /* of every device number */

int __real_stat(const char *path, struct stat *st);
int __real_lstat(const char *path, struct stat *st);
int __real_fstat(int fd, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_lstat(const char *path, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);

int __wrap_stat(const char *path, struct stat *st)
{
	int rc = __real_stat(path, st);
	st->st_dev += shift;
	return rc;
}

int __wrap_lstat(const char *path, struct stat *st)
{
	int rc = __real_lstat(path, st);
	st->st_dev += shift;
	return rc;
}

int __wrap_fstat(int fd, struct stat *st)
{
	int rc = __real_fstat(fd, st);
	st->st_dev += shift;
	return rc;
}

/* ---- calls that end the process at the n-th ---- */

struct knife {
	long at, count;
	bool half; /* of the bytes of a write are written */
};

static bool cuts(struct knife *k)
{
	return ++k->count == k->at;
}

static int cut_open(void *ctx, const char *path, enum open_how how)
{
	if (how == OPEN_NEW && cuts(ctx))
		_exit(KILLED);
	return apply_real_calls()->open_file(NULL, path, how);
}

static long cut_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	struct knife *k = ctx;
	if (!cuts(k))
		return apply_real_calls()->write_at(NULL, fd, buf, len, off);
	if (k->half)
		apply_real_calls()->write_at(NULL, fd, buf, len / 2, off);
	_exit(KILLED);
}

static int cut_resize(void *ctx, int fd, uint64_t length)
{
	if (cuts(ctx))
		_exit(KILLED);
	return apply_real_calls()->resize(NULL, fd, length);
}

static int cut_flush(void *ctx, int fd)
{
	if (cuts(ctx))
		_exit(KILLED);
	return apply_real_calls()->flush(NULL, fd);
}

static int cut_move(void *ctx, const char *from, const char *to)
{
	if (cuts(ctx))
		_exit(KILLED);
	return apply_real_calls()->move(NULL, from, to);
}

static int cut_drop(void *ctx, const char *path)
{
	if (cuts(ctx))
		_exit(KILLED);
	return apply_real_calls()->drop(NULL, path);
}

/* ---- files ---- */

_Noreturn static void bail(const char *what, const struct err *err)
{
	printf("Bail out! %s: %s\n", what, err ? err->text : "");
	exit(1);
}

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	if (!f || __real_stat(path, &st) < 0)
		bail(path, NULL);
	uint8_t *p = malloc((size_t)st.st_size + 1);
	*len = p ? fread(p, 1, (size_t)st.st_size, f) : 0;
	fclose(f);
	return p;
}

static void path_of(const struct disk *d, char out[PATHS])
{
	if (snprintf(out, PATHS, "%s/%s", d->folder, d->image) >= PATHS)
		bail("a path is too long", NULL);
}

static bool is_before(const struct disk *d)
{
	char path[PATHS];
	size_t len;
	path_of(d, path);
	uint8_t *is = read_file(path, &len);
	bool same = len == d->len && memcmp(is, d->before, len) == 0;
	free(is);
	return same;
}

static void run_shell(const char *format, const char *a, const char *b)
{
	char command[3 * PATHS];
	snprintf(command, sizeof(command), format, a, b);
	if (system(command) != 0)
		bail(command, NULL);
}

/* Back to the beginning: place, bytes, no record. */
static void reset(struct disk *d)
{
	char path[PATHS];
	run_shell("rm -f '%s'/*.stop7b-undo*%s", d->folder, "");
	path_of(d, path);
	if (is_before(d))
		return;
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(d->before, 1, d->len, f) != d->len || fclose(f) != 0)
		bail(path, NULL);
}

static void move_disk(struct disk *d, enum spot spot)
{
	char other[PATHS + 8], old[PATHS], new[PATHS];
	shift = spot == OTHER_DEVICE ? 0x1000 : 0;
	path_of(d, old);
	if (spot == MOVED) {
		snprintf(other, sizeof(other), "%s-moved", d->folder);
		run_shell("mv '%s' '%s'", d->folder, other);
		snprintf(d->folder, PATHS, "%.*s", PATHS - 1, other);
	} else if (spot == RENAMED) {
		const char *dot = strrchr(d->image, '.');
		snprintf(other, sizeof(other), "renamed%s", dot ? dot : "");
		snprintf(d->image, PATHS, "%.*s", PATHS - 1, other);
		path_of(d, new);
		run_shell("mv '%s' '%s'", old, new);
	}
}

/* ---- operations ---- */

static struct session *open_session(const struct disk *d, const struct apply_calls *calls,
				    struct err *err)
{
	char path[PATHS];
	const struct session_options options = {.calls = calls, .to_put_back = true};
	path_of(d, path);
	return session_open(path, &options, NULL, NULL, err);
}

static int stage(struct session *s, enum operation op, struct err *err)
{
	static uint8_t room[ROOM];
	if (op != OP_GROW)
		return session_stage_all(s, err);
	memset(room, 0x5a, sizeof(room));
	const struct edit edit = {
		.key = "Select", .name = "Room", .type = REG_BINARY, .data = {room, sizeof(room)}};
	return session_stage_edits(s, NULL, &edit, 1, err);
}

static int apply(struct session *s, enum operation op, struct err *err)
{
	struct review review;
	struct result result;
	if (stage(s, op, err) < 0 || session_review(s, &review, err) < 0)
		return -1;
	int rc = session_apply(s, &review, NULL, NULL, &result, err);
	review_free(&review);
	return rc;
}

static int operate(const struct disk *d, enum operation op, const struct apply_calls *calls,
		   struct err *err)
{
	struct result result;
	struct session *s = open_session(d, calls, err);
	int rc = -1;
	if (s)
		rc = op == OP_UNDO ? session_undo_written(s, NULL, NULL, &result, err)
				   : apply(s, op, err);
	session_close(s);
	return rc;
}

static void prepare(const struct disk *d, enum operation op)
{
	struct err err = {0};
	if ((op == OP_UNDO || op == OP_REDO) && operate(d, OP_FIX, NULL, &err) < 0)
		bail("a fix that nobody disturbs", &err);
	if (op == OP_REDO && operate(d, OP_UNDO, NULL, &err) < 0)
		bail("an undo that nobody disturbs", &err);
}

/* True when it was cut off. */
static bool operate_cut(const struct disk *d, enum operation op, struct knife *knife)
{
	const struct apply_calls calls = {cut_open, cut_write, cut_resize, cut_flush,
					  cut_move, cut_drop,  knife};
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct err err = {0};
		int rc = operate(d, op, &calls, &err);
		if (rc < 0)
			printf("# %s\n", err.text);
		fflush(stdout);
		_exit(rc < 0 ? 1 : 0);
	}
	waitpid(child, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 1)
		bail("it did not end as it was told to", NULL);
	return WEXITSTATUS(status) == KILLED;
}

static long count_calls(struct disk *d, enum operation op)
{
	struct knife knife = {0};
	const struct apply_calls calls = {cut_open, cut_write, cut_resize, cut_flush,
					  cut_move, cut_drop,  &knife};
	struct err err = {0};
	prepare(d, op);
	if (operate(d, op, &calls, &err) < 0)
		bail("an operation that nobody disturbs", &err);
	reset(d);
	return knife.count;
}

/* ---- the rescue ---- */

static bool opens(const struct disk *d)
{
	struct err err = {0};
	struct session *s = open_session(d, NULL, &err);
	bool sound = s && s->open_error.code == E_OK && s->chosen && !s->interrupted;
	session_close(s);
	return sound;
}

static bool recover(const struct disk *d, bool finish, struct counts *c)
{
	struct err err = {0};
	struct result result;
	struct session *s = open_session(d, NULL, &err);
	bool whole = s && !s->interrupted;
	if (whole)
		c->untouched++;
	else if (s)
		whole = session_recover(s, finish, NULL, NULL, &result, &err) == 0;
	if (!whole)
		printf("# %s\n", err.text);
	session_close(s);
	return whole;
}

/* The old bytes, or new ones that undo takes back to them. */
static bool is_settled(const struct disk *d, struct counts *c)
{
	struct err err = {0};
	if (is_before(d)) {
		c->back++;
		return true;
	}
	c->on++;
	if (operate(d, OP_UNDO, NULL, &err) == 0 && is_before(d))
		return true;
	printf("# %s\n", err.text);
	return false;
}

/* One cut: which call, how, where the image is afterwards, which way it goes. */
struct cut {
	long at;
	bool half, finish;
	enum spot spot;
};

static struct cut cut_of(unsigned long number)
{
	struct cut c = {.half = number & 1, .finish = number >> 1 & 1};
	c.spot = (enum spot)(number >> 2 & 3);
	c.at = (long)(number >> 4) + 1;
	return c;
}

static void try_cut(const struct disk *origin, enum operation op, const struct cut *cut,
		    struct counts *c)
{
	struct disk d = *origin;
	struct knife knife = {.at = cut->at, .half = cut->half};
	prepare(&d, op);
	if (!operate_cut(&d, op, &knife))
		bail("it went on to the end", NULL);
	move_disk(&d, cut->spot);
	bool whole = recover(&d, cut->finish, c), opened = whole && opens(&d);
	bool settled = whole && is_settled(&d, c);
	c->tried++;
	c->unopened += !opened;
	c->third += !settled;
	if (!opened || !settled)
		printf("# %s, %s: call %ld%s, spot %d, %s\n", d.name, operations[op], cut->at,
		       cut->half ? " in the middle" : "", (int)cut->spot,
		       cut->finish ? "--finish" : "--undo");
	shift = 0;
	if (strcmp(d.folder, origin->folder) != 0)
		run_shell("mv '%s' '%s'", d.folder, origin->folder);
	snprintf(d.folder, PATHS, "%s", origin->folder);
	char now[PATHS], then[PATHS];
	path_of(&d, now);
	path_of(origin, then);
	if (strcmp(now, then) != 0)
		run_shell("mv '%s' '%s'", now, then);
	d = *origin;
	reset(&d);
}

/* A number that no other sequence of this length repeats; the same in every run. */
static unsigned long next_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned long)(*seed >> 33);
}

static bool walk(struct disk *d, enum operation op, unsigned test, struct counts *total)
{
	const char *wanted = getenv("S7B_POWER_CUTS");
	bool everything = wanted && strcmp(wanted, "all") == 0;
	struct counts c = {.calls = (unsigned long)count_calls(d, op)};
	uint64_t seed = 7919u * (test + 1);
	c.all = c.calls * WAYS;
	unsigned long step = c.calls > MANY ? WAYS + 1 : 1;
	unsigned long n = everything ? c.all / step : wanted ? strtoul(wanted, NULL, 10) : CUTS;
	for (unsigned long i = 0; i < n && i < c.all; i++) {
		const struct cut cut = cut_of(everything ? i * step : next_number(&seed) % c.all);
		try_cut(d, op, &cut, &c);
	}
	bool sound = c.third == 0 && c.unopened == 0 && c.tried > 0;
	printf("%s %u - %s, %s: %lu calls, %lu of %lu cuts: %lu untouched or done, %lu end old, "
	       "%lu "
	       "end new, %lu third states, %lu that do not open\n",
	       sound ? "ok" : "not ok", test + 1, d->name, operations[op], c.calls, c.tried, c.all,
	       c.untouched, c.back, c.on, c.third, c.unopened);
	total->all += c.all;
	total->tried += c.tried;
	total->third += c.third;
	total->unopened += c.unopened;
	return sound;
}

static void take_disk(struct disk *d, char *argument)
{
	char *path = strchr(argument, '=');
	char *slash = path ? strrchr(path, '/') : NULL;
	if (!slash)
		bail("NAME=FOLDER/IMAGE is wanted", NULL);
	*path = *slash = '\0';
	*d = (struct disk){.name = argument};
	snprintf(d->folder, PATHS, "%s", path + 1);
	snprintf(d->image, PATHS, "%s", slash + 1);
	char whole[PATHS];
	path_of(d, whole);
	d->before = read_file(whole, &d->len);
}

int main(int argc, char **argv)
{
	struct counts total = {0};
	bool sound = argc > 1;
	unsigned test = 0;
	for (int i = 1; i < argc; i++) {
		struct disk d;
		take_disk(&d, argv[i]);
		for (enum operation op = OP_FIX; op < OPERATIONS; op++)
			sound &= walk(&d, op, test++, &total);
		free(d.before);
	}
	printf("# %lu of %lu cuts: %lu third states, %lu images that do not open\n1..%u\n",
	       total.tried, total.all, total.third, total.unopened, test);
	return sound ? 0 : 1;
}
