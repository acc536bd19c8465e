/* SPDX-License-Identifier: MIT */
/*
 * Applying and its result: the lines appear as the steps are done, and the verdict above them is
 * the diagnosis of the image opened again from zero, not a return code. When a step fails the
 * list ends there and the verdict says in what state the image is.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"

#define STEPS_MAX 16 /* lines of progress */
#define TEXT_X    7
#define FILE_X    44 /* column of file names; counts are aligned to the right */

struct step_words {
	const char *apply, *back;
};

static const struct step_words step_table[] = {
	[STEP_LOCKED] = {N_("image locked; no virtual machine has it open"),
			 N_("image locked; no virtual machine has it open")},
	[STEP_COMPARED] = {N_("bytes on disk are the ones you reviewed"),
			   N_("bytes on disk are the ones that record knows")},
	[STEP_RECORDED] = {N_("undo record written and flushed"),
			   N_("undo record marked: going back")},
	[STEP_WRITTEN] = {N_("new bytes written and flushed"), N_("bytes written and flushed")},
	[STEP_READ_BACK] = {N_("read back and compared"), N_("read back and compared")},
	[STEP_DIAGNOSED] = {N_("image opened again from zero and diagnosed"),
			    N_("image opened again from zero and diagnosed")},
};

struct step_line {
	char text[96], right[48];
};

struct result_state {
	enum review_mode mode;
	struct step_line steps[STEPS_MAX];
	size_t n_steps;
	bool running, failed;
	bool unjudged; /* what it was before is not known: no Windows was chosen */
	struct err error;
	struct result result;
	char undo_file[APP_TEXT], verified_by[160];
	char record_time[TIME_TEXT]; /* of the apply that was put back */
	size_t n_changes;
};

static struct result_state *result_state(const struct app *app)
{
	return app_state(app, PAGE_RESULT);
}

bool result_running(const struct app *app)
{
	return result_state(app)->running;
}

bool result_failed(const struct app *app)
{
	return result_state(app)->failed;
}

const char *result_undo_file(const struct app *app)
{
	return result_state(app)->undo_file;
}

/* ---- running ---- */

static void on_step(void *ctx, enum apply_step step, size_t done, size_t of)
{
	struct app *app = ctx;
	struct result_state *r = result_state(app);
	if (r->n_steps == STEPS_MAX || (size_t)step >= sizeof(step_table) / sizeof(step_table[0]))
		return;
	struct step_line *line = &r->steps[r->n_steps++];
	const struct step_words *words = &step_table[step];
	snprintf(line->text, sizeof(line->text), "%s",
		 _(r->mode == REVIEW_APPLY ? words->apply : words->back));
	line->right[0] = '\0';
	if (step == STEP_RECORDED)
		snprintf(line->right, sizeof(line->right), "%.47s", r->undo_file);
	else if (of > 1 || step == STEP_WRITTEN || step == STEP_COMPARED || step == STEP_READ_BACK)
		snprintf(line->right, sizeof(line->right), _("%zu of %zu"), done, of);
	app_paint(app);
}

static int run(struct app *app, struct result *out, struct err *err)
{
	struct session *s = app->session;
	switch (result_state(app)->mode) {
	case REVIEW_APPLY:
		return session_apply(s, review_bytes(app), on_step, app, out, err);
	case REVIEW_UNDO:
		return session_undo_written(s, on_step, app, out, err);
	default:
		return session_recover(s, result_state(app)->mode == REVIEW_RECOVER_FINISH, on_step,
				       app, out, err);
	}
}

static void prepare(struct app *app)
{
	struct result_state *r = result_state(app);
	const struct session *s = app->session;
	*r = (struct result_state){.mode = review_mode_of(app), .running = true};
	r->unjudged = !s->chosen;
	r->n_changes = app_staged(app);
	if (r->mode != REVIEW_APPLY)
		minute_words(s->record.created, r->record_time);
	const char *file = review_bytes(app)->undo_file;
	snprintf(r->undo_file, sizeof(r->undo_file), "%s", file ? last_part(file) : "");
}

