/* SPDX-License-Identifier: MIT */
/*
 * Logical partitions: chains of tables made by hand, sound and broken in every way, chains of
 * sfdisk compared with its own listing, and the fixture disks.
 */
#include "partition_test.h"

#include "stop7b/image.h"

#define SECTORS  20000u
#define EXTENDED 1000u /* the extended partition's first sector */
#define LENGTH   15000u

static struct disk extended_disk(uint32_t sector)
{
	struct disk d = new_disk(SECTORS, sector);
	mbr(&d, 0, 0x07, 100, 800);
	mbr(&d, 1, 0x0f, EXTENDED, LENGTH);
	return d;
}

/* Entry i of the table in this sector. */
static void entry(struct disk *d, uint32_t at, unsigned i, uint8_t type, uint32_t first,
		  uint32_t count)
{
	uint8_t *p = d->p + (size_t)at * d->sector;
	uint8_t *e = p + 446 + 16 * i;
	e[4] = type;
	put_le(e + 8, first, 4);
	put_le(e + 12, count, 4);
	p[510] = 0x55;
	p[511] = 0xaa;
}

static void is_at(const struct disk *d, size_t i, unsigned number, uint64_t start, uint64_t size)
{
	const struct partition *p = &d->t.items[i];
	assert_int_equal(p->number, number);
	assert_int_equal(p->scheme, SCHEME_MBR);
	assert_int_equal(p->start, start * d->sector);
	assert_int_equal(p->size, size * d->sector);
}

/* Three logical partitions; the second has an empty table before it. */
static void three(struct disk *d)
{
	entry(d, EXTENDED, 0, 0x07, 10, 100);
	entry(d, EXTENDED, 1, 0x05, 2000, 2000);
	entry(d, EXTENDED + 2000, 1, 0x05, 4000, 2000);
	entry(d, EXTENDED + 4000, 0, 0x83, 63, 500);
	entry(d, EXTENDED + 4000, 1, 0x0f, 6000, 2000);
	entry(d, EXTENDED + 6000, 0, 0x07, 1, LENGTH - 6001);
}

/* ---- sound ---- */

static void test_chain(void **state)
{
	(void)state;
	static const uint32_t sectors[] = {512, 4096};
	for (unsigned s = 0; s < 2; s++) {
		struct disk d = extended_disk(sectors[s]);
		three(&d);
		d.p[(size_t)(EXTENDED + 4000) * sectors[s] + 446] = 0x80;
		must_list(&d, SCHEME_MBR, 5);
		is_at(&d, 0, 1, 100, 800);
		is_at(&d, 1, 2, EXTENDED, LENGTH);
		is_at(&d, 2, 5, EXTENDED + 10, 100);
		is_at(&d, 3, 6, EXTENDED + 4063, 500);
		is_at(&d, 4, 7, EXTENDED + 6001, LENGTH - 6001);
		assert_int_equal(d.t.n_notes, 0);
		for (size_t i = 0; i < 5; i++)
			assert_null(d.t.items[i].problem.plain);
		assert_string_equal(d.t.items[3].type, "Linux");
		assert_string_equal(d.t.items[4].type_id, "0x07");
		assert_true(d.t.items[3].active);
		assert_false(d.t.items[4].active);
		free_disk(&d);
	}
}

/* The link may stand before the partition, and any of the three types leads on. */
static void test_orders(void **state)
{
	(void)state;
	static const uint8_t types[] = {0x05, 0x0f, 0x85};
	for (unsigned i = 0; i < 3; i++) {
		struct disk d = extended_disk(512);
		mbr(&d, 1, types[i], EXTENDED, LENGTH);
		entry(&d, EXTENDED, 0, types[i], 5000, 1000);
		entry(&d, EXTENDED, 3, 0x07, 10, 100);
		entry(&d, EXTENDED + 5000, 2, 0x07, 20, 200);
		must_list(&d, SCHEME_MBR, 4);
		is_at(&d, 2, 5, EXTENDED + 10, 100);
		is_at(&d, 3, 6, EXTENDED + 5020, 200);
		assert_int_equal(d.t.n_notes, 0);
		free_disk(&d);
	}
}

/* A chain may lead backwards. */
static void test_backwards(void **state)
{
	(void)state;
	struct disk d = extended_disk(512);
	entry(&d, EXTENDED, 0, 0x07, 8000, 100);
	entry(&d, EXTENDED, 1, 0x05, 6000, 100);
	entry(&d, EXTENDED + 6000, 0, 0x07, 10, 50);
	entry(&d, EXTENDED + 6000, 1, 0x05, 3000, 100);
	entry(&d, EXTENDED + 3000, 0, 0x07, 10, 50);
	must_list(&d, SCHEME_MBR, 5);
	is_at(&d, 4, 7, EXTENDED + 3010, 50);
	assert_int_equal(d.t.n_notes, 0);
	free_disk(&d);
}

