/* SPDX-License-Identifier: MIT */
/*
 * explain: one rule in plain words, the list of all rules, or what cannot be seen offline.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/bootpath.h"

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

/* What the way from the firmware to the loader keeps to itself. */
static void put_gaps(struct sheet *s)
{
	size_t n;
	const struct bootpath_gap *gaps = bootpath_not_checkable(&n);
	sheet_put(s, 0, ROLE_PLAIN, "");
	sheet_put(s, 1, ROLE_KEY, _("On the way from the firmware to Windows' loader"));
	for (size_t i = 0; i < n; i++) {
		sheet_put(s, 0, ROLE_PLAIN, "");
		sheet_wrap(s, 1, ROLE_PLAIN, _(gaps[i].subject));
		sheet_wrap(s, 3, ROLE_PLAIN, _(gaps[i].why));
	}
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
	put_gaps(&s);
	return print_sheet(cli, &s);
}

static void print_rows(const struct cli *cli, const struct explanation *rows, size_t n,
		       bool checkable)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].checkable == checkable)
			fprintf(cli->out, "%-4s %s%s\n", rows[i].id, _(rows[i].title),
				checkable ? "" : _(" (cannot be seen offline)"));
}

static int print_list(const struct cli *cli)
{
	size_t n, n_boot;
	const struct explanation *all = explain_all(&n), *boot = bootpath_rules(&n_boot);
	print_rows(cli, all, n, true);
	print_rows(cli, boot, n_boot, true);
	print_rows(cli, all, n, false);
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
				 cli_shown(cli, cli->words[0]));
	return print_rule(cli, e);
}
