/* SPDX-License-Identifier: MIT */
/*
 * A small model of cmd.exe, of as much as the plans use. A line is read as cmd reads it: percent
 * signs first (of a whole block), then its parts, loop variables last, so that what a loop variable
 * holds is never read as part of the language. The command of a loop goes through percent
 * expansion once more, as the cmd that runs it would do. A special character outside quotes, or a
 * word that is not modelled, ends the test. Programs are the host's matter.
 */
#ifndef CMD_MODEL_H
#define CMD_MODEL_H

#include "cmd_text.h"

/* ---- commands ---- */

static int cmd_program(struct cmd *c, const char *text, char *out)
{
	char copy[LINE_MAX_CMD], *words[16];
	snprintf(copy, sizeof(copy), "%s", text);
	size_t n = cmd_split(copy, words, 16);
	assert_true(n > 0);
	return c->host.run(c->host.state, words, n, out);
}

static void cmd_from(struct cmd *c, size_t pc, const char *words);
static const char *cmd_line(struct cmd *c, const char *s);

static size_t cmd_label(const struct cmd *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->lines[i][0] == ':' && strcmp(c->lines[i] + 1, name) == 0)
			return i;
	fail_msg("no label %s", name);
	return 0;
}

static const char *cmd_skip_word(const char *s)
{
	s += strcspn(s, " ");
	return s + strspn(s, " ");
}

/* Text up to the closing quote, loop variables replaced; the text behind it. */
static const char *cmd_operand(struct cmd *c, const char *s, char *out)
{
	char raw[LINE_MAX_CMD];
	assert_int_equal(*s, '"');
	size_t len = strcspn(s + 1, "\"");
	assert_int_equal(s[1 + len], '"');
	snprintf(raw, sizeof(raw), "%.*s", (int)len, s + 1);
	cmd_substitute(c, raw, out);
	return s + len + 2;
}

static const char *cmd_compare(struct cmd *c, const char *s, bool fold, bool *is)
{
	char a[LINE_MAX_CMD], b[LINE_MAX_CMD];
	s = cmd_operand(c, s, a);
	assert_int_equal(strncmp(s, "==", 2), 0);
	s = cmd_operand(c, s + 2, b);
	*is = (fold ? strcasecmp(a, b) : strcmp(a, b)) == 0;
	return s;
}

/* "if" and what follows: the command that is left to do, or NULL. */
static const char *cmd_condition(struct cmd *c, const char *s)
{
	bool want = true, fold = false, is = false;
	char text[LINE_MAX_CMD];
	s = cmd_skip_word(s);
	if (strncmp(s, "/i ", 3) == 0) {
		fold = true;
		s += 3;
	}
	if (strncmp(s, "not ", 4) == 0) {
		want = false;
		s += 4;
	}
	if (strncmp(s, "defined ", 8) == 0) {
		s += 8;
		is = cmd_var(c, s, strcspn(s, " "))[0] != '\0';
		s += strcspn(s, " ");
	} else if (strncmp(s, "exist ", 6) == 0) {
		s = cmd_operand(c, s + 6, text);
		is = c->host.exists(c->host.state, text);
	} else if (strncmp(s, "errorlevel 1 ", 13) == 0) {
		is = c->errorlevel >= 1;
		s += 12;
	} else {
		s = cmd_compare(c, s, fold, &is);
	}
	assert_int_equal(*s, ' ');
	return is == want ? s + 1 : NULL;
}

static void cmd_assign(struct cmd *c, const char *s)
{
	char copy[LINE_MAX_CMD];
	snprintf(copy, sizeof(copy), "%s", s + (*s == '"'));
	if (*s == '"')
		*strrchr(copy, '"') = '\0';
	char *equal = strchr(copy, '=');
	assert_non_null(equal);
	snprintf(cmd_var(c, copy, (size_t)(equal - copy)), LINE_MAX_CMD, "%s", equal + 1);
}

/* "set PREFIX": what begins so. */
static void cmd_list_vars(struct cmd *c, const char *prefix, char *out)
{
	size_t len = strlen(prefix);
	for (size_t i = 0; i < CMD_VARS && c->vars[i].name[0]; i++)
		if (strncasecmp(c->vars[i].name, prefix, len) == 0 && c->vars[i].value[0])
			sprintf(out + strlen(out), "%s=%s\n", c->vars[i].name, c->vars[i].value);
}

/* ---- loops ---- */

struct cmd_loop {
	char var;
	int first, last; /* words taken */
	bool rest;       /* "*": and what is left behind them */
	char delims[16];
};

