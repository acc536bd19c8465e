/* SPDX-License-Identifier: MIT */
/*
 * bcd: a boot store as `bcdedit /enum all /v` would print it, from a file of this machine or from
 * inside an image. What could not be decoded is shown in hex where it stands and said once more at
 * the end; a store that is not whole ends with status 1.
 */
#include "cli_internal.h"

#include "stop7b/session_store.h"

static void complain(const struct cli *cli, const char *name, const char *what)
{
	fprintf(cli->err, "stop7b: %s: %s\n", name, what);
}

static const char *kind_of(const struct bcd_object *object)
{
	return object->kind ? object->kind : _("unknown object");
}

/* Everything that the text shows in hex, object by object. */
static void complain_of_objects(const struct cli *cli, const char *name,
				const struct bcd_store *store)
{
	for (size_t i = 0; i < store->n; i++)
		if (store->objects[i].problem)
			fprintf(cli->err, "stop7b: %s: %s (%s): %s\n", name, store->objects[i].guid,
				kind_of(&store->objects[i]), store->objects[i].problem);
}

static void complain_of(const struct cli *cli, const char *name, const struct bcd_store *store)
{
	complain_of_objects(cli, name, store);
	if (store->note)
		complain(cli, name, store->note);
	if (!store->whole) {
		complain(cli, name, store->problem ? store->problem : _("it is damaged"));
		complain(cli, name, _("the store is not whole; no plan should be made from it"));
	}
}

static int print_store(const struct cli *cli, const char *name, const struct bcd_store *store)
{
	char *text;
	struct err err = {0};
	if (bcd_print(store, cli->arena, &text, &err) < 0)
		return cli_fail(cli, &err);
	fputs(text, cli->out);
	fflush(cli->out); /* complaints stand behind what they are about */
	complain_of(cli, name, store);
	return store->whole ? 0 : 1;
}

int run_bcd(struct cli *cli)
{
	const char *name;
	struct bcd_store store;
	struct err err = {0};
	if (session_store_read(cli->words[0], &cli->session.image, cli->arena, &store, &name,
			       &err) < 0)
		return cli_fail(cli, &err);
	if (!cli->json)
		return print_store(cli, name, &store);
	cli_json(cli, json_bcd(name, &store));
	return store.whole ? 0 : 1;
}
