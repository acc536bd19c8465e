/* SPDX-License-Identifier: MIT */
/*
 * Hives for tests: a small writer that makes one from nothing, and real ones from the data
 * folder. The writer shares no code with the walker: it lays cells out one after the other in a
 * single bin, the way the format's description says.
 */
#ifndef STOP7B_HIVE_FIXTURE_H
#define STOP7B_HIVE_FIXTURE_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stop7b/hive.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

#define TINY_BIN     0x18000u /* bytes of the only bin */
#define TINY_SIZE    (4096u + TINY_BIN)
#define TINY_NONE    0xffffffffu
#define TINY_LARGEST 60000u                /* what every key says of the longest that it holds */
#define TINY_TIME    130000000000000000ull /* FILETIME of every key, in 2012 */

struct tiny {
	uint8_t *p;
	uint32_t next; /* offset of the next cell */
	/* places that tests damage or ask for */
	uint32_t root, services, link, msahci, storahci, override, latin, wide;
	uint32_t services_ri, leaf_one, leaf_two, root_list, msahci_values;
	uint32_t vk_start, vk_type, vk_path, vk_big, vk_multi, db;
};

/* The record in the cell at off. */
static inline uint8_t *tiny_at(struct tiny *t, uint32_t off)
{
	return t->p + 4096 + off + 4;
}

static inline uint32_t tiny_cell(struct tiny *t, size_t len)
{
	uint32_t at = t->next, size = (uint32_t)(len + 4 + 7) / 8 * 8;
	assert_true(at + size <= TINY_BIN);
	put_le32(t->p + 4096 + at, 0u - size);
	t->next += size;
	return at;
}

static inline uint32_t tiny_bytes(struct tiny *t, const void *data, size_t len)
{
	uint32_t at = tiny_cell(t, len);
	memcpy(tiny_at(t, at), data, len);
	return at;
}

/* flags: 0x20 for Latin-1 names, 0 for UTF-16LE. */
static inline uint32_t tiny_key(struct tiny *t, const char *name, size_t len, unsigned flags)
{
	uint32_t at = tiny_cell(t, 76 + len);
	uint8_t *nk = tiny_at(t, at);
	memcpy(nk, "nk", 2);
	put_le16(nk + 2, (uint16_t)flags);
	put_le64(nk + 4, TINY_TIME);
	put_le32(nk + 28, TINY_NONE);
	put_le32(nk + 32, TINY_NONE);
	put_le32(nk + 40, TINY_NONE);
	put_le32(nk + 44, TINY_NONE);
	put_le32(nk + 48, TINY_NONE);
	put_le16(nk + 72, (uint16_t)len);
	memcpy(nk + 76, name, len);
	return at;
}

static inline uint32_t tiny_ascii_key(struct tiny *t, const char *name)
{
	return tiny_key(t, name, strlen(name), 0x20);
}

/* A subkey list of one kind; the hint or hash that lf and lh carry is a wrong one. */
static inline uint32_t tiny_list(struct tiny *t, const char *kind, const uint32_t *keys, size_t n)
{
	size_t step = strcmp(kind, "lf") == 0 || strcmp(kind, "lh") == 0 ? 8 : 4;
	uint32_t at = tiny_cell(t, 4 + n * step);
	uint8_t *list = tiny_at(t, at);
	memcpy(list, kind, 2);
	put_le16(list + 2, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		put_le32(list + 4 + i * step, keys[i]);
		if (step == 8)
			put_le32(list + 8 + i * step, 0xdeadbeef);
	}
	return at;
}

static inline void tiny_subkeys(struct tiny *t, uint32_t key, uint32_t list, uint32_t n)
{
	put_le32(tiny_at(t, key) + 20, n);
	put_le32(tiny_at(t, key) + 28, list);
}

static inline uint32_t tiny_vk(struct tiny *t, const char *name, uint32_t type, uint32_t size,
			       uint32_t data)
{
	uint32_t at = tiny_cell(t, 20 + strlen(name));
	uint8_t *vk = tiny_at(t, at);
	memcpy(vk, "vk", 2);
	put_le16(vk + 2, (uint16_t)strlen(name));
	put_le32(vk + 4, size);
	put_le32(vk + 8, data);
	put_le32(vk + 12, type);
	put_le16(vk + 16, 1);
	memcpy(vk + 20, name, strlen(name));
	return at;
}

