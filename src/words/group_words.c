/* SPDX-License-Identifier: MIT */
/*
 * Several targets at once: which of them boot and which do not, by name. The one that this Windows
 * last ran on comes first, because people know whether it did.
 */
#include "stop7b/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "stop7b/i18n.h"

#define NAMED_MAX 6 /* targets named one by one of each group */

enum group { BOOTS, LIKELY, STOPS, NO_START, UNKNOWN, GROUPS };

static const char *const group_names[GROUPS] = {
	[BOOTS] = N_("Boots: "),       [LIKELY] = N_("Likely stops: "),
	[STOPS] = N_("Stops: "),       [NO_START] = N_("Will not start: "),
	[UNKNOWN] = N_("Not known: "),
};

static enum group group_of(const struct target_verdict *t)
{
	if (verdict_is_good(t->verdict))
		return BOOTS;
	if (t->verdict == VERDICT_UNKNOWN)
		return UNKNOWN;
	if (t->verdict == VERDICT_LIKELY_STOPS)
		return LIKELY;
	return verdict_is_early(t) ? NO_START : STOPS;
}

struct line {
	char *buf;
	size_t cap, used;
};

static void put(struct line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *l, const char *fmt, ...)
{
	va_list args;
	if (l->used >= l->cap)
		return;
	va_start(args, fmt);
	int n = vsnprintf(l->buf + l->used, l->cap - l->used, fmt, args);
	va_end(args);
	l->used += n > 0 ? (size_t)n : 0;
}

static const struct target_verdict *named(const struct diagnosis *d, const char *id)
{
	for (size_t i = 0; id && i < d->n_targets; i++)
		if (text_equal(d->targets[i].id, id))
			return &d->targets[i];
	return NULL;
}

/* The last machine, then the others; NULL where it would come again, or where it is none of them. */
static const struct target_verdict *target_at(const struct diagnosis *d, const char *last, size_t i)
{
	if (i == 0)
		return named(d, last);
	return text_equal(d->targets[i - 1].id, last) ? NULL : &d->targets[i - 1];
}

static void put_group(struct line *l, const struct diagnosis *d, enum group group, const char *last)
{
	size_t n = 0;
	for (size_t i = 0; i <= d->n_targets; i++) {
		const struct target_verdict *t = target_at(d, last, i);
		if (!t || group_of(t) != group)
			continue;
		if (n == 0)
			put(l, "%s%s", l->used ? "  " : "", _(group_names[group]));
		if (n++ < NAMED_MAX)
			put(l, "%s%s%s", n > 1 ? ", " : "", t->id,
			    i == 0 ? _(" (last ran there)") : "");
	}
	if (n > NAMED_MAX)
		put(l, _(" and %zu more"), n - NAMED_MAX);
	if (n)
		put(l, ".");
}

/* The only target whose controller has this hardware id; NULL when several or none do. */
static const struct target *only_target_of(const char *hardware)
{
	size_t n;
	const struct target *all = catalogue_targets(&n), *found = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *id = all[i].ids[0];
		if (!hardware || strncasecmp(hardware, id, strlen(id)) != 0)
			continue;
		if (found)
			return NULL;
		found = &all[i];
	}
	return found;
}

const struct target *last_target(const struct install *inst)
{
	const struct target *t = NULL;
	for (size_t i = 0; i < inst->n_controllers && !t; i++)
		t = only_target_of(inst->controllers[i].hardware);
	return t;
}

void group_words(const struct diagnosis *d, const struct install *inst, char *buf, size_t cap)
{
	struct line l = {.buf = buf, .cap = cap};
	const struct target *last = last_target(inst);
	buf[0] = '\0';
	for (size_t group = 0; group < GROUPS; group++)
		put_group(&l, d, (enum group)group, last ? last->id : NULL);
}
