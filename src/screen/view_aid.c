/* SPDX-License-Identifier: MIT */
/*
 * First aid: what can be done for this Windows beside a repair, and staging it. What takes the name
 * of a service is done on the driver's own page. A Windows whose SYSTEM hive cannot be read has what
 * replaces the hive, and nothing else.
 */
#include "view.h"

#include "stop7b/aid.h"
#include "stop7b/i18n.h"
#include "table.h"

#define BELOW_ROWS 4
#define BELOW_FROM 16 /* rows of the window */
#define ROWS_ABOVE 1  /* the heads */

struct aid_row {
	const struct aid *aid;
	struct aid_result result;
};

struct aid_page {
	struct arena *arena;
	struct aid_row *rows;
	size_t n;
};

static struct aid_page *page_of(const struct app *app)
{
	return app_state(app, PAGE_AID);
}

static size_t count_aids(void)
{
	size_t n = 0;
	while (aid_get(n))
		n++;
	return n;
}

static int look(struct app *app, struct err *err)
{
	struct aid_page *p = page_of(app);
	p->rows = arena_array(p->arena, count_aids(), sizeof(*p->rows), err);
	if (!p->rows)
		return -1;
	for (size_t i = 0; aid_get(i); i++) {
		struct aid_row *row = &p->rows[p->n];
		row->aid = aid_get(i);
		if (row->aid->takes_name || (!app->session->chosen && !row->aid->replaces))
			continue;
		if (session_aid(app->session, row->aid, NULL, p->arena, &row->result, err) < 0)
			return -1;
		p->n++;
	}
	return 0;
}

static void aid_forget(struct app *app)
{
	arena_free(page_of(app)->arena);
	*page_of(app) = (struct aid_page){0};
}

static void aid_open(struct app *app)
{
	struct err err = {0};
	aid_forget(app);
	page_of(app)->arena = arena_new();
	if (page_of(app)->arena && look(app, &err) < 0)
		app_say_err(app, &err);
}

void cmd_aid(struct app *app)
{
	app_push(app, PAGE_AID);
}

void aid_unread(struct app *app, size_t i)
{
	struct err err = {0};
	if (is_staged(app) && session_aided(app->session) != &app->session->windows[i])
		app_say(app, "%s",
			_("Changes are staged for another Windows; apply or undo them first."));
	else if (!is_staged(app) && session_unread(app->session, i, &err) < 0)
		app_say_err(app, &err);
	else
		app_push(app, PAGE_AID);
}

/* ---- rows ---- */

static bool row_staged(const struct app *app, size_t i)
{
	return staged_find(app->session->staged, page_of(app)->rows[i].aid->id) != NULL;
}

static size_t aid_rows(const struct app *app)
{
	return page_of(app)->n;
}

static int aid_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - ROWS_ABOVE -
		   (app->h >= BELOW_FROM ? BELOW_ROWS + 1 : 0);
	return room > 1 ? room : 1;
}

static void mark_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct aid_result *r = &page_of(app)->rows[i].result;
	bool staged = row_staged(app, i);
	out->text = staged ? "+" : r->n > 0 ? "" : r->refused ? "-" : "=";
	out->role = staged ? ROLE_NEW : ROLE_PLAIN;
}

static void action_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = page_of(app)->rows[i].aid->id;
}

static void title_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = _(page_of(app)->rows[i].aid->title);
}

static const struct column columns[] = {
	{.places = {{0, 2, 1}}, .cell = mark_cell},
	{.title = N_("First aid"), .places = {{0, 4, 16}}, .cell = action_cell},
	{.title = N_("What for"), .places = {{0, 21, 0}}, .cell = title_cell},
};

static const struct table table = {TABLE_OF(columns)};

/* ---- drawing ---- */

static void draw_below(const struct app *app, struct grid *g)
{
	size_t sel = app_frame(app)->sel;
	if (app->h < BELOW_FROM || sel >= aid_rows(app))
		return;
	const struct aid_row *row = &page_of(app)->rows[sel];
	const char *text = row->result.n == 0     ? row->result.why.shown
			   : row_staged(app, sel) ? _(row->aid->after)
						  : _(row->aid->before);
	int y = g->h - 2 - BELOW_ROWS;
	grid_put(g, 1, y, ROLE_KEY, row->aid->id);
	draw_wrapped(g, 3, y + 1, BELOW_ROWS - 1, ROLE_PLAIN, text);
}

static void aid_draw(const struct app *app, struct grid *g)
{
	table_heads(app, &table, g, body_top(app));
	table_rows(app, &table, g, body_top(app) + ROWS_ABOVE, aid_room(app), aid_rows(app));
	draw_below(app, g);
}

static void aid_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	snprintf(buf, cap, brief ? _("P%u > First aid") : _("P%u Windows > First aid"),
		 session_aided(app->session)->partition->number);
}

/* ---- staging ---- */

static void say_staged(struct app *app, const struct aid_row *row, int n, const struct err *err)
{
	if (n < 0)
		app_say_err(app, err);
	else if (n > 0)
		app_say(app, _("Staged %s; a reviews it. Nothing is written yet."), row->aid->id);
	else
		app_say(app, "%s", row->result.why.shown);
}

/* Stage it, or take it back where it is staged. */
static void cmd_toggle_aid(struct app *app)
{
	struct err err = {0};
	size_t sel = app_frame(app)->sel;
	if (sel >= aid_rows(app))
		return;
	const struct aid_row *row = &page_of(app)->rows[sel];
	bool staged = row_staged(app, sel);
	int n = staged ? session_unstage(app->session, row->aid->id, &err)
		       : session_stage_aid(app->session, row->aid, NULL, &err);
	app_changed(app);
	if (staged && n >= 0)
		app_say(app, _("Took back %s."), row->aid->id);
	else
		say_staged(app, row, n, &err);
}

static const struct command keys[] = {
	{.keys = {' ', K_ENTER},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_toggle_aid,
	 .bar = {.text = N_("stage it"), .place = 10, .keep = 2},
	 .help = N_("stage this action, or take it back")},
	REVIEW_STAGED(20),
};

const struct view view_aid = {
	.name = N_("first aid"),
	.state_size = sizeof(struct aid_page),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_UNDO | TAKES_DISK | TAKES_FACTS | TAKES_SAVE |
		 TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = aid_crumbs,
	.open = aid_open,
	.draw = aid_draw,
	.rows = aid_rows,
	.room = aid_room,
	.forget = aid_forget,
};
