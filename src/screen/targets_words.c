/* SPDX-License-Identifier: MIT */
/*
 * Targets in words: what is in the way, how a machine finds the volume, why it stops, and on which
 * machine this Windows ran last. Nothing is judged here.
 */
#include "targets_internal.h"

#include <string.h>
#include <strings.h>

#include "stop7b/i18n.h"
#include "stop7b/verdict.h"

static bool is_named(const struct target *known, const char *service)
{
	const struct driver *d = catalogue_driver(service);
	if (d && d->enumerator) /* the hardware id says so */
		return false;
	for (const struct link *l = known->links; l->service; l++)
		if (text_equal(l->service, service))
			return true;
	return d && d->landmark;
}

/* "PCI\CC_010601 -> pci -> msahci -> disk -> ..." */
static void chain_words(const struct target_verdict *t, char *buf, size_t cap)
{
	const struct target *known = catalogue_target(t->id);
	size_t used = (size_t)snprintf(buf, cap, "%s", known ? known->ids[0] : "");
	for (size_t i = 0; i < t->n_services && used < cap; i++)
		if (!known || is_named(known, t->services[i]))
			used += (size_t)snprintf(buf + used, cap - used, "%s%s", used ? " -> " : "",
						 t->services[i]);
}

/* The disk controllers that Enum knows: what "last" is judged by. */
static void controller_words(const struct install *inst, char *buf, size_t cap)
{
	size_t used = 0;
	buf[0] = '\0';
	for (size_t i = 0; i < inst->n_controllers && used < cap; i++)
		used += (size_t)snprintf(buf + used, cap - used, "%s%s -> %s", used ? ", " : "",
					 inst->controllers[i].hardware,
					 inst->controllers[i].service);
}

void targets_way(const struct target_verdict *t, const char *members, const struct install *inst,
		 char *buf, size_t cap)
{
	if (strcmp(t->id, "portable") == 0)
		snprintf(buf, cap, _("stands for %s"), members ? members : "?");
	else if (strcmp(t->id, "last") == 0)
		controller_words(inst, buf, cap);
	else
		chain_words(t, buf, cap);
}

void targets_reason(const struct diagnosis *d, const struct target_verdict *t, char *buf,
		    size_t cap)
{
	const struct finding *f = target_in_way(d, t);
	if (t->release.plain)
		snprintf(buf, cap, "%s", t->release.shown);
	else if (t->verdict == VERDICT_UNKNOWN && t->unknown.plain)
		snprintf(buf, cap, "%s", t->unknown.shown);
	else if (f && f->no_fix.plain && !finding_is_sentence(f))
		snprintf(buf, cap, _("No fix from here: %s"), f->no_fix.shown);
	else if (f)
		snprintf(buf, cap, "%s", f->why.shown);
	else
		snprintf(buf, cap, _("All %zu drivers on the way to the volume load in time."),
			 t->n_services);
}

/* As the hive names the machine, else by a controller that only one kind of machine has. */
void targets_machine(const struct install *inst, char *buf, size_t cap)
{
	const struct target *t = last_target(inst);
	if (inst->manufacturer || inst->product)
		snprintf(buf, cap, "%s%s%s", inst->manufacturer ? inst->manufacturer : "",
			 inst->manufacturer && inst->product ? ", " : "",
			 inst->product ? inst->product : "");
	else if (t)
		snprintf(buf, cap, "%s", _(t->title));
	else if (inst->n_controllers)
		snprintf(buf, cap, _("an unknown machine, disk on %s"),
			 inst->controllers[0].service);
	else
		snprintf(buf, cap, "%s", _("an unknown machine"));
}
