/* SPDX-License-Identifier: MIT */
/*
 * What is not yet on the disk, and what was written there last.
 */
#include "report_internal.h"

#include <stdio.h>

#include "stop7b/i18n.h"
#include "stop7b/words.h"

static void put_value(struct reporter *r, const struct review_value *v)
{
	struct review_line lines[2];
	const char *was = "", *becomes = "", *type = v->type;
	size_t n = review_lines(v, lines);
	for (size_t i = 0; i < n; i++)
		*(lines[i].sign == '-' ? &was : &becomes) = lines[i].words;
	const char *name = v->name && *v->name    ? v->name
			   : n && lines[0].is_key ? ""
						  : _("(default)");
	const char *const cells[] = {v->element ? v->element : v->key, name, type, was, becomes};
	page_row(&r->page, 0, cells, 5);
}

static void put_review(struct reporter *r, const struct review *review)
{
	const char *const heads[] = {_("Where"), _("Value"), _("Type"), _("As it is"),
				     _("After apply")};
	char copied[COPIED_WORDS];
	page_table(&r->page, heads, 5);
	for (size_t i = 0; i < review->n; i++)
		put_value(r, &review->values[i]);
	for (size_t i = 0; i < review->n; i++)
		page_item(&r->page, review->values[i].name, review->values[i].from.shown);
	for (size_t i = 0; i < review->n_added; i++)
		page_item(&r->page, "", review->added[i].shown);
	for (size_t i = 0; i < review->n_warnings; i++)
		page_item(&r->page, _("Note"), review->warnings[i].shown);
	page_text(&r->page, 0, copied_words(review, copied) ? copied : NULL);
	page_text(&r->page, 0,
		  arena_printf(r->arena,
			       ngettext("It takes %zu sector of the image; nothing else changes.",
					"It takes %zu sectors of the image; nothing else changes.",
					review->patch.sectors.n),
			       review->patch.sectors.n));
}

static void put_refused(struct reporter *r, const char *words, const char *action)
{
	page_text(&r->page, '!', words);
	page_text(&r->page, 0, action);
}

void report_staged(struct reporter *r)
{
	struct review review = {0};
	struct err err = {0};
	if (staged_count(r->s->staged) == 0)
		return;
	page_head(&r->page, 2,
		  r->request->proposed ? _("What stop7b fix would write")
				       : _("Staged, and not written yet"));
	if (session_review(r->s, &review, &err) < 0) {
		put_refused(r, err.shown, _(err_hint(err.code)));
		return;
	}
	const struct guard *off = session_writes_off(r->s);
	if (off)
		put_refused(r, off->text.shown, off->action.shown);
	put_review(r, &review);
	review_free(&review);
}

void report_written(struct reporter *r)
{
	const struct session *s = r->s;
	const char *const heads[] = {_("What"), _("Value"), _("It was"), _("It became")};
	char when[TIME_TEXT];
	if (!s->has_undo && !s->interrupted)
		return;
	page_head(&r->page, 2, _("Written last"));
	filetime_text(s->record.created, when);
	page_text(&r->page, s->interrupted ? '!' : 0,
		  arena_printf(r->arena,
			       s->interrupted ? _("%s by %s; it was interrupted.")
					      : _("%s by %s; stop7b undo puts it back."),
			       when, s->record.who));
	page_table(&r->page, heads, 4);
	for (size_t i = 0; i < s->record.n_values; i++) {
		const struct undo_value *v = &s->record.values[i];
		const char *const cells[] = {v->subject, v->name, said_of(v->was).shown,
					     said_of(v->becomes).shown};
		page_row(&r->page, 0, cells, 4);
	}
}
