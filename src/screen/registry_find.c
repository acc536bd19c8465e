/* SPDX-License-Identifier: MIT */
/*
 * Search in a whole hive: names of keys and values, texts, and numbers, without case, from the key
 * that is shown on, or back, and round to it again. Names are compared as they are shown, texts in
 * place as UTF-16, so that a large hive takes a moment and no memory. What is read is counted
 * against the hive's size, because keys and values of a damaged hive may share their records.
 */
#include "registry_internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry_walk.h"
#include "stop7b/fold.h"
#include "stop7b/i18n.h"
#include "stop7b/utf.h"

#define BYTES_MOST    8u    /* names and data that are read, for each byte of the hive */
#define ITEMS_AT_ONCE 4096u /* names read before their memory is given back */

struct needle {
	uint32_t chars[APP_TEXT]; /* folded */
	size_t n;
	bool is_number;
	uint64_t number;
};

struct search {
	struct needle needle;
	struct arena *arena; /* names and data of the last items */
	size_t items;
	uint64_t bytes_left; /* of names and data */
};

/* ---- matching ---- */

typedef uint32_t next_char(struct span s, size_t *at);

/* What is not UTF-8 is passed over byte by byte. */
static uint32_t next_utf8(struct span s, size_t *at)
{
	uint32_t c = utf8_next(s, at);
	*at += c == UTF_BAD;
	return c;
}

static bool begins(const struct needle *n, struct span s, size_t at, next_char *next)
{
	for (size_t i = 0; i < n->n; i++)
		if (at >= s.len || fold_upper(next(s, &at)) != n->chars[i])
			return false;
	return true;
}

static bool contains(const struct needle *n, struct span s, next_char *next)
{
	for (size_t at = 0; at < s.len;) {
		size_t here = at;
		if (fold_upper(next(s, &at)) == n->chars[0] && begins(n, s, here, next))
			return true;
	}
	return false;
}

static void needle_make(struct needle *n, const char *text)
{
	char *end;
	const char *digits = text;
	const struct span s = {(const uint8_t *)text, strlen(text)};
	*n = (struct needle){0};
	for (size_t at = 0; at < s.len && n->n < APP_TEXT;)
		n->chars[n->n++] = fold_upper(next_utf8(s, &at));
	while (digits[0] == '0' && isdigit((unsigned char)digits[1]))
		digits++; /* decimal, not octal */
	errno = 0;
	n->number = strtoull(digits, &end, 0);
	n->is_number = isdigit((unsigned char)digits[0]) && !*end && errno == 0;
}

static bool name_matches(struct search *s, const char *name)
{
	size_t len = name ? strlen(name) : 0;
	s->bytes_left -= len < s->bytes_left ? len : s->bytes_left;
	return contains(&s->needle, (struct span){(const uint8_t *)name, len}, next_utf8);
}

static bool number_matches(const struct needle *n, struct span data)
{
	if (!n->is_number)
		return false;
	return data.len == 4 ? le32(data, 0) == n->number
			     : data.len == 8 && le64(data, 0) == n->number;
}

static bool data_matches(struct search *s, struct value v)
{
	struct span data;
	bool text = v.type == REG_SZ || v.type == REG_EXPAND_SZ || v.type == REG_MULTI_SZ ||
		    v.type == REG_LINK;
	bool number = v.type == REG_DWORD || v.type == REG_QWORD;
	if (!(text || number) || v.size > s->bytes_left || value_data(v, s->arena, &data, NULL) < 0)
		return false;
	s->bytes_left -= data.len;
	return text ? contains(&s->needle, (struct span){data.p, data.len & ~(size_t)1}, utf16_next)
		    : number_matches(&s->needle, data);
}

static bool item_matches(struct search *s, const struct walk_item *item)
{
	if (++s->items % ITEMS_AT_ONCE == 0) {
		arena_free(s->arena);
		s->arena = arena_new();
	}
	if (!s->arena)
		return false;
	if (item->is_key)
		return name_matches(s, key_name(item->key, s->arena));
	return name_matches(s, value_name(item->value, s->arena)) || data_matches(s, item->value);
}

/* ---- walking ---- */

/* A walk that stands at the page: at its key's values, or behind the selected row. */
static struct walk *walk_from_page(const struct app *app, bool behind_row)
{
	const struct registry_state *r = registry_state(app);
	const struct registry_row *row = registry_selected(app);
	struct walk *w = walk_new(hive_root(session_hive_view(r->file)));
	for (size_t i = 0; w && i < r->depth; i++)
		walk_skip_to_key(w, r->trail[i].at);
	if (!w || !behind_row || !row || row->mark == MARK_DELETED)
		return w;
	if (row->is_key)
		walk_skip_to_key(w, row->key.at);
	else
		walk_skip_value(w, row->value.at);
	return w;
}

static bool find_in(struct search *s, struct walk *w, struct walk_item *item)
{
	while (w && s->bytes_left > 0 && walk_next(w, item))
		if (item_matches(s, item))
			return true;
	return false;
}

/* The item that the page stands on: the selected row, or the key that is shown. */
static bool is_here(const struct app *app, const struct walk_item *item)
{
	const struct registry_row *row = registry_selected(app);
	if (!row || row->mark == MARK_DELETED)
		return item->is_key && item->key.at == registry_state(app)->key.at;
	return item->is_key == row->is_key &&
	       (row->is_key ? item->key.at == row->key.at : item->value.at == row->value.at);
}

