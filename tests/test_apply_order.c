/* SPDX-License-Identifier: MIT */
/*
 * What apply.c asks of the system, call by call: which file is written, moved, dropped or flushed
 * when, what is read back, which signals wait, and what a name that is taken does to a new record.
 * None of this shows in the bytes that are left, only in what a power cut, a signal, a disk that
 * lies or another user could make of them.
 */
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "stop7b/apply.h"

#define SECTOR    512u
#define N_WRITES  3u
#define OLD_LEN   (8 * SECTOR)
#define NEW_LEN   (16 * SECTOR) /* the last write lies between the old end and the new one */
#define LOG_LINES 64u
#define VICTIM    (5 * SECTOR + 7) /* the byte that a lying disk loses */
#define NAME      "disk.img"
#define RECORD    "record" /* stands for its name in the log */
#define MARK      "mark"   /* the same, of the file that says where the records are */

/* Like a table, the block that it points at, and a footer that moved. */
static const uint64_t places[N_WRITES] = {SECTOR, 5 * SECTOR, NEW_LEN - 2 * SECTOR};

enum lie {
	NO_LIE,
	LOST_WRITE,    /* says that it wrote and wrote nothing */
	BAD_FLUSH,     /* a byte is again what it was before */
	PLANTED_LINK,  /* a link appears at the temporary name when that was cleared */
	PLANTED_FILE,  /* so does a stranger's file */
	RAISES_SIGNALS /* before every call */
};

struct spy {
	enum lie lie;
	bool lied;   /* once only */
	char before; /* at VICTIM before it was written */
	char log[LOG_LINES][80];
	size_t n;
};

struct fixture {
	char dir[TEST_PATH], path[TEST_PATH + 16];
	char *record_path, *temp_path;
	uint8_t old_image[OLD_LEN], new_image[NEW_LEN];
	struct arena *arena;
	struct undo_record record;
	struct spy spy;
	struct apply_calls calls;
	struct apply_request request;
};

/* ---- calls that are written down ---- */

/* Handlers may only touch this: how many arrived. */
static volatile sig_atomic_t arrived;

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGPIPE, SIGALRM, SIGUSR1};
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))

static void count_signal(int number)
{
	(void)number;
	arrived++;
}

/* The last part of a path; a record's without what differs from run to run. */
static const char *leaf(const char *path)
{
	const char *slash = strrchr(path, '/'), *record = strstr(path, ".stop7b-undo");
	if (record && strstr(path, NAME ".stop7b-undo"))
		return record[12] ? MARK ".new" : MARK;
	if (record)
		return record[12] ? RECORD ".new" : RECORD;
	return slash ? slash + 1 : path;
}

static void note(struct spy *spy, const char *what, const char *path, long off)
{
	char line[80];
	if (spy->lie == RAISES_SIGNALS) {
		for (size_t i = 0; i < N_SIGNALS; i++)
			raise(signals[i]);
		assert_int_equal(arrived, 0);
	}
	if (off < 0)
		snprintf(line, sizeof(line), "%s %s", what, path);
	else
		snprintf(line, sizeof(line), "%s %s %ld", what, path, off);
	assert_true(spy->n < LOG_LINES);
	memcpy(spy->log[spy->n++], line, sizeof(line));
}

/* The file behind a descriptor, as the kernel names it: its leaf, or "folder". */
static void note_fd(struct spy *spy, const char *what, int fd, long off)
{
	char link[64], path[PATH_MAX];
	struct stat st;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof(path) - 1);
	assert_true(len > 0 && fstat(fd, &st) == 0);
	path[len] = '\0';
	note(spy, what, S_ISDIR(st.st_mode) ? "folder" : leaf(path), off);
}

static bool is_image(int fd)
{
	struct stat st, image;
	return fstat(fd, &st) == 0 && stat(NAME, &image) == 0 && st.st_ino == image.st_ino;
}

static int spy_open(void *ctx, const char *path, enum open_how how)
{
	if (how == OPEN_NEW)
		note(ctx, "new", leaf(path), -1);
	return apply_real_calls()->open_file(NULL, path, how);
}

