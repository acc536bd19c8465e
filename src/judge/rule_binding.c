/* SPDX-License-Identifier: MIT */
/*
 * Binding: a driver that starts drives nothing when the device database does not give it the
 * controller.
 *
 *   R7  up to Windows 7: CriticalDeviceDatabase has no entry for the controller's hardware id
 *   R8  from Windows 8 on: DriverDatabase has none
 *
 * Asked only for links that are certain, and only where the database could be read at all. The
 * controller of the target itself is judged by the ids that it shows and no others: an entry for
 * another controller of the same driver proves nothing. Where a machine shows one of several ids,
 * and which is not known, one that is missing alone is `likely`. Of other links any of the driver's
 * ids is enough. A class code stands for controllers that may have an entry of their own, so its
 * absence alone is `likely`, too, and so it is where single boards alone have entries. The last
 * machine's devices are known to Windows already. An entry of the old database is two texts and can
 * be made; the new one belongs to a signed package and is only reported.
 * Sources: doc/FORMATS/root-causes.md, "Drivers"; doc/FORMATS/boot-drivers.md, "Binding databases".
 */
#include "judge_internal.h"

#include <ctype.h>
#include <string.h>

/* What has no entry. */
struct unbound {
	const char *service;
	const char *id;              /* the first that has none; NULL: nothing is missing */
	const struct device *device; /* its row */
	const struct target *own;    /* when it is the target's own controller */
	bool some;                   /* other ids of it have one */
	bool some_boards;            /* one of its ids has one for single boards */
};

/* ---- links that any id of their driver serves ---- */

/* The next row of the catalogue, from *i on, that counts for this driver here. */
static const struct device *next_device(const struct judge *j, const char *service, size_t *i)
{
	size_t n;
	const struct device *all = catalogue_devices(&n);
	for (; *i < n; ++*i) {
		const struct device *d = &all[*i];
		if (text_equal(d->service, service) &&
		    release_within(j->inst->release, d->since, d->until))
			return &all[(*i)++];
	}
	return NULL;
}

static struct unbound unbound_driver(const struct judge *j, const struct control_set *set,
				     const char *service)
{
	struct unbound out = {.service = service};
	size_t i = 0;
	for (const struct device *d; (d = next_device(j, service, &i));) {
		if (binding_of_id(j, set, d->id))
			return (struct unbound){.service = service};
		out.device = out.device ? out.device : d;
	}
	out.id = out.device ? out.device->id : NULL;
	return out;
}

/* ---- the target's own controller ---- */

/* How an entry of the id is written: the driver's own row, else that of any. */
static const struct device *device_of(const char *id, const char *service)
{
	size_t n;
	const struct device *all = catalogue_devices(&n), *any = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!catalogue_id_covers(id, all[i].id))
			continue;
		if (text_equal(all[i].service, service))
			return &all[i];
		any = any ? any : &all[i];
	}
	return any;
}

static struct unbound unbound_own(const struct judge *j, const struct control_set *set,
				  const struct target *t, const char *service)
{
	struct unbound out = {.service = service, .own = t};
	for (const char *const *id = t->ids; *id; id++) {
		if (binding_of_id(j, set, *id))
			out.some = true;
		else if (!out.id)
			out.id = *id;
		out.some_boards |= binding_of_some_boards(j, set, *id);
	}
	if (!out.id || (out.some && !t->every_id))
		return (struct unbound){.service = service};
	out.device = device_of(out.id, service);
	return out.device ? out : (struct unbound){.service = service};
}

static struct unbound unbound_in(const struct judge *j, const struct control_set *set,
				 const struct target *own, const char *service)
{
	return own ? unbound_own(j, set, own, service) : unbound_driver(j, set, service);
}

/* ---- the entry ---- */

/* '#' for '\'; XP and 2003 write their keys in small letters. */
static char *entry_key(const struct judge *j, const struct control_set *set, const char *id)
{
	char *key = arena_printf(j->arena, "%s\\Control\\CriticalDeviceDatabase\\%s", set->key, id);
	char *name = key ? key + (strlen(key) - strlen(id)) : NULL;
	for (char *p = name; p && *p; p++) {
		*p = *p == '\\' ? '#' : *p;
		if (j->inst->release < WIN_VISTA)
			*p = (char)tolower((unsigned char)*p);
	}
	return key;
}

