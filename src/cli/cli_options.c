/* SPDX-License-Identifier: MIT */
/*
 * Options: one table row each, with where its value goes. getopt_long() finds them wherever they
 * stand; everything else is an operand. Nothing is opened here.
 */
#include "cli_internal.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX   32   /* repeated options and comma-separated names */
#define SCREEN_MAX 1000 /* columns or rows of a test screen */

struct row;
typedef int take_value(struct cli *cli, const struct row *row, const char *value, struct err *err);

struct row {
	const char *name;
	int letter; /* 0: none */
	take_value *take;
	size_t offset; /* in struct cli, where take uses it */
};

static int take_flag(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	*(bool *)((char *)cli + row->offset) = true;
	return 0;
}

static int take_text(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	const char **to = (const char **)((char *)cli + row->offset);
	if (*to)
		return err_set(err, E_USAGE, "--%s stands twice", row->name);
	*to = value;
	return 0;
}

static int number(const char *value, const char *name, unsigned *out, struct err *err)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);
	if (end == value || *end || n == 0 || n > INT_MAX)
		return err_set(err, E_USAGE, "--%s wants a number from 1, not \"%s\"", name, value);
	*out = (unsigned)n;
	return 0;
}

static int take_number(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	return number(value, row->name, (unsigned *)((char *)cli + row->offset), err);
}

/* A growing list of words and its length; both members of struct session_options. */
static int add_word(struct cli *cli, const char *const **list, size_t *n, const char *word,
		    struct err *err)
{
	if (*n == LIST_MAX)
		return err_set(err, E_USAGE, "more than %d of one option", LIST_MAX);
	const char **copy = arena_array(cli->arena, *n + 1, sizeof(*copy), err);
	if (!copy)
		return -1;
	if (*n > 0)
		memcpy(copy, *list, *n * sizeof(*copy));
	copy[(*n)++] = word;
	*list = copy;
	return 0;
}

static int take_target(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	(void)row;
	return add_word(cli, &cli->session.targets, &cli->session.n_targets, value, err);
}

static int take_allow(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	static const char *const guards[] = {"ntfs-log", "dirty-volume", "saved-state"};
	bool known = false;
	(void)row;
	for (size_t i = 0; i < sizeof(guards) / sizeof(guards[0]); i++)
		known |= strcmp(guards[i], value) == 0;
	if (!known)
		return err_set(err, E_USAGE,
			       "--allow is ntfs-log, dirty-volume or saved-state, not \"%s\"",
			       value);
	return add_word(cli, &cli->session.allow, &cli->session.n_allow, value, err);
}

static int take_bcd(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	(void)row;
	return add_word(cli, &cli->bcd, &cli->n_bcd, value, err);
}

static int take_entry(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	(void)row;
	return add_word(cli, &cli->entries, &cli->n_entries, value, err);
}

static int take_only(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	char *copy = arena_strdup(cli->arena, value), *rest = NULL;
	(void)row;
	if (!copy)
		return err_set(err, E_MEMORY, "no memory");
	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		if (add_word(cli, &cli->session.only, &cli->session.n_only, name, err) < 0)
			return -1;
	return 0;
}

static int take_sets(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	cli->session.all_control_sets = strcmp(value, "all") == 0;
	if (cli->session.all_control_sets)
		return 0;
	return number(value, row->name, &cli->session.control_set, err);
}

static int take_color(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
	(void)row;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) != 0)
			continue;
		cli->color = (enum color_when)i;
		return 0;
	}
	return err_set(err, E_USAGE, "--color is auto, always or never, not \"%s\"", value);
}

static int take_screen(struct cli *cli, const struct row *row, const char *value, struct err *err)
{
	char *end;
	long w = strtol(value, &end, 10);
	long h = *end == 'x' ? strtol(end + 1, &end, 10) : 0;
	(void)row;
	if (*end || w < 1 || h < 1 || w > SCREEN_MAX || h > SCREEN_MAX)
		return err_set(err, E_USAGE, "--screen wants WIDTHxHEIGHT, not \"%s\"", value);
	cli->width = (int)w;
	cli->height = (int)h;
	return 0;
}

