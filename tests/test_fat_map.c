/* SPDX-License-Identifier: MIT */
/*
 * Where bytes of a FAT file may be overwritten: inside its own clusters and nowhere else, and not at
 * all when the volume disagrees about whose they are.
 */
#include "fat_test.h"

#include "stop7b/fat.h"

#define LEN   1500u /* three clusters, the last one in part */
#define OTHER "OTHER   BIN"

static const struct shape *const shapes[] = {&small_fat12, &small_fat16, &small_fat32};
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

/* BCD in clusters two apart, OTHER behind it, a directory with a third file. */
static uint32_t lay_out(struct made *m, const struct shape *shape)
{
	make(m, *shape);
	uint32_t first = chain(m, 3, 2);
	set_place(put_short(m->root, 0, "BCD        ", 0x20), first, LEN);
	uint32_t other = chain(m, 1, 1);
	set_place(put_short(m->root, 1, OTHER, 0x20), other, 512);
	uint32_t dir = chain(m, 1, 1), third = chain(m, 1, 1);
	set_place(put_short(m->root, 2, "DIR        ", 0x10), dir, 0);
	set_place(put_short(cluster_at(m, dir), 0, "THIRD   BIN", 0x20), third, 512);
	return first;
}

static int map(struct made *m, const char *path, uint64_t off, uint64_t len, uint64_t *at,
	       uint64_t *run, struct err *err)
{
	open_made(m);
	struct fat_file *f = open_file(m->fat, path);
	int rc = fat_file_map(f, off, len, at, run, err);
	fat_file_close(f);
	shut(m);
	return rc;
}

static void refused(struct made *m, const char *words)
{
	uint64_t at, run;
	struct err err = {0};
	assert_int_equal(map(m, "BCD", 0, LEN, &at, &run, &err), -1);
	if (err.code != E_MAP || !strstr(err.text, words))
		fail_msg("%s (%s), not %s", err.text, err_name(err.code), words);
}

static void test_map(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct made m;
		uint32_t first = lay_out(&m, shapes[i]);
		for (uint64_t off = 0; off < LEN; off += 100) {
			uint64_t at, run, len = LEN - off, left = 512 - off % 512;
			struct err err = {0};
			if (map(&m, "bcd", off, len, &at, &run, &err) < 0)
				fail_msg("%u: %s", shapes[i]->kind, err.text);
			assert_int_equal(run, left < len ? left : len);
			uint8_t *want = cluster_at(&m, first + 2 * (uint32_t)(off / 512));
			assert_int_equal(at, want + off % 512 - m.volume);
		}
		unmake(&m);
	}
}

static void test_outside(void **state)
{
	(void)state;
	struct made m;
	uint64_t at, run;
	struct err err = {0};
	lay_out(&m, &small_fat16);
	assert_int_equal(map(&m, "BCD", LEN - 1, 2, &at, &run, &err), -1);
	assert_int_equal(err.code, E_MAP);
	err_clear(&err);
	assert_int_equal(map(&m, "BCD", 0, 0, &at, &run, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	err_clear(&err);
	assert_int_equal(map(&m, "BCD", UINT64_MAX, 2, &at, &run, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	err_clear(&err);
	assert_int_equal(map(&m, "DIR", 0, 1, &at, &run, &err), -1);
	assert_int_equal(err.code, E_MAP);
	assert_non_null(strstr(err.text, "directory"));
	unmake(&m);
}

/* Another chain runs into its second cluster; an entry begins in its third; two begin its first. */
static void test_shared(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct made m;
		uint32_t first = lay_out(&m, shapes[i]);
		uint32_t stray = m.next++;
		set_entry(&m, stray, first + 2);
		refused(&m, "cross-linked");
		unmake(&m);
		first = lay_out(&m, shapes[i]);
		set_place(put_short(m.root, 1, OTHER, 0x20), first + 4, 100);
		refused(&m, "cross-linked");
		set_place(put_short(m.root, 1, OTHER, 0x20), first, 100);
		refused(&m, "cross-linked");
		unmake(&m);
	}
}

/* The entry that shares a cluster may stand in any directory. */
static void test_shared_deep(void **state)
{
	(void)state;
	struct made m;
	uint32_t first = lay_out(&m, &small_fat32);
	uint8_t *dir = cluster_at(&m, le16((struct span){m.root, 96}, 64 + 26));
	set_place(put_short(dir, 0, "THIRD   BIN", 0x20), first + 2, 100);
	refused(&m, "cross-linked");
	unmake(&m);
}

static void test_tables_differ(void **state)
{
	(void)state;
	struct made m;
	uint32_t first = lay_out(&m, &small_fat32);
	put_le32(m.table[1] + 4 * (size_t)(first + 2), 0);
	refused(&m, "differ");
	/* one table is in use and the other one means nothing */
	put_le16(m.volume + 40, 0x80);
	uint64_t at, run;
	assert_int_equal(map(&m, "BCD", 0, LEN, &at, &run, NULL), 0);
	/* elsewhere they may differ */
	put_le16(m.volume + 40, 0);
	put_le32(m.table[1] + 4 * (size_t)(first + 2), first + 4);
	put_le32(m.table[1] + 4 * (size_t)m.next, 77);
	assert_int_equal(map(&m, "BCD", 0, LEN, &at, &run, NULL), 0);
	unmake(&m);
}

static struct fat_state state_of(struct made *m)
{
	struct fat_state state;
	open_made(m);
	assert_int_equal(fat_state(m->fat, &state, NULL), 0);
	shut(m);
	return state;
}

static void test_state(void **state)
{
	(void)state;
	struct made m;
	lay_out(&m, &small_fat32);
	assert_false(state_of(&m).mounted || state_of(&m).errors);
	set_entry(&m, 1, 0x07ffffff);
	assert_true(state_of(&m).mounted && !state_of(&m).errors);
	set_entry(&m, 1, 0x0bffffff);
	assert_true(!state_of(&m).mounted && state_of(&m).errors);
	set_entry(&m, 1, 0x0fffffff);
	m.volume[65] = 1;
	assert_true(state_of(&m).mounted);
	unmake(&m);
	lay_out(&m, &small_fat16);
	set_entry(&m, 1, 0x7fff);
	assert_true(state_of(&m).mounted);
	set_entry(&m, 1, 0xbfff);
	assert_true(state_of(&m).errors && !state_of(&m).mounted);
	unmake(&m);
	lay_out(&m, &small_fat12);
	assert_false(state_of(&m).mounted || state_of(&m).errors);
	m.volume[37] = 1;
	assert_true(state_of(&m).mounted);
	unmake(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),           cmocka_unit_test(test_outside),
		cmocka_unit_test(test_shared),        cmocka_unit_test(test_shared_deep),
		cmocka_unit_test(test_tables_differ), cmocka_unit_test(test_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
