/* SPDX-License-Identifier: MIT */
/*
 * Prompts: the filter, Start by hand, and one line of text. A prompt owns the bottom of the screen
 * and every key until enter or esc; only here do digits and capital letters mean something.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"

#define START_TALL 20 /* rows from which the Start prompt is set with blank rows */

/* ---- text that is typed ---- */

void key_utf8(int key, char utf8[5])
{
	unsigned c = (unsigned)key;
	memset(utf8, 0, 5);
	if (c < 0x80) {
		utf8[0] = (char)c;
	} else if (c < 0x800) {
		utf8[0] = (char)(0xc0 | c >> 6);
		utf8[1] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		utf8[0] = (char)(0xe0 | c >> 12);
		utf8[1] = (char)(0x80 | (c >> 6 & 0x3f));
		utf8[2] = (char)(0x80 | (c & 0x3f));
	} else {
		utf8[0] = (char)(0xf0 | c >> 18);
		utf8[1] = (char)(0x80 | (c >> 12 & 0x3f));
		utf8[2] = (char)(0x80 | (c >> 6 & 0x3f));
		utf8[3] = (char)(0x80 | (c & 0x3f));
	}
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

static void close_prompt(struct app *app)
{
	app->prompt.kind = PROMPT_NONE;
}

void prompt_text(struct app *app, const char *label, const char *text,
		 void (*done)(struct app *app, const char *text))
{
	app->prompt = (struct prompt){.kind = PROMPT_TEXT, .label = label, .done = done};
	snprintf(app->prompt.text, sizeof(app->prompt.text), "%s", text);
}

void prompt_filter(struct app *app, char *filter, void (*changed)(struct app *app))
{
	app->prompt = (struct prompt){.kind = PROMPT_FILTER, .filter = filter, .changed = changed};
}

void prompt_start(struct app *app)
{
	app->prompt = (struct prompt){.kind = PROMPT_START};
}

/* ---- keys ---- */

static void filter_key(struct app *app, int key)
{
	struct prompt *p = &app->prompt;
	if (key == K_UP)
		cmd_up(app);
	else if (key == K_DOWN)
		cmd_down(app);
	else if (key == K_ENTER || key == K_ESC)
		close_prompt(app);
	if (key == K_ESC)
		p->filter[0] = '\0';
	if (key == K_ESC || edit_text(p->filter, APP_FILTER, key))
		p->changed(app);
}

static void stage_start(struct app *app, uint32_t start)
{
	struct err err = {0};
	char name[APP_TEXT], odd[24];
	snprintf(name, sizeof(name), "%s", list_selected(app)->name);
	int n = session_stage_start(app->session, name, start, &err);
	app_changed(app);
	if (n < 0)
		app_say_err(app, &err);
	else
		app_say(app, _("Staged Start of %s: %s."), name, start_words(start, odd));
}

static void start_key(struct app *app, int key)
{
	if (key < '0' || key > '4') {
		if (key == K_ENTER || key == K_ESC || key == K_CTRL('c'))
			close_prompt(app);
		return;
	}
	close_prompt(app);
	stage_start(app, (uint32_t)(key - '0'));
}

static void text_key(struct app *app, int key)
{
	struct prompt *p = &app->prompt;
	char text[APP_TEXT];
	if (key == K_ENTER && (p->text[0] || p->may_be_empty)) {
		snprintf(text, sizeof(text), "%s", p->text);
		close_prompt(app);
		p->done(app, text);
	} else if (key == K_ESC || key == K_CTRL('c')) {
		close_prompt(app);
	} else {
		edit_text(p->text, sizeof(p->text), key);
	}
}

void prompt_key(struct app *app, int key)
{
	static void (*const handlers[])(struct app *, int) = {[PROMPT_FILTER] = filter_key,
							      [PROMPT_START] = start_key,
							      [PROMPT_TEXT] = text_key,
							      [PROMPT_LINE] = line_prompt_key,
							      [PROMPT_CHOICE] = choice_prompt_key};
	app->message[0] = '\0';
	handlers[app->prompt.kind](app, key);
}

/* ---- drawing ---- */

/* Rows that a prompt takes above message line and key bar. */
int prompt_rows(const struct app *app)
{
	if (app->prompt.kind == PROMPT_START)
		return app->h >= START_TALL ? 5 : 1;
	if (app->prompt.kind == PROMPT_LINE || app->prompt.kind == PROMPT_CHOICE)
		return 2;
	return app->prompt.kind == PROMPT_FILTER && app->h >= START_TALL ? 1 : 0;
}

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
	int room = g->w - x - 1 - right, width = text_width(text);
	while (width > room && *text) {
		text++; /* the end of what is typed stays visible */
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
		width = text_width(text);
	}
	x = grid_put(g, x, y, ROLE_PLAIN, text);
	g->cursor_x = x < g->w ? x : g->w - 1; /* the label alone can be wider than the window */
	g->cursor_y = y;
}

