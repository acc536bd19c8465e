/* SPDX-License-Identifier: MIT */
/*
 * The editors of a value's data: one line for numbers, texts and a few bytes; a page of lines for
 * lists of texts and for more bytes. What does not fit the type is refused while it is typed. The
 * page keeps its own copy and stages it once, when it is left and only if it was changed.
 */
#include "edit_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/reg_data.h"

#define PROMPT_BYTES    64u /* binary data up to here is edited in one line */
#define PER_LINE_WIDE   16u
#define PER_LINE_NARROW 8u
#define WIDE_FROM       62 /* columns that hold 16 bytes and their place */
#define TEXT_FROM       80 /* columns that hold them as characters too */
#define LINE_X          5
#define HEX_X           13

static struct edit_state *edit_state(const struct app *app)
{
	return app_state(app, PAGE_EDIT);
}

static void edit_forget(struct app *app)
{
	edit_free(edit_state(app));
}

/* ---- from words to what is staged ---- */

static bool is_number(const struct edit_state *e)
{
	return !e->as_hex && (e->type == REG_DWORD || e->type == REG_QWORD);
}

/* Leading zeros mean nothing here; a C library would read them as octal. */
static const char *without_zeros(const struct edit_state *e, const char *text)
{
	while (is_number(e) && text[0] == '0' && isdigit((unsigned char)text[1]))
		text++;
	return text;
}

static int parse(const struct edit_state *e, const char *text, struct arena *arena,
		 struct span *out, struct err *err)
{
	const char *word = without_zeros(e, text);
	return reg_data_parse(e->as_hex ? REG_BINARY : e->type, &word, 1, arena, out, err);
}

static bool stage_data(struct app *app, struct span data)
{
	const struct edit_state *e = edit_state(app);
	char words[APP_TEXT], path[APP_PATH], buf[24];
	snprintf(path, sizeof(path), "%s", registry_path(app));
	snprintf(words, sizeof(words), e->is_new ? _("new value %.200s, %s") : _("%.200s, %s"),
		 e->name[0] ? e->name : _("(Default)"), registry_type(e->type, buf));
	return registry_stage(app,
			      (struct edit){.key = path,
					    .name = e->name,
					    .type = e->type,
					    .data = data,
					    .op = HIVE_SET},
			      words);
}

static bool accept_data(struct app *app, const char *text)
{
	struct err err = {0};
	struct span data;
	if (parse(edit_state(app), text, edit_state(app)->arena, &data, &err) == 0)
		return stage_data(app, data);
	app_say_err(app, &err);
	return false;
}

/* What the line means: both forms of a number, the bytes of a text, or what is wrong with it. */
static void note_data(const struct app *app, const char *text, char *buf, size_t cap)
{
	const struct edit_state *e = edit_state(app);
	struct err err = {0};
	struct span data;
	struct arena *arena = arena_new();
	if (!arena)
		return;
	if (parse(e, text, arena, &data, &err) < 0) {
		snprintf(buf, cap, "%s", err.shown);
	} else if (is_number(e)) {
		uint64_t n = data.len == 4 ? le32(data, 0) : le64(data, 0);
		const char *start = text_equal(e->name, "Start") && n < 5
					    ? _(start_name((uint32_t)n))
					    : "";
		snprintf(buf, cap, "%llu = 0x%llx  %s", (unsigned long long)n,
			 (unsigned long long)n, start);
	} else {
		snprintf(buf, cap, ngettext("%zu byte", "%zu bytes", data.len), data.len);
	}
	arena_free(arena);
}

/* ---- the lines of the page ---- */

static size_t per_line(const struct app *app)
{
	return app->w >= WIDE_FROM ? PER_LINE_WIDE : PER_LINE_NARROW;
}

static size_t edit_rows(const struct app *app)
{
	const struct edit_state *e = edit_state(app);
	return e->as_hex ? (e->n_bytes + per_line(app) - 1) / per_line(app) : e->n_texts;
}

static bool accept_text_line(struct app *app, const char *text)
{
	struct edit_state *e = edit_state(app);
	if (!text[0]) {
		app_say(app, "%s", _("An empty line would end the list; x deletes a line."));
		return false;
	}
	if (e->count == 0 || strcmp(e->texts[e->at], text) != 0)
		edit_put_text(e, e->at, e->count > 0, text);
	app_top(app)->sel = e->at;
	return true;
}

static bool accept_hex_line(struct app *app, const char *text)
{
	struct edit_state *e = edit_state(app);
	struct err err = {0};
	struct span data;
	if (parse(e, text, e->arena, &data, &err) < 0) {
		app_say_err(app, &err);
		return false;
	}
	bool same = data.len == e->count &&
		    (data.len == 0 || memcmp(data.p, e->bytes + e->at, data.len) == 0);
	if (!same)
		edit_splice(e, e->at, e->count, data);
	return true;
}

