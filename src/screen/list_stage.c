/* SPDX-License-Identifier: MIT */
/*
 * What can be done to the driver that is selected in the list or shown whole: its fix staged or
 * taken back, and Start set by hand, which asks in a prompt of its own. Only there do digits mean
 * something.
 */
#include "list_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

#define START_TALL 20 /* rows from which the Start prompt is set with blank rows */

/* ---- the fix ---- */

bool is_row_staged(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row && row_staged(app, row) != NULL;
}

bool can_toggle(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row && (row_fixable(row) || row_staged(app, row));
}

void cmd_toggle(struct app *app)
{
	const struct list_row *row = list_selected(app);
	struct err err = {0};
	char name[APP_TEXT];
	bool staged = row_staged(app, row) != NULL;
	snprintf(name, sizeof(name), "%s", row_subject(row));
	int n = staged ? session_unstage(app->session, name, &err)
		       : session_stage_fix(app->session, name, &err);
	app_changed(app);
	if (n < 0)
		app_say_err(app, &err);
	else
		app_say(app, staged ? _("Unstaged %s.") : _("Staged the fix of %s."), name);
}

/* ---- Start by hand ---- */

static void stage_start(struct app *app, uint32_t start)
{
	struct err err = {0};
	char name[APP_TEXT], odd[24];
	snprintf(name, sizeof(name), "%s", list_selected(app)->name);
	int n = session_stage_start(app->session, name, start, &err);
	app_changed(app);
	if (n < 0)
		app_say_err(app, &err);
	else
		app_say(app, _("Staged Start of %s: %s."), name, _(start_words(start, odd)));
}

static void start_key(struct app *app, int key)
{
	if (key < '0' || key > '4') {
		if (key == K_ENTER || key == K_ESC || key == K_CTRL('c'))
			prompt_close(app);
		return;
	}
	prompt_close(app);
	stage_start(app, (uint32_t)(key - '0'));
}

static int start_rows(const struct app *app)
{
	return app->h >= START_TALL ? 5 : 1;
}

static void draw_start_line(struct grid *g, int y)
{
	static const struct {
		const char *digit, *wide, *narrow;
	} starts[] = {{"0", N_("boot"), N_("boot")},
		      {"1", N_("system"), N_("sys")},
		      {"2", N_("automatic"), N_("auto")},
		      {"3", N_("manual"), N_("man")},
		      {"4", N_("disabled"), N_("off")}};
	bool wide = g->w >= 64;
	int x = wide ? 4 : 1;
	for (size_t i = 0; i < 5; i++) {
		x = grid_put(g, x, y, ROLE_KEY, starts[i].digit);
		x = grid_put(g, x + 1, y, ROLE_PLAIN, _(wide ? starts[i].wide : starts[i].narrow));
		x += wide ? 3 : 1;
	}
}

static void draw_start(const struct app *app, struct grid *g)
{
	const struct list_row *row = list_selected(app);
	char start[64], keeps[64];
	bool tall = start_rows(app) > 1;
	int y = tall ? g->h - 6 : g->h - 3;
	row_start(row, start);
	grid_putf(g, 1, y, ROLE_KEY, _("Start of %s, now %s:"), row->name, start);
	draw_start_line(g, tall ? y + 2 : y + 1);
	snprintf(keeps, sizeof(keeps), _("keeps %.*s"), (int)strcspn(start, " "), start);
	int x = grid_put(g, 1, g->h - 1, ROLE_KEY, "enter");
	x = grid_put(g, x + 1, g->h - 1, ROLE_PLAIN, keeps) + 4;
	x = grid_put(g, x, g->h - 1, ROLE_KEY, "esc");
	grid_put(g, x + 1, g->h - 1, ROLE_PLAIN, _("cancel"));
}

bool can_set_start(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row && row->service;
}

void cmd_set_start(struct app *app)
{
	static const struct prompt_ops ops = {start_key, start_rows, draw_start};
	prompt_open(app, &ops);
}
