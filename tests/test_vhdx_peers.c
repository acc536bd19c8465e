/* SPDX-License-Identifier: MIT */
/*
 * VHDX files written by qemu-img and by Windows: our reading against that of qemu-img, 7zz and
 * libvhdi, every mapped byte against the file itself, and what those programs say of a file after
 * the writes that a change demands.
 */
#include "vhdx_test.h"

#include <inttypes.h>

#define GIB ((uint64_t)1 << 30)

static void fill_pattern(const char *path, size_t len)
{
	uint8_t *p = calloc(1, len);
	assert_non_null(p);
	for (size_t i = 0; i < len; i++)
		if (i / (3u << 19) % 3 != 1) /* holes of 1.5 MiB */
			p[i] = (uint8_t)(i * 2654435761u >> 13);
	write_file(path, p, len);
	free(p);
}

static void check_reference(const char *vhdx, const uint8_t *want, size_t len)
{
	struct err err = {0};
	struct image *ref = image_open_reference(vhdx, NULL, &err);
	if (!ref)
		fail_msg("%s", err.text);
	assert_string_equal(image_info(ref)->format, "vhdx");
	assert_int_equal(image_info(ref)->size, len);
	check_piece(ref, want, 0, len);
	image_close(ref);
}

/* Our reading, libvhdi's and 7zz's against the raw disk at raw. */
static void compare_readers(void **state, const char *vhdx, const char *raw)
{
	struct path seven = in_dir(state, "7zz.out");
	struct bytes want = read_whole(raw);
	struct image *img = must_open(vhdx);
	assert_false(image_info(img)->reference_unsafe);
	assert_int_equal(image_info(img)->n_notes, 0);
	check_disk(img, want.p, want.len);
	check_places(img, vhdx, want.p);
	image_close(img);
	check_reference(vhdx, want.p, want.len);
	if (run("command -v 7zz >/dev/null") == 0) {
		assert_int_equal(run("7zz x -tVHDX -so '%s' > '%s' 2>/dev/null", vhdx, seven.s), 0);
		same_files(raw, seven.s);
	}
	free(want.p);
}

static void compare_qemu(void **state, const char *subformat, unsigned block_mib, size_t len)
{
	NEED("qemu-img");
	struct path raw = in_dir(state, "q.raw"), vhdx = in_dir(state, "q.vhdx");
	fill_pattern(raw.s, len);
	assert_int_equal(run("qemu-img convert -f raw -O vhdx -o subformat=%s,block_size=%uM "
			     "'%s' '%s'",
			     subformat, block_mib, raw.s, vhdx.s),
			 0);
	compare_readers(state, vhdx.s, raw.s);
	struct image *img = must_open(vhdx.s);
	assert_string_equal(image_info(img)->type, subformat);
	image_close(img);
}

static void test_qemu_dynamic(void **state)
{
	compare_qemu(state, "dynamic", 1, 11 * MIB + 512 * 38);
	compare_qemu(state, "dynamic", 2, 9 * MIB);
}

static void test_qemu_fixed(void **state)
{
	compare_qemu(state, "fixed", 1, 5 * MIB + 512 * 6);
	compare_qemu(state, "fixed", 8, 12 * MIB);
}

static void write_mark(const char *vhdx, uint64_t at, unsigned value)
{
	assert_int_equal(run("qemu-io -f vhdx -c 'write -q -P %u %" PRIu64 " 64k' '%s' >/dev/null",
			     value, at, vhdx),
			 0);
}

