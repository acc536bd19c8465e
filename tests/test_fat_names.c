/* SPDX-License-Identifier: MIT */
/*
 * FAT directories laid out here entry by entry: what is listed and what is passed over, short and
 * long names as they are shown, stored and found, long name parts that belong to nothing.
 */
#include "fat_test.h"

/* ---- directories ---- */

static void expect_name(struct made *m, const char *name, const char *raw)
{
	size_t n;
	struct fat_entry *e = list_of(m->fat, m->arena, "", &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(e[i].name, name) == 0) {
			assert_string_equal(e[i].raw_name, raw);
			fat_file_close(open_file(m->fat, raw));
			return;
		}
	}
	fail_msg("no \"%s\"", name);
}

static void test_entries(void **state)
{
	struct made m;
	size_t n;
	(void)state;
	make(&m, small_fat12);
	put_short(m.root, 0, "MY  LABEL  ", FAT_VOLUME_ID | FAT_ARCHIVE);
	put_short(m.root, 1,
		  "\xe5"
		  "ONE    TXT",
		  FAT_ARCHIVE);
	uint8_t *e = put_short(m.root, 2, "README  TXT", FAT_READ_ONLY | FAT_ARCHIVE | 0xc0);
	set_place(e, chain(&m, 1, 1), 500);
	put_short(m.root, 3, ".          ", FAT_DIRECTORY);
	put_short(m.root, 4, "..         ", FAT_DIRECTORY);
	e = put_short(m.root, 5, "DIR        ", FAT_DIRECTORY | FAT_HIDDEN | FAT_SYSTEM);
	set_place(e, chain(&m, 1, 1), 77);
	put_short(m.root, 7, "BEHIND  TXT", FAT_ARCHIVE); /* slot 6 is the end */
	open_made(&m);
	assert_string_equal(fat_label(m.fat), "MY  LABEL");
	struct fat_entry *l = list_of(m.fat, m.arena, "", &n);
	assert_int_equal(n, 2);
	assert_string_equal(l[0].name, "README.TXT");
	assert_int_equal(l[0].size, 500);
	assert_int_equal(l[0].attributes, 0x21);
	assert_false(l[0].directory);
	char when[TIME_TEXT];
	filetime_text(l[0].modified, when);
	assert_string_equal(when, "2013-10-21T13:37:42Z");
	assert_string_equal(l[1].name, "DIR");
	assert_true(l[1].directory);
	assert_int_equal(l[1].size, 0);
	assert_int_equal(l[1].attributes, 0x16);
	expect_open_fails(m.fat, "BEHIND.TXT", E_NOTFOUND, "BEHIND.TXT: no such file");
	expect_open_fails(m.fat, "MY  LABEL", E_NOTFOUND, "no such file");
	expect_open_fails(m.fat, ".", E_NOTFOUND, "no such file");
	expect_open_fails(m.fat, "readme.txt\\x", E_NOTFOUND, "x: no such file");
	expect_open_fails(m.fat, "dir/none", E_NOTFOUND, "none: no such file");
	unmake(&m);
}