static void note_line(const struct app *app, const char *text, char *buf, size_t cap)
{
	if (edit_state(app)->as_hex)
		note_data(app, text, buf, cap);
	else
		snprintf(buf, cap, _("line %zu of %zu"), edit_state(app)->at + 1,
			 edit_state(app)->n_texts + (edit_state(app)->count == 0));
}

/* Open the prompt for a line, or (count 0) for one that comes before it. */
static void ask_line(struct app *app, size_t row, bool new_line)
{
	struct edit_state *e = edit_state(app);
	char text[3 * PER_LINE_WIDE + 1] = "";
	size_t step = e->as_hex ? per_line(app) : 1, n = e->as_hex ? e->n_bytes : e->n_texts;
	e->at = row * step < n ? row * step : n;
	e->count = new_line ? 0 : n - e->at < step ? n - e->at : step;
	if (e->as_hex)
		edit_hex(e->bytes + e->at, e->count, text, sizeof(text));
	prompt_line(app, e->label, e->as_hex || new_line ? text : e->texts[e->at], note_line,
		    e->as_hex ? accept_hex_line : accept_text_line);
}

static void edit_select(struct app *app)
{
	ask_line(app, app_frame(app)->sel, edit_rows(app) == 0);
}

static void cmd_line_new(struct app *app)
{
	ask_line(app, edit_rows(app) ? app_frame(app)->sel + 1 : 0, true);
}

static bool can_line_delete(const struct app *app)
{
	return edit_rows(app) > 0;
}

static void cmd_line_delete(struct app *app)
{
	struct edit_state *e = edit_state(app);
	size_t row = app_frame(app)->sel, at = row * per_line(app);
	if (!e->as_hex)
		edit_remove_text(e, row);
	else
		edit_splice(e, at,
			    e->n_bytes - at < per_line(app) ? e->n_bytes - at : per_line(app),
			    (struct span){0});
}

/* ---- leaving the page ---- */

bool edit_changed(const struct app *app)
{
	return edit_state(app)->changed;
}

static bool stage_lines(struct app *app)
{
	struct edit_state *e = edit_state(app);
	struct err err = {0};
	struct span data = {e->bytes, e->n_bytes};
	const char *const *texts = (const char *const *)e->texts;
	e->changed = false;
	if (!e->as_hex && reg_data_parse(e->type, texts, e->n_texts, e->arena, &data, &err) < 0) {
		app_say_err(app, &err);
		return false;
	}
	return stage_data(app, data);
}

/* What cannot be staged stays on the page once; the second esc leaves without it. */
static bool edit_back(struct app *app)
{
	char why[APP_TEXT];
	if (!edit_state(app)->changed || stage_lines(app))
		return false;
	snprintf(why, sizeof(why), "%s", app->message);
	app_say(app, _("%.350s  esc again leaves without it."), why);
	return true;
}

/* ---- beginning ---- */

static void make_label(struct edit_state *e)
{
	char buf[24];
	bool form = e->type == REG_DWORD || e->type == REG_QWORD || e->type == REG_SZ ||
		    e->type == REG_EXPAND_SZ || e->type == REG_MULTI_SZ;
	snprintf(e->label, sizeof(e->label), "%.380s  %s%s", e->name[0] ? e->name : _("(Default)"),
		 registry_type(e->type, buf),
		 form && e->as_hex ? _(", as hex: not what its type says") : "");
}

static bool prepare(struct app *app, const struct value *v, char ***words, size_t *n)
{
	struct edit_state *e = edit_state(app);
	struct err err = {0};
	if (v && reg_data_words(*v, e->arena, words, n, &e->as_hex, &err) < 0) {
		app_say_err(app, &err);
		return false;
	}
	make_label(e);
	bool taken = !v          ? true
		     : e->as_hex ? edit_take_bytes(e, *v, &err)
				 : e->type != REG_MULTI_SZ || edit_take_texts(e, *words, *n);
	if (!taken)
		app_say(app, "%s", err.code ? err.shown : _("No memory."));
	return taken;
}

