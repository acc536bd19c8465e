/* SPDX-License-Identifier: MIT */
/*
 * Directories of an NTFS or FAT volume. A directory is listed once, when it is entered; filtering and
 * drawing work on that list, so large ones scroll without delay. Nothing stays open in the volume
 * between two keys, because an apply opens the image again.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/save.h"
#include "table.h"

#define COPY_MAX  (UINT64_C(1) << 30) /* bytes of a file that is copied out, all in memory */
#define TIME_FROM 60                  /* columns of the window that leave room for times */
#define NOTE_FROM 76

struct files_state {
	struct arena *arena;
	unsigned partition;
	char path[APP_PATH]; /* "\Windows\System32"; "" is the root */
	struct ntfs_entry *entries;
	size_t n;
	size_t *shown;  /* indices of entries, after sorting and filtering */
	size_t n_shown; /* row 0 of the page is "..", not counted here */
	char filter[FILTER_TEXT];
};

static struct files_state *files_state(const struct app *app)
{
	return app_state(app, PAGE_FILES);
}

static bool is_hive_name(const char *name)
{
	static const char *const names[] = {"SYSTEM",       "SOFTWARE",   "SAM",     "SECURITY",
					    "DEFAULT",      "COMPONENTS", "DRIVERS", "BCD",
					    "BCD-Template", "NTUSER.DAT", "ELAM",    "BBI",
					    "VSMIDK"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(name, names[i]))
			return true;
	return false;
}

/* ---- reading ---- */

void files_forget(struct app *app)
{
	arena_free(files_state(app)->arena);
	files_state(app)->arena = NULL;
	files_state(app)->entries = NULL;
	files_state(app)->shown = NULL;
	files_state(app)->n = files_state(app)->n_shown = 0;
}

/* Directories first, each part in the order in which the volume lists them. */
static void refresh(struct app *app)
{
	struct files_state *f = files_state(app);
	f->n_shown = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; f->shown && i < f->n; i++)
			if (f->entries[i].directory == (pass == 0) &&
			    matches(f->entries[i].name, f->filter))
				f->shown[f->n_shown++] = i;
}

static int read_directory(struct app *app, const char *path, struct err *err)
{
	struct files_state *f = files_state(app);
	struct session_file *dir = session_file_open(app->session, f->partition, path, err);
	struct arena *arena = arena_new();
	struct ntfs_entry *entries = NULL;
	size_t n = 0, *shown = NULL;
	if (dir && arena && session_file_list(dir, arena, &entries, &n, err) == 0)
		shown = arena_array(arena, n + 1, sizeof(*shown), err);
	session_file_close(dir);
	if (!shown) {
		arena_free(arena);
		return err_set(err, E_MEMORY, "no memory for the directory");
	}
	files_forget(app);
	f->arena = arena;
	f->entries = entries;
	f->n = n;
	f->shown = shown;
	memmove(f->path, path, strlen(path) + 1);
	f->filter[0] = '\0';
	refresh(app);
	return 0;
}

static bool go_to(struct app *app, const char *path)
{
	struct err err = {0};
	if (read_directory(app, path, &err) == 0)
		return true;
	app_say_err(app, &err);
	return false;
}

void files_enter(struct app *app, unsigned partition)
{
	files_state(app)->partition = partition;
	if (!go_to(app, ""))
		return;
	app_push(app, PAGE_FILES);
	app_top(app)->sel = files_state(app)->n_shown ? 1 : 0;
}

/* ---- the rows: ".." and the entries that pass the filter ---- */

static const struct ntfs_entry *entry_at(const struct app *app, size_t row)
{
	const struct files_state *f = files_state(app);
	return row > 0 && row <= f->n_shown ? &f->entries[f->shown[row - 1]] : NULL;
}

static const struct ntfs_entry *selected(const struct app *app)
{
	return app_frame(app)->page == PAGE_FILES ? entry_at(app, app_frame(app)->sel) : NULL;
}

