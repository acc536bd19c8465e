/* SPDX-License-Identifier: MIT */
/*
 * What a review says, laid out as a sheet: the changes as a unified diff, key by key, what else
 * changes, and below the end every range of image bytes that is written. Of an apply it comes from
 * the session's review, of an undo or a recovery from the undo record.
 */
#include "review_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/words.h"

#define NAME_X        4
#define TYPE_X        13
#define ADDRESS_WIDTH 36

/* ---- the sheet ---- */

static void add_head(struct app *app, const char *subject)
{
	struct review_state *r = review_state(app);
	if (r->n_heads == r->cap_heads) {
		size_t cap = r->cap_heads ? r->cap_heads * 2 : 16;
		struct review_head *heads = reallocarray(r->heads, cap, sizeof(*heads));
		if (!heads)
			return;
		r->heads = heads;
		r->cap_heads = cap;
	}
	r->heads[r->n_heads++] = (struct review_head){(size_t)app->sheet.n, subject};
}

struct diff_line {
	const char *name, *type, *words;
	size_t bytes;
	uint64_t at;
};

/* A file is told by the whole of its sha256, which one row may not hold; its bytes are listed below. */
static void put_file(struct sheet *s, char sign, const struct diff_line *line)
{
	enum role role = sign == '-' ? ROLE_BAD : ROLE_NEW;
	int y = sheet_line(s);
	if (y < 0)
		return;
	grid_putf(s->grid, 1, y, role, "%c", sign);
	int x = grid_put(s->grid, NAME_X, y, role, line->name) + 1;
	grid_put(s->grid, x, y, role, line->type);
	sheet_wrap(s, NAME_X, role, line->words);
}

static void put_diff(struct sheet *s, char sign, const struct diff_line *line)
{
	char text[APP_TEXT], place[64] = "";
	enum role role = sign == '-' ? ROLE_BAD : ROLE_NEW;
	int y = sheet_line(s);
	if (y < 0)
		return;
	const char *name = line->name[0] ? line->name : "(Default)";
	int type_x = text_width(name) > TYPE_X - NAME_X - 1 ? NAME_X + text_width(name) + 1
							    : TYPE_X;
	snprintf(text, sizeof(text), "%s%s%s", line->type, line->type[0] ? " " : "", line->words);
	if (sign == '+')
		snprintf(place, sizeof(place),
			 ngettext("%zu byte  at image 0x%010llx", "%zu bytes at image 0x%010llx",
				  line->bytes),
			 line->bytes, (unsigned long long)line->at);
	int width = text_width(place);
	bool beside = s->grid->w - 1 - width > type_x + text_width(text) + 1;
	grid_putf(s->grid, 1, y, role, "%c", sign);
	grid_put(s->grid, NAME_X, y, role, name);
	grid_field(s->grid, type_x, y, s->grid->w - type_x - 1, ROLE_PLAIN, FIT_END, text);
	grid_paint(s->grid, type_x, y, text_width(text), role);
	int at = s->grid->w > 80 ? 48 : s->grid->w - ADDRESS_WIDTH;
	at = at > type_x + text_width(text) + 1 ? at : s->grid->w - 1 - width;
	if (place[0] && beside)
		grid_put(s->grid, at, y, ROLE_PLAIN, place);
	else if (place[0])
		sheet_put(s, type_x, ROLE_PLAIN, place);
}

static void put_key(struct app *app, const char *key, const char *subject)
{
	add_head(app, subject);
	sheet_putf(&app->sheet, 1, ROLE_HEAD, "@@ %s", key);
}

static void put_value(struct app *app, const struct review_value *v)
{
	struct review_line lines[2];
	size_t n = review_lines(v, lines);
	for (size_t i = 0; i < n; i++) {
		const struct review_line *l = &lines[i];
		const struct diff_line line = {l->is_key ? last_part(v->key) : l->name, l->type,
					       l->words, v->bytes, v->file_at};
		(v->kind == EDIT_FILE ? put_file : put_diff)(&app->sheet, l->sign, &line);
	}
	if (v->from.shown)
		sheet_wrap(&app->sheet, NAME_X, ROLE_PLAIN, v->from.shown);
}

static void build_hive(struct app *app, size_t hive)
{
	const struct review *r = &review_state(app)->bytes;
	const char *key = "", *subject = "";
	if (hive >= r->n_hives && !review_changes(r, hive))
		return;
	sheet_putf(&app->sheet, 1, ROLE_PLAIN, _("--- %s   as it is"), r->hives[hive]);
	sheet_putf(&app->sheet, 1, ROLE_PLAIN, _("+++ %s   after apply"), r->hives[hive]);
	for (size_t i = 0; i < r->n; i++) {
		const struct review_value *v = &r->values[i];
		if (v->hive != hive)
			continue;
		if (strcmp(v->key, key) != 0 || strcmp(v->subject, subject) != 0)
			put_key(app, v->key, v->subject);
		key = v->key;
		subject = v->subject;
		put_value(app, v);
	}
}

