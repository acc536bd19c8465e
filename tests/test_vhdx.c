/* SPDX-License-Identifier: MIT */
/*
 * VHDX files made byte by byte: what is read, where it lies, and what a write demands. Damaged
 * files: test_vhdx_damage.c; the log: test_vhdx_log.c; files of other programs:
 * test_vhdx_peers.c.
 */
#include "vhdx_test.h"

/* ---- sound files ---- */

static void test_crc32c(void **state)
{
	(void)state;
	const uint8_t digits[] = "123456789";
	uint8_t bytes[300];
	assert_int_equal(crc32c_of((struct span){digits, 9}), 0xe3069283u);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + i / 256);
	memset(bytes + 100, 0, 4);
	uint32_t crc = crc32c_more(0, (struct span){bytes, 123});
	crc = crc32c_more(crc, (struct span){bytes + 123, sizeof(bytes) - 123});
	assert_int_equal(crc, crc32c_of((struct span){bytes, sizeof(bytes)}));
	x_sum(bytes, sizeof(bytes), 100);
	assert_int_equal(crc, get_le(bytes + 100, 4));
}

static void test_dynamic(void **state)
{
	x_make();
	struct image *img = x_open(state, X_LEN);
	const struct image_info *info = image_info(img);
	assert_string_equal(info->format, "vhdx");
	assert_string_equal(info->type, "dynamic");
	assert_string_equal(info->creator, "test");
	assert_string_equal(info->id, "01234567-89ab-cdef-0123-456789abcdef");
	assert_int_equal(info->sector_size, 512);
	assert_int_equal(info->file_size, X_LEN);
	assert_int_equal(info->stored, 2 * MIB + MIB / 2);
	assert_int_equal(info->n_notes, 0);
	assert_null(info->no_writes);
	assert_false(info->reference_unsafe);
	check_disk(img, x_disk, X_DISK);
	for (size_t len = 1; len < 3 * MIB; len = len * 5 + 3)
		check_piece(img, x_disk, MIB - 3, len);
	image_close(img);
}

static void test_places(void **state)
{
	x_make();
	struct path p = in_dir(state, "made.vhdx");
	struct image *img = x_open(state, X_LEN);
	struct spot spot;
	check_places(img, p.s, x_disk);
	assert_int_equal(place_stored(img, 2 * MIB + 1024, MIB - 1024, NULL), 4 * MIB + 1024);
	assert_int_equal(place_bytes(img, MIB, 512, NULL, &spot, NULL), 0);
	assert_int_equal(spot.new_blocks, 1);
	image_close(img);
}

/* The last block may end where the disk does. */
static void test_short_file(void **state)
{
	x_make();
	struct image *img = x_open(state, X_LEN - MIB / 2);
	check_disk(img, x_disk, X_DISK);
	image_close(img);
	x_refused(state, X_LEN - MIB / 2 - 1, E_CORRUPT, "place for blocks");
}

/* Sectors of 4096 bytes: a chunk holds eight times as much. */
static void test_sector_4096(void **state)
{
	x_make();
	put_le(x_value(3), 4096, 4);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_info(img)->sector_size, 4096);
	check_disk(img, x_disk, X_DISK);
	image_close(img);
}

/*
 * Block 16 of 256 MiB is the first one of the second chunk at 512 bytes a sector: its entry is
 * number 17. At 4096 bytes the first chunk has 128 blocks, so it is number 16.
 */
static void check_chunk(void **state, uint32_t sector, unsigned index, unsigned bits)
{
	uint8_t buf[64];
	uint64_t off = (uint64_t)16 * 256 * MIB;
	x_make();
	x_make_metadata(off + MIB, 256 * MIB, sector);
	put_le(x_value(0) + 4, bits, 4);
	memset(x_file + X_TABLE, 0, 64);
	x_entry(index, 4, 6);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_read(img, off + 100, buf, sizeof(buf), NULL), 0);
	assert_memory_equal(buf, x_file + 4 * MIB + 100, sizeof(buf));
	assert_int_equal(place_stored(img, off, 4096, NULL), 4 * MIB);
	assert_int_equal(image_info(img)->stored, MIB);
	assert_string_equal(image_info(img)->type, bits ? "fixed" : "dynamic");
	assert_int_equal(image_info(img)->reference_unsafe, bits && sector == 512);
	image_close(img);
}