static void check_mark(struct image *img, const char *vhdx, uint64_t at, unsigned value)
{
	uint8_t got[4096], stored[4096];
	int fd = open(vhdx, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(image_read(img, at + 512, got, sizeof(got), NULL), 0);
	for (size_t i = 0; i < sizeof(got); i++)
		assert_int_equal(got[i], value);
	uint64_t file_at = place_stored(img, at, sizeof(stored), NULL);
	assert_int_equal(pread(fd, stored, sizeof(stored), (off_t)file_at), sizeof(stored));
	assert_memory_equal(stored, got, 4096);
	close(fd);
}

/* Every block size, and a place in the second chunk for each. */
static void test_block_sizes(void **state)
{
	NEED("qemu-io");
	struct path vhdx = in_dir(state, "q.vhdx");
	for (unsigned mib = 1; mib <= 256; mib *= 2) {
		assert_int_equal(run("qemu-img create -q -f vhdx -o subformat=dynamic,"
				     "block_size=%uM '%s' 13G",
				     mib, vhdx.s),
				 0);
		write_mark(vhdx.s, 3 * GIB, 0x33);
		write_mark(vhdx.s, 12 * GIB + 99 * MIB, 0x44);
		struct image *img = must_open(vhdx.s);
		check_mark(img, vhdx.s, 3 * GIB, 0x33);
		check_mark(img, vhdx.s, 12 * GIB + 99 * MIB, 0x44);
		image_close(img);
	}
}

/* Fixed disks have the entries of bitmaps too: libvhdi does not know, so it must not be asked. */
static void test_fixed_10g(void **state)
{
	NEED("qemu-io");
	struct path vhdx = in_dir(state, "q.vhdx");
	assert_int_equal(run("qemu-img create -q -f vhdx -o subformat=fixed '%s' 10G", vhdx.s), 0);
	write_mark(vhdx.s, GIB, 0x11);
	write_mark(vhdx.s, 5 * GIB, 0x22);
	write_mark(vhdx.s, 9 * GIB, 0x33);
	struct image *img = must_open(vhdx.s);
	assert_string_equal(image_info(img)->type, "fixed");
	assert_true(image_info(img)->reference_unsafe);
	check_mark(img, vhdx.s, GIB, 0x11);
	check_mark(img, vhdx.s, 5 * GIB, 0x22);
	check_mark(img, vhdx.s, 9 * GIB, 0x33);
	image_close(img);
	assert_int_equal(run("qemu-img create -q -f vhdx -o subformat=fixed '%s' 4G", vhdx.s), 0);
	img = must_open(vhdx.s);
	assert_false(image_info(img)->reference_unsafe);
	image_close(img);
}

/* The format's largest disk costs no more to open than a small one. */
static void test_64_tib(void **state)
{
	NEED("qemu-io");
	struct path vhdx = in_dir(state, "q.vhdx");
	uint64_t at = (uint64_t)63 << 40;
	assert_int_equal(run("qemu-img create -q -f vhdx -o subformat=dynamic '%s' 64T", vhdx.s),
			 0);
	write_mark(vhdx.s, at, 0x77);
	struct image *img = must_open(vhdx.s);
	uint8_t byte = 1;
	assert_int_equal(image_info(img)->size, (uint64_t)64 << 40);
	assert_int_equal(image_read(img, at + 100, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0x77);
	assert_int_equal(image_read(img, ((uint64_t)64 << 40) - 1, &byte, 1, NULL), 0);
	assert_int_equal(byte, 0);
	struct image_stats s = image_stats(img);
	print_message("64 TiB: %" PRIu64 " reads, %" PRIu64 " bytes\n", s.reads, s.bytes);
	assert_true(s.reads <= 20 && s.bytes <= 300 * 1024);
	check_mark(img, vhdx.s, at, 0x77);
	image_close(img);
}

/* ---- real images ---- */

/* The recorded sum of an image's virtual disk. */
static void check_recorded(const char *name, const char *raw)
{
	const char *src = getenv("S7B_SRC"), *data = getenv("S7B_DATA");
	char dir[PATH_LEN];
	snprintf(dir, sizeof(dir), "%s/../shared/data", src && *src ? src : ".");
	assert_int_equal(run("awk -v name='# %s' -v sum=\"$(sha256sum < '%s' | cut -d' ' -f1)\" "
			     "'$0 == name { on = 1; next } /^#/ { on = 0 } "
			     "on && index($0, sum) { found = 1 } END { exit !found }' "
			     "'%s/expected/containers.txt'",
			     name, raw, data && *data ? data : dir),
			 0);
}

static void save_disk(struct image *img, const char *path)
{
	size_t len = (size_t)image_info(img)->size;
	uint8_t *p = malloc(len);
	assert_non_null(p);
	assert_int_equal(image_read(img, 0, p, len, NULL), 0);
	write_file(path, p, len);
	free(p);
}

static void check_real(void **state, const char *name, const char *type, const char *id)
{
	struct path vhdx = in_dir(state, "d.vhdx"), raw = in_dir(state, "d.raw");
	char packed[PATH_LEN];
	snprintf(packed, sizeof(packed), "%s.xz", name);
	if (!get_data(packed, vhdx.s))
		skip();
	struct image *img = must_open(vhdx.s);
	assert_string_equal(image_info(img)->type, type);
	assert_string_equal(image_info(img)->id, id);
	save_disk(img, raw.s);
	image_close(img);
	check_recorded(name, raw.s);
	compare_readers(state, vhdx.s, raw.s);
}

static void test_windows_dynamic(void **state)
{
	check_real(state, "vhdx/dfvfs/ntfs-dynamic.vhdx", "dynamic",
		   "affecd75-3b3c-44dc-a069-b929c0de6005");
	check_real(state, "vhdx/dissect_dynamic.vhdx", "dynamic",
		   "788015f0-5e93-4bd2-a5de-b0cd8459db11");
}

static void test_windows_fixed(void **state)
{
	check_real(state, "vhdx/dfvfs/ntfs-fixed.vhdx", "fixed",
		   "c2583c64-de7e-4c9f-8613-216fc8613fb3");
	check_real(state, "vhdx/dissect_fixed.vhdx", "fixed",
		   "4a49d245-db0a-4634-9818-9f93db5ba6c1");
	check_real(state, "vhdx/dfvfs/ntfs-parent.vhdx", "fixed",
		   "d62318cc-56ce-42e2-898d-16e1d1c9843e");
}

static void test_qemu_real(void **state)
{
	check_real(state, "vhdx/dfvfs/ext2.vhdx", "dynamic",
		   "92f22ac3-6a03-3e4e-8c95-ae03377b7007");
}

static void test_discutils(void **state)
{
	NEED("qemu-img");
	struct path vhdx = in_dir(state, "d.vhdx"), raw = in_dir(state, "d.raw");
	if (!get_data("vhdx/discutils_swap.vhdx.xz", vhdx.s))
		skip();
	assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", vhdx.s, raw.s), 0);
	struct image *img = must_open(vhdx.s);
	check_sparse(img, raw.s);
	image_close(img);
}

static void test_windows_differencing(void **state)
{
	struct path child = in_dir(state, "child.vhdx"), raw = in_dir(state, "d.raw");
	struct path parent = in_dir(state, "ntfs-parent.vhdx");
	struct err err = {0};
	if (!get_data("vhdx/dfvfs/ntfs-differential.vhdx.xz", child.s))
		skip();
	assert_null(image_open(child.s, NULL, &err));
	assert_int_equal(err.code, E_PARENT);
	assert_non_null(strstr(err.text, "7584f8fb-36d3-4091-afb5-b1afe587bfa8"));
	if (!get_data("vhdx/dfvfs/ntfs-parent.vhdx.xz", parent.s))
		skip();
	struct image *img = must_open(child.s);
	assert_string_equal(image_info(img)->type, "differencing");
	assert_string_equal(image_info(img)->parents[0], parent.s);
	save_disk(img, raw.s);
	image_close(img);
	check_recorded("vhdx/dfvfs/ntfs-differential.vhdx", raw.s);
	struct bytes want = read_whole(raw.s);
	check_reference(child.s, want.p, want.len);
	free(want.p);
}

/* ---- after a write ---- */

static void change_disk(const char *vhdx, uint64_t off)
{
	uint8_t old[512], changed[512];
	struct image *img = must_open(vhdx);
	struct arena *arena = arena_new();
	struct write_list list = {.arena = arena};
	assert_int_equal(image_read(img, off, old, sizeof(old), NULL), 0);
	uint64_t at = place_stored(img, off, sizeof(old), &list);
	memset(changed, 0xc7, sizeof(changed));
	struct write w = {at, sizeof(old), old, changed, said_as_is("test")};
	assert_int_equal(list.n, 2);
	assert_int_equal(writes_add(&list, &w, NULL), 0);
	assert_int_equal(writes_sort(&list, NULL), 0);
	image_close(img);
	x_apply(vhdx, &list);
	arena_free(arena);
}

static void check_changed(void **state, const char *vhdx, const char *raw, uint64_t off)
{
	uint8_t changed[512];
	struct path back = in_dir(state, "back.raw");
	memset(changed, 0xc7, sizeof(changed));
	int fd = open(raw, O_WRONLY);
	assert_int_equal(pwrite(fd, changed, sizeof(changed), (off_t)off), sizeof(changed));
	close(fd);
	assert_int_equal(run("qemu-img check -q -f vhdx '%s'", vhdx), 0);
	assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", vhdx, back.s), 0);
	same_files(back.s, raw);
	compare_readers(state, vhdx, raw);
}

static void test_change(void **state)
{
	NEED("qemu-img");
	static const char *const names[] = {"vhdx/dfvfs/ntfs-dynamic.vhdx.xz",
					    "vhdx/dissect_fixed.vhdx.xz",
					    "vhdx/dfvfs/ext2.vhdx.xz"};
	struct path vhdx = in_dir(state, "d.vhdx"), raw = in_dir(state, "d.raw");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!get_data(names[i], vhdx.s))
			skip();
		assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", vhdx.s, raw.s),
				 0);
		change_disk(vhdx.s, 65536 + 1024);
		change_disk(vhdx.s, 65536 + 1024); /* a second run, on the new headers */
		check_changed(state, vhdx.s, raw.s, 65536 + 1024);
	}
}

