/* SPDX-License-Identifier: MIT */
/*
 * Facts about image, partitions, Windows and hive, and everything that could not be read: the page
 * that answers "what is this, really". Without a session it shows the failure in full.
 */
#include "view.h"

#include <string.h>

#include "stop7b/rules.h"
#include "stop7b/i18n.h"

#define VALUE_X 18

static void put(struct app *app, const char *name, const char *text)
{
	struct sheet *s = &app->sheet;
	int y = s->n;
	if (!text || !text[0])
		return;
	sheet_wrap(s, VALUE_X, ROLE_PLAIN, text);
	if (s->n > y)
		grid_put(s->grid, 3, y, ROLE_PLAIN, name);
}

static void head(struct app *app, const char *text)
{
	if (app->sheet.n)
		sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	sheet_put(&app->sheet, 1, ROLE_KEY, text);
}

static void put_image(struct app *app)
{
	const struct image_info *info = image_info(app->session->image);
	char text[APP_TEXT], a[NUMBER_TEXT], b[NUMBER_TEXT];
	head(app, _("Image"));
	put(app, _("File"), app->path);
	snprintf(text, sizeof(text), _("%s, %s, %s on %s of file, %u-byte sectors"), info->format,
		 info->type, size_words(info->size, a), size_words(info->file_size, b),
		 info->sector_size);
	put(app, _("Container"), text);
	put(app, _("Made by"), info->creator);
	put(app, _("Id"), info->id);
	for (size_t i = 0; i < info->n_parents; i++)
		put(app, _("Parent"), info->parents[i]);
	put(app, _("Not writable"), said_of(info->no_writes).shown);
	for (size_t i = 0; i < info->n_notes; i++)
		put(app, _("Note"), info->notes[i].shown);
}

static void put_partitions(struct app *app)
{
	const struct session *s = app->session;
	char name[32], text[APP_TEXT], size[NUMBER_TEXT], start[NUMBER_TEXT];
	head(app, _("Partitions"));
	put(app, _("Table"), scheme_name(s->table.scheme));
	put(app, _("Disk id"), s->table.disk_id);
	for (size_t i = 0; i < s->table.n; i++) {
		const struct partition *p = &s->table.items[i];
		snprintf(name, sizeof(name), "%u", p->number);
		snprintf(text, sizeof(text), _("%s, %s, byte %s, %s"), p->type,
			 filesystem_name(p->filesystem), number_words(p->start, start),
			 size_words(p->size, size));
		put(app, name, text);
		put(app, "", p->problem.shown);
		if (s->volumes && s->volumes[i].error.code)
			put(app, "", s->volumes[i].error.shown);
	}
	for (size_t i = 0; i < s->table.n_notes; i++)
		put(app, _("Note"), s->table.notes[i].shown);
}

static void put_hive(struct app *app, const struct windows *w)
{
	char text[APP_TEXT], size[NUMBER_TEXT], time[TIME_TEXT];
	put(app, _("Hive"), w->place.hive_path);
	snprintf(text, sizeof(text), _("%s bytes, format 1.%u, sequence %u/%u, %s, logs %s"),
		 number_words(w->system->clean.len, size), w->system->hive.minor,
		 w->system->hive.sequence[0], w->system->hive.sequence[1], hive_words(w),
		 w->system->log ? w->system->log : _("unknown"));
	put(app, "", text);
	if (minute_words(w->system->hive.written, time)[0]) {
		snprintf(text, sizeof(text), _("written %s UTC"), time);
		put(app, "", text);
	}
}

static void put_windows(struct app *app, const struct windows *w)
{
	const struct install *inst = &w->install;
	char text[APP_TEXT];
	head(app, _("Windows"));
	put(app, _("Root"), w->place.root);
	if (!w->readable) {
		put(app, _("Not readable"), w->error.shown);
		return;
	}
	snprintf(text, sizeof(text), "%s%s%s", inst->version, inst->architecture ? ", " : "",
		 inst->architecture ? inst->architecture : "");
	put(app, _("Version"), text);
	snprintf(text, sizeof(text),
		 _("%zu; boots with ControlSet%03u (Default %u, Current %u, "
		   "last known good %u)"),
		 inst->n_sets, inst->boots_with, inst->select_default, inst->select_current,
		 inst->select_last_good);
	put(app, _("Control sets"), text);
	snprintf(text, sizeof(text), "%s %s", inst->manufacturer ? inst->manufacturer : "",
		 inst->product ? inst->product : "");
	put(app, _("Last machine"), text[1] ? text : NULL);
	if (inst->last_id) {
		snprintf(text, sizeof(text), _("%s (the name of its values in StartOverride)"),
			 inst->last_id);
		put(app, _("Its number"), text);
	}
	for (size_t i = 0; i < inst->n_controllers; i++) {
		snprintf(text, sizeof(text), "%s  %s", inst->controllers[i].service,
			 inst->controllers[i].hardware);
		put(app, i ? "" : _("Controllers"), text);
	}
	for (size_t i = 0; i < inst->n_history; i++)
		put(app, i ? "" : _("History"), inst->history[i].shown);
	put_hive(app, w);
	for (size_t i = 0; i < inst->n_notes; i++)
		put(app, _("Note"), inst->notes[i].shown);
	const struct diagnosis *d = &app->session->now;
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];
		if (!finding_is_sentence(f))
			continue;
		put(app, f->rule->id, f->found.shown);
		put(app, "", f->why.shown);
	}
}

static void put_guards(struct app *app, const struct windows *w)
{
	head(app, _("Guards"));
	if (w->system->n_guards == 0)
		put(app, _("none"), _("nothing forbids writing"));
	for (size_t i = 0; i < w->system->n_guards; i++) {
		put(app, w->system->guards[i].id, w->system->guards[i].text.shown);
		put(app, "", w->system->guards[i].action.shown);
	}
}

static void put_unseen(struct app *app)
{
	const struct rule *rule;
	head(app, _("What cannot be seen from here"));
	for (size_t i = 0; (rule = rules_get(i)); i++) {
		if (rule->looks_at)
			continue;
		put(app, rule->id, _(rule->title));
		put(app, "", _(rule->seen));
	}
}

static void facts_build(struct app *app)
{
	const struct session *s = app->session;
	if (app->error.code) {
		head(app, _("Failure"));
		put(app, _("Code"), err_name(app->error.code));
		put(app, _("Message"), app->error.shown);
		put(app, _("Hint"), _(err_hint(app->error.code)));
	}
	if (!s) {
		put(app, _("File"), app->path);
		return;
	}
	put_image(app);
	put_partitions(app);
	for (size_t i = 0; i < s->n_windows; i++)
		if (!s->chosen || s->chosen == &s->windows[i]) {
			put_windows(app, &s->windows[i]);
			put_guards(app, &s->windows[i]);
		}
	put_unseen(app);
}

static void facts_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)app;
	(void)brief;
	snprintf(buf, cap, "%s", _("Facts"));
}

void cmd_facts(struct app *app)
{
	app_push(app, PAGE_FACTS);
}

const struct view view_facts = {
	.name = N_("facts"),
	.takes = TAKES_TEXT | TAKES_BACK | TAKES_REVIEW | TAKES_DISK | TAKES_PLAN | TAKES_SAVE |
		 TAKES_QUIT,
	.crumbs = facts_crumbs,
	.build = facts_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
