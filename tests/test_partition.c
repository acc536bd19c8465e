/* SPDX-License-Identifier: MIT */
/*
 * Partition tables: MBRs made by hand, tables made by sfdisk and compared with what sfdisk itself
 * lists, real ones with known content, and file systems by their boot sectors. GPT: test_gpt.c.
 */
#include "partition_test.h"

#include <jansson.h>

/* ---- MBR by hand ---- */

static void test_mbr(void **state)
{
	(void)state;
	static const uint32_t sectors[] = {512, 4096};
	for (unsigned s = 0; s < 2; s++) {
		struct disk d = new_disk(100, sectors[s]);
		put_le(d.p + 440, 0x36234da4, 4);
		mbr(&d, 0, 0x07, 10, 20);
		mbr(&d, 2, 0xee + 1, 30, 70);
		d.p[446] = 0x80;
		must_list(&d, SCHEME_MBR, 2);
		const struct partition *p = d.t.items;
		assert_string_equal(d.t.disk_id, "0x36234da4");
		assert_int_equal(p[0].number, 1);
		assert_int_equal(p[0].scheme, SCHEME_MBR);
		assert_int_equal(p[0].start, 10 * sectors[s]);
		assert_int_equal(p[0].size, 20 * sectors[s]);
		assert_string_equal(p[0].type, "NTFS");
		assert_string_equal(p[0].type_id, "0x07");
		assert_string_equal(p[0].name, "");
		assert_null(p[0].id);
		assert_null(p[0].problem.plain);
		assert_true(p[0].active);
		assert_int_equal(p[1].number, 3);
		assert_string_equal(p[1].type, "EFI system");
		assert_false(p[1].active);
		assert_null(p[1].problem.plain);
		assert_int_equal(d.t.n_notes, 0);
		free_disk(&d);
	}
}

static void test_mbr_problems(void **state)
{
	(void)state;
	struct disk d = new_disk(10000, 512);
	mbr(&d, 0, 0x07, 10, 20);
	mbr(&d, 1, 0x07, 29, 5);
	mbr(&d, 2, 0x07, 9000, 1000 + 6144);
	mbr(&d, 3, 0x83, 10000, 1);
	must_list(&d, SCHEME_MBR, 4);
	assert_true(problem_says(&d, 0, "overlaps partition 2"));
	assert_true(problem_says(&d, 1, "overlaps partition 1"));
	assert_true(problem_says(&d, 2, "ends 3 MiB behind the disk"));
	assert_true(problem_says(&d, 3, "starts behind"));
	mbr(&d, 0, 0x07, 10, 19);
	mbr(&d, 2, 0x07, 9000, 1000);
	mbr(&d, 3, 0x99, 0, 5);
	must_list(&d, SCHEME_MBR, 4);
	assert_null(d.t.items[0].problem.plain);
	assert_null(d.t.items[1].problem.plain);
	assert_null(d.t.items[2].problem.plain);
	assert_true(problem_says(&d, 3, "partition table itself"));
	assert_string_equal(d.t.items[3].type, "type 0x99");
	mbr(&d, 2, 0x07, 9000, 0xffffffff);
	must_list(&d, SCHEME_MBR, 4);
	assert_true(problem_says(&d, 2, "ends 2047 GiB behind"));
	free_disk(&d);
}

static void test_mbr_kinds(void **state)
{
	(void)state;
	struct disk d = new_disk(1000, 512);
	mbr(&d, 0, 0x0f, 10, 100);
	must_list(&d, SCHEME_MBR, 1);
	assert_string_equal(d.t.items[0].type, "extended");
	assert_int_equal(d.t.n_notes, 0); /* with nothing in it yet */
	assert_null(d.t.items[0].problem.plain);
	mbr(&d, 0, 0x42, 10, 100);
	must_list(&d, SCHEME_MBR, 1);
	assert_true(noted(&d, "LDM"));
	mbr(&d, 0, 0, 0, 0);
	must_list(&d, SCHEME_MBR, 0);
	mbr(&d, 0, 0x07, 10, 0);
	must_list(&d, SCHEME_MBR, 0);
	d.p[446] = 0x7f;
	must_fail(&d, E_FORMAT, "boot signature");
	memset(d.p, 0, 512);
	must_fail(&d, E_FORMAT, "empty");
	memcpy(d.p, "ER", 2);
	must_fail(&d, E_FORMAT, "Apple");
	memcpy(d.p, "XX", 2);
	must_fail(&d, E_FORMAT, "no partition table");
	d.len = 511;
	must_fail(&d, E_FORMAT, "511 bytes");
	free_disk(&d);
}

