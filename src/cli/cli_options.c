/* SPDX-License-Identifier: MIT */
/*
 * Options: one table row each, with what it means, which words it may take, and where its value
 * goes. Which command takes which option stands in cli_commands.c. Nothing is opened here.
 */
#include "cli_internal.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/report.h"

#define SCREEN_MAX 1000 /* columns or rows of a test screen */

#define AT(cli, type, option) ((type *)((char *)(cli) + (option)->to))

/* ---- words to choose from ---- */

/* Older names of targets, behind all others. */
static const char *target_alias(size_t i)
{
	size_t n;
	const struct target *all = catalogue_targets(&n);
	for (size_t t = 0; t < n; t++)
		for (const char *const *a = all[t].aliases; a && *a; a++)
			if (i-- == 0)
				return *a;
	return NULL;
}

static const char *target_choice(size_t i)
{
	static const char *const classes[] = {"portable", "last", "all"};
	size_t n, first = sizeof(classes) / sizeof(classes[0]);
	const struct target *all = catalogue_targets(&n);
	if (i < first)
		return classes[i];
	return i - first < n ? all[i - first].id : target_alias(i - first - n);
}

static const char *machine_choice(size_t i)
{
	static const char *const words[] = {MACHINE_NEW, MACHINE_LAST};
	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

/* The guards that --allow overrides. */
static const char *guard_choice(size_t i)
{
	for (size_t code = 0; code < GUARD_CODES; code++)
		if (guard_kinds[code].override == OVERRIDE_ALLOW && i-- == 0)
			return guard_kinds[code].id;
	return NULL;
}

static const char *color_choice(size_t i)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

/* "auto, always or never" */
static const char *choices(const struct cli_option *option, struct arena *arena)
{
	const char *all = "";
	for (size_t i = 0; all && option->choice(i); i++)
		all = arena_printf(arena, "%s%s%s", all,
				   i == 0                          ? ""
				   : option->choice(i + 1) == NULL ? " or "
								   : ", ",
				   option->choice(i));
	return all ? all : "";
}

static int choose(struct cli *cli, const struct cli_option *option, const char *value, size_t *out,
		  struct err *err)
{
	for (size_t i = 0; option->choice(i); i++)
		if (text_equal(option->choice(i), value)) {
			*out = i;
			return 0;
		}
	if (option->listed_by)
		return err_set(err, E_USAGE, "unknown %s \"%s\"; %s lists them", option->name,
			       value, option->listed_by);
	return err_set(err, E_USAGE, "--%s is %s, not \"%s\"", option->name,
		       choices(option, cli->arena), value);
}

/* ---- values ---- */

static int take_flag(struct cli *cli, const struct cli_option *option, const char *value,
		     struct err *err)
{
	(void)value;
	(void)err;
	*AT(cli, bool, option) = true;
	return 0;
}

static int take_text(struct cli *cli, const struct cli_option *option, const char *value,
		     struct err *err)
{
	(void)err;
	*AT(cli, const char *, option) = value;
	return 0;
}

static int take_choice(struct cli *cli, const struct cli_option *option, const char *value,
		       struct err *err)
{
	size_t i;
	if (choose(cli, option, value, &i, err) < 0)
		return -1;
	*AT(cli, unsigned, option) = (unsigned)i;
	return 0;
}

static int take_number(struct cli *cli, const struct cli_option *option, const char *value,
		       struct err *err)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);
	if (end == value || *end || n == 0 || n > INT_MAX)
		return err_set(err, E_USAGE, "--%s wants a number from 1, not \"%s\"", option->name,
			       value);
	*AT(cli, unsigned, option) = (unsigned)n;
	return 0;
}

/* A list that is full when its length is a power of two, or empty, gets room for as many again. */
static int take_word(struct cli *cli, const struct cli_option *option, const char *value,
		     struct err *err)
{
	struct cli_list *list = AT(cli, struct cli_list, option);
	size_t which;
	if (option->choice && choose(cli, option, value, &which, err) < 0)
		return -1;
	if ((list->n & (list->n - 1)) == 0) {
		const char **more = arena_array(cli->arena, list->n ? 2 * list->n : 1,
						sizeof(*more), err);
		if (!more)
			return -1;
		if (list->n > 0)
			memcpy(more, list->items, list->n * sizeof(*more));
		list->items = more;
	}
	list->items[list->n++] = value;
	return 0;
}

