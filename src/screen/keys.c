/* SPDX-License-Identifier: MIT */
/*
 * Names of keys: one table that both writes them (bar, help) and reads them (--keys).
 */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	int key;
	const char *name;
} names[] = {
	{K_UP, "up"},       {K_DOWN, "down"},       {K_LEFT, "left"},    {K_RIGHT, "right"},
	{K_PGUP, "pgup"},   {K_PGDN, "pgdn"},       {K_HOME, "home"},    {K_END, "end"},
	{K_DELETE, "del"},  {K_F1, "f1"},           {K_ENTER, "enter"},  {K_ESC, "esc"},
	{K_TAB, "tab"},     {' ', "space"},         {K_BACKSPACE, "bs"}, {'<', "lt"},
	{K_PASTE, "paste"}, {K_UNKNOWN, "unknown"},
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

bool keycap_only_moves(int key)
{
	return key == 'G' || key == 'N';
}

bool keycap_forbidden(int key)
{
	return (key >= 'A' && key <= 'Z' && !keycap_only_moves(key)) ||
	       (key >= '0' && key <= '9') || (key > 0 && key < 128 && strchr("[]~;", key));
}

const char *keycap_name(int key, char buf[8])
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (names[i].key == key && key != '<')
			return names[i].name;
	if (key > 0 && key < 32)
		snprintf(buf, 8, "ctrl-%c", (char)(key + 96));
	else if (key < 127)
		snprintf(buf, 8, "%c", (char)key);
	else
		snprintf(buf, 8, "?");
	return buf;
}

void keycap_list(const struct command *c, char *buf, size_t cap)
{
	char name[8];
	size_t used = 0;
	buf[0] = '\0';
	for (size_t i = 0; i < COMMAND_KEYS && c->keys[i] && used < cap; i++) {
		bool twin = c->keys[i] == K_LEFT || c->keys[i] == K_RIGHT || c->keys[i] == K_F1;
		if (!twin)
			used += (size_t)snprintf(buf + used, cap - used, "%s%s", used ? " " : "",
						 keycap_name(c->keys[i], name));
	}
}

static int key_of_name(const char *name, size_t len)
{
	if (len == 6 && strncasecmp(name, "ctrl-", 5) == 0)
		return K_CTRL(name[5]);
	for (size_t i = 0; i < N_NAMES; i++)
		if (strlen(names[i].name) == len && strncasecmp(names[i].name, name, len) == 0)
			return names[i].key;
	return K_UNKNOWN;
}

int keycap_parse(const char **keys)
{
	const char *s = *keys;
	const char *end = *s == '<' ? strchr(s, '>') : NULL;
	if (!*s)
		return K_NONE;
	*keys = end ? end + 1 : s + 1;
	return end ? key_of_name(s + 1, (size_t)(end - s - 1)) : (unsigned char)*s;
}
