/* SPDX-License-Identifier: MIT */
/*
 * How a key looks: its subkeys and values in columns, with what staging does to them, and below
 * them what is known of the key, the hive and the selected row.
 *
 * Drawing uses what registry_rows.c gathered when the key was entered or the staging changed; only
 * the data of the visible values is read again.
 */
#include "registry_internal.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/value_words.h"
#include "table.h"

#define NAME_X        5
#define NAME_LEAST    16
#define TYPE_X        (NAME_X + NAME_LEAST)
#define TYPE_WIDTH    15
#define TYPE_FROM     60 /* columns of the window that leave room for the type */
#define NOTE_FROM     20 /* rows of the window that leave room for what is odd about the hive */
#define SHOWN_BYTES   16u
#define SHOWN_STRINGS 8u

/* ---- words ---- */

static const char *data_words(struct value v, struct arena *arena)
{
	static const struct value_form brief = {.quote = "",
						.between = " | ",
						.texts = SHOWN_STRINGS,
						.bytes = SHOWN_BYTES,
						.length = true};
	uint32_t number;
	char *text = NULL;
	struct span data;
	if (value_u32(v, &number, NULL) == 0)
		return arena_printf(arena, number < 10 ? "%u" : "%u  (0x%x)", number, number);
	if (v.type == REG_QWORD && v.size == 8 && value_data(v, arena, &data, NULL) == 0)
		return arena_printf(arena, "%llu", (unsigned long long)le64(data, 0));
	if (v.type == REG_LINK && value_text(v, arena, &text, NULL) == 0)
		return text;
	const char *words = value_words(v, &brief, arena, NULL);
	return words ? words : _("unreadable");
}

const char *registry_type(uint32_t type, char buf[24])
{
	const char *name = reg_type_name(type);
	if (name)
		return name;
	snprintf(buf, 24, "REG_0x%x", type);
	return buf;
}

/* The finding whose evidence is this value, when the hive is the one that was judged. */
static const struct finding *finding_of(const struct app *app, const struct registry_row *row)
{
	const struct session *s = app->session;
	const struct registry_state *r = registry_state(app);
	if (!s->chosen || s->chosen->system != r->file || row->is_key)
		return NULL;
	for (size_t i = 0; i < s->now.n; i++)
		if (text_equal(s->now.findings[i].key, r->path) &&
		    text_equal(s->now.findings[i].value, row->name))
			return &s->now.findings[i];
	return NULL;
}

/* Type of a key below Services. */
static bool is_service_type(const struct registry_state *r, const struct registry_row *row)
{
	static const char services[] = "services\\";
	const char *key = last_part(r->path);
	size_t len = sizeof(services) - 1;
	return text_equal(row->name, "Type") && (size_t)(key - r->path) >= len &&
	       strncasecmp(key - len, services, len) == 0;
}

static bool is_start(const struct registry_state *r, const struct registry_row *row)
{
	return text_equal(row->name, "Start") || text_equal(last_part(r->path), "StartOverride");
}

/* "3  Manual, needs 0 Boot"; what it needs is left out where staging gives it that. */
static void start_data(const struct app *app, const struct registry_row *row, uint32_t start,
		       char *buf, size_t cap)
{
	const struct finding *f = finding_of(app, row);
	snprintf(buf, cap, "%u  %s", start, _(start_name(start)));
	size_t len = strlen(buf);
	if (f && f->needed_start != start)
		snprintf(buf + len, cap - len, _(", needs %s"), f->needed.shown);
}

void registry_data(const struct app *app, const struct registry_row *row, char *buf, size_t cap)
{
	uint32_t number;
	struct arena *arena = arena_new();
	const struct finding *f = finding_of(app, row);
	snprintf(buf, cap, "%s", arena ? data_words(row->value, arena) : "");
	if (is_start(registry_state(app), row) && value_u32(row->value, &number, NULL) == 0 &&
	    start_name(number)[0])
		start_data(app, row, number, buf, cap);
	else if (is_service_type(registry_state(app), row) &&
		 value_u32(row->value, &number, NULL) == 0 && service_type_words(number)[0])
		snprintf(buf, cap, "%u  %s", number, service_type_words(number));
	else if (f && row->mark == MARK_NONE)
		snprintf(buf, cap, _("%s, needs %s"), f->found.shown, f->needed.shown);
	arena_free(arena);
}

/* ---- room ---- */

static bool has_note(const struct app *app)
{
	const struct hive_file *f = registry_state(app)->file;
	return app->h >= NOTE_FROM && f && (f->n_guards > 0 || f->recovery.was_dirty);
}

int registry_room(const struct app *app)
{
	int below = app->h > 16 ? 2 + has_note(app) : 0;
	int room = body_end(app) - body_top(app) - 2 - below;
	return room > 1 ? room : 1;
}

/* ---- rows that are no columns ---- */

/* The name may take the whole row; behind it what staging does to the key. */
static void draw_key(struct grid *g, int y, const struct registry_row *row)
{
	static const char *const states[] = {
		[MARK_NEW] = N_("new"), [MARK_DELETED] = N_("deleted")};
	char name[APP_TEXT];
	bool said = row->mark == MARK_NEW || row->mark == MARK_DELETED;
	const char *state = said ? _(states[row->mark]) : "";
	int room = g->w - NAME_X - 1 - (said ? text_width(state) + 2 : 0);
	snprintf(name, sizeof(name), "%s\\", row->name);
	int width = text_width(name) < room ? text_width(name) : room;
	int x = grid_field(g, NAME_X, y, width, said ? ROLE_NEW : ROLE_PLAIN, FIT_MIDDLE, name);
	if (said)
		grid_put(g, x + 2, y, ROLE_NEW, state);
}

