/* SPDX-License-Identifier: MIT */
/*
 * The rows of first aid, and those that edit the SYSTEM hive. Only what differs is edited, so that
 * doing it twice is doing it once. A service of the core stack is never turned off.
 *
 * Source: doc/FORMATS/root-causes.md, "First aid".
 */
#include "aid_internal.h"

#include <string.h>

#define DISABLED 4u /* Start of a service that is off */

int aid_nothing(struct aid_result *out, struct said why, struct err *err)
{
	out->why = why;
	return why.plain ? 0 : no_memory(err);
}

int aid_refuse(struct aid_result *out, enum err_code code, struct said why, struct err *err)
{
	out->refused = code;
	return aid_nothing(out, why, err);
}

void aid_take(struct aid_result *out, const struct fix *x)
{
	out->edits = x->edits;
	out->n = x->n;
}

/* ---- numbers of the SYSTEM hive ---- */

/* The number of a value; false when it has none. */
static bool number_of(const struct hive *h, const char *key, const char *name, uint32_t *out)
{
	struct key k;
	struct value v;
	return key_find(hive_root(h), key, &k, NULL) == 0 && value_find(k, name, &v, NULL) == 0 &&
	       value_u32(v, out, NULL) == 0;
}

static bool has_key(const struct hive *h, const char *key)
{
	struct key k;
	return key_find(hive_root(h), key, &k, NULL) == 0;
}

/* Make the number what it shall be, its key too; nothing where it is. */
static int want_number(struct fix *x, const struct aid_request *q, const char *key,
		       const char *name, uint32_t number, struct err *err)
{
	uint32_t is;
	if (!key)
		return no_memory(err);
	if (number_of(q->hive, key, name, &is) && is == number)
		return 0;
	if (!has_key(q->hive, key) && x->n == 0 && fix_add_key(x, HIVE_CREATE_KEY, key, err) < 0)
		return -1;
	return fix_add_number(x, key, name, number, err);
}

/* ---- show-stop ---- */

static int show_stop(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		     struct err *err)
{
	const struct judge j = {.inst = q->inst, .arena = arena};
	struct fix all = {.j = &j};
	for (size_t i = 0; i < q->n_sets; i++) {
		struct fix x = {.j = &j};
		const char *key = arena_printf(arena, "ControlSet%03u\\Control\\CrashControl",
					       q->sets[i]);
		if (want_number(&x, q, key, "AutoReboot", 0, err) < 0 ||
		    (q->inst->release >= WIN_8 &&
		     want_number(&x, q, key, "DisplayParameters", 1, err) < 0))
			return -1;
		for (size_t k = 0; k < x.n; k++)
			if (fix_add(&all, x.edits[k], err) < 0)
				return -1;
	}
	aid_take(out, &all);
	return all.n ? 0
		     : aid_nothing(out,
				   said_of(N_("this Windows already stays on its stop screen")),
				   err);
}

/* ---- last-known-good ---- */

static int last_known_good(const struct aid_request *q, struct arena *arena, struct aid_result *out,
			   struct err *err)
{
	const struct install *inst = q->inst;
	const struct judge j = {.inst = inst, .arena = arena};
	struct fix x = {.j = &j};
	unsigned good = inst->select_last_good, was = inst->select_default;
	if (good == 0 || good == was)
		return aid_refuse(out, E_REFUSED,
				  said_of(N_("this Windows has no other control set to go back to: "
					     "the last good one is the one that boots (so it is "
					     "from Windows 8 on)")),
				  err);
	if (!install_set(inst, good))
		return aid_refuse(
			out, E_REFUSED,
			said_make(arena,
				  N_("Select names ControlSet%03u as the last good one, and "
				     "it is not in the hive"),
				  good),
			err);
	if (fix_add_number(&x, "Select", "Default", good, err) < 0 ||
	    fix_add_number(&x, "Select", "Failed", was, err) < 0)
		return -1;
	aid_take(out, &x);
	return 0;
}

/* ---- disable ---- */

/* A part of the way to the disk; what filters it may be turned off. */
static bool carries_disk(const struct install *inst, const char *service)
{
	const struct driver *d = catalogue_driver(service);
	if (d)
		return d->part != PART_FILTER && d->part != PART_OTHER;
	for (size_t i = 0; i < inst->n_controllers; i++)
		if (text_equal(inst->controllers[i].service, service))
			return true;
	return false;
}

static bool in_chain(const struct target_verdict *t, const char *service)
{
	for (size_t i = 0; i < t->n_services; i++)
		if (text_equal(t->services[i], service))
			return true;
	return false;
}

/* The first target that starts now and would not without it, or NULL. */
static const struct target_verdict *needed_by(const struct aid_request *q)
{
	const struct diagnosis *d = q->starts;
	for (size_t i = 0; carries_disk(q->inst, q->name) && i < d->n_targets; i++)
		if (verdict_is_good(d->targets[i].verdict) && in_chain(&d->targets[i], q->name))
			return &d->targets[i];
	return NULL;
}

/* Every machine needs it, whatever the verdict is now. */
static bool is_core(const char *service)
{
	const struct driver *d = catalogue_driver(service);
	return d && d->part == PART_CORE;
}

