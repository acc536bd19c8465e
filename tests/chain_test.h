/* SPDX-License-Identifier: MIT */
/*
 * Differencing VHDs made byte by byte, in 4 KiB blocks on disks of T_DISK bytes, and their parents.
 * Nothing here uses the code under test but to open and to compare.
 */
#ifndef CHAIN_TEST_H
#define CHAIN_TEST_H

#include "vhd_test.h"

#define C_SECTORS   (T_DISK / 512) /* 35; the last block has 3 */
#define C_LOCATOR_1 2048u          /* file offset of the data of the first parent locator */
#define C_LOCATOR_2 2560u
#define C_FIRST     3072u /* of the first block's bitmap */
#define C_LEN_MAX   (C_FIRST + T_BLOCKS * T_STRIDE + T_FOOTER)

/* What a made child looks like; zero values are useful ones. */
struct child {
	uint8_t id, parent_id; /* first byte of the unique ids */
	uint64_t own;          /* bit s: sector s is the child's */
	uint64_t stored;       /* bit b: block b is stored although it owns nothing */
	const char *relative;  /* W2ru, or NULL */
	const char *absolute;  /* W2ku, or NULL */
	const char *name;      /* in the header, or NULL */
	uint32_t parent_time;
	uint8_t seed; /* of its own content */
};

UNUSED_OK static uint8_t child_byte(uint8_t seed, size_t i)
{
	return (uint8_t)(seed + i * 13 + i / 512 * 101 + 1);
}

UNUSED_OK static void set_id(uint8_t *at, uint8_t first)
{
	for (unsigned i = 0; i < 16; i++)
		at[i] = (uint8_t)(first + i * 3);
}

UNUSED_OK static size_t put_utf16(uint8_t *p, const char *text, bool big_endian)
{
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++) {
		p[2 * i + big_endian] = (uint8_t)text[i];
		p[2 * i + !big_endian] = 0;
	}
	return 2 * n;
}

UNUSED_OK static void put_locator(uint8_t *f, unsigned i, const char *platform, size_t at,
				  const char *text)
{
	uint8_t *l = f + T_HEADER_AT + 576 + 24 * i;
	memcpy(l, platform, 4);
	put_be(l + 4, 512, 4);
	put_be(l + 8, put_utf16(f + at, text, false), 4);
	put_be(l + 16, at, 8);
}

UNUSED_OK static void child_header(uint8_t *h, const struct child *c)
{
	memcpy(h, "cxsparse", 8);
	put_be(h + 8, UINT64_MAX, 8);
	put_be(h + 16, T_TABLE_AT, 8);
	put_be(h + 24, 0x10000, 4);
	put_be(h + 28, T_BLOCKS, 4);
	put_be(h + 32, T_BLOCK, 4);
	set_id(h + 40, c->parent_id);
	put_be(h + 56, c->parent_time, 4);
	if (c->name)
		put_utf16(h + 64, c->name, true);
}

/* One block: bitmap, own sectors, and rubbish where the parent's are. */
UNUSED_OK static void child_block(uint8_t *at, unsigned b, const struct child *c)
{
	memset(at, 0, 512);
	memset(at + 512, 0xbd, T_BLOCK);
	for (unsigned s = 0; s < 8 && b * 8 + s < C_SECTORS; s++) {
		unsigned sector = b * 8 + s;
		if (!(c->own >> sector & 1))
			continue;
		at[0] |= (uint8_t)(0x80 >> s);
		for (unsigned i = 0; i < 512; i++)
			at[512 + 512 * s + i] = child_byte(c->seed, 512 * sector + i);
	}
}

/* Make the child's file in f (C_LEN_MAX bytes); its length. */
UNUSED_OK static size_t build_child(uint8_t *f, const struct child *c)
{
	size_t end = C_FIRST;
	memset(f, 0, C_LEN_MAX);
	child_header(f + T_HEADER_AT, c);
	if (c->relative)
		put_locator(f, 1, "W2ru", C_LOCATOR_1, c->relative);
	if (c->absolute)
		put_locator(f, 0, "W2ku", C_LOCATOR_2, c->absolute);
	vhd_sum(f + T_HEADER_AT, 1024, 36);
	memset(f + T_TABLE_AT, 0xff, 512);
	for (unsigned b = T_BLOCKS; b-- > 0;) { /* in the file last block first */
		if ((c->own >> (8 * b) & 0xff) == 0 && !(c->stored >> b & 1))
			continue;
		put_be(f + T_TABLE_AT + 4 * b, end / 512, 4);
		child_block(f + end, b, c);
		end += T_STRIDE;
	}
	make_footer(f + end, 4, T_DISK);
	set_id(f + end + 68, c->id);
	vhd_sum(f + end, T_FOOTER, 64);
	memcpy(f, f + end, T_FOOTER);
	return end + T_FOOTER;
}

/* Write the child and lay its sectors over the disk that the test expects. */
UNUSED_OK static void make_child(const char *path, const struct child *c, uint8_t *expected)
{
	static uint8_t f[C_LEN_MAX];
	write_file(path, f, build_child(f, c));
	for (size_t i = 0; expected && i < T_DISK; i++)
		if (c->own >> (i / 512) & 1)
			expected[i] = child_byte(c->seed, i);
}

/* A fixed VHD of size bytes; expected (T_DISK bytes) gets its content, zeros behind it. */
UNUSED_OK static void make_fixed_base(const char *path, uint8_t id, size_t size, uint8_t *expected)
{
	uint8_t *f = calloc(1, size + T_FOOTER);
	assert_non_null(f);
	for (size_t i = 0; i < size; i++)
		f[i] = child_byte(200, i);
	make_footer(f + size, 2, size);
	set_id(f + size + 68, id);
	vhd_sum(f + size, T_FOOTER, 64);
	write_file(path, f, size + T_FOOTER);
	if (expected) {
		memset(expected, 0, T_DISK);
		memcpy(expected, f, size < T_DISK ? size : T_DISK);
	}
	free(f);
}

/* A dynamic VHD, blocks 1 and 3 absent. */
UNUSED_OK static void make_dynamic_base(const char *path, uint8_t id, uint8_t *expected)
{
	make_dynamic(file, disk);
	set_id(file + T_TAIL + 68, id);
	footer_changed();
	write_file(path, file, T_LEN);
	if (expected)
		memcpy(expected, disk, T_DISK);
}

UNUSED_OK static bool info_notes(const struct image *img, const char *words)
{
	const struct image_info *info = image_info(img);
	for (size_t i = 0; i < info->n_notes; i++)
		if (strstr(info->notes[i].plain, words))
			return true;
	return false;
}

/* path must be refused with this code, and the text must hold these words. */
UNUSED_OK static void chain_refused(const char *path, const struct image_options *options,
				    enum err_code code, const char *words)
{
	struct err err = {0};
	struct image *img = image_open(path, options, &err);
	image_close(img);
	if (img)
		fail_msg("opened, but should say: %s", words);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
}

#endif
