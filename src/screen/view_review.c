/* SPDX-License-Identifier: MIT */
/*
 * The review page: every byte that would be written, and the only question that writes.
 *
 * Four things can be reviewed: applying what is staged, putting the last apply back, and the two
 * ways out of an interrupted apply. y is taken when the last line has been on screen, when the
 * page has been there for a moment, and when nothing forbids writing; enter and space never are.
 */
#include "review_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

#define SAVED_WIDTH 240 /* columns of the saved diff: wide enough for any path that is shown */
#define LONG_FROM   (12u << 20) /* bytes to check from which on a person may have to wait */
#define LOOK_MS     250         /* y is not taken for this long after the page opened */

struct review_state *review_state(const struct app *app)
{
	return app_state(app, PAGE_REVIEW);
}

/* ---- opening ---- */

void review_forget(struct app *app)
{
	review_free(&review_state(app)->bytes);
	free(review_state(app)->heads);
	*review_state(app) = (struct review_state){0};
}

static void read_bytes(struct app *app)
{
	struct review_state *r = review_state(app);
	review_free(&r->bytes);
	err_clear(&r->error);
	r->built = r->mode != REVIEW_APPLY ||
		   session_review(app->session, &r->bytes, &r->error) == 0;
	r->seen = 0;
}

/* Bytes of the hives that change; each is checked whole, and libraries read them. */
static uint64_t bytes_to_check(const struct session *s)
{
	uint64_t sum = 0;
	const struct hive_file *f;
	for (size_t i = 0; (f = session_changed(s, i)); i++)
		sum += f->clean.len;
	return sum;
}

static void say_that_it_works(struct app *app)
{
	uint64_t bytes = bytes_to_check(app->session);
	if (bytes < LONG_FROM)
		return;
	app_say(app, _("Checking %llu MiB of hives..."), (unsigned long long)(bytes >> 20));
	app_paint(app);
	app_say(app, "%s", "");
}

void review_start(struct app *app, enum review_mode mode)
{
	review_forget(app);
	review_state(app)->mode = mode;
	if (mode == REVIEW_APPLY)
		say_that_it_works(app);
	review_state(app)->opened_ms = app_now_ms(app);
	read_bytes(app);
	if (app->host.drop_typed)
		app->host.drop_typed(app->host.ctx);
	app_push(app, PAGE_REVIEW);
}

enum review_mode review_mode_of(const struct app *app)
{
	return review_state(app)->mode;
}

struct review *review_bytes(struct app *app)
{
	return &review_state(app)->bytes;
}

/* What is shown now has not been looked at yet. */
static void review_appeared(struct app *app)
{
	review_state(app)->opened_ms = app_now_ms(app);
}

/* ---- moving: the cursor walks the lines, the change it is in can be dropped ---- */

static int review_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 1;
	return room > 1 ? room : 1;
}

static const struct review_head *head_at(const struct app *app)
{
	const struct review_state *r = review_state(app);
	const struct review_head *head = r->n_heads ? &r->heads[0] : NULL;
	for (size_t i = 0; i < r->n_heads; i++)
		if (r->heads[i].line <= app_frame(app)->sel)
			head = &r->heads[i];
	return head;
}

static void review_moved(struct app *app)
{
	struct review_state *r = review_state(app);
	struct frame *frame = app_top(app);
	size_t room = (size_t)review_room(app);
	size_t first = r->n_heads ? r->heads[0].line : 0;
	if (frame->sel <= first) {
		frame->sel = first;
		frame->top = first < room ? 0 : first - room + 1;
	}
	/* A jump goes no further than to the first line that was not on screen yet. */
	if (frame->top > r->seen) {
		frame->top = r->seen;
		frame->sel = r->seen + room - 1;
	}
	if (frame->top + room > r->seen)
		r->seen = frame->top + room;
}

static bool all_seen(const struct app *app)
{
	return review_state(app)->seen >= review_state(app)->end;
}

/* More changes than a page holds: they cannot be read here. */
static bool is_cut(const struct app *app)
{
	return review_state(app)->end >= SHEET_MAX;
}

/* ---- drawing ---- */

