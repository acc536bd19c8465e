/* SPDX-License-Identifier: MIT */
/*
 * The only place that turns UTF-8 into columns.
 *
 * UTF-8 is not decoded by mbrtowc(), because names from an image are UTF-8 in every
 * locale; wcwidth() then says whether this locale can show the character. What it cannot show is
 * written as an ASCII escape, so the width of a text is the same wherever it is computed.
 */
#include "stop7b/columns.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "stop7b/unseen.h"
#include "stop7b/utf.h"

#define BROKEN 0x80000000u /* and the byte that is no UTF-8 */

/* One code point and its length in bytes. */
static size_t decode(const char *s, uint32_t *c)
{
	const struct span text = {(const uint8_t *)s, strnlen(s, UTF8_MOST)};
	size_t at = 0;
	*c = utf8_next(text, &at);
	if (*c != UTF_BAD)
		return at;
	*c = BROKEN | u8(text, 0);
	return 1;
}

static void spell_out(struct glyphs *r, uint32_t c)
{
	const char *form = c > 0xffff ? "\\U%08x" : c > 0xff ? "\\u%04x" : "\\x%02x";
	snprintf(r->escape, sizeof(r->escape), form, c);
}

static bool take_escape(struct glyphs *r, struct glyph *out)
{
	if (!r->escape[0])
		return false;
	*out = (struct glyph){.ch = {r->escape[0]}, .width = 1};
	memmove(r->escape, r->escape + 1, sizeof(r->escape) - 1);
	return true;
}

/* 0 for what shares the cell of the character before; -1 for what is spelled out. */
static int width_of(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f) /* nearly all that is drawn, in every locale */
		return 1;
	if (c & BROKEN || (unseen_is(c) && c != UNSEEN_JOINER))
		return -1;
	return wcwidth((wchar_t)c);
}

static uint32_t behind(const char *s)
{
	uint32_t c = 0;
	if (*s)
		decode(s, &c);
	return c;
}

/* Combining characters that follow share the cell, as many as a letter may carry. */
static void take_combining(struct glyphs *r, struct glyph *out)
{
	struct unseen seen = {.before = (uint32_t)out->ch[0]};
	uint32_t c;
	for (size_t n = 1; *r->s && n < CELL_CHARS - 1; n++) {
		size_t len = decode(r->s, &c);
		if (width_of(c) != 0 || unseen_next(&seen, c, behind(r->s + len)))
			return;
		out->ch[n] = (wchar_t)c;
		r->s += len;
	}
}

bool glyph_next(struct glyphs *r, struct glyph *out)
{
	if (take_escape(r, out))
		return true;
	if (!*r->s)
		return false;
	uint32_t c;
	r->s += decode(r->s, &c);
	int width = width_of(c);
	if (width <= 0) {
		spell_out(r, c & ~BROKEN);
		return take_escape(r, out);
	}
	*out = (struct glyph){.ch = {(wchar_t)c}, .width = width};
	take_combining(r, out);
	return true;
}

int text_width(const char *text)
{
	struct glyphs r = {.s = text};
	struct glyph glyph;
	int width = 0;
	while (glyph_next(&r, &glyph))
		width += glyph.width;
	return width;
}

int text_field(const char *text, int columns)
{
	return columns - text_width(text) + (int)strlen(text);
}

const char *text_end(const char *text, int width)
{
	while (*text && text_width(text) > width) {
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
	}
	return text;
}

size_t text_fit(const char *text, int width)
{
	struct glyphs r = {.s = text};
	struct glyph glyph;
	size_t fits = 0;
	int used = 0;
	while (glyph_next(&r, &glyph)) {
		used += glyph.width;
		if (used > width)
			break;
		if (!r.escape[0])
			fits = (size_t)(r.s - text);
	}
	return fits;
}

/* Where there are no blanks, a line may end on either side of a wide character, but none begins with
 * a mark that closes or lengthens what is before it, and none ends with one that opens. */
#define CLOSING                                                                                    \
	L"),.:;!?]%\u3001\u3002\u300d\u30fc"                                                       \
	L"\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u3063\u3083\u3085\u3087"
#define OPENING L"([\"\u300c"

/* The character before s + at, and the bytes up to it. */
static size_t step_back(const char *s, size_t at, uint32_t *c)
{
	do
		at--;
	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80);
	decode(s + at, c);
	return at;
}

static bool may_end_between(uint32_t before, uint32_t after)
{
	return after == ' ' ||
	       ((width_of(before) == 2 || width_of(after) == 2) && before != ' ' &&
		!wcschr(CLOSING, (wchar_t)after) && !wcschr(OPENING, (wchar_t)before));
}

/* Bytes of the next line of s that fit into width, broken where a line may end if it can be. */
static size_t wrap_at(const char *s, int width)
{
	size_t fits = text_fit(s, width);
	uint32_t before, after = 0;
	if (!s[fits])
		return fits;
	if (fits == 0)
		return 1; /* not even one character fits */
	decode(s + fits, &after);
	for (size_t cut = fits; cut > 0; after = before) {
		size_t at = step_back(s, cut, &before);
		if (may_end_between(before, after))
			return cut;
		cut = at;
	}
	return fits;
}

const char *text_wrap(const char *text, int width, char *line, size_t cap)
{
	size_t len = wrap_at(text, width), shown = len;
	while (shown > 1 && text[shown - 1] == ' ')
		shown--;
	snprintf(line, cap, "%.*s", (int)(shown < cap ? shown : cap - 1), text);
	text += len;
	while (*text == ' ')
		text++;
	return text;
}