static int take_names(struct cli *cli, const struct cli_option *option, const char *value,
		      struct err *err)
{
	char *copy = arena_strdup(cli->arena, value), *rest = NULL;
	size_t before = cli->only.n;
	if (!copy)
		return no_memory(err);
	for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		if (take_word(cli, option, name, err) < 0)
			return -1;
	if (cli->only.n == before)
		return err_set(err, E_USAGE, "--%s wants a name", option->name);
	return 0;
}

static int take_sets(struct cli *cli, const struct cli_option *option, const char *value,
		     struct err *err)
{
	cli->session.all_control_sets = strcmp(value, "all") == 0;
	return cli->session.all_control_sets ? 0 : take_number(cli, option, value, err);
}

/* Which numbers there are is known when the image is open. */
static int take_machine(struct cli *cli, const struct cli_option *option, const char *value,
			struct err *err)
{
	bool number = *value && value[strspn(value, "0123456789")] == '\0';
	cli->session.machine = value;
	if (number || text_equal(value, MACHINE_NEW) || text_equal(value, MACHINE_LAST))
		return 0;
	return err_set(err, E_USAGE, "--%s is new, last or a number, not \"%s\"", option->name,
		       value);
}

static int take_screen(struct cli *cli, const struct cli_option *option, const char *value,
		       struct err *err)
{
	char *end;
	long w = strtol(value, &end, 10);
	long h = *end == 'x' ? strtol(end + 1, &end, 10) : 0;
	if (*end || w < 1 || h < 1 || w > SCREEN_MAX || h > SCREEN_MAX)
		return err_set(err, E_USAGE, "--%s wants WIDTHxHEIGHT, not \"%s\"", option->name,
			       value);
	cli->width = (int)w;
	cli->height = (int)h;
	return 0;
}

/* ---- the table ---- */

#define FLAG(member) .take = take_flag, .to = offsetof(struct cli, member)
#define TEXT(member) .take = take_text, .to = offsetof(struct cli, member)
#define LIST(member) .many = true, .take = take_word, .to = offsetof(struct cli, member)

