/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the FAT module share: a volume laid out byte by byte from the specification
 * (not by the code under test), and volumes opened from memory.
 */
#ifndef FAT_TEST_H
#define FAT_TEST_H

#include "test.h"

#include "src/fs/fat_internal.h"

#define UNUSED_OK __attribute__((unused))
#define TABLES    2u
#define RESERVED  4u
#define START     8192u /* where the volume begins on its disk */

/* What to make. */
struct shape {
	unsigned kind;
	uint32_t sector, per_cluster, clusters;
	uint32_t root_entries; /* FAT12, FAT16 */
};

struct made {
	struct shape shape;
	uint8_t *disk, *volume;
	size_t len; /* of the disk */
	uint32_t table_sectors;
	uint8_t *table[TABLES], *root;
	uint8_t *data; /* cluster 2 */
	uint32_t next; /* the first cluster not handed out */
	struct image *img;
	struct fat *fat;
	struct arena *arena;
	struct err err;
};

/* ---- laying out ---- */

UNUSED_OK static void set_entry(struct made *m, uint32_t cluster, uint32_t value)
{
	for (unsigned i = 0; i < TABLES; i++) {
		uint8_t *t = m->table[i];
		if (m->shape.kind == 32) {
			put_le32(t + 4 * (size_t)cluster, value);
		} else if (m->shape.kind == 16) {
			put_le16(t + 2 * (size_t)cluster, (uint16_t)value);
		} else {
			uint8_t *p = t + cluster * 3 / 2;
			unsigned old = p[0] | (unsigned)p[1] << 8;
			unsigned both = cluster & 1 ? (old & 0xf) | (value & 0xfff) << 4
						    : (old & 0xf000) | (value & 0xfff);
			put_le16(p, (uint16_t)both);
		}
	}
}

UNUSED_OK static uint32_t mark(const struct made *m, uint32_t low)
{
	return m->shape.kind == 12   ? 0xf00 | low
	       : m->shape.kind == 16 ? 0xff00 | low
				     : 0x0fffff00 | low;
}

UNUSED_OK static uint8_t *cluster_at(struct made *m, uint32_t cluster)
{
	return m->data + (size_t)(cluster - 2) * m->shape.sector * m->shape.per_cluster;
}

UNUSED_OK static void fill_boot(struct made *m, uint32_t sectors)
{
	uint8_t *b = m->volume;
	bool wide = m->shape.kind == 32;
	memcpy(b, "\xeb\x58\x90TESTFAT ", 11);
	put_le16(b + 11, (uint16_t)m->shape.sector);
	b[13] = (uint8_t)m->shape.per_cluster;
	put_le16(b + 14, RESERVED);
	b[16] = TABLES;
	put_le16(b + 17, (uint16_t)m->shape.root_entries);
	put_le32(b + 32, sectors);
	b[21] = 0xf8;
	put_le16(b + 22, wide ? 0 : (uint16_t)m->table_sectors);
	if (wide) {
		put_le32(b + 36, m->table_sectors);
		put_le32(b + 44, 2);
	}
	b[510] = 0x55;
	b[511] = 0xaa;
}

UNUSED_OK static void make(struct made *m, struct shape shape)
{
	uint32_t bits = shape.kind;
	*m = (struct made){.shape = shape, .next = shape.kind == 32 ? 3 : 2};
	m->table_sectors = ((shape.clusters + 2) * bits / 8 + shape.sector) / shape.sector;
	uint32_t root = (shape.root_entries * 32 + shape.sector - 1) / shape.sector;
	uint32_t before = RESERVED + TABLES * m->table_sectors + root;
	uint32_t sectors = before + shape.clusters * shape.per_cluster;
	m->len = START + (size_t)sectors * shape.sector;
	m->disk = calloc(1, m->len);
	assert_non_null(m->disk);
	m->volume = m->disk + START;
	for (unsigned i = 0; i < TABLES; i++)
		m->table[i] = m->volume + (RESERVED + i * m->table_sectors) * shape.sector;
	m->data = m->volume + (size_t)before * shape.sector;
	m->root = shape.kind == 32 ? m->data : m->data - (size_t)root * shape.sector;
	fill_boot(m, sectors);
	set_entry(m, 0, mark(m, 0xf8));
	set_entry(m, 1, mark(m, 0xff));
	if (shape.kind == 32)
		set_entry(m, 2, mark(m, 0xff));
}

UNUSED_OK static const struct shape small_fat12 = {12, 512, 1, 200, 64};
UNUSED_OK static const struct shape small_fat16 = {16, 512, 1, 5000, 64};
UNUSED_OK static const struct shape small_fat32 = {32, 512, 1, 65525, 0};

/* Hand out n clusters, step apart, chained; the first one. */
UNUSED_OK static uint32_t chain(struct made *m, uint32_t n, uint32_t step)
{
	uint32_t first = m->next;
	for (uint32_t i = 0; i < n; i++)
		set_entry(m, first + i * step, i + 1 < n ? first + (i + 1) * step : mark(m, 0xff));
	m->next += n * step;
	assert_true(m->next <= m->shape.clusters + 2);
	return first;
}

