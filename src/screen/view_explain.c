/* SPDX-License-Identifier: MIT */
/*
 * One finding with its evidence, and the rule behind it in plain words. Reached with r, or from
 * the help page of a page on which a finding is selected.
 */
#include "view.h"

#include <string.h>

#include "stop7b/rules.h"
#include "stop7b/i18n.h"

#define NAME_X  3
#define VALUE_X 14 /* column of what is said, behind its name */

/* ---- which finding ---- */

static enum page asking_page(const struct app *app)
{
	size_t i = app->depth - 1;
	while (i > 0 && (app->frames[i].page == PAGE_HELP || app->frames[i].page == PAGE_EXPLAIN))
		i--;
	return app->frames[i].page;
}

/* The worst thing that is said about the driver which the boot page shows. */
static const struct finding *boot_finding(const struct app *app)
{
	const struct diagnosis *d = &app->boot.alone;
	const char *service = boot_selected(app);
	for (size_t i = 0; service && i < d->n; i++)
		if (text_equal(d->findings[i].subject, service))
			return &d->findings[i];
	return NULL;
}

static const struct finding *selected_finding(const struct app *app)
{
	enum page page = asking_page(app);
	if (page == PAGE_BOOT)
		return boot_finding(app);
	if (page != PAGE_LIST && page != PAGE_DETAIL)
		return NULL;
	const struct list_row *row = list_selected(app);
	return row ? row->finding : NULL;
}

bool can_explain(const struct app *app)
{
	return app->session && app->depth && selected_finding(app);
}

void cmd_explain(struct app *app)
{
	const struct finding *f = selected_finding(app);
	struct explain_state *e = &app->explain;
	if (!f)
		return;
	snprintf(e->rule, sizeof(e->rule), "%s", f->rule->id);
	snprintf(e->subject, sizeof(e->subject), "%s", f->subject);
	if (app_frame(app)->page == PAGE_HELP)
		app_pop(app);
	app_push(app, PAGE_EXPLAIN);
}

/* ---- the page ---- */

static void put_fact(struct sheet *s, const char *name, const char *text)
{
	int y = s->n;
	if (!text || !text[0])
		return;
	sheet_wrap(s, VALUE_X, ROLE_PLAIN, text);
	if (s->n > y)
		grid_put(s->grid, NAME_X, y, ROLE_PLAIN, name);
}

static void put_rule(struct sheet *s, const struct rule *e)
{
	struct explain_fact facts[EXPLAIN_FACTS];
	size_t n = explain_facts(e, facts);
	sheet_putf(s, 1, ROLE_KEY, "%s  %s", e->id, _(e->title));
	sheet_put(s, 0, ROLE_PLAIN, "");
	for (size_t i = 0; i < n; i++)
		put_fact(s, facts[i].name, facts[i].text);
}

static const struct finding *find_in(const struct diagnosis *d, const struct explain_state *e)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->findings[i].rule->id, e->rule) == 0 &&
		    text_equal(d->findings[i].subject, e->subject))
			return &d->findings[i];
	return NULL;
}

/* A boot may be rehearsed to a machine that the session was not asked about. */
static const struct finding *asked_for(const struct app *app)
{
	const struct finding *f = find_in(&app->session->now, &app->explain);
	if (!f && app_on_stack(app, PAGE_BOOT))
		f = find_in(&app->boot.alone, &app->explain);
	return f;
}

static void put_finding(struct app *app, const struct finding *f)
{
	static const struct {
		char glyph;
		const char *words;
	} severities[] = {[SEVERITY_STOP] = {'X', N_("stops the boot")},
			  [SEVERITY_LIKELY] = {'!', N_("probably stops the boot")},
			  [SEVERITY_NOTE] = {' ', N_("a note; it stops nothing by itself")}};
	char text[APP_TEXT];
	int y = sheet_line(&app->sheet);
	if (y < 0)
		return;
	char glyph = severities[f->severity].glyph;
	grid_putf(app->sheet.grid, 1, y, glyph_role(glyph), "%c", glyph);
	int x = grid_put(app->sheet.grid, 4, y, ROLE_KEY, f->subject);
	grid_putf(app->sheet.grid, x + 2, y, ROLE_PLAIN, "%s", _(severities[f->severity].words));
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	put_fact(&app->sheet, _("Found"), f->found);
	put_fact(&app->sheet, _("Needed"), f->needed);
	snprintf(text, sizeof(text), "%s%s%s", f->key ? f->key : "",
		 f->key && f->value ? _(", value ") : "", f->value ? f->value : "");
	put_fact(&app->sheet, _("Where"), text);
	put_fact(&app->sheet, _("Why"), f->why);
	put_fact(&app->sheet, _("Fix"), f->fixable ? f->fix_words : f->no_fix);
}

static void explain_build(struct app *app)
{
	const struct finding *f = app->session ? asked_for(app) : NULL;
	const struct rule *e = rules_named(app->explain.rule);
	if (!app->sheet.grid)
		return;
	if (f)
		put_finding(app, f);
	else
		sheet_put(&app->sheet, 1, ROLE_PLAIN, _("This finding is gone."));
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	if (e)
		put_rule(&app->sheet, e);
}

static void explain_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	snprintf(buf, cap, brief ? "%s" : _("Rule %s"), app->explain.rule);
}

const struct view view_explain = {
	.name = N_("explanation"),
	.crumbs = explain_crumbs,
	.build = explain_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
