/* SPDX-License-Identifier: MIT */
/*
 * VHD files made byte by byte: what is read, where it lies, and each rule of the format broken
 * once. Files of other programs: test_vhd_peers.c; sector bitmaps: test_vhd_bitmap.c.
 */
#include "vhd_test.h"

/* ---- hand-made ---- */

static void test_dynamic(void **state)
{
	make_dynamic(file, disk);
	struct image *img = open_made(state, T_LEN);
	const struct image_info *info = image_info(img);
	assert_string_equal(info->format, "vhd");
	assert_string_equal(info->type, "dynamic");
	assert_string_equal(info->creator, "Windows 10.0");
	assert_string_equal(info->id, "10111213-1415-1617-1819-1a1b1c1d1e1f");
	assert_int_equal(info->sector_size, 512);
	assert_int_equal(info->file_size, T_LEN);
	assert_int_equal(info->stored, 2 * T_BLOCK + 3 * 512);
	assert_int_equal(info->n_notes, 0);
	assert_null(info->no_writes);
	assert_false(info->saved_state);
	check_disk(img, disk, T_DISK);
	for (size_t off = 0; off < T_DISK; off += 97)
		for (size_t len = 1; off + len <= T_DISK; len = len * 3 + 1)
			check_piece(img, disk, off, len);
	image_close(img);
}

