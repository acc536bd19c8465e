/* SPDX-License-Identifier: MIT */
/*
 * A hive's keys and values, read-only. The hive's bytes are read once into memory of this page;
 * the rows of a key are gathered when it is entered.
 */
#include "stop7b/view.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

#define HIVE_MAX      (UINT64_C(2) << 30) /* bytes; Windows keeps a hive below 2 GiB */
#define NAME_X        5
#define NAME_LEAST    16
#define TYPE_WIDTH    15
#define TYPE_FROM     60 /* columns of the window that leave room for the type */
#define SHOWN_BYTES   16u
#define SHOWN_STRINGS 8u

/* ---- words ---- */

static char *hex_words(struct span data, struct arena *arena)
{
	char text[3 * SHOWN_BYTES + 1] = "";
	size_t n = data.len < SHOWN_BYTES ? data.len : SHOWN_BYTES;
	for (size_t i = 0; i < n; i++)
		snprintf(text + 3 * i, sizeof(text) - 3 * i, "%02x ", data.p[i]);
	return arena_printf(arena, data.len > n ? _("%s.. %zu bytes") : "%s", text, data.len);
}

static char *list_words(struct value v, struct arena *arena)
{
	char **texts, *line = arena_strdup(arena, "");
	size_t n;
	if (value_texts(v, arena, &texts, &n, NULL) < 0)
		return NULL;
	for (size_t i = 0; line && i < n && i < SHOWN_STRINGS; i++)
		line = arena_printf(arena, "%s%s%s", line, i ? " | " : "", texts[i]);
	return line;
}

const char *value_words(struct value v, struct arena *arena)
{
	uint32_t number;
	char *text = NULL;
	struct span data;
	if (value_u32(v, &number, NULL) == 0)
		text = arena_printf(arena, "%u  (0x%x)", number, number);
	else if (v.type == REG_SZ || v.type == REG_EXPAND_SZ || v.type == REG_LINK)
		value_text(v, arena, &text, NULL);
	else if (v.type == REG_MULTI_SZ)
		text = list_words(v, arena);
	else if (v.type == REG_QWORD && v.size == 8 && value_data(v, arena, &data, NULL) == 0)
		text = arena_printf(arena, "%llu", (unsigned long long)le64(data, 0));
	if (!text && value_data(v, arena, &data, NULL) == 0)
		text = hex_words(data, arena);
	return text ? text : _("unreadable");
}

static const char *type_words(uint32_t type, char buf[24])
{
	const char *name = reg_type_name(type);
	if (name)
		return name;
	snprintf(buf, 24, "REG_0x%x", type);
	return buf;
}

/* ---- reading ---- */

void registry_forget(struct app *app)
{
	arena_free(app->registry.file);
	arena_free(app->registry.arena);
	app->registry = (struct registry_state){0};
}

void registry_refresh(struct app *app)
{
	struct registry_state *r = &app->registry;
	r->n_shown = 0;
	for (size_t i = 0; r->shown && i < r->n; i++)
		if (matches(r->rows[i].name, r->filter))
			r->shown[r->n_shown++] = i;
}

void registry_narrow(struct app *app)
{
	registry_refresh(app);
	app_top(app)->sel = app->registry.n_shown ? 1 : 0;
}

static void gather_keys(struct registry_state *r, size_t cap)
{
	struct key sub;
	struct key_iter it = key_subkeys(r->key);
	while (r->n < cap && key_next(&it, &sub)) {
		char *name = key_name(sub, r->arena);
		if (name)
			r->rows[r->n++] = (struct registry_row){
				.name = name, .key = sub, .is_key = true};
	}
	if (it.err.code)
		r->error = it.err;
}

static void gather_values(struct registry_state *r, size_t cap)
{
	struct value v;
	struct value_iter it = key_values(r->key);
	while (r->n < cap && value_next(&it, &v)) {
		char *name = value_name(v, r->arena);
		if (name)
			r->rows[r->n++] = (struct registry_row){
				.name = name[0] ? name : _("(Default)"), .value = v};
	}
	if (it.err.code)
		r->error = it.err;
}

/* Damaged counts are bounded by the hive: no cell is smaller than eight bytes. */
static size_t most_rows(const struct registry_state *r)
{
	size_t claimed = (size_t)key_subkey_count(r->key) + key_value_count(r->key);
	size_t possible = r->hive.bytes.len / 8;
	return claimed < possible ? claimed : possible;
}

