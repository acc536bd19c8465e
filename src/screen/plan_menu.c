/* SPDX-License-Identifier: MIT */
/*
 * The host's boot menu as the plan would leave it: its entries with what is chosen, why for the
 * one under the cursor, and the commands that the saved file runs.
 *
 * A store that was not read whole says so first. What is left out when the window is small: the
 * prose (up to 16 rows), column heads (up to 12), then the commands; what an entry boots (below 70
 * columns).
 */
#include "plan_internal.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "table.h"

#define PROSE_ABOVE   16 /* rows of the window above which prose and blank rows are shown */
#define HEADS_ABOVE   12
#define LIST_LEAST    3 /* rows */
#define WHY_MOST      5
#define WHY_LEAST     3
#define WHY_MARGINS   5  /* columns left and right of the text */
#define GAPS_FROM     7  /* rows below the list that leave room for a blank one */
#define COMMANDS_FROM 10 /* and for commands: file, export, look, delete, undo */
#define COMMANDS_WANT 7  /* rows, the blank one above them included */
#define WIDE_FROM     70 /* columns */
#define BRIEF_FROM    50

/* ---- room ---- */

struct layout {
	int list, list_rows;
	int why, why_rows;
	int commands, command_rows; /* the file's line is the first; 1: no commands */
};

static bool is_whole(const struct app *app)
{
	return plan_state(app)->menu && plan_state(app)->menu->store.whole;
}

static int list_top(const struct app *app)
{
	int y = body_top(app);
	if (app->h > PROSE_ABOVE)
		y += is_whole(app) ? 3 : 4;
	else
		y += is_whole(app) ? 0 : 1;
	return y + (app->h > HEADS_ABOVE);
}

static struct layout layout_of(const struct app *app)
{
	struct layout l = {.list = list_top(app)};
	int room = body_end(app) - l.list, n = (int)plan_state(app)->n_rows;
	int most = room * 2 / 5 > LIST_LEAST ? room * 2 / 5 : LIST_LEAST;
	l.list_rows = n < most ? (n > 0 ? n : 1) : most;
	int rest = room - l.list_rows, gap = rest >= GAPS_FROM;
	l.why = l.list + l.list_rows + gap;
	if (rest >= COMMANDS_FROM) {
		int left = rest - gap - COMMANDS_WANT;
		l.why_rows = left > WHY_MOST ? WHY_MOST : left > WHY_LEAST ? left : WHY_LEAST;
		l.commands = l.why + l.why_rows + 1;
	} else {
		l.why_rows = rest > gap + 1 ? rest - gap - 1 : 0;
		l.commands = l.why + l.why_rows;
	}
	l.command_rows = body_end(app) - l.commands;
	return l;
}

static size_t menu_rows(const struct app *app)
{
	return plan_state(app)->n_rows;
}

static int menu_room(const struct app *app)
{
	return layout_of(app).list_rows;
}

/* ---- rows ---- */

static const struct plan_row *row_at(const struct app *app, size_t i)
{
	return &plan_state(app)->rows[i];
}

static void mark_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_at(app, i)->chosen ? "[x]" : "[ ]";
	out->role = row_at(app, i)->chosen ? ROLE_NEW : ROLE_PLAIN;
}

static void entry_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = plan_id(row_at(app, i)->object, out->buf);
}

static void description_cell(const struct app *app, size_t i, struct table_cell *out)
{
	snprintf(out->buf, sizeof(out->buf), "\"%s\"", plan_description(row_at(app, i)->object));
}

static void boots_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = plan_boots(app, row_at(app, i)->object, out->buf, sizeof(out->buf));
}

static void plan_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = row_at(app, i)->chosen ? _("delete") : _("keep");
	out->role = row_at(app, i)->chosen ? ROLE_NEW : ROLE_PLAIN;
}

static int a_third(const struct app *app, int w)
{
	(void)app;
	return (w - 80) / 3;
}

