/* SPDX-License-Identifier: MIT */
/*
 * Differencing VHDX: a child made byte by byte over the disk of vhdx_test.h, with a bitmap of
 * mixed sectors; every rule of its locator and bitmaps broken once; the same child read by 7zz
 * and libvhdi.
 */
#include "vhdx_test.h"

#define C_LEN     (8 * MIB)
#define BITMAP    (4 * MIB)
#define BITMAP_AT (X_TABLE + 8 * 4096) /* its entry: behind the 4096 blocks of the chunk */
#define LOCATOR   (X_META + 0x20000)
#define PARENT_ID "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}"
#define SECTORS   (X_DISK / 512)

static uint8_t merged[6 * MIB];
static bool own[6 * MIB / 512];

static size_t put_text(size_t off, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		put_le(x_file + LOCATOR + off + 2 * i, (uint8_t)text[i], 2);
	return 2 * strlen(text);
}

static void put_pair(unsigned n, const char *key, const char *value)
{
	size_t entry = LOCATOR + 20 + 12 * n, at = 0x400 + 0x400 * n;
	put_le(x_file + entry, at, 4);
	put_le(x_file + entry + 4, at + 0x200, 4);
	put_le(x_file + entry + 8, put_text(at, key), 2);
	put_le(x_file + entry + 10, put_text(at + 0x200, value), 2);
	if (get_le(x_file + LOCATOR + 18, 2) <= n)
		put_le(x_file + LOCATOR + 18, n + 1, 2);
}

static void put_locator(void)
{
	x_item(5, "a8d35f2d-b30b-454d-abf7-d3d84834ab0c", 0x2000, 4);
	put_le(x_file + X_META + 32 + 32 * 5 + 16, 0x20000, 4);
	x_guid(x_file + LOCATOR, "b04aefb7-d19e-4a81-b789-25b8e9445913");
	put_pair(0, "parent_linkage", PARENT_ID);
	put_pair(1, "relative_path", ".\\made.vhdx");
	put_pair(2, "absolute_win32_path", "D:\\disks\\other.vhdx");
}

/* Who holds sector s of the child, and so what its 512 bytes are in `merged`. */
static void merge_sector(unsigned s)
{
	static const unsigned place[X_BLOCKS] = {5, 0, 0, 0, 7, 6};
	static const unsigned state[X_BLOCKS] = {7, 0, 0, 2, 6, 7};
	unsigned block = s / 2048;
	uint8_t *bit = x_file + BITMAP + s / 8, *to = merged + s * 512;
	uint8_t *from = x_file + place[block] * MIB + s % 2048 * 512;
	bool set = s * 37 / 5 % 3 == 0 || s % 100 < 20;
	if (state[block] == 7 && set)
		*bit |= (uint8_t)(1u << (s % 8));
	own[s] = state[block] == 6 || (state[block] == 7 && set);
	if (own[s])
		memcpy(to, from, 512);
	else if (state[block] == 2)
		memset(to, 0, 512);
}

/* made.vhdx becomes the parent; x_file the child, `merged` what both hold together. */
static void make(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_make();
	x_write(p.s, X_LEN);
	memcpy(merged, x_disk, sizeof(merged));
	memset(x_file + 4 * MIB, 0, 4 * MIB);
	for (size_t i = 5 * MIB; i < 8 * MIB; i++)
		x_file[i] = (uint8_t)(i * 11 + i / 4093 + 77);
	put_le(x_value(0) + 4, 2, 4);
	put_locator();
	x_entry(0, 5, 7);
	x_entry(1, 0, 0);
	x_entry(2, 0, 0);
	x_entry(3, 0, 2);
	x_entry(4, 7, 6);
	x_entry(5, 6, 7);
	put_le(x_file + BITMAP_AT, BITMAP | 6, 8);
	x_guid(x_file + X_HEADER1 + 32, "99999999-bbbb-cccc-dddd-eeeeeeeeeeee");
	x_guid(x_file + X_HEADER2 + 32, "99999999-bbbb-cccc-dddd-eeeeeeeeeeee");
	for (unsigned s = 0; s < SECTORS; s++)
		merge_sector(s);
	x_sums();
}

