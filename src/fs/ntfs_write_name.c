/* SPDX-License-Identifier: MIT */
/*
 * Names of new files: which Windows takes, and the short name that it gives to a long one.
 *
 * Only ASCII names are made here; drivers have no others. The first tries are Windows' own form
 * (six characters, a tilde and a number up to 4), the later ones two characters and four
 * hexadecimal digits of a checksum before the tilde. Windows' checksum is not documented, this one
 * is another: any free name serves.
 * Source: doc/FORMATS/ntfs.md, "Names of a new file".
 */
#include "ntfs_write_internal.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_UNITS 255u
#define BASE_MAX       8u
#define EXTENSION_MAX  3u
#define PLAIN_TRIES    4u
#define PLAIN_BASE     6u /* characters before ~1 */
#define HASH_BASE      2u

static bool name_char(char c)
{
	return c > ' ' - 1 && c < 0x7f && !strchr("\"*/:<>?\\|", c);
}

bool ntfs_name_allowed(const char *name)
{
	size_t n = strlen(name);
	if (n == 0 || n > NAME_MAX_UNITS || name[n - 1] == '.' || name[n - 1] == ' ' ||
	    name[0] == ' ')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!name_char(name[i]))
			return false;
	}
	return true;
}

/* Characters that stand in a short name as they are. */
static bool short_char(char c)
{
	return name_char(c) && !strchr(" .+,;=[]", c);
}

static char upper_of(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

bool ntfs_name_is_short(const char *name)
{
	const char *dot = strchr(name, '.');
	size_t n = strlen(name), base = dot ? (size_t)(dot - name) : n;
	size_t extension = dot ? n - base - 1 : 0;
	if (base == 0 || base > BASE_MAX || extension > EXTENSION_MAX || (dot && extension == 0))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name + i != dot && !short_char(name[i]))
			return false;
	}
	return true;
}

/* Up to max characters of [from, end) as a short name has them; returns the place behind. */
static char *put_part(char *to, const char *from, const char *end, size_t max)
{
	for (size_t n = 0; from < end && n < max; from++) {
		if (*from == ' ' || *from == '.')
			continue;
		*to++ = short_char(*from) ? upper_of(*from) : '_';
		n++;
	}
	return to;
}

void ntfs_short_name(const char *name, unsigned n, char out[NTFS_SHORT_NAME])
{
	const char *end = name + strlen(name), *dot = strrchr(name, '.');
	const char *base_end = dot && dot != name ? dot : end;
	char digits[8], *p;
	if (n < PLAIN_TRIES) {
		p = put_part(out, name, base_end, PLAIN_BASE);
		snprintf(digits, sizeof(digits), "~%u", n % 10 + 1);
	} else {
		uint32_t sum = crc32_of((struct span){(const uint8_t *)name, strlen(name)});
		p = put_part(out, name, base_end, HASH_BASE);
		snprintf(digits, sizeof(digits), "%04X~%u", (unsigned)(sum & 0xffff),
			 (n - PLAIN_TRIES) % 9 + 1);
	}
	p = stpcpy(p, digits);
	if (base_end == dot) {
		char *at = p;
		*p++ = '.';
		p = put_part(p, dot + 1, end, EXTENSION_MAX);
		if (p == at + 1)
			p = at;
	}
	*p = '\0';
}
