/* SPDX-License-Identifier: MIT */
/*
 * undo and recover: what the undo record holds and how much of it is on the disk is printed first;
 * bytes are put back only with --yes.
 */
#include "cli_internal.h"

#include <string.h>

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
			r->values[i].name, r->values[i].was, r->values[i].becomes,
			check ? "   " : "", check ? _(state_words[check->values[i]]) : "");
	fprintf(cli->out, _("  %zu sectors\n"), r->writes.n);
}

static int list_records(struct cli *cli, struct session *s)
{
	const char *real_path = image_info(s->image)->real_path;
	for (unsigned n = 0;; n++) {
		struct undo_record r;
		struct err err = {0};
		if (apply_find_record(real_path, cli->session.undo_dir, n, cli->arena, &r, &err) ==
		    0) {
			print_record(cli, &r, NULL);
			continue;
		}
		if (err.code == E_NORECORD && n > 0)
			return 0;
		return cli_fail(cli, &err);
	}
}

static int undo_now(struct cli *cli, struct session *s)
{
	struct err err = {0};
	struct result result;
	if (s->record_error.code != E_OK)
		return cli_fail(cli, &s->record_error);
	if (s->interrupted)
		return cli_refuse_interrupted(cli, s);
	if (!s->has_undo) {
		err_set(&err, E_NORECORD, "there is no undo record of %s", s->name);
		return cli_fail(cli, &err);
	}
	print_record(cli, &s->record, NULL);
	if (!cli->yes)
		return 1;
	if (session_undo_written(s, cli_print_step, cli, &result, &err) < 0)
		return cli_fail(cli, &err);
	fprintf(cli->out, "%s\n",
		_(" =  RESTORED    the image is byte for byte as before that apply"));
	return 0;
}

int run_undo(struct cli *cli)
{
	int status = 0;
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	status = cli->list ? list_records(cli, s) : undo_now(cli, s);
	session_close(s);
	return status;
}

static int recover_now(struct cli *cli, struct session *s)
{
	struct err err = {0};
	struct result result;
	if (s->record_error.code != E_OK)
		return cli_fail(cli, &s->record_error);
	if (!s->interrupted) {
		err_set(&err, E_NORECORD, "%s: there is nothing to recover", s->name);
		return cli_fail(cli, &err);
	}
	print_record(cli, &s->record, &s->recovery);
	if (s->recovery.state == UNDO_FOREIGN) {
		err_set(&err, E_CHANGED,
			"%s: image byte 0x%llx holds 0x%02x, neither its old nor its new value",
			s->name, (unsigned long long)s->recovery.foreign_at,
			s->recovery.foreign_byte);
		return cli_fail(cli, &err);
	}
	if (!cli->yes)
		return 1;
	if (session_recover(s, cli->finish, cli_print_step, cli, &result, &err) < 0)
		return cli_fail(cli, &err);
	fprintf(cli->out, "%s\n",
		cli->finish ? _(" =  FINISHED    every reviewed byte is written")
			    : _(" =  RESTORED    the image is byte for byte as before that apply"));
	return 0;
}

int run_recover(struct cli *cli)
{
	int status = 0;
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	status = recover_now(cli, s);
	session_close(s);
	return status;
}
