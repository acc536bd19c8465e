/* SPDX-License-Identifier: MIT */
/*
 * Which machine a verdict is asked for. From Windows 8 on overrides count for the machine whose
 * hardware-config id they are named after; a machine that this Windows has not met gets a new id
 * and has none. Up to Windows 7 there is one Start for all machines.
 * Source: doc/FORMATS/boot-drivers.md, "StartOverride".
 */
#include "judge_internal.h"

#include <string.h>

static bool has_identities(const struct install *inst)
{
	return inst->release == 0 || inst->release >= WIN_8;
}

static const struct machine *machine_of(const struct install *inst, const char *id)
{
	for (size_t i = 0; i < inst->n_machines; i++)
		if (inst->machines[i].id && text_equal(inst->machines[i].id, id))
			return &inst->machines[i];
	return NULL;
}

/* "Dell Latitude E6430"; NULL when nobody wrote it down. */
static const char *name_of(const struct install *inst, const char *id, struct arena *arena)
{
	const struct machine *m = machine_of(inst, id);
	if (!m || !(m->manufacturer || m->product))
		return NULL;
	if (!m->manufacturer || !m->product)
		return m->product ? m->product : m->manufacturer;
	return arena_printf(arena, "%s %s", m->manufacturer, m->product);
}

struct said machine_words(const struct install *inst, const char *id, struct arena *arena)
{
	const char *name = name_of(inst, id, arena);
	return name ? said_make(arena, "%s (id %s)", name, id)
		    : said_make(arena, "the machine with id %s", id);
}

struct said machine_asked_words(const struct install *inst, const char *asked, struct arena *arena)
{
	if (text_equal(asked, MACHINE_ANY))
		return said_of(NULL);
	if (text_equal(asked, MACHINE_NEW))
		return said_of("a new machine");
	return machine_id(asked) ? machine_words(inst, asked, arena) : said_of("the last machine");
}

const char *machine_asked(const struct install *inst, const char *machine, bool last)
{
	if (!has_identities(inst))
		return MACHINE_ANY;
	if (!last && (!machine || text_equal(machine, MACHINE_NEW)))
		return MACHINE_NEW;
	if (last || text_equal(machine, MACHINE_LAST))
		return inst->last_id ? inst->last_id : MACHINE_LAST;
	return machine;
}

const char *machine_id(const char *asked)
{
	bool word = text_equal(asked, MACHINE_ANY) || text_equal(asked, MACHINE_NEW) ||
		    text_equal(asked, MACHINE_LAST);
	return word ? NULL : asked;
}

struct machine_verdict machine_row(const struct install *inst, const char *id, enum verdict verdict,
				   struct arena *arena)
{
	return (struct machine_verdict){
		.machine = id,
		.name = id ? name_of(inst, id, arena) : NULL,
		.last = text_equal(id, inst->last_id),
		.verdict = verdict,
	};
}

/* Some service of the booting set has an override of that name. */
static bool has_override(const struct install *inst, const char *id)
{
	const struct control_set *set = install_set(inst, inst->boots_with);
	for (size_t i = 0; set && i < set->n; i++)
		for (size_t k = 0; k < set->services[i].n_overrides; k++)
			if (text_equal(set->services[i].overrides[k].id, id))
				return true;
	return false;
}

static const char *known_ids(const struct install *inst, struct arena *arena)
{
	const char *list = "";
	for (size_t i = 0; list && i < inst->n_machines; i++)
		if (inst->machines[i].id)
			list = arena_printf(arena, "%s, %s", list, inst->machines[i].id);
	return list ? list : "";
}

int machine_check(const struct install *inst, const char *machine, struct arena *arena,
		  struct err *err)
{
	if (!machine || text_equal(machine, MACHINE_NEW) || text_equal(machine, MACHINE_LAST) ||
	    !has_identities(inst) || machine_of(inst, machine) || has_override(inst, machine))
		return 0;
	return err_set(err, E_USAGE, "this Windows knows no machine \"%s\"; it knows new, last%s",
		       machine, known_ids(inst, arena));
}
