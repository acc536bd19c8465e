/* SPDX-License-Identifier: MIT */
/*
 * A run without --yes writes nothing. It says so before what it would write and after it, and ends
 * with the command that writes: the caller's own words with --yes among them, quoted for a shell.
 */
#include "cli_internal.h"

#include <string.h>

/* Can this call write at all? diff cannot, and --json has fields instead of words. */
static bool is_dry(const struct cli *cli)
{
	return !cli->yes && !cli->json && command_takes(cli->command, OPT_YES);
}

void cli_dry_begins(const struct cli *cli, const char *what)
{
	if (is_dry(cli))
		fprintf(cli->out, "%s\n", what);
}

/* "stop7b fix --yes --allow GUARD" and the words of the call, without the command's own name. */
static void print_again(const struct cli *cli, const struct guard *g)
{
	bool named = false;
	fprintf(cli->out, "stop7b %s --yes", cli->command->name);
	if (g && guard_kinds[g->code].override == OVERRIDE_ALLOW)
		fprintf(cli->out, " --allow %s", g->id);
	if (g && guard_kinds[g->code].override == OVERRIDE_FORCE_PARENT)
		fprintf(cli->out, " --force-parent");
	for (int i = 1; i < cli->argc; i++) {
		bool name = !named && cli->argv[i] == cli->command_word;
		named |= name;
		if (!name)
			fprintf(cli->out, " %s", shell_word(cli->argv[i], cli->arena));
	}
	fputc('\n', cli->out);
}

void cli_dry_ends(const struct cli *cli, const char *how, const struct guard *g)
{
	if (!is_dry(cli))
		return;
	if (cli->session.read_only) {
		fprintf(cli->out, "%s\n", _("Nothing was written: -r opens for reading only."));
		return;
	}
	if (g && guard_kinds[g->code].override == OVERRIDE_NONE) {
		fprintf(cli->out, _("Nothing was written, and nothing can be: %s.\n"), g->id);
		return;
	}
	if (g)
		fprintf(cli->out, _("Nothing was written. %s all the same, against %s:\n    "), how,
			g->id);
	else
		fprintf(cli->out, _("Nothing was written. %s:\n    "), how);
	print_again(cli, g);
}
