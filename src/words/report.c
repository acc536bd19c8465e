/* SPDX-License-Identifier: MIT */
/*
 * The report from top to bottom. The answer comes first, then what it rests on; what cannot be
 * known stands at the end and is never left out.
 */
#include "report_internal.h"

#include <string.h>

#include "stop7b/bootpath_judge.h"
#include "stop7b/i18n.h"
#include "stop7b/rules.h"
#include "stop7b/session_regback.h"
#include "stop7b/verdict.h"
#include "stop7b/words.h"

const char *report_format_name(size_t i)
{
	return i < REPORT_FORMATS ? page_forms[i].name : NULL;
}

enum report_format report_format_of(const char *path)
{
	const char *dot = strrchr(path, '.');
	bool html = dot && (text_equal(dot, ".html") || text_equal(dot, ".htm"));
	return html ? REPORT_HTML : REPORT_MARKDOWN;
}

/* ---- the image ---- */

static void put_image(struct reporter *r)
{
	const struct image_info *info = image_info(r->s->image);
	char size[NUMBER_TEXT], of[NUMBER_TEXT];
	page_head(&r->page, 2, _("Image"));
	page_item(&r->page, _("File"), text_utf8(r->arena, r->s->path));
	page_item(&r->page, _("Container"),
		  arena_printf(r->arena, _("%s, %s, %s on %s of file, %u-byte sectors"),
			       info->format, info->type, size_words(info->size, size),
			       size_words(info->file_size, of), info->sector_size));
	page_item(&r->page, _("Made by"), info->creator);
	for (size_t i = 0; i < info->n_parents; i++)
		page_item(&r->page, _("Parent"), info->parents[i]);
	page_item(&r->page, _("Not writable"), said_of(info->no_writes).shown);
	for (size_t i = 0; i < info->n_notes; i++)
		page_item(&r->page, _("Note"), info->notes[i].shown);
	page_item(&r->page, _("Table"), scheme_name(r->s->table.scheme));
	page_item(&r->page, _("Disk id"), r->s->table.disk_id);
	for (size_t i = 0; i < r->s->table.n_notes; i++)
		page_item(&r->page, _("Note"), r->s->table.notes[i].shown);
}

/* What is wrong with a partition, or kept it from being opened. */
static const char *partition_problem(const struct session *s, size_t i)
{
	if (s->table.items[i].problem.plain)
		return s->table.items[i].problem.shown;
	return s->volumes && s->volumes[i].error.code ? s->volumes[i].error.shown : "";
}

static void put_partitions(struct reporter *r)
{
	const char *const heads[] = {_("Partition"), _("Type"), _("File system"), _("Size"),
				     _("Note")};
	const struct partition_table *table = &r->s->table;
	if (table->n > 0)
		page_table(&r->page, heads, 5);
	for (size_t i = 0; i < table->n; i++) {
		const struct partition *p = &table->items[i];
		char size[NUMBER_TEXT];
		const char *number = arena_printf(r->arena, p->active ? _("%u, active") : "%u",
						  p->number);
		const char *const cells[] = {number, p->type, filesystem_name(p->filesystem),
					     size_words(p->size, size), partition_problem(r->s, i)};
		page_row(&r->page, 0, cells, 5);
	}
}

/* ---- a Windows ---- */

static void put_facts(struct reporter *r, const struct windows *w)
{
	const struct install *inst = &w->install;
	const char *recovered[RECOVERY_LINES];
	char written[TIME_TEXT];
	page_item(&r->page, _("Hive"),
		  arena_printf(r->arena, _("%s, ControlSet%03u, %s"), w->place.hive_path,
			       inst->boots_with, hive_words(w)));
	if (minute_words(w->system->hive.written, written)[0])
		page_item(&r->page, "", arena_printf(r->arena, _("written %s UTC"), written));
	size_t n = recovery_words(w->system, recovered, r->arena);
	for (size_t i = 0; i < n; i++)
		page_item(&r->page, "", recovered[i]);
	for (size_t i = 0; i < inst->n_controllers; i++)
		page_item(&r->page, _("Disk controller it has met"),
			  arena_printf(r->arena, "%s  %s", inst->controllers[i].service,
				       inst->controllers[i].hardware));
	for (size_t i = 0; i < inst->n_history; i++)
		page_item(&r->page, _("History"), inst->history[i].shown);
	for (size_t i = 0; i < inst->n_notes; i++)
		page_item(&r->page, _("Note"), inst->notes[i].shown);
}

