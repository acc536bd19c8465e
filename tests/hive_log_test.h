/* SPDX-License-Identifier: MIT */
/*
 * Dirty hives for tests, made from words. A hive is a string with a letter for every bin of 4096
 * bytes; a log entry is a string of the same kind in which '-' means "not in this entry". So
 * replaying "A-C" onto "abc" must give "AbC". Hashes and checksums are computed here by code of
 * its own, written from the description of the format.
 */
#ifndef STOP7B_HIVE_LOG_TEST_H
#define STOP7B_HIVE_LOG_TEST_H

#include "hive_fixture.h"
#include "stop7b/hive_log.h"

#define MADE_BINS 16u /* most bins of a made hive */
#define MADE_TIME 131000000000000000ull
#define MADE_ROOM (512u * 1024) /* bytes of a made log */
#define FILL_AT   200u          /* a byte of a bin that carries its letter */

/* ---- hashes, independent of the code under test ---- */

static inline uint64_t turn(uint64_t v, int n)
{
	v &= 0xffffffff;
	return (v * (1ull << n) | v >> (32 - n)) & 0xffffffff;
}

/* Marvin32 in 64-bit arithmetic, word by word from single bytes. */
static inline uint64_t own_marvin(const uint8_t *p, size_t len)
{
	uint64_t seed = 0x82ef4d887a4e55c5ull, a = seed & 0xffffffff, b = seed >> 32;
	for (size_t i = 0; i < len / 4 + 2; i++) {
		uint64_t w = i < len / 4 ? p[4 * i] | (uint64_t)p[4 * i + 1] << 8 |
						   (uint64_t)p[4 * i + 2] << 16 |
						   (uint64_t)p[4 * i + 3] << 24
			     : i == len / 4 ? 0x80
					    : 0;
		a = (a + w) & 0xffffffff;
		b ^= a;
		a = (turn(a, 20) + b) & 0xffffffff;
		b = turn(b, 9) ^ a;
		a = (turn(a, 27) + b) & 0xffffffff;
		b = turn(b, 19);
	}
	return b << 32 | a;
}

static inline void own_checksum(uint8_t *base)
{
	struct tiny t = {.p = base};
	tiny_checksum(&t);
}

/* ---- a hive ---- */

struct made {
	uint8_t *p;
	size_t len, room;
};

static inline struct span made_span(const struct made *m)
{
	return (struct span){m->p, m->len};
}

static inline void made_free(struct made *m)
{
	free(m->p);
	m->p = NULL;
}

/* The first bin's time and the root key, a key record without anything; where it ends. */
static inline uint32_t made_root(uint8_t *p)
{
	uint8_t *nk = p + 32 + 4;
	put_le64(p + 20, MADE_TIME);
	put_le32(p + 32, 0u - 88);
	memcpy(nk, "nk\x20", 3);
	put_le32(nk + 28, TINY_NONE);
	put_le32(nk + 40, TINY_NONE);
	put_le32(nk + 44, TINY_NONE);
	put_le32(nk + 48, TINY_NONE);
	put_le16(nk + 72, 1);
	nk[76] = 'R';
	return 32 + 88;
}

/* One bin of 4096 bytes: the root key if it is the first, then one cell full of the letter. */
static inline void made_bin(uint8_t *p, uint32_t at, char letter)
{
	memset(p, 0, 4096);
	memcpy(p, "hbin", 4);
	put_le32(p + 4, at);
	put_le32(p + 8, 4096);
	uint32_t cell = at == 0 ? made_root(p) : 32;
	put_le32(p + cell, 0u - (4096 - cell));
	memset(p + cell + 4, letter, 4096 - cell - 4);
}

static inline void made_base(uint8_t *p, uint32_t primary, uint32_t secondary, uint32_t type,
			     uint32_t bins)
{
	memcpy(p, "regf", 4);
	put_le32(p + 4, primary);
	put_le32(p + 8, secondary);
	put_le64(p + 12, MADE_TIME);
	put_le32(p + 20, 1);
	put_le32(p + 24, 5);
	put_le32(p + 28, type);
	put_le32(p + 32, 1);
	put_le32(p + 36, 32);
	put_le32(p + 40, bins);
	put_le32(p + 44, 1);
	own_checksum(p);
}

/* A hive file with `slack` bytes behind its bins. */
static inline struct made made_hive(uint32_t primary, uint32_t secondary, const char *letters,
				    size_t slack)
{
	uint32_t n = (uint32_t)strlen(letters);
	struct made m = {.len = 4096 + (size_t)n * 4096 + slack};
	m.p = calloc(1, m.len);
	assert_non_null(m.p);
	made_base(m.p, primary, secondary, 0, n * 4096);
	for (uint32_t i = 0; i < n; i++)
		made_bin(m.p + 4096 + 4096 * (size_t)i, 4096 * i, letters[i]);
	return m;
}

