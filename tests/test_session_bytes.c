/* SPDX-License-Identifier: MIT */
/*
 * Staged bytes of the disk and of the image file: what the review says of them, that the disk is
 * judged with them before and after they are written, undo to the byte, a kill at every write, and
 * what is refused.
 */
#include "session_disk.h"

#define ACTIVE_1 0x1beu /* status byte of the first entry of an MBR */

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
	struct session *s = disk_open(&d, "kvm-ide", NULL);
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
	struct session *s = disk_open(&d, "kvm-ide", NULL);
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
	struct session *s = disk_open(&d, "kvm-ide", NULL);
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

static void stage_inactive(struct session *s)
{
	const uint8_t off = 0;
	assert_int_equal(stage(s, "a", bytes(EDIT_DISK_BYTES, ACTIVE_1, &off, 1), NULL), 1);
}

static void test_killed(void **state)
{
	(void)state;
	struct disk d;
	disk_copy(&d, "win7-mbr-dynamic");
	assert_true(killed_everywhere(&d, stage_inactive) > 0);
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
