/* SPDX-License-Identifier: MIT */
/*
 * Paths compared as Windows compares them: case does not matter, '/' is '\', several separators
 * are one, and the one at the beginning may be missing. What stands for the volume is not part
 * of the path: a store names volumes in another way. Nothing is looked up; "." and ".." are names.
 */
#include "bcd_path.h"

#include <string.h>

#include "stop7b/bcd_match.h"
#include "stop7b/fold.h"

#define END 0u /* behind the last character; no path holds a NUL */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind the words that name the volume. */
static const char *skip_volume(const char *s)
{
	static const char *const prefixes[] = {"\\\\?\\", "\\??\\", "\\\\.\\"};
	if (strncasecmp(s, "vhd=", 4) == 0)
		s += 4;
	if (*s == '[' && strchr(s, ']'))
		return strchr(s, ']') + 1;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncmp(s, prefixes[i], strlen(prefixes[i])) == 0)
			s += strlen(prefixes[i]);
	}
	return is_letter(s[0]) && s[1] == ':' ? s + 2 : s;
}

int bcd_path_take(const char *text, struct arena *arena, struct span *out, struct err *err)
{
	return text_to_utf16le(arena, skip_volume(text), out, err);
}

static bool is_separator(uint16_t unit)
{
	return unit == '\\' || unit == '/';
}

static size_t skip_separators(struct span s, size_t at)
{
	while (span_holds(s, at, 2) && is_separator(le16(s, at)))
		at += 2;
	return at;
}

/* The unit at *at without case, a row of separators as one; END at the end. */
static uint32_t next(struct span s, size_t *at)
{
	if (!span_holds(s, *at, 2))
		return END;
	uint16_t unit = le16(s, *at);
	*at += 2;
	if (!is_separator(unit))
		return fold_upper(unit);
	*at = skip_separators(s, *at);
	return '\\';
}

bool bcd_path_equal(struct span a, struct span b)
{
	size_t i = skip_separators(a, 0), j = skip_separators(b, 0);
	uint32_t x, y;
	if (!span_holds(a, i, 2) || !span_holds(b, j, 2))
		return false;
	do {
		x = next(a, &i);
		y = next(b, &j);
	} while (x == y && x != END);
	return x == y;
}

/* What stands behind the last separator. */
static struct span last_name(struct span s)
{
	size_t from = 0;
	for (size_t at = 0; span_holds(s, at, 2); at += 2) {
		if (is_separator(le16(s, at)))
			from = at + 2;
	}
	return (struct span){s.p + from, s.len - from};
}

bool bcd_path_same_name(struct span a, struct span b)
{
	return bcd_path_equal(last_name(a), last_name(b));
}
