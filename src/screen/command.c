/* SPDX-License-Identifier: MIT */
/*
 * What is read off the rows of commands: the list of a page, dispatch and the key bar.
 *
 * A row that cannot be done now (its `when` says no, or it needs writing and -r was given) is
 * neither dispatched nor shown, so bar, help and behaviour cannot disagree. This file knows no
 * page's state: it asks through the row's own functions.
 */
#include "command.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "grid.h"
#include "view.h"

static bool has_key(const struct command *c, int key)
{
	for (size_t i = 0; i < COMMAND_KEYS && c->keys[i]; i++)
		if (c->keys[i] == key)
			return true;
	return false;
}

/* ---- the rows of a page ---- */

struct list {
	const struct command **rows;
	size_t n;
};

/* Behind all of its kind. */
static void insert(struct list *list, const struct command *c)
{
	size_t at = list->n;
	if (list->n == COMMAND_MAX)
		return;
	for (; at > 0 && list->rows[at - 1]->kind > c->kind; at--)
		list->rows[at] = list->rows[at - 1];
	list->rows[at] = c;
	list->n++;
}

static bool has_own(const struct view *view, int key)
{
	for (size_t i = 0; i < view->n_keys; i++)
		if (has_key(&view->keys[i], key))
			return true;
	return false;
}

size_t command_list(enum page page, const struct command *out[COMMAND_MAX])
{
	size_t n;
	const struct view *view = view_of(page);
	const struct command *common = command_table(&n);
	struct list list = {.rows = out};
	for (size_t i = 0; i < view->n_keys; i++)
		insert(&list, &view->keys[i]);
	for (size_t i = 0; i < n; i++)
		if ((!common[i].of || (view->takes & common[i].of)) &&
		    !has_own(view, common[i].keys[0]))
			insert(&list, &common[i]);
	return list.n;
}

bool command_available(const struct app *app, const struct command *c)
{
	if ((c->flags & COMMAND_NEEDS_RW) && app->options && app->options->read_only)
		return false;
	return !c->when || c->when(app);
}

const struct command *command_find(const struct app *app, enum page page, int key)
{
	const struct command *rows[COMMAND_MAX];
	size_t n = command_list(page, rows);
	for (size_t i = 0; i < n; i++)
		if (has_key(rows[i], key) && command_available(app, rows[i]))
			return rows[i];
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
	const struct command *rows[COMMAND_MAX];
	size_t n = command_list(page, rows);
	for (size_t i = 0; i < n; i++) {
		if (!command_available(app, rows[i]))
			continue;
		bool other = rows[i]->alternative && rows[i]->alternative(app);
		const struct hint *hint = other ? &rows[i]->other : &rows[i]->bar;
		if (hint->text && (!hint->on_request || (view_of(page)->bars & rows[i]->of)))
			insert_by_place(bar, hint, rows[i]->keys[0]);
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
static const struct hint *drop_one(struct bar *bar)
{
	size_t worst = 0;
	for (size_t i = 1; i < bar->n; i++)
		if (bar->entries[i].hint->keep >= bar->entries[worst].hint->keep)
			worst = i;
	const struct hint *dropped = bar->entries[worst].hint;
	bar->n--;
	memmove(&bar->entries[worst], &bar->entries[worst + 1],
		(bar->n - worst) * sizeof(bar->entries[0]));
	return dropped;
}

size_t command_bar(const struct app *app, enum page page, int width, struct bar_item items[BAR_MAX])
{
	struct bar bar = {.n = 0};
	char buf[8];
	collect(app, page, &bar);
	bool whole = true;
	while (bar.n > 1 && bar_width(&bar, false) > width)
		whole = drop_one(&bar)->on_request && whole;
	bool wide = whole && bar_width(&bar, true) <= width;
	for (size_t i = 0; i < bar.n; i++) {
		items[i].label = label_of(&bar.entries[i], wide);
		items[i].glued = bar.entries[i].key == '?';
		snprintf(items[i].keys, sizeof(items[i].keys), "%s", keys_of(&bar.entries[i], buf));
	}
	return bar.n;
}