static void test_stat(void **state)
{
	struct made m;
	struct fat_entry e;
	struct err err = {0};
	(void)state;
	make(&m, small_fat12);
	uint8_t *raw = put_short(m.root, 0, "A       BIN", FAT_ARCHIVE);
	put_le16(raw + 24, 0); /* no date */
	open_made(&m);
	struct fat_file *f = open_file(m.fat, "\\a.bin");
	assert_int_equal(fat_file_stat(f, m.arena, &e, &err), 0);
	assert_string_equal(e.name, "A.BIN");
	assert_int_equal(e.modified, 0);
	size_t n;
	struct fat_entry *l;
	assert_int_equal(fat_file_list(f, m.arena, &l, &n, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	fat_file_close(f);
	f = open_file(m.fat, "/");
	assert_int_equal(fat_file_stat(f, m.arena, &e, NULL), 0);
	assert_string_equal(e.name, "");
	assert_true(e.directory);
	assert_int_equal(fat_file_size(f), 0);
	assert_int_equal(fat_file_read(f, 0, raw, 1, &err), -1);
	fat_file_close(f);
	unmake(&m);
}

static void test_short_names(void **state)
{
	struct made m;
	(void)state;
	make(&m, small_fat12);
	put_short(m.root, 0, "BCD     LOG", 0);
	put_short(m.root, 1, "LOWER   TXT", 0)[12] = 0x08;
	put_short(m.root, 2, "UPPER   TXT", 0)[12] = 0x10;
	put_short(m.root, 3, "NOEXT      ", 0)[12] = 0x18;
	put_short(m.root, 4, "EIGHT888333", 0);
	put_short(m.root, 5,
		  "\x05"
		  "ANJI   TXT",
		  0);
	put_short(m.root, 6, "WITH SP A B", 0);
	open_made(&m);
	expect_name(&m, "BCD.LOG", "BCD.LOG");
	fat_file_close(open_file(m.fat, "bcd.Log"));
	expect_name(&m, "lower.TXT", "lower.TXT");
	expect_name(&m, "UPPER.txt", "UPPER.txt");
	expect_name(&m, "noext", "noext");
	expect_name(&m, "EIGHT888.333", "EIGHT888.333");
	expect_name(&m,
		    "\\xe5"
		    "ANJI.TXT",
		    "\xef\x83\xa5"
		    "ANJI.TXT"); /* U+F0E5 */
	expect_name(&m, "WITH SP.A B", "WITH SP.A B");
	expect_open_fails(m.fat, "BCD", E_NOTFOUND, "");
	expect_open_fails(m.fat, "BCD.LO", E_NOTFOUND, "");
	expect_open_fails(m.fat, "BCD.LOG1", E_NOTFOUND, "");
	unmake(&m);
}

static void test_long_names(void **state)
{
	static const uint16_t japanese[] = {0x8d77, 0x52d5, 0x30c7, 0x30a3, 0x30b9, 0x30af};
	static const uint16_t pair[] = {'x', 0xd83d, 0xdcbe, '.', 'b', 'i', 'n'};
	static const uint16_t hostile[] = {'a', 0x1b, '[', '2', 'J', 0x202e, 'b'};
	static const uint16_t lone[] = {0xd83d, 'z'};
	static const uint16_t wide[] = {0xff41, 0x451, 0x3c9, 0xe9, 0x101};
	struct made m;
	char name[256];
	unsigned slot = 0;
	(void)state;
	make(&m, small_fat12);
	slot = put_long(m.root, slot, japanese, 6, "JAPAN~1    ");
	put_short(m.root, slot++, "JAPAN~1    ", 0);
	slot = put_long(m.root, slot, pair, 7, "X~1     BIN");
	put_short(m.root, slot++, "X~1     BIN", 0);
	slot = put_long(m.root, slot, hostile, 7, "HOSTILE~1  ");
	put_short(m.root, slot++, "HOSTILE~1  ", 0);
	slot = put_long(m.root, slot, lone, 2, "LONE~1     ");
	put_short(m.root, slot++, "LONE~1     ", 0);
	slot = put_long(m.root, slot, wide, 5, "WIDE~1     ");
	put_short(m.root, slot++, "WIDE~1     ", 0);
	memset(name, 'n', 255);
	name[255] = '\0';
	slot = put_long_ascii(m.root, slot, name, "NNNNNN~1   ");
	put_short(m.root, slot++, "NNNNNN~1   ", 0);
	slot = put_long_ascii(m.root, slot, "thirteen char", "THIRT~1    ");
	put_short(m.root, slot++, "THIRT~1    ", 0);
	open_made(&m);
	expect_name(&m, "起動ディスク", "起動ディスク");
	expect_name(&m, "x\xf0\x9f\x92\xbe.bin", "x\xf0\x9f\x92\xbe.bin");
	expect_name(&m, "a\\x1b[2J\\u202eb",
		    "a\x1b[2J\xe2\x80\xae"
		    "b");
	expect_name(&m, "\\ud83dz", "\xed\xa0\xbdz");
	expect_name(&m, name, name);
	expect_name(&m, "thirteen char", "thirteen char");
	fat_file_close(open_file(m.fat, "JAPAN~1"));
	fat_file_close(open_file(m.fat, "Ａ\xd0\x81\xce\xa9\xc3\x89\xc4\x80")); /* capitals */
	name[0] = 'N';
	fat_file_close(open_file(m.fat, name));
	name[254] = 'm';
	expect_open_fails(m.fat, name, E_NOTFOUND, "no such file");
	expect_open_fails(m.fat, "thirteen cha", E_NOTFOUND, "");
	expect_open_fails(m.fat, "\xff", E_NOTFOUND, "\\xff: no such file");
	expect_open_fails(m.fat, "SOUND~1\xe3\x81", E_NOTFOUND, "no such file");
	expect_open_fails(m.fat, "\xf7\xbf\xbf\xbf", E_NOTFOUND, "no such file");
	unmake(&m);
}

/* The first and last characters of each length in UTF-8, and of the halves of a pair. */
static void test_edge_characters(void **state)
{
	static const struct {
		uint16_t units[3];
		unsigned n;
		const char *name, *raw;
	} cases[] = {
		{{'a', 0x7f}, 2, "a\\x7f", "a\x7f"},
		{{'a', 0x80}, 2, "a\\x80", "a\xc2\x80"},
		{{'a', 0xa0}, 2, "a\xc2\xa0", "a\xc2\xa0"},
		{{'a', 0x7ff}, 2, "a\xdf\xbf", "a\xdf\xbf"},
		{{'a', 0x800}, 2, "a\xe0\xa0\x80", "a\xe0\xa0\x80"},
		{{'a', 0xd7ff, 0xdc00}, 3, "a\xed\x9f\xbf\\udc00", "a\xed\x9f\xbf\xed\xb0\x80"},
		{{'a', 0xd800, 0xdc00}, 3, "a\xf0\x90\x80\x80", "a\xf0\x90\x80\x80"},
		{{'a', 0xdbff, 0xdfff}, 3, "a\xf4\x8f\xbf\xbf", "a\xf4\x8f\xbf\xbf"},
		{{'a', 0xdc00, 0xdc00}, 3, "a\\udc00\\udc00", "a\xed\xb0\x80\xed\xb0\x80"},
		{{'a', 0xd800, 0xdbff}, 3, "a\\ud800\\udbff", "a\xed\xa0\x80\xed\xaf\xbf"},
		{{'a', 0xd800, 0xe000}, 3, "a\\ud800\xee\x80\x80", "a\xed\xa0\x80\xee\x80\x80"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct made m;
		make(&m, small_fat12);
		put_short(m.root, put_long(m.root, 0, cases[i].units, cases[i].n, "A~1        "),
			  "A~1        ", 0);
		open_made(&m);
		expect_name(&m, cases[i].name, cases[i].raw);
		unmake(&m);
	}
}

/* Long entries that do not belong to the short one are passed over. */
static void test_orphans(void **state)
{
	static const struct {
		unsigned at;
		uint8_t value;
	} breaks[] = {
		{0, 0x43},       /* a part more than there are */
		{0, 0x41},       /* a part less */
		{0, 0x02},       /* no mark on the first part */
		{0, 0x40},       /* part 0 */
		{0, 0x55},       /* part 21 */
		{0, 0xe5},       /* deleted */
		{13, 0x00},      /* checksum of the first part */
		{32 + 13, 0x00}, /* of the second */
		{32, 0x02},      /* the same part twice */
		{32, 0xe5},      /* one of them deleted */
		{64, 'X'},       /* the short name was changed */
		{32 + 11, 0x08}, /* a volume label between */
	};
	(void)state;
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		struct made m;
		size_t n;
		make(&m, small_fat12);
		put_short(m.root, put_long_ascii(m.root, 0, "a long name of two", "ALONGN~1   "),
			  "ALONGN~1   ", 0);
		put_short(m.root, put_long_ascii(m.root, 3, "sound", "SOUND~1    "), "SOUND~1    ",
			  0);
		open_made(&m);
		struct fat_entry *e = list_of(m.fat, m.arena, "", &n);
		assert_int_equal(n, 2);
		assert_string_equal(e[0].name, "a long name of two");
		m.root[breaks[i].at] = breaks[i].value;
		reopen(&m);
		e = list_of(m.fat, m.arena, "", &n);
		assert_int_equal(n, 2);
		if (strlen(e[0].name) != 8)
			fail_msg("break %zu: %s", i, e[0].name);
		assert_string_equal(e[1].name, "sound");
		unmake(&m);
	}
}

/* A chain of directories, each in the one before. */
static void test_deep(void **state)
{
	static const struct shape *const shapes[] = {&small_fat12, &small_fat16, &small_fat32};
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct made m;
		char path[512] = "";
		make(&m, *shapes[i]);
		uint8_t *dir = m.root;
		for (unsigned depth = 0; depth < 60; depth++) {
			uint32_t c = chain(&m, 1, 1);
			set_place(put_short(dir, 0, "SUB        ", FAT_DIRECTORY), c, 0);
			dir = cluster_at(&m, c);
			strcat(path, depth % 2 ? "\\sub" : "//Sub/");
		}
		set_place(put_short(dir, 0, "LAST       ", 0), 0, 0);
		open_made(&m);
		strcat(path, "\\last");
		struct fat_file *f = open_file(m.fat, path);
		assert_int_equal(fat_file_size(f), 0);
		fat_file_close(f);
		unmake(&m);
	}
}

/* A root directory region that is full has no end mark. */
static void test_full_root(void **state)
{
	struct made m;
	size_t n;
	(void)state;
	make(&m, small_fat12);
	for (unsigned i = 0; i < small_fat12.root_entries; i++)
		put_short(m.root, i, "FILE       ", 0);
	memset(m.data, 'A', 64); /* behind it */
	open_made(&m);
	list_of(m.fat, m.arena, "", &n);
	assert_int_equal(n, small_fat12.root_entries);
	unmake(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_short_names),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_edge_characters),
		cmocka_unit_test(test_orphans),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_full_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
