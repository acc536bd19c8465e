/* SPDX-License-Identifier: MIT */
/*
 * A session on the fixture disks: staging, review, apply, undo and recovery on real VHDs, with a
 * kill at every changing call of an apply and of an undo. Before and after are compared as whole
 * files. Skipped where no fixture disks were built.
 */
#include "test.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "stop7b/session.h"

#define KILLED 77

struct disk {
	char dir[TEST_PATH], path[TEST_PATH + 32];
	uint8_t *before;
	size_t len;
};

static bool disk_copy(struct disk *d, const char *name)
{
	char from[TEST_PATH];
	const char *images = getenv("S7B_IMAGES");
	snprintf(from, sizeof(from), "%s/%s.vhd", images ? images : "", name);
	if (access(from, R_OK) < 0)
		return false;
	test_scratch(d->dir);
	snprintf(d->path, sizeof(d->path), "%s/disk.vhd", d->dir);
	d->before = test_read(from, &d->len);
	test_write(d->path, d->before, d->len);
	return true;
}

static void disk_free(struct disk *d)
{
	free(d->before);
	test_scratch_remove(d->dir);
}

static bool disk_is(const struct disk *d, const uint8_t *bytes)
{
	size_t len;
	uint8_t *is = test_read(d->path, &len);
	bool same = len == d->len && memcmp(is, bytes, len) == 0;
	free(is);
	return same;
}