static void put_guards(struct reporter *r, const struct windows *w)
{
	for (size_t i = 0; i < w->system->n_guards; i++) {
		const struct guard *g = &w->system->guards[i];
		page_item(
			&r->page, g->blocks ? _("Writing is off") : _("Allowed all the same"),
			arena_printf(r->arena, "%s: %s %s", g->id, g->text.shown, g->action.shown));
	}
}

static void put_unreadable(struct reporter *r, const struct windows *w, const struct err *why)
{
	struct regback copy;
	page_text(&r->page, '?', why->shown);
	page_text(&r->page, 0, _(err_hint(why->code)));
	if (session_wants_regback(w) && session_regback(r->s, w, r->arena, &copy, NULL) == 0)
		page_item(&r->page, _("Old copy"), regback_words(&copy, r->arena).shown);
}

static int put_windows(struct reporter *r, size_t i, struct err *err)
{
	struct session *s = r->s;
	struct windows *w = &s->windows[i];
	struct err why = w->error;
	const char *name = w->readable ? install_words(&w->install, r->arena) : w->place.root;
	page_head(&r->page, 2,
		  arena_printf(r->arena, _("Windows on partition %u: %s"), w->partition->number,
			       name ? name : ""));
	if (!w->readable || (s->chosen != w && session_choose(s, i, &why) < 0)) {
		put_unreadable(r, w, &why);
		return 0;
	}
	if (report_verdict(r, err) < 0)
		return -1;
	report_findings(r);
	page_head(&r->page, 3, _("What the verdict rests on"));
	put_facts(r, w);
	put_guards(r, w);
	return 0;
}

static int put_all_windows(struct reporter *r, struct err *err)
{
	struct session *s = r->s;
	const struct windows *only = s->chosen;
	size_t said = 0;
	for (size_t i = 0; i < s->n_windows; i++) {
		bool shown = only ? only == &s->windows[i]
				  : !s->windows[i].place.old || s->n_windows == 1;
		if (!shown)
			continue;
		if (put_windows(r, i, err) < 0)
			return -1;
		said++;
	}
	if (said == 0) {
		struct err why = s->open_error;
		if (why.code == E_OK)
			why_no_windows(s, &why);
		page_text(&r->page, '?', why.shown);
		page_text(&r->page, 0, _(err_hint(why.code)));
	}
	return 0;
}

/* ---- what is not known ---- */

static void put_unseen(struct reporter *r)
{
	const struct rule *rule;
	size_t n;
	page_head(&r->page, 2, _("What cannot be seen from here"));
	for (size_t i = 0; (rule = rules_get(i)); i++)
		if (!rule->looks_at)
			page_item(&r->page, rule->id, _(rule->title));
	const struct bootpath_gap *gaps = bootpath_not_checkable(&n);
	for (size_t i = 0; i < n; i++)
		page_item(&r->page, "", _(gaps[i].subject));
	page_text(&r->page, 0, _("stop7b explain offline says why, of each."));
}

int report_write(struct session *s, const struct report_request *request, struct arena *arena,
		 char **out, struct err *err)
{
	struct reporter r = {.s = s, .request = request, .arena = arena};
	const char *title = arena_printf(arena, _("Where %s will boot"), s->name);
	*out = NULL;
	if (!title)
		return no_memory(err);
	page_begin(&r.page, request->format, arena, title);
	page_text(&r.page, 0,
		  arena_printf(arena, _("Made by %s on %s. Nothing was written."), request->tool,
			       request->when));
	if (s->interrupted)
		page_text(&r.page, '!', _("An earlier apply was interrupted: stop7b recover."));
	if (put_all_windows(&r, err) < 0)
		return -1;
	report_staged(&r);
	report_written(&r);
	put_image(&r);
	put_partitions(&r);
	put_unseen(&r);
	return page_end(&r.page, out, err);
}
