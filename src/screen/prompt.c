/* SPDX-License-Identifier: MIT */
/*
 * Prompts, and two kinds of them: the filter of a page and a short text. A prompt owns the bottom of
 * the screen and every key until enter or esc; only here do digits and capital letters mean
 * something.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/utf.h"

#define FILTER_TALL 20 /* rows from which the filter has a row of its own */

/* ---- text that is typed ---- */

void key_utf8(int key, char utf8[5])
{
	*utf8_put(utf8, (uint32_t)key) = '\0';
}

static void append(char *text, size_t cap, int key)
{
	char utf8[5];
	key_utf8(key, utf8);
	if (strlen(text) + strlen(utf8) < cap)
		strcat(text, utf8);
}

static void erase_last(char *text)
{
	size_t n = strlen(text);
	while (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0x80)
		n--;
	text[n ? n - 1 : 0] = '\0';
}

/* True when key changed the text. */
static bool edit_text(char *text, size_t cap, int key)
{
	if (key == K_BACKSPACE || key == K_CTRL('h'))
		erase_last(text);
	else if (key == K_CTRL('u'))
		text[0] = '\0';
	else if (key >= 32 && key < K_NAMED && key != 127)
		append(text, cap, key);
	else
		return false;
	return true;
}

/* ---- opening and closing ---- */

bool prompt_is_open(const struct app *app)
{
	return app->prompt.ops != NULL;
}

void prompt_close(struct app *app)
{
	app->prompt.ops = NULL;
}

void prompt_open(struct app *app, const struct prompt_ops *ops)
{
	memset(&app->prompt, 0, sizeof(app->prompt));
	app->prompt.ops = ops;
}

void prompt_key(struct app *app, int key)
{
	app->message[0] = '\0';
	app->prompt.ops->key(app, key);
}

/* Rows that a prompt takes above message line and key bar. */
int prompt_rows(const struct app *app)
{
	const struct prompt_ops *ops = app->prompt.ops;
	return ops && ops->rows ? ops->rows(app) : 0;
}

void draw_prompt(const struct app *app, struct grid *g)
{
	grid_wipe(g, g->h - 2 - prompt_rows(app), g->h);
	app->prompt.ops->draw(app, g);
}

/* ---- drawing ---- */

/* Key and what it does, one after another. */
void draw_keys(struct grid *g, const char *const (*keys)[2], size_t n)
{
	int x = 1;
	for (size_t i = 0; i < n; i++) {
		const char *words = _(keys[i][1]);
		if (x + text_width(keys[i][0]) + text_width(words) + 1 > g->w)
			return;
		x = grid_put(g, x, g->h - 1, ROLE_KEY, keys[i][0]);
		x = grid_put(g, x + 1, g->h - 1, ROLE_PLAIN, words) + 4;
	}
}

static void draw_typed(struct grid *g, const char *label, const char *text, int right)
{
	int y = g->h - 2, x = grid_put(g, 1, y, ROLE_KEY, label);
	x = grid_put(g, x, y, ROLE_PLAIN, ": ");
	x = grid_put(g, x, y, ROLE_PLAIN, text_end(text, g->w - x - 1 - right));
	g->cursor_x = x < g->w ? x : g->w - 1; /* the label alone can be wider than the window */
	g->cursor_y = y;
}

/* ---- the filter ---- */

static const struct page_filter *filter_of(const struct app *app)
{
	return view_of(app_frame(app)->page)->filter;
}

static void filter_key(struct app *app, int key)
{
	const struct page_filter *filter = filter_of(app);
	char *text = filter->text(app);
	if (key == K_UP)
		cmd_up(app);
	else if (key == K_DOWN)
		cmd_down(app);
	else if (key == K_ENTER || key == K_ESC)
		prompt_close(app);
	if (key == K_ESC)
		text[0] = '\0';
	if (key == K_ESC || edit_text(text, FILTER_TEXT, key))
		filter->changed(app);
}

static int filter_rows(const struct app *app)
{
	return app->h >= FILTER_TALL;
}

static void draw_filter(const struct app *app, struct grid *g)
{
	static const char *const keys[][2] = {
		{"enter", N_("keep")}, {"esc", N_("clear")}, {"up/down", N_("move")}};
	const struct page_filter *filter = filter_of(app);
	char count[64];
	snprintf(count, sizeof(count), _("%zu of %zu match"), filter->shown(app), filter->of(app));
	draw_typed(g, _("Filter"), filter->text(app), text_width(count) + 5);
	grid_put(g, g->w - 4 - text_width(count), g->h - 2, ROLE_PLAIN, count);
	draw_keys(g, keys, 3);
}

void prompt_filter(struct app *app)
{
	static const struct prompt_ops ops = {filter_key, filter_rows, draw_filter};
	prompt_open(app, &ops);
}

/* ---- a short text ---- */

static void text_key(struct app *app, int key)
{
	struct prompt *p = &app->prompt;
	char text[PROMPT_TEXT_MAX];
	if (key == K_ENTER && (p->text[0] || p->may_be_empty)) {
		snprintf(text, sizeof(text), "%s", p->text);
		prompt_close(app);
		p->done(app, text);
	} else if (key == K_ESC || key == K_CTRL('c')) {
		prompt_close(app);
	} else {
		edit_text(p->text, sizeof(p->text), key);
	}
}

static void draw_text(const struct app *app, struct grid *g)
{
	static const char *const keys[][2] = {
		{"enter", N_("do it")}, {"esc", N_("cancel")}, {"ctrl-u", N_("empty the line")}};
	draw_typed(g, app->prompt.label, app->prompt.text, 0);
	draw_keys(g, keys, 3);
}

void prompt_text(struct app *app, const char *label, const char *text,
		 void (*done)(struct app *app, const char *text))
{
	static const struct prompt_ops ops = {.key = text_key, .draw = draw_text};
	prompt_open(app, &ops);
	app->prompt.label = label;
	app->prompt.done = done;
	snprintf(app->prompt.text, sizeof(app->prompt.text), "%s", text);
}
