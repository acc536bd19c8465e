/* SPDX-License-Identifier: MIT */
/*
 * R10: a driver of a hypervisor's guest tools that still loads where there is no such hypervisor.
 *
 * On its own platform, and on the machine that this Windows ran on last, it is right and nothing is
 * said. The repair takes it out of every list, of classes and of devices, and then disables it:
 * never the other way round, because a listed filter that is disabled stops its devices. It is not
 * offered while a target is asked for that boots by the same drivers, as "portable" does where
 * this Windows has all of Xen's.
 * Source: doc/FORMATS/root-causes.md, "Drivers that hypervisors leave".
 */
#include "judge_internal.h"

#define START_BOOT     0u
#define START_DISABLED 4u
#define PORTABLE       "portable"

/* ---- where it belongs ---- */

static bool is_at_home(const struct leftover *l, const struct target *t)
{
	return (l->platforms & t->platform) != 0;
}

bool leftover_is_foreign(const struct chain *chain, const char *service)
{
	const struct leftover *l = catalogue_leftover(service);
	return l && chain->target && !is_at_home(l, chain->target);
}

static bool is_portable(const struct judge *j, const struct target *t)
{
	return is_portable_to(j, t, FIRMWARE_ANY);
}

static bool is_asked_for(const struct judge *j, const struct target *t)
{
	for (size_t i = 0; i < j->request->n_targets; i++) {
		const char *id = j->request->targets[i];
		if (text_equal(id, t->id) || (text_equal(id, PORTABLE) && is_portable(j, t)))
			return true;
	}
	return false;
}

/* Some target that is asked for is a stranger to it; or, at_home, boots by its like. */
static bool asks_for(const struct judge *j, const struct leftover *l, bool at_home)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t i = 0; i < n; i++) {
		bool by_them = all[i].portable == PORTABLE_IF_PRESENT && is_portable(j, &all[i]);
		if (is_at_home(l, &all[i]) == at_home && (!at_home || by_them) &&
		    is_asked_for(j, &all[i]))
			return true;
	}
	return false;
}

/* ---- whether it loads ---- */

static bool is_listed_in(const struct class_filter *all, size_t n, const char *service)
{
	for (size_t i = 0; i < n; i++) {
		if (text_equal(all[i].service, service))
			return true;
	}
	return false;
}

static bool is_listed(const struct control_set *set, const char *service)
{
	return is_listed_in(set->filters, set->n_filters, service) ||
	       is_listed_in(set->device_filters, set->n_device_filters, service) ||
	       is_listed_in(set->other_filters, set->n_other_filters, service);
}

/* By itself, or because a list calls for it; without its file it is another rule's. */
static bool loads(const struct control_set *set, const struct service *s, const char *machine)
{
	uint32_t start = is_driver(s) ? service_start_on(s, machine) : START_DISABLED;
	return start != START_DISABLED && !file_is_gone(s) &&
	       (start == START_BOOT || is_listed(set, s->name));
}

bool leftover_goes(const struct judge *j, const struct control_set *set, const char *service)
{
	const struct leftover *l = catalogue_leftover(service);
	return l && loads(set, set_service(set, service), NULL) && asks_for(j, l, false) &&
	       !asks_for(j, l, true);
}

/* ---- the repair ---- */

/* Of its overrides only those that start it: the others keep it from loading already. */
static int add_disabling(struct fix *x, const struct service *s, struct err *err)
{
	if (s->start != START_DISABLED &&
	    fix_add_number(x, s->key, "Start", START_DISABLED, err) < 0)
		return -1;
	const char *key = arena_printf(x->j->arena, "%s\\StartOverride", s->key);
	for (size_t i = 0; key && i < s->n_overrides; i++) {
		if (s->overrides[i].value == START_BOOT &&
		    fix_add_number(x, key, s->overrides[i].id, START_DISABLED, err) < 0)
			return -1;
	}
	return key ? 0 : no_memory(err);
}

static int fix_leftover(const struct judge *j, const char *service, struct finding *f,
			struct err *err)
{
	struct fix x = {.j = j};
	bool listed = false;
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		const struct control_set *set = install_set(j->inst, j->fix_sets[i]);
		const struct service *s = set_service(set, service);
		if (!loads(set, s, NULL))
			continue;
		listed |= is_listed(set, service);
		if (fix_add_unlisting(&x, set, service, err) < 0 || add_disabling(&x, s, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	if (f->fixable)
		f->fix_words = said_of(listed ? N_("unlist, Start 4") : N_("4 Disabled"));
	return 0;
}

int hypervisor_leftover(const struct judge *j, const struct question *at, struct finding *out,
			struct err *err)
{
	const struct service *s = at->service;
	bool listed = is_listed(j->set, s->name);
	if (!leftover_is_foreign(at->chain, s->name) || !loads(j->set, s, at->chain->machine))
		return 0;
	out->severity = SEVERITY_LIKELY;
	out->key = s->key;
	out->value = "Start";
	out->found = said_of(listed ? N_("listed as a filter") : N_("0 Boot"));
	out->needed = said_of(listed ? N_("its name out of all lists, then 4 Disabled")
				     : N_("4 Disabled"));
	out->why = said_make(j->arena, "%s of %s still loads, on a machine without it.", s->name,
			     at->leftover->of);
	if (asks_for(j, at->leftover, true)) {
		out->no_fix = said_of(
			"a machine that is asked for needs it: choose one with --target");
		return 1;
	}
	return fix_leftover(j, s->name, out, err) < 0 ? -1 : 1;
}