static const struct column columns[] = {
	{.places = {{0, 2, 3}}, .cell = mark_cell},
	{.title = N_("Entry"), .places = {{0, 5, 0}}, .cell = entry_cell},
	{.places = {{0, 18, 0}}, .cell = description_cell},
	{.title = N_("Boots"),
	 .fit = FIT_MIDDLE,
	 .moves = true,
	 .places = {{WIDE_FROM, 46, 0}},
	 .cell = boots_cell},
	{.title = N_("Plan"), .places = {{WIDE_FROM, -8, 0}, {0, -7, 0}}, .cell = plan_cell},
};

static const struct table table = {TABLE_OF(columns), .shift = a_third};

static void draw_list(const struct app *app, struct grid *g, const struct layout *l)
{
	if (app->h > HEADS_ABOVE)
		table_heads(app, &table, g, l->list - 1);
	if (menu_rows(app) == 0)
		grid_field(g, 5, l->list, g->w - 6, ROLE_PLAIN, FIT_END,
			   _("The store has no entry that starts Windows."));
	table_rows(app, &table, g, l->list, l->list_rows, menu_rows(app));
}

/* ---- why and commands ---- */

static void draw_why(const struct app *app, struct grid *g, const struct layout *l)
{
	const struct plan_row *row = plan_selected(app);
	struct plan_why why;
	int y = l->why, end = l->why + l->why_rows;
	if (!row)
		return;
	plan_why_of(app, row, &why);
	bool cut = false;
	for (size_t i = 0; i < why.n && y < end; i++) {
		int rows = draw_wrapped(g, 3, y, end - y, ROLE_PLAIN, why.lines[i]);
		y += rows;
		cut = i + 1 < why.n || text_width(why.lines[i]) > rows * (g->w - WHY_MARGINS);
	}
	if (cut)
		grid_put(g, g->w - 2, end - 1, ROLE_DIM, "..");
}

static void draw_file(const struct app *app, struct grid *g, int y)
{
	const struct plan_state *p = plan_state(app);
	char text[APP_TEXT + 64];
	snprintf(text, sizeof(text), p->saved ? _("%s, saved") : _("%s, not saved yet"), p->file);
	if (p->plan->n == 0)
		snprintf(text, sizeof(text), "%s", _("Nothing is chosen; space chooses."));
	grid_field(g, 3, y, g->w - 4, ROLE_KEY, FIT_MIDDLE, text);
}

static void draw_command(const struct app *app, struct grid *g, int y, size_t i)
{
	char text[PLAN_LINE];
	plan_command_words(plan_state(app)->plan, i, text, sizeof(text));
	grid_field(g, 3, y, g->w - 4, ROLE_PLAIN, FIT_MIDDLE, text);
}

/* From the export on, or where they do not fit from the selected entry's on. */
static int draw_some(const struct app *app, struct grid *g, int y, int room)
{
	const struct cleanup_plan *plan = plan_state(app)->plan;
	const struct plan_row *row = plan_selected(app);
	size_t n = plan_command_count(plan), fits = room > 0 ? (size_t)room : 0, at = 0;
	if (n > fits) {
		fits -= fits > 0; /* the line that says so */
		at = row ? plan_command_of(plan, plan_block_of(app, row)) : 0;
		at = at + fits > n ? n - fits : at;
	}
	for (size_t i = 0; i < fits && at + i < n; i++)
		draw_command(app, g, y++, at + i);
	if (n > fits && room > 0)
		grid_putf(g, 3, y++, ROLE_DIM, _(".. %zu commands in all; the file has them"), n);
	return y;
}

static void draw_commands(const struct app *app, struct grid *g, const struct layout *l)
{
	char text[PLAN_LINE];
	int y = l->commands;
	if (l->command_rows < 1 || !plan_state(app)->plan)
		return;
	draw_file(app, g, y++);
	if (plan_state(app)->plan->n == 0 || l->command_rows < 3)
		return;
	y = draw_some(app, g, y, l->command_rows - 2);
	plan_undo_words(plan_state(app)->plan, text, sizeof(text));
	grid_field(g, 3, y, g->w - 4, ROLE_PLAIN, FIT_MIDDLE, text);
}

/* ---- the page ---- */

