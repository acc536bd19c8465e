/* SPDX-License-Identifier: MIT */
/*
 * plan: the bcdedit clean-up as a file for the host. No boot store is opened here; the plan finds
 * the entry on the host by the disk's path.
 */
#include "cli_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "stop7b/cleanup.h"
#include "stop7b/save.h"

int run_plan(struct cli *cli)
{
	char when[TIME_TEXT];
	char *text = NULL;
	struct err err = {0};
	if (cli_expect(cli, 0, 1) < 0)
		return 2;
	if (!cli->vhd)
		return cli_usage(cli, "%s", _("plan wants --vhd, the disk's path on the host, for "
					      "example --vhd 'D:\\vhd\\win7.vhd'"));
	if (cli->n > 0 && access(cli->words[0], R_OK) < 0) {
		err_set(&err, E_OPEN, "%s: %s", cli->words[0], strerror(errno));
		return cli_fail(cli, &err);
	}
	filetime_text(filetime_now(), when);
	const struct cleanup_request request = {
	    .vhd = cli->vhd,
	    .image = cli->n > 0 ? cli->words[0] : NULL,
	    .store = cli->store,
	    .tool = "stop7b " PACKAGE_VERSION,
	    .when = when,
	};
	if (cleanup_cmd(&request, cli->arena, &text, &err) < 0)
		return cli_fail(cli, &err);
	if (!cli->output) {
		fputs(text, cli->out);
		return 0;
	}
	const struct span bytes = {(const uint8_t *)text, strlen(text)};
	if (save_file(cli->output, bytes, false, &err) < 0)
		return cli_fail(cli, &err);
	fprintf(cli->out, _("Saved to %s. Run it on the host as administrator.\n"), cli->output);
	return 0;
}
