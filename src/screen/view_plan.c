/* SPDX-License-Identifier: MIT */
/*
 * The bcdedit plan: asks once where the disk lies on the host and for the host's boot store, and
 * opens the page that fits. With a store that is the boot menu (plan_menu.c); without one the page
 * here shows what the image's own store holds and the plain command file, which finds the entry on
 * the host by the disk's path. The other direction, an entry for the disk, is shown here too: first
 * where a marked target starts the disk natively. No boot store is written.
 */
#include "plan_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

#define WIDE_FROM 70 /* columns that leave room for the long question */

struct plan_state *plan_state(const struct app *app)
{
	return app_state(app, PAGE_PLAN);
}

/* ---- asking ---- */

static bool is_shown(const struct app *app)
{
	return app_frame(app)->page == PAGE_PLAN || app_frame(app)->page == PAGE_MENU;
}

/* All is answered. What fails leaves the page that is there; without one the path is asked again. */
static void plan_show(struct app *app)
{
	struct plan_state *p = plan_state(app);
	bool before = p->add;
	struct err err = {0};
	p->add = p->wants_add;
	if (plan_make(app, &err) < 0) {
		app_say_err(app, &err);
		p->add = before;
		if (!is_shown(app))
			p->vhd[0] = '\0';
		return;
	}
	if (is_shown(app))
		app_pop(app);
	app_push(app, p->menu && !p->add ? PAGE_MENU : PAGE_PLAN);
}

static void take_store(struct app *app, const char *store)
{
	struct plan_state *p = plan_state(app);
	snprintf(p->store, sizeof(p->store), "%s", store);
	p->asked_store = true;
	plan_show(app);
}

static void ask_store(struct app *app)
{
	const char *store = app->options ? app->options->host_store : NULL;
	prompt_text(app,
		    app->w >= WIDE_FROM
			    ? _("Copy of the host's boot menu (bcdedit /export C:\\bcd), or empty")
			    : _("Host's boot menu, or empty"),
		    store ? store : "", take_store);
	app->prompt.may_be_empty = true;
}

/* A plan that adds an entry looks at no store. */
static void go_on(struct app *app)
{
	if (plan_state(app)->wants_add || plan_state(app)->asked_store)
		plan_show(app);
	else
		ask_store(app);
}

static void take_path(struct app *app, const char *vhd)
{
	snprintf(plan_state(app)->vhd, sizeof(plan_state(app)->vhd), "%s", vhd);
	go_on(app);
}

static void ask_path(struct app *app, const char *before, void (*done)(struct app *, const char *))
{
	const char *given = app->options ? app->options->host_path : NULL;
	char path[APP_TEXT];
	if (before[0] || given)
		snprintf(path, sizeof(path), "%s", before[0] ? before : given);
	else
		snprintf(path, sizeof(path), "D:\\%.400s", app_image_name(app));
	prompt_text(app, _("Path of this disk on the host"), path, done);
}

bool plan_adds(const struct app *app)
{
	const struct session *s = app->session;
	for (size_t i = 0; s && i < s->n_targets; i++) {
		const struct target *t = catalogue_target(s->targets[i]);
		if (t && t->native)
			return true;
	}
	return false;
}

/* Each is asked once; what the marked targets need comes first. */
void cmd_plan(struct app *app)
{
	plan_state(app)->wants_add = plan_adds(app);
	if (plan_state(app)->vhd[0])
		go_on(app);
	else
		ask_path(app, "", take_path);
}

/* Another path: nothing that was made for the old one stays, the page neither. */
static void take_new_path(struct app *app, const char *vhd)
{
	struct plan_state *p = plan_state(app);
	bool add = p->add;
	enum plan_format format = p->format;
	plan_forget(app);
	p->wants_add = add;
	p->format = format;
	if (is_shown(app))
		app_pop(app);
	take_path(app, vhd);
}

void plan_ask_again(struct app *app)
{
	ask_path(app, plan_state(app)->vhd, take_new_path);
}

void plan_turn(struct app *app)
{
	plan_state(app)->wants_add = !plan_state(app)->add;
	go_on(app);
}

bool is_plan_adding(const struct app *app)
{
	return plan_state(app)->add;
}

bool is_plan_saved(const struct app *app)
{
	return plan_state(app)->saved;
}

/* ---- the page without a store ---- */

static void put_loader(struct app *app, const struct bcd_object *object)
{
	char id[PLAN_ID], boots[PLAN_LINE];
	sheet_putf(&app->sheet, 5, ROLE_PLAIN, _("%s  \"%s\"  starts %s"), plan_id(object, id),
		   plan_description(object), plan_boots(app, object, boots, sizeof(boots)));
}

static void put_own_store(struct app *app, const struct boot_store *own)
{
	size_t n = 0;
	sheet_putf(&app->sheet, 3, ROLE_PLAIN, _("The image's own store, partition %u, %s:"),
		   own->partition ? own->partition->number : 0, own->path);
	if (own->error.code) {
		sheet_wrap(&app->sheet, 5, ROLE_WARN, own->error.shown);
		return;
	}
	for (size_t i = 0; i < own->store.n; i++)
		if (own->store.objects[i].type == BCD_LOADER) {
			put_loader(app, &own->store.objects[i]);
			n++;
		}
	if (n == 0)
		sheet_put(&app->sheet, 5, ROLE_PLAIN, _("no entry that starts Windows"));
	if (!own->store.whole)
		sheet_wrap(&app->sheet, 5, ROLE_WARN,
			   own->store.problem ? own->store.problem : _("it is damaged"));
}