static inline uint32_t tiny_value(struct tiny *t, const char *name, uint32_t type, const void *data,
				  size_t len)
{
	uint32_t at = tiny_vk(t, name, type, (uint32_t)len, 0);
	if (len > 4) {
		put_le32(tiny_at(t, at) + 8, tiny_bytes(t, data, len));
	} else {
		put_le32(tiny_at(t, at) + 4, 0x80000000u | (uint32_t)len);
		memcpy(tiny_at(t, at) + 8, data, len);
	}
	return at;
}

static inline uint32_t tiny_dword(struct tiny *t, const char *name, uint32_t number)
{
	uint8_t data[4];
	put_le32(data, number);
	return tiny_value(t, name, REG_DWORD, data, sizeof(data));
}

/* ASCII text as UTF-16LE; NUL bytes inside count as characters. Returns bytes. */
static inline size_t tiny_utf16(const char *text, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++)
		put_le16(out + 2 * i, (uint8_t)text[i]);
	return 2 * n;
}

static inline uint32_t tiny_text(struct tiny *t, const char *name, uint32_t type, const char *text,
				 size_t n)
{
	uint8_t data[256];
	return tiny_value(t, name, type, data, tiny_utf16(text, n, data));
}

#define TINY_BIG 40000u /* bytes in three segments */

static inline uint32_t tiny_big(struct tiny *t, const char *name)
{
	uint8_t segment[16344], db[8] = "db";
	uint32_t segments[3];
	for (uint32_t i = 0; i < 3; i++) {
		memset(segment, (int)('a' + i), sizeof(segment));
		segments[i] = tiny_bytes(t, segment, i < 2 ? 16344 : TINY_BIG - 2 * 16344);
	}
	uint32_t list = tiny_cell(t, sizeof(segments));
	for (uint32_t i = 0; i < 3; i++)
		put_le32(tiny_at(t, list) + 4 * i, segments[i]);
	put_le16(db + 2, 3);
	put_le32(db + 4, list);
	t->db = tiny_bytes(t, db, sizeof(db));
	return tiny_vk(t, name, REG_BINARY, TINY_BIG, t->db);
}

/* Give key the n values; returns the list's cell. */
static inline uint32_t tiny_values(struct tiny *t, uint32_t key, const uint32_t *values, uint32_t n)
{
	uint32_t list = tiny_cell(t, 4 * n), largest = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t size = le32((struct span){tiny_at(t, values[i]), 20}, 4) & 0x7fffffff;
		put_le32(tiny_at(t, list) + 4 * i, values[i]);
		largest = size > largest ? size : largest;
	}
	put_le32(tiny_at(t, key) + 36, n);
	put_le32(tiny_at(t, key) + 40, list);
	put_le32(tiny_at(t, key) + 64, largest);
	return list;
}

/* XOR of 127 words, 0 and -1 replaced; written independently of hive_checksum(). */
static inline void tiny_checksum(struct tiny *t)
{
	uint8_t sum[4] = {0};
	for (size_t i = 0; i < 508; i++)
		sum[i % 4] ^= t->p[i];
	uint32_t whole = (uint32_t)sum[0] | (uint32_t)sum[1] << 8 | (uint32_t)sum[2] << 16 |
			 (uint32_t)sum[3] << 24;
	put_le32(t->p + 508, whole == 0 ? 1 : whole == 0xffffffff ? 0xfffffffe : whole);
}

static inline void tiny_base(struct tiny *t)
{
	memcpy(t->p, "regf", 4);
	put_le32(t->p + 4, 77);
	put_le32(t->p + 8, 77);
	put_le64(t->p + 12, TINY_TIME + 5);
	put_le32(t->p + 20, 1);
	put_le32(t->p + 24, 5);
	put_le32(t->p + 32, 1);
	put_le32(t->p + 36, t->root);
	put_le32(t->p + 40, TINY_BIN);
	put_le32(t->p + 44, 1);
	memcpy(t->p + 4096, "hbin", 4);
	put_le32(t->p + 4096 + 8, TINY_BIN);
	put_le64(t->p + 4096 + 20, TINY_TIME + 5);
	put_le32(t->p + 4096 + t->next, TINY_BIN - t->next); /* the rest is one free cell */
	tiny_checksum(t);
}

