/* SPDX-License-Identifier: MIT */
/*
 * The registry page: the keys and values of a hive as they would be after an apply. What is
 * staged stands in its place with a '*', what is deleted too. Nothing is written here.
 *
 * Drawing uses what registry_rows.c gathered when the key was entered or the staging changed; only
 * the data of the visible values is read again.
 */
#include "registry_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/value_words.h"

#define NAME_X        5
#define NAME_LEAST    16
#define TYPE_WIDTH    15
#define TYPE_FROM     60 /* columns of the window that leave room for the type */
#define NOTE_FROM     20 /* rows of the window that leave room for what is odd about the hive */
#define SHOWN_BYTES   16u
#define SHOWN_STRINGS 8u

struct registry_state *registry_state(const struct app *app)
{
	return app_state(app, PAGE_REGISTRY);
}

const char *registry_path(const struct app *app)
{
	return registry_state(app)->path;
}

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
	char odd[24], words[64];
	const struct finding *f = finding_of(app, row);
	const char *needed = f && f->found && f->needed ? f->needed : NULL;
	snprintf(words, sizeof(words), "%s", start_words(start, odd));
	snprintf(buf, cap, "%u  %s", start, start_name(start));
	size_t len = strlen(buf);
	if (needed && !text_equal(needed, words))
		snprintf(buf + len, cap - len, _(", needs %s"), needed);
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
	else if (f && f->found && f->needed && row->mark == MARK_NONE)
		snprintf(buf, cap, _("%s, needs %s"), f->found, f->needed);
	arena_free(arena);
}

/* ---- opening ---- */

void registry_forget(struct app *app)
{
	arena_free(registry_state(app)->arena);
	*registry_state(app) = (struct registry_state){0};
}

static void narrow(struct app *app)
{
	registry_refresh(app);
	app_top(app)->sel = registry_state(app)->n_shown ? 1 : 0;
}

static void registry_changed(struct app *app)
{
	struct registry_state *r = registry_state(app);
	const struct registry_row *row = registry_selected(app);
	char name[APP_PATH];
	if (!r->file)
		return;
	if (!app_on_stack(app, PAGE_REGISTRY)) {
		registry_forget(app);
		return;
	}
	bool is_key = row && row->is_key;
	snprintf(name, sizeof(name), "%s", row ? row->name : "");
	if (!registry_show(app))
		registry_forget(app);
	else if (row)
		registry_select_name(app, is_key, name);
}

/* Only a file that begins like a hive is read whole. */
static bool looks_like_hive(struct app *app, unsigned partition, const char *path)
{
	char magic[4] = "";
	struct ntfs *volume = session_volume(app->session, partition, NULL);
	struct ntfs_file *file = volume ? ntfs_file_open(volume, path, NULL) : NULL;
	bool yes = file && ntfs_file_size(file) >= HIVE_BASE &&
		   ntfs_file_read(file, 0, magic, sizeof(magic), NULL) == 0 &&
		   memcmp(magic, "regf", 4) == 0;
	ntfs_file_close(file);
	return yes;
}

bool registry_enter(struct app *app, unsigned partition, const char *path)
{
	struct registry_state *r = registry_state(app);
	if (!looks_like_hive(app, partition, path)) {
		app_say(app, _("%s is not a registry hive; o copies it out."), last_part(path));
		return false;
	}
	registry_forget(app);
	r->partition = partition;
	snprintf(r->hive, sizeof(r->hive), "%u:%s", partition, path);
	if (!registry_show(app)) {
		registry_forget(app);
		return false;
	}
	app_push(app, PAGE_REGISTRY);
	app_top(app)->sel = r->n_shown ? 1 : 0;
	return true;
}

/* ---- going in and out ---- */

static size_t registry_rows(const struct app *app)
{
	return registry_state(app)->n_shown + 1;
}

static bool has_note(const struct app *app)
{
	const struct hive_file *f = registry_state(app)->file;
	return app->h >= NOTE_FROM && f && (f->n_guards > 0 || f->recovery.was_dirty);
}

static int registry_room(const struct app *app)
{
	int below = app->h > 16 ? 2 + has_note(app) : 0;
	int room = body_end(app) - body_top(app) - 2 - below;
	return room > 1 ? room : 1;
}

static bool registry_back(struct app *app)
{
	struct registry_state *r = registry_state(app);
	if (r->depth == 0)
		return false;
	uint32_t from = r->key.at;
	registry_ascend(r);
	r->filter[0] = '\0';
	if (!registry_show(app))
		return false;
	app_top(app)->sel = 0;
	registry_select_cell(app, true, from);
	return true;
}

