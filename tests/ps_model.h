/* SPDX-License-Identifier: MIT */
/*
 * An interpreter of the subset of PowerShell that the plans use, and of nothing else: functions
 * with parameters, if and else, foreach, assignments, calls of functions and programs, strings in
 * single quotes, arrays, the operators -and -or -not -eq -ne -gt -match -contains -join and +,
 * [n], .Count and the console's encoding. Whatever it does not know ends the test with the place.
 * What a function prints is its value; variables set in a function end with it. Programs and files
 * are those of the cmd model's host.
 */
#ifndef PS_MODEL_H
#define PS_MODEL_H

#include "ps_value.h"

static struct ps_value ps_pipeline(struct ps *p);
static struct ps_value ps_expr(struct ps *p);
static void ps_statements(struct ps *p);

/* ---- expressions ---- */

/* Behind "@(": values with commas, or one command. */
static struct ps_value ps_array(struct ps *p)
{
	struct ps_list l = {.n = 0};
	while (!ps_is(p, ")")) {
		struct ps_value v = ps_pipeline(p);
		ps_append(p, &l, &v);
		ps_is(p, ",");
	}
	return ps_list_of(p, &l);
}

static struct ps_value ps_encode(struct ps *p, const struct ps_value *v)
{
	struct model m = {.ascii = p->ascii};
	char *s = arena_strdup(p->arena, ps_string(p, v));
	model_encode(&m, s);
	return ps_text(s);
}

static struct ps_value ps_method(struct ps *p, struct ps_value v)
{
	char name[40];
	assert_true(ps_word(p, name));
	if (strcmp(name, "Count") == 0)
		return (struct ps_value){.kind = PS_INT, .n = (long)ps_items(&v).n};
	if (v.kind != PS_ENCODING || !ps_is(p, "("))
		ps_fail(p, name);
	struct ps_value arg = ps_expr(p);
	ps_want(p, ")");
	if (strcmp(name, "GetBytes") == 0)
		return ps_encode(p, &arg);
	if (strcmp(name, "GetString") != 0)
		ps_fail(p, name);
	return arg;
}

static struct ps_value ps_primary(struct ps *p)
{
	struct ps_value v = {.kind = PS_NULL};
	ps_blank(p, false);
	if (ps_is(p, "[Console]::OutputEncoding"))
		v.kind = PS_ENCODING;
	else if (ps_is(p, "@("))
		v = ps_array(p);
	else if (ps_is(p, "(")) {
		v = ps_pipeline(p);
		ps_want(p, ")");
	} else if (*p->at == '\'')
		v = ps_quoted(p);
	else if (*p->at == '$')
		v = ps_variable(p);
	else if (isdigit((unsigned char)*p->at)) {
		v = (struct ps_value){.kind = PS_INT, .n = *p->at++ - '0'};
	} else
		ps_fail(p, "a value");
	for (;;) {
		if (*p->at == '.') {
			p->at++;
			v = ps_method(p, v);
		} else if (*p->at == '[') {
			size_t i = (size_t)(p->at[1] - '0');
			assert_true(i < 10 && p->at[2] == ']');
			p->at += 3;
			struct ps_list l = ps_items(&v);
			v = i < l.n ? l.items[i] : (struct ps_value){.kind = PS_NULL};
		} else
			return v;
	}
}

static struct ps_value ps_unary(struct ps *p)
{
	if (ps_is(p, "-not ")) {
		struct ps_value v = ps_unary(p);
		return ps_bool(!ps_truth(&v));
	}
	return ps_primary(p);
}

static struct ps_value ps_sum(struct ps *p)
{
	struct ps_value v = ps_unary(p);
	while (ps_is(p, "+ ")) {
		struct ps_value w = ps_unary(p);
		if (v.kind == PS_LIST) {
			struct ps_list l = {.n = 0};
			ps_append(p, &l, &v);
			ps_append(p, &l, &w);
			v = ps_list_of(p, &l);
		} else {
			v = ps_text(
				arena_printf(p->arena, "%s%s", ps_string(p, &v), ps_string(p, &w)));
		}
	}
	return v;
}