static bool show_key(struct app *app, const char *path)
{
	struct registry_state *r = &app->registry;
	struct err err = {0};
	struct key key;
	struct arena *arena = arena_new();
	if (!arena || key_find(hive_root(&r->hive), path, &key, &err) < 0) {
		arena_free(arena);
		app_say_err(app, &err);
		return false;
	}
	arena_free(r->arena);
	r->arena = arena;
	r->key = key;
	r->n = r->n_shown = 0;
	r->filter[0] = '\0';
	err_clear(&r->error);
	memmove(r->path, path, strlen(path) + 1);
	size_t cap = most_rows(r);
	r->rows = arena_array(arena, cap + 1, sizeof(*r->rows), &r->error);
	r->shown = arena_array(arena, cap + 1, sizeof(*r->shown), &r->error);
	if (r->rows && r->shown) {
		gather_keys(r, cap);
		gather_values(r, cap);
	}
	registry_refresh(app);
	return true;
}

static int read_hive(struct app *app, unsigned partition, const char *path, struct err *err)
{
	struct registry_state *r = &app->registry;
	struct span bytes;
	registry_forget(app);
	r->partition = partition;
	snprintf(r->hive_path, sizeof(r->hive_path), "%s", path);
	r->file = arena_new();
	if (!r->file)
		return err_set(err, E_MEMORY, "no memory for the hive");
	if (session_file_bytes(app->session, partition, path, HIVE_MAX, r->file, &bytes, err) < 0)
		return -1;
	return hive_open(&r->hive, bytes, err);
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
	struct err err = {0};
	if (!looks_like_hive(app, partition, path)) {
		app_say(app, _("%s is not a registry hive; o copies it out."), last_part(path));
		return false;
	}
	if (read_hive(app, partition, path, &err) < 0) {
		app_say_err(app, &err);
		registry_forget(app);
		return false;
	}
	if (!show_key(app, ""))
		return false;
	app_push(app, PAGE_REGISTRY);
	app_top(app)->sel = app->registry.n_shown ? 1 : 0;
	return true;
}

/* ---- rows: "..", keys, values ---- */

static const struct registry_row *row_at(const struct app *app, size_t row)
{
	const struct registry_state *r = &app->registry;
	return row > 0 && row <= r->n_shown ? &r->rows[r->shown[row - 1]] : NULL;
}

static size_t registry_rows(const struct app *app)
{
	return app->registry.n_shown + 1;
}

static int registry_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 2 - (app->h > 16 ? 2 : 0);
	return room > 1 ? room : 1;
}

/* ---- going in and out ---- */

static bool registry_back(struct app *app)
{
	char path[APP_PATH], name[APP_PATH];
	const char *cut = strrchr(app->registry.path, '\\');
	const char *last = cut ? cut + 1 : app->registry.path;
	if (!app->registry.path[0])
		return false;
	snprintf(name, sizeof(name), "%s", last);
	snprintf(path, sizeof(path), "%.*s", (int)(cut ? cut - app->registry.path : 0),
		 app->registry.path);
	if (!show_key(app, path))
		return true;
	for (size_t i = 1; i <= app->registry.n_shown; i++)
		if (row_at(app, i)->is_key && text_equal(row_at(app, i)->name, name))
			app_top(app)->sel = i;
	return true;
}

static void registry_select(struct app *app)
{
	char path[APP_PATH];
	const struct registry_row *row = row_at(app, app_frame(app)->sel);
	if (!row) {
		cmd_back(app);
		return;
	}
	if (!row->is_key) {
		app_push(app, PAGE_VALUE);
		return;
	}
	int n = snprintf(path, sizeof(path), "%s%s%s", app->registry.path,
			 app->registry.path[0] ? "\\" : "", row->name);
	if (n < 0 || n >= APP_PATH)
		app_say(app, "%s", _("This path is too long."));
	else if (show_key(app, path))
		*app_top(app) = (struct frame){.page = PAGE_REGISTRY,
					       .sel = app->registry.n_shown > 0};
}

/* ---- drawing ---- */

