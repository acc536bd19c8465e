/* SPDX-License-Identifier: MIT */
/*
 * VHDX files made byte by byte, with each rule of the format broken once, cut off anywhere, and
 * with random bytes under right checksums.
 */
#include "vhdx_test.h"

/* ---- each rule broken once ---- */

struct rule {
	size_t at;
	unsigned n;
	uint64_t value;
	enum err_code code;
	const char *words;
};

static void check_rules(void **state, const struct rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		x_make();
		put_le(x_file + rules[i].at, rules[i].value, rules[i].n);
		x_sums();
		x_refused(state, X_LEN, rules[i].code, rules[i].words);
	}
}

#define CHECK_RULES(rules) check_rules(state, rules, sizeof(rules) / sizeof(rules[0]))

static void test_header_rules(void **state)
{
	static const struct rule rules[] = {
		{X_HEADER2 + 66, 2, 2, E_UNSUPPORTED, "0x20000: version 2"},
		{X_HEADER2 + 68, 4, 4096, E_CORRUPT, "a log of 4096 bytes"},
		{X_HEADER2 + 68, 4, 0xfff00000, E_CORRUPT, "a log of 4293918720"},
		{X_HEADER2 + 72, 8, 0, E_CORRUPT, "at 0x0"},
		{X_HEADER2 + 72, 8, X_LOG + 4096, E_CORRUPT, "at 0x101000"},
		{X_HEADER2 + 72, 8, X_LEN, E_CORRUPT, "no place for a log"},
		{X_HEADER2 + 72, 8, UINT64_MAX - 0xfffff, E_CORRUPT, "no place for a log"},
		{X_HEADER2 + 72, 8, X_TABLE, E_CORRUPT, "0x200000 and 0x200000 overlap"},
	};
	CHECK_RULES(rules);
	x_make();
	memset(x_file + X_HEADER1, 0, 4);
	memset(x_file + X_HEADER2, 0, 4);
	x_sums();
	x_refused(state, X_LEN, E_CORRUPT, "signature or checksum wrong in both");
}

static void test_region_rules(void **state)
{
	const size_t table = X_REGION1 + 16, meta = X_REGION1 + 48;
	const struct rule rules[] = {
		{X_REGION1, 4, 0, E_CORRUPT, "wrong in both"},
		{X_REGION1 + 8, 4, 1, E_CORRUPT, "no metadata region"},
		{X_REGION1 + 8, 4, 0, E_CORRUPT, "no block table region"},
		{X_REGION1 + 8, 4, 2048, E_CORRUPT, "2048 entries"},
		{table, 1, 0, E_UNSUPPORTED, "2dc27700-f623-4200-9d64-115e9bfd4a08 is required"},
		{table + 16, 8, X_META, E_CORRUPT, "overlap"},
		{table + 16, 8, X_LOG, E_CORRUPT, "overlap"},
		{table + 16, 8, 0, E_CORRUPT, "at 0x0"},
		{table + 16, 8, X_TABLE + 512, E_CORRUPT, "at 0x200200"},
		{table + 16, 8, X_LEN, E_CORRUPT, "at 0x700000"},
		{table + 24, 4, 0, E_CORRUPT, "no place for 0x0 bytes"},
		{table + 24, 4, 4096, E_CORRUPT, "no place for 0x1000 bytes"},
		{table + 24, 4, 2 * MIB, E_CORRUPT, "overlap"},
		{meta + 24, 4, 5 * MIB, E_CORRUPT, "no place for 0x500000 bytes"},
		{meta + 16, 8, UINT64_MAX - 0xfffff, E_CORRUPT, "no place"},
	};
	CHECK_RULES(rules);
	x_make();
	put_le(x_file + X_REGION1 + 8, 3, 4);
	memcpy(x_file + X_REGION1 + 80, x_file + X_REGION1 + 16, 32);
	put_le(x_file + X_REGION1 + 96, 4 * MIB, 8);
	x_sums();
	x_refused(state, X_LEN, E_CORRUPT, "named twice");
	/* an optional one of unknown kind is kept off, wherever it lies */
	x_file[X_REGION1 + 80] ^= 1;
	put_le(x_file + X_REGION1 + 108, 0, 4);
	x_sums();
	x_refused(state, X_LEN, E_CORRUPT, "overlaps the log or a region");
	put_le(x_file + X_REGION1 + 96, 64 * MIB, 8);
	x_sums();
	image_close(x_open(state, X_LEN));
}