static void enter_key(struct app *app, const struct registry_row *row)
{
	struct registry_state *r = registry_state(app);
	if (row->mark == MARK_DELETED) {
		app_say(app, _("%s is deleted in what is staged; space takes that back."),
			row->name);
		return;
	}
	if (!registry_descend(app, row->key, row->name))
		return;
	r->filter[0] = '\0';
	if (registry_show(app))
		*app_top(app) = (struct frame){.page = PAGE_REGISTRY, .sel = r->n_shown > 0};
}

static void registry_select(struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	if (!row)
		cmd_back(app);
	else if (row->is_key)
		enter_key(app, row);
	else
		app_push(app, PAGE_VALUE);
}

/* ---- drawing ---- */

/* A role may be underlined: it ends with the text. */
static void put_cut(struct grid *g, int x, int y, int room, enum role role, enum fit fit,
		    const char *text)
{
	int width = text_width(text);
	grid_field(g, x, y, width < room ? width : room, role, fit, text);
}

static int data_column(const struct grid *g, int type_x)
{
	return type_x + (g->w >= TYPE_FROM ? TYPE_WIDTH : 0);
}

static void draw_value(const struct app *app, struct grid *g, int y, const struct registry_row *row,
		       int type_x)
{
	char buf[24], text[APP_TEXT];
	int x = data_column(g, type_x);
	const struct finding *f = finding_of(app, row);
	enum role role = row->mark == MARK_NONE ? ROLE_PLAIN : ROLE_NEW;
	if (f && f->severity != SEVERITY_NOTE)
		grid_put(g, 2, y, f->severity == SEVERITY_STOP ? ROLE_BAD : ROLE_WARN,
			 f->severity == SEVERITY_STOP ? "X" : "!");
	if (g->w >= TYPE_FROM)
		put_cut(g, type_x, y, TYPE_WIDTH - 1, role, FIT_END,
			registry_type(row->value.type, buf));
	if (row->mark == MARK_DELETED)
		snprintf(text, sizeof(text), "%s", _("deleted"));
	else
		registry_data(app, row, text, sizeof(text));
	put_cut(g, x, y, g->w - x - 1, role, FIT_END, text);
}

static int type_column(const struct app *app, int w)
{
	int widest = NAME_LEAST, most = w / 2;
	const struct frame *frame = app_frame(app);
	int room = registry_room(app);
	for (size_t i = frame->top; i < registry_rows(app) && room-- > 0; i++) {
		const struct registry_row *row = registry_row_at(app, i);
		int width = row && !row->is_key ? text_width(registry_title(row)) + 1 : 0;
		widest = width > widest ? width : widest;
	}
	return NAME_X + (widest < most ? widest : most);
}

static void draw_key(struct grid *g, int y, const struct registry_row *row)
{
	static const char *const states[] = {
		[MARK_NEW] = N_("new"), [MARK_CHANGED] = "", [MARK_DELETED] = N_("deleted")};
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

static void draw_row(const struct app *app, struct grid *g, int y, size_t i, int type_x)
{
	const struct registry_row *row = registry_row_at(app, i);
	if (!row) {
		grid_put(g, NAME_X, y, ROLE_PLAIN, "..");
		return;
	}
	if (row->mark != MARK_NONE)
		grid_put(g, 3, y, ROLE_NEW, "*");
	if (row->is_key) {
		draw_key(g, y, row);
		return;
	}
	put_cut(g, NAME_X, y, type_x - NAME_X - 1, row->mark ? ROLE_NEW : ROLE_PLAIN, FIT_MIDDLE,
		registry_title(row));
	draw_value(app, g, y, row, type_x);
}

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
			 worst->text);
	else
		snprintf(text, sizeof(text), "%s  %s",
			 f->recovery.recovered ? _("HIVE RECOVERED") : _("NOT CLOSED CLEANLY"),
			 f->recovery.words ? f->recovery.words : "");
	grid_put(g, 1, y, ROLE_WARN, "!");
	grid_field(g, 3, y, g->w - 4, ROLE_WARN, FIT_END, text);
}

static void about_key(const struct registry_state *r, char *buf, size_t cap)
{
	char time[TIME_TEXT];
	int n = r->boots ? snprintf(buf, cap, _("ControlSet%03u boots next (Select\\Default). "),
				    r->boots)
			 : snprintf(buf, cap, _("%zu keys and values. "), r->n);
	snprintf(buf + n, cap - (size_t)n, _("Key written %s UTC."),
		 minute_words(key_written(r->key), time));
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
		   r->error.code ? r->error.text : text);
	if (row)
		grid_putf(g, 3, y + 1, ROLE_DIM,
			  row->is_key ? _("Key at hive byte 0x%llx.")
				      : _("Value at hive byte 0x%llx."),
			  (unsigned long long)(row->is_key ? key_at(row->key)
							   : value_at(row->value)));
}

