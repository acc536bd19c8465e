/* SPDX-License-Identifier: MIT */
/*
 * The second opinion: equal trees compare equal, and every kind of difference between what libregf
 * reads and what the walker reads is found and named. Two hives that differ in one field stand in
 * for two readers that disagree.
 */
#include "hive_fixture.h"

#include "stop7b/hive_edit.h"
#include "stop7b/hive_reference.h"

#define MANY   2500u           /* keys: libregf is opened more than once for them */
#define ROOM   (1024u * 1024u) /* bytes for them */
#define MSAHCI "ControlSet001\\Services\\msahci"

static struct hive_reference *open_reference(struct span bytes)
{
	struct err err = {0};
	struct hive_reference *r = hive_reference_open(bytes, &err);
	if (!r)
		fail_msg("%s", err.text);
	return r;
}

/* Compare what libregf reads in theirs with what the walker reads in ours. */
static int compare(const struct tiny *theirs, const struct tiny *ours, struct hive_tally *tally,
		   struct err *err)
{
	struct hive h = tiny_open(ours);
	struct hive_reference *r = open_reference(tiny_span(theirs));
	int result = hive_reference_compare(r, &h, NULL, tally, err);
	hive_reference_close(r);
	return result;
}

/* The same, of the keys in pages that differ. */
static int compare_touched(const struct tiny *theirs, const struct tiny *ours,
			   struct hive_tally *tally, struct err *err)
{
	struct hive h = tiny_open(ours);
	struct arena *arena = arena_new();
	struct hive_touched *touched = hive_touched(&h, tiny_span(theirs), arena, err);
	struct hive_reference *r = open_reference(tiny_span(theirs));
	assert_non_null(touched);
	int result = hive_reference_compare(r, &h, touched, tally, err);
	hive_reference_close(r);
	arena_free(arena);
	return result;
}

static void test_equal(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive h = tiny_open(&t);
	struct hive_tally tally;
	struct err err = {0};
	if (compare(&t, &t, &tally, &err))
		fail_msg("%s", err.text);
	struct census c = census_of(&h);
	assert_int_equal(tally.keys, 12);
	assert_int_equal(tally.keys, c.keys);
	assert_int_equal(tally.values, c.values);
	assert_int_equal(tally.bytes, c.bytes);
	tiny_free(&t);
}

/* Numbers of values and subkeys that libregf multiplies in 32 bits; it must not see them. */
static void test_impossible_counts(void **state)
{
	(void)state;
	static const uint32_t numbers[] = {0x40000009, 0xc0000009, 0x7fffffff, 0xffffffff, 4096};
	for (size_t i = 0; i < 2 * sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct tiny t = tiny_new();
		struct hive_tally tally;
		struct err err = {0};
		uint32_t key = i % 2 ? t.msahci : t.services;
		put_le32(tiny_at(&t, key) + (i % 2 ? 36 : 20), numbers[i / 2]);
		assert_int_equal(compare(&t, &t, &tally, &err), -1);
		assert_int_equal(err.code, E_CORRUPT);
		assert_null(strstr(err.text, "libregf"));
		tiny_free(&t);
	}
}

