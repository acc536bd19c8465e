/* SPDX-License-Identifier: MIT */
/*
 * check --summary: a line for each image, as soon as it is known, and the sums. How far it got goes to
 * a terminal that shows the complaints, and away again; what is piped holds nothing of it.
 */
#include "cli_internal.h"

#include <string.h>
#include <unistd.h>

#include "stop7b/columns.h"
#include "stop7b/verdict.h"

#define NAME_LEAST      12
#define NAME_MOST       40
#define WINDOWS_COLUMNS 24
#define VERDICT_COLUMNS 14

struct sums {
	size_t verdicts[VERDICTS], unread;
};

/* The longest of the names that are not too long; longer ones push their line. */
static int name_columns(const struct cli *cli)
{
	int columns = NAME_LEAST;
	for (size_t i = 0; i < cli->n; i++) {
		int n = text_width(text_utf8(cli->arena, cli->words[i]));
		columns = n > columns && n <= NAME_MOST ? n : columns;
	}
	return columns;
}

static void show_progress(const struct cli *cli, size_t i, const char *path)
{
	if (cli->err == stderr && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO))
		fprintf(cli->err, "\r\033[K%zu/%zu %s", i + 1, cli->n, path);
}

static void end_progress(const struct cli *cli)
{
	if (cli->err == stderr && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO))
		fputs("\r\033[K", cli->err);
}

/* "Windows 10 x64", "Windows 10 x64 and 1 more" */
static const char *windows_words(struct cli *cli, const struct session *s)
{
	const struct windows *first = NULL;
	size_t n = 0;
	for (size_t i = 0; i < s->n_windows; i++)
		if (check_counts(s, &s->windows[i]) && s->windows[i].readable && n++ == 0)
			first = &s->windows[i];
	if (!first || !first->install.version)
		return _("Windows");
	const char *of = first->install.architecture ? first->install.architecture : "";
	return n == 1 ? arena_printf(cli->arena, "%s %s", first->install.version, of)
		      : arena_printf(cli->arena, _("%s %s and %zu more"), first->install.version,
				     of, n - 1);
}

static void print_name(const struct cli *cli, const char *path, int columns)
{
	const char *shown = text_utf8(cli->arena, path);
	fprintf(cli->out, "%-*s  ", text_field(shown ? shown : "", columns), shown ? shown : "");
}

/* Returns the status. */
static int print_read(struct cli *cli, struct session *s, struct sums *sums)
{
	struct check_sum sum;
	const char *windows = windows_words(cli, s);
	int status = check_judge_all(s, 0, &sum);
	const char *verdict = verdict_brief(sum.verdict);
	sums->verdicts[sum.verdict]++;
	fprintf(cli->out, "%-*s  %-*s", text_field(windows, WINDOWS_COLUMNS), windows,
		text_field(verdict, VERDICT_COLUMNS), verdict);
	fprintf(cli->out, ngettext("%zu finding", "%zu findings", sum.findings), sum.findings);
	fputs(s->interrupted ? _(", interrupted: stop7b recover\n") : "\n", cli->out);
	return status;
}

/* Most reasons name the image, which stands in front already. */
static const char *without_name(const struct cli *cli, const char *path, const char *why)
{
	const char *shown = text_utf8(cli->arena, path);
	size_t len = shown ? strlen(shown) : 0;
	bool named = len > 0 && strncmp(why, shown, len) == 0 && strncmp(why + len, ": ", 2) == 0;
	return named ? why + len + 2 : why;
}

static int summarize_one(struct cli *cli, const char *path, int columns, struct sums *sums)
{
	struct err err = {0};
	struct session *s = session_open(path, &cli->session, NULL, NULL, &err);
	int status = s ? check_found(s, &err) : err_exit_status(err.code);
	end_progress(cli);
	print_name(cli, path, columns);
	if (status == 0) {
		status = print_read(cli, s, sums);
	} else {
		sums->unread++;
		fprintf(cli->out, "%s  %s\n", _("NOT READ"), without_name(cli, path, err.shown));
	}
	status = cli_status(s, status);
	session_close(s);
	return status;
}

static void print_sums(const struct cli *cli, const struct sums *sums)
{
	fprintf(cli->out, ngettext("%zu image", "%zu images", cli->n), cli->n);
	const char *between = ": ";
	for (size_t i = 0; i < VERDICTS; i++) {
		if (sums->verdicts[i] == 0)
			continue;
		fprintf(cli->out, "%s%zu %s", between, sums->verdicts[i],
			verdict_brief((enum verdict)i));
		between = "; ";
	}
	if (sums->unread)
		fprintf(cli->out, "%s%zu %s", between, sums->unread, _("not read"));
	fputc('\n', cli->out);
}

int check_summary(struct cli *cli)
{
	struct sums sums = {0};
	int worst = 0, columns = name_columns(cli);
	for (size_t i = 0; i < cli->n; i++) {
		show_progress(cli, i, text_utf8(cli->arena, cli->words[i]));
		int status = summarize_one(cli, cli->words[i], columns, &sums);
		worst = status > worst ? status : worst;
	}
	print_sums(cli, &sums);
	return worst;
}
