/* SPDX-License-Identifier: MIT */
/*
 * drivers: the driver packages that fit this Windows, from the places that are named and from its
 * own DriverStore. Nothing is changed, and nothing is unpacked to disk.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/columns.h"

#define WIDTH  79
#define INDENT 10 /* columns of a line's name */

/* ---- JSON ---- */

static json_t *json_ids(const struct package *p)
{
	json_t *ids = json_array();
	for (size_t i = 0; i < p->n_ids; i++)
		json_array_append_new(ids, json_string(p->ids[i].id));
	return ids;
}

static json_t *json_served(const struct package *p)
{
	json_t *targets = json_array();
	for (size_t i = 0; i < p->n_targets; i++)
		json_array_append_new(targets, json_string(p->targets[i].target->id));
	return targets;
}

/* Whether a file is signed is known once it was read. */
static json_t *json_signed(const struct package *p)
{
	return p->bytes.len ? json_boolean(p->is_signed) : json_null();
}

static json_t *json_package(const struct package *p)
{
	return json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, "
		"s:b, s:o, s:o}",
		"inf", p->inf, "source", p->source, "origin",
		p->origin == PACKAGE_IN_STORE ? "store" : "given", "provider",
		json_text(p->provider), "description", json_text(p->description), "version",
		json_text(p->version), "date", json_text(p->date[0] ? p->date : NULL),
		"architecture", json_text(p->architecture), "service", json_text(p->service),
		"file", json_text(p->file), "ids", json_ids(p), "targets", json_served(p), "signed",
		json_signed(p), "fits", p->fits, "needs_allow", p->fits && p->unsigned_64bit,
		"left_to_windows", json_saids(p->left, p->n_left), "why", json_text(p->why.plain));
}

/* Call look for each target that has several packages which are equally good. */
typedef void tie_look(const struct cli *cli, const struct target *t, const struct package **equal,
		      size_t n, void *ctx);

static void each_tie(const struct cli *cli, const struct packages *all, tie_look *look, void *ctx)
{
	size_t n_targets, n, n_best;
	const struct target *targets = catalogue_targets(&n_targets);
	for (size_t i = 0; i < n_targets; i++) {
		const struct package **list = packages_for(all, targets[i].id, true, cli->arena, &n,
							   &n_best, NULL);
		if (list && n_best > 1)
			look(cli, &targets[i], list, n_best, ctx);
	}
}

static void json_tie(const struct cli *cli, const struct target *t, const struct package **equal,
		     size_t n, void *ctx)
{
	json_t *sources = json_array();
	(void)cli;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(sources, json_string(equal[i]->source));
	json_array_append_new(ctx, json_pack("{s:s, s:o}", "target", t->id, "sources", sources));
}

static void json_drivers(const struct cli *cli, const struct packages *all, int status)
{
	json_t *list = json_array(), *ties = json_array();
	for (size_t i = 0; i < all->n; i++)
		json_array_append_new(list, json_package(&all->items[i]));
	each_tie(cli, all, json_tie, ties);
	cli_json(cli, json_pack("{s:s, s:o, s:o, s:o, s:i}", "schema", "stop7b.drivers/1",
				"packages", list, "ties", ties, "problems",
				json_saids(all->problems, all->n_problems), "exit", status));
}

/* ---- lines ---- */

/* "  name    a, b, c", with as many lines as that takes. */
static void print_words(const struct cli *cli, const char *name, const char *const *words, size_t n)
{
	int column = INDENT;
	fprintf(cli->out, "  %-*s", text_field(name, INDENT - 2), name);
	for (size_t i = 0; i < n; i++) {
		int len = (int)strlen(words[i]) + (i + 1 < n);
		if (i > 0 && column + 1 + len > WIDTH)
			column = fprintf(cli->out, "\n%*s", INDENT, "") - 1;
		column += fprintf(cli->out, "%s%s%s", column > INDENT ? " " : "", words[i],
				  i + 1 < n ? "," : "");
	}
	fputc('\n', cli->out);
}

