/* SPDX-License-Identifier: MIT */
/*
 * The boot of one target in steps, from the firmware to the file system.
 *
 * The steps show the diagnosis in the order of time: each of its findings for the target belongs
 * to exactly one step, and a step behind one that stops waits. So the rehearsal says what the
 * verdict says. What only whole files show (imports, checksums) are findings of their own, which
 * decide nothing: the diagnosis reads no more than headers, and there is one judge.
 *
 * A driver that the loader cannot read stops it when its ErrorControl is critical: then the boot
 * ends at the third step. Any other one is missed where its device should start.
 * Source: doc/FORMATS/boot-drivers.md, "Effective start", "ErrorControl".
 */
#include "judge_internal.h"
#include "rehearsal_internal.h"

#include <string.h>

/* Title, and what the step behind it waits for. */
static const struct {
	const char *title, *waits;
} step_names[BOOT_STEPS] = {
	[STEP_RELEASE] = {N_("release"), NULL},
	[STEP_FIRMWARE] = {N_("firmware"), N_("waits for nothing")},
	[STEP_BOOT_STORE] = {N_("boot store"), N_("waits for the firmware")},
	[STEP_LOADER] = {N_("loader"), N_("waits for the boot store")},
	[STEP_HIVE] = {N_("hive"), N_("waits for the loader")},
	[STEP_DRIVERS] = {N_("boot-start drivers"), N_("waits for the hive")},
	[STEP_BUS] = {N_("buses"), N_("waits for the drivers")},
	[STEP_CONTROLLER] = {N_("disk controller"), N_("waits for the bus")},
	[STEP_DISK] = {N_("disk"), N_("waits for the controller")},
	[STEP_VOLUMES] = {N_("partitions, volumes"), N_("waits for the disk")},
	[STEP_FILTERS] = {N_("filters"), N_("waits for the volume")},
	[STEP_FILE_SYSTEM] = {N_("file system"), N_("waits for the volume")},
};

/* ---- how bad ---- */

static enum rehearsal_state state_of(enum severity s)
{
	static const enum rehearsal_state states[] = {[SEVERITY_STOP] = REHEARSAL_STOPS,
						      [SEVERITY_LIKELY] = REHEARSAL_LIKELY,
						      [SEVERITY_DOUBT] = REHEARSAL_DOUBT,
						      [SEVERITY_NOTE] = REHEARSAL_OK};
	return states[s];
}

/* Order: ok, doubt, likely, unknown, stops. */
static bool is_worse(enum rehearsal_state a, enum rehearsal_state b)
{
	static const unsigned rank[] = {
		[REHEARSAL_OK] = 0,     [REHEARSAL_WAITS] = 0,   [REHEARSAL_DOUBT] = 1,
		[REHEARSAL_LIKELY] = 2, [REHEARSAL_UNKNOWN] = 3, [REHEARSAL_STOPS] = 4};
	return rank[a] > rank[b];
}

/* The worst word about a step stays, and of equals the first. */
static void judge_step(struct stage *st, enum boot_step place, const struct rehearsal_step *word)
{
	struct rehearsal_step *step = &st->out->steps[place];
	if (!is_worse(word->state, step->state))
		return;
	step->state = word->state;
	step->service = word->service;
	step->words = word->words;
	step->why = word->why;
	step->rule = word->rule;
}

/* ---- what the files add ---- */

static int add_finding(struct stage *st, const struct rehearsal_finding *f, struct err *err)
{
	struct rehearsal *out = st->out;
	out->findings = list_grow(st->arena, out->findings, out->n_findings, &st->cap_findings,
				  sizeof(*f), err);
	if (!out->findings)
		return -1;
	out->findings[out->n_findings++] = *f;
	return 0;
}

/* A file that the diagnosis knows to be gone or bad is its finding. */
static bool is_news(enum load_file state, const struct driver_file *known)
{
	bool odd = load_file_fails(state) || state == LOAD_FILE_DOUBTFUL;
	return odd && !*driver_file_fault(known).plain;
}

/* A driver that no step asks for counts among all that are loaded. */
static enum boot_step place_of(const struct stage *st, const char *service)
{
	bool asked = name_is_among(st->verdict->services, st->verdict->n_services, service);
	return asked ? step_of_service(st->set, service) : STEP_DRIVERS;
}

static int add_drivers_findings(struct stage *st, struct err *err)
{
	for (size_t i = 0; i < st->out->list.n; i++) {
		const struct load_item *item = &st->out->list.items[i];
		const char *service = item->service->name;
		const struct rehearsal_finding f = {.service = service,
						    .words = item->words,
						    .file = item_file_name(item, st->arena),
						    .place = place_of(st, service)};
		if (is_news(item->state, &item->service->file) && add_finding(st, &f, err) < 0)
			return -1;
	}
	return 0;
}

