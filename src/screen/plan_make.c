/* SPDX-License-Identifier: MIT */
/*
 * The state behind the plan's pages: the disk's path on the host, the host's store and what is
 * chosen in it, the plan made of that, and the file it is saved in. What was asked once is kept for
 * the whole run; what is chosen is kept while the other direction is looked at.
 *
 * What may be deleted is decided in one place, cleanup_plan(): a choice is tried, and taken back
 * with the plan's own reason when the plan refuses it. Nothing is saved unless o is pressed; a
 * file that this run did not write is gone over only after it was said that it is there.
 */
#include "plan_internal.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/json_plan.h"
#include "stop7b/save.h"

static const struct {
	const char *suffix; /* of the file */
	int (*write)(const struct cleanup_plan *plan, struct arena *arena, char **out,
		     struct err *err);
} formats[PLAN_FORMATS] = {
	[PLAN_CMD] = {"cmd", cleanup_write_cmd},
	[PLAN_MD] = {"md", cleanup_write_md},
	[PLAN_JSON] = {"json", json_plan},
};

void plan_forget(struct app *app)
{
	arena_free(plan_state(app)->arena);
	arena_free(plan_state(app)->scratch);
	arena_free(plan_state(app)->plain);
	*plan_state(app) = (struct plan_state){.arena = NULL};
	store_forget(app);
}

/* ---- the image's own stores ---- */

void plan_read_own(struct app *app)
{
	struct plan_state *p = plan_state(app);
	p->own = NULL;
	p->n_own = 0;
	err_clear(&p->own_error);
	if (app->session)
		session_stores(app->session, &p->own, &p->n_own, &p->own_error);
}

const struct boot_store *plan_own(const struct app *app, size_t *n, const struct err **err)
{
	const struct plan_state *p = plan_state(app);
	*n = p->n_own;
	if (err)
		*err = &p->own_error;
	return p->own;
}

const struct bcd_store *plan_host_store(const struct app *app)
{
	const struct plan_state *p = plan_state(app);
	return p->menu ? &p->menu->store : NULL;
}

void plan_changed(struct app *app)
{
	plan_state(app)->own = NULL;
	plan_state(app)->n_own = 0;
	if (app_on_stack(app, PAGE_PLAN) || app_on_stack(app, PAGE_STORE))
		plan_read_own(app);
}

/* ---- the plain plan ---- */

static struct cleanup_plan_request plain_request(const struct app *app, const char *when)
{
	const struct image_info *info = app->session ? image_info(app->session->image) : NULL;
	return (struct cleanup_plan_request){
		.vhd = plan_state(app)->vhd,
		.image = app_image_name(app),
		.tool = "stop7b " PACKAGE_VERSION,
		.when = when,
		.add = plan_state(app)->add,
		.grows = info && strcmp(info->type, "fixed") != 0,
		.virtual_size = info ? info->size : 0,
	};
}

static int make_plain(struct app *app, struct err *err)
{
	struct plan_state *p = plan_state(app);
	struct cleanup_plan plan;
	char when[TIME_TEXT], *text = NULL;
	struct arena *arena = arena_new();
	filetime_text(app_now(app), when);
	const struct cleanup_plan_request request = plain_request(app, when);
	if (!arena || cleanup_plan(&request, arena, &plan, err) < 0 ||
	    formats[p->format].write(&plan, arena, &text, err) < 0) {
		arena_free(arena);
		return arena ? -1 : no_memory(err);
	}
	arena_free(p->plain);
	p->plain = arena;
	p->text = text;
	return 0;
}

/* ---- the plan of a store ---- */

static struct menu_request request_of(const struct app *app)
{
	return (struct menu_request){
		.table = app->session ? &app->session->table : NULL,
		.vhd = plan_state(app)->vhd,
		.image = app_image_name(app),
	};
}

/* A store that was not read whole proposes nothing; else the matches that are certain. */
static bool proposed(const struct menu *menu, const struct plan_row *row)
{
	return row->match && menu->store.whole && menu_is_safe(row->match);
}

/*
 * What was chosen goes to the plan by id, as things added by hand. Only when something proposed
 * was left out is the plan told every choice: it then calls all the rest left out by hand.
 */