/* The finding whose evidence is this value, when the hive is the one that was judged. */
static const struct finding *finding_of(const struct app *app, const struct registry_row *row)
{
	const struct session *s = app->session;
	const struct registry_state *r = &app->registry;
	if (!s->chosen || s->chosen->partition->number != r->partition ||
	    !text_equal(s->chosen->place.hive_path, r->hive_path))
		return NULL;
	for (size_t i = 0; i < s->now.n; i++)
		if (text_equal(s->now.findings[i].key, r->path) &&
		    text_equal(s->now.findings[i].value, row->name))
			return &s->now.findings[i];
	return NULL;
}

static void draw_value(const struct app *app, struct grid *g, int y, const struct registry_row *row,
		       int type_x)
{
	char buf[24], text[APP_TEXT];
	struct arena *arena = arena_new();
	int x = type_x + (g->w >= TYPE_FROM ? TYPE_WIDTH : 0);
	const struct finding *f = finding_of(app, row);
	if (!arena)
		return;
	if (f && f->severity != SEVERITY_NOTE)
		grid_put(g, 2, y, f->severity == SEVERITY_STOP ? ROLE_BAD : ROLE_WARN,
			 f->severity == SEVERITY_STOP ? "X" : "!");
	if (g->w >= TYPE_FROM)
		grid_put(g, type_x, y, ROLE_PLAIN, type_words(row->value.type, buf));
	snprintf(text, sizeof(text), "%s", value_words(row->value, arena));
	if (f && f->found && f->needed)
		snprintf(text, sizeof(text), _("%s, needs %s"), f->found, f->needed);
	grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_END, text);
	arena_free(arena);
}

static int type_column(const struct app *app, int w)
{
	int widest = NAME_LEAST, most = w / 2;
	const struct frame *frame = app_frame(app);
	int room = registry_room(app);
	for (size_t i = frame->top; i < registry_rows(app) && room-- > 0; i++) {
		const struct registry_row *row = row_at(app, i);
		int width = row && !row->is_key ? text_width(row->name) + 1 : 0;
		widest = width > widest ? width : widest;
	}
	return NAME_X + (widest < most ? widest : most);
}

static void draw_row(const struct app *app, struct grid *g, int y, size_t i, int type_x)
{
	const struct registry_row *row = row_at(app, i);
	char name[APP_TEXT];
	if (!row) {
		grid_put(g, NAME_X, y, ROLE_PLAIN, "..");
		return;
	}
	snprintf(name, sizeof(name), "%s%s", row->name, row->is_key ? "\\" : "");
	int width = (row->is_key ? g->w : type_x) - NAME_X - 1;
	grid_field(g, NAME_X, y, width, ROLE_PLAIN, FIT_MIDDLE, name);
	if (!row->is_key)
		draw_value(app, g, y, row, type_x);
}

static void draw_below(const struct app *app, struct grid *g)
{
	const struct registry_state *r = &app->registry;
	const struct registry_row *row = row_at(app, app_frame(app)->sel);
	char time[TIME_TEXT];
	int y = body_end(app) - 2;
	if (app->h <= 16)
		return;
	if (r->error.code)
		grid_field(g, 1, y, g->w - 2, ROLE_WARN, FIT_END, r->error.text);
	else
		grid_putf(g, 1, y, ROLE_DIM, _("%zu keys and values. Key written %s UTC."), r->n,
			  minute_words(key_written(r->key), time));
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
	grid_put(g, NAME_X, y, ROLE_HEAD, _("Name"));
	if (g->w >= TYPE_FROM)
		grid_put(g, type_x, y, ROLE_HEAD, _("Type"));
	grid_put(g, type_x + (g->w >= TYPE_FROM ? TYPE_WIDTH : 0), y, ROLE_HEAD, _("Data"));
	y++;
	for (size_t i = frame->top; i < registry_rows(app) && room-- > 0; i++, y++) {
		draw_row(app, g, y, i, type_x);
		if (i == frame->sel)
			draw_selected(g, y);
	}
	draw_below(app, g);
}

static void registry_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)brief;
	snprintf(buf, cap, "P%u > %s > %s", app->registry.partition,
		 last_part(app->registry.hive_path),
		 app->registry.path[0] ? app->registry.path : "\\");
}

const struct view view_registry = {
	.name = N_("registry"),
	.crumbs = registry_crumbs,
	.draw = registry_draw,
	.rows = registry_rows,
	.room = registry_room,
	.select = registry_select,
	.back = registry_back,
};
