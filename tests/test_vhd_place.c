/* SPDX-License-Identifier: MIT */
/*
 * Writing into sectors that a VHD does or does not hold, with and without a parent: the disk is read
 * again by stop7b, qemu-img and 7zz after each change.
 */
#include "chain_test.h"
#include "place_test.h"

static const struct write *write_of(const struct job *j, const char *what)
{
	for (size_t i = 0; i < j->all.n; i++)
		if (strncmp(j->all.items[i].what.plain, what, strlen(what)) == 0)
			return &j->all.items[i];
	return NULL;
}

typedef int other_reader(const char *vhd, const char *raw);

static int by_qemu(const char *vhd, const char *raw)
{
	return run("qemu-img convert -f vpc -O raw '%s' '%s'", vhd, raw);
}

static int by_7zz(const char *vhd, const char *raw)
{
	return run("7zz e -so -tVHD '%s' > '%s' 2>/dev/null", vhd, raw);
}

/* The model against stop7b and another program, which writes the disk into a file. */
static void check_all(const char *path, other_reader *reader)
{
	struct image *img = must_open(path);
	char back[PATH_LEN + 8];
	assert_null(image_info(img)->no_writes);
	check_disk(img, want, T_DISK);
	image_close(img);
	snprintf(back, sizeof(back), "%s.back", path);
	assert_int_equal(reader(path, back), 0);
	struct bytes theirs = read_whole(back);
	assert_int_equal(theirs.len, T_DISK);
	assert_memory_equal(theirs.p, want, T_DISK);
	free(theirs.p);
}

static uint64_t block_at(const char *path, unsigned block)
{
	struct bytes f = read_whole(path);
	uint64_t at = get_be(f.p + T_TABLE_AT + 4 * block, 4) * 512;
	free(f.p);
	return at;
}

/* ---- without a parent ---- */

/* Block 1 is not stored: it begins where the footer was, and the footer moves behind it. */
static void test_dynamic_block(void **state)
{
	NEED("qemu-img");
	struct path p = in_dir(state, "dyn.vhd");
	make_dynamic_base(p.s, 0x10, want);
	struct job j = start(p.s);
	struct bytes before = read_whole(p.s);
	add(&j, 512 * (8 + 3), 1);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, T_LEN + T_STRIDE);
	assert_int_equal(j.placed.new_blocks, 1);
	assert_int_equal(j.placed.copied, 1);
	assert_int_equal(j.file_off[0], T_TAIL + 512 + 3 * 512);
	assert_int_equal(block_at(p.s, 1), T_TAIL);
	struct bytes f = read_whole(p.s);
	assert_int_equal(f.len, T_LEN + T_STRIDE);
	for (unsigned i = 0; i < 512; i++)
		assert_int_equal(f.p[T_TAIL + i], 0xff);
	assert_memory_equal(f.p + T_TAIL + T_STRIDE, before.p + T_TAIL, T_FOOTER);
	assert_memory_equal(f.p, before.p, T_TABLE_AT);
	free(f.p);
	const struct write *w = write_of(&j, "sector bitmap of VHD block 1");
	assert_non_null(w);
	assert_memory_equal(w->old_bytes, before.p + T_TAIL, T_FOOTER);
	w = write_of(&j, "block table of the VHD");
	assert_non_null(w);
	assert_int_equal(w->off, T_TABLE_AT + 4);
	w = write_of(&j, "VHD footer, moved to the new end");
	assert_non_null(w);
	assert_int_equal(w->off, T_TAIL + T_STRIDE);
	check_all(p.s, by_qemu);
	free(before.p);
	finish(&j);
}

