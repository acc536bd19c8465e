/* SPDX-License-Identifier: MIT */
/*
 * Which step of a boot a service belongs to, and what the steps are called, as the catalogue tells.
 *
 * Every service has exactly one place. One that nobody knows is taken for a disk controller when
 * a chain names it, and for a filter when only a filter list does.
 */
#include "judge_internal.h"
#include "rehearsal_internal.h"

bool name_is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (text_equal(names[i], name))
			return true;
	}
	return false;
}

static bool is_filter(const struct control_set *set, const char *service)
{
	for (size_t i = 0; i < set->n_filters; i++) {
		if (text_equal(set->filters[i].service, service))
			return true;
	}
	return false;
}

/* An IDE controller is a bus to its channels, and the disk controller to people. */
enum boot_step step_of_service(const struct control_set *set, const char *service)
{
	static const enum boot_step of_part[] = {
		[PART_CORE] = STEP_FILTERS,          [PART_BUS] = STEP_BUS,
		[PART_CONTROLLER] = STEP_CONTROLLER, [PART_FILTER] = STEP_FILTERS,
		[PART_VHD] = STEP_CONTROLLER,        [PART_OTHER] = STEP_CONTROLLER,
	};
	const struct driver *d = catalogue_driver(service);
	if (d && d->step)
		return d->step;
	if (d && d->channel)
		return STEP_CONTROLLER;
	if ((!d || d->part == PART_OTHER) && is_filter(set, service))
		return STEP_FILTERS;
	return d ? of_part[d->part] : STEP_CONTROLLER;
}

/* ---- what the steps need ---- */

static int add_service(struct stage *st, struct rehearsal_step *step, const char *name,
		       struct err *err)
{
	const struct driver *d = catalogue_driver(name);
	if (!step->services)
		step->services = arena_array(st->arena, st->verdict->n_services + 1,
					     sizeof(*step->services), err);
	if (!step->services)
		return -1;
	step->services[step->n_services++] = name;
	if (d && d->everywhere && !text_equal(step->service, name))
		return 0;
	step->needs = *step->needs.plain ? said_make(st->arena, "%s %s", step->needs.plain, name)
					 : said_as_is(name);
	return step->needs.plain ? 0 : err_set(err, E_MEMORY, "no memory for the steps");
}

/* A title for the one service that has one; several, and the step keeps its general one. */
static void name_step(struct rehearsal_step *step)
{
	const char *title = NULL;
	for (size_t i = 0; i < step->n_services; i++) {
		const struct driver *d = catalogue_driver(step->services[i]);
		if (!d || !d->step_title)
			continue;
		if (title && !text_equal(title, d->step_title))
			return;
		title = d->step_title;
	}
	step->title = title ? title : step->title;
}

int rehearsal_list_services(struct stage *st, struct err *err)
{
	for (size_t i = 0; i < st->verdict->n_services; i++) {
		const char *name = st->verdict->services[i];
		if (add_service(st, &st->out->steps[step_of_service(st->set, name)], name, err) < 0)
			return -1;
	}
	name_step(&st->out->steps[STEP_BUS]);
	name_step(&st->out->steps[STEP_CONTROLLER]);
	return 0;
}
