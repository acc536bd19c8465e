/* SPDX-License-Identifier: MIT */
/*
 * The driver list: verdict, the drivers that decide it, and why. The first page after opening.
 *
 * What is left out when the window is small, in this order: why lines (below 20 rows), prose (up
 * to 16), blank rows (up to 14), column heads (up to 12); the role column (below 70 columns), the
 * fix column (below 50).
 */
#include "list_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "table.h"

#define WHY_FROM     20 /* rows */
#define PROSE_ABOVE  16
#define BLANKS_ABOVE 14
#define HEADS_ABOVE  12
#define ROLE_FROM    70 /* columns */
#define FIX_FROM     50
#define WHY_ROWS     4  /* a blank one and three of text */
#define LIST_LEAST   11 /* verdict, blank rows, tabs, heads and some drivers */
#define NAME_X       5
#define NAME_LEAST   14 /* columns */
#define SENTENCE_X   10
#define START_WIDTH  15
#define STATES_MAX   4
#define STATE_TEXT_X 26 /* where draw_verdict() puts a text behind its words */
#define STATE_ROWS   5
#define ARROW_WIDTH  3
#define FIX_WIDTH    11
#define ROLE_LEAST   12
#define WIDE_FROM    100 /* columns from which "0 Boot, override" stands in full beside an arrow */
#define WIDER        3

struct list_state *list_state(const struct app *app)
{
	return app_state(app, PAGE_LIST);
}

static bool shows_why(const struct app *app)
{
	return app->h >= WHY_FROM && !prompt_is_open(app);
}

/* ---- above the list ---- */

static bool is_recovered(const struct session *s)
{
	return s->chosen && s->chosen->system->recovery.was_dirty &&
	       s->chosen->system->recovery.recovered;
}

/* What a person must know besides the verdict: why nothing is written, and what was allowed. */
struct state_line {
	const char *words, *text, *action;
};

static size_t states_of(const struct app *app, struct state_line out[STATES_MAX])
{
	const struct session *s = app->session;
	const struct guard *off = session_writes_off(s);
	const struct hive_file *f = s->chosen ? s->chosen->system : NULL;
	size_t n = 0;
	if (s->interrupted)
		out[n++] = (struct state_line){_("WRITES OFF"),
					       _("an interrupted apply waits for recovery"), ""};
	else if (off)
		out[n++] = (struct state_line){_("WRITES OFF"), off->text.shown, off->action.shown};
	for (size_t i = 0; f && i < f->n_guards && n < STATES_MAX - 1; i++)
		if (!f->guards[i].blocks)
			out[n++] = (struct state_line){_("ALLOWED"), f->guards[i].text.shown, ""};
	if (n == 0 && is_recovered(s))
		out[n++] = (struct state_line){_("HIVE RECOVERED"), f->recovery.words.shown, ""};
	return n;
}

/* In one row where it fits or the window is small, else with its whole reason below. */
static int draw_state(const struct app *app, struct grid *g, int y, const struct state_line *state)
{
	char text[2 * APP_TEXT];
	bool fits = text_width(state->text) + STATE_TEXT_X + 1 < app->w;
	if ((fits && !*state->action) || app->h <= PROSE_ABOVE) {
		if (g)
			draw_verdict(g, y, '!', state->words, state->text);
		return 1;
	}
	if (g)
		draw_verdict(g, y, '!', state->words, NULL);
	snprintf(text, sizeof(text), "%s %s", state->text, state->action);
	return 1 + (g ? draw_wrapped(g, 4, y + 1, STATE_ROWS, ROLE_PLAIN, text)
		      : wrapped_rows(text, app->w - 6, STATE_ROWS));
}

/* Draw what states_of() says, or only count the rows (g NULL). */
static int draw_states(const struct app *app, struct grid *g, int y)
{
	struct state_line states[STATES_MAX];
	size_t n = states_of(app, states);
	int used = 0;
	for (size_t i = 0; i < n; i++)
		used += draw_state(app, g, y + used, &states[i]);
	return used;
}

/* Rows that the prose may have, so that some drivers are always seen. */
static int prose_room(const struct app *app)
{
	int states = draw_states(app, NULL, 0);
	int room = body_end(app) - body_top(app) - LIST_LEAST - (shows_why(app) ? WHY_ROWS : 0) -
		   (states > 1 ? states - 1 : 0);
	return app->h <= PROSE_ABOVE || room < 0 ? 0 : room;
}