static void draw_prose(const struct app *app, struct grid *g)
{
	const struct bcd_store *store = plan_state(app)->menu ? &plan_state(app)->menu->store
							      : NULL;
	int y = body_top(app);
	if (store && !store->whole) {
		y = draw_verdict(g, y, '!', _("STORE NOT WHOLE"),
				 app->w >= BRIEF_FROM ? _("nothing is chosen by itself")
						      : _("choose by hand"));
		if (app->h > PROSE_ABOVE)
			draw_wrapped(g, 4, y, 2, ROLE_PLAIN,
				     store->problem ? store->problem : _("it is damaged"));
	} else if (app->h > PROSE_ABOVE) {
		draw_wrapped(g, 1, y, 2, ROLE_PLAIN,
			     _("stop7b never edits a boot store. Run the saved file on the host, "
			       "as administrator. It exports the store first and stops if "
			       "anything differs."));
	}
}

static void menu_draw(const struct app *app, struct grid *g)
{
	struct layout l = layout_of(app);
	draw_prose(app, g);
	draw_list(app, g, &l);
	draw_why(app, g, &l);
	draw_commands(app, g, &l);
}

static void menu_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	view_of(PAGE_PLAN)->crumbs(app, buf, cap, brief);
}

/* The end of the store's name is what tells it apart. */
static void menu_mode(const struct app *app, char *buf, size_t cap)
{
	const char *name = plan_state(app)->menu ? plan_state(app)->menu->name : "";
	int room = app->w / 3, cut = 0;
	while (*name && text_width(name) > room - cut) {
		cut = 2;
		name++;
		while (((unsigned char)*name & 0xc0) == 0x80)
			name++;
	}
	snprintf(buf, cap, "%s%s%s", app->w >= WIDE_FROM ? _("host BCD: ") : "", cut ? ".." : "",
		 name);
}

static void menu_enter(struct app *app)
{
	const struct plan_row *row = plan_selected(app);
	if (plan_state(app)->menu)
		store_show(app, true, row ? row->object->guid : NULL);
}

static bool has_plan_rows(const struct app *app)
{
	return plan_state(app)->n_rows > 0;
}

static void cmd_plan_toggle(struct app *app)
{
	size_t sel = app_frame(app)->sel;
	if (sel < plan_state(app)->n_rows)
		plan_toggle(app, &plan_state(app)->rows[sel]);
}

static const struct command keys[] = {
	{.keys = {K_TAB},
	 .kind = DO_NARROW,
	 .run = plan_next_format,
	 .bar = {.text = N_("format"), .place = 25, .keep = 6},
	 .help = N_("format of the file: cmd, md, json")},
	{.keys = {'c'},
	 .kind = DO_NARROW,
	 .run = plan_turn,
	 .bar = {.text = N_("add entry"), .wide = N_("add an entry"), .place = 27, .keep = 4},
	 .help = N_("the plan that adds an entry for this disk")},
	{.keys = {'e'},
	 .kind = DO_NARROW,
	 .run = plan_ask_again,
	 .help = N_("ask for the disk's path and the host's store again")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = has_plan_rows,
	 .bar = {.text = N_("its elements"), .place = 20, .keep = 7},
	 .help = N_("this entry and the whole store")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .run = cmd_plan_toggle,
	 .when = has_plan_rows,
	 .bar = {.text = N_("choose"), .wide = N_("include or leave out"), .place = 10, .keep = 2},
	 .help = N_("delete this entry, or leave it in the menu")},
	{.keys = {'o'},
	 .kind = DO_SAVE,
	 .run = plan_save,
	 .bar = {.text = N_("save"), .place = 30, .keep = 3},
	 .alternative = is_plan_saved,
	 .other = {.text = N_("save again"), .place = 30, .keep = 3},
	 .help = N_("save the plan; once more goes over an older one")},
};

const struct view view_menu = {
	.name = N_("bcdedit plan"),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_REVIEW | TAKES_DISK | TAKES_QUIT_UNSEEN,
	KEYS_OF(keys),
	.crumbs = menu_crumbs,
	.mode = menu_mode,
	.draw = menu_draw,
	.rows = menu_rows,
	.room = menu_room,
	.select = menu_enter,
};
