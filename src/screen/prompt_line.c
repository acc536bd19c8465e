/* SPDX-License-Identifier: MIT */
/*
 * Two larger prompts: a line that is edited with a cursor, and a choice of one key.
 * Both own three rows above the key bar: what is asked, what is said about it, what is typed.
 * A line may be longer than the window; the part around the cursor is shown.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"

/* ---- the line ---- */

static bool inside_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const char *text, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && inside_character(text[at]))
		at--;
	return at;
}

static size_t behind(const char *text, size_t at)
{
	if (text[at])
		at++;
	while (inside_character(text[at]))
		at++;
	return at;
}

static void remove_bytes(struct line *l, size_t from, size_t to)
{
	memmove(l->text + from, l->text + to, strlen(l->text + to) + 1);
	l->cursor = from;
}

static void insert(struct line *l, int key)
{
	char utf8[5];
	key_utf8(key, utf8);
	size_t n = strlen(utf8), len = strlen(l->text);
	if (len + n >= sizeof(l->text))
		return;
	memmove(l->text + l->cursor + n, l->text + l->cursor, len - l->cursor + 1);
	memcpy(l->text + l->cursor, utf8, n);
	l->cursor += n;
}

static void line_key(struct line *l, int key)
{
	size_t end = strlen(l->text);
	if (key == K_LEFT)
		l->cursor = before(l->text, l->cursor);
	else if (key == K_RIGHT)
		l->cursor = behind(l->text, l->cursor);
	else if (key == K_HOME || key == K_CTRL('a'))
		l->cursor = 0;
	else if (key == K_END || key == K_CTRL('e'))
		l->cursor = end;
	else if (key == K_BACKSPACE || key == K_CTRL('h'))
		remove_bytes(l, before(l->text, l->cursor), l->cursor);
	else if (key == K_DELETE)
		remove_bytes(l, l->cursor, behind(l->text, l->cursor));
	else if (key == K_CTRL('u'))
		remove_bytes(l, 0, end);
	else if (key >= 32 && key < K_NAMED && key != 127)
		insert(l, key);
}

/* accept() may open the next prompt, so this one is closed first and comes back when refused. */
static void enter(struct app *app)
{
	struct prompt kept = app->prompt;
	prompt_close(app);
	if (!kept.accept(app, kept.line.text))
		app->prompt = kept;
}

static void line_prompt_key(struct app *app, int key)
{
	if (key == K_ENTER)
		enter(app);
	else if (key == K_ESC || key == K_CTRL('c'))
		prompt_close(app);
	else if (key == K_PASTE)
		app_say(app, "%s", _("Pasted text is ignored."));
	else
		line_key(&app->prompt.line, key);
}

static void choice_prompt_key(struct app *app, int key)
{
	const struct prompt *p = &app->prompt;
	if (key == K_ESC || key == K_CTRL('c')) {
		prompt_close(app);
		return;
	}
	for (const struct prompt_choice *c = p->choices; c->words; c++)
		if (c->key == key) {
			prompt_close(app);
			p->chosen(app, c->value);
			return;
		}
}

/* ---- drawing ---- */

static int width_of(const char *text, size_t from, size_t to)
{
	char one[8] = "";
	memcpy(one, text + from, to - from < sizeof(one) ? to - from : sizeof(one) - 1);
	return text_width(one);
}

/* The first byte to show so that the cursor is among room columns. */
static size_t first_shown(const struct line *l, int room)
{
	size_t at = l->cursor;
	int left = room - 1;
	while (at > 0) {
		size_t one = before(l->text, at);
		left -= width_of(l->text, one, at);
		if (left < 0)
			break;
		at = one;
	}
	return at;
}

static void draw_line(struct grid *g, int y, const struct line *l)
{
	int x = 3, room = g->w - x - 2;
	size_t from = first_shown(l, room), shown = text_fit(l->text + from, room);
	char part[4 * 512];
	grid_put(g, 1, y, ROLE_DIM, from ? "<" : ">");
	snprintf(part, sizeof(part), "%.*s", (int)(shown < sizeof(part) ? shown : sizeof(part) - 1),
		 l->text + from);
	grid_put(g, x, y, ROLE_PLAIN, part);
	if (l->text[from + shown])
		grid_put(g, g->w - 2, y, ROLE_DIM, ">");
	snprintf(part, sizeof(part), "%.*s", (int)(l->cursor - from), l->text + from);
	g->cursor_x = x + text_width(part);
	g->cursor_y = y;
}

static void draw_line_prompt(const struct app *app, struct grid *g)
{
	static const char *const keys[][2] = {
		{"enter", N_("do it")}, {"esc", N_("cancel")}, {"ctrl-u", N_("empty the line")}};
	const struct prompt *p = &app->prompt;
	char note[APP_TEXT] = "";
	if (!app->message[0] && p->note)
		p->note(app, p->line.text, note, sizeof(note));
	grid_field(g, 1, g->h - 4, g->w - 2, ROLE_KEY, FIT_MIDDLE, p->label);
	grid_field(g, 3, g->h - 3, g->w - 4, app->message[0] ? ROLE_WARN : ROLE_DIM, FIT_END,
		   app->message[0] ? app->message : note);
	draw_line(g, g->h - 2, &p->line);
	draw_keys(g, keys, 3);
}

static void draw_choice_prompt(const struct app *app, struct grid *g)
{
	static const char *const keys[][2] = {{"esc", N_("cancel")}};
	char name[8];
	int x = 3, y = g->h - 3;
	grid_field(g, 1, g->h - 4, g->w - 2, ROLE_KEY, FIT_MIDDLE, app->prompt.label);
	for (const struct prompt_choice *c = app->prompt.choices; c->words; c++) {
		const char *key = keycap_name(c->key, name), *words = _(c->words);
		if (x + text_width(key) + 1 + text_width(words) >= g->w) {
			x = 3;
			y++;
		}
		x = grid_put(g, x, y, ROLE_KEY, key);
		x = grid_put(g, x + 1, y, ROLE_PLAIN, words) + 2;
	}
	g->cursor_y = y;
	g->cursor_x = x < g->w ? x : g->w - 1;
	draw_keys(g, keys, 1);
}

/* ---- opening ---- */

/* What is asked and what is said about it. */
static int two_rows(const struct app *app)
{
	(void)app;
	return 2;
}

void prompt_line(struct app *app, const char *label, const char *text,
		 void (*note)(const struct app *app, const char *text, char *buf, size_t cap),
		 bool (*accept)(struct app *app, const char *text))
{
	static const struct prompt_ops ops = {line_prompt_key, two_rows, draw_line_prompt};
	struct prompt *p = &app->prompt;
	prompt_open(app, &ops);
	p->label = label;
	p->note = note;
	p->accept = accept;
	snprintf(p->line.text, sizeof(p->line.text), "%s", text);
	p->line.cursor = strlen(p->line.text);
}

void prompt_choice(struct app *app, const char *label, const struct prompt_choice *choices,
		   void (*chosen)(struct app *app, uint32_t value))
{
	static const struct prompt_ops ops = {choice_prompt_key, two_rows, draw_choice_prompt};
	struct prompt *p = &app->prompt;
	prompt_open(app, &ops);
	p->label = label;
	p->choices = choices;
	p->chosen = chosen;
}
