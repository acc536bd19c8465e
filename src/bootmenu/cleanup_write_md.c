/* SPDX-License-Identifier: MIT */
/*
 * The plan for people to read, in Markdown. Text from the store stands in code spans whose fence
 * is longer than any run of backticks in it, so that it cannot become markup.
 */
#include "cleanup_internal.h"

#include <string.h>

static size_t longest_ticks(const char *s)
{
	size_t best = 0;
	for (; *s; s++) {
		size_t n = strspn(s, "`");
		best = n > best ? n : best;
		s += n > 0 ? n - 1 : 0;
	}
	return best;
}

static void put_code(struct growing *t, const char *s)
{
	size_t fence = longest_ticks(s) + 1;
	for (size_t i = 0; i < fence; i++)
		growing_put(t, "`");
	growing_format(t, fence > 1 ? " %s " : "%s", *s ? s : " ");
	for (size_t i = 0; i < fence; i++)
		growing_put(t, "`");
}

static void put_item(struct growing *t, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	growing_format(t, "- %s: ", label);
	put_code(t, value);
	growing_put(t, "\n");
}

static void put_line(struct growing *t, const struct cleanup_plan *plan,
		     const struct cleanup_command *c)
{
	struct growing line = {.arena = t->arena};
	char *text;
	cleanup_put_command(&line, plan, c);
	if (growing_finish(&line, &text, NULL) != 0) {
		t->failed = true;
		return;
	}
	put_code(t, text);
	growing_format(t, "\n   %s\n", c->why);
}

static void put_header(struct growing *t, const struct cleanup_plan *plan)
{
	if (plan->problem) {
		growing_put(t, "**This store was not read whole:** ");
		put_code(t, plan->problem);
		growing_put(t, "\n\n");
	}
	growing_format(t, "# %s\n\n",
		       plan->add ? "A boot entry for this disk" : "Boot entries that can go");
	growing_format(t, "Made by %s, %s.\n\n", plan->tool, plan->when);
	put_item(t, "Store", plan->store_name);
	put_item(t, "Store on the host",
		 plan->store_on_host ? plan->store_on_host : "the system's own");
	put_item(t, "Image", plan->image);
	put_item(t, "Disk on the host", plan->vhd);
	growing_put(t,
		    "\nRun the commands in an elevated prompt on the machine that owns the store. "
		    "In PowerShell put every id in single quotes.\n");
}

static void put_save(struct growing *t, const struct cleanup_plan *plan)
{
	growing_put(t, "\n## First: save the store\n\n");
	if (plan->store_on_host) {
		growing_put(t, "Copy ");
		put_code(t, plan->store_on_host);
		growing_put(t, " to ");
	} else {
		growing_put(t, "`bcdedit /export " CLEANUP_DRIVE);
		growing_format(t, "%s`; the file is ", plan->backup);
	}
	growing_format(t, "`" CLEANUP_DRIVE "%s`. Go on only if that worked.\n", plan->backup);
}

static void put_fact(struct growing *t, const struct cleanup_plan *plan,
		     const struct cleanup_fact *f)
{
	growing_format(t, "- %s must %sbe ", f->name, plan->search ? "" : "still ");
	put_code(t, f->value);
	if (f->vhd && plan->search)
		growing_format(t, " behind `vhd=[%.2s]` or `vhd=[locate]`", plan->vhd);
	else if (f->vhd)
		growing_put(t, " behind `vhd=[...]`");
	if (f->or_unknown)
		growing_put(t, ", or `unknown`");
	growing_put(t, "\n");
}

static void put_facts(struct growing *t, const struct cleanup_plan *plan,
		      const struct cleanup_block *b)
{
	for (size_t i = 0; i < b->n_facts; i++)
		put_fact(t, plan, &b->facts[i]);
	for (size_t i = 0; i < b->n_related; i++)
		growing_format(t, "- %s `%s`: %s\n", b->related[i].what, b->related[i].guid,
			       b->related[i].fate);
	for (size_t i = 0; i < b->n_warnings; i++)
		growing_format(t, "- **%s**\n", b->warnings[i]);
}

static void put_block(struct growing *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	growing_format(t, "\n## %zu. `%s`\n\n", i + 1, b->guid);
	put_item(t, "Description", b->description);
	put_item(t, "Device", b->device);
	put_item(t, "Windows on", b->osdevice);
	growing_format(t, "- Why: %s%s%s\n", b->matched, b->by_hand ? "; chosen by hand" : "",
		       b->dead ? "; its virtual disk is not there any more" : "");
	put_facts(t, plan, b);
	growing_put(t, "\n");
	for (size_t k = 0; k < b->n_commands; k++) {
		growing_format(t, "%zu. ", k + 1);
		put_line(t, plan, &b->commands[k]);
	}
}

static void put_end(struct growing *t, const struct cleanup_plan *plan)
{
	const struct cleanup_command all = {.words = {"/enum", "all", "/v"},
					    .n = 3,
					    .why = "everything else must still be there"};
	if (plan->n == 0)
		return;
	growing_put(t, "\n## Last: check\n\n- ");
	put_line(t, plan, &all);
	growing_put(t, "\n## Undo\n\n");
	if (plan->blocks[0].undo.n > 0) {
		growing_put(t, "- ");
		put_line(t, plan, &plan->blocks[0].undo);
	} else {
		growing_format(t, "- %s\n", plan->blocks[0].undo.why);
	}
}

static void put_rest(struct growing *t, const struct cleanup_plan *plan)
{
	if (plan->n_refusals > 0)
		growing_put(t, "\n## Not in the plan\n\n");
	for (size_t i = 0; i < plan->n_refusals; i++) {
		const struct cleanup_refusal *r = &plan->refusals[i];
		growing_put(t, "- ");
		put_code(t, r->guid);
		growing_put(t, " ");
		put_code(t, r->description);
		growing_format(t, ": %s\n", r->why);
	}
	growing_put(t, "\n## Notes\n\n");
	for (size_t i = 0; i < plan->n_notes; i++)
		growing_format(t, "- %s\n", plan->notes[i]);
}

int cleanup_write_md(const struct cleanup_plan *plan, struct arena *arena, char **out,
		     struct err *err)
{
	struct growing t = {.arena = arena};
	put_header(&t, plan);
	if (plan->n == 0)
		growing_put(&t, "\nThere is nothing to delete.\n");
	else if (!plan->add)
		put_save(&t, plan);
	for (size_t i = 0; i < plan->n; i++)
		put_block(&t, plan, i);
	put_end(&t, plan);
	put_rest(&t, plan);
	return growing_finish(&t, out, err);
}
