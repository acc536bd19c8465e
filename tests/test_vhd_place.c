/* SPDX-License-Identifier: MIT */
/*
 * Writing into sectors that a VHD does or does not hold: what image_place() says is carried out on
 * the file with plain writes, and the disk is read again by stop7b, qemu-img and 7zz; then taken
 * back. The model is an array of bytes.
 */
#include "chain_test.h"

#include <inttypes.h>

#define S_MAX C_SECTORS

static uint8_t want[T_DISK];

/* One call of image_place() and all that belongs to it. */
struct job {
	struct image *img;
	struct arena *arena;
	struct write sectors[S_MAX];
	uint64_t file_off[S_MAX];
	size_t n;
	struct write_list all; /* the container's own bytes, then the content too */
	uint64_t old_length, length;
	struct bytes before;
};

static void add_sector(struct job *j, unsigned sector, uint8_t seed)
{
	uint8_t *old = arena_alloc(j->arena, 512, NULL), *new = arena_alloc(j->arena, 512, NULL);
	assert_true(old && new);
	memcpy(old, want + sector * 512, 512);
	for (unsigned i = 0; i < 512; i++)
		new[i] = (uint8_t)(seed * 37 + i * 11 + i / 256);
	memcpy(want + sector * 512, new, 512);
	j->sectors[j->n++] = (struct write){sector * 512, 512, old, new, "content"};
}

static struct job begin(const char *path)
{
	struct job j = {.img = must_open(path), .arena = arena_new(), .before = read_whole(path)};
	assert_non_null(j.arena);
	j.all.arena = j.arena;
	j.old_length = j.length = j.before.len;
	return j;
}

static void end_job(struct job *j)
{
	image_close(j->img);
	arena_free(j->arena);
	free(j->before.p);
}

static int place(struct job *j, struct err *err)
{
	return image_place(j->img, j->sectors, j->n, j->file_off, &j->all, &j->length, err);
}

/* The container's old bytes must be those of the file, zeros behind its end. */
static void check_old(const struct job *j)
{
	for (size_t i = 0; i < j->all.n; i++) {
		const struct write *w = &j->all.items[i];
		assert_true(w->what[0] != 0 && w->off + w->len <= j->length);
		for (size_t b = 0; b < w->len; b++) {
			uint64_t at = w->off + b;
			uint8_t old = at < j->before.len ? j->before.p[at] : 0;
			if (w->old_bytes[b] != old)
				fail_msg("%s: wrong old byte at 0x%" PRIx64, w->what, at);
		}
	}
}

/* Content joins the list, its old bytes taken from the file. Nothing may overlap. */
static void add_content(struct job *j)
{
	struct err err = {0};
	for (size_t i = 0; i < j->n; i++) {
		uint8_t old[512] = {0};
		struct write w = {j->file_off[i], 512, old, j->sectors[i].new_bytes, "content"};
		assert_true(w.off + 512 <= j->length);
		if (w.off < j->before.len)
			memcpy(old, j->before.p + w.off, 512);
		assert_int_equal(writes_add(&j->all, &w, &err), 0);
	}
	if (writes_sort(&j->all, &err) < 0)
		fail_msg("%s", err.text);
}

static void write_all(const char *path, const struct job *j, bool back)
{
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)(back ? j->old_length : j->length)), 0);
	for (size_t i = 0; i < j->all.n; i++) {
		const struct write *w = &j->all.items[i];
		size_t len = w->len;
		if (back && w->off >= j->old_length)
			continue;
		assert_int_equal(pwrite(fd, back ? w->old_bytes : w->new_bytes, len, (off_t)w->off),
				 (ssize_t)len);
	}
	close(fd);
}

static void carry_out(const char *path, struct job *j)
{
	struct err err = {0};
	if (place(j, &err) < 0)
		fail_msg("%s", err.text);
	check_old(j);
	add_content(j);
	write_all(path, j, false);
}

static void take_back(const char *path, const struct job *j)
{
	write_all(path, j, true);
	struct bytes now = read_whole(path);
	assert_int_equal(now.len, j->before.len);
	assert_memory_equal(now.p, j->before.p, now.len);
	free(now.p);
}