static void print_ids(const struct cli *cli, const struct package *p)
{
	const char **words = arena_array(cli->arena, p->n_ids, sizeof(*words), NULL);
	for (size_t i = 0; words && i < p->n_ids; i++)
		words[i] = p->ids[i].id;
	if (words && p->n_ids)
		print_words(cli, _("ids"), words, p->n_ids);
}

static void print_targets(const struct cli *cli, const struct package *p)
{
	const char **words = arena_array(cli->arena, p->n_targets, sizeof(*words), NULL);
	for (size_t i = 0; words && i < p->n_targets; i++)
		words[i] = p->targets[i].partly
				   ? arena_printf(cli->arena, _("%s (some of its ids)"),
						  p->targets[i].target->id)
				   : p->targets[i].target->id;
	if (words && p->n_targets)
		print_words(cli, _("serves"), words, p->n_targets);
}

static void print_left(const struct cli *cli, const struct package *p)
{
	const char **words = arena_array(cli->arena, p->n_left, sizeof(*words), NULL);
	for (size_t i = 0; words && i < p->n_left; i++)
		words[i] = p->left[i].shown;
	if (words && p->n_left)
		print_words(cli, _("leaves"), words, p->n_left);
}

static void print_package(const struct cli *cli, const struct package *p)
{
	fprintf(cli->out, "%s  %s  %s  %s  %s\n", p->inf, p->version ? p->version : "-",
		p->date[0] ? p->date : "-", p->architecture ? p->architecture : "-",
		signature_words(p));
	if (p->description)
		print_words(cli, _("for"), &p->description, 1);
	const char *driver = arena_printf(cli->arena, "%s (%s)", p->service,
					  p->file ? p->file : "-");
	print_words(cli, _("driver"), &driver, 1);
	print_ids(cli, p);
	print_targets(cli, p);
	print_left(cli, p);
	print_words(cli, _("from"), &p->source, 1);
}

static void print_others(const struct cli *cli, const struct packages *all, size_t fits)
{
	if (!cli->all && fits < all->n)
		fprintf(cli->out,
			ngettext("%zu package does not fit; --all says why\n",
				 "%zu packages do not fit; --all says why\n", all->n - fits),
			all->n - fits);
	for (size_t i = fits; cli->all && i < all->n; i++) {
		if (i == fits)
			fprintf(cli->out, "%s\n", _("Packages that do not fit:"));
		fprintf(cli->out, "  %s\n      %s\n", all->items[i].source,
			all->items[i].why.shown);
	}
	for (size_t i = 0; i < all->n_problems; i++)
		fprintf(cli->out, " !  %s\n", all->problems[i].shown);
}

static void print_tie(const struct cli *cli, const struct target *t, const struct package **equal,
		      size_t n, void *ctx)
{
	(void)ctx;
	fprintf(cli->out, _("Equally good for %s:\n"), t->id);
	for (size_t i = 0; i < n; i++)
		fprintf(cli->out, "      %s\n", equal[i]->source);
}

static void print_drivers(const struct cli *cli, const struct packages *all, size_t fits)
{
	if (!fits)
		fprintf(cli->out, "%s\n", _("No driver package fits this Windows."));
	for (size_t i = 0; i < fits; i++) {
		print_package(cli, &all->items[i]);
		fputc('\n', cli->out);
	}
	each_tie(cli, all, print_tie, NULL);
	print_others(cli, all, fits);
}

int run_drivers(struct cli *cli)
{
	int status = 0;
	struct err err = {0};
	struct session *s = cli_open_windows(cli, cli->words[0], &status);
	if (!s)
		return status;
	const struct packages *all = session_packages(s, &err);
	size_t fits = 0;
	if (!all) {
		status = cli_fail(cli, &err);
		session_close(s);
		return status;
	}
	while (fits < all->n && all->items[fits].fits)
		fits++;
	status = s->interrupted ? err_exit_status(E_INTERRUPTED) : fits == 0;
	if (cli->json)
		json_drivers(cli, all, status);
	else
		print_drivers(cli, all, fits);
	session_close(s);
	return status;
}