static int add_disable(struct fix *x, const struct aid_request *q, bool *known, struct err *err)
{
	for (size_t i = 0; i < q->n_sets; i++) {
		const struct control_set *set = install_set(q->inst, q->sets[i]);
		const struct service *s = set_service(set, q->name);
		if (!is_driver(s))
			continue;
		*known = true;
		if (s->start == DISABLED && s->n_overrides == 0)
			continue;
		if (fix_add_unlisting(x, set, q->name, err) < 0 ||
		    fix_add_start(x, s, DISABLED, err) < 0)
			return -1;
	}
	return 0;
}

/* A file that is gone is a reason to turn a service off, not one against it. */
static int add_start_alone(struct fix *x, const struct aid_request *q, struct err *err)
{
	for (size_t i = 0; i < q->n_sets; i++) {
		const struct service *s = set_service(install_set(q->inst, q->sets[i]), q->name);
		if (is_driver(s) && file_fails(s) && s->start != DISABLED &&
		    fix_add_number(x, s->key, "Start", DISABLED, err) < 0)
			return -1;
	}
	return 0;
}

static int disable(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		   struct err *err)
{
	const struct judge j = {.inst = q->inst, .arena = arena};
	struct fix x = {.j = &j};
	bool known = false;
	const struct target_verdict *t = needed_by(q);
	if (is_core(q->name))
		return aid_refuse(out, E_REFUSED,
				  said_make(arena,
					    N_("every Windows of this kind needs the driver %s to "
					       "reach its disk"),
					    q->name),
				  err);
	if (t)
		return aid_refuse(out, E_REFUSED,
				  said_make(arena,
					    N_("this Windows starts by the driver %s (target %s): "
					       "without it that stops"),
					    q->name, t->id),
				  err);
	if (add_disable(&x, q, &known, err) < 0 || add_start_alone(&x, q, err) < 0)
		return -1;
	aid_take(out, &x);
	if (!known)
		return aid_refuse(out, E_NOTFOUND,
				  said_make(arena, N_("this Windows has no service %s"), q->name),
				  err);
	return x.n ? 0
		   : aid_nothing(out, said_make(arena, N_("%s is disabled already"), q->name), err);
}

/* ---- setup-done ---- */

static int setup_done(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		      struct err *err)
{
	static const char *const flags[] = {"SetupType", "SystemSetupInProgress", "OOBEInProgress"};
	const struct judge j = {.inst = q->inst, .arena = arena};
	struct fix x = {.j = &j};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		uint32_t is;
		if (number_of(q->hive, "Setup", flags[i], &is) && is != 0 &&
		    fix_add_number(&x, "Setup", flags[i], 0, err) < 0)
			return -1;
	}
	aid_take(out, &x);
	return x.n ? 0
		   : aid_nothing(out, said_of(N_("no setup waits to go on: its flags are 0")), err);
}

/* ---- regback ---- */

static int regback(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		   struct err *err)
{
	(void)arena;
	out->edits = q->copy->edits;
	out->n = q->copy->n;
	return out->n ? 0 : aid_refuse(out, E_REFUSED, q->copy->why_not, err);
}

/* ---- the rows ---- */

static const struct aid rows[] = {
	{"show-stop", N_("keep the stop screen on"),
	 N_("Windows stays on its stop screen, with the code and its parameters, instead of "
	    "restarting."),
	 N_("The next stop can be read or photographed. Undo puts the restart back."), false, false,
	 show_stop},
	{"boot-log", N_("write a log of the drivers that load"),
	 N_("Windows writes the name of each driver that it loads to ntbtlog.txt in its folder."),
	 N_("Read \\Windows\\ntbtlog.txt after the next start; a start that stops before the disk "
	    "is reached writes none. Undo ends it."),
	 false, false, aid_boot_log},
	{"safe-mode", N_("start in safe mode"),
	 N_("The next starts are in safe mode, minimal: drivers of other makers than the disk's "
	    "stay out."),
	 N_("It starts in safe mode until normal-mode, or undo, ends it."), false, false,
	 aid_safe_mode},
	{"normal-mode", N_("end a safe mode that stays"),
	 N_("The settings that make every start a safe one leave the boot store, inherited ones "
	    "too."),
	 N_("The next start is a normal one."), false, false, aid_normal_mode},
	{"last-known-good", N_("go back to the last known good settings"),
	 N_("The control set of the last good start boots next, as Windows' own menu has it."),
	 N_("Drivers and settings since that start are left out; nothing is deleted."), false,
	 false, last_known_good},
	{"disable", N_("turn one service or driver off"),
	 N_("The service does not start any more, and no filter list names it."),
	 N_("What needs that service is missing now. Undo turns it on again."), true, false,
	 disable},
	{"setup-done", N_("end a setup that starts again and again"),
	 N_("Windows no longer starts its setup instead of itself."),
	 N_("What that setup had left to do is not done: accounts, drivers or names may be "
	    "missing. Its command line stays and is not run."),
	 false, false, setup_done},
	{"regback", N_("put back the old copy of the SYSTEM hive"),
	 N_("The SYSTEM hive becomes the copy that Windows made of it, in RegBack or in the repair "
	    "folder."),
	 N_("Drivers and settings since that copy are gone, and a domain may have to be joined "
	    "again. "
	    "Undo brings the hive of before back, damage and all."),
	 false, true, regback},
};

const struct aid *aid_get(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

const struct aid *aid_named(const char *id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}