#define FLAG(name, letter, member)                                                                 \
	{                                                                                          \
		name, letter, take_flag, offsetof(struct cli, member)                              \
	}
#define TEXT(name, letter, member)                                                                 \
	{                                                                                          \
		name, letter, take_text, offsetof(struct cli, member)                              \
	}

static const struct row rows[] = {
	FLAG("json", 0, json),
	FLAG("yes", 0, yes),
	FLAG("list", 0, list),
	FLAG("undo", 0, undo),
	FLAG("finish", 0, finish),
	FLAG("read-only", 'r', session.read_only),
	FLAG("force-parent", 0, session.force_parent),
	{"target", 0, take_target, 0},
	{"only", 0, take_only, 0},
	{"allow", 0, take_allow, 0},
	{"control-set", 0, take_sets, 0},
	{"partition", 0, take_number, offsetof(struct cli, session.partition)},
	TEXT("root", 0, session.root),
	TEXT("parent", 0, session.image.parent),
	TEXT("undo-dir", 0, session.undo_dir),
	TEXT("hive", 0, hive),
	TEXT("file", 0, file),
	FLAG("export", 0, export_text),
	FLAG("remove-overrides", 0, session.remove_overrides),
	TEXT("vhd", 0, vhd),
	TEXT("store", 0, store),
	{"bcd", 0, take_bcd, 0},
	{"entry", 0, take_entry, 0},
	FLAG("add", 0, add),
	TEXT("format", 0, format),
	TEXT("listing", 0, listing),
	TEXT("output", 'o', output),
	{"color", 0, take_color, 0},
	TEXT("keys", 0, keys),
	{"screen", 0, take_screen, 0},
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* ---- getopt ---- */

#define FIRST_LONG 256 /* getopt's code for row 0; letters stay below */

static void build_tables(struct option longs[N_ROWS + 1], char letters[2 * N_ROWS + 2])
{
	char *p = letters;
	*p++ = ':'; /* a missing value is told apart from an unknown option */
	for (size_t i = 0; i < N_ROWS; i++) {
		bool has_value = rows[i].take != take_flag;
		longs[i] = (struct option){rows[i].name,
					   has_value ? required_argument : no_argument, NULL,
					   FIRST_LONG + (int)i};
		if (rows[i].letter)
			*p++ = (char)rows[i].letter;
		if (rows[i].letter && has_value)
			*p++ = ':';
	}
	*p = '\0';
	longs[N_ROWS] = (struct option){0};
}

static const struct row *row_of(int code)
{
	if (code >= FIRST_LONG)
		return &rows[code - FIRST_LONG];
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].letter == code)
			return &rows[i];
	return NULL;
}

int cli_options(struct cli *cli, int argc, char *const argv[], struct err *err)
{
	struct option longs[N_ROWS + 1];
	char letters[2 * N_ROWS + 2];
	char **words = arena_array(cli->arena, (size_t)argc + 1, sizeof(char *), err);
	if (!words)
		return -1;
	memcpy(words, argv, (size_t)argc * sizeof(char *));
	build_tables(longs, letters);
	opterr = 0;
	optind = 0; /* glibc: start over */
	for (int c; (c = getopt_long(argc, words, letters, longs, NULL)) != -1;) {
		const char *word = words[optind - 1];
		if (c == '?')
			return err_set(err, E_USAGE, "unknown option \"%s\"", word);
		if (c == ':')
			return err_set(err, E_USAGE, "\"%s\" wants a value", word);
		const struct row *row = row_of(c);
		if (row->take(cli, row, optarg, err) < 0)
			return -1;
	}
	cli->words = (const char *const *)&words[optind];
	cli->n = (size_t)(argc - optind);
	return 0;
}