/* Draw as much of the prose as there is room for, or only count the rows (g NULL). */
static int draw_prose(const struct app *app, struct grid *g, int y)
{
	const struct verdict_words *v = &list_state(app)->verdict;
	int used = 0, room = prose_room(app);
	for (size_t i = 0; i < v->n_prose; i++)
		used += g ? draw_wrapped(g, 4, y + used, room - used, ROLE_PLAIN, v->prose[i])
			  : wrapped_rows(v->prose[i], app->w - 6, room - used);
	return used;
}

static void draw_top(const struct app *app, struct grid *g, int y)
{
	const struct verdict_words *v = &list_state(app)->verdict;
	const char *words, *rest;
	verdict_fit(v, g->w - 5, g->w >= ROLE_FROM ? 4 : 2, &words, &rest);
	y = draw_verdict(g, y, v->glyph, words, rest);
	y += draw_states(app, g, y);
	draw_prose(app, g, y + 1);
}

/* Row of the tab line, or of the first driver when there is none. */
static int list_top(const struct app *app)
{
	int y = body_top(app) + 1 + draw_states(app, NULL, 0);
	if (app->h > PROSE_ABOVE)
		return y + 2 + draw_prose(app, NULL, 0);
	return app->h > BLANKS_ABOVE ? y + 1 : y;
}

static int rows_top(const struct app *app)
{
	return list_top(app) + (app->h > HEADS_ABOVE ? 2 : 0);
}

static int rows_room(const struct app *app)
{
	int room = body_end(app) - rows_top(app) - (shows_why(app) ? WHY_ROWS : 0);
	return room > 1 ? room : 1;
}

static void draw_tabs(const struct app *app, struct grid *g, int y)
{
	static const char *const names[LIST_KINDS] = {N_("Problems"), N_("Boot-critical"),
						      N_("All")};
	static const char *const sorts[SORTS] = {N_("worst first"), N_("by name"), N_("by Start"),
						 N_("by group"), N_("last changed")};
	const struct list_state *list = list_state(app);
	int x = 1;
	for (size_t i = 0; i < LIST_KINDS; i++) {
		bool on = i == list->kind;
		x = grid_putf(g, x, y, on ? ROLE_KEY : ROLE_PLAIN, on ? "[%s %zu]" : " %s %zu ",
			      _(names[i]), list->counts[i]) +
		    1;
	}
	const char *sort = _(sorts[list->sort]);
	if (x + text_width(sort) < g->w - 4)
		grid_put(g, g->w - 4 - text_width(sort), y, ROLE_DIM, sort);
}

/* ---- the columns ---- */

static const struct list_row *row_at(const struct app *app, size_t i)
{
	return &list_state(app)->rows[i];
}

static void glyph_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->buf[0] = row_glyph(row_at(app, i));
	out->buf[1] = '\0';
	out->role = glyph_role(out->buf[0]);
}

static void star_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_staged(app, row_at(app, i)) ? "*" : "";
	out->role = ROLE_NEW;
}

static void name_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_at(app, i)->name;
}

/* It may reach into the arrow's place while there is none. */
static void start_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_start(row_at(app, i), out->buf);
	if (out->w >= FIX_FROM && row_staged(app, row_at(app, i)))
		out->room = START_WIDTH - 1 + (out->w >= WIDE_FROM ? WIDER : 0);
}

static void arrow_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_staged(app, row_at(app, i)) ? "->" : "";
	out->role = ROLE_NEW;
}

static void fix_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_fix(app, row_at(app, i), out->buf);
	out->role = row_staged(app, row_at(app, i)) ? ROLE_NEW : ROLE_PLAIN;
}

/* Words of which only the beginning fits say nothing. */
static void role_cell(const struct app *app, size_t i, struct table_cell *out)
{
	if (out->room >= ROLE_LEAST)
		out->text = row_role(row_at(app, i));
}

/* The name column grows with the longest name, as far as the columns behind it allow. */
static int longer_names(const struct app *app, int w)
{
	int name = NAME_LEAST, most = w - NAME_X - START_WIDTH;
	most -= w >= FIX_FROM ? ARROW_WIDTH + FIX_WIDTH : 0;
	most -= w >= WIDE_FROM ? WIDER : 0;
	for (size_t i = 0; i < list_state(app)->n; i++) {
		int width = text_width(row_at(app, i)->name) + 1;
		name = width > name ? width : name;
	}
	return (name > most ? most : name) - NAME_LEAST;
}

#define START_X (NAME_X + NAME_LEAST)
#define ARROW_X (START_X + START_WIDTH)
#define FIX_X   (ARROW_X + ARROW_WIDTH)