/* Present sectors, two new blocks with several sectors each, and the new blocks in order. */
static void test_dynamic_blocks(void **state)
{
	NEED("qemu-img");
	struct path p = in_dir(state, "dyn.vhd");
	static const unsigned sectors[] = {0, 7, 8, 9, 15, 17, 24, 31, 34};
	make_dynamic_base(p.s, 0x10, want);
	struct job j = start(p.s);
	for (size_t i = 0; i < sizeof(sectors) / sizeof(sectors[0]); i++)
		add(&j, 512 * sectors[i], (uint8_t)(i + 1));
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, T_LEN + 2 * T_STRIDE);
	assert_int_equal(j.placed.new_blocks, 2);
	assert_int_equal(j.placed.copied, 5); /* 8, 9, 15, 24, 31 */
	assert_int_equal(block_at(p.s, 1), T_TAIL);
	assert_int_equal(block_at(p.s, 3), T_TAIL + T_STRIDE);
	check_all(p.s, by_qemu);
	finish(&j);
}

/* The last block is allocated whole although the disk ends inside it. */
static void test_dynamic_last(void **state)
{
	NEED("qemu-img");
	struct path p = in_dir(state, "dyn.vhd");
	make_dynamic(file, disk);
	memset(file + T_TABLE_AT + 4 * 4, 0xff, 4);
	memset(disk + 4 * T_BLOCK, 0, 3 * 512);
	memcpy(want, disk, T_DISK);
	write_file(p.s, file, T_LEN);
	struct job j = start(p.s);
	add(&j, 512 * 33, 5);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, T_LEN + T_STRIDE);
	check_all(p.s, by_qemu);
	finish(&j);
}

/* A present block: a clear bit over zeros is set, one over other bytes is refused. */
static void test_dynamic_bits(void **state)
{
	struct path p = in_dir(state, "dyn.vhd");
	struct err err = {0};
	make_dynamic(file, disk);
	file[t_block_at(0)] = 0x3f;
	memset(file + t_block_at(0) + 512, 0, 512);
	write_file(p.s, file, T_LEN);
	memcpy(want, disk, T_DISK);
	memset(want, 0, 512);
	struct job j = start(p.s);
	add(&j, 512 * 0, 1);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, T_LEN);
	assert_int_equal(write_of(&j, "sector bitmap of VHD block 0")->new_bytes[0], 0xbf);
	finish(&j);
	j = start(p.s);
	add(&j, 512 * 1, 1);
	assert_int_equal(place(&j, &err), -1);
	assert_int_equal(err.code, E_MAP);
	assert_non_null(strstr(err.text, "programs disagree"));
	finish(&j);
}

/* A bitmap of two sectors: both are made, the second one behind the old end. */
#define W_BLOCK  (4u << 20)
#define W_BITMAP 1024u

static void test_dynamic_wide(void **state)
{
	struct path p = in_dir(state, "wide.vhd");
	make_dynamic(file, disk);
	put_be(file + 48, W_BLOCK, 8);
	vhd_sum(file, 512, 64);
	put_be(file + T_HEADER_AT + 28, 1, 4);
	put_be(file + T_HEADER_AT + 32, W_BLOCK, 4);
	header_changed();
	memset(file + T_TABLE_AT, 0xff, 512);
	memcpy(file + T_FIRST, file, T_FOOTER);
	write_file(p.s, file, T_FIRST + T_FOOTER);
	struct job j = start(p.s);
	add(&j, 512 * 20, 1);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, T_FIRST + W_BITMAP + W_BLOCK + T_FOOTER);
	assert_int_equal(j.file_off[0], T_FIRST + W_BITMAP + 20 * 512);
	struct bytes f = read_whole(p.s);
	for (unsigned i = 0; i < W_BITMAP; i++)
		assert_int_equal(f.p[T_FIRST + i], 0xff);
	free(f.p);
	struct image *img = must_open(p.s);
	check_piece(img, want, 20 * 512, 512);
	assert_int_equal(image_info(img)->stored, W_BLOCK);
	image_close(img);
	finish(&j);
}

static void test_fixed(void **state)
{
	struct path p = in_dir(state, "fixed.vhd");
	make_fixed_base(p.s, 1, T_DISK, want);
	struct job j = start(p.s);
	add(&j, 512 * 3, 1);
	add(&j, 512 * 34, 2);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, T_DISK + T_FOOTER);
	assert_int_equal(j.all.n, 2);
	struct image *img = must_open(p.s);
	check_disk(img, want, T_DISK);
	image_close(img);
	finish(&j);
}

