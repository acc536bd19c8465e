/* SPDX-License-Identifier: MIT */
/*
 * Reading a registry text: its first line, and then comments, keys in brackets and the values
 * below them, each of which becomes one change.
 *
 * The name of a key ends at the last bracket of its line, because the name may hold one. What is
 * neither entry nor comment is an error with its line: a change that was meant and not made would
 * be found too late.
 */
#include "reg_text_internal.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/list.h"

struct list {
	struct reg_change *changes;
	size_t n, cap;
};

struct section {
	const char *key; /* NULL in front of the first */
	bool deleted;
};

/* A value that is set, or deleted, anew at once: the last word counts. */
static bool is_said_again(const struct list *list, const struct reg_change *change)
{
	const struct reg_change *last = list->n > 0 ? &list->changes[list->n - 1] : NULL;
	return last && last->key == change->key && last->op >= REG_OP_SET &&
	       change->op >= REG_OP_SET && strcmp(last->name, change->name) == 0;
}

static int add(struct reg_reader *r, struct list *list, struct reg_change change)
{
	if (is_said_again(list, &change)) {
		list->changes[list->n - 1] = change;
		return 0;
	}
	struct reg_change *changes = list_grow(r->arena, list->changes, list->n, &list->cap,
					       sizeof(*changes), r->err);
	if (!changes)
		return -1;
	list->changes = changes;
	list->changes[list->n++] = change;
	return 0;
}

/* ---- keys ---- */

/* Units from here to the last closing bracket of the line; 0 when there is none. */
static size_t key_units(const struct reg_reader *r)
{
	size_t last = 0;
	for (size_t i = r->at; i < r->text.n && r->text.p[i] != '\n'; i++)
		if (r->text.p[i] == ']')
			last = i - r->at;
	return last;
}

/* Each name of the path may have 255 units, and 512 of them may follow the names of the root. */
static int check_path(const struct reg_reader *r, struct units path)
{
	size_t begin = 0, depth = 0;
	for (size_t i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] == 0)
			return reg_fail(r, "a NUL stands in a key");
		if (i < path.n && path.p[i] != '\\')
			continue;
		if (i == begin)
			return reg_fail(r, "a key has an empty name");
		if (i - begin > REG_TEXT_NAME_MAX)
			return reg_fail(r, "the name of a key is longer than 255 characters");
		begin = i + 1;
		if (++depth > HIVE_DEPTH_MAX + 2)
			return reg_fail(r, "a key is nested deeper than 512");
	}
	return 0;
}

static int read_key(struct reg_reader *r, struct section *section, struct list *list)
{
	struct reg_change change = {.op = REG_OP_CREATE_KEY, .name = "", .line = r->line};
	if (reg_accept(r, "[-"))
		change.op = REG_OP_DELETE_KEY;
	else
		reg_accept(r, "[");
	struct units path = {r->text.p + r->at, key_units(r)};
	if (path.n == 0)
		return reg_fail(r, "a key has no name, or no closing bracket");
	r->at += path.n + 1;
	path.n -= path.p[path.n - 1] == '\\'; /* other programs write one */
	if (check_path(r, path))
		return -1;
	change.key = reg_text_utf8(r->arena, path, r->err);
	if (!change.key)
		return -1;
	*section = (struct section){change.key, change.op == REG_OP_DELETE_KEY};
	return add(r, list, change);
}

/* ---- values ---- */

static int read_name(struct reg_reader *r, const char **out)
{
	struct units name = {NULL, 0};
	if (!reg_accept(r, "@") && reg_read_quoted(r, &name))
		return -1;
	if (name.n > REG_TEXT_VALUE_NAME_MAX)
		return reg_fail(r, "the name of a value is longer than 16383 characters");
	*out = reg_text_utf8(r->arena, name, r->err);
	return *out ? 0 : -1;
}

static int read_value(struct reg_reader *r, const struct section *section, struct list *list)
{
	struct reg_change change = {.op = REG_OP_SET, .key = section->key, .line = r->line};
	if (!section->key || section->deleted)
		return reg_fail(r, section->key ? "a value stands below a deleted key"
						: N_("a value stands in front of the first key"));
	if (read_name(r, &change.name))
		return -1;
	reg_skip_blanks(r);
	if (!reg_accept(r, "="))
		return reg_fail(r, "= is missing behind the name of a value");
	reg_skip_blanks(r);
	if (reg_accept(r, "-"))
		change.op = REG_OP_DELETE_VALUE;
	else if (reg_read_data(r, &change.type, &change.data))
		return -1;
	return add(r, list, change);
}

/* ---- the whole text ---- */

static int read_entry(struct reg_reader *r, struct section *section, struct list *list)
{
	reg_skip_blanks(r);
	int32_t c = reg_peek(r);
	if (c == '[' && read_key(r, section, list))
		return -1;
	if ((c == '@' || c == '"') && read_value(r, section, list))
		return -1;
	if (!strchr("[@\";\n", c == REG_TEXT_END ? '\n' : c < 0x80 ? (char)c : '?'))
		return reg_fail(r, "the line is neither a key nor a value nor a comment");
	return reg_end_line(r);
}

static int check_ascii(const struct reg_reader *r)
{
	for (size_t i = 0; r->ansi && i < r->text.n; i++)
		if (r->text.p[i] >= 0x80)
			return err_set(r->err, E_UNSUPPORTED,
				       "REGEDIT4 with another character than ASCII");
	return 0;
}

static int read_header(struct reg_reader *r)
{
	r->ansi = reg_accept(r, REG_TEXT_HEADER4);
	if (!r->ansi && !reg_accept(r, REG_TEXT_HEADER))
		return err_set(r->err, E_FORMAT,
			       "not a registry text: the first line is not \"%s\"",
			       REG_TEXT_HEADER);
	return reg_end_line(r) || check_ascii(r) ? -1 : 0;
}

int reg_text_read(struct span file, struct arena *arena, struct reg_change **out, size_t *n,
		  struct err *err)
{
	struct reg_reader r = {.line = 1, .arena = arena, .err = err};
	struct section section = {0};
	struct list list = {0};
	struct arena *units = arena_new(); /* twice the file, and nothing of it is kept */
	if (!units)
		return no_memory(err);
	int rc = reg_text_decode(file, units, &r.text, err) || read_header(&r) ? -1 : 0;
	while (rc == 0 && reg_peek(&r) != REG_TEXT_END)
		rc = read_entry(&r, &section, &list);
	arena_free(units);
	*out = list.changes;
	*n = list.n;
	return rc;
}
