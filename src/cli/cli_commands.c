/* SPDX-License-Identifier: MIT */
/*
 * Commands: one table row each, with the options and groups of options that it takes and its
 * operands. What stands in no row is refused before anything is opened.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/explain.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define USES(...)  ((const struct cli_use[]){__VA_ARGS__{USES_END, USE_MAY}})
#define IDS(...)   ((const enum option_id[]){__VA_ARGS__, OPTIONS})
#define MAY(id)    {(id), USE_MAY},
#define OR(id)     {(id), USE_OR},
#define ONE(id)    {(id), USE_ONE},
#define EVERYWHERE MAY(GROUP_EVERYWHERE)

const struct cli_group cli_groups[GROUPS] = {
	[GROUP_SELECT -
	 OPTIONS] = {"select", N_("which Windows, for which machines, which repairs"),
		     IDS(OPT_TARGET, OPT_MACHINE, OPT_ONLY, OPT_CONTROL_SET, OPT_PARTITION,
			 OPT_ROOT, OPT_REMOVE_OVERRIDES, OPT_DRIVERS, OPT_ALLOW)},
	[GROUP_WHICH - OPTIONS] = {"which", N_("which Windows, when there are several"),
				   IDS(OPT_PARTITION, OPT_ROOT)},
	[GROUP_EVERYWHERE - OPTIONS] = {"everywhere", N_("wherever an image is opened"),
					IDS(OPT_PARENT, OPT_UNDO_DIR, OPT_FORCE_PARENT,
					    OPT_READ_ONLY, OPT_COLOR)},
};

/* "offline", then what explain knows. */
static const char *word_choice(size_t i)
{
	return i == 0 ? "offline" : explain_choice(i - 1);
}

#define IMAGE                                                                                      \
	{                                                                                          \
		{                                                                                  \
			"IMAGE", 1, 1, OPTIONS                                                     \
		}                                                                                  \
	}