static const struct write *write_of(const struct job *j, const char *what)
{
	for (size_t i = 0; i < j->all.n; i++)
		if (strncmp(j->all.items[i].what, what, strlen(what)) == 0)
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
	struct job j = begin(p.s);
	add_sector(&j, 8 + 3, 1);
	carry_out(p.s, &j);
	assert_int_equal(j.length, T_LEN + T_STRIDE);
	assert_int_equal(j.file_off[0], T_TAIL + 512 + 3 * 512);
	assert_int_equal(block_at(p.s, 1), T_TAIL);
	struct bytes f = read_whole(p.s);
	assert_int_equal(f.len, T_LEN + T_STRIDE);
	for (unsigned i = 0; i < 512; i++)
		assert_int_equal(f.p[T_TAIL + i], 0xff);
	assert_memory_equal(f.p + T_TAIL + T_STRIDE, j.before.p + T_TAIL, T_FOOTER);
	assert_memory_equal(f.p, j.before.p, T_TABLE_AT);
	free(f.p);
	const struct write *w = write_of(&j, "sector bitmap of VHD block 1");
	assert_non_null(w);
	assert_memory_equal(w->old_bytes, j.before.p + T_TAIL, T_FOOTER);
	w = write_of(&j, "block table of the VHD");
	assert_non_null(w);
	assert_int_equal(w->off, T_TABLE_AT + 4);
	w = write_of(&j, "VHD footer, moved to the new end");
	assert_non_null(w);
	assert_int_equal(w->off, T_TAIL + T_STRIDE);
	check_all(p.s, by_qemu);
	take_back(p.s, &j);
	end_job(&j);
}

/* Present sectors, two new blocks with several sectors each, and the new blocks in order. */
static void test_dynamic_blocks(void **state)
{
	NEED("qemu-img");
	struct path p = in_dir(state, "dyn.vhd");
	static const unsigned sectors[] = {0, 7, 8, 9, 15, 17, 24, 31, 34};
	make_dynamic_base(p.s, 0x10, want);
	struct job j = begin(p.s);
	for (size_t i = 0; i < sizeof(sectors) / sizeof(sectors[0]); i++)
		add_sector(&j, sectors[i], (uint8_t)(i + 1));
	carry_out(p.s, &j);
	assert_int_equal(j.length, T_LEN + 2 * T_STRIDE);
	assert_int_equal(block_at(p.s, 1), T_TAIL);
	assert_int_equal(block_at(p.s, 3), T_TAIL + T_STRIDE);
	check_all(p.s, by_qemu);
	take_back(p.s, &j);
	end_job(&j);
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
	struct job j = begin(p.s);
	add_sector(&j, 33, 5);
	carry_out(p.s, &j);
	assert_int_equal(j.length, T_LEN + T_STRIDE);
	check_all(p.s, by_qemu);
	take_back(p.s, &j);
	end_job(&j);
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
	struct job j = begin(p.s);
	add_sector(&j, 0, 1);
	carry_out(p.s, &j);
	assert_int_equal(j.length, T_LEN);
	assert_int_equal(write_of(&j, "sector bitmap of VHD block 0")->new_bytes[0], 0xbf);
	end_job(&j);
	j = begin(p.s);
	add_sector(&j, 1, 1);
	assert_int_equal(place(&j, &err), -1);
	assert_int_equal(err.code, E_MAP);
	assert_non_null(strstr(err.text, "programs disagree"));
	end_job(&j);
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
	struct job j = begin(p.s);
	add_sector(&j, 20, 1);
	carry_out(p.s, &j);
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
	take_back(p.s, &j);
	end_job(&j);
}

static void test_fixed(void **state)
{
	struct path p = in_dir(state, "fixed.vhd");
	make_fixed_base(p.s, 1, T_DISK, want);
	struct job j = begin(p.s);
	add_sector(&j, 3, 1);
	add_sector(&j, 34, 2);
	carry_out(p.s, &j);
	assert_int_equal(j.length, T_DISK + T_FOOTER);
	assert_int_equal(j.all.n, 2);
	struct image *img = must_open(p.s);
	check_disk(img, want, T_DISK);
	image_close(img);
	take_back(p.s, &j);
	end_job(&j);
}

/* ---- with a parent ---- */

static struct path with_parent(void **state, uint64_t own, uint64_t stored)
{
	struct path parent = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	struct child c = {.id = 2, .parent_id = 1, .own = own, .stored = stored,
			  .relative = ".\\base.vhd", .name = "base.vhd", .seed = 9};
	make_fixed_base(parent.s, 1, T_DISK, want);
	make_child(p.s, &c, want);
	return p;
}

/* A stored block takes a sector of the parent's: content and bit, the file does not grow. */
static void test_child_bit(void **state)
{
	NEED("7zz");
	struct path p = with_parent(state, 0x10, 0);
	struct job j = begin(p.s);
	add_sector(&j, 2, 1);
	add_sector(&j, 4, 2);
	add_sector(&j, 5, 3);
	carry_out(p.s, &j);
	assert_int_equal(j.length, j.old_length);
	const struct write *w = write_of(&j, "sector bitmap of VHD block 0");
	assert_non_null(w);
	assert_int_equal(w->old_bytes[0], 0x08);
	assert_int_equal(w->new_bytes[0], 0x2c);
	check_all(p.s, by_7zz);
	take_back(p.s, &j);
	end_job(&j);
}

