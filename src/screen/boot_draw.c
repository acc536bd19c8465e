/* SPDX-License-Identifier: MIT */
/*
 * How a boot rehearsal looks: verdict, steps or load order, and why. Nothing is read or judged.
 *
 * What is left out when the window is small: why lines (below 20 rows, one of them down to 13),
 * the note and the blank rows (up to 16), column heads (up to 12); the group column and what a
 * step needs (below 70 columns), tags (below 50).
 */
#include "boot_internal.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "table.h"

#define WHY_FROM       20 /* rows of the window that leave room for the why lines */
#define WHY_ROWS       4  /* a blank one and three of text */
#define NOTE_ABOVE     16 /* rows above which blank rows, and the note in one of them, are shown */
#define HEADS_ABOVE    12
#define VERY_WIDE_FROM 110 /* columns */
#define WIDE_FROM      70
#define BRIEF_FROM     50

/* ---- room ---- */

static int rows_top(const struct app *app)
{
	int y = body_top(app) + (app->h > NOTE_ABOVE ? 2 : 1);
	return y + (app->h > HEADS_ABOVE);
}

static bool shows_why(const struct app *app)
{
	return app->h >= WHY_FROM;
}

int boot_room(const struct app *app)
{
	int room = body_end(app) - rows_top(app) - (shows_why(app) ? WHY_ROWS : 0);
	room -= !shows_why(app) && app->h > HEADS_ABOVE; /* one line of why */
	return room > 1 ? room : 1;
}

/* ---- steps ---- */

static void step_glyph(const struct app *app, size_t i, struct table_cell *out)
{
	out->buf[0] = boot_step_glyph(boot_step_at(app, i)->state);
	out->buf[1] = '\0';
	out->role = glyph_role(out->buf[0]);
}

static void step_title(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = _(boot_step_at(app, i)->title);
}

static void step_needs(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = boot_step_at(app, i)->needs.shown;
}

static void step_state(const struct app *app, size_t i, struct table_cell *out)
{
	const struct rehearsal_step *step = boot_step_at(app, i);
	out->text = step->words.plain ? step->words.shown : "";
	out->role = step->state == REHEARSAL_STOPS ? ROLE_BAD : ROLE_PLAIN;
	out->fills = true;
}

static const struct column step_columns[] = {
	{.places = {{0, 2, 1}}, .cell = step_glyph},
	{.title = N_("Step"), .places = {{0, 5, 0}}, .cell = step_title},
	{.title = N_("Needs"), .places = {{WIDE_FROM, 29, 0}}, .cell = step_needs},
	{.title = N_("State"),
	 .places = {{VERY_WIDE_FROM, 72, 0}, {WIDE_FROM, 50, 0}, {BRIEF_FROM, 28, 0}, {0, 25, 0}},
	 .cell = step_state},
};

/* ---- load order ---- */

static void item_glyph(const struct app *app, size_t i, struct table_cell *out)
{
	out->buf[0] = boot_file_glyph(boot_item_at(app, i));
	out->buf[1] = '\0';
	out->role = glyph_role(out->buf[0]);
}

static void item_number(const struct app *app, size_t i, struct table_cell *out)
{
	(void)app;
	snprintf(out->buf, sizeof(out->buf), "%zu", i + 1);
}

static void item_driver(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = boot_item_at(app, i)->service->name;
}

static void item_group(const struct app *app, size_t i, struct table_cell *out)
{
	const struct load_item *item = boot_item_at(app, i);
	out->text = item->group ? item->group : "-";
}

static void item_tag(const struct app *app, size_t i, struct table_cell *out)
{
	const struct load_item *item = boot_item_at(app, i);
	snprintf(out->buf, sizeof(out->buf), "%u", item->tag);
	if (item->tag == UINT32_MAX)
		out->text = "-";
}

static void item_file(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = boot_file_words(boot_item_at(app, i));
}

static const struct column order_columns[] = {
	{.places = {{0, 2, 1}}, .cell = item_glyph},
	{.title = "   #", .fit = FIT_RIGHT, .places = {{0, 4, 4}}, .cell = item_number},
	{.title = N_("Driver"), .fit = FIT_MIDDLE, .places = {{0, 9, 0}}, .cell = item_driver},
	{.title = N_("Group"),
	 .places = {{VERY_WIDE_FROM, 33, 0}, {WIDE_FROM, 27, 0}},
	 .cell = item_group},
	{.title = N_("Tag"),
	 .places = {{VERY_WIDE_FROM, 62, 0}, {WIDE_FROM, 48, 0}, {BRIEF_FROM, 27, 0}},
	 .cell = item_tag},
	{.title = N_("File"),
	 .places = {{VERY_WIDE_FROM, 69, 0}, {WIDE_FROM, 53, 0}, {BRIEF_FROM, 32, 0}, {0, 25, 0}},
	 .cell = item_file},
};

static const struct table *table_of(const struct app *app)
{
	static const struct table steps = {TABLE_OF(step_columns)};
	static const struct table order = {TABLE_OF(order_columns)};
	return boot_state(app)->order ? &order : &steps;
}