static void narrow(struct app *app)
{
	const struct ntfs_entry *was = selected(app);
	refresh(app);
	app_top(app)->sel = files_state(app)->n_shown ? 1 : 0;
	for (size_t i = 1; was && i <= files_state(app)->n_shown; i++)
		if (entry_at(app, i) == was)
			app_top(app)->sel = i;
}

static size_t files_rows(const struct app *app)
{
	return files_state(app)->n_shown + 1;
}

static int files_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 2 - (app->h > 16);
	return room > 1 ? room : 1;
}

static bool join(const char *dir, const char *name, char out[APP_PATH])
{
	int n = snprintf(out, APP_PATH, "%s\\%s", dir, name);
	return n > 0 && n < APP_PATH;
}

/* ---- going in and out ---- */

static bool files_back(struct app *app)
{
	char path[APP_PATH], name[APP_PATH];
	char *cut = strrchr(files_state(app)->path, '\\');
	if (!cut)
		return false;
	snprintf(name, sizeof(name), "%s", cut + 1);
	snprintf(path, sizeof(path), "%.*s", (int)(cut - files_state(app)->path),
		 files_state(app)->path);
	if (!go_to(app, path))
		return true;
	for (size_t i = 1; i <= files_state(app)->n_shown; i++)
		if (text_equal(entry_at(app, i)->raw_name, name))
			app_top(app)->sel = i;
	return true;
}

static void files_select(struct app *app)
{
	char path[APP_PATH];
	const struct ntfs_entry *entry = selected(app);
	if (!entry) {
		cmd_out(app);
		return;
	}
	if (!join(files_state(app)->path, entry->raw_name, path))
		app_say(app, "%s", _("This path is too long."));
	else if (!entry->directory)
		registry_enter(app, files_state(app)->partition, path);
	else if (go_to(app, path))
		*app_top(app) = (struct frame){.page = PAGE_FILES,
					       .sel = files_state(app)->n_shown > 0};
}

/* ---- drawing ---- */

static const char *note(const struct app *app, const struct ntfs_entry *entry)
{
	const struct windows *w = app->session->chosen;
	char path[APP_PATH];
	if (entry->directory || !is_hive_name(entry->name))
		return entry->reparse ? _("link") : "";
	if (w && w->readable && w->partition->number == files_state(app)->partition &&
	    join(files_state(app)->path, entry->raw_name, path) &&
	    text_equal(path, w->place.hive_path))
		return w->system->recovery.was_dirty ? _("hive, dirty") : _("hive, clean");
	return _("hive");
}

static void name_cell(const struct app *app, size_t row, struct table_cell *out)
{
	const struct ntfs_entry *entry = entry_at(app, row);
	if (entry)
		snprintf(out->buf, sizeof(out->buf), "%s%s", entry->name,
			 entry->directory ? "\\" : "");
	else
		out->text = "..";
}

static void size_cell(const struct app *app, size_t row, struct table_cell *out)
{
	const struct ntfs_entry *entry = entry_at(app, row);
	if (entry)
		out->text = entry->directory ? "-" : number_words(entry->size, out->buf);
}

static void time_cell(const struct app *app, size_t row, struct table_cell *out)
{
	const struct ntfs_entry *entry = entry_at(app, row);
	if (entry)
		out->text = minute_words(entry->modified, out->buf);
}

static void note_cell(const struct app *app, size_t row, struct table_cell *out)
{
	const struct ntfs_entry *entry = entry_at(app, row);
	if (entry)
		out->text = note(app, entry);
}