static void test_u32(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_reference *r = open_reference(tiny_span(&t));
	struct err err = {0};
	uint32_t number = 9;
	assert_int_equal(hive_reference_u32(r, MSAHCI, "Start", &number, &err), 0);
	assert_int_equal(number, 3);
	assert_int_equal(hive_reference_u32(r, MSAHCI, "Type", &number, &err), 0);
	assert_int_equal(number, 1);
	assert_int_equal(hive_reference_u32(r, MSAHCI, "None", &number, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	err_clear(&err);
	assert_int_equal(hive_reference_u32(r, "ControlSet009", "Start", &number, &err), -1);
	assert_int_equal(err.code, E_NOTFOUND);
	err_clear(&err);
	assert_int_equal(hive_reference_u32(r, MSAHCI, "ImagePath", &number, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_int_equal(hive_reference_u32(r, MSAHCI, "Short", &number, NULL), -1);
	hive_reference_close(r);
	tiny_free(&t);
}

static void test_refused(void **state)
{
	(void)state;
	static const uint8_t junk[8192] = "MZ";
	struct err err = {0};
	assert_null(hive_reference_open((struct span){junk, sizeof(junk)}, &err));
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "libregf: "));
	assert_null(hive_reference_open((struct span){junk, 0}, NULL));
	hive_reference_close(NULL);
}

static void test_differences(void **state)
{
	(void)state;
	struct tiny w = tiny_new();
	uint32_t path = le32(tiny_span(&w), 4096 + w.vk_path + 4 + 8);
	uint32_t list = le32(tiny_span(&w), 4096 + w.db + 4 + 4);
	uint32_t last = le32(tiny_span(&w), 4096 + list + 4 + 8);
	struct hive h = tiny_open(&w);
	uint32_t vk_short = find_value(&h, MSAHCI, "Short").at;
	const struct {
		uint32_t cell, at, value; /* what is different for the walker */
		const char *text;
	} cases[] = {
		{w.msahci, 76, 0x6861734d, "Msahci: libregf reads another name"},
		{w.latin, 79, 0x00fe7265, "libregf reads another name"},
		{w.wide, 76, 0x0000004f, "libregf reads another name"},
		{w.wide, 72, 8, "libregf reads another name"},
		{w.msahci, 4, 5, "msahci: libregf reads another last-written time"},
		{w.msahci, 8, 5, "msahci: libregf reads another last-written time"},
		{w.msahci, 36, 8, "msahci: libregf reads more values"},
		{w.services, 20, 5, "more subkeys than the 5 claimed"},
		{w.storahci, 20, 0, "storahci: libregf reads more subkeys"},
		{w.vk_start, 8, 2, "4 bytes with other content"},
		{w.vk_start, 12, 3, "type 3, 4 bytes; libregf reads type 4"},
		{w.vk_start, 4, 0x80000003, "3 bytes; libregf reads type 4, 4 bytes"},
		{w.vk_start, 20, 0x72617473, "value 0, vk cell at"}, /* "star" */
		{w.vk_multi, 4, 16, "type 7, 16 bytes; libregf reads type 7, 18 bytes"},
		{path, 4, 0x00550055, "56 bytes with other content"},
		{last, 5000, 0x12345678, "40000 bytes with other content"},
		{vk_short, 8, 0x00442211, "3 bytes with other content"},
		{w.vk_type, 0, 0, "not a value"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		struct hive_tally tally;
		struct err err = {0};
		put_le32(tiny_at(&t, cases[i].cell) + cases[i].at, cases[i].value);
		if (compare(&w, &t, &tally, &err) == 0)
			fail_msg("case %zu: no difference found", i);
		assert_int_equal(err.code, E_CORRUPT);
		if (!strstr(err.text, cases[i].text) ||
		    strncmp(err.text, "ROOT: ControlSet001", 19))
			fail_msg("case %zu: %s", i, err.text);
		err_clear(&err);
		if (compare_touched(&w, &t, &tally, &err) == 0 || !strstr(err.text, cases[i].text))
			fail_msg("case %zu, touched keys: %s", i, err.text);
		tiny_free(&t);
	}
	tiny_free(&w);
}

static void test_touched(void **state)
{
	(void)state;
	struct tiny w = tiny_new(), t = tiny_new();
	struct hive_tally all, some, none;
	struct err err = {0};
	uint32_t list = le32(tiny_span(&t), 4096 + t.db + 4 + 4);
	uint32_t last = le32(tiny_span(&t), 4096 + list + 4 + 8);
	struct arena *arena = arena_new();
	tiny_at(&t, last)[5000] ^= 1; /* in a page of its own */
	struct hive h = tiny_open(&t);
	struct hive_touched *touched = hive_touched(&h, tiny_span(&w), arena, &err);
	struct key owner, other;
	assert_int_equal(key_find(hive_root(&h), MSAHCI, &owner, &err), 0);
	assert_int_equal(key_find(hive_root(&h), "ControlSet001\\Services\\storahci", &other, &err),
			 0);
	assert_true(hive_is_touched(touched, hive_root(&h)));
	assert_true(hive_is_touched(touched, owner));
	assert_false(hive_is_touched(touched, other));
	assert_int_equal(compare(&t, &t, &all, &err), 0);
	assert_int_equal(compare_touched(&w, &w, &none, &err), 0);
	assert_int_equal(none.keys, 1 + key_subkey_count(hive_root(&h)));
	struct hive_reference *r = open_reference(tiny_span(&t));
	assert_int_equal(hive_reference_compare(r, &h, touched, &some, &err), 0);
	assert_true(some.keys < all.keys && some.values < all.values && some.values > 0);
	hive_reference_close(r);
	arena_free(arena);
	tiny_free(&t);
	tiny_free(&w);
}

/* More keys than one opening of libregf compares, far below the root: the last one counts too. */
static void test_many_keys(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	uint8_t *roomy = calloc(1, TINY_SIZE + ROOM);
	struct hive h;
	struct hive_tally tally;
	struct err err = {0};
	char path[64];
	assert_non_null(roomy);
	memcpy(roomy, t.p, TINY_SIZE);
	assert_int_equal(hive_open(&h, (struct span){roomy, TINY_SIZE + ROOM}, &err), 0);
	struct hive_edit *e = hive_edit_open(&h, &err);
	assert_non_null(e);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), MSAHCI "\\Big %05u\\Small", i);
		assert_int_equal(hive_edit_create_key(e, path, TINY_TIME, &err), 1);
	}
	hive_edit_finish(e, TINY_TIME);
	const struct hive *view = hive_edit_view(e);
	struct hive_reference *r = open_reference(view->bytes);
	if (hive_reference_compare(r, view, NULL, &tally, &err))
		fail_msg("%s", err.text);
	assert_int_equal(tally.keys, 12 + 2 * MANY);
	hive_reference_close(r);
	memcpy(roomy, view->bytes.p, view->bytes.len);
	r = open_reference((struct span){roomy, view->bytes.len});
	assert_int_equal(
		hive_edit_set(e, path, "x", REG_DWORD, (struct span){roomy, 4}, TINY_TIME, &err),
		0);
	assert_int_equal(hive_reference_compare(r, view, NULL, &tally, &err), -1);
	if (!strstr(err.text, "Big 02499: Small: libregf reads fewer values"))
		fail_msg("%s", err.text);
	hive_reference_close(r);
	hive_edit_close(e);
	free(roomy);
	tiny_free(&t);
}

