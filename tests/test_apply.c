/* SPDX-License-Identifier: MIT */
/*
 * apply.c against a plain file: every failure, and a kill at every single call that changes
 * something. After each of them the file must hold all old or all new bytes, or recovery must bring
 * it there, with the bytes around the writes untouched.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "stop7b/apply.h"

#define IMAGE_LEN 65536u
#define SECTOR    512u
#define N_WRITES  4u
#define NEW_LEN   (IMAGE_LEN + 3 * SECTOR) /* the last write lies behind the old end, with a gap */
#define KILLED    77                       /* exit status of a child that a fault ended */

static const uint64_t places[N_WRITES] = {0, 5 * SECTOR, IMAGE_LEN - SECTOR, NEW_LEN - SECTOR};
/* One is longer than what is compared at once, 4096 bytes. */
static const size_t lengths[N_WRITES] = {SECTOR, 19 * SECTOR, SECTOR, SECTOR};

struct fixture {
	char dir[TEST_PATH], path[TEST_PATH + 16], undo_dir[TEST_PATH + 16];
	uint8_t old_image[NEW_LEN], new_image[NEW_LEN]; /* the old one is shorter */
	struct arena *arena;
	struct undo_record record;
};

/* ---- calls that fail or end the process at the n-th ---- */

enum fault { FAULT_NONE, FAULT_KILL, FAULT_ERROR, FAULT_ERROR_FROM_HERE, FAULT_HALF_KILL };

struct faults {
	enum fault fault;
	int at, count; /* the at-th changing call, counted from 1 */
	int error;     /* errno of what fails; 0: EIO */
};

static bool hits(struct faults *f)
{
	f->count++;
	if (f->fault == FAULT_ERROR_FROM_HERE)
		return f->count >= f->at;
	return f->fault != FAULT_NONE && f->count == f->at;
}

static bool fails(struct faults *f)
{
	if (!hits(f))
		return false;
	if (f->fault == FAULT_KILL || f->fault == FAULT_HALF_KILL)
		_exit(KILLED);
	errno = f->error ? f->error : EIO;
	return true;
}

static int faulty_open(void *ctx, const char *path, enum open_how how)
{
	const struct apply_calls *real = apply_real_calls();
	if (how == OPEN_NEW && fails(ctx))
		return -1;
	return real->open_file(real->ctx, path, how);
}

static long faulty_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	struct faults *f = ctx;
	const struct apply_calls *real = apply_real_calls();
	if (f->fault == FAULT_HALF_KILL && f->count + 1 == f->at)
		real->write_at(real->ctx, fd, buf, len / 2, off);
	if (fails(f))
		return -1;
	/* Short writes are legal: give the caller one in every write that is long enough. */
	return real->write_at(real->ctx, fd, buf, len > 100 ? len - 100 : len, off);
}

static int faulty_resize(void *ctx, int fd, uint64_t length)
{
	return fails(ctx) ? -1 : apply_real_calls()->resize(NULL, fd, length);
}

static int faulty_flush(void *ctx, int fd)
{
	return fails(ctx) ? -1 : apply_real_calls()->flush(NULL, fd);
}

static int faulty_move(void *ctx, const char *from, const char *to)
{
	return fails(ctx) ? -1 : apply_real_calls()->move(NULL, from, to);
}

static int faulty_drop(void *ctx, const char *path)
{
	return fails(ctx) ? -1 : apply_real_calls()->drop(NULL, path);
}

static struct apply_calls faulty(struct faults *f)
{
	return (struct apply_calls){faulty_open,
				    faulty_write,
				    faulty_resize,
				    faulty_flush,
				    faulty_move,
				    faulty_drop,
				    f};
}

/* ---- the fixture ---- */

