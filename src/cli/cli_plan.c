/* SPDX-License-Identifier: MIT */
/*
 * plan: the bcdedit clean-up as a file for the host. With --bcd the host's store says which entries
 * start this disk, and the plan names them; without it the plan finds the entry on the host by the
 * disk's path. --add writes the other direction. No boot store is ever written here.
 *
 * Several stores make several plans: one file each, numbered behind the first, because an id is
 * valid in one store only.
 */
#include "cli_internal.h"

#include <string.h>
#include <unistd.h>

#include "stop7b/json_plan.h"
#include "stop7b/save.h"
#include "stop7b/menu.h"
#include "stop7b/session_store.h"

#define LISTING_MAX (16u * 1024 * 1024) /* bytes of a list of files */

typedef int plan_writer(const struct cleanup_plan *, struct arena *, char **, struct err *);

static const struct format {
	const char *name;
	plan_writer *write;
	bool answers; /* a program reads it: a plan that deletes nothing is printed too */
} formats[] = {
	{"cmd", cleanup_write_cmd, false},
	{"md", cleanup_write_md, false},
	{"json", json_plan, true},
};

const char *plan_format_choice(size_t i)
{
	return i < sizeof(formats) / sizeof(formats[0]) ? formats[i].name : NULL;
}

/* ---- the text, printed or saved ---- */

/* "plan.cmd", "plan-2.cmd", "plan-3.cmd" */
static const char *numbered(const struct cli *cli, size_t i)
{
	const char *slash = strrchr(cli->output, '/'), *dot = strrchr(cli->output, '.');
	if (i == 0)
		return cli->output;
	if (!dot || (slash && dot < slash) || dot == cli->output)
		return arena_printf(cli->arena, "%s-%zu", cli->output, i + 1);
	return arena_printf(cli->arena, "%.*s-%zu%s", (int)(dot - cli->output), cli->output, i + 1,
			    dot);
}

static int deliver(const struct cli *cli, const char *text, size_t i, struct err *err)
{
	if (!cli->output) {
		fputs(text, cli->out);
		return 0;
	}
	const struct span bytes = {(const uint8_t *)text, strlen(text)};
	const char *path = numbered(cli, i);
	if (!path)
		return no_memory(err);
	if (save_file(path, bytes, false, err) < 0)
		return -1;
	fprintf(cli->out, _("Saved to %s. Run it on the host as administrator.\n"), path);
	return 0;
}

/* ---- with a store ---- */

/* Every line a path; empty lines do not count. */
static int read_listing(const struct cli *cli, struct menu_request *out, struct err *err)
{
	struct span bytes;
	size_t n = 0;
	if (!cli->listing)
		return 0;
	if (cli_read_file(cli->arena, cli->listing, LISTING_MAX, &bytes, err) < 0)
		return err_at(err, "%s", cli->listing);
	char *text = arena_alloc(cli->arena, bytes.len + 1, err);
	const char **lines = arena_array(cli->arena, bytes.len / 2 + 1, sizeof(*lines), err);
	if (!text || !lines)
		return -1;
	memcpy(text, bytes.p, bytes.len);
	text[bytes.len] = '\0';
	for (char *rest = text, *line; (line = strsep(&rest, "\r\n")) != NULL;)
		if (line[0])
			lines[n++] = line;
	out->listed = true;
	out->files = lines;
	out->n_files = n;
	return 0;
}

static void say_refusals(const struct cli *cli, const struct cleanup_plan *plan)
{
	for (size_t i = 0; i < plan->n_refusals; i++)
		fprintf(cli->err, " !  %s %s: %s\n", plan->refusals[i].guid,
			plan->refusals[i].description, plan->refusals[i].why);
	if (plan->problem)
		fprintf(cli->err, " !  %s: %s\n", plan->store_name, plan->problem);
}

/* No entry is to go: what could be asked for instead, by the option's name. */
static void say_nothing(const struct cli *cli, const struct cleanup_plan *plan)
{
	bool open = false;
	fprintf(cli->err, _("stop7b: %s: no entry of this disk is planned for deletion\n"),
		plan->store_name);
	for (size_t i = 0; i < plan->n_refusals; i++)
		open |= plan->refusals[i].open;
	if (open)
		fprintf(cli->err, "%s",
			_("stop7b: --entry with its id plans one of them by hand\n"));
	if (!cli->vhd)
		fprintf(cli->err, "%s",
			_("stop7b: --vhd with the disk's path on the host finds its entries\n"));
	if (cli->output)
		fprintf(cli->err, _("stop7b: %s was not written\n"), cli->output);
}

static void fill_request(const struct cli *cli, const char *when, struct cleanup_plan_request *r)
{
	r->store_on_host = cli->store;
	r->entries = cli->entries.items;
	r->n_entries = cli->entries.n;
	r->tool = "stop7b " PACKAGE_VERSION;
	r->when = when;
}

