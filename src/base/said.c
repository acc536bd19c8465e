/* SPDX-License-Identifier: MIT */
/*
 * Rendering a sentence in two languages. A nested sentence comes as BEGIN plain BETWEEN shown END;
 * each rendering keeps its side and drops the rest. Text from outside is escaped before it gets
 * here and holds none of the marks; one that slips through can only lose text, never add any.
 */
#include "stop7b/said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN   '\1'
#define BETWEEN '\2'
#define END     '\3'

#define DEPTH_MAX 16u /* sentences in sentences; real ones have two */

/* Copy up to the mark that ends this level, and say where it is. */
static const char *copy_level(const char *p, bool shown, bool keep, unsigned depth, char **to)
{
	while (*p && *p != BETWEEN && *p != END) {
		if (*p != BEGIN || depth == DEPTH_MAX) {
			if (keep && *p != BEGIN)
				*(*to)++ = *p;
			p++;
			continue;
		}
		p = copy_level(p + 1, shown, keep && !shown, depth + 1, to);
		if (*p == BETWEEN)
			p = copy_level(p + 1, shown, keep && shown, depth + 1, to);
		p += *p == END;
	}
	return p;
}

/* Keep one side of every pair of marks, in place. */
static void keep_side(char *text, bool shown)
{
	char *to = text;
	for (const char *p = text; *p; p += *p != '\0')
		p = copy_level(p, shown, true, 0, &to);
	*to = '\0';
}

/* Bytes of the UTF-8 character that begins with this byte. */
static size_t character_length(unsigned char lead)
{
	return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

/* Drop what a cut has left of the last character. */
static void cut_at_character(char *text)
{
	size_t n = strlen(text);
	size_t last = n ? n - 1 : 0;
	while (last > 0 && ((unsigned char)text[last] & 0xc0) == 0x80)
		last--;
	if (n && n - last < character_length((unsigned char)text[last]))
		text[last] = '\0';
}

static char *render_one(const char *fmt, bool shown, va_list args)
{
	char *text = NULL;
	va_list again;
	va_copy(again, args);
	int n = vasprintf(&text, fmt, again);
	va_end(again);
	if (n < 0)
		return NULL;
	keep_side(text, shown);
	return text;
}

void said_cut(char *to, size_t cap, const char *text)
{
	snprintf(to, cap, "%s", text);
	if (strlen(text) >= cap)
		cut_at_character(to);
}

void said_render(char *plain, char *shown, size_t cap, const char *fmt, va_list args)
{
	char *one = render_one(fmt, false, args), *other = render_one(gettext(fmt), true, args);
	said_cut(plain, cap, one ? one : "");
	said_cut(shown, cap, other ? other : plain);
	free(one);
	free(other);
}

struct said said_of(const char *text)
{
	return (struct said){text, text && *text ? gettext(text) : text}; /* "" is the header */
}

struct said said_as_is(const char *text)
{
	return (struct said){text, text};
}

struct said said_make(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct said s = said_makev(arena, fmt, args);
	va_end(args);
	return s;
}

struct said said_makev(struct arena *arena, const char *fmt, va_list args)
{
	char *one = render_one(fmt, false, args), *other = render_one(gettext(fmt), true, args);
	struct said s = {one ? arena_strdup(arena, one) : NULL, NULL};
	s.shown = one && other && strcmp(one, other) != 0 ? arena_strdup(arena, other) : s.plain;
	free(one);
	free(other);
	return s.plain && s.shown ? s : (struct said){NULL, NULL};
}

const char *said_arg(struct said s, struct arena *arena)
{
	if (!s.plain || s.plain == s.shown)
		return s.plain;
	const char *both = arena_printf(arena, "%c%s%c%s%c", BEGIN, s.plain, BETWEEN, s.shown, END);
	return both ? both : s.plain;
}

struct said said_copy(struct said s, struct arena *arena)
{
	struct said copy = {s.plain ? arena_strdup(arena, s.plain) : NULL, NULL};
	copy.shown = s.shown == s.plain || !copy.plain ? copy.plain : arena_strdup(arena, s.shown);
	return copy.shown ? copy : said_as_is(NULL);
}

const char *said_word(const char *text, struct arena *arena)
{
	return said_arg(said_of(text), arena);
}

const char *said_pair(const char *plain, const char *shown, char *buf, size_t cap)
{
	if (strcmp(plain, shown) == 0)
		return plain;
	snprintf(buf, cap, "%c%s%c%s%c", BEGIN, plain, BETWEEN, shown, END);
	return buf;
}