const struct cli_command cli_commands[] = {
	{"", N_("open the screen; without a terminal the same as check"),
	 USES(MAY(OPT_BCD) MAY(OPT_VHD) MAY(OPT_KEYS) MAY(OPT_SCREEN) MAY(GROUP_SELECT) EVERYWHERE),
	 IMAGE, COMPLETE_FILES, NULL, run_screen},
	{"check",
	 N_("will it boot there: verdict and findings"),
	 USES(MAY(OPT_JSON) MAY(OPT_SUMMARY) MAY(OPT_BRIEF) MAY(GROUP_SELECT) EVERYWHERE),
	 {{"IMAGE...", 1, SIZE_MAX, OPTIONS}},
	 COMPLETE_FILES,
	 NULL,
	 run_check},
	{"targets",
	 N_("the targets it knows"),
	 USES(MAY(OPT_JSON)),
	 {{"", 0, 0, OPTIONS}},
	 COMPLETE_NOTHING,
	 NULL,
	 run_targets},
	{"boot", N_("boot rehearsal: what loads, in which order, where it stops"),
	 USES(MAY(OPT_JSON) MAY(GROUP_SELECT) EVERYWHERE), IMAGE, COMPLETE_FILES, NULL, run_boot},
	{"explain",
	 N_("a rule, target, guard, verdict or exit status in plain words; or the list"),
	 USES(),
	 {{"[WORD|offline]", 0, 1, OPTIONS}},
	 COMPLETE_NOTHING,
	 word_choice,
	 run_explain},
	{"diff", N_("what fix would change; writes nothing"),
	 USES(MAY(OPT_JSON) MAY(GROUP_SELECT) EVERYWHERE), IMAGE, COMPLETE_FILES, NULL, run_diff},
	{"fix", N_("repair; without --yes shows the changes and exits 1"),
	 USES(MAY(OPT_JSON) MAY(OPT_YES) MAY(GROUP_SELECT) EVERYWHERE), IMAGE, COMPLETE_FILES, NULL,
	 run_fix},
	{"report", N_("one page for a ticket: verdict, targets, findings, what fix would write"),
	 USES(MAY(OPT_PAGE_FORMAT) MAY(OPT_OUTPUT) MAY(GROUP_SELECT) EVERYWHERE), IMAGE,
	 COMPLETE_FILES, NULL, run_report},
	{"drivers", N_("driver packages that fit this Windows, and the targets each serves"),
	 USES(MAY(OPT_JSON) MAY(OPT_ALL) MAY(GROUP_WHICH) MAY(OPT_DRIVERS) EVERYWHERE), IMAGE,
	 COMPLETE_FILES, NULL, run_drivers},
	{"set",
	 N_("set values of a hive by hand, or what a registry text says"),
	 USES(MAY(OPT_JSON) MAY(OPT_YES) MAY(GROUP_WHICH) MAY(OPT_ALLOW) MAY(OPT_HIVE) EVERYWHERE),
	 {{"IMAGE KEY NAME TYPE [DATA]...", 4, SIZE_MAX, OPTIONS}, {"IMAGE", 1, 1, OPT_FILE}},
	 COMPLETE_FILES,
	 NULL,
	 run_set},
	{"aid",
	 N_("first aid: see the stop code, safe mode, last known good, a service off"),
	 USES(MAY(OPT_JSON) MAY(OPT_YES) MAY(GROUP_WHICH) MAY(OPT_ALLOW) EVERYWHERE),
	 {{"IMAGE [ACTION [NAME]]", 1, 3, OPTIONS}},
	 COMPLETE_FILES,
	 aid_choice,
	 run_aid},
	{"undo", N_("put the last applied change back"), USES(MAY(OPT_YES) OR(OPT_LIST) EVERYWHERE),
	 IMAGE, COMPLETE_FILES, NULL, run_undo},
	{"recover", N_("after an interrupted apply: all old or all new bytes"),
	 USES(MAY(OPT_YES) MAY(OPT_RECORD) ONE(OPT_UNDO) OR(OPT_FINISH) EVERYWHERE), IMAGE,
	 COMPLETE_FILES, NULL, run_recover},
	{"plan",
	 N_("a text for the host that removes the disk's entry from its boot menu, or adds one"),
	 USES(MAY(OPT_BCD) MAY(OPT_STORE) MAY(OPT_VHD) MAY(OPT_ENTRY) MAY(OPT_ADD) MAY(OPT_LISTING)
		      MAY(OPT_FORMAT) MAY(OPT_OUTPUT) EVERYWHERE),
	 {{"[IMAGE]", 0, 1, OPTIONS}},
	 COMPLETE_FILES,
	 NULL,
	 run_plan},
	{"bcd",
	 N_("a boot store as bcdedit prints it; STORE is a file or IMAGE:N:\\PATH"),
	 USES(MAY(OPT_JSON) EVERYWHERE),
	 {{"STORE", 1, 1, OPTIONS}},
	 COMPLETE_FILES,
	 NULL,
	 run_bcd},
	{"ls",
	 N_("partitions; a directory of partition N"),
	 USES(MAY(OPT_JSON) EVERYWHERE),
	 {{"IMAGE [N[:\\PATH]]", 1, 2, OPTIONS}},
	 COMPLETE_FILES,
	 NULL,
	 run_ls},
	{"cat",
	 N_("a file's bytes to standard output"),
	 USES(EVERYWHERE),
	 {{"IMAGE N:\\PATH", 2, 2, OPTIONS}},
	 COMPLETE_FILES,
	 NULL,
	 run_cat},
	{"reg",
	 N_("keys and values of a hive"),
	 USES(MAY(OPT_JSON) OR(OPT_EXPORT) MAY(GROUP_WHICH) MAY(OPT_HIVE) EVERYWHERE),
	 {{"IMAGE [KEY]", 1, 2, OPTIONS}},
	 COMPLETE_FILES,
	 NULL,
	 run_reg},
};
const size_t cli_n_commands = COUNT(cli_commands);

const struct cli_command *cli_command_named(const char *name)
{
	for (size_t i = 1; i < cli_n_commands; i++)
		if (strcmp(cli_commands[i].name, name) == 0)
			return &cli_commands[i];
	return NULL;
}

static bool group_has(const struct cli_group *group, enum option_id id)
{
	const enum option_id *at = group->options;
	while (*at != OPTIONS && *at != id)
		at++;
	return *at == id;
}

bool command_takes(const struct cli_command *command, enum option_id id)
{
	for (const struct cli_use *use = command->uses; use->what != USES_END; use++)
		if (use->what == (int)id ||
		    (use->what >= OPTIONS && group_has(&cli_groups[use->what - OPTIONS], id)))
			return true;
	return id == OPT_HELP || id == OPT_VERSION ||
	       (command->forms[1].operands && command->forms[1].with == id);
}
