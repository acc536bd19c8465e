/* SPDX-License-Identifier: MIT */
/*
 * Copies of edits: whoever keeps one owns all of its bytes and texts, of every kind.
 */
#include "stop7b/edit.h"

/* NULL stays NULL; false without memory. */
static bool copy_text(struct arena *a, const char **text)
{
	if (!*text)
		return true;
	*text = arena_strdup(a, *text);
	return *text != NULL;
}

static bool copy_package(struct arena *a, struct edit_package *p)
{
	return copy_text(a, &p->inf) && copy_text(a, &p->source) && copy_text(a, &p->version) &&
	       copy_text(a, &p->date);
}

int edit_copy(struct arena *arena, const struct edit *from, struct edit *to, struct err *err)
{
	*to = *from;
	to->data.p = arena_copy(arena, from->data.p, from->data.len);
	if (to->data.p && copy_text(arena, &to->key) && copy_text(arena, &to->name) &&
	    copy_text(arena, &to->hive) && copy_text(arena, &to->meaning) &&
	    copy_text(arena, &to->path) && copy_text(arena, &to->linked_from) &&
	    copy_package(arena, &to->package))
		return 0;
	return err_set(err, E_MEMORY, "no memory");
}