static struct image *open_child(void **state)
{
	struct path p = in_dir(state, "child.vhdx");
	x_write(p.s, C_LEN);
	return must_open(p.s);
}

static void test_read(void **state)
{
	make(state);
	struct image *img = open_child(state);
	assert_string_equal(image_info(img)->type, "differencing");
	assert_int_equal(image_info(img)->n_parents, 1);
	assert_non_null(strstr(image_info(img)->parents[0], "made.vhdx"));
	assert_int_equal(image_info(img)->stored, 2 * MIB + MIB / 2);
	check_disk(img, merged, X_DISK);
	for (size_t off = 0; off < X_DISK - 700; off += 1300)
		check_piece(img, merged, off, 700);
	image_close(img);
}

/* A sector lies in the child's file already if and only if it is the child's own. */
static void test_places(void **state)
{
	make(state);
	struct path p = in_dir(state, "child.vhdx");
	struct image *img = open_child(state);
	struct bytes raw = read_whole(p.s);
	unsigned mine = 0;
	for (unsigned s = 0; s < SECTORS; s++) {
		struct spot spot;
		struct err err = {0};
		if (place_bytes(img, s * 512, 512, NULL, &spot, &err) < 0)
			fail_msg("sector %u: %s", s, err.text);
		assert_int_equal(spot.copied, !own[s]);
		if (own[s])
			assert_memory_equal(raw.p + spot.at, merged + s * 512, 512);
		mine += own[s];
	}
	assert_true(mine > 3000 && mine < SECTORS);
	free(raw.p);
	image_close(img);
}

static void test_readers(void **state)
{
	NEED("7zz");
	make(state);
	struct path p = in_dir(state, "child.vhdx"), out = in_dir(state, "7zz.raw");
	image_close(open_child(state));
	assert_int_equal(run("cd '%s' && 7zz x -tVHDX -so child.vhdx > 7zz.raw 2>/dev/null",
			     (const char *)*state),
			 0);
	struct bytes other = read_whole(out.s);
	assert_int_equal(other.len, X_DISK);
	assert_memory_equal(other.p, merged, X_DISK);
	free(other.p);
	struct err err = {0};
	struct image *ref = image_open_reference(p.s, NULL, &err);
	if (!ref)
		fail_msg("%s", err.text);
	check_piece(ref, merged, 0, X_DISK);
	image_close(ref);
}

static void child_refused(void **state, enum err_code code, const char *words)
{
	x_refused(state, C_LEN, code, words);
}

static void test_which_parent(void **state)
{
	make(state);
	put_pair(0, "parent_linkage", "{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}");
	image_close(open_child(state));
	put_pair(0, "parent_linkage", "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeee00}");
	child_refused(state, E_PARENT, "wanted made.vhdx, data write identifier aaaaaaaa-bbbb");
	put_pair(3, "parent_linkage2", PARENT_ID);
	image_close(open_child(state));
	put_pair(3, "parent_linkage2", "{00000000-0000-0000-0000-000000000000}");
	child_refused(state, E_PARENT, "does not fit");
	put_pair(0, "parent_linkage", PARENT_ID);
	put_pair(1, "relative_path", ".\\gone.vhdx");
	child_refused(state, E_PARENT, "missing");
	put_pair(2, "absolute_win32_path", "D:\\disks\\MADE.vhdx");
	image_close(open_child(state));
	put_pair(2, "volume_path", "\\\\?\\Volume{1}\\disks\\made.vhdx");
	image_close(open_child(state));
}

