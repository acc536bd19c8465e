/* SPDX-License-Identifier: MIT */
/*
 * Writing into sectors that a VHDX does or does not hold: every state of a block with and without
 * a parent, bitmaps that are missing or hold old bits, tables and bitmaps that the log holds,
 * several chunks, random sequences.
 */
#include "place_test.h"
#include "vhdx_log_test.h"

#define GIB      ((uint64_t)1 << 30)
#define Q_DISK   (32 * MIB)
#define BITMAP   (4 * MIB)
#define BITMAP_E (X_TABLE + 8 * 4096) /* its entry: behind the 4096 blocks of the chunk */
#define LOCATOR  (X_META + 0x20000)
#define PARENT   "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}"

/* ---- other readers ---- */

static void by_qemu(void **state, const char *path)
{
	struct path raw = in_dir(state, "qemu.raw");
	if (run("command -v qemu-img >/dev/null") != 0)
		return;
	assert_int_equal(run("qemu-img check -q -f vhdx '%s'", path), 0);
	assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", path, raw.s), 0);
	struct bytes theirs = read_whole(raw.s);
	assert_memory_equal(theirs.p, want, theirs.len);
	free(theirs.p);
}

/* 7zz looks for a parent in its own directory. */
static void by_7zz(void **state, const char *path, size_t len)
{
	struct path raw = in_dir(state, "7zz.raw");
	if (run("command -v 7zz >/dev/null") != 0)
		return;
	assert_int_equal(run("cd '%s' && 7zz x -tVHDX -so '%s' > 7zz.raw 2>/dev/null",
			     (const char *)*state, path),
			 0);
	struct bytes theirs = read_whole(raw.s);
	assert_int_equal(theirs.len, len);
	assert_memory_equal(theirs.p, want, len);
	free(theirs.p);
}

static void by_libvhdi(const char *path, size_t len)
{
	struct err err = {0};
	struct image *ref = image_open_reference(path, NULL, &err);
	if (!ref)
		fail_msg("%s", err.text);
	check_piece(ref, want, 0, len);
	image_close(ref);
}

static void check_all(void **state, const char *path, size_t len)
{
	struct image *img = must_open(path);
	assert_null(image_info(img)->no_writes);
	assert_false(image_info(img)->reference_unsafe);
	check_disk(img, want, len);
	if (image_info(img)->n_parents == 0 && image_info(img)->sector_size == 512)
		by_qemu(state, path); /* all that it opens */
	image_close(img);
	by_7zz(state, path, len);
	by_libvhdi(path, len);
}

static uint64_t entry_in(const char *path, uint64_t off)
{
	uint8_t raw[8];
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, raw, 8, (off_t)off), 8);
	close(fd);
	return get_le(raw, 8);
}

/* ---- without a parent ---- */

/* Every state of a block; the last block's place is whole although the file ends inside it. */
static void test_states(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_make();
	memcpy(want, x_disk, X_DISK);
	put_le(x_file + X_TABLE + 8, 1, 8);
	x_write(p.s, X_LEN - MIB / 2);
	struct job j = start(p.s);
	add(&j, 512 * 5, 1);
	add(&j, MIB, 2);
	add(&j, 2 * MIB - 512, 3);
	add(&j, 2 * MIB, 4);
	add(&j, 3 * MIB + 512, 5);
	add(&j, 4 * MIB + 1024, 6);
	add(&j, X_DISK - 512, 7);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, 10 * MIB);
	assert_int_equal(entry_in(p.s, X_TABLE), 5 * MIB | 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 8), 7 * MIB | 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 24), 8 * MIB | 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 32), 9 * MIB | 6);
	assert_int_equal(j.file_off[2], 8 * MIB - 512);
	check_all(state, p.s, X_DISK);
	finish(&j);
}