static void put_own(struct app *app)
{
	const struct plan_state *p = plan_state(app);
	for (size_t i = 0; i < p->n_own; i++)
		put_own_store(app, &p->own[i]);
	if (p->own_error.code)
		sheet_wrap(&app->sheet, 3, ROLE_WARN, p->own_error.shown);
	else if (p->n_own == 0)
		sheet_put(&app->sheet, 3, ROLE_PLAIN, _("The image has no boot store of its own."));
}

static void put_line(struct sheet *s, const char *line)
{
	if (line[0])
		sheet_wrap(s, 3, ROLE_PLAIN, line);
	else
		sheet_put(s, 0, ROLE_PLAIN, "");
}

/* The file as it is saved, line by line. */
static void put_file(struct app *app)
{
	char line[APP_TEXT];
	for (const char *s = plan_state(app)->text; s && *s;) {
		size_t len = strcspn(s, "\r\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, s);
		put_line(&app->sheet, line);
		s += len;
		s += *s == '\r';
		s += *s == '\n';
	}
}

static void put_removing(struct app *app)
{
	struct sheet *s = &app->sheet;
	sheet_wrap(
		s, 1, ROLE_PLAIN,
		_("No boot store of the host was read. This plan finds the entry there by the "
		  "disk's path. Run the saved file on the host, as administrator: it exports the "
		  "store first and stops if anything differs."));
	sheet_put(s, 0, ROLE_PLAIN, "");
	put_own(app);
}

static void put_adding(struct app *app)
{
	sheet_putf(&app->sheet, 1, ROLE_PLAIN, _("Adds %s to the host's boot menu."),
		   plan_state(app)->vhd);
	sheet_wrap(&app->sheet, 1, ROLE_PLAIN,
		   _("Run the saved file there, as administrator. Without /go it only shows what "
		     "it would do; where an entry for this disk is already, it does nothing."));
}

static void plan_build(struct app *app)
{
	const struct plan_state *p = plan_state(app);
	struct sheet *s = &app->sheet;
	if (p->add)
		put_adding(app);
	else
		put_removing(app);
	sheet_put(s, 0, ROLE_PLAIN, "");
	sheet_putf(s, 3, ROLE_KEY, p->saved ? _("%s, saved") : _("%s, not saved yet"), p->file);
	if (p->format == PLAN_JSON)
		sheet_put(s, 3, ROLE_PLAIN, _("For programs: one line of JSON."));
	else
		put_file(app);
}

static void plan_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	bool add = plan_state(app)->add && app_frame(app)->page == PAGE_PLAN;
	(void)brief;
	snprintf(buf, cap, "%s", add ? _("bcdedit plan: add") : _("bcdedit plan"));
}

static bool can_look_at_own(const struct app *app)
{
	return !plan_state(app)->add && can_own_store(app);
}

static void plan_enter(struct app *app)
{
	store_show(app, false, NULL);
}

static const struct command keys[] = {
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_look_at_own,
	 .bar = {.text = N_("its store"), .wide = N_("the image's store"), .place = 20, .keep = 7},
	 .help = N_("the image's own boot store")},
	{.keys = {K_TAB},
	 .kind = DO_NARROW,
	 .run = plan_next_format,
	 .bar = {.text = N_("format"), .place = 25, .keep = 6},
	 .help = N_("format of the file: cmd, md, json")},
	{.keys = {'c'},
	 .kind = DO_NARROW,
	 .run = plan_turn,
	 .bar = {.text = N_("add entry"), .wide = N_("add an entry"), .place = 27, .keep = 4},
	 .alternative = is_plan_adding,
	 .other = {.text = N_("remove entry"), .place = 27, .keep = 4},
	 .help = N_("the plan that adds the entry, or removes it")},
	{.keys = {'e'},
	 .kind = DO_NARROW,
	 .run = plan_ask_again,
	 .help = N_("ask for the disk's path and the host's store again")},
	{.keys = {'o'},
	 .kind = DO_SAVE,
	 .run = plan_save,
	 .bar = {.text = N_("save"), .place = 30, .keep = 3},
	 .alternative = is_plan_saved,
	 .other = {.text = N_("save again"), .place = 30, .keep = 3},
	 .help = N_("save the plan; once more goes over an older one")},
};

const struct view view_plan = {
	.name = N_("bcdedit plan"),
	.state_size = sizeof(struct plan_state),
	.takes = TAKES_TEXT | TAKES_BACK | TAKES_REVIEW | TAKES_DISK | TAKES_QUIT_UNSEEN,
	KEYS_OF(keys),
	.crumbs = plan_crumbs,
	.build = plan_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.select = plan_enter,
	.changed = plan_changed,
	.forget = plan_forget,
	.pages_sheet = true,
};
