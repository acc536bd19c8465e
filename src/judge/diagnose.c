/* SPDX-License-Identifier: MIT */
/*
 * From the findings about single services to the verdict about each target.
 *
 * A target's verdict is the worst of its own way (diagnose_target.c, diagnose_way.c). What stops
 * every boot (a critical driver without its file) is in the way of all of them. Nothing here looks
 * at bytes; the same hive and request always give the same answer.
 */
#include "diagnose_internal.h"

/* A target that needs the service has asked for it already. */
static bool needs(const struct target_verdict *v, const struct service *s)
{
	for (size_t i = 0; i < v->n_services; i++) {
		if (text_equal(v->services[i], s->name))
			return true;
	}
	return false;
}

/* Parked for the machine that t is about: nobody reads its file there. */
static bool is_parked_there(const struct docket *d, const struct tally *t, const struct service *s)
{
	const char *asked = machine_asked(d->j.inst, d->request->machine, t->last);
	return s->start == 0 && service_start_on(s, machine_id(asked)) != 0;
}

static bool is_bystander(const struct docket *d, const struct tally *t, const struct service *s)
{
	return !t->v->release.plain && !needs(t->v, s) && !is_parked_there(d, t, s);
}

static int try_bystander(struct docket *d, const struct service *s, struct tally *tallies, size_t n,
			 struct err *err)
{
	const struct question at = {.service = s};
	for (size_t i = 0; i < d->n_rules; i++) {
		struct finding f;
		int found = d->rules[i]->looks_at & OF_BYSTANDER
				    ? rule_ask(d->rules[i], &d->j, &at, &f, err)
				    : 0;
		if (found < 0)
			return -1;
		for (size_t t = 0; found && t < n; t++) {
			if (is_bystander(d, &tallies[t], s) &&
			    docket_enter(d, &tallies[t], &f, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Services that a target's chain does not ask for: what they stop, they stop there, too. */
static int try_bystanders(struct docket *d, struct tally *tallies, size_t n, struct err *err)
{
	for (size_t i = 0; i < d->j.set->n; i++) {
		const struct service *s = &d->j.set->services[i];
		if (try_bystander(d, s, tallies, n, err) < 0)
			return -1;
	}
	return 0;
}

/* About the installation itself, whatever the target. */
static int add_notes(struct docket *d, struct err *err)
{
	const struct control_set *set = d->j.set;
	struct target_verdict nobody = {0};
	struct tally none;
	struct question at = {0};
	tally_begin(&none, &nobody);
	if (docket_ask(d, &none, OF_WINDOWS, &at, err) < 0)
		return -1;
	for (size_t i = 0; i < set->n_programs; i++) {
		at = (struct question){.program = &set->programs[i]};
		if (docket_ask(d, &none, OF_PROGRAM, &at, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < set->n_filters; i++) {
		at = (struct question){.filter = &set->filters[i]};
		if (docket_ask(d, &none, OF_FILTER, &at, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < set->n; i++) {
		at = (struct question){.service = &set->services[i]};
		if (docket_ask(d, &none, OF_SERVICE, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int try_all(struct docket *d, struct err *err)
{
	size_t n = d->request->n_targets;
	struct tally *tallies = arena_array(d->j.arena, n, sizeof(*tallies), err);
	d->out->targets = arena_array(d->j.arena, n, sizeof(*d->out->targets), err);
	if (!tallies || !d->out->targets)
		return -1;
	for (size_t i = 0; i < n; i++) {
		tally_begin(&tallies[i], &d->out->targets[i]);
		if (target_try(d, &tallies[i], d->request->targets[i], err) < 0)
			return -1;
	}
	if (try_bystanders(d, tallies, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		tally_conclude(&tallies[i]);
	return 0;
}

/* ---- what is judged ---- */

/* The booting set, and Current where it differs. */
static int default_fix_sets(struct judge *j, struct err *err)
{
	unsigned *sets = arena_array(j->arena, 2, sizeof(*sets), err);
	const struct install *inst = j->inst;
	if (!sets)
		return -1;
	sets[j->n_fix_sets++] = inst->boots_with ? inst->boots_with : j->set->number;
	if (inst->select_current != sets[0] && install_set(inst, inst->select_current))
		sets[j->n_fix_sets++] = inst->select_current;
	j->fix_sets = sets;
	return 0;
}

static int choose_sets(struct judge *j, const struct diagnose_request *request, struct err *err)
{
	unsigned number = request->control_set ? request->control_set : j->inst->boots_with;
	j->set = install_set(j->inst, number);
	if (!j->set && request->control_set)
		return err_set(err, E_USAGE, "there is no ControlSet%03u", number);
	if (!j->set)
		return err_set(err, E_NOWINDOWS,
			       "Select names no control set that is there; --control-set N "
			       "chooses one");
	for (size_t i = 0; i < request->n_fix_sets; i++) {
		if (!install_set(j->inst, request->fix_sets[i]))
			return err_set(err, E_USAGE, "there is no ControlSet%03u",
				       request->fix_sets[i]);
	}
	j->fix_sets = request->fix_sets;
	j->n_fix_sets = request->n_fix_sets;
	return request->n_fix_sets ? 0 : default_fix_sets(j, err);
}

static int take_rules(struct docket *d, struct err *err)
{
	d->rules = arena_array(d->j.arena, rules_count(), sizeof(*d->rules), err);
	if (!d->rules)
		return -1;
	const struct rule *rule;
	for (size_t i = 0; (rule = rules_get(i)); i++)
		if (rule->look)
			d->rules[d->n_rules++] = rule;
	return 0;
}

int diagnose(const struct install *inst, const struct diagnose_request *request,
	     struct arena *arena, struct diagnosis *out, struct err *err)
{
	struct docket d = {.j = {.inst = inst,
				 .arena = arena,
				 .request = request,
				 .remove_overrides = request->remove_overrides},
			   .request = request,
			   .own = {.arena = arena},
			   .ways = request->ways,
			   .out = out};
	d.ways = d.ways ? d.ways : &d.own;
	*out = (struct diagnosis){.n_targets = request->n_targets};
	if (machine_check(inst, request->machine, arena, err) < 0 ||
	    choose_sets(&d.j, request, err) < 0 || take_rules(&d, err) < 0 ||
	    try_all(&d, err) < 0 || add_notes(&d, err) < 0 || docket_sort(&d, err) < 0)
		return -1;
	for (size_t i = 0; request->all_machines && i < out->n_targets; i++)
		if (machines_add(&d, &out->targets[i], err) < 0)
			return -1;
	return docket_count_blocked(&d, err);
}