/* The last block is allocated whole; with sectors of 4096 bytes. */
static void test_last_block(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_make();
	put_le(x_value(3), 4096, 4);
	x_entry(5, 0, 0);
	memset(x_disk + 5 * MIB, 0, MIB / 2);
	memcpy(want, x_disk, X_DISK);
	x_write(p.s, X_LEN - MIB);
	struct job j = start(p.s);
	add(&j, 4096, 1);
	add(&j, X_DISK - 4096, 7);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, 7 * MIB);
	check_all(state, p.s, X_DISK);
	finish(&j);
}

/* What lies behind the file's end: half a MiB of nothing, or the rest of the last block. */
static void test_end(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_make();
	memcpy(want, x_disk, X_DISK);
	x_write(p.s, X_LEN + MIB / 2);
	struct job j = start(p.s);
	add(&j, MIB, 1);
	carry_out(state, p.s, &j);
	assert_int_equal(entry_in(p.s, X_TABLE + 8), 8 * MIB | 6);
	check_all(state, p.s, X_DISK);
	finish(&j);
	x_make_metadata(4 * MIB + MIB / 2, 2 * MIB, 512);
	memset(x_file + X_TABLE, 0, 64);
	x_entry(2, 4, 6);
	memset(want, 0, X_DISK);
	memcpy(want + 4 * MIB, x_file + 4 * MIB, MIB / 2);
	x_write(p.s, 4 * MIB + MIB / 2);
	j = start(p.s);
	add(&j, MIB, 1);
	carry_out(state, p.s, &j);
	assert_int_equal(entry_in(p.s, X_TABLE), 6 * MIB | 6);
	check_all(state, p.s, 4 * MIB + MIB / 2);
	finish(&j);
}

/* Nothing new: only the headers change beside the content. */
static void test_present(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_make();
	memcpy(want, x_disk, X_DISK);
	x_write(p.s, X_LEN);
	struct job j = start(p.s);
	assert_int_equal(place(&j, NULL), 0);
	assert_int_equal(j.all.n, 0);
	add(&j, 512, 1);
	add(&j, 2 * MIB, 1);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, X_LEN);
	assert_int_equal(j.all.n, 4);
	check_all(state, p.s, X_DISK);
	finish(&j);
}

/* Sectors in heaps, by rising offset, each once. */
static void add_random(struct job *j, size_t len, uint32_t *seed)
{
	uint64_t off = 0;
	while (j->n < J_MAX - 1) {
		*seed = *seed * 1664525 + 1013904223;
		bool near = *seed >> 29 != 0;
		off += j->sector * (1 + (*seed >> 8) % (near ? 40 : 9000));
		if (off + j->sector > len)
			break;
		add(j, off, (uint8_t)(*seed >> 16));
	}
}

static void test_random(void **state)
{
	NEED("qemu-img");
	struct path p = in_dir(state, "q.vhdx");
	uint32_t seed = 11;
	for (unsigned block = 1; block <= 4; block *= 4) {
		assert_int_equal(run("qemu-img create -q -f vhdx -o block_size=%uM '%s' %zu", block,
				     p.s, Q_DISK),
				 0);
		memset(want, 0, Q_DISK);
		for (unsigned round = 0; round < 4; round++) {
			struct job j = start(p.s);
			add_random(&j, Q_DISK, &seed);
			carry_out(state, p.s, &j);
			finish(&j);
			check_all(state, p.s, Q_DISK);
		}
	}
}

