/* SPDX-License-Identifier: MIT */
/*
 * The bcdedit plan: asks where the disk lies on the host and for the host's boot store, and opens
 * the page that fits. With a store that is the boot menu (plan_menu.c); without one the page here
 * shows what the image's own store holds and the plain command file, which finds the entry on the
 * host by the disk's path. No boot store is written.
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

static void plan_for(struct app *app, const char *store)
{
	struct err err = {0};
	char vhd[sizeof(plan_state(app)->vhd)];
	memcpy(vhd, plan_state(app)->vhd, sizeof(vhd));
	if (plan_make(app, vhd, store, &err) < 0)
		app_say_err(app, &err);
	else
		app_push(app, plan_state(app)->menu ? PAGE_MENU : PAGE_PLAN);
}

/* The path is remembered where the plan keeps it; the plan itself is made by plan_for(). */
static void ask_store(struct app *app, const char *vhd)
{
	const char *store = app->options ? app->options->host_store : NULL;
	snprintf(plan_state(app)->vhd, sizeof(plan_state(app)->vhd), "%s", vhd);
	prompt_text(app,
		    app->w >= WIDE_FROM ? _("Host boot store: a file, IMAGE:N:\\PATH, or empty")
					: _("Host boot store, or empty"),
		    store ? store : "", plan_for);
	app->prompt.may_be_empty = true;
}

void cmd_plan(struct app *app)
{
	const char *given = app->options ? app->options->host_path : NULL;
	char path[APP_TEXT];
	if (given)
		snprintf(path, sizeof(path), "%s", given);
	else
		snprintf(path, sizeof(path), "D:\\%.400s", app_image_name(app));
	prompt_text(app, _("Path of this disk on the host"), path, ask_store);
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
		sheet_wrap(&app->sheet, 3, ROLE_WARN, p->own_error.text);
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

static void plan_build(struct app *app)
{
	struct sheet *s = &app->sheet;
	sheet_wrap(
		s, 1, ROLE_PLAIN,
		_("No boot store of the host was read. This plan finds the entry there by the "
		  "disk's path. Run the saved file on the host, as administrator: it exports the "
		  "store first and stops if anything differs."));
	sheet_put(s, 0, ROLE_PLAIN, "");
	put_own(app);
	sheet_put(s, 0, ROLE_PLAIN, "");
	sheet_putf(s, 3, ROLE_KEY, plan_state(app)->saved ? _("%s, saved") : _("%s, not saved yet"),
		   plan_state(app)->file);
	put_file(app);
}

static void plan_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("bcdedit plan"));
}

static void plan_enter(struct app *app)
{
	store_show(app, false, NULL);
}

static const struct command keys[] = {
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_own_store,
	 .bar = {.text = N_("its store"), .wide = N_("the image's store"), .place = 20, .keep = 5},
	 .help = N_("the image's own boot store")},
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
