/* SPDX-License-Identifier: MIT */
/*
 * FAT volumes laid out here byte by byte: geometry and its limits, chains of clusters, content,
 * and every kind of damage to them. What other programs make of volumes is test_fat_peers.c's part.
 */
#include "fat_test.h"

static const struct shape *const shapes[] = {&small_fat12, &small_fat16, &small_fat32};
#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

/* ---- geometry ---- */

static void expect_kind(struct shape shape, unsigned kind)
{
	struct made m;
	make(&m, shape);
	open_made(&m);
	if (!m.fat)
		fail_msg("%u clusters: %s", shape.clusters, m.err.text);
	assert_int_equal(m.fat->geometry.kind, kind);
	assert_int_equal(m.fat->geometry.cluster, shape.sector * shape.per_cluster);
	unmake(&m);
}

/* The number of clusters decides, at the very numbers of the specification. */
static void test_kind_by_clusters(void **state)
{
	(void)state;
	expect_kind((struct shape){12, 512, 1, 4084, 16}, 12);
	expect_kind((struct shape){16, 512, 1, 4085, 16}, 16);
	expect_kind((struct shape){16, 512, 1, 65524, 512}, 16);
	expect_kind((struct shape){32, 512, 1, 65525, 0}, 32);
	expect_kind((struct shape){32, 512, 2, 300, 0}, 32); /* fields of FAT32 */
	expect_kind((struct shape){12, 4096, 1, 64, 128}, 12);
	expect_kind((struct shape){12, 512, 128, 64, 16}, 12);
	expect_kind((struct shape){16, 4096, 1, 4085, 128}, 16);
}

struct damage {
	const struct shape *shape;
	unsigned at, len; /* bytes of the boot sector */
	uint32_t value;
	enum err_code code;
	const char *words;
};

static const struct damage boot_damages[] = {
	{&small_fat12, 510, 2, 0xaa54, E_FORMAT, "no FAT volume"},
	{&small_fat12, 510, 2, 0, E_FORMAT, "no FAT volume"},
	{&small_fat12, 0, 1, 0x00, E_FORMAT, "no FAT volume"},
	{&small_fat12, 2, 1, 0x91, E_FORMAT, "no FAT volume"},
	{&small_fat12, 3, 4, 0x5346544e, E_OK, ""}, /* "NTFS" without spaces: not NTFS's mark */
	{&small_fat12, 11, 2, 0, E_FORMAT, "no FAT volume"},
	{&small_fat12, 11, 2, 256, E_FORMAT, "no FAT volume"},
	{&small_fat12, 11, 2, 768, E_FORMAT, "no FAT volume"},
	{&small_fat12, 11, 2, 8192, E_FORMAT, "no FAT volume"},
	{&small_fat12, 11, 2, 4096, E_UNSUPPORTED, "4096 bytes per sector, the disk has 512"},
	{&small_fat12, 13, 1, 0, E_FORMAT, "no FAT volume"},
	{&small_fat12, 13, 1, 3, E_FORMAT, "no FAT volume"},
	{&small_fat12, 14, 2, 0, E_CORRUPT, "reserved sectors"},
	{&small_fat12, 14, 2, 0xffff, E_CORRUPT, "no room for data"},
	{&small_fat12, 16, 1, 0, E_CORRUPT, "0 allocation tables"},
	{&small_fat12, 16, 1, 17, E_CORRUPT, "17 allocation tables"},
	{&small_fat12, 16, 1, 16, E_OK, ""},
	{&small_fat12, 17, 2, 0, E_CORRUPT, "0 entries in the root"},
	{&small_fat12, 21, 1, 0xf7, E_CORRUPT, "medium 0xf7"},
	{&small_fat12, 21, 1, 0xf0, E_OK, ""},
	{&small_fat12, 22, 2, 0, E_CORRUPT, ""},
	{&small_fat12, 32, 4, 0, E_CORRUPT, "no room for data"},
	{&small_fat12, 32, 4, 0x7fffffff, E_CORRUPT, "do not fit"},
	{&small_fat12, 32, 4, 10, E_CORRUPT, "no room for data"},
	{&small_fat12, 32, 4, 11, E_OK, ""},
	{&small_fat16, 22, 2, 1, E_CORRUPT, "in a table of 512 bytes"},
	{&small_fat16, 22, 2, 19, E_CORRUPT, "in a table of 9728 bytes"},
	{&small_fat32, 17, 2, 16, E_CORRUPT, "16 entries in the root"},
	{&small_fat32, 36, 4, 0, E_CORRUPT, "no room"},
	{&small_fat32, 36, 4, 0xffffffff, E_CORRUPT, "no room"},
	{&small_fat32, 36, 4, 511, E_CORRUPT, "in a table of"},
	{&small_fat32, 40, 2, 0x0001, E_OK, ""},
	{&small_fat32, 40, 2, 0x0081, E_OK, ""},
	{&small_fat32, 40, 2, 0x0082, E_CORRUPT, "table 2 of 2"},
	{&small_fat32, 42, 2, 1, E_UNSUPPORTED, "version 0x0001"},
	{&small_fat32, 44, 4, 1, E_CORRUPT, "root directory at cluster 1"},
	{&small_fat32, 44, 4, 65527, E_CORRUPT, "root directory at cluster 65527"},
	{&small_fat32, 44, 4, 65526, E_OK, ""},
};

