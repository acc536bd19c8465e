/* SPDX-License-Identifier: MIT */
/*
 * From a target to the services it needs on the Windows at hand.
 *
 * Three sources make a chain: the core stack, the target's links, and the filters that the hive
 * itself names for the device classes on the way. The link that drives the target's own controller
 * gives way to the driver that this Windows binds to it, whatever its name and the release. For "last" the controllers that Enum remembers
 * take the place of a target's links; for a RAID controller those of them that no other target
 * asks for. When the release is not known, only what is really there is
 * asked for: a missing link cannot be told from one that this Windows never had.
 */
#include "judge_internal.h"

#include <strings.h>

static int chain_add(const struct judge *j, struct chain *c, const struct chain_link *link,
		     struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		if (text_equal(c->links[i].service, link->service))
			return 0;
	}
	c->links = list_grow(j->arena, c->links, c->n, &c->cap, sizeof(*c->links), err);
	if (!c->links)
		return -1;
	c->links[c->n] = *link;
	c->links[c->n++].driver = catalogue_driver(link->service);
	return 0;
}

static int add_service(const struct judge *j, struct chain *c, const char *service, enum need need,
		       struct err *err)
{
	return chain_add(j, c, &(struct chain_link){.service = service, .need = need}, err);
}

static bool is_parked(const struct service *s)
{
	for (size_t i = 0; i < s->n_overrides; i++) {
		if (s->overrides[i].value != 0)
			return true;
	}
	return s->start != 0;
}

bool driver_starts(const struct service *s)
{
	return is_driver(s) && !is_parked(s) && !file_is_gone(s);
}

static bool counts(const struct judge *j, const struct link *l)
{
	if (j->inst->release == 0)
		return is_driver(set_service(j->set, l->service));
	return release_within(j->inst->release, l->since, l->until);
}

/* Buses come before the controller, the rest of the core stack behind it. */
static int add_core(const struct judge *j, struct chain *c, bool buses, struct err *err)
{
	size_t n;
	const struct link *core = catalogue_core(&n);
	for (size_t i = 0; i < n; i++) {
		const struct driver *d = catalogue_driver(core[i].service);
		bool bus = d && d->part == PART_BUS;
		if (bus == buses && counts(j, &core[i]) &&
		    add_service(j, c, core[i].service, core[i].need, err) < 0)
			return -1;
	}
	return 0;
}

/* Only these drivers bring up the volumes of a dynamic disk. */
static int add_dynamic(const struct judge *j, struct chain *c, struct err *err)
{
	size_t n;
	const struct link *links = catalogue_dynamic(&n);
	if (!j->request->disk || !bootpath_is_dynamic(j->request->disk))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (counts(j, &links[i]) &&
		    add_service(j, c, links[i].service, links[i].need, err) < 0)
			return -1;
	return 0;
}

