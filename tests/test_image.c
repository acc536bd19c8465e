/* SPDX-License-Identifier: MIT */
/*
 * What every container shares: opening, refusing and naming, ranges, the read cache, the disk in
 * memory, the second reader's refusals.
 */
#include "disk_test.h"

#include <errno.h>

#include "stop7b/image.h"

static uint8_t file[T_LEN], disk[T_DISK];

static void refused_path(const char *path, enum err_code code, const char *words)
{
	struct err err = {0};
	struct image *img = image_open(path, NULL, &err);
	image_close(img);
	if (img)
		fail_msg("%s was opened", path);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s: %s (%s) instead of %s", path, err.text, err_name(err.code), words);
}

static void refused_bytes(void **state, const void *p, size_t len, enum err_code code,
			  const char *words)
{
	struct path path = in_dir(state, "foreign");
	write_file(path.s, p, len);
	refused_path(path.s, code, words);
}

static struct image *open_made(void **state, struct path *path)
{
	struct err err = {0};
	*path = in_dir(state, "made.vhd");
	make_dynamic(file, disk);
	write_file(path->s, file, T_LEN);
	struct image *img = image_open(path->s, NULL, &err);
	if (!img)
		fail_msg("%s", err.text);
	return img;
}

/* ---- opening ---- */

static void test_not_a_file(void **state)
{
	struct path p = in_dir(state, "pipe");
	refused_path(in_dir(state, "missing.vhd").s, E_OPEN, "No such file");
	refused_path(*state, E_FORMAT, "directory");
	assert_int_equal(mkfifo(p.s, 0600), 0);
	refused_path(p.s, E_FORMAT, "pipe");
	refused_path("/dev/null", E_FORMAT, "device");
	struct err err = {0};
	assert_null(image_open_reference(in_dir(state, "missing.vhd").s, NULL, &err));
	assert_int_equal(err.code, E_OPEN);
}

static void test_paths(void **state)
{
	struct path p, link = in_dir(state, "link.vhd");
	image_close(open_made(state, &p));
	assert_int_equal(symlink(p.s, link.s), 0);
	struct image *img = image_open(link.s, NULL, NULL);
	assert_non_null(img);
	char *real = realpath(p.s, NULL);
	assert_string_equal(image_info(img)->path, link.s);
	assert_string_equal(image_info(img)->real_path, real);
	assert_int_equal(image_info(img)->n_parents, 0);
	free(real);
	image_close(img);
	image_close(NULL);
}

/* Opening and reading leave content and time of the file as they were. */
static void test_untouched(void **state)
{
	struct path p;
	struct stat before, after;
	struct image *img = open_made(state, &p);
	uint8_t buf[T_DISK];
	assert_int_equal(stat(p.s, &before), 0);
	assert_int_equal(image_read(img, 0, buf, sizeof(buf), NULL), 0);
	image_close(img);
	assert_int_equal(stat(p.s, &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	struct bytes now = read_whole(p.s);
	assert_int_equal(now.len, T_LEN);
	assert_memory_equal(now.p, file, T_LEN);
	free(now.p);
}

/* ---- foreign formats ---- */

static void test_foreign_names(void **state)
{
	static const struct {
		size_t off;
		const char *magic;
		size_t len;
		enum err_code code;
		const char *words;
	} rows[] = {
		{0, "QFI\xfb", 4, E_FORMAT, "qcow2"},
		{0, "EVF\x09\x0d\x0a\xff\x00", 8, E_FORMAT, "E01"},
		{0, "# Disk DescriptorFile\n", 22, E_FORMAT, "VMDK"},
		{0x40, "\x7f\x10\xda\xbe", 4, E_FORMAT, "VDI"},
		{0x8001, "CD001", 5, E_FORMAT, "ISO"},
		{0, "PK\x03\x04", 4, E_FORMAT, "zip"},
		{0, "7z\xbc\xaf\x27\x1c", 6, E_FORMAT, "7z"},
		{0, "MSWIM\0\0\0", 8, E_FORMAT, "WIM"},
		{0, "regf", 4, E_FORMAT, "registry hive"},
		{40960 - 512, "koly", 4, E_FORMAT, "Apple"},
		{257, "ustar", 5, E_FORMAT, "tar"},
		{4000, "nothing", 7, E_FORMAT, "no VHD footer"},
	};
	uint8_t bytes[40960];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes + rows[i].off, rows[i].magic, rows[i].len);
		refused_bytes(state, bytes, sizeof(bytes), rows[i].code, rows[i].words);
		/* cut in the middle of the signature: another name or none, no crash */
		struct path p = in_dir(state, "cut");
		write_file(p.s, bytes, rows[i].off + rows[i].len - 1);
		assert_null(image_open(p.s, NULL, NULL));
	}
	refused_bytes(state, "", 0, E_FORMAT, "empty");
	refused_bytes(state, "x", 1, E_FORMAT, "no VHD footer");
}