/* ---- with a parent ---- */

static struct path with_parent(void **state, uint64_t own, uint64_t stored)
{
	struct path parent = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	struct child c = {.id = 2,
			  .parent_id = 1,
			  .own = own,
			  .stored = stored,
			  .relative = ".\\base.vhd",
			  .name = "base.vhd",
			  .seed = 9};
	make_fixed_base(parent.s, 1, T_DISK, want);
	make_child(p.s, &c, want);
	return p;
}

/* A stored block takes a sector of the parent's: content and bit, the file does not grow. */
static void test_child_bit(void **state)
{
	NEED("7zz");
	struct path p = with_parent(state, 0x10, 0);
	struct job j = start(p.s);
	add(&j, 512 * 2, 1);
	add(&j, 512 * 4, 2);
	add(&j, 512 * 5, 3);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, j.old_length);
	assert_int_equal(j.placed.new_blocks, 0);
	assert_int_equal(j.placed.copied, 2); /* 4 is the child's own already */
	const struct write *w = write_of(&j, "sector bitmap of VHD block 0");
	assert_non_null(w);
	assert_int_equal(w->old_bytes[0], 0x08);
	assert_int_equal(w->new_bytes[0], 0x2c);
	check_all(p.s, by_7zz);
	finish(&j);
}

/* Nothing is stored: the new blocks own the written sectors alone. */
static void test_child_block(void **state)
{
	NEED("7zz");
	struct path p = with_parent(state, 0, 0), base = in_dir(state, "base.vhd");
	struct bytes parent = read_whole(base.s);
	struct job j = start(p.s);
	add(&j, 512 * 9, 1);
	add(&j, 512 * 15, 2);
	add(&j, 512 * 32, 3);
	carry_out(state, p.s, &j);
	assert_int_equal(j.length, j.old_length + 2 * T_STRIDE);
	struct bytes f = read_whole(p.s);
	assert_int_equal(f.p[block_at(p.s, 1)], 0x41);
	assert_int_equal(f.p[block_at(p.s, 4)], 0x80);
	for (unsigned i = 1; i < 512; i++)
		assert_int_equal(f.p[block_at(p.s, 1) + i] | f.p[block_at(p.s, 4) + i], 0);
	free(f.p);
	check_all(p.s, by_7zz);
	f = read_whole(base.s);
	assert_int_equal(f.len, parent.len);
	assert_memory_equal(f.p, parent.p, f.len);
	free(f.p);
	free(parent.p);
	finish(&j);
}

/* A bitmap of two sectors: the second one is zeros, which the grown file has already. */
static void test_child_wide(void **state)
{
	NEED("7zz");
	static uint8_t f[C_LEN_MAX];
	struct path parent = in_dir(state, "base.vhd"), p = in_dir(state, "wide.vhd");
	struct child c = {.id = 2, .parent_id = 1, .relative = ".\\base.vhd"};
	make_fixed_base(parent.s, 1, T_DISK, want);
	size_t len = build_child(f, &c);
	put_be(f + T_HEADER_AT + 28, 1, 4);
	put_be(f + T_HEADER_AT + 32, W_BLOCK, 4);
	vhd_sum(f + T_HEADER_AT, 1024, 36);
	write_file(p.s, f, len);
	struct job j = start(p.s);
	add(&j, 512 * 20, 1);
	carry_out(state, p.s, &j);
	assert_int_equal(j.all.n, 4); /* bitmap, content, table entry, footer */
	assert_int_equal(j.length, len + W_BITMAP + W_BLOCK);
	check_all(p.s, by_7zz);
	finish(&j);
}

/* ---- random sequences ---- */

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 20;
}

/* Some calls one after another. */
static void random_sequence(void **state, const char *path, other_reader *reader, uint64_t *seed)
{
	for (unsigned i = 0; i < 4; i++) {
		struct job j = start(path);
		uint64_t chosen = next_random(seed) & next_random(seed) & next_random(seed);
		for (unsigned s = 0; s < C_SECTORS; s++)
			if (chosen >> s & 1)
				add(&j, 512 * s, (uint8_t)next_random(seed));
		carry_out(state, path, &j);
		check_all(path, reader);
		finish(&j);
	}
}

