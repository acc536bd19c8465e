/* SPDX-License-Identifier: MIT */
/*
 * The table of pages, their stack, dispatch, and the commands that every page shares.
 *
 * The bottom of the stack is the disk page (or the error page when there is no session); the
 * driver list lies on it, so that esc walks outward. After each key the page on top is laid out
 * again and its scroll position settled, so drawing itself changes nothing.
 */
#include "app.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/tui.h"
#include "view.h"

static const struct view *const views[PAGES] = {
#define PAGE_VIEW(id, name) [PAGE_##id] = &view_##name,
	PAGE_TABLE(PAGE_VIEW)
#undef PAGE_VIEW
};

const struct view *view_of(enum page page)
{
	return views[page];
}

/* ---- state that everything asks for ---- */

struct frame *app_top(struct app *app)
{
	return &app->frames[app->depth - 1];
}

const struct frame *app_frame(const struct app *app)
{
	return &app->frames[app->depth - 1];
}

static const struct view *top_view(const struct app *app)
{
	return view_of(app_frame(app)->page);
}

void *app_state(const struct app *app, enum page page)
{
	return app->states[page];
}

const char *app_image_name(const struct app *app)
{
	return last_part(app->path);
}

size_t app_staged(const struct app *app)
{
	return app->session && app->session->staged ? staged_count(app->session->staged) : 0;
}

bool app_writes_off(const struct app *app)
{
	const struct session *s = app->session;
	return s && (s->interrupted || session_writes_off(s));
}

bool is_staged(const struct app *app)
{
	return app_staged(app) > 0;
}

bool has_image(const struct app *app)
{
	return app->session != NULL;
}

uint64_t app_now(const struct app *app)
{
	return app->fixed_time ? app->fixed_time : filetime_now();
}

uint64_t app_now_ms(const struct app *app)
{
	return app->host.now_ms ? app->host.now_ms(app->host.ctx) : 0;
}

void app_say(struct app *app, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(app->message, sizeof(app->message), fmt, args);
	va_end(args);
}

void app_say_err(struct app *app, const struct err *err)
{
	app_say(app, "%s", err->shown);
}

/* ---- layout after a change ---- */

void app_scroll(struct app *app, size_t to)
{
	size_t room = (size_t)sheet_room(app), n = (size_t)app->sheet.n;
	size_t most = n > room ? n - room : 0;
	app_top(app)->top = to < most ? to : most;
}

static void settle(struct app *app)
{
	const struct view *view = top_view(app);
	struct frame *frame = app_top(app);
	if (view->build) {
		sheet_reset(&app->sheet, app->w);
		view->build(app);
	}
	size_t n = view->rows ? view->rows(app) : 0;
	int room = view->room ? view->room(app) : 0;
	if (frame->sel >= n)
		frame->sel = n ? n - 1 : 0;
	if (view->pages_sheet)
		app_scroll(app, frame->top);
	else
		frame->top = scroll_top(frame->top, frame->sel, n, room);
	if (view->moved)
		view->moved(app);
}

void app_paint(struct app *app)
{
	settle(app);
	if (app->host.paint)
		app->host.paint(app->host.ctx);
}

static bool is_too_small(const struct app *app)
{
	return app->w < APP_MIN_W || app->h < APP_MIN_H;
}

void app_resize(struct app *app, int w, int h)
{
	bool was_small = is_too_small(app);
	app->w = w;
	app->h = h;
	for (size_t i = 0; was_small && i < PAGES; i++)
		if (views[i]->appeared)
			views[i]->appeared(app);
	settle(app);
}

void app_changed(struct app *app)
{
	for (size_t i = 0; i < PAGES; i++)
		if (views[i]->changed)
			views[i]->changed(app);
}

/* ---- the stack ---- */

void app_push(struct app *app, enum page page)
{
	if (app->depth < APP_DEPTH)
		app->depth++;
	*app_top(app) = (struct frame){.page = page};
	if (view_of(page)->open)
		view_of(page)->open(app);
}

void app_pop(struct app *app)
{
	if (app->depth > 1)
		app->depth--;
}

struct frame *app_frame_of(struct app *app, enum page page)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->frames[i].page == page)
			return &app->frames[i];
	return NULL;
}

bool app_on_stack(const struct app *app, enum page page)
{
	for (size_t i = 0; i < app->depth; i++)
		if (app->frames[i].page == page)
			return true;
	return false;
}

void app_pop_to(struct app *app, enum page page)
{
	if (!app_on_stack(app, page))
		return;
	while (app_frame(app)->page != page)
		app_pop(app);
}

/* ---- life ---- */

bool app_init(struct app *app, const char *path, const struct session_options *options, int w,
	      int h)
{
	*app = (struct app){.path = path, .options = options, .w = w, .h = h};
	for (size_t i = 0; i < PAGES; i++) {
		app->states[i] = views[i]->state_size ? calloc(1, views[i]->state_size) : NULL;
		if (views[i]->state_size && !app->states[i])
			return false;
	}
	app->depth = 1;
	app->frames[0].page = PAGE_OPENING;
	settle(app);
	return true;
}

void app_start(struct app *app, struct session *session)
{
	app->session = session;
	app->depth = 1;
	app->frames[0] = (struct frame){.page = session ? PAGE_DISK : PAGE_ERROR};
	prompt_close(app);
	if (view_of(app->frames[0].page)->open)
		view_of(app->frames[0].page)->open(app);
	if (session)
		app_first_page(app);
	settle(app);
}

