/* SPDX-License-Identifier: MIT */
/*
 * What the replay of a log does: pages over content, files that become longer, the writes that
 * empty the log, any damage; and one image with a log of qemu's own.
 */
#include "vhdx_log_test.h"

static void test_writes(void **state)
{
	make();
	struct path p = in_dir(state, "made.vhdx");
	memset(x_file + GARBAGE, 0xee, 2 * SECTOR);
	struct made_entry e = {0, 4, 0, 5, 1};
	begin(&e);
	data(&e, 0, X_TABLE, noise);          /* replaced by the third: no write */
	data(&e, 1, X_META, x_file + X_META); /* as it is on the disk: no write */
	data(&e, 2, X_TABLE, good_table);
	zero(&e, 3, GARBAGE, SECTOR);
	zero(&e, 4, X_TABLE + 2 * SECTOR, SECTOR); /* as it is on the disk */
	sum(&e);
	struct image *img = x_open(state, X_LEN);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	place_stored(img, 2 * MIB, 512, &list);
	place_stored(img, 0, 512, &list);
	assert_int_equal(list.n, 4);
	assert_int_equal(writes_sort(&list, NULL), 0);
	assert_int_equal(list.items[2].off, X_TABLE);
	assert_memory_equal(list.items[2].new_bytes, good_table, SECTOR);
	assert_int_equal(list.items[3].off, GARBAGE);
	assert_int_equal(list.items[3].new_bytes[SECTOR - 1], 0);
	assert_non_null(strstr(list.items[0].what.plain, "log emptied"));
	image_close(img);
	x_apply(p.s, &list);
	img = must_open(p.s);
	assert_int_equal(image_info(img)->n_notes, 0);
	assert_false(image_info(img)->reference_unsafe);
	check_disk(img, x_disk, X_DISK);
	check_places(img, p.s, x_disk);
	image_close(img);
	arena_free(arena);
	if (run("command -v qemu-img >/dev/null") == 0)
		assert_int_equal(run("qemu-img check -q -f vhdx '%s'", p.s), 0);
}

