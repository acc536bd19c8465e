/* SPDX-License-Identifier: MIT */
/*
 * The command line as tables: options, groups of options, commands. What is checked before an
 * image is opened, what -h prints, the manual's synopsis and a shell's completion are all made
 * from them.
 */
#ifndef STOP7B_CLI_TABLE_H
#define STOP7B_CLI_TABLE_H

#include <stdio.h>

#include "stop7b/session.h"

struct cli;

enum option_id {
	OPT_JSON,
	OPT_YES,
	OPT_LIST,
	OPT_UNDO,
	OPT_FINISH,
	OPT_RECORD,
	OPT_EXPORT,
	OPT_ADD,
	OPT_BCD,
	OPT_STORE,
	OPT_VHD,
	OPT_ENTRY,
	OPT_LISTING,
	OPT_FORMAT,
	OPT_PAGE_FORMAT,
	OPT_OUTPUT,
	OPT_HIVE,
	OPT_FILE,
	OPT_TARGET,
	OPT_MACHINE,
	OPT_ONLY,
	OPT_CONTROL_SET,
	OPT_PARTITION,
	OPT_ROOT,
	OPT_REMOVE_OVERRIDES,
	OPT_ALLOW,
	OPT_DRIVERS,
	OPT_ALL,
	OPT_SUMMARY,
	OPT_BRIEF,
	OPT_PARENT,
	OPT_UNDO_DIR,
	OPT_FORCE_PARENT,
	OPT_READ_ONLY,
	OPT_COLOR,
	OPT_KEYS,
	OPT_SCREEN,
	OPT_HELP, /* every command takes these two */
	OPT_VERSION,
	OPTIONS,
	/* what a command's list may hold besides options */
	GROUP_SELECT = OPTIONS,
	GROUP_WHICH,
	GROUP_EVERYWHERE,
	USES_END,
};
#define GROUPS (USES_END - OPTIONS)

/* What a shell offers for a value or operand where no list of words does. */
enum complete { COMPLETE_NOTHING, COMPLETE_FILES, COMPLETE_FOLDERS };

struct cli_option {
	const char *name;
	char letter;                     /* 0: none */
	const char *value;               /* "DIR"; NULL: none, or the words of choice */
	const char *(*choice)(size_t i); /* the words it may be, then NULL; NULL: any */
	const char *listed_by;           /* what lists those words when there are many, or NULL */
	const char *summary;
	bool many;   /* may stand more than once */
	bool hidden; /* for tests: not shown */
	enum complete complete;
	int (*take)(struct cli *cli, const struct cli_option *option, const char *value,
		    struct err *err);
	size_t to; /* in struct cli, where take uses it */
};

extern const struct cli_option cli_options[OPTIONS];
bool option_takes_value(const struct cli_option *option);

struct cli_group {
	const char *name, *title;
	const enum option_id *options; /* up to OPTIONS */
};

/* By id, less OPTIONS. */
extern const struct cli_group cli_groups[GROUPS];

/* USE_OR: instead of the one before. USE_ONE: it or one of those that follow must be there. */
enum use_how { USE_MAY, USE_OR, USE_ONE };

struct cli_use {
	int what; /* an option or a group; USES_END ends the list */
	enum use_how how;
};

/* The operands, and the option that asks for them to be read in this way. */
struct cli_form {
	const char *operands; /* "IMAGE [KEY]" */
	size_t least, most;
	enum option_id with; /* OPTIONS: none, the common form */
};

struct cli_command {
	const char *name;    /* "" opens the screen */
	const char *summary; /* one line */
	const struct cli_use *uses;
	struct cli_form forms[2]; /* the second is empty where there is one way only */
	enum complete complete;
	const char *(*choice)(size_t i); /* words for its operand, then NULL; or NULL */
	int (*run)(struct cli *cli);     /* returns the exit status */
};

/* In the order of the manual; the first one opens the screen. */
extern const struct cli_command cli_commands[];
extern const size_t cli_n_commands;
const struct cli_command *cli_command_named(const char *name); /* or NULL */
/* Does its list, a group of it or a form name the option? */
bool command_takes(const struct cli_command *command, enum option_id id);

/* ---- the call, in cli_parse.c ---- */

struct given {
	enum option_id id;
	const char *value; /* NULL for a flag */
};

struct call {
	const char **words; /* everything that is no option, in its order */
	size_t n;
	struct given *given;
	size_t n_given;
};

/*
 * Take argv apart: options are found wherever they stand, up to "--". 0, or -1 with err: E_USAGE
 * (an option that no command has, a value that is missing or too much), E_MEMORY.
 */
int call_parse(int argc, char *const argv[], struct arena *arena, struct call *out,
	       struct err *err);
bool call_has(const struct call *call, enum option_id id);
/*
 * Check the call against the command's row and fill cli from it; nothing is opened. 0, or -1 with
 * E_USAGE: an option that the command does not take, two that exclude each other, a bad value, too
 * few or too many operands.
 */
int call_take(const struct call *call, const struct cli_command *command, struct cli *cli,
	      struct err *err);

/* ---- how it is called, in cli_help.c ---- */

/* "stop7b fix [--json] [select] IMAGE", wrapped; or as the manual has it, in roff. */
void help_synopsis(const struct cli_command *command, size_t form, bool roff, FILE *out);
void help_all(FILE *out);
void help_command(const struct cli_command *command, FILE *out);

#endif