static struct session *open_disk(const struct disk *d, const struct apply_calls *calls)
{
	struct err err = {0};
	/* The record lies beside the image; its own directory is named so that tmpfs is no reason. */
	const struct session_options options = {.calls = calls, .undo_dir = d->dir};
	struct session *s = session_open(d->path, &options, NULL, NULL, &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

#define NEED(d, name)                                                                              \
	do {                                                                                       \
		if (!disk_copy(&(d), name))                                                        \
			skip();                                                                    \
	} while (0)

/* ---- staging ---- */

static void stages_and_takes_back(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	NEED(d, "win7-mbr-dynamic");
	struct session *s = open_disk(&d, NULL);
	assert_non_null(s->chosen);
	assert_int_equal(s->now.n_blocked, 3);
	assert_int_equal(session_stage_all(s, &err), 3);
	assert_int_equal(s->after.n_blocked, 0);
	assert_int_equal(s->now.n_blocked, 3);
	assert_int_equal(session_stage_all(s, &err), 0);
	assert_non_null(session_undo_stage(s, &err));
	assert_int_equal(s->after.n_blocked, 1);
	assert_string_equal(session_redo_stage(s, &err), "storvsc");
	assert_int_equal(s->after.n_blocked, 0);
	assert_int_equal(session_unstage(s, "MSAHCI", &err), 1);
	assert_int_equal(s->after.n_blocked, 1);
	assert_null(session_redo_stage(s, &err));
	session_close(s);
	assert_true(disk_is(&d, d.before));
	disk_free(&d);
}

static void sets_start_by_hand(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	NEED(d, "win7-mbr-dynamic");
	struct session *s = open_disk(&d, NULL);
	assert_int_equal(session_stage_start(s, "msahci", 0, &err), 1);
	assert_int_equal(s->after.n_blocked, 2);
	assert_int_equal(session_stage_start(s, "msahci", 4, &err), 1);
	assert_int_equal(staged_count(s->staged), 1);
	assert_int_equal(s->after.n_blocked, 3);
	assert_int_equal(session_stage_start(s, "disk", 4, &err), 1);
	assert_int_equal(s->after.n_blocked, 4);
	assert_int_equal(session_stage_start(s, "no such driver", 0, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	err_clear(&err);
	assert_int_equal(session_stage_start(s, "disk", 5, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	err_clear(&err);
	static const uint8_t one[4] = {1};
	const struct edit lost = {
		.key = "No\\Such\\Key", .name = "x", .type = REG_DWORD, .data = {one, 4}};
	assert_int_equal(session_stage_edits(s, NULL, &lost, 1, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	assert_int_equal(staged_count(s->staged), 2); /* what cannot be done is not staged */
	assert_int_equal(s->after.n_blocked, 4);
	session_close(s);
	disk_free(&d);
}

static void never_boots_a_missing_file(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	NEED(d, "missing-driver");
	struct session *s = open_disk(&d, NULL);
	assert_int_equal(session_stage_start(s, "msahci", 0, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	err_clear(&err);
	assert_int_equal(session_stage_start(s, "pciide", 0, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	err_clear(&err);
	assert_int_equal(session_stage_all(s, &err), 1);
	assert_null(staged_find(s->staged, "msahci"));
	assert_null(staged_find(s->staged, "pciide"));
	assert_non_null(staged_find(s->staged, "storvsc"));
	session_close(s);
	disk_free(&d);
}

/* ---- review ---- */

/* Pages out of a log are named for what they are, and a value in them for where it lies. */
static void review_names_what_the_log_held(void **state)
{
	(void)state;
	static const uint8_t zero[4];
	struct disk d;
	struct err err = {0};
	struct review r;
	size_t at_rest = 0;
	NEED(d, "hive-logged");
	struct session *s = open_disk(&d, NULL);
	assert_true(session_stage_all(s, &err) > 0);
	assert_int_equal(session_review(s, &r, &err), 0);
	assert_string_equal(r.recovered[0].plain, "1 page replayed from LOG1, with 9 keys");
	for (size_t i = 0; i < r.n; i++) {
		const struct review_value *v = &r.values[i];
		assert_int_equal(v->file_at % 512, v->hive_at % 512);
		assert_true(v->file_at > 0);
		if (v->bytes > 0)
			continue; /* the log has 3 and the disk 0 already */
		assert_string_equal(v->subject, "msahci");
		assert_memory_equal(d.before + v->file_at, zero, sizeof(zero));
		at_rest++;
	}
	assert_int_equal(at_rest, 1);
	review_free(&r);
	session_close(s);
	disk_free(&d);
}

static void review_lists_every_byte(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct review r;
	NEED(d, "win10-gpt-dynamic");
	struct session *s = open_disk(&d, NULL);
	assert_true(session_stage_all(s, &err) > 0);
	assert_int_equal(session_review(s, &r, &err), 0);
	size_t listed = 0, differing = 0;
	for (size_t i = 0; i < r.patch.n; i++)
		listed += r.patch.ranges[i].changed;
	for (size_t i = 0; i < r.patch.metadata.n; i++)
		listed += r.patch.metadata.items[i].len;
	for (size_t i = 0; i < r.patch.sectors.n; i++) {
		const struct write *w = &r.patch.sectors.items[i];
		assert_int_equal(w->off % PATCH_SECTOR, 0);
		assert_memory_equal(w->old_bytes, d.before + w->off, w->len);
		for (size_t j = 0; j < w->len; j++)
			differing += w->old_bytes[j] != w->new_bytes[j];
	}
	assert_int_equal(listed, differing);
	assert_int_equal(r.patch.value_bytes + r.patch.other_bytes, listed);
	for (size_t i = 0; i < r.patch.n; i++) /* every changed byte has a name */
		assert_string_not_equal(r.patch.ranges[i].what.plain, "hive bookkeeping");
	for (size_t i = 0; i < r.n; i++) {
		assert_int_equal(r.values[i].bytes, 1);
		assert_int_equal(d.before[r.values[i].file_at], 3);
	}
	review_free(&r);
	session_close(s);
	disk_free(&d);
}

/* ---- apply and undo ---- */

static void apply_all(struct session *s, struct result *result)
{
	struct err err = {0};
	struct review r;
	assert_true(session_stage_all(s, &err) > 0);
	assert_int_equal(session_review(s, &r, &err), 0);
	if (session_apply(s, &r, NULL, NULL, result, &err) < 0)
		fail_msg("%s", err.text);
	review_free(&r);
}

static void fixes_and_restores_for(const char *name, const char *target)
{
	struct disk d;
	struct err err = {0};
	struct result result;
	NEED(d, name);
	struct session *s = open_disk(&d, NULL);
	assert_int_equal(session_set_targets(s, &target, 1, &err), 0);
	size_t blocked = s->now.n_blocked;
	assert_true(blocked > 0);
	apply_all(s, &result);
	assert_true(result.fixed);
	assert_int_equal(result.blocked_before, blocked);
	assert_int_equal(result.blocked_after, 0);
	assert_non_null(strstr(result.verified_by.plain, "libvhdi"));
	assert_int_equal(s->now.n_blocked, 0);
	assert_int_equal(staged_count(s->staged), 0);
	assert_true(s->has_undo);
	assert_false(disk_is(&d, d.before));
	assert_int_equal(session_undo_written(s, NULL, NULL, &result, &err), 0);
	assert_int_equal(s->now.n_blocked, blocked);
	assert_false(s->has_undo);
	assert_true(disk_is(&d, d.before));
	session_close(s);
	disk_free(&d);
}

static void fixes_and_restores(const char *name)
{
	fixes_and_restores_for(name, "portable");
}

static void fixes_windows_7_dynamic(void **state)
{
	(void)state;
	fixes_and_restores("win7-mbr-dynamic");
}

static void fixes_windows_7_fixed(void **state)
{
	(void)state;
	fixes_and_restores("win7-mbr-fixed");
}

static void fixes_windows_7_gpt(void **state)
{
	(void)state;
	fixes_and_restores_for("win7-gpt-dynamic", "vhd-on-ahci");
}

/* A GPT disk without an EFI partition starts nowhere by itself: drivers alone do not do. */
static void stages_nothing_where_nothing_starts(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	NEED(d, "win7-gpt-dynamic");
	struct session *s = open_disk(&d, NULL);
	assert_true(s->now.n_blocked > 0);
	assert_int_equal(session_stage_all(s, &err), 0);
	assert_int_equal(staged_count(s->staged), 0);
	session_close(s);
	disk_free(&d);
}

static void fixes_windows_10_overrides(void **state)
{
	(void)state;
	fixes_and_restores("win10-gpt-dynamic");
}

static void fixes_a_fragmented_hive(void **state)
{
	(void)state;
	fixes_and_restores("hive-fragmented");
}

/* The file alone says Start=0; what Windows would see after its log is Start=3. */
static void fixes_what_the_log_says(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct review r;
	struct result result;
	NEED(d, "hive-logged");
	struct session *s = open_disk(&d, NULL);
	assert_true(s->chosen->system->recovery.was_dirty && s->chosen->system->recovery.recovered);
	assert_string_equal(s->chosen->system->recovery.log_kind, "new");
	assert_null(session_writes_off(s));
	assert_non_null(session_finding(s, "msahci"));
	assert_int_equal(session_stage_all(s, &err), 3);
	assert_int_equal(session_review(s, &r, &err), 0);
	assert_int_equal(r.n, 3);
	assert_true(r.patch.other_bytes > 0);
	assert_int_equal(session_apply(s, &r, NULL, NULL, &result, &err), 0);
	assert_true(result.fixed);
	review_free(&r);
	/* The file itself is whole now: no log can bring the old values back. */
	assert_false(s->chosen->system->recovery.was_dirty);
	assert_int_equal(s->now.n_blocked, 0);
	assert_int_equal(session_undo_written(s, NULL, NULL, &result, &err), 0);
	assert_true(s->chosen->system->recovery.was_dirty);
	session_close(s);
	assert_true(disk_is(&d, d.before));
	disk_free(&d);
}

static void fixes_inside_the_valid_data(void **state)
{
	(void)state;
	fixes_and_restores("hive-vdl");
}

/* ---- a disk that lies ---- */

struct liar {
	uint64_t at; /* image byte that changes with every write, behind everybody's back */
};

static long lying_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	const struct liar *liar = ctx;
	static const uint8_t other = 3;
	if ((uint64_t)lseek(fd, 0, SEEK_END) > liar->at) /* the image, not the record */
		apply_real_calls()->write_at(NULL, fd, &other, 1, liar->at);
	return apply_real_calls()->write_at(NULL, fd, buf, len, off);
}

static uint64_t image_byte_of(struct session *s, const char *key, const char *name)
{
	struct key k;
	struct value v;
	uint64_t volume_at, file_at, run;
	struct placement placed = {.extra = &(struct write_list){.arena = s->arena}};
	assert_int_equal(key_find(hive_root(&s->chosen->system->hive), key, &k, NULL), 0);
	assert_int_equal(value_find(k, name, &v, NULL), 0);
	assert_int_equal(
		ntfs_file_map(s->chosen->system->file, value_data_at(v), 1, &volume_at, &run, NULL),
		0);
	volume_at += s->chosen->partition->start;
	const struct write sector = {volume_at - volume_at % 512, 512, NULL, NULL, SAID("")};
	assert_int_equal(image_place(s->image, &sector, 1, &file_at, &placed, NULL), 0);
	return file_at + volume_at % 512;
}

/* Both readers agree about the changed byte; only the comparison with what was meant sees it. */
static void verification_sees_foreign_bytes(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct review r;
	struct result result;
	struct liar liar = {0};
	struct apply_calls calls = *apply_real_calls();
	calls.write_at = lying_write;
	calls.ctx = &liar;
	NEED(d, "win7-mbr-dynamic");
	struct session *s = open_disk(&d, &calls);
	liar.at = image_byte_of(s, "ControlSet002\\services\\Disk", "ErrorControl");
	assert_int_equal(d.before[liar.at], 1);
	assert_int_equal(session_stage_all(s, &err), 3);
	assert_int_equal(session_review(s, &r, &err), 0);
	assert_int_equal(session_apply(s, &r, NULL, NULL, &result, &err), -1);
	assert_int_equal(err.code, E_WRITE);
	assert_non_null(strstr(err.text, "did not pass the check"));
	review_free(&r);
	session_close(s);
	d.before[liar.at] = 3; /* all that we wrote was taken back */
	assert_true(disk_is(&d, d.before));
	disk_free(&d);
}

/* ---- guards ---- */

static void guard_refuses(const char *name, const char *id, bool overridable)
{
	struct disk d;
	struct err err = {0};
	struct review r;
	struct result result;
	NEED(d, name);
	struct session *s = open_disk(&d, NULL);
	const struct guard *g = session_writes_off(s);
	assert_non_null(g);
	assert_string_equal(g->id, id);
	assert_int_equal(guard_kinds[g->code].override != OVERRIDE_NONE, overridable);
	assert_true(session_stage_all(s, &err) > 0); /* looking ahead still works */
	if (session_review(s, &r, &err) == 0) {
		assert_int_equal(session_apply(s, &r, NULL, NULL, &result, &err), -1);
		review_free(&r);
	}
	assert_int_equal(err_exit_status(err.code), 4);
	session_close(s);
	assert_true(disk_is(&d, d.before));
	disk_free(&d);
}

static void guards_refuse(void **state)
{
	(void)state;
	guard_refuses("hibernated", "hibernated", false);
	guard_refuses("hive-dirty", "hive-dirty", false);
	guard_refuses("hive-checksum", "hive-dirty", false);
	guard_refuses("hive-compressed", "not-in-place", false);
	guard_refuses("hive-encrypted", "not-in-place", false);
	guard_refuses("log-open", "ntfs-log", true);
	guard_refuses("log-fast-restart", "ntfs-log", true);
	guard_refuses("dirty-volume", "dirty-volume", true);
	guard_refuses("vhd-saved-state", "saved-state", true);
	guard_refuses("vhd-tail-gone", "not-in-place", false);
}

static void overridable_guard_is_overridden(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct result result;
	static const char *const allow[] = {"dirty-volume"};
	NEED(d, "dirty-volume");
	const struct session_options options = {.undo_dir = d.dir, .allow = allow, .n_allow = 1};
	struct session *s = session_open(d.path, &options, NULL, NULL, &err);
	assert_non_null(s);
	assert_null(session_writes_off(s));
	assert_int_equal(s->chosen->system->n_guards, 1);
	apply_all(s, &result);
	assert_true(result.fixed);
	session_close(s);
	disk_free(&d);
}

static void clean_volumes_raise_nothing(void **state)
{
	(void)state;
	static const char *const names[] = {"win7-mbr-dynamic", "log-clean", "hibernated-fast-off"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct disk d;
		NEED(d, names[i]);
		struct session *s = open_disk(&d, NULL);
		assert_int_equal(s->chosen->system->n_guards, 0);
		session_close(s);
		disk_free(&d);
	}
}

/* ---- the crash loop ---- */

struct faults {
	int at, count;
};

static void count(void *ctx)
{
	struct faults *f = ctx;
	if (++f->count == f->at)
		_exit(KILLED);
}

static int killing_open(void *ctx, const char *path, enum open_how how)
{
	if (how == OPEN_NEW)
		count(ctx);
	return apply_real_calls()->open_file(NULL, path, how);
}

static long killing_write(void *ctx, int fd, const void *buf, size_t len, uint64_t off)
{
	count(ctx);
	return apply_real_calls()->write_at(NULL, fd, buf, len, off);
}

static int killing_resize(void *ctx, int fd, uint64_t length)
{
	count(ctx);
	return apply_real_calls()->resize(NULL, fd, length);
}

static int killing_flush(void *ctx, int fd)
{
	count(ctx);
	return apply_real_calls()->flush(NULL, fd);
}

static int killing_move(void *ctx, const char *from, const char *to)
{
	count(ctx);
	return apply_real_calls()->move(NULL, from, to);
}

static int killing_drop(void *ctx, const char *path)
{
	count(ctx);
	return apply_real_calls()->drop(NULL, path);
}

static void child_job(const struct disk *d, bool undo, int at)
{
	struct faults f = {.at = at};
	const struct apply_calls calls = {killing_open,
					  killing_write,
					  killing_resize,
					  killing_flush,
					  killing_move,
					  killing_drop,
					  &f};
	struct err err = {0};
	struct result result;
	const struct session_options options = {.calls = &calls, .undo_dir = d->dir};
	struct session *s = session_open(d->path, &options, NULL, NULL, &err);
	struct review r = {0};
	if (!s)
		_exit(1);
	if (undo)
		_exit(session_undo_written(s, NULL, NULL, &result, &err) < 0);
	if (session_stage_all(s, &err) < 1 || session_review(s, &r, &err) < 0)
		_exit(1);
	_exit(session_apply(s, &r, NULL, NULL, &result, &err) < 0);
}

/* True when the child got to its end. */
static bool run_child(const struct disk *d, bool undo, int at)
{
	pid_t pid = fork();
	int status;
	assert_true(pid >= 0);
	if (pid == 0)
		child_job(d, undo, at);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
	return WEXITSTATUS(status) == 0;
}

/* Recover when that is needed; the diagnosis then says which of the two states it is. */
static void settle(const struct disk *d, bool finish, const uint8_t *after)
{
	struct err err = {0};
	struct result result;
	struct session *s = open_disk(d, NULL);
	bool was_interrupted = s->interrupted;
	if (was_interrupted && session_recover(s, finish, NULL, NULL, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_false(s->interrupted);
	bool old = disk_is(d, d->before);
	if (after)
		assert_true(old || disk_is(d, after));
	if (was_interrupted)
		assert_int_equal(old, !finish);
	assert_int_equal(s->now.n_blocked == 0, !old);
	session_close(s);
}

static void reset(const struct disk *d)
{
	for (unsigned n = 0; n < 3; n++) {
		struct arena *a = arena_new();
		char *real = realpath(d->path, NULL);
		char *path = undo_path(real, d->dir, n, a);
		unlink(path);
		unlink(arena_printf(a, "%s.new", path));
		free(real);
		arena_free(a);
	}
	test_write(d->path, d->before, d->len);
}

static void crash_loop_apply(const struct disk *d)
{
	for (int at = 1;; at++) {
		assert_true(at < 100);
		bool ended = run_child(d, false, at);
		settle(d, at % 2, NULL);
		if (ended) {
			assert_true(at > 8);
			break;
		}
		reset(d);
	}
}

static void crash_loop_undo(const struct disk *d)
{
	for (int at = 1;; at++) {
		assert_true(at < 100);
		reset(d);
		assert_true(run_child(d, false, 0));
		size_t len;
		uint8_t *after = test_read(d->path, &len);
		bool ended = run_child(d, true, at);
		settle(d, at % 2, after);
		free(after);
		if (ended) {
			assert_true(disk_is(d, d->before));
			assert_true(at > 8);
			break;
		}
	}
}

static void survives_kills_in_apply(void **state)
{
	(void)state;
	struct disk d;
	NEED(d, "win7-mbr-dynamic");
	crash_loop_apply(&d);
	disk_free(&d);
}

static void survives_kills_in_undo(void **state)
{
	(void)state;
	struct disk d;
	NEED(d, "win7-mbr-dynamic");
	crash_loop_undo(&d);
	disk_free(&d);
}

/* The same disk as a VHDX, made by qemu-img. False where there is none. */
static bool become_vhdx(struct disk *d)
{
	char command[5 * TEST_PATH];
	snprintf(command, sizeof(command),
		 "qemu-img convert -U -q -f vpc -O vhdx '%s' '%s.x' 2>/dev/null && mv '%s.x' '%s'",
		 d->path, d->path, d->path, d->path);
	if (system(command) != 0)
		return false;
	free(d->before);
	d->before = test_read(d->path, &d->len);
	return true;
}

static void survives_kills_in_a_vhdx(void **state)
{
	(void)state;
	struct disk d;
	NEED(d, "win7-mbr-dynamic");
	if (!become_vhdx(&d)) {
		disk_free(&d);
		skip();
	}
	crash_loop_apply(&d);
	crash_loop_undo(&d);
	disk_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stages_and_takes_back),
		cmocka_unit_test(sets_start_by_hand),
		cmocka_unit_test(never_boots_a_missing_file),
		cmocka_unit_test(review_lists_every_byte),
		cmocka_unit_test(review_names_what_the_log_held),
		cmocka_unit_test(fixes_windows_7_dynamic),
		cmocka_unit_test(fixes_windows_7_fixed),
		cmocka_unit_test(fixes_windows_7_gpt),
		cmocka_unit_test(stages_nothing_where_nothing_starts),
		cmocka_unit_test(fixes_windows_10_overrides),
		cmocka_unit_test(fixes_a_fragmented_hive),
		cmocka_unit_test(fixes_what_the_log_says),
		cmocka_unit_test(fixes_inside_the_valid_data),
		cmocka_unit_test(verification_sees_foreign_bytes),
		cmocka_unit_test(guards_refuse),
		cmocka_unit_test(overridable_guard_is_overridden),
		cmocka_unit_test(clean_volumes_raise_nothing),
		cmocka_unit_test(survives_kills_in_apply),
		cmocka_unit_test(survives_kills_in_undo),
		cmocka_unit_test(survives_kills_in_a_vhdx),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
