/* SPDX-License-Identifier: MIT */
/*
 * The way from a hive's root to the key that is shown. It is kept as a path in words, for people
 * and for edits, and as a trail of cells, for keys whose names no path can say: names with
 * control characters, a backslash, an embedded NUL or half a surrogate pair are shown escaped,
 * and the escaped form is not their name.
 *
 * Cells are hints, never trusted: a key is taken by its cell when its name fits too, else by its
 * name alone. Keys that staging creates have plain names; the others never move.
 */
#include "registry_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

/* ---- the trail ---- */

bool registry_descend(struct app *app, struct key key, const char *name)
{
	struct registry_state *r = registry_state(app);
	size_t len = strlen(r->path), from = len + (r->depth > 0);
	if (r->depth == HIVE_DEPTH_MAX || from + strlen(name) >= sizeof(r->path)) {
		app_say(app, "%s", _("This path is too long."));
		return false;
	}
	if (r->depth > 0)
		r->path[len] = '\\';
	strcpy(r->path + from, name);
	r->trail[r->depth++] = (struct registry_step){key.at, (uint16_t)from};
	return true;
}

void registry_ascend(struct registry_state *r)
{
	size_t from = r->trail[--r->depth].from;
	r->path[from ? from - 1 : 0] = '\0';
}

/* The name of a step, in a buffer as long as any path. */
static void step_name(const struct registry_state *r, size_t step, char out[APP_PATH])
{
	size_t from = r->trail[step].from;
	size_t end = step + 1 < r->depth ? r->trail[step + 1].from - 1u : strlen(r->path);
	memcpy(out, r->path + from, end - from);
	out[end - from] = '\0';
}

static bool shown_as(struct key key, const char *name)
{
	struct arena *arena = arena_new();
	const char *shown = arena ? key_name(key, arena) : NULL;
	bool same = shown && strcmp(shown, name) == 0;
	arena_free(arena);
	return same;
}

static bool follow_step(struct key parent, uint32_t at, const char *name, struct key *out)
{
	struct key sub;
	struct key_iter it = key_subkeys(parent);
	while (key_next(&it, &sub))
		if (sub.at == at && shown_as(sub, name)) {
			*out = sub;
			return true;
		}
	it = key_subkeys(parent);
	while (key_next(&it, &sub))
		if (key_is(sub, name)) {
			*out = sub;
			return true;
		}
	return false;
}

bool registry_follow(const struct registry_state *r, const struct hive *h,
		     struct registry_step *cells, struct key *out)
{
	char name[APP_PATH];
	*out = hive_root(h);
	for (size_t i = 0; i < r->depth; i++) {
		step_name(r, i, name);
		if (!follow_step(*out, r->trail[i].at, name, out))
			return false;
		if (cells)
			cells[i].at = out->at;
	}
	return true;
}

/* ---- paths in words ---- */

bool registry_join(const char *path, const char *name, char out[APP_PATH])
{
	int n = snprintf(out, APP_PATH, "%s%s%s", path, path[0] ? "\\" : "", name);
	return n >= 0 && n < APP_PATH;
}

bool registry_reachable(const struct registry_state *r)
{
	struct key key;
	return r->file &&
	       key_find(hive_root(session_hive_view(r->file)), r->path, &key, NULL) == 0 &&
	       key.at == r->key.at;
}

bool registry_nameable(const struct registry_state *r, const struct registry_row *row)
{
	struct key sub;
	struct value v;
	if (!registry_reachable(r))
		return false;
	if (!row->is_key)
		return value_find(r->key, row->name, &v, NULL) == 0 && v.at == row->value.at;
	return !strchr(row->name, '\\') && key_find(r->key, row->name, &sub, NULL) == 0 &&
	       sub.at == row->key.at;
}