/* A zero identifier is none, even where a parent has it. */
static void test_zero_linkage(void **state)
{
	make(state);
	struct path p = in_dir(state, "made.vhdx");
	struct path child = in_dir(state, "child.vhdx");
	put_pair(0, "parent_linkage", "{00000000-0000-0000-0000-000000000000}");
	child_refused(state, E_CORRUPT, "no parent_linkage");
	put_pair(0, "parent_linkage", "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeee00}");
	put_pair(3, "parent_linkage2", "{00000000-0000-0000-0000-000000000000}");
	x_write(child.s, C_LEN);
	x_make();
	memset(x_file + X_HEADER2 + 32, 0, 16);
	x_sums();
	x_write(p.s, X_LEN);
	struct err err = {0};
	assert_null(image_open(child.s, NULL, &err));
	assert_int_equal(err.code, E_PARENT);
}

/* Writing a parent gives it a new identifier: its children no longer fit. */
static void test_written_parent(void **state)
{
	make(state);
	struct path p = in_dir(state, "made.vhdx");
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	image_close(open_child(state));
	struct image *img = must_open(p.s);
	place_stored(img, 0, 512, &list);
	image_close(img);
	x_apply(p.s, &list);
	child_refused(state, E_PARENT, "does not fit");
	arena_free(arena);
}