/* .NET's "\]" inside brackets is another dialect; the rest is the same in both. */
static bool ps_match(struct ps *p, const char *text, const char *pattern)
{
	regex_t re;
	regmatch_t at[3];
	struct ps_list l = {.n = 0};
	char *posix = arena_strdup(p->arena, pattern), *class = strstr(posix, "[^\\]]");
	if (class)
		memmove(class + 2, class + 3, strlen(class + 3) + 1);
	assert_int_equal(regcomp(&re, posix, REG_EXTENDED | REG_ICASE), 0);
	bool is = regexec(&re, text, 3, at, 0) == 0;
	regfree(&re);
	for (size_t i = 0; is && i < 3 && at[i].rm_so >= 0; i++) {
		struct ps_value v = ps_text(arena_printf(
			p->arena, "%.*s", (int)(at[i].rm_eo - at[i].rm_so), text + at[i].rm_so));
		ps_append(p, &l, &v);
	}
	if (is)
		ps_set(p, "matches", ps_list_of(p, &l));
	return is;
}

static bool ps_equal(struct ps *p, const struct ps_value *a, const struct ps_value *b)
{
	if (a->kind == PS_INT && b->kind == PS_INT)
		return a->n == b->n;
	return strcasecmp(ps_string(p, a), ps_string(p, b)) == 0;
}

static bool ps_contains(struct ps *p, const struct ps_value *v, const struct ps_value *w)
{
	struct ps_list l = ps_items(v);
	for (size_t i = 0; i < l.n; i++)
		if (ps_equal(p, &l.items[i], w))
			return true;
	return false;
}

static struct ps_value ps_join(struct ps *p, const struct ps_value *v, const struct ps_value *w)
{
	const char *all = "";
	struct ps_list l = ps_items(v);
	for (size_t i = 0; i < l.n; i++)
		all = arena_printf(p->arena, "%s%s%s", all, i ? ps_string(p, w) : "",
				   ps_string(p, &l.items[i]));
	return ps_text(all);
}

static struct ps_value ps_comparison(struct ps *p)
{
	static const char *const words[] = {"-eq ",    "-ne ",       "-gt ",
					    "-match ", "-contains ", "-join "};
	struct ps_value v = ps_sum(p);
	for (size_t i = 0; i < 6; i++) {
		if (!ps_is(p, words[i]))
			continue;
		struct ps_value w = ps_sum(p);
		if (i == 5)
			return ps_join(p, &v, &w);
		return ps_bool(i == 0   ? ps_equal(p, &v, &w)
			       : i == 1 ? !ps_equal(p, &v, &w)
			       : i == 2 ? v.n > w.n
			       : i == 3 ? ps_match(p, ps_string(p, &v), ps_string(p, &w))
					: ps_contains(p, &v, &w));
	}
	return v;
}

/* Both sides are evaluated; nothing on a right side has effects that matter. */
static struct ps_value ps_expr(struct ps *p)
{
	struct ps_value v = ps_comparison(p);
	for (;;) {
		bool and = ps_is(p, "-and ");
		if (!and&&!ps_is(p, "-or "))
			return v;
		struct ps_value w = ps_comparison(p);
		v = ps_bool(and? ps_truth(&v) && ps_truth(&w) : ps_truth(&v) || ps_truth(&w));
	}
}

/* ---- calls ---- */

static struct ps_value ps_result(struct ps *p, const struct ps_list *l)
{
	if (l->n == 0)
		return (struct ps_value){.kind = PS_NULL};
	return l->n == 1 ? l->items[0] : ps_list_of(p, l);
}

/* Arguments up to the end of the command. */
static size_t ps_arguments(struct ps *p, struct ps_value args[8])
{
	size_t n = 0;
	for (;;) {
		ps_blank(p, false);
		if (!*p->at || strchr("\r\n;)},", *p->at))
			return n;
		assert_true(n < 8);
		char word[40];
		if (strchr("'$(@", *p->at))
			args[n++] = ps_primary(p);
		else if (ps_word(p, word))
			args[n++] = ps_text(arena_strdup(p->arena, word));
		else
			ps_fail(p, "an argument");
	}
}