static const struct guard *reason_against(const struct app *app)
{
	return review_state(app)->mode == REVIEW_APPLY ? session_writes_off(app->session) : NULL;
}

static void question(const struct app *app, char *buf, size_t cap)
{
	const char *image = app_image_name(app);
	size_t staged = app_staged(app),
	       values = review_state(app)->mode == REVIEW_APPLY ? 0 : review_count(app);
	switch (review_state(app)->mode) {
	case REVIEW_APPLY:
		snprintf(buf, cap,
			 ngettext("Write this %zu change into %s ?",
				  "Write these %zu changes into %s ?", staged),
			 staged, image);
		break;
	case REVIEW_RECOVER_FINISH:
		snprintf(buf, cap,
			 ngettext("Write the missing %zu value into %s ?",
				  "Write the missing %zu values into %s ?", values),
			 values, image);
		break;
	default:
		snprintf(buf, cap,
			 ngettext("Put this %zu value back in %s ?",
				  "Put these %zu values back in %s ?", values),
			 values, image);
	}
}

static const char cut_words[] = N_(
	"Too long to be read here: stop7b diff prints it, stop7b fix --yes writes it.");

static void draw_question(const struct app *app, struct grid *g)
{
	char text[APP_TEXT];
	const struct guard *off = reason_against(app);
	if (review_state(app)->error.code)
		return;
	if (app->options->read_only)
		snprintf(text, sizeof(text), "%s", _("READ ONLY: opened with -r"));
	else if (off)
		snprintf(text, sizeof(text),
			 _("WRITES OFF: %s; the reason stands below the changes"), off->id);
	else if (review_state(app)->mode == REVIEW_APPLY && app->session->interrupted)
		snprintf(text, sizeof(text), "%s",
			 _("WRITES OFF: an earlier apply was interrupted and waits for recovery"));
	else if (is_cut(app))
		snprintf(text, sizeof(text), "%s", _(cut_words));
	else if (!all_seen(app))
		snprintf(text, sizeof(text), "%s", _("more below, pgdn"));
	else
		question(app, text, sizeof(text));
	grid_field(g, 1, g->h - 2, g->w - 2, ROLE_KEY, FIT_END, text);
}

static void review_draw(const struct app *app, struct grid *g)
{
	const struct frame *frame = app_frame(app);
	const struct review_head *head = head_at(app);
	sheet_draw(app, g);
	grid_wipe(g, body_top(app) + review_room(app), g->h);
	if (head && head->line >= frame->top && head->line < frame->top + (size_t)review_room(app))
		grid_put(g, 0, body_top(app) + (int)(head->line - frame->top), ROLE_KEY, ">");
	draw_question(app, g);
	g->cursor_x = 1;
	g->cursor_y = body_top(app) + (int)(frame->sel - frame->top);
}

static void review_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	static const char *const names[] = {[REVIEW_APPLY] = N_("Review"),
					    [REVIEW_UNDO] = N_("Review of the undo"),
					    [REVIEW_RECOVER_UNDO] = N_("Review of the recovery"),
					    [REVIEW_RECOVER_FINISH] = N_("Review of the recovery")};
	snprintf(buf, cap, "%s", brief ? _("Review") : _(names[review_state(app)->mode]));
}

/* ---- commands ---- */

static bool can_write(const struct app *app)
{
	const struct review_state *r = review_state(app);
	if (!app->session || !r->built || r->error.code)
		return false;
	return r->mode != REVIEW_APPLY || !app_writes_off(app);
}

static void cmd_write(struct app *app)
{
	struct review_state *r = review_state(app);
	if (!app->no_delay && app_now_ms(app) - r->opened_ms < LOOK_MS)
		app_say(app, "%s", _("That y came before the page could be read; press it again."));
	else if (is_cut(app))
		app_say(app, "%s", _(cut_words));
	else if (!all_seen(app))
		app_say(app, "%s", _("Read to the end first: pgdn."));
	else
		result_run(app);
}