static int add_entry(struct fix *x, const struct control_set *set, const struct device *d,
		     const char *service, struct err *err)
{
	const char *key = entry_key(x->j, set, d->id);
	if (fix_add_key(x, HIVE_CREATE_KEY, key, err) < 0 ||
	    fix_add_text(x, key, "Service", REG_SZ, service, err) < 0)
		return -1;
	return fix_add_text(x, key, "ClassGUID", REG_SZ, d->class_guid, err);
}

/* Every id that has no entry, or the one that is enough. */
static int add_entries(struct fix *x, const struct control_set *set, const struct unbound *what,
		       struct err *err)
{
	struct unbound here = unbound_in(x->j, set, what->own, what->service);
	if (!here.id || !is_driver(set_service(set, what->service)) || !binding_is_known(x->j, set))
		return 0;
	if (!what->own || !what->own->every_id)
		return add_entry(x, set, here.device, what->service, err);
	for (const char *const *id = what->own->ids; *id; id++) {
		const struct device *d = device_of(*id, what->service);
		if (d && !binding_of_id(x->j, set, *id) &&
		    add_entry(x, set, d, what->service, err) < 0)
			return -1;
	}
	return 0;
}

static int fix_binding(const struct judge *j, const struct unbound *what, struct finding *f,
		       struct err *err)
{
	struct fix x = {.j = j};
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		if (add_entries(&x, install_set(j->inst, j->fix_sets[i]), what, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	return 0;
}

/*
 * The new database brings all of Windows' own drivers; one that lacks such an id is cut down, and
 * what else it lacks is not known.
 */
static enum severity severity_of(bool old, const struct unbound *what, const struct driver *driver)
{
	bool inbox = driver && driver->since <= driver->until;
	if (old)
		return what->device->generic || what->some || what->some_boards ? SEVERITY_LIKELY
										: SEVERITY_STOP;
	return inbox ? SEVERITY_NOTE : SEVERITY_LIKELY;
}

static struct said why_of(const struct judge *j, const struct unbound *what)
{
	if (what->some_boards)
		return said_make(
			j->arena,
			"Single boards with %s are bound; whether this machine's is one of "
			"them is not known.",
			what->id);
	if (what->some)
		return said_make(j->arena, "%s is bound to no driver; some machines show it.",
				 what->id);
	return said_make(j->arena, "%s is bound to no driver.", what->id);
}

static int unbound(const struct judge *j, const struct question *at, struct finding *out,
		   struct err *err)
{
	const struct chain_link *link = at->link;
	bool old = !j->inst->has_driver_database;
	if (at->chain->last_machine || link->need != NEED_CERTAIN || j->inst->release == 0 ||
	    !is_driver(at->service) || file_is_gone(at->service) || !binding_is_known(j, j->set))
		return 0;
	const struct target *own = link->own ? at->chain->target : NULL;
	const struct unbound what = unbound_in(j, j->set, own, link->service);
	if (!what.id)
		return 0;
	out->severity = severity_of(old, &what, link->driver);
	out->found = said_make(j->arena, "%s not bound", what.id);
	out->needed = said_of("an entry that binds the controller to its driver");
	out->why = why_of(j, &what);
	out->no_fix = said_of(
		"the driver database belongs to signed packages; install the driver's package");
	if (old && fix_binding(j, &what, out, err) < 0)
		return -1;
	if (out->fixable)
		out->fix_words = said_of("bind");
	return 1;
}

int unbound_in_critical_devices(const struct judge *j, const struct question *at,
				struct finding *out, struct err *err)
{
	return j->inst->has_driver_database ? 0 : unbound(j, at, out, err);
}

int unbound_in_driver_database(const struct judge *j, const struct question *at,
			       struct finding *out, struct err *err)
{
	return j->inst->has_driver_database ? unbound(j, at, out, err) : 0;
}
