/* SPDX-License-Identifier: MIT */
/*
 * apply.c and its record files against other people: links and strangers' files at the names of
 * records, gaps in their numbers, records that claim to be huge, writers that lock nothing, and
 * failures that meet (a mark that is written although its flush failed, then a kill).
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "stop7b/apply.h"

#define IMAGE_LEN 4096u
#define SECTOR    512u
#define ROUNDS    6u

struct fixture {
	char dir[TEST_PATH], path[TEST_PATH + 16];
	uint8_t images[ROUNDS + 1][IMAGE_LEN]; /* after n applies */
	struct arena *arena;
	struct undo_record record;
	struct apply_request request;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	struct stat st;
	test_scratch(x->dir);
	char *real = realpath(x->dir, NULL);
	snprintf(x->dir, sizeof(x->dir), "%s", real);
	free(real);
	snprintf(x->path, sizeof(x->path), "%s/disk.img", x->dir);
	for (size_t n = 0; n <= ROUNDS; n++)
		for (size_t i = 0; i < IMAGE_LEN; i++)
			x->images[n][i] = (uint8_t)(i + i / 256 + (i % SECTOR < 100 ? n * 17 : 0));
	test_write(x->path, x->images[0], IMAGE_LEN);
	assert_int_equal(stat(x->path, &st), 0);
	x->arena = arena_new();
	x->record = (struct undo_record){.image_path = x->path,
					 .image_id = "",
					 .image_length = IMAGE_LEN,
					 .new_length = IMAGE_LEN,
					 .device = (uint64_t)st.st_dev,
					 .inode = (uint64_t)st.st_ino,
					 .who = "root@test"};
	x->request = (struct apply_request){
		.path = x->path, .undo_dir = x->dir, .record = &x->record};
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

/* Make the record that goes from one generation of the image to the next. */
static void make_record(struct fixture *x, size_t n)
{
	x->record.writes = (struct write_list){.arena = x->arena};
	for (size_t off = 0; off < IMAGE_LEN; off += SECTOR) {
		const struct write w = {off, SECTOR, x->images[n] + off, x->images[n + 1] + off,
					SAID("s")};
		assert_int_equal(writes_add(&x->record.writes, &w, NULL), 0);
	}
}

static int apply(struct fixture *x, size_t n, struct err *err)
{
	make_record(x, n);
	return apply_write(&x->request, err);
}

static bool image_is(const struct fixture *x, size_t n)
{
	size_t len;
	uint8_t *is = test_read(x->path, &len);
	bool same = len == IMAGE_LEN && memcmp(is, x->images[n], IMAGE_LEN) == 0;
	free(is);
	return same;
}

static char *record_path(const struct fixture *x, unsigned n)
{
	return undo_path(x->path, x->dir, n, x->arena);
}

static enum err_code find(const struct fixture *x, unsigned n)
{
	struct undo_record r;
	struct err err = {0};
	apply_find_record(x->path, x->dir, n, x->arena, &r, &err);
	return err.code;
}

/* ---- numbers and gaps ---- */

static void every_apply_can_be_undone(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	for (size_t n = 0; n < ROUNDS; n++)
		assert_int_equal(apply(x, n, &err), 0);
	for (unsigned n = 0; n < ROUNDS; n++)
		assert_int_equal(find(x, n), E_OK);
	assert_int_equal(find(x, ROUNDS), E_NORECORD);
	for (size_t n = ROUNDS; n-- > 0;) {
		if (apply_undo(&x->request, &err) < 0)
			fail_msg("back to %zu: %s", n, err.text);
		assert_true(image_is(x, n));
	}
	assert_int_equal(find(x, 0), E_NORECORD);
}

static void gaps_are_passed_over(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	assert_int_equal(apply(x, 0, &err), 0);
	assert_int_equal(apply(x, 1, &err), 0);
	assert_int_equal(rename(record_path(x, 1), record_path(x, 999)), 0);
	assert_int_equal(rename(record_path(x, 0), record_path(x, 40)), 0);
	assert_int_equal(apply_undo(&x->request, &err), 0);
	assert_true(image_is(x, 1));
	assert_int_equal(apply_undo(&x->request, &err), 0);
	assert_true(image_is(x, 0));
}