static void fill_record(struct fixture *x)
{
	struct stat st;
	struct err err = {0};
	assert_int_equal(stat(x->path, &st), 0);
	x->record = (struct undo_record){
		.image_path = x->path,
		.image_id = "",
		.image_length = IMAGE_LEN,
		.new_length = NEW_LEN,
		.device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.created = 130000000000000000u,
		.who = "root@test",
		.writes.arena = x->arena,
	};
	for (size_t i = 0; i < N_WRITES; i++) {
		const struct write w = {places[i], lengths[i], x->old_image + places[i],
					x->new_image + places[i], SAID("sector")};
		assert_int_equal(writes_add(&x->record.writes, &w, &err), 0);
	}
}

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	test_scratch(x->dir);
	char *real = realpath(x->dir, NULL);
	snprintf(x->dir, sizeof(x->dir), "%s", real);
	free(real);
	snprintf(x->path, sizeof(x->path), "%s/disk.img", x->dir);
	for (size_t i = 0; i < IMAGE_LEN; i++)
		x->old_image[i] = x->new_image[i] = (uint8_t)(i * 7 + i / 251);
	/* What lies behind the old end reads as zeros until it is written. */
	for (size_t i = 0; i < N_WRITES; i++)
		for (size_t j = 10; j < lengths[i] - 10; j += 3)
			x->new_image[places[i] + j] ^= 0x5a;
	test_write(x->path, x->old_image, IMAGE_LEN);
	x->arena = arena_new();
	fill_record(x);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	arena_free(x->arena);
	test_scratch_remove(x->dir);
	free(x);
	return 0;
}

static struct apply_request request_of(const struct fixture *x, const struct apply_calls *calls)
{
	return (struct apply_request){
		.path = x->path, .undo_dir = x->dir, .record = &x->record, .calls = calls};
}

static bool image_holds(const struct fixture *x, const uint8_t *expected, size_t expected_len)
{
	size_t len;
	uint8_t *is = test_read(x->path, &len);
	bool same = len == expected_len && memcmp(is, expected, len) == 0;
	free(is);
	return same;
}

static bool image_is_old(const struct fixture *x)
{
	return image_holds(x, x->old_image, IMAGE_LEN);
}

static bool image_is_new(const struct fixture *x)
{
	return image_holds(x, x->new_image, NEW_LEN);
}

/* 1 complete, 0 unfinished, -1 none, -2 damaged. */
static int record_state(const struct fixture *x)
{
	struct undo_record r;
	struct err err = {0};
	if (apply_find_record(x->path, x->dir, 0, x->arena, &r, &err) < 0)
		return err.code == E_NORECORD ? -1 : -2;
	return r.complete;
}

static void put_image(const struct fixture *x, const uint8_t *bytes, size_t len)
{
	int fd = open(x->path, O_WRONLY | O_TRUNC);
	assert_int_equal(pwrite(fd, bytes, len, 0), len);
	close(fd);
}

static void forget_records(const struct fixture *x)
{
	for (unsigned n = 0; n < 3; n++) {
		char *path = undo_path(x->path, x->dir, n, x->arena);
		unlink(path);
		unlink(arena_printf(x->arena, "%s.new", path));
	}
}

/* ---- tests ---- */

static void writes_and_undoes(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	assert_int_equal(apply_write(&request, &err), 0);
	assert_true(image_is_new(x));
	assert_int_equal(record_state(x), 1);
	assert_int_equal(apply_undo(&request, &err), 0);
	assert_true(image_is_old(x));
	assert_int_equal(record_state(x), -1);
}