static void test_boot_damages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(boot_damages) / sizeof(boot_damages[0]); i++) {
		const struct damage *d = &boot_damages[i];
		struct made m;
		make(&m, *d->shape);
		for (unsigned k = 0; k < d->len; k++)
			m.volume[d->at + k] = (uint8_t)(d->value >> 8 * k);
		open_made(&m);
		if (m.err.code != d->code || !strstr(m.err.text, d->words))
			fail_msg("damage %zu: %s %s", i, err_name(m.err.code), m.err.text);
		assert_true((m.fat != NULL) == (d->code == E_OK));
		unmake(&m);
	}
}

/* Tables that just hold all entries, and tables one sector shorter. */
static void test_table_length(void **state)
{
	static const struct {
		struct shape shape;
		uint16_t sectors;
	} cases[] = {
		{{12, 512, 1, 339, 16}, 1},   {{12, 512, 1, 340, 16}, 2},
		{{12, 512, 1, 1022, 16}, 3},  {{16, 512, 1, 4350, 16}, 17},
		{{16, 512, 1, 4351, 16}, 18},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct made m;
		make(&m, cases[i].shape);
		/* The data area begins where the tables end, so it keeps its clusters. */
		m.volume[16] = 1;
		put_le16(m.volume + 22, cases[i].sectors);
		put_le32(m.volume + 32, RESERVED + cases[i].sectors + 1 + cases[i].shape.clusters);
		open_made(&m);
		if (!m.fat)
			fail_msg("case %zu: %s", i, m.err.text);
		put_le16(m.volume + 22, (uint16_t)(cases[i].sectors - 1));
		put_le32(m.volume + 32, RESERVED + cases[i].sectors + cases[i].shape.clusters);
		reopen(&m);
		assert_null(m.fat);
		assert_int_equal(m.err.code, E_CORRUPT);
		unmake(&m);
	}
}

/* Clusters too many for FAT16's fields, and too few for any: no whole one. */
static void test_impossible_counts(void **state)
{
	struct made m;
	(void)state;
	make(&m, (struct shape){16, 512, 1, 65525, 512});
	open_made(&m);
	assert_null(m.fat);
	assert_int_equal(m.err.code, E_CORRUPT);
	assert_non_null(strstr(m.err.text, "65525 clusters are not possible"));
	unmake(&m);
	make(&m, (struct shape){12, 512, 8, 1, 16});
	open_made(&m);
	assert_non_null(m.fat);
	put_le32(m.volume + 32, le32((struct span){m.volume, 512}, 32) - 1);
	reopen(&m);
	assert_null(m.fat);
	assert_non_null(strstr(m.err.text, "0 clusters are not possible"));
	unmake(&m);
}

static void test_other_file_systems(void **state)
{
	static const char *const names[] = {"NTFS    ", "EXFAT   ", "-FVE-FS-", "ReFS\0\0\0\0"};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct made m;
		make(&m, small_fat12);
		memcpy(m.volume + 3, names[i], 8);
		open_made(&m);
		assert_null(m.fat);
		assert_int_equal(m.err.code, E_FORMAT);
		unmake(&m);
	}
}

