/* SPDX-License-Identifier: MIT */
/*
 * Which entries of a store belong to a disk: by path, by file name, by partition, and when that is
 * doubtful; dead entries and duplicates. Stores are written as registry text and made by mkhive.
 */
#include "bcd_match_test.h"
#include "src/bootmenu/bcd_path.h"

/* ---- paths ---- */

static bool same_path(const char *a, const char *b, struct arena *arena)
{
	struct span x, y;
	return bcd_path_take(a, arena, &x, NULL) == 0 && bcd_path_take(b, arena, &y, NULL) == 0 &&
	       bcd_path_equal(x, y);
}

static void test_paths(void **state)
{
	static const char *const same[] = {
		"D:\\vhd\\win7.vhd",
		"\\vhd\\win7.vhd",
		"vhd\\win7.vhd",
		"d:/VHD//Win7.VHD",
		"[locate]\\vhd\\win7.vhd",
		"vhd=[D:]\\vhd\\win7.vhd",
		"VHD=[d:]\\vhd\\win7.vhd",
		"\\\\?\\D:\\vhd\\win7.vhd",
		"\\??\\E:\\vhd\\win7.vhd",
		"\\\\.\\c:\\vhd\\win7.vhd",
		"[\\Device\\HarddiskVolume2]\\vhd\\\\win7.vhd",
	};
	static const char *const other[] = {
		"",
		"\\",
		"D:",
		"D:\\vhd\\win7.vhdx",
		"D:\\vhd\\win7.vh",
		"D:\\win7.vhd",
		"D:\\x\\vhd\\win7.vhd",
		"D:\\vhdwin7.vhd",
		"\xff",
		"D:\\vhd\\win7.vhd\\",
		"[D:\\vhd\\win7.vhd",
		"1:\\vhd\\win7.vhd",
		"DD:\\vhd\\win7.vhd",
	};
	struct arena *arena = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (!same_path(same[0], same[i], arena))
			fail_msg("%s", same[i]);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		if (same_path(same[0], other[i], arena) || same_path(other[i], same[0], arena))
			fail_msg("%s", other[i]);
	}
	assert_false(same_path("", "", arena));
	assert_false(same_path("D:\\Größe\\a.vhd", "\\GRÖSSE\\a.VHD", arena));
	assert_true(same_path("D:\\Übung\\ДИСК.vhd", "\\üBUNG\\диск.VHD", arena));
	assert_true(same_path("D:\\仮想\\a.vhd", "[locate]\\仮想\\A.vhd", arena));
	arena_free(arena);
}

/* ---- how entries match ---- */

static void test_by_path(void **state)
{
	struct found f = {.request = {.vhd = "D:\\vhd\\Win7.vhd"}};
	struct blob host = mbr_partition(0x36234da4, 0x100000),
		    search_it = search_path("\\vhd\\win7.vhd");
	(void)state;
	bench_begin(&f.b);
	add_vhd_loader(&f.b, LOADER_1, &host, "\\VHD\\win7.vhd");
	add_vhd_loader(&f.b, LOADER_2, &search_it, "\\vhd\\win7.vhd");
	add_vhd_loader(&f.b, LOADER_3, &host, "\\vhd\\win10.vhd");
	add_loader(&f.b, LOADER_4, &host);
	search(&f);
	assert_int_equal(f.matches.n, 2);
	const struct bcd_match *m = match_of(&f, LOADER_1);
	assert_int_equal(m->how, BCD_MATCH_PATH);
	assert_true(m->certain);
	assert_string_equal(m->why, "device and osdevice name this path");
	assert_string_equal(m->vhd, "\\VHD\\win7.vhd");
	assert_int_equal(m->on->signature, 0x36234da4);
	assert_false(m->dead || m->is_last_loader || m->twin || m->resume || m->recovery);
	assert_null(m->forbidden);
	assert_int_equal(m->n_named_by, 0);
	m = match_of(&f, LOADER_2);
	assert_int_equal(m->how, BCD_MATCH_PATH);
	assert_true(m->certain);
	assert_int_equal(m->on->kind, BCD_DEVICE_LOCATE);
	bench_end(&f.b);
}

