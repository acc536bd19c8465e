/* SPDX-License-Identifier: MIT */
/* What the model of PowerShell computes with: its state, words of a text, values, variables. */
#ifndef PS_VALUE_H
#define PS_VALUE_H

#include "bcdedit_model.h"

#include <regex.h>

#define PS_VARS      400
#define PS_FUNCTIONS 24
#define PS_ITEMS     16384

enum ps_kind { PS_NULL, PS_BOOL, PS_INT, PS_TEXT, PS_LIST, PS_ENCODING };

struct ps_value {
	enum ps_kind kind;
	long n; /* BOOL, INT; items of a LIST */
	const char *s;
	struct ps_value *items;
};

struct ps_list {
	struct ps_value *items;
	size_t n, room;
};

enum ps_flow { PS_GO, PS_RETURN, PS_EXIT };

struct ps {
	struct arena *arena;
	struct host host;
	bool ascii; /* of the console */
	const char *at;
	struct {
		char name[40];
		int scope;
		struct ps_value value;
	} vars[PS_VARS];
	size_t n_vars;
	struct {
		char name[40];
		const char *params, *body;
	} functions[PS_FUNCTIONS];
	size_t n_functions;
	int scope, status;
	long steps;
	enum ps_flow flow;
	struct ps_list *out; /* what the running function prints; NULL: the console */
	char said[CMD_OUT];
};

/* ---- text ---- */

static void ps_fail(const struct ps *p, const char *what)
{
	fail_msg("PowerShell model: %s at: %.80s", what, p->at);
}

/* Blanks, and remarks and line ends where those may stand. */
static void ps_blank(struct ps *p, bool lines)
{
	for (;; p->at++) {
		if (lines && *p->at == '#')
			p->at += strcspn(p->at, "\n");
		if (*p->at != ' ' && (!lines || !*p->at || !strchr("\r\n;", *p->at)))
			return;
	}
}

static bool ps_is(struct ps *p, const char *token)
{
	ps_blank(p, false);
	if (strncmp(p->at, token, strlen(token)) != 0)
		return false;
	p->at += strlen(token);
	return true;
}

static void ps_want(struct ps *p, const char *token)
{
	if (!ps_is(p, token))
		ps_fail(p, token);
}

