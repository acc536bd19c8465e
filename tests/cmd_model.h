/* SPDX-License-Identifier: MIT */
/*
 * A small model of cmd.exe, of as much as the clean-up plan uses, and of bcdedit over a list of
 * boot entries. Expansion happens in cmd's order: percent signs of a whole block first, loop
 * variables last. A special character outside quotes, where cmd would act on it, ends the test.
 */
#ifndef CMD_MODEL_H
#define CMD_MODEL_H

#include "test.h"

#include <stdbool.h>
#include <strings.h>

#define LINE_MAX_CMD 2048
#define ENTRIES	     4
#define STEPS_MAX    5000

struct entry {
	const char *id, *device, *description;
	bool deleted;
};

struct bcd {
	struct entry entries[ENTRIES];
	const char *store; /* the offline store, NULL: the system's */
	const char *default_id, *current_id;
	bool no_access, export_fails, delete_fails;
	int exports, deletes;
};

struct cmd {
	char *lines[400];
	size_t n;
	struct {
		char name[32], value[LINE_MAX_CMD];
	} vars[40];
	struct bcd *bcd;
	int errorlevel, status, steps;
	bool done; /* exit /b of the main part */
	char said[1 << 16];
};

/* ---- bcdedit ---- */

static void print_entry(const struct entry *e, char *out)
{
	sprintf(out + strlen(out),
		"\nWindows Boot Loader\n-------------------\nidentifier              %s\n"
		"device                  %s\npath                    \\Windows\\system32\\winload.exe\n"
		"description             %s\nosdevice                %s\n",
		e->id, e->device, e->description, e->device);
}

static const char *resolve(const struct bcd *b, const char *id)
{
	if (strcmp(id, "{default}") == 0)
		return b->default_id ? b->default_id : "";
	if (strcmp(id, "{current}") == 0)
		return !b->store && b->current_id ? b->current_id : "";
	return id;
}

static struct entry *find_entry(struct bcd *b, const char *id)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (b->entries[i].id && !b->entries[i].deleted &&
		    strcasecmp(b->entries[i].id, resolve(b, id)) == 0)
			return &b->entries[i];
	return NULL;
}

static int bcd_enum(struct bcd *b, const char *what, char *out)
{
	if (strcmp(what, "{bootmgr}") == 0)
		return b->no_access;
	if (strcmp(what, "osloader") != 0 && strcmp(what, "all") != 0) {
		const struct entry *e = find_entry(b, what);
		if (e)
			print_entry(e, out);
		return !e;
	}
	for (size_t i = 0; i < ENTRIES; i++)
		if (b->entries[i].id && !b->entries[i].deleted)
			print_entry(&b->entries[i], out);
	return 0;
}

static int bcd_delete(struct bcd *b, const char *id)
{
	struct entry *e = find_entry(b, id);
	assert_int_equal(strcmp(id, resolve(b, id)), 0); /* never by an alias */
	if (!e || b->delete_fails)
		return 1;
	assert_true(b->exports > 0);
	b->deletes++;
	e->deleted = true;
	return 0;
}

/* Split at blanks outside quotes; quotes go. */
static size_t split(char *line, char **words, size_t max)
{
	size_t n = 0;
	char *p = line, *out = line;
	while (*p && n < max) {
		bool quoted = false;
		while (*p == ' ')
			p++;
		if (!*p)
			break;
		words[n++] = out;
		for (; *p && (quoted || *p != ' '); p++)
			if (*p == '"')
				quoted = !quoted;
			else
				*out++ = *p;
		if (*p)
			p++;
		*out++ = '\0';
	}
	return n;
}

static int bcdedit(struct bcd *b, char **w, size_t n, char *out)
{
	size_t i = 1;
	assert_string_equal(w[0], "C:\\Windows\\System32\\bcdedit.exe");
	assert_int_equal(b->store != NULL, n > 1 && strcmp(w[1], "/store") == 0);
	if (b->store) {
		assert_string_equal(w[2], b->store);
		i = 3;
	}
	assert_true(n > i + 1);
	if (strcmp(w[i], "/enum") == 0)
		return bcd_enum(b, w[i + 1], out);
	if (strcmp(w[i], "/export") == 0) {
		b->exports += !b->export_fails;
		return b->export_fails;
	}
	assert_string_equal(w[i], "/delete");
	assert_int_equal(n, i + 3);
	assert_string_equal(w[i + 2], "/cleanup");
	return bcd_delete(b, w[i + 1]);
}

/* ---- cmd ---- */

static char *var(struct cmd *c, const char *name, size_t len)
{
	size_t i = 0;
	while (c->vars[i].name[0] && (strlen(c->vars[i].name) != len ||
				      strncasecmp(c->vars[i].name, name, len) != 0))
		i++;
	assert_true(i < 39 && len < 32);
	memcpy(c->vars[i].name, name, len);
	return c->vars[i].value;
}

