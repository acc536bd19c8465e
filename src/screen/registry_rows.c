/* SPDX-License-Identifier: MIT */
/*
 * The rows of one key: subkeys, then values, as they would be after an apply, and among them
 * those that staging deletes, read from the hive as it is.
 *
 * Both hives are compared, not guessed from the plan: a row is the same as before when cell and
 * name agree, changed when its data differ. What a hostile hive can cost is counted against its
 * size.
 */
#include "registry_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

/*
 * Bytes of all names of a key, escaped, for each byte of the hive: no character gets longer than
 * this when it is escaped. The same bound serves for comparing data.
 */
#define ESCAPED_MOST 8u

struct rows {
	struct registry_row *items;
	size_t n, cap;
};

/* ---- reading ---- */

static uint64_t most_bytes(const struct hive *h)
{
	return (uint64_t)h->bytes.len * ESCAPED_MOST;
}

static bool make_rows(struct rows *rows, size_t claimed, size_t possible, struct arena *arena,
		      struct err *err)
{
	rows->n = 0;
	rows->cap = claimed < possible ? claimed : possible;
	rows->items = arena_array(arena, rows->cap + 1, sizeof(*rows->items), err);
	return rows->items != NULL;
}

/* Records that a damaged list names again and again could fill any memory with their names. */
static bool add_row(struct rows *rows, struct registry_row row, uint64_t *left, struct err *err)
{
	size_t len = row.name ? strlen(row.name) : 0;
	if (!row.name || len >= *left) {
		err_set(err, row.name ? E_CORRUPT : E_MEMORY,
			row.name ? "this key's list leads to the same records again and again"
				 : "no memory for the names of this key");
		return false;
	}
	*left -= len;
	rows->items[rows->n++] = row;
	return true;
}

static void read_keys(struct key k, struct rows *rows, struct arena *arena, struct err *err)
{
	struct key sub;
	uint64_t left = most_bytes(k.hive);
	struct key_iter it = key_subkeys(k);
	if (!make_rows(rows, key_subkey_count(k), hive_keys_max(k.hive), arena, err))
		return;
	while (rows->n < rows->cap && key_next(&it, &sub)) {
		struct registry_row row = {
			.name = key_name(sub, arena), .key = sub, .is_key = true};
		if (!add_row(rows, row, &left, err))
			return;
	}
	if (it.err.code)
		err_pass(err, &it.err);
}

static void read_values(struct key k, struct rows *rows, struct arena *arena, struct err *err)
{
	struct value v;
	uint64_t left = most_bytes(k.hive);
	struct value_iter it = key_values(k);
	if (!make_rows(rows, key_value_count(k), hive_values_max(k.hive), arena, err))
		return;
	while (rows->n < rows->cap && value_next(&it, &v)) {
		struct registry_row row = {.name = value_name(v, arena), .value = v};
		if (!add_row(rows, row, &left, err))
			return;
	}
	if (it.err.code)
		err_pass(err, &it.err);
}

/* ---- comparing ---- */

static uint32_t cell_of(const struct registry_row *row)
{
	return row->is_key ? row->key.at : row->value.at;
}

static int by_cell(const void *left, const void *right)
{
	uint32_t a = cell_of(*(const struct registry_row *const *)left);
	uint32_t b = cell_of(*(const struct registry_row *const *)right);
	return (a > b) - (a < b);
}

static const struct registry_row **sorted(const struct rows *rows, struct arena *arena)
{
	const struct registry_row **index = arena_array(arena, rows->n + 1, sizeof(*index), NULL);
	for (size_t i = 0; index && i < rows->n; i++)
		index[i] = &rows->items[i];
	if (index && rows->n)
		qsort(index, rows->n, sizeof(*index), by_cell);
	return index;
}

static const struct registry_row *find_same(const struct registry_row *row,
					    const struct registry_row **index, size_t n)
{
	const struct registry_row **found = n ? bsearch(&row, index, n, sizeof(*index), by_cell)
					      : NULL;
	return found && strcmp((*found)->name, row->name) == 0 ? *found : NULL;
}

/* Values of a damaged hive may share their data; what is too much is not compared. */
static bool same_data(struct value a, struct value b, uint64_t *left)
{
	struct span x, y;
	if (a.type != b.type || a.size != b.size)
		return false;
	if (a.size >= *left)
		return true;
	*left -= a.size;
	struct arena *arena = arena_new();
	bool same = arena && value_data(a, arena, &x, NULL) == 0 &&
		    value_data(b, arena, &y, NULL) == 0 &&
		    (x.len == 0 || memcmp(x.p, y.p, x.len) == 0);
	arena_free(arena);
	return same;
}

static enum registry_mark mark_of(const struct registry_row *now, const struct registry_row *was,
				  uint64_t *left)
{
	if (!was)
		return MARK_NEW;
	return now->is_key || same_data(now->value, was->value, left) ? MARK_NONE : MARK_CHANGED;
}

/* What is there now, and what is gone at the place where it was. */
static void merge(struct registry_state *r, const struct rows *now, const struct rows *was)
{
	size_t j = 0;
	uint64_t left = most_bytes(&r->file->hive);
	const struct registry_row **now_index = sorted(now, r->arena);
	const struct registry_row **was_index = sorted(was, r->arena);
	if (!now_index || !was_index)
		return;
	for (size_t i = 0; i <= now->n; i++) {
		for (; j < was->n && !find_same(&was->items[j], now_index, now->n); j++) {
			r->rows[r->n] = was->items[j];
			r->rows[r->n++].mark = MARK_DELETED;
		}
		if (i == now->n)
			break;
		const struct registry_row *before = find_same(&now->items[i], was_index, was->n);
		r->rows[r->n] = now->items[i];
		r->rows[r->n++].mark = mark_of(&now->items[i], before, &left);
		j += j < was->n && before == &was->items[j];
	}
	for (; j < was->n; j++) /* in another order than before: not by this program */
		if (!find_same(&was->items[j], now_index, now->n)) {
			r->rows[r->n] = was->items[j];
			r->rows[r->n++].mark = MARK_DELETED;
		}
}

