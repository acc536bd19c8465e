/* SPDX-License-Identifier: MIT */
/*
 * Names of a FAT volume: the long one in UTF-16, the short one in eleven bytes of a code page that
 * nothing on the volume names.
 *
 * Bytes of a short name outside ASCII therefore become private characters, U+F000 + byte, which
 * compare only with themselves; they are not guessed. Case is that of fold.h.
 * Source: Microsoft, "FAT32 File System Specification", version 1.03, "Long File Name
 * Implementation on FAT" and "Name Limits and Character Sets".
 */
#include "fat_internal.h"

#include "stop7b/fold.h"
#include "stop7b/utf.h"

#include <stdio.h>
#include <string.h>

#define BASE_NAME    8u /* bytes of a short name before the full stop */
#define PRIVATE_BYTE 0xf000u
#define KANJI_E5     0x05u /* stands for a first byte E5, which would mean "deleted" */
#define SMALL_BASE   0x08u /* Windows NT: the base is shown in small letters */
#define SMALL_EXT    0x10u
#define UTF8_MAX     (3 * FAT_NAME_MAX + 1)

uint8_t fat_short_checksum(const uint8_t name[FAT_SHORT_NAME])
{
	uint8_t sum = 0;
	for (size_t i = 0; i < FAT_SHORT_NAME; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + name[i]);
	return sum;
}

/* ---- UTF-16 ---- */

static uint16_t short_unit(uint8_t byte, bool small)
{
	if (byte >= 0x80)
		return (uint16_t)(PRIVATE_BYTE + byte);
	return small && byte >= 'A' && byte <= 'Z' ? byte + 32u : byte;
}

/* One of the two parts, without the spaces behind it. */
static size_t short_part(const uint8_t *bytes, size_t len, bool small, uint16_t *units)
{
	while (len > 0 && bytes[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < len; i++)
		units[i] = short_unit(bytes[i], small);
	return len;
}

size_t fat_short_units(const struct fat_item *item, uint16_t units[FAT_SHORT_UNITS])
{
	uint8_t name[FAT_SHORT_NAME];
	memcpy(name, item->short_name, sizeof(name));
	if (name[0] == KANJI_E5)
		name[0] = 0xe5;
	size_t n = short_part(name, BASE_NAME, item->case_flags & SMALL_BASE, units);
	size_t ext = short_part(name + BASE_NAME, FAT_SHORT_NAME - BASE_NAME,
				item->case_flags & SMALL_EXT, units + n + 1);
	units[n] = '.';
	return ext ? n + 1 + ext : n;
}

/* The code point at *i; a lone surrogate is itself. */
static uint32_t next_unit(const uint16_t *units, size_t n, size_t *i)
{
	uint32_t c = units[(*i)++], pair = *i < n ? utf16_pair(c, units[*i]) : 0;
	*i += pair != 0;
	return pair ? pair : c;
}

static bool units_are(const uint16_t *units, size_t n, const char *name, size_t len)
{
	const struct span wanted = {(const uint8_t *)name, len};
	size_t i = 0, j = 0;
	while (i < n && j < len) {
		uint32_t c = utf8_next(wanted, &j);
		if (c == UTF_BAD || fold_upper(c) != fold_upper(next_unit(units, n, &i)))
			return false;
	}
	return n > 0 && i == n && j == len;
}

char *fat_item_name(const struct fat_item *item, struct arena *arena)
{
	uint16_t short_units[FAT_SHORT_UNITS];
	char buf[UTF8_MAX], *p = buf;
	const uint16_t *units = item->n_units ? item->units : short_units;
	size_t n = item->n_units ? item->n_units : fat_short_units(item, short_units);
	for (size_t i = 0; i < n;)
		p = utf8_put(p, next_unit(units, n, &i));
	*p = '\0';
	return arena_strdup(arena, buf);
}

/* Bytes of an unknown code page are spelled out. */
static char *short_shown(const uint16_t *units, size_t n, struct arena *arena)
{
	char buf[4 * FAT_SHORT_UNITS + 1], *p = buf;
	for (size_t i = 0; i < n; i++) {
		if (units[i] >= PRIVATE_BYTE)
			p += snprintf(p, 5, "\\x%02x", units[i] - PRIVATE_BYTE);
		else
			*p++ = (char)units[i];
	}
	*p = '\0';
	return text_utf8(arena, buf);
}

char *fat_item_shown(const struct fat_item *item, struct arena *arena)
{
	uint16_t units[FAT_SHORT_UNITS];
	if (item->n_units == 0)
		return short_shown(units, fat_short_units(item, units), arena);
	const char *raw = fat_item_name(item, arena);
	return raw ? text_utf8(arena, raw) : NULL;
}

char *fat_label_text(const struct fat_item *item, struct arena *arena)
{
	uint16_t units[FAT_SHORT_NAME];
	return short_shown(units, short_part(item->short_name, FAT_SHORT_NAME, false, units),
			   arena);
}

bool fat_item_is(const struct fat_item *item, const char *name, size_t len)
{
	uint16_t short_units[FAT_SHORT_UNITS];
	size_t n = fat_short_units(item, short_units);
	return units_are(item->units, item->n_units, name, len) ||
	       units_are(short_units, n, name, len);
}