/* A page of content in the log is read from there, and its place is not offered. */
static void test_page_over_content(void **state)
{
	make();
	struct spot spot;
	struct err err = {0};
	struct made_entry e = {0, 3, 0, 2, 1};
	begin(&e);
	data(&e, 0, X_TABLE, good_table);
	data(&e, 1, 5 * MIB + 8192, noise);
	sum(&e);
	memcpy(x_disk + 8192, noise, SECTOR);
	opens(state);
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(place_bytes(img, 8192 - 512, 1024, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_MAP);
	assert_int_equal(place_bytes(img, 8192 + SECTOR - 512, 512, NULL, &spot, NULL), -1);
	assert_int_equal(place_stored(img, 8192 - 512, 512, NULL), 5 * MIB + 8192 - 512);
	assert_int_equal(place_stored(img, 8192 + SECTOR, 512, NULL), 5 * MIB + 8192 + SECTOR);
	image_close(img);
}

/* The log makes the file longer: readable, not writable. */
static void test_longer_file(void **state)
{
	make();
	struct spot spot;
	struct err err = {0};
	uint8_t page[SECTOR];
	memcpy(page, good_table, SECTOR);
	put_le(page + 8, 7 * MIB | 6, 8);
	struct made_entry e = {0, 3, 0, 2, 1};
	begin(&e);
	data(&e, 0, X_TABLE, page);
	data(&e, 1, 7 * MIB + SECTOR, noise);
	put_le(ring(0) + 56, 8 * MIB, 8);
	sum(&e);
	memcpy(x_disk + MIB + SECTOR, noise, SECTOR);
	struct image *img = x_open(state, X_LEN);
	assert_non_null(strstr(image_info(img)->no_writes, "longer"));
	check_disk(img, x_disk, X_DISK);
	assert_int_equal(place_bytes(img, MIB, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_MAP);
	image_close(img);
	put_le(ring(0) + 56, 8 * MIB - SECTOR, 8);
	sum(&e);
	x_refused(state, X_LEN, E_CORRUPT, "place for blocks");
}

static void test_too_many_pages(void **state)
{
	make();
	struct made_entry e = {0, 2, 0, 2, 1};
	begin(&e);
	data(&e, 0, X_TABLE, good_table);
	zero(&e, 1, 16 * MIB, 8 * MIB);
	sum(&e);
	struct path p = in_dir(state, "made.vhdx");
	image_close(x_open(state, X_LEN));
	assert_int_equal(truncate(p.s, 32 * MIB), 0);
	struct image *img = must_open(p.s);
	assert_non_null(strstr(image_info(img)->no_writes, "8 MiB"));
	image_close(img);
	zero(&e, 1, 16 * MIB, 8 * MIB - SECTOR);
	sum(&e);
	x_write(p.s, X_LEN);
	assert_int_equal(truncate(p.s, 32 * MIB), 0);
	img = must_open(p.s);
	assert_null(image_info(img)->no_writes);
	image_close(img);
}

/* ---- any damage ---- */

static void test_random_damage(void **state)
{
	struct path p = in_dir(state, "random.vhdx");
	uint32_t seed = 3;
	unsigned opened = 0;
	for (unsigned round = 0; round < 500; round++) {
		make();
		one_page(0, 0, 1, GARBAGE, noise);
		struct made_entry e = one_page(2, 0, 2, X_TABLE, good_table);
		for (unsigned n = 0; n < 1 + round % 3; n++) {
			seed = seed * 1664525 + 1013904223;
			size_t at = (seed >> 8) % 100;
			ring(2)[at == 4 ? 4096 : at] = (uint8_t)(seed >> 24 &
								 (round % 2 ? 0xff : 3));
		}
		sum(&e);
		x_write(p.s, X_LEN);
		struct image *img = image_open(p.s, NULL, NULL);
		struct arena *arena = arena_new();
		struct write_list list = {.arena = arena};
		struct spot spot;
		if (img && place_bytes(img, 0, 512, &list, &spot, NULL) == 0)
			x_apply(p.s, &list);
		opened += img != NULL;
		image_close(img);
		arena_free(arena);
	}
	assert_true(opened > 100 && opened < 490);
}

/* ---- qemu's own log ---- */

static void test_qemu_dirty(void **state)
{
	NEED("qemu-img");
	struct path p = in_dir(state, "d.vhdx"), copy = in_dir(state, "copy.vhdx");
	struct path raw = in_dir(state, "d.raw"), after = in_dir(state, "after.raw");
	if (!get_data("vhdx/qemu_iotest-dirtylog-10G-4M.vhdx.xz", p.s))
		skip();
	assert_int_equal(
		run("cp '%s' '%s' && qemu-img check -q -r all -f vhdx '%s'", p.s, copy.s, copy.s),
		0);
	assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", copy.s, raw.s), 0);
	struct image *img = must_open(p.s);
	assert_true(image_info(img)->reference_unsafe);
	check_sparse(img, raw.s);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	struct spot spot = {.new_blocks = 1};
	for (uint64_t off = 0; spot.new_blocks > 0 && off < image_info(img)->size; off += MIB) {
		list.n = 0;
		assert_int_equal(place_bytes(img, off, 512, &list, &spot, NULL), 0);
	}
	assert_true(list.n >= 2);
	image_close(img);
	x_apply(p.s, &list);
	arena_free(arena);
	assert_int_equal(run("qemu-img check -q -f vhdx '%s'", p.s), 0);
	assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", p.s, after.s), 0);
	same_files(raw.s, after.s);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_writes),         CASE(test_page_over_content), CASE(test_longer_file),
		CASE(test_too_many_pages), CASE(test_random_damage),     CASE(test_qemu_dirty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
