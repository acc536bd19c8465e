/* SPDX-License-Identifier: MIT */
/*
 * The targets: every machine the catalogue knows, judged on the disk as it is, and which of them
 * are marked. Marking changes what the session judges; it stages nothing.
 */
#include "targets_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/boot_words.h"
#include "stop7b/i18n.h"
#include "stop7b/verdict.h"
#include "table.h"

#define WHY_FROM     60 /* columns of the window that leave room for what is in the way */
#define BELOW_ROWS   4
#define BELOW_FROM   20
#define BLANKS_ABOVE 14 /* rows */
#define HEADS_ABOVE  12
#define HEAD_X       6
#define EXTRA        2 /* "portable" and "last", no rows of the catalogue */

/* ---- judging ---- */

static const char *list_members(struct session *s, struct arena *arena)
{
	const char *portable = "portable", *text = "", **ids;
	size_t n = 0;
	if (boot_targets(s, &portable, 1, arena, &ids, &n, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < n && text; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", ids[i]);
	return text;
}

static int judge_all(struct app *app, struct err *err)
{
	struct targets_state *t = targets_state(app);
	size_t n;
	const struct target *all = catalogue_targets(&n);
	const char **ids = arena_array(t->arena, n + EXTRA, sizeof(*ids), err);
	if (!ids)
		return -1;
	ids[0] = "portable";
	ids[1] = "last";
	for (size_t i = 0; i < n; i++)
		ids[EXTRA + i] = all[i].id;
	const struct session_question question = {.targets = ids, .n = n + EXTRA};
	const struct windows *w = app->session->chosen;
	if (session_diagnose(app->session, w, &w->install, &question, t->arena, &t->all, err) < 0)
		return -1;
	if (targets_make_rows(t, err) < 0)
		return -1;
	t->members = list_members(app->session, t->arena);
	t->machine = machine_asked_words(&w->install, t->all.targets[0].machine, t->arena).shown;
	return 0;
}

const struct diagnosis *targets_judge(struct app *app)
{
	struct targets_state *t = targets_state(app);
	struct err err = {0};
	arena_free(t->arena);
	*t = (struct targets_state){.arena = arena_new()};
	if (!t->arena || !can_targets(app) || judge_all(app, &err) < 0) {
		t->all = (struct diagnosis){0};
		t->n_rows = 0;
		if (err.code)
			app_say_err(app, &err);
	}
	return &t->all;
}

const struct diagnosis *targets_judged(const struct app *app)
{
	return &targets_state(app)->all;
}

static void targets_open(struct app *app)
{
	size_t n = targets_judge(app)->n_targets;
	app_top(app)->sel = targets_row_of(app, n > EXTRA ? EXTRA : 0);
}

const char *targets_selected(const struct app *app)
{
	const struct target_verdict *t = targets_at(app, app_frame(app)->sel);
	return t ? t->id : NULL;
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
	if (app_on_stack(app, PAGE_TARGETS))
		app_pop_to(app, PAGE_TARGETS);
	else
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

static void cmd_mark(struct app *app)
{
	const char *id = targets_selected(app);
	struct err err = {0};
	if (!id)
		return;
	const char **ids = calloc(app->session->n_targets + 1, sizeof(*ids));
	if (!ids)
		return;
	size_t n = toggled(app, id, ids);
	if (n == 0)
		app_say(app, "%s", _("One target stays marked; mark another one first."));
	else if (session_set_targets(app->session, ids, n, &err) < 0)
		app_say_err(app, &err);
	free(ids);
	app_changed(app);
}

/* ---- the machine ---- */

static bool can_machine(const struct app *app)
{
	return app->session && session_next_machine(app->session) != NULL;
}

/* What is staged stays: it mends the disk for every machine. */
static void cmd_machine(struct app *app)
{
	struct err err = {0};
	const char *next = session_next_machine(app->session);
	size_t sel = app_frame(app)->sel;
	if (session_set_machine(app->session, next, &err) < 0)
		app_say_err(app, &err);
	targets_judge(app);
	app_top(app)->sel = sel;
	app_changed(app);
}

/* ---- drawing ---- */

static const char *words_of(const struct app *app, size_t i, char *glyph)
{
	const struct target_verdict *t = targets_at(app, i);
	const char *words = target_words(t, &targets_state(app)->all, glyph);
	if (t->release.plain)
		*glyph = '-';
	return words;
}

static void glyph_cell(const struct app *app, size_t i, struct table_cell *out)
{
	words_of(app, i, out->buf);
	out->buf[1] = '\0';
	out->role = glyph_role(out->buf[0]);
}

static void mark_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = marked(app, targets_at(app, i)->id) ? "[x]" : "[ ]";
}

static void target_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = targets_at(app, i)->id;
}

static void verdict_cell(const struct app *app, size_t i, struct table_cell *out)
{
	char glyph;
	out->text = words_of(app, i, &glyph);
	out->role = glyph_role(glyph);
}

static void why_cell(const struct app *app, size_t i, struct table_cell *out)
{
	target_why(&targets_state(app)->all, targets_at(app, i), out->buf, sizeof(out->buf));
}

static const struct column columns[] = {
	{.places = {{0, 2, 1}}, .cell = glyph_cell},
	{.places = {{0, 3, 3}}, .cell = mark_cell},
	{.title = N_("Target"), .places = {{0, 6, 18}}, .cell = target_cell},
	{.title = N_("Verdict"), .places = {{0, 25, 0}}, .cell = verdict_cell},
	{.title = N_("In the way"), .places = {{WHY_FROM, 44, 0}}, .cell = why_cell},
};

static bool head_row(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct targets_row *row = &targets_state(app)->rows[i];
	if (row->head)
		grid_field(g, HEAD_X, y, g->w - HEAD_X - 1, ROLE_KEY, FIT_END, _(row->head));
	return row->head != NULL;
}

static const struct table table = {TABLE_OF(columns), .whole = head_row};

/* ---- below the list ---- */

static void draw_below(const struct app *app, struct grid *g)
{
	const struct diagnosis *d = &targets_state(app)->all;
	const struct target_verdict *t = targets_at(app, app_frame(app)->sel);
	char text[APP_TEXT];
	if (app->h < BELOW_FROM || !t)
		return;
	const struct target *known = catalogue_target(t->id);
	int y = g->h - 2 - BELOW_ROWS, x = grid_put(g, 1, y, ROLE_KEY, t->id) + 3;
	grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_END, _(known ? known->words : t->title));
	targets_way(t, targets_state(app)->members, &app->session->chosen->install, text,
		    sizeof(text));
	int used = 1;
	if (known)
		grid_field(g, 3, y + 1, g->w - 5, ROLE_PLAIN, FIT_END, text);
	else
		used = draw_wrapped(g, 3, y + 1, 2, ROLE_PLAIN, text);
	targets_reason(d, t, text, sizeof(text));
	draw_wrapped(g, 3, y + 1 + used, BELOW_ROWS - 1 - used, ROLE_PLAIN, text);
}

