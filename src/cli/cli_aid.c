/* SPDX-License-Identifier: MIT */
/*
 * aid: first aid. Alone it lists what can be done for this Windows; with an action it takes the way
 * of every staged change: review, and a write only with --yes.
 */
#include "cli_internal.h"

#include "stop7b/aid.h"

const char *aid_choice(size_t i)
{
	const struct aid *aid = aid_get(i);
	return aid ? aid->id : NULL;
}

/* ---- what there is ---- */

/* "possible" | "done" | "refused" */
static const char *state_of(const struct aid_result *r)
{
	return r->refused ? "refused" : r->n > 0 ? "possible" : "done";
}

static int list_one(const struct cli *cli, struct session *s, const struct aid *aid, json_t *list,
		    struct err *err)
{
	struct aid_result r = {0};
	if (!aid->takes_name && session_aid(s, aid, NULL, cli->arena, &r, err) < 0)
		return -1;
	if (list)
		return json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:b, s:s, s:o}", "action", aid->id, "title",
				  aid->title, "does", aid->before, "takes_name", aid->takes_name,
				  "state", aid->takes_name ? "possible" : state_of(&r), "why",
				  json_text(r.why.plain)));
	fprintf(cli->out, " %c  %-16s %s\n",
		r.refused                    ? '-'
		: r.n > 0 || aid->takes_name ? '>'
					     : '=',
		aid->id, _(aid->title));
	fprintf(cli->out, "    %s\n", r.why.shown ? r.why.shown : _(aid->before));
	return 0;
}

static int list_all(const struct cli *cli, struct session *s, struct err *err)
{
	json_t *list = cli->json ? json_array() : NULL;
	for (size_t i = 0; aid_get(i); i++) {
		if (list_one(cli, s, aid_get(i), list, err) < 0) {
			json_decref(list);
			return -1;
		}
	}
	if (list)
		cli_json(cli, json_pack("{s:s, s:s, s:o}", "schema", "stop7b.aids/1", "image",
					s->name, "actions", list));
	return 0;
}

/* ---- one of them ---- */

static int say_nothing(const struct cli *cli, struct session *s, const struct aid *aid,
		       const char *name, struct err *err)
{
	struct aid_result r;
	if (session_aid(s, aid, name, cli->arena, &r, err) < 0)
		return -1;
	if (!cli->json)
		fprintf(cli->out, " =  %s: %s\n", aid->id, r.why.shown);
	return 0;
}

static int do_one(struct cli *cli, struct session *s, const struct aid *aid, const char *name,
		  struct err *err)
{
	int staged = session_stage_aid(s, aid, name, err);
	if (staged < 0 || (staged == 0 && say_nothing(cli, s, aid, name, err) < 0))
		return -1;
	if (staged > 0 && !cli->json)
		fprintf(cli->out, " >  %s: %s\n\n", aid->id, _(aid->before));
	int status = cli_change(cli, s, "stop7b.aid/1", false);
	if (staged > 0 && status == 0 && !cli->json)
		fprintf(cli->out, "    %s\n", _(aid->after));
	return status;
}

/* The action that was asked for; NULL: none, or wrong, and *status is not 0 then. */
static const struct aid *asked(const struct cli *cli, int *status)
{
	const struct aid *aid = cli->n > 1 ? aid_named(cli->words[1]) : NULL;
	if (cli->n > 1 && !aid)
		*status = cli_usage(cli,
				    _("no first aid is called \"%s\"; stop7b aid IMAGE lists them"),
				    cli_shown(cli, cli->words[1]));
	else if (aid && aid->takes_name != (cli->n > 2))
		*status = cli_usage(cli,
				    aid->takes_name ? _("%s wants the name of a service")
						    : _("%s takes no name"),
				    aid->id);
	return *status ? NULL : aid;
}

/* What replaces a hive works on one that cannot be read. */
static struct session *open_for(struct cli *cli, const struct aid *aid, int *status)
{
	struct session *s;
	if (!aid || !aid->replaces)
		return cli_open_windows(cli, cli->words[0], status);
	s = cli_open(cli, cli->words[0], status);
	return !s || session_aided(s) ? s : cli_none_chosen(cli, s, status);
}

int run_aid(struct cli *cli)
{
	struct err err = {0};
	int status = 0;
	const struct aid *aid = asked(cli, &status);
	struct session *s = status ? NULL : open_for(cli, aid, &status);
	if (!s)
		return status;
	if (cli->yes)
		status = cli_refuse_interrupted(cli, s);
	if (status == 0)
		status = aid ? do_one(cli, s, aid, cli->n > 2 ? cli->words[2] : NULL, &err)
			     : list_all(cli, s, &err);
	if (err.code != E_OK) {
		err_at(&err, "%s", s->name);
		status = cli_fail(cli, &err);
	}
	session_close(s);
	return status;
}
