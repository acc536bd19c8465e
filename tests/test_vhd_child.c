/* SPDX-License-Identifier: MIT */
/*
 * Differencing VHDs: every sector from the disk that has it, every sector that is the child's own
 * in its file, against a model of the test, 7zz and libvhdi; and a real pair made by Windows.
 * How parents are found: test_chain.c.
 */
#include "chain_test.h"

#include <inttypes.h>
#include <libvhdi.h>

static uint8_t want[T_DISK];

/* The disk as 7zz reads the file and its parents. */
static bool seven_zip(const char *vhd, struct bytes *out)
{
	char to[PATH_LEN + 8];
	snprintf(to, sizeof(to), "%s.7zz", vhd);
	if (run("7zz e -so -tVHD '%s' > '%s' 2>/dev/null", vhd, to) != 0)
		return false;
	*out = read_whole(to);
	return true;
}

static void compare_reference(const char *path, const uint8_t *expected, size_t len,
			      const char *reader)
{
	struct err err = {0};
	struct image *ref = image_open_reference(path, NULL, &err);
	if (!ref)
		fail_msg("%s", err.text);
	assert_string_equal(image_info(ref)->reader, reader);
	check_piece(ref, expected, 0, len);
	image_close(ref);
}

/* A sector lies in the child's file already if and only if it is the child's own. */
static void check_own(struct image *img, const char *path, uint64_t own)
{
	struct bytes raw = read_whole(path);
	for (unsigned s = 0; s < C_SECTORS; s++) {
		struct spot spot;
		struct err err = {0};
		bool mine = own >> s & 1;
		if (place_bytes(img, 512 * s, 512, NULL, &spot, &err) < 0)
			fail_msg("sector %u: %s", s, err.text);
		assert_int_equal(spot.copied, !mine);
		if (mine)
			assert_memory_equal(raw.p + spot.at, want + 512 * s, 512);
	}
	free(raw.p);
}

#define OWN "stop7b itself, opened a second time"

/*
 * libvhdi takes what follows a set bit in its byte for set too; and a stored block (of this small
 * size) that owns nothing hides the blocks behind it.
 */
static bool misread(const struct child *c)
{
	for (unsigned s = 0; s + 1 < C_SECTORS; s++)
		if (s % 8 != 7 && (c->own >> s & 3) == 1)
			return true;
	for (unsigned b = 0; b + 1 < T_BLOCKS; b++)
		if ((c->stored >> b & 1) && (c->own >> (8 * b) & 0xff) == 0)
			return true;
	return false;
}

/* ---- one parent ---- */

static void open_and_compare(void **state, const struct child *c)
{
	struct path p = in_dir(state, "child.vhd");
	make_child(p.s, c, want);
	struct image *img = must_open(p.s);
	const struct image_info *info = image_info(img);
	assert_string_equal(info->type, "differencing");
	assert_string_equal(info->format, "vhd");
	assert_string_equal(info->reader, "stop7b");
	assert_int_equal(info->n_parents, 1);
	assert_int_equal(info->stored, UINT64_MAX);
	check_disk(img, want, T_DISK);
	for (size_t off = 0; off < T_DISK; off += 389)
		for (size_t len = 1; off + len <= T_DISK; len = len * 3 + 1)
			check_piece(img, want, off, len);
	check_own(img, p.s, c->own);
	image_close(img);
	compare_reference(p.s, want, T_DISK, misread(c) ? OWN : "libvhdi");
}

static const uint64_t owns[] = {
	0,
	1,
	0x81,
	UINT64_C(1) << 34,
	UINT64_C(0x7ffffffff),
	UINT64_C(0x555555555),
	0x0000ff00,
	0x00018000,
	UINT64_C(0x7e0000001),
	0x80,
	0x00ffff00,
};

static void test_over_fixed(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++) {
		make_fixed_base(base.s, 0x40, T_DISK, want);
		struct child c = {.id = 1,
				  .parent_id = 0x40,
				  .own = owns[i],
				  .stored = i % 2 ? 4 : 0,
				  .relative = ".\\base.vhd",
				  .seed = 9};
		open_and_compare(state, &c);
	}
}

static void test_over_dynamic(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++) {
		make_dynamic_base(base.s, 0x41, want);
		struct child c = {.id = 1,
				  .parent_id = 0x41,
				  .own = owns[i],
				  .absolute = "C:\\x\\base.vhd",
				  .seed = 9};
		open_and_compare(state, &c);
	}
}

