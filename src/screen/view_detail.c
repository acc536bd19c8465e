/* SPDX-License-Identifier: MIT */
/*
 * One driver in all control sets: its values, its file, why it matters and where its Start lies.
 * Up and down go to the neighbouring driver of the list the page was opened from.
 */
#include "list_internal.h"

#include <string.h>

#include "stop7b/rules.h"
#include "stop7b/i18n.h"

#define NAME_X      4
#define FIRST_X     19 /* column of the judged set's values */
#define SECOND_X    51 /* of the other set's */
#define SECOND_FROM 70 /* columns of the window that leave room for it */
#define CELL_TEXT   160

struct sides {
	const struct list_row *row;
	const struct service *first, *second; /* in the judged and another set; may be NULL */
	const struct control_set *second_set; /* NULL: there is none, or no room */
	bool pair;
};

/* ---- one row of the table: a name, and how to say it of a service ---- */

static void say_start(const struct service *s, char *buf)
{
	char odd[24];
	snprintf(buf, CELL_TEXT, "%s", _(start_words(s->start, odd)));
}

static void say_override(const struct service *s, char *buf)
{
	size_t used = 0;
	snprintf(buf, CELL_TEXT, "%s", s->has_overrides ? _("key is there, empty") : _("none"));
	for (size_t i = 0; i < s->n_overrides && used < CELL_TEXT; i++) {
		char odd[24];
		used += (size_t)snprintf(buf + used, CELL_TEXT - used, "%s%s: %s", i ? ", " : "",
					 s->overrides[i].id,
					 _(start_words(s->overrides[i].value, odd)));
	}
}

const char *service_type_words(uint32_t type)
{
	static const struct {
		uint32_t type;
		const char *words;
	} types[] = {{1, N_("Kernel driver")},
		     {2, N_("File system driver")},
		     {0x10, N_("Service, own process")},
		     {0x20, N_("Service, shared process")}};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return _(types[i].words);
	return "";
}

static void say_type(const struct service *s, char *buf)
{
	if (s->type == UINT32_MAX)
		snprintf(buf, CELL_TEXT, "%s", _("absent"));
	else
		snprintf(buf, CELL_TEXT, "%u %s", s->type, service_type_words(s->type));
}

static void say_error_control(const struct service *s, char *buf)
{
	static const char *const words[] = {N_("Ignore"), N_("Normal"), N_("Severe"),
					    N_("Critical")};
	if (s->error_control == UINT32_MAX)
		snprintf(buf, CELL_TEXT, "%s", _("absent"));
	else
		snprintf(buf, CELL_TEXT, "%u %s", s->error_control,
			 s->error_control < 4 ? _(words[s->error_control]) : "");
}

static void say_group(const struct service *s, char *buf)
{
	int n = snprintf(buf, CELL_TEXT, "%s", s->group ? s->group : _("none"));
	if (s->tag != UINT32_MAX && n < CELL_TEXT)
		snprintf(buf + n, (size_t)(CELL_TEXT - n), _("  Tag %u"), s->tag);
}

static void say_image_path(const struct service *s, char *buf)
{
	snprintf(buf, CELL_TEXT, "%s", s->image_path ? s->image_path : _("none"));
}

static const struct {
	const char *name;
	void (*say)(const struct service *s, char *buf);
	bool same; /* equal in both sets: say so instead of repeating a long text */
} cells[] = {
	{"Start", say_start, false}, {"StartOverride", say_override, false},
	{"Type", say_type, false},   {"ErrorControl", say_error_control, false},
	{"Group", say_group, false}, {"ImagePath", say_image_path, true},
};

/* ---- the table ---- */

static void put_staged(const struct app *app, struct sheet *s, int y, int x,
		       const struct sides *sides)
{
	char buf[64];
	if (!row_staged(app, sides->row) || x + 3 > s->grid->w)
		return;
	grid_put(s->grid, x, y, ROLE_NEW, "->");
	grid_put(s->grid, x + 3, y, ROLE_NEW, row_fix(app, sides->row, buf));
}

