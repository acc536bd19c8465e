/* SPDX-License-Identifier: MIT */
/*
 * What the tests of disk/ share: a directory of their own, whole files, other programs, and VHD
 * files made byte by byte. Nothing here uses the code under test.
 */
#ifndef DISK_TEST_H
#define DISK_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNUSED_OK __attribute__((unused))
#define PATH_LEN  512

/* ---- a directory below $TMPDIR or /tmp ---- */

UNUSED_OK static int make_dir(void **state)
{
	const char *base = getenv("TMPDIR");
	char *dir = malloc(PATH_LEN);
	assert_non_null(dir);
	snprintf(dir, PATH_LEN, "%s/disk-test-XXXXXX", base && *base ? base : "/tmp");
	assert_non_null(mkdtemp(dir));
	*state = dir;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

UNUSED_OK static int remove_dir(void **state)
{
	nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

struct path {
	char s[PATH_LEN];
};

UNUSED_OK static struct path in_dir(void **state, const char *name)
{
	struct path p;
	snprintf(p.s, sizeof(p.s), "%.200s/%.200s", (const char *)*state, name);
	return p;
}

/* ---- whole files ---- */

struct bytes {
	uint8_t *p;
	size_t len;
};

UNUSED_OK static void write_file(const char *path, const void *p, size_t len)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

UNUSED_OK static struct bytes read_whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	struct bytes b = {.len = (size_t)ftell(f)};
	rewind(f);
	b.p = malloc(b.len + 1);
	assert_non_null(b.p);
	assert_int_equal(fread(b.p, 1, b.len, f), b.len);
	fclose(f);
	return b;
}

/* ---- large sparse files ---- */

typedef void (*extent_visit)(uint64_t off, const uint8_t *bytes, size_t len, void *context);

/* Visit what a sparse file holds, in pieces of at most a MiB. */
UNUSED_OK static void each_extent(const char *path, extent_visit visit, void *context)
{
	static uint8_t buf[1 << 20];
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	for (off_t off = lseek(fd, 0, SEEK_DATA); off >= 0; off = lseek(fd, off, SEEK_DATA)) {
		off_t end = lseek(fd, off, SEEK_HOLE);
		size_t len = (size_t)(end - off) < sizeof(buf) ? (size_t)(end - off) : sizeof(buf);
		assert_int_equal(pread(fd, buf, len, off), len);
		visit(off < 0 ? 0 : (uint64_t)off, buf, len, context);
		off += (off_t)len;
	}
	close(fd);
}

UNUSED_OK static void same_in_file(uint64_t off, const uint8_t *bytes, size_t len, void *context)
{
	uint8_t *got = malloc(len);
	assert_non_null(got);
	assert_int_equal(pread(*(int *)context, got, len, (off_t)off), len);
	assert_memory_equal(got, bytes, len);
	free(got);
}

UNUSED_OK static void check_contained(const char *part, const char *whole)
{
	int fd = open(whole, O_RDONLY);
	assert_true(fd >= 0);
	each_extent(part, same_in_file, &fd);
	close(fd);
}

/* Two sparse files of the same content, compared without reading their holes in both. */
UNUSED_OK static void same_files(const char *a, const char *b)
{
	struct stat x, y;
	assert_int_equal(stat(a, &x) | stat(b, &y), 0);
	assert_int_equal(x.st_size, y.st_size);
	check_contained(a, b);
	check_contained(b, a);
}

/* ---- other programs ---- */

/* Run a shell command; its exit status. */
__attribute__((format(printf, 1, 2))) UNUSED_OK static int run(const char *fmt, ...)
{
	char command[2048];
	va_list args;
	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Skip the test when a program is not installed. */
#define NEED(program)                                                                              \
	do {                                                                                       \
		if (run("PATH=$PATH:/sbin:/usr/sbin command -v %s >/dev/null", program) != 0) {    \
			print_message("%s is not installed\n", program);                           \
			skip();                                                                    \
		}                                                                                  \
	} while (0)

/* Unpack or copy a file of the shared data to to; false when it is not there. */
UNUSED_OK static bool get_data(const char *name, const char *to)
{
	const char *src = getenv("S7B_SRC"), *data = getenv("S7B_DATA");
	char dir[PATH_LEN], from[2 * PATH_LEN];
	snprintf(dir, sizeof(dir), "%s/../shared/data", src && *src ? src : ".");
	snprintf(from, sizeof(from), "%s/%s", data && *data ? data : dir, name);
	if (access(from, R_OK) != 0) {
		print_message("%s is not there\n", from);
		return false;
	}
	size_t n = strlen(from);
	bool packed = n > 3 && strcmp(from + n - 3, ".xz") == 0;
	return run("%s '%s' > '%s'", packed ? "xz -dc" : "cat", from, to) == 0;
}

/* ---- numbers and sums, written again here on purpose ---- */

UNUSED_OK static void put_be(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = n; i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
}

UNUSED_OK static uint64_t get_be(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

UNUSED_OK static void put_le(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

UNUSED_OK static void vhd_sum(uint8_t *p, size_t len, size_t field)
{
	uint32_t sum = 0;
	put_be(p + field, 0, 4);
	for (size_t i = 0; i < len; i++)
		sum += p[i];
	put_be(p + field, (uint32_t)~sum, 4);
}

/* ---- a VHD made byte by byte ---- */

#define T_FOOTER    512u
#define T_HEADER_AT 512u
#define T_TABLE_AT  1536u
#define T_BLOCK     4096u /* 8 sectors */
#define T_BLOCKS    5u    /* the last one is cut to 3 sectors by the disk's end */
#define T_DISK      (4u * T_BLOCK + 3u * 512u)
#define T_FIRST     2048u /* file offset of the first block's bitmap */
#define T_STRIDE    (512u + T_BLOCK)
#define T_STORED    3u /* blocks 0, 2 and 4, in the file's order 2, 0, 4 */
#define T_LEN       (T_FIRST + T_STORED * T_STRIDE + T_FOOTER)
#define T_TAIL      (T_LEN - T_FOOTER)

UNUSED_OK static void make_footer(uint8_t *f, unsigned type, uint64_t size)
{
	memset(f, 0, T_FOOTER);
	memcpy(f, "conectix", 8);
	put_be(f + 8, 2, 4);
	put_be(f + 12, 0x10000, 4);
	put_be(f + 16, type == 2 ? UINT64_MAX : T_HEADER_AT, 8);
	memcpy(f + 28, "win ", 4);
	put_be(f + 32, 0x000a0000, 4);
	memcpy(f + 36, "Wi2k", 4);
	put_be(f + 40, size, 8);
	put_be(f + 48, size, 8);
	put_be(f + 60, type, 4);
	for (unsigned i = 0; i < 16; i++)
		f[68 + i] = (uint8_t)(0x10 + i);
	vhd_sum(f, T_FOOTER, 64);
}

/* Where block b of the test file has its bitmap. */
UNUSED_OK static uint64_t t_block_at(unsigned b)
{
	static const unsigned order[T_BLOCKS] = {1, 9, 0, 9, 2};
	return T_FIRST + (uint64_t)order[b] * T_STRIDE;
}

/* A dynamic VHD of T_LEN bytes; disk (T_DISK bytes) gets what it holds. */
UNUSED_OK static void make_dynamic(uint8_t *file, uint8_t *disk)
{
	memset(file, 0, T_LEN);
	memset(disk, 0, T_DISK);
	make_footer(file + T_TAIL, 3, T_DISK);
	memcpy(file, file + T_TAIL, T_FOOTER);
	uint8_t *h = file + T_HEADER_AT;
	memcpy(h, "cxsparse", 8);
	put_be(h + 8, UINT64_MAX, 8);
	put_be(h + 16, T_TABLE_AT, 8);
	put_be(h + 24, 0x10000, 4);
	put_be(h + 28, T_BLOCKS, 4);
	put_be(h + 32, T_BLOCK, 4);
	vhd_sum(h, 1024, 36);
	memset(file + T_TABLE_AT, 0xff, 512);
	for (unsigned b = 0; b < T_BLOCKS; b += 2) {
		put_be(file + T_TABLE_AT + 4 * b, t_block_at(b) / 512, 4);
		uint8_t *block = file + t_block_at(b);
		memset(block, 0xff, 512);
		for (unsigned i = 0; i < T_BLOCK; i++)
			block[512 + i] = (uint8_t)(i * 7 + i / 256 + b * 31 + 1);
		size_t len = b == 4 ? 3 * 512 : T_BLOCK;
		memcpy(disk + (size_t)b * T_BLOCK, block + 512, len);
	}
}

#endif