static void other_names_are_no_records(void **state)
{
	struct fixture *x = *state;
	static const char *const names[] = {".01",   ".1x",  ".0", ".",          ".-1",
					    ".1000", ".new", "x",  ".4294967297"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		test_write(arena_printf(x->arena, "%s%s", record_path(x, 0), names[i]), "junk", 4);
	assert_int_equal(find(x, 0), E_NORECORD);
	assert_int_equal(apply(x, 0, NULL), 0);
	assert_int_equal(find(x, 0), E_OK);
	assert_int_equal(find(x, 1), E_NORECORD);
}

/* ---- what lies at a record's name ---- */

static void strange_things_at_the_name_stop_everything(void **state)
{
	struct fixture *x = *state;
	char *name = record_path(x, 0), *away = arena_printf(x->arena, "%s/away", x->dir);
	assert_int_equal(apply(x, 0, NULL), 0);
	assert_int_equal(rename(name, away), 0);
	for (int what = 0; what < 4; what++) {
		struct err err = {0};
		assert_int_equal(what == 0   ? symlink(away, name)
				 : what == 1 ? symlink("nowhere", name)
				 : what == 2 ? mkfifo(name, 0600)
					     : mkdir(name, 0700),
				 0);
		assert_true(find(x, 0) == E_OPEN || find(x, 0) == E_FORMAT);
		assert_int_equal(apply_undo(&x->request, &err), -1);
		assert_true(err.code == E_OPEN || err.code == E_FORMAT);
		err_clear(&err);
		assert_int_equal(apply(x, 1, &err), -1);
		assert_int_equal(err.code, E_GUARD);
		assert_true(image_is(x, 1));
		assert_int_equal(remove(name), 0);
	}
	assert_int_equal(rename(away, name), 0);
	assert_int_equal(apply_undo(&x->request, NULL), 0);
	assert_true(image_is(x, 0));
}

/* The temporary name: a link there is removed, never followed. */
static void a_link_at_the_temporary_name(void **state)
{
	struct fixture *x = *state;
	char *victim = arena_printf(x->arena, "%s/victim", x->dir);
	test_write(victim, "keep", 4);
	assert_int_equal(symlink(victim, arena_printf(x->arena, "%s.new", record_path(x, 0))), 0);
	assert_int_equal(apply(x, 0, NULL), 0);
	size_t len;
	uint8_t *is = test_read(victim, &len);
	assert_int_equal(len, 4);
	free(is);
	assert_true(image_is(x, 1));
}

/* A record of a stranger in a directory where anybody may write is not believed. */
static void a_strangers_record_is_not_believed(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	if (geteuid() != 0)
		skip();
	assert_int_equal(apply(x, 0, NULL), 0);
	assert_int_equal(chown(record_path(x, 0), 12345, 12345), 0);
	assert_int_equal(find(x, 0), E_OK);
	assert_int_equal(chmod(x->dir, 01777), 0);
	assert_int_equal(find(x, 0), E_FORMAT);
	assert_int_equal(apply_undo(&x->request, &err), -1);
	assert_int_equal(err.code, E_FORMAT);
	assert_true(image_is(x, 1));
	assert_int_equal(chown(x->path, 12345, 12345), 0); /* who owns the image can change it */
	assert_int_equal(find(x, 0), E_OK);
	assert_int_equal(apply_undo(&x->request, NULL), 0);
	assert_true(image_is(x, 0));
}

/* A sparse file that claims 1 GiB costs no memory: its first sector gives it away. */
static void a_huge_file_is_refused_by_its_head(void **state)
{
	struct fixture *x = *state;
	struct undo_record r;
	struct err err = {0};
	test_write(record_path(x, 0), "S7BUNDO\n\1\0\0\0", 12);
	assert_int_equal(truncate(record_path(x, 0), 1 << 30), 0);
	struct arena *arena = arena_new();
	assert_int_equal(apply_find_record(x->path, x->dir, 0, arena, &r, &err), -1);
	arena_free(arena);
	assert_int_equal(err.code, E_CORRUPT);
	assert_int_equal(truncate(record_path(x, 0), (1ll << 31) + 1), 0);
	assert_int_equal(find(x, 0), E_FORMAT);
}

/* ---- the image ---- */

static void a_writer_without_locks_is_refused(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	int fd = open(x->path, O_RDWR | O_CLOEXEC);
	assert_int_equal(apply(x, 0, &err), -1);
	assert_int_equal(err.code, E_LOCKED);
	close(fd);
	assert_true(image_is(x, 0));
	assert_int_equal(find(x, 0), E_NORECORD);
	assert_int_equal(apply(x, 0, NULL), 0);
}

static void a_replaced_image_is_refused(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	char *other = arena_printf(x->arena, "%s/other.img", x->dir);
	test_write(other, x->images[0], IMAGE_LEN);
	assert_int_equal(rename(other, x->path), 0);
	assert_int_equal(apply(x, 0, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	err_clear(&err);
	x->record.device++; /* a new record is of this very boot: the device counts too */
	assert_int_equal(apply(x, 0, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	assert_true(image_is(x, 0));
}

/* ---- failures that meet ---- */

struct faults {
	int flushes, fail_flush; /* the flush that fails, counted from 1 */
	int writes, kill_write;  /* the write that ends the process */
	bool vanish;             /* the temporary record disappears and cannot be written */
};

static int faulty_open(void *ctx, const char *path, enum open_how how)
{
	struct faults *f = ctx;
	int fd = apply_real_calls()->open_file(NULL, path, how);
	if (how == OPEN_NEW && f->vanish)
		unlink(path);
	return fd;
}

static long faulty_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	struct faults *f = ctx;
	if (++f->writes == f->kill_write)
		_exit(77);
	errno = EIO;
	return f->vanish ? -1 : apply_real_calls()->write_at(NULL, fd, buf, len, off);
}

static int faulty_flush(void *ctx, int fd)
{
	struct faults *f = ctx;
	errno = EIO;
	return ++f->flushes == f->fail_flush ? -1 : apply_real_calls()->flush(NULL, fd);
}

static int real_move(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return apply_real_calls()->move(NULL, from, to);
}

static int real_drop(void *ctx, const char *path)
{
	(void)ctx;
	return apply_real_calls()->drop(NULL, path);
}

static struct apply_calls faulty(struct faults *f)
{
	return (struct apply_calls){faulty_open,
				    faulty_write,
				    apply_real_calls()->resize,
				    faulty_flush,
				    real_move,
				    real_drop,
				    f};
}

/* A record that cannot be written must not take an older one with it. */
static void a_vanished_temporary_costs_no_older_record(void **state)
{
	struct fixture *x = *state;
	struct err err = {0};
	struct faults f = {.vanish = true};
	const struct apply_calls calls = faulty(&f);
	assert_int_equal(apply(x, 0, NULL), 0);
	x->request.calls = &calls;
	assert_int_equal(apply(x, 1, &err), -1);
	assert_int_equal(err.code, E_WRITE);
	x->request.calls = NULL;
	assert_int_equal(find(x, 0), E_OK);
	assert_int_equal(apply_undo(&x->request, NULL), 0);
	assert_true(image_is(x, 0));
}

static void apply_with_faults(struct fixture *x, struct faults f)
{
	const struct apply_calls calls = faulty(&f);
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		x->request.calls = &calls;
		struct err err = {0};
		_exit(apply(x, 0, &err) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
}

/* For every flush that fails (the written bytes may be durable all the same) and a kill at every
 * write after it: a marked record means all new bytes, an unmarked one can be recovered. */
static void a_failed_flush_then_a_kill(void **state)
{
	struct fixture *x = *state;
	for (int flush = 1; flush <= 6; flush++)
		for (int write = 1; write <= 30; write++) {
			struct undo_record r;
			struct err err = {0};
			test_write(x->path, x->images[0], IMAGE_LEN);
			unlink(record_path(x, 0));
			apply_with_faults(
				x, (struct faults){.fail_flush = flush, .kill_write = write});
			if (apply_find_record(x->path, x->dir, 0, x->arena, &r, &err) < 0) {
				assert_int_equal(err.code, E_NORECORD);
				assert_true(image_is(x, 0));
			} else if (r.complete) {
				assert_true(image_is(x, 1));
			} else {
				if (apply_recover(&x->request, write % 2, &err) < 0)
					fail_msg("flush %d, write %d: %s", flush, write, err.text);
				assert_true(image_is(x, write % 2));
			}
		}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_apply_can_be_undone),
		TEST(gaps_are_passed_over),
		TEST(other_names_are_no_records),
		TEST(strange_things_at_the_name_stop_everything),
		TEST(a_link_at_the_temporary_name),
		TEST(a_strangers_record_is_not_believed),
		TEST(a_huge_file_is_refused_by_its_head),
		TEST(a_writer_without_locks_is_refused),
		TEST(a_replaced_image_is_refused),
		TEST(a_vanished_temporary_costs_no_older_record),
		TEST(a_failed_flush_then_a_kill),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
