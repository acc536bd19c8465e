/* SPDX-License-Identifier: MIT */
/*
 * explain: one rule, target, guard or other word in plain words, the list of all, or what cannot be
 * seen offline.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/bootpath_judge.h"
#include "stop7b/columns.h"
#include "stop7b/explain.h"

#define TEXT_WIDTH 80
#define LINE_BYTES 512 /* bytes of a line of that width */
#define SUBJECT_X  1
#define NAME_X     3
#define VALUE_X    14 /* column of what is said, behind its name */
#define OFFLINE    "offline"

/* Text wrapped from column x on; its name, if any, stands before it at NAME_X. */
static void print_wrapped(const struct cli *cli, int x, const char *name, const char *text)
{
	char line[LINE_BYTES];
	int at = *name ? NAME_X : x;
	while (*text) {
		text = text_wrap(text, TEXT_WIDTH - x - 2, line, sizeof(line));
		fprintf(cli->out, "%*s%s%*s%s\n", at, "", name, x - at - text_width(name), "",
			line);
		name = "";
		at = x;
	}
}

static void print_explained(const struct cli *cli, const struct explained *x)
{
	fprintf(cli->out, " %s  %s\n\n", x->id, x->title);
	for (size_t i = 0; i < x->n; i++)
		print_wrapped(cli, VALUE_X, x->facts[i].name, x->facts[i].text);
}

/* What the way from the firmware to the loader keeps to itself. */
static void print_gaps(const struct cli *cli)
{
	size_t n;
	const struct bootpath_gap *gaps = bootpath_not_checkable(&n);
	fprintf(cli->out, "\n %s\n", _("On the way from the firmware to Windows' loader"));
	for (size_t i = 0; i < n; i++) {
		fputc('\n', cli->out);
		print_wrapped(cli, SUBJECT_X, "", _(gaps[i].subject));
		print_wrapped(cli, NAME_X, "", _(gaps[i].why));
	}
}

static int print_offline(const struct cli *cli)
{
	const struct rule *rule;
	fprintf(cli->out, " %s\n", _("What cannot be seen on a disk that is not running"));
	for (size_t i = 0; (rule = rules_get(i)); i++) {
		if (rule->looks_at)
			continue;
		struct explained x;
		explain_rule(rule, &x);
		fputc('\n', cli->out);
		print_explained(cli, &x);
	}
	print_gaps(cli);
	return 0;
}

static void print_rules(const struct cli *cli)
{
	const struct rule *rule;
	fprintf(cli->out, "%s:\n", _("Rules"));
	for (size_t i = 0; (rule = rules_get(i)); i++)
		fprintf(cli->out, "%-4s %s%s\n", rule->id, _(rule->title),
			rule->looks_at ? "" : _(" (cannot be seen offline)"));
}

static void print_terms(const struct cli *cli)
{
	enum term_kind kind, before = TERM_KINDS;
	const char *id, *title;
	for (size_t i = 0; explain_listed(i, &kind, &id, &title); i++) {
		if (kind != before)
			fprintf(cli->out, "\n%s:\n", explain_kind_title(kind));
		fprintf(cli->out, "%-15s %s\n", id, title);
		before = kind;
	}
	fprintf(cli->out, "\n%s\n",
		_("And every machine of stop7b targets, and offline: what no disk can tell."));
}

int run_explain(struct cli *cli)
{
	struct explained x;
	if (cli->n == 0) {
		print_rules(cli);
		print_terms(cli);
		return 0;
	}
	if (strcmp(cli->words[0], OFFLINE) == 0)
		return print_offline(cli);
	if (!explain_word(cli->words[0], cli->arena, &x))
		return cli_usage(cli, _("nothing is called \"%s\"; stop7b explain lists the words"),
				 cli_shown(cli, cli->words[0]));
	print_explained(cli, &x);
	return 0;
}