static void test_metadata_rules(void **state)
{
	const size_t first = X_META + 32;
	const struct rule rules[] = {
		{X_META, 1, 0, E_CORRUPT, "0x300000: wrong signature"},
		{X_META + 10, 2, 2048, E_CORRUPT, "2048 entries"},
		{X_META + 10, 2, 4, E_CORRUPT, "no physical sector size"},
		{X_META + 10, 2, 0, E_CORRUPT, "no file parameters"},
		{first, 4, 0, E_UNSUPPORTED, "item 00000000-fa36"},
		{first + 16, 4, 0xffff, E_CORRUPT, "no place for file parameters"},
		{first + 16, 4, MIB - 7, E_CORRUPT, "no place for file parameters"},
		{first + 16, 4, UINT32_MAX, E_CORRUPT, "no place for file parameters"},
		{first + 20, 4, 0, E_CORRUPT, "0 bytes"},
		{first + 20, 4, 16, E_CORRUPT, "16 bytes"},
		{first + 24, 4, 5, E_UNSUPPORTED, "is required but of unknown kind"},
		{first + 24, 4, 1, E_CORRUPT, "no file parameters"},
		{X_ITEMS, 4, MIB / 2, E_CORRUPT, "block size 524288"},
		{X_ITEMS, 4, 3 * MIB, E_CORRUPT, "block size 3145728"},
		{X_ITEMS, 4, 512 * MIB, E_CORRUPT, "block size 536870912"},
		{X_ITEMS + 32, 8, 0, E_CORRUPT, "a disk of 0 bytes"},
		{X_ITEMS + 32, 8, X_DISK + 1, E_CORRUPT, "not whole sectors of 512"},
		{X_ITEMS + 32, 8, ((uint64_t)64 << 40) + 512, E_CORRUPT,
		 "a disk of 70368744178176"},
		{X_ITEMS + 32, 8, (uint64_t)64 << 40, E_CORRUPT, "entries do not fit"},
		{X_ITEMS + 96, 4, 1024, E_CORRUPT, "logical sectors of 1024"},
		{X_ITEMS + 128, 4, 0, E_CORRUPT, "physical sectors of 0"},
		{X_ITEMS + 4, 4, 2, E_CORRUPT, "no parent locator"},
	};
	CHECK_RULES(rules);
	x_make();
	x_item(5, "caa16737-fa36-4d43-b3b6-33f0aa44e76b", 8, 4);
	x_refused(state, X_LEN, E_CORRUPT, "file parameters is named twice");
	x_item(5, "caa16737-fa36-4d43-b3b6-33f0aa44e76b", 8, 1);
	image_close(x_open(state, X_LEN));
}

static void test_table_rules(void **state)
{
	const struct rule rules[] = {
		{X_TABLE, 8, 4, E_CORRUPT, "0x200000: entry 0x4 has a reserved state"},
		{X_TABLE + 8, 8, 5, E_CORRUPT, "0x200008: entry 0x5 has a reserved state"},
		{X_TABLE + 8, 8, 7, E_CORRUPT, "partly present"},
		{X_TABLE + 8, 8, 6, E_CORRUPT, "place for blocks"},
		{X_TABLE + 8, 8, 7 * MIB | 6, E_CORRUPT, "place for blocks"},
		{X_TABLE + 8, 8, UINT64_MAX << 20 | 6, E_CORRUPT, "place for blocks"},
		{X_TABLE + 8, 8, MIB | 6, E_CORRUPT, "overlaps the log"},
		{X_TABLE + 8, 8, X_TABLE | 6, E_CORRUPT, "overlaps the log or a region"},
		{X_TABLE + 8, 8, X_META | 6, E_CORRUPT, "overlaps the log or a region"},
		{X_TABLE + 8, 8, 4 * MIB | 6, E_CORRUPT, "overlaps another block"},
		{X_TABLE + 8, 8, 6 * MIB | 6, E_CORRUPT, "overlaps another block"},
		{X_TABLE, 8, 5 * MIB | 6 | 8, E_CORRUPT, "reserved bits"},
		{X_TABLE, 8, 5 * MIB | 6 | 0x80000, E_CORRUPT, "reserved bits"},
	};
	CHECK_RULES(rules);
	/* entries behind the disk's last block mean nothing */
	x_make();
	memset(x_file + X_TABLE + 8 * X_BLOCKS, 0xff, 64);
	image_close(x_open(state, X_LEN));
}

