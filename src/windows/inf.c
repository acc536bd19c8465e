/* SPDX-License-Identifier: MIT */
/*
 * The text of an .inf file taken apart: sections, lines, fields. It knows quotes, comments and
 * continued lines, and nothing of what a section means.
 *
 * The text is cut into items in one pass; then the sections of one name are joined and sorted.
 */
#include "inf.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define END_OF_FILE (-1)

/* One [header] with the lines up to the next. */
struct part {
	const char *name;
	size_t order, first, n;
};

struct reading {
	struct arena *arena;
	struct span text;
	size_t at;
	unsigned number; /* line of the file */
	char *item;      /* room for the longest item: the whole text */
	const char **fields;
	struct part *parts;
	size_t n_parts, cap_parts;
	struct inf_line *lines;
	size_t n_lines, cap_lines;
};

/* ---- items ---- */

static int peek(const struct reading *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.p[r->at + ahead] : END_OF_FILE;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == 0x1a;
}

static void skip_blanks(struct reading *r)
{
	while (is_blank(peek(r, 0)))
		r->at++;
}

/* To the line feed, or the end. */
static void skip_line(struct reading *r)
{
	const uint8_t *p = r->text.p + r->at;
	const uint8_t *end = r->at < r->text.len ? memchr(p, '\n', r->text.len - r->at) : NULL;
	r->at = end ? (size_t)(end - r->text.p) : r->text.len;
}

/* A backslash with nothing but blanks or a comment behind it: goes on in the next line. */
static bool skip_continuation(struct reading *r)
{
	size_t ahead = 1;
	while (is_blank(peek(r, ahead)))
		ahead++;
	int c = peek(r, ahead);
	if (c != '\n' && c != ';' && c != END_OF_FILE)
		return false;
	r->at += ahead;
	skip_line(r);
	if (peek(r, 0) == '\n') {
		r->at++;
		r->number++;
	}
	skip_blanks(r);
	return true;
}

/* Behind an opening quote, up to the closing one or the end of the line; "" is a quote. */
static size_t read_quoted(struct reading *r, size_t len)
{
	for (int c; (c = peek(r, 0)) != END_OF_FILE && c != '\n'; r->at++) {
		if (c == '"' && peek(r, 1) != '"') {
			r->at++;
			break;
		}
		r->at += c == '"';
		if (c != '\r')
			r->item[len++] = (char)c;
	}
	return len;
}

/*
 * One item up to ',' or the end of the line, with key up to '=' too; blanks around it are left
 * out. What ended it stays unread.
 */
static int read_item(struct reading *r, bool key, const char **out, struct err *err)
{
	size_t len = 0, solid = 0;
	skip_blanks(r);
	for (int c; (c = peek(r, 0)) != END_OF_FILE && c != '\n' && c != ',' && c != ';';) {
		if (key && c == '=')
			break;
		if (c == '\\' && skip_continuation(r))
			continue;
		r->at++;
		if (c == '"')
			len = solid = read_quoted(r, len);
		else
			r->item[len++] = (char)c;
		solid = is_blank(c) ? solid : len;
	}
	if (peek(r, 0) == ';')
		skip_line(r);
	r->item[solid] = '\0';
	*out = arena_copy(r->arena, r->item, solid + 1);
	return *out ? 0 : no_memory(err);
}

/* ---- lines ---- */

static int add_line(struct reading *r, const char *key, size_t n, unsigned number, struct err *err)
{
	if (r->n_parts == 0)
		return err_set(err, E_CORRUPT, "line %u stands in front of the first section",
			       number);
	if (r->n_lines == INF_LINES_MAX)
		return err_set(err, E_UNSUPPORTED, "more than %u lines", INF_LINES_MAX);
	r->lines = list_grow(r->arena, r->lines, r->n_lines, &r->cap_lines, sizeof(*r->lines), err);
	const char **fields = arena_array(r->arena, n, sizeof(*fields), err);
	if (!r->lines || !fields)
		return -1;
	if (n)
		memcpy(fields, r->fields, n * sizeof(*fields));
	r->lines[r->n_lines++] = (struct inf_line){key, fields, n, number};
	r->parts[r->n_parts - 1].n++;
	return 0;
}

static int read_fields(struct reading *r, size_t *n, struct err *err)
{
	do {
		r->at++; /* '=' or ',' */
		if (*n == INF_FIELDS_MAX)
			return err_set(err, E_UNSUPPORTED, "line %u has more than %u fields",
				       r->number, INF_FIELDS_MAX);
		if (read_item(r, false, &r->fields[*n], err) < 0)
			return -1;
		++*n;
	} while (peek(r, 0) == ',');
	return 0;
}

static int read_line(struct reading *r, struct err *err)
{
	const char *key = NULL;
	unsigned number = r->number;
	size_t n = 0;
	if (read_item(r, true, &key, err) < 0)
		return -1;
	if (peek(r, 0) != '=') {
		r->fields[n++] = key;
		key = NULL;
	}
	if ((key || peek(r, 0) == ',') && read_fields(r, &n, err) < 0)
		return -1;
	return !key && n == 1 && !*r->fields[0] ? 0 : add_line(r, key, n, number, err);
}

