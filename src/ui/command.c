/* SPDX-License-Identifier: MIT */
/*
 * The command table and everything that is read off it: dispatch and the key bar.
 *
 * A row that cannot be done now (its `when` says no, or it needs writing and -r was given) is
 * neither dispatched nor shown, so bar, help and behaviour cannot disagree. This file knows no
 * page's state: it asks through the row's own functions.
 */
#include "stop7b/command.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/screen.h"
#include "stop7b/view.h"

#define ON(page) (1u << PAGE_##page)
#define ON_ALL   ((1u << PAGES) - 1)
#define ON_TEXT  (ON(RESULT) | ON(PLAN) | ON(FACTS) | ON(VALUE))
#define ON_ROWS                                                                                    \
	(ON(RECOVERY) | ON(PICK) | ON(LIST) | ON(REVIEW) | ON(TARGETS) | ON(DISK) | ON(FILES) |    \
	 ON(REGISTRY))
#define ON_WINDOWS (ON(LIST) | ON(DETAIL) | ON(TARGETS))
#define ON_SETTLED (ON_ALL & ~(ON(OPENING) | ON(RECOVERY)))
#define ON_IMAGE   (ON_SETTLED & ~(ON(ERROR) | ON(REVIEW) | ON(HELP)))

/* The order of rows is the order of the help page. */
static const struct command table[] = {
	{.keys = {'?', K_F1},
	 .pages = ON_ALL & ~ON(HELP),
	 .run = cmd_help,
	 .bar = {.text = N_("help"), .place = 0, .keep = 0},
	 .help = N_("this page, for the screen you are on")},

	{.keys = {K_UP, 'k'},
	 .pages = ON_ROWS & ~ON(RECOVERY),
	 .run = cmd_up,
	 .help = N_("one row up")},
	{.keys = {K_DOWN, 'j'},
	 .pages = ON_ROWS & ~ON(RECOVERY),
	 .run = cmd_down,
	 .help = N_("one row down")},
	{.keys = {K_UP, 'k'},
	 .pages = ON(RECOVERY),
	 .run = cmd_up,
	 .help = N_("the choice above"),
	 .bar = {.text = N_("choose"), .keys = "up/down", .place = 10, .keep = 3}},
	{.keys = {K_DOWN, 'j'},
	 .pages = ON(RECOVERY),
	 .run = cmd_down,
	 .help = N_("the choice below")},
	{.keys = {K_UP, 'k'}, .pages = ON(DETAIL), .run = cmd_up, .help = N_("previous driver")},
	{.keys = {K_DOWN, 'j'},
	 .pages = ON(DETAIL),
	 .run = cmd_down,
	 .help = N_("next driver"),
	 .bar = {.text = N_("next driver"), .keys = "down/up", .place = 30, .keep = 5}},
	{.keys = {K_UP, 'k'},
	 .pages = ON_TEXT | ON(HELP) | ON(ERROR),
	 .run = cmd_up,
	 .help = N_("scroll up")},
	{.keys = {K_DOWN, 'j'},
	 .pages = ON_TEXT | ON(HELP) | ON(ERROR),
	 .run = cmd_down,
	 .help = N_("scroll down")},
	{.keys = {K_PGUP},
	 .pages = ON_ALL & ~(ON(OPENING) | ON(HELP)),
	 .run = cmd_page_up,
	 .help = N_("page up")},
	{.keys = {K_PGUP},
	 .pages = ON(HELP),
	 .run = cmd_page_up,
	 .help = N_("page up"),
	 .bar = {.text = N_("scroll"), .keys = "pgup pgdn", .place = 10, .keep = 2}},
	{.keys = {K_PGDN},
	 .pages = ON_ALL & ~ON(OPENING),
	 .run = cmd_page_down,
	 .help = N_("page down")},
	{.keys = {K_HOME, 'g'},
	 .pages = ON_ALL & ~ON(OPENING),
	 .run = cmd_first,
	 .help = N_("first row")},
	{.keys = {K_END}, .pages = ON_ALL & ~ON(OPENING), .run = cmd_last, .help = N_("last row")},

	{.keys = {K_TAB},
	 .pages = ON(LIST),
	 .run = cmd_next_list,
	 .bar = {.text = N_("list"), .place = 50, .keep = 4},
	 .help = N_("next list: problems, boot-critical, all")},
	{.keys = {'/'},
	 .pages = ON(LIST),
	 .run = cmd_filter,
	 .bar = {.text = N_("filter"), .place = 70, .keep = 8},
	 .help = N_("filter by name, group or role")},
	{.keys = {'/'},
	 .pages = ON(FILES) | ON(REGISTRY),
	 .run = cmd_filter,
	 .bar = {.text = N_("filter"), .place = 20, .keep = 5},
	 .help = N_("filter by name")},
	{.keys = {'s'},
	 .pages = ON(LIST),
	 .run = cmd_sort,
	 .help = N_("sort: worst first, name, start, group")},

	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .pages = ON(LIST),
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("details"), .place = 40, .keep = 5},
	 .help = N_("details of this driver")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .pages = ON(DISK),
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("files"), .place = 10, .keep = 2},
	 .help = N_("files of this partition")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .pages = ON(FILES) | ON(REGISTRY),
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("opens"), .place = 10, .keep = 2},
	 .help = N_("opens a directory, a hive, a key or a value")},
	{.keys = {K_ENTER},
	 .pages = ON(PICK),
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("choose"), .place = 10, .keep = 2},
	 .help = N_("look at this Windows")},
	{.keys = {K_ENTER},
	 .pages = ON(RECOVERY),
	 .run = cmd_enter,
	 .bar = {.text = N_("do it"), .wide = N_("do it (asks first)"), .place = 20, .keep = 2},
	 .help = N_("do what is chosen; it asks first")},

	{.keys = {K_ESC, K_LEFT, 'h'},
	 .pages = ON(LIST) | ON(ERROR) | ON(DISK) | ON(RECOVERY),
	 .run = cmd_back,
	 .help = N_("back, never out of the program")},
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .pages = ON(DETAIL) | ON(TARGETS) | ON(PLAN) | ON(FACTS) | ON(VALUE) | ON(PICK),
	 .run = cmd_back,
	 .bar = {.text = N_("back"), .place = 80, .keep = 1},
	 .help = N_("back")},
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .pages = ON(FILES) | ON(REGISTRY),
	 .run = cmd_back,
	 .bar = {.text = N_("up"), .place = 80, .keep = 1},
	 .help = N_("up, then back")},
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .pages = ON(RESULT),
	 .run = cmd_back,
	 .bar = {.text = N_("driver list"), .place = 30, .keep = 1},
	 .help = N_("driver list")},
	{.keys = {K_ESC, K_LEFT, 'h'},
	 .pages = ON(REVIEW),
	 .run = cmd_back,
	 .bar = {.text = N_("back"), .wide = N_("back, write nothing"), .place = 20, .keep = 2},
	 .help = N_("back, write nothing")},
	{.keys = {K_ESC},
	 .pages = ON(OPENING),
	 .run = cmd_stop,
	 .bar = {.text = N_("stop"), .place = 20, .keep = 1},
	 .help = N_("stop opening")},
	{.keys = {'q', K_ESC, K_LEFT, 'h'},
	 .pages = ON(HELP),
	 .run = cmd_back,
	 .bar = {.text = N_("close"), .keys = "q esc", .place = 90, .keep = 1},
	 .help = N_("close this page")},

	{.keys = {'f'},
	 .pages = ON(LIST),
	 .flags = COMMAND_STAGES,
	 .run = cmd_fix_all,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix all"), .place = 10, .keep = 1},
	 .alternative = is_staged,
	 .help = N_("stage every recommended fix")},
	{.keys = {'f'},
	 .pages = ON(TARGETS),
	 .flags = COMMAND_STAGES,
	 .run = cmd_fix_all,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix marked"), .place = 30, .keep = 3},
	 .help = N_("stage every fix for the marked targets")},
	{.keys = {' '},
	 .pages = ON(LIST),
	 .flags = COMMAND_STAGES,
	 .run = cmd_toggle,
	 .when = can_toggle,
	 .bar = {.text = N_("fix this"), .place = 20, .keep = 6},
	 .alternative = is_row_staged,
	 .other = {.text = N_("unstage"), .place = 35, .keep = 6},
	 .help = N_("stage or unstage the fix for this driver")},
	{.keys = {' '},
	 .pages = ON(DETAIL),
	 .flags = COMMAND_STAGES,
	 .run = cmd_toggle,
	 .when = can_toggle,
	 .bar = {.text = N_("fix this"), .place = 10, .keep = 3},
	 .alternative = is_row_staged,
	 .other = {.text = N_("unstage"), .place = 10, .keep = 3},
	 .help = N_("stage or unstage the fix for this driver")},
	{.keys = {' '},
	 .pages = ON(TARGETS),
	 .run = cmd_mark,
	 .bar = {.text = N_("mark"), .place = 10, .keep = 2},
	 .help = N_("mark or unmark this target")},
	{.keys = {'e'},
	 .pages = ON(LIST),
	 .flags = COMMAND_STAGES,
	 .run = cmd_set_start,
	 .when = can_set_start,
	 .help = N_("set Start by hand")},
	{.keys = {'e'},
	 .pages = ON(DETAIL),
	 .flags = COMMAND_STAGES,
	 .run = cmd_set_start,
	 .when = can_set_start,
	 .bar = {.text = N_("set Start"), .wide = N_("set Start by hand"), .place = 20, .keep = 4},
	 .help = N_("set Start by hand")},
	{.keys = {'u'},
	 .pages = ON_WINDOWS,
	 .flags = COMMAND_STAGES,
	 .run = cmd_undo,
	 .when = can_undo,
	 .bar = {.text = N_("undo write"), .place = 65, .keep = 7},
	 .alternative = is_staged,
	 .other = {.text = N_("undo"), .place = 30, .keep = 6},
	 .help = N_("undo the last staging; with none, the last write")},
	{.keys = {'u'},
	 .pages = ON(RESULT),
	 .run = cmd_undo,
	 .when = can_undo_write,
	 .bar = {.text = N_("undo write"), .wide = N_("undo the write"), .place = 20, .keep = 3},
	 .help = N_("put the bytes back that were written; asks first")},
	{.keys = {K_CTRL('r')},
	 .pages = ON_WINDOWS,
	 .flags = COMMAND_STAGES,
	 .run = cmd_redo,
	 .help = N_("redo")},
	{.keys = {'a'},
	 .pages = ON_IMAGE & ~(ON(LIST) | ON(RESULT) | ON(PICK)),
	 .flags = COMMAND_NEEDS_RW,
	 .run = cmd_review,
	 .when = can_review,
	 .help = N_("review, then apply")},
	{.keys = {'a'},
	 .pages = ON(LIST),
	 .flags = COMMAND_NEEDS_RW,
	 .run = cmd_review,
	 .when = can_review,
	 .bar = {.text = N_("review"), .place = 60, .keep = 2},
	 .alternative = is_staged,
	 .other = {.text = N_("review+apply"), .place = 9, .keep = 2},
	 .help = N_("review, then apply")},

	{.keys = {'y'},
	 .pages = ON(REVIEW),
	 .flags = COMMAND_WRITES | COMMAND_NEEDS_RW,
	 .run = cmd_write,
	 .when = can_write,
	 .bar = {.text = N_("write"), .place = 10, .keep = 1},
	 .help = N_("write what is shown into the image")},
	{.keys = {' '},
	 .pages = ON(REVIEW),
	 .flags = COMMAND_STAGES,
	 .run = cmd_drop,
	 .when = can_drop,
	 .bar = {.text = N_("drop"), .wide = N_("drop a change"), .place = 30, .keep = 4},
	 .help = N_("drop the change under the cursor")},
	{.keys = {'o'},
	 .pages = ON(REVIEW),
	 .run = cmd_save_diff,
	 .bar = {.text = N_("save diff"), .place = 40, .keep = 5},
	 .help = N_("save the diff")},

	{.keys = {'t'},
	 .pages = ON(LIST) | ON(DETAIL) | ON(RESULT) | ON(DISK),
	 .run = cmd_targets,
	 .when = can_targets,
	 .help = N_("targets: where will this disk boot next")},
	{.keys = {'d'},
	 .pages = ON_IMAGE & ~ON(DISK),
	 .run = cmd_disk,
	 .when = can_disk,
	 .help = N_("the disk: partitions, files, registry")},
	{.keys = {'w'},
	 .pages = ON(DISK),
	 .run = cmd_windows,
	 .when = can_windows,
	 .bar = {.text = N_("drivers"), .wide = N_("Windows drivers"), .place = 20, .keep = 3},
	 .help = N_("driver list of the Windows on this partition")},
	{.keys = {'p'},
	 .pages = ON(LIST) | ON(DETAIL) | ON(FACTS),
	 .run = cmd_plan,
	 .help = N_("bcdedit plan")},
	{.keys = {'p'},
	 .pages = ON(DISK),
	 .run = cmd_plan,
	 .bar = {.text = N_("bcdedit plan"), .place = 60, .keep = 5},
	 .help = N_("bcdedit plan")},
	{.keys = {'p'},
	 .pages = ON(RESULT),
	 .run = cmd_plan,
	 .bar = {.text = N_("bcdedit plan"), .place = 15, .keep = 5},
	 .help = N_("bcdedit plan")},
	{.keys = {'i'},
	 .pages = ON(LIST),
	 .run = cmd_facts,
	 .bar = {.text = N_("image facts"), .place = 85, .keep = 9},
	 .help = N_("facts about image, partitions, hive")},
	{.keys = {'i'},
	 .pages = ON(FILES) | ON(DISK),
	 .run = cmd_facts,
	 .bar = {.text = N_("facts"), .place = 50, .keep = 6},
	 .help = N_("facts about image, partitions, hive")},
	{.keys = {'i'},
	 .pages = ON(ERROR),
	 .run = cmd_facts,
	 .bar = {.text = N_("messages"), .wide = N_("library messages"), .place = 10, .keep = 2},
	 .help = N_("everything that is known about the failure")},
	{.keys = {'i'},
	 .pages = ON(DETAIL) | ON(TARGETS) | ON(RESULT) | ON(REGISTRY) | ON(PICK),
	 .run = cmd_facts,
	 .help = N_("facts about image, partitions, hive")},

	{.keys = {'o'},
	 .pages = ON_SETTLED & ~(ON(REVIEW) | ON(FILES) | ON(PLAN) | ON(HELP)),
	 .run = cmd_save_page,
	 .help = N_("save this page as text")},
	{.keys = {'o'},
	 .pages = ON(FILES),
	 .run = cmd_copy_out,
	 .when = can_copy_out,
	 .bar = {.text = N_("copy out"), .place = 30, .keep = 4},
	 .help = N_("copy the selected file out of the image")},
	{.keys = {'o'},
	 .pages = ON(PLAN),
	 .run = cmd_save_plan,
	 .bar = {.text = N_("save again"), .place = 30, .keep = 3},
	 .help = N_("save the plan, over an older one")},

	{.keys = {K_CTRL('l')}, .pages = ON_ALL, .run = cmd_redraw, .help = N_("redraw")},
	{.keys = {K_CTRL('z')}, .pages = ON_ALL, .run = cmd_suspend, .help = N_("suspend")},
	{.keys = {'q', K_CTRL('c')},
	 .pages = ON(RECOVERY),
	 .run = cmd_quit,
	 .bar = {.text = N_("quit"), .wide = N_("quit, change nothing"), .place = 99, .keep = 1},
	 .help = N_("quit, change nothing")},
	{.keys = {'q', K_CTRL('c')},
	 .pages = ON(REVIEW) | ON(OPENING) | ON(PLAN) | ON(DETAIL),
	 .run = cmd_quit,
	 .help = N_("quit")},
	{.keys = {K_CTRL('c')}, .pages = ON(HELP), .run = cmd_quit, .help = N_("quit")},
	{.keys = {'q', K_CTRL('c')},
	 .pages = ON_ALL &
		  ~(ON(RECOVERY) | ON(REVIEW) | ON(OPENING) | ON(PLAN) | ON(DETAIL) | ON(HELP)),
	 .run = cmd_quit,
	 .bar = {.text = N_("quit"), .place = 99, .keep = 3},
	 .help = N_("quit")},
};