/* Rows between the history and the first target: a blank one and the heads, where they fit. */
static int rows_above(const struct app *app)
{
	return 1 + (app->h > BLANKS_ABOVE) + (app->h > HEADS_ABOVE);
}

static int targets_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - rows_above(app) -
		   (app->h >= BELOW_FROM ? BELOW_ROWS + 1 : 0);
	return room > 1 ? room : 1;
}

static void draw_last(const struct app *app, struct grid *g, int y)
{
	char machine[APP_TEXT];
	targets_machine(&app->session->chosen->install, machine, sizeof(machine));
	const char *first = app->session->targets[0], *asked = targets_state(app)->machine;
	const char *rest = strcmp(first, "portable") == 0 ? _(" (all it has drivers for)") : "";
	size_t len = strlen(machine);
	if (len && machine[len - 1] == '.') /* "Dell Inc." */
		machine[len - 1] = '\0';
	if (asked)
		grid_putf(g, 1, y, ROLE_PLAIN, _("Last ran on %s.  Asked: %s"), machine, asked);
	else
		grid_putf(g, 1, y, ROLE_PLAIN, _("Last ran on %s.  Marked: %s%s"), machine, first,
			  app->session->n_targets > 1 ? ", .." : rest);
}

/* Heads of groups are not counted. */
static size_t targets_counted(const struct app *app, size_t n)
{
	size_t targets = 0;
	for (size_t i = 0; i < n; i++)
		targets += targets_at(app, i) != NULL;
	return targets;
}

static void targets_draw(const struct app *app, struct grid *g)
{
	int y = body_top(app) + rows_above(app);
	draw_last(app, g, body_top(app));
	if (app->h > HEADS_ABOVE)
		table_heads(app, &table, g, y - 1);
	table_rows(app, &table, g, y, targets_room(app), targets_rows(app));
	draw_below(app, g);
}

static void targets_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	snprintf(buf, cap, brief ? _("P%u > Targets") : _("P%u Windows > Targets"),
		 app->session->chosen->install.partition);
}

static void targets_forget(struct app *app)
{
	arena_free(targets_state(app)->arena);
}

static void cmd_next_group(struct app *app)
{
	app_top(app)->sel = targets_next_group(app, app_frame(app)->sel);
	targets_moved(app);
}

static const struct command keys[] = {
	{.keys = {K_TAB},
	 .kind = DO_NARROW,
	 .run = cmd_next_group,
	 .bar = {.text = N_("group"), .wide = N_("next group"), .place = 15, .keep = 8},
	 .help = N_("the first target of the next group")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_boot,
	 .when = can_boot,
	 .bar = {.text = N_("rehearse"), .wide = N_("boot rehearsal"), .place = 20, .keep = 4},
	 .help = N_("boot rehearsal for this target")},
	{.keys = {'f'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_fix_all,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix marked"), .place = 30, .keep = 3},
	 .help = N_("stage every fix for the marked targets")},
	{.keys = {'m'},
	 .kind = DO_NARROW,
	 .run = cmd_machine,
	 .when = can_machine,
	 .bar = {.text = N_("machine"), .place = 40, .keep = 5},
	 .help = N_("ask for a new machine, the last one, another one")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .run = cmd_mark,
	 .bar = {.text = N_("mark"), .place = 10, .keep = 2},
	 .help = N_("mark or unmark this target")},
};

const struct view view_targets = {
	.name = N_("targets"),
	.state_size = sizeof(struct targets_state),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_UNDO | TAKES_REVIEW | TAKES_PACKAGES | TAKES_BOOT |
		 TAKES_DISK | TAKES_PLAN | TAKES_FACTS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = targets_crumbs,
	.open = targets_open,
	.draw = targets_draw,
	.counted = targets_counted,
	.rows = targets_rows,
	.room = targets_room,
	.moved = targets_moved,
	.forget = targets_forget,
};
