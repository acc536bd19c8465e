/* SPDX-License-Identifier: MIT */
/*
 * Text from the image, made safe to show: UTF-16, Latin-1 and claimed UTF-8 become valid UTF-8
 * in which what cannot be seen (unseen.c) and broken units are spelled out.
 * A backslash is not escaped (it separates names in paths), so the form is for eyes, not for
 * reading back.
 */
#include "stop7b/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/unseen.h"
#include "stop7b/utf.h"

#define ESCAPE_MAX 8 /* "\uNNNN" and room, of one unit; "\UNNNNNNNN" comes of two or more */

static char *put_hex(char *p, uint32_t c, unsigned digits)
{
	static const char hex[] = "0123456789abcdef";
	for (unsigned i = digits; i-- > 0;)
		*p++ = hex[c >> (4 * i) & 15];
	return p;
}

static char *put_escape(char *p, uint32_t c)
{
	*p++ = '\\';
	*p++ = c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U';
	return put_hex(p, c, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
}

/* A text on its way out, one character late: how it is put can depend on the next. */
struct writer {
	char *p;
	struct unseen seen;
	uint32_t held; /* the last character, when any */
	bool any;
	bool raw; /* put everything as it is */
};

static void put_held(struct writer *w, uint32_t after)
{
	if (w->any)
		w->p = unseen_next(&w->seen, w->held, after) && !w->raw ? put_escape(w->p, w->held)
									: utf8_put(w->p, w->held);
	w->any = false;
}

static void put_char(struct writer *w, uint32_t c)
{
	put_held(w, c);
	w->held = c;
	w->any = true;
}

/* What is no character. */
static void put_broken(struct writer *w, uint8_t byte)
{
	put_held(w, 0);
	w->p = put_escape(w->p, byte);
	w->seen = (struct unseen){0};
}

/* Room for n characters of any kind; gives the unused part back by copying into the arena. */
static char *escape_buffer(size_t n)
{
	return n > SIZE_MAX / ESCAPE_MAX - 1 ? NULL : malloc(n * ESCAPE_MAX + 1);
}

static char *keep(struct arena *a, char *buf, struct writer *w)
{
	put_held(w, 0);
	size_t len = (size_t)(w->p - buf);
	char *s = arena_alloc(a, len + 1, NULL);
	if (s)
		memcpy(s, buf, len);
	free(buf);
	return s;
}

/*
 * Most text is ASCII that is shown as it stands: its n units, each the byte `low` of `step` bytes. NULL
 * for any other text, and without memory.
 */
static char *plain(struct arena *a, struct span s, size_t n, size_t step, size_t low)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *unit = s.p + i * step;
		if (unit[low] < ' ' || unit[low] > '~' || (step == 2 && unit[1 - low] != 0))
			return NULL;
	}
	char *text = arena_alloc(a, n + 1, NULL);
	for (size_t i = 0; text && i < n; i++)
		text[i] = (char)s.p[i * step + low];
	return text;
}

/* Units in front of the first NUL. */
static size_t units_of(struct span s)
{
	size_t n = 0;
	while (n < s.len / 2 && (s.p[2 * n] != 0 || s.p[2 * n + 1] != 0))
		n++;
	return n;
}

static char *from_utf16(struct arena *a, struct span s, uint16_t (*unit)(struct span, uint64_t),
			bool raw)
{
	size_t n = units_of(s);
	char *text = plain(a, s, n, 2, unit == be16);
	if (text)
		return text;
	char *buf = escape_buffer(n);
	if (!buf)
		return NULL;
	struct writer w = {.p = buf, .raw = raw};
	for (size_t i = 0; i < n; i++) {
		uint32_t c = unit(s, 2 * i);
		uint32_t pair = i + 1 < n ? utf16_pair(c, unit(s, 2 * i + 2)) : 0;
		i += pair != 0;
		put_char(&w, pair ? pair : c);
	}
	return keep(a, buf, &w);
}

char *text_utf16le(struct arena *a, struct span s)
{
	return from_utf16(a, s, le16, false);
}

char *text_utf16be(struct arena *a, struct span s)
{
	return from_utf16(a, s, be16, false);
}

char *text_utf16le_raw(struct arena *a, struct span s)
{
	return from_utf16(a, s, le16, true);
}

char *text_latin1(struct arena *a, struct span s)
{
	char *text = plain(a, s, s.len, 1, 0);
	if (text)
		return text;
	char *buf = escape_buffer(s.len);
	if (!buf)
		return NULL;
	struct writer w = {.p = buf};
	for (size_t i = 0; i < s.len; i++)
		put_char(&w, s.p[i]);
	return keep(a, buf, &w);
}

char *text_utf8(struct arena *a, const char *s)
{
	const struct span text = {(const uint8_t *)s, strlen(s)};
	char *buf = escape_buffer(text.len);
	if (!buf)
		return NULL;
	struct writer w = {.p = buf};
	for (size_t at = 0; at < text.len;) {
		uint32_t c = utf8_next(text, &at);
		if (c != UTF_BAD)
			put_char(&w, c);
		else
			put_broken(&w, u8(text, at++));
	}
	return keep(a, buf, &w);
}

int text_to_utf16le(struct arena *a, const char *s, struct span *out, struct err *err)
{
	const struct span text = {(const uint8_t *)s, strlen(s)};
	uint8_t *p = arena_array(a, text.len + 1, 2, err), *end = p;
	if (!p)
		return -1;
	for (size_t at = 0; at < text.len;) {
		uint32_t c = utf8_next(text, &at);
		if (c == UTF_BAD || (c >= 0xd800 && c < 0xe000))
			return err_set(err, E_USAGE, "this is not UTF-8 text, at byte %zu", at);
		end = utf16_put(end, c);
	}
	put_le16(end, 0);
	*out = (struct span){p, (size_t)(end - p)};
	return 0;
}

static int lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

int text_casecmp(const char *a, const char *b)
{
	for (;; a++, b++) {
		unsigned char x = (unsigned char)*a, y = (unsigned char)*b;
		if (x != y && lower(x) != lower(y))
			return lower(x) - lower(y);
		if (x == 0)
			return 0;
	}
}