/* The file system of a logical partition is found. */
static void test_content(void **state)
{
	(void)state;
	struct disk d = extended_disk(512);
	three(&d);
	uint8_t *boot = d.p + (size_t)(EXTENDED + 6001) * 512;
	memcpy(boot + 3, "NTFS    ", 8);
	put_le(boot + 11, 512, 2);
	boot[13] = 8;
	must_list(&d, SCHEME_MBR, 5);
	assert_int_equal(d.t.items[4].filesystem, FS_NTFS);
	assert_int_equal(d.t.items[3].filesystem, FS_UNKNOWN);
	free_disk(&d);
}

/* ---- broken chains ---- */

/* The list before the damage stays; the extended partition and a note say what it is. */
static void broken(struct disk *d, size_t n, const char *words)
{
	must_list(d, SCHEME_MBR, n);
	if (!problem_says(d, 1, words))
		fail_msg("%s instead of %s", d->t.items[1].problem, words);
	assert_true(noted(d, "extended partition 2: "));
	assert_true(noted(d, words));
	assert_null(d->t.items[0].problem.plain);
}

static void test_loops(void **state)
{
	(void)state;
	static const uint32_t backs[] = {0, 2000, 4000, 6000};
	for (size_t i = 0; i < 4; i++) {
		struct disk d = extended_disk(512);
		char words[64];
		three(&d);
		entry(&d, EXTENDED + 6000, 0, 0x07, 1, 100);
		entry(&d, EXTENDED + 6000, 1, 0x05, backs[i], 100);
		snprintf(words, sizeof(words), "comes back to sector %u", EXTENDED + backs[i]);
		broken(&d, 5, words);
		assert_null(d.t.items[4].problem.plain);
		free_disk(&d);
	}
}

static void test_outside(void **state)
{
	(void)state;
	static const uint32_t links[] = {LENGTH, LENGTH + 1, 0xffffffff, 0x80000000};
	for (size_t i = 0; i < 4; i++) {
		struct disk d = extended_disk(512);
		three(&d);
		entry(&d, EXTENDED + 4000, 1, 0x05, links[i], 10);
		broken(&d, 4, "leads out of it");
		free_disk(&d);
	}
	struct disk d = extended_disk(512);
	three(&d);
	entry(&d, EXTENDED + 4000, 1, 0x05, LENGTH - 1, 1);
	broken(&d, 4, "sector 15999 holds no table");
	entry(&d, EXTENDED + LENGTH - 1, 0, 0, 0, 0);
	must_list(&d, SCHEME_MBR, 4);
	assert_int_equal(d.t.n_notes, 0);
	free_disk(&d);
}

static void test_no_table(void **state)
{
	(void)state;
	struct disk d = extended_disk(512);
	must_list(&d, SCHEME_MBR, 2); /* nothing was made in it yet */
	assert_int_equal(d.t.n_notes, 0);
	d.p[EXTENDED * 512] = 1;
	broken(&d, 2, "sector 1000 holds no table");
	three(&d);
	d.p[(EXTENDED + 4000) * 512 + 511] = 0;
	broken(&d, 3, "sector 5000 holds no table");
	/* an extended partition that begins behind the disk, or on the MBR */
	mbr(&d, 1, 0x05, SECTORS, 100);
	broken(&d, 2, "cannot be read");
	mbr(&d, 1, 0x05, 0, 100);
	must_list(&d, SCHEME_MBR, 2);
	assert_true(problem_says(&d, 1, "partition table itself"));
	free_disk(&d);
}

static void test_many(void **state)
{
	(void)state;
	struct disk d = extended_disk(512);
	for (uint32_t i = 0; i < 140; i++) {
		entry(&d, EXTENDED + 100 * i, 0, 0x07, 10, 50);
		entry(&d, EXTENDED + 100 * i, 1, 0x05, 100 * (i + 1), 60);
	}
	broken(&d, 2 + 128, "more than 128 tables");
	is_at(&d, 129, 132, EXTENDED + 12710, 50);
	entry(&d, EXTENDED + 12700, 1, 0, 0, 0);
	must_list(&d, SCHEME_MBR, 2 + 128);
	assert_int_equal(d.t.n_notes, 0);
	free_disk(&d);
}

/* ---- broken partitions ---- */

static void test_problems(void **state)
{
	(void)state;
	struct disk d = extended_disk(512);
	three(&d);
	entry(&d, EXTENDED, 0, 0x07, 10, LENGTH - 10);
	must_list(&d, SCHEME_MBR, 5);
	assert_true(problem_says(&d, 2, "overlaps partition 6"));
	assert_true(problem_says(&d, 3, "overlaps partition 5"));
	assert_null(d.t.items[1].problem.plain); /* it holds them */
	entry(&d, EXTENDED, 0, 0x07, 10, LENGTH - 9);
	must_list(&d, SCHEME_MBR, 5);
	assert_true(problem_says(&d, 2, "outside the extended partition 2"));
	entry(&d, EXTENDED, 0, 0x07, 0xffffffff, 0xffffffff);
	must_list(&d, SCHEME_MBR, 5);
	assert_true(problem_says(&d, 2, "outside the extended partition 2"));
	entry(&d, EXTENDED, 0, 0x07, 0, 5);
	must_list(&d, SCHEME_MBR, 5);
	assert_true(problem_says(&d, 2, "partition table itself"));
	three(&d);
	mbr(&d, 0, 0x07, 900, 200); /* a primary one reaches into the extended */
	must_list(&d, SCHEME_MBR, 5);
	assert_true(problem_says(&d, 0, "overlaps partition 2"));
	assert_true(problem_says(&d, 2, "overlaps partition 1") ||
		    d.t.items[2].problem.plain == NULL);
	assert_true(problem_says(&d, 1, "overlaps partition 1"));
	free_disk(&d);
}

