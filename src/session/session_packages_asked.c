/* SPDX-License-Identifier: MIT */
/*
 * What a person says about driver packages while the image is open: where more of them are, and
 * which of several that are equally good is meant.
 *
 * Both are options of the session, in its own memory, so that it keeps them when it opens the image
 * again. A package is remembered by its source, because the list is made anew with every place.
 */
#include "session_internal.h"

#include <string.h>

struct names {
	const char *const *list;
	size_t n;
};

/* A list with room for one more at its end. */
static const char **copy_of(struct session *s, struct names from, struct err *err)
{
	const char **copy = arena_array(s->arena, from.n + 1, sizeof(*copy), err);
	for (size_t i = 0; copy && i < from.n; i++) {
		copy[i] = arena_strdup(s->arena, from.list[i]);
		if (!copy[i])
			return err_null(err, E_MEMORY, "no memory");
	}
	return copy;
}

int packages_own_options(struct session *s, struct err *err)
{
	struct session_options *o = &s->options;
	o->drivers = copy_of(s, (struct names){o->drivers, o->n_drivers}, err);
	o->preferred = copy_of(s, (struct names){o->preferred, o->n_preferred}, err);
	return o->drivers && o->preferred ? 0 : -1;
}

/* Judge with the options as they are now; where that fails, with those of before. */
static int rebuild_or(struct session *s, const struct session_options *before,
		      struct packages *packages, struct err *err)
{
	if (session_rebuild(s, err) == 0)
		return 0;
	s->options = *before;
	s->packages = packages;
	session_rebuild(s, NULL);
	return -1;
}

int session_add_drivers(struct session *s, const char *path, struct err *err)
{
	const struct session_options before = s->options;
	struct packages *packages = s->packages;
	const char **list = copy_of(s, (struct names){before.drivers, before.n_drivers}, err);
	const char *copy = arena_strdup(s->arena, path);
	if (!list || !copy)
		return no_memory(err);
	list[before.n_drivers] = copy;
	s->options.drivers = list;
	s->options.n_drivers++;
	s->packages = NULL;
	return rebuild_or(s, &before, packages, err);
}

/* ---- which of several ---- */

bool session_prefers_package(const struct session *s, const struct package *p)
{
	for (size_t i = 0; i < s->options.n_preferred; i++)
		if (strcmp(s->options.preferred[i], p->source) == 0)
			return true;
	return false;
}

static bool serve_one_target(const struct package *a, const struct package *b)
{
	for (size_t i = 0; i < a->n_targets; i++)
		for (size_t k = 0; k < b->n_targets; k++)
			if (a->targets[i].target == b->targets[k].target)
				return true;
	return false;
}

/* Does preferring p give up the package of that source? */
static bool is_rival(const struct session *s, const char *source, const struct package *p)
{
	for (size_t i = 0; s->packages && i < s->packages->n; i++)
		if (strcmp(s->packages->items[i].source, source) == 0)
			return serve_one_target(&s->packages->items[i], p);
	return false;
}

int session_prefer_package(struct session *s, const struct package *p, struct err *err)
{
	const struct session_options before = s->options;
	const char **list = arena_array(s->arena, before.n_preferred + 1, sizeof(*list), err);
	size_t n = 0;
	if (!list)
		return -1;
	for (size_t i = 0; i < before.n_preferred; i++)
		if (!is_rival(s, before.preferred[i], p))
			list[n++] = before.preferred[i];
	if (!session_prefers_package(s, p))
		list[n++] = p->source;
	s->options.preferred = list;
	s->options.n_preferred = n;
	return rebuild_or(s, &before, s->packages, err);
}