/* Behind the first chunk the entries are shifted by one. */
static void test_second_chunk(void **state)
{
	NEED("qemu-io");
	struct path p = in_dir(state, "q.vhdx");
	assert_int_equal(run("qemu-img create -q -f vhdx -o block_size=1M '%s' 6G", p.s), 0);
	struct job j = start(p.s);
	uint64_t off = 4 * GIB + 7 * MIB + 512;
	struct write *w = add_far(&j, off, 1);
	uint8_t *same = arena_alloc(j.arena, 512, NULL), got[512];
	memset(same, 0x5a, 512);
	w->new_bytes = same;
	carry_out(state, p.s, &j);
	assert_int_equal(run("qemu-img check -q -f vhdx '%s'", p.s), 0);
	assert_int_equal(run("qemu-io -f vhdx -c 'read -P 0x5a %" PRIu64 " 512' "
			     "-c 'read -P 0 %" PRIu64 " 512' '%s' | grep -c 'read 512/512' | "
			     "grep -qx 2",
			     off, off - 512, p.s),
			 0);
	assert_int_equal(run("qemu-io -f vhdx -c 'read -P 0x5a %" PRIu64 " 512' '%s' | "
			     "grep -q 'verification failed'",
			     off, p.s),
			 1);
	finish(&j);
	struct image *img = must_open(p.s);
	assert_int_equal(image_read(img, off, got, 512, NULL), 0);
	assert_int_equal(got[511], 0x5a);
	image_close(img);
}

/* ---- children ---- */

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
	put_le(x_file + LOCATOR + 18, n + 1, 2);
}

/* x_file becomes an empty child of made.vhdx, which is written as it stands there. */
static void make_child(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_write(p.s, X_LEN);
	memcpy(want, x_disk, X_DISK);
	memset(x_file + X_TABLE, 0, MIB);
	memset(x_file + 4 * MIB, 0, 4 * MIB);
	put_le(x_value(0) + 4, 2, 4);
	x_item(5, "a8d35f2d-b30b-454d-abf7-d3d84834ab0c", 0x2000, 4);
	put_le(x_file + X_META + 32 + 32 * 5 + 16, 0x20000, 4);
	x_guid(x_file + LOCATOR, "b04aefb7-d19e-4a81-b789-25b8e9445913");
	put_pair(0, "parent_linkage", PARENT);
	put_pair(1, "relative_path", ".\\made.vhdx");
	x_guid(x_file + X_HEADER1 + 32, "99999999-bbbb-cccc-dddd-eeeeeeeeeeee");
	x_guid(x_file + X_HEADER2 + 32, "99999999-bbbb-cccc-dddd-eeeeeeeeeeee");
	x_sums();
}

/* A block in the child's file with content of its own; partly: every third sector. */
static void own_block(unsigned block, unsigned mib, bool partly)
{
	size_t len = block == X_BLOCKS - 1 ? MIB / 2 : MIB;
	x_entry(block, mib, partly ? 7 : 6);
	for (size_t i = 0; i < len; i++)
		x_file[mib * MIB + i] = (uint8_t)(i * 11 + i / 4093 + 77);
	for (unsigned s = 0; s < len / 512; s++) {
		size_t at = block * MIB + s * 512;
		bool set = !partly || s % 3 == 1;
		if (set)
			memcpy(want + at, x_file + mib * MIB + s * 512, 512);
		if (set && partly)
			x_file[BITMAP + at / 4096] |= (uint8_t)(1u << (s % 8));
	}
}

/* Carry out, compare with all readers, and the parent with what it was. */
static void try_child(void **state, const char *path, struct job *j)
{
	struct path parent = in_dir(state, "made.vhdx"), kept = in_dir(state, "parent.kept");
	assert_int_equal(run("cp '%s' '%s'", parent.s, kept.s), 0);
	carry_out(state, path, j);
	check_all(state, path, X_DISK);
	assert_int_equal(run("cmp '%s' '%s'", parent.s, kept.s), 0);
}