static const struct column columns[] = {
	{.places = {{0, 2, 1}}, .cell = glyph_cell},
	{.places = {{0, 3, 1}}, .cell = star_cell},
	{.title = N_("Driver"), .fit = FIT_MIDDLE, .places = {{0, NAME_X, 0}}, .cell = name_cell},
	{.title = N_("Start now"),
	 .moves = true,
	 .places = {{WIDE_FROM, START_X, START_WIDTH + WIDER + ARROW_WIDTH - 1},
		    {FIX_FROM, START_X, START_WIDTH + ARROW_WIDTH - 1},
		    {0, START_X, 0}},
	 .cell = start_cell},
	{.moves = true,
	 .places = {{WIDE_FROM, ARROW_X + WIDER, 2}, {FIX_FROM, ARROW_X, 2}},
	 .cell = arrow_cell},
	{.title = N_("Fix"),
	 .moves = true,
	 .places = {{WIDE_FROM, FIX_X + WIDER, 0}, {FIX_FROM, FIX_X, 0}},
	 .cell = fix_cell},
	{.title = N_("Role"),
	 .moves = true,
	 .places = {{WIDE_FROM, FIX_X + WIDER + FIX_WIDTH, 0}, {ROLE_FROM, FIX_X + FIX_WIDTH, 0}},
	 .cell = role_cell},
};

/* About the disk: the rule and its sentence, across the columns. */
static bool sentence_row(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct list_row *row = row_at(app, i);
	if (!row->finding || !finding_is_sentence(row->finding))
		return false;
	grid_putf(g, 2, y, glyph_role(row_glyph(row)), "%c", row_glyph(row));
	grid_put(g, NAME_X, y, ROLE_PLAIN, row->name);
	grid_field(g, SENTENCE_X, y, g->w - SENTENCE_X - 1, ROLE_PLAIN, FIT_END,
		   row->finding->found.shown);
	return true;
}

static const struct table table = {TABLE_OF(columns), .shift = longer_names, .whole = sentence_row};

/* ---- below the list ---- */

static void draw_why(const struct app *app, struct grid *g, const struct list_row *row)
{
	char why[APP_TEXT], file[APP_TEXT];
	int y = g->h - 2 - (WHY_ROWS - 1);
	const struct service *service = row->service;
	const char *title = service && service->display_name ? service->display_name
							     : row_role(row);
	int x = grid_put(g, 1, y, ROLE_KEY, row->name) + 2;
	if (service && row->finding)
		x = grid_put(g, x, y, ROLE_PLAIN, row->finding->rule->id) + 2;
	x = grid_field(g, x, y, text_width(title) < g->w - x - 4 ? text_width(title) : g->w - x - 4,
		       ROLE_PLAIN, FIT_END, title);
	if (service && service->group) {
		char group[128];
		snprintf(group, sizeof(group), _("group %s"), service->group);
		if (g->w - 4 - text_width(group) > x + 1)
			grid_put(g, g->w - 4 - text_width(group), y, ROLE_PLAIN, group);
	}
	row_why(app, row, why, file, sizeof(why));
	int used = draw_wrapped(g, 3, y + 1, 2, ROLE_PLAIN, why);
	if (used < 2)
		grid_field(g, 3, y + 1 + used, g->w - 5, ROLE_PLAIN, FIT_END, file);
}

static void draw_below(const struct app *app, struct grid *g)
{
	const struct list_row *row = list_selected(app);
	if (!row || prompt_is_open(app))
		return;
	if (shows_why(app))
		draw_why(app, g, row);
	else if (g->w < ROLE_FROM && app->h > HEADS_ABOVE)
		grid_field(g, 1, g->h - 2, g->w - 2, ROLE_PLAIN, FIT_END, row_role(row));
}

static void list_draw(const struct app *app, struct grid *g)
{
	draw_top(app, g, body_top(app));
	if (app->h > HEADS_ABOVE)
		draw_tabs(app, g, list_top(app));
	if (app->h > HEADS_ABOVE)
		table_heads(app, &table, g, rows_top(app) - 1);
	table_rows(app, &table, g, rows_top(app), rows_room(app), list_count(app));
	if (list_state(app)->n == 0)
		grid_put(g, NAME_X, rows_top(app), ROLE_DIM,
			 list_state(app)->filter[0] ? _("nothing matches the filter") : _("none"));
	draw_below(app, g);
}

/* ---- the page ---- */

