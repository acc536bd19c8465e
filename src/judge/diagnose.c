/* SPDX-License-Identifier: MIT */
/*
 * From the findings about single services to the verdict about a target.
 *
 * A target's verdict is the worst of its own chain. The list of findings is shared: a service
 * that is in the way of three targets is one row, with the worst severity that any of them gives
 * it. What stops every boot (a critical driver without its file) is in the way of all of them.
 * Nothing here looks at bytes; the same hive and request always give the same answer.
 * The rules are in the files diagnose_*.c beside this one.
 */
#include "judge_internal.h"

#define ID_PORTABLE "portable"
#define ID_LAST     "last"

/* The way to the loader for one kind of target, looked at once. */
struct disk_path {
	bool known;
	struct bootpath_judgement judged;
};
#define DISK_PATHS 12u /* firmware x native x azure */

/* Findings of all targets so far, and the lists that grow with them. */
struct docket {
	struct judge j;
	struct diagnosis *out;
	size_t cap_findings, cap_critical;
	const struct rule **rules;
	size_t n_rules;
	const struct diagnose_request *request;
	struct disk_path paths[DISK_PATHS];
};

/* One target's verdict in the making. */
struct tally {
	struct target_verdict *v;
	size_t cap_findings, cap_services;
	bool last;                        /* the machine that it last ran on */
	enum boot_step steps[SEVERITIES]; /* the first of each; BOOT_STEPS: none */
};

/* ---- lists ---- */

static int add_name(struct arena *arena, const char ***names, size_t *n, size_t *cap,
		    const char *name, struct err *err)
{
	for (size_t i = 0; i < *n; i++) {
		if (text_equal((*names)[i], name))
			return 0;
	}
	*names = list_grow(arena, *names, *n, cap, sizeof(**names), err);
	if (!*names)
		return -1;
	(*names)[(*n)++] = name;
	return 0;
}

static int add_index(struct docket *d, struct tally *t, size_t at, struct err *err)
{
	for (size_t i = 0; i < t->v->n; i++) {
		if (t->v->findings[i] == at)
			return 0;
	}
	t->v->findings = list_grow(d->j.arena, t->v->findings, t->v->n, &t->cap_findings,
				   sizeof(*t->v->findings), err);
	if (!t->v->findings)
		return -1;
	t->v->findings[t->v->n++] = at;
	return 0;
}

/* A filter may stand in several lists, and each list is a finding of its own. */
static bool is_same_place(const struct finding *a, const struct finding *b)
{
	return text_equal(a->key, b->key) && text_equal(a->value, b->value);
}

/* When the evidence was last written, where the model knows it. */
static uint64_t written_of(const struct docket *d, const struct finding *f)
{
	const struct service *s = set_service(d->j.set, f->subject);
	if (f->written || !s || !f->key)
		return f->written;
	if (text_equal(f->key, s->key))
		return s->written;
	return f->rule->look == start_overridden ? s->overrides_written : 0;
}

/* Where the finding stands in the shared list; a known one keeps its place and the worse word. */
static int add_finding(struct docket *d, const struct finding *f, size_t *at, struct err *err)
{
	struct diagnosis *out = d->out;
	for (*at = 0; *at < out->n; ++*at) {
		struct finding *known = &out->findings[*at];
		if (known->rule == f->rule && text_equal(known->subject, f->subject) &&
		    (!f->rule->by_place || is_same_place(known, f))) {
			if (f->severity < known->severity) {
				*known = *f;
				known->written = written_of(d, f);
			}
			return 0;
		}
	}
	out->findings = list_grow(d->j.arena, out->findings, out->n, &d->cap_findings, sizeof(*f),
				  err);
	if (!out->findings)
		return -1;
	out->findings[out->n] = *f;
	out->findings[out->n].written = written_of(d, f);
	out->n++;
	return 0;
}

/* ---- one chain ---- */

static int enter(struct docket *d, struct tally *t, const struct finding *f, struct err *err)
{
	size_t at;
	if (add_finding(d, f, &at, err) < 0)
		return -1;
	if (f->step < t->steps[f->severity])
		t->steps[f->severity] = f->step;
	return f->severity == SEVERITY_NOTE ? 0 : add_index(d, t, at, err);
}