/* Words that live in the session's arenas are copied: the session was opened again. */
static void keep_words(struct result_state *r)
{
	snprintf(r->verified_by, sizeof(r->verified_by), "%s",
		 r->result.verified_by.plain ? r->result.verified_by.shown : "");
	if (r->result.undo_file)
		snprintf(r->undo_file, sizeof(r->undo_file), "%s", last_part(r->result.undo_file));
	r->result.verified_by = said_as_is(NULL);
	r->result.undo_file = NULL;
}

static void busy(struct app *app, bool on)
{
	if (app->host.busy)
		app->host.busy(app->host.ctx, on);
}

void result_run(struct app *app)
{
	struct result_state *r = result_state(app);
	prepare(app);
	app_pop(app);
	app_pop_to(app, PAGE_LIST);
	app_push(app, PAGE_RESULT);
	app_paint(app);
	busy(app, true);
	r->failed = run(app, &r->result, &r->error) < 0;
	busy(app, false);
	r->running = false;
	app->wrote = app->wrote || !r->failed;
	keep_words(r);
	review_forget(app);
	files_forget(app);
	registry_forget(app);
	app_changed(app);
	/* What lay below (files, keys) is forgotten: esc goes to the driver list, or to the disk. */
	if (!app->session->chosen || !app_on_stack(app, PAGE_LIST)) {
		app_pop_to(app, PAGE_DISK);
		if (app->session->chosen)
			app_push(app, PAGE_LIST);
		app_push(app, PAGE_RESULT);
	}
	if (app->host.drop_typed)
		app->host.drop_typed(app->host.ctx);
}

/* ---- the verdict ---- */

struct outcome {
	char glyph;
	const char *words;
	char rest[160];
};

static void failed(const struct app *app, struct outcome *o)
{
	const struct result_state *r = result_state(app);
	o->glyph = 'X';
	if (r->error.code != E_WRITE)
		o->words = _("NOTHING WAS WRITTEN");
	else if (app->session->interrupted)
		o->words = _("UNDO RECORD KEPT");
	else
		o->words = _("THE WRITE FAILED");
}

static void applied(const struct app *app, struct outcome *o)
{
	const struct result *res = &result_state(app)->result;
	if (!app->session->chosen || result_state(app)->unjudged) {
		o->glyph = '=';
		o->words = _("WRITTEN");
		snprintf(o->rest, sizeof(o->rest), "%s", _("read back and compared"));
		return;
	}
	o->glyph = res->fixed ? '=' : 'X';
	o->words = res->fixed ? _("FIXED") : _("WRITTEN, NOT ALL FIXED");
	if (res->critical == 0)
		snprintf(o->rest, sizeof(o->rest), "%s",
			 _("this Windows has no boot-critical driver left to judge"));
	else if (!res->fixed && !res->blocked_after)
		snprintf(o->rest, sizeof(o->rest), "%s",
			 _("the drivers are mended; it does not start yet"));
	else
		snprintf(o->rest, sizeof(o->rest),
			 _("%zu of %zu boot-critical drivers blocked (was %zu)"),
			 res->blocked_after, res->critical, res->blocked_before);
}

static void restored(const struct app *app, struct outcome *o)
{
	o->glyph = '=';
	o->words = _("RESTORED");
	snprintf(o->rest, sizeof(o->rest), _("byte for byte as before the apply of %s UTC"),
		 result_state(app)->record_time);
}

static void outcome_of(const struct app *app, struct outcome *o)
{
	const struct result_state *r = result_state(app);
	*o = (struct outcome){.glyph = '*', .words = _("WRITING")};
	if (r->running)
		return;
	if (r->failed)
		failed(app, o);
	else if (r->mode == REVIEW_APPLY || r->mode == REVIEW_RECOVER_FINISH)
		applied(app, o);
	else
		restored(app, o);
}