static void test_dynamic_places(void **state)
{
	make_dynamic(file, disk);
	struct path p = in_dir(state, "made.vhd");
	struct image *img = open_made(state, T_LEN);
	check_places(img, p.s, disk);
	struct spot spot;
	struct err err = {0};
	assert_int_equal(place_stored(img, 2 * T_BLOCK + 1024, 2048, NULL),
			 t_block_at(2) + 512 + 1024);
	assert_int_equal(place_bytes(img, T_BLOCK, 512, NULL, &spot, NULL), 0);
	assert_int_equal(spot.new_blocks, 1);
	assert_int_equal(place_bytes(img, T_DISK, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	image_close(img);
}

static void test_fixed(void **state)
{
	for (size_t i = 0; i < 8192; i++)
		file[i] = (uint8_t)(i * 13 + i / 512);
	memcpy(disk, file, 8192);
	make_footer(file + 8192, 2, 8192);
	struct path p = in_dir(state, "made.vhd");
	struct image *img = open_made(state, 8192 + 512);
	assert_string_equal(image_info(img)->type, "fixed");
	assert_int_equal(image_info(img)->stored, 8192);
	check_disk(img, disk, 8192);
	check_places(img, p.s, disk);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	assert_int_equal(place_stored(img, 1024, 7168, &list), 1024);
	assert_int_equal(list.n, 0);
	arena_free(arena);
	image_close(img);
}

static void test_fixed_lies(void **state)
{
	make_footer(file + 8192, 2, 8192 - 512);
	refused(state, 8192 + 512, E_CORRUPT, "footer at 0x2000: a fixed disk of 7680");
	make_footer(file + 8192, 2, 8192 + 512);
	refused(state, 8192 + 512, E_CORRUPT, "8192 bytes lie before the footer");
	make_footer(file + 8192, 2, 8192);
	file[8192 + 70] ^= 1;
	refused(state, 8192 + 512, E_CORRUPT, "footer at 0x2000: checksum");
	/* content that looks like a footer copy must not decide */
	make_footer(file, 3, 8192);
	make_footer(file + 8192, 2, 8192);
	struct image *img = open_made(state, 8192 + 512);
	assert_string_equal(image_info(img)->type, "fixed");
	image_close(img);
}

static void test_footer_511(void **state)
{
	memset(file, 0x5a, 8192);
	make_footer(file + 8192, 2, 8192);
	struct image *img = open_made(state, 8192 + 511);
	assert_int_equal(image_info(img)->size, 8192);
	assert_int_equal(image_info(img)->n_notes, 1);
	assert_non_null(strstr(image_info(img)->no_writes, "511"));
	image_close(img);
}

static void test_footer_rules(void **state)
{
	static const struct {
		unsigned off, n;
		uint64_t value;
		enum err_code code;
		const char *words;
	} rules[] = {
		{12, 4, 0x20000, E_UNSUPPORTED, "version 2.0"},
		{60, 4, 0, E_UNSUPPORTED, "type 0 is reserved"},
		{60, 4, 1, E_UNSUPPORTED, "type 1 is reserved"},
		{60, 4, 5, E_UNSUPPORTED, "type 5 is reserved"},
		{60, 4, 0x10003, E_UNSUPPORTED, "reserved"},
		{48, 8, 0, E_CORRUPT, "a disk of 0 bytes"},
		{48, 8, T_DISK + 1, E_CORRUPT, "not whole sectors"},
		{48, 8, (UINT64_C(2040) << 30) + 512, E_CORRUPT, "2040 GiB"},
		{48, 8, UINT64_MAX - 511, E_CORRUPT, "2040 GiB"},
		{48, 8, UINT64_C(1) << 40, E_UNSUPPORTED, "blocks, more than"},
		{48, 8, 6 * T_BLOCK, E_CORRUPT, "5 entries for a disk of 6 blocks"},
		{16, 8, 0, E_CORRUPT, "dynamic header at 0x0 "},
		{16, 8, T_TAIL - 1023, E_CORRUPT, "does not fit"},
		{16, 8, UINT64_MAX, E_CORRUPT, "does not fit"},
		{16, 8, 1024, E_CORRUPT, "no \"cxsparse\""},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make_dynamic(file, disk);
		put_be(file + T_TAIL + rules[i].off, rules[i].value, rules[i].n);
		footer_changed();
		refused(state, T_LEN, rules[i].code, rules[i].words);
	}
}

static void test_header_rules(void **state)
{
	static const struct {
		unsigned off, n;
		uint64_t value;
		enum err_code code;
		const char *words;
	} rules[] = {
		{0, 4, 0, E_CORRUPT, "no \"cxsparse\""},
		{24, 4, 0x10001, E_UNSUPPORTED, "header at 0x200: version 1.1"},
		{32, 4, 0, E_CORRUPT, "block size 0"},
		{32, 4, 3072, E_CORRUPT, "block size 3072"},
		{32, 4, 256, E_CORRUPT, "block size 256"},
		{32, 4, 0x20000000, E_CORRUPT, "block size 536870912"},
		{28, 4, 4, E_CORRUPT, "4 entries for a disk of 5 blocks"},
		{28, 4, 0xffffffff, E_CORRUPT, "do not fit"},
		{16, 8, T_TAIL - 19, E_CORRUPT, "5 entries at"},
		{16, 8, UINT64_MAX - 3, E_CORRUPT, "do not fit"},
		{16, 8, 500, E_CORRUPT, "do not fit"},
		{16, 8, 1024, E_CORRUPT, "overlaps the dynamic header"},
		{16, 8, 1535, E_CORRUPT, "overlaps the dynamic header"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make_dynamic(file, disk);
		put_be(file + T_HEADER_AT + rules[i].off, rules[i].value, rules[i].n);
		header_changed();
		refused(state, T_LEN, rules[i].code, rules[i].words);
	}
	make_dynamic(file, disk);
	file[T_HEADER_AT + 700] ^= 0x40;
	refused(state, T_LEN, E_CORRUPT, "header at 0x200: checksum");
}

static void test_table_rules(void **state)
{
	static const struct {
		unsigned block;
		uint64_t at; /* file offset that the entry names */
		const char *words;
	} rules[] = {
		{0, 0, "block 0 at 0x0.."},
		{0, 1536, "block 0 at 0x600.."},
		{1, T_TAIL, "block 1 at"},
		{1, T_TAIL - T_STRIDE + 512, "lies outside"},
		{3, UINT64_C(0xfffffffe) * 512, "block 3 at 0x1fffffffc00"},
		{1, T_FIRST + 512, "overlap"},
		{1, T_FIRST, "blocks 1 and 2 overlap"},
		{3, T_FIRST + 2 * T_STRIDE - 512, "blocks 0 and 3 overlap"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make_dynamic(file, disk);
		put_be(file + T_TABLE_AT + 4 * rules[i].block, rules[i].at / 512, 4);
		refused(state, T_LEN, E_CORRUPT, rules[i].words);
	}
}

/* Entries behind the disk's last block mean nothing; a block may follow the table at once. */
static void test_table_spare_entries(void **state)
{
	make_dynamic(file, disk);
	put_be(file + T_HEADER_AT + 28, (T_FIRST - T_TABLE_AT) / 4, 4);
	header_changed();
	put_be(file + T_TABLE_AT + 4 * 5, 0, 4);
	struct image *img = open_made(state, T_LEN);
	check_disk(img, disk, T_DISK);
	image_close(img);
	/* nothing stored: the footer follows the table at once */
	memset(file + T_TABLE_AT, 0xff, 512);
	memcpy(file + T_FIRST, file, T_FOOTER);
	memset(disk, 0, T_DISK);
	img = open_made(state, T_FIRST + T_FOOTER);
	assert_int_equal(image_info(img)->stored, 0);
	check_disk(img, disk, T_DISK);
	image_close(img);
}

static void test_tail_damaged(void **state)
{
	make_dynamic(file, disk);
	file[T_TAIL + 80] ^= 1;
	struct image *img = open_made(state, T_LEN);
	assert_non_null(strstr(image_info(img)->no_writes, "damaged"));
	assert_int_equal(image_info(img)->n_notes, 1);
	check_disk(img, disk, T_DISK);
	image_close(img);
	/* cut off whole: the last block ends where the file ends */
	img = open_made(state, T_TAIL);
	assert_non_null(image_info(img)->no_writes);
	check_disk(img, disk, T_DISK);
	image_close(img);
	/* the disk ends in the last block: what is behind may be missing, but nothing before */
	img = open_made(state, T_TAIL - 5 * 512);
	image_close(img);
	refused(state, T_TAIL - 5 * 512 - 1, E_CORRUPT, "block 4");
	file[80] ^= 1;
	refused(state, T_LEN, E_CORRUPT, "no sound copy");
	/* one cookie is enough to know what the file was */
	memset(file, 0, 512);
	refused(state, T_TAIL, E_CORRUPT, "no \"conectix\"");
	make_dynamic(file, disk);
	file[T_HEADER_AT] = 0;
	refused(state, T_TAIL, E_CORRUPT, "no \"cxsparse\"");
	/* a sound tail that asks for the unknown is not replaced by its copy */
	make_dynamic(file, disk);
	put_be(file + T_TAIL + 60, 5, 4);
	vhd_sum(file + T_TAIL, T_FOOTER, 64);
	refused(state, T_LEN, E_UNSUPPORTED, "type 5");
}

static void test_head_differs(void **state)
{
	make_dynamic(file, disk);
	file[90] ^= 1;
	struct image *img = open_made(state, T_LEN);
	assert_non_null(strstr(image_info(img)->no_writes, "differ"));
	check_disk(img, disk, T_DISK);
	image_close(img);
}

static void test_saved_state_and_geometry(void **state)
{
	make_dynamic(file, disk);
	file[T_TAIL + 84] = 1;
	memcpy(file + T_TAIL + 28, "vpc ", 4);
	put_be(file + T_TAIL + 56, 3u << 16 | 4 << 8 | 17, 4);
	footer_changed();
	struct image *img = open_made(state, T_LEN);
	assert_true(image_info(img)->saved_state);
	assert_int_equal(image_info(img)->size, T_DISK);
	assert_int_equal(image_info(img)->n_notes, 1);
	assert_non_null(strstr(image_info(img)->notes[0].plain, "104448"));
	assert_null(image_info(img)->no_writes);
	image_close(img);
	memcpy(file + T_TAIL + 28, "win ", 4);
	footer_changed();
	img = open_made(state, T_LEN);
	assert_int_equal(image_info(img)->n_notes, 0);
	image_close(img);
	memcpy(file + T_TAIL + 28,
	       "ab\x01"
	       "d",
	       4);
	footer_changed();
	img = open_made(state, T_LEN);
	assert_string_equal(image_info(img)->creator, "ab\\x01d 10.0");
	assert_int_equal(image_info(img)->n_notes, 1);
	image_close(img);
}

static void test_differencing_named(void **state)
{
	make_dynamic(file, disk);
	put_be(file + T_TAIL + 60, 4, 4);
	footer_changed();
	const char name[] = "C:\\base\x1b.vhd";
	for (size_t i = 0; i < sizeof(name); i++)
		put_be(file + T_HEADER_AT + 64 + 2 * i, (unsigned char)name[i], 2);
	header_changed();
	refused(state, T_LEN, E_PARENT, "wanted C:\\base\\x1b.vhd, unique id 00000000");
}

/* The file gets shorter while it is open: an error, not old or foreign bytes. */
static void test_truncated_while_open(void **state)
{
	make_dynamic(file, disk);
	struct path p = in_dir(state, "made.vhd");
	struct image *img = open_made(state, T_LEN);
	struct err err = {0};
	uint8_t buf[16];
	assert_int_equal(truncate(p.s, T_FIRST + T_STRIDE), 0);
	assert_int_equal(image_read(img, 0, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_int_equal(image_read(img, 2 * T_BLOCK, buf, sizeof(buf), NULL), 0);
	assert_memory_equal(buf, disk + 2 * T_BLOCK, sizeof(buf));
	err_clear(&err);
	assert_int_equal(image_read_file(img, T_TAIL, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	image_close(img);
}

/* Any truncation: refused or opened, never a crash. */
static void test_every_length(void **state)
{
	make_dynamic(file, disk);
	struct path p = in_dir(state, "cut.vhd");
	for (size_t len = 0; len < T_LEN; len += len < 2100 ? 7 : 509) {
		struct err err = {0};
		write_file(p.s, file, len);
		struct image *img = image_open(p.s, NULL, &err);
		if (!img)
			assert_true(err.code == E_CORRUPT || err.code == E_FORMAT);
		image_close(img);
	}
}

/* Use everything of an image that may be damaged anywhere. */
static void use_all(struct image *img)
{
	uint8_t buf[T_BLOCK];
	uint64_t size = image_info(img)->size;
	struct spot spot;
	for (uint64_t off = 0, n = 0; off < size && n < 64; off += sizeof(buf), n++) {
		size_t len = size - off < sizeof(buf) ? (size_t)(size - off) : sizeof(buf);
		image_read(img, off, buf, len, NULL);
		place_bytes(img, off, len, NULL, &spot, NULL);
	}
}

/* Random bytes with right checksums: whatever is said, no crash, no place outside the file. */
static void test_random_damage(void **state)
{
	struct path p = in_dir(state, "random.vhd");
	uint32_t seed = 7;
	unsigned opened = 0;
	for (unsigned round = 0; round < 1500; round++) {
		make_dynamic(file, disk);
		for (unsigned n = 0; n < 1 + round % 3; n++) {
			seed = seed * 1664525 + 1013904223;
			size_t at = (seed >> 8) % (n == 2 ? T_LEN : 1600);
			file[at] = (uint8_t)(seed >> 24);
			if (at < 512)
				file[T_TAIL + at] = file[at];
		}
		footer_changed();
		header_changed();
		write_file(p.s, file, T_LEN);
		struct err err = {0};
		struct image *img = image_open(p.s, NULL, &err);
		assert_true(img ? err.code == E_OK : err.code != E_OK);
		if (img)
			use_all(img);
		opened += img != NULL;
		image_close(img);
	}
	assert_true(opened > 100 && opened < 1400);
}

/* ---- a table too large to be checked whole ---- */

#define LARGE_BLOCKS 70000u /* 280,000 bytes of table */

static void make_large(const char *path, uint32_t entry_5, uint32_t entry_69999)
{
	size_t table = (LARGE_BLOCKS * 4 + 511) / 512 * 512, first = 1536 + table;
	size_t len = first + 3 * T_STRIDE + 512;
	uint8_t *f = calloc(1, len);
	assert_non_null(f);
	make_dynamic(file, disk);
	memcpy(f, file, 1536);
	put_be(f + 48, (uint64_t)LARGE_BLOCKS * T_BLOCK, 8);
	vhd_sum(f, 512, 64);
	put_be(f + 512 + 28, LARGE_BLOCKS, 4);
	vhd_sum(f + 512, 1024, 36);
	memset(f + 1536, 0xff, table);
	uint32_t sector = (uint32_t)(first / 512);
	put_be(f + 1536 + 4 * 5, sector + entry_5, 4);
	put_be(f + 1536 + 4 * 69999, sector + entry_69999, 4);
	memset(f + first, 0xff, 512);
	memset(f + first + 512, 0x42, T_BLOCK);
	memcpy(f + len - 512, f, 512);
	write_file(path, f, len);
	free(f);
}

static void test_large_table(void **state)
{
	struct path p = in_dir(state, "large.vhd");
	uint8_t buf[2 * T_BLOCK];
	make_large(p.s, 0, 9);
	struct image *img = must_open(p.s);
	assert_int_equal(image_info(img)->stored, UINT64_MAX);
	assert_true(image_stats(img).bytes < 16384);
	assert_int_equal(image_read(img, 4 * T_BLOCK, buf, sizeof(buf), NULL), 0);
	assert_int_equal(buf[T_BLOCK - 1], 0);
	assert_int_equal(buf[T_BLOCK], 0x42);
	assert_int_equal(place_stored(img, 5 * T_BLOCK, 512, NULL), 1536 + 280064 + 512);
	image_close(img);
	make_large(p.s, 9, 0); /* the other one ends where this one starts */
	img = must_open(p.s);
	place_stored(img, 5 * T_BLOCK, 512, NULL);
	image_close(img);
}

static void test_large_table_overlap(void **state)
{
	struct path p = in_dir(state, "large.vhd");
	uint8_t byte;
	struct spot spot;
	struct err err = {0};
	make_large(p.s, 0, 8);
	struct image *img = must_open(p.s);
	assert_int_equal(place_bytes(img, 5 * T_BLOCK, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "blocks 5 and 69999 overlap"));
	image_close(img);
	make_large(p.s, 0, 1000000);
	img = must_open(p.s);
	err_clear(&err);
	assert_int_equal(image_read(img, UINT64_C(69999) * T_BLOCK, &byte, 1, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	place_stored(img, 5 * T_BLOCK, 512, NULL);
	image_close(img);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_dynamic),
		CASE(test_dynamic_places),
		CASE(test_fixed),
		CASE(test_fixed_lies),
		CASE(test_footer_511),
		CASE(test_footer_rules),
		CASE(test_header_rules),
		CASE(test_table_rules),
		CASE(test_table_spare_entries),
		CASE(test_tail_damaged),
		CASE(test_head_differs),
		CASE(test_saved_state_and_geometry),
		CASE(test_differencing_named),
		CASE(test_truncated_while_open),
		CASE(test_every_length),
		CASE(test_random_damage),
		CASE(test_large_table),
		CASE(test_large_table_overlap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