static void put_cells(struct app *app, const struct sides *sides, size_t i)
{
	struct sheet *s = &app->sheet;
	char first[CELL_TEXT] = "", second[CELL_TEXT] = "";
	int y = sheet_line(s), width = (sides->pair ? SECOND_X : s->grid->w) - FIRST_X - 1;
	if (sides->first)
		cells[i].say(sides->first, first);
	grid_put(s->grid, NAME_X, y, ROLE_PLAIN, cells[i].name);
	int used = text_width(first) < width ? text_width(first) : width;
	grid_field(s->grid, FIRST_X, y, width, ROLE_PLAIN, FIT_MIDDLE, first);
	if (i == 0)
		put_staged(app, s, y, FIRST_X + (used > 13 ? used + 1 : 14), sides);
	if (!sides->pair)
		return;
	snprintf(second, sizeof(second), "%s", _("absent"));
	if (sides->second)
		cells[i].say(sides->second, second);
	bool same = strcmp(first, second) == 0;
	grid_field(s->grid, SECOND_X, y, s->grid->w - SECOND_X - 1, ROLE_PLAIN, FIT_MIDDLE,
		   same && cells[i].same ? _("same") : second);
	if (!same)
		grid_paint(s->grid, SECOND_X, y, text_width(second), ROLE_KEY);
}

static void put_heads(struct app *app, const struct sides *sides)
{
	struct sheet *s = &app->sheet;
	const struct install *inst = &app->session->chosen->install;
	const struct control_set *set = judged_set(app);
	int y = sheet_line(s);
	grid_put(s->grid, NAME_X, y, ROLE_HEAD, _("Value"));
	grid_putf(s->grid, FIRST_X, y, ROLE_HEAD, "ControlSet%03u%s", set->number,
		  set->number == inst->select_current && app->w >= SECOND_X ? _(" (current)") : "");
	if (sides->pair)
		grid_putf(s->grid, SECOND_X, y, ROLE_HEAD, "ControlSet%03u",
			  sides->second_set->number);
}

/* ---- below the table ---- */

static void put_fact(struct sheet *s, const char *name, const char *text)
{
	char line[APP_TEXT];
	int y = s->n;
	sheet_wrap(s, FIRST_X, ROLE_PLAIN, text);
	snprintf(line, sizeof(line), "%s", name);
	if (s->n > y)
		grid_put(s->grid, NAME_X, y, ROLE_PLAIN, line);
}

static void put_file(struct app *app, const struct service *service)
{
	char text[APP_TEXT], number[NUMBER_TEXT], time[TIME_TEXT];
	const struct driver_file *file = &service->file;
	static const char *const states[] = {
		[FILE_UNCHECKED] = N_("not looked for"),
		[FILE_PRESENT] = N_("present"),
		[FILE_MISSING] = N_("missing"),
		[FILE_EMPTY] = N_("empty"),
		[FILE_BAD] = N_("bad"),
		[FILE_PACKED] = N_("compressed, the loader cannot read it"),
		[FILE_ELSEWHERE] = N_("on another volume")};
	snprintf(text, sizeof(text), "%s", _(states[file->state]));
	if (file->state == FILE_PRESENT)
		snprintf(text, sizeof(text), _("present, %s bytes, %s UTC"),
			 number_words(file->size, number), minute_words(file->modified, time));
	if (file->state == FILE_BAD)
		snprintf(text, sizeof(text), "%s", file->fault.shown);
	put_fact(&app->sheet, _("File"), text);
	if (file->path)
		put_fact(&app->sheet, "", file->path);
}

static bool needs(const struct target_verdict *t, const char *service)
{
	for (size_t i = 0; i < t->n_services; i++)
		if (text_equal(t->services[i], service))
			return true;
	return false;
}

