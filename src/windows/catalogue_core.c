/* SPDX-License-Identifier: MIT */
/*
 * The core stack, which every target needs, and what follows from all links together: the services
 * that any chain may name.
 *
 * Links carry the releases they count for. A release outside a link's range does not need it.
 * Source: doc/FORMATS/boot-drivers.md, "Core stack".
 */
#include "stop7b/catalogue.h"

#include "stop7b/list.h"

#define COUNT(a)      (sizeof(a) / sizeof((a)[0]))
#define ALWAYS        WIN_ANY, WIN_LATEST
#define FROM(release) (release), WIN_LATEST

#define CERTAIN  NEED_CERTAIN, NULL
#define OPTIONAL NEED_OPTIONAL, NULL

static const struct link core[] = {
	{"ACPI", FROM(WIN_2000), CERTAIN},
	{"acpiex", FROM(WIN_8), OPTIONAL},
	{"msisadrv", FROM(WIN_VISTA), OPTIONAL},
	{"isapnp", WIN_2000, WIN_2003, OPTIONAL},
	{"disk", ALWAYS, CERTAIN},
	{"partmgr", FROM(WIN_2000), CERTAIN},
	{"Ftdisk", WIN_2000, WIN_2003, CERTAIN},
	{"volmgr", FROM(WIN_VISTA), CERTAIN},
	{"volmgrx", FROM(WIN_VISTA), OPTIONAL},
	{"volume", FROM(WIN_10), CERTAIN},
	{"volsnap", FROM(WIN_XP), CERTAIN},
	{"mountmgr", FROM(WIN_2000), CERTAIN},
	{"FltMgr", FROM(WIN_VISTA), OPTIONAL},
};

/* What brings up the volumes of a dynamic disk (LDM). */
static const struct link dynamic[] = {
	{"dmload", WIN_2000, WIN_2003, CERTAIN},
	{"dmio", WIN_2000, WIN_2003, CERTAIN},
	{"volmgrx", FROM(WIN_VISTA), CERTAIN},
};

const struct link *catalogue_core(size_t *n)
{
	*n = COUNT(core);
	return core;
}

const struct link *catalogue_dynamic(size_t *n)
{
	*n = COUNT(dynamic);
	return dynamic;
}

bool release_within(uint16_t release, uint16_t since, uint16_t until)
{
	return release >= since && release <= until;
}

/* ---- what any chain may name ---- */

struct names {
	struct arena *arena;
	const char **items;
	size_t n, cap;
};

static int add_name(struct names *to, const char *name, struct err *err)
{
	for (size_t i = 0; i < to->n; i++) {
		if (text_equal(to->items[i], name))
			return 0;
	}
	to->items = list_grow(to->arena, to->items, to->n, &to->cap, sizeof(*to->items), err);
	if (!to->items)
		return -1;
	to->items[to->n++] = name;
	return 0;
}

static int add_service(struct names *to, const char *service, struct err *err)
{
	const struct driver *d = catalogue_driver(service);
	if (add_name(to, service, err) < 0)
		return -1;
	for (size_t i = 0; d && d->above && d->above[i]; i++) {
		if (add_name(to, d->above[i], err) < 0)
			return -1;
	}
	return 0;
}

/* A link and the driver that serves as well. */
static int add_link(struct names *to, const struct link *l, struct err *err)
{
	if (add_service(to, l->service, err) < 0)
		return -1;
	return l->instead ? add_service(to, l->instead, err) : 0;
}

const char **catalogue_wanted(struct arena *arena, size_t *n, struct err *err)
{
	struct names all = {.arena = arena};
	size_t n_targets;
	const struct target *targets = catalogue_targets(&n_targets);
	for (size_t i = 0; i < COUNT(core); i++) {
		if (add_link(&all, &core[i], err) < 0)
			return NULL;
	}
	for (size_t i = 0; i < COUNT(dynamic); i++) {
		if (add_link(&all, &dynamic[i], err) < 0)
			return NULL;
	}
	for (size_t i = 0; i < n_targets; i++) {
		for (const struct link *l = targets[i].links; l->service; l++) {
			if (add_link(&all, l, err) < 0)
				return NULL;
		}
	}
	*n = all.n;
	return all.items;
}