/* ---- file systems ---- */

static void fat_boot(uint8_t *p, unsigned total, unsigned per_cluster, unsigned fat)
{
	memset(p, 0, 512);
	p[0] = 0xeb;
	put_le(p + 11, 512, 2);
	p[13] = (uint8_t)per_cluster;
	put_le(p + 14, 1, 2);
	p[16] = 2;
	put_le(p + 32, total, 4);
	p[21] = 0xf8;
	put_le(p + (fat > 0xffff ? 36 : 22), fat, fat > 0xffff ? 4 : 2);
	p[510] = 0x55;
	p[511] = 0xaa;
}

static enum filesystem probe(struct disk *d)
{
	must_list(d, SCHEME_NONE, 1);
	assert_int_equal(d->t.items[0].start, 0);
	assert_int_equal(d->t.items[0].size, d->len);
	assert_int_equal(d->t.items[0].number, 1);
	assert_null(d->t.disk_id);
	return d->t.items[0].filesystem;
}

static void test_superfloppy(void **state)
{
	(void)state;
	struct disk d = new_disk(100, 512);
	memcpy(d.p + 3, "NTFS    ", 8);
	put_le(d.p + 11, 512, 2);
	d.p[13] = 8;
	assert_int_equal(probe(&d), FS_NTFS);
	memset(d.p + 446, 'a', 64); /* boot code where a table would be */
	d.p[510] = 0x55;
	d.p[511] = 0xaa;
	assert_int_equal(probe(&d), FS_NTFS);
	put_le(d.p + 11, 513, 2);
	must_fail(&d, E_FORMAT, "neither");
	memcpy(d.p + 3, "-FVE-FS-", 8);
	assert_int_equal(probe(&d), FS_BITLOCKER);
	memcpy(d.p + 3, "ReFS\0\0\0\0", 8);
	memcpy(d.p + 16, "FSRS", 4);
	assert_int_equal(probe(&d), FS_REFS);
	/* reserved 1, two FATs: data starts behind 1 + 2 * fat; 4085 and 65525 clusters decide */
	fat_boot(d.p, 1 + 2 * 12 + 4084, 1, 12);
	assert_int_equal(probe(&d), FS_FAT12);
	fat_boot(d.p, 1 + 2 * 12 + 4085, 1, 12);
	assert_int_equal(probe(&d), FS_FAT16);
	fat_boot(d.p, 1 + 2 * 300 + 65524 * 2 + 1, 2, 300);
	assert_int_equal(probe(&d), FS_FAT16);
	fat_boot(d.p, 1 + 2 * 300 + 65525 * 2, 2, 300);
	assert_int_equal(probe(&d), FS_FAT32);
	memcpy(d.p + 3, "MSWIN4.1", 8);
	assert_int_equal(probe(&d), FS_FAT32);
	static const uint8_t to_go[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
					  0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};
	memcpy(d.p + 424, to_go, 16);
	assert_int_equal(probe(&d), FS_BITLOCKER);
	fat_boot(d.p, 5, 1, 12); /* a FAT larger than the volume */
	must_list(&d, SCHEME_MBR, 0);
	free_disk(&d);
}

