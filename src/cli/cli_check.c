/* SPDX-License-Identifier: MIT */
/*
 * check and targets: the verdict as plain lines, the same facts as the first page of the screen.
 * Each line begins with its glyph, so that a script can filter and a screen reader can read.
 */
#include "cli_internal.h"

#include <string.h>
#include <unistd.h>

#include "stop7b/columns.h"
#include "stop7b/session_regback.h"
#include "stop7b/verdict.h"

/* Of several images each gets a short block: verdicts and findings, but not why. */
static bool is_brief(const struct cli *cli)
{
	return cli->n > 1;
}

/* " X  R1   storvsc       3 Manual                 fix: Start = 0" */
static void print_finding(const struct cli *cli, const struct finding *f)
{
	char repair[REPAIR_TEXT];
	fprintf(cli->out, " %c  %-4s ", finding_glyph(f->severity), f->rule->id);
	if (finding_is_sentence(f))
		fprintf(cli->out, "%s", f->found.shown);
	else
		fprintf(cli->out, "%-13s %-*s%s%s%s", f->subject,
			f->fixable ? text_field(f->found.shown, 24) : 0, f->found.shown,
			f->fixable ? " " : "", f->fixable ? _("fix: ") : "",
			f->fixable ? finding_repair(f, repair) : "");
	fputc('\n', cli->out);
	if (is_brief(cli))
		return;
	fprintf(cli->out, "         %s\n", f->why.shown);
	if (finding_is_sentence(f))
		fprintf(cli->out, "         %s: %s\n", f->fixable ? _("Fix") : _("What to do"),
			f->fixable ? f->fix_words.shown : f->no_fix.shown);
	else if (!f->fixable && f->no_fix.plain)
		fprintf(cli->out, "         %s: %s\n", _("No fix from here"), f->no_fix.shown);
}

static void print_guard(const struct cli *cli, const struct guard *g)
{
	enum guard_override override = guard_kinds[g->code].override;
	fprintf(cli->out, " !  %s: %s\n", g->id, g->text.shown);
	if (is_brief(cli))
		return;
	fprintf(cli->out, "      %s\n", g->action.shown);
	if (g->blocks)
		fprintf(cli->out, "      %s%s%s\n", _("Writing is off."),
			override == OVERRIDE_ALLOW ? _(" It can be allowed with --allow ") : "",
			override == OVERRIDE_ALLOW ? g->id : "");
}

static void print_guards(const struct cli *cli, const struct windows *w)
{
	for (size_t i = 0; i < w->system->n_guards; i++)
		print_guard(cli, &w->system->guards[i]);
}

static void print_notes(const struct cli *cli, const struct said *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(cli->out, " !  %s\n", notes[i].shown);
}

static void print_verdict(const struct cli *cli, struct session *s)
{
	const struct diagnosis *d = &s->now;
	struct verdict_words v;
	verdict_of(s, &v);
	fprintf(cli->out, " %c  %s%s%s\n", v.glyph, v.words, v.rest[0] ? "    " : "", v.rest);
	for (size_t i = 0; i < v.n_facts && !is_brief(cli); i++)
		fprintf(cli->out, "    %s\n", v.prose[i]);
	for (size_t i = 0; i < d->n_targets; i++) {
		char glyph;
		const char *words = target_words(&d->targets[i], d, &glyph);
		fprintf(cli->out, "    %c %-20s %s\n", glyph, d->targets[i].id,
			d->targets[i].unknown.plain ? d->targets[i].unknown.shown : words);
	}
	for (size_t i = 0; i < d->n; i++)
		print_finding(cli, &d->findings[i]);
}

static void print_copy(const struct cli *cli, struct session *s, const struct windows *w)
{
	struct regback copy;
	if (session_wants_regback(w) && session_regback(s, w, cli->arena, &copy, NULL) == 0)
		fprintf(cli->out, "      %s: %s\n", _("Old copy"),
			regback_words(&copy, cli->arena).shown);
}

/* One Windows; returns 0 or 1 by its verdict, or the status of why it could not be read. */
static int print_windows(struct cli *cli, struct session *s, size_t i)
{
	struct windows *w = &s->windows[i];
	struct err err = {0};
	fprintf(cli->out, "P%u %s\n", w->partition->number,
		w->readable ? install_words(&w->install, cli->arena) : w->place.root);
	if (!w->readable) {
		fprintf(cli->out, " ?  %s\n", w->error.shown);
		print_copy(cli, s, w);
		return err_exit_status(w->error.code);
	}
	if (s->chosen != w && session_choose(s, i, &err) < 0) {
		fprintf(cli->out, " ?  %s\n", err.shown);
		return err_exit_status(err.code);
	}
	fprintf(cli->out, _("    %s, ControlSet%03u, hive %s\n"), w->place.hive_path,
		w->install.boots_with, hive_words(w));
	cli_print_recovery(cli, cli->out, w->system);
	print_verdict(cli, s);
	print_guards(cli, w);
	print_copy(cli, s, w);
	print_notes(cli, w->install.notes, w->install.n_notes);
	return verdict_is_good(verdict_worst(s->now.targets, s->now.n_targets)) ? 0 : 1;
}