static void test_short_partition(void **state)
{
	struct made m;
	struct err err = {0};
	(void)state;
	make(&m, small_fat12);
	open_made(&m);
	assert_null(fat_open(m.img, START, 511, &err));
	assert_int_equal(err.code, E_FORMAT);
	err_clear(&err);
	assert_null(fat_open(m.img, START, m.len - START - 512, &err));
	assert_int_equal(err.code, E_CORRUPT);
	unmake(&m);
}

/* FAT32 may keep only one of its tables; the other one is old. */
static void test_active_table(void **state)
{
	struct made m;
	(void)state;
	make(&m, small_fat32);
	uint32_t first = chain(&m, 3, 1);
	set_place(put_short(m.root, 0, "A       BIN", 0), first, 1500);
	memset(m.table[0] + 8, 0, 64);
	open_made(&m);
	expect_open_fails(m.fat, "", E_CORRUPT, "root directory: its chain meets a free cluster");
	put_le16(m.volume + 40, 0x0081);
	reopen(&m);
	fat_file_close(open_file(m.fat, "A.BIN"));
	unmake(&m);
}

/* ---- content ---- */

static void check_content(const struct shape *shape, uint32_t size, uint32_t step)
{
	struct made m;
	uint8_t *want = pattern(size, 7);
	make(&m, *shape);
	uint32_t bytes = shape->sector * shape->per_cluster, n = (size + bytes - 1) / bytes;
	uint32_t first = n ? chain(&m, n, step) : 0;
	for (uint32_t i = 0; i < n; i++)
		memcpy(cluster_at(&m, first + i * step), want + i * bytes,
		       size - i * bytes < bytes ? size - i * bytes : bytes);
	set_place(put_short(m.root, 0, "A       BIN", FAT_ARCHIVE), first, size);
	open_made(&m);
	expect_content(m.fat, "a.bin", want, size);
	unmake(&m);
	free(want);
}

static void test_content(void **state)
{
	static const uint32_t sizes[] = {0, 1, 511, 512, 513, 5000, 20000};
	(void)state;
	for (size_t i = 0; i < N_SHAPES; i++) {
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			check_content(shapes[i], sizes[k], 1);
			check_content(shapes[i], sizes[k], 3);
		}
	}
	check_content(&(struct shape){16, 4096, 1, 4100, 128}, 300000, 2);
}

/* Clusters that touch are one run, so that a large file needs little memory. */
static void test_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SHAPES; i++) {
		struct made m;
		struct fat_runs runs = {0}, pieces = {0};
		make(&m, *shapes[i]);
		struct fat_extent whole = {.first = chain(&m, 20, 1), .size = 9999};
		struct fat_extent apart = {.first = chain(&m, 20, 2), .size = 9999};
		open_made(&m);
		assert_int_equal(fat_chain(m.fat, &whole, &runs, NULL), 0);
		assert_int_equal(fat_chain(m.fat, &apart, &pieces, NULL), 0);
		assert_int_equal(runs.n, 1);
		assert_int_equal(runs.len, 20 * 512);
		assert_int_equal(pieces.n, 20);
		assert_int_equal(pieces.len, 20 * 512);
		free(runs.items);
		free(pieces.items);
		unmake(&m);
	}
}

/* A chain may go backwards, and be longer than its file. */
static void test_odd_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SHAPES; i++) {
		struct made m;
		uint8_t *want = pattern(1024, 9);
		make(&m, *shapes[i]);
		set_entry(&m, 9, 5);
		set_entry(&m, 5, 7);
		set_entry(&m, 7, mark(&m, 0xf8));
		memcpy(cluster_at(&m, 9), want, 512);
		memcpy(cluster_at(&m, 5), want + 512, 512);
		set_place(put_short(m.root, 0, "A       BIN", 0), 9, 1024);
		open_made(&m);
		expect_content(m.fat, "A.BIN", want, 1024);
		unmake(&m);
		free(want);
	}
}

