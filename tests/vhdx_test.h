/* SPDX-License-Identifier: MIT */
/*
 * A VHDX made byte by byte, with sums computed bit by bit: what the tests of VHDX share. Nothing
 * here uses the code under test.
 *
 *   0 file identifier      64K, 128K headers     192K, 256K region tables
 *   1M log                 2M block table        3M metadata
 *   4M block 2             5M block 0            6M block 5 (half of it, the disk ends there)
 */
#ifndef VHDX_TEST_H
#define VHDX_TEST_H

#include "vhd_test.h"

#define MIB       ((size_t)1 << 20)
#define X_HEADER1 0x10000u
#define X_HEADER2 0x20000u
#define X_REGION1 0x30000u
#define X_REGION2 0x40000u
#define X_LOG     MIB
#define X_TABLE   (2 * MIB)
#define X_META    (3 * MIB)
#define X_ITEMS   (X_META + 0x10000)
#define X_ROOM    (8 * MIB)
#define X_LEN     (7 * MIB)
#define X_DISK    (5 * MIB + MIB / 2)
#define X_BLOCKS  6u

UNUSED_OK static uint8_t x_file[X_ROOM], x_disk[6 * MIB];

/* CRC-32C of len bytes, the four at field counted as zero, stored there. */
UNUSED_OK static void x_sum(uint8_t *p, size_t len, size_t field)
{
	uint32_t crc = 0xffffffff;
	memset(p + field, 0, 4);
	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	put_le(p + field, ~crc, 4);
}