/* 8 MiB in one call: a read for each block and at most one for the table. */
static void test_read_calls(void **state)
{
	NEED("qemu-img");
	struct path raw = in_dir(state, "q.raw"), vhdx = in_dir(state, "q.vhdx");
	uint8_t *p = malloc(8 * MIB);
	assert_non_null(p);
	memset(p, 0x11, 8 * MIB);
	write_file(raw.s, p, 8 * MIB);
	assert_int_equal(run("qemu-img convert -f raw -O vhdx -o subformat=dynamic,block_size=2M "
			     "'%s' '%s'",
			     raw.s, vhdx.s),
			 0);
	struct image *img = must_open(vhdx.s);
	uint64_t opened = image_stats(img).reads;
	assert_int_equal(image_read(img, 0, p, 8 * MIB, NULL), 0);
	uint64_t whole = image_stats(img).reads - opened;
	print_message("reads: open %" PRIu64 ", 8 MiB at once %" PRIu64 "\n", opened, whole);
	assert_true(opened <= 15 && whole <= 5);
	image_close(img);
	free(p);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_qemu_dynamic),  CASE(test_qemu_fixed),
		CASE(test_block_sizes),   CASE(test_fixed_10g),
		CASE(test_64_tib),        CASE(test_windows_dynamic),
		CASE(test_windows_fixed), CASE(test_qemu_real),
		CASE(test_discutils),     CASE(test_windows_differencing),
		CASE(test_change),        CASE(test_read_calls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
