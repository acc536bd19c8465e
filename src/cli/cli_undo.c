/* SPDX-License-Identifier: MIT */
/*
 * undo and recover: what the undo record holds and how much of it is on the disk is printed first;
 * bytes are put back only with --yes.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/records.h"

static const char *const state_words[] = {
	[UNDO_OLD] = N_("old    not written"),
	[UNDO_NEW] = N_("new    written"),
	[UNDO_MIXED] = N_("mixed  partly written"),
	[UNDO_FOREIGN] = N_("neither its old nor its new bytes"),
};

static void print_record(const struct cli *cli, const struct undo_record *r,
			 const struct undo_check *check)
{
	char when[TIME_TEXT];
	filetime_text(r->created, when);
	fprintf(cli->out, "%s  %s  %s\n", when, r->who,
		r->complete ? _("complete") : _("interrupted"));
	for (size_t i = 0; i < r->n_values; i++)
		fprintf(cli->out, "  %-14s %-16s %s -> %s%s%s\n", r->values[i].subject,
			r->values[i].name, said_of(r->values[i].was).shown,
			said_of(r->values[i].becomes).shown, check ? "   " : "",
			check ? _(state_words[check->values[i]]) : "");
	fprintf(cli->out, _("  %zu sectors\n"), r->writes.n);
}

/* Where it was made, and why only bytes are known of the image. */
static void print_circumstances(const struct cli *cli, const struct session *s)
{
	const char *origin = session_record_origin(s);
	if (origin)
		fprintf(cli->out, _("  made of %s, which this image was then\n"), origin);
	if (s->open_error.code != E_OK)
		fprintf(cli->out, _("  as it is now the image cannot be read: %s\n"),
			s->open_error.shown);
	if (s->record_kept)
		fprintf(cli->out, "  %s\n", _("the record stays: another disk needs it, too"));
}

/* ---- undo --list ---- */

static int list_record(struct cli *cli, const struct session *s, const struct record_at *at,
		       size_t *n)
{
	struct undo_record r;
	struct err err = {0};
	bool chosen = s->record_path && strcmp(at->path, s->record_path) == 0;
	if (at->stray && !chosen)
		return 0;
	++*n;
	if (record_load(at->path, image_info(s->image)->real_path, cli->arena, &r, &err) < 0)
		return cli_fail(cli, &err);
	print_record(cli, &r, NULL);
	if (chosen)
		print_circumstances(cli, s);
	fprintf(cli->out, "  %s\n", cli_shown(cli, at->path));
	return 0;
}

static int list_records(struct cli *cli, const struct session *s)
{
	const struct record_where where = {image_info(s->image)->real_path, cli->session.undo_dir};
	struct record_list list;
	struct err err = {0};
	size_t n = 0;
	int worst = 0;
	if (records_find(&where, cli->arena, &list, &err) < 0)
		return cli_fail(cli, &err);
	for (size_t i = 0; i < list.n; i++) {
		int status = list_record(cli, s, &list.items[i], &n);
		worst = status > worst ? status : worst;
	}
	if (list.unread.code != E_OK)
		return cli_fail(cli, &list.unread);
	if (n > 0)
		return worst;
	err_set(&err, E_NORECORD, "there is no undo record of %s", s->name);
	return cli_fail(cli, &err);
}

/* ---- undo ---- */

static void dry_begins(const struct cli *cli, const char *format, const struct session *s)
{
	const char *what = arena_printf(cli->arena, format, s->name);
	cli_dry_begins(cli, what ? what : "");
}

static int undo_now(struct cli *cli, struct session *s)
{
	struct err err = {0};
	struct result result;
	if (s->interrupted)
		return cli_refuse_interrupted(cli, s);
	if (s->record_error.code != E_OK)
		return cli_fail(cli, &s->record_error);
	if (!s->has_undo) {
		err_set(&err, E_NORECORD, "there is no undo record of %s", s->name);
		return cli_fail(cli, &err);
	}
	dry_begins(cli, _("Would be taken back in %s; nothing is written yet:"), s);
	print_record(cli, &s->record, NULL);
	print_circumstances(cli, s);
	if (!cli->yes) {
		cli_dry_ends(cli, _("To take this apply back"), NULL);
		return 1;
	}
	if (session_undo_written(s, cli_print_step, cli, &result, &err) < 0)
		return cli_fail(cli, &err);
	fprintf(cli->out, "%s\n",
		_(" =  RESTORED    the image is byte for byte as before that apply"));
	return 0;
}

int run_undo(struct cli *cli)
{
	int status = 0;
	cli->session.to_put_back = true;
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	status = cli->list ? list_records(cli, s) : undo_now(cli, s);
	session_close(s);
	return status;
}

/* ---- recover ---- */

static int refuse_recovery(const struct cli *cli, const struct session *s)
{
	struct err err = {0};
	if (s->record_error.code != E_OK)
		return cli_fail(cli, &s->record_error);
	if (!s->interrupted) {
		err_set(&err, E_NORECORD, "%s: there is nothing to recover", s->name);
		return cli_fail(cli, &err);
	}
	if (s->recovery.state != UNDO_FOREIGN)
		return 0;
	print_record(cli, &s->record, &s->recovery);
	print_circumstances(cli, s);
	err_set(&err, E_CHANGED,
		"%s: image byte 0x%llx holds 0x%02x, neither its old nor its new value", s->name,
		(unsigned long long)s->recovery.foreign_at, s->recovery.foreign_byte);
	return cli_fail(cli, &err);
}

static int recover_now(struct cli *cli, struct session *s)
{
	struct err err = {0};
	struct result result;
	int status = refuse_recovery(cli, s);
	if (status != 0)
		return status;
	dry_begins(cli,
		   cli->finish ? _("Would be completed in %s; nothing is written yet:")
			       : _("Would be taken back in %s; nothing is written yet:"),
		   s);
	print_record(cli, &s->record, &s->recovery);
	print_circumstances(cli, s);
	if (!cli->yes) {
		cli_dry_ends(cli,
			     cli->finish ? _("To complete this apply")
					 : _("To take this apply back"),
			     NULL);
		return 1;
	}
	if (session_recover(s, cli->finish, cli_print_step, cli, &result, &err) < 0)
		return cli_fail(cli, &err);
	fprintf(cli->out, "%s\n",
		cli->finish ? _(" =  FINISHED    every reviewed byte is written and reads back")
			    : _(" =  RESTORED    the image is byte for byte as before that apply"));
	return 0;
}

int run_recover(struct cli *cli)
{
	int status = 0;
	cli->session.to_put_back = true;
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	status = recover_now(cli, s);
	session_close(s);
	return status;
}