static void registry_draw(const struct app *app, struct grid *g)
{
	const struct frame *frame = app_frame(app);
	int y = body_top(app), room = registry_room(app), type_x = type_column(app, g->w);
	if (!registry_state(app)->file)
		return;
	grid_put(g, NAME_X, y, ROLE_HEAD, _("Name"));
	if (g->w >= TYPE_FROM)
		grid_put(g, type_x, y, ROLE_HEAD, _("Type"));
	grid_put(g, data_column(g, type_x), y, ROLE_HEAD, _("Data"));
	y++;
	for (size_t i = frame->top; i < registry_rows(app) && room-- > 0; i++, y++) {
		draw_row(app, g, y, i, type_x);
		if (i == frame->sel)
			draw_selected(g, y);
	}
	draw_below(app, g);
}

void registry_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)brief;
	snprintf(buf, cap, "P%u > %s > %s", registry_state(app)->partition,
		 last_part(registry_state(app)->hive),
		 registry_state(app)->path[0] ? registry_state(app)->path : "\\");
}

static char *filter_text(const struct app *app)
{
	return registry_state(app)->filter;
}

static size_t filter_of(const struct app *app)
{
	return registry_state(app)->n;
}

static size_t filter_shown(const struct app *app)
{
	return registry_state(app)->n_shown;
}

static const struct page_filter filter = {filter_text, narrow, filter_of, filter_shown};

static const struct command keys[] = {
	{.keys = {'/'},
	 .kind = DO_NARROW,
	 .run = prompt_filter,
	 .bar = {.text = N_("filter"), .place = 20, .keep = 5},
	 .help = N_("filter by name")},
	{.keys = {'s'},
	 .kind = DO_NARROW,
	 .run = cmd_search,
	 .bar = {.text = N_("search"), .place = 22, .keep = 7},
	 .help = N_("search names and data of the whole hive")},
	{.keys = {'r'},
	 .kind = DO_NARROW,
	 .run = cmd_search_next,
	 .when = can_search_next,
	 .bar = {.text = N_("next"), .place = 23, .keep = 8},
	 .help = N_("next place that the search finds")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("opens"), .place = 10, .keep = 2},
	 .help = N_("opens a directory, a hive, a key or a value")},
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .kind = DO_LEAVE,
	 .run = cmd_back,
	 .bar = {.text = N_("up"), .place = 80, .keep = 1},
	 .help = N_("up, then back")},
	{.keys = {'e'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_edit_value,
	 .when = can_edit_value,
	 .bar = {.text = N_("edit"), .place = 12, .keep = 4},
	 .help = N_("edit this value")},
	{.keys = {'n'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_new,
	 .when = can_new,
	 .bar = {.text = N_("new"), .place = 14, .keep = 5},
	 .help = N_("new value or key")},
	{.keys = {'x'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_delete,
	 .when = can_delete,
	 .bar = {.text = N_("delete"), .place = 16, .keep = 5},
	 .help = N_("delete this value or key")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_unstage_row,
	 .when = can_unstage_row,
	 .bar = {.text = N_("unstage"), .place = 35, .keep = 6},
	 .help = N_("take back what is staged for this row")},
	{.keys = {'u'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_undo,
	 .when = can_undo,
	 .alternative = is_staged,
	 .other = {.text = N_("undo"), .place = 30, .keep = 4},
	 .help = N_("undo the last staging; with none, the last write")},
	{.keys = {'a'},
	 .kind = DO_REVIEW,
	 .flags = COMMAND_NEEDS_RW,
	 .run = cmd_review,
	 .when = can_review,
	 .alternative = is_staged,
	 .other = {.text = N_("review+apply"), .place = 9, .keep = 1},
	 .help = N_("review, then apply")},
};

const struct view view_registry = {
	.name = N_("registry"),
	.state_size = sizeof(struct registry_state),
	.takes = TAKES_LIST | TAKES_UNDO | TAKES_DISK | TAKES_FACTS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = registry_crumbs,
	.draw = registry_draw,
	.rows = registry_rows,
	.room = registry_room,
	.select = registry_select,
	.back = registry_back,
	.filter = &filter,
	.changed = registry_changed,
	.forget = registry_forget,
};
