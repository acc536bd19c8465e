/* SPDX-License-Identifier: MIT */
/*
 * Adding a file and a link to volumes that Windows made, where they are: judged by other people's
 * programs, no worse than before, and the way back.
 *
 * None of these volumes holds a Windows; a drivers directory with one .sys file is put there first,
 * by libntfs-3g alone. Volumes that are not sound or not clean must be refused.
 */
#include "ntfs_write_judge.h"

#include "stop7b/partition.h"

#define STAGE                                                                                      \
	"security 100\ndir /Windows/System32/drivers\n"                                            \
	"fill /Windows/System32/drivers/disk.sys 7000 41\n"                                        \
	"dir /Windows/System32/DriverStore/FileRepository/viostor.inf_amd64_1\n"                   \
	"fill /Windows/System32/DriverStore/FileRepository/viostor.inf_amd64_1/viostor.sys 50000 " \
	"43\n"

enum outcome { ADDED, ADDED_COMPRESSED, REFUSED, NOT_SOUND };

static const struct {
	const char *path; /* below the folder of real data, without .xz */
	enum outcome outcome;
	const char *why; /* REFUSED, NOT_SOUND: part of the text */
} volumes[] = {
	{"ntfs/dissect_ntfs.bin", ADDED_COMPRESSED, NULL},
	{"ntfs/velociraptor_partition_image.dd", ADDED, NULL},
	{"ntfs/dfvfs_ntfs.raw", ADDED, NULL},
	{"ntfs/dfvfs_windows_volume.raw", ADDED, NULL},
	{"ntfs/dfirntfs_ntfs3_attrlist.raw", ADDED, NULL},
	{"vhd/dissect_fixed.vhd", ADDED, NULL},
	{"vhd/dfvfs/ntfs-fixed.vhd", ADDED, NULL},
	{"vhd/dfvfs/ntfs-dynamic.vhd", ADDED, NULL},
	{"vhd/dfvfs/ntfs-parent.vhd", ADDED, NULL},
	{"vhdx/dissect_fixed.vhdx", ADDED, NULL},
	{"vhdx/dissect_dynamic.vhdx", ADDED, NULL},
	{"vhdx/dfvfs/ntfs-fixed.vhdx", ADDED, NULL},
	{"vhdx/dfvfs/ntfs-dynamic.vhdx", ADDED, NULL},
	{"vhdx/dfvfs/ntfs-parent.vhdx", ADDED, NULL},
	{"ntfs/tinyntfs_partition.dd", REFUSED, "$LogFile"},
	{"ntfs/dfirntfs_ntfs3.raw", NOT_SOUND, "names, and files name it"},
};
#define N_VOLUMES (sizeof(volumes) / sizeof(volumes[0]))

/* Unpack and cut out the largest NTFS partition as volume.img; false where the file is not there. */
static bool take_volume(const char *path)
{
	char packed[2 * PATH], whole[PATH_MAX];
	struct err err = {0};
	snprintf(packed, sizeof(packed), "%s/%s.xz", data_dir(), path);
	if (!realpath(packed, whole))
		return false;
	const char *name = strrchr(path, '.');
	char file[PATH];
	snprintf(file, sizeof(file), "%s/disk%s", scratch, name ? name : "");
	assert_int_equal(run("xz -dc '%s' > '%s'", whole, file), 0);
	struct image *img = strncmp(path, "ntfs/", 5) == 0 ? image_open_plain(file, &err)
							   : image_open(file, NULL, &err);
	if (!img)
		fail_msg("%s: %s", path, err.text);
	struct arena *arena = arena_new();
	struct partition_table table;
	assert_int_equal(partition_list(img, arena, &table, &err), 0);
	uint64_t start = 0, size = image_info(img)->size;
	for (size_t i = 0; i < table.n; i++) {
		if (table.items[i].filesystem == FS_NTFS) {
			start = table.items[i].start;
			size = table.items[i].size;
		}
	}
	uint8_t *bytes = malloc(size);
	assert_int_equal(image_read(img, start, bytes, size, &err), 0);
	spill("volume.img", bytes, size);
	free(bytes);
	arena_free(arena);
	image_close(img);
	return true;
}

/* Where the volume compresses what is new, ntfsfill did so too, and such a file is not linked. */
static void add_to(const char *path, bool compressed)
{
	struct volume v;
	uint8_t *want = pattern(60001);
	const struct ntfs_new news[] = {new_file("vioscsi.sys", want, 60001),
					new_link("viostor.sys", STORED)};
	print_message("%s\n", path);
	spill("script", STAGE, strlen(STAGE));
	assert_int_equal(run("'%s'/ntfsfill volume.img script", getenv("FIXTURE_BIN")), 0);
	open_volume(&v, "volume.img");
	if (compressed)
		expect_no_write(&v, news, 2, E_MAP, "compressed");
	add_and_judge(&v, news, compressed ? 1 : 2, "*/vio*.sys");
	judge_content(DRIVERS_SLASH "vioscsi.sys", want, 60001);
	memset(want, 0x43, 50000);
	if (!compressed)
		judge_content(DRIVERS_SLASH "viostor.sys", want, 50000);
	close_volume(&v);
	free(want);
}

static void refuse(const char *path, const char *why)
{
	struct volume v;
	struct ntfs_new new = new_file("vioscsi.sys", (const uint8_t *)"x", 1);
	print_message("%s\n", path);
	new.directory = "";
	open_volume(&v, "volume.img");
	expect_no_write(&v, &new, 1, E_GUARD, why);
	close_volume(&v);
}

static void find_unsound(const char *path, const char *why)
{
	static const char *const path_of_fault = "test";
	struct volume v;
	print_message("%s\n", path);
	open_volume(&v, "volume.img");
	struct ntfs_check c = {.arena = v.arena};
	const struct ntfs_bytes bytes = ntfs_bytes(v.ntfs);
	assert_int_equal(ntfs_check(&bytes, &path_of_fault, 1, &c, &v.err), 0);
	const struct ntfs_finding *worst = ntfs_check_worst(&c);
	if (!worst || !strstr(worst->text.plain, why))
		fail_msg("%s: %s", path, worst ? worst->text.plain : "sound");
	close_volume(&v);
}

static void test_real(void **state)
{
	size_t there = 0;
	(void)state;
	need_3g();
	for (size_t i = 0; i < N_VOLUMES; i++) {
		if (!take_volume(volumes[i].path))
			continue;
		there++;
		if (volumes[i].outcome == REFUSED)
			refuse(volumes[i].path, volumes[i].why);
		else if (volumes[i].outcome == NOT_SOUND)
			find_unsound(volumes[i].path, volumes[i].why);
		else
			add_to(volumes[i].path, volumes[i].outcome == ADDED_COMPRESSED);
	}
	if (there == 0)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_real, make_scratch, remove_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