void app_open(struct app *app)
{
	err_clear(&app->error);
	opening_begin(app);
	struct session *session = session_open(app->path, app->options, opening_progress, app,
					       &app->error);
	if (opening_stopped(app))
		app->request = REQUEST_QUIT;
	app_start(app, session);
}

void app_end(struct app *app)
{
	for (size_t i = 0; i < PAGES && app->depth > 0; i++)
		if (views[i]->forget)
			views[i]->forget(app);
	for (size_t i = 0; i < PAGES; i++)
		free(app->states[i]);
	grid_free(app->sheet.grid);
	session_close(app->session);
	*app = (struct app){0};
}

int app_exit_status(const struct app *app)
{
	if (app->error.code)
		return err_exit_status(app->error.code);
	return app->session && app->session->interrupted ? err_exit_status(E_INTERRUPTED) : 0;
}

void app_last_words(const struct app *app, char *buf, size_t cap)
{
	if (app->wrote)
		snprintf(buf, cap,
			 _("what was written before stays; %s holds the bytes to undo it"),
			 result_undo_file(app)[0] ? result_undo_file(app) : _("the undo record"));
	else
		snprintf(buf, cap, "%s", _("nothing was written"));
}

/* ---- the rest that every page has ---- */

void cmd_redraw(struct app *app)
{
	app->request = REQUEST_REDRAW;
}

void cmd_suspend(struct app *app)
{
	app->request = REQUEST_SUSPEND;
}

void cmd_quit(struct app *app)
{
	size_t n = app_staged(app) + edit_changed(app);
	if (n == 0 || app->quit_asked) {
		app->request = REQUEST_QUIT;
		return;
	}
	const char *rest = command_find(app, app_frame(app)->page, 'a')
				   ? _("q discards them, a reviews.")
				   : _("q discards them, esc goes back.");
	app_say(app,
		ngettext("%zu staged change is not applied. %s",
			 "%zu staged changes are not applied. %s", n),
		n, rest);
	app->quit_asked = true;
}

/* ---- keys ---- */

static void say_unbound(struct app *app, int key)
{
	char buf[8];
	if (key == K_PASTE)
		app_say(app, "%s", _("Pasted text is ignored."));
	else if (key == K_UNKNOWN || (key > 127 && key < K_NAMED))
		app_say(app, "%s", _("Unknown key."));
	else if (key == 'y' && top_view(app)->confirms)
		top_view(app)->why_not(app);
	else
		app_say(app, _("%s does nothing here; ? lists the keys."), keycap_name(key, buf));
}

static void dispatch(struct app *app, int key)
{
	const struct command *c = keycap_forbidden(key)
					  ? NULL
					  : command_find(app, app_frame(app)->page, key);
	bool asked = app->quit_asked;
	app->message[0] = '\0';
	app->quit_asked = asked && c && c->run == cmd_quit;
	if (c)
		c->run(app);
	else
		say_unbound(app, key);
	/* The rest of a sequence that a slow line cut may still come, and end in y. */
	if (key == K_UNKNOWN && top_view(app)->confirms)
		cmd_back(app);
}

/* Where nothing can be shown, nothing can be asked: only leaving and redrawing are left. */
static void blind_key(struct app *app, int key)
{
	const struct command *c = command_find(app, app_frame(app)->page, key);
	if (c && (c->run == cmd_quit || c->run == cmd_redraw || c->run == cmd_suspend))
		c->run(app);
}

void app_key(struct app *app, int key)
{
	if (is_too_small(app)) {
		blind_key(app, key);
		return;
	}
	if (prompt_is_open(app))
		prompt_key(app, key);
	else
		dispatch(app, key);
	settle(app);
}

/* ---- drawing ---- */

static void draw_too_small(const struct app *app, struct grid *g)
{
	char text[96];
	snprintf(text, sizeof(text), _("window is %dx%d, stop7b needs %dx%d"), app->w, app->h,
		 APP_MIN_W, APP_MIN_H);
	int y = draw_wrapped(g, 0, 0, 4, ROLE_PLAIN, text);
	grid_put(g, 0, y, ROLE_KEY, "q");
	grid_put(g, 2, y, ROLE_PLAIN, _("quit"));
}

struct grid *app_draw(const struct app *app)
{
	struct grid *g = grid_new(app->w, app->h);
	if (!g)
		return NULL;
	g->cursor_y = g->h - 1;
	if (is_too_small(app)) {
		draw_too_small(app, g);
		return g;
	}
	top_view(app)->draw(app, g);
	draw_title(app, g);
	draw_bottom(app, g);
	return g;
}

int app_dump(const char *path, const struct session_options *options, const char *keys, int w,
	     int h, FILE *out)
{
	struct app app;
	struct grid *g = NULL;
	int key, status = 2;
	if (!app_init(&app, path, options, w, h))
		goto out;
	app.no_delay = true;
	app_open(&app);
	while (app.request != REQUEST_QUIT && keys && (key = keycap_parse(&keys)) != K_NONE) {
		if (key == K_UNKNOWN)
			goto out;
		app_key(&app, key);
	}
	g = app_draw(&app);
	if (g) {
		grid_dump(g, out);
		status = app_exit_status(&app);
	}
out:
	grid_free(g);
	app_end(&app);
	return status;
}