static void refuses_changed_bytes(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	uint8_t copy[IMAGE_LEN];
	memcpy(copy, x->old_image, IMAGE_LEN);
	copy[places[1] + 11] ^= 1;
	put_image(x, copy, IMAGE_LEN);
	assert_int_equal(apply_write(&request, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	assert_true(image_holds(x, copy, IMAGE_LEN));
	assert_int_equal(record_state(x), -1);
}

static void refuses_another_file(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	x->record.inode++;
	assert_int_equal(apply_write(&request, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	x->record.inode--;
	x->record.image_length -= SECTOR;
	err_clear(&err);
	assert_int_equal(apply_write(&request, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	assert_true(image_is_old(x));
}

static void undo_refuses_foreign_bytes(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	assert_int_equal(apply_write(&request, &err), 0);
	uint8_t copy[NEW_LEN];
	memcpy(copy, x->new_image, NEW_LEN);
	copy[places[2] + 100] ^= 0x80;
	put_image(x, copy, NEW_LEN);
	assert_int_equal(apply_undo(&request, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	assert_true(image_holds(x, copy, NEW_LEN));
	assert_int_equal(record_state(x), 1);
}

static void records_pile_up(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	assert_int_equal(apply_write(&request, &err), 0);
	struct undo_record first = x->record;
	struct undo_record second = first;
	second.image_length = NEW_LEN;
	second.writes = (struct write_list){.arena = x->arena};
	uint8_t third[SECTOR];
	memset(third, 0xee, sizeof(third));
	const struct write w = {places[0], SECTOR, x->new_image, third, SAID("again")};
	assert_int_equal(writes_add(&second.writes, &w, &err), 0);
	x->record = second;
	assert_int_equal(apply_write(&request, &err), 0);
	struct undo_record r;
	assert_int_equal(apply_find_record(x->path, x->dir, 1, x->arena, &r, &err), 0);
	assert_int_equal(r.writes.n, N_WRITES);
	assert_int_equal(apply_undo(&request, &err), 0);
	assert_true(image_is_new(x));
	assert_int_equal(apply_undo(&request, &err), 0);
	assert_true(image_is_old(x));
	assert_int_equal(apply_undo(&request, &err), -1);
	assert_int_equal(err.code, E_NORECORD);
}

/* Numbers 1 to 999 of a row of records, made or removed. */
static void fill_row(const struct fixture *x, bool there)
{
	for (unsigned n = 1; n < 1000; n++) {
		char *path = undo_path(x->path, x->dir, n, x->arena);
		int fd = there ? open(path, O_WRONLY | O_CREAT, 0600) : -1;
		assert_int_equal(there ? close(fd) : unlink(path), 0);
	}
}

/* No more than a thousand are kept, and that is what is said. */
static void a_full_row_of_records(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	assert_int_equal(apply_write(&request, &err), 0);
	fill_row(x, true);
	put_image(x, x->old_image, IMAGE_LEN);
	assert_int_equal(apply_write(&request, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	assert_non_null(strstr(err.text, "999 older records lie there and no more are kept"));
	assert_true(image_is_old(x));
	unlink(undo_path(x->path, x->dir, 500, x->arena));
	err_clear(&err);
	assert_int_equal(apply_write(&request, &err), 0);
	assert_int_equal(apply_undo(&request, &err), 0);
	close(open(undo_path(x->path, x->dir, 500, x->arena), O_WRONLY | O_CREAT, 0600));
	fill_row(x, false);
}

static void undo_dir_that_is_missing(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	struct apply_request request = request_of(x, NULL);
	request.undo_dir = "/nonexistent/place";
	assert_int_equal(apply_write(&request, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	assert_non_null(strstr(err.text, "no-undo-place"));
	assert_true(image_is_old(x));
}

/* ---- the crash loop ---- */

enum job { JOB_WRITE, JOB_UNDO, JOB_RECOVER_UNDO, JOB_RECOVER_FINISH };

static int do_job(enum job job, const struct apply_request *request, struct err *err)
{
	if (job == JOB_WRITE)
		return apply_write(request, err);
	if (job == JOB_UNDO)
		return apply_undo(request, err);
	return apply_recover(request, job == JOB_RECOVER_FINISH, err);
}

/* Run a job in a child that a fault may end. True when it got to its end. */
static bool run_killed(struct fixture *x, enum job job, enum fault fault, int at)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct faults f = {.fault = fault, .at = at};
		const struct apply_calls calls = faulty(&f);
		const struct apply_request request = request_of(x, &calls);
		struct err err = {0};
		_exit(do_job(job, &request, &err) < 0 ? 1 : 0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
	return WEXITSTATUS(status) == 0;
}

/* Bring the image to what a job needs to begin with. */
static void prepare(struct fixture *x, enum job job)
{
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	forget_records(x);
	put_image(x, x->old_image, IMAGE_LEN);
	if (job == JOB_WRITE)
		return;
	assert_int_equal(apply_write(&request, &err), 0);
	if (job == JOB_UNDO)
		return;
	/* An apply that was killed between two sectors. */
	forget_records(x);
	put_image(x, x->old_image, IMAGE_LEN);
	for (int at = 1; record_state(x) != 0 || image_is_old(x); at++) {
		forget_records(x);
		put_image(x, x->old_image, IMAGE_LEN);
		assert_false(run_killed(x, JOB_WRITE, FAULT_HALF_KILL, at));
	}
}

/* Whatever is left must recover to exactly before, and in a second go to exactly after. */
static void recovers_both_ways(struct fixture *x, int found)
{
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	if (found != 0) {
		bool old = image_is_old(x), new = image_is_new(x);
		assert_true(found == 1 ? new : old || new);
		return;
	}
	size_t len, image_len;
	char *path = undo_path(x->path, x->dir, 0, x->arena);
	uint8_t *record = test_read(path, &len), *image = test_read(x->path, &image_len);
	assert_int_equal(apply_recover(&request, false, &err), 0);
	assert_true(image_is_old(x));
	assert_int_equal(record_state(x), -1);
	put_image(x, image, image_len);
	test_write(path, record, len);
	assert_int_equal(apply_recover(&request, true, &err), 0);
	assert_true(image_is_new(x));
	assert_int_equal(record_state(x), 1);
	assert_int_equal(apply_undo(&request, &err), 0);
	assert_true(image_is_old(x));
	free(record);
	free(image);
}

static void crash_loop(struct fixture *x, enum job job, enum fault fault)
{
	int n = 1;
	for (;; n++) {
		assert_true(n < 200);
		prepare(x, job);
		bool ended = run_killed(x, job, fault, n);
		recovers_both_ways(x, record_state(x));
		if (ended)
			break;
	}
	assert_true(n > 5);
}

static void survives_a_kill_anywhere(void **state)
{
	for (enum job job = JOB_WRITE; job <= JOB_RECOVER_FINISH; job++) {
		crash_loop(*state, job, FAULT_KILL);
		crash_loop(*state, job, FAULT_HALF_KILL);
	}
}

/* ---- failing calls ---- */

/* What is said of the image must be so; what stands half written is told as nothing else is. */
static void says_the_state(struct fixture *x, const struct err *err)
{
	bool half = strstr(err->text, "may stand half written");
	assert_true(err->code == E_GUARD || err->code == E_WRITE);
	if (strstr(err->text, "untouched") || strstr(err->text, "nothing was written") ||
	    strstr(err->text, "restored byte for byte"))
		assert_true(image_is_old(x) && !half);
	else
		assert_true(half || image_is_new(x));
	if (half)
		assert_int_equal(record_state(x), 0);
}

/* One call of an apply fails. 1 done with the fault in it, 0 taken back, -1 there is no such call. */
static int fail_at(struct fixture *x, int n, int error)
{
	struct faults f = {.fault = FAULT_ERROR, .at = n, .error = error};
	const struct apply_calls calls = faulty(&f);
	const struct apply_request request = request_of(x, &calls);
	struct err err = {0};
	prepare(x, JOB_WRITE);
	if (apply_write(&request, &err) == 0) {
		assert_true(image_is_new(x));
		assert_int_equal(record_state(x), 1);
		return f.count < n ? -1 : 1;
	}
	says_the_state(x, &err);
	assert_int_equal(err.code, E_WRITE);
	assert_true(image_is_old(x));
	assert_int_equal(record_state(x), -1);
	return 0;
}

static void one_failure_leaves_old_bytes(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT, EFBIG};
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		int n = 1, done = 0, rc;
		for (; (rc = fail_at(*state, n, errors[i])) >= 0; n++)
			done += rc; /* only the mark that leads to the record may be missing */
		assert_true(n > 5);
		assert_in_range(done, 1, 6);
	}
}

/* A call of an undo fails: nothing of it went into the image, and the record can be asked once more. */
static void a_failed_undo_can_be_asked_again(void **state)
{
	struct fixture *x = *state;
	int untouched = 0;
	for (int n = 1;; n++) {
		struct faults f = {.fault = FAULT_ERROR, .at = n, .error = EIO};
		const struct apply_calls calls = faulty(&f);
		const struct apply_request request = request_of(x, &calls);
		struct err err = {0};
		prepare(x, JOB_UNDO);
		if (apply_undo(&request, &err) == 0 && f.count < n)
			break;
		assert_true(n < 200);
		if (!strstr(err.text, "can be undone later"))
			continue;
		untouched++;
		assert_true(image_is_new(x));
		assert_int_equal(record_state(x), 1);
	}
	assert_true(untouched > 0);
}

static void an_interrupted_call_is_made_again(void **state)
{
	int n = 1, rc, failed = 0;
	for (; (rc = fail_at(*state, n, EINTR)) >= 0; n++)
		failed += rc == 0;
	assert_true(n > 5);
	assert_int_equal(failed,
			 2); /* that the record gets its name: open and rename never say so */
}

static void a_disk_that_dies_stays_recoverable(void **state)
{
	struct fixture *x = *state;
	for (enum job job = JOB_WRITE; job <= JOB_RECOVER_FINISH; job++)
		for (int n = 1;; n++) {
			struct faults f = {.fault = FAULT_ERROR_FROM_HERE, .at = n};
			const struct apply_calls calls = faulty(&f);
			const struct apply_request request = request_of(x, &calls);
			struct err err = {0};
			prepare(x, job);
			int rc = do_job(job, &request, &err);
			if (rc < 0 && job == JOB_WRITE)
				says_the_state(x, &err);
			else if (rc < 0)
				assert_int_equal(err.code, E_WRITE);
			recovers_both_ways(x, record_state(x));
			if (rc == 0)
				break;
		}
}

static void recovery_refuses_a_foreign_byte(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	prepare(x, JOB_RECOVER_UNDO);
	size_t len;
	uint8_t *image = test_read(x->path, &len);
	image[places[2] + 13] = (uint8_t)~x->old_image[places[2] + 13] ^ 0x10;
	put_image(x, image, len);
	assert_int_equal(apply_recover(&request, false, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	err_clear(&err);
	assert_int_equal(apply_recover(&request, true, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	assert_true(image_holds(x, image, len));
	free(image);
}

static void unfinished_record_stops_an_apply(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	prepare(x, JOB_RECOVER_UNDO);
	assert_int_equal(apply_write(&request, &err), -1);
	assert_int_equal(err.code, E_INTERRUPTED);
	err_clear(&err);
	assert_int_equal(apply_undo(&request, &err), -1);
	assert_int_equal(err.code, E_INTERRUPTED);
}

static void nothing_to_recover(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	const struct apply_request request = request_of(x, NULL);
	assert_int_equal(apply_recover(&request, false, &err), -1);
	assert_int_equal(err.code, E_NORECORD);
	err_clear(&err);
	assert_int_equal(apply_write(&request, &err), 0);
	assert_int_equal(apply_recover(&request, false, &err), -1);
	assert_int_equal(err.code, E_NORECORD);
	assert_true(image_is_new(x));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_and_undoes),
		TEST(refuses_changed_bytes),
		TEST(refuses_another_file),
		TEST(undo_refuses_foreign_bytes),
		TEST(records_pile_up),
		TEST(a_full_row_of_records),
		TEST(undo_dir_that_is_missing),
		TEST(survives_a_kill_anywhere),
		TEST(one_failure_leaves_old_bytes),
		TEST(a_failed_undo_can_be_asked_again),
		TEST(an_interrupted_call_is_made_again),
		TEST(a_disk_that_dies_stays_recoverable),
		TEST(recovery_refuses_a_foreign_byte),
		TEST(unfinished_record_stops_an_apply),
		TEST(nothing_to_recover),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
