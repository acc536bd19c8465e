/* SPDX-License-Identifier: MIT */
/*
 * The plan without the host's store. Its one entry has no id yet: CLEANUP_FOUND stands for it. The
 * text looks on the host for the loader whose device and osdevice both name the disk, on the drive
 * that was given or searched for on all volumes; more than one stops it. What hangs on the entry
 * is not known here, so a default entry is not moved aside: it stops the text as well.
 */
#include "cleanup_internal.h"

#define FACTS    2
#define COMMANDS 2
#define WARNINGS 2

/* bcdedit shows with or without how the file is located. */
static struct cleanup_fact fact(const struct planner *p, const char *name, unsigned element)
{
	const char *path = p->plan->vhd + 2;
	return (struct cleanup_fact){
		.name = name,
		.value = path,
		.also = arena_printf(p->arena, "%s,locate=custom:%08x", path, element),
		.vhd = true};
}

static void fill(const struct planner *p, struct cleanup_block *b)
{
	b->facts[b->n_facts++] = fact(p, "device", BCD_PATH);
	b->facts[b->n_facts++] = fact(p, "osdevice", BCD_SYSTEM_ROOT);
	b->commands[b->n_commands++] = (struct cleanup_command){
		.words = {"/enum", "osloader", "/v"},
		.n = 3,
		.why = "find the entry: below, " CLEANUP_FOUND " stands for its identifier"};
	b->commands[b->n_commands++] = (struct cleanup_command){
		.words = {"/delete", CLEANUP_FOUND, "/cleanup"},
		.n = 3,
		.why = "deletes it, its line in the menu, and a resume object nobody else uses"};
	b->warnings[b->n_warnings++] =
		"If it is the default entry, or the Windows that is running, the plan stops on the "
		"host.";
	b->warnings[b->n_warnings++] =
		"Whether it is in the tools menu or to be started once is not known here; a plan "
		"from the host's store takes it out there.";
	b->undo = planner_undo(p);
}

int planner_search(const struct planner *p, struct err *err)
{
	struct cleanup_plan *plan = p->plan;
	if (planner_check_path(p, p->request->vhd ? p->request->vhd : "", "--vhd", err) != 0)
		return -1;
	struct cleanup_block *b = plan->blocks = arena_array(p->arena, 1, sizeof(*b), err);
	const char *device = planner_device(p, false);
	if (!b || !device)
		return no_memory(err);
	*b = (struct cleanup_block){
		.guid = CLEANUP_FOUND,
		.description = "",
		.kind = "osloader",
		.vhd = plan->vhd + 2,
		.device = device,
		.osdevice = device,
		.matched = "found on the host: its device and its osdevice name this disk",
		.certain = true,
		.facts = arena_array(p->arena, FACTS, sizeof(*b->facts), err),
		.commands = arena_array(p->arena, COMMANDS, sizeof(*b->commands), err),
		.warnings = arena_array(p->arena, WARNINGS, sizeof(*b->warnings), err),
	};
	if (!b->facts || !b->commands || !b->warnings)
		return -1;
	fill(p, b);
	plan->search = true;
	plan->n = 1;
	planner_deletion_notes(p);
	return 0;
}
