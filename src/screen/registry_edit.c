/* SPDX-License-Identifier: MIT */
/*
 * Changing a hive from its page: new keys and values, deleting, taking back. Everything becomes a
 * staged change of the session like any fix; the engine that will write it judges it at once, so
 * what cannot be done is refused here and not at the review.
 */
#include "registry_internal.h"

#include <string.h>

#include "registry_walk.h"
#include "stop7b/i18n.h"
#include "stop7b/reg_data.h"
#include "stop7b/utf.h"

#define KEY_NAME_MAX 255u /* characters, the limit Windows sets */

/* ---- what the plan says about a row ---- */

bool registry_edits_hive(const struct app *app, const struct edit *e)
{
	const struct session *s = app->session;
	const struct hive_file *f = registry_state(app)->file;
	if (!e->hive)
		return s->chosen && s->chosen->system == f;
	return text_equal(e->hive, f->name);
}

const char *registry_below(const char *key, const char *path)
{
	size_t n = strlen(path);
	if (n == 0)
		return key;
	if (strncasecmp(key, path, n) != 0)
		return NULL;
	return key[n] == '\\' ? key + n + 1 : key[n] ? NULL : key + n;
}

static bool edit_touches(const struct app *app, const struct edit *e,
			 const struct registry_row *row)
{
	const char *below = registry_below(e->key, registry_state(app)->path);
	bool of_key = e->op == HIVE_CREATE_KEY || e->op == HIVE_DELETE_KEY;
	if (!below || !registry_edits_hive(app, e))
		return false;
	if (!row->is_key)
		return !of_key && !below[0] && text_equal(e->name, row->name);
	size_t len = strcspn(below, "\\");
	return len > 0 && len == strlen(row->name) && strncasecmp(below, row->name, len) == 0;
}

static bool touches(const struct app *app, const struct change *change,
		    const struct registry_row *row)
{
	for (size_t i = 0; i < change->n; i++)
		if (edit_touches(app, &change->edits[i], row))
			return true;
	return false;
}

static const struct change *last_change(const struct app *app, const struct registry_row *row)
{
	for (size_t i = app_staged(app); i-- > 0;) {
		const struct change *change = staged_get(app->session->staged, i);
		if (touches(app, change, row))
			return change;
	}
	return NULL;
}

/* ---- staging ---- */

/* One name for all changes of a value, and one for all of a key: the newest stands. */
static const char *subject_of(const struct app *app, const struct edit *e, struct arena *arena)
{
	const struct session *s = app->session;
	const struct hive_file *f = registry_state(app)->file;
	struct edit named = *e;
	named.hive = s->chosen && s->chosen->system == f ? NULL : f->name;
	return session_edit_subject(&named, arena);
}

static bool changes_nothing(const struct registry_state *r, const struct edit *e,
			    struct arena *arena)
{
	struct value v;
	struct span data;
	return e->op == HIVE_SET && value_find(r->key, e->name, &v, NULL) == 0 &&
	       v.type == e->type && v.size == e->data.len &&
	       value_data(v, arena, &data, NULL) == 0 &&
	       (data.len == 0 || memcmp(data.p, e->data.p, data.len) == 0);
}

bool registry_stage(struct app *app, struct edit edit, const char *words)
{
	struct registry_state *r = registry_state(app);
	struct err err = {0};
	bool done = false, of_key = edit.op == HIVE_CREATE_KEY || edit.op == HIVE_DELETE_KEY;
	struct arena *arena = arena_new();
	const char *subject = NULL, *name = NULL;
	edit.hive = r->hive;
	if (arena) {
		subject = subject_of(app, &edit, arena);
		name = arena_strdup(arena, of_key ? last_part(edit.key) : edit.name);
	}
	if (!subject || !name) {
		no_memory(&err);
	} else if (changes_nothing(r, &edit, arena)) {
		app_say(app, _("%s stays as it is."), name[0] ? name : _("(Default)"));
		done = true;
	} else if (session_stage_edits(app->session, subject, &edit, 1, &err) >= 0) {
		app_changed(app);
		registry_select_name(app, of_key, name);
		app_say(app, _("Staged: %s. u takes it back."), words);
		done = true;
	}
	if (err.code) {
		app_changed(app);
		app_say_err(app, &err);
	}
	arena_free(arena);
	return done;
}

