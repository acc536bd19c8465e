/* SPDX-License-Identifier: MIT */
/*
 * The targets: every machine the catalogue knows, judged on the disk as it is, and which of them
 * are marked. Marking changes what the session judges; it stages nothing.
 */
#include "stop7b/view.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

#define NAME_X     6
#define VERDICT_X  25
#define WHY_X      41
#define WHY_FROM   60 /* columns of the window that leave room for what is in the way */
#define BELOW_ROWS 3
#define BELOW_FROM 20
#define EXTRA      2 /* "portable" and "last", no rows of the catalogue */

/* ---- judging ---- */

static int judge_all(struct app *app, struct err *err)
{
	struct targets_state *t = &app->targets;
	size_t n;
	const struct target *all = catalogue_targets(&n);
	const char **ids = arena_array(t->arena, n + EXTRA, sizeof(*ids), err);
	if (!ids)
		return -1;
	ids[0] = "portable";
	ids[1] = "last";
	for (size_t i = 0; i < n; i++)
		ids[EXTRA + i] = all[i].id;
	const struct diagnose_request request = {
		.targets = ids,
		.n_targets = n + EXTRA,
		.control_set = app->session->options.control_set,
	};
	return diagnose(&app->session->chosen->install, &request, t->arena, &t->all, err);
}

static void targets_open(struct app *app)
{
	struct targets_state *t = &app->targets;
	struct err err = {0};
	arena_free(t->arena);
	*t = (struct targets_state){.arena = arena_new()};
	if (!t->arena || judge_all(app, &err) < 0) {
		t->all = (struct diagnosis){0};
		app_say_err(app, &err);
	}
	app_top(app)->sel = t->all.n_targets > EXTRA ? EXTRA : 0;
}

static bool marked(const struct app *app, const char *id)
{
	const struct session *s = app->session;
	for (size_t i = 0; i < s->n_targets; i++)
		if (strcmp(s->targets[i], id) == 0)
			return true;
	return false;
}

bool can_targets(const struct app *app)
{
	return app->session && app->session->chosen && app->session->chosen->readable;
}

void cmd_targets(struct app *app)
{
	app_push(app, PAGE_TARGETS);
}

/* ---- marking ---- */

static size_t toggled(const struct app *app, const char *id, const char **out)
{
	const struct session *s = app->session;
	size_t n = 0;
	for (size_t i = 0; i < s->n_targets; i++)
		if (strcmp(s->targets[i], id) != 0)
			out[n++] = s->targets[i];
	if (n == s->n_targets)
		out[n++] = id;
	return n;
}

void cmd_mark(struct app *app)
{
	const struct diagnosis *all = &app->targets.all;
	size_t sel = app_frame(app)->sel;
	struct err err = {0};
	if (sel >= all->n_targets)
		return;
	const char **ids = calloc(app->session->n_targets + 1, sizeof(*ids));
	if (!ids)
		return;
	size_t n = toggled(app, all->targets[sel].id, ids);
	if (n == 0)
		app_say(app, "%s", _("One target stays marked; mark another one first."));
	else if (session_set_targets(app->session, ids, n, &err) < 0)
		app_say_err(app, &err);
	free(ids);
	app_changed(app);
}

/* ---- drawing ---- */

static const struct finding *in_the_way(const struct diagnosis *d, const struct target_verdict *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (d->findings[t->findings[i]].severity != SEVERITY_NOTE)
			return &d->findings[t->findings[i]];
	return NULL;
}

static void why_words(const struct diagnosis *d, const struct target_verdict *t, char *buf,
		      size_t cap)
{
	const struct finding *f = in_the_way(d, t);
	buf[0] = '\0';
	if (t->not_for_this_windows)
		snprintf(buf, cap, "%s", _("not part of this Windows"));
	else if (t->verdict == VERDICT_UNKNOWN && t->unknown)
		snprintf(buf, cap, "%s", t->unknown);
	else if (f && t->n > 1)
		snprintf(buf, cap, _("%s %s, and %zu more"), f->subject, f->found, t->n - 1);
	else if (f)
		snprintf(buf, cap, "%s %s", f->subject, f->found);
}

