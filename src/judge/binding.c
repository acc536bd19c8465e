/* SPDX-License-Identifier: MIT */
/*
 * Which driver this Windows gives to the controller of a target: what its device database binds to
 * the ids that the controller shows.
 *
 * A vendor's driver is as good as the one that the catalogue expects, whatever its name, and what
 * is on the disk counts whatever the release. The most particular id decides; where several
 * packages have an entry for it, one that starts is taken, because which of them Windows prefers is
 * not known here. An entry that names a driver that is not there binds nothing; one of a single
 * board binds nothing for sure.
 * Source: doc/FORMATS/boot-drivers.md, "Binding databases", "Targets".
 */
#include "judge_internal.h"

bool binding_is_known(const struct judge *j, const struct control_set *set)
{
	return j->inst->has_driver_database ? j->inst->has_device_ids : set->has_critical_devices;
}

/* The next entry, from *i on, for every device that shows the id, or for some boards of it. */
static const struct binding *next_of(const struct judge *j, const struct control_set *set,
				     const char *id, bool some_boards, size_t *i)
{
	size_t n;
	const struct binding *all = install_bindings(j->inst, set, &n);
	while (*i < n) {
		const struct binding *b = &all[(*i)++];
		if (b->some_boards == some_boards && catalogue_id_covers(id, b->id))
			return b;
	}
	return NULL;
}

static const struct binding *next_entry(const struct judge *j, const struct control_set *set,
					const char *id, size_t *i)
{
	return next_of(j, set, id, false, i);
}

/* An entry whose service cannot be read binds all the same. */
static bool binds(const struct control_set *set, const struct binding *b)
{
	return !b->service || is_driver(set_service(set, b->service));
}

bool binding_of_id(const struct judge *j, const struct control_set *set, const char *id)
{
	size_t i = 0;
	for (const struct binding *b; (b = next_entry(j, set, id, &i));) {
		if (binds(set, b))
			return true;
	}
	return false;
}

bool binding_of_some_boards(const struct judge *j, const struct control_set *set, const char *id)
{
	size_t i = 0;
	for (const struct binding *b; (b = next_of(j, set, id, true, &i));) {
		if (binds(set, b))
			return true;
	}
	return false;
}

bool binding_names(const struct judge *j, const struct control_set *set, const struct target *t,
		   const char *service)
{
	for (const char *const *id = t->ids; *id; id++) {
		size_t i = 0;
		for (const struct binding *b; (b = next_entry(j, set, *id, &i));) {
			if (text_equal(b->service, service) && binds(set, b))
				return true;
		}
	}
	return false;
}

/* The driver of one id: the first that starts, else the first. */
static const char *driver_of_id(const struct judge *j, const char *id)
{
	const char *first = NULL;
	size_t i = 0;
	for (const struct binding *b; (b = next_entry(j, j->set, id, &i));) {
		if (!b->service || !binds(j->set, b))
			continue;
		if (driver_starts(set_service(j->set, b->service)))
			return b->service;
		first = first ? first : b->service;
	}
	return first;
}

const char *binding_driver(const struct judge *j, const struct target *t)
{
	for (const char *const *id = t->ids; *id; id++) {
		const char *service = driver_of_id(j, *id);
		if (service)
			return service;
	}
	return NULL;
}