/* The other way round: something that only libregf does not read. */
static void test_missing_there(void **state)
{
	(void)state;
	struct tiny w = tiny_new(), t = tiny_new();
	struct hive_tally tally;
	struct err err = {0};
	put_le32(tiny_at(&t, t.msahci) + 36, 8);
	assert_int_equal(compare(&t, &w, &tally, &err), -1);
	assert_non_null(strstr(err.text, "msahci: libregf reads fewer values"));
	tiny_free(&t);
	t = tiny_new();
	err_clear(&err);
	put_le32(tiny_at(&t, t.storahci) + 20, 0);
	put_le32(tiny_at(&t, t.storahci) + 28, TINY_NONE);
	assert_int_equal(compare(&t, &w, &tally, &err), -1);
	assert_non_null(strstr(err.text, "storahci: libregf reads fewer subkeys"));
	tiny_free(&t);
	tiny_free(&w);
}

/* A key below itself, twice: both readers follow, the limits stop them. */
static void test_loop(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_tally tally;
	struct err err = {0};
	put_le32(tiny_at(&t, t.leaf_one) + 4, t.services);
	put_le32(tiny_at(&t, t.leaf_one) + 12, t.services);
	assert_int_equal(compare(&t, &t, &tally, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_true(tally.keys <= 513);
	tiny_free(&t);
}

/* libregf loses what it began of a key whose name it cannot read: its leak, not ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libregf_key_item_initialize\nleak:libcdata_array_initialize\n";
}

/* ---- libregf's own ways with short data and texts ---- */

/* The walker's data must be found equal although libregf reports it otherwise. */
static void test_text_lengths(void **state)
{
	(void)state;
	static const struct {
		uint32_t size; /* of ImagePath, 56 bytes of text with its NUL in a cell of 60 */
		uint32_t nul;  /* byte where a NUL is put before the end, or 0 */
	} cases[] = {{56, 0}, {54, 0}, {56, 20}, {56, 52}, {55, 20}, {58, 0}, {40, 0}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tiny t = tiny_new();
		uint32_t data = le32(tiny_span(&t), 4096 + t.vk_path + 4 + 8);
		struct hive_tally tally;
		struct err err = {0};
		put_le32(tiny_at(&t, t.vk_path) + 4, cases[i].size);
		if (cases[i].nul)
			put_le16(tiny_at(&t, data) + cases[i].nul, 0);
		if (compare(&t, &t, &tally, &err))
			fail_msg("case %zu: %s", i, err.text);
		tiny_free(&t);
	}
}

/* ---- what libregf is known to read wrongly ---- */

/* Data of 1 to 3 bytes in the record, of every type: its raw bytes count. */
static void test_short_data(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 14; type++)
		for (uint32_t len = 0; len <= 4; len++)
			for (uint32_t data = 0; data <= 0x64636261; data += 0x64636261) {
				struct tiny t = tiny_new(), other;
				struct hive_tally tally;
				struct err err = {0};
				put_le32(tiny_at(&t, t.vk_start) + 4, 0x80000000u | len);
				put_le32(tiny_at(&t, t.vk_start) + 8, data);
				put_le32(tiny_at(&t, t.vk_start) + 12, type);
				if (compare(&t, &t, &tally, &err))
					fail_msg("type %u, %u bytes: %s", type, len, err.text);
				other = t;
				other.p = malloc(TINY_SIZE);
				assert_non_null(other.p);
				memcpy(other.p, t.p, TINY_SIZE);
				tiny_at(&other, t.vk_start)[8] ^= 0x20;
				if (len > 0 && len < 4)
					assert_int_equal(compare(&other, &t, &tally, &err), -1);
				tiny_free(&other);
				tiny_free(&t);
			}
}

/* A lone half of a pair in the name of a key. */
static void test_lone_surrogate(void **state)
{
	(void)state;
	struct tiny t = tiny_new();
	struct hive_tally tally;
	struct err err = {0};
	put_le16(tiny_at(&t, t.wide) + 76 + 8, 0x41); /* N U+0414, a high half, A */
	if (compare(&t, &t, &tally, &err))
		fail_msg("%s", err.text);
	tiny_free(&t);
	t = tiny_new(); /* and of a value: "Start" becomes "S", a high half */
	put_le16(tiny_at(&t, t.vk_start) + 2, 4);
	put_le16(tiny_at(&t, t.vk_start) + 16, 0);
	put_le32(tiny_at(&t, t.vk_start) + 20, 0xd8000053);
	if (compare(&t, &t, &tally, &err))
		fail_msg("%s", err.text);
	tiny_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_u32),
		cmocka_unit_test(test_impossible_counts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_touched),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_missing_there),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_text_lengths),
		cmocka_unit_test(test_short_data),
		cmocka_unit_test(test_lone_surrogate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
