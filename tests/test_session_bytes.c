/* SPDX-License-Identifier: MIT */
/*
 * Staged bytes of the disk and of the image file: what the review says of them, that the disk is
 * judged with them before and after they are written, undo to the byte, a kill at every write, and
 * what is refused.
 */
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stop7b/session.h"

#define ACTIVE_1 0x1beu /* status byte of the first entry of an MBR */
#define KILLED   77

struct disk {
	char dir[TEST_PATH], path[TEST_PATH + 32];
	uint8_t *before;
	size_t len;
};

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

static struct session *open_disk(const struct disk *d, const struct apply_calls *calls)
{
	struct err err = {0};
	static const char *const targets[] = {"kvm-ide"};
	const struct session_options options = {
		.calls = calls, .undo_dir = d->dir, .targets = targets, .n_targets = 1};
	struct session *s = session_open(d->path, &options, NULL, NULL, &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static struct edit bytes(enum edit_kind kind, uint64_t at, const uint8_t *p, size_t len)
{
	return (struct edit){
		.kind = kind, .at = at, .data = {p, len}, .meaning = "flag of partition 1"};
}

static int stage(struct session *s, const char *subject, struct edit e, struct err *err)
{
	return session_stage_edits(s, subject, &e, 1, err);
}

static bool finds(const struct diagnosis *d, const char *rule)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->findings[i].rule->id, rule) == 0)
			return true;
	return false;
}