static long spy_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	struct spy *spy = ctx;
	note_fd(spy, "write", fd, is_image(fd) ? (long)off : -1);
	if (!spy->lied && is_image(fd) && off <= VICTIM && VICTIM < off + len) {
		assert_int_equal(pread(fd, &spy->before, 1, VICTIM), 1);
		spy->lied = spy->lie == LOST_WRITE;
		if (spy->lied)
			return (long)len;
	}
	return apply_real_calls()->write_at(NULL, fd, buf, len, off);
}

static int spy_resize(void *ctx, int fd, uint64_t length)
{
	note_fd(ctx, "resize", fd, (long)length);
	return apply_real_calls()->resize(NULL, fd, length);
}

static int spy_flush(void *ctx, int fd)
{
	struct spy *spy = ctx;
	note_fd(spy, "flush", fd, -1);
	if (spy->lie == BAD_FLUSH && !spy->lied && is_image(fd)) {
		spy->lied = true;
		assert_int_equal(pwrite(fd, &spy->before, 1, VICTIM), 1);
	}
	return apply_real_calls()->flush(NULL, fd);
}

static int spy_move(void *ctx, const char *from, const char *to)
{
	note(ctx, "move", leaf(from), -1);
	return apply_real_calls()->move(NULL, from, to);
}

static int spy_drop(void *ctx, const char *path)
{
	struct spy *spy = ctx;
	note(spy, "drop", leaf(path), -1);
	int rc = apply_real_calls()->drop(NULL, path);
	if (spy->lie == PLANTED_LINK)
		assert_int_equal(symlink("victim", path), 0);
	if (spy->lie == PLANTED_FILE)
		assert_int_equal(link("victim", path), 0);
	return rc;
}

/* ---- the fixture ---- */

static void fill_record(struct fixture *x)
{
	struct stat st;
	assert_int_equal(stat(x->path, &st), 0);
	x->record = (struct undo_record){
		.image_path = x->path,
		.image_id = "",
		.image_length = OLD_LEN,
		.new_length = NEW_LEN,
		.device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.who = "root@test",
		.writes.arena = x->arena,
	};
	static const uint8_t zeros[SECTOR];
	for (size_t i = 0; i < N_WRITES; i++) {
		const uint8_t *was = places[i] < OLD_LEN ? x->old_image + places[i] : zeros;
		const struct write w = {places[i], SECTOR, was, x->new_image + places[i],
					SAID("sector")};
		assert_int_equal(writes_add(&x->record.writes, &w, NULL), 0);
	}
}

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	test_scratch(x->dir);
	char *real = realpath(x->dir, NULL);
	snprintf(x->dir, sizeof(x->dir), "%s", real);
	free(real);
	assert_int_equal(chdir(x->dir), 0);
	snprintf(x->path, sizeof(x->path), "%s/" NAME, x->dir);
	for (size_t i = 0; i < OLD_LEN; i++)
		x->old_image[i] = x->new_image[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < N_WRITES; i++)
		memset(x->new_image + places[i] + 5, 0x5a, 100);
	test_write(x->path, x->old_image, OLD_LEN);
	x->arena = arena_new();
	x->record_path = undo_path(x->path, x->dir, 0, x->arena);
	x->temp_path = arena_printf(x->arena, "%s.new", x->record_path);
	fill_record(x);
	x->calls = (struct apply_calls){spy_open, spy_write, spy_resize, spy_flush,
					spy_move, spy_drop,  &x->spy};
	x->request = (struct apply_request){
		.path = x->path, .undo_dir = x->dir, .record = &x->record, .calls = &x->calls};
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	arena_free(x->arena);
	assert_int_equal(chdir("/"), 0);
	test_scratch_remove(x->dir);
	free(x);
	return 0;
}

static bool file_is(const char *path, const void *expected, size_t expected_len)
{
	size_t len;
	uint8_t *is = test_read(path, &len);
	bool same = len == expected_len && memcmp(is, expected, len) == 0;
	free(is);
	return same;
}

static bool image_is_old(const struct fixture *x)
{
	return file_is(x->path, x->old_image, OLD_LEN);
}

