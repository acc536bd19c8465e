/* SPDX-License-Identifier: MIT */
/*
 * The image cannot be opened, or holds no Windows that can be read: what, where, what to do. One
 * frame for all causes; the sentences come from the layer that refused.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"

static const char *capitals(enum err_code code)
{
	static const struct {
		enum err_code code;
		const char *words;
	} table[] = {
		{E_OPEN, N_("THE IMAGE CANNOT BE OPENED")},
		{E_IO, N_("THE IMAGE CANNOT BE READ")},
		{E_MEMORY, N_("NOT ENOUGH MEMORY")},
		{E_FORMAT, N_("NOT A DISK IMAGE THAT STOP7B OPENS")},
		{E_UNSUPPORTED, N_("THIS KIND OF IMAGE IS NOT SUPPORTED")},
		{E_CORRUPT, N_("THE IMAGE IS DAMAGED")},
		{E_PARENT, N_("THE PARENT DISK IS MISSING")},
		{E_NOWINDOWS, N_("NO WINDOWS FOUND")},
		{E_LOCKED, N_("THE IMAGE IS IN USE")},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return _(table[i].words);
	return _("THE IMAGE CANNOT BE READ");
}

/* The disk can be read, and its Windows cannot. */
static bool can_aid(const struct app *app)
{
	const struct windows *w = app->session ? session_aided(app->session) : NULL;
	return w && !w->readable;
}

/* The disk can be read, and no Windows is found on it. */
static bool has_disk(const struct app *app)
{
	return app->session && app->session->open_error.code == E_OK;
}

static void put_named(struct sheet *s, const char *name, const char *text)
{
	int y = s->n;
	sheet_wrap(s, 13, ROLE_PLAIN, text);
	if (s->n > y)
		grid_put(s->grid, 4, y, ROLE_KEY, name);
}

/* "place: place: what": the last part is what happened, the ones before it are where. */
static void put_cause(struct sheet *s, const char *text)
{
	char where[ERR_TEXT_MAX];
	const char *what = text;
	for (const char *p = strstr(what, ": "); p; p = strstr(what, ": "))
		what = p + 2;
	size_t len = (size_t)(what - text);
	snprintf(where, sizeof(where), "%.*s", len > 2 ? (int)(len - 2) : 0, text);
	put_named(s, _("What"), what);
	if (where[0])
		put_named(s, _("Where"), where);
}

static void cmd_error_aid(struct app *app)
{
	aid_unread(app, (size_t)(session_aided(app->session) - app->session->windows));
}

static void error_build(struct app *app)
{
	struct sheet *s = &app->sheet;
	int y = sheet_line(s);
	if (y < 0)
		return;
	draw_verdict(s->grid, y, '?',
		     can_aid(app)    ? _("THIS WINDOWS CANNOT BE READ")
		     : has_disk(app) ? _("NO WINDOWS FOUND")
				     : capitals(app->error.code),
		     NULL);
	sheet_put(s, 0, ROLE_PLAIN, "");
	put_cause(s, app->error.shown);
	sheet_put(s, 0, ROLE_PLAIN, "");
	sheet_put(s, 4, ROLE_KEY, _("What you can do"));
	sheet_wrap(s, 6, ROLE_PLAIN,
		   can_aid(app) ? _("z is first aid: Windows may have kept a copy of that file.")
				: _(err_hint(app->error.code)));
	if (app->session)
		sheet_wrap(s, 6, ROLE_PLAIN, _("esc shows the disk: its partitions and files."));
	sheet_put(s, 0, ROLE_PLAIN, "");
	sheet_put(s, 4, ROLE_PLAIN, _("Nothing was changed."));
}

static void error_draw(const struct app *app, struct grid *g)
{
	sheet_draw(app, g);
	grid_putf(g, 1, g->h - 2, ROLE_DIM, _("%s (exit code %d)"), err_name(app->error.code),
		  err_exit_status(app->error.code));
	g->cursor_x = 1;
	g->cursor_y = body_top(app);
}

static void error_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)brief;
	snprintf(buf, cap, "%s",
		 can_aid(app)   ? _("Unreadable Windows")
		 : app->session ? _("No Windows")
				: _("Cannot open"));
}

static const struct command keys[] = {
	AID_UNREAD(cmd_error_aid, can_aid),
	{.keys = {'i'},
	 .kind = GO_FACTS,
	 .run = cmd_facts,
	 .bar = {.text = N_("messages"), .wide = N_("library messages"), .place = 10, .keep = 2},
	 .help = N_("everything that is known about the failure")},
};

const struct view view_error = {
	.name = N_("cannot open"),
	.takes = TAKES_TEXT | TAKES_OUTER | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = error_crumbs,
	.build = error_build,
	.draw = error_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