/* Machines of the catalogue that this Windows can run on; "portable" and "last" are no machines. */
static bool is_machine(const struct target_verdict *t)
{
	return !t->release.plain && catalogue_target(t->id);
}

static void put_needed_by(struct app *app, const char *name)
{
	const struct diagnosis *d = targets_judged(app);
	char text[APP_TEXT] = "";
	size_t used = 0, n = 0, of = 0;
	for (size_t i = 0; i < d->n_targets; i++) {
		of += is_machine(&d->targets[i]);
		if (!is_machine(&d->targets[i]) || !needs(&d->targets[i], name))
			continue;
		n++;
		if (used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? ", " : "", d->targets[i].id);
	}
	put_fact(&app->sheet, _("Needed by"),
		 n == 0    ? _("no machine")
		 : n == of ? _("every machine")
			   : text);
}

static const struct review_value *reviewed(const struct review *review, const char *name)
{
	for (size_t i = 0; i < review->n; i++)
		if (text_equal(review->values[i].subject, name))
			return &review->values[i];
	return NULL;
}

static void put_written_at(struct app *app, const struct sides *sides)
{
	struct review review = {0};
	char text[APP_TEXT];
	const struct review_value *v = NULL;
	if (row_staged(app, sides->row) && session_preview(app->session, &review, NULL) == 0)
		v = reviewed(&review, row_subject(sides->row));
	if (v)
		snprintf(text, sizeof(text), _("hive 0x%llx > volume 0x%llx > image 0x%llx"),
			 (unsigned long long)v->hive_at, (unsigned long long)v->volume_at,
			 (unsigned long long)v->file_at);
	else
		snprintf(text, sizeof(text), _("hive 0x%llx"),
			 (unsigned long long)(sides->first ? sides->first->start_at : 0));
	if (v || (sides->first && sides->first->start_at))
		put_fact(&app->sheet, v ? _("Written at") : _("Stored at"), text);
	review_free(&review);
}

static void put_rule(struct app *app, const struct rule *rule)
{
	char text[APP_TEXT];
	snprintf(text, sizeof(text), "%s: %s", rule->id, _(rule->title));
	put_fact(&app->sheet, _("Rule"), text);
}

/* Of the disk, not of a driver: there are no values to show. */
static void put_sentence(struct app *app, const struct finding *f)
{
	put_fact(&app->sheet, _("Found"), f->found.shown);
	put_fact(&app->sheet, _("Place"), f->subject);
	if (f->key)
		put_fact(&app->sheet, "", f->key);
	put_fact(&app->sheet, _("Why"), f->why.shown);
	put_fact(&app->sheet, _("Seen as"), _(f->rule->seen));
	put_fact(&app->sheet, f->fixable ? _("Fix") : _("What to do"),
		 f->fixable ? f->fix_words.shown : f->no_fix.shown);
}

static void put_facts(struct app *app, const struct sides *sides)
{
	const struct finding *f = sides->row->finding;
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	if (sides->first)
		put_file(app, sides->first);
	put_needed_by(app, sides->row->name);
	if (f) {
		char repair[REPAIR_TEXT];
		put_fact(&app->sheet, _("Why"), f->why.shown);
		if (f->fixable)
			put_fact(&app->sheet, _("Fix"), finding_repair(f, repair));
		if (f->no_fix.plain)
			put_fact(&app->sheet, _("No fix"), f->no_fix.shown);
		put_rule(app, f->rule);
	}
	put_written_at(app, sides);
}

/* ---- the page ---- */

static const struct control_set *other_set(const struct app *app)
{
	const struct install *inst = &app->session->chosen->install;
	for (size_t i = 0; i < inst->n_sets; i++)
		if (&inst->sets[i] != judged_set(app))
			return &inst->sets[i];
	return NULL;
}

