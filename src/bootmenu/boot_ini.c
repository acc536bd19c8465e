/* SPDX-License-Identifier: MIT */
/*
 * boot.ini taken apart: sections, the default, the entries, and what their paths name. Whether
 * that is right for a disk is judged elsewhere (bootpath_ini.c).
 *
 * The text is bytes of the OEM code page that begin and end at blanks; words and paths count
 * without case. What is shown of it is escaped and cut. A line that says nothing known is passed
 * over, as NTLDR does.
 */
#include "boot_ini.h"

#include <string.h>

#define SHOWN_MAX  128u /* bytes of a path that are shown; ARC paths have below 70 */
#define NUMBER_MAX 1000000u
#define HEX_DIGITS 8u

enum section { OTHER_SECTION, LOADER_SECTION, SYSTEMS_SECTION };

/* ---- pieces of a line ---- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span trimmed(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0]))
		s = span_sub(s, 1, s.len - 1);
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool same_bytes(struct span a, struct span b)
{
	for (size_t i = 0; a.len == b.len && i < a.len; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return a.len == b.len;
}

static bool is_word(struct span s, const char *word)
{
	return same_bytes(s, (struct span){(const uint8_t *)word, strlen(word)});
}

/* What stands before the first c, which is in s at *at; all of s when it has none. */
static struct span before(struct span s, uint8_t c, size_t *at)
{
	const uint8_t *found = s.len ? memchr(s.p, c, s.len) : NULL;
	*at = found ? (size_t)(found - s.p) : s.len;
	return span_sub(s, 0, *at);
}

/* ---- paths ---- */

/* Take "name(" off the front. */
static bool take_name(struct span *s, const char *name)
{
	size_t n = strlen(name);
	if (s->len <= n || !is_word(span_sub(*s, 0, n), name) || s->p[n] != '(')
		return false;
	*s = span_sub(*s, n + 1, s->len - n - 1);
	return true;
}

/* Take "12)" off the front; nothing before the bracket is 0. */
static bool take_number(struct span *s, unsigned *out)
{
	size_t i = 0;
	*out = 0;
	for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		*out = *out * 10 + (s->p[i] - '0');
		if (*out > NUMBER_MAX)
			return false;
	}
	if (i == s->len || s->p[i] != ')')
		return false;
	*s = span_sub(*s, i + 1, s->len - i - 1);
	return true;
}

static bool take_hex(struct span *s, uint32_t *out)
{
	size_t i = 0;
	*out = 0;
	for (; i < s->len && s->p[i] != ')'; i++) {
		uint8_t c = lower(s->p[i]);
		bool digit = c >= '0' && c <= '9';
		if (i == HEX_DIGITS || (!digit && (c < 'a' || c > 'f')))
			return false;
		*out = *out << 4 | (uint32_t)(digit ? c - '0' : c - 'a' + 10);
	}
	if (i == 0 || i == s->len)
		return false;
	*s = span_sub(*s, i + 1, s->len - i - 1);
	return true;
}

static bool take(struct span *s, const char *name, unsigned *out)
{
	return take_name(s, name) && take_number(s, out);
}

/* The folder, when it is plain ASCII: other bytes mean what the machine's code page says. */
static int read_folder(struct span s, struct arena *arena, struct arc_path *out, struct err *err)
{
	char *folder;
	while (s.len > 1 && s.p[s.len - 1] == '\\')
		s.len--;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return 0;
	folder = s.len ? arena_alloc(arena, s.len + 1, err) : arena_strdup(arena, "\\");
	if (folder && s.len)
		memcpy(folder, s.p, s.len);
	out->folder = folder;
	return folder ? 0 : no_memory(err);
}

static int read_path(struct span s, struct arena *arena, struct arc_path *out, struct err *err)
{
	unsigned adapter;
	struct arc_path path = {.kind = ARC_BAD};
	*out = path;
	if (s.len >= 3 && s.p[1] == ':' && s.p[2] == '\\') {
		out->kind = ARC_DRIVE;
		return 0;
	}
	if (take(&s, "multi", &adapter))
		path.kind = ARC_MULTI;
	else if (take(&s, "scsi", &adapter))
		path.kind = ARC_SCSI;
	else if (take_name(&s, "signature") && take_hex(&s, &path.signature))
		path.kind = ARC_SIGNATURE;
	if (path.kind == ARC_BAD || !take(&s, "disk", &path.disk) ||
	    !take(&s, "rdisk", &path.rdisk) || !take(&s, "partition", &path.partition) ||
	    (s.len > 0 && s.p[0] != '\\'))
		return 0;
	*out = path;
	return read_folder(s, arena, out, err);
}

