/* SPDX-License-Identifier: MIT */
/*
 * explain: one rule in plain words, the list of all rules, or what cannot be seen offline.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/explain.h"

#define TEXT_WIDTH 80
#define OFFLINE    "offline"

/* The lines in use of a sheet, then the sheet is given back. */
static int print_sheet(const struct cli *cli, struct sheet *s)
{
	struct grid lines;
	if (!s->grid)
		return cli_fail(cli, &(struct err){.code = E_MEMORY, .text = "no memory"});
	lines = *s->grid;
	lines.h = s->n;
	grid_dump(&lines, cli->out);
	grid_free(s->grid);
	return 0;
}

static int print_rule(const struct cli *cli, const struct explanation *e)
{
	struct sheet s = {0};
	sheet_reset(&s, TEXT_WIDTH);
	explain_put(&s, e);
	return print_sheet(cli, &s);
}

static int print_offline(const struct cli *cli)
{
	size_t n;
	const struct explanation *all = explain_all(&n);
	struct sheet s = {0};
	sheet_reset(&s, TEXT_WIDTH);
	sheet_put(&s, 1, ROLE_KEY, _("What cannot be seen on a disk that is not running"));
	for (size_t i = 0; i < n; i++) {
		if (all[i].checkable)
			continue;
		sheet_put(&s, 0, ROLE_PLAIN, "");
		explain_put(&s, &all[i]);
	}
	return print_sheet(cli, &s);
}

static int print_list(const struct cli *cli)
{
	size_t n;
	const struct explanation *all = explain_all(&n);
	for (size_t i = 0; i < n; i++)
		fprintf(cli->out, "%-4s %s%s\n", all[i].id, _(all[i].title),
			all[i].checkable ? "" : _(" (cannot be seen offline)"));
	return 0;
}

int run_explain(struct cli *cli)
{
	if (cli_expect(cli, 0, 1) < 0)
		return 2;
	if (cli->n == 0)
		return print_list(cli);
	if (strcmp(cli->words[0], OFFLINE) == 0)
		return print_offline(cli);
	const struct explanation *e = explain(cli->words[0]);
	if (!e)
		return cli_usage(cli, _("there is no rule \"%s\"; stop7b explain lists them"),
				 cli->words[0]);
	return print_rule(cli, e);
}
