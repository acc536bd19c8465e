/* SPDX-License-Identifier: MIT */
/*
 * VHD files written by qemu-img and by Windows: our reading against that of qemu-img and libvhdi,
 * every stored sector against the file itself, and the number of read calls.
 */
#include "vhd_test.h"

#include <inttypes.h>

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

/* Open through both readers and compare with the raw disk at raw. */
static void compare_readers(const char *vhd, const char *raw)
{
	struct bytes want = read_whole(raw);
	struct image *img = must_open(vhd);
	check_disk(img, want.p, want.len);
	check_places(img, vhd, want.p);
	struct err err = {0};
	struct image *ref = image_open_reference(vhd, NULL, &err);
	if (!ref)
		fail_msg("%s", err.text);
	assert_string_equal(image_info(ref)->id, image_info(img)->id);
	assert_string_equal(image_info(ref)->type, image_info(img)->type);
	assert_string_equal(image_info(ref)->format, "vhd");
	assert_int_equal(image_info(ref)->size, image_info(img)->size);
	check_piece(ref, want.p, 0, want.len);
	check_piece(ref, want.p, want.len / 3, 1234);
	struct spot spot;
	assert_int_equal(place_bytes(ref, 0, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	image_close(ref);
	image_close(img);
	free(want.p);
}

static void compare_qemu(void **state, const char *subformat, size_t len)
{
	NEED("qemu-img");
	struct path raw = in_dir(state, "q.raw"), vhd = in_dir(state, "q.vhd"),
		    back = in_dir(state, "q.back");
	fill_pattern(raw.s, len);
	assert_int_equal(run("qemu-img convert -f raw -O vpc -o subformat=%s,force_size=on %s %s",
			     subformat, raw.s, vhd.s),
			 0);
	assert_int_equal(run("qemu-img convert -f vpc -O raw %s %s", vhd.s, back.s), 0);
	compare_readers(vhd.s, raw.s);
	compare_readers(vhd.s, back.s);
}

static void test_qemu_dynamic(void **state)
{
	compare_qemu(state, "dynamic", (11u << 20) + 512 * 37);
}

static void test_qemu_fixed(void **state)
{
	compare_qemu(state, "fixed", (5u << 20) + 512 * 3);
}

/* Without force_size qemu-img makes the disk as large as its geometry. */
static void test_qemu_geometry(void **state)
{
	NEED("qemu-img");
	struct path vhd = in_dir(state, "q.vhd");
	assert_int_equal(run("qemu-img create -q -f vpc %s 1G", vhd.s), 0);
	struct image *img = must_open(vhd.s);
	assert_int_equal(image_info(img)->size, 1073995776);
	assert_int_equal(image_info(img)->n_notes, 0);
	assert_int_equal(image_info(img)->stored, 0);
	image_close(img);
}

/* The format's largest disk: its table is not read when it is opened. */
static void test_qemu_largest(void **state)
{
	NEED("qemu-img");
	struct path vhd = in_dir(state, "q.vhd");
	uint64_t size = UINT64_C(2040) << 30;
	uint8_t last = 1;
	assert_int_equal(run("qemu-img create -q -f vpc -o force_size=on %s 2040G", vhd.s), 0);
	struct image *img = must_open(vhd.s);
	assert_int_equal(image_info(img)->size, size);
	assert_int_equal(image_read(img, size - 1, &last, 1, NULL), 0);
	assert_int_equal(last, 0);
	assert_true(image_stats(img).bytes < 65536);
	image_close(img);
}

/* 8 MiB in one call: a read per block and at most one for the table. */
static void test_read_calls(void **state)
{
	NEED("qemu-img");
	struct path raw = in_dir(state, "q.raw"), vhd = in_dir(state, "q.vhd");
	size_t len = 8u << 20;
	uint8_t *p = malloc(len), *got = malloc(len);
	assert_true(p && got);
	memset(p, 0x11, len);
	write_file(raw.s, p, len);
	assert_int_equal(run("qemu-img convert -f raw -O vpc -o subformat=dynamic,force_size=on "
			     "%s %s",
			     raw.s, vhd.s),
			 0);
	struct image *img = must_open(vhd.s);
	uint64_t opened = image_stats(img).reads;
	assert_int_equal(image_read(img, 0, got, len, NULL), 0);
	uint64_t whole = image_stats(img).reads - opened;
	for (size_t off = 0; off < len; off += 512)
		assert_int_equal(image_read(img, off, got, 512, NULL), 0);
	uint64_t sectors = image_stats(img).reads - opened - whole;
	print_message("reads: open %" PRIu64 ", 8 MiB at once %" PRIu64 ", by sectors %" PRIu64
		      "\n",
		      opened, whole, sectors);
	assert_true(opened <= 10);
	assert_true(whole <= 5);
	assert_true(sectors <= 128);
	image_close(img);
	free(p);
	free(got);
}

static void compare_data(void **state, const char *name)
{
	struct path vhd = in_dir(state, "d.vhd"), raw = in_dir(state, "d.raw");
	if (!get_data(name, vhd.s))
		skip();
	NEED("qemu-img");
	assert_int_equal(run("qemu-img convert -f vpc -O raw %s %s", vhd.s, raw.s), 0);
	compare_readers(vhd.s, raw.s);
}

static void test_windows_dynamic(void **state)
{
	compare_data(state, "vhd/dfvfs/ntfs-dynamic.vhd.xz");
}

static void test_windows_fixed(void **state)
{
	compare_data(state, "vhd/dfvfs/ntfs-fixed.vhd.xz");
	compare_data(state, "vhd/dissect_fixed.vhd.xz");
	compare_data(state, "vhd/dfvfs/ntfs-parent.vhd.xz");
}

static void test_linux_dynamic(void **state)
{
	compare_data(state, "vhd/dfvfs/ext2.vhd.xz");
}

static void test_windows_differencing(void **state)
{
	struct path vhd = in_dir(state, "d.vhd");
	struct err err = {0};
	if (!get_data("vhd/dfvfs/ntfs-differential.vhd.xz", vhd.s))
		skip();
	assert_null(image_open(vhd.s, NULL, &err));
	assert_int_equal(err.code, E_PARENT);
	assert_non_null(strstr(err.text, "./ntfs-parent.vhd (cannot be opened"));
	err_clear(&err);
	assert_null(image_open_reference(vhd.s, NULL, &err));
	assert_int_equal(err.code, E_PARENT);
}

static void test_hyperv_large_empty(void **state)
{
	struct path vhd = in_dir(state, "d.vhd");
	if (!get_data("vhd/qemu_hyperv2012r2-dynamic.vhd.xz", vhd.s))
		skip();
	struct image *img = must_open(vhd.s);
	assert_int_equal(image_info(img)->size, UINT64_C(136365211648));
	assert_string_equal(image_info(img)->creator, "Windows 6.3");
	assert_string_equal(image_info(img)->id, "6d2d5fc8-eeba-de4c-8cee-de3a12db7c98");
	struct spot spot;
	assert_int_equal(place_bytes(img, UINT64_C(65) << 30, 512, NULL, &spot, NULL), 0);
	assert_int_equal(spot.new_blocks, 1);
	assert_int_equal(image_info(img)->n_notes, 0);
	image_close(img);
}

static void test_synthetic(void **state)
{
	struct path vhd = in_dir(state, "d.vhd");
	if (!get_data("vhd/synthetic_securityronin_original-size-mismatch.vhd", vhd.s))
		skip();
	struct image *img = must_open(vhd.s);
	assert_int_equal(image_info(img)->size, 2123776);
	image_close(img);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_qemu_dynamic),
		CASE(test_qemu_fixed),
		CASE(test_qemu_geometry),
		CASE(test_qemu_largest),
		CASE(test_read_calls),
		CASE(test_windows_dynamic),
		CASE(test_windows_fixed),
		CASE(test_linux_dynamic),
		CASE(test_windows_differencing),
		CASE(test_hyperv_large_empty),
		CASE(test_synthetic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