static struct cmd_loop cmd_loop_options(const char *s, const char *end)
{
	static const struct {
		const char *tokens;
		int first, last;
		bool rest;
	} known[] = {
		{"tokens=1*", 1, 1, true}, {"tokens=1,2*", 1, 2, true}, {"tokens=2", 2, 2, false}};
	struct cmd_loop l = {.first = 1, .last = 1, .delims = " \t"};
	const char *delims = memmem(s, (size_t)(end - s), "delims=", 7);
	size_t len = strcspn(s, " \"");
	if (delims)
		snprintf(l.delims, sizeof(l.delims), "%.*s", (int)(end - delims - 7), delims + 7);
	if (delims == s)
		return l;
	for (size_t i = 0; i < 3; i++)
		if (len == strlen(known[i].tokens) && strncmp(s, known[i].tokens, len) == 0) {
			l.first = known[i].first;
			l.last = known[i].last;
			l.rest = known[i].rest;
			return l;
		}
	fail_msg("loop options: %s", s);
	return l;
}

/* Cut one line; false when it has no such word and the body does not run. */
static bool cmd_cut(struct cmd *c, const struct cmd_loop *l, const char *line, char *copy)
{
	int var = l->var - 'a';
	char *p = strcpy(copy, line);
	if (*copy == ';') /* the default end-of-line character */
		return false;
	for (int token = 1; token <= l->last; token++) {
		p += strspn(p, l->delims);
		if (!*p && token <= l->first)
			return false;
		char *end = p + strcspn(p, l->delims);
		if (token >= l->first)
			c->loop[var++] = p;
		p = *end ? end + 1 : end;
		*end = '\0';
	}
	if (l->rest)
		c->loop[var] = p + strspn(p, l->delims);
	return true;
}

/* Run the body for each line of text. */
static void cmd_each(struct cmd *c, const struct cmd_loop *l, char *text, char body[][LINE_MAX_CMD],
		     size_t n)
{
	const char *saved[26];
	char copy[LINE_MAX_CMD];
	memcpy(saved, c->loop, sizeof(saved));
	c->depth++;
	for (char *line; (line = strsep(&text, "\n"));) {
		assert_true(strlen(line) < LINE_MAX_CMD);
		if (!*line || !cmd_cut(c, l, line, copy))
			continue;
		for (size_t i = 0; i < n; i++)
			assert_null(cmd_line(c, body[i]));
	}
	c->depth--;
	memcpy(c->loop, saved, sizeof(saved));
}

/* What a loop reads: the output of a command between ' ', or the text between " ". */
static char *cmd_loop_input(struct cmd *c, const char *from, size_t len, char quote)
{
	char raw[LINE_MAX_CMD], text[LINE_MAX_CMD], *out = calloc(1, CMD_OUT);
	snprintf(raw, sizeof(raw), "%.*s", (int)len, from);
	cmd_substitute(c, raw, text);
	if (quote == '"') {
		strcpy(out, text);
	} else if (strncmp(text, "set ", 4) == 0) {
		assert_non_null(strstr(text, " 2^>nul"));
		*strstr(text, " 2^>nul") = '\0';
		cmd_list_vars(c, text + 4, out);
	} else {
		cmd_expand_again(c, text, raw);
		cmd_program(c, raw, out);
	}
	return out;
}

/* for /f "options" %a in (...) do BODY; BODY "(" means the lines given. */
static void cmd_for(struct cmd *c, const char *s, char body[][LINE_MAX_CMD], size_t n)
{
	char one[1][LINE_MAX_CMD];
	const char *options = s + strlen("for /f \"");
	assert_int_equal(strncmp(s, "for /f \"", 8), 0);
	const char *end = strchr(options, '"'), *in = strstr(end, " in (");
	struct cmd_loop l = cmd_loop_options(options, end);
	assert_true(end && in && in == end + 4);
	l.var = end[3];
	char quote = in[5], tail[8] = {quote, ')', ' ', 'd', 'o', ' ', '\0'};
	assert_true(quote == '"' || quote == '\'');
	const char *close = strstr(in + 6, tail);
	assert_non_null(close);
	char *text = cmd_loop_input(c, in + 6, (size_t)(close - in - 6), quote);
	if (strcmp(close + 6, "(") == 0) {
		cmd_each(c, &l, text, body, n);
	} else {
		snprintf(one[0], LINE_MAX_CMD, "%s", close + 6);
		cmd_each(c, &l, text, one, 1);
	}
	free(text);
}