/* ---- why ---- */

static void item_words(const struct load_item *item, char *buf, size_t cap)
{
	const char *reason = item->reason == LOAD_BOOT_FLAGS
				     ? _("Promoted for this kind of boot by BootFlags. ")
			     : item->reason == LOAD_FILE_SYSTEM
				     ? _("The boot volume's file system, whatever its Start. ")
				     : "";
	size_t used = (size_t)snprintf(buf, cap, "%s%s%s%s", reason,
				       item->early ? _("Moved in front of all groups. ") : "",
				       item->parked ? _("An override parks it on another machine. ")
						    : "",
				       item->problem.plain ? item->problem.shown : "");
	if (used < cap && item->problem.plain)
		used += (size_t)snprintf(buf + used, cap - used, ". ");
	if (used < cap)
		snprintf(buf + used, cap - used, "%s: %s.",
			 item->file ? item->file : item->service->name, boot_file_words(item));
}

static void step_words(const struct app *app, size_t i, char *buf, size_t cap)
{
	const struct rehearsal_step *step = boot_step_at(app, i);
	const char *needs = step->n_services > 1 ? step->needs.shown : "";
	snprintf(buf, cap, "%s%s%s",
		 step->why.plain ? step->why.shown : boot_step_meaning(boot_place_at(app, i)),
		 *needs ? _("  Needs: ") : "", needs);
}

static void why_words(const struct app *app, size_t i, char *buf, size_t cap)
{
	const struct load_item *item = boot_item_at(app, i);
	buf[0] = '\0';
	if (item)
		item_words(item, buf, cap);
	else if (boot_step_at(app, i))
		step_words(app, i, buf, cap);
}

/* At the right margin where there is room; returns the first column that is taken. */
static int draw_group(struct grid *g, int y, int x, int end, const char *name)
{
	char group[128];
	snprintf(group, sizeof(group), _("group %s"), name);
	if (end - text_width(group) <= x + 20)
		return end;
	grid_put(g, end - text_width(group), y, ROLE_PLAIN, group);
	return end - text_width(group);
}

/* Whose lines these are: the driver with its name in words and its group, or the step. */
static void draw_subject(const struct app *app, struct grid *g, int y, size_t i)
{
	const char *name = boot_service_at(app, i);
	const struct service *svc = boot_service_named(app, name);
	const struct rehearsal_step *step = boot_step_at(app, i);
	int x = grid_put(g, 1, y, ROLE_KEY, name ? name : step ? _(step->title) : "") + 2;
	if (step && step->rule)
		x = grid_put(g, x, y, ROLE_PLAIN, step->rule->id) + 2;
	int end = g->w - 4;
	if (!name)
		return;
	if (svc && svc->group)
		end = draw_group(g, y, x, end, svc->group);
	grid_field(g, x, y, end - x - 1, ROLE_PLAIN, FIT_END,
		   svc && svc->display_name ? svc->display_name : driver_role(name, svc));
}

static void draw_why(const struct app *app, struct grid *g)
{
	char why[APP_TEXT];
	size_t sel = app_frame(app)->sel;
	int y = g->h - 2 - (WHY_ROWS - 1);
	if (sel >= boot_rows(app))
		return;
	why_words(app, sel, why, sizeof(why));
	if (shows_why(app)) {
		draw_subject(app, g, y, sel);
		draw_wrapped(g, 3, y + 1, 2, ROLE_PLAIN, why);
	} else if (app->h > HEADS_ABOVE) {
		grid_field(g, 1, g->h - 2, g->w - 2, ROLE_PLAIN, FIT_END, why);
	}
}

/* ---- the whole ---- */

static void draw_top(const struct app *app, struct grid *g)
{
	const struct rehearsal *r = boot_state(app)->run;
	struct boot_words v = {.glyph = '?'};
	int y = body_top(app);
	if (r)
		boot_words_of(r, &v);
	else
		snprintf(v.whole, sizeof(v.whole), "%s", _("NOT REHEARSED"));
	int room = g->w - 5, gap = g->w >= WIDE_FROM ? 4 : 2;
	const char *words = text_width(v.whole) <= room ? v.whole : v.words;
	bool fits = text_width(words) + gap + text_width(v.rest) <= room;
	draw_verdict(g, y, v.glyph, words, fits ? v.rest : "");
	if (app->h <= NOTE_ABOVE || !r)
		return;
	if (boot_state(app)->order && r->list.problem.plain)
		grid_field(g, 4, y + 1, g->w - 5, ROLE_PLAIN, FIT_END, r->list.problem.shown);
	else if (is_staged(app))
		grid_field(g, 4, y + 1, g->w - 5, ROLE_NEW, FIT_END,
			   _("with what is staged; nothing is written yet"));
}

void boot_draw(const struct app *app, struct grid *g)
{
	int y = rows_top(app);
	draw_top(app, g);
	if (app->h > HEADS_ABOVE)
		table_heads(app, table_of(app), g, y - 1);
	table_rows(app, table_of(app), g, y, boot_room(app), boot_rows(app));
	draw_why(app, g);
}