static void test_foreign_made(void **state)
{
	static const struct {
		const char *format, *words;
		enum err_code code;
	} rows[] = {
		{"qcow2", "qcow2", E_FORMAT},
		{"vmdk", "VMDK", E_FORMAT},
		{"vdi", "VDI", E_FORMAT},
		{"qed", "QED", E_FORMAT},
		{"parallels", "Parallels", E_FORMAT},
	};
	struct path p = in_dir(state, "foreign");
	NEED("qemu-img");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(run("qemu-img create -q -f %s %s 4M", rows[i].format, p.s), 0);
		refused_path(p.s, rows[i].code, rows[i].words);
		refused_path(p.s, rows[i].code, "qemu-img convert -O vpc");
		refused_path(p.s, rows[i].code, "force_size=on foreign foreign.vhd");
		refused_path(p.s, rows[i].code, "mountpoint=foreign.raw,writable=on");
		struct path odd = in_dir(state,
					 "a,b;c"); /* what would be read as more than a name */
		assert_int_equal(rename(p.s, odd.s), 0);
		refused_path(odd.s, rows[i].code, "force_size=on 'a,b;c' 'a,b;c.vhd'");
		refused_path(odd.s, rows[i].code, "filename='a,,b;c' ");
		refused_path(odd.s, rows[i].code, "mountpoint='a,,b;c.raw',writable=on");
	}
}

/* The command that the refusal names must make an image that opens. */
static void test_advice_works(void **state)
{
	struct path in = in_dir(state, "in.qcow2"), out = in_dir(state, "out.vhd");
	NEED("qemu-img");
	assert_int_equal(run("qemu-img create -q -f qcow2 %s 5M", in.s), 0);
	assert_int_equal(run("qemu-img convert -O vpc -o force_size=on %s %s", in.s, out.s), 0);
	struct image *img = image_open(out.s, NULL, NULL);
	assert_non_null(img);
	assert_int_equal(image_info(img)->size, 5u << 20);
	image_close(img);
}

/* ---- ranges ---- */

static void test_ranges(void **state)
{
	struct path p;
	struct image *img = open_made(state, &p);
	static const struct {
		uint64_t off, len;
	} bad[] = {{T_DISK, 1}, {T_DISK - 1, 2}, {UINT64_MAX, 1}, {T_DISK + 1, 0}, {1, T_DISK}};
	uint8_t buf[4];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {0};
		assert_int_equal(image_read(img, bad[i].off, buf, bad[i].len, &err), -1);
		assert_int_equal(err.code, E_USAGE);
	}
	assert_int_equal(image_read(img, T_DISK, buf, 0, NULL), 0);
	assert_int_equal(image_read(img, T_DISK - 1, buf, 1, NULL), 0);
	image_close(img);
}