static void test_chunks(void **state)
{
	check_chunk(state, 512, 17, 0);
	check_chunk(state, 512, 17, 1);
	check_chunk(state, 4096, 16, 0);
	check_chunk(state, 4096, 16, 1);
}

/* A bitmap's entry means nothing without a parent, whatever it says. */
static void test_bitmap_entry_unused(void **state)
{
	x_make();
	x_make_metadata((uint64_t)17 * 256 * MIB, 256 * MIB, 512);
	memset(x_file + X_TABLE, 0, 64);
	put_le(x_file + X_TABLE + 8 * 16, UINT64_MAX, 8);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_info(img)->stored, 0);
	image_close(img);
}

static void test_one_header(void **state)
{
	x_make();
	x_file[X_HEADER2 + 100] ^= 1;
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_info(img)->n_notes, 1);
	assert_null(image_info(img)->no_writes);
	check_disk(img, x_disk, X_DISK);
	image_close(img);
	x_file[X_HEADER1 + 100] ^= 1;
	x_refused(state, X_LEN, E_CORRUPT, "0x10000 and 0x20000");
	/* the older one may say what it likes, the newer one counts */
	x_make();
	put_le(x_file + X_HEADER1 + 66, 9, 2);
	x_sums();
	image_close(x_open(state, X_LEN));
	put_le(x_file + X_HEADER1 + 8, 7, 8);
	x_sums();
	x_refused(state, X_LEN, E_UNSUPPORTED, "0x10000: version 9");
	put_le(x_file + X_HEADER1 + 8, 6, 8);
	x_sums();
	x_refused(state, X_LEN, E_CORRUPT, "both have sequence number 6");
	memcpy(x_file + X_HEADER1, x_file + X_HEADER2, 4096);
	image_close(x_open(state, X_LEN));
}

static void test_second_region_table(void **state)
{
	x_make();
	x_file[X_REGION1 + 200] ^= 1;
	struct image *img = x_open(state, X_LEN);
	assert_non_null(strstr(image_info(img)->no_writes, "region table"));
	check_disk(img, x_disk, X_DISK);
	image_close(img);
	x_file[X_REGION2 + 60000] ^= 1;
	x_refused(state, X_LEN, E_CORRUPT, "0x30000 and 0x40000");
}

/* ---- what a write demands ---- */

static void test_bookkeeping(void **state)
{
	x_make();
	struct path p = in_dir(state, "made.vhdx");
	struct image *img = x_open(state, X_LEN);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena}, again = {.arena = arena};
	place_stored(img, 0, 512, &list);
	place_stored(img, 2 * MIB, 512, &list);
	place_stored(img, 2 * MIB, 512, &again);
	assert_int_equal(list.n, 2);
	assert_int_equal(writes_sort(&list, NULL), 0);
	assert_int_equal(list.items[0].off, X_HEADER1);
	assert_int_equal(list.items[1].off, X_HEADER2);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t h[4096];
		assert_int_equal(list.items[i].len, 4096);
		memcpy(h, list.items[i].new_bytes, 4096);
		assert_memory_equal(h, again.items[i].new_bytes, 4096);
		assert_int_equal(get_le(h + 8, 8), i == 0 ? 7 : 8);
		assert_memory_not_equal(h + 16, x_file + X_HEADER1 + 16, 16);
		assert_memory_not_equal(h + 32, x_file + X_HEADER1 + 32, 16);
		assert_memory_not_equal(h + 16, h + 32, 16);
		assert_memory_equal(h + 48, x_file + X_HEADER1 + 48, 4096 - 48);
		x_sum(h, sizeof(h), 4);
		assert_memory_equal(h, list.items[i].new_bytes, 4096);
	}
	image_close(img);
	x_apply(p.s, &list);
	img = must_open(p.s);
	assert_string_equal(image_info(img)->id, "01234567-89ab-cdef-0123-456789abcdef");
	check_disk(img, x_disk, X_DISK);
	place_stored(img, 0, 512, &again);
	assert_int_equal(again.n, 2); /* not repeated: the list has them */
	image_close(img);
	arena_free(arena);
}

