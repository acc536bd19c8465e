/* SPDX-License-Identifier: MIT */
/* The plan for scripts: schema stop7b.plan/1. Fields are added, never renamed; unknown is null. */
#include "cleanup_internal.h"

/* ,"name":"value" */
static void put_field(struct cleanup_text *t, const char *name, const char *value)
{
	cleanup_format(t, ",\"%s\":", name);
	cleanup_put_json(t, value);
}

static void put_flag(struct cleanup_text *t, const char *name, bool value)
{
	cleanup_format(t, ",\"%s\":%s", name, value ? "true" : "false");
}

static void put_strings(struct cleanup_text *t, const char *name, const char *const *items,
			size_t n)
{
	cleanup_format(t, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		cleanup_put(t, i ? "," : "");
		cleanup_put_json(t, items[i]);
	}
	cleanup_put(t, "]");
}

/* The words as they are called: "bcdedit", with /store where it is an offline one. */
static void put_command(struct cleanup_text *t, const struct cleanup_plan *plan,
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
	cleanup_put(t, "{\"why\":");
	cleanup_put_json(t, c->why);
	put_strings(t, "words", words, n);
	cleanup_put(t, "}");
}

static void put_facts(struct cleanup_text *t, const struct cleanup_block *b)
{
	cleanup_put(t, ",\"expected\":[");
	for (size_t i = 0; i < b->n_facts; i++) {
		cleanup_put(t, i ? ",{\"name\":" : "{\"name\":");
		cleanup_put_json(t, b->facts[i].name);
		put_field(t, "value", b->facts[i].value);
		put_field(t, "or", b->facts[i].also);
		put_flag(t, "behind_vhd", b->facts[i].vhd);
		cleanup_put(t, "}");
	}
	cleanup_put(t, "],\"related\":[");
	for (size_t i = 0; i < b->n_related; i++) {
		cleanup_put(t, i ? ",{\"id\":" : "{\"id\":");
		cleanup_put_json(t, b->related[i].guid);
		put_field(t, "what", b->related[i].what);
		put_field(t, "fate", b->related[i].fate);
		cleanup_put(t, "}");
	}
	cleanup_put(t, "]");
}

static void put_block(struct cleanup_text *t, const struct cleanup_plan *plan,
		      const struct cleanup_block *b)
{
	cleanup_put(t, "{\"id\":");
	cleanup_put_json(t, plan->add ? NULL : b->guid);
	put_field(t, "description", b->description);
	put_field(t, "kind", b->kind);
	put_field(t, "vhd", b->vhd);
	put_field(t, "device", b->device);
	put_field(t, "osdevice", b->osdevice);
	put_field(t, "matched", b->matched);
	put_flag(t, "certain", b->certain);
	put_flag(t, "by_hand", b->by_hand);
	put_flag(t, "dead", b->dead);
	put_flag(t, "default", b->was_default);
	put_facts(t, b);
	put_strings(t, "warnings", b->warnings, b->n_warnings);
	cleanup_put(t, ",\"commands\":[");
	for (size_t i = 0; i < b->n_commands; i++) {
		cleanup_put(t, i ? "," : "");
		put_command(t, plan, &b->commands[i]);
	}
	cleanup_put(t, "],\"undo\":");
	put_command(t, plan, &b->undo);
	cleanup_put(t, "}");
}

static void put_refusals(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	cleanup_put(t, "],\"refused\":[");
	for (size_t i = 0; i < plan->n_refusals; i++) {
		cleanup_put(t, i ? ",{\"id\":" : "{\"id\":");
		cleanup_put_json(t, plan->refusals[i].guid);
		put_field(t, "description", plan->refusals[i].description);
		put_field(t, "why", plan->refusals[i].why);
		cleanup_put(t, "}");
	}
	cleanup_put(t, "]");
}

int cleanup_write_json(const struct cleanup_plan *plan, struct arena *arena, char **out,
		       struct err *err)
{
	struct cleanup_text t = {.arena = arena};
	cleanup_put(&t, "{\"schema\":\"stop7b.plan/1\"");
	put_flag(&t, "whole", !plan->problem);
	put_field(&t, "problem", plan->problem);
	put_flag(&t, "add", plan->add);
	put_field(&t, "tool", plan->tool);
	put_field(&t, "time", plan->when);
	put_field(&t, "image", plan->image);
	put_field(&t, "disk", plan->vhd);
	put_field(&t, "store", plan->add ? NULL : plan->store_name);
	put_field(&t, "store_on_host", plan->store_on_host);
	put_field(&t, "backup", plan->backup);
	put_strings(&t, "others", plan->others, plan->n_others);
	cleanup_put(&t, ",\"entries\":[");
	for (size_t i = 0; i < plan->n; i++) {
		cleanup_put(&t, i ? "," : "");
		put_block(&t, plan, &plan->blocks[i]);
	}
	put_refusals(&t, plan);
	put_strings(&t, "notes", plan->notes, plan->n_notes);
	cleanup_put(&t, "}\n");
	return cleanup_finish(&t, out, err);
}
