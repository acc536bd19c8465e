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

struct step_columns {
	int needs, state; /* first column; needs -1: not shown */
};

static struct step_columns step_columns_of(int w)
{
	if (w >= VERY_WIDE_FROM)
		return (struct step_columns){29, 72};
	if (w >= WIDE_FROM)
		return (struct step_columns){29, 50};
	return (struct step_columns){-1, w >= BRIEF_FROM ? 28 : 25};
}

static void draw_step_heads(struct grid *g, int y)
{
	struct step_columns c = step_columns_of(g->w);
	grid_put(g, 5, y, ROLE_HEAD, _("Step"));
	if (c.needs >= 0)
		grid_put(g, c.needs, y, ROLE_HEAD, _("Needs"));
	grid_put(g, c.state, y, ROLE_HEAD, _("State"));
}

static void draw_step(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct rehearsal_step *step = boot_step_at(app, i);
	struct step_columns c = step_columns_of(g->w);
	char glyph = boot_step_glyph(step->state);
	grid_putf(g, 2, y, glyph_role(glyph), "%c", glyph);
	grid_field(g, 5, y, (c.needs >= 0 ? c.needs : c.state) - 6, ROLE_PLAIN, FIT_END,
		   _(step->title));
	if (c.needs >= 0)
		grid_field(g, c.needs, y, c.state - c.needs - 1, ROLE_PLAIN, FIT_END, step->needs);
	grid_field(g, c.state, y, g->w - c.state - 1,
		   step->state == REHEARSAL_STOPS ? ROLE_BAD : ROLE_PLAIN, FIT_END,
		   step->words ? _(step->words) : "");
}

/* ---- load order ---- */

struct order_columns {
	int group, tag, file; /* first column; -1: not shown */
};

static struct order_columns order_columns_of(int w)
{
	if (w >= VERY_WIDE_FROM)
		return (struct order_columns){33, 62, 69};
	if (w >= WIDE_FROM)
		return (struct order_columns){27, 48, 53};
	if (w >= BRIEF_FROM)
		return (struct order_columns){-1, 27, 32};
	return (struct order_columns){-1, -1, 25};
}

static void draw_order_heads(struct grid *g, int y)
{
	struct order_columns c = order_columns_of(g->w);
	grid_field(g, 4, y, 4, ROLE_HEAD, FIT_RIGHT, "#");
	grid_put(g, 9, y, ROLE_HEAD, _("Driver"));
	if (c.group >= 0)
		grid_put(g, c.group, y, ROLE_HEAD, _("Group"));
	if (c.tag >= 0)
		grid_put(g, c.tag, y, ROLE_HEAD, _("Tag"));
	grid_put(g, c.file, y, ROLE_HEAD, _("File"));
}

static void draw_item(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct load_item *item = boot_item_at(app, i);
	struct order_columns c = order_columns_of(g->w);
	char number[24], glyph = boot_file_glyph(item);
	int name = (c.group >= 0 ? c.group : c.tag >= 0 ? c.tag : c.file) - 10;
	snprintf(number, sizeof(number), "%zu", i + 1);
	grid_putf(g, 2, y, glyph_role(glyph), "%c", glyph);
	grid_field(g, 4, y, 4, ROLE_PLAIN, FIT_RIGHT, number);
	grid_field(g, 9, y, name, ROLE_PLAIN, FIT_MIDDLE, item->service->name);
	if (c.group >= 0)
		grid_field(g, c.group, y, c.tag - c.group - 1, ROLE_PLAIN, FIT_END,
			   item->group ? item->group : "-");
	snprintf(number, sizeof(number), "%u", item->tag);
	if (c.tag >= 0)
		grid_field(g, c.tag, y, c.file - c.tag - 1, ROLE_PLAIN, FIT_END,
			   item->tag == UINT32_MAX ? "-" : number);
	grid_field(g, c.file, y, g->w - c.file - 1, ROLE_PLAIN, FIT_END, boot_file_words(item));
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
				       item->problem ? item->problem : "");
	if (used < cap && item->problem)
		used += (size_t)snprintf(buf + used, cap - used, ". ");
	if (used < cap)
		snprintf(buf + used, cap - used, "%s: %s.",
			 item->file ? item->file : item->service->name, boot_file_words(item));
}

static void step_words(const struct app *app, size_t i, char *buf, size_t cap)
{
	const struct rehearsal_step *step = boot_step_at(app, i);
	const char *needs = step->n_services > 1 ? step->needs : "";
	snprintf(buf, cap, "%s%s%s", step->why ? step->why : boot_step_meaning(i),
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
		snprintf(v.words, sizeof(v.words), "%s", _("NOT REHEARSED"));
	draw_verdict(g, y, v.glyph, v.words, g->w >= BRIEF_FROM ? v.rest : "");
	if (app->h <= NOTE_ABOVE || !r)
		return;
	if (boot_state(app)->order && r->list.problem)
		grid_field(g, 4, y + 1, g->w - 5, ROLE_PLAIN, FIT_END, r->list.problem);
	else if (is_staged(app))
		grid_field(g, 4, y + 1, g->w - 5, ROLE_NEW, FIT_END,
			   _("with what is staged; nothing is written yet"));
}

void boot_draw(const struct app *app, struct grid *g)
{
	const struct frame *frame = app_frame(app);
	int y = rows_top(app), room = boot_room(app);
	draw_top(app, g);
	if (app->h > HEADS_ABOVE)
		(boot_state(app)->order ? draw_order_heads : draw_step_heads)(g, y - 1);
	for (size_t i = frame->top; i < boot_rows(app) && room-- > 0; i++, y++) {
		(boot_state(app)->order ? draw_item : draw_step)(app, g, y, i);
		if (i == frame->sel)
			draw_selected(g, y);
	}
	draw_why(app, g);
}