static void tell_choices(const struct plan_state *p, const char **ids, bool *chosen,
			 struct cleanup_plan_request *request)
{
	for (size_t i = 0; i < p->n_rows; i++) {
		const struct plan_row *row = &p->rows[i];
		if (row->match)
			chosen[row->match - p->menu->matches.items] = row->chosen;
		if (row->chosen && !proposed(p->menu, row))
			ids[request->n_entries++] = row->object->guid;
		if (!row->chosen && proposed(p->menu, row))
			request->chosen = chosen;
	}
	request->entries = ids;
}

static int make_plan(struct app *app, struct err *err)
{
	struct plan_state *p = plan_state(app);
	const struct menu_request from = request_of(app);
	struct cleanup_plan_request request = menu_plan_request(p->menu, &from);
	struct arena *arena = arena_new();
	if (!arena)
		return err_set(err, E_MEMORY, "no memory for a plan");
	char *when = arena_alloc(arena, TIME_TEXT, err);
	const char **ids = arena_array(arena, p->n_rows, sizeof(*ids), err);
	bool *chosen = arena_array(arena, p->menu->matches.n, sizeof(*chosen), err);
	struct cleanup_plan *plan = arena_alloc(arena, sizeof(*plan), err);
	if (!when || !ids || !chosen || !plan)
		goto fail;
	filetime_text(app_now(app), when);
	request.tool = "stop7b " PACKAGE_VERSION;
	request.when = when;
	tell_choices(p, ids, chosen, &request);
	if (cleanup_plan(&request, arena, plan, err) < 0)
		goto fail;
	arena_free(p->scratch);
	p->scratch = arena;
	p->plan = plan;
	p->saved = false;
	return 0;
fail:
	arena_free(arena);
	return -1;
}

/* ---- rows ---- */

static bool is_matched(const struct menu *menu, const struct bcd_object *object)
{
	for (size_t i = 0; i < menu->matches.n; i++)
		if (menu->matches.items[i].object == object)
			return true;
	return false;
}

static int make_rows(struct plan_state *p, struct err *err)
{
	const struct menu *menu = p->menu;
	p->n_rows = 0;
	p->rows = arena_array(p->arena, menu->matches.n + menu->store.n, sizeof(*p->rows), err);
	if (!p->rows)
		return -1;
	for (size_t i = 0; i < menu->matches.n; i++)
		p->rows[p->n_rows++] = (struct plan_row){.object = menu->matches.items[i].object,
							 .match = &menu->matches.items[i],
							 .chosen = menu->chosen[i]};
	for (size_t i = 0; i < menu->store.n; i++) {
		const struct bcd_object *object = &menu->store.objects[i];
		if (object->type == BCD_LOADER && !is_matched(menu, object))
			p->rows[p->n_rows++] = (struct plan_row){.object = object};
	}
	return 0;
}

/* The plan has the last word: what it does not delete is not chosen. */
static void follow_plan(struct app *app)
{
	for (size_t i = 0; i < plan_state(app)->n_rows; i++) {
		struct plan_row *row = &plan_state(app)->rows[i];
		row->chosen = plan_block_of(app, row) != NULL;
	}
}

static int make_menu(struct app *app, const char *store, struct err *err)
{
	struct plan_state *p = plan_state(app);
	const struct menu_request request = request_of(app);
	struct menu *menu = arena_alloc(p->arena, sizeof(*menu), err);
	const struct image_options *options = app->session ? &app->session->options.image : NULL;
	if (!menu ||
	    session_store_read(store, options, p->arena, &menu->store, &menu->name, err) < 0 ||
	    menu_find(menu, &request, p->arena, err) < 0)
		return -1;
	p->menu = menu;
	if (make_rows(p, err) < 0 || make_plan(app, err) < 0) {
		p->menu = NULL;
		return -1;
	}
	follow_plan(app);
	return 0;
}

static void name_file(struct app *app)
{
	struct plan_state *p = plan_state(app);
	snprintf(p->file, sizeof(p->file), "./%.470s.bcdedit%s.%s", app_image_name(app),
		 p->add ? "-add" : "", formats[p->format].suffix);
	p->saved = false;
}

int plan_make(struct app *app, struct err *err)
{
	struct plan_state *p = plan_state(app);
	struct err why = {0};
	p->arena = p->arena ? p->arena : arena_new();
	if (!p->arena)
		return no_memory(err);
	if (make_plain(app, err) < 0)
		return -1;
	name_file(app);
	plan_read_own(app);
	if (!p->add && !p->menu && p->store[0] && make_menu(app, p->store, &why) < 0)
		app_say_err(app, &why);
	return 0;
}