/* A program: every item of an array is a word of its own. */
static struct ps_value ps_program(struct ps *p)
{
	struct ps_value args[8];
	struct ps_list all = {.n = 0}, lines = {.n = 0};
	size_t n = ps_arguments(p, args);
	char *words[32], *out = calloc(1, CMD_OUT), *rest = out;
	for (size_t i = 0; i < n; i++)
		ps_append(p, &all, &args[i]);
	assert_true(all.n > 0 && all.n < 32);
	for (size_t i = 0; i < all.n; i++)
		words[i] = arena_strdup(p->arena, ps_string(p, &all.items[i]));
	int rc = p->host.run(p->host.state, words, all.n, out);
	int scope = p->scope;
	p->scope = 0;
	ps_find(p, "LASTEXITCODE")->n = rc;
	p->scope = scope;
	for (char *line; (line = strsep(&rest, "\n"));) {
		struct ps_value v = ps_text(arena_strdup(p->arena, line));
		if (*line || rest)
			ps_append(p, &lines, &v);
	}
	free(out);
	return ps_result(p, &lines);
}

static struct ps_value ps_builtin(struct ps *p, const char *name, const struct ps_value *args,
				  size_t n)
{
	if (strcmp(name, "Write-Host") == 0 && n == 1) {
		struct ps_list *out = p->out;
		p->out = NULL;
		ps_emit(p, &args[0]);
		p->out = out;
		return (struct ps_value){.kind = PS_NULL};
	}
	if (strcmp(name, "Test-Path") == 0 && n == 1)
		return ps_bool(p->host.exists(p->host.state, ps_string(p, &args[0])));
	if (strcmp(name, "New-Item") == 0 && n == 4) {
		assert_string_equal(args[0].s, "-ItemType");
		assert_string_equal(args[1].s, "File");
		assert_string_equal(args[2].s, "-Path");
		if (!p->host.create(p->host.state, args[3].s)) {
			p->flow = PS_EXIT; /* $ErrorActionPreference = 'Stop' */
			p->status = 1;
		}
		return ps_text(args[3].s);
	}
	ps_fail(p, name);
	return (struct ps_value){.kind = PS_NULL};
}

static struct ps_value ps_call(struct ps *p, size_t f, const struct ps_value *args, size_t n)
{
	struct ps_list mine = {.n = 0}, *out = p->out;
	const char *back = p->at;
	size_t vars = p->n_vars;
	char name[40];
	p->scope++;
	p->at = p->functions[f].params;
	for (size_t i = 0; !ps_is(p, ")"); i++) {
		ps_want(p, "$");
		assert_true(ps_word(p, name) && i < n);
		ps_set(p, name, args[i]);
		ps_is(p, ",");
	}
	p->out = &mine;
	p->at = p->functions[f].body;
	ps_statements(p);
	if (p->flow == PS_RETURN)
		p->flow = PS_GO;
	p->out = out;
	p->at = back;
	p->scope--;
	p->n_vars = vars;
	return ps_result(p, &mine);
}

static struct ps_value ps_command(struct ps *p)
{
	char name[40];
	struct ps_value args[8];
	if (ps_is(p, "& "))
		return ps_program(p);
	if (!ps_word(p, name))
		ps_fail(p, "a command");
	size_t n = ps_arguments(p, args);
	for (size_t i = 0; i < p->n_functions; i++)
		if (strcasecmp(p->functions[i].name, name) == 0)
			return ps_call(p, i, args, n);
	return ps_builtin(p, name, args, n);
}

static struct ps_value ps_pipeline(struct ps *p)
{
	ps_blank(p, false);
	bool is_command = *p->at == '&' || isalpha((unsigned char)*p->at);
	return is_command ? ps_command(p) : ps_expr(p);
}

/* ---- statements ---- */

static void ps_block(struct ps *p, bool run)
{
	ps_blank(p, true);
	if (*p->at != '{')
		ps_fail(p, "{");
	if (!run) {
		ps_skip_block(p);
		return;
	}
	p->at++;
	ps_statements(p);
	if (p->flow == PS_GO)
		ps_want(p, "}");
}

static void ps_if(struct ps *p)
{
	ps_want(p, "(");
	struct ps_value v = ps_pipeline(p);
	if (p->flow != PS_GO)
		return;
	ps_want(p, ")");
	ps_block(p, ps_truth(&v));
	const char *back = p->at;
	if (p->flow != PS_GO)
		return;
	ps_blank(p, true);
	if (ps_is(p, "else "))
		ps_block(p, !ps_truth(&v));
	else
		p->at = back;
}