static void list_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	const struct session *s = app->session;
	const struct control_set *set = judged_set(app);
	unsigned number = set ? set->number : 0;
	if (s->n_targets > 1)
		snprintf(buf, cap, brief ? _("P%u > %zu targets") : _("P%u Windows > %zu targets"),
			 s->chosen->install.partition, s->n_targets);
	else
		snprintf(buf, cap, brief ? "P%u > CS%03u" : _("P%u Windows > ControlSet%03u"),
			 s->chosen->install.partition, number);
}

static void list_select(struct app *app)
{
	app_push(app, PAGE_DETAIL);
}

static void list_forget(struct app *app)
{
	free(list_state(app)->rows);
}

static char *filter_text(const struct app *app)
{
	return list_state(app)->filter;
}

static size_t filter_of(const struct app *app)
{
	return list_state(app)->counts[list_state(app)->kind];
}

static const struct page_filter filter = {filter_text, list_refresh, filter_of, list_count};

/* ---- keys ---- */

static void cmd_next_list(struct app *app)
{
	struct list_state *list = list_state(app);
	list->kind = (enum list_kind)((list->kind + 1) % LIST_KINDS);
	list->sort = list->kind == LIST_ALL ? SORT_NAME : SORT_WORST;
	list_refresh(app);
}

static void cmd_sort(struct app *app)
{
	struct list_state *list = list_state(app);
	list->sort = (enum list_sort)((list->sort + 1) % SORTS);
	list_refresh(app);
}

static const struct command keys[] = {
	{.keys = {K_TAB},
	 .kind = DO_NARROW,
	 .run = cmd_next_list,
	 .bar = {.text = N_("list"), .place = 50, .keep = 4},
	 .help = N_("next list: problems, boot-critical, all")},
	{.keys = {'/'},
	 .kind = DO_NARROW,
	 .run = prompt_filter,
	 .bar = {.text = N_("filter"), .place = 70, .keep = 8},
	 .help = N_("filter by name, group or role")},
	{.keys = {'s'},
	 .kind = DO_NARROW,
	 .run = cmd_sort,
	 .help = N_("sort: worst, name, start, group, changed")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("details"), .place = 40, .keep = 5},
	 .help = N_("details of this driver")},
	{.keys = {'f'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_fix_all,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix all"), .place = 10, .keep = 1},
	 .alternative = is_staged,
	 .help = N_("stage every recommended fix")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_toggle,
	 .when = can_toggle,
	 .bar = {.text = N_("fix this"), .place = 20, .keep = 6},
	 .alternative = is_row_staged,
	 .other = {.text = N_("unstage"), .place = 35, .keep = 6},
	 .help = N_("stage or unstage the fix for this driver")},
	{.keys = {'e'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_set_start,
	 .when = can_set_start,
	 .help = N_("set Start by hand")},
	{.keys = {'a'},
	 .kind = DO_REVIEW,
	 .flags = COMMAND_NEEDS_RW,
	 .run = cmd_review,
	 .when = can_review,
	 .bar = {.text = N_("review"), .place = 60, .keep = 2},
	 .alternative = is_staged,
	 .other = {.text = N_("review+apply"), .place = 9, .keep = 2},
	 .help = N_("review, then apply")},
	{.keys = {'z'},
	 .kind = GO_BOOT,
	 .run = cmd_aid,
	 .when = can_targets,
	 .help = N_("first aid: see the stop code, safe mode, go back")},
	{.keys = {'o'},
	 .kind = DO_SAVE,
	 .run = cmd_report,
	 .when = can_targets,
	 .help = N_("save a report for a ticket, HTML or Markdown")},
	{.keys = {'i'},
	 .kind = GO_FACTS,
	 .run = cmd_facts,
	 .bar = {.text = N_("facts"), .wide = N_("image facts"), .place = 85, .keep = 14},
	 .help = N_("facts about image, partitions, hive")},
};

const struct view view_list = {
	.name = N_("driver list"),
	.state_size = sizeof(struct list_state),
	.takes = TAKES_LIST | TAKES_OUTER | TAKES_UNDO | TAKES_TARGETS | TAKES_PACKAGES |
		 TAKES_BOOT | TAKES_RULE | TAKES_DISK | TAKES_PLAN | TAKES_QUIT,
	.bars = TAKES_TARGETS | TAKES_BOOT | TAKES_DISK | TAKES_PLAN,
	KEYS_OF(keys),
	.crumbs = list_crumbs,
	.open = list_open,
	.draw = list_draw,
	.rows = list_count,
	.room = rows_room,
	.select = list_select,
	.moved = list_keep_selected,
	.filter = &filter,
	.finding = list_finding,
	.changed = list_changed,
	.forget = list_forget,
};