/* A damaged header is made sound; the other one was current. */
static void test_bookkeeping_one_header(void **state)
{
	x_make();
	struct path p = in_dir(state, "made.vhdx");
	memset(x_file + X_HEADER2, 0xee, 4096);
	struct image *img = x_open(state, X_LEN);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	place_stored(img, 0, 512, &list);
	assert_int_equal(get_le(list.items[0].new_bytes + 8, 8), 7);
	assert_int_equal(get_le(list.items[1].new_bytes + 8, 8), 6);
	image_close(img);
	x_apply(p.s, &list);
	img = must_open(p.s);
	assert_int_equal(image_info(img)->n_notes, 0);
	image_close(img);
	arena_free(arena);
}

static void test_no_number_left(void **state)
{
	x_make();
	put_le(x_file + X_HEADER2 + 8, UINT64_MAX - 1, 8);
	x_sums();
	struct image *img = x_open(state, X_LEN);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	struct spot spot;
	assert_non_null(strstr(image_info(img)->no_writes, "sequence number"));
	assert_int_equal(place_bytes(img, 0, 512, &list, &spot, NULL), -1);
	assert_int_equal(list.n, 0);
	arena_free(arena);
	image_close(img);
	put_le(x_file + X_HEADER2 + 8, UINT64_MAX - 2, 8);
	x_sums();
	img = x_open(state, X_LEN);
	assert_null(image_info(img)->no_writes);
	image_close(img);
}

/* ---- a table too large to be checked whole ---- */

#define LARGE_BLOCKS 20000u

static void make_large(unsigned last_mib)
{
	x_make();
	put_le(x_value(1), (uint64_t)LARGE_BLOCKS * MIB, 8);
	x_entry(LARGE_BLOCKS - 1 + (LARGE_BLOCKS - 1) / 4096, last_mib, 6);
	x_entry(5, 0, 0);
}

static void test_large_table(void **state)
{
	uint8_t buf[100];
	struct spot spot;
	struct err err = {0};
	make_large(6);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_info(img)->stored, UINT64_MAX);
	assert_true(image_stats(img).bytes < 160 * 1024);
	assert_int_equal(image_read(img, (LARGE_BLOCKS - 1) * MIB, buf, sizeof(buf), NULL), 0);
	assert_memory_equal(buf, x_file + 6 * MIB, sizeof(buf));
	place_stored(img, 0, 512, NULL);
	assert_int_equal(place_stored(img, (LARGE_BLOCKS - 1) * MIB, 512, NULL), 6 * MIB);
	image_close(img);
	make_large(4);
	img = x_open(state, X_LEN);
	assert_int_equal(place_bytes(img, 0, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "overlaps another block"));
	err_clear(&err);
	assert_int_equal(place_bytes(img, 0, 512, NULL, &spot, &err), -1); /* not forgotten */
	image_close(img);
}

/* Reading: two blocks in one place are noticed as soon as both are asked for. */
static void test_large_table_crossed(void **state)
{
	uint8_t buf[100];
	struct err err = {0};
	make_large(4);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_read(img, (LARGE_BLOCKS - 1) * MIB, buf, sizeof(buf), NULL), 0);
	assert_int_equal(image_read(img, 2 * MIB, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "overlaps another block"));
	image_close(img);
}

/* A bad entry harms nobody who does not ask for its block. */
static void test_large_table_bad_entry(void **state)
{
	uint8_t buf[100];
	struct err err = {0};
	make_large(99);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_read(img, 2 * MIB, buf, sizeof(buf), NULL), 0);
	assert_int_equal(image_read(img, (LARGE_BLOCKS - 1) * MIB, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	image_close(img);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_crc32c),
		CASE(test_dynamic),
		CASE(test_places),
		CASE(test_short_file),
		CASE(test_sector_4096),
		CASE(test_chunks),
		CASE(test_bitmap_entry_unused),
		CASE(test_one_header),
		CASE(test_second_region_table),
		CASE(test_bookkeeping),
		CASE(test_bookkeeping_one_header),
		CASE(test_no_number_left),
		CASE(test_large_table),
		CASE(test_large_table_bad_entry),
		CASE(test_large_table_crossed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
