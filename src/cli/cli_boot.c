/* SPDX-License-Identifier: MIT */
/*
 * boot: the rehearsal of every machine asked for, as lines. "portable" stands for many machines:
 * each gets its verdict and the step that decides it; a machine that was named gets all steps.
 * The load order is printed once, and again only where another machine's differs.
 */
#include "cli_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/boot_words.h"
#include "stop7b/columns.h"

#define PORTABLE "portable"

/* ---- steps ---- */

static void print_why(const struct cli *cli, const struct rehearsal_step *step)
{
	if (step->why.plain)
		fprintf(cli->out, "        %s%s%s\n", step->rule ? step->rule->id : "",
			step->rule ? "  " : "", step->why.shown);
}

static void print_step(const struct cli *cli, const struct rehearsal_step *step)
{
	const char *title = _(step->title), *needs = step->needs.shown;
	fprintf(cli->out, "    %c %-*s %-*s %s\n", boot_step_glyph(step->state),
		text_field(title, 22), title, text_field(needs, 36), needs,
		step->words.plain ? step->words.shown : "");
	print_why(cli, step);
}

static void print_steps(const struct cli *cli, const struct rehearsal *r)
{
	for (size_t i = r->first; i < BOOT_STEPS; i++)
		print_step(cli, &r->steps[i]);
}

static void print_brief(const struct cli *cli, const struct rehearsal *r)
{
	const struct rehearsal_step *step = boot_first_bad(r);
	if (!step)
		return;
	print_step(cli, step);
}

static void print_verdict(const struct cli *cli, const struct rehearsal *r)
{
	struct boot_words v;
	boot_words_of(r, &v);
	fprintf(cli->out, " %c  %-20s %s%s%s\n", v.glyph, r->target, v.whole,
		v.rest[0] ? "    " : "", v.rest);
}

/* ---- files ---- */

static void print_item(const struct cli *cli, const struct load_item *item, size_t number)
{
	char tag[16] = "-";
	if (item->tag != UINT32_MAX)
		snprintf(tag, sizeof(tag), "%u", item->tag);
	fprintf(cli->out, "  %4zu %c %-18s %-26s %5s  %s%s%s%s\n", number, boot_file_glyph(item),
		item->service->name, item->group ? item->group : "-", tag, boot_file_words(item),
		item->parked ? _("; parked by an override") : "", item->problem.plain ? "; " : "",
		item->problem.plain ? item->problem.shown : "");
}

/* Files that come with the drivers: those that something is wrong with, and how many there are. */
static void print_modules(const struct cli *cli, const struct rehearsal *r)
{
	for (size_t i = 0; i < r->n_modules; i++) {
		const struct rehearsal_module *m = &r->modules[i];
		const struct load_item shown = {.state = m->state, .file = m->file};
		if (m->state == LOAD_FILE_GOOD || m->state == LOAD_FILE_UNCHECKED)
			continue;
		fprintf(cli->out, "       %c %s%s%s: %s\n", boot_file_glyph(&shown), m->name,
			m->needed_by ? _(", imported by ") : "", m->needed_by ? m->needed_by : "",
			m->words.plain ? m->words.shown : load_file_name(m->state));
	}
}

static void print_load(const struct cli *cli, const struct rehearsal *r)
{
	fprintf(cli->out, ngettext("Load order: %zu driver", "Load order: %zu drivers", r->list.n),
		r->list.n);
	fprintf(cli->out,
		ngettext(", and %zu file that is loaded with them\n",
			 ", and %zu files that are loaded with them\n", r->n_modules),
		r->n_modules);
	if (r->list.problem.plain)
		fprintf(cli->out, " !  %s\n", r->list.problem.shown);
	for (size_t i = 0; i < r->list.n; i++)
		print_item(cli, &r->list.items[i], i + 1);
	print_modules(cli, r);
}

static bool same_load(const struct rehearsal *a, const struct rehearsal *b)
{
	if (a->list.n != b->list.n)
		return false;
	for (size_t i = 0; i < a->list.n; i++) {
		const struct load_item *x = &a->list.items[i], *y = &b->list.items[i];
		if (strcmp(x->service->name, y->service->name) != 0 || x->state != y->state ||
		    x->parked != y->parked)
			return false;
	}
	return true;
}