static void test_locator_rules(void **state)
{
	static const struct {
		size_t at;
		unsigned n;
		uint64_t value;
		enum err_code code;
		const char *words;
	} rules[] = {
		{LOCATOR, 1, 0, E_UNSUPPORTED, "0x320000: kind b04aef00"},
		{LOCATOR + 18, 2, 65, E_CORRUPT, "65 entries"},
		{LOCATOR + 18, 2, 0, E_CORRUPT, "no parent_linkage"},
		{LOCATOR + 18, 2, 1, E_CORRUPT, "no path"},
		{LOCATOR + 20, 4, 0x2000, E_CORRUPT, "lies outside"},
		{LOCATOR + 24, 4, UINT32_MAX, E_CORRUPT, "lies outside"},
		{LOCATOR + 28, 2, 0xffff, E_CORRUPT, "lies outside"},
		{LOCATOR + 20 + 24 + 10, 2, 0xffff, E_CORRUPT, "lies outside"},
		{LOCATOR + 0x600, 2, 'x', E_CORRUPT, "no parent_linkage"},
		{X_META + 32 + 160 + 20, 4, 30, E_CORRUPT, "3 entries in 30 bytes"},
		{X_META + 32 + 160 + 20, 4, 2 * MIB, E_CORRUPT, "no place for parent locator"},
		{X_META + 10, 2, 5, E_CORRUPT, "no parent locator"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make(state);
		put_le(x_file + rules[i].at, rules[i].value, rules[i].n);
		child_refused(state, rules[i].code, rules[i].words);
	}
}

static void test_bitmap_rules(void **state)
{
	static const struct {
		size_t at;
		uint64_t value;
		const char *words;
	} rules[] = {
		{BITMAP_AT, BITMAP | 7, "0x208000: entry 0x400007 has a reserved state"},
		{BITMAP_AT, BITMAP | 1, "reserved state"},
		{BITMAP_AT, 5 * MIB | 6, "overlaps another block"},
		{BITMAP_AT, 8 * MIB | 6, "place for blocks"},
		{BITMAP_AT, X_META | 6, "overlaps the log or a region"},
		{X_TABLE, 6 * MIB | 7, "overlaps another block"},
		{X_TABLE, X_TABLE | 7, "overlaps the log or a region"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make(state);
		put_le(x_file + rules[i].at, rules[i].value, 8);
		child_refused(state, E_CORRUPT, rules[i].words);
	}
	/* without its bitmap a partly present block cannot be read, the others can */
	make(state);
	put_le(x_file + BITMAP_AT, 0, 8);
	struct image *img = open_child(state);
	struct err err = {0};
	uint8_t byte;
	assert_int_equal(image_read(img, 0, &byte, 1, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "no bitmap"));
	check_piece(img, merged, MIB, 4 * MIB);
	image_close(img);
}

/* Entries of the chunk behind the disk's last block mean nothing. */
static void test_spare_entries(void **state)
{
	make(state);
	memset(x_file + X_TABLE + 8 * X_BLOCKS, 0xff, 8 * (4096 - X_BLOCKS));
	struct image *img = open_child(state);
	check_disk(img, merged, X_DISK);
	image_close(img);
}

static void test_parent_shape(void **state)
{
	struct path p = in_dir(state, "made.vhdx"), child = in_dir(state, "child.vhdx");
	struct err err = {0};
	make(state);
	x_write(child.s, C_LEN);
	x_make();
	put_le(x_value(1), 2 * MIB + 512, 8); /* the parent ends in block 2 */
	x_write(p.s, X_LEN);
	memset(merged + 2 * MIB + 512, 0, MIB - 512);
	for (unsigned s = 5 * 2048; s < SECTORS; s++)
		if (!own[s])
			memset(merged + s * 512, 0, 512);
	struct image *img = must_open(child.s);
	assert_int_equal(image_info(img)->n_notes, 1);
	check_disk(img, merged, X_DISK);
	image_close(img);
	x_make();
	put_le(x_value(3), 4096, 4);
	x_write(p.s, X_LEN);
	assert_null(image_open(child.s, NULL, &err));
	assert_int_equal(err.code, E_PARENT);
	assert_non_null(strstr(err.text, "sectors of 4096"));
}

/* libvhdi would misread the parent, so it is not to be asked about the child. */
static void test_parent_unsafe(void **state)
{
	make(state);
	struct path p = in_dir(state, "made.vhdx"), child = in_dir(state, "child.vhdx");
	x_write(child.s, C_LEN);
	x_make();
	x_make_metadata((uint64_t)5 << 30, 256 * MIB, 512);
	put_le(x_value(0) + 4, 1, 4);
	memset(x_file + X_TABLE, 0, 64);
	x_write(p.s, X_LEN);
	struct image *img = must_open(child.s);
	assert_true(image_info(img)->reference_unsafe);
	image_close(img);
}

static void test_bookkeeping(void **state)
{
	make(state);
	struct image *img = open_child(state);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	struct spot spot;
	unsigned s = 0;
	while (!own[s])
		s++;
	place_stored(img, s * 512, 512, &list);
	assert_int_equal(list.n, 2);
	while (own[s])
		s++;
	assert_int_equal(place_bytes(img, s * 512, 512, &list, &spot, NULL), 0);
	assert_int_equal(spot.copied, 1);
	assert_int_equal(list.n, 3); /* and its bit */
	arena_free(arena);
	image_close(img);
}

/* Random bytes in table, bitmap and locator. */
static void test_random_damage(void **state)
{
	static uint8_t buf[MIB];
	struct path p = in_dir(state, "random.vhdx");
	uint32_t seed = 5;
	unsigned opened = 0;
	make(state);
	static uint8_t clean[C_LEN];
	memcpy(clean, x_file, C_LEN);
	for (unsigned round = 0; round < 200; round++) {
		memcpy(x_file, clean, C_LEN);
		for (unsigned n = 0; n < 1 + round % 2; n++) {
			static const size_t at[] = {X_TABLE, BITMAP_AT, LOCATOR, LOCATOR + 0x400,
						    X_META + 192};
			static const unsigned len[] = {48, 8, 56, 0xc00, 32};
			seed = seed * 1664525 + 1013904223;
			unsigned part = seed >> 10 & 7;
			part = part < 5 ? part : 0;
			x_file[at[part] + (seed >> 13) % len[part]] ^= (uint8_t)(seed >> 24);
		}
		x_write(p.s, C_LEN);
		struct image *img = image_open(p.s, NULL, NULL);
		for (uint64_t off = 0; img && off < X_DISK; off += MIB / 2)
			image_read(img, off, buf, MIB / 2, NULL);
		opened += img != NULL;
		image_close(img);
	}
	assert_true(opened > 20 && opened < 190);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_read),          CASE(test_places),        CASE(test_readers),
		CASE(test_which_parent),  CASE(test_zero_linkage),  CASE(test_written_parent),
		CASE(test_locator_rules), CASE(test_bitmap_rules),  CASE(test_spare_entries),
		CASE(test_parent_shape),  CASE(test_parent_unsafe), CASE(test_bookkeeping),
		CASE(test_random_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
