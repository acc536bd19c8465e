/* SPDX-License-Identifier: MIT */
/*
 * The plan object, "stop7b.plan/1". Fields are added, never renamed or left out; what is unknown is
 * null. Texts come from boot stores and from the call: they are escaped here.
 */
#include "stop7b/json_plan.h"

#include <stdlib.h>

#include "cli_internal.h"

/* null for NULL */
static json_t *shown(struct arena *arena, const char *text)
{
	return json_text(text ? text_utf8(arena, text) : NULL);
}

static json_t *texts(struct arena *arena, const char *const *items, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, shown(arena, items[i]));
	return list;
}

/* The words as they are called: "bcdedit", with /store where it is an offline one. */
static json_t *command(struct arena *arena, const struct cleanup_plan *plan,
		       const struct cleanup_command *c)
{
	const char *words[CLEANUP_WORDS + 3];
	size_t n = 0;
	if (c->n > 0)
		words[n++] = "bcdedit";
	if (c->n > 0 && plan->store_on_host) {
		words[n++] = "/store";
		words[n++] = plan->store_on_host;
	}
	for (size_t i = 0; i < c->n; i++)
		words[n++] = c->words[i];
	return json_pack("{s:o, s:o}", "why", shown(arena, c->why), "words",
			 texts(arena, words, n));
}

static json_t *commands(struct arena *arena, const struct cleanup_plan *plan,
			const struct cleanup_block *b)
{
	json_t *list = json_array();
	for (size_t i = 0; i < b->n_commands; i++)
		json_array_append_new(list, command(arena, plan, &b->commands[i]));
	return list;
}

static json_t *expected(struct arena *arena, const struct cleanup_block *b)
{
	json_t *list = json_array();
	for (size_t i = 0; i < b->n_facts; i++) {
		const struct cleanup_fact *f = &b->facts[i];
		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o, s:b, s:b}", "name",
						shown(arena, f->name), "value",
						shown(arena, f->value), "or", shown(arena, f->also),
						"behind_vhd", f->vhd, "or_unknown", f->or_unknown));
	}
	return list;
}

static json_t *related(struct arena *arena, const struct cleanup_block *b)
{
	json_t *list = json_array();
	for (size_t i = 0; i < b->n_related; i++) {
		const struct cleanup_related *r = &b->related[i];
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o}", "id", shown(arena, r->guid), "what",
					shown(arena, r->what), "fate", shown(arena, r->fate)));
	}
	return list;
}

static json_t *entry(struct arena *arena, const struct cleanup_plan *plan,
		     const struct cleanup_block *b)
{
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o}",
		"id", shown(arena, plan->add || plan->search ? NULL : b->guid), "description",
		shown(arena, b->description), "kind", shown(arena, b->kind), "vhd",
		shown(arena, b->vhd), "device", shown(arena, b->device), "osdevice",
		shown(arena, b->osdevice), "matched", shown(arena, b->matched), "certain",
		b->certain, "by_hand", b->by_hand, "dead", b->dead, "default", b->was_default,
		"expected", expected(arena, b), "related", related(arena, b), "warnings",
		texts(arena, b->warnings, b->n_warnings), "commands", commands(arena, plan, b),
		"undo", command(arena, plan, &b->undo));
}

static json_t *refused(struct arena *arena, const struct cleanup_plan *plan)
{
	json_t *list = json_array();
	for (size_t i = 0; i < plan->n_refusals; i++) {
		const struct cleanup_refusal *r = &plan->refusals[i];
		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o}", "id", shown(arena, r->guid),
						"description", shown(arena, r->description), "why",
						shown(arena, r->why)));
	}
	return list;
}

static json_t *plan_object(struct arena *arena, const struct cleanup_plan *plan)
{
	json_t *entries = json_array();
	for (size_t i = 0; i < plan->n; i++)
		json_array_append_new(entries, entry(arena, plan, &plan->blocks[i]));
	return json_pack(
		"{s:s, s:b, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"schema", "stop7b.plan/1", "whole", !plan->problem, "problem",
		shown(arena, plan->problem), "add", plan->add, "tool", shown(arena, plan->tool),
		"time", shown(arena, plan->when), "image", shown(arena, plan->image), "disk",
		shown(arena, plan->vhd), "store", shown(arena, plan->store_name), "store_on_host",
		shown(arena, plan->store_on_host), "backup", shown(arena, plan->backup), "others",
		texts(arena, plan->others, plan->n_others), "entries", entries, "refused",
		refused(arena, plan), "notes", texts(arena, plan->notes, plan->n_notes));
}

int json_plan(const struct cleanup_plan *plan, struct arena *arena, char **out, struct err *err)
{
	json_t *object = plan_object(arena, plan);
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	*out = text ? arena_printf(arena, "%s\n", text) : NULL;
	free(text);
	json_decref(object);
	return *out ? 0 : no_memory(err);
}