static const struct column columns[] = {
	{.title = N_("Name"), .fit = FIT_MIDDLE, .places = {{0, 5, 0}}, .cell = name_cell},
	{.title = N_("Size"),
	 .fit = FIT_RIGHT,
	 .places = {{NOTE_FROM, -45, 15}, {TIME_FROM, -33, 15}, {0, -16, 15}},
	 .cell = size_cell},
	{.title = N_("Modified, UTC"),
	 .places = {{NOTE_FROM, -29, 17}, {TIME_FROM, -17, 17}},
	 .cell = time_cell},
	{.places = {{NOTE_FROM, -12, 12}}, .cell = note_cell},
};

static const struct table table = {TABLE_OF(columns)};

static void files_draw(const struct app *app, struct grid *g)
{
	int y = body_top(app);
	table_heads(app, &table, g, y);
	table_rows(app, &table, g, y + 1, files_room(app), files_rows(app));
	grid_putf(g, 1, body_end(app) - 1, ROLE_DIM,
		  ngettext("%zu entry", "%zu entries", files_state(app)->n), files_state(app)->n);
}

static void files_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)brief;
	snprintf(buf, cap, "P%u > %s", files_state(app)->partition,
		 files_state(app)->path[0] ? files_state(app)->path : "\\");
}

/* ---- copy out ---- */

static bool can_copy_out(const struct app *app)
{
	const struct ntfs_entry *entry = selected(app);
	return entry && !entry->directory;
}

static int copy_to(struct app *app, const char *to, struct err *err)
{
	char path[APP_PATH];
	struct span bytes;
	const struct ntfs_entry *entry = selected(app);
	if (!entry || !join(files_state(app)->path, entry->raw_name, path))
		return err_set(err, E_USAGE, "no file is selected");
	struct arena *arena = arena_new();
	if (!arena)
		return no_memory(err);
	int rc = session_file_bytes(app->session, files_state(app)->partition, path, COPY_MAX,
				    arena, &bytes, err);
	if (rc == 0)
		rc = save_file(to, bytes, false, err);
	if (rc == 0)
		app_say(app, _("Copied %zu bytes to %s"), bytes.len, to);
	arena_free(arena);
	return rc;
}

static void copy_as(struct app *app, const char *to)
{
	struct err err = {0};
	if (copy_to(app, to, &err) < 0)
		app_say_err(app, &err);
}

static void cmd_copy_out(struct app *app)
{
	char path[APP_TEXT];
	snprintf(path, sizeof(path), "./%.400s", selected(app)->name);
	prompt_text(app, _("Copy the file to"), path, copy_as);
}

/* ---- the page ---- */

static char *filter_text(const struct app *app)
{
	return files_state(app)->filter;
}

static size_t filter_of(const struct app *app)
{
	return files_state(app)->n;
}

static size_t filter_shown(const struct app *app)
{
	return files_state(app)->n_shown;
}

static const struct page_filter filter = {filter_text, narrow, filter_of, filter_shown};

static const struct command keys[] = {
	{.keys = {'/'},
	 .kind = DO_NARROW,
	 .run = prompt_filter,
	 .bar = {.text = N_("filter"), .place = 20, .keep = 5},
	 .help = N_("filter by name")},
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
	{.keys = {'i'},
	 .kind = GO_FACTS,
	 .run = cmd_facts,
	 .bar = {.text = N_("facts"), .place = 50, .keep = 6},
	 .help = N_("facts about image, partitions, hive")},
	{.keys = {'o'},
	 .kind = DO_SAVE,
	 .run = cmd_copy_out,
	 .when = can_copy_out,
	 .bar = {.text = N_("copy out"), .place = 30, .keep = 4},
	 .help = N_("copy the selected file out of the image")},
};

const struct view view_files = {
	.name = N_("files"),
	.state_size = sizeof(struct files_state),
	.takes = TAKES_LIST | TAKES_REVIEW | TAKES_DISK | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = files_crumbs,
	.draw = files_draw,
	.counted = counted_without_first,
	.rows = files_rows,
	.room = files_room,
	.select = files_select,
	.back = files_back,
	.filter = &filter,
	.forget = files_forget,
};