/* A BIOS parameter block with one rule broken is no FAT; the accepted alternatives are. */
static void test_fat_rules(void **state)
{
	(void)state;
	static const struct {
		unsigned off, n, value;
		bool fat;
	} rules[] = {
		{0, 1, 0xe9, true},   {0, 1, 0x33, false},    {11, 2, 1024, true},
		{11, 2, 2048, true},  {11, 2, 4096, true},    {11, 2, 256, false},
		{11, 2, 768, false},  {13, 1, 0, false},      {13, 1, 3, false},
		{14, 2, 0, false},    {16, 1, 1, true},       {16, 1, 0, false},
		{16, 1, 3, false},    {21, 1, 0xf0, true},    {21, 1, 0xff, true},
		{21, 1, 0xf7, false}, {32, 4, 1 + 24, false}, {32, 4, 1 + 25, true},
	};
	struct disk d = new_disk(100, 512);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		fat_boot(d.p, 1000, 1, 12);
		put_le(d.p + rules[i].off, rules[i].value, rules[i].n);
		must_list(&d, rules[i].fat ? SCHEME_NONE : SCHEME_MBR, rules[i].fat);
	}
	fat_boot(d.p, 1000, 1, 12);
	d.p[511] = 0;
	must_fail(&d, E_FORMAT, "no partition table");
	memset(d.p, 0, 512);
	memcpy(d.p + 3, "ReFS\0\0\0\0", 8);
	must_fail(&d, E_FORMAT, "no partition table");
	free_disk(&d);
}

/* What is known and not read has a hint; the database of a dynamic disk is no volume. */
static void test_hints(void **state)
{
	(void)state;
	static const struct {
		enum filesystem fs;
		const char *type;
		enum hint_kind hint;
	} rows[] = {
		{FS_NTFS, "0x07", HINT_NONE},
		{FS_NTFS, "0x42", HINT_NONE},
		{FS_UNKNOWN, "0x07", HINT_NONE},
		{FS_UNKNOWN, "0x42", HINT_DYNAMIC_DISK},
		{FS_UNKNOWN, "af9b60a0-1431-4f62-bc68-3311714a69ad", HINT_DYNAMIC_DISK},
		{FS_UNKNOWN, "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3", HINT_NONE},
		{FS_UNKNOWN, "e75caf8f-f680-4cee-afa3-b001e56efc2d", HINT_STORAGE_SPACES},
		{FS_BITLOCKER, "0x07", HINT_BITLOCKER},
		{FS_REFS, "0x07", HINT_REFS},
		{FS_FAT32, "0xef", HINT_NONE},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct partition p = {.filesystem = rows[i].fs, .type_id = rows[i].type};
		assert_int_equal(partition_hint(&p), rows[i].hint);
	}
}

static void test_names(void **state)
{
	(void)state;
	static const char *const fs[] = {"unknown", "ntfs",      "fat12", "fat16",
					 "fat32",   "bitlocker", "refs"};
	for (unsigned i = 0; i < 7; i++)
		assert_string_equal(filesystem_name((enum filesystem)i), fs[i]);
	assert_string_equal(scheme_name(SCHEME_NONE), "none");
	assert_string_equal(scheme_name(SCHEME_MBR), "mbr");
	assert_string_equal(scheme_name(SCHEME_GPT), "gpt");
}

/* A file system of each kind, made by its own program, in an MBR partition. */
static void test_made_filesystems(void **state)
{
	static const struct {
		const char *program, *command;
		size_t mib;
		enum filesystem fs;
	} rows[] = {
		{"mkfs.fat", "mkfs.fat -F 12 %s >/dev/null", 2, FS_FAT12},
		{"mkfs.fat", "mkfs.fat -F 16 %s >/dev/null", 20, FS_FAT16},
		{"mkfs.fat", "mkfs.fat -F 32 %s >/dev/null", 40, FS_FAT32},
		{"mkntfs", "mkntfs -q -F -f -s 512 -p 2048 %s >/dev/null", 4, FS_NTFS},
	};
	struct path p = in_dir(state, "fs");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char command[2 * PATH_LEN];
		struct disk d = new_disk(2048 * (rows[i].mib + 1), 512);
		NEED(rows[i].program);
		write_file(p.s, d.p, rows[i].mib << 20);
		snprintf(command, sizeof(command), rows[i].command, p.s);
		assert_int_equal(run("PATH=$PATH:/sbin:/usr/sbin; %s 2>&1", command), 0);
		struct bytes fs = read_whole(p.s);
		mbr(&d, 0, 0x83, 2048, (uint32_t)(rows[i].mib * 2048));
		memcpy(d.p + (1 << 20), fs.p, fs.len);
		must_list(&d, SCHEME_MBR, 1);
		assert_int_equal(d.t.items[0].filesystem, rows[i].fs);
		memcpy(d.p, fs.p, 512);
		must_list(&d, SCHEME_NONE, 1);
		assert_int_equal(d.t.items[0].filesystem, rows[i].fs);
		free(fs.p);
		free_disk(&d);
	}
}