/* "Also: 481 pages replayed from LOG1+LOG2, with 2472 keys" */
static bool put_recovered(struct app *app)
{
	const struct review *r = &review_state(app)->bytes;
	char text[APP_TEXT];
	bool any = false;
	for (size_t i = 0; i < r->n_hives; i++) {
		if (!r->recovered[i].shown)
			continue;
		snprintf(text, sizeof(text), _("Also, from the log of %s: %s."),
			 last_part(r->hives[i]), r->recovered[i].shown);
		sheet_wrap(&app->sheet, 1, ROLE_WARN, text);
		any = true;
	}
	return any;
}

static void build_other(struct app *app)
{
	const struct review *r = &review_state(app)->bytes;
	const struct patch *p = &r->patch;
	char text[APP_TEXT];
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	bool recovered = put_recovered(app);
	snprintf(text, sizeof(text),
		 r->n_added  ? _("Also: hive header, key times and what NTFS keeps of a file, %zu "
				  "bytes in %zu sectors. Nothing else changes: all other files and "
				  "keys stay as they are.")
		 : recovered ? _("With these pages, hive header and key times: %zu bytes in %zu "
				 "sectors. Nothing else changes: file sizes and clusters stay as "
				 "they are.")
			     : _("Also: hive header and key times, %zu bytes in %zu sectors. "
				 "Nothing else changes: file sizes, clusters and all other keys "
				 "stay as they are."),
		 p->other_bytes, p->other_sectors);
	sheet_wrap(&app->sheet, 1, ROLE_PLAIN, text);
	for (size_t i = 0; i < r->n_added; i++)
		sheet_wrap(&app->sheet, 1, ROLE_PLAIN, r->added[i].shown);
	for (size_t i = 0; i < review_state(app)->bytes.n_warnings; i++)
		sheet_wrap(&app->sheet, 1, ROLE_WARN, review_state(app)->bytes.warnings[i].shown);
	if (copied_words(&review_state(app)->bytes, text))
		sheet_wrap(&app->sheet, 1, ROLE_PLAIN, text);
}

static void put_guard(struct sheet *s, const struct guard *g)
{
	char text[2 * APP_TEXT];
	enum guard_override override = guard_kinds[g->code].override;
	snprintf(text, sizeof(text), "%s  %s: %s%s%s", g->blocks ? _("WRITES OFF") : _("ALLOWED"),
		 g->id, g->text.shown, g->blocks ? " " : "", g->blocks ? g->action.shown : "");
	sheet_wrap(s, 1, ROLE_WARN, text);
	if (g->blocks && override != OVERRIDE_NONE) {
		snprintf(text, sizeof(text), _("To write all the same, start stop7b with %s %s"),
			 override == OVERRIDE_ALLOW ? "--allow" : "--force-parent",
			 override == OVERRIDE_ALLOW ? g->id : "");
		sheet_wrap(s, 1, ROLE_PLAIN, text);
	}
}

/* What stands against a write, and what was allowed and is there all the same. */
static void build_guards(struct app *app)
{
	const struct session *s = app->session;
	for (size_t h = 0; h < s->n_hives; h++)
		for (size_t i = 0; s->hives[h]->edit && i < s->hives[h]->n_guards; i++)
			put_guard(&app->sheet, &s->hives[h]->guards[i]);
}

static void build_apply(struct app *app)
{
	const struct review *r = &review_state(app)->bytes;
	struct sheet *s = &app->sheet;
	sheet_wrap(s, 1, ROLE_PLAIN,
		   _("Nothing is written yet. These are all the bytes that will change:"));
	sheet_put(s, 0, ROLE_PLAIN, "");
	for (size_t i = 0; i < r->n_hives + REVIEW_OTHERS; i++)
		build_hive(app, i);
	build_other(app);
	build_guards(app);
	sheet_putf(s, 1, ROLE_PLAIN, _("First written and flushed: undo record  %s"),
		   last_part(r->undo_file));
}

/* ---- going back, from the undo record ---- */

static bool goes_back(const struct app *app)
{
	return review_state(app)->mode != REVIEW_APPLY &&
	       review_state(app)->mode != REVIEW_RECOVER_FINISH;
}

/* During a recovery only what is not there yet is written. */
static bool value_changes(const struct app *app, size_t i)
{
	const struct session *s = app->session;
	enum undo_state goal = goes_back(app) ? UNDO_OLD : UNDO_NEW;
	return review_state(app)->mode == REVIEW_UNDO || !s->recovery.values ||
	       s->recovery.values[i] != goal;
}

size_t review_count(const struct app *app)
{
	size_t n = 0;
	for (size_t i = 0; i < app->session->record.n_values; i++)
		n += value_changes(app, i);
	return n;
}