void edit_start(struct app *app, const char *name, uint32_t type, const struct value *v)
{
	struct edit_state *e = edit_state(app);
	char **words = NULL;
	size_t n = 0;
	edit_forget(app);
	e->arena = arena_new();
	e->name = e->arena ? arena_strdup(e->arena, name) : NULL;
	e->type = type;
	e->is_new = !v;
	e->as_hex = type == REG_BINARY || type == REG_NONE;
	if (!e->name || !prepare(app, v, &words, &n))
		return;
	if ((e->as_hex && e->n_bytes > PROMPT_BYTES) || (!e->as_hex && type == REG_MULTI_SZ))
		app_push(app, PAGE_EDIT);
	else if (n > 0 && strlen(words[0]) >= PROMPT_LINE_MAX)
		app_say(app, "%s",
			_("This text is longer than a line can be here; stop7b set "
			  "changes it."));
	else
		prompt_line(app, e->label, n > 0 ? words[0] : "", note_data, accept_data);
}

/* ---- drawing ---- */

static int edit_first(const struct app *app)
{
	return body_top(app) + (app->h > 16 ? 2 : 1);
}

static int edit_room(const struct app *app)
{
	int room = body_end(app) - edit_first(app);
	return room > 1 ? room : 1;
}

static void draw_bytes(const struct app *app, struct grid *g, int y, size_t row)
{
	const struct edit_state *e = edit_state(app);
	char text[3 * PER_LINE_WIDE + 1];
	size_t step = per_line(app), at = row * step;
	size_t n = e->n_bytes - at < step ? e->n_bytes - at : step;
	edit_hex(e->bytes + at, n, text, sizeof(text));
	grid_putf(g, LINE_X, y, ROLE_DIM, "%06zx", at);
	grid_put(g, HEX_X, y, ROLE_PLAIN, text);
	for (size_t i = 0; g->w >= TEXT_FROM && i < n; i++) {
		unsigned char c = e->bytes[at + i];
		grid_putf(g, HEX_X + 3 * (int)step + (int)i, y, ROLE_PLAIN, "%c",
			  c >= 32 && c < 127 ? c : '.');
	}
}

static void edit_draw(const struct app *app, struct grid *g)
{
	const struct edit_state *e = edit_state(app);
	const struct frame *frame = app_frame(app);
	int y = edit_first(app), room = edit_room(app);
	char size[NUMBER_TEXT];
	int x = grid_field(g, 1, body_top(app),
			   text_width(e->label) < g->w / 2 ? text_width(e->label) : g->w / 2,
			   ROLE_KEY, FIT_MIDDLE, e->label);
	number_words(e->as_hex ? e->n_bytes : e->n_texts, size);
	grid_putf(g, x + 2, body_top(app), e->changed ? ROLE_NEW : ROLE_PLAIN,
		  e->as_hex ? _("%s bytes%s") : _("%s lines%s"), size,
		  e->changed ? _(", changed") : "");
	if (edit_rows(app) == 0)
		grid_put(g, LINE_X, y, ROLE_DIM, _("empty; n adds a line"));
	for (size_t i = frame->top; i < edit_rows(app) && room-- > 0; i++, y++) {
		if (e->as_hex)
			draw_bytes(app, g, y, i);
		else
			grid_field(g, LINE_X, y, g->w - LINE_X - 1, ROLE_PLAIN, FIT_END,
				   e->texts[i]);
		if (i == frame->sel)
			draw_selected(g, y);
	}
}

static void edit_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	const struct edit_state *e = edit_state(app);
	char key[APP_PATH + 64];
	registry_crumbs(app, key, sizeof(key), brief);
	snprintf(buf, cap, "%s > %s", key, e->name && e->name[0] ? e->name : _("(Default)"));
}

static const struct command keys[] = {
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .bar = {.text = N_("edit line"), .place = 10, .keep = 2},
	 .help = N_("edit this line")},
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .kind = DO_LEAVE,
	 .run = cmd_back,
	 .bar = {.text = N_("back"), .place = 80, .keep = 1},
	 .alternative = edit_changed,
	 .other = {.text = N_("stage, back"), .place = 80, .keep = 1},
	 .help = N_("back; what was changed is staged")},
	{.keys = {'c'},
	 .kind = DO_STAGE,
	 .run = cmd_line_new,
	 .bar = {.text = N_("new below"), .place = 14, .keep = 4},
	 .help = N_("new line below this one")},
	{.keys = {'x'},
	 .kind = DO_STAGE,
	 .run = cmd_line_delete,
	 .when = can_line_delete,
	 .bar = {.text = N_("delete line"), .place = 16, .keep = 4},
	 .help = N_("delete this line")},
};

const struct view view_edit = {
	.name = N_("lines of a value"),
	.state_size = sizeof(struct edit_state),
	.takes = TAKES_LIST | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = edit_crumbs,
	.draw = edit_draw,
	.rows = edit_rows,
	.room = edit_room,
	.select = edit_select,
	.back = edit_back,
	.forget = edit_forget,
};