/* Own sectors need nothing else; the parent's are counted, and their bits are set. */
static void test_places(void **state)
{
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	make_fixed_base(base.s, 0x40, T_DISK, want);
	struct child c = {.parent_id = 0x40, .own = 0xfffc, .relative = "base.vhd"};
	make_child(p.s, &c, want);
	struct image *img = must_open(p.s);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	struct spot spot;
	assert_int_equal(place_stored(img, 1024, 7 * 1024, &list), C_FIRST + T_STRIDE + 512 + 1024);
	assert_int_equal(list.n, 0);
	assert_int_equal(place_bytes(img, 512, 1024, &list, &spot, NULL), 0);
	assert_int_equal(spot.copied, 1);
	assert_int_equal(spot.new_blocks, 0);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.items[0].new_bytes[0], 0x7f);
	assert_int_equal(place_bytes(img, 8192 - 512, 1024, &list, &spot, NULL), 0);
	assert_int_equal(spot.copied, 1);
	assert_int_equal(spot.new_blocks, 1);
	arena_free(arena);
	image_close(img);
}

static void test_shorter_parent(void **state)
{
	static const size_t sizes[] = {512, 4096, 5 * 512, T_DISK - 512};
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	for (size_t i = 0; i < 4; i++) {
		make_fixed_base(base.s, 0x40, sizes[i], want);
		struct child c = {.parent_id = 0x40, .own = 0x0f0f0, .relative = "base.vhd"};
		make_child(p.s, &c, want);
		struct image *img = must_open(p.s);
		assert_true(info_notes(img, "shorter"));
		assert_non_null(strstr(image_info(img)->no_writes, "0xC03A0017"));
		assert_int_equal(image_info(img)->hint, HINT_PARENT_SHORTER);
		check_disk(img, want, T_DISK);
		image_close(img);
	}
	make_fixed_base(base.s, 0x40, T_DISK + 4096, want);
	struct child c = {.parent_id = 0x40, .own = 0x0f0f0, .relative = "base.vhd"};
	make_child(p.s, &c, want);
	struct image *img = must_open(p.s);
	assert_true(info_notes(img, "larger"));
	assert_non_null(strstr(image_info(img)->no_writes, "0xC03A0017"));
	check_disk(img, want, T_DISK);
	image_close(img);
	make_fixed_base(base.s, 0x40, T_DISK, want);
	img = must_open(p.s);
	assert_int_equal(image_info(img)->n_notes, 0);
	assert_null(image_info(img)->no_writes);
	image_close(img);
}

/* A child of such a child is refused as well, and the note is said once. */
static void test_shorter_grandparent(void **state)
{
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	struct path q = in_dir(state, "grandchild.vhd");
	struct child c = {.id = 0x41, .parent_id = 0x40, .own = 0x0f0f0, .relative = "base.vhd"};
	struct child d = {.id = 0x42, .parent_id = 0x41, .own = 0xf0, .relative = "child.vhd"};
	make_fixed_base(base.s, 0x40, 4096, want);
	make_child(p.s, &c, want);
	make_child(q.s, &d, want);
	struct image *img = must_open(q.s);
	assert_int_equal(image_info(img)->n_notes, 1);
	assert_true(info_notes(img, "shorter"));
	assert_non_null(strstr(image_info(img)->no_writes, "0xC03A0017"));
	image_close(img);
}

/* ---- longer chains ---- */

/* Chains of random content, read by us, by 7zz and by libvhdi. */
static void test_random_chains(void **state)
{
	uint64_t seed = 11;
	bool zip = run("command -v 7zz >/dev/null") == 0;
	for (unsigned round = 0; round < 12; round++) {
		struct path p = in_dir(state, "d0.vhd");
		round % 2 ? make_fixed_base(p.s, 0, T_DISK, want) : make_dynamic_base(p.s, 0, want);
		struct child c = {0};
		bool any_misread = false;
		for (uint8_t depth = 1; depth <= 1 + round % 4; depth++) {
			char name[32], parent[32];
			snprintf(name, sizeof(name), "d%u.vhd", depth);
			snprintf(parent, sizeof(parent), ".\\d%u.vhd", depth - 1);
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			c = (struct child){.id = depth,
					   .parent_id = depth - 1,
					   .own = seed >> 20 & seed >> 11,
					   .stored = seed >> 7,
					   .relative = parent,
					   .absolute = parent,
					   .name = parent + 2,
					   .seed = (uint8_t)(depth * 17)};
			c.own &= (UINT64_C(1) << C_SECTORS) - 1;
			if (round % 3 == 0) /* whole bytes, as libvhdi reads them right */
				c.own = c.own & 0x101010101 ? UINT64_C(0xff00ff) : 0xff00;
			p = in_dir(state, name);
			make_child(p.s, &c, want);
			any_misread |= misread(&c);
		}
		struct image *img = must_open(p.s);
		assert_int_equal(image_info(img)->n_parents, 1 + round % 4);
		check_disk(img, want, T_DISK);
		check_own(img, p.s, c.own);
		image_close(img);
		compare_reference(p.s, want, T_DISK, any_misread ? OWN : "libvhdi");
		struct bytes theirs;
		if (!zip)
			continue;
		assert_true(seven_zip(p.s, &theirs));
		assert_int_equal(theirs.len, T_DISK);
		assert_memory_equal(theirs.p, want, T_DISK);
		free(theirs.p);
	}
}

