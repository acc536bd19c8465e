/* SPDX-License-Identifier: MIT */
/*
 * What is made: names long and short, links, missing directories, several at once, in directories
 * and tables of every shape.
 */
#include "ntfs_write_judge.h"

static void start(struct volume *v, const char *size, const char *options, const char *more)
{
	char script[4096];
	need_3g();
	snprintf(script, sizeof(script), "%s%s", BASE_SCRIPT, more);
	fill("v.img", size, options, script);
	open_volume(v, "v.img");
}

/* ---- names, from the text alone ---- */

static void test_name_rules(void **state)
{
	static const struct {
		const char *name;
		bool allowed, is_short;
	} names[] = {
		{"viostor.sys", true, true},
		{"IASTORVD.SYS", true, true},
		{"a", true, true},
		{"virtio_blk.sys", true, false},
		{"a.b.c", true, false},
		{".sys", true, false},
		{"a b.sys", true, false},
		{"abc.", false, false},
		{"abc ", false, false},
		{"a+b.sys", true, false},
		{"a/b", false, false},
		{"", false, false},
		{"a.text", true, false},
		{"x\xc3\xa4.sys", false, false},
		{"a:b", false, false},
		{"12345678.123", true, true},
		{"123456789.12", true, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(ntfs_name_allowed(names[i].name), names[i].allowed);
		if (names[i].allowed)
			assert_int_equal(ntfs_name_is_short(names[i].name), names[i].is_short);
	}
}

static void test_short_names(void **state)
{
	char out[NTFS_SHORT_NAME];
	(void)state;
	ntfs_short_name("virtio_blk.sys", 0, out);
	assert_string_equal(out, "VIRTIO~1.SYS");
	ntfs_short_name("virtio_blk.sys", 3, out);
	assert_string_equal(out, "VIRTIO~4.SYS");
	ntfs_short_name("a b+c.d.text", 0, out);
	assert_string_equal(out, "AB_CD~1.TEX");
	ntfs_short_name(".profile", 1, out);
	assert_string_equal(out, "PROFIL~2");
	for (unsigned i = 4; i < NTFS_SHORT_TRIES; i++) {
		ntfs_short_name("virtio_blk.sys", i, out);
		assert_int_equal(strlen(out), 12);
		assert_true(ntfs_name_is_short(out));
	}
}

/* ---- on a volume ---- */

static void test_long_name(void **state)
{
	struct volume v;
	uint8_t *want = pattern(3000);
	const struct ntfs_new news[] = {new_file("virtio_blk.sys", want, 3000),
					new_file("virtio_scsi.sys", want, 500),
					new_file("virtio_empty.sys", want, 0)};
	(void)state;
	start(&v, "16M", "", "");
	add_and_judge(&v, news, 3, "*/virtio*");
	judge_content(DRIVERS_SLASH "virtio_blk.sys", want, 3000);
	judge_content(DRIVERS_SLASH "VIRTIO~2.SYS", want, 500);
	assert_int_equal(run("ntfsinfo -F " DRIVERS_SLASH "virtio_blk.sys after.img > i; "
			     "grep -q 'Namespace:.*Win32 *$' i && grep -q 'Namespace:.*DOS' i && "
			     "grep -q \"'VIRTIO~1.SYS'\" i && grep -q 'Hard Links:.*2 ' i"),
			 0);
	assert_int_equal(run("ntfsinfo -F " DRIVERS_SLASH "virtio_blk.sys after.img | "
			     "grep -c 'Nov 21 23:09:13 2019' | grep -qx 12"),
			 0);
	close_volume(&v);
	free(want);
}

static void test_link(void **state)
{
	struct volume v;
	uint8_t want[50000];
	const struct ntfs_new new = new_link("viostor.sys", STORED);
	struct ntfs_written out;
	(void)state;
	memset(want, 0x43, sizeof(want));
	start(&v, "16M", "", "");
	add_and_judge(&v, &new, 1, "*/viostor.sys");
	judge_content(DRIVERS_SLASH "viostor.sys", want, sizeof(want));
	expect_written(&v, &new, 1, &out);
	assert_int_equal(out.places.sectors[NTFS_PLACE_CONTENT], 0);
	assert_int_equal(out.places.sectors[NTFS_PLACE_BITMAP], 0);
	close_volume(&v);
}

static void test_missing_directories(void **state)
{
	struct volume v;
	uint8_t *want = pattern(5000);
	struct ntfs_new news[] = {new_file("a.sys", want, 5000), new_file("b.sys", want, 4000),
				  new_link("viostor.sys", STORED)};
	(void)state;
	start(&v, "16M", "", "");
	for (size_t i = 0; i < 3; i++)
		news[i].directory = DRIVERS "\\a long directory\\new";
	expect_no_write(&v, news, 3, E_NOTFOUND, "a long directory: no such directory");
	for (size_t i = 0; i < 3; i++)
		news[i].make_directory = true;
	add_and_judge(&v, news, 3, "*/new/*");
	judge_content(DRIVERS_SLASH "a long directory/new/a.sys", want, 5000);
	judge_content(DRIVERS_SLASH "ALONGD~1/new/b.sys", want, 4000);
	close_volume(&v);
	free(want);
}

/* Directories, tables and disks of other shapes; each is judged like the plain one. */
static const struct {
	const char *what, *size, *options, *script;
} shapes[] = {
	{"thousands of files", "32M", "", "many /Windows/System32/drivers 3000\n"},
	{"thousands of files, large clusters", "128M", "-c 65536",
	 "many /Windows/System32/drivers 2000\n"},
	{"index in the record alone", "16M", "-c 2048", ""},
	{"sectors of 4096 bytes", "32M", "-s 4096 -c 4096", ""},
	{"sectors of 4096 bytes, many files", "32M", "-s 4096 -c 4096",
	 "many /Windows/System32/drivers 500\n"},
	{"$MFT is full to the last record", "16M", "", "many /fill 181\n"},
	{"MFT records of small clusters", "16M", "-c 512", "many /fill 700\n"},
};

static void test_shapes(void **state)
{
	uint8_t *want = pattern(40000);
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct volume v;
		struct ntfs_new news[12];
		char names[12][24];
		for (size_t k = 0; k < 12; k++) {
			snprintf(names[k], sizeof(names[k]), "driver_nr_%02zu.sys", k);
			news[k] = new_file(names[k], want, k % 2 ? 40000 : 300);
		}
		print_message("%s\n", shapes[i].what);
		start(&v, shapes[i].size, shapes[i].options, shapes[i].script);
		add_and_judge(&v, news, 12, "*/driver_nr_*");
		judge_content(DRIVERS_SLASH "driver_nr_00.sys", want, 300);
		judge_content(DRIVERS_SLASH "driver_nr_11.sys", want, 40000);
		close_volume(&v);
	}
	free(want);
}