/* A filter that Windows brings must load; what a stranger's filter does without is not known. */
static int add_filters(const struct judge *j, struct chain *c, struct err *err)
{
	for (size_t i = 0; i < j->set->n_filters; i++) {
		const struct class_filter *f = &j->set->filters[i];
		struct chain_link link = {.service = f->service, .filter = f};
		link.need = catalogue_driver(f->service) ? NEED_CERTAIN : NEED_LIKELY;
		if (filter_is_on_the_way(c, f) && !leftover_is_foreign(c, f->service) &&
		    chain_add(j, c, &link, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the target's own links ---- */

/* The driver that serves as well starts, or is the only one of the two. */
static const char *service_of(const struct judge *j, const struct link *l)
{
	const struct service *s = l->instead ? set_service(j->set, l->instead) : NULL;
	bool only = is_driver(s) && !is_driver(set_service(j->set, l->service));
	return only || driver_starts(s) ? l->instead : l->service;
}

/* Which driver has the target's own controller here. */
struct own_driver {
	const struct target *target;
	const char *bound;       /* what this Windows binds to it, or NULL */
	const struct link *last; /* the link that says what is missing; NULL: one counts */
};

static struct own_driver own_driver_of(const struct judge *j, const struct target *t)
{
	struct own_driver own = {.target = t, .bound = binding_driver(j, t)};
	bool any = own.bound || j->inst->release == 0;
	for (const struct link *l = t->links; l->service; l++) {
		const struct driver *d = catalogue_driver(l->service);
		bool is_own = catalogue_is_own(t, l->service);
		any |= counts(j, l) && (is_own || d->part == PART_CONTROLLER);
		own.last = is_own ? l : own.last;
	}
	own.last = any ? NULL : own.last;
	return own;
}

/* The service that stands for an own link, or NULL when the link does not count. */
static const char *own_service(const struct judge *j, const struct own_driver *own,
			       const struct link *l)
{
	if (own->bound)
		return binding_names(j, j->set, own->target, l->service) ? l->service : own->bound;
	return counts(j, l) || own->last == l ? service_of(j, l) : NULL;
}

/* A driver that takes the place of an IDE controller's may read the disks itself. */
static const char *spared_channel(const char *usual, const char *service)
{
	const struct driver *is = catalogue_driver(usual), *becomes = catalogue_driver(service);
	return is && is->channel && (!becomes || !becomes->channel) ? is->channel : NULL;
}

int chain_add_links(const struct judge *j, struct chain *c, const struct target *t, struct err *err)
{
	const struct own_driver own = own_driver_of(j, t);
	const char *spared = NULL;
	for (const struct link *l = t->links; l->service; l++) {
		struct chain_link link = {.need = l->need, .own = catalogue_is_own(t, l->service)};
		if (link.own)
			link.service = own_service(j, &own, l);
		else if (counts(j, l) && !text_equal(l->service, spared))
			link.service = service_of(j, l);
		if (link.service && link.own)
			spared = spared_channel(l->service, link.service);
		if (link.service && chain_add(j, c, &link, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- RAID and SCSI controllers that Enum remembers ---- */

/* Where every machine may have such a controller, other targets ask for its driver. */
static bool is_own_controller(const struct controller *c)
{
	const struct driver *d = catalogue_driver(c->service);
	return strncasecmp(c->hardware, "PCI\\", 4) == 0 && !catalogue_drives_class(c->service) &&
	       (!d || d->part == PART_CONTROLLER);
}

/* Which of several carries the disk is not known, so one that does not start is `likely`. */
static int add_own_controllers(const struct judge *j, struct chain *c, struct err *err)
{
	size_t n = 0, before = c->n;
	for (size_t i = 0; i < j->inst->n_controllers; i++) {
		const struct controller *known = &j->inst->controllers[i];
		if (is_own_controller(known) &&
		    add_service(j, c, known->service, NEED_CERTAIN, err) < 0)
			return -1;
	}
	n = c->n - before;
	for (size_t i = before; n > 1 && i < c->n; i++)
		c->links[i].need = NEED_LIKELY;
	if (n == 0)
		c->unknown = N_("it has never met a RAID controller");
	return 0;
}

static bool has_controller(const struct chain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->links[i].driver && c->links[i].driver->part == PART_CONTROLLER)
			return true;
	}
	return false;
}

int chain_of_target(const struct judge *j, const struct target *t, struct chain *out,
		    struct err *err)
{
	*out = (struct chain){.target = t, .boot_flags = t->boot_flags, .machine = j->machine};
	if (add_core(j, out, true, err) < 0)
		return -1;
	if (chain_add_links(j, out, t, err) < 0 ||
	    (t->own_controllers && add_own_controllers(j, out, err) < 0) ||
	    add_dynamic(j, out, err) < 0 || add_core(j, out, false, err) < 0 ||
	    add_filters(j, out, err) < 0)
		return -1;
	if (j->inst->release == 0)
		out->unknown =
			has_controller(out)
				? N_("cannot tell which Windows this is")
				: N_("cannot tell which Windows this is, and no driver that any "
				     "Windows uses there is present");
	return 0;
}

/* ---- the last machine ---- */

static bool in_enum(const struct install *inst, const char *service)
{
	for (size_t i = 0; i < inst->n_controllers; i++) {
		if (text_equal(inst->controllers[i].service, service))
			return true;
	}
	return false;
}

/*
 * Does bus `service` carry devices of d on the last machine? Enum says so for IDE controllers;
 * where only one bus can carry them there is nothing to ask.
 */
static bool is_bus_of(const struct install *inst, const struct driver *d, const char *service)
{
	return in_enum(inst, service) || !d->above[1];
}

/* The last machine had the loader load it; whether its file still can be is a question of its own. */
static bool loads(const struct judge *j, const char *service)
{
	const struct service *s = set_service(j->set, service);
	return is_driver(s) && s->effective_start == 0;
}

/* Loaded itself, and so is one of the buses that carry it, if it has any of its own. */
static bool is_reached(const struct judge *j, const char *service)
{
	const struct driver *d = catalogue_driver(service);
	bool has_bus = false;
	if (!loads(j, service))
		return false;
	for (size_t i = 0; d && d->above && d->above[i]; i++) {
		if (!is_bus_of(j->inst, d, d->above[i]))
			continue;
		has_bus = true;
		if (loads(j, d->above[i]))
			return true;
	}
	return !has_bus;
}

/* Only the buses that load, when any does: the others carry nothing of this machine's. */
static int add_buses(const struct judge *j, struct chain *c, const struct driver *d, bool reached,
		     struct err *err)
{
	for (size_t i = 0; d && d->above && d->above[i]; i++) {
		if (!is_bus_of(j->inst, d, d->above[i]) || (reached && !loads(j, d->above[i])))
			continue;
		if (add_service(j, c, d->above[i], NEED_CERTAIN, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The service that drives disks of a device in Enum: its own, or the channels' for an IDE
 * controller; NULL for any other bus.
 */
static const char *disk_service(const struct controller *c)
{
	const struct driver *d = catalogue_driver(c->service);
	return d && d->part == PART_BUS ? d->channel : c->service;
}

static bool any_reached(const struct judge *j)
{
	for (size_t i = 0; i < j->inst->n_controllers; i++) {
		const char *service = disk_service(&j->inst->controllers[i]);
		if (service && is_reached(j, service))
			return true;
	}
	return false;
}

/* The bus that carries the controller, where this Windows has a driver of its own for it. */
static int add_bus_of(const struct judge *j, struct chain *c, const struct controller *known,
		      struct err *err)
{
	const struct driver *bus = catalogue_bus_of(known->hardware);
	if (!bus || (j->inst->release == 0 && !is_driver(set_service(j->set, bus->service))))
		return 0;
	return add_service(j, c, bus->service, NEED_CERTAIN, err);
}

static int add_controllers(const struct judge *j, struct chain *c, struct err *err)
{
	bool reached = any_reached(j);
	for (size_t i = 0; i < j->inst->n_controllers; i++) {
		const struct controller *known = &j->inst->controllers[i];
		const char *service = disk_service(known);
		if (!service || (reached && !is_reached(j, service)))
			continue;
		if (add_bus_of(j, c, known, err) < 0 ||
		    add_buses(j, c, catalogue_driver(service), reached, err) < 0 ||
		    add_service(j, c, service, NEED_CERTAIN, err) < 0)
			return -1;
	}
	return 0;
}

int chain_of_last_machine(const struct judge *j, struct chain *out, struct err *err)
{
	*out = (struct chain){.last_machine = true, .machine = j->machine};
	if (add_core(j, out, true, err) < 0)
		return -1;
	size_t before = out->n;
	if (add_controllers(j, out, err) < 0)
		return -1;
	if (out->n == before)
		out->unknown = N_("it knows no disk controller of its last machine");
	if (add_dynamic(j, out, err) < 0 || add_core(j, out, false, err) < 0)
		return -1;
	return add_filters(j, out, err);
}