/* ---- tables of sfdisk, and its own listing of them ---- */

static uint64_t number(const json_t *o, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(o, key));
}

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static void compare_one(const struct partition *p, const json_t *want, uint64_t unit)
{
	assert_int_equal(p->start, number(want, "start") * unit);
	assert_int_equal(p->size, number(want, "size") * unit);
	if (p->scheme == SCHEME_GPT) {
		assert_true(text_equal(p->type_id, text(want, "type")));
		assert_true(text_equal(p->id, text(want, "uuid")));
		assert_string_equal(p->name, text(want, "name"));
	} else {
		assert_int_equal(strtoul(p->type_id, NULL, 16),
				 strtoul(text(want, "type"), NULL, 16));
		assert_int_equal(p->active, json_is_true(json_object_get(want, "bootable")));
	}
}

static void compare_sfdisk(void **state, const char *path)
{
	struct path out = in_dir(state, "json");
	NEED("sfdisk");
	assert_int_equal(
		run("PATH=$PATH:/sbin:/usr/sbin sfdisk --json %s > %s 2>/dev/null", path, out.s),
		0);
	json_t *root = json_load_file(out.s, 0, NULL);
	const json_t *table = json_object_get(root, "partitiontable");
	const json_t *partitions = json_object_get(table, "partitions");
	assert_non_null(table);
	struct bytes b = read_whole(path);
	struct disk d = {.p = b.p, .len = b.len, .sector = 512};
	bool gpt = strcmp(text(table, "label"), "gpt") == 0;
	must_list(&d, gpt ? SCHEME_GPT : SCHEME_MBR, json_array_size(partitions));
	assert_true(text_equal(d.t.disk_id, text(table, "id")));
	for (size_t i = 0; i < d.t.n; i++) {
		const json_t *want = json_array_get(partitions, i);
		assert_int_equal(d.t.items[i].number,
				 (unsigned)atoi(text(want, "node") + strlen(path)));
		compare_one(&d.t.items[i], want, 512);
	}
	json_decref(root);
	free_disk(&d);
}

static void test_sfdisk(void **state)
{
	static const char *const scripts[] = {
		"label: dos\\n,10M,7,*\\n,20M,c\\n,,5\\n",
		"label: dos\\n2048,4M,27\\n,4M,7\\n,4M,ef\\n,4M,83\\n",
		"label: dos\\n",
		"label: dos\\n,10M,7,*\\n,40M,5\\n,5M,7\\n,5M,83\\n,5M,7\\n,,c\\n",
		"label: "
		"dos\\nstart=2048,size=81920,type=f\\nstart=90000,size=20000,type=7,bootable\\n"
		"start=4096,size=10000,type=7\\nstart=20000,size=10000,type=7\\n",
		"label: gpt\\n,10M,U,\\n,16M,E3C9E316-0B5C-4DB8-817D-F92DF00215AE\\n"
		"start=60000,size=1000,type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7,"
		"name=\\\"Basic data\\\"\\n",
		"label: gpt\\nfirst-lba: 34\\n,1M\\n",
		"label: gpt\\ntable-length: 256\\n,1M\\n",
		"label: gpt\\ntable-length: 1024\\n,1M\\n",
		"label: gpt\\n",
	};
	struct path p = in_dir(state, "disk");
	NEED("sfdisk");
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		assert_int_equal(run("rm -f %s; truncate -s 64M %s", p.s, p.s), 0);
		assert_int_equal(run("printf \"%s\" | PATH=$PATH:/sbin:/usr/sbin sfdisk -q %s "
				     ">/dev/null 2>&1",
				     scripts[i], p.s),
				 0);
		compare_sfdisk(state, p.s);
	}
}

/* ---- real tables ---- */