/* Which item of the hive, from 1 on, is the last hit before here, else the last of all; 0: none. */
static size_t place_before(struct search *s, const struct app *app, struct walk *w, bool *wrapped)
{
	struct walk_item item;
	size_t last = 0;
	*wrapped = true;
	for (size_t i = 1; w && s->bytes_left > 0 && walk_next(w, &item); i++) {
		if (last && *wrapped && is_here(app, &item)) {
			*wrapped = false;
			break;
		}
		if (item_matches(s, &item))
			last = i;
	}
	return last;
}

static bool walk_to(struct walk *w, size_t place, struct walk_item *item)
{
	size_t i = 0;
	while (w && i < place && walk_next(w, item))
		i++;
	return place > 0 && i == place;
}

/* ---- going there ---- */

static bool go_to(struct app *app, const struct walk *w, const struct walk_item *item)
{
	struct registry_state *r = registry_state(app);
	bool fits = true;
	size_t depth = walk_depth(w);
	while (r->depth > 0)
		registry_ascend(r);
	for (size_t i = 1; fits && i <= depth; i++) {
		struct arena *arena = arena_new();
		const char *name = arena ? key_name(walk_key(w, i), arena) : NULL;
		fits = name && registry_descend(app, walk_key(w, i), name);
		arena_free(arena);
	}
	r->filter[0] = '\0';
	uint32_t at = item->is_key ? item->key.at : item->value.at;
	if (!registry_show(app))
		return false;
	app_top(app)->sel = 0;
	registry_select_cell(app, item->is_key, at);
	return fits;
}

static struct search search_begin(const struct app *app)
{
	const struct registry_state *r = registry_state(app);
	struct search s = {.arena = arena_new()};
	needle_make(&s.needle, r->wanted);
	s.bytes_left = (uint64_t)session_hive_view(r->file)->bytes.len * BYTES_MOST;
	return s;
}

static void say_nothing(struct app *app)
{
	app_say(app, _("Nothing in this hive holds \"%.200s\"."), registry_state(app)->wanted);
}

enum found_from { FROM_HERE, FROM_BEGINNING, FROM_END };

static void say_found(struct app *app, enum found_from from)
{
	const char *wanted = registry_state(app)->wanted;
	if (from == FROM_HERE)
		app_say(app, _("Found \"%.200s\". n: next, N: previous"), wanted);
	else if (from == FROM_BEGINNING)
		app_say(app, _("Found \"%.200s\", from the beginning again. n: next, N: previous"),
			wanted);
	else
		app_say(app, _("Found \"%.200s\", from the end again. n: next, N: previous"),
			wanted);
}

static void search_on(struct app *app, bool behind_row)
{
	struct walk_item item;
	const struct hive *h = session_hive_view(registry_state(app)->file);
	struct search s = search_begin(app);
	struct walk *w = walk_from_page(app, behind_row);
	bool found = find_in(&s, w, &item), wrapped = false;
	if (!found) {
		walk_free(w);
		w = walk_new(hive_root(h));
		s.bytes_left = (uint64_t)h->bytes.len * BYTES_MOST;
		found = wrapped = find_in(&s, w, &item);
	}
	if (!found)
		say_nothing(app);
	else if (go_to(app, w, &item))
		say_found(app, wrapped ? FROM_BEGINNING : FROM_HERE);
	walk_free(w);
	arena_free(s.arena);
}

static void search_back(struct app *app)
{
	struct walk_item item;
	bool wrapped;
	struct key root = hive_root(session_hive_view(registry_state(app)->file));
	struct search s = search_begin(app);
	struct walk *w = walk_new(root);
	size_t place = place_before(&s, app, w, &wrapped);
	walk_free(w);
	w = walk_new(root);
	if (!walk_to(w, place, &item))
		say_nothing(app);
	else if (go_to(app, w, &item))
		say_found(app, wrapped ? FROM_END : FROM_HERE);
	walk_free(w);
	arena_free(s.arena);
}

/* ---- commands ---- */

static bool accept_search(struct app *app, const char *text)
{
	struct registry_state *r = registry_state(app);
	if (!text[0] || strlen(text) >= sizeof(r->wanted)) {
		app_say(app, "%s",
			text[0] ? _("This is too long.") : _("Type what to search for."));
		return false;
	}
	snprintf(r->wanted, sizeof(r->wanted), "%s", text);
	search_on(app, false);
	return true;
}

static void note_search(const struct app *app, const char *text, char *buf, size_t cap)
{
	(void)app;
	(void)text;
	snprintf(buf, cap, "%s", _("names, texts and numbers of the whole hive, from this key on"));
}

void cmd_search(struct app *app)
{
	prompt_line(app, _("Search for"), registry_state(app)->wanted, note_search, accept_search);
}

bool can_search_next(const struct app *app)
{
	return registry_state(app)->file && registry_state(app)->wanted[0];
}

void cmd_search_next(struct app *app)
{
	search_on(app, true);
}

void cmd_search_previous(struct app *app)
{
	search_back(app);
}
