/* SPDX-License-Identifier: MIT */
/*
 * The call taken apart and checked against the tables. Options are found wherever they stand, a
 * long one also by a beginning that is no other's; "--" ends them. The words are not reordered
 * while this goes on, so a complaint names the word that is meant.
 */
#include "cli_internal.h"

#include <string.h>

/* ---- argv ---- */

struct reader {
	int argc, at;
	char *const *argv;
	struct call *call;
};

static int add(struct reader *r, enum option_id id, const char *value)
{
	r->call->given[r->call->n_given++] = (struct given){id, value};
	return 0;
}

/* An option with the rest of its word, or the next one, as its value. */
static int add_valued(struct reader *r, enum option_id id, const char *value, struct err *err)
{
	if (!value && r->at == r->argc)
		return err_set(err, E_USAGE, "\"%s\" wants a value", r->argv[r->at - 1]);
	return add(r, id, value ? value : r->argv[r->at++]);
}

/* The option of that name, or of the only name that begins so; OPTIONS for none. */
static enum option_id find_long(const char *name, size_t len)
{
	enum option_id found = OPTIONS;
	size_t n = 0;
	for (enum option_id id = 0; id < OPTIONS; id++) {
		if (strncmp(cli_options[id].name, name, len) != 0)
			continue;
		if (!cli_options[id].name[len])
			return id;
		n += found == OPTIONS || strcmp(cli_options[found].name, cli_options[id].name) != 0;
		found = found == OPTIONS ? id : found;
	}
	return n == 1 ? found : OPTIONS;
}

static int read_long(struct reader *r, const char *word, struct err *err)
{
	size_t len = strcspn(word + 2, "=");
	const char *value = word[2 + len] ? word + 3 + len : NULL;
	enum option_id id = find_long(word + 2, len);
	if (id == OPTIONS)
		return err_set(err, E_USAGE, "unknown option \"%.*s\"", (int)len + 2, word);
	if (option_takes_value(&cli_options[id]))
		return add_valued(r, id, value, err);
	if (value)
		return err_set(err, E_USAGE, "\"%.*s\" takes no value", (int)len + 2, word);
	return add(r, id, NULL);
}

static enum option_id find_letter(char letter)
{
	enum option_id id = 0;
	while (id < OPTIONS && cli_options[id].letter != letter)
		id++;
	return id;
}

/* "-r", "-ro FILE", "-oFILE" */
static int read_letters(struct reader *r, const char *word, struct err *err)
{
	for (const char *p = word + 1; *p; p++) {
		enum option_id id = find_letter(*p);
		if (id == OPTIONS && (p == word + 1 || (unsigned char)*p >= 0x80))
			return err_set(err, E_USAGE, "unknown option \"%s\"", word);
		if (id == OPTIONS)
			return err_set(err, E_USAGE, "unknown option \"-%c\" in \"%s\"", *p, word);
		if (option_takes_value(&cli_options[id]))
			return add_valued(r, id, p[1] ? p + 1 : NULL, err);
		add(r, id, NULL);
	}
	return 0;
}

int call_parse(int argc, char *const argv[], struct arena *arena, struct call *out, struct err *err)
{
	size_t room = 1; /* a word holds at most as many options as it has letters */
	for (int i = 1; i < argc; i++)
		room += argv[i][0] == '-' ? strlen(argv[i]) : 0;
	*out = (struct call){.words = arena_array(arena, (size_t)argc + 1, sizeof(char *), err),
			     .given = arena_array(arena, room, sizeof(*out->given), err)};
	if (!out->words || !out->given)
		return -1;
	struct reader r = {.argc = argc, .at = 1, .argv = argv, .call = out};
	bool ended = false;
	while (r.at < argc) {
		const char *word = argv[r.at++];
		int rc = 0;
		if (ended || word[0] != '-' || !word[1])
			out->words[out->n++] = word;
		else if (word[1] != '-')
			rc = read_letters(&r, word, err);
		else if (word[2])
			rc = read_long(&r, word, err);
		else
			ended = true;
		if (rc < 0)
			return -1;
	}
	return 0;
}