const struct command *command_table(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

bool command_available(const struct app *app, const struct command *c, enum page page)
{
	if (!(c->pages & (1u << page)))
		return false;
	if ((c->flags & COMMAND_NEEDS_RW) && app->options && app->options->read_only)
		return false;
	return !c->when || c->when(app);
}

static bool has_key(const struct command *c, int key)
{
	for (size_t i = 0; i < COMMAND_KEYS && c->keys[i]; i++)
		if (c->keys[i] == key)
			return true;
	return false;
}

const struct command *command_find(const struct app *app, enum page page, int key)
{
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++)
		if (has_key(&all[i], key) && command_available(app, &all[i], page))
			return &all[i];
	return NULL;
}

/* ---- the key bar ---- */

struct entry {
	const struct hint *hint;
	int key;
};

struct bar {
	struct entry entries[BAR_MAX];
	size_t n;
};

static const char *keys_of(const struct entry *entry, char buf[8])
{
	return entry->hint->keys ? entry->hint->keys : keycap_name(entry->key, buf);
}

static const char *label_of(const struct entry *entry, bool wide)
{
	return wide && entry->hint->wide ? _(entry->hint->wide) : _(entry->hint->text);
}

static void insert_by_place(struct bar *bar, const struct hint *hint, int key)
{
	size_t at = bar->n;
	if (bar->n == BAR_MAX)
		return;
	for (; at > 0 && bar->entries[at - 1].hint->place > hint->place; at--)
		bar->entries[at] = bar->entries[at - 1];
	bar->entries[at] = (struct entry){hint, key};
	bar->n++;
}

