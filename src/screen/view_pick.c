/* SPDX-License-Identifier: MIT */
/*
 * Which Windows is meant, when several are found; and how the program goes to one.
 */
#include "view.h"

#include "stop7b/i18n.h"

static void draw_windows(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct windows *w = &app->session->windows[i];
	char text[2 * APP_TEXT];
	windows_line(w, text, sizeof(text));
	grid_putf(g, 2, y, ROLE_PLAIN, "%c", w->readable ? ' ' : '?');
	grid_putf(g, 5, y, ROLE_PLAIN, "P%u", w->partition->number);
	grid_field(g, 10, y, g->w - 11, ROLE_PLAIN, FIT_END, text);
}

static int pick_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 3;
	return room > 1 ? room : 1;
}

static void pick_draw(const struct app *app, struct grid *g)
{
	const struct frame *frame = app_frame(app);
	int y = body_top(app), room = pick_room(app);
	grid_putf(g, 1, y, ROLE_PLAIN, _("%zu Windows are on this disk. Which one is meant?"),
		  app->session->n_windows);
	y += 2;
	for (size_t i = frame->top; i < app->session->n_windows && room-- > 0; i++, y++) {
		draw_windows(app, g, y, i);
		if (i == frame->sel)
			draw_selected(g, y);
	}
}

static void pick_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("Choose a Windows"));
}

static size_t pick_rows(const struct app *app)
{
	return app->session->n_windows;
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

static const struct command keys[] = {
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