/* What cannot be told, and where; the first word stays. */
static void lose(struct target_verdict *v, struct said why, enum boot_step step)
{
	if (v->unknown.plain)
		return;
	v->unknown = why;
	v->unknown_at = step;
}

/* In a set that could not be read whole, a driver that is not seen may be in the lost part. */
static bool may_be_lost(const struct docket *d, const struct chain_link *link)
{
	return d->j.set->problem && !is_driver(set_service(d->j.set, link->service));
}

static bool is_optional_and_absent(const struct docket *d, const struct chain_link *link)
{
	return link->need == NEED_OPTIONAL && !is_driver(set_service(d->j.set, link->service));
}

/* A filter that cannot load is its list's matter, unless the loader stops at it all the same. */
static bool list_speaks_for(const struct docket *d, const struct chain_link *link)
{
	const struct service *s = set_service(d->j.set, link->service);
	return link->filter && filter_is_dangling(&d->j, d->j.set, link->filter) &&
	       !stops_the_loader(s);
}

/* Every rule of that kind about one thing. */
static int ask_rules(struct docket *d, struct tally *t, enum looks_at what,
		     const struct question *at, struct err *err)
{
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct rule *rule = d->rules[i];
		struct finding f;
		int found = rule->looks_at & what ? rule_ask(rule, &d->j, at, &f, err) : 0;
		if (found < 0 || (found > 0 && enter(d, t, &f, err) < 0))
			return -1;
	}
	return 0;
}

static int try_link(struct docket *d, struct tally *t, const struct chain *chain,
		    const struct chain_link *link, struct err *err)
{
	const struct question at = {
		.chain = chain, .link = link, .service = set_service(d->j.set, link->service)};
	if (is_optional_and_absent(d, link))
		return 0;
	if (add_name(d->j.arena, &t->v->services, &t->v->n_services, &t->cap_services,
		     link->service, err) < 0 ||
	    add_name(d->j.arena, &d->out->critical, &d->out->n_critical, &d->cap_critical,
		     link->service, err) < 0)
		return -1;
	if (may_be_lost(d, link)) {
		lose(t->v, said_as_is(d->j.set->problem), STEP_HIVE);
		return 0;
	}
	return list_speaks_for(d, link) ? 0 : ask_rules(d, t, OF_LINK, &at, err);
}

static int try_lists(struct docket *d, struct tally *t, const struct chain *chain,
		     enum looks_at what, const struct class_filter *all, size_t n, struct err *err)
{
	for (size_t at = 0; at < n; at = filter_list_end(all, n, at)) {
		const struct question scene = {.chain = chain, .at = at};
		if (ask_rules(d, t, what, &scene, err) < 0)
			return -1;
	}
	return 0;
}