/* Percent signs, as in a file: %% is one, %NAME% and %NAME:~0,5%, %1, %~1, %~nx0. */
static void expand(struct cmd *c, const char *in, const char *arg, char *out)
{
	for (*out = '\0'; *in;) {
		const char *close = strchr(in + 1, '%'), *colon;
		char *end = out + strlen(out);
		if (*in != '%') {
			*end++ = *in++;
			*end = '\0';
		} else if (in[1] == '%') {
			strcat(out, "%");
			in += 2;
		} else if (in[1] == '1') {
			strcat(out, arg);
			in += 2;
		} else if (in[1] == '~' && in[2] == '1') {
			sprintf(end, "%.*s", (int)strcspn(arg + (*arg == '"'), "\""), arg + (*arg == '"'));
			in += 3;
		} else if (in[1] == '~') {
			strcat(out, "plan.cmd");
			in += strlen("%~nx0");
		} else {
			assert_non_null(close);
			colon = memchr(in, ':', (size_t)(close - in));
			strcat(out, var(c, in + 1, (size_t)((colon ? colon : close) - in - 1)));
			if (colon && strlen(end) > 5) /* only :~0,5 is used */
				end[5] = '\0';
			in = close + 1;
		}
		assert_true(strlen(out) < LINE_MAX_CMD - 300);
	}
}

/* Take a redirection off; then nothing that cmd would act on may stand outside quotes. */
static void check_quoting(char *line)
{
	static const char *const tails[] = {" >nul 2>&1", " >nul"};
	bool quoted = false;
	for (size_t i = 0; i < 2; i++)
		if (strlen(line) > strlen(tails[i]) &&
		    strcmp(line + strlen(line) - strlen(tails[i]), tails[i]) == 0)
			line[strlen(line) - strlen(tails[i])] = '\0';
	for (const char *p = line; *p; p++) {
		quoted ^= *p == '"';
		if (!quoted && strchr("&|<>^", *p) && strncmp(p, "| ", 2) != 0)
			fail_msg("cmd would act on '%c' in: %s", *p, line);
	}
	assert_false(quoted);
}

static int command(struct cmd *c, const char *text, char *out)
{
	char copy[LINE_MAX_CMD], *words[16];
	snprintf(copy, sizeof(copy), "%s", text);
	char *bar = strstr(copy, " | ");
	if (bar)
		*bar = '\0';
	size_t n = split(copy, words, 16);
	assert_true(n > 0);
	if (strcmp(words[0], "copy") == 0) {
		assert_string_equal(words[2], c->bcd->store);
		c->bcd->exports += !c->bcd->export_fails;
		return c->bcd->export_fails;
	}
	char before[LINE_MAX_CMD] = "", *into = bar ? before : out;
	int rc = bcdedit(c->bcd, words, n, into);
	return bar ? !strstr(before, "vhd=[") : rc;
}

static void run_from(struct cmd *c, size_t pc, const char *arg);

static size_t label(const struct cmd *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->lines[i][0] == ':' && strcmp(c->lines[i] + 1, name) == 0)
			return i;
	fail_msg("no label %s", name);
	return 0;
}

static const char *skip_word(const char *s)
{
	s += strcspn(s, " ");
	return s + strspn(s, " ");
}

/* "if" and what follows: the command that is left to do, or NULL. */
static const char *condition(struct cmd *c, const char *s)
{
	bool want = true, is;
	s = skip_word(s);
	if (strncmp(s, "/i ", 3) == 0)
		s += 3;
	if (strncmp(s, "not ", 4) == 0) {
		want = false;
		s += 4;
	}
	if (strncmp(s, "defined ", 8) == 0) {
		s += 8;
		is = var(c, s, strcspn(s, " "))[0] != '\0';
	} else if (strncmp(s, "errorlevel 1", 12) == 0) {
		is = c->errorlevel >= 1;
		s += 11;
	} else if (*s == '"') {
		const char *middle = strstr(s, "\"==\""), *end = middle ? strchr(middle + 4, '"') : NULL;
		assert_non_null(end);
		size_t len = (size_t)(middle - s - 1);
		is = (size_t)(end - middle - 4) == len && strncasecmp(s + 1, middle + 4, len) == 0;
		s = end;
	} else {
		const char *less = strstr(s, " LSS ");
		assert_non_null(less);
		is = atoi(s) < atoi(less + 5);
		s = less + 5;
	}
	return is == want ? skip_word(s) : NULL;
}

static void assign(struct cmd *c, const char *s)
{
	char copy[LINE_MAX_CMD];
	snprintf(copy, sizeof(copy), "%s", s + (*s == '"'));
	if (*s == '"')
		*strrchr(copy, '"') = '\0';
	char *equal = strchr(copy, '=');
	assert_non_null(equal);
	if (strncmp(s, "/a ", 3) == 0) {
		char *v = var(c, "LOADERS", 7);
		sprintf(v, "%d", atoi(v) + 1);
	} else {
		snprintf(var(c, copy, (size_t)(equal - copy)), LINE_MAX_CMD, "%s", equal + 1);
	}
}