static void test_ignored(void **state)
{
	(void)state;
	struct disk d = extended_disk(512);
	three(&d);
	entry(&d, EXTENDED, 2, 0x83, 200, 50);
	must_list(&d, SCHEME_MBR, 5);
	assert_true(noted(&d, "sector 1000 has entries that no system follows"));
	is_at(&d, 2, 5, EXTENDED + 10, 100);
	three(&d);
	mbr(&d, 2, 0x05, 16000, 100);
	entry(&d, 16000, 0, 0x07, 1, 10);
	must_list(&d, SCHEME_MBR, 6);
	assert_true(noted(&d, "second extended partition"));
	free_disk(&d);
}

/* Random tables: bounded, and nothing outside the extended partition without a problem. */
static void test_random(void **state)
{
	(void)state;
	uint32_t seed = 3;
	for (unsigned round = 0; round < 2000; round++) {
		struct disk d = extended_disk(512);
		three(&d);
		for (unsigned n = 0; n < 3; n++) {
			seed = seed * 1664525 + 1013904223;
			size_t at = (EXTENDED + (seed >> 8) % 4 * 2000) * 512 + 446;
			d.p[at + (seed >> 12) % 64] = (uint8_t)(seed >> 24);
		}
		assert_int_equal(list(&d), 0);
		assert_true(d.t.n >= 2 && d.t.n <= 2 + 128);
		for (size_t i = 2; i < d.t.n; i++)
			if (!d.t.items[i].problem.plain)
				assert_true(d.t.items[i].start >= EXTENDED * 512 &&
					    d.t.items[i].start + d.t.items[i].size <=
						    (EXTENDED + LENGTH) * 512);
		free_disk(&d);
	}
}

/* ---- made by others ---- */

static void listed(void **state, const char *name, struct disk *d)
{
	const char *dir = getenv("S7B_IMAGES");
	(void)state;
	char path[2 * PATH_LEN];
	snprintf(path, sizeof(path), "%s/%s.vhd", dir ? dir : "images", name);
	if (access(path, R_OK) != 0) {
		print_message("%s is not there\n", path);
		skip();
	}
	d->sector = 512;
	d->arena = arena_new();
	d->img = image_open(path, NULL, &d->err);
	assert_non_null(d->img);
	assert_int_equal(partition_list(d->img, d->arena, &d->t, &d->err), 0);
}

static void test_fixture_logical(void **state)
{
	struct disk d = {0};
	listed(state, "logical-mbr", &d);
	assert_int_equal(d.t.n, 3);
	is_at(&d, 1, 2, 24576, 86016);
	assert_int_equal(d.t.items[2].number, 5);
	assert_int_equal(d.t.items[2].start, 26624 * 512);
	assert_int_equal(d.t.items[2].filesystem, FS_NTFS);
	assert_null(d.t.items[2].problem.plain);
	assert_int_equal(d.t.n_notes, 0);
	forget(&d);
}

static void test_fixture_loop(void **state)
{
	struct disk d = {0};
	listed(state, "loop-ebr", &d);
	assert_int_equal(d.t.n, 3);
	assert_true(noted(&d, "comes back to sector 6144"));
	assert_null(d.t.items[1].problem.plain);
	forget(&d);
}

static void test_data(void **state)
{
	struct path p = in_dir(state, "data");
	if (!get_data("parttables/dfirntfs_mbr-512-p1e2.bin.xz", p.s))
		skip();
	struct bytes b = read_whole(p.s);
	struct disk d = {.p = b.p, .len = b.len, .sector = 512};
	must_list(&d, SCHEME_MBR, 4);
	assert_int_equal(d.t.items[2].number, 5);
	assert_int_equal(d.t.items[3].number, 6);
	assert_null(d.t.items[2].problem.plain);
	assert_null(d.t.items[3].problem.plain);
	free_disk(&d);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),     cmocka_unit_test(test_orders),
		cmocka_unit_test(test_backwards), cmocka_unit_test(test_content),
		cmocka_unit_test(test_loops),     cmocka_unit_test(test_outside),
		cmocka_unit_test(test_no_table),  cmocka_unit_test(test_many),
		cmocka_unit_test(test_problems),  cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_random),    CASE(test_fixture_logical),
		CASE(test_fixture_loop),          CASE(test_data),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