const struct cli_option cli_options[OPTIONS] = {
	[OPT_JSON] = {"json", .summary = N_("JSON instead of lines"), FLAG(json)},
	[OPT_YES] = {"yes", .summary = N_("write; without it the changes are only shown"),
		     FLAG(yes)},
	[OPT_LIST] = {"list", .summary = N_("show the records of the last applies"), FLAG(list)},
	[OPT_UNDO] = {"undo", .summary = N_("put the old bytes back"), FLAG(undo)},
	[OPT_FINISH] = {"finish", .summary = N_("write the rest of the new bytes"), FLAG(finish)},
	[OPT_RECORD] = {"record", .value = "FILE", .complete = COMPLETE_FILES,
			.summary = N_("the undo record, wherever it lies"), TEXT(session.record)},
	[OPT_EXPORT] = {"export", .summary = N_("as a registry text, in UTF-16"),
			FLAG(export_text)},
	[OPT_ADD] = {"add", .summary = N_("add an entry for the disk instead"), FLAG(add)},
	[OPT_BCD] = {"bcd", .value = "STORE", .complete = COMPLETE_FILES,
		     .summary = N_("the host's boot store, a file or IMAGE:N:\\PATH"), LIST(bcd)},
	[OPT_STORE] = {"store", .value = "WINPATH",
		       .summary = N_("the store is an offline one, there on the host"),
		       TEXT(store)},
	[OPT_VHD] = {"vhd", .value = "WINPATH",
		     .summary = N_("the disk's path on the host, D:\\vhd\\win7.vhd"), TEXT(vhd)},
	[OPT_ENTRY] = {"entry", .value = "GUID",
		       .summary = N_("plan this entry by hand, whatever it starts"), LIST(entries)},
	[OPT_LISTING] =
		{"listing", .value = "FILE", .complete = COMPLETE_FILES,
		 .summary = N_(
			 "paths of all virtual disks on the host, one a line: entries that have "
			 "lost theirs are named, for --entry; --vhd and IMAGE as without it"),
		 TEXT(listing)},
	[OPT_FORMAT] = {"format", .choice = plan_format_choice,
			.summary = N_("form of the plan; cmd is the default"), .take = take_choice,
			.to = offsetof(struct cli, format)},
	[OPT_PAGE_FORMAT] = {"format", .choice = report_format_name,
			     .summary = N_("form of the page; else as the end of FILE says, or md"),
			     .take = take_choice, .to = offsetof(struct cli, page_format)},
	[OPT_OUTPUT] = {"output", 'o', .value = "FILE", .complete = COMPLETE_FILES,
			.summary = N_("save it there instead of printing it"), TEXT(output)},
	[OPT_HIVE] = {"hive", .value = "N:\\PATH",
		      .summary = N_("a hive of partition N instead of SYSTEM"), TEXT(hive)},
	[OPT_FILE] = {"file", .value = "X.reg", .complete = COMPLETE_FILES,
		      .summary = N_("do what this registry text says"), TEXT(file)},
	[OPT_TARGET] = {"target", .value = "T", .choice = target_choice,
			.listed_by = "stop7b targets",
			.summary = N_("a machine from stop7b targets; portable is the default"),
			LIST(targets)},
	[OPT_MACHINE] = {"machine", .value = "new|last|N", .choice = machine_choice,
			 .summary = N_("whose overrides count: machine number N, or one of"),
			 .take = take_machine},
	[OPT_ONLY] = {"only", .value = "NAME,...", .summary = N_("repair these services only"),
		      .many = true, .take = take_names, .to = offsetof(struct cli, only)},
	[OPT_CONTROL_SET] = {"control-set", .value = "N|all",
			     .summary = N_("not only the set that boots"), .take = take_sets,
			     .to = offsetof(struct cli, session.control_set)},
	[OPT_PARTITION] = {"partition", .value = "N", .summary = N_("the Windows on partition N"),
			   .take = take_number, .to = offsetof(struct cli, session.partition)},
	[OPT_ROOT] = {"root", .value = "PATH", .summary = N_("the Windows in this folder"),
		      TEXT(session.root)},
	[OPT_REMOVE_OVERRIDES] = {"remove-overrides",
				  .summary = N_(
					  "delete StartOverride keys instead of setting 0 in them"),
				  FLAG(session.remove_overrides)},
	[OPT_ALLOW] = {"allow", .value = "GUARD", .choice = guard_choice,
		       .summary = N_("write although this guard is raised"), LIST(allow)},
	[OPT_DRIVERS] = {"drivers", .value = "PATH", .complete = COMPLETE_FILES,
			 .summary = N_("driver packages: a folder, an .inf, .iso, .zip or .cab"),
			 LIST(drivers)},
	[OPT_ALL] = {"all", .summary = N_("those that do not fit too, and why"), FLAG(all)},
	[OPT_SUMMARY] = {"summary",
			 .summary = N_("one line an image, and how many there are of each"),
			 FLAG(summary)},
	[OPT_BRIEF] = {"brief",
		       .summary = N_("with --json: what a fleet is asked for, and no more"),
		       FLAG(brief)},
	[OPT_PARENT] = {"parent", .value = "PATH", .complete = COMPLETE_FILES,
			.summary = N_("the parent of a differencing disk"),
			TEXT(session.image.parent)},
	[OPT_UNDO_DIR] = {"undo-dir", .value = "DIR", .complete = COMPLETE_FOLDERS,
			  .summary = N_("undo records are there, not beside the image"),
			  TEXT(session.undo_dir)},
	[OPT_FORCE_PARENT] = {"force-parent",
			      .summary = N_("write although this disk is another one's parent"),
			      FLAG(session.force_parent)},
	[OPT_READ_ONLY] = {"read-only", 'r', .summary = N_("refuse to write"),
			   FLAG(session.read_only)},
	[OPT_COLOR] = {"color", .choice = color_choice, .summary = N_("colours on the screen"),
		       .take = take_choice, .to = offsetof(struct cli, color)},
	[OPT_KEYS] = {"keys", .value = "KEYS", .hidden = true, .summary = N_("press these keys"),
		      TEXT(keys)},
	[OPT_SCREEN] = {"screen", .value = "WxH", .hidden = true,
			.summary = N_("print a screen of that size"), .take = take_screen},
	[OPT_HELP] = {"help", 'h', .summary = N_("show this")},
	[OPT_VERSION] = {"version", 'V', .summary = N_("show the version")},
};

bool option_takes_value(const struct cli_option *option)
{
	return option->value || option->choice;
}