static bool same_finding(const struct rehearsal_finding *a, const struct rehearsal_finding *b)
{
	return strcmp(a->file, b->file) == 0 && strcmp(a->words.plain, b->words.plain) == 0;
}

static bool was_said(const struct rehearsal *all, size_t before, const struct rehearsal_finding *f)
{
	for (size_t i = 0; i < before; i++)
		for (size_t j = 0; j < all[i].n_findings; j++)
			if (same_finding(&all[i].findings[j], f))
				return true;
	return false;
}

static void print_findings(const struct cli *cli, const struct rehearsal *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < all[i].n_findings; j++) {
			const struct rehearsal_finding *f = &all[i].findings[j];
			if (!was_said(all, i, f))
				fprintf(cli->out, " %c  %s: %s\n", finding_glyph(SEVERITY_NOTE),
					f->file, f->words.shown);
		}
}

/* ---- all machines ---- */

struct boots {
	struct rehearsal *runs;
	size_t n;
};

/* Was this machine named, or does it only come with "portable"? */
static bool is_named(const struct session *s, const char *id)
{
	for (size_t i = 0; i < s->n_targets; i++)
		if (strcmp(s->targets[i], id) == 0)
			return true;
	return false;
}

static int rehearse_all(const struct cli *cli, struct session *s, struct boots *out,
			struct err *err)
{
	const char **ids;
	if (boot_targets(s, s->targets, s->n_targets, cli->arena, &ids, &out->n, err) < 0)
		return -1;
	out->runs = arena_array(cli->arena, out->n, sizeof(*out->runs), err);
	if (!out->runs)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (session_rehearse(s, ids[i], cli->arena, &out->runs[i], err) < 0)
			return -1;
	return 0;
}

static void print_boots(const struct cli *cli, const struct session *s, const struct boots *b)
{
	fprintf(cli->out, "%s  P%u %s\n", s->name, s->chosen->partition->number,
		install_words(&s->chosen->install, cli->arena));
	cli_print_recovery(cli, cli->out, s->chosen->system);
	for (size_t i = 0; i < b->n; i++) {
		bool whole = b->n == 1 || is_named(s, b->runs[i].target);
		print_verdict(cli, &b->runs[i]);
		(whole ? print_steps : print_brief)(cli, &b->runs[i]);
	}
	for (size_t i = 0; i < b->n; i++) {
		if (i && same_load(&b->runs[i - 1], &b->runs[i]))
			continue;
		if (i)
			fprintf(cli->out, _("From %s on:\n"), b->runs[i].target);
		print_load(cli, &b->runs[i]);
	}
	print_findings(cli, b->runs, b->n);
}

static int status_of(const struct boots *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!verdict_is_good(b->runs[i].verdict))
			return 1;
	return 0;
}

static int boot_json(const struct cli *cli, struct session *s, const struct boots *b,
		     const char *path, const struct err *err, int status)
{
	const char *shown = text_utf8(cli->arena, path);
	status = cli_status(s, status);
	cli_json(cli, json_boot(s, shown ? shown : "", b->runs, b->n, err, status));
	return status;
}

static int boot_failed(const struct cli *cli, struct session *s, const char *path,
		       const struct err *err)
{
	const struct boots none = {0};
	int status = err_exit_status(err->code);
	if (cli->json)
		return boot_json(cli, s, &none, path, err, status);
	return cli_fail(cli, err);
}

static int boot_session(struct cli *cli, struct session *s, const char *path)
{
	struct err err = {0};
	struct boots b = {0};
	if (!s->chosen)
		cli_not_chosen(s, &err);
	if (err.code == E_GUARD)
		err.code = E_UNSUPPORTED; /* nothing was to be written: it cannot be read */
	if (err.code != E_OK || rehearse_all(cli, s, &b, &err) < 0) {
		err_at(&err, "%s", s->name);
		return boot_failed(cli, s, path, &err);
	}
	if (cli->json)
		return boot_json(cli, s, &b, path, NULL, status_of(&b));
	print_boots(cli, s, &b);
	return status_of(&b);
}

int run_boot(struct cli *cli)
{
	struct err err = {0};
	const char *path = cli->words[0];
	struct session *s = session_open(path, &cli->session, NULL, NULL, &err);
	if (!s)
		return boot_failed(cli, NULL, path, &err);
	cli_tell_record(cli, s);
	int status = boot_session(cli, s, path);
	session_close(s);
	return status;
}
