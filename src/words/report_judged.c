/* SPDX-License-Identifier: MIT */
/*
 * The judged part of a report: the answer, the table of targets and machines, and the findings with
 * their reasons. Nothing is judged here.
 */
#include "report_internal.h"

#include <stdio.h>

#include "stop7b/boot_words.h"
#include "stop7b/i18n.h"
#include "stop7b/verdict.h"
#include "stop7b/words.h"

#define WHY_TEXT 512 /* bytes */

/* ---- the table: a row a target, a column a machine ---- */

/* The machines of any target are those of all. */
static size_t put_heads(struct reporter *r, const struct target_verdict *t)
{
	const char *heads[ROW_MAX] = {_("Target")};
	size_t n = 1;
	for (size_t i = 0; i < t->n_machines && n < ROW_MAX - 1; i++) {
		const char *name = machine_asked_words(&r->s->chosen->install,
						       t->machines[i].machine, r->arena)
					   .shown;
		heads[n++] = name ? name : _("Verdict");
	}
	heads[n++] = _("In the way");
	page_table(&r->page, heads, n);
	return n;
}

static void put_target(struct reporter *r, const struct diagnosis *d,
		       const struct target_verdict *t, size_t columns)
{
	char glyph, why[WHY_TEXT];
	const char *words = target_words(t, d, &glyph);
	const char *cells[ROW_MAX] = {arena_printf(r->arena, "%s (%s)", _(t->title), t->id), words};
	for (size_t i = 1; i < t->n_machines && 1 + i < columns - 1; i++)
		cells[1 + i] = verdict_brief(t->machines[i].verdict);
	target_why(d, t, why, sizeof(why));
	cells[columns - 1] = why;
	page_row(&r->page, t->release.plain ? '-' : glyph, cells, columns);
}

static int put_matrix(struct reporter *r, struct err *err)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	const char **ids = arena_array(r->arena, n, sizeof(*ids), err);
	struct diagnosis d;
	if (!ids)
		return -1;
	for (size_t i = 0; i < n; i++)
		ids[i] = all[i].id;
	const struct session_question question = {.targets = ids, .n = n, .all_machines = true};
	const struct windows *w = r->s->chosen;
	if (session_diagnose(r->s, w, &w->install, &question, r->arena, &d, err) < 0)
		return -1;
	page_head(&r->page, 3, _("Every target"));
	size_t columns = d.n_targets > 0 ? put_heads(r, &d.targets[0]) : 0;
	for (size_t i = 0; i < d.n_targets; i++)
		put_target(r, &d, &d.targets[i], columns);
	return 0;
}

int report_verdict(struct reporter *r, struct err *err)
{
	struct verdict_words *v = arena_alloc(r->arena, sizeof(*v), err);
	struct err why = {0};
	if (!v)
		return -1;
	verdict_of(r->s, v);
	page_text(&r->page, v->glyph,
		  arena_printf(r->arena, "%s%s%s", v->words, v->rest[0] ? "; " : "", v->rest));
	for (size_t i = 0; i < v->n_facts; i++)
		page_text(&r->page, 0, v->prose[i]);
	if (put_matrix(r, &why) < 0 && why.code == E_MEMORY)
		return no_memory(err);
	page_text(&r->page, '?', why.shown);
	return 0;
}

/* ---- findings ---- */

static void put_finding(struct reporter *r, const struct finding *f)
{
	char repair[REPAIR_TEXT];
	bool sentence = finding_is_sentence(f);
	page_head(&r->page, 3,
		  sentence ? arena_printf(r->arena, "%c %s %s", finding_glyph(f->severity),
					  f->rule->id, f->found.shown)
			   : arena_printf(r->arena, "%c %s %s: %s", finding_glyph(f->severity),
					  f->rule->id, f->subject, f->found.shown));
	page_item(&r->page, _("Rule"), _(f->rule->title));
	page_item(&r->page, _("Why"), f->why.shown);
	page_item(&r->page, _("Seen in"),
		  f->key && f->value ? arena_printf(r->arena, "%s, %s", f->key, f->value) : f->key);
	if (f->fixable)
		page_item(&r->page, _("Fix"),
			  sentence ? f->fix_words.shown : finding_repair(f, repair));
	else
		page_item(&r->page, sentence ? _("What to do") : _("No fix from here"),
			  f->no_fix.shown);
}

void report_findings(struct reporter *r)
{
	const struct diagnosis *d = &r->s->now;
	for (size_t i = 0; i < d->n; i++)
		put_finding(r, &d->findings[i]);
}