static struct disk data_disk(void **state, const char *name, size_t least)
{
	struct path p = in_dir(state, "data");
	if (!get_data(name, p.s))
		skip();
	struct bytes b = read_whole(p.s);
	struct disk d = {.p = calloc(1, b.len > least ? b.len : least), .sector = 512};
	assert_non_null(d.p);
	d.len = b.len > least ? b.len : least;
	memcpy(d.p, b.p, b.len);
	free(b.p);
	return d;
}

static void test_data_sfdisk(void **state)
{
	static const char *const names[] = {
		"dfirntfs_gpt-512-0p.raw.xz",
		"dfirntfs_gpt-512-3p.raw.xz",
		"dfirntfs_mbr-512-p0.bin",
		"dfirntfs_mbr-512-p1.bin",
		"dfirntfs_mbr-512-p1e2.bin.xz",
		"dfirntfs_mbr-512-p4.bin",
		"dfvfs_gpt.raw.xz",
		"dfvfs_mbr.raw.xz",
		"dfvfs_gpt_empty_with_mbr.raw.xz",
		"dissect_mbr.bin",
		"dissect_gpt.bin",
		"plaso_tsk_volume_system.raw.xz",
	};
	struct path p = in_dir(state, "data");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[PATH_LEN];
		snprintf(name, sizeof(name), "parttables/%s", names[i]);
		if (!get_data(name, p.s))
			skip();
		compare_sfdisk(state, p.s);
	}
}

static void test_data_mbr(void **state)
{
	struct disk d = data_disk(state, "parttables/aioboot_NT6.BIN", 0);
	must_list(&d, SCHEME_MBR, 2);
	assert_string_equal(d.t.disk_id, "0x295e3ede");
	assert_true(problem_says(&d, 0, "behind the end"));
	free_disk(&d);
	d = data_disk(state, "parttables/dfirntfs_mbr-4096-p1e0.bin.xz", 0);
	d.sector = 4096;
	must_list(&d, SCHEME_MBR, 2);
	assert_int_equal(d.t.items[0].start, 4096);
	assert_int_equal(d.t.items[1].start + d.t.items[1].size, d.len);
	assert_null(d.t.items[1].problem.plain);
	free_disk(&d);
	d = data_disk(state, "parttables/dissect_apm.bin", 0);
	must_fail(&d, E_FORMAT, "Apple");
	free_disk(&d);
}

static void test_data_gpt_cut(void **state)
{
	struct disk d = data_disk(state, "parttables/dissect_gpt_esxi.bin", 0);
	assert_int_equal(list(&d), 0);
	assert_int_equal(d.t.scheme, SCHEME_GPT);
	assert_true(d.t.n > 0);
	assert_true(noted(&d, "backup GPT is damaged"));
	free_disk(&d);
}

static void test_data_bitlocker(void **state)
{
	struct disk d = data_disk(state, "ntfs/bitlocker_aes-xts_128.bin.xz", 0);
	must_list(&d, SCHEME_NONE, 1);
	assert_int_equal(d.t.items[0].filesystem, FS_BITLOCKER);
	free_disk(&d);
}

static void test_data_boot_sectors(void **state)
{
	static const char *const names[] = {
		"dfirntfs_512.boot",        "dfirntfs_4k.boot",        "dfirntfs_64k.boot",
		"dfirntfs_nobootcode.boot", "aioboot_vbr_BOOTMGRNTFS",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[PATH_LEN];
		snprintf(name, sizeof(name), "ntfs/%s", names[i]);
		struct disk d = data_disk(state, name, 4096);
		must_list(&d, SCHEME_NONE, 1);
		assert_int_equal(d.t.items[0].filesystem, FS_NTFS);
		free_disk(&d);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mbr),
		cmocka_unit_test(test_mbr_problems),
		cmocka_unit_test(test_mbr_kinds),
		cmocka_unit_test(test_superfloppy),
		cmocka_unit_test(test_fat_rules),
		cmocka_unit_test(test_names),
		CASE(test_hints),
		CASE(test_made_filesystems),
		CASE(test_sfdisk),
		CASE(test_data_sfdisk),
		CASE(test_data_mbr),
		CASE(test_data_gpt_cut),
		CASE(test_data_bitlocker),
		CASE(test_data_boot_sectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