static int try_filters(struct docket *d, struct tally *t, const struct chain *chain,
		       struct err *err)
{
	const struct control_set *set = d->j.set;
	size_t n;
	const struct standard_filter *standard = catalogue_filters(&n);
	if (try_lists(d, t, chain, OF_LIST, set->filters, set->n_filters, err) < 0 ||
	    try_lists(d, t, chain, OF_DEVICE_LIST, set->device_filters, set->n_device_filters,
		      err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct question at = {.chain = chain, .standard = &standard[i]};
		if (ask_rules(d, t, OF_STANDARD, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int try_leftovers(struct docket *d, struct tally *t, const struct chain *chain,
			 struct err *err)
{
	size_t n;
	const struct leftover *all = catalogue_leftovers(&n);
	for (size_t i = 0; i < n; i++) {
		const struct question at = {.chain = chain,
					    .service = set_service(d->j.set, all[i].service),
					    .leftover = &all[i]};
		if (at.service && ask_rules(d, t, OF_LEFTOVER, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int try_chain(struct docket *d, struct tally *t, const struct chain *chain, struct err *err)
{
	for (size_t i = 0; i < chain->n; i++) {
		if (try_link(d, t, chain, &chain->links[i], err) < 0)
			return -1;
	}
	const struct question whole = {.chain = chain};
	if (try_filters(d, t, chain, err) < 0 || try_leftovers(d, t, chain, err) < 0 ||
	    ask_rules(d, t, OF_CHAIN, &whole, err) < 0)
		return -1;
	if (chain->unknown)
		lose(t->v, said_of(chain->unknown), STEP_CONTROLLER);
	return 0;
}

/* ---- the way to the loader ---- */

static struct disk_path *path_of(struct docket *d, enum firmware firmware, bool native, bool azure)
{
	return &d->paths[((size_t)firmware * 2 + native) * 2 + azure];
}

static int look_at_path(struct docket *d, struct disk_path *p, enum firmware firmware, bool native,
			bool azure, struct err *err)
{
	struct bootpath_request request = *d->request->disk;
	if (p->known)
		return 0;
	request.firmware = firmware;
	request.native = native;
	request.azure = azure;
	if (bootpath_judge(&request, d->j.arena, &p->judged, err) < 0)
		return -1;
	p->known = true;
	return 0;
}

/* A disk of the last machine may have been started by the store of another one beside it. */
static enum severity severity_for(const struct tally *t, const struct finding *f)
{
	bool beside = t->last && f->step == STEP_BOOT_STORE;
	return beside && f->severity == SEVERITY_STOP ? SEVERITY_LIKELY : f->severity;
}

/* t's kind of target: which firmware, started by a host or by itself. */
static int try_disk(struct docket *d, struct tally *t, enum firmware firmware, bool native,
		    bool azure, struct err *err)
{
	struct disk_path *p = path_of(d, firmware, native, azure);
	if (!d->request->disk)
		return 0;
	if (look_at_path(d, p, firmware, native, azure, err) < 0)
		return -1;
	t->v->disk_seen = true;
	t->v->native = native;
	t->v->host_seen = native && d->request->disk->n_host_stores > 0;
	t->v->made_for = p->judged.made_for;
	for (size_t i = 0; i < p->judged.n; i++) {
		struct finding f = p->judged.findings[i];
		f.severity = severity_for(t, &f);
		if (enter(d, t, &f, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- targets ---- */

static int try_target(struct docket *d, struct tally *t, const struct target *target,
		      struct err *err)
{
	struct chain chain;
	if (chain_of_target(&d->j, target, &chain, err) < 0)
		return -1;
	return try_chain(d, t, &chain, err);
}

/* What the disk is made for; ANY when it is for both, or cannot be told. */
static int disk_made_for(struct docket *d, enum firmware *out, struct err *err)
{
	struct disk_path *p = path_of(d, FIRMWARE_ANY, false, false);
	*out = FIRMWARE_ANY;
	if (!d->request->disk)
		return 0;
	if (look_at_path(d, p, FIRMWARE_ANY, false, false, err) < 0)
		return -1;
	*out = p->judged.made_for;
	return 0;
}

/* Every machine of the firmware that the disk is made for. */
static int try_portable(struct docket *d, struct tally *t, struct err *err)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	enum firmware made_for;
	t->v->id = ID_PORTABLE;
	t->v->title = N_("any machine that this Windows has drivers for");
	if (disk_made_for(d, &made_for, err) < 0 ||
	    try_disk(d, t, FIRMWARE_ANY, false, false, err) < 0)
		return -1;
	t->v->stands_for = arena_array(d->j.arena, n, sizeof(*t->v->stands_for), err);
	if (!t->v->stands_for)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_portable_to(&d->j, &all[i], made_for))
			continue;
		t->v->stands_for[t->v->n_stands_for++] = all[i].id;
		if (try_target(d, t, &all[i], err) < 0)
			return -1;
	}
	return 0;
}

static int try_last(struct docket *d, struct tally *t, struct err *err)
{
	struct chain chain;
	t->v->id = ID_LAST;
	t->v->title = N_("the machine it last ran on");
	t->last = true;
	if (chain_of_last_machine(&d->j, &chain, err) < 0 ||
	    try_disk(d, t, FIRMWARE_ANY, false, false, err) < 0)
		return -1;
	return try_chain(d, t, &chain, err);
}

/* A machine that a person names can be set to the firmware that the disk is made for. */
static int note_firmware(struct docket *d, struct tally *t, const struct target *target,
			 struct err *err)
{
	struct finding f;
	bool free = target->firmware == FIRMWARE_ANY && !target->native && t->v->disk_seen;
	if (!free || !bootpath_note_firmware(t->v->made_for, &f))
		return 0;
	return enter(d, t, &f, err);
}

/* What a target needs, without asking whether it is in order. */
static int name_services(struct docket *d, struct tally *t, const struct target *target,
			 struct err *err)
{
	struct chain chain;
	if (chain_of_target(&d->j, target, &chain, err) < 0)
		return -1;
	for (size_t i = 0; i < chain.n; i++) {
		if (!is_optional_and_absent(d, &chain.links[i]) &&
		    add_name(d->j.arena, &t->v->services, &t->v->n_services, &t->cap_services,
			     chain.links[i].service, err) < 0)
			return -1;
	}
	return 0;
}

/* The disk is made for the other firmware: nothing that a repair could do gets it further. */
static bool is_for_other_firmware(const struct target *target, const struct target_verdict *v)
{
	return v->disk_seen && !target->native && target->firmware != FIRMWARE_ANY &&
	       v->made_for != FIRMWARE_ANY && v->made_for != target->firmware;
}

static int try_named(struct docket *d, struct tally *t, const char *id, struct err *err)
{
	const struct target *target = catalogue_target(id);
	if (!target)
		return err_set(err, E_USAGE, "unknown target '%s'", id);
	t->v->id = target->id;
	t->v->title = target->title;
	t->v->release = why_not_there(&d->j, target);
	if (!t->v->release.plain && target->native && d->request->disk)
		t->v->release = said_of(bootpath_not_native(d->request->disk));
	if (t->v->release.plain)
		return 0;
	if (try_disk(d, t, target->firmware, target->native, target->platform == PLATFORM_AZURE,
		     err) < 0 ||
	    note_firmware(d, t, target, err) < 0)
		return -1;
	return is_for_other_firmware(target, t->v) ? name_services(d, t, target, err)
						   : try_target(d, t, target, err);
}

static void tally_begin(struct tally *t, struct target_verdict *v)
{
	*t = (struct tally){.v = v};
	for (size_t s = 0; s < SEVERITIES; s++)
		t->steps[s] = BOOT_STEPS;
}

/* The worst word, and the first step that gives it. */
static void conclude(const struct tally *t)
{
	struct target_verdict *v = t->v;
	static const enum verdict words[] = {[SEVERITY_STOP] = VERDICT_STOPS,
					     [SEVERITY_LIKELY] = VERDICT_LIKELY_STOPS,
					     [SEVERITY_DOUBT] = VERDICT_DOUBT};
	enum severity worst = SEVERITY_STOP;
	while (worst < SEVERITY_NOTE && t->steps[worst] == BOOT_STEPS)
		worst++;
	v->verdict = worst < SEVERITY_NOTE ? words[worst] : VERDICT_BOOTS;
	v->step = worst < SEVERITY_NOTE ? t->steps[worst] : BOOT_STEPS;
	if (v->release.plain) {
		v->verdict = VERDICT_STOPS;
		v->step = STEP_RELEASE;
	} else if (v->unknown.plain && worst != SEVERITY_STOP) {
		v->verdict = VERDICT_UNKNOWN;
		v->step = v->unknown_at;
	}
	if (v->verdict != VERDICT_UNKNOWN)
		v->unknown = said_of(NULL);
}

static bool is_critical(const struct diagnosis *out, const char *service)
{
	for (size_t i = 0; i < out->n_critical; i++) {
		if (text_equal(out->critical[i], service))
			return true;
	}
	return false;
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
			if (enter(d, &tallies[t], &f, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Services that no chain asks for; what they stop, they stop for every target. */
static int try_bystanders(struct docket *d, struct tally *tallies, size_t n, struct err *err)
{
	for (size_t i = 0; i < d->j.set->n; i++) {
		const struct service *s = &d->j.set->services[i];
		if (!is_critical(d->out, s->name) && try_bystander(d, s, tallies, n, err) < 0)
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
	if (ask_rules(d, &none, OF_WINDOWS, &at, err) < 0)
		return -1;
	for (size_t i = 0; i < set->n_programs; i++) {
		at = (struct question){.program = &set->programs[i]};
		if (ask_rules(d, &none, OF_PROGRAM, &at, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < set->n_filters; i++) {
		at = (struct question){.filter = &set->filters[i]};
		if (ask_rules(d, &none, OF_FILTER, &at, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < set->n; i++) {
		at = (struct question){.service = &set->services[i]};
		if (ask_rules(d, &none, OF_SERVICE, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int try_one(struct docket *d, struct tally *t, const char *id, struct err *err)
{
	t->v->machine = machine_asked(d->j.inst, d->request->machine, text_equal(id, ID_LAST));
	d->j.machine = machine_id(t->v->machine);
	if (text_equal(t->v->machine, MACHINE_LAST))
		lose(t->v, said_of("this Windows did not record which machine it ran on last"),
		     STEP_DRIVERS);
	return text_equal(id, ID_PORTABLE) ? try_portable(d, t, err)
	       : text_equal(id, ID_LAST)   ? try_last(d, t, err)
					   : try_named(d, t, id, err);
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
		if (try_one(d, &tallies[i], d->request->targets[i], err) < 0)
			return -1;
	}
	if (try_bystanders(d, tallies, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		conclude(&tallies[i]);
	return 0;
}

/* ---- the other machines ---- */

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

static int add_machines(struct docket *d, struct target_verdict *v, struct err *err)
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

/* ---- after all targets ---- */

/* Worst first, otherwise as found; the targets' indices follow. */
static int sort_findings(struct docket *d, struct err *err)
{
	struct diagnosis *out = d->out;
	struct finding *sorted = arena_array(d->j.arena, out->n, sizeof(*sorted), err);
	size_t *moved = arena_array(d->j.arena, out->n, sizeof(*moved), err);
	size_t n = 0;
	if (!sorted || !moved)
		return -1;
	for (enum severity s = SEVERITY_STOP; s <= SEVERITY_NOTE; s++) {
		for (size_t i = 0; i < out->n; i++) {
			if (out->findings[i].severity != s)
				continue;
			moved[i] = n;
			sorted[n++] = out->findings[i];
		}
	}
	out->findings = sorted;
	for (size_t t = 0; t < out->n_targets; t++) {
		for (size_t i = 0; i < out->targets[t].n; i++)
			out->targets[t].findings[i] = moved[out->targets[t].findings[i]];
	}
	return 0;
}

/* What stops a boot is critical, whether a chain named it or not. */
static int count_blocked(struct docket *d, struct err *err)
{
	struct diagnosis *out = d->out;
	const char **blocked = NULL;
	size_t cap = 0;
	for (size_t i = 0; i < out->n; i++) {
		const struct finding *f = &out->findings[i];
		if (f->severity == SEVERITY_NOTE || f->rule->looks_at == OF_BOOT_PATH)
			continue;
		if (add_name(d->j.arena, &out->critical, &out->n_critical, &d->cap_critical,
			     f->subject, err) < 0 ||
		    add_name(d->j.arena, &blocked, &out->n_blocked, &cap, f->subject, err) < 0)
			return -1;
	}
	return 0;
}

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
			   .out = out};
	*out = (struct diagnosis){.n_targets = request->n_targets};
	if (machine_check(inst, request->machine, arena, err) < 0 ||
	    choose_sets(&d.j, request, err) < 0 || take_rules(&d, err) < 0 ||
	    try_all(&d, err) < 0 || add_notes(&d, err) < 0 || sort_findings(&d, err) < 0)
		return -1;
	for (size_t i = 0; request->all_machines && i < out->n_targets; i++)
		if (add_machines(&d, &out->targets[i], err) < 0)
			return -1;
	return count_blocked(&d, err);
}

/* ---- names ---- */

const char *severity_name(enum severity s)
{
	static const char *const names[] = {"stop", "likely", "doubt", "note"};
	return names[s];
}

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {"boots", "doubt", "likely-stops", "stops", "unknown"};
	return names[v];
}

bool verdict_is_good(enum verdict v)
{
	return v == VERDICT_BOOTS || v == VERDICT_DOUBT;
}

enum verdict verdict_worst(const struct target_verdict *targets, size_t n)
{
	static const unsigned rank[] = {[VERDICT_BOOTS] = 0,
					[VERDICT_DOUBT] = 1,
					[VERDICT_LIKELY_STOPS] = 2,
					[VERDICT_UNKNOWN] = 3,
					[VERDICT_STOPS] = 4};
	enum verdict worst = VERDICT_BOOTS;
	for (size_t i = 0; i < n; i++) {
		if (rank[targets[i].verdict] > rank[worst])
			worst = targets[i].verdict;
	}
	return worst;
}