static void build_record_values(struct app *app)
{
	const struct undo_record *record = &app->session->record;
	const char *subject = "";
	for (size_t i = 0; i < record->n_values; i++) {
		const struct undo_value *v = &record->values[i];
		if (!value_changes(app, i))
			continue;
		if (strcmp(v->subject, subject) != 0)
			put_key(app, v->subject, v->subject);
		subject = v->subject;
		struct diff_line line = {v->name, "", v->was, v->len, v->file_at};
		line.words = said_of(goes_back(app) ? v->becomes : v->was).shown;
		put_diff(&app->sheet, '-', &line);
		line.words = said_of(goes_back(app) ? v->was : v->becomes).shown;
		put_diff(&app->sheet, '+', &line);
	}
}

static void build_record(struct app *app)
{
	const struct undo_record *record = &app->session->record;
	struct sheet *s = &app->sheet;
	char text[APP_TEXT], time[TIME_TEXT];
	size_t bytes = 0;
	for (size_t i = 0; i < record->writes.n; i++)
		bytes += record->writes.items[i].len;
	snprintf(text, sizeof(text),
		 goes_back(app)
			 ? _("Nothing is written yet. The apply of %s UTC would be taken back:")
			 : _("Nothing is written yet. The apply of %s UTC would be completed:"),
		 minute_words(record->created, time));
	sheet_wrap(s, 1, ROLE_PLAIN, text);
	const char *origin = session_record_origin(app->session);
	if (origin) {
		snprintf(text, sizeof(text),
			 _("The record was made of %s, which this image was then."), origin);
		sheet_wrap(s, 1, ROLE_PLAIN, text);
	}
	sheet_put(s, 0, ROLE_PLAIN, "");
	build_record_values(app);
	snprintf(text, sizeof(text),
		 _("With their bookkeeping these are %zu bytes in %zu places, whole sectors, all "
		   "from "
		   "the undo record. Nothing else changes."),
		 bytes, record->writes.n);
	sheet_put(s, 0, ROLE_PLAIN, "");
	sheet_wrap(s, 1, ROLE_PLAIN, text);
}

/* ---- below the end: every range of image bytes that is written ---- */

static void put_range(struct sheet *s, uint64_t at, size_t len, const char *what)
{
	sheet_putf(s, 3, ROLE_DIM,
		   ngettext("0x%010llx  %5zu byte   %s", "0x%010llx  %5zu bytes  %s", len),
		   (unsigned long long)at, len, what && what[0] ? what : _("bookkeeping"));
}

static void put_stretch(struct sheet *s, const struct changed_stretch *c)
{
	if (c->places == 1)
		put_range(s, c->file_at, c->bytes, c->what.shown);
	else
		sheet_putf(s, 3, ROLE_DIM, _("0x%010llx  %5zu of %llu bytes  %s"),
			   (unsigned long long)c->file_at, c->bytes,
			   (unsigned long long)(c->end - c->file_at), c->what.shown);
}

/* Those from the i-th on that touch and are the same, in one line; returns how many. */
static size_t put_sectors(struct sheet *s, const struct write_list *list, size_t i)
{
	const struct write *first = &list->items[i], *w = first + 1;
	size_t len = first->len;
	for (; w < list->items + list->n && w->off == first->off + len &&
	       text_equal(w->what.shown, first->what.shown);
	     w++)
		len += w->len;
	put_range(s, first->off, len, first->what.shown);
	return (size_t)(w - first);
}

static void build_ranges(struct app *app)
{
	const struct patch *p = &review_state(app)->bytes.patch;
	bool apply = review_state(app)->mode == REVIEW_APPLY;
	const struct write_list *sectors = apply ? &p->sectors : &app->session->record.writes;
	struct sheet *s = &app->sheet;
	sheet_put(s, 0, ROLE_PLAIN, "");
	if (apply)
		sheet_put(s, 1, ROLE_HEAD, _("Bytes that change, bookkeeping included"));
	struct changed_stretch stretch;
	for (size_t i = 0; apply && next_stretch(p, &i, &stretch);)
		put_stretch(s, &stretch);
	for (size_t i = 0; apply && i < p->metadata.n; i++)
		put_range(s, p->metadata.items[i].off, p->metadata.items[i].len,
			  p->metadata.items[i].what.shown);
	sheet_put(s, 1, ROLE_HEAD, _("They are written as whole sectors"));
	for (size_t i = 0; i < sectors->n;)
		i += put_sectors(s, sectors, i);
}

void review_build(struct app *app)
{
	struct review_state *r = review_state(app);
	r->n_heads = 0;
	if (r->error.code) {
		sheet_put(&app->sheet, 1, ROLE_BAD, _("These changes cannot be written:"));
		sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
		sheet_wrap(&app->sheet, 3, ROLE_PLAIN, r->error.shown);
		sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
		sheet_wrap(&app->sheet, 3, ROLE_PLAIN, err_hint(r->error.code));
		return;
	}
	if (r->mode == REVIEW_APPLY)
		build_apply(app);
	else
		build_record(app);
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	sheet_put(&app->sheet, 1, ROLE_PLAIN,
		  app->w < 70 ? _("End of changes, all seen.")
			      : _("End of changes, all seen.  pgdn: the same as byte ranges."));
	r->end = (size_t)app->sheet.n;
	build_ranges(app);
}
