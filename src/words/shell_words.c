/* SPDX-License-Identifier: MIT */
/*
 * Words for a shell, so that a command that is printed can be pasted: as they are when they are
 * harmless, in single quotes when they can be seen, and in $'...' with every other byte by its number
 * when not. Nothing in $'...' can be taken for the end of it or for a place in the history.
 */
#include "stop7b/words.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_LEN 4u /* "\x1b" */

static bool is_harmless(const char *word)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
		"-./,:=@%+";
	return *word && *word != '=' && word[strspn(word, letters)] == '\0';
}

/* As it is shown it is the same: nothing in it is invisible, misleading or no text. */
static bool can_be_seen(const char *word, struct arena *arena)
{
	const char *shown = text_utf8(arena, word);
	return shown && strcmp(shown, word) == 0;
}

static char *in_quotes(const char *word, char *p)
{
	*p++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			p = stpcpy(p, "'\\'");
		*p++ = *word;
	}
	*p++ = '\'';
	return p;
}

static char *by_number(const char *word, char *p)
{
	p = stpcpy(p, "$'");
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;
		if (c <= ' ' || c > '~' || strchr("'\\!", c))
			p += snprintf(p, ESCAPE_LEN + 1, "\\x%02x", c);
		else
			*p++ = *word;
	}
	*p++ = '\'';
	return p;
}

const char *shell_word(const char *word, struct arena *arena)
{
	if (is_harmless(word))
		return word;
	char *out = arena_alloc(arena, ESCAPE_LEN * strlen(word) + ESCAPE_LEN, NULL);
	if (!out)
		return "";
	char *end = can_be_seen(word, arena) ? in_quotes(word, out) : by_number(word, out);
	*end = '\0';
	return out;
}

const char *undo_command(const struct session *s, struct arena *arena)
{
	const char *dir = s->options.undo_dir;
	char *words = arena_printf(arena, "stop7b undo --yes %s%s%s%s", dir ? "--undo-dir " : "",
				   dir ? shell_word(dir, arena) : "", dir ? " " : "",
				   shell_word(s->path, arena));
	return words ? words : "stop7b undo";
}
