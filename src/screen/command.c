/* SPDX-License-Identifier: MIT */
/*
 * What is read off the command table (command_table.c): dispatch and the key bar.
 *
 * A row that cannot be done now (its `when` says no, or it needs writing and -r was given) is
 * neither dispatched nor shown, so bar, help and behaviour cannot disagree. This file knows no
 * page's state: it asks through the row's own functions.
 */
#include "command.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "screen.h"
#include "view.h"

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