static int read_entry(struct span raw, struct arena *arena, struct boot_ini_entry *out,
		      struct err *err)
{
	bool cut = raw.len > SHOWN_MAX;
	*out = (struct boot_ini_entry){.raw = raw};
	out->shown = text_latin1(arena, span_sub(raw, 0, cut ? SHOWN_MAX : raw.len));
	if (out->shown && cut)
		out->shown = arena_printf(arena, "%s...", out->shown);
	return out->shown ? read_path(raw, arena, &out->path, err) : no_memory(err);
}

/* ---- lines ---- */

static enum section section_of(struct span name)
{
	if (is_word(name, "boot loader") || is_word(name, "flexboot"))
		return LOADER_SECTION;
	return is_word(name, "operating systems") || is_word(name, "multiboot") ? SYSTEMS_SECTION
										: OTHER_SECTION;
}

static int add_entry(struct boot_ini *b, struct span raw, struct arena *arena, struct err *err)
{
	if (raw.len == 0 || b->n == BOOT_INI_ENTRIES_MAX)
		return 0;
	return read_entry(raw, arena, &b->items[b->n++], err);
}

static int choose(struct boot_ini *b, struct span raw, struct arena *arena, struct err *err)
{
	struct boot_ini_entry *e = arena_alloc(arena, sizeof(*e), err);
	b->chosen = e;
	return e ? read_entry(raw, arena, e, err) : -1;
}

static int read_line(struct boot_ini *b, struct span line, enum section *section,
		     struct arena *arena, struct err *err)
{
	size_t at;
	if (line.len > 0 && line.p[0] == '[') {
		*section = section_of(trimmed(before(span_sub(line, 1, line.len - 1), ']', &at)));
		return 0;
	}
	struct span left = trimmed(before(line, '=', &at));
	if (*section == SYSTEMS_SECTION)
		return add_entry(b, left, arena, err);
	if (*section != LOADER_SECTION || at == line.len || !is_word(left, "default") || b->chosen)
		return 0;
	struct span right = trimmed(span_sub(line, at + 1, line.len - at - 1));
	return right.len ? choose(b, right, arena, err) : 0;
}

static bool begins_with(struct span s, const char *bytes)
{
	size_t n = strlen(bytes);
	return s.len >= n && memcmp(s.p, bytes, n) == 0;
}

/* What NTLDR, which reads bytes, makes nothing of. */
static const char *problem_of(struct span text)
{
	if (begins_with(text, "\xff\xfe") || begins_with(text, "\xfe\xff") ||
	    (text.len > 1 && (text.p[0] == 0) != (text.p[1] == 0)))
		return "it is UTF-16 text, and NTLDR reads bytes";
	if (begins_with(text, "\xef\xbb\xbf"))
		return "it begins with the mark of UTF-8, which NTLDR does not know";
	return NULL;
}

static int read_lines(struct boot_ini *b, struct span text, struct arena *arena, struct err *err)
{
	enum section section = OTHER_SECTION;
	while (text.len > 0) {
		size_t at;
		struct span line = trimmed(before(text, '\n', &at));
		if (read_line(b, line, &section, arena, err) < 0)
			return -1;
		if (at == text.len)
			return 0;
		text = span_sub(text, at + 1, text.len - at - 1);
	}
	return 0;
}

int boot_ini_read(struct span text, struct arena *arena, struct boot_ini *out, struct err *err)
{
	size_t end;
	*out = (struct boot_ini){.problem = problem_of(text)};
	if (out->problem)
		return 0;
	out->items = arena_array(arena, BOOT_INI_ENTRIES_MAX, sizeof(*out->items), err);
	if (!out->items || read_lines(out, before(text, 0, &end), arena, err) < 0)
		return -1;
	for (size_t i = 0; out->chosen && i < out->n; i++)
		out->listed |= same_bytes(out->items[i].raw, out->chosen->raw);
	return 0;
}
