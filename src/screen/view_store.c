/* SPDX-License-Identifier: MIT */
/*
 * A boot store whole: every object with its elements under bcdedit's names, what is not understood
 * in hex. It is the host's, opened at the entry that was selected, or all those of the image.
 * Nothing is read here but what plan_make.c and the session already hold.
 */
#include "plan_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

#define WIDE_FROM 60 /* columns where name and value share a line */
#define VALUE_X   25
#define NAME_X    3
#define TEXT_MAX  4096u /* bytes of one value that are shown; stop7b bcd prints it whole */

/* A store shown whole, an object with its elements below the other. */
struct store_state {
	bool of_host;       /* the plan's, else the image's own ones */
	const char *object; /* id of the first one that is visible, of the store; NULL: none yet */
	int w;              /* columns it was laid out for: another width finds the object again */
};

static struct store_state *store_state(const struct app *app)
{
	return app_state(app, PAGE_STORE);
}

/* ---- objects ---- */

static const char *element_name(const struct bcd_element *e, char buf[16])
{
	if (e->name)
		return e->name;
	snprintf(buf, 16, "custom:%08x", e->id);
	return buf;
}

static void put_value(struct sheet *s, const struct bcd_element *e, int x)
{
	enum role role = e->problem ? ROLE_WARN : ROLE_PLAIN;
	char text[TEXT_MAX + 1];
	size_t len = e->text ? strlen(e->text) : 0, cut = len < TEXT_MAX ? len : TEXT_MAX;
	while (cut < len && cut > 0 && ((unsigned char)e->text[cut] & 0xc0) == 0x80)
		cut--;
	snprintf(text, sizeof(text), "%.*s", (int)cut, e->text ? e->text : "");
	sheet_wrap(s, x, role, text);
	if (cut < len)
		sheet_putf(s, x, ROLE_DIM, _("%zu more bytes: stop7b bcd shows them"), len - cut);
	if (e->problem)
		sheet_wrap(s, x, ROLE_WARN, e->problem);
}

static void put_element(struct sheet *s, const struct bcd_element *e)
{
	char buf[16];
	const char *name = element_name(e, buf);
	int y = s->n;
	bool one_line = s->grid && s->grid->w >= WIDE_FROM && e->text && e->text[0] &&
			NAME_X + text_width(name) < VALUE_X;
	if (!one_line)
		y = sheet_put(s, NAME_X, ROLE_DIM, name);
	put_value(s, e, one_line ? VALUE_X : NAME_X + 2);
	if (one_line && y >= 0 && y < s->n)
		grid_put(s->grid, NAME_X, y, ROLE_DIM, name);
}

static void put_object(struct sheet *s, const struct bcd_object *object)
{
	sheet_putf(s, 1, ROLE_KEY, "%s", object->guid);
	sheet_putf(s, NAME_X, ROLE_PLAIN, "%s  0x%08x%s%s", object->kind, object->type,
		   object->alias ? "  " : "", object->alias ? object->alias : "");
	for (size_t i = 0; i < object->n; i++)
		put_element(s, &object->elements[i]);
	if (object->problem && (object->n == 0 || object->type == 0))
		sheet_wrap(s, NAME_X, ROLE_WARN, object->problem);
	sheet_put(s, 0, ROLE_PLAIN, "");
}

/* ---- stores ---- */

static void put_state(struct sheet *s, const struct bcd_store *store)
{
	if (!store->whole)
		sheet_wrap(s, 1, ROLE_WARN,
			   store->problem ? store->problem : _("The store is damaged."));
	if (store->note)
		sheet_wrap(s, 1, ROLE_PLAIN, store->note);
	if (!store->whole || store->note)
		sheet_put(s, 0, ROLE_PLAIN, "");
}

/* Where the page begins: at a known object after the width changed, else that object is noted. */
static void put_store(struct app *app, const struct bcd_store *store, bool moved)
{
	struct store_state *state = store_state(app);
	const char *wanted = state->object;
	put_state(&app->sheet, store);
	for (size_t i = 0; i < store->n; i++) {
		const char *guid = store->objects[i].guid;
		if (moved && guid == wanted)
			app_top(app)->top = (size_t)app->sheet.n;
		if (!moved && (size_t)app->sheet.n <= app_frame(app)->top)
			state->object = guid;
		put_object(&app->sheet, &store->objects[i]);
	}
}

static void put_own(struct app *app, bool moved)
{
	struct sheet *s = &app->sheet;
	size_t n;
	const struct boot_store *all = plan_own(app, &n, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct boot_store *own = &all[i];
		sheet_putf(s, 1, ROLE_HEAD, _("partition %u, %s"),
			   own->partition ? own->partition->number : 0, own->path);
		sheet_put(s, 0, ROLE_PLAIN, "");
		if (own->error.code)
			sheet_wrap(s, NAME_X, ROLE_WARN, own->error.shown);
		else
			put_store(app, &own->store, moved);
	}
}

static void store_build(struct app *app)
{
	bool moved = store_state(app)->w != app->w && store_state(app)->object;
	store_state(app)->w = app->w;
	if (store_state(app)->of_host && plan_host_store(app))
		put_store(app, plan_host_store(app), moved);
	else
		put_own(app, moved);
}

/* ---- the page ---- */

void store_show(struct app *app, bool of_host, const char *object)
{
	const struct err *why;
	size_t n = 0;
	if (!of_host) {
		plan_read_own(app);
		plan_own(app, &n, &why);
	}
	if (!of_host && n == 0) {
		app_say(app, "%s",
			why->code ? why->shown : _("The image has no boot store of its own."));
		return;
	}
	*store_state(app) = (struct store_state){.of_host = of_host, .object = object};
	app_push(app, PAGE_STORE);
}

void store_forget(struct app *app)
{
	*store_state(app) = (struct store_state){.of_host = false};
}

/* The image's own stores were read again; the host's stay. */
static void store_changed(struct app *app)
{
	if (!store_state(app)->of_host)
		store_state(app)->object = NULL;
}

/* Is there a store of the image to show? The session looks for them once. */
bool can_own_store(const struct app *app)
{
	return app->session && app->session->stores_read && app->session->n_stores > 0;
}

static void store_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	if (!store_state(app)->of_host)
		snprintf(buf, cap, "%s", _("its boot store"));
	else
		snprintf(buf, cap, "%s",
			 brief ? _("Host's store") : _("bcdedit plan > Host's store"));
}

const struct view view_store = {
	.name = N_("boot store"),
	.state_size = sizeof(struct store_state),
	.takes = TAKES_TEXT | TAKES_BACK | TAKES_REVIEW | TAKES_DISK | TAKES_SAVE | TAKES_QUIT,
	.crumbs = store_crumbs,
	.build = store_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.changed = store_changed,
	.pages_sheet = true,
};