/* The same path on two volumes: which is ours? */
static void test_two_volumes(void **state)
{
	struct found f = {.request = {.vhd = "D:\\a.vhd"}};
	struct blob one = mbr_partition(1, 0x100000), two = mbr_partition(1, 0x200000);
	(void)state;
	bench_begin(&f.b);
	add_vhd_loader(&f.b, LOADER_1, &one, "\\a.vhd");
	add_vhd_loader(&f.b, LOADER_2, &two, "\\a.vhd");
	add_vhd_loader(&f.b, LOADER_3, &two, "\\x\\a.vhd");
	search(&f);
	assert_int_equal(f.matches.n, 3);
	assert_string_equal(match_of(&f, LOADER_3)->why, "only the file name is the same");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(f.matches.items[i].how, BCD_MATCH_PATH);
		assert_false(f.matches.items[i].certain);
		assert_string_equal(f.matches.items[i].why,
				    "the store has this path on several volumes");
		assert_null(f.matches.items[i].twin);
	}
	bench_end(&f.b);
}

static void test_by_name(void **state)
{
	struct blob host = mbr_partition(1, 0x100000);
	(void)state;
	for (int given = 0; given < 3; given++) {
		struct found f = {.request = {.vhd = given == 0 ? "E:\\other\\a.vhd" : NULL,
					      .image = given == 1 ? "/srv/disks/A.VHD" : NULL}};
		bench_begin(&f.b);
		add_vhd_loader(&f.b, LOADER_1, &host, "\\x\\a.vhd");
		add_vhd_loader(&f.b, LOADER_2, &host, "\\x\\b.vhd");
		search(&f);
		assert_int_equal(f.matches.n, given == 2 ? 0 : 1);
		for (size_t i = 0; i < f.matches.n; i++) {
			assert_int_equal(f.matches.items[i].how, BCD_MATCH_NAME);
			assert_false(f.matches.items[i].certain);
			assert_string_equal(f.matches.items[i].why,
					    "only the file name is the same");
			assert_string_equal(f.matches.items[i].object->guid, LOADER_1);
		}
		bench_end(&f.b);
	}
}

static void test_by_partition(void **state)
{
	static const struct bcd_partition_id ids[] = {
		{0x100000, "22222222-2222-2222-2222-222222222222"},
		{0x500000, "33333333-3333-3333-3333-333333333333"},
	};
	static const struct {
		enum bcd_table table;
		uint32_t signature;
		const char *disk;
		bool one, two, three;
	} cases[] = {
		{BCD_TABLE_MBR, 0x5b7d0007, "", true, false, false},
		{BCD_TABLE_MBR, 0x5b7d0008, "", false, false, false},
		{BCD_TABLE_MBR, 0, "", false, false, false},
		{BCD_TABLE_GPT, 0x5b7d0007, "11111111-1111-1111-1111-111111111111", false, true,
		 false},
		{BCD_TABLE_GPT, 0, "11111111-1111-1111-1111-111111111112", false, false, false},
		{BCD_TABLE_GPT, 0, "", false, false, false},
		{BCD_TABLE_RAW, 0x5b7d0007, "", false, false, false},
	};
	struct blob one = mbr_partition(0x5b7d0007, 0x500000), two = gpt_partition(0x11, 0x33);
	struct blob zero = mbr_partition(0, 0x100000);
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct found f = {.request = {.table = cases[i].table,
					      .signature = cases[i].signature,
					      .partitions = ids,
					      .n_partitions = 2}};
		strcpy(f.request.disk, cases[i].disk);
		bench_begin(&f.b);
		add_loader(&f.b, LOADER_1, &one);
		add_loader(&f.b, LOADER_2, &two);
		add_loader(&f.b, LOADER_3, &zero);
		search(&f);
		assert_int_equal(match_of(&f, LOADER_1) != NULL, cases[i].one);
		assert_int_equal(match_of(&f, LOADER_2) != NULL, cases[i].two);
		assert_int_equal(match_of(&f, LOADER_3) != NULL, cases[i].three);
		for (size_t k = 0; k < f.matches.n; k++) {
			assert_int_equal(f.matches.items[k].how, BCD_MATCH_PARTITION);
			assert_true(f.matches.items[k].certain);
			assert_null(f.matches.items[k].vhd);
		}
		bench_end(&f.b);
	}
}