static void ps_foreach(struct ps *p)
{
	char name[40];
	ps_want(p, "($");
	assert_true(ps_word(p, name));
	ps_want(p, "in ");
	struct ps_value v = ps_pipeline(p);
	ps_want(p, ")");
	ps_blank(p, false);
	const char *body = p->at;
	struct ps_list l = ps_items(&v);
	struct ps_value all = ps_list_of(p, &l);
	for (long i = 0; i < all.n && p->flow == PS_GO; i++) {
		p->at = body;
		ps_set(p, name, all.items[i]);
		ps_block(p, true);
	}
	if (p->flow == PS_GO && all.n == 0) {
		p->at = body;
		ps_block(p, false);
	}
}

static void ps_function(struct ps *p)
{
	assert_true(p->n_functions < PS_FUNCTIONS);
	assert_true(ps_word(p, p->functions[p->n_functions].name));
	ps_want(p, "(");
	p->functions[p->n_functions].params = p->at;
	p->at = strchr(p->at, ')') + 1;
	ps_blank(p, false);
	p->functions[p->n_functions++].body = p->at + 1;
	ps_skip_block(p);
}

static bool ps_assignment(struct ps *p)
{
	char name[40];
	const char *from = p->at;
	if (!ps_is(p, "$") || !ps_word(p, name))
		goto other;
	bool more = ps_is(p, "+= ");
	if (!more && !ps_is(p, "= "))
		goto other;
	struct ps_value v = ps_pipeline(p);
	if (more) {
		struct ps_list l = {.n = 0};
		assert_int_equal(ps_find(p, name)->kind, PS_LIST);
		ps_append(p, &l, ps_find(p, name));
		ps_append(p, &l, &v);
		v = ps_list_of(p, &l);
	}
	if (p->flow == PS_GO)
		ps_set(p, name, v);
	return true;
other:
	p->at = from;
	return false;
}

static void ps_statement(struct ps *p)
{
	assert_true(++p->steps < STEPS_MAX);
	if (ps_is(p, "function "))
		ps_function(p);
	else if (ps_is(p, "if "))
		ps_if(p);
	else if (ps_is(p, "foreach "))
		ps_foreach(p);
	else if (ps_is(p, "exit ")) {
		p->status = atoi(p->at);
		p->flow = PS_EXIT;
	} else if (ps_is(p, "return ")) {
		struct ps_value v = ps_expr(p);
		ps_emit(p, &v);
		p->flow = PS_RETURN;
	} else if (!ps_assignment(p)) {
		struct ps_value v = ps_pipeline(p);
		if (p->flow == PS_GO)
			ps_emit(p, &v);
	}
}

/* Up to the end of the block or of the text. */
static void ps_statements(struct ps *p)
{
	for (;;) {
		ps_blank(p, true);
		if (!*p->at || *p->at == '}' || p->flow != PS_GO)
			return;
		ps_statement(p);
		ps_blank(p, false);
		if (p->flow == PS_GO && *p->at && !strchr("\r\n;}", *p->at))
			ps_fail(p, "end of a statement");
	}
}

/* Run a text with -Go, -Undo or nothing; its exit status. */
MODEL_OK static int ps_run(struct ps *p, const char *text, const char *arg, struct model *m)
{
	static const char *const first = "param([switch]$Go, [switch]$Undo)";
	*p = (struct ps){.arena = m->arena, .host = model_host(m), .ascii = m->ascii, .status = -1};
	assert_int_equal(strncmp(text, "\xef\xbb\xbf#", 4), 0);
	p->at = text + 3;
	ps_set(p, "Go", ps_bool(strcmp(arg, "-Go") == 0));
	ps_set(p, "Undo", ps_bool(strcmp(arg, "-Undo") == 0));
	ps_set(p, "false", ps_bool(false));
	ps_set(p, "true", ps_bool(true));
	ps_set(p, "LASTEXITCODE", (struct ps_value){.kind = PS_INT});
	ps_set(p, "env:SystemRoot", ps_text("C:\\Windows"));
	ps_set(p, "env:SystemDrive", ps_text("C:"));
	ps_blank(p, true);
	ps_want(p, first);
	ps_statements(p);
	return p->status;
}

#endif
