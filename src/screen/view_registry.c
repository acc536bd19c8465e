/* SPDX-License-Identifier: MIT */
/*
 * The registry page: the keys and values of a hive as they would be after an apply. What is
 * staged stands in its place with a '*', what is deleted too. Nothing is written here.
 *
 * Drawing uses what registry_count.c gathered when the key was entered or the staging changed; only
 * the data of the visible values is read again.
 */
#include "registry_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

struct registry_state *registry_state(const struct app *app)
{
	return app_state(app, PAGE_REGISTRY);
}

const char *registry_path(const struct app *app)
{
	return registry_state(app)->path;
}

/* ---- opening ---- */

void registry_forget(struct app *app)
{
	arena_free(registry_state(app)->arena);
	*registry_state(app) = (struct registry_state){0};
}

static void narrow(struct app *app)
{
	const struct registry_row *was = registry_selected(app);
	registry_refresh(app);
	app_top(app)->sel = registry_state(app)->n_shown ? 1 : 0;
	for (size_t i = 1; was && i <= registry_state(app)->n_shown; i++)
		if (registry_row_at(app, i) == was)
			app_top(app)->sel = i;
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

size_t registry_count(const struct app *app)
{
	return registry_state(app)->n_shown + 1;
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
		cmd_out(app);
	else if (row->is_key)
		enter_key(app, row);
	else
		app_push(app, PAGE_VALUE);
}

/* ---- the page ---- */

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
	{.keys = {'n'},
	 .kind = DO_MOVE,
	 .run = cmd_search_next,
	 .when = can_search_next,
	 .bar = {.text = N_("next"), .place = 23, .keep = 8},
	 .help = N_("next place that the search finds")},
	{.keys = {'N'},
	 .kind = DO_MOVE,
	 .run = cmd_search_previous,
	 .when = can_search_next,
	 .help = N_("previous place that the search finds")},
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
	{.keys = {'c'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_new,
	 .when = can_new,
	 .bar = {.text = N_("create"), .place = 14, .keep = 5},
	 .help = N_("create a value or a key")},
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
	.counted = counted_without_first,
	.rows = registry_count,
	.room = registry_room,
	.select = registry_select,
	.back = registry_back,
	.filter = &filter,
	.changed = registry_changed,
	.forget = registry_forget,
};