bool call_has(const struct call *call, enum option_id id)
{
	for (size_t i = 0; i < call->n_given; i++)
		if (call->given[i].id == id)
			return true;
	return false;
}

/* ---- against the command's row ---- */

/* Of options that share a name the one that the command takes. */
static enum option_id of_command(const struct cli_command *command, enum option_id id)
{
	for (enum option_id other = 0; other < OPTIONS; other++)
		if (strcmp(cli_options[other].name, cli_options[id].name) == 0 &&
		    command_takes(command, other))
			return other;
	return id;
}

static int check_options(const struct call *call, const struct cli_command *command,
			 struct err *err)
{
	bool seen[OPTIONS] = {false};
	for (size_t i = 0; i < call->n_given; i++) {
		enum option_id id = call->given[i].id;
		const struct cli_option *option = &cli_options[id];
		if (!command_takes(command, id))
			return err_set(err, E_USAGE, "%s does not take --%s",
				       *command->name ? command->name
						      : SAID_ARG(said_of("the screen")),
				       option->name);
		if (seen[id] && option_takes_value(option) && !option->many)
			return err_set(err, E_USAGE, "--%s stands twice", option->name);
		seen[id] = true;
	}
	return 0;
}

/* A run of alternatives, "--undo|--finish": at most one of them is given, with USE_ONE exactly one. */
static int check_alternatives(const struct call *call, const struct cli_command *command,
			      struct err *err)
{
	for (const struct cli_use *use = command->uses; use->what != USES_END; use++) {
		const struct cli_use *before = use - 1;
		if (use->how != USE_OR)
			continue;
		const char *a = cli_options[before->what].name, *b = cli_options[use->what].name;
		bool has_a = call_has(call, (enum option_id)before->what),
		     has_b = call_has(call, (enum option_id)use->what);
		if (has_a && has_b)
			return err_set(err, E_USAGE, "--%s and --%s do not go together", a, b);
		if (before->how == USE_ONE && !has_a && !has_b)
			return err_set(err, E_USAGE, "%s wants --%s or --%s", command->name, a, b);
	}
	return 0;
}

static int check_operands(const struct call *call, const struct cli_command *command, size_t n,
			  struct err *err)
{
	const struct cli_form *form = &command->forms[0];
	if (command->forms[1].operands && call_has(call, command->forms[1].with))
		form = &command->forms[1];
	if (n >= form->least && n <= form->most)
		return 0;
	return err_set(err, E_USAGE,
		       n < form->least ? "an operand is missing: stop7b %s%s%s%s%s%s"
				       : N_("too many operands: stop7b %s%s%s%s%s%s"),
		       command->name, *command->name ? " " : "", form->with < OPTIONS ? "--" : "",
		       form->with < OPTIONS ? cli_options[form->with].name : "",
		       form->with < OPTIONS ? " ... " : "", form->operands);
}

static void hand_lists(struct cli *cli)
{
	cli->session.targets = cli->targets.items;
	cli->session.n_targets = cli->targets.n;
	cli->session.only = cli->only.items;
	cli->session.n_only = cli->only.n;
	cli->session.allow = cli->allow.items;
	cli->session.n_allow = cli->allow.n;
	cli->session.drivers = cli->drivers.items;
	cli->session.n_drivers = cli->drivers.n;
}

int call_take(const struct call *call, const struct cli_command *command, struct cli *cli,
	      struct err *err)
{
	bool named = *command->name;
	cli->words = call->words + named;
	cli->n = call->n - named;
	for (size_t i = 0; i < call->n_given; i++)
		call->given[i].id = of_command(command, call->given[i].id);
	if (check_options(call, command, err) < 0)
		return -1;
	cli->json = call_has(call, OPT_JSON); /* complaints about the rest are objects too */
	if (check_alternatives(call, command, err) < 0 ||
	    check_operands(call, command, cli->n, err) < 0)
		return -1;
	for (size_t i = 0; i < call->n_given; i++) {
		const struct cli_option *option = &cli_options[call->given[i].id];
		if (option->take(cli, option, call->given[i].value, err) < 0)
			return -1;
	}
	hand_lists(cli);
	return 0;
}