static void test_random_dynamic(void **state)
{
	NEED("qemu-img");
	uint64_t seed = 71;
	struct path p = in_dir(state, "dyn.vhd");
	for (unsigned round = 0; round < 6; round++) {
		make_dynamic(file, disk);
		memcpy(want, disk, T_DISK);
		write_file(p.s, file, T_LEN);
		random_sequence(state, p.s, by_qemu, &seed);
	}
}

static void test_random_child(void **state)
{
	NEED("7zz");
	uint64_t seed = 17;
	for (unsigned round = 0; round < 10; round++) {
		uint64_t own = next_random(&seed) & next_random(&seed) & next_random(&seed);
		struct path p = with_parent(state, round < 2 ? 0 : own, round & 4 ? 0x0a : 0);
		random_sequence(state, p.s, by_7zz, &seed);
	}
}

/* ---- refusals ---- */

static void place_refused(const char *path, unsigned sector, enum err_code code, const char *words)
{
	struct err err = {0};
	struct job j = start(path);
	j.length = 7;
	add(&j, 512 * sector, 1);
	if (place(&j, &err) == 0)
		fail_msg("placed, but should say: %s", words);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
	assert_int_equal(j.length, 7);
	finish(&j);
}

/* The footer at the end is gone or differs: what is stored has its place, nothing can be added. */
static void test_cannot_grow(void **state)
{
	struct path p = in_dir(state, "bad.vhd");
	make_dynamic(file, disk);
	write_file(p.s, file, T_TAIL);
	place_refused(p.s, 9, E_MAP, "footer at the end of the file is damaged");
	make_dynamic(file, disk);
	file[9] ^= 1;
	vhd_sum(file, 512, 64);
	write_file(p.s, file, T_LEN);
	place_refused(p.s, 9, E_MAP, "two copies of the VHD footer differ");
	struct job j = start(p.s);
	add(&j, 512 * 0, 1);
	assert_int_equal(place(&j, NULL), 0);
	finish(&j);
}

/* The footer does not lie on a sector: no table entry can say where a block would be. */
static void test_odd_end(void **state)
{
	struct path p = in_dir(state, "odd.vhd");
	make_dynamic(file, disk);
	memmove(file + T_TAIL - 512 + 8, file + T_TAIL, T_FOOTER);
	memset(file + T_TABLE_AT + 4 * 4, 0xff, 4);
	write_file(p.s, file, T_LEN - 512 + 8);
	place_refused(p.s, 9, E_MAP, "does not lie on a sector");
}

/* The file is so long that 32 bits cannot count its sectors. */
static void test_far_end(void **state)
{
	struct path p = in_dir(state, "far.vhd");
	static const struct {
		uint64_t at; /* of the footer, in sectors */
		bool fits;
	} ends[] = {{0xfffffffe, true}, {0xffffffff, false}, {0x100000000, false}};
	make_dynamic(file, disk);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		write_file(p.s, file, T_TAIL);
		int fd = open(p.s, O_RDWR);
		off_t at = (off_t)(ends[i].at * 512);
		bool long_enough = ftruncate(fd, at + 512) == 0 &&
				   pwrite(fd, file + T_TAIL, 512, at) == 512;
		close(fd);
		if (!long_enough)
			skip(); /* this file system has no such files */
		struct err err = {0};
		struct job j = start(p.s);
		add(&j, 512 * 9, 1);
		assert_int_equal(place(&j, &err), ends[i].fits ? 0 : -1);
		if (!ends[i].fits)
			assert_non_null(strstr(err.text, "32 bits"));
		finish(&j);
	}
}

/* A table too large to be checked when it is opened; block 1 is stored, another entry is bad. */
#define L_BLOCKS (16u * 1024 + 16)
#define L_FIRST  (T_TABLE_AT + L_BLOCKS * 4 / 512 * 512 + 512)
#define L_TAIL   (L_FIRST + T_STRIDE)