static void put_title(struct app *app, const struct list_row *row)
{
	int y = sheet_line(&app->sheet);
	char glyph = row_glyph(row);
	grid_putf(app->sheet.grid, 1, y, glyph_role(glyph), "%c", glyph);
	if (row_staged(app, row))
		grid_put(app->sheet.grid, 2, y, ROLE_NEW, "*");
	int x = grid_put(app->sheet.grid, NAME_X, y, ROLE_KEY, row->name) + 4;
	grid_put(app->sheet.grid, x, y, ROLE_PLAIN,
		 row->service && row->service->display_name ? row->service->display_name
							    : row_role(row));
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
}

static void detail_build(struct app *app)
{
	const struct list_row *row = list_selected(app);
	if (!row || !app->sheet.grid)
		return;
	struct sides sides = {.row = row, .first = row->service, .second_set = other_set(app)};
	sides.pair = sides.second_set && app->w >= SECOND_FROM;
	sides.second = sides.second_set ? set_service(sides.second_set, row->name) : NULL;
	put_title(app, row);
	if (row->finding && finding_is_sentence(row->finding)) {
		put_sentence(app, row->finding);
		return;
	}
	put_heads(app, &sides);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		put_cells(app, &sides, i);
	put_facts(app, &sides);
}

static void detail_open(struct app *app)
{
	const struct frame *list = app_frame_of(app, PAGE_LIST);
	targets_judge(app);
	if (list)
		app_top(app)->sel = list->sel;
}

/* The list follows, so that esc comes back to the driver that was looked at last. */
static void detail_moved(struct app *app)
{
	struct frame *list = app_frame_of(app, PAGE_LIST);
	if (list)
		list->sel = app_frame(app)->sel;
	list_keep_selected(app);
}

void detail_show(struct app *app, const char *service)
{
	app_push(app, PAGE_DETAIL);
	list_select_name(app, service);
}

static void detail_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	const struct list_row *row = list_selected(app);
	char list[APP_TEXT];
	view_of(PAGE_LIST)->crumbs(app, list, sizeof(list), brief);
	snprintf(buf, cap, "%s > %s", list, row ? row->name : "");
}

static void detail_draw(const struct app *app, struct grid *g)
{
	sheet_draw(app, g);
	g->cursor_x = 1;
	g->cursor_y = body_top(app);
}

static const struct command keys[] = {
	{.keys = {K_UP, 'k'}, .kind = DO_MOVE, .run = cmd_up, .help = N_("previous driver")},
	{.keys = {K_DOWN, 'j'},
	 .kind = DO_MOVE,
	 .run = cmd_down,
	 .bar = {.text = N_("next driver"), .keys = "down/up", .place = 30, .keep = 5},
	 .help = N_("next driver")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_toggle,
	 .when = can_toggle,
	 .bar = {.text = N_("fix this"), .place = 10, .keep = 3},
	 .alternative = is_row_staged,
	 .other = {.text = N_("unstage"), .place = 10, .keep = 3},
	 .help = N_("stage or unstage the fix for this driver")},
	{.keys = {'e'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_set_start,
	 .when = can_set_start,
	 .bar = {.text = N_("set Start"), .wide = N_("set Start by hand"), .place = 20, .keep = 4},
	 .help = N_("set Start by hand")},
	{.keys = {'r'},
	 .kind = GO_RULE,
	 .run = cmd_explain,
	 .when = can_explain,
	 .help = N_("the rule behind this finding, explained")},
};

const struct view view_detail = {
	.name = N_("driver details"),
	.takes = TAKES_HELP | TAKES_JUMPS | TAKES_BACK | TAKES_UNDO | TAKES_REVIEW | TAKES_TARGETS |
		 TAKES_PACKAGES | TAKES_BOOT | TAKES_DISK | TAKES_PLAN | TAKES_FACTS | TAKES_SAVE |
		 TAKES_QUIT_UNSEEN,
	KEYS_OF(keys),
	.crumbs = detail_crumbs,
	.open = detail_open,
	.build = detail_build,
	.draw = detail_draw,
	.rows = list_count,
	.room = sheet_room,
	.moved = detail_moved,
	.finding = list_finding,
	.pages_sheet = true,
};
