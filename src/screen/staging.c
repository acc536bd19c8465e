/* SPDX-License-Identifier: MIT */
/*
 * Commands that change what is staged. None of them touches the image: the session rebuilds its
 * edited hive, the list its rows, and the message says what happened.
 */
#include "view.h"

#include "stop7b/i18n.h"

static void say_count(struct app *app, int n, const struct err *err)
{
	if (n < 0)
		app_say_err(app, err);
	else if (n == 0)
		app_say(app, "%s", _("Every fix that can be recommended is staged already."));
	else
		app_say(app, ngettext("Staged %d fix.", "Staged %d fixes.", (unsigned long)n), n);
}

static size_t count_unstaged(const struct app *app)
{
	const struct diagnosis *now = &app->session->now;
	size_t n = 0;
	for (size_t i = 0; i < now->n; i++)
		n += now->findings[i].fixable &&
		     !staged_find(app->session->staged, now->findings[i].subject);
	return n;
}

bool can_fix_all(const struct app *app)
{
	if (!app->session || !app->session->chosen)
		return false;
	return count_unstaged(app) > 0 || is_staged(app);
}

void cmd_fix_all(struct app *app)
{
	struct err err = {0};
	int n = count_unstaged(app) ? session_stage_all(app->session, &err) : 0;
	app_changed(app);
	say_count(app, n, &err);
}

bool is_row_staged(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row && row_staged(app, row) != NULL;
}

bool can_toggle(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row && (row_fixable(row) || row_staged(app, row));
}

void cmd_toggle(struct app *app)
{
	const struct list_row *row = list_selected(app);
	struct err err = {0};
	char name[APP_TEXT];
	bool staged = row_staged(app, row) != NULL;
	snprintf(name, sizeof(name), "%s", row->name);
	int n = staged ? session_unstage(app->session, name, &err)
		       : session_stage_fix(app->session, name, &err);
	app_changed(app);
	if (n < 0)
		app_say_err(app, &err);
	else
		app_say(app, staged ? _("Unstaged %s.") : _("Staged the fix of %s."), name);
}

bool can_set_start(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row && row->service;
}

void cmd_set_start(struct app *app)
{
	prompt_start(app);
}

/* On the page of a write that did not happen there is nothing to take back. */
static bool just_failed(const struct app *app)
{
	return app_frame(app)->page == PAGE_RESULT && app->result.failed;
}

bool can_undo_write(const struct app *app)
{
	return app->session && app->session->has_undo && !app->session->interrupted &&
	       !app->options->read_only && !app->result.running && !just_failed(app);
}

bool can_undo(const struct app *app)
{
	return is_staged(app) || can_undo_write(app);
}

/*
 * Staging is taken back first. When nothing is left of it, u means the bytes that were written;
 * they are put back through the review page.
 */
void cmd_undo(struct app *app)
{
	struct err err = {0};
	bool staging = app_frame(app)->page != PAGE_RESULT;
	const char *subject = staging ? session_undo_stage(app->session, &err) : NULL;
	if (err.code) {
		app_changed(app);
		app_say_err(app, &err);
	} else if (subject) {
		app_say(app, _("Took back %s."), subject);
		app_changed(app);
	} else if (can_undo_write(app)) {
		review_start(app, REVIEW_UNDO);
	} else {
		app_say(app, "%s", _("Nothing to undo."));
	}
}

void cmd_redo(struct app *app)
{
	struct err err = {0};
	const char *subject = session_redo_stage(app->session, &err);
	if (err.code)
		app_say_err(app, &err);
	else if (subject)
		app_say(app, _("Staged %s again."), subject);
	else
		app_say(app, "%s", _("Nothing to redo."));
	app_changed(app);
}

bool can_review(const struct app *app)
{
	return is_staged(app) || can_fix_all(app);
}

void cmd_review(struct app *app)
{
	if (is_staged(app))
		review_start(app, REVIEW_APPLY);
	else
		app_say(app, "%s", _("Nothing is staged yet; f stages the recommended fixes."));
}

void cmd_filter(struct app *app)
{
	static const struct {
		enum page page;
		size_t filter; /* offset in struct app */
		void (*changed)(struct app *app);
	} filters[] = {
		{PAGE_LIST, offsetof(struct app, list.filter), list_refresh},
		{PAGE_FILES, offsetof(struct app, files.filter), files_narrow},
		{PAGE_REGISTRY, offsetof(struct app, registry.filter), registry_narrow},
	};
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (app_frame(app)->page == filters[i].page)
			prompt_filter(app, (char *)app + filters[i].filter, filters[i].changed);
}