static int read_header(struct reading *r, struct err *err)
{
	size_t from = r->at + 1, to = from;
	while (to < r->text.len && r->text.p[to] != ']' && r->text.p[to] != '\n')
		to++;
	char *name = arena_alloc(r->arena, to - from + 1, err);
	r->parts = list_grow(r->arena, r->parts, r->n_parts, &r->cap_parts, sizeof(*r->parts), err);
	if (!name || !r->parts)
		return -1;
	memcpy(name, r->text.p + from, to - from);
	r->parts[r->n_parts] = (struct part){name, r->n_parts, r->n_lines, 0};
	r->n_parts++;
	r->at = to;
	skip_line(r);
	return 0;
}

static int read_lines(struct reading *r, struct err *err)
{
	for (r->number = 1; r->at < r->text.len; r->number++) {
		skip_blanks(r);
		if ((peek(r, 0) == '[' ? read_header(r, err) : read_line(r, err)) < 0)
			return -1;
		skip_line(r);
		r->at++;
	}
	return 0;
}

/* ---- sections ---- */

static int by_name(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int order = text_casecmp(x->name, y->name);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* The parts of one name, from *i on, as one section. */
static int join(struct reading *r, size_t *i, struct inf_section *out, struct err *err)
{
	size_t first = *i, n = 0;
	for (; *i < r->n_parts && text_equal(r->parts[*i].name, r->parts[first].name); ++*i)
		n += r->parts[*i].n;
	*out = (struct inf_section){.name = r->parts[first].name};
	out->lines = arena_array(r->arena, n, sizeof(*out->lines), err);
	if (!out->lines)
		return -1;
	for (size_t p = first; p < *i; p++) {
		if (r->parts[p].n)
			memcpy(out->lines + out->n, r->lines + r->parts[p].first,
			       r->parts[p].n * sizeof(*out->lines));
		out->n += r->parts[p].n;
	}
	return 0;
}

static int join_all(struct reading *r, struct inf *out, struct err *err)
{
	out->sections = arena_array(r->arena, r->n_parts, sizeof(*out->sections), err);
	if (!out->sections)
		return -1;
	if (r->n_parts)
		qsort(r->parts, r->n_parts, sizeof(*r->parts), by_name);
	for (size_t i = 0; i < r->n_parts;)
		if (join(r, &i, &out->sections[out->n++], err) < 0)
			return -1;
	return 0;
}

/* ---- what others ask ---- */

int inf_read(struct span file, struct arena *arena, struct inf *out, struct err *err)
{
	struct reading r = {.arena = arena};
	*out = (struct inf){0};
	if (file.len > INF_BYTES_MAX)
		return err_set(err, E_UNSUPPORTED, "longer than %u MiB", INF_BYTES_MAX >> 20);
	r.item = inf_text(file, arena, &r.text, err) == 0 ? arena_alloc(arena, r.text.len + 1, err)
							  : NULL;
	r.fields = r.item ? arena_array(arena, INF_FIELDS_MAX, sizeof(*r.fields), err) : NULL;
	if (!r.fields || read_lines(&r, err) < 0 || join_all(&r, out, err) < 0)
		return -1;
	return inf_put_strings(out, arena, err);
}

static int named(const void *name, const void *section)
{
	return text_casecmp(name, ((const struct inf_section *)section)->name);
}

const struct inf_section *inf_section(const struct inf *inf, const char *name)
{
	return name && inf->n ? bsearch(name, inf->sections, inf->n, sizeof(*inf->sections), named)
			      : NULL;
}

const struct inf_line *inf_next(const struct inf_section *s, const char *key, size_t *at)
{
	while (s && *at < s->n) {
		const struct inf_line *line = &s->lines[(*at)++];
		if (line->key && text_equal(line->key, key))
			return line;
	}
	return NULL;
}

const char *inf_field(const struct inf_line *line, size_t i)
{
	return i < line->n ? line->fields[i] : "";
}

const char *inf_value(const struct inf_section *s, const char *key)
{
	size_t at = 0;
	const struct inf_line *line = inf_next(s, key, &at);
	return line ? inf_field(line, 0) : NULL;
}

bool inf_number(const char *text, uint32_t *out)
{
	char *end;
	bool negative = *text == '-', hex = strncasecmp(text + negative, "0x", 2) == 0;
	const char *digits = text + negative + (hex ? 2 : 0);
	unsigned long long n = strtoull(digits, &end, hex ? 16 : 10);
	if (strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") == 0 || *end ||
	    n > UINT32_MAX)
		return false;
	*out = negative ? (uint32_t)-n : (uint32_t)n;
	return true;
}

bool inf_plain_name(const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || len > 200 || name[0] == ' ' || strspn(name, ".") == len ||
	    name[len - 1] == '.' || name[len - 1] == ' ')
		return false;
	for (; *name; name++)
		if (*name < ' ' || *name > '~' || strchr("\\/:*?\"<>|", *name))
			return false;
	return true;
}