static inline void tiny_msahci(struct tiny *t)
{
	static const char path[] = "System32\\drivers\\msahci.sys";
	uint8_t in_cell[4] = {1};
	t->msahci = tiny_ascii_key(t, "msahci");
	t->vk_start = tiny_dword(t, "Start", 3);
	t->vk_type = tiny_vk(t, "Type", REG_DWORD, 4, tiny_bytes(t, in_cell, 4));
	t->vk_path = tiny_text(t, "ImagePath", REG_EXPAND_SZ, path, sizeof(path));
	t->vk_multi = tiny_text(t, "Owners", REG_MULTI_SZ, "one\0two\0", 9);
	t->vk_big = tiny_big(t, "Big");
	uint32_t values[] = {
		t->vk_start,
		t->vk_type,
		t->vk_path,
		t->vk_multi,
		t->vk_big,
		tiny_text(t, "", REG_SZ, "default", 8),
		tiny_vk(t, "Empty", REG_SZ, 0x80000000u, 0),
		tiny_value(t, "Short", REG_BINARY, "\x11\x22\x33", 3),
		tiny_value(t, "Odd", 0x12345, "\x11\x22\x33\x44", 4),
	};
	t->msahci_values = tiny_values(t, t->msahci, values, 9);
}

/*
 * ROOT\{ControlSet001\{Class, Services\{...}}, Select}. Services has an index root over a hash
 * leaf (atapi, msahci) and an index leaf (storahci, a symbolic link, two keys with foreign names).
 */
static inline void tiny_bounds(struct tiny *t, uint32_t key)
{
	for (size_t bound = 52; bound <= 64; bound += 4)
		put_le32(tiny_at(t, key) + bound, TINY_LARGEST);
}

static inline struct tiny tiny_new(void)
{
	struct tiny t = {.p = calloc(1, TINY_SIZE), .next = 32};
	assert_non_null(t.p);
	t.root = tiny_ascii_key(&t, "ROOT");
	uint32_t set = tiny_ascii_key(&t, "ControlSet001"), select = tiny_ascii_key(&t, "Select");
	uint32_t class = tiny_ascii_key(&t, "Class"), atapi = tiny_ascii_key(&t, "atapi");
	t.services = tiny_ascii_key(&t, "Services");
	tiny_msahci(&t);
	t.storahci = tiny_ascii_key(&t, "storahci");
	t.override = tiny_ascii_key(&t, "StartOverride");
	t.link = tiny_key(&t, "Linked", 6, 0x20 | 0x10);
	t.latin = tiny_key(&t, "\xc4rger\xff", 6, 0x20);
	t.wide = tiny_key(&t, "N\0\0\0\x14\x04\x3d\xd8\x00\xde", 10, 0);
	uint32_t value = tiny_dword(&t, "0", 3), start = tiny_dword(&t, "Start", 0);
	uint32_t current = tiny_dword(&t, "Current", 1);
	tiny_values(&t, t.override, &value, 1);
	tiny_values(&t, t.storahci, &start, 1);
	tiny_values(&t, t.link, &start, 1);
	tiny_values(&t, select, &current, 1);
	uint8_t class_name[16];
	size_t class_len = tiny_utf16("A class", 7, class_name);
	put_le32(tiny_at(&t, class) + 48, tiny_bytes(&t, class_name, class_len));
	put_le16(tiny_at(&t, class) + 74, (uint16_t)class_len);
	t.leaf_one = tiny_list(&t, "lh", (uint32_t[]){atapi, t.msahci}, 2);
	t.leaf_two = tiny_list(&t, "li", (uint32_t[]){t.storahci, t.link, t.latin, t.wide}, 4);
	t.services_ri = tiny_list(&t, "ri", (uint32_t[]){t.leaf_one, t.leaf_two}, 2);
	tiny_subkeys(&t, t.services, t.services_ri, 6);
	tiny_subkeys(&t, t.storahci, tiny_list(&t, "lf", &t.override, 1), 1);
	tiny_subkeys(&t, set, tiny_list(&t, "lf", (uint32_t[]){class, t.services}, 2), 2);
	t.root_list = tiny_list(&t, "lh", (uint32_t[]){set, select}, 2);
	tiny_subkeys(&t, t.root, t.root_list, 2);
	const uint32_t keys[] = {t.root,   set,        select,     class,  atapi,   t.services,
				 t.msahci, t.storahci, t.override, t.link, t.latin, t.wide};
	for (size_t i = 0; i < COUNT(keys); i++)
		tiny_bounds(&t, keys[i]);
	tiny_base(&t);
	return t;
}

static inline struct span tiny_span(const struct tiny *t)
{
	return (struct span){t->p, TINY_SIZE};
}

static inline void tiny_free(struct tiny *t)
{
	free(t->p);
	t->p = NULL;
}

/* ---- looking into it; fails the test when it is not there ---- */

