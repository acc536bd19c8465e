/* SPDX-License-Identifier: MIT */
/*
 * Text that grows: room doubles, old room stays with the arena.
 */
#include "stop7b/growing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ROOM_FIRST 1024u /* bytes */

static bool make_room(struct growing *g, size_t more)
{
	if (g->failed || g->len + more < g->room)
		return !g->failed;
	size_t room = 2 * g->room + more + ROOM_FIRST;
	char *p = arena_alloc(g->arena, room, NULL);
	g->failed = !p;
	if (!p)
		return false;
	if (g->p)
		memcpy(p, g->p, g->len);
	g->p = p;
	g->room = room;
	return true;
}

void growing_bytes(struct growing *g, const char *s, size_t len)
{
	if (!make_room(g, len + 1))
		return;
	memcpy(g->p + g->len, s, len);
	g->len += len;
	g->p[g->len] = '\0';
}

void growing_put(struct growing *g, const char *s)
{
	if (s)
		growing_bytes(g, s, strlen(s));
	else
		g->failed = true;
}

void growing_format(struct growing *g, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	if (n >= 0 && make_room(g, (size_t)n + 1)) {
		vsnprintf(g->p + g->len, (size_t)n + 1, fmt, again);
		g->len += (size_t)n;
	}
	va_end(again);
	va_end(args);
}

int growing_finish(struct growing *g, char **out, struct err *err)
{
	growing_put(g, "");
	*out = g->failed ? NULL : g->p;
	return *out ? 0 : no_memory(err);
}
