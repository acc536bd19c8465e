/* SPDX-License-Identifier: MIT */
/*
 * Binding: a driver that starts drives nothing when the device database does not give it the
 * controller.
 *
 *   R7  up to Windows 7: CriticalDeviceDatabase has no entry for the controller's hardware id
 *   R8  from Windows 8 on: DriverDatabase has none
 *
 * Asked only for links that are certain, because for the others the machine's own ids are not
 * known, and only where the database could be read at all. An entry for any of a driver's ids is
 * enough, and one that names another driver that is there is as good. A class code stands for
 * controllers that may have an entry of their own, so its absence alone is `likely`. The last
 * machine's devices are known to Windows already. An entry of the old database is two texts and
 * can be made; the new one belongs to a signed package and is only reported.
 * Sources: doc/FORMATS/root-causes.md, "Drivers"; doc/FORMATS/boot-drivers.md, "Binding databases".
 */
#include "judge_internal.h"

#include <string.h>

static bool has_database(const struct judge *j, const struct control_set *set)
{
	return j->inst->has_driver_database ? j->inst->has_device_ids : set->has_critical_devices;
}

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

/* An entry whose service cannot be read, or is another one that is there, binds all the same. */
static bool binds(const struct control_set *set, const struct binding *b)
{
	return b && (!b->service || is_driver(set_service(set, b->service)));
}

/* The first id of the driver when none of them is bound; NULL when one is, or it has no id. */
static const struct device *unbound_device(const struct judge *j, const struct control_set *set,
					   const char *service)
{
	const struct device *first = NULL;
	size_t i = 0;
	for (const struct device *d; (d = next_device(j, service, &i));) {
		if (binds(set, install_binding(j->inst, set, d->id)))
			return NULL;
		first = first ? first : d;
	}
	return first;
}

/* ---- the entry ---- */

static char *entry_key(const struct judge *j, const struct control_set *set, const char *id)
{
	char *key = arena_printf(j->arena, "%s\\Control\\CriticalDeviceDatabase\\%s", set->key, id);
	char *name = key ? key + (strlen(key) - strlen(id)) : NULL;
	for (char *p = name; p && *p; p++)
		*p = *p == '\\' ? '#' : *p;
	return key;
}

static int add_entry(struct fix *x, const struct control_set *set, const struct device *d,
		     struct err *err)
{
	const struct service *s = set_service(set, d->service);
	if (!is_driver(s) || !has_database(x->j, set) || !unbound_device(x->j, set, d->service))
		return 0;
	const char *key = entry_key(x->j, set, d->id);
	if (fix_add_key(x, HIVE_CREATE_KEY, key, err) < 0 ||
	    fix_add_text(x, key, "Service", REG_SZ, d->service, err) < 0)
		return -1;
	return fix_add_text(x, key, "ClassGUID", REG_SZ, d->class_guid, err);
}

static int fix_binding(const struct judge *j, const struct device *d, struct finding *f,
		       struct err *err)
{
	struct fix x = {.j = j};
	for (size_t i = 0; i < j->n_fix_sets; i++) {
		if (add_entry(&x, install_set(j->inst, j->fix_sets[i]), d, err) < 0)
			return -1;
	}
	fix_done(&x, f);
	return 0;
}

/*
 * The new database brings all of Windows' own drivers; one that lacks such an id is cut down, and
 * what else it lacks is not known.
 */
static enum severity severity_of(bool old, const struct device *d, const struct driver *driver)
{
	bool inbox = driver && driver->since <= driver->until;
	if (old)
		return d->generic ? SEVERITY_LIKELY : SEVERITY_STOP;
	return inbox ? SEVERITY_NOTE : SEVERITY_LIKELY;
}

static int unbound(const struct judge *j, const struct question *at, struct finding *out,
		   struct err *err)
{
	const struct chain_link *link = at->link;
	bool old = !j->inst->has_driver_database;
	if (at->chain->last_machine || link->need != NEED_CERTAIN || j->inst->release == 0 ||
	    !is_driver(at->service) || file_is_gone(at->service) || !has_database(j, j->set))
		return 0;
	const struct device *d = unbound_device(j, j->set, link->service);
	if (!d)
		return 0;
	out->severity = severity_of(old, d, link->driver);
	out->found = arena_printf(j->arena, "%s not bound", d->id);
	out->needed = "an entry that binds the controller to its driver";
	out->why = arena_printf(j->arena, "No entry binds %s to %s, so it drives nothing.", d->id,
				at->service->name);
	if (!out->found || !out->why)
		return no_memory(err);
	out->no_fix =
		"the driver database belongs to signed packages; install the driver's package";
	if (old && fix_binding(j, d, out, err) < 0)
		return -1;
	out->fix_words = out->fixable ? "bind" : "";
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