/* Only whole sectors of the disk, by rising offset, are placed. */
static void test_place_sectors(void **state)
{
	struct path p;
	struct image *img = open_made(state, &p);
	static const uint8_t bytes[1024];
	static const struct {
		uint64_t off[2];
		size_t len;
		int rc;
	} cases[] = {
		{{0, 512}, 512, 0},
		{{T_DISK - 1024, T_DISK - 512}, 512, 0},
		{{512, 0}, 512, -1},
		{{512, 512}, 512, -1},
		{{0, 513}, 512, -1},
		{{0, 512}, 511, -1},
		{{0, 1024}, 1024, -1},
		{{0, T_DISK}, 512, -1},
		{{0, UINT64_MAX - 511}, 512, -1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_new();
		struct write_list list = {.arena = arena};
		struct placement placed = {.extra = &list, .file_length = T_LEN};
		struct err err = {0};
		struct write w[2];
		uint64_t at[2];
		for (size_t k = 0; k < 2; k++)
			w[k] = (struct write){cases[i].off[k], cases[i].len, bytes, bytes,
					      said_as_is("")};
		assert_int_equal(image_place(img, w, 2, at, &placed, &err), cases[i].rc);
		assert_int_equal(err.code, cases[i].rc < 0 ? E_USAGE : E_OK);
		assert_int_equal(image_place(img, w, 0, at, &placed, NULL), 0);
		arena_free(arena);
	}
	image_close(img);
}

static void test_read_file(void **state)
{
	struct path p;
	struct image *img = open_made(state, &p);
	uint8_t buf[T_LEN];
	struct err err = {0};
	assert_int_equal(image_read_file(img, 0, buf, T_LEN, NULL), 0);
	assert_memory_equal(buf, file, T_LEN);
	assert_int_equal(image_read_file(img, 1, buf, T_LEN, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	err_clear(&err);
	assert_int_equal(image_read_file(img, UINT64_MAX, buf, 2, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	image_close(img);
}

/* ---- in memory ---- */

static void test_memory(void **state)
{
	(void)state;
	static uint8_t bytes[8192];
	uint8_t buf[16];
	struct err err = {0};
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 3 + i / 256);
	struct image *img = image_open_memory(bytes, sizeof(bytes), 4096, NULL);
	assert_non_null(img);
	assert_int_equal(image_info(img)->size, sizeof(bytes));
	assert_int_equal(image_info(img)->sector_size, 4096);
	assert_int_equal(image_read(img, 5000, buf, sizeof(buf), NULL), 0);
	assert_memory_equal(buf, bytes + 5000, sizeof(buf));
	bytes[5000] ^= 1; /* borrowed, not copied */
	assert_int_equal(image_read(img, 5000, buf, 1, NULL), 0);
	assert_int_equal(buf[0], bytes[5000]);
	const struct write w = {4096, 4096, bytes, bytes, said_as_is("")};
	struct placement placed = {0};
	uint64_t at;
	assert_int_equal(image_place(img, &w, 1, &at, &placed, NULL), 0);
	assert_int_equal(at, 4096);
	assert_int_equal(image_read_file(img, 8191, buf, 1, NULL), 0);
	assert_int_equal(image_read_file(img, 8191, buf, 2, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
	assert_int_equal(image_stats(img).reads, 0);
	image_close(img);
	assert_null(image_open_memory(bytes, sizeof(bytes), 1024, NULL));
}

/* ---- the cache ---- */

/* Small reads in one place cost one read call; large ones are not cached. */
static void test_cache_counts(void **state)
{
	struct path p = in_dir(state, "fixed.vhd");
	size_t size = 4u << 20;
	uint8_t *f = malloc(size + 512), *buf = malloc(size);
	assert_true(f && buf);
	for (size_t i = 0; i < size; i++)
		f[i] = (uint8_t)(i * 2654435761u >> 11);
	make_footer(f + size, 2, size);
	write_file(p.s, f, size + 512);
	struct image *img = image_open(p.s, NULL, NULL);
	assert_non_null(img);
	struct image_stats s0 = image_stats(img);
	for (unsigned i = 0; i < 64; i++) {
		assert_int_equal(image_read(img, 65536 * 3 + i * 1024, buf, 1024, NULL), 0);
		assert_memory_equal(buf, f + 65536 * 3 + i * 1024, 1024);
	}
	struct image_stats s1 = image_stats(img);
	assert_int_equal(s1.reads - s0.reads, 1);
	assert_int_equal(s1.bytes - s0.bytes, 65536);
	assert_int_equal(image_read(img, 100, buf, size - 200, NULL), 0);
	assert_memory_equal(buf, f + 100, size - 200);
	assert_int_equal(image_stats(img).reads - s1.reads, 1);
	assert_int_equal(image_read(img, 100, buf, 65536, NULL), 0);
	assert_memory_equal(buf, f + 100, 65536);
	assert_int_equal(image_stats(img).reads - s1.reads, 2);
	assert_int_equal(image_read(img, 65536 * 9 + 1, buf, 65535, NULL), 0);
	assert_memory_equal(buf, f + 65536 * 9 + 1, 65535);
	assert_int_equal(image_read(img, 65536 * 9, buf, 1, NULL), 0);
	assert_int_equal(image_stats(img).reads - s1.reads, 3);
	image_close(img);
	free(f);
	free(buf);
}

/* A bad table entry in the same 64 KiB must not hide the sound block beside it. */
static void test_bad_neighbour(void **state)
{
	struct path p = in_dir(state, "cut.vhd");
	struct image *img = open_made(state, &p);
	uint8_t buf[512];
	assert_int_equal(truncate(p.s, t_block_at(0) + T_STRIDE), 0);
	assert_int_equal(image_read(img, 0, buf, sizeof(buf), NULL), 0);
	assert_memory_equal(buf, disk, sizeof(buf));
	assert_int_equal(image_read(img, 4 * T_BLOCK, buf, sizeof(buf), NULL), -1);
	image_close(img);
}

/* ---- the second reader ---- */

static void test_reference(void **state)
{
	struct path p = in_dir(state, "foreign");
	struct err err = {0};
	write_file(p.s, "no disk at all", 14);
	assert_null(image_open_reference(p.s, NULL, &err));
	assert_int_equal(err.code, E_CORRUPT);
	assert_non_null(strstr(err.text, "libvhdi"));
	image_close(open_made(state, &p));
	struct image *img = image_open_reference(p.s, NULL, NULL);
	assert_non_null(img);
	uint8_t buf[T_BLOCK];
	assert_int_equal(image_read(img, 2 * T_BLOCK, buf, sizeof(buf), NULL), 0);
	assert_memory_equal(buf, disk + 2 * T_BLOCK, sizeof(buf));
	err_clear(&err);
	assert_int_equal(image_place(img, NULL, 0, NULL, NULL, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	image_close(img);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_not_a_file),   CASE(test_paths),
		CASE(test_untouched),    CASE(test_foreign_names),
		CASE(test_foreign_made), CASE(test_advice_works),
		CASE(test_ranges),       CASE(test_place_sectors),
		CASE(test_read_file),    cmocka_unit_test(test_memory),
		CASE(test_cache_counts), CASE(test_bad_neighbour),
		CASE(test_reference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