/* One line, percent signs done. A label to go to, or NULL. */
static const char *cmd_line(struct cmd *c, const char *s)
{
	char text[LINE_MAX_CMD];
	assert_true(++c->steps < STEPS_MAX);
	while (s && strncmp(s, "if ", 3) == 0)
		s = cmd_condition(c, s);
	if (!s)
		return NULL;
	if (strncmp(s, "goto ", 5) == 0)
		return s + 5;
	if (strncmp(s, "for ", 4) == 0) {
		cmd_for(c, s, NULL, 0);
		return NULL;
	}
	cmd_substitute(c, s, text);
	if (strncmp(s, "set ", 4) == 0 && !strchr(s, '='))
		cmd_list_vars(c, s + 4, c->said + strlen(c->said));
	else if (strncmp(s, "set ", 4) == 0)
		cmd_assign(c, text + 4);
	else if (strncmp(s, "call :", 6) == 0) {
		char name[32];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(s + 6, " "), s + 6);
		cmd_from(c, cmd_label(c, name) + 1, cmd_skip_word(s + 5));
	} else if (strncmp(s, "exit /b ", 8) == 0) {
		c->status = atoi(s + 8);
		c->done = true;
	} else if (strncmp(s, "echo", 4) == 0)
		cmd_say(c, strlen(text) > 5 ? text + 5 : "");
	else if (strncmp(s, "type nul >\"", 11) == 0) {
		*strrchr(text, '"') = '\0';
		c->errorlevel = !c->host.create(c->host.state, text + 11);
	} else if (strncmp(s, "setlocal", 8) != 0)
		c->errorlevel = cmd_program(c, text, c->said + strlen(c->said));
	return NULL;
}

/* The lines of a block, up to ")": its end. */
static size_t cmd_block(struct cmd *c, size_t pc, const char *head, char args[2][256])
{
	char(*body)[LINE_MAX_CMD] = calloc(CMD_BODY, LINE_MAX_CMD);
	size_t n = 0;
	for (pc++; strcmp(c->lines[pc], ")") != 0; pc++) {
		assert_true(n < CMD_BODY && pc + 1 < c->n);
		cmd_expand(c, c->lines[pc] + strspn(c->lines[pc], " "), args, body[n]);
		cmd_check_quoting(body[n++]);
	}
	cmd_for(c, head, body, n);
	free(body);
	return pc;
}

/* A remark's first word must be harmless: cmd reads that one. */
static void cmd_check_remark(const char *line)
{
	const char *word = line + strcspn(line, " ");
	for (word += strspn(word, " "); *word && *word != ' '; word++)
		if (strchr("&|<>^%\"()", *word))
			fail_msg("cmd would act on '%c' in: %s", *word, line);
	for (word = line; *word; word++)
		if (*word == '%')
			assert_int_equal(*++word, '%');
}

static void cmd_from(struct cmd *c, size_t pc, const char *words)
{
	char args[2][256] = {"", ""}, line[LINE_MAX_CMD];
	sscanf(words, "%255s %255s", args[0], args[1]);
	for (; pc < c->n && !c->done; pc++) {
		const char *raw = c->lines[pc];
		if (strncmp(raw, "rem", 3) == 0 || strncmp(raw, "@rem", 4) == 0) {
			cmd_check_remark(raw);
			continue;
		}
		if (raw[0] == ':' || strcmp(raw, "@echo off") == 0)
			continue;
		cmd_expand(c, raw, args, line);
		size_t len = strlen(line);
		bool block = len > 5 && strcmp(line + len - 5, " do (") == 0;
		if (block)
			line[len - 2] = '\0'; /* the bracket is checked with its block */
		cmd_check_quoting(line);
		if (block) {
			strcat(line, " (");
			pc = cmd_block(c, pc, line, args);
			continue;
		}
		const char *to = line[0] ? cmd_line(c, line) : NULL;
		if (to && strcmp(to, ":eof") == 0)
			return;
		if (to)
			pc = cmd_label(c, to);
	}
}

/* Run a text with an argument on c->host; its exit status. */
MODEL_OK static int cmd_run(struct cmd *c, const char *plan, const char *arg)
{
	char *copy = strdup(plan), *rest = copy;
	const struct host host = c->host;
	memset(c, 0, sizeof(*c));
	c->host = host;
	c->status = -1;
	strcpy(c->name, "plan.cmd");
	strcpy(cmd_var(c, "SystemRoot", 10), "C:\\Windows");
	strcpy(cmd_var(c, "SystemDrive", 11), "C:");
	strcpy(cmd_var(c, "PATH", 4), "C:\\evil");
	for (char *line; (line = strsep(&rest, "\n"));) {
		assert_true(c->n < CMD_LINES);
		line[strcspn(line, "\r")] = '\0';
		c->lines[c->n++] = line;
	}
	cmd_from(c, 0, arg);
	free(copy);
	return c->status;
}

#endif