/* ---- the page ---- */

static void put_step(struct sheet *s, const struct step_line *step)
{
	int y = sheet_line(s), w = s->grid ? s->grid->w : 0;
	if (y < 0)
		return;
	grid_put(s->grid, 3, y, ROLE_PLAIN, "ok");
	int end = grid_field(s->grid, TEXT_X, y,
			     text_width(step->text) < w - TEXT_X ? text_width(step->text)
								 : w - TEXT_X,
			     ROLE_PLAIN, FIT_END, step->text);
	int width = text_width(step->right);
	bool name = !strchr(step->right, ' ');
	int room = w - 4 - end - 2;
	if (width == 0 || room < 6)
		return;
	if (name)
		grid_field(s->grid, end + 2 > FILE_X ? end + 2 : FILE_X, y,
			   w - 2 - (end + 2 > FILE_X ? end + 2 : FILE_X), ROLE_PLAIN, FIT_MIDDLE,
			   step->right);
	else
		grid_field(s->grid, w - 4 - width, y, width, ROLE_PLAIN, FIT_RIGHT, step->right);
}

/* A word in the margin and text beside it. */
static void put_note(struct sheet *s, const char *head, const char *text)
{
	int y = s->n;
	sheet_wrap(s, 7, ROLE_PLAIN, text);
	if (s->n > y)
		grid_put(s->grid, 1, y, ROLE_KEY, head);
	sheet_put(s, 0, ROLE_PLAIN, "");
}

static void put_failure(struct app *app)
{
	const struct result_state *r = result_state(app);
	int y = app->sheet.n;
	sheet_wrap(&app->sheet, TEXT_X, ROLE_BAD, r->error.shown);
	if (app->sheet.n > y)
		grid_put(app->sheet.grid, 3, y, ROLE_BAD, "X");
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	put_note(&app->sheet, _("NEXT"), err_hint(r->error.code));
}

/* What the disk is good for now, and what is not fixed: the verdict that esc will show. */
static void put_still(struct app *app)
{
	const struct verdict_words *v = list_verdict(app);
	char text[APP_TEXT];
	if (!app->session->chosen || !v)
		return;
	snprintf(text, sizeof(text), "%s%s%s", v->words, v->rest[0] ? "    " : "", v->rest);
	put_note(&app->sheet, _("NOW"), text);
}

/* A guard that was allowed does not go away by writing. */
static void put_allowed(struct app *app)
{
	const struct session *s = app->session;
	const struct hive_file *f = s->chosen ? s->chosen->system : NULL;
	char text[APP_TEXT + 160];
	for (size_t i = 0; f && i < f->n_guards; i++) {
		if (f->guards[i].blocks)
			continue;
		snprintf(text, sizeof(text), _("%s was allowed: %s"), f->guards[i].id,
			 f->guards[i].text.shown);
		put_note(&app->sheet, _("NOTE"), text);
	}
}

/* A disk that its host starts needs an entry there; one that goes elsewhere may have left one. */
static const char *next_words(const struct app *app)
{
	return plan_adds(app)
		       ? _("p makes the plan that adds this disk to the host's boot menu; c there "
			   "makes the one that takes it out again. If 0x7B stays, i lists what "
			   "cannot be seen from here.")
		       : _("Attach the disk and boot. If 0x7B stays, i lists what cannot be seen "
			   "from here. Where a host started this disk before, p makes the plan "
			   "that "
			   "cleans its boot menu.");
}

