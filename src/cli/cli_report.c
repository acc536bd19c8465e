/* SPDX-License-Identifier: MIT */
/*
 * report: one page for a ticket, printed or saved. What fix would write is staged only to be shown.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/report.h"
#include "stop7b/save.h"
#include "stop7b/verdict.h"

static int deliver(const struct cli *cli, const char *text, struct err *err)
{
	if (!cli->output) {
		fputs(text, cli->out);
		return 0;
	}
	const struct span bytes = {(const uint8_t *)text, strlen(text)};
	if (save_file(cli->output, bytes, false, err) < 0)
		return -1;
	fprintf(cli->out, _("Saved to %s\n"), cli_shown(cli, cli->output));
	return 0;
}

/* A repair that cannot be staged is told by the findings; the page is made all the same. */
static int make(struct cli *cli, struct session *s, struct err *err)
{
	char when[TIME_TEXT], *text;
	struct report_request request = {.tool = "stop7b " PACKAGE_VERSION, .when = when};
	filetime_text(filetime_now(), when);
	request.format = cli->page_format < REPORT_FORMATS ? (enum report_format)cli->page_format
			 : cli->output                     ? report_format_of(cli->output)
							   : REPORT_MARKDOWN;
	request.proposed = s->chosen && session_stage_all(s, NULL) >= 0;
	if (report_write(s, &request, cli->arena, &text, err) < 0)
		return -1;
	return deliver(cli, text, err);
}

/* Of the Windows that the page is about, as check has it. */
static int status_of(struct session *s)
{
	struct err none = {0};
	struct check_sum sum;
	int status = check_found(s, &none);
	if (status == 0 && s->chosen)
		return !verdict_is_good(verdict_worst(s->now.targets, s->now.n_targets));
	return check_judge_all(s, status, &sum);
}

int run_report(struct cli *cli)
{
	int status = 0;
	struct err err = {0};
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	if (make(cli, s, &err) < 0)
		status = cli_fail(cli, &err);
	else
		status = status_of(s);
	session_close(s);
	return status;
}
