/* SPDX-License-Identifier: MIT */
/*
 * The outermost page: the disk and its partitions.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "table.h"

#define BELOW_ROWS 3  /* what is known of the selected partition */
#define WIDE_FROM  76 /* columns */
#define MID_FROM   56

/* ---- facts of a partition ---- */

static const struct windows *windows_on(const struct app *app, const struct partition *p)
{
	const struct session *s = app->session;
	for (size_t i = 0; i < s->n_windows; i++)
		if (s->windows[i].partition == p)
			return &s->windows[i];
	return NULL;
}

static const struct volume *volume_of(const struct app *app, size_t i)
{
	return app->session->volumes ? &app->session->volumes[i] : NULL;
}

static const struct partition *selected(const struct app *app)
{
	size_t i = app->frames[0].sel;
	return i < app->session->table.n ? &app->session->table.items[i] : NULL;
}

/* ---- drawing ---- */

static void draw_heading(const struct app *app, struct grid *g, int y)
{
	const struct image_info *info = image_info(app->session->image);
	char size[NUMBER_TEXT], stored[NUMBER_TEXT], line[APP_TEXT], part[64] = "";
	static const char *const schemes[] = {[SCHEME_NONE] = N_("no partition table"),
					      [SCHEME_MBR] = N_("MBR"),
					      [SCHEME_GPT] = N_("GPT")};
	if (info->stored != UINT64_MAX)
		snprintf(part, sizeof(part), _(", %s stored"), size_words(info->stored, stored));
	snprintf(line, sizeof(line), _("%s %s, %s virtual%s, %s, %u-byte sectors"),
		 strcmp(info->format, "vhd") == 0 ? "VHD" : info->format, info->type,
		 size_words(info->size, size), part, _(schemes[app->session->table.scheme]),
		 info->sector_size);
	grid_field(g, 1, y, g->w - 2, ROLE_PLAIN, FIT_END, line);
}

static const struct partition *partition_at(const struct app *app, size_t i)
{
	return &app->session->table.items[i];
}

static void glyph_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = partition_at(app, i)->problem.plain ? "X" : "=";
	out->role = glyph_role(out->text[0]);
}

static void number_cell(const struct app *app, size_t i, struct table_cell *out)
{
	snprintf(out->buf, sizeof(out->buf), "%2u", partition_at(app, i)->number);
}

static void type_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct partition *p = partition_at(app, i);
	snprintf(out->buf, sizeof(out->buf), "%s%s", p->type, p->active ? _(", active") : "");
}

static void filesystem_cell(const struct app *app, size_t i, struct table_cell *out)
{
	static const char *const names[] = {
		[FS_UNKNOWN] = "-",   [FS_NTFS] = "NTFS",   [FS_FAT12] = "FAT12",
		[FS_FAT16] = "FAT16", [FS_FAT32] = "FAT32", [FS_BITLOCKER] = "BitLocker",
		[FS_REFS] = "ReFS"};
	out->text = names[partition_at(app, i)->filesystem];
}

static void label_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct volume *v = volume_of(app, i);
	const char *label = v && session_label(v) ? session_label(v) : partition_at(app, i)->name;
	out->text = label && label[0] ? label : "-";
}

static void start_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = size_words(partition_at(app, i)->start, out->buf);
}

static void size_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = size_words(partition_at(app, i)->size, out->buf);
}

static void note_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = windows_on(app, partition_at(app, i)) ? _("Windows") : "";
}

static const struct column columns[] = {
	{.places = {{0, 2, 1}}, .cell = glyph_cell},
	{.places = {{0, 4, 3}}, .cell = number_cell},
	{.title = "#", .places = {{0, 5, 1}}},
	{.title = N_("Type"), .places = {{MID_FROM, 7, 17}, {0, 7, 14}}, .cell = type_cell},
	{.title = N_("File system"), .places = {{WIDE_FROM, 25, 12}}, .cell = filesystem_cell},
	{.title = N_("Label"),
	 .places = {{WIDE_FROM, 37, 11}, {MID_FROM, 25, 11}},
	 .cell = label_cell},
	{.title = N_("Start"),
	 .fit = FIT_RIGHT,
	 .places = {{WIDE_FROM, 48, 10}},
	 .cell = start_cell},
	{.title = N_("Size"),
	 .fit = FIT_RIGHT,
	 .places = {{WIDE_FROM, 59, 10}, {MID_FROM, 37, 10}, {0, 22, 10}},
	 .cell = size_cell},
	{.places = {{WIDE_FROM, 71, 7}, {MID_FROM, 48, 7}, {0, 33, 7}}, .cell = note_cell},
};

static const struct table table = {TABLE_OF(columns)};

void windows_line(const struct windows *w, char *buf, size_t cap)
{
	const struct install *inst = &w->install;
	char size[NUMBER_TEXT];
	if (!w->readable)
		snprintf(buf, cap, "%.400s: %s", w->place.root, w->error.shown);
	else
		snprintf(buf, cap, _("%s, %s, %s; SYSTEM hive %s, %s"), inst->version,
			 inst->architecture ? inst->architecture : _("architecture unknown"),
			 inst->root, hive_words(w), size_words(w->system->clean.len, size));
}

static void guards_line(const struct windows *w, char *buf, size_t cap)
{
	size_t used = 0;
	if (w->system->n_guards == 0) {
		snprintf(buf, cap, "%s",
			 _("no guards: not hibernated, not encrypted, volume clean"));
		return;
	}
	for (size_t i = 0; i < w->system->n_guards && used < cap; i++)
		used += (size_t)snprintf(buf + used, cap - used, "%s%s", i ? ", " : "",
					 w->system->guards[i].id);
}

