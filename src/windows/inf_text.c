/* SPDX-License-Identifier: MIT */
/*
 * The text of an .inf file, whatever it is written in. It knows encodings and nothing of sections.
 *
 * A mark in front decides; without one a NUL in every other byte means UTF-16, valid UTF-8 is taken
 * as such, and anything else as Windows' western code page, of which only the part that equals
 * Latin-1 is told apart: the rest stands in comments and names that are shown, never looked up.
 */
#include "inf.h"

#include <string.h>

#include "stop7b/utf.h"

static bool is_utf8(struct span s)
{
	for (size_t at = 0; at < s.len;)
		if (utf8_next(s, &at) == UTF_BAD)
			return false;
	return true;
}

/* Every unit becomes three bytes at most, every byte of Latin-1 two. */
static int convert_utf16(struct span s, bool big, struct arena *arena, struct span *out,
			 struct err *err)
{
	uint8_t *units = arena_alloc(arena, s.len, err);
	char *text = arena_alloc(arena, s.len / 2 * 3 + 1, err), *p = text;
	if (!units || !text)
		return -1;
	for (size_t i = 0; i + 1 < s.len; i += 2) {
		units[i] = s.p[i + big];
		units[i + 1] = s.p[i + !big];
	}
	const struct span little = {units, s.len & ~(size_t)1};
	for (size_t at = 0; at < little.len;)
		p = utf8_put(p, utf16_next(little, &at));
	*out = (struct span){(const uint8_t *)text, (size_t)(p - text)};
	return 0;
}

static int convert_latin1(struct span s, struct arena *arena, struct span *out, struct err *err)
{
	char *text = arena_alloc(arena, s.len * 2 + 1, err), *p = text;
	if (!text)
		return -1;
	for (size_t i = 0; i < s.len; i++)
		p = utf8_put(p, s.p[i]);
	*out = (struct span){(const uint8_t *)text, (size_t)(p - text)};
	return 0;
}

static int convert(struct span s, struct arena *arena, struct span *out, struct err *err)
{
	static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
	if (s.len >= 2 && (le16(s, 0) == 0xfeff || be16(s, 0) == 0xfeff))
		return convert_utf16(span_sub(s, 2, s.len - 2), be16(s, 0) == 0xfeff, arena, out,
				     err);
	if (s.len >= 2 && (s.p[0] == 0) != (s.p[1] == 0))
		return convert_utf16(s, s.p[0] == 0, arena, out, err);
	if (s.len >= sizeof(mark) && memcmp(s.p, mark, sizeof(mark)) == 0)
		s = span_sub(s, sizeof(mark), s.len - sizeof(mark));
	if (!is_utf8(s))
		return convert_latin1(s, arena, out, err);
	*out = s;
	return 0;
}

int inf_text(struct span file, struct arena *arena, struct span *out, struct err *err)
{
	if (convert(file, arena, out, err) < 0)
		return -1;
	if (out->len && memchr(out->p, 0, out->len))
		return err_set(err, E_CORRUPT, "no text: it holds a NUL");
	return 0;
}