/* The disk is ours, the partition is none of its. */
static void test_other_partition(void **state)
{
	static const struct bcd_partition_id id = {0x100000, ""};
	struct found f = {.request = {.table = BCD_TABLE_MBR,
				      .signature = 7,
				      .partitions = &id,
				      .n_partitions = 1}};
	struct blob there = mbr_partition(7, 0x200000), gpt = gpt_partition(0x11, 0x33);
	(void)state;
	bench_begin(&f.b);
	add_loader(&f.b, LOADER_1, &there);
	add_loader(&f.b, LOADER_2, &gpt);
	search(&f);
	assert_int_equal(f.matches.n, 0);
	bench_end(&f.b);
}

/* Windows run from a virtual disk names a partition inside it. */
static void test_partition_of_vhd(void **state)
{
	static const struct bcd_partition_id id = {0x1f500000, ""};
	struct blob host = mbr_partition(1, 0x100000), file = file_on(&host, "\\disk.vhd");
	struct blob inside = partition_of_vhd(0x74fbb3b1, 0x1f500000, &file);
	(void)state;
	for (int path = 0; path < 2; path++) {
		struct found f = {.request = {.vhd = path ? "D:\\disk.vhd" : NULL,
					      .table = BCD_TABLE_MBR,
					      .signature = 0x74fbb3b1,
					      .partitions = &id,
					      .n_partitions = 1}};
		bench_begin(&f.b);
		add_loader(&f.b, LOADER_1, &inside);
		search(&f);
		assert_int_equal(f.matches.n, 1);
		const struct bcd_match *m = &f.matches.items[0];
		assert_int_equal(m->how, path ? BCD_MATCH_PATH : BCD_MATCH_PARTITION);
		assert_int_equal(m->certain, path);
		assert_string_equal(m->vhd, "\\disk.vhd");
		if (!path)
			assert_string_equal(m->why,
					    "it names this disk inside a file of another name");
		bench_end(&f.b);
	}
}

/* ---- doubtful entries ---- */

static void expect_doubt(const struct blob *device, const struct blob *os, const char *why)
{
	struct found f = {.request = {.vhd = "D:\\a.vhd"}};
	bench_begin(&f.b);
	object(&f.b, LOADER_1, BCD_LOADER);
	if (device)
		element_bytes(&f.b, LOADER_1, BCD_DEVICE, device);
	if (os)
		element_bytes(&f.b, LOADER_1, BCD_OS_DEVICE, os);
	search(&f);
	assert_int_equal(f.matches.n, 1);
	assert_int_equal(f.matches.items[0].how, BCD_MATCH_PATH);
	if (f.matches.items[0].certain || strcmp(f.matches.items[0].why, why) != 0)
		fail_msg("not \"%s\": %s", why, f.matches.items[0].why);
	bench_end(&f.b);
}