static int add_kernel_findings(struct stage *st, struct err *err)
{
	const struct driver_file *known = st->request->install->kernel;
	for (size_t i = 0; i < st->out->n_modules; i++) {
		const struct rehearsal_module *m = &st->out->modules[i];
		const struct rehearsal_finding f = {
			.place = STEP_LOADER, .file = m->name, .words = m->words};
		if (!m->kernel)
			continue;
		if (is_news(m->state, known++) && add_finding(st, &f, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- what the diagnosis says ---- */

/* "3 Manual: not loaded" where the start says it; the other rules say it themselves. */
static struct said found_words(const struct stage *st, const struct finding *f)
{
	bool starts = f->rule->look == controller_not_started || f->rule->look == chain_broken;
	if (f->rule->brief)
		return said_of(f->rule->brief);
	return starts ? said_make(st->arena, "%s: not loaded", said_arg(f->found, st->arena))
		      : f->found;
}

/* A list shared by several targets may hold a worse word than this one's verdict. */
static enum rehearsal_state state_here(const struct stage *st, const struct finding *f)
{
	bool may_stop = st->verdict->verdict == VERDICT_STOPS;
	return f->severity == SEVERITY_STOP && !may_stop ? REHEARSAL_LIKELY : state_of(f->severity);
}

static int add_diagnosis(struct stage *st, struct err *err)
{
	for (size_t i = 0; i < st->verdict->n; i++) {
		const struct finding *f =
			&st->request->diagnosis->findings[st->verdict->findings[i]];
		bool of_disk = f->rule->looks_at == OF_BOOT_PATH;
		struct rehearsal_step word = {.state = state_here(st, f),
					      .service = of_disk ? NULL : f->subject,
					      .words = found_words(st, f),
					      .why = f->why,
					      .rule = f->rule};
		if (!word.words.plain)
			return no_memory(err);
		judge_step(st, f->step, &word);
	}
	if (st->verdict->release.plain)
		judge_step(st, STEP_RELEASE,
			   &(struct rehearsal_step){.state = REHEARSAL_STOPS,
						    .words = said_of("does not run there"),
						    .why = st->verdict->release});
	if (st->verdict->unknown.plain)
		judge_step(st, st->verdict->unknown_at,
			   &(struct rehearsal_step){.state = REHEARSAL_UNKNOWN,
						    .words = said_of("not known"),
						    .why = st->verdict->unknown});
	return 0;
}

/* ---- the whole ---- */

static void begin_steps(struct rehearsal *out)
{
	for (size_t i = 0; i < BOOT_STEPS; i++)
		out->steps[i] = (struct rehearsal_step){.title = step_names[i].title,
							.needs = said_as_is("")};
}

static size_t first_step(const struct rehearsal *out, enum rehearsal_state state)
{
	size_t i = 0;
	while (i < BOOT_STEPS && out->steps[i].state != state)
		i++;
	return i;
}

/* What stands behind the step that stops is not reached. */
static void wait_behind_stop(struct rehearsal *out)
{
	out->doubt_at = first_step(out, REHEARSAL_DOUBT);
	out->likely_at = first_step(out, REHEARSAL_LIKELY);
	out->stops_at = first_step(out, REHEARSAL_STOPS);
	for (size_t i = out->stops_at + 1; i < BOOT_STEPS; i++) {
		out->steps[i].state = REHEARSAL_WAITS;
		out->steps[i].words = said_of(step_names[i].waits);
		out->steps[i].why = said_of(NULL);
		out->steps[i].rule = NULL;
	}
	if (out->likely_at > out->stops_at)
		out->likely_at = BOOT_STEPS;
	if (out->doubt_at > out->stops_at)
		out->doubt_at = BOOT_STEPS;
}

static int judge(struct stage *st, struct err *err)
{
	if (add_kernel_findings(st, err) < 0 || add_diagnosis(st, err) < 0 ||
	    add_drivers_findings(st, err) < 0)
		return -1;
	st->out->verdict = st->verdict->verdict;
	return rehearsal_list_services(st, err);
}

static int make_list(struct stage *st, struct err *err)
{
	const struct rehearsal_request *r = st->request;
	const struct target *t = catalogue_target(st->verdict->id);
	struct load_request request = {.control_set = r->control_set,
				       .machine = machine_id(st->verdict->machine),
				       .boot_flags = t ? t->boot_flags : 0};
	if (load_order(r->hive, r->install, &request, st->arena, &st->out->list, err) < 0)
		return -1;
	return rehearsal_check_files(r, st->arena, st->out, err);
}

int rehearse(const struct rehearsal_request *request, struct arena *arena, struct rehearsal *out,
	     struct err *err)
{
	struct stage st = {.request = request, .arena = arena, .out = out};
	unsigned set = request->control_set ? request->control_set : request->install->boots_with;
	*out = (struct rehearsal){0};
	if (request->target >= request->diagnosis->n_targets)
		return err_set(err, E_USAGE, "the diagnosis has no such target");
	st.verdict = &request->diagnosis->targets[request->target];
	st.set = install_set(request->install, set);
	out->target = st.verdict->id;
	out->title = st.verdict->title;
	out->target_words = st.verdict->unknown;
	out->unknown_at = st.verdict->unknown_at;
	out->machine = st.verdict->machine;
	out->machine_words = machine_asked_words(request->install, out->machine, arena);
	begin_steps(out);
	out->first = st.verdict->release.plain ? STEP_RELEASE : STEP_FIRMWARE;
	if (make_list(&st, err) < 0 || judge(&st, err) < 0)
		return -1;
	if (rehearsal_describe(&st, err) < 0)
		return -1;
	wait_behind_stop(out);
	return 0;
}

const char *rehearsal_state_name(enum rehearsal_state s)
{
	static const char *const names[] = {"ok", "doubt", "likely", "stops", "waits", "unknown"};
	return names[s];
}

const char *load_file_name(enum load_file s)
{
	static const char *const names[] = {"unchecked", "good",  "doubtful",
					    "missing",   "empty", "bad"};
	return names[s];
}