static inline struct hive tiny_open(const struct tiny *t)
{
	struct hive h;
	struct err err = {0};
	assert_int_equal(hive_open(&h, tiny_span(t), &err), 0);
	assert_int_equal(err.code, E_OK);
	return h;
}

static inline struct key find(const struct hive *h, const char *path)
{
	struct key k;
	struct err err = {0};
	if (key_find(hive_root(h), path, &k, &err))
		fail_msg("%s: %s", path, err.text);
	return k;
}

static inline struct value find_value(const struct hive *h, const char *path, const char *name)
{
	struct value v;
	struct err err = {0};
	if (value_find(find(h, path), name, &v, &err))
		fail_msg("%s: %s", name, err.text);
	return v;
}

/* ---- walking everything ---- */

struct census {
	uint64_t keys, values, bytes;
	struct err err; /* first damage */
};

static inline void census_value(struct value v, struct census *c)
{
	struct arena *arena = arena_new();
	struct span data;
	assert_non_null(arena);
	c->values++;
	if (value_data(v, arena, &data, &c->err) == 0)
		c->bytes += data.len;
	assert_non_null(value_name(v, arena));
	arena_free(arena);
}

/* Visit k and all below it, no more keys and values than the hive can hold. */
static inline void census_key(struct key k, unsigned depth, struct census *c)
{
	struct value_iter values = key_values(k);
	struct key_iter subkeys = key_subkeys(k);
	struct value v;
	struct key sub;
	c->keys++;
	while (c->values < hive_values_max(k.hive) && c->bytes < k.hive->bins_size &&
	       value_next(&values, &v))
		census_value(v, c);
	err_set(&c->err, values.err.code, "%s", values.err.text);
	while (depth < HIVE_DEPTH_MAX && c->keys < hive_keys_max(k.hive) &&
	       key_next(&subkeys, &sub))
		census_key(sub, depth + 1, c);
	err_set(&c->err, subkeys.err.code, "%s", subkeys.err.text);
}

static inline struct census census_of(const struct hive *h)
{
	struct census c = {0};
	census_key(hive_root(h), 0, &c);
	return c;
}

/* ---- which bytes an edit changed ---- */

struct range {
	uint64_t off, len;
};

static inline bool is_inside(uint64_t at, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at >= ranges[i].off && at - ranges[i].off < ranges[i].len)
			return true;
	return false;
}

/* Every byte outside the ranges is the same, and something differs inside each of them. */
static inline void assert_changed(struct span before, struct span after, const struct range *ranges,
				  size_t n)
{
	assert_int_equal(before.len, after.len);
	for (uint64_t at = 0; at < before.len; at++)
		if (before.p[at] != after.p[at] && !is_inside(at, ranges, n))
			fail_msg("byte 0x%llx changed", (unsigned long long)at);
	for (size_t i = 0; i < n; i++)
		assert_memory_not_equal(before.p + ranges[i].off, after.p + ranges[i].off,
					ranges[i].len);
}

/* ---- real hives ---- */

/* Path of the data folder: S7B_DATA, else ../shared/data beside the sources (S7B_SRC, else .). */
static inline void data_path(char out[4096], const char *name)
{
	const char *data = getenv("S7B_DATA"), *src = getenv("S7B_SRC");
	if (data)
		snprintf(out, 4096, "%s/%s", data, name);
	else
		snprintf(out, 4096, "%s/../shared/data/%s", src ? src : ".", name);
}

/* Read a whole stream into malloc'ed memory. */
static inline struct span slurp(FILE *f)
{
	size_t len = 0, cap = 1 << 20, got;
	uint8_t *p = malloc(cap);
	while (p && (got = fread(p + len, 1, cap - len, f)) > 0) {
		len += got;
		if (len == cap)
			p = realloc(p, cap *= 2);
	}
	assert_non_null(p);
	return (struct span){p, len};
}

/* A file of the data folder, *.xz unpacked; an empty span when it is not there. */
static inline struct span data_load(const char *name)
{
	char path[4096], command[4200];
	data_path(path, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return (struct span){0};
	size_t n = strlen(path);
	if (n > 3 && strcmp(path + n - 3, ".xz") == 0) {
		fclose(f);
		snprintf(command, sizeof(command), "xz -dc '%s'", path);
		f = popen(command, "r");
		assert_non_null(f);
		struct span s = slurp(f);
		assert_int_equal(pclose(f), 0);
		return s;
	}
	struct span s = slurp(f);
	fclose(f);
	return s;
}

static inline void data_free(struct span s)
{
	union {
		const uint8_t *given;
		void *owned;
	} p = {.given = s.p};
	free(p.owned);
}

#endif
