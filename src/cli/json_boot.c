/* SPDX-License-Identifier: MIT */
/*
 * The boot object, "stop7b.boot/1": a rehearsal for each machine. Fields are added, never renamed
 * or left out; what is unknown is null.
 */
#include "cli_internal.h"

#include "stop7b/boot_words.h"

static json_t *json_step(const struct rehearsal *r, size_t place)
{
	const struct rehearsal_step *step = &r->steps[place];
	json_t *services = json_array();
	for (size_t i = 0; i < step->n_services; i++)
		json_array_append_new(services, json_text(step->services[i]));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "step",
			 boot_step_name((enum boot_step)place), "title", step->title, "state",
			 rehearsal_state_name(step->state), "needs", json_text(step->needs.plain),
			 "words", json_text(step->words.plain), "service", json_text(step->service),
			 "services", services, "why", json_text(step->why.plain));
}

static json_t *json_place(uint32_t n)
{
	return n == UINT32_MAX ? json_null() : json_integer((json_int_t)n);
}

static const char *reason_name(enum load_reason reason)
{
	static const char *const names[] = {[LOAD_START] = "start",
					    [LOAD_BOOT_FLAGS] = "boot-flags",
					    [LOAD_FILE_SYSTEM] = "file-system"};
	return names[reason];
}

static json_t *json_item(const struct load_item *item)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:o, s:s, s:o, s:o}", "service",
			 item->service->name, "group", json_text(item->group), "group_index",
			 json_place(item->group_index), "tag", json_place(item->tag), "tag_index",
			 json_place(item->tag_index), "reason", reason_name(item->reason), "early",
			 item->early, "parked", item->parked, "file", json_text(item->file),
			 "state", load_file_name(item->state), "words",
			 json_text(item->words.plain), "problem", json_text(item->problem.plain));
}

static json_t *json_module(const struct rehearsal_module *m)
{
	return json_pack("{s:s, s:o, s:o, s:b, s:s, s:o}", "name", m->name, "file",
			 json_text(m->file), "needed_by", json_text(m->needed_by), "kernel",
			 m->kernel, "state", load_file_name(m->state), "words",
			 json_text(m->words.plain));
}

static json_t *json_file_finding(const struct rehearsal_finding *f)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "severity", severity_name(SEVERITY_NOTE),
			 "step", boot_step_name(f->place), "service", json_text(f->service), "file",
			 json_text(f->file), "words", json_text(f->words.plain));
}

/* Null for "boots", as in the check object. */
static json_t *json_verdict_step(const struct rehearsal *r)
{
	return json_text(boot_step_name(boot_verdict_step(r)));
}

static json_t *json_stops_at(const struct rehearsal *r)
{
	const struct rehearsal_step *bad = boot_first_bad(r);
	return bad ? json_string(boot_step_name((enum boot_step)(bad - r->steps))) : json_null();
}

static json_t *json_rehearsal(const struct rehearsal *r)
{
	json_t *steps = json_array(), *load = json_array(), *modules = json_array(),
	       *findings = json_array();
	for (size_t i = 0; i < BOOT_STEPS; i++)
		json_array_append_new(steps, json_step(r, i));
	for (size_t i = 0; i < r->list.n; i++)
		json_array_append_new(load, json_item(&r->list.items[i]));
	for (size_t i = 0; i < r->n_modules; i++)
		json_array_append_new(modules, json_module(&r->modules[i]));
	for (size_t i = 0; i < r->n_findings; i++)
		json_array_append_new(findings, json_file_finding(&r->findings[i]));
	return json_pack("{s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:o}",
			 "target", r->target, "title", json_text(r->title), "verdict",
			 verdict_name(r->verdict), "step", json_verdict_step(r), "machine",
			 r->machine, "unknown", json_text(r->target_words.plain), "stops_at",
			 json_stops_at(r), "loading", (json_int_t)r->n_loading, "files_checked",
			 r->files_checked, "steps", steps, "order_problem",
			 json_text(r->list.problem.plain), "load", load, "modules", modules,
			 "findings", findings);
}

static json_t *json_installation(const struct session *s)
{
	if (!s || !s->chosen)
		return json_null();
	const struct install *inst = &s->chosen->install;
	unsigned set = s->options.control_set ? s->options.control_set : inst->boots_with;
	return json_pack(
		"{s:i, s:s, s:o, s:o, s:o, s:o}", "partition", (int)s->chosen->partition->number,
		"root", s->chosen->place.root, "version", json_text(inst->version), "architecture",
		json_text(inst->architecture), "control_set", set ? json_integer(set) : json_null(),
		"recovery", json_recovery(s->chosen->system));
}

json_t *json_boot(const struct session *s, const char *path, const struct rehearsal *runs, size_t n,
		  const struct err *err, int status)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_rehearsal(&runs[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:i}", "schema", "stop7b.boot/1", "image", path,
			 "installation", json_installation(s), "rehearsals", list, "error",
			 json_error(err), "exit", status);
}