static void refuse_name(struct app *app)
{
	app_say(app, "%s",
		_("This name, or one on the way to it, cannot be written as text: it is "
		  "shown and not edited."));
}

/* ---- taking back ---- */

bool can_unstage_row(const struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	return row && row->mark > MARK_BELOW;
}

/* A new key goes with all that was staged below it, the newest first. */
void cmd_unstage_row(struct app *app)
{
	const struct registry_row *selected = registry_selected(app);
	struct err err = {0};
	struct arena *arena = arena_new();
	const struct change *change;
	if (!arena)
		return;
	struct registry_row row = {.name = arena_strdup(arena, selected->name),
				   .is_key = selected->is_key,
				   .mark = selected->mark};
	const char *title = arena_strdup(arena, registry_title(selected));
	bool all = row.is_key && row.mark == MARK_NEW;
	int n = 0;
	while (row.name && (change = last_change(app, &row)) != NULL && !err.code) {
		n += session_unstage(app->session, change->subject, &err) > 0;
		if (!all)
			break;
	}
	app_changed(app);
	if (err.code)
		app_say_err(app, &err);
	else if (n > 0 && title)
		app_say(app, _("Unstaged %s."), title);
	arena_free(arena);
}

/* ---- deleting ---- */

bool can_delete(const struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	return row && row->mark != MARK_DELETED;
}

static void delete_key(struct app *app, const struct registry_row *row)
{
	char path[APP_PATH], words[APP_TEXT], keys_words[64], values_words[64];
	size_t keys, values;
	if (!registry_join(registry_state(app)->path, row->name, path) ||
	    !walk_count(row->key, &keys, &values)) {
		app_say(app, "%s", _("This path is too long."));
		return;
	}
	snprintf(keys_words, sizeof(keys_words), ngettext("%zu subkey", "%zu subkeys", keys), keys);
	snprintf(values_words, sizeof(values_words), ngettext("%zu value", "%zu values", values),
		 values);
	snprintf(words, sizeof(words), _("delete key %.200s with %s and %s"), row->name, keys_words,
		 values_words);
	registry_stage(app, (struct edit){.key = path, .name = "", .op = HIVE_DELETE_KEY}, words);
}

static void delete_value(struct app *app, const struct registry_row *row)
{
	char path[APP_PATH], words[APP_TEXT];
	snprintf(path, sizeof(path), "%s", registry_state(app)->path);
	snprintf(words, sizeof(words), _("delete %.300s"), registry_title(row));
	registry_stage(app, (struct edit){.key = path, .name = row->name, .op = HIVE_DELETE_VALUE},
		       words);
}

void cmd_delete(struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	if (row->mark == MARK_NEW && last_change(app, row))
		cmd_unstage_row(app);
	else if (!registry_nameable(registry_state(app), row))
		refuse_name(app);
	else if (row->is_key)
		delete_key(app, row);
	else
		delete_value(app, row);
}

/* ---- editing ---- */

bool can_edit_value(const struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	return row && !row->is_key && row->mark != MARK_DELETED;
}

void cmd_edit_value(struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	if (!registry_nameable(registry_state(app), row))
		refuse_name(app);
	else
		edit_start(app, row->name, row->value.type, &row->value);
}

/* ---- creating ---- */

static const struct registry_row *row_named(const struct app *app, bool is_key, const char *name)
{
	const struct registry_state *r = registry_state(app);
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].is_key == is_key && text_equal(r->rows[i].name, name))
			return &r->rows[i];
	return NULL;
}

