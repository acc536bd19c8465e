/* SPDX-License-Identifier: MIT */
/*
 * Opening, one line per layer with numbers, no spinner; and the way from an opened session to its
 * first page. Whoever drives the app decides when this page is worth showing.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"

#define LAYERS_MAX 16 /* lines of progress; the oldest go */

struct opening_line {
	const char *what; /* borrowed; a layer has the same one each time */
	uint64_t done, of;
	uint64_t ms; /* when it began, then how long it took */
};

struct opening_state {
	struct opening_line lines[LAYERS_MAX];
	size_t n;
	uint64_t began_ms;
	bool stopped;
};

static struct opening_state *opening_state(const struct app *app)
{
	return app_state(app, PAGE_OPENING);
}

/* ---- progress ---- */

static struct opening_line *line_for(struct app *app, const char *what)
{
	struct opening_state *o = opening_state(app);
	uint64_t now = app_now_ms(app);
	struct opening_line *last = o->n ? &o->lines[o->n - 1] : NULL;
	if (last && last->what == what)
		return last;
	if (last)
		last->ms = now - last->ms;
	if (o->n == LAYERS_MAX) {
		memmove(o->lines, o->lines + 1, (LAYERS_MAX - 1) * sizeof(o->lines[0]));
		o->n--;
	}
	last = &o->lines[o->n++];
	*last = (struct opening_line){.what = what, .ms = now};
	return last;
}

void opening_begin(struct app *app)
{
	opening_state(app)->began_ms = app_now_ms(app);
}

bool opening_stopped(const struct app *app)
{
	return opening_state(app)->stopped;
}

uint64_t opening_began_ms(const struct app *app)
{
	return opening_state(app)->began_ms;
}

bool opening_progress(void *ctx, const char *what, uint64_t done, uint64_t of)
{
	struct app *app = ctx;
	struct opening_line *line = line_for(app, what);
	line->done = done;
	line->of = of;
	if (app->host.pump && !app->host.pump(app->host.ctx))
		opening_state(app)->stopped = true;
	return !opening_state(app)->stopped;
}

/* ---- drawing ---- */

static void put_line(struct sheet *s, const struct opening_line *line, bool finished, uint64_t ms)
{
	char right[64] = "", time[32], done[NUMBER_TEXT], of[NUMBER_TEXT];
	int y = sheet_line(s);
	if (y < 0)
		return;
	snprintf(time, sizeof(time), _("%llu.%llu s"), (unsigned long long)(ms / 1000),
		 (unsigned long long)(ms / 100 % 10));
	if (!finished && line->of)
		snprintf(right, sizeof(right), _("%s of %s"), size_words(line->done, done),
			 size_words(line->of, of));
	grid_put(s->grid, 3, y, ROLE_PLAIN, finished ? "ok" : "..");
	grid_put(s->grid, 7, y, ROLE_PLAIN, line->what);
	grid_field(s->grid, s->grid->w - 40, y, 24, ROLE_PLAIN, FIT_RIGHT, right);
	grid_field(s->grid, s->grid->w - 14, y, 10, ROLE_PLAIN, FIT_RIGHT, time);
}

static void opening_build(struct app *app)
{
	const struct opening_state *o = opening_state(app);
	for (size_t i = 0; i < o->n; i++) {
		bool last = i + 1 == o->n;
		put_line(&app->sheet, &o->lines[i], !last,
			 last ? app_now_ms(app) - o->lines[i].ms : o->lines[i].ms);
	}
}

static void opening_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("Opening"));
}

/* Nothing can be said yet about what may be written. */
static void opening_mode(const struct app *app, char *buf, size_t cap)
{
	(void)app;
	snprintf(buf, cap, "%s", "");
}

static void cmd_stop(struct app *app)
{
	opening_state(app)->stopped = true;
}

static const struct command keys[] = {
	{.keys = {K_ESC},
	 .kind = DO_LEAVE,
	 .run = cmd_stop,
	 .bar = {.text = N_("stop"), .place = 20, .keep = 1},
	 .help = N_("stop opening")},
};

const struct view view_opening = {
	.name = N_("opening"),
	.state_size = sizeof(struct opening_state),
	.takes = TAKES_HELP | TAKES_QUIT_UNSEEN,
	KEYS_OF(keys),
	.crumbs = opening_crumbs,
	.mode = opening_mode,
	.build = opening_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};

/* ---- where to go from here ---- */

static bool several_wait(const struct session *s)
{
	return !s->chosen && s->n_windows > 1;
}

void app_first_page(struct app *app)
{
	struct session *s = app->session;
	if (s->chosen && s->chosen->readable) {
		app_push(app, PAGE_LIST);
	} else if (several_wait(s)) {
		app_push(app, PAGE_PICK);
	} else {
		if (app->error.code == E_OK)
			app->error = s->open_error;
		if (app->error.code == E_OK)
			why_no_windows(s, &app->error);
		if (app->error.code == E_GUARD)
			app->error.code = E_UNSUPPORTED; /* nothing was to be written */
		app_push(app, PAGE_ERROR);
	}
	if (s->interrupted)
		app_push(app, PAGE_RECOVERY);
}
