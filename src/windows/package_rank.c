/* SPDX-License-Identifier: MIT */
/*
 * Which package is the better one. Windows' own order is an id that fits more closely, then the
 * newer date, then the newer version; here it is followed by what tells two files of one release of
 * a maker's apart: the Windows that the driver is made for, and the one that its folder is named
 * after. What is equal in all that and not the same file is for a person to decide.
 */
#include "package_internal.h"

#include <stdlib.h>
#include <string.h>

/* Greater comes first. */
static int more(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static uint64_t version_of(const struct package *p)
{
	const uint16_t *v = p->version_parts;
	return (uint64_t)v[0] << 48 | (uint64_t)v[1] << 32 | (uint64_t)v[2] << 16 | v[3];
}

/* A folder for this kind of Windows before one for the other kind; none says nothing. */
static uint64_t folder_rank(const struct package *p)
{
	if (!p->folder_release)
		return 1;
	return p->folder_is_own ? 2 : 0;
}

/* Without the ids: < 0 when a is the better one. */
static int compare(const struct package *a, const struct package *b)
{
	int order = more(a->filetime, b->filetime);
	order = order ? order : more(version_of(a), version_of(b));
	order = order ? order : more(a->made_for, b->made_for);
	order = order ? order : more(folder_rank(a), folder_rank(b));
	return order ? order : more(a->folder_build, b->folder_build);
}

static int by_source(const struct package *a, const struct package *b)
{
	int order = (int)a->origin - (int)b->origin;
	order = order ? order : strcmp(a->source, b->source);
	return order ? order : strcmp(a->service ? a->service : "", b->service ? b->service : "");
}

/* ---- one list ---- */

static int for_list(const void *x, const void *y)
{
	const struct package *a = x, *b = y;
	int order = more(a->fits, b->fits);
	if (!order && a->fits) {
		order = text_casecmp(a->service, b->service);
		order = order ? order : compare(a, b);
	}
	return order ? order : by_source(a, b);
}

void packages_sort(struct packages *all, const struct install *inst)
{
	for (size_t i = 0; i < all->n; i++)
		all->items[i].folder_is_own = all->items[i].folder_server ==
					      (inst->edition == EDITION_SERVER);
	if (all->n)
		qsort(all->items, all->n, sizeof(*all->items), for_list);
}

/* ---- one target ---- */

static const struct package_target *serving(const struct package *p, const char *target)
{
	for (size_t i = 0; p->fits && i < p->n_targets; i++)
		if (text_equal(p->targets[i].target->id, target))
			return &p->targets[i];
	return NULL;
}

struct candidate {
	const struct package *package;
	const struct package_target *how;
};

/* Equal only where a person must decide. */
static int better(const struct candidate *a, const struct candidate *b)
{
	int order = (int)(a->how->position > 1) - (int)(b->how->position > 1);
	order = order ? order : (int)a->how->partly - (int)b->how->partly;
	return order ? order : compare(a->package, b->package);
}

static int by_merit(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = better(x, y);
	return order ? order : by_source(x->package, y->package);
}

static bool same_driver(const struct package *a, const struct package *b)
{
	return text_equal(a->service, b->service) &&
	       memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
}

/* How many are as good as the first; one where all of them are the same file. */
static size_t count_best(const struct candidate *c, size_t n)
{
	size_t equal = 0;
	bool differs = false;
	for (; equal < n && better(&c[0], &c[equal]) == 0; equal++)
		differs |= !same_driver(c[0].package, c[equal].package);
	return differs || equal == 0 ? equal : 1;
}

const struct package **packages_for(const struct packages *all, const char *target,
				    bool allow_unsigned, struct arena *arena, size_t *n,
				    size_t *n_best, struct err *err)
{
	struct candidate *c = arena_array(arena, all->n, sizeof(*c), err);
	const struct package **out = arena_array(arena, all->n, sizeof(*out), err);
	*n = *n_best = 0;
	if (!c || !out)
		return NULL;
	for (size_t i = 0; i < all->n; i++) {
		const struct package *p = &all->items[i];
		const struct package_target *how = serving(p, target);
		if (how && (allow_unsigned || !p->unsigned_64bit))
			c[(*n)++] = (struct candidate){p, how};
	}
	if (*n)
		qsort(c, *n, sizeof(*c), by_merit);
	for (size_t i = 0; i < *n; i++)
		out[i] = c[i].package;
	*n_best = count_best(c, *n);
	return out;
}