static void take_back(struct session *s)
{
	struct err err = {0};
	struct result result;
	if (session_undo_written(s, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
}

/* The active flag goes away: seen before it is written, and afterwards by the other reader. */
static void test_disk(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct review r;
	struct result result;
	const uint8_t off = 0;
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = open_disk(&d, NULL);
	assert_int_equal(stage(s, NULL, bytes(EDIT_DISK_BYTES, ACTIVE_1, &off, 1), &err), 1);
	assert_string_equal(staged_get(s->staged, 0)->subject, "flag of partition 1");
	assert_false(finds(&s->now, "B16"));
	assert_true(finds(&s->after, "B16"));
	assert_string_equal(session_changed(s, 0)->name, "disk");
	assert_null(session_changed(s, 1));
	if (session_review(s, &r, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.n_hives, 0);
	const struct review_value *v = &r.values[0];
	assert_int_equal(v->kind, EDIT_DISK_BYTES);
	assert_string_equal(v->key, "disk byte 0x1be");
	assert_string_equal(v->name, "flag of partition 1");
	assert_string_equal(v->was.plain, "80");
	assert_string_equal(v->becomes.plain, "00");
	assert_string_equal(r.hives[v->hive], "disk");
	assert_int_equal(v->bytes, 1);
	assert_int_equal(v->disk_at, ACTIVE_1);
	assert_int_equal(d.before[v->file_at], 0x80);
	if (session_apply(s, &r, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(result.fixed); /* it was diagnosed from what the other reader found */
	assert_true(finds(&s->now, "B16"));
	assert_int_equal(s->record.n_values, 1);
	assert_string_equal(s->record.values[0].was, "80");
	review_free(&r);
	take_back(s);
	assert_false(finds(&s->now, "B16"));
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* The newest word about the same bytes counts, an overlap is refused, and so is what lies outside. */
static void test_refused(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	const uint8_t some[4] = {1, 2, 3, 4}, off = 0, on = 0x80;
	disk_copy(&d, "win7-mbr-dynamic");
	struct session *s = open_disk(&d, NULL);
	assert_int_equal(stage(s, "a", bytes(EDIT_DISK_BYTES, ACTIVE_1, &off, 1), &err), 1);
	assert_int_equal(stage(s, "b", bytes(EDIT_DISK_BYTES, ACTIVE_1, &on, 1), &err), 1);
	assert_false(finds(&s->after, "B16"));
	assert_int_equal(stage(s, "c", bytes(EDIT_DISK_BYTES, ACTIVE_1 - 1, some, 4), &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	err_clear(&err);
	const uint64_t end = image_info(s->image)->size;
	assert_int_equal(stage(s, "c", bytes(EDIT_DISK_BYTES, end - 3, some, 4), &err), -1);
	assert_int_equal(err.code, E_USAGE);
	err_clear(&err);
	assert_int_equal(stage(s, "c", bytes(EDIT_DISK_BYTES, 0, some, 0), &err), -1);
	err_clear(&err);
	/* bytes of the image file only alone, whichever comes first */
	assert_int_equal(stage(s, "c", bytes(EDIT_CONTAINER_BYTES, 0, some, 4), &err), -1);
	assert_int_equal(err.code, E_GUARD);
	assert_int_equal(staged_count(s->staged), 2);
	err_clear(&err);
	assert_non_null(session_undo_stage(s, &err));
	assert_non_null(session_undo_stage(s, &err));
	assert_int_equal(stage(s, "c", bytes(EDIT_CONTAINER_BYTES, 0, some, 4), &err), 1);
	assert_string_equal(session_changed(s, 0)->name, "image file");
	assert_int_equal(stage(s, "a", bytes(EDIT_DISK_BYTES, ACTIVE_1, &off, 1), &err), -1);
	assert_int_equal(err.code, E_GUARD);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	disk_free(&d);
}

/* A footer copy that differs: nothing else may be written, its own bytes may. */
static void test_image_file(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct review r;
	struct result result;
	const uint8_t off = 0;
	disk_copy(&d, "win7-mbr-dynamic");
	uint8_t *good = malloc(d.len);
	memcpy(good, d.before, d.len);
	d.before[40] ^= 0xff;
	test_write(d.path, d.before, d.len);
	struct session *s = open_disk(&d, NULL);
	assert_non_null(session_writes_off(s));
	assert_int_equal(stage(s, "a", bytes(EDIT_DISK_BYTES, ACTIVE_1, &off, 1), &err), 1);
	assert_string_equal(session_writes_off(s)->id, "not-in-place");
	assert_non_null(session_undo_stage(s, &err));
	struct edit e = bytes(EDIT_CONTAINER_BYTES, 0, good + d.len - 512, 512);
	assert_int_equal(stage(s, "footer", e, &err), 1);
	assert_null(session_writes_off(s));
	if (session_review(s, &r, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.values[0].file_at, 40);
	assert_int_equal(r.values[0].bytes, 1);
	assert_string_equal(r.hives[r.values[0].hive], "image file");
	if (session_apply(s, &r, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	review_free(&r);
	assert_null(session_writes_off(s));
	size_t len;
	uint8_t *is = test_read(d.path, &len);
	assert_int_equal(len, d.len);
	assert_memory_equal(is, good, len);
	free(is);
	take_back(s);
	session_close(s);
	assert_true(disk_is_as_before(&d));
	free(good);
	disk_free(&d);
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

static int run_killed(const struct disk *d, unsigned at)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct apply_calls calls = *apply_real_calls();
		struct review r;
		struct result result;
		const uint8_t off = 0;
		calls.write_at = killing_write;
		calls.ctx = &at;
		struct session *s = open_disk(d, &calls);
		stage(s, "a", bytes(EDIT_DISK_BYTES, ACTIVE_1, &off, 1), NULL);
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

static void test_killed(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win7-mbr-dynamic");
	unsigned at = 1, recovered = 0;
	for (int code = KILLED; code == KILLED; at++) {
		assert_true(at < 50);
		code = run_killed(&d, at);
		assert_true(code == KILLED || code == 0);
		struct session *s = open_disk(&d, NULL);
		struct result result;
		struct err err = {0};
		if (s->interrupted) {
			if (session_recover(s, false, NULL, NULL, &result, &err) < 0)
				fail_msg("%u: %s", at, err.text);
			recovered++;
		} else if (s->has_undo) {
			take_back(s);
		}
		session_close(s);
		assert_true(disk_is_as_before(&d));
	}
	assert_true(at > 3 && recovered > 0);
	disk_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_image_file),
		cmocka_unit_test(test_killed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
