/* SPDX-License-Identifier: MIT */
/*
 * The FAT module against programs that nobody here wrote: volumes made by mkfs.fat and filled by
 * mtools, in all widths and many cluster sizes, must hold for it what mcopy and 7zz take out of
 * them: the same names, sizes and bytes, and nothing else.
 */
#include "fat_test.h"

#include <dirent.h>
#include <sys/stat.h>

#define AT "@@8192" /* START, as mtools wants it */

static char scratch[TEST_PATH];

static __attribute__((format(printf, 1, 2))) int run(const char *fmt, ...)
{
	char command[2048], whole[TEST_PATH + 4096];
	va_list args;
	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(whole, sizeof(whole),
		 "cd '%s' && PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8 MTOOLS_SKIP_CHECK=1 && "
		 "export PATH LC_ALL MTOOLS_SKIP_CHECK && { %s; } >log 2>&1 </dev/null",
		 scratch, command);
	return system(whole);
}

/* ---- comparing with a folder ---- */

static size_t count_names(const char *folder)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void compare_file(struct fat *fat, const char *path, const char *host)
{
	size_t len;
	uint8_t *want = test_read(host, &len);
	expect_content(fat, path, want, len);
	free(want);
}

/* Everything below path equals the folder; the number of entries met. */
static size_t compare_tree(struct fat *fat, struct arena *arena, const char *path, const char *host)
{
	size_t n, total;
	struct fat_entry *e = list_of(fat, arena, path, &n);
	if (n != count_names(host))
		fail_msg("%s: %zu names, %zu in %s", path, n, count_names(host), host);
	total = n;
	for (size_t i = 0; i < n; i++) {
		char *ours = arena_printf(arena, "%s\\%s", path, e[i].raw_name);
		char *theirs = arena_printf(arena, "%s/%s", host, e[i].raw_name);
		struct stat st;
		if (lstat(theirs, &st) != 0)
			fail_msg("%s: the other program does not have it", ours);
		assert_int_equal(S_ISDIR(st.st_mode), e[i].directory);
		assert_true(e[i].directory || (uint64_t)st.st_size == e[i].size);
		if (e[i].directory)
			total += compare_tree(fat, arena, ours, theirs);
		else
			compare_file(fat, ours, theirs);
	}
	return total;
}

struct opened {
	uint8_t *disk;
	struct image *img;
	struct fat *fat;
	struct arena *arena;
};

static void open_disk(struct opened *o, const char *name, uint32_t sector)
{
	char path[TEST_PATH + 64];
	struct err err = {0};
	size_t len;
	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	o->disk = test_read(path, &len);
	o->arena = arena_new();
	o->img = image_open_memory(o->disk, len, sector, &err);
	o->fat = fat_open(o->img, START, len - START, &err);
	if (!o->fat)
		fail_msg("%s", err.text);
}

static void close_disk(struct opened *o)
{
	fat_close(o->fat);
	image_close(o->img);
	arena_free(o->arena);
	free(o->disk);
}

static size_t compare_disk(struct opened *o, const char *folder)
{
	char path[TEST_PATH + 64];
	snprintf(path, sizeof(path), "%s/%s", scratch, folder);
	return compare_tree(o->fat, o->arena, "", path);
}

/* ---- volumes ---- */

struct volume {
	unsigned kind, sector, per_cluster, kib;
};

static const struct volume volumes[] = {
	{12, 512, 1, 1440},   {12, 512, 4, 4096},    {12, 512, 64, 65536}, {16, 512, 1, 8192},
	{16, 512, 8, 65536},  {16, 512, 64, 262144}, {32, 512, 1, 40960},  {32, 512, 2, 102400},
	{32, 512, 8, 300000}, {12, 4096, 1, 8192},   {16, 4096, 1, 65536}, {32, 4096, 1, 300000},
};

static int make_volume(const struct volume *v)
{
	return run("rm -rf v.img; truncate -s %uK v.img && mkfs.fat --offset=%u -F %u -S %u -s %u "
		   "-n 'TEST VOL' v.img %u",
		   v->kib + 8, START / v->sector, v->kind, v->sector, v->per_cluster, v->kib);
}

/*
 * The folder that goes onto every volume: an EFI tree, names of all kinds, files of sizes around
 * the cluster sizes, and a directory of many entries.
 */
static void make_tree(void)
{
	static const unsigned sizes[] = {0, 1, 511, 512, 513, 4096, 32768, 40000};
	char path[TEST_PATH + 64];
	assert_int_equal(
		run("mkdir -p tree/EFI/Microsoft/Boot/ja-JP tree/EFI/BOOT tree/many "
		    "tree/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20 && "
		    "echo deep >tree/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/deep.txt "
		    "&& "
		    "echo store >tree/EFI/Microsoft/Boot/BCD && : >tree/EFI/Microsoft/Boot/BCD.LOG "
		    "&& "
		    "echo mix >'tree/Mixed Case Name.Text' && echo l >tree/lower.txt && "
		    "echo dots >tree/a.b.c.d && echo plus >'tree/a+b,c;d=e[f]' && "
		    "echo j >tree/起動ディスクの設定ファイル.txt && echo k >tree/バックアップ && "
		    "echo e >'tree/één bestand.txt' && "
		    "for i in $(seq 150); do echo $i >tree/many/\"file number $i of the lot.txt\"; "
		    "done && echo n >tree/$(printf 'n%%.0s' $(seq 200))"),
		0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *p = pattern(sizes[i], sizes[i]);
		snprintf(path, sizeof(path), "%s/tree/size-%u.bin", scratch, sizes[i]);
		test_write(path, p, sizes[i]);
		free(p);
	}
}