static bool image_is_new(const struct fixture *x)
{
	return file_is(x->path, x->new_image, NEW_LEN);
}

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static void did(struct spy *spy, const char *const *expected, size_t n)
{
	for (size_t i = 0; i < spy->n && i < n; i++)
		if (strcmp(spy->log[i], expected[i]) != 0)
			fail_msg("call %zu: %s, not %s", i, spy->log[i], expected[i]);
	assert_int_equal(spy->n, n);
	spy->n = 0;
}
#define DID(spy, list) did(spy, list, sizeof(list) / sizeof((list)[0]))

/* ---- the order ---- */

/* New bytes: what a table points at is there before the table points at it. */
#define NEW_BYTES_WRITTEN                                                                          \
	"write " NAME " 7168", "write " NAME " 2560", "write " NAME " 512", "flush " NAME
/* The length that a block needs is there before the block is. */
#define GROWN "resize " NAME " 8192"
/* Old bytes: the table lets go first. */
#define OLD_BYTES_WRITTEN                                                                          \
	"write " NAME " 512", "write " NAME " 2560", "resize " NAME " 4096", "flush " NAME
#define MARK_WRITTEN   "write " RECORD, "flush " RECORD
#define RECORD_REMOVED "drop " RECORD, "flush folder", "drop " MARK, "flush folder"
#define RECORD_MADE                                                                                \
	"new " RECORD ".new", "write " RECORD ".new", "write " RECORD ".new",                      \
		"flush " RECORD ".new", "move " RECORD ".new", "flush folder", MARK_LEFT
/* Durable before an image byte changes: without it undo would not know where to look. */
#define MARK_LEFT                                                                                  \
	"drop " MARK ".new", "new " MARK ".new", "write " MARK ".new", "flush " MARK ".new",       \
		"move " MARK ".new", "flush folder"

static void applies_in_order(void **state)
{
	static const char *const expected[] = {RECORD_MADE, GROWN, NEW_BYTES_WRITTEN, MARK_WRITTEN};
	struct fixture *x = *state;
	assert_int_equal(apply_write(&x->request, NULL), 0);
	DID(&x->spy, expected);
	assert_true(image_is_new(x));
}

static void apply_quietly(struct fixture *x)
{
	assert_int_equal(apply_write(&x->request, NULL), 0);
	assert_true(image_is_new(x));
	x->spy.n = 0;
}

static void undoes_in_order(void **state)
{
	static const char *const expected[] = {MARK_WRITTEN, OLD_BYTES_WRITTEN, RECORD_REMOVED};
	struct fixture *x = *state;
	apply_quietly(x);
	assert_int_equal(apply_undo(&x->request, NULL), 0);
	DID(&x->spy, expected);
	assert_true(image_is_old(x));
}

/* As a power cut before the mark leaves it. */
static void interrupt(struct fixture *x)
{
	struct stat st;
	static const uint8_t no_mark[UNDO_MARK_LEN];
	apply_quietly(x);
	int fd = open(x->record_path, O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, no_mark, sizeof(no_mark), st.st_size - UNDO_MARK_LEN),
			 UNDO_MARK_LEN);
	close(fd);
}

static void recovers_in_order(void **state)
{
	static const char *const back[] = {OLD_BYTES_WRITTEN, RECORD_REMOVED};
	static const char *const on[] = {NEW_BYTES_WRITTEN, MARK_WRITTEN};
	struct fixture *x = *state;
	interrupt(x);
	assert_int_equal(apply_recover(&x->request, false, NULL), 0);
	DID(&x->spy, back);
	assert_true(image_is_old(x));
	interrupt(x);
	assert_int_equal(apply_recover(&x->request, true, NULL), 0);
	DID(&x->spy, on);
	assert_true(image_is_new(x));
}

/* ---- a disk that lies ---- */

