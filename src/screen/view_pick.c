/* SPDX-License-Identifier: MIT */
/*
 * Which Windows is meant, when several are found; and how the program goes to one.
 */
#include "view.h"

#include "stop7b/i18n.h"
#include "table.h"

static void glyph_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = app->session->windows[i].readable ? "" : "?";
}

static void partition_cell(const struct app *app, size_t i, struct table_cell *out)
{
	snprintf(out->buf, sizeof(out->buf), "P%u", app->session->windows[i].partition->number);
}

static void words_cell(const struct app *app, size_t i, struct table_cell *out)
{
	windows_line(&app->session->windows[i], out->buf, sizeof(out->buf));
}

static const struct column columns[] = {
	{.places = {{0, 2, 1}}, .cell = glyph_cell},
	{.places = {{0, 5, 4}}, .cell = partition_cell},
	{.places = {{0, 10, 0}}, .cell = words_cell},
};

static const struct table table = {TABLE_OF(columns)};

static int pick_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 3;
	return room > 1 ? room : 1;
}

static size_t pick_rows(const struct app *app)
{
	return app->session ? app->session->n_windows : 0;
}

static void pick_draw(const struct app *app, struct grid *g)
{
	int y = body_top(app);
	grid_putf(g, 1, y, ROLE_PLAIN, _("%zu Windows are on this disk. Which one is meant?"),
		  app->session->n_windows);
	table_rows(app, &table, g, y + 2, pick_room(app), pick_rows(app));
}

static void pick_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("Choose a Windows"));
}

void pick_windows(struct app *app, size_t i)
{
	struct err err = {0};
	if (is_staged(app) && &app->session->windows[i] != app->session->chosen) {
		app_say(app, "%s",
			_("Changes are staged for another Windows; apply or undo them first."));
		return;
	}
	if (session_choose(app->session, i, &err) < 0) {
		app_say_err(app, &err);
		return;
	}
	err_clear(&app->error);
	boot_forget(app); /* it points into what was chosen before */
	app_pop_to(app, PAGE_DISK);
	app_push(app, PAGE_LIST);
}

static void pick_select(struct app *app)
{
	pick_windows(app, app_frame(app)->sel);
}

static bool can_aid(const struct app *app)
{
	return app_frame(app)->sel < pick_rows(app) &&
	       !app->session->windows[app_frame(app)->sel].readable;
}

static void cmd_pick_aid(struct app *app)
{
	aid_unread(app, app_frame(app)->sel);
}

static const struct command keys[] = {
	AID_UNREAD(cmd_pick_aid, can_aid),
	{.keys = {K_ENTER},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("choose"), .place = 10, .keep = 2},
	 .help = N_("look at this Windows")},
};

const struct view view_pick = {
	.name = N_("choose a Windows"),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_DISK | TAKES_FACTS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = pick_crumbs,
	.draw = pick_draw,
	.rows = pick_rows,
	.room = pick_room,
	.select = pick_select,
};