/* y was pressed where it does not write: why, and what lets it. */
static void why_not(struct app *app)
{
	const struct guard *off = reason_against(app);
	enum guard_override override = off ? guard_kinds[off->code].override : OVERRIDE_NONE;
	if (app->options->read_only)
		app_say(app, "%s", _("Opened with -r: without it y writes."));
	else if (off && override == OVERRIDE_ALLOW)
		app_say(app, _("%s stands against it; start stop7b with --allow %s to write."),
			off->id, off->id);
	else if (off && override == OVERRIDE_FORCE_PARENT)
		app_say(app, _("%s stands against it; start stop7b with --force-parent to write."),
			off->id);
	else if (off)
		app_say(app, _("%s stands against it. %s"), off->id, off->action.shown);
	else if (app->session && app->session->interrupted)
		app_say(app, "%s", _("An earlier apply waits: recover it first (stop7b recover)."));
	else
		app_say(app, "%s", _("There is nothing here that could be written."));
}

static bool can_drop(const struct app *app)
{
	return app->session && review_state(app)->mode == REVIEW_APPLY && is_staged(app);
}

static void cmd_drop(struct app *app)
{
	const struct review_head *head = head_at(app);
	struct err err = {0};
	char subject[APP_TEXT];
	if (!head)
		return;
	snprintf(subject, sizeof(subject), "%s", head->subject);
	session_unstage(app->session, subject, &err);
	app_changed(app);
	read_bytes(app);
	app_say(app, _("Dropped %s."), subject);
	if (!is_staged(app))
		app_pop(app);
}

/* The sheet laid out wide, without its first column: a unified diff that starts at column 1. */
static char *diff_text(struct app *app, size_t *len)
{
	struct sheet shown = app->sheet;
	char *text = NULL;
	app->sheet = (struct sheet){0};
	sheet_reset(&app->sheet, SAVED_WIDTH);
	review_build(app);
	FILE *out = open_memstream(&text, len);
	for (int y = 0; out && y < app->sheet.n; y++) {
		for (int x = 0; x + 1 < SAVED_WIDTH; x++)
			*grid_cell(app->sheet.grid, x, y) = *grid_cell(app->sheet.grid, x + 1, y);
		*grid_cell(app->sheet.grid, SAVED_WIDTH - 1, y) = (struct cell){0};
	}
	if (out && app->sheet.grid) {
		struct grid part = *app->sheet.grid;
		part.h = app->sheet.n;
		grid_dump(&part, out);
	}
	if (out)
		fclose(out);
	grid_free(app->sheet.grid);
	app->sheet = shown;
	return text;
}

static void save_diff_as(struct app *app, const char *path)
{
	size_t len = 0;
	char *text = diff_text(app, &len);
	app_save_text(app, path, text, len);
}

static void cmd_save_diff(struct app *app)
{
	char path[APP_TEXT];
	snprintf(path, sizeof(path), "./%s.diff", app_image_name(app));
	prompt_text(app, _("Save the diff as"), path, save_diff_as);
}

static const struct command keys[] = {
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .kind = DO_LEAVE,
	 .run = cmd_back,
	 .bar = {.text = N_("back"), .wide = N_("back, write nothing"), .place = 20, .keep = 2},
	 .help = N_("back, write nothing")},
	{.keys = {'y'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_WRITES | COMMAND_NEEDS_RW,
	 .run = cmd_write,
	 .when = can_write,
	 .bar = {.text = N_("write"), .place = 10, .keep = 1},
	 .help = N_("write what is shown into the image")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_drop,
	 .when = can_drop,
	 .bar = {.text = N_("drop"), .wide = N_("drop a change"), .place = 30, .keep = 4},
	 .help = N_("drop the change under the cursor")},
	{.keys = {'o'},
	 .kind = DO_SAVE,
	 .run = cmd_save_diff,
	 .bar = {.text = N_("save diff"), .place = 40, .keep = 5},
	 .help = N_("save the diff")},
};

const struct view view_review = {
	.name = N_("review"),
	.state_size = sizeof(struct review_state),
	.takes = TAKES_LIST | TAKES_QUIT_UNSEEN,
	KEYS_OF(keys),
	.crumbs = review_crumbs,
	.build = review_build,
	.draw = review_draw,
	.rows = sheet_rows,
	.room = review_room,
	.moved = review_moved,
	.appeared = review_appeared,
	.forget = review_forget,
	.confirms = true,
	.why_not = why_not,
};