/* All states: bits set and clear, the parent's blocks with old bits, blocks declared zero. */
static void test_child(void **state)
{
	struct path p = in_dir(state, "child.vhdx");
	x_make();
	make_child(state);
	own_block(0, 5, true);
	own_block(4, 6, false);
	x_entry(1, 0, 1);
	x_entry(3, 0, 3);
	memset(want + MIB, 0, MIB);
	memset(want + 3 * MIB, 0, MIB);
	put_le(x_file + BITMAP_E, BITMAP | 6, 8);
	memset(x_file + BITMAP + 256, 0xff, 5 * 256); /* not of block 0 */
	x_write(p.s, 7 * MIB);
	struct job j = start(p.s);
	static const unsigned sectors[] = {0,    1,    2,    3,    900,  901,  2048,  3000, 4096,
					   4097, 5007, 6143, 6150, 8200, 8201, 10241, 11263};
	for (unsigned i = 0; i < sizeof(sectors) / sizeof(sectors[0]); i++)
		add(&j, sectors[i] * 512, (uint8_t)i);
	try_child(state, p.s, &j);
	assert_int_equal(j.length, 11 * MIB);
	assert_int_equal(j.placed.new_blocks, 4);
	assert_int_equal(j.placed.copied, 13); /* not 1, 901, 8200, 8201 */
	assert_int_equal(entry_in(p.s, X_TABLE), 5 * MIB | 7);
	assert_int_equal(entry_in(p.s, X_TABLE + 8), 7 * MIB | 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 16), 8 * MIB | 7);
	assert_int_equal(entry_in(p.s, X_TABLE + 24), 9 * MIB | 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 40), 10 * MIB | 7);
	finish(&j);
}

/* Neither block nor bitmap; then both are there. */
static void test_child_empty(void **state)
{
	struct path p = in_dir(state, "child.vhdx");
	for (unsigned sector = 512; sector <= 4096; sector *= 8) {
		x_make();
		put_le(x_value(3), sector, 4);
		make_child(state);
		x_write(p.s, 4 * MIB);
		uint32_t seed = 3;
		for (unsigned round = 0; round < 4; round++) {
			struct job j = start(p.s);
			if (round > 0)
				add_random(&j, X_DISK, &seed);
			else
				add(&j, 2 * MIB + sector, 9);
			try_child(state, p.s, &j);
			assert_true(round > 0 || j.length == 6 * MIB);
			finish(&j);
		}
	}
}

/* Each chunk has a bitmap of its own: 16 blocks of 256 MiB. */
static void test_child_chunks(void **state)
{
	static const uint64_t offs[] = {512,     255 * MIB,     3 * GIB,
					6 * GIB, 6 * GIB + 512, 8 * GIB + 4096};
	struct path p = in_dir(state, "child.vhdx");
	x_make();
	put_le(x_value(1), 9 * GIB, 8);
	make_child(state);
	put_le(x_value(0), 256 * MIB, 4);
	x_write(p.s, 4 * MIB);
	struct job j = start(p.s);
	for (unsigned i = 0; i < 6; i++)
		add_far(&j, offs[i], (uint8_t)(i + 1));
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, 4 * MIB + 4 * 256 * MIB + 3 * MIB);
	assert_int_equal(entry_in(p.s, X_TABLE) & 7, 7);
	assert_int_equal(entry_in(p.s, X_TABLE + 8 * 16) & 7, 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 8 * (24 + 1)) & 7, 7);
	assert_int_equal(entry_in(p.s, X_TABLE + 8 * (32 + 2)) & 7, 7);
	assert_int_equal(entry_in(p.s, X_TABLE + 8 * 50) & 7, 6);
	struct image *img = must_open(p.s), *ref = image_open_reference(p.s, NULL, NULL);
	assert_non_null(ref);
	for (unsigned i = 0; i < 6; i++) {
		check_piece(img, j.sectors[i].new_bytes - offs[i], offs[i], 512);
		check_piece(ref, j.sectors[i].new_bytes - offs[i], offs[i], 512);
	}
	check_piece(img, x_disk, 1024, 100000);
	check_piece(ref, x_disk, 1024, 100000);
	image_close(ref);
	image_close(img);
	finish(&j);
}

/* ---- a log, refusals ---- */

