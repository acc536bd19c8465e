/* SPDX-License-Identifier: MIT */
/*
 * explain: one rule in plain words, the list of all rules, or what cannot be seen offline.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/bootpath_judge.h"
#include "stop7b/columns.h"
#include "stop7b/rules.h"

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

static int print_rule(const struct cli *cli, const struct rule *e)
{
	struct explain_fact facts[EXPLAIN_FACTS];
	size_t n = explain_facts(e, facts);
	fprintf(cli->out, " %s  %s\n\n", e->id, _(e->title));
	for (size_t i = 0; i < n; i++)
		print_wrapped(cli, VALUE_X, facts[i].name, facts[i].text);
	return 0;
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
		fputc('\n', cli->out);
		print_rule(cli, rule);
	}
	print_gaps(cli);
	return 0;
}

static int print_list(const struct cli *cli)
{
	const struct rule *rule;
	for (size_t i = 0; (rule = rules_get(i)); i++)
		fprintf(cli->out, "%-4s %s%s\n", rule->id, _(rule->title),
			rule->looks_at ? "" : _(" (cannot be seen offline)"));
	return 0;
}

int run_explain(struct cli *cli)
{
	if (cli->n == 0)
		return print_list(cli);
	if (strcmp(cli->words[0], OFFLINE) == 0)
		return print_offline(cli);
	const struct rule *e = rules_named(cli->words[0]);
	if (!e)
		return cli_usage(cli, _("there is no rule \"%s\"; stop7b explain lists them"),
				 cli_shown(cli, cli->words[0]));
	return print_rule(cli, e);
}