/* The $MFT in many pieces, so that it has an attribute list, and a directory that has one too. */
static void test_fragmented_mft(void **state)
{
	struct volume v;
	uint8_t *want = pattern(40000);
	char script[8192] = BASE_SCRIPT;
	struct ntfs_new news[] = {new_file("vioscsi.sys", want, 40000),
				  new_link("viostor.sys", STORED)};
	(void)state;
	need_3g();
	for (size_t i = 0; i < 60; i++) {
		char line[128];
		snprintf(line, sizeof(line), "dir /d%zu\nmany /d%zu 40\nfill /blocks%zu 1500 41\n",
			 i, i, i);
		strcat(script, line);
	}
	fill("v.img", "12M", "-c 512", script);
	open_volume(&v, "v.img");
	add_and_judge(&v, news, 2, "*/vio*.sys");
	judge_content(DRIVERS_SLASH "vioscsi.sys", want, 40000);
	close_volume(&v);
	free(want);
}

/* An empty file keeps its record, its names and its times, and holds the content afterwards. */
static void test_empty_file(void **state)
{
	static const size_t sizes[] = {1, 300, 4097, 90000};
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct volume v;
		uint8_t *want = pattern(sizes[i]);
		struct ntfs_new new = new_file("EMPTY.sys", want, sizes[i]);
		start(&v, "16M", "", "text " DRIVERS_SLASH "empty.sys\n");
		add_and_judge(&v, &new, 1, "*/empty.sys");
		judge_content(DRIVERS_SLASH "empty.sys", want, sizes[i]);
		close_volume(&v);
		free(want);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_rules),
		cmocka_unit_test(test_short_names),
		T(test_long_name),
		T(test_link),
		T(test_missing_directories),
		T(test_shapes),
		T(test_fragmented_mft),
		T(test_empty_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
