/* SPDX-License-Identifier: MIT */
/*
 * The verdict of one target for every machine that this Windows knows, beside the one that was
 * asked for. Each is a diagnosis of its own whose findings nobody keeps.
 */
#include "diagnose_internal.h"

/* The verdict of one target for one machine, with findings that nobody keeps. */
static int verdict_on(const struct docket *d, const char *target, const char *machine,
		      struct machine_verdict *out, struct err *err)
{
	struct diagnose_request request = *d->request;
	struct diagnosis scratch;
	request.targets = &target;
	request.n_targets = 1;
	request.machine = machine;
	request.all_machines = false;
	request.ways = d->ways;
	if (diagnose(d->j.inst, &request, d->j.arena, &scratch, err) < 0)
		return -1;
	out->verdict = scratch.targets[0].verdict;
	return 0;
}

static bool is_listed(const struct target_verdict *v, const char *machine)
{
	for (size_t i = 0; i < v->n_machines; i++)
		if (text_equal(v->machines[i].machine, machine))
			return true;
	return false;
}

int machines_add(struct docket *d, struct target_verdict *v, struct err *err)
{
	const struct install *inst = d->j.inst;
	size_t room = inst->n_machines + 2;
	v->machines = arena_array(d->j.arena, room, sizeof(*v->machines), err);
	if (!v->machines)
		return -1;
	v->machines[v->n_machines++] = machine_row(inst, v->machine, v->verdict, d->j.arena);
	if (text_equal(v->machine, MACHINE_ANY) || text_equal(v->id, ID_LAST))
		return 0;
	for (size_t i = 0; i <= inst->n_machines; i++) {
		const char *id = i == 0 ? MACHINE_NEW : inst->machines[i - 1].id;
		struct machine_verdict row = machine_row(inst, id, VERDICT_UNKNOWN, d->j.arena);
		if (!id || is_listed(v, id))
			continue;
		if (verdict_on(d, v->id, id, &row, err) < 0)
			return -1;
		v->machines[v->n_machines++] = row;
	}
	return 0;
}