/* A word as in names of functions, operators and variables. */
static bool ps_word(struct ps *p, char out[40])
{
	ps_blank(p, false);
	size_t n = strspn(p->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-:");
	if (n == 0 || n >= 40)
		return false;
	snprintf(out, 40, "%.*s", (int)n, p->at);
	p->at += n;
	return true;
}

/* Over a block without running it. */
static void ps_skip_block(struct ps *p)
{
	int depth = 0;
	do {
		if (*p->at == '\'') {
			p->at = strchr(p->at + 1, '\'');
			assert_non_null(p->at);
		} else if (*p->at == '#') {
			p->at += strcspn(p->at, "\n");
		}
		depth += *p->at == '{' ? 1 : *p->at == '}' ? -1 : 0;
		if (!*p->at)
			ps_fail(p, "end of a block");
		p->at++;
	} while (depth > 0);
}

/* ---- values ---- */

static struct ps_value ps_text(const char *s)
{
	return (struct ps_value){.kind = PS_TEXT, .s = s};
}

static struct ps_value ps_bool(bool is)
{
	return (struct ps_value){.kind = PS_BOOL, .n = is};
}

static bool ps_truth(const struct ps_value *v)
{
	if (v->kind == PS_TEXT)
		return *v->s;
	if (v->kind == PS_LIST)
		return v->n > 1 || (v->n == 1 && ps_truth(&v->items[0]));
	return v->kind != PS_NULL && v->n != 0;
}

/* The same items as a list: nothing, one, or those of a list. */
static struct ps_list ps_items(const struct ps_value *v)
{
	if (v->kind == PS_LIST)
		return (struct ps_list){.items = v->items, .n = (size_t)v->n};
	union {
		const struct ps_value *given;
		struct ps_value *items;
	} u = {.given = v};
	return (struct ps_list){.items = u.items, .n = v->kind != PS_NULL};
}

static struct ps_value ps_list_of(struct ps *p, const struct ps_list *l)
{
	return (struct ps_value){.kind = PS_LIST,
				 .n = (long)l->n,
				 .items = arena_copy(p->arena, l->items, l->n * sizeof(*l->items))};
}

static const char *ps_string(const struct ps *p, const struct ps_value *v)
{
	if (v->kind == PS_NULL)
		return "";
	if (v->kind == PS_INT)
		return arena_printf(p->arena, "%ld", v->n);
	if (v->kind != PS_TEXT)
		ps_fail(p, "a string is wanted");
	return v->s;
}

static void ps_append(struct ps *p, struct ps_list *l, const struct ps_value *v)
{
	struct ps_list more = ps_items(v);
	assert_true(l->n + more.n < PS_ITEMS);
	if (l->n + more.n > l->room) {
		l->room = 2 * l->room + more.n + 8;
		struct ps_value *items = arena_array(p->arena, l->room, sizeof(*items), NULL);
		if (l->n)
			memcpy(items, l->items, l->n * sizeof(*items));
		l->items = items;
	}
	if (more.n)
		memcpy(l->items + l->n, more.items, more.n * sizeof(*more.items));
	l->n += more.n;
}

/* Print: to the caller, or to the console. */
static void ps_emit(struct ps *p, const struct ps_value *v)
{
	struct ps_list l = ps_items(v);
	if (p->out) {
		ps_append(p, p->out, v);
		return;
	}
	for (size_t i = 0; i < l.n; i++) {
		const char *s = l.items[i].kind == PS_BOOL ? "True or False"
							   : ps_string(p, &l.items[i]);
		assert_true(strlen(p->said) + strlen(s) + 2 < CMD_OUT);
		strcat(strcat(p->said, s), "\n");
	}
}

/* ---- variables ---- */

static struct ps_value *ps_find(struct ps *p, const char *name)
{
	for (size_t i = p->n_vars; i > 0; i--)
		if (strcasecmp(p->vars[i - 1].name, name) == 0)
			return &p->vars[i - 1].value;
	return NULL;
}

static void ps_set(struct ps *p, const char *name, struct ps_value value)
{
	for (size_t i = p->n_vars; i > 0 && p->vars[i - 1].scope == p->scope; i--)
		if (strcasecmp(p->vars[i - 1].name, name) == 0) {
			p->vars[i - 1].value = value;
			return;
		}
	assert_true(p->n_vars < PS_VARS);
	snprintf(p->vars[p->n_vars].name, 40, "%s", name);
	p->vars[p->n_vars].scope = p->scope;
	p->vars[p->n_vars++].value = value;
}

static struct ps_value ps_variable(struct ps *p)
{
	char name[40];
	const char *from = p->at;
	assert_int_equal(*p->at++, '$');
	assert_true(ps_word(p, name));
	const struct ps_value *v = ps_find(p, name);
	if (!v) {
		p->at = from;
		ps_fail(p, "a variable that was not set");
	}
	return *v;
}

/* ---- strings ---- */

/* PowerShell takes these for single quotes too. */
static size_t ps_is_quote(const char *s)
{
	if (*s == '\'')
		return 1;
	return strncmp(s, "\xe2\x80", 2) == 0 && (unsigned char)s[2] >= 0x98 &&
			       (unsigned char)s[2] <= 0x9b
		       ? 3
		       : 0;
}

static struct ps_value ps_quoted(struct ps *p)
{
	char *s = arena_alloc(p->arena, strlen(p->at) + 1, NULL);
	size_t n = 0, quote, len;
	for (p->at++;; p->at += len, n += len) {
		if (!*p->at || *p->at == '\n')
			ps_fail(p, "end of a string");
		quote = ps_is_quote(p->at);
		if (quote && !ps_is_quote(p->at + quote))
			break;
		p->at += quote; /* the first of two; the second is kept */
		len = quote ? quote : 1;
		memcpy(s + n, p->at, len);
	}
	p->at += quote;
	return ps_text(s);
}

#endif
