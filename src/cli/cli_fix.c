/* SPDX-License-Identifier: MIT */
/*
 * diff and fix, and the way that every staged change takes: review printed first, always; written
 * only with --yes. Exit 1 means that there is something to write and it was only shown.
 */
#include "cli_internal.h"

#include <string.h>

static void print_result(const struct cli *cli, struct session *s, const struct result *r)
{
	if (!s->chosen)
		fprintf(cli->out, "%s\n", _(" =  WRITTEN"));
	else if (r->critical == 0)
		fprintf(cli->out, "%s\n",
			_(" ?  WRITTEN  this Windows has no boot-critical driver left to judge"));
	else if (r->fixed)
		fprintf(cli->out,
			_(" =  FIXED    0 of %zu boot-critical drivers blocked (was %zu)\n"),
			r->critical, r->blocked_before);
	else
		fprintf(cli->out,
			_(" !  WRITTEN  %zu of %zu boot-critical drivers still blocked (was "
			  "%zu)\n"),
			r->blocked_after, r->critical, r->blocked_before);
	fprintf(cli->out, _("    verified by %s; to put the old bytes back:\n    %s\n"),
		r->verified_by, undo_command(s, cli->arena));
	if (r->reload.code != E_OK)
		fprintf(cli->out, " !  %s\n", r->reload.text);
}

static json_t *json_result(const struct result *r, bool written)
{
	if (!written)
		return json_null();
	return json_pack("{s:b, s:i, s:i, s:i, s:o}", "fixed", r->fixed, "blocked_before",
			 (int)r->blocked_before, "blocked_after", (int)r->blocked_after, "critical",
			 (int)r->critical, "verified_by", json_text(r->verified_by));
}

/* Of the hives that are changed, or would be. */
static json_t *guards_of(const struct session *s)
{
	json_t *all = json_array();
	bool staged = staged_count(s->staged) > 0;
	for (size_t i = 0; i < s->n_hives; i++) {
		const struct hive_file *f = s->hives[i];
		if (staged ? !f->edit : !s->chosen || f != s->chosen->system)
			continue;
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

static void print_unfixed(const struct cli *cli, const struct session *s)
{
	for (size_t i = 0; i < s->now.n; i++) {
		const struct finding *f = &s->now.findings[i];
		if (f->fixable || f->severity == SEVERITY_NOTE)
			continue;
		fprintf(cli->out, _(" X  %s: %s; not fixable here: %s\n"), f->subject, f->found,
			f->no_fix ? f->no_fix : f->why);
	}
}

static bool has_problem(const struct session *s)
{
	return !verdict_is_good(verdict_worst(s->now.targets, s->now.n_targets));
}

/* Review what is staged; write it when asked to. Prints everything but JSON. */
static int review_and_write(struct cli *cli, struct session *s, struct review *review,
			    struct result *result, bool *written, struct err *err)
{
	if (session_review(s, review, err) < 0)
		return err_exit_status(err->code);
	if (!cli->json)
		cli_print_review(cli, review, session_writes_off(s));
	if (review->patch.sectors.n == 0 || !cli->yes)
		return review->patch.sectors.n > 0 ? 1 : 0;
	if (session_apply(s, review, cli_print_step, cli, result, err) < 0)
		return err_exit_status(err->code);
	*written = true;
	if (!cli->json)
		print_result(cli, s, result);
	return 0;
}

int cli_change(struct cli *cli, struct session *s, const char *schema)
{
	struct review review = {0};
	struct result result = {0};
	struct err err = {0};
	bool written = false;
	int status = review_and_write(cli, s, &review, &result, &written, &err);
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
		bool problem = has_problem(s), nothing = staged_count(s->staged) == 0;
		status = cli_change(cli, s, schema);
		if (status == 0 && problem && nothing)
			status = 1;
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