/* ---- choosing ---- */

const struct plan_row *plan_selected(const struct app *app)
{
	size_t sel = app_frame(app)->sel;
	return sel < plan_state(app)->n_rows ? &plan_state(app)->rows[sel] : NULL;
}

const struct cleanup_block *plan_block_of(const struct app *app, const struct plan_row *row)
{
	const struct cleanup_plan *plan = plan_state(app)->plan;
	for (size_t i = 0; plan && i < plan->n; i++)
		if (strcmp(plan->blocks[i].guid, row->object->guid) == 0)
			return &plan->blocks[i];
	return NULL;
}

const char *plan_refusal_of(const struct cleanup_plan *plan, const char *guid)
{
	for (size_t i = 0; i < plan->n_refusals; i++)
		if (strcmp(plan->refusals[i].guid, guid) == 0)
			return plan->refusals[i].why;
	return NULL;
}

/* Something chosen that the plan refuses, be it another entry than the last one: its reason. */
static const char *refused(const struct app *app)
{
	const struct plan_state *p = plan_state(app);
	for (size_t i = 0; i < p->n_rows; i++)
		if (p->rows[i].chosen && !plan_block_of(app, &p->rows[i]))
			return plan_refusal_of(p->plan, p->rows[i].object->guid);
	return NULL;
}

static void say_chosen(struct app *app, const struct plan_row *row)
{
	char id[PLAN_ID];
	plan_id(row->object, id);
	if (!row->chosen)
		app_say(app, _("%s stays."), id);
	else if (!row->match || row->match->how == BCD_MATCH_NONE)
		app_say(app, _("%s is not this disk; chosen by hand, it will be deleted."), id);
	else if (!row->match->certain)
		app_say(app, _("%s may not be this disk; chosen by hand, it will be deleted."), id);
	else
		app_say(app, _("%s will be deleted."), id);
}

void plan_toggle(struct app *app, struct plan_row *row)
{
	char id[PLAN_ID];
	struct err err = {0};
	row->chosen = !row->chosen;
	if (make_plan(app, &err) < 0) {
		row->chosen = !row->chosen;
		app_say_err(app, &err);
		return;
	}
	const char *why = row->chosen ? refused(app) : NULL;
	if (!why) {
		say_chosen(app, row);
		return;
	}
	app_say(app, _("%s stays: %s."), plan_id(row->object, id), why);
	row->chosen = false;
	if (make_plan(app, &err) < 0)
		app_say_err(app, &err);
}

/* ---- saving ---- */

void plan_next_format(struct app *app)
{
	struct plan_state *p = plan_state(app);
	struct err err = {0};
	enum plan_format before = p->format;
	p->format = (enum plan_format)((p->format + 1) % PLAN_FORMATS);
	if (plan_make(app, &err) == 0)
		return;
	p->format = before;
	app_say_err(app, &err);
}

static void save_text(struct app *app, const char *text)
{
	struct plan_state *p = plan_state(app);
	struct err err = {0};
	struct span bytes = {(const uint8_t *)text, strlen(text)};
	if (save_file(p->file, bytes, p->over[p->add][p->format], &err) == 0) {
		p->saved = true;
		p->over[p->add][p->format] = true;
		app_say(app, _("Saved to %s"), p->file);
	} else if (err.code == E_GUARD) {
		p->over[p->add][p->format] = true;
		app_say(app, _("Not saved: %s is there already; o again saves over it."), p->file);
	} else {
		app_say_err(app, &err);
	}
}

static void save_plan(struct app *app)
{
	struct plan_state *p = plan_state(app);
	struct err err = {0};
	char *text = NULL;
	struct arena *arena = arena_new();
	if (p->plan->n == 0)
		app_say(app, "%s", _("Nothing is chosen, so there is nothing to save."));
	else if (arena ? formats[p->format].write(p->plan, arena, &text, &err) == 0
		       : no_memory(&err) == 0)
		save_text(app, text);
	else
		app_say_err(app, &err);
	arena_free(arena);
}

void plan_save(struct app *app)
{
	if (plan_state(app)->menu && !plan_state(app)->add)
		save_plan(app);
	else
		save_text(app, plan_state(app)->text);
}
