/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the hive editor share: edits that must succeed or fail, and the demand that a
 * hive is sound in every way the whole-hive check knows.
 */
#ifndef STOP7B_HIVE_EDIT_TEST_H
#define STOP7B_HIVE_EDIT_TEST_H

#include "hive_model.h"

#include "stop7b/hive_check.h"
#include "stop7b/hive_edit.h"

#define WHEN  (TINY_TIME + 1000)
#define LATER (TINY_TIME + 2000)

/* A hive that is edited, with the bytes it had at first. */
struct bench {
	struct span original;
	struct hive_edit *e;
	const struct hive *view;
};

static inline struct bench bench_on(struct span original)
{
	struct hive h;
	struct err err = {0};
	struct bench b = {.original = original};
	if (hive_open(&h, original, &err) == 0)
		b.e = hive_edit_open(&h, &err);
	if (!b.e)
		fail_msg("%s", err.text);
	b.view = hive_edit_view(b.e);
	return b;
}

static inline struct bench bench_new(uint32_t minor, size_t slack)
{
	return bench_on(empty_hive(minor, slack));
}

static inline void bench_close(struct bench *b)
{
	hive_edit_close(b->e);
	data_free(b->original);
}

/* A copy of the bytes as they are now. */
static inline struct span bench_copy(const struct bench *b)
{
	uint8_t *p = malloc(b->view->bytes.len);
	assert_non_null(p);
	memcpy(p, b->view->bytes.p, b->view->bytes.len);
	return (struct span){p, b->view->bytes.len};
}

/* Where the record of the cell at `at` is, in bytes a test may damage. */
static inline uint8_t *bench_record(struct span copy, uint32_t at)
{
	union {
		const uint8_t *given;
		uint8_t *wanted;
	} p = {.given = copy.p};
	return p.wanted + 4096 + at + 4;
}

/* Go on with a damaged copy. */
static inline void bench_reopen(struct bench *b, struct span copy)
{
	bench_close(b);
	*b = bench_on(copy);
}

static inline struct hive_report report_of(const struct hive *h)
{
	struct hive_report report;
	struct arena *arena = arena_new();
	assert_int_equal(hive_check(h, arena, &report, NULL), 0);
	arena_free(arena);
	return report;
}

static inline struct hive_report assert_sound(const struct bench *b)
{
	struct hive_report r = report_of(b->view);
	if (r.defects > 0)
		fail_msg("0x%x: %s", r.first[0].at, r.first[0].what);
	assert_int_equal(r.cells_lost, 0);
	assert_int_equal(r.free_pairs, 0);
	assert_int_equal(r.low_bounds, 0);
	return r;
}

static inline void set_value(struct bench *b, const char *key, const char *name, const void *data,
			     size_t len)
{
	struct err err = {0};
	if (hive_edit_set(b->e, key, name, REG_BINARY, (struct span){data, len}, WHEN, &err))
		fail_msg("%s", err.text);
}

/* len bytes that differ from place to place and from seed to seed. */
static inline void set_bytes(struct bench *b, const char *key, const char *name, size_t len,
			     unsigned seed)
{
	struct arena *arena = arena_new();
	struct span back;
	uint8_t *data = malloc(len + 1);
	assert_non_null(data);
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(seed + i * 7 + i / 251);
	set_value(b, key, name, data, len);
	struct value v = find_value(b->view, key, name);
	assert_int_equal(value_data(v, arena, &back, NULL), 0);
	assert_int_equal(back.len, len);
	if (len > 0)
		assert_memory_equal(back.p, data, len);
	free(data);
	arena_free(arena);
}

static inline void create_key(struct bench *b, const char *key)
{
	struct err err = {0};
	if (hive_edit_create_key(b->e, key, WHEN, &err) != 1)
		fail_msg("%s: %s", key, err.text);
}

static inline void delete_key(struct bench *b, const char *key)
{
	struct err err = {0};
	if (hive_edit_delete_key(b->e, key, LATER, &err))
		fail_msg("%s", err.text);
}

static inline void delete_value(struct bench *b, const char *key, const char *name)
{
	struct err err = {0};
	if (hive_edit_delete_value(b->e, key, name, LATER, &err))
		fail_msg("%s", err.text);
}

enum edit_kind { SET, UNSET, CREATE, DELETE };

/* The edit fails with code and text, and no byte is other than before. */
static inline void assert_refused(struct bench *b, enum edit_kind kind, const char *key, size_t len,
				  enum err_code code, const char *text)
{
	static const uint8_t data[200000] = {1, 2, 3, 4, 5};
	struct span before = bench_copy(b);
	uint32_t bins = b->view->bins_size;
	struct err err = {0};
	int result = kind == SET      ? hive_edit_set(b->e, key, "v", REG_BINARY,
						      (struct span){data, len}, LATER, &err)
		     : kind == UNSET  ? hive_edit_delete_value(b->e, key, "v", LATER, &err)
		     : kind == CREATE ? hive_edit_create_key(b->e, key, LATER, &err)
				      : hive_edit_delete_key(b->e, key, LATER, &err);
	assert_int_equal(result, -1);
	if (err.code != code || !strstr(err.text, text))
		fail_msg("%d, %s", err.code, err.text);
	assert_int_equal(b->view->bins_size, bins);
	assert_memory_equal(b->view->bytes.p, before.p, before.len);
	data_free(before);
}

/* Little-endian fields of the record in the cell at `at`. */
static inline uint32_t field16(const struct bench *b, uint32_t at, uint32_t field)
{
	return le16(b->view->bytes, 4096 + (uint64_t)at + 4 + field);
}

static inline uint32_t field32(const struct bench *b, uint32_t at, uint32_t field)
{
	return le32(b->view->bytes, 4096 + (uint64_t)at + 4 + field);
}

#endif
