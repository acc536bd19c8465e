/* SPDX-License-Identifier: MIT */
/*
 * Registry texts: their encodings, and the place in a text while it is read.
 *
 * A text becomes UTF-16 units first, so that strings reach a hive as they were stored, lone
 * surrogates included. Names leave as UTF-8, the form in which the rest of the program asks for
 * keys; there a lone surrogate becomes the three bytes that its number gives, and comes back the
 * same way.
 */
#include "reg_text_internal.h"

#include <string.h>
#include <strings.h>

#include "stop7b/said.h"
#include "stop7b/utf.h"

#define SURROGATE_HIGH 0xd800u
#define SURROGATE_LOW  0xdc00u
#define PLANE          0x10000u /* first code point that takes two units */
#define UTF8_MAX       3u       /* bytes that one unit can become */

static const uint8_t mark16[] = {0xff, 0xfe}, mark16be[] = {0xfe, 0xff},
		     mark8[] = {0xef, 0xbb, 0xbf};

static bool begins(struct span s, const uint8_t *bytes, size_t n)
{
	return s.len >= n && memcmp(s.p, bytes, n) == 0;
}

/* ---- encodings ---- */

static size_t put_units(uint16_t *p, uint32_t c)
{
	if (c < PLANE) {
		p[0] = (uint16_t)c;
		return 1;
	}
	p[0] = (uint16_t)(SURROGATE_HIGH + ((c - PLANE) >> 10));
	p[1] = (uint16_t)(SURROGATE_LOW + ((c - PLANE) & 0x3ff));
	return 2;
}

static unsigned line_of(struct span s, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at; i++)
		line += s.p[i] == '\n';
	return line;
}

/* UTF-8 never has fewer bytes than UTF-16 has units. */
static int decode_utf8(struct span s, struct arena *arena, struct units *out, struct err *err)
{
	uint16_t *p = arena_array(arena, s.len, sizeof(*p), err);
	size_t n = 0;
	if (!p)
		return -1;
	for (size_t at = 0; at < s.len;) {
		uint32_t c = utf8_next(s, &at);
		if (c == UTF_BAD)
			return err_set(err, E_CORRUPT,
				       "line %u: the text is neither UTF-8 nor UTF-16",
				       line_of(s, at));
		n += put_units(p + n, c);
	}
	*out = (struct units){p, n};
	return 0;
}

static int decode_utf16(struct span s, struct arena *arena, struct units *out, struct err *err)
{
	size_t n = s.len / REG_TEXT_UNIT;
	if (s.len % REG_TEXT_UNIT != 0)
		return err_set(err, E_CORRUPT, "UTF-16 text of %zu bytes ends inside a character",
			       s.len);
	uint16_t *p = arena_array(arena, n, sizeof(*p), err);
	if (!p)
		return -1;
	for (size_t i = 0; i < n; i++)
		p[i] = le16(s, i * REG_TEXT_UNIT);
	*out = (struct units){p, n};
	return 0;
}

int reg_text_decode(struct span file, struct arena *arena, struct units *out, struct err *err)
{
	if (file.len > REG_TEXT_FILE_MAX)
		return err_set(err, E_MEMORY, "registry text of %zu bytes, only %u are read",
			       file.len, REG_TEXT_FILE_MAX);
	if (begins(file, mark16be, sizeof(mark16be)))
		return err_set(err, E_UNSUPPORTED, "registry text in UTF-16 big-endian");
	if (begins(file, mark16, sizeof(mark16)))
		return decode_utf16(span_sub(file, sizeof(mark16), file.len - sizeof(mark16)),
				    arena, out, err);
	if (begins(file, mark8, sizeof(mark8)))
		file = span_sub(file, sizeof(mark8), file.len - sizeof(mark8));
	return decode_utf8(file, arena, out, err);
}

char *reg_text_utf8(struct arena *arena, struct units u, struct err *err)
{
	char *text = arena_alloc(arena, u.n * UTF8_MAX + 1, err), *p = text;
	for (size_t i = 0; text && i < u.n; i++) {
		uint32_t c = u.p[i], pair = i + 1 < u.n ? utf16_pair(c, u.p[i + 1]) : 0;
		i += pair != 0;
		p = utf8_put(p, pair ? pair : c);
	}
	return text;
}

int reg_text_utf16(struct arena *arena, const char *s, struct units *out, struct err *err)
{
	struct span text = {(const uint8_t *)s, strlen(s)};
	return decode_utf8(text, arena, out, err);
}

/* ---- the place in a text ---- */

int32_t reg_peek(const struct reg_reader *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : REG_TEXT_END;
}

int32_t reg_take(struct reg_reader *r)
{
	int32_t c = reg_peek(r);
	r->at += c != REG_TEXT_END;
	r->line += c == '\n';
	return c;
}

static int32_t lower(int32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool reg_accept(struct reg_reader *r, const char *text)
{
	size_t n = strlen(text);
	if (r->text.n - r->at < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(r->text.p[r->at + i]) != lower((unsigned char)text[i]))
			return false;
	r->at += n;
	return true;
}

void reg_skip_blanks(struct reg_reader *r)
{
	for (int32_t c = reg_peek(r); c == ' ' || c == '\t' || c == '\r'; c = reg_peek(r))
		reg_take(r);
}

int reg_end_line(struct reg_reader *r)
{
	reg_skip_blanks(r);
	if (reg_peek(r) == ';')
		while (reg_peek(r) != '\n' && reg_peek(r) != REG_TEXT_END)
			reg_take(r);
	if (reg_peek(r) != '\n' && reg_peek(r) != REG_TEXT_END)
		return reg_fail(r, "something stands behind the end of the entry");
	reg_take(r);
	return 0;
}

int reg_fail(const struct reg_reader *r, const char *what)
{
	return err_set(r->err, E_CORRUPT, "line %u: %s", r->line, SAID_ARG(said_of(what)));
}

/* ---- paths ---- */

static bool is_root(const char *name, size_t len)
{
	static const char *const roots[] = {"HKEY_LOCAL_MACHINE", "HKLM", "HKEY_USERS", "HKU"};
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++)
		if (strlen(roots[i]) == len && strncasecmp(name, roots[i], len) == 0)
			return true;
	return false;
}

const char *reg_text_strip_root(const char *key)
{
	size_t len = strcspn(key, "\\");
	if (!is_root(key, len))
		return strncasecmp(key, "HKEY_", 5) == 0 ? NULL : key;
	if (key[len] == '\0')
		return NULL;
	const char *rest = strchr(key + len + 1, '\\');
	return rest ? rest + 1 : key + strlen(key);
}
