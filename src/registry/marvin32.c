/* SPDX-License-Identifier: MIT */
/*
 * Marvin32, the checksum that Windows puts over the entries of its newer registry logs.
 *
 * Two 32-bit halves take in one little-endian word after the other, each followed by a round of
 * mixing. The end is marked by the word 0x80 and a word 0. Only whole words are needed: all the
 * lengths that a log entry can have are multiples of 4. It protects against accidents, not
 * against forgery, because the seed is a constant that everybody knows.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Log entries";
 * doc/FORMATS/registry-logs.md, "Marvin32": the order of the seed's halves.
 */
#include "hive_log_internal.h"

#define SEED_LOW  0x7a4e55c5u
#define SEED_HIGH 0x82ef4d88u
#define END_MARK  0x80u

struct marvin {
	uint32_t low, high;
};

static uint32_t rotate(uint32_t v, unsigned bits)
{
	return v << bits | v >> (32 - bits);
}

static void take(struct marvin *m, uint32_t word)
{
	m->low += word;
	m->high ^= m->low;
	m->low = rotate(m->low, 20) + m->high;
	m->high = rotate(m->high, 9) ^ m->low;
	m->low = rotate(m->low, 27) + m->high;
	m->high = rotate(m->high, 19);
}

uint64_t marvin32(struct span s)
{
	struct marvin m = {SEED_LOW, SEED_HIGH};
	for (size_t at = 0; at + 4 <= s.len; at += 4)
		take(&m, le32(s, at));
	take(&m, END_MARK);
	take(&m, 0);
	return (uint64_t)m.high << 32 | m.low;
}