static void collect(const struct app *app, enum page page, struct bar *bar)
{
	size_t n;
	const struct command *all = command_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (!command_available(app, &all[i], page))
			continue;
		bool other = all[i].alternative && all[i].alternative(app);
		const struct hint *hint = other ? &all[i].other : &all[i].bar;
		if (hint->text)
			insert_by_place(bar, hint, all[i].keys[0]);
	}
}

/* One blank in front, two between entries; "?help" has none between its key and its label. */
static int bar_width(const struct bar *bar, bool wide)
{
	int width = 1;
	char buf[8];
	for (size_t i = 0; i < bar->n; i++) {
		const struct entry *entry = &bar->entries[i];
		width += (i ? 2 : 0) + (entry->key != '?') + text_width(keys_of(entry, buf)) +
			 text_width(label_of(entry, wide));
	}
	return width;
}

/* Of equal ones the one further right goes first. */
static void drop_one(struct bar *bar)
{
	size_t worst = 0;
	for (size_t i = 1; i < bar->n; i++)
		if (bar->entries[i].hint->keep >= bar->entries[worst].hint->keep)
			worst = i;
	bar->n--;
	memmove(&bar->entries[worst], &bar->entries[worst + 1],
		(bar->n - worst) * sizeof(bar->entries[0]));
}

size_t command_bar(const struct app *app, enum page page, int width, struct bar_item items[BAR_MAX])
{
	struct bar bar = {.n = 0};
	char buf[8];
	collect(app, page, &bar);
	bool wide = bar_width(&bar, true) <= width;
	while (bar.n > 1 && !wide && bar_width(&bar, false) > width)
		drop_one(&bar);
	for (size_t i = 0; i < bar.n; i++) {
		items[i].label = label_of(&bar.entries[i], wide);
		snprintf(items[i].keys, sizeof(items[i].keys), "%s", keys_of(&bar.entries[i], buf));
	}
	return bar.n;
}