static size_t filter_total(const struct app *app)
{
	switch (app_frame(app)->page) {
	case PAGE_FILES:
		return app->files.n;
	case PAGE_REGISTRY:
		return app->registry.n;
	default:
		return app->list.counts[app->list.kind];
	}
}

static size_t filter_shown(const struct app *app)
{
	switch (app_frame(app)->page) {
	case PAGE_FILES:
		return app->files.n_shown;
	case PAGE_REGISTRY:
		return app->registry.n_shown;
	default:
		return app->list.n;
	}
}

static void draw_filter(const struct app *app, struct grid *g)
{
	static const char *const keys[][2] = {
		{"enter", N_("keep")}, {"esc", N_("clear")}, {"up/down", N_("move")}};
	char count[64];
	snprintf(count, sizeof(count), _("%zu of %zu match"), filter_shown(app), filter_total(app));
	draw_typed(g, _("Filter"), app->prompt.filter, text_width(count) + 5);
	grid_put(g, g->w - 4 - text_width(count), g->h - 2, ROLE_PLAIN, count);
	draw_keys(g, keys, 3);
}

static void draw_text(const struct app *app, struct grid *g)
{
	static const char *const keys[][2] = {
		{"enter", N_("do it")}, {"esc", N_("cancel")}, {"ctrl-u", N_("empty the line")}};
	draw_typed(g, app->prompt.label, app->prompt.text, 0);
	draw_keys(g, keys, 3);
}

static void draw_start_line(struct grid *g, int y)
{
	static const struct {
		const char *digit, *wide, *narrow;
	} starts[] = {{"0", N_("boot"), N_("boot")},
		      {"1", N_("system"), N_("sys")},
		      {"2", N_("automatic"), N_("auto")},
		      {"3", N_("manual"), N_("man")},
		      {"4", N_("disabled"), N_("off")}};
	bool wide = g->w >= 64;
	int x = wide ? 4 : 1;
	for (size_t i = 0; i < 5; i++) {
		x = grid_put(g, x, y, ROLE_KEY, starts[i].digit);
		x = grid_put(g, x + 1, y, ROLE_PLAIN, _(wide ? starts[i].wide : starts[i].narrow));
		x += wide ? 3 : 1;
	}
}

static void draw_start(const struct app *app, struct grid *g)
{
	const struct list_row *row = list_selected(app);
	char start[64], keeps[64];
	bool tall = app->h >= START_TALL;
	int y = tall ? g->h - 6 : g->h - 3;
	row_start(row, start);
	grid_putf(g, 1, y, ROLE_KEY, _("Start of %s, now %s:"), row->name, start);
	draw_start_line(g, tall ? y + 2 : y + 1);
	snprintf(keeps, sizeof(keeps), _("keeps %.*s"), (int)strcspn(start, " "), start);
	int x = grid_put(g, 1, g->h - 1, ROLE_KEY, "enter");
	x = grid_put(g, x + 1, g->h - 1, ROLE_PLAIN, keeps) + 4;
	x = grid_put(g, x, g->h - 1, ROLE_KEY, "esc");
	grid_put(g, x + 1, g->h - 1, ROLE_PLAIN, _("cancel"));
}

void draw_prompt(const struct app *app, struct grid *g)
{
	static void (*const drawers[])(const struct app *,
				       struct grid *) = {[PROMPT_FILTER] = draw_filter,
							 [PROMPT_START] = draw_start,
							 [PROMPT_TEXT] = draw_text,
							 [PROMPT_LINE] = draw_line_prompt,
							 [PROMPT_CHOICE] = draw_choice_prompt};
	grid_wipe(g, g->h - 2 - prompt_rows(app), g->h);
	drawers[app->prompt.kind](app, g);
}