static void test_doubts(void **state)
{
	struct blob host = mbr_partition(1, 2), far = mbr_partition(1, 3);
	struct blob a = vhd_element(&host, "\\a.vhd", 1), b = vhd_element(&host, "\\b.vhd", 1);
	struct blob c = vhd_element(&far, "\\a.vhd", 1), plain = element_of(0, &host);
	struct blob body = {.len = 0}, network, unknown, cut = a;
	(void)state;
	add_zeros(&body, 8);
	network = device_of(4, &body);
	unknown = element_of(0, &network);
	cut.len -= 4;
	expect_doubt(&a, NULL, "it has no osdevice");
	expect_doubt(NULL, &a, "it has no device");
	expect_doubt(&a, &unknown, "its osdevice is not understood");
	expect_doubt(&unknown, &a, "its device is not understood");
	expect_doubt(&cut, &a, "its device is not understood");
	expect_doubt(&a, &b, "its device and its osdevice mean different disks");
	expect_doubt(&b, &a, "its device and its osdevice mean different disks");
	expect_doubt(&a, &plain, "its device and its osdevice mean different disks");
	expect_doubt(&a, &c, "its device and its osdevice name different files");
}

/* ---- dead entries, twins ---- */

static void test_dead(void **state)
{
	static const char *const files[] = {"D:\\alive.vhd", "\xff", "e:\\too\\other.vhd"};
	struct found f = {.request = {.listed = true, .files = files, .n_files = 3}};
	struct blob host = mbr_partition(1, 2);
	(void)state;
	bench_begin(&f.b);
	add_vhd_loader(&f.b, LOADER_1, &host, "\\ALIVE.vhd");
	add_vhd_loader(&f.b, LOADER_2, &host, "\\gone.vhd");
	add_vhd_loader(&f.b, LOADER_3, &host, "\\too\\other.vhd");
	search(&f);
	assert_int_equal(f.matches.n, 1);
	const struct bcd_match *m = match_of(&f, LOADER_2);
	assert_true(m->dead);
	assert_int_equal(m->how, BCD_MATCH_NONE);
	assert_false(m->certain);
	assert_false(m->is_last_loader);
	assert_string_equal(m->why, "it is another disk");
	/* Without a listing nothing is dead. */
	f.request.listed = false;
	assert_int_equal(bcd_match(&f.b.store, &f.request, f.b.arena, &f.matches, NULL), 0);
	assert_int_equal(f.matches.n, 0);
	bench_end(&f.b);
}

static void test_twins(void **state)
{
	struct found f = {.request = {.vhd = "D:\\b.vhd"}};
	struct blob host = mbr_partition(1, 2);
	(void)state;
	bench_begin(&f.b);
	add_vhd_loader(&f.b, LOADER_1, &host, "\\a.vhd");
	add_vhd_loader(&f.b, LOADER_2, &host, "\\A.vhd");
	add_vhd_loader(&f.b, LOADER_3, &host, "\\a.vhd");
	element(&f.b, LOADER_3, BCD_SYSTEM_ROOT, "\"\\\\Win2\"");
	search(&f);
	assert_int_equal(f.matches.n, 1);
	const struct bcd_match *m = match_of(&f, LOADER_2);
	assert_string_equal(m->twin->guid, LOADER_1);
	assert_int_equal(m->how, BCD_MATCH_NONE);
	assert_false(m->certain);
	bench_end(&f.b);
}

static void test_bad_request(void **state)
{
	struct found f = {.request = {.vhd = "D:\\\xff.vhd"}};
	struct err err = {0};
	(void)state;
	bench_begin(&f.b);
	object(&f.b, LOADER_1, BCD_LOADER);
	bench_read(&f.b);
	assert_int_equal(bcd_match(&f.b.store, &f.request, f.b.arena, &f.matches, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	f.request = (struct bcd_match_request){.image = "/srv/\xff.vhd"};
	assert_int_equal(bcd_match(&f.b.store, &f.request, f.b.arena, &f.matches, &err), 0);
	assert_int_equal(f.matches.n, 0);
	bench_end(&f.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_by_path),
		cmocka_unit_test(test_two_volumes),
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_by_partition),
		cmocka_unit_test(test_other_partition),
		cmocka_unit_test(test_partition_of_vhd),
		cmocka_unit_test(test_doubts),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_bad_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