/* One expanded command. A label to go to, or NULL. */
static const char *run_line(struct cmd *c, const char *s)
{
	assert_true(++c->steps < STEPS_MAX);
	while (s && strncmp(s, "if ", 3) == 0)
		s = condition(c, s);
	if (!s)
		return NULL;
	if (strncmp(s, "goto ", 5) == 0)
		return s + 5;
	if (strncmp(s, "set ", 4) == 0)
		assign(c, s + 4);
	else if (strncmp(s, "call :", 6) == 0) {
		char name[32];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(s + 6, " "), s + 6);
		run_from(c, label(c, name) + 1, skip_word(s + 5));
	} else if (strncmp(s, "exit /b ", 8) == 0) {
		c->status = atoi(s + 8);
		c->done = true;
	} else if (strncmp(s, "echo", 4) == 0)
		snprintf(c->said + strlen(c->said), LINE_MAX_CMD, "%s\n", s);
	else if (strncmp(s, "@echo", 5) != 0 && strncmp(s, "setlocal", 8) != 0 &&
		 strncmp(s, "pause", 5) != 0)
		c->errorlevel = command(c, s, c->said + strlen(c->said));
	return NULL;
}

/* Loop variables: %a is the first word, %b the rest. */
static void substitute(const char *in, const char *a, size_t a_len, const char *b, char *out)
{
	for (*out = '\0'; *in; in++)
		if (*in == '%' && in[1] == 'a')
			sprintf(out + strlen(out), "%.*s", (int)a_len, a), in++;
		else if (*in == '%' && in[1] == 'b')
			strcat(out, b), in++;
		else
			sprintf(out + strlen(out), "%c", *in);
}

static void run_body(struct cmd *c, char body[][LINE_MAX_CMD], size_t n, char *line)
{
	char text[2 * LINE_MAX_CMD];
	line += strspn(line, " ");
	for (size_t i = 0; i < n && *line; i++) {
		substitute(body[i], line, strcspn(line, " "), skip_word(line), text);
		assert_null(run_line(c, text));
	}
}

/* for /f "tokens=1*" %a in ('COMMAND') do ( ... ): returns the line of its end. */
static size_t run_loop(struct cmd *c, size_t pc, const char *head, const char *arg)
{
	char body[16][LINE_MAX_CMD], text[LINE_MAX_CMD], out[LINE_MAX_CMD * 4] = "", *rest = out;
	const char *from = strchr(head, '\''), *to = strrchr(head, '\'');
	size_t n = 0;
	assert_true(from && to > from && strcmp(to, "') do (") == 0);
	snprintf(text, sizeof(text), "%.*s", (int)(to - from - 1), from + 1);
	for (pc++; strcmp(c->lines[pc], ")") != 0; pc++) {
		assert_true(n < 16);
		expand(c, c->lines[pc] + strspn(c->lines[pc], " "), arg, body[n]);
		check_quoting(body[n++]);
	}
	command(c, text, out);
	for (char *line; (line = strsep(&rest, "\n"));)
		run_body(c, body, n, line);
	return pc;
}

static void run_from(struct cmd *c, size_t pc, const char *arg_in)
{
	char arg[256], line[LINE_MAX_CMD];
	snprintf(arg, sizeof(arg), "%s", arg_in);
	for (; pc < c->n && !c->done; pc++) {
		if (strncmp(c->lines[pc], "rem ", 4) == 0 || c->lines[pc][0] == ':')
			continue;
		expand(c, c->lines[pc], arg, line);
		check_quoting(line);
		if (!line[0])
			continue;
		if (strncmp(line, "for ", 4) == 0) {
			pc = run_loop(c, pc, line, arg);
			continue;
		}
		const char *to = run_line(c, line);
		if (to && strcmp(to, ":eof") == 0)
			return;
		if (to)
			pc = label(c, to);
	}
}

/* Run a plan with an argument against a store; its exit status. */
static int cmd_run(struct cmd *c, const char *plan, const char *arg, struct bcd *bcd)
{
	char *copy = strdup(plan), *rest = copy;
	memset(c, 0, sizeof(*c));
	c->bcd = bcd;
	c->status = -1;
	strcpy(var(c, "SystemRoot", 10), "C:\\Windows");
	strcpy(var(c, "SystemDrive", 11), "C:");
	for (char *line; (line = strsep(&rest, "\n"));) {
		assert_true(c->n < 400);
		line[strcspn(line, "\r")] = '\0';
		c->lines[c->n++] = line;
	}
	run_from(c, 0, arg);
	free(copy);
	return c->status;
}

#endif
