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
		n += now->findings[i].fixable && now->findings[i].severity != SEVERITY_NOTE &&
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

/* On the page of a write that did not happen there is nothing to take back. */
static bool just_failed(const struct app *app)
{
	return app_frame(app)->page == PAGE_RESULT && result_failed(app);
}

bool can_undo_write(const struct app *app)
{
	return app->session && app->session->has_undo && !app->session->interrupted &&
	       !app->options->read_only && !result_running(app) && !just_failed(app);
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
