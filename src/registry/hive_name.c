/* SPDX-License-Identifier: MIT */
/*
 * Names of keys and values: stored as Latin-1 or UTF-16LE, asked for as UTF-8.
 *
 * They are compared in place, one code point after the other, without case. Case is folded for
 * ASCII and Latin-1 by a rule of this file, so that the locale of the session cannot change what
 * is found; other letters must match exactly (names of services and devices are ASCII, and the
 * tables that Windows uses for the rest differ between versions). An embedded NUL is part of a
 * stored name: it never ends the comparison early, and it is shown as U+2400.
 */
#include "hive_internal.h"

#define NUL_SYMBOL        0x2400u
#define Y_DIAERESIS       0xffu /* the one Latin-1 letter whose capital lies elsewhere */
#define Y_DIAERESIS_UPPER 0x178u
#define DIVISION_SIGN     0xf7u /* stands among the small letters, is none */
#define CODE_POINT_END    0x110000u
#define NOT_UTF8          UINT32_MAX

static uint32_t upper(uint32_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 0x20;
	if (c == Y_DIAERESIS)
		return Y_DIAERESIS_UPPER;
	if (c >= 0xe0 && c < Y_DIAERESIS && c != DIVISION_SIGN)
		return c - 0x20;
	return c;
}

/* Code point of the stored name at *at, which must lie inside it; moves *at behind it. */
static uint32_t next_stored(struct hive_name n, size_t *at)
{
	if (n.latin1)
		return n.bytes.p[(*at)++];
	uint32_t c = le16(n.bytes, *at), low = le16(n.bytes, *at + 2);
	*at += 2;
	if (c < 0xd800 || c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
		return c;
	*at += 2;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static unsigned utf8_bytes(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* The same for UTF-8; NOT_UTF8 where it is not valid. */
static uint32_t next_utf8(struct span s, size_t *at)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t lead = s.p[*at];
	unsigned n = utf8_bytes(lead);
	if (n == 0 || !span_holds(s, *at, n))
		return NOT_UTF8;
	uint32_t c = n == 1 ? lead : lead & (0x7fu >> n);
	for (unsigned i = 1; i < n; i++) {
		uint8_t byte = s.p[*at + i];
		if ((byte & 0xc0) != 0x80)
			return NOT_UTF8;
		c = c << 6 | (byte & 0x3f);
	}
	*at += n;
	return c >= least[n] && c < CODE_POINT_END ? c : NOT_UTF8;
}

bool hive_name_is(struct hive_name stored, const char *name, size_t len)
{
	struct span wanted = {(const uint8_t *)name, len};
	size_t i = 0, j = 0;
	while (i < stored.bytes.len && j < wanted.len) {
		uint32_t c = next_utf8(wanted, &j);
		if (c == NOT_UTF8 || upper(next_stored(stored, &i)) != upper(c))
			return false;
	}
	return i >= stored.bytes.len && j >= wanted.len;
}

char *hive_name_text(struct hive_name stored, struct arena *arena)
{
	if (stored.latin1)
		return text_latin1(arena, stored.bytes);
	uint8_t *copy = arena_copy(arena, stored.bytes.p, stored.bytes.len);
	if (!copy)
		return NULL;
	for (size_t i = 0; i + 1 < stored.bytes.len; i += 2)
		if (copy[i] == 0 && copy[i + 1] == 0)
			put_le16(copy + i, NUL_SYMBOL);
	return text_utf16le(arena, (struct span){copy, stored.bytes.len});
}