/* Without an installation that reads: why. */
int check_found(const struct session *s, struct err *err)
{
	if (s->open_error.code != E_OK)
		*err = s->open_error;
	else if (s->n_windows == 0)
		why_no_windows(s, err);
	if (err->code == E_GUARD)
		err->code = E_UNSUPPORTED; /* nothing was to be written: it cannot be read */
	return err->code == E_OK ? 0 : err_exit_status(err->code);
}

bool check_counts(const struct session *s, const struct windows *w)
{
	return !w->place.old || s->n_windows == 1;
}

/* The status of one Windows by itself; what was judged goes into sum. */
static int judge_one(struct session *s, size_t i, struct check_sum *sum)
{
	struct windows *w = &s->windows[i];
	struct err err = w->error;
	enum verdict verdict = VERDICT_UNKNOWN;
	int status = 0;
	if (!w->readable || (s->chosen != w && session_choose(s, i, &err) < 0)) {
		status = err_exit_status(err.code);
	} else {
		verdict = verdict_worst(s->now.targets, s->now.n_targets);
		status = !verdict_is_good(verdict);
		for (size_t k = 0; k < s->now.n; k++)
			sum->findings += s->now.findings[k].severity != SEVERITY_NOTE;
	}
	sum->verdict = verdict > sum->verdict ? verdict : sum->verdict;
	return status;
}

int check_judge_all(struct session *s, int status, struct check_sum *sum)
{
	*sum = (struct check_sum){.verdict = VERDICT_BOOTS};
	for (size_t i = 0; i < s->n_windows; i++) {
		int one = check_counts(s, &s->windows[i]) ? judge_one(s, i, sum) : 0;
		status = one > status ? one : status;
	}
	return status;
}

static int check_json(struct cli *cli, struct session *s, const char *path, struct err *err)
{
	struct check_sum sum;
	int status = s ? check_found(s, err) : err_exit_status(err->code);
	if (s)
		status = check_judge_all(s, status, &sum);
	for (size_t i = 0; s && status > 1 && err->code == E_OK && i < s->n_windows; i++)
		*err = s->windows[i].error;
	status = cli_status(s, status);
	cli_json(cli,
		 (cli->brief ? json_check_brief : json_check)(s, path, err, status, cli->arena));
	return status;
}

static int check_text(struct cli *cli, struct session *s)
{
	struct err err = {0};
	char size[NUMBER_TEXT];
	const struct image_info *info = image_info(s->image);
	fprintf(cli->out, "%s  %s %s, %s\n", s->name, info->format, info->type,
		size_words(info->size, size));
	print_notes(cli, info->notes, info->n_notes);
	print_notes(cli, s->table.notes, s->table.n_notes);
	if (s->interrupted)
		fprintf(cli->out, " !  %s\n",
			_("An earlier apply was interrupted: stop7b recover."));
	int status = check_found(s, &err);
	if (status != 0) {
		err_at(&err, "%s", s->name);
		return cli_fail(cli, &err);
	}
	for (size_t i = 0; i < s->n_windows; i++) {
		int one = print_windows(cli, s, i);
		if (check_counts(s, &s->windows[i]))
			status = one > status ? one : status;
	}
	return status;
}

/* Why goes where complaints go; a block says that there is one. */
static int check_unread(const struct cli *cli, const char *path, const struct err *err)
{
	const char *shown = text_utf8(cli->arena, path);
	if (is_brief(cli))
		fprintf(cli->out, "%s\n ?  %s\n", shown ? shown : "", _("NOT READ"));
	return cli_fail(cli, err);
}

static int check_one(struct cli *cli, const char *path)
{
	struct err err = {0};
	struct session *s = session_open(path, &cli->session, NULL, NULL, &err);
	int status;
	if (s)
		cli_tell_record(cli, s);
	if (cli->json)
		status = check_json(cli, s, path, &err);
	else
		status = s ? check_text(cli, s) : check_unread(cli, path, &err);
	session_close(s);
	return status;
}

int run_check(struct cli *cli)
{
	int worst = 0;
	if (cli->brief && !cli->json)
		return cli_usage(cli, "%s", _("--brief is for --json; --summary is for people"));
	if (cli->summary && cli->json)
		return cli_usage(cli, "%s",
				 _("--summary is for people; --json --brief for programs"));
	if (cli->summary)
		return check_summary(cli);
	for (size_t i = 0; i < cli->n; i++) {
		if (i && !cli->json)
			fputc('\n', cli->out);
		int status = check_one(cli, cli->words[i]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

/* ---- the screen ---- */

static int dump_screen(struct cli *cli)
{
	int w = cli->width ? cli->width : 80, h = cli->height ? cli->height : 24;
	return cli->screen->dump(cli->words[0], &cli->session, cli->keys ? cli->keys : "", w, h,
				 cli->out);
}

int run_screen(struct cli *cli)
{
	if (cli->bcd.n > 1)
		return cli_usage(cli, "%s",
				 _("the screen shows one store of the host: give --bcd once"));
	cli->session.host_store = cli->bcd.n > 0 ? cli->bcd.items[0] : NULL;
	cli->session.host_path = cli->vhd;
	if (cli->keys || cli->width)
		return dump_screen(cli);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return run_check(cli);
	int status = cli->screen->run(cli->words[0], &cli->session, cli->color);
	return status < 0 ? run_check(cli) : status;
}
