/* SPDX-License-Identifier: MIT */
/*
 * What every page shares in drawing: title, message line, key bar. Row 1 is the title, the last row
 * the key bar, the row above it the message; blank rows and prose go first when the window gets
 * lower, as body_top() and the pages decide.
 */
#include "view.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stop7b/i18n.h"

#define MESSAGE_ROWS    3    /* a long message covers at most this many rows */
#define LINE_TEXT       2048 /* bytes of one wrapped line */
#define TITLE_LEFT      9    /* column behind " stop7b  " */
#define BRIEF_BELOW     70   /* columns: below, the short words are used */
#define NAME_ONLY_BELOW 50

bool matches(const char *text, const char *filter)
{
	return !filter[0] || (text && strcasestr(text, filter));
}

int draw_wrapped(struct grid *g, int x, int y, int max, enum role role, const char *text)
{
	char line[LINE_TEXT];
	int n = 0;
	while (*text && n < max) {
		text = text_wrap(text, g->w - x - 2, line, sizeof(line));
		grid_put(g, x, y + n, role, line);
		n++;
	}
	return n;
}

int wrapped_rows(const char *text, int width, int max)
{
	char line[LINE_TEXT];
	int n = 0;
	for (; *text && n < max; n++)
		text = text_wrap(text, width, line, sizeof(line));
	return n;
}

int body_top(const struct app *app)
{
	return app->h > 16 ? 2 : 1;
}

int body_end(const struct app *app)
{
	return app->h - 2 - prompt_rows(app);
}

size_t scroll_top(size_t top, size_t sel, size_t n, int room)
{
	size_t visible = room > 0 ? (size_t)room : 1;
	if (sel < top)
		top = sel;
	if (sel >= top + visible)
		top = sel - visible + 1;
	if (top + visible > n)
		top = n > visible ? n - visible : 0;
	return top;
}

static void mode_words(const struct app *app, char *buf, size_t cap)
{
	size_t n = app_staged(app);
	char staged[48];
	snprintf(staged, sizeof(staged), _("%zu staged"), n);
	if (!app->session || app->options->read_only)
		snprintf(buf, cap, "%s", _("READ ONLY"));
	else if (app_writes_off(app) && n)
		snprintf(buf, cap, "%s  %s", staged, _("WRITES OFF"));
	else
		snprintf(buf, cap, "%s", app_writes_off(app) ? _("WRITES OFF") : staged);
}

