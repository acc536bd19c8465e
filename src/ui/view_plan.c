/* SPDX-License-Identifier: MIT */
/*
 * The bcdedit plan in its plain form: asks where the disk lies on the host, shows the command file
 * and saves it. No boot store is read or written here.
 */
#include "stop7b/view.h"

#include <string.h>

#include "stop7b/cleanup.h"
#include "stop7b/i18n.h"
#include "stop7b/save.h"

static bool make_text(struct app *app, struct err *err)
{
	struct plan_state *p = &app->plan;
	char when[TIME_TEXT], *text = NULL;
	filetime_text(app_now(app), when);
	const struct cleanup_request request = {
		.vhd = p->vhd,
		.image = app_image_name(app),
		.tool = "stop7b " PACKAGE_VERSION,
		.when = when,
	};
	arena_free(p->arena);
	p->text = NULL;
	p->arena = arena_new();
	if (!p->arena || cleanup_cmd(&request, p->arena, &text, err) < 0)
		return false;
	p->text = text;
	return true;
}

static void save(struct app *app, bool replace)
{
	struct plan_state *p = &app->plan;
	struct err err = {0};
	struct span bytes = {(const uint8_t *)p->text, strlen(p->text)};
	if (save_file(p->file, bytes, replace, &err) == 0) {
		p->saved = true;
		app_say(app, _("Saved to %s"), p->file);
	} else if (!replace && err.code == E_WRITE) {
		app_say(app, _("Not saved: %s. o saves over an older one."), err.text);
	} else {
		app_say_err(app, &err);
	}
}

static void plan_for(struct app *app, const char *vhd)
{
	struct plan_state *p = &app->plan;
	struct err err = {0};
	snprintf(p->vhd, sizeof(p->vhd), "%s", vhd);
	snprintf(p->file, sizeof(p->file), "./%.480s.bcdedit.cmd", app_image_name(app));
	p->saved = false;
	if (!make_text(app, &err)) {
		app_say_err(app, &err);
		return;
	}
	app_push(app, PAGE_PLAN);
	save(app, false);
}

void cmd_plan(struct app *app)
{
	char path[APP_TEXT];
	snprintf(path, sizeof(path), "D:\\%.400s", app_image_name(app));
	prompt_text(app, _("Path of this disk on the host"), path, plan_for);
}

void cmd_save_plan(struct app *app)
{
	save(app, true);
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
	for (const char *s = app->plan.text; s && *s;) {
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
	sheet_wrap(&app->sheet, 1, ROLE_PLAIN,
		   _("stop7b never edits a boot store. Run the saved file on the host, as "
		     "administrator. It exports the store first and stops if anything differs."));
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	put_file(app);
}

static void plan_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("bcdedit plan"));
}

const struct view view_plan = {
	.name = N_("bcdedit plan"),
	.crumbs = plan_crumbs,
	.build = plan_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
