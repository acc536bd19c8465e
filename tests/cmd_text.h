/* SPDX-License-Identifier: MIT */
/* How the model of cmd reads a line: words, variables, percent signs, quotes; and its state. */
#ifndef CMD_TEXT_H
#define CMD_TEXT_H

#include "test.h"

#include <ctype.h>
#include <stdbool.h>
#include <strings.h>

#define LINE_MAX_CMD 4096
#define CMD_LINES    2000
#define CMD_VARS     700
#define CMD_OUT      (1u << 18)
#define CMD_BODY     32
#define STEPS_MAX    4000000
#define MODEL_OK     __attribute__((unused))

/* What the texts call: programs and files. */
struct host {
	void *state;
	/* A program with its words; what it prints is added to out. Its exit status. */
	int (*run)(void *state, char **words, size_t n, char *out);
	bool (*exists)(void *state, const char *path);
	bool (*create)(void *state, const char *path);
};

struct cmd {
	char *lines[CMD_LINES];
	size_t n;
	struct {
		char name[80], value[LINE_MAX_CMD];
	} vars[CMD_VARS];
	const char *loop[26]; /* %a to %z */
	struct host host;
	int errorlevel, status, depth;
	long steps;
	bool done; /* exit /b of the main part */
	char said[CMD_OUT];
	char name[64]; /* %~nx0 */
};

/* ---- words and variables ---- */

/* Split at blanks outside quotes; quotes go. */
MODEL_OK static size_t cmd_split(char *line, char **words, size_t max)
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

static char *cmd_var(struct cmd *c, const char *name, size_t len)
{
	size_t i = 0;
	while (c->vars[i].name[0] &&
	       (strlen(c->vars[i].name) != len || strncasecmp(c->vars[i].name, name, len) != 0))
		i++;
	assert_true(i < CMD_VARS - 1 && len < sizeof(c->vars[i].name));
	memcpy(c->vars[i].name, name, len);
	return c->vars[i].value;
}

static void cmd_add(char *out, const char *text, size_t len)
{
	size_t n = strlen(out);
	assert_true(n + len < LINE_MAX_CMD - 1);
	memcpy(out + n, text, len);
	out[n + len] = '\0';
}

static void cmd_say(struct cmd *c, const char *text)
{
	assert_true(strlen(c->said) + strlen(text) + 2 < CMD_OUT);
	strcat(strcat(c->said, text), "\n");
}

/* Percent signs, as in a file: %% is one, %NAME%, %1, %2, %~1, %~2, %~nx0. */
static void cmd_expand(struct cmd *c, const char *in, char args[2][256], char *out)
{
	for (*out = '\0'; *in;) {
		const char *close = strchr(in + 1, '%');
		if (*in != '%') {
			cmd_add(out, in++, 1);
		} else if (in[1] == '%') {
			cmd_add(out, "%", 1);
			in += 2;
		} else if (in[1] == '1' || in[1] == '2') {
			cmd_add(out, args[in[1] - '1'], strlen(args[in[1] - '1']));
			in += 2;
		} else if (in[1] == '~' && (in[2] == '1' || in[2] == '2')) {
			const char *arg = args[in[2] - '1'];
			arg += *arg == '"';
			cmd_add(out, arg, strcspn(arg, "\""));
			in += 3;
		} else if (strncmp(in, "%~nx0", 5) == 0) {
			cmd_add(out, c->name, strlen(c->name));
			in += 5;
		} else {
			assert_non_null(close);
			const char *value = cmd_var(c, in + 1, (size_t)(close - in - 1));
			cmd_add(out, value, strlen(value));
			in = close + 1;
		}
	}
}

/* The same on a command line: a name that is not set stays as it is. */
static void cmd_expand_again(struct cmd *c, const char *in, char *out)
{
	for (*out = '\0'; *in;) {
		const char *close = *in == '%' ? strchr(in + 1, '%') : NULL;
		size_t len = close ? (size_t)(close - in) - 1 : 0;
		const char *value = close && len > 0 && len < 80 ? cmd_var(c, in + 1, len) : "";
		if (*value) {
			cmd_add(out, value, strlen(value));
			in = close + 1;
		} else {
			cmd_add(out, in++, 1);
		}
	}
}

/* Loop variables; their modifiers are not used and must not come about by accident. */
static void cmd_substitute(const struct cmd *c, const char *in, char *out)
{
	for (*out = '\0'; *in; in++) {
		if (*in == '%' && in[1] == '~' && c->depth > 0)
			fail_msg("a loop would read this: %s", in);
		bool is = *in == '%' && in[1] >= 'a' && in[1] <= 'z' && c->loop[in[1] - 'a'];
		if (is)
			cmd_add(out, c->loop[in[1] - 'a'], strlen(c->loop[in[1] - 'a']));
		else
			cmd_add(out, in, 1);
		in += is;
	}
}

/* Nothing that cmd would act on may stand outside quotes; redirections to nul are taken off. */
static void cmd_check_quoting(char *line)
{
	static const char *const tails[] = {" >nul 2>&1", " >nul"};
	bool quoted = false;
	int depth = 0;
	for (size_t i = 0; i < 2; i++)
		if (strlen(line) > strlen(tails[i]) &&
		    strcmp(line + strlen(line) - strlen(tails[i]), tails[i]) == 0)
			line[strlen(line) - strlen(tails[i])] = '\0';
	if (strncmp(line, "type nul >\"", 11) == 0)
		return;
	for (const char *p = line; *p; p++) {
		quoted ^= *p == '"';
		depth += !quoted && *p == '(' ? 1 : !quoted && *p == ')' ? -1 : 0;
		assert_true(depth >= 0 || strcmp(line, ")") == 0);
		if (!quoted && strncmp(p, "2^>nul'", 7) == 0)
			p += 6;
		else if (!quoted && strchr("&|<>^", *p))
			fail_msg("cmd would act on '%c' in: %s", *p, line);
	}
	assert_false(quoted);
}

#endif