/* The upper four bits of a FAT32 entry mean nothing. */
static void test_reserved_bits(void **state)
{
	struct made m;
	(void)state;
	make(&m, small_fat32);
	set_entry(&m, 3, 0xf0000004);
	set_entry(&m, 4, 0xaffffff8);
	set_place(put_short(m.root, 0, "A       BIN", 0), 3, 1024);
	open_made(&m);
	struct fat_file *f = open_file(m.fat, "a.bin");
	fat_file_close(f);
	unmake(&m);
}

static void check_broken(struct made *m, uint32_t first, uint32_t size, const char *words)
{
	char text[64];
	set_place(put_short(m->root, 0, "A       BIN", 0), first, size);
	set_place(put_short(m->root, 1, "D          ", FAT_DIRECTORY), first, 0);
	reopen(m);
	snprintf(text, sizeof(text), "A.BIN: %s", words);
	expect_open_fails(m->fat, "A.BIN", E_CORRUPT, text);
	/* The rest of the volume can still be read. */
	fat_file_close(open_file(m->fat, ""));
}

static void test_broken_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SHAPES; i++) {
		struct made m;
		make(&m, *shapes[i]);
		open_made(&m);
		uint32_t end = m.shape.clusters + 2, first = chain(&m, 4, 1);
		check_broken(&m, first, 4 * 512 + 1, "its chain ends after 2048 of 2049");
		check_broken(&m, 0, 5, "its chain meets a free cluster");
		check_broken(&m, 1, 5, "its chain leads to cluster 0x1");
		check_broken(&m, end, 5, "its chain leads to cluster");
		set_entry(&m, first + 3, first + 1);
		check_broken(&m, first, 2048, "its chain leads in a circle");
		expect_open_fails(m.fat, "D", E_CORRUPT, "leads in a circle");
		set_entry(&m, first + 3, first + 3);
		check_broken(&m, first, 2048, "its chain leads in a circle");
		set_entry(&m, first, first);
		check_broken(&m, first, 1, "its chain leads in a circle");
		set_entry(&m, first, first + 1);
		set_entry(&m, first + 3, mark(&m, 0xf7));
		check_broken(&m, first, 2048, "its chain meets a cluster marked bad");
		set_entry(&m, first + 3, 0);
		check_broken(&m, first, 2048, "its chain meets a free cluster");
		set_entry(&m, first + 3, end);
		check_broken(&m, first, 2048, "its chain leads to cluster");
		set_entry(&m, first + 3, end - 1);
		check_broken(&m, first, 2048, "its chain meets a free cluster");
		set_entry(&m, first + 3, mark(&m, 0xf6));
		check_broken(&m, first, 2048, "its chain leads to cluster");
		unmake(&m);
	}
}

/* Directories end at 65,536 entries; one more cluster is damage. */
static void test_directory_limit(void **state)
{
	struct made m;
	(void)state;
	make(&m, small_fat16);
	uint32_t first = chain(&m, FAT_DIRECTORY_MAX / 512, 1);
	set_place(put_short(m.root, 0, "D          ", FAT_DIRECTORY), first, 0);
	for (uint32_t i = 0; i < FAT_DIRECTORY_MAX / 32; i++)
		put_short(cluster_at(&m, first), i, "FILE       ", 0);
	open_made(&m);
	size_t n;
	list_of(m.fat, m.arena, "D", &n);
	assert_int_equal(n, 65536);
	set_entry(&m, m.next - 1, m.next);
	set_entry(&m, m.next, mark(&m, 0xff));
	reopen(&m);
	expect_open_fails(m.fat, "D\\x", E_CORRUPT, "D: a directory longer than 2097152 bytes");
	unmake(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kind_by_clusters),
		cmocka_unit_test(test_boot_damages),
		cmocka_unit_test(test_table_length),
		cmocka_unit_test(test_impossible_counts),
		cmocka_unit_test(test_other_file_systems),
		cmocka_unit_test(test_short_partition),
		cmocka_unit_test(test_active_table),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_odd_chains),
		cmocka_unit_test(test_reserved_bits),
		cmocka_unit_test(test_broken_chains),
		cmocka_unit_test(test_directory_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