/* Nothing is stored: the new blocks own the written sectors alone. */
static void test_child_block(void **state)
{
	NEED("7zz");
	struct path p = with_parent(state, 0, 0), base = in_dir(state, "base.vhd");
	struct bytes parent = read_whole(base.s);
	struct job j = begin(p.s);
	add_sector(&j, 9, 1);
	add_sector(&j, 15, 2);
	add_sector(&j, 32, 3);
	carry_out(p.s, &j);
	assert_int_equal(j.length, j.old_length + 2 * T_STRIDE);
	struct bytes f = read_whole(p.s);
	assert_int_equal(f.p[block_at(p.s, 1)], 0x41);
	assert_int_equal(f.p[block_at(p.s, 4)], 0x80);
	for (unsigned i = 1; i < 512; i++)
		assert_int_equal(f.p[block_at(p.s, 1) + i] | f.p[block_at(p.s, 4) + i], 0);
	free(f.p);
	check_all(p.s, by_7zz);
	take_back(p.s, &j);
	f = read_whole(base.s);
	assert_int_equal(f.len, parent.len);
	assert_memory_equal(f.p, parent.p, f.len);
	free(f.p);
	free(parent.p);
	end_job(&j);
}

/* ---- random sequences ---- */

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 20;
}

/* Some calls one after another, all taken back in the end. */
static void random_sequence(const char *path, other_reader *reader, uint64_t *seed)
{
	struct job jobs[4];
	for (unsigned i = 0; i < 4; i++) {
		jobs[i] = begin(path);
		uint64_t chosen = next_random(seed) & next_random(seed) & next_random(seed);
		for (unsigned s = 0; s < C_SECTORS; s++)
			if (chosen >> s & 1)
				add_sector(&jobs[i], s, (uint8_t)next_random(seed));
		carry_out(path, &jobs[i]);
		check_all(path, reader);
	}
	for (unsigned i = 4; i-- > 0;) {
		take_back(path, &jobs[i]);
		end_job(&jobs[i]);
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
		random_sequence(p.s, by_qemu, &seed);
	}
}

static void test_random_child(void **state)
{
	NEED("7zz");
	uint64_t seed = 17;
	for (unsigned round = 0; round < 10; round++) {
		uint64_t own = next_random(&seed) & next_random(&seed) & next_random(&seed);
		struct path p = with_parent(state, round < 2 ? 0 : own, round & 4 ? 0x0a : 0);
		random_sequence(p.s, by_7zz, &seed);
	}
}

/* ---- refusals ---- */

static void place_refused(const char *path, unsigned sector, enum err_code code, const char *words)
{
	struct err err = {0};
	struct job j = {.img = must_open(path), .arena = arena_new(), .length = 7};
	j.all.arena = j.arena;
	add_sector(&j, sector, 1);
	if (place(&j, &err) == 0)
		fail_msg("placed, but should say: %s", words);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
	assert_int_equal(j.length, 7);
	end_job(&j);
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
	struct job j = begin(p.s);
	add_sector(&j, 0, 1);
	assert_int_equal(place(&j, NULL), 0);
	end_job(&j);
}

/* The footer does not lie on a sector: no table entry can say where a block would be. */
static void test_odd_end(void **state)
{
	struct path p = in_dir(state, "odd.vhd");
	make_dynamic(file, disk);
	memmove(file + T_TAIL - 512 + 8, file + T_TAIL, T_FOOTER);
	file[T_TABLE_AT + 4 * 4] = file[T_TABLE_AT + 4 * 4 + 1] = 0xff;
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
		struct job j = {.img = must_open(p.s), .arena = arena_new()};
		j.all.arena = j.arena;
		add_sector(&j, 9, 1);
		assert_int_equal(place(&j, &err), ends[i].fits ? 0 : -1);
		if (!ends[i].fits)
			assert_non_null(strstr(err.text, "32 bits"));
		end_job(&j);
	}
}

/* Pieces of sectors and wrong order are the caller's mistake. */
static void test_usage(void **state)
{
	struct path p = in_dir(state, "dyn.vhd");
	struct err err = {0};
	make_dynamic_base(p.s, 0x10, want);
	struct job j = begin(p.s);
	add_sector(&j, 9, 1);
	add_sector(&j, 9, 2);
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
	end_job(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dynamic_block),  cmocka_unit_test(test_dynamic_blocks),
		cmocka_unit_test(test_dynamic_last),   cmocka_unit_test(test_dynamic_bits),
		cmocka_unit_test(test_dynamic_wide),   cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_child_bit),      cmocka_unit_test(test_child_block),
		cmocka_unit_test(test_random_dynamic), cmocka_unit_test(test_random_child),
		cmocka_unit_test(test_cannot_grow),    cmocka_unit_test(test_odd_end),
		cmocka_unit_test(test_far_end),	       cmocka_unit_test(test_usage),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
