/* SPDX-License-Identifier: MIT */
/*
 * Names of keys and values: stored as Latin-1 or UTF-16LE, asked for as UTF-8.
 *
 * They are compared in place, one code point after the other, without the case of the letters that
 * fold.h knows. An embedded NUL is part of a stored name: it never ends the comparison early, and
 * it is shown as U+2400.
 */
#include "hive_internal.h"

#include "stop7b/fold.h"
#include "stop7b/utf.h"

#define NUL_SYMBOL 0x2400u

uint32_t hive_name_next(struct hive_name n, size_t *at)
{
	return n.latin1 ? n.bytes.p[(*at)++] : utf16_next(n.bytes, at);
}

/* Most names that are compared differ in their first letter, or are too short or too long. */
static bool surely_differs(struct hive_name stored, const char *name, size_t len)
{
	size_t units = stored.bytes.len;
	if (!stored.latin1 || units == 0 || len == 0)
		return false;
	uint8_t first = stored.bytes.p[0], other = (uint8_t)name[0];
	return len < units || len > 2 * units ||
	       (first < 0x80 && other < 0x80 && fold_upper(first) != fold_upper(other));
}

bool hive_name_is(struct hive_name stored, const char *name, size_t len)
{
	if (surely_differs(stored, name, len))
		return false;
	struct span wanted = {(const uint8_t *)name, len};
	size_t i = 0, j = 0;
	while (i < stored.bytes.len && j < wanted.len) {
		uint32_t c = utf8_next(wanted, &j);
		if (c == UTF_BAD || fold_upper(hive_name_next(stored, &i)) != fold_upper(c))
			return false;
	}
	return i >= stored.bytes.len && j >= wanted.len;
}

char *hive_name_raw(struct hive_name stored, struct arena *arena)
{
	size_t room = 3 * stored.bytes.len + 1; /* a unit of two bytes becomes three at most */
	char *name = arena_alloc(arena, room, NULL), *p = name;
	for (size_t at = 0; name && at < stored.bytes.len;) {
		uint32_t c = hive_name_next(stored, &at);
		p = utf8_put(p, c ? c : NUL_SYMBOL);
	}
	return name;
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