/* Units of UTF-16, as Windows counts the length of a name. */
static size_t name_length(const char *name)
{
	struct span s = {(const uint8_t *)name, strlen(name)};
	size_t n = 0;
	for (size_t at = 0; at < s.len; n++) {
		uint32_t c = utf8_next(s, &at);
		at += c == UTF_BAD;
		n += c != UTF_BAD && c > UINT16_MAX;
	}
	return n;
}

/* Words why a new key or value cannot have that name; NULL when it can. */
static const char *name_fault(const struct app *app, bool is_key, const char *name)
{
	const struct registry_row *row = row_named(app, is_key, name);
	if (is_key && !name[0])
		return _("A key needs a name.");
	if (is_key && strchr(name, '\\'))
		return _("A key's name has no backslash.");
	if (is_key && name_length(name) > KEY_NAME_MAX)
		return _("A key's name has at most 255 characters.");
	if (row && row->mark == MARK_DELETED)
		return is_key ? _("It is deleted in what is staged; space on it takes that back.")
			      : NULL;
	return row ? _("There is one of that name.") : NULL;
}

static void note_name(const struct app *app, const char *text, char *buf, size_t cap)
{
	const char *fault = text[0] ? name_fault(app, registry_state(app)->made.is_key, text)
				    : NULL;
	if (fault)
		snprintf(buf, cap, "%s", fault);
	else if (!text[0] && !registry_state(app)->made.is_key)
		snprintf(buf, cap, "%s", _("empty: the default value"));
}

static bool accept_key(struct app *app, const char *text)
{
	char path[APP_PATH], words[APP_TEXT];
	const char *fault = name_fault(app, true, text);
	if (!fault && !registry_join(registry_state(app)->path, text, path))
		fault = _("This path is too long.");
	if (fault) {
		app_say(app, "%s", fault);
		return false;
	}
	snprintf(words, sizeof(words), _("new key %s"), text);
	return registry_stage(app, (struct edit){.key = path, .name = "", .op = HIVE_CREATE_KEY},
			      words);
}

static void type_chosen(struct app *app, uint32_t type)
{
	edit_start(app, registry_state(app)->made.name, type, NULL);
}

static bool accept_value(struct app *app, const char *text)
{
	static const struct prompt_choice types[] = {
		{'d', N_("dword"), REG_DWORD},
		{'q', N_("qword"), REG_QWORD},
		{'s', N_("sz"), REG_SZ},
		{'e', N_("expand-sz"), REG_EXPAND_SZ},
		{'m', N_("multi-sz"), REG_MULTI_SZ},
		{'b', N_("binary"), REG_BINARY},
		{'n', N_("none"), REG_NONE},
		{0, NULL, 0},
	};
	struct registry_new *made = &registry_state(app)->made;
	const char *fault = name_fault(app, false, text);
	if (fault) {
		app_say(app, "%s", fault);
		return false;
	}
	snprintf(made->name, sizeof(made->name), "%s", text);
	snprintf(made->label, sizeof(made->label), _("Type of %.400s:"),
		 text[0] ? text : _("(Default)"));
	prompt_choice(app, made->label, types, type_chosen);
	return true;
}

static void kind_chosen(struct app *app, uint32_t is_key)
{
	registry_state(app)->made.is_key = is_key;
	prompt_line(app, is_key ? _("Name of the new key") : _("Name of the new value"), "",
		    note_name, is_key ? accept_key : accept_value);
}

bool can_new(const struct app *app)
{
	return registry_state(app)->file != NULL;
}

void cmd_new(struct app *app)
{
	static const struct prompt_choice kinds[] = {
		{'v', N_("value"), false}, {'k', N_("key"), true}, {0, NULL, 0}};
	if (registry_reachable(registry_state(app)))
		prompt_choice(app, _("New in this key:"), kinds, kind_chosen);
	else
		refuse_name(app);
}