/* Fill, leave holes, and fill those, so that frag.bin and many/frag.bin lie in pieces. */
static int fill_volume(void)
{
	return run("mcopy -s -i v.img" AT " tree/* :: && "
		   "for i in $(seq 20); do mcopy -i v.img" AT " tree/size-4096.bin ::hole$i; "
		   "mcopy -i v.img" AT " tree/size-513.bin ::keep$i; done && "
		   "mdel -i v.img" AT " '::hole*' && "
		   "cat tree/size-40000.bin tree/size-32768.bin >frag.bin && "
		   "mcopy -i v.img" AT " frag.bin ::frag.bin && "
		   "mcopy -i v.img" AT " frag.bin ::many/frag.bin");
}

static void test_against_mtools(void **state)
{
	(void)state;
	if (run("command -v mkfs.fat && command -v mcopy") != 0)
		skip();
	make_tree();
	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
		const struct volume *v = &volumes[i];
		struct opened o;
		if (make_volume(v) != 0 || fill_volume() != 0)
			fail_msg("volume %zu cannot be made (%s/log)", i, scratch);
		assert_int_equal(
			run("rm -rf out && mkdir out && mcopy -s -i v.img" AT " '::*' out"), 0);
		open_disk(&o, "v.img", v->sector);
		assert_int_equal(o.fat->geometry.kind, v->kind);
		assert_int_equal(o.fat->geometry.cluster, v->sector * v->per_cluster);
		assert_string_equal(fat_label(o.fat), "TEST VOL");
		assert_true(compare_disk(&o, "out") > 200);
		fat_file_close(open_file(o.fat, "\\efi/microsoft\\BOOT\\bcd"));
		expect_open_fails(o.fat, "hole3", E_NOTFOUND, "no such file");
		close_disk(&o);
	}
}

/* Runs of 4,096 bytes and less: what was written after the holes cannot lie in one piece. */
static void test_fragmented(void **state)
{
	struct opened o;
	struct fat_item item;
	struct fat_runs runs = {0}, found = {0};
	struct err err = {0};
	(void)state;
	if (run("test -d tree") != 0)
		skip();
	assert_int_equal(make_volume(&volumes[0]), 0);
	assert_int_equal(fill_volume(), 0);
	open_disk(&o, "v.img", 512);
	const struct fat_geometry *g = &o.fat->geometry;
	assert_int_equal(fat_runs_append(&runs, g->root_at, g->root_len, &err), 0);
	struct fat_walk w = {.vol = o.fat, .runs = &runs};
	while (fat_walk_next(&w, &item, &err) == 1 && !fat_item_is(&item, "frag.bin", 8))
		;
	struct fat_extent extent = {.first = item.cluster, .size = item.size};
	assert_int_equal(item.size, 72768);
	assert_int_equal(fat_chain(o.fat, &extent, &found, &err), 0);
	assert_true(found.n > 10);
	free(found.items);
	free(runs.items);
	close_disk(&o);
}

/* mtools writes no surrogate pairs: put one into a name, and ask 7zz. */
static void test_against_7zz(void **state)
{
	static const uint8_t before[] = {'@', 0, '@', 0}, pair[] = {0x3d, 0xd8, 0xbe, 0xdc};
	struct opened o;
	char path[TEST_PATH + 64];
	size_t len, changed = 0;
	(void)state;
	if (run("command -v 7zz && test -d tree") != 0)
		skip();
	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i += 3) {
		assert_int_equal(make_volume(&volumes[i]), 0);
		assert_int_equal(run("mcopy -s -i v.img" AT " tree/* :: && "
				     "mcopy -i v.img" AT " tree/size-513.bin '::pair @@ of.bin'"),
				 0);
		snprintf(path, sizeof(path), "%s/v.img", scratch);
		uint8_t *disk = test_read(path, &len);
		for (size_t at = 0; at + 4 <= len; at++) {
			if (memcmp(disk + at, before, 4) == 0) {
				memcpy(disk + at, pair, 4);
				changed++;
			}
		}
		assert_true(changed > 0);
		test_write(path, disk, len);
		free(disk);
		assert_int_equal(run("rm -rf out && tail -c +%u v.img >plain.img && "
				     "7zz x -tFAT -oout plain.img && rm -rf 'out/[SYSTEM]'",
				     START + 1),
				 0);
		open_disk(&o, "v.img", volumes[i].sector);
		assert_true(compare_disk(&o, "out") > 180);
		fat_file_close(open_file(o.fat, "PAIR \xf0\x9f\x92\xbe OF.bin"));
		close_disk(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_mtools),
		cmocka_unit_test(test_fragmented),
		cmocka_unit_test(test_against_7zz),
	};
	test_scratch(scratch);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_scratch_remove(scratch);
	return failed;
}
