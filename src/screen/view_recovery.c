/* SPDX-License-Identifier: MIT */
/*
 * An earlier apply was interrupted: what the disk holds right now, and the ways out. Shown before
 * anything else. Undo and Finish are offered only when every byte is the old or the new one.
 */
#include "view.h"

#include "stop7b/i18n.h"

enum choice { CHOICE_UNDO, CHOICE_FINISH, CHOICE_LOOK };

static const struct {
	enum choice choice;
	const char *name, *words;
	bool writes;
} choices[] = {
	{CHOICE_UNDO, N_("Undo"), N_("put it back: the image is as it was before that apply"),
	 true},
	{CHOICE_FINISH, N_("Finish"), N_("write the rest, which was reviewed and confirmed"), true},
	{CHOICE_LOOK, N_("Look"), N_("stay read-only and decide later"), false},
};

#define N_CHOICES (sizeof(choices) / sizeof(choices[0]))

static bool writing_offered(const struct app *app)
{
	return app->session->recovery.state != UNDO_FOREIGN && !app->options->read_only &&
	       app->session->record_error.code == E_OK;
}

static size_t first_choice(const struct app *app)
{
	return writing_offered(app) ? 0 : CHOICE_LOOK;
}

static size_t recovery_rows(const struct app *app)
{
	return N_CHOICES - first_choice(app);
}

static int recovery_room(const struct app *app)
{
	(void)app;
	return (int)N_CHOICES;
}

/* ---- the text above the choices ---- */

static void put_states(struct app *app)
{
	static const struct {
		const char *word, *meaning;
	} states[] = {[UNDO_OLD] = {N_("old"), N_("not written yet")},
		      [UNDO_NEW] = {N_("new"), N_("written")},
		      [UNDO_MIXED] = {N_("mixed"), N_("partly written")},
		      [UNDO_FOREIGN] = {N_("other"), N_("changed by something else")}};
	const struct session *s = app->session;
	for (size_t i = 0; i < s->record.n_values && s->recovery.values; i++) {
		const struct undo_value *v = &s->record.values[i];
		int y = sheet_line(&app->sheet);
		struct grid *g = app->sheet.grid;
		grid_putf(g, 6, y, ROLE_PLAIN, "%zu", i + 1);
		grid_field(g, 9, y, 14, ROLE_PLAIN, FIT_MIDDLE, v->subject);
		grid_field(g, 24, y, 15, ROLE_PLAIN, FIT_MIDDLE, v->name);
		grid_put(g, 40, y, ROLE_PLAIN, _(states[s->recovery.values[i]].word));
		grid_put(g, 47, y, ROLE_PLAIN, _(states[s->recovery.values[i]].meaning));
	}
}

static void put_end(struct app *app)
{
	const struct session *s = app->session;
	char text[APP_TEXT];
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	if (s->record_error.code)
		sheet_wrap(&app->sheet, 4, ROLE_WARN, s->record_error.shown);
	else if (s->recovery.state != UNDO_FOREIGN)
		sheet_wrap(&app->sheet, 4, ROLE_PLAIN,
			   _("Every value is exactly its old or its new bytes. Nothing is torn."));
	else {
		snprintf(text, sizeof(text),
			 _("Image byte 0x%llx holds 0x%02x, which is neither the old nor the new "
			   "byte: something else changed the image since. Nothing can be written "
			   "from this record."),
			 (unsigned long long)s->recovery.foreign_at, s->recovery.foreign_byte);
		sheet_wrap(&app->sheet, 4, ROLE_WARN, text);
	}
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
}

static void recovery_build(struct app *app)
{
	const struct session *s = app->session;
	struct sheet *sheet = &app->sheet;
	char time[TIME_TEXT], rest[APP_TEXT], file[APP_TEXT];
	int y = sheet_line(sheet);
	if (y < 0)
		return;
	snprintf(rest, sizeof(rest), "%s UTC  %s", minute_words(s->record.created, time),
		 s->record.who ? s->record.who : "");
	draw_verdict(sheet->grid, y, '!', _("AN EARLIER APPLY WAS INTERRUPTED"),
		     app->w >= 70 ? rest : NULL);
	sheet_put(sheet, 0, ROLE_PLAIN, "");
	const char *origin = session_record_origin(s);
	if (origin) {
		snprintf(file, sizeof(file),
			 _("The record was made of %s, which this image was then."), origin);
		sheet_wrap(sheet, 4, ROLE_PLAIN, file);
	}
	snprintf(file, sizeof(file),
		 ngettext("Its undo record lists %zu value. On the disk right now:",
			  "Its undo record lists %zu values. On the disk right now:",
			  s->record.n_values),
		 s->record.n_values);
	sheet_wrap(sheet, 4, ROLE_PLAIN, file);
	sheet_put(sheet, 0, ROLE_PLAIN, "");
	put_states(app);
	put_end(app);
}

/* ---- drawing: the choices stay visible, the text above gives way ---- */

static void recovery_draw(const struct app *app, struct grid *g)
{
	const struct grid *from = app->sheet.grid;
	size_t n = recovery_rows(app), first = first_choice(app);
	int room = body_end(app) - body_top(app) - (int)n;
	int lines = app->sheet.n < room ? app->sheet.n : room;
	for (int i = 0; from && i < lines; i++)
		for (int x = 0; x < g->w && x < from->w; x++)
			*grid_cell(g, x, body_top(app) + i) = *grid_cell(from, x, i);
	for (size_t i = 0; i < n; i++) {
		int y = body_top(app) + lines + (int)i;
		int x = grid_put(g, 4, y, ROLE_KEY, _(choices[first + i].name));
		x = x + 2 > 14 ? x + 2 : 14;
		grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_END, _(choices[first + i].words));
		if (i == app_frame(app)->sel)
			draw_selected(g, y);
	}
}

static void recovery_select(struct app *app)
{
	switch (choices[first_choice(app) + app_frame(app)->sel].choice) {
	case CHOICE_UNDO:
		review_start(app, REVIEW_RECOVER_UNDO);
		break;
	case CHOICE_FINISH:
		review_start(app, REVIEW_RECOVER_FINISH);
		break;
	case CHOICE_LOOK:
		app_pop(app);
	}
}

static void recovery_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("Recovery"));
}

static const struct command keys[] = {
	{.keys = {K_UP, 'k'},
	 .kind = DO_MOVE,
	 .run = cmd_up,
	 .bar = {.text = N_("choose"), .keys = "up/down", .place = 10, .keep = 3},
	 .help = N_("the choice above")},
	{.keys = {K_DOWN, 'j'}, .kind = DO_MOVE, .run = cmd_down, .help = N_("the choice below")},
	{.keys = {K_ENTER},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .bar = {.text = N_("do it"), .wide = N_("do it (asks first)"), .place = 20, .keep = 2},
	 .help = N_("do what is chosen; it asks first")},
	{.keys = {'q', K_CTRL('c')},
	 .kind = DO_QUIT,
	 .run = cmd_quit,
	 .bar = {.text = N_("quit"), .wide = N_("quit, change nothing"), .place = 99, .keep = 1},
	 .help = N_("quit, change nothing")},
};

const struct view view_recovery = {
	.name = N_("recovery"),
	.takes = TAKES_HELP | TAKES_JUMPS | TAKES_OUTER,
	KEYS_OF(keys),
	.crumbs = recovery_crumbs,
	.build = recovery_build,
	.draw = recovery_draw,
	.rows = recovery_rows,
	.room = recovery_room,
	.select = recovery_select,
};