/* A parent's bitmap that libvhdi misreads counts as much as the disk's own. */
static void test_reader_of_chain(void **state)
{
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	static const uint64_t mids[] = {0xff00ff, 0x81};
	for (unsigned i = 0; i < 2; i++) {
		make_fixed_base(base.s, 0x40, T_DISK, want);
		struct child mid = {
			.id = 0x50, .parent_id = 0x40, .own = mids[i], .relative = "base.vhd"};
		make_child(in_dir(state, "mid.vhd").s, &mid, want);
		struct child c = {.parent_id = 0x50, .own = 0xff00, .relative = "mid.vhd"};
		make_child(p.s, &c, want);
		compare_reference(p.s, want, T_DISK, i ? OWN : "libvhdi");
	}
}

/* What libvhdi itself reads of a child and its parent. */
static void libvhdi_reads(const char *child, const char *parent, uint8_t buf[T_DISK])
{
	libvhdi_file_t *own = NULL, *base = NULL;
	assert_int_equal(libvhdi_file_initialize(&own, NULL), 1);
	assert_int_equal(libvhdi_file_initialize(&base, NULL), 1);
	assert_int_equal(libvhdi_file_open(own, child, LIBVHDI_OPEN_READ, NULL), 1);
	assert_int_equal(libvhdi_file_open(base, parent, LIBVHDI_OPEN_READ, NULL), 1);
	assert_int_equal(libvhdi_file_set_parent_file(own, base, NULL), 1);
	assert_true(libvhdi_file_read_buffer_at_offset(own, buf, T_DISK, 0, NULL) == T_DISK);
	libvhdi_file_free(&own, NULL);
	libvhdi_file_free(&base, NULL);
}

/* The fault for which libvhdi is not asked: whole bytes of a bitmap are right, mixed ones are not. */
static void test_libvhdi_is_wrong_still(void **state)
{
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	static const uint64_t own[] = {0xff00ff, 0x1};
	static uint8_t buf[T_DISK];
	for (unsigned i = 0; i < 2; i++) {
		make_fixed_base(base.s, 0x40, T_DISK, want);
		struct child c = {.parent_id = 0x40, .own = own[i], .relative = "base.vhd"};
		make_child(p.s, &c, want);
		libvhdi_reads(p.s, base.s, buf);
		if (i == 0)
			assert_memory_equal(buf, want, T_DISK);
		else if (memcmp(buf, want, T_DISK) == 0)
			fail_msg("libvhdi now reads mixed bitmaps right: remove "
				 "vhd_libvhdi_fault and its caller in src/disk/reference.c");
	}
}

/* A sector that the child has is read although the parent's is damaged. */
static void test_damaged_parent(void **state)
{
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	uint8_t buf[8192];
	struct err err = {0};
	make_fixed_base(base.s, 0x40, T_DISK, want);
	struct child c = {.parent_id = 0x40, .own = 0xff00f, .relative = "base.vhd"};
	make_child(p.s, &c, want);
	struct image *img = must_open(p.s);
	assert_int_equal(truncate(base.s, 4096), 0);
	assert_int_equal(image_read(img, 0, buf, 4096, NULL), 0);
	assert_memory_equal(buf, want, 4096);
	assert_int_equal(image_read(img, 12 * 512, buf, 4096, NULL), 0);
	assert_memory_equal(buf, want + 12 * 512, 4096);
	assert_int_equal(image_read(img, 4096, buf, 512, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "base.vhd"));
	image_close(img);
}

