/* SPDX-License-Identifier: MIT */
/*
 * One finding with its evidence, and the rule behind it in plain words. Reached with r, or from
 * the help page of a page on which a finding is selected.
 */
#include "view.h"

#include <string.h>

#include "stop7b/explain.h"
#include "stop7b/i18n.h"

#define NAME_X  3
#define VALUE_X 14 /* column of what is said, behind its name */

/* ---- which finding ---- */

struct explain_state {
	const struct rule *rule;
	char subject[APP_TEXT]; /* of the finding it is asked for */
};

static struct explain_state *explain_state(const struct app *app)
{
	return app_state(app, PAGE_EXPLAIN);
}

/* On the page that help and this page lie on. */
static const struct finding *selected_finding(const struct app *app)
{
	size_t i = app->depth - 1;
	while (i > 0 && (app->frames[i].page == PAGE_HELP || app->frames[i].page == PAGE_EXPLAIN))
		i--;
	const struct view *view = view_of(app->frames[i].page);
	return view->finding ? view->finding(app) : NULL;
}

bool can_explain(const struct app *app)
{
	return app->session && app->depth && selected_finding(app);
}

void cmd_explain(struct app *app)
{
	const struct finding *f = selected_finding(app);
	struct explain_state *e = explain_state(app);
	if (!f)
		return;
	e->rule = f->rule;
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
	struct explained x;
	explain_rule(e, &x);
	sheet_putf(s, 1, ROLE_KEY, "%s  %s", x.id, x.title);
	sheet_put(s, 0, ROLE_PLAIN, "");
	for (size_t i = 0; i < x.n; i++)
		put_fact(s, x.facts[i].name, x.facts[i].text);
}

static const struct finding *find_in(const struct diagnosis *d, const struct explain_state *e)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].rule == e->rule &&
		    text_equal(d->findings[i].subject, e->subject))
			return &d->findings[i];
	return NULL;
}

/* A boot may be rehearsed to a machine that the session was not asked about. */
static const struct finding *asked_for(const struct app *app)
{
	const struct finding *f = find_in(&app->session->now, explain_state(app));
	if (!f && app_on_stack(app, PAGE_BOOT))
		f = find_in(boot_judged(app), explain_state(app));
	return f;
}

static void put_finding(struct app *app, const struct finding *f)
{
	static const struct {
		char glyph;
		const char *words;
	} severities[] = {
		[SEVERITY_STOP] = {'X', N_("stops the boot")},
		[SEVERITY_LIKELY] = {'!', N_("probably stops the boot")},
		[SEVERITY_DOUBT] = {'~', N_("may stop the boot on a machine that it knows")},
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
	put_fact(&app->sheet, _("Found"), f->found.shown);
	put_fact(&app->sheet, _("Needed"), f->needed.shown);
	snprintf(text, sizeof(text), "%s%s%s", f->key ? f->key : "",
		 f->key && f->value ? _(", value ") : "", f->value ? f->value : "");
	put_fact(&app->sheet, _("Where"), text);
	put_fact(&app->sheet, _("Why"), f->why.shown);
	put_fact(&app->sheet, _("Fix"), f->fixable ? f->fix_words.shown : f->no_fix.shown);
}

static void explain_build(struct app *app)
{
	const struct finding *f = app->session ? asked_for(app) : NULL;
	const struct rule *e = explain_state(app)->rule;
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
	snprintf(buf, cap, brief ? "%s" : _("Rule %s"), explain_state(app)->rule->id);
}

const struct view view_explain = {
	.name = N_("explanation"),
	.state_size = sizeof(struct explain_state),
	.takes = TAKES_TEXT | TAKES_BACK | TAKES_REVIEW | TAKES_DISK | TAKES_FACTS | TAKES_SAVE |
		 TAKES_QUIT,
	.crumbs = explain_crumbs,
	.build = explain_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
