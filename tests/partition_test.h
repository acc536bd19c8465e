/* SPDX-License-Identifier: MIT */
/*
 * What the partition tests share: one disk in memory, its listing, and an MBR entry.
 */
#ifndef PARTITION_TEST_H
#define PARTITION_TEST_H

#include "disk_test.h"

#include "stop7b/partition.h"

struct disk {
	uint8_t *p;
	size_t len;
	uint32_t sector;
	struct arena *arena;
	struct image *img;
	struct partition_table t;
	struct err err;
	int rc;
};

UNUSED_OK static struct disk new_disk(size_t sectors, uint32_t sector)
{
	struct disk d = {.len = sectors * sector, .sector = sector};
	d.p = calloc(1, d.len);
	assert_non_null(d.p);
	return d;
}

UNUSED_OK static void forget(struct disk *d)
{
	image_close(d->img);
	arena_free(d->arena);
	d->img = NULL;
	d->arena = NULL;
}

UNUSED_OK static void free_disk(struct disk *d)
{
	forget(d);
	free(d->p);
}

UNUSED_OK static int list(struct disk *d)
{
	forget(d);
	d->arena = arena_new();
	d->img = image_open_memory(d->p, d->len, d->sector, NULL);
	assert_true(d->arena && d->img);
	err_clear(&d->err);
	d->rc = partition_list(d->img, d->arena, &d->t, &d->err);
	if (d->rc < 0)
		assert_int_not_equal(d->err.code, E_OK);
	return d->rc;
}

UNUSED_OK static void must_list(struct disk *d, enum partition_scheme scheme, size_t n)
{
	if (list(d) < 0)
		fail_msg("%s", d->err.text);
	assert_int_equal(d->t.scheme, scheme);
	assert_int_equal(d->t.n, n);
}

UNUSED_OK static void must_fail(struct disk *d, enum err_code code, const char *words)
{
	if (list(d) == 0)
		fail_msg("listed, but should say: %s", words);
	if (d->err.code != code || !strstr(d->err.text, words))
		fail_msg("%s (%s) instead of %s", d->err.text, err_name(d->err.code), words);
}

UNUSED_OK static bool noted(const struct disk *d, const char *words)
{
	for (size_t i = 0; i < d->t.n_notes; i++)
		if (strstr(d->t.notes[i].plain, words))
			return true;
	return false;
}

UNUSED_OK static bool problem_says(const struct disk *d, size_t i, const char *words)
{
	const char *problem = d->t.items[i].problem.plain;
	return problem && strstr(problem, words);
}

UNUSED_OK static void mbr(struct disk *d, unsigned i, uint8_t type, uint32_t first, uint32_t count)
{
	uint8_t *e = d->p + 446 + 16 * i;
	e[4] = type;
	put_le(e + 8, first, 4);
	put_le(e + 12, count, 4);
	d->p[510] = 0x55;
	d->p[511] = 0xaa;
}

#endif