static void draw_target(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct diagnosis *d = &app->targets.all;
	const struct target_verdict *t = &d->targets[i];
	char glyph, why[APP_TEXT];
	const char *words = target_words(t, d, &glyph);
	if (t->not_for_this_windows)
		glyph = '-';
	grid_putf(g, 2, y, glyph_role(glyph), "%c", glyph);
	grid_put(g, 3, y, ROLE_PLAIN, marked(app, t->id) ? "[x]" : "[ ]");
	grid_field(g, NAME_X, y, VERDICT_X - NAME_X - 1, ROLE_PLAIN, FIT_END, t->id);
	grid_field(g, VERDICT_X, y, WHY_X - VERDICT_X - 1, ROLE_PLAIN, FIT_END, words);
	grid_paint(g, VERDICT_X, y, text_width(words), glyph_role(glyph));
	why_words(d, t, why, sizeof(why));
	if (g->w >= WHY_FROM)
		grid_field(g, WHY_X, y, g->w - WHY_X - 1, ROLE_PLAIN, FIT_END, why);
}

static void chain_words(const struct target_verdict *t, char *buf, size_t cap)
{
	const struct target *known = catalogue_target(t->id);
	size_t used = (size_t)snprintf(buf, cap, "%s",
				       known && known->hardware ? known->hardware : "");
	for (size_t i = 0; i < t->n_services && used < cap; i++)
		used += (size_t)snprintf(buf + used, cap - used, "%s%s", used ? " -> " : "",
					 t->services[i]);
}

static void draw_below(const struct app *app, struct grid *g)
{
	const struct diagnosis *d = &app->targets.all;
	size_t sel = app_frame(app)->sel;
	char chain[APP_TEXT];
	if (app->h < BELOW_FROM || sel >= d->n_targets)
		return;
	const struct target_verdict *t = &d->targets[sel];
	const struct target *known = catalogue_target(t->id);
	int y = g->h - 2 - BELOW_ROWS, x = grid_put(g, 1, y, ROLE_KEY, t->id) + 3;
	grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_END, known ? known->words : t->title);
	chain_words(t, chain, sizeof(chain));
	draw_wrapped(g, 3, y + 1, 2, ROLE_PLAIN, chain);
}

static int targets_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 3 - (app->h >= BELOW_FROM ? BELOW_ROWS + 1 : 0);
	return room > 1 ? room : 1;
}

static void draw_last(const struct app *app, struct grid *g, int y)
{
	const struct install *inst = &app->session->chosen->install;
	char machine[APP_TEXT];
	snprintf(machine, sizeof(machine), "%s%s%s", inst->manufacturer ? inst->manufacturer : "",
		 inst->manufacturer && inst->product ? ", " : "",
		 inst->product ? inst->product : "");
	const char *first = app->session->targets[0];
	const char *rest = strcmp(first, "portable") == 0 ? _(" (all it has drivers for)") : "";
	grid_putf(g, 1, y, ROLE_PLAIN, _("Last ran on %s.  Marked: %s%s"),
		  machine[0] ? machine : _("an unknown machine"), first,
		  app->session->n_targets > 1 ? ", .." : rest);
}

static void targets_draw(const struct app *app, struct grid *g)
{
	const struct frame *frame = app_frame(app);
	int y = body_top(app), room = targets_room(app);
	draw_last(app, g, y);
	grid_put(g, NAME_X, y + 2, ROLE_HEAD, _("Target"));
	grid_put(g, VERDICT_X, y + 2, ROLE_HEAD, _("Verdict"));
	if (g->w >= WHY_FROM)
		grid_put(g, WHY_X, y + 2, ROLE_HEAD, _("In the way"));
	y += 3;
	for (size_t i = frame->top; i < app->targets.all.n_targets && room-- > 0; i++, y++) {
		draw_target(app, g, y, i);
		if (i == frame->sel)
			draw_selected(g, y);
	}
	draw_below(app, g);
}

static void targets_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	snprintf(buf, cap, brief ? _("P%u > Targets") : _("P%u Windows > Targets"),
		 app->session->chosen->install.partition);
}

static size_t targets_rows(const struct app *app)
{
	return app->targets.all.n_targets;
}

const struct view view_targets = {
	.name = N_("targets"),
	.crumbs = targets_crumbs,
	.open = targets_open,
	.draw = targets_draw,
	.rows = targets_rows,
	.room = targets_room,
};