/* ---- new logs ---- */

static inline struct made made_log(uint32_t sequence, uint32_t type, uint32_t bins)
{
	struct made m = {.p = calloc(1, MADE_ROOM), .len = 512, .room = MADE_ROOM};
	assert_non_null(m.p);
	made_base(m.p, sequence, sequence, type, bins);
	return m;
}

/* Compute both hashes of the entry at `at` again. */
static inline void made_hash(struct made *m, size_t at)
{
	uint8_t *e = m->p + at;
	uint32_t size = le32(made_span(m), at + 4);
	put_le64(e + 24, own_marvin(e + 40, size - 40));
	put_le64(e + 32, own_marvin(e, 32));
}

/* Append an entry; returns its place. Its bins size is a bin for every character of letters. */
static inline size_t made_entry(struct made *m, uint32_t sequence, const char *letters)
{
	size_t at = m->len, bins = strlen(letters), n = 0, page;
	for (size_t i = 0; i < bins; i++)
		n += letters[i] != '-';
	size_t size = (40 + 8 * n + 4096 * n + 511) / 512 * 512;
	assert_true(at + size <= m->room);
	uint8_t *e = m->p + at, *ref = e + 40;
	memset(e, 0, size);
	memcpy(e, "HvLE", 4);
	put_le32(e + 4, (uint32_t)size);
	put_le32(e + 12, sequence);
	put_le32(e + 16, (uint32_t)bins * 4096);
	put_le32(e + 20, (uint32_t)n);
	page = 40 + 8 * n;
	for (size_t i = 0; i < bins; i++) {
		if (letters[i] == '-')
			continue;
		put_le32(ref, (uint32_t)i * 4096);
		put_le32(ref + 4, 4096);
		made_bin(e + page, (uint32_t)i * 4096, letters[i]);
		ref += 8;
		page += 4096;
	}
	m->len += size;
	made_hash(m, at);
	return at;
}

/* ---- old logs ---- */

/* A log with a bitmap; sectors of clustering * 512 bytes. */
static inline struct made made_old_log(uint32_t sequence, const char *letters, uint32_t clustering)
{
	uint32_t bins = (uint32_t)strlen(letters), sector = clustering * 512;
	struct made m = made_log(sequence, 1, bins * 4096);
	put_le32(m.p + 44, clustering);
	own_checksum(m.p);
	memcpy(m.p + sector, "DIRT", 4);
	m.len = (sector + 4 + bins + sector - 1) / sector * sector;
	for (uint32_t i = 0; i < bins; i++) {
		if (letters[i] == '-')
			continue;
		m.p[sector + 4 + i] = 0xff;
		made_bin(m.p + m.len, i * 4096, letters[i]);
		m.len += 4096;
	}
	return m;
}

/* ---- the result ---- */

struct outcome {
	struct arena *arena;
	struct hive_recovery got;
};

static inline struct outcome recover(struct span primary, struct span log1, struct span log2,
				     struct span log)
{
	struct hive_log_input in = {primary, {log1, log2, log}};
	struct outcome o = {.arena = arena_new()};
	struct err err = {0};
	assert_non_null(o.arena);
	assert_int_equal(hive_recover(&in, o.arena, &o.got, &err), 0);
	assert_non_null(o.got.words.plain);
	assert_int_equal(err.code, E_OK);
	return o;
}

static inline void outcome_free(struct outcome *o)
{
	arena_free(o->arena);
	o->arena = NULL;
}

static inline bool has_note(const struct hive_recovery *got, const char *part)
{
	for (size_t i = 0; i < got->n_notes; i++)
		if (strstr(got->notes[i].plain, part))
			return true;
	return false;
}

/* The bins are those of letters ('.' an empty one), and the hive opens as a clean one. */
static inline void assert_bins(const struct hive_recovery *got, const char *letters)
{
	struct hive h;
	struct err err = {0};
	char found[MADE_BINS + 1] = "";
	if (hive_open(&h, got->bytes, &err))
		fail_msg("%s", err.text);
	assert_int_equal(h.damaged_bin, HIVE_NONE);
	assert_int_equal(h.dirty, got->was_dirty && !got->recovered);
	assert_true(h.bins_size / 4096 <= MADE_BINS);
	for (uint32_t i = 0; i < h.bins_size / 4096; i++) {
		char c = (char)u8(got->bytes, 4096 + 4096 * (uint64_t)i + FILL_AT);
		found[i] = c ? c : '.';
	}
	assert_string_equal(found, letters);
}

#endif