static void make_large(uint8_t *f)
{
	memset(f, 0xff, L_TAIL);
	make_dynamic(file, disk);
	memcpy(f + T_HEADER_AT, file + T_HEADER_AT, 1024);
	put_be(f + T_HEADER_AT + 28, L_BLOCKS, 4);
	vhd_sum(f + T_HEADER_AT, 1024, 36);
	put_be(f + T_TABLE_AT + 4, L_FIRST / 512, 4);
	make_footer(f + L_TAIL, 3, (uint64_t)L_BLOCKS * T_BLOCK);
	memcpy(f, f + L_TAIL, T_FOOTER);
}

/* Reading: two blocks in one place are noticed as soon as both are asked for. */
static void test_crossed_blocks(void **state)
{
	struct path p = in_dir(state, "large.vhd");
	static uint8_t f[L_TAIL + T_FOOTER];
	uint8_t sector[512];
	struct err err = {0};
	make_large(f);
	put_be(f + T_TABLE_AT + 4 * 16000, L_FIRST / 512, 4);
	write_file(p.s, f, sizeof(f));
	struct image *img = image_open(p.s, NULL, &err);
	assert_non_null(img);
	assert_int_equal(image_read(img, T_BLOCK, sector, sizeof(sector), &err), 0);
	assert_int_equal(image_read(img, (uint64_t)16000 * T_BLOCK, sector, sizeof(sector), &err),
			 -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "blocks 1 and 16000 overlap"));
	image_close(img);
}

static void test_hidden_neighbour(void **state)
{
	static const struct {
		uint32_t at; /* what the other entry says, in bytes */
		unsigned sector;
		enum err_code code;
	} cases[] = {
		{0, 9, E_OK},
		{0, 17, E_OK},
		{L_FIRST + 3 * 512, 9, E_CORRUPT},
		{L_TAIL + 8 * 512, 9, E_OK},
		{L_TAIL + 8 * 512, 17, E_CORRUPT},
	};
	struct path p = in_dir(state, "large.vhd");
	static uint8_t f[L_TAIL + T_FOOTER];
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};
		make_large(f);
		if (cases[i].at)
			put_be(f + T_TABLE_AT + 4 * 16000, cases[i].at / 512, 4);
		write_file(p.s, f, sizeof(f));
		struct job j = start(p.s);
		add(&j, 512 * cases[i].sector, 1);
		assert_int_equal(place(&j, &err), cases[i].code == E_OK ? 0 : -1);
		assert_int_equal(err.code, cases[i].code);
		finish(&j);
	}
}

/* Pieces of sectors and wrong order are the caller's mistake. */
static void test_usage(void **state)
{
	struct path p = in_dir(state, "dyn.vhd");
	struct err err = {0};
	make_dynamic_base(p.s, 0x10, want);
	struct job j = start(p.s);
	add(&j, 512 * 9, 1);
	add(&j, 512 * 9, 2);
	assert_int_equal(place(&j, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	j.n = 1;
	j.sectors[0].off++;
	assert_int_equal(place(&j, &err), -1);
	j.sectors[0].off--;
	j.sectors[0].len = 256;
	assert_int_equal(place(&j, &err), -1);
	j.n = 0;
	assert_int_equal(place(&j, &err), 0);
	assert_int_equal(j.all.n, 0);
	assert_int_equal(j.length, T_LEN);
	finish(&j);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_dynamic_block),  CASE(test_dynamic_blocks), CASE(test_dynamic_last),
		CASE(test_dynamic_bits),   CASE(test_dynamic_wide),   CASE(test_fixed),
		CASE(test_child_bit),      CASE(test_child_block),    CASE(test_child_wide),
		CASE(test_random_dynamic), CASE(test_random_child),   CASE(test_cannot_grow),
		CASE(test_odd_end),        CASE(test_far_end),        CASE(test_hidden_neighbour),
		CASE(test_usage),          CASE(test_crossed_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