/* 1 when the plan has nothing to do, 0, or -1. */
static int plan_store(const struct cli *cli, struct session *s, struct menu_request *request,
		      size_t i, const char *when, struct err *err)
{
	const struct image_options *options = s ? &s->options.image : NULL;
	struct menu menu = {.name = NULL};
	struct cleanup_plan plan;
	char *text;
	request->table = s ? &s->table : NULL;
	if (session_store_read(cli->bcd.items[i], options, cli->arena, &menu.store, &menu.name,
			       err) < 0 ||
	    menu_find(&menu, request, cli->arena, err) < 0)
		return -1;
	struct cleanup_plan_request r = menu_plan_request(&menu, request);
	fill_request(cli, when, &r);
	if (cleanup_plan(&r, cli->arena, &plan, err) < 0)
		return err_at(err, "%s", menu.name);
	say_refusals(cli, &plan);
	if (plan.n == 0)
		say_nothing(cli, &plan);
	if (plan.n == 0 && (cli->output || !formats[cli->format].answers))
		return 1;
	if (formats[cli->format].write(&plan, cli->arena, &text, err) < 0 ||
	    deliver(cli, text, i, err) < 0)
		return -1;
	return plan.n == 0;
}

static int plan_stores(struct cli *cli, const char *when, struct err *err)
{
	int status = 0;
	struct session *s = NULL;
	struct menu_request request = {.vhd = cli->vhd, .image = cli->n ? cli->words[0] : NULL};
	if (read_listing(cli, &request, err) < 0)
		return -1;
	if (cli->bcd.n > 1 && !cli->output)
		return err_set(err, E_USAGE,
			       "one plan is made for each --bcd; name the first file with -o");
	if (cli->n > 0)
		s = session_open(cli->words[0], &cli->session, NULL, NULL, err);
	if (cli->n > 0 && !s)
		return -1;
	if (s)
		cli_tell_record(cli, s);
	for (size_t i = 0; status >= 0 && i < cli->bcd.n; i++) {
		int rc = plan_store(cli, s, &request, i, when, err);
		status = rc < 0 ? -1 : status | rc;
	}
	session_close(s);
	return status;
}

/* ---- without a store: the entry is found on the host, or made ---- */

static int plan_one(const struct cli *cli, const struct cleanup_plan_request *r, struct err *err)
{
	struct cleanup_plan plan;
	char *text;
	if (cleanup_plan(r, cli->arena, &plan, err) < 0 ||
	    formats[cli->format].write(&plan, cli->arena, &text, err) < 0)
		return -1;
	return deliver(cli, text, 0, err);
}

static int plan_search(const struct cli *cli, const char *when, struct err *err)
{
	struct cleanup_plan_request r = {.vhd = cli->vhd,
					 .image = cli->n > 0 ? cli->words[0] : NULL};
	if (!cli->vhd)
		return err_set(err, E_USAGE,
			       "plan wants --vhd, the disk's path on the host, for example "
			       "--vhd 'D:\\vhd\\win7.vhd', or --bcd, the host's boot store");
	if (cli->entries.n > 0 || cli->listing)
		return err_set(err, E_USAGE, "--%s needs the host's store: --bcd STORE",
			       cli->listing ? "listing" : "entry");
	if (cli->n > 0 && access(cli->words[0], R_OK) < 0)
		return err_set(err, E_OPEN, "%s: cannot be read", cli->words[0]);
	fill_request(cli, when, &r);
	return plan_one(cli, &r, err);
}

static int plan_add(struct cli *cli, const char *when, struct err *err)
{
	struct cleanup_plan_request r = {.add = true, .vhd = cli->vhd};
	if (!cli->vhd)
		return err_set(err, E_USAGE, "plan --add wants --vhd, the disk's path on the host");
	if (cli->bcd.n > 0 || cli->entries.n > 0 || cli->listing)
		return err_set(err, E_USAGE,
			       "--add makes a new entry: --bcd, --entry and --listing do not go "
			       "with it");
	fill_request(cli, when, &r);
	if (cli->n > 0) {
		struct image *img = image_open(cli->words[0], &cli->session.image, err);
		if (!img)
			return err_at(err, "%s", cli->words[0]);
		const struct image_info *info = image_info(img);
		r.image = cli->words[0];
		r.grows = strcmp(info->type, "fixed") != 0;
		r.virtual_size = info->size;
		image_close(img);
	}
	return plan_one(cli, &r, err);
}

int run_plan(struct cli *cli)
{
	char when[TIME_TEXT];
	struct err err = {0};
	filetime_text(filetime_now(), when);
	int status = cli->add         ? plan_add(cli, when, &err)
		     : cli->bcd.n > 0 ? plan_stores(cli, when, &err)
				      : plan_search(cli, when, &err);
	return status < 0 ? cli_fail(cli, &err) : status;
}