/* ---- any damage ---- */

static void test_truncated_while_open(void **state)
{
	x_make();
	struct path p = in_dir(state, "made.vhdx");
	struct image *img = x_open(state, X_LEN);
	struct err err = {0};
	uint8_t buf[16];
	assert_int_equal(truncate(p.s, 5 * MIB), 0);
	assert_int_equal(image_read(img, 0, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_int_equal(image_read(img, 2 * MIB, buf, sizeof(buf), NULL), 0);
	image_close(img);
}

static void test_every_length(void **state)
{
	x_make();
	put_le(x_file + X_HEADER2 + 68, 0, 4); /* no log, which would lie outside first */
	x_sums();
	x_refused(state, X_REGION1 + 65535, E_CORRUPT, "region table: the file ends at 0x3ffff");
	x_refused(state, X_HEADER2 + 4095, E_CORRUPT, "VHDX header: the file ends");
	x_refused(state, 500, E_CORRUPT, "VHDX file identifier: the file ends");
	struct path p = in_dir(state, "cut.vhdx");
	x_write(p.s, X_LEN);
	for (size_t len = X_LEN; len-- > 8; len -= len > 100000 ? len / 37 : len / 5) {
		struct err err = {0};
		assert_int_equal(truncate(p.s, (off_t)len), 0);
		struct image *img = image_open(p.s, NULL, &err);
		if (!img && err.code != E_CORRUPT)
			fail_msg("%zu bytes: %s", len, err.text);
		image_close(img);
	}
}

static void use_all(struct image *img)
{
	static uint8_t buf[70000];
	uint64_t size = image_info(img)->size;
	struct spot spot;
	for (uint64_t off = 0, n = 0; off < size && n < 24; off += MIB / 3, n++) {
		size_t len = size - off < sizeof(buf) ? (size_t)(size - off) : sizeof(buf);
		uint64_t at = off - off % image_info(img)->sector_size;
		image_read(img, off, buf, len, NULL);
		place_bytes(img, at, len, NULL, &spot, NULL);
	}
}

/* Random bytes with right checksums: whatever is said, no crash, no place outside the file. */
static void test_random_damage(void **state)
{
	static const struct {
		size_t at, len;
	} parts[] = {
		{X_HEADER2, 80}, {X_REGION1 + 8, 72}, {X_META, 224}, {X_ITEMS, 144}, {X_TABLE, 56},
	};
	struct path p = in_dir(state, "random.vhdx");
	uint32_t seed = 11;
	unsigned opened = 0;
	for (unsigned round = 0; round < 600; round++) {
		x_make();
		for (unsigned n = 0; n < 1 + round % 3; n++) {
			seed = seed * 1664525 + 1013904223;
			size_t part = (seed >> 9) % (sizeof(parts) / sizeof(parts[0]));
			size_t at = parts[part].at + (seed >> 13) % parts[part].len;
			x_file[at] = (uint8_t)(seed >> 24 & (round % 2 ? 0xff : 0x07));
		}
		x_sums();
		x_write(p.s, X_LEN);
		struct err err = {0};
		struct image *img = image_open(p.s, NULL, &err);
		assert_true(img ? err.code == E_OK : err.code != E_OK);
		if (img)
			use_all(img);
		opened += img != NULL;
		image_close(img);
	}
	assert_true(opened > 50 && opened < 550);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_header_rules),         CASE(test_region_rules),
		CASE(test_metadata_rules),       CASE(test_table_rules),
		CASE(test_truncated_while_open), CASE(test_every_length),
		CASE(test_random_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
