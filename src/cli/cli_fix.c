/* SPDX-License-Identifier: MIT */
/*
 * diff and fix, and the way that every staged change takes: review printed first, always; written
 * only with --yes. Exit 1 means that there is something to write and it was only shown, or that what
 * was asked for stops all the same.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/verdict.h"

/* What stops it, or may, and has no repair here. */
static void print_unfixed(const struct cli *cli, const struct session *s)
{
	for (size_t i = 0; i < s->now.n; i++) {
		const struct finding *f = &s->now.findings[i];
		if (f->fixable || f->severity == SEVERITY_NOTE)
			continue;
		if (finding_is_sentence(f))
			fprintf(cli->out, _(" %c  %s: %s; not fixable here: %s\n"),
				finding_glyph(f->severity), f->rule->id, f->found.shown,
				f->no_fix.shown);
		else
			fprintf(cli->out, _(" %c  %s: %s; not fixable here: %s\n"),
				finding_glyph(f->severity), f->subject, f->found.shown,
				f->no_fix.plain ? f->no_fix.shown : f->why.shown);
	}
}

static void print_still(const struct cli *cli, struct session *s, const struct result *r)
{
	struct verdict_words v;
	if (!s->chosen || r->reload.code != E_OK)
		return;
	verdict_of(s, &v);
	fprintf(cli->out, " %c  %s%s%s\n", v.glyph, v.words, v.rest[0] ? "    " : "", v.rest);
	if (!r->fixed)
		print_unfixed(cli, s);
}

static void print_result(const struct cli *cli, struct session *s, const struct result *r)
{
	/* nothing was judged of a Windows that can be read only now */
	if (!s->chosen || (r->critical == 0 && s->now.n_critical > 0))
		fprintf(cli->out, "%s\n", _(" =  WRITTEN"));
	else if (r->critical == 0)
		fprintf(cli->out, "%s\n",
			_(" ?  WRITTEN  this Windows has no boot-critical driver left to judge"));
	else if (r->fixed)
		fprintf(cli->out,
			_(" =  FIXED    0 of %zu boot-critical drivers blocked (was %zu)\n"),
			r->critical, r->blocked_before);
	else if (r->blocked_after == 0)
		fprintf(cli->out, "%s\n",
			_(" !  WRITTEN  every driver loads now, and still it would not start"));
	else
		fprintf(cli->out,
			_(" !  WRITTEN  %zu of %zu boot-critical drivers still blocked (was "
			  "%zu)\n"),
			r->blocked_after, r->critical, r->blocked_before);
	print_still(cli, s, r);
	fprintf(cli->out, _("    verified by %s; to put the old bytes back:\n    %s\n"),
		r->verified_by.shown, undo_command(s, cli->arena));
	if (r->added)
		fprintf(cli->out, "    %s\n", _(added_words));
	if (r->unmarked)
		fprintf(cli->out, " !  %s\n",
			_("No mark could be left beside the image: undo and recover must be told "
			  "--undo-dir."));
	if (r->reload.code != E_OK)
		fprintf(cli->out, " !  %s\n", r->reload.text);
}

static json_t *json_result(const struct result *r, bool written)
{
	if (!written)
		return json_null();
	return json_pack("{s:b, s:i, s:i, s:i, s:o}", "fixed", r->fixed, "blocked_before",
			 (int)r->blocked_before, "blocked_after", (int)r->blocked_after, "critical",
			 (int)r->critical, "verified_by", json_text(r->verified_by.plain));
}

/* Of what is changed, or would be. */
static json_t *guards_of(const struct session *s)
{
	json_t *all = json_array();
	bool staged = staged_count(s->staged) > 0;
	const struct hive_file *f = staged      ? session_changed(s, 0)
				    : s->chosen ? s->chosen->system
						: NULL;
	for (size_t i = 1; f; f = staged ? session_changed(s, i++) : NULL) {
		json_t *guards = json_guards(f);
		json_array_extend(all, guards);
		json_decref(guards);
	}
	return all;
}

static void finish_json(struct cli *cli, const struct session *s, const char *schema,
			const struct review *review, const struct result *result, bool written,
			const struct err *err, int status)
{
	cli_json(cli, json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:i}", "schema", schema, "changes",
				review->arena ? json_review(review) : json_null(), "guards",
				guards_of(s), "result", json_result(result, written), "written",
				written, "error", json_error(err), "exit", status));
}

static bool has_problem(const struct session *s)
{
	return !verdict_is_good(verdict_worst(s->now.targets, s->now.n_targets));
}

/* After a write, or where nothing is to be written: does what was asked for still stop? */
static int status_after(const struct session *s, bool mends, bool good)
{
	return mends && s->chosen && !good ? 1 : 0;
}

static void dry_begins(const struct cli *cli, const struct session *s)
{
	const char *what = arena_printf(
		cli->arena, _("Would be written into %s; nothing is written yet:"), s->name);
	cli_dry_begins(cli, what ? what : "");
}

static void dry_ends(const struct cli *cli, const struct session *s, const struct review *review)
{
	const char *how = arena_printf(
		cli->arena,
		ngettext("To write this %zu change", "To write these %zu changes", review->n),
		review->n);
	cli_dry_ends(cli, how ? how : "", session_writes_off(s));
}

/* Review what is staged; write it when asked to. Prints everything but JSON. */
static int review_and_write(struct cli *cli, struct session *s, bool mends, struct review *review,
			    struct result *result, bool *written, struct err *err)
{
	if (session_review(s, review, err) < 0)
		return err_exit_status(err->code);
	bool something = review->patch.sectors.n > 0;
	if (something)
		dry_begins(cli, s);
	if (!cli->json)
		cli_print_review(cli, s, review);
	if (!something)
		return status_after(s, mends, !has_problem(s));
	if (!cli->yes) {
		dry_ends(cli, s, review);
		return 1;
	}
	if (session_apply(s, review, cli_print_step, cli, result, err) < 0)
		return err_exit_status(err->code);
	*written = true;
	if (!cli->json)
		print_result(cli, s, result);
	return status_after(s, mends, result->fixed);
}

int cli_change(struct cli *cli, struct session *s, const char *schema, bool mends)
{
	struct review review = {0};
	struct result result = {0};
	struct err err = {0};
	bool written = false;
	int status = review_and_write(cli, s, mends, &review, &result, &written, &err);
	status = cli->interrupted ? err_exit_status(E_INTERRUPTED) : status;
	if (!cli->json && err.code != E_OK) {
		err_at(&err, "%s", s->name);
		cli_fail(cli, &err);
	}
	if (cli->json)
		finish_json(cli, s, schema, &review, &result, written, &err, status);
	review_free(&review);
	return status;
}

static int stage_and_change(struct cli *cli, const char *schema)
{
	int status = 0;
	struct err err = {0};
	struct session *s = cli_open_windows(cli, cli->words[0], &status);
	if (!s)
		return status;
	if (cli->yes)
		status = cli_refuse_interrupted(cli, s);
	if (status == 0 && session_stage_all(s, &err) < 0)
		status = cli_fail(cli, &err);
	if (status == 0) {
		if (!cli->json)
			print_unfixed(cli, s);
		status = cli_change(cli, s, schema, true);
	}
	session_close(s);
	return status;
}

int run_diff(struct cli *cli)
{
	return stage_and_change(cli, "stop7b.diff/1");
}

int run_fix(struct cli *cli)
{
	return stage_and_change(cli, "stop7b.fix/1");
}