static void put_success(struct app *app)
{
	const struct result_state *r = result_state(app);
	char text[APP_TEXT + 160];
	bool forward = r->mode == REVIEW_APPLY || r->mode == REVIEW_RECOVER_FINISH;
	if (r->verified_by[0]) {
		snprintf(text, sizeof(text), _("checked by %s"), r->verified_by);
		sheet_put(&app->sheet, TEXT_X, ROLE_DIM, text);
	}
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	if (r->result.reload.code)
		put_note(&app->sheet, _("NOTE"), r->result.reload.text);
	if (!forward) {
		put_note(&app->sheet, _("NEXT"),
			 _("The undo record is used up. esc shows the disk as it was."));
		return;
	}
	put_allowed(app);
	if (r->result.unmarked)
		put_note(&app->sheet, _("NOTE"),
			 _("No mark could be left beside the image: undo and recover must be told "
			   "--undo-dir."));
	put_still(app);
	put_note(&app->sheet, _("NEXT"),
		 r->result.fixed || !app->session->chosen
			 ? next_words(app)
			 : _("esc shows what is still in the way, enter there what can be done "
			     "about it."));
	if (r->result.added)
		put_note(&app->sheet, _("THERE"), _(added_words));
	snprintf(text, sizeof(text),
		 _("To restore the image byte for byte:  u  here, or later  %s"),
		 undo_command(app->session, app->session->arena));
	put_note(&app->sheet, _("BACK"), text);
}

static void result_build(struct app *app)
{
	const struct result_state *r = result_state(app);
	struct sheet *s = &app->sheet;
	struct outcome o;
	outcome_of(app, &o);
	int y = sheet_line(s);
	if (y >= 0)
		draw_verdict(s->grid, y, o.glyph, o.words, NULL);
	if (y >= 0 && o.rest[0])
		grid_field(s->grid, 4 + text_width(o.words) + 4, y,
			   s->grid->w - 9 - text_width(o.words), ROLE_PLAIN, FIT_END, o.rest);
	sheet_put(s, 0, ROLE_PLAIN, "");
	for (size_t i = 0; i < r->n_steps; i++)
		put_step(s, &r->steps[i]);
	if (r->running)
		return;
	if (r->failed)
		put_failure(app);
	else
		put_success(app);
}

static void result_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)brief;
	snprintf(buf, cap, "%s",
		 result_state(app)->running                ? _("Writing")
		 : result_state(app)->failed               ? _("Not applied")
		 : result_state(app)->mode == REVIEW_APPLY ? _("Applied")
							   : _("Done"));
}

static void result_draw(const struct app *app, struct grid *g)
{
	sheet_draw(app, g);
	g->cursor_x = 1;
	g->cursor_y = body_top(app);
}

static bool goes_to_disk(const struct app *app)
{
	return !app_on_stack(app, PAGE_LIST);
}

static const struct command keys[] = {
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .kind = DO_LEAVE,
	 .run = cmd_back,
	 .bar = {.text = N_("driver list"), .place = 30, .keep = 1},
	 .alternative = goes_to_disk,
	 .other = {.text = N_("disk"), .place = 30, .keep = 1},
	 .help = N_("driver list")},
	{.keys = {'u'},
	 .kind = DO_STAGE,
	 .run = cmd_undo,
	 .when = can_undo_write,
	 .bar = {.text = N_("undo write"), .wide = N_("undo the write"), .place = 20, .keep = 3},
	 .help = N_("put the bytes back that were written; asks first")},
	{.keys = {'p'},
	 .kind = GO_PLAN,
	 .run = cmd_plan,
	 .bar = {.text = N_("host cleanup"), .place = 15, .keep = 5},
	 .alternative = plan_adds,
	 .other = {.text = N_("boot entry"),
		   .wide = N_("boot entry on the host"),
		   .place = 15,
		   .keep = 5},
	 .help = N_("bcdedit plan for the host: add the entry, or clean up")},
};

const struct view view_result = {
	.name = N_("result"),
	.state_size = sizeof(struct result_state),
	.takes = TAKES_TEXT | TAKES_TARGETS | TAKES_DISK | TAKES_FACTS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = result_crumbs,
	.build = result_build,
	.draw = result_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
