/* SPDX-License-Identifier: MIT */
/*
 * targets: what the catalogue knows of machines, group by group. No image is opened.
 */
#include "cli_internal.h"

#include "stop7b/i18n.h"

static json_t *json_names(const char *const *names)
{
	size_t n = 0;
	while (names && names[n])
		n++;
	return json_texts(names, n);
}

static json_t *json_target_row(const struct target *t)
{
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:o}", "id", t->id,
			 "aliases", json_names(t->aliases), "group", catalogue_group(t->group),
			 "title", t->title, "words", t->words, "hardware", t->ids[0], "ids",
			 json_names(t->ids), "firmware", catalogue_firmware(t->firmware),
			 "portable", t->portable != PORTABLE_NO, "unseen", json_text(t->unseen));
}

static void print_targets(const struct cli *cli, const struct target *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || t[i].group != t[i - 1].group)
			fprintf(cli->out, "%s%s:\n", i ? "\n" : "", _(catalogue_group(t[i].group)));
		fprintf(cli->out, "%-19s %s\n", t[i].id, _(t[i].title));
	}
	fprintf(cli->out, "\n%s:\n%-19s %s\n%-19s %s\n%-19s %s\n", _("several at once"), "portable",
		_("every target that this Windows has drivers for (the default)"), "last",
		_("the machine it last ran on"), "all", _("each of the targets above"));
}

int run_targets(struct cli *cli)
{
	size_t n;
	const struct target *t = catalogue_targets(&n);
	if (!cli->json) {
		print_targets(cli, t, n);
		return 0;
	}
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_target_row(&t[i]));
	cli_json(cli, json_pack("{s:s, s:o}", "schema", "stop7b.targets/1", "targets", list));
	return 0;
}