/* The page of the block table comes from the log: its write gets the new entry too. */
static void test_log(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	make();
	memcpy(want, x_disk, X_DISK);
	one_page(0, 0, 1, X_TABLE, good_table);
	x_write(p.s, X_LEN);
	struct job j = start(p.s);
	add(&j, 512, 1);
	add(&j, MIB + 512, 2);
	add(&j, 2 * MIB + 512, 3);
	carry_out(state, p.s, &j);
	assert_int_equal(j.all.n, 3 + 3);
	assert_int_equal(entry_in(p.s, X_TABLE + 8), 7 * MIB | 6);
	assert_int_equal(entry_in(p.s, X_TABLE + 16), 4 * MIB | 6);
	check_all(state, p.s, X_DISK);
	finish(&j);
}

/* The same with a page of a child's sector bitmap. */
static void test_log_bitmap(void **state)
{
	struct path p = in_dir(state, "child.vhdx");
	make();
	memcpy(x_file + X_TABLE, good_table, SECTOR);
	memset(x_file + X_HEADER1 + 48, 0, 16);
	memset(x_file + X_HEADER2 + 48, 0, 16);
	x_sums();
	make_child(state);
	own_block(0, 5, true);
	put_le(x_file + BITMAP_E, BITMAP | 6, 8);
	uint8_t page[SECTOR];
	memcpy(page, x_file + BITMAP, SECTOR);
	memset(x_file + BITMAP, 0, SECTOR);
	x_guid(x_file + X_HEADER1 + 48, LOG_ID);
	x_guid(x_file + X_HEADER2 + 48, LOG_ID);
	x_sums();
	one_page(0, 0, 1, BITMAP, page);
	x_write(p.s, 7 * MIB);
	struct job j = start(p.s);
	for (unsigned s = 0; s < 90; s += 2)
		add(&j, s * 512, (uint8_t)s);
	try_child(state, p.s, &j);
	finish(&j);
}

static void refuse(void **state, uint64_t off, size_t sector, enum err_code code, const char *words)
{
	struct path p = in_dir(state, "bad.vhdx");
	struct err err = {0};
	x_write(p.s, X_LEN);
	struct job j = start(p.s);
	j.sector = sector;
	add_far(&j, off, 1);
	assert_int_equal(place(&j, &err), -1);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
	finish(&j);
}

static void test_refused(void **state)
{
	x_make();
	refuse(state, MIB, 1024, E_USAGE, "whole sectors");
	refuse(state, MIB + 1, 512, E_USAGE, "whole sectors");
	x_file[X_REGION1 + 100] ^= 1; /* the second copy is used */
	refuse(state, 512, 512, E_MAP, "region table");
	x_make();
	x_guid(x_file + X_REGION1 + 80, "12121212-f623-4200-9d64-115e9bfd4a08");
	put_le(x_file + X_REGION1 + 96, 7 * MIB, 8);
	put_le(x_file + X_REGION1 + 104, MIB, 4);
	put_le(x_file + X_REGION1 + 8, 3, 4);
	x_sums();
	refuse(state, MIB, 512, E_MAP, "behind the end of the file");
	x_make();
	x_make_metadata(9 * GIB, MIB, 512); /* a table that is not checked when it is opened */
	x_entry(2, 5, 6);
	refuse(state, 512, 512, E_CORRUPT, "overlaps another block");
	make();
	one_page(0, 0, 1, 5 * MIB + 4096, noise);
	refuse(state, 4096 + 512, 512, E_MAP,
	       "disk byte 0x1200: its content is held in the VHDX log");
	x_make();
	make_child(state);
	own_block(0, 5, true);
	refuse(state, 512, 512, E_CORRUPT, "has no sector bitmap");
}

/* The order of sectors is part of the contract. */
static void test_order(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	struct err err = {0};
	x_make();
	x_write(p.s, X_LEN);
	struct job j = start(p.s);
	add_far(&j, 512, 1);
	add_far(&j, 512, 2);
	assert_int_equal(place(&j, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	finish(&j);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_states), CASE(test_last_block),  CASE(test_present),
		CASE(test_end),    CASE(test_random),      CASE(test_second_chunk),
		CASE(test_child),  CASE(test_child_empty), CASE(test_child_chunks),
		CASE(test_log),    CASE(test_log_bitmap),  CASE(test_refused),
		CASE(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