/* A bad end of a long chain costs one failed read per disk, not twice as many with each. */
static void test_deep_failure(void **state)
{
	char name[32], parent[32];
	struct path p = in_dir(state, "d0.vhd");
	make_fixed_base(p.s, 0, T_DISK, want);
	for (uint8_t depth = 1; depth <= 40; depth++) {
		snprintf(name, sizeof(name), "d%u.vhd", depth);
		snprintf(parent, sizeof(parent), "d%u.vhd", depth - 1);
		struct child c = {.id = depth, .parent_id = depth - 1, .relative = parent};
		p = in_dir(state, name);
		make_child(p.s, &c, NULL);
	}
	struct image *img = must_open(p.s);
	check_disk(img, want, T_DISK);
	image_close(img);
	img = must_open(p.s);
	uint8_t b;
	assert_int_equal(truncate(in_dir(state, "d0.vhd").s, 0), 0);
	uint64_t before = image_stats(img).reads;
	assert_int_equal(image_read(img, 600, &b, 1, NULL), -1);
	assert_true(image_stats(img).reads - before < 200);
	image_close(img);
}

/* The parents' reads are the child's cost; all are open for reading only. */
static void test_parents_untouched(void **state)
{
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	struct stat before, after;
	make_fixed_base(base.s, 0x40, T_DISK, want);
	struct child c = {.parent_id = 0x40, .relative = "base.vhd"};
	make_child(p.s, &c, want);
	assert_int_equal(chmod(base.s, 0400), 0);
	assert_int_equal(stat(base.s, &before), 0);
	struct image *img = must_open(p.s);
	uint64_t bytes = image_stats(img).bytes;
	check_piece(img, want, 0, T_DISK);
	assert_true(image_stats(img).bytes - bytes >= T_DISK);
	image_close(img);
	assert_int_equal(stat(base.s, &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	assert_int_equal(before.st_size, after.st_size);
}

/* ---- damage ---- */

/* Random bytes with right sums: whatever is said, no crash, no place outside the child's file. */
static void test_random_damage(void **state)
{
	static uint8_t f[C_LEN_MAX];
	struct path base = in_dir(state, "base.vhd"), p = in_dir(state, "child.vhd");
	uint32_t seed = 5;
	unsigned opened = 0;
	make_fixed_base(base.s, 0x40, T_DISK, want);
	struct child c = {
		.parent_id = 0x40, .own = 0x3ffff, .relative = "base.vhd", .absolute = "base.vhd"};
	for (unsigned round = 0; round < 1000; round++) {
		size_t len = build_child(f, &c), tail = len - T_FOOTER;
		for (unsigned n = 0; n < 1 + round % 3; n++) {
			seed = seed * 1664525 + 1013904223;
			size_t at = 512 + (seed >> 8) % (n == 2 ? len - 1024 : 1600);
			f[at] = (uint8_t)(seed >> 24);
		}
		vhd_sum(f + T_HEADER_AT, 1024, 36);
		assert_memory_equal(f, f + tail, T_FOOTER);
		write_file(p.s, f, len);
		struct err err = {0};
		struct image *img = image_open(p.s, NULL, &err);
		assert_true(img ? err.code == E_OK : err.code != E_OK);
		opened += img != NULL;
		for (uint64_t off = 0; img && off < T_DISK; off += 512) {
			struct spot spot;
			uint8_t buf[512];
			image_read(img, off, buf, 512, NULL);
			place_bytes(img, off, 512, NULL, &spot, NULL);
		}
		image_close(img);
	}
	assert_true(opened > 100 && opened < 1000);
}

/* ---- a real pair ---- */

static void test_windows_pair(void **state)
{
	struct path child = in_dir(state, "ntfs-differential.vhd"),
		    parent = in_dir(state, "ntfs-parent.vhd");
	if (!get_data("vhd/dfvfs/ntfs-differential.vhd.xz", child.s) ||
	    !get_data("vhd/dfvfs/ntfs-parent.vhd.xz", parent.s))
		skip();
	NEED("7zz");
	struct bytes theirs;
	assert_true(seven_zip(child.s, &theirs));
	struct image *img = must_open(child.s);
	assert_string_equal(image_info(img)->id, "722fa4e2-59c4-c645-8456-ddb430ac4a19");
	assert_int_equal(image_info(img)->n_parents, 1);
	assert_non_null(strstr(image_info(img)->parents[0], "/ntfs-parent.vhd"));
	assert_int_equal(image_info(img)->n_notes, 0); /* its time stamp is 0 */
	check_disk(img, theirs.p, theirs.len);
	image_close(img);
	compare_reference(child.s, theirs.p, theirs.len, "libvhdi");
	free(theirs.p);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_over_fixed),
		CASE(test_over_dynamic),
		CASE(test_places),
		CASE(test_shorter_parent),
		CASE(test_shorter_grandparent),
		CASE(test_random_chains),
		CASE(test_reader_of_chain),
		CASE(test_libvhdi_is_wrong_still),
		CASE(test_damaged_parent),
		CASE(test_deep_failure),
		CASE(test_parents_untouched),
		CASE(test_random_damage),
		CASE(test_windows_pair),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
