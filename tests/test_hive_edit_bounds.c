/* SPDX-License-Identifier: MIT */
/*
 * "Largest" fields that are too low, as Windows itself leaves them: no damage, and mended by the
 * first edit that touches the list that they are about, never by another.
 */
#include "hive_check_test.h"

#include "stop7b/hive_edit.h"

#define WHEN (TINY_TIME + 1000)

enum { NAME = 52, CLASS = 56, VALUE_NAME = 60, DATA = 64 };

static uint32_t bound(const struct hive_edit *e, uint32_t key, uint32_t field)
{
	const struct hive *h = hive_edit_view(e);
	return field == NAME ? le16(h->bytes, 4096 + (uint64_t)key + 4 + field)
			     : le32(h->bytes, 4096 + (uint64_t)key + 4 + field);
}

/* All fields of root, alpha and delta at 0. */
static struct hive_edit *low(struct sound *s)
{
	struct hive h;
	struct err err = {0};
	*s = sound_new();
	const uint32_t keys[] = {s->t.root, s->alpha, s->delta};
	for (size_t i = 0; i < COUNT(keys); i++) {
		put_le16(tiny_at(&s->t, keys[i]) + NAME, 0);
		for (uint32_t field = CLASS; field <= DATA; field += 4)
			put_le32(tiny_at(&s->t, keys[i]) + field, 0);
	}
	assert_int_equal(hive_open(&h, tiny_span(&s->t), &err), 0);
	struct hive_edit *e = hive_edit_open(&h, &err);
	assert_non_null(e);
	return e;
}

static uint32_t low_bounds(const struct hive_edit *e)
{
	struct hive_report r = report_of(hive_edit_view(e)->bytes);
	assert_int_equal(r.defects, 0);
	return r.low_bounds;
}

static void set(struct hive_edit *e, const char *key, const char *name, uint32_t v)
{
	uint8_t data[4];
	struct err err = {0};
	put_le32(data, v);
	if (hive_edit_set(e, key, name, REG_DWORD, (struct span){data, 4}, WHEN, &err))
		fail_msg("%s", err.text);
}

static void test_values(void **state)
{
	(void)state;
	struct sound s;
	struct hive_edit *e = low(&s);
	assert_int_equal(low_bounds(e), 3);
	set(e, "delta", "More", 2); /* as it is */
	assert_int_equal(bound(e, s.delta, DATA), 0);
	set(e, "delta", "More", 3);
	assert_int_equal(bound(e, s.delta, VALUE_NAME), 8);
	assert_int_equal(bound(e, s.delta, DATA), 4);
	assert_int_equal(bound(e, s.alpha, DATA), 0);
	set(e, "alpha", "A longer name", 1);
	assert_int_equal(bound(e, s.alpha, VALUE_NAME), 26);
	assert_int_equal(bound(e, s.alpha, DATA), TINY_BIG);
	assert_int_equal(bound(e, s.alpha, NAME), 0);
	assert_int_equal(low_bounds(e), 2);
	hive_edit_close(e);
	tiny_free(&s.t);
}

static void test_value_gone(void **state)
{
	(void)state;
	struct sound s;
	struct hive_edit *e = low(&s);
	assert_int_equal(hive_edit_delete_value(e, "alpha", "Odd", WHEN, NULL), 0);
	assert_int_equal(bound(e, s.alpha, VALUE_NAME), 8);
	assert_int_equal(bound(e, s.alpha, DATA), TINY_BIG);
	hive_edit_close(e);
	tiny_free(&s.t);
}

static void test_subkeys(void **state)
{
	(void)state;
	struct sound s;
	struct hive_edit *e = low(&s);
	assert_int_equal(hive_edit_create_key(e, "b", WHEN, NULL), 1);
	assert_int_equal(bound(e, s.t.root, NAME), 10);
	assert_int_equal(bound(e, s.t.root, CLASS), CLASS_LEN);
	assert_int_equal(low_bounds(e), 2);
	assert_int_equal(hive_edit_delete_key(e, "alpha\\inner", WHEN, NULL), 0);
	assert_int_equal(hive_edit_create_key(e, "alpha\\new one", WHEN, NULL), 1);
	assert_int_equal(bound(e, s.alpha, NAME), 14);
	hive_edit_close(e);
	tiny_free(&s.t);
}

/* What an edit that fails has mended is taken back, and mended by the next. */
static void test_taken_back(void **state)
{
	(void)state;
	struct sound s;
	struct hive_edit *e = low(&s);
	char path[600];
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	memcpy(path, "b\\", 2);
	assert_int_equal(hive_edit_create_key(e, path, WHEN, NULL), -1);
	assert_int_equal(bound(e, s.t.root, CLASS), 0);
	assert_int_equal(hive_edit_create_key(e, "b", WHEN, NULL), 1);
	assert_int_equal(bound(e, s.t.root, CLASS), CLASS_LEN);
	hive_edit_close(e);
	tiny_free(&s.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_value_gone),
		cmocka_unit_test(test_subkeys),
		cmocka_unit_test(test_taken_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
