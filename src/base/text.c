/* SPDX-License-Identifier: MIT */
/*
 * Text from the image, made safe to show: UTF-16, Latin-1 and claimed UTF-8 become valid UTF-8
 * in which control characters, bidirectional controls and broken units are spelled out.
 * A backslash is not escaped (it separates names in paths), so the form is for eyes, not for
 * reading back.
 */
#include "stop7b/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/utf.h"

#define ESCAPE_MAX 8 /* "\uNNNN" and room; also more than any UTF-8 sequence */

static bool is_bidi(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || is_bidi(c) || c == 0x2028 || c == 0x2029 ||
	       c == 0xfeff || (c >= 0xd800 && c < 0xe000);
}

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
	*p++ = c < 0x100 ? 'x' : 'u';
	return put_hex(p, c, c < 0x100 ? 2 : 4);
}

static char *put_char(char *p, uint32_t c)
{
	return is_unsafe(c) ? put_escape(p, c) : utf8_put(p, c);
}

/* Room for n characters of any kind; gives the unused part back by copying into the arena. */
static char *escape_buffer(size_t n)
{
	return n > SIZE_MAX / ESCAPE_MAX - 1 ? NULL : malloc(n * ESCAPE_MAX + 1);
}

static char *keep(struct arena *a, char *buf, const char *end)
{
	size_t len = (size_t)(end - buf);
	char *s = arena_alloc(a, len + 1, NULL);
	if (s)
		memcpy(s, buf, len);
	free(buf);
	return s;
}

static char *from_utf16(struct arena *a, struct span s, uint16_t (*unit)(struct span, uint64_t),
			char *(*put)(char *p, uint32_t c))
{
	size_t n = s.len / 2;
	char *buf = escape_buffer(n);
	if (!buf)
		return NULL;
	char *p = buf;
	for (size_t i = 0; i < n; i++) {
		uint32_t c = unit(s, 2 * i);
		if (c == 0)
			break;
		uint32_t pair = i + 1 < n ? utf16_pair(c, unit(s, 2 * i + 2)) : 0;
		i += pair != 0;
		p = put(p, pair ? pair : c);
	}
	return keep(a, buf, p);
}

char *text_utf16le(struct arena *a, struct span s)
{
	return from_utf16(a, s, le16, put_char);
}

char *text_utf16be(struct arena *a, struct span s)
{
	return from_utf16(a, s, be16, put_char);
}

char *text_utf16le_raw(struct arena *a, struct span s)
{
	return from_utf16(a, s, le16, utf8_put);
}

char *text_latin1(struct arena *a, struct span s)
{
	char *buf = escape_buffer(s.len);
	if (!buf)
		return NULL;
	char *p = buf;
	for (size_t i = 0; i < s.len; i++)
		p = put_char(p, s.p[i]);
	return keep(a, buf, p);
}

char *text_utf8(struct arena *a, const char *s)
{
	const struct span text = {(const uint8_t *)s, strlen(s)};
	char *buf = escape_buffer(text.len);
	if (!buf)
		return NULL;
	char *p = buf;
	for (size_t at = 0; at < text.len;) {
		uint32_t c = utf8_next(text, &at);
		p = c != UTF_BAD ? put_char(p, c) : put_escape(p, u8(text, at++));
	}
	return keep(a, buf, p);
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
	while (*a && lower((unsigned char)*a) == lower((unsigned char)*b)) {
		a++;
		b++;
	}
	return lower((unsigned char)*a) - lower((unsigned char)*b);
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? text_casecmp(a, b) == 0 : a == b;
}