/* A short entry at slot of a directory. */
UNUSED_OK static uint8_t *put_short(uint8_t *dir, unsigned slot, const char *name,
				    uint8_t attributes)
{
	uint8_t *e = dir + 32 * slot;
	memset(e, 0, 32);
	memcpy(e, name, 11);
	e[11] = attributes;
	put_le16(e + 22, 13 << 11 | 37 << 5 | 21); /* 13:37:42 */
	put_le16(e + 24, 33 << 9 | 10 << 5 | 21);  /* 2013-10-21 */
	return e;
}

UNUSED_OK static void set_place(uint8_t *entry, uint32_t cluster, uint32_t size)
{
	put_le16(entry + 20, (uint16_t)(cluster >> 16));
	put_le16(entry + 26, (uint16_t)cluster);
	put_le32(entry + 28, size);
}

/* The checksum by the specification's own loop. */
UNUSED_OK static uint8_t name_sum(const char *name)
{
	unsigned sum = 0;
	for (int i = 0; i < 11; i++)
		sum = ((sum & 1 ? 0x80 : 0) + (sum >> 1) + (uint8_t)name[i]) & 0xff;
	return (uint8_t)sum;
}

/* Long entries for n units before the short one; the slot of the short entry. */
UNUSED_OK static unsigned put_long(uint8_t *dir, unsigned slot, const uint16_t *units, unsigned n,
				   const char *short_name)
{
	static const uint8_t places[] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	unsigned parts = (n + 12) / 13;
	for (unsigned part = parts; part-- > 0; slot++) {
		uint8_t *e = dir + 32 * slot;
		memset(e, 0, 32);
		e[0] = (uint8_t)((part + 1) | (part + 1 == parts ? 0x40 : 0));
		e[11] = 0x0f;
		e[13] = name_sum(short_name);
		for (unsigned k = 0; k < 13; k++) {
			unsigned at = part * 13 + k;
			put_le16(e + places[k], at < n ? units[at] : at == n ? 0 : 0xffff);
		}
	}
	return slot;
}

UNUSED_OK static unsigned put_long_ascii(uint8_t *dir, unsigned slot, const char *name,
					 const char *short_name)
{
	uint16_t units[256];
	unsigned n = 0;
	for (; name[n]; n++)
		units[n] = (uint8_t)name[n];
	return put_long(dir, slot, units, n, short_name);
}

/* ---- opening ---- */

UNUSED_OK static void open_made(struct made *m)
{
	m->err = (struct err){0};
	m->arena = m->arena ? m->arena : arena_new();
	m->img = image_open_memory(m->disk, m->len, m->shape.sector, &m->err);
	assert_non_null(m->img);
	m->fat = fat_open(m->img, START, m->len - START, &m->err);
}

UNUSED_OK static void shut(struct made *m)
{
	fat_close(m->fat);
	image_close(m->img);
	m->fat = NULL;
	m->img = NULL;
}

UNUSED_OK static void reopen(struct made *m)
{
	shut(m);
	open_made(m);
}

UNUSED_OK static void unmake(struct made *m)
{
	shut(m);
	arena_free(m->arena);
	free(m->disk);
}

UNUSED_OK static struct fat_file *open_file(struct fat *fat, const char *path)
{
	struct err err = {0};
	struct fat_file *f = fat_file_open(fat, path, &err);
	if (!f)
		fail_msg("%s: %s", path, err.text);
	return f;
}

UNUSED_OK static void expect_open_fails(struct fat *fat, const char *path, enum err_code code,
					const char *words)
{
	struct err err = {0};
	assert_null(fat_file_open(fat, path, &err));
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s: %s, not \"%s\": %s", path, err_name(err.code), words, err.text);
}

UNUSED_OK static struct fat_entry *list_of(struct fat *fat, struct arena *arena, const char *path,
					   size_t *n)
{
	struct fat_file *f = open_file(fat, path);
	struct fat_entry *entries;
	struct err err = {0};
	if (fat_file_list(f, arena, &entries, n, &err) != 0)
		fail_msg("%s: %s", path, err.text);
	fat_file_close(f);
	return entries;
}

UNUSED_OK static void expect_content(struct fat *fat, const char *path, const uint8_t *want,
				     size_t len)
{
	struct fat_file *f = open_file(fat, path);
	struct err err = {0};
	uint8_t *got = malloc(len + 1);
	size_t at = len / 3;
	assert_int_equal(fat_file_size(f), len);
	if (fat_file_read(f, 0, got, len, &err) != 0)
		fail_msg("%s: %s", path, err.text);
	assert_memory_equal(got, want, len);
	assert_int_equal(fat_file_read(f, at, got, len - at, &err), 0);
	assert_memory_equal(got, want + at, len - at);
	assert_int_equal(fat_file_read(f, len, got, 1, &err), -1);
	assert_int_equal(err.code, E_USAGE);
	free(got);
	fat_file_close(f);
}

UNUSED_OK static uint8_t *pattern(size_t len, uint32_t seed)
{
	uint8_t *p = malloc(len + 1);
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (uint8_t)(seed >> 24);
	}
	return p;
}

#endif
