/* SPDX-License-Identifier: MIT */
/*
 * Sector bitmaps of dynamic VHDs: which bits writing must set, and where readers disagree.
 */
#include "vhd_test.h"

/* Bytes of bitmaps in list once these sectors are placed, too. */
static size_t place_sectors(struct image *img, struct write_list *list, uint64_t first, uint64_t n)
{
	place_stored(img, first * 512, n * 512, list);
	return list->n;
}

static void test_bitmap(void **state)
{
	make_dynamic(file, disk);
	uint8_t *bitmap = file + t_block_at(0);
	bitmap[0] = 0xf1; /* sectors 4, 5 and 6 are clear */
	memset(bitmap + 512 + 4 * 512, 0, 3 * 512);
	memset(disk + 4 * 512, 0, 3 * 512);
	struct path p = in_dir(state, "made.vhd");
	struct image *img = open_made(state, T_LEN);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	check_disk(img, disk, T_DISK);
	check_places(img, p.s, disk);
	assert_int_equal(place_sectors(img, &list, 0, 4), 0);
	assert_int_equal(place_sectors(img, &list, 7, 1), 0);
	/* sectors that share the byte make one write */
	assert_int_equal(place_sectors(img, &list, 5, 1), 1);
	assert_int_equal(list.items[0].off, t_block_at(0));
	assert_int_equal(list.items[0].len, 1);
	assert_int_equal(list.items[0].old_bytes[0], 0xf1);
	assert_int_equal(list.items[0].new_bytes[0], 0xf5);
	assert_int_equal(place_sectors(img, &list, 5, 2), 1);
	assert_int_equal(list.items[0].new_bytes[0], 0xf7);
	assert_int_equal(list.items[0].old_bytes[0], 0xf1);
	assert_non_null(strstr(list.items[0].what.plain, "block 0"));
	arena_free(arena);
	image_close(img);
}

/* Sectors of two blocks: each block's own bitmap. */
static void test_bitmap_two_blocks(void **state)
{
	make_dynamic(file, disk);
	memset(file + T_TABLE_AT + 4 * 4, 0xff, 4);
	put_be(file + T_TABLE_AT + 4 * 1, t_block_at(4) / 512, 4);
	for (unsigned b = 0; b < 5; b += 4) {
		file[t_block_at(b)] = 0;
		memset(file + t_block_at(b) + 512, 0, T_BLOCK);
	}
	struct image *img = open_made(state, T_LEN);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	assert_int_equal(place_sectors(img, &list, 6, 5), 2);
	assert_int_equal(list.items[0].off, t_block_at(0));
	assert_int_equal(list.items[0].new_bytes[0], 0x03);
	assert_int_equal(list.items[1].off, t_block_at(4));
	assert_int_equal(list.items[1].new_bytes[0], 0xe0);
	assert_int_equal(place_sectors(img, &list, 8, 16), 2);
	assert_int_equal(list.items[1].new_bytes[0], 0xff);
	arena_free(arena);
	image_close(img);
}

#define B_BLOCK   (4u << 20) /* 8192 sectors, a bitmap of two sectors */
#define B_BITMAP  1024u
#define B_CONTENT (T_FIRST + B_BITMAP)
#define B_LEN     (B_CONTENT + B_BLOCK + 512u)

/* One block of zeros with every third bit clear, and one odd sector. */
static void make_wide(uint8_t *f, unsigned odd_sector)
{
	make_dynamic(file, disk);
	memcpy(f, file, T_FIRST);
	put_be(f + 48, B_BLOCK, 8);
	vhd_sum(f, 512, 64);
	put_be(f + 512 + 28, 1, 4);
	put_be(f + 512 + 32, B_BLOCK, 4);
	vhd_sum(f + 512, 1024, 36);
	memset(f + T_TABLE_AT, 0xff, 512);
	put_be(f + T_TABLE_AT, T_FIRST / 512, 4);
	for (unsigned s = 0; s < B_BLOCK / 512; s++)
		if (s % 3 != 1)
			f[T_FIRST + s / 8] |= (uint8_t)(0x80 >> s % 8);
	f[B_CONTENT + odd_sector * 512 + 511] = 1;
	memcpy(f + B_LEN - 512, f, 512);
}

/* The writes must be exactly the clear bits of sectors first..last. */
static void check_bits(const uint8_t *f, const struct write_list *list, unsigned first,
		       unsigned last)
{
	uint8_t want[B_BITMAP];
	size_t n = 0, changed = 0;
	memcpy(want, f + T_FIRST, B_BITMAP);
	for (unsigned s = first; s <= last; s++)
		want[s / 8] |= (uint8_t)(0x80 >> s % 8);
	for (size_t i = 0; i < B_BITMAP; i++)
		changed += want[i] != f[T_FIRST + i];
	for (; n < list->n; n++) {
		const struct write *w = &list->items[n];
		assert_true(w->off >= T_FIRST && w->off + w->len <= B_CONTENT);
		assert_memory_equal(w->old_bytes, f + w->off, w->len);
		assert_memory_equal(w->new_bytes, want + (w->off - T_FIRST), w->len);
	}
	assert_int_equal(n, changed);
}

static void test_bitmap_wide(void **state)
{
	static const struct {
		unsigned first, last;
	} ranges[] = {{0, 8191},    {100, 100},   {97, 97},     {4094, 4097}, {4096, 4096},
		      {4095, 4095}, {5003, 8000}, {8189, 8191}, {8, 15},      {7, 16}};
	uint8_t *f = calloc(1, B_LEN);
	struct path p = in_dir(state, "wide.vhd");
	struct err err = {0};
	struct spot spot;
	assert_non_null(f);
	make_wide(f, 3);
	write_file(p.s, f, B_LEN);
	struct image *img = must_open(p.s);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct write_list list = {.arena = arena_new()};
		place_sectors(img, &list, ranges[i].first, ranges[i].last - ranges[i].first + 1);
		check_bits(f, &list, ranges[i].first, ranges[i].last);
		arena_free(list.arena);
	}
	image_close(img);
	make_wide(f, 7000); /* clear, in the second half of the bitmap */
	write_file(p.s, f, B_LEN);
	img = must_open(p.s);
	assert_int_equal(place_stored(img, 0, 7000 * 512, NULL), B_CONTENT);
	place_stored(img, 7001 * 512, 512, NULL);
	assert_int_equal(place_bytes(img, 0, 7001 * 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_MAP);
	image_close(img);
	free(f);
}

/* Bit clear, content not zero: read as content, never declared writable. */
static void test_bitmap_disagrees(void **state)
{
	make_dynamic(file, disk);
	file[t_block_at(2)] = 0xbf; /* sector 1 */
	memset(file + t_block_at(2) + 512 + 512, 0, 511);
	memset(disk + 2 * T_BLOCK + 512, 0, 511);
	struct image *img = open_made(state, T_LEN);
	struct spot spot;
	struct err err = {0};
	check_disk(img, disk, T_DISK);
	place_stored(img, 2 * T_BLOCK, 512, NULL);
	place_stored(img, 2 * T_BLOCK + 1024, 512, NULL);
	assert_int_equal(place_bytes(img, 2 * T_BLOCK, 1024, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_MAP);
	assert_non_null(strstr(err.text, "bitmap bit is clear"));
	err_clear(&err);
	assert_int_equal(place_bytes(img, 2 * T_BLOCK + 512, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_MAP);
	image_close(img);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_bitmap),
		CASE(test_bitmap_two_blocks),
		CASE(test_bitmap_wide),
		CASE(test_bitmap_disagrees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
