/* SPDX-License-Identifier: MIT */
/*
 * Logs made byte by byte on the disk of vhdx_test.h. The block table on the disk lacks block 2;
 * `good_table` is the page of the table that has it.
 */
#ifndef VHDX_LOG_TEST_H
#define VHDX_LOG_TEST_H

#include "vhdx_test.h"

#define SECTOR  4096u
#define RING    256u /* sectors of the log */
#define LOG_ID  "0f0e0d0c-0b0a-0908-0706-050403020100"
#define GARBAGE (X_META + 0x40000) /* a page that nothing reads */

UNUSED_OK static uint8_t good_table[SECTOR], noise[SECTOR];

UNUSED_OK static uint8_t *ring(unsigned sector)
{
	return x_file + X_LOG + sector % RING * SECTOR;
}

/* The made disk with a log in use, its block table without block 2. */
UNUSED_OK static void make(void)
{
	x_make();
	memset(noise, 0x5c, sizeof(noise));
	memcpy(good_table, x_file + X_TABLE, SECTOR);
	x_entry(2, 0, 0);
	x_guid(x_file + X_HEADER1 + 48, LOG_ID);
	x_guid(x_file + X_HEADER2 + 48, LOG_ID);
	x_sums();
}

struct made_entry {
	unsigned start, sectors, tail, descriptors;
	uint64_t sequence;
};

UNUSED_OK static void begin(const struct made_entry *e)
{
	uint8_t *p = ring(e->start);
	memset(p, 0, SECTOR);
	memcpy(p, "loge", 4);
	put_le(p + 8, e->sectors * SECTOR, 4);
	put_le(p + 12, e->tail * SECTOR, 4);
	put_le(p + 16, e->sequence, 8);
	put_le(p + 24, e->descriptors, 4);
	x_guid(p + 32, LOG_ID);
	put_le(p + 48, X_LEN, 8);
	put_le(p + 56, X_LEN, 8);
}

UNUSED_OK static void data(const struct made_entry *e, unsigned n, uint64_t at, const uint8_t *page)
{
	uint8_t *d = ring(e->start) + 64 + 32 * n, *s = ring(e->start + 1 + n);
	memcpy(d, "desc", 4);
	memcpy(d + 4, page + SECTOR - 4, 4);
	memcpy(d + 8, page, 8);
	put_le(d + 16, at, 8);
	put_le(d + 24, e->sequence, 8);
	memcpy(s, "data", 4);
	put_le(s + 4, e->sequence >> 32, 4);
	memcpy(s + 8, page + 8, SECTOR - 12);
	put_le(s + SECTOR - 4, e->sequence, 4);
}

UNUSED_OK static void zero(const struct made_entry *e, unsigned n, uint64_t at, uint64_t len)
{
	uint8_t *d = ring(e->start) + 64 + 32 * n;
	memcpy(d, "zero", 4);
	put_le(d + 8, len, 8);
	put_le(d + 16, at, 8);
	put_le(d + 24, e->sequence, 8);
}

UNUSED_OK static void sum(const struct made_entry *e)
{
	static uint8_t copy[RING * SECTOR];
	for (unsigned i = 0; i < e->sectors; i++)
		memcpy(copy + i * SECTOR, ring(e->start + i), SECTOR);
	x_sum(copy, e->sectors * SECTOR, 4);
	memcpy(ring(e->start) + 4, copy + 4, 4);
}

/* An entry that replaces one page. */
UNUSED_OK static struct made_entry one_page(unsigned start, unsigned tail, uint64_t sequence,
					    uint64_t at, const uint8_t *page)
{
	struct made_entry e = {start, 2, tail, 1, sequence};
	begin(&e);
	data(&e, 0, at, page);
	sum(&e);
	return e;
}

UNUSED_OK static void opens(void **state)
{
	struct image *img = x_open(state, X_LEN);
	assert_int_equal(image_info(img)->n_notes, 1);
	assert_non_null(strstr(image_info(img)->notes[0].plain, "log"));
	assert_true(image_info(img)->reference_unsafe);
	assert_null(image_info(img)->no_writes);
	check_disk(img, x_disk, X_DISK);
	image_close(img);
}

#endif