static bool draw_whole(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct registry_row *row = registry_row_at(app, i);
	if (!row)
		grid_put(g, NAME_X, y, ROLE_PLAIN, "..");
	if (row && row->mark != MARK_NONE)
		grid_put(g, 3, y, ROLE_NEW, "*");
	if (row && row->is_key)
		draw_key(g, y, row);
	return !row || row->is_key;
}

/* ---- the columns of values ---- */

static enum role role_of(const struct registry_row *row)
{
	return row->mark == MARK_NONE ? ROLE_PLAIN : ROLE_NEW;
}

static void glyph_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct finding *f = finding_of(app, registry_row_at(app, i));
	if (!f || f->severity == SEVERITY_NOTE)
		return;
	out->text = f->severity == SEVERITY_STOP ? "X" : "!";
	out->role = glyph_role(out->text[0]);
}

static void name_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct registry_row *row = registry_row_at(app, i);
	out->text = registry_title(row);
	out->role = role_of(row);
}

static void type_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct registry_row *row = registry_row_at(app, i);
	out->text = registry_type(row->value.type, out->buf);
	out->role = role_of(row);
}

static void data_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct registry_row *row = registry_row_at(app, i);
	if (row->mark == MARK_DELETED)
		out->text = _("deleted");
	else
		registry_data(app, row, out->buf, APP_TEXT);
	out->role = role_of(row);
}

/* The name column grows with the visible names of values, up to half of the window. */
static int longer_names(const struct app *app, int w)
{
	int widest = NAME_LEAST, room = registry_room(app);
	for (size_t i = app_frame(app)->top; i < registry_count(app) && room-- > 0; i++) {
		const struct registry_row *row = registry_row_at(app, i);
		int width = row && !row->is_key ? text_width(registry_title(row)) + 1 : 0;
		widest = width > widest ? width : widest;
	}
	return (widest < w / 2 ? widest : w / 2) - NAME_LEAST;
}

static const struct column columns[] = {
	{.places = {{0, 2, 1}}, .cell = glyph_cell},
	{.title = N_("Name"), .fit = FIT_MIDDLE, .places = {{0, NAME_X, 0}}, .cell = name_cell},
	{.title = N_("Type"), .moves = true, .places = {{TYPE_FROM, TYPE_X, 0}}, .cell = type_cell},
	{.title = N_("Data"),
	 .moves = true,
	 .places = {{TYPE_FROM, TYPE_X + TYPE_WIDTH, 0}, {0, TYPE_X, 0}},
	 .cell = data_cell},
};

static const struct table table = {TABLE_OF(columns), .shift = longer_names, .whole = draw_whole};

/* ---- below the list ---- */

/* What keeps this hive from being written, or how its logs changed it. */
static void draw_note(const struct app *app, struct grid *g, int y)
{
	const struct hive_file *f = registry_state(app)->file;
	char text[APP_TEXT];
	const struct guard *worst = f->n_guards ? &f->guards[0] : NULL;
	for (size_t i = 1; i < f->n_guards; i++)
		if (f->guards[i].blocks && !worst->blocks)
			worst = &f->guards[i];
	if (worst)
		snprintf(text, sizeof(text), "%s  %s", worst->blocks ? _("WRITES OFF") : _("NOTE"),
			 worst->text.shown);
	else
		snprintf(text, sizeof(text), "%s  %s",
			 f->recovery.recovered ? _("HIVE RECOVERED") : _("NOT CLOSED CLEANLY"),
			 f->recovery.words.plain ? f->recovery.words.shown : "");
	grid_put(g, 1, y, ROLE_WARN, "!");
	grid_field(g, 3, y, g->w - 4, ROLE_WARN, FIT_END, text);
}

static void about_key(const struct registry_state *r, char *buf, size_t cap)
{
	char time[TIME_TEXT];
	int n = r->boots ? snprintf(buf, cap, _("ControlSet%03u boots next (Select\\Default). "),
				    r->boots)
			 : snprintf(buf, cap, _("%zu keys and values. "), r->n);
	if (r->written)
		snprintf(buf + n, cap - (size_t)n, _("Key written %s UTC."),
			 minute_words(r->written, time));
	else
		snprintf(buf + n, cap - (size_t)n, "%s", _("This key is not written yet."));
}

static void draw_below(const struct app *app, struct grid *g)
{
	const struct registry_state *r = registry_state(app);
	const struct registry_row *row = registry_row_at(app, app_frame(app)->sel);
	char text[APP_TEXT];
	int y = body_end(app) - 2;
	if (app->h <= 16)
		return;
	if (has_note(app))
		draw_note(app, g, y - 1);
	about_key(r, text, sizeof(text));
	grid_field(g, 1, y, g->w - 2, r->error.code ? ROLE_WARN : ROLE_DIM, FIT_END,
		   r->error.code ? r->error.shown : text);
	if (row)
		grid_putf(g, 3, y + 1, ROLE_DIM,
			  row->is_key ? _("Key at hive byte 0x%llx.")
				      : _("Value at hive byte 0x%llx."),
			  (unsigned long long)(row->is_key ? key_at(row->key)
							   : value_at(row->value)));
}

void registry_draw(const struct app *app, struct grid *g)
{
	int y = body_top(app);
	if (!registry_state(app)->file)
		return;
	table_heads(app, &table, g, y);
	table_rows(app, &table, g, y + 1, registry_room(app), registry_count(app));
	draw_below(app, g);
}