static void draw_below(const struct app *app, struct grid *g, int y)
{
	const struct partition *p = selected(app);
	char text[2 * APP_TEXT] = "";
	if (!p || app->h < 16)
		return;
	const struct windows *w = windows_on(app, p);
	const struct volume *v = volume_of(app, app->frames[0].sel);
	int x = grid_putf(g, 1, y, ROLE_KEY, "%u", p->number) + 3;
	if (w)
		windows_line(w, text, sizeof(text));
	else if (p->problem.plain || (v && v->error.code))
		snprintf(text, sizeof(text), "%s",
			 p->problem.plain ? p->problem.shown : v->error.shown);
	else
		snprintf(text, sizeof(text), "%s  %s", p->type_id ? p->type_id : "", p->name);
	int used = draw_wrapped(g, x, y, 2, ROLE_PLAIN, text);
	if (!w || used > 1)
		return;
	guards_line(w, text, sizeof(text));
	grid_field(g, x, y + 1, g->w - x - 1, ROLE_PLAIN, FIT_END, text);
}

static int disk_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - 3 - (app->h >= 16 ? BELOW_ROWS : 0);
	return room > 1 ? room : 1;
}

static size_t disk_rows(const struct app *app)
{
	return app->session->table.n;
}

static void disk_draw(const struct app *app, struct grid *g)
{
	int y = body_top(app);
	draw_heading(app, g, y);
	table_heads(app, &table, g, y + 2);
	table_rows(app, &table, g, y + 3, disk_room(app), disk_rows(app));
	draw_below(app, g, g->h - 2 - BELOW_ROWS);
}

static void disk_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)cap;
	(void)brief;
	buf[0] = '\0';
}

/* Begin on the partition with Windows. */
static void disk_open(struct app *app)
{
	const struct session *s = app->session;
	const struct windows *w = s->chosen ? s->chosen : s->n_windows ? &s->windows[0] : NULL;
	for (size_t i = 0; w && i < s->table.n; i++)
		if (&s->table.items[i] == w->partition)
			app_top(app)->sel = i;
}

static void disk_select(struct app *app)
{
	const struct partition *p = selected(app);
	const struct volume *v = volume_of(app, app_frame(app)->sel);
	if (p && v && (v->ntfs || v->fat))
		files_enter(app, p->number);
	else if (v && v->error.code)
		app_say_err(app, &v->error);
	else
		app_say(app, "%s", _("stop7b lists the files of NTFS and FAT volumes only."));
}

bool can_disk(const struct app *app)
{
	return has_image(app) && app_on_stack(app, PAGE_DISK);
}

void cmd_disk(struct app *app)
{
	app_pop_to(app, PAGE_DISK);
}

/* ---- w: from the partition to its driver list ---- */

static bool can_windows(const struct app *app)
{
	return app->session && selected(app) && windows_on(app, selected(app));
}

/* A partition with several Windows asks again. */
static void cmd_windows(struct app *app)
{
	const struct session *s = app->session;
	const struct partition *p = selected(app);
	size_t n = 0, at = 0;
	for (size_t i = s->n_windows; i-- > 0;)
		if (s->windows[i].partition == p) {
			n++;
			at = i;
		}
	if (s->chosen && s->chosen->partition == p && n == 1)
		app_push(app, PAGE_LIST);
	else if (n > 1)
		app_push(app, PAGE_PICK);
	else
		pick_windows(app, at);
}

/* ---- z: first aid for the one on this partition that cannot be read ---- */

static size_t unread_here(const struct app *app)
{
	const struct session *s = app->session;
	size_t i = 0;
	while (s && i < s->n_windows &&
	       (s->windows[i].readable || s->windows[i].partition != selected(app)))
		i++;
	return s && i < s->n_windows ? i : SIZE_MAX;
}

static bool can_aid(const struct app *app)
{
	return unread_here(app) != SIZE_MAX;
}

static void cmd_disk_aid(struct app *app)
{
	aid_unread(app, unread_here(app));
}

static const struct command keys[] = {
	AID_UNREAD(cmd_disk_aid, can_aid),
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_enter,
	 .bar = {.text = N_("files"), .place = 10, .keep = 2},
	 .help = N_("files of this partition")},
	{.keys = {'w'},
	 .kind = GO_WINDOWS,
	 .run = cmd_windows,
	 .when = can_windows,
	 .bar = {.text = N_("drivers"), .wide = N_("Windows drivers"), .place = 20, .keep = 3},
	 .help = N_("driver list of the Windows on this partition")},
	{.keys = {'p'},
	 .kind = GO_PLAN,
	 .run = cmd_plan,
	 .bar = {.text = N_("bcdedit plan"), .place = 60, .keep = 5},
	 .help = N_("bcdedit plan")},
	{.keys = {'i'},
	 .kind = GO_FACTS,
	 .run = cmd_facts,
	 .bar = {.text = N_("facts"), .place = 50, .keep = 6},
	 .help = N_("facts about image, partitions, hive")},
};

const struct view view_disk = {
	.name = N_("disk"),
	.takes = TAKES_LIST | TAKES_OUTER | TAKES_REVIEW | TAKES_TARGETS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = disk_crumbs,
	.open = disk_open,
	.draw = disk_draw,
	.rows = disk_rows,
	.room = disk_room,
	.select = disk_select,
};