/* What did not arrive is seen by reading it back, after the flush, and taken back in order. */
static void reads_back_what_it_wrote(void **state)
{
	static const char *const expected[] = {RECORD_MADE, GROWN, NEW_BYTES_WRITTEN,
					       OLD_BYTES_WRITTEN, RECORD_REMOVED};
	struct fixture *x = *state;
	for (enum lie lie = LOST_WRITE; lie <= BAD_FLUSH; lie++) {
		struct err err = {0};
		x->spy = (struct spy){.lie = lie};
		assert_int_equal(apply_write(&x->request, &err), -1);
		assert_int_equal(err.code, E_WRITE);
		DID(&x->spy, expected);
		assert_true(image_is_old(x));
		assert_false(exists(x->record_path));
	}
}

/* An undo or a recovery that did not arrive is no success, and its record stays. */
static void reads_back_what_it_restored(void **state)
{
	struct fixture *x = *state;
	for (int job = 0; job < 6; job++) {
		struct err err = {0};
		interrupt(x);
		if (job / 2 == 0) /* a whole apply to undo */
			assert_int_equal(apply_recover(&x->request, true, NULL), 0);
		x->spy = (struct spy){.lie = job % 2 ? BAD_FLUSH : LOST_WRITE};
		if (job / 2 == 2) /* there must be something to lose */
			test_write(x->path, x->old_image, OLD_LEN);
		assert_int_equal(job / 2 == 0 ? apply_undo(&x->request, &err)
					      : apply_recover(&x->request, job / 2 == 2, &err),
				 -1);
		assert_int_equal(err.code, E_WRITE);
		assert_true(exists(x->record_path));
		x->spy = (struct spy){NO_LIE};
		assert_int_equal(apply_recover(&x->request, false, NULL), 0);
		assert_true(image_is_old(x));
	}
}

/* ---- signals ---- */

static void catch_signals(void (*handler)(int))
{
	const struct sigaction action = {.sa_handler = handler};
	for (size_t i = 0; i < N_SIGNALS; i++)
		assert_int_equal(sigaction(signals[i], &action, NULL), 0);
}

/* Every signal that comes at any call is delivered, but only when the run is over. */
static void signals_wait(void **state)
{
	struct fixture *x = *state;
	catch_signals(count_signal);
	for (int job = 0; job < 4; job++) {
		if (job >= 2)
			interrupt(x);
		x->spy = (struct spy){.lie = RAISES_SIGNALS};
		arrived = 0;
		assert_int_equal(job == 0   ? apply_write(&x->request, NULL)
				 : job == 1 ? apply_undo(&x->request, NULL)
					    : apply_recover(&x->request, job == 3, NULL),
				 0);
		assert_int_equal(arrived, N_SIGNALS);
		x->spy = (struct spy){NO_LIE};
	}
	catch_signals(SIG_DFL);
}

/* ---- names that are taken ---- */

/* Between clearing the temporary name and making the record another user may take it. */
static void a_new_record_is_never_somebody_elses(void **state)
{
	struct fixture *x = *state;
	test_write("victim", "keep", 4);
	for (enum lie lie = PLANTED_LINK; lie <= PLANTED_FILE; lie++) {
		struct err err = {0};
		test_write(x->temp_path, "left by a crash", 15);
		x->spy = (struct spy){.lie = lie};
		assert_int_equal(apply_write(&x->request, &err), -1);
		assert_int_equal(err.code, E_GUARD);
		assert_true(file_is("victim", "keep", 4));
		assert_true(image_is_old(x));
		assert_false(exists(x->record_path));
		assert_int_equal(unlink(x->temp_path), 0);
	}
}

static void a_new_record_follows_no_link(void **state)
{
	(void)state;
	const struct apply_calls *real = apply_real_calls();
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_int_equal(real->open_file(NULL, "link", OPEN_NEW), -1);
	assert_false(exists("nowhere"));
}

static void a_record_is_its_owners_alone(void **state)
{
	struct fixture *x = *state;
	struct stat st;
	mode_t mask = umask(0);
	apply_quietly(x);
	umask(mask);
	assert_int_equal(stat(x->record_path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(applies_in_order),
		TEST(undoes_in_order),
		TEST(recovers_in_order),
		TEST(reads_back_what_it_wrote),
		TEST(reads_back_what_it_restored),
		TEST(signals_wait),
		TEST(a_new_record_is_never_somebody_elses),
		TEST(a_new_record_follows_no_link),
		TEST(a_record_is_its_owners_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