/* Subkeys that lie on the way to something staged. */
static void mark_ways(struct app *app, const struct change *change)
{
	struct registry_state *r = registry_state(app);
	for (size_t i = 0; i < change->n; i++) {
		const char *below = registry_edits_hive(app, &change->edits[i])
					    ? registry_below(change->edits[i].key, r->path)
					    : NULL;
		size_t len = below ? strcspn(below, "\\") : 0;
		for (size_t j = 0; len > 0 && j < r->n && r->rows[j].is_key; j++)
			if (r->rows[j].mark == MARK_NONE && strlen(r->rows[j].name) == len &&
			    strncasecmp(r->rows[j].name, below, len) == 0)
				r->rows[j].mark = MARK_BELOW;
	}
}

static void take_all(struct registry_state *r, const struct rows *now)
{
	if (now->n)
		memcpy(r->rows + r->n, now->items, now->n * sizeof(*now->items));
	r->n += now->n;
}

/* The key may be new: then all that is below it is new too, and nothing is gone. */
static void gather(struct app *app)
{
	struct registry_state *r = registry_state(app);
	struct rows keys, values, old_keys = {0}, old_values = {0};
	struct key old;
	read_keys(r->key, &keys, r->arena, &r->error);
	read_values(r->key, &values, r->arena, &r->error);
	if (r->file->edit && registry_follow(r, &r->file->hive, NULL, &old)) {
		read_keys(old, &old_keys, r->arena, &r->error);
		read_values(old, &old_values, r->arena, &r->error);
	}
	size_t most = keys.n + values.n + old_keys.n + old_values.n + 1;
	r->rows = arena_array(r->arena, most, sizeof(*r->rows), &r->error);
	r->shown = arena_array(r->arena, most, sizeof(*r->shown), &r->error);
	if (!r->rows || !r->shown)
		return;
	if (!r->file->edit) {
		take_all(r, &keys);
		take_all(r, &values);
		return;
	}
	merge(r, &keys, &old_keys);
	merge(r, &values, &old_values);
	for (size_t i = 0; i < app_staged(app); i++)
		mark_ways(app, staged_get(app->session->staged, i));
}

/* Select\Default of a SYSTEM hive. */
static unsigned boots_with(const struct hive *h)
{
	struct key select, set;
	uint32_t number;
	char name[32];
	if (key_find(hive_root(h), "Select", &select, NULL) < 0 ||
	    key_u32(select, "Default", &number, NULL) < 0 || number > 999)
		return 0;
	snprintf(name, sizeof(name), "ControlSet%03u", number);
	return key_find(hive_root(h), name, &set, NULL) == 0 ? number : 0;
}

/* When Windows wrote the key that is shown, not when a change of it was staged; 0: it is new. */
static uint64_t written(const struct registry_state *r)
{
	struct key old;
	return registry_follow(r, &r->file->hive, NULL, &old) ? key_written(old) : 0;
}

bool registry_show(struct app *app)
{
	struct registry_state *r = registry_state(app);
	struct err err = {0};
	struct arena *arena = arena_new();
	r->file = arena ? session_hive(app->session, r->hive, &err) : NULL;
	if (!r->file) {
		arena_free(arena);
		app_say(app, "%s", arena ? err.shown : _("No memory."));
		return false;
	}
	arena_free(r->arena);
	r->arena = arena;
	r->n = r->n_shown = 0;
	err_clear(&r->error);
	const struct hive *h = session_hive_view(r->file);
	while (!registry_follow(r, h, r->trail, &r->key))
		registry_ascend(r);
	r->boots = boots_with(h);
	r->written = written(r);
	gather(app);
	registry_refresh(app);
	return true;
}

void registry_refresh(struct app *app)
{
	struct registry_state *r = registry_state(app);
	r->n_shown = 0;
	for (size_t i = 0; r->shown && i < r->n; i++)
		if (matches(registry_title(&r->rows[i]), r->filter))
			r->shown[r->n_shown++] = i;
}

/* ---- rows of the page: "..", keys, values ---- */

const struct registry_row *registry_row_at(const struct app *app, size_t row)
{
	const struct registry_state *r = registry_state(app);
	return row > 0 && row <= r->n_shown ? &r->rows[r->shown[row - 1]] : NULL;
}

const struct registry_row *registry_selected(const struct app *app)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->frames[i].page == PAGE_REGISTRY)
			return registry_row_at(app, app->frames[i].sel);
	return NULL;
}

const char *registry_title(const struct registry_row *row)
{
	return row->is_key || row->name[0] ? row->name : _("(Default)");
}

static void select_row(struct app *app, size_t row)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->frames[i].page == PAGE_REGISTRY)
			app->frames[i].sel = row;
}

void registry_select_cell(struct app *app, bool is_key, uint32_t at)
{
	for (size_t i = 1; i <= registry_state(app)->n_shown; i++) {
		const struct registry_row *row = registry_row_at(app, i);
		if (row->is_key == is_key && row->mark != MARK_DELETED && cell_of(row) == at)
			select_row(app, i);
	}
}

void registry_select_name(struct app *app, bool is_key, const char *name)
{
	for (size_t i = registry_state(app)->n_shown; i > 0; i--) {
		const struct registry_row *row = registry_row_at(app, i);
		if (row->is_key == is_key && text_equal(row->name, name))
			select_row(app, i);
	}
}