/* "1-12 of 34" */
static void count_words(size_t before, size_t last, size_t n, char *buf, size_t cap)
{
	size_t first = before < last ? before + 1 : last;
	snprintf(buf, cap, _("%d-%d of %d"), (int)first, (int)last, (int)n);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Which lines of a page of text are shown; false when it is not longer than the window. */
static bool line_words(const struct app *app, char *buf, size_t cap)
{
	const struct view *view = view_of(app_frame(app)->page);
	size_t room = (size_t)sheet_room(app), n = (size_t)app->sheet.n;
	if (!view->pages_sheet || (n <= room && !view->counts_lines))
		return false;
	size_t top = app_frame(app)->top;
	count_words(top, least(top + room, n), n, buf, cap);
	return true;
}

static const char *kept_filter(const struct app *app)
{
	const struct page_filter *filter = view_of(app_frame(app)->page)->filter;
	return filter && !prompt_is_open(app) ? filter->text(app) : "";
}

size_t counted_without_first(const struct app *app, size_t n)
{
	(void)app;
	return n ? n - 1 : 0;
}

static size_t counted(const struct app *app, size_t n)
{
	const struct view *view = view_of(app_frame(app)->page);
	return view->counted ? view->counted(app, n) : n;
}

/* Which rows of a list are shown; false when all of them are. */
static bool row_words(const struct app *app, char *buf, size_t cap)
{
	const struct view *view = view_of(app_frame(app)->page);
	size_t top = app_frame(app)->top, n = view->rows ? view->rows(app) : 0;
	size_t room = view->room ? (size_t)view->room(app) : 0;
	if (view->pages_sheet || room == 0 || counted(app, n) == 0 ||
	    (n <= room && !kept_filter(app)[0]))
		return false;
	count_words(counted(app, top), counted(app, least(top + room, n)), counted(app, n), buf,
		    cap);
	return true;
}

/* A narrow window has no room for the place and for saying that nothing is staged. */
static void right_words(const struct app *app, char *buf, size_t cap)
{
	char mode[96], place[64];
	const struct view *view = view_of(app_frame(app)->page);
	bool says_mode = app->w >= NAME_ONLY_BELOW || !app->session || is_staged(app) ||
			 app_writes_off(app) || app->options->read_only;
	mode_words(app, mode, sizeof(mode));
	if (view->mode)
		view->mode(app, buf, cap);
	else if (row_words(app, place, sizeof(place)) ||
		 (view->rows && line_words(app, place, sizeof(place))))
		snprintf(buf, cap, "%s%s%s", place, says_mode ? "  " : "", says_mode ? mode : "");
	else if (!line_words(app, buf, cap))
		snprintf(buf, cap, "%s", mode);
}

enum crumb_words { CRUMBS_WHOLE, CRUMBS_BRIEF, CRUMBS_NONE };

/* In the fullest words that fit. */
static void draw_crumbs(const struct app *app, struct grid *g, int width)
{
	char crumbs[APP_PATH + APP_TEXT], whole[APP_PATH + 3 * APP_TEXT];
	const struct view *view = view_of(app_frame(app)->page);
	const char *filter = kept_filter(app);
	for (enum crumb_words how = g->w < BRIEF_BELOW ? CRUMBS_BRIEF : CRUMBS_WHOLE;
	     how <= CRUMBS_NONE; how++) {
		crumbs[0] = '\0';
		if (how < CRUMBS_NONE)
			view->crumbs(app, crumbs, sizeof(crumbs), how == CRUMBS_BRIEF);
		snprintf(whole, sizeof(whole), "%s%s%s%s%s", app_image_name(app),
			 crumbs[0] ? " > " : "", crumbs, filter[0] ? " > /" : "", filter);
		if (text_width(whole) <= width || (how == CRUMBS_BRIEF && g->w >= NAME_ONLY_BELOW))
			break;
	}
	grid_field(g, TITLE_LEFT, 0, width, ROLE_TITLE, FIT_MIDDLE, whole);
}

void draw_title(const struct app *app, struct grid *g)
{
	char mode[192];
	right_words(app, mode, sizeof(mode));
	int width = text_width(mode), at = g->w - 2 - width;
	grid_paint(g, 0, 0, g->w, ROLE_TITLE);
	grid_put(g, 1, 0, ROLE_TITLE, "stop7b");
	draw_crumbs(app, g, at - TITLE_LEFT - 1);
	grid_put(g, at, 0, ROLE_TITLE, mode);
}

static void draw_message(const struct app *app, struct grid *g)
{
	if (!app->message[0])
		return;
	int rows = wrapped_rows(app->message, g->w - 3, MESSAGE_ROWS);
	grid_wipe(g, g->h - 1 - rows, g->h - 1);
	draw_wrapped(g, 1, g->h - 1 - rows, rows, ROLE_PLAIN, app->message);
}

static void draw_bar(const struct app *app, struct grid *g)
{
	struct bar_item items[BAR_MAX];
	size_t n = command_bar(app, app_frame(app)->page, g->w, items);
	int x = 1, y = g->h - 1;
	for (size_t i = 0; i < n; i++) {
		x = grid_put(g, x + (i ? 2 : 0), y, ROLE_KEY, items[i].keys);
		x += !items[i].glued;
		x = grid_put(g, x, y, ROLE_PLAIN, items[i].label);
	}
}

void draw_bottom(const struct app *app, struct grid *g)
{
	if (prompt_is_open(app)) {
		draw_prompt(app, g);
		return;
	}
	draw_message(app, g);
	draw_bar(app, g);
}

enum role glyph_role(char glyph)
{
	return glyph == 'X'                   ? ROLE_BAD
	       : glyph == '!' || glyph == '?' ? ROLE_WARN
	       : glyph == '*'                 ? ROLE_NEW
	       : glyph == '~'                 ? ROLE_KEY
	       : glyph == '-'                 ? ROLE_DIM
					      : ROLE_PLAIN;
}

int draw_verdict(struct grid *g, int y, char glyph, const char *words, const char *rest)
{
	enum role role = glyph_role(glyph);
	int gap = g->w >= BRIEF_BELOW ? 4 : 2, least = g->w >= BRIEF_BELOW ? 26 : 0;
	grid_putf(g, 1, y, role, "%c", glyph);
	int x = grid_put(g, 4, y, role, words);
	x = x + gap > least ? x + gap : least;
	if (rest && rest[0])
		grid_field(g, x, y, g->w - x - 1, role == ROLE_BAD ? role : ROLE_PLAIN, FIT_END,
			   rest);
	return y + 1;
}

void draw_selected(struct grid *g, int y)
{
	int end = g->w; /* not the blanks behind the text: they would cost bytes over a slow line */
	while (end > 2 && !grid_cell(g, end - 1, y)->ch[0] && !grid_cell(g, end - 1, y)->tail)
		end--;
	grid_paint(g, 0, y, end, ROLE_SEL);
	grid_put(g, 1, y, ROLE_SEL, ">");
	g->cursor_x = 1;
	g->cursor_y = y;
}