UNUSED_OK static uint64_t get_le(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;
	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

UNUSED_OK static void x_guid(uint8_t *p, const char *text)
{
	unsigned v[16];
	assert_int_equal(sscanf(text, "%2x%2x%2x%2x-%2x%2x-%2x%2x-%2x%2x-%2x%2x%2x%2x%2x%2x", &v[3],
				&v[2], &v[1], &v[0], &v[5], &v[4], &v[7], &v[6], &v[8], &v[9],
				&v[10], &v[11], &v[12], &v[13], &v[14], &v[15]),
			 16);
	for (unsigned i = 0; i < 16; i++)
		p[i] = (uint8_t)v[i];
}

UNUSED_OK static void x_make_header(uint8_t *p, uint64_t sequence)
{
	memcpy(p, "head", 4);
	put_le(p + 8, sequence, 8);
	x_guid(p + 16, "11111111-2222-3333-4444-555555555555");
	x_guid(p + 32, "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
	put_le(p + 66, 1, 2);
	put_le(p + 68, MIB, 4);
	put_le(p + 72, X_LOG, 8);
}

UNUSED_OK static void x_make_regions(uint8_t *p)
{
	memcpy(p, "regi", 4);
	put_le(p + 8, 2, 4);
	x_guid(p + 16, "2dc27766-f623-4200-9d64-115e9bfd4a08");
	put_le(p + 32, X_TABLE, 8);
	put_le(p + 40, MIB, 4);
	put_le(p + 44, 1, 4);
	x_guid(p + 48, "8b7ca206-4790-4b9a-b8fe-575f050f886e");
	put_le(p + 64, X_META, 8);
	put_le(p + 72, MIB, 4);
	put_le(p + 76, 1, 4);
}

/* The n-th entry of the metadata table, its value 32 bytes behind the one before. */
UNUSED_OK static void x_item(unsigned n, const char *id, unsigned len, unsigned flags)
{
	uint8_t *entry = x_file + X_META + 32 + 32 * n;
	x_guid(entry, id);
	put_le(entry + 16, 0x10000 + 32 * n, 4);
	put_le(entry + 20, len, 4);
	put_le(entry + 24, flags, 4);
	if (get_le(x_file + X_META + 10, 2) <= n)
		put_le(x_file + X_META + 10, n + 1, 2);
}

UNUSED_OK static uint8_t *x_value(unsigned n)
{
	return x_file + X_ITEMS + 32 * n;
}

UNUSED_OK static void x_make_metadata(uint64_t size, uint32_t block, uint32_t sector)
{
	memcpy(x_file + X_META, "metadata", 8);
	x_item(0, "caa16737-fa36-4d43-b3b6-33f0aa44e76b", 8, 4);
	x_item(1, "2fa54224-cd1b-4876-b211-5dbed83bf4b8", 8, 6);
	x_item(2, "beca12ab-b2e6-4523-93ef-c309e000c746", 16, 6);
	x_item(3, "8141bf1d-a96f-4709-ba47-f233a8faab5f", 4, 6);
	x_item(4, "cda348c7-445d-4471-9cc9-e9885251c556", 4, 6);
	put_le(x_value(0), block, 4);
	put_le(x_value(1), size, 8);
	x_guid(x_value(2), "01234567-89ab-cdef-0123-456789abcdef");
	put_le(x_value(3), sector, 4);
	put_le(x_value(4), 4096, 4);
}

UNUSED_OK static void x_entry(unsigned index, uint64_t mib, unsigned state)
{
	put_le(x_file + X_TABLE + 8 * index, mib << 20 | state, 8);
}

UNUSED_OK static void x_sums(void)
{
	x_sum(x_file + X_HEADER1, 4096, 4);
	x_sum(x_file + X_HEADER2, 4096, 4);
	x_sum(x_file + X_REGION1, 65536, 4);
	memcpy(x_file + X_REGION2, x_file + X_REGION1, 65536);
}

UNUSED_OK static void x_fill(unsigned block, size_t at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		x_file[at + i] = (uint8_t)(i * 7 + i / 509 + block * 31 + 1);
	memcpy(x_disk + block * MIB, x_file + at, len);
}

/* A dynamic disk in x_file with every state that it may have; x_disk gets what it holds. */
UNUSED_OK static void x_make(void)
{
	memset(x_file, 0, sizeof(x_file));
	memset(x_disk, 0, sizeof(x_disk));
	memcpy(x_file, "vhdxfile", 8);
	memcpy(x_file + 8, "t\0e\0s\0t\0", 8);
	x_make_header(x_file + X_HEADER1, 5);
	x_make_header(x_file + X_HEADER2, 6);
	x_make_regions(x_file + X_REGION1);
	x_make_metadata(X_DISK, MIB, 512);
	x_entry(0, 5, 6);
	x_entry(1, 0, 0);
	x_entry(2, 4, 6);
	x_entry(3, 6, 3);
	x_entry(4, 6, 2);
	x_entry(5, 6, 6);
	x_fill(0, 5 * MIB, MIB);
	x_fill(2, 4 * MIB, MIB);
	x_fill(5, 6 * MIB, MIB / 2);
	x_sums();
}

/* Write only what is not zero: most of a made file is. */
UNUSED_OK static void x_write(const char *path, size_t len)
{
	static const uint8_t zeros[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	for (size_t off = 0; off < len; off += sizeof(zeros)) {
		size_t n = len - off < sizeof(zeros) ? len - off : sizeof(zeros);
		if (memcmp(x_file + off, zeros, n) != 0)
			assert_int_equal(pwrite(fd, x_file + off, n, (off_t)off), n);
	}
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	close(fd);
}

UNUSED_OK static struct image *x_open(void **state, size_t len)
{
	struct path p = in_dir(state, "made.vhdx");
	x_write(p.s, len);
	return must_open(p.s);
}

/* The made file must be refused with this code, and the text must hold these words. */
UNUSED_OK static void x_refused(void **state, size_t len, enum err_code code, const char *words)
{
	struct path p = in_dir(state, "bad.vhdx");
	struct err err = {0};
	x_write(p.s, len);
	struct image *img = image_open(p.s, NULL, &err);
	image_close(img);
	if (img)
		fail_msg("opened, but should say: %s", words);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
}

/* ---- large sparse files ---- */

static void same_in_image(uint64_t off, const uint8_t *bytes, size_t len, void *context)
{
	uint8_t *got = malloc(len);
	assert_non_null(got);
	assert_int_equal(image_read(context, off, got, len, NULL), 0);
	assert_memory_equal(got, bytes, len);
	free(got);
}

/* A disk against a sparse raw file: all data, and a few bytes of every MiB. */
UNUSED_OK static void check_sparse(struct image *img, const char *raw)
{
	uint8_t got[64], held[64];
	int fd = open(raw, O_RDONLY);
	assert_true(fd >= 0);
	each_extent(raw, same_in_image, img);
	for (uint64_t off = 4096; off < image_info(img)->size; off += MIB) {
		assert_int_equal(image_read(img, off, got, sizeof(got), NULL), 0);
		assert_int_equal(pread(fd, held, sizeof(held), (off_t)off), sizeof(held));
		assert_memory_equal(got, held, sizeof(got));
	}
	close(fd);
}

/* Make the file's writes in it, after checking that it holds their old bytes. */
UNUSED_OK static void x_apply(const char *path, const struct write_list *list)
{
	uint8_t old[4096];
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	for (size_t i = 0; i < list->n; i++) {
		const struct write *w = &list->items[i];
		assert_true(w->len <= sizeof(old));
		assert_int_equal(pread(fd, old, w->len, (off_t)w->off), w->len);
		assert_memory_equal(old, w->old_bytes, w->len);
		assert_int_equal(pwrite(fd, w->new_bytes, w->len, (off_t)w->off), w->len);
	}
	close(fd);
}

#endif
