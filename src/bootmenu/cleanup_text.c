/* SPDX-License-Identifier: MIT */
/*
 * Text of the clean-up plan, and how foreign text is made harmless in it: in a .cmd file every '%'
 * is doubled and remarks hold printable ASCII only.
 */
#include "cleanup_internal.h"

#include <string.h>

#define PATH_MAX_WINDOWS 259 /* characters, MAX_PATH without its NUL */

int cleanup_finish_crlf(struct growing *t, char **out, struct err *err)
{
	struct growing lines = {.arena = t->arena};
	char *rest;
	if (growing_finish(t, &rest, err) != 0)
		return -1;
	for (char *end; (end = strchr(rest, '\n')); rest = end + 1) {
		growing_bytes(&lines, rest, (size_t)(end - rest));
		growing_bytes(&lines, "\r\n", 2);
	}
	growing_put(&lines, rest);
	return growing_finish(&lines, out, err);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* UTF-16 units of UTF-8 text, as Windows counts them. */
static size_t windows_length(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) == 0x80 ? 0 : (unsigned char)*s >= 0xf0 ? 2 : 1;
	return n;
}

int cleanup_check_path(const char *path, const char *option, struct err *err)
{
	size_t len = strlen(path);
	if (len < 4 || !is_letter(path[0]) || path[1] != ':' || path[2] != '\\' ||
	    path[len - 1] == '\\' || windows_length(path) > PATH_MAX_WINDOWS)
		return err_set(err, E_USAGE,
			       "%s wants a full path on a local drive like D:\\vhd\\win7.vhd, not "
			       "\"%s\"",
			       option, path);
	for (const char *p = path + 2; *p; p++) {
		if ((unsigned char)*p < 0x20 || strchr("<>\"|?*/:", *p))
			return err_set(
				err, E_USAGE,
				"%s: \"%s\" holds a character that Windows does not allow in "
				"a path",
				option, path);
	}
	return 0;
}

char *cleanup_doubled(const char *s, struct arena *arena)
{
	char *out = arena_alloc(arena, 2 * strlen(s) + 1, NULL), *p = out;
	for (; out && *s; s++) {
		*p++ = *s;
		if (*s == '%')
			*p++ = '%';
	}
	return out;
}

char *cleanup_remark(const char *s, struct arena *arena)
{
	char *out = s ? cleanup_doubled(s, arena) : NULL;
	for (char *p = out; p && *p; p++) {
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
			*p = '?';
	}
	return out;
}

static void put_word(struct growing *t, const char *word)
{
	growing_format(t, strpbrk(word, " &()^;,'!%") ? " \"%s\"" : " %s", word);
}

void cleanup_put_command(struct growing *t, const struct cleanup_plan *plan,
			 const struct cleanup_command *command)
{
	growing_put(t, "bcdedit");
	if (plan->store_on_host) {
		growing_put(t, " /store");
		put_word(t, plan->store_on_host);
	}
	for (size_t i = 0; i < command->n; i++)
		put_word(t, command->words[i]);
}
