/* SPDX-License-Identifier: MIT */
/*
 * The command line: subcommands in one table, options in another.
 */
#ifndef STOP7B_CLI_H
#define STOP7B_CLI_H

#include <stdio.h>

#include "stop7b/session.h"
#include "stop7b/tui.h"

/* What was asked for, after the options were taken out. */
struct cli {
	struct session_options session;
	struct tui_options tui;
	struct arena *arena;
	FILE *out, *err;          /* results; complaints */
	const char *const *words; /* operands after the command's name */
	size_t n;
	bool json, yes, list, undo, finish;
	const char *hive;                                    /* --hive N:\PATH */
	const char *file;                                    /* --file X.reg */
	bool export_text;                                    /* reg --export */
	const char *vhd, *store, *output, *format, *listing; /* plan */
	const char *const *bcd, *const *entries;
	size_t n_bcd, n_entries;
	bool add;
	const char *keys;  /* --keys, for tests */
	int width, height; /* --screen WxH, for tests; 0: none */
};

struct cli_command {
	const char *name;
	const char *usage;           /* operands and options, for -h and the manual */
	const char *summary;         /* one line */
	int (*run)(struct cli *cli); /* returns the exit status */
};

/* All commands, in the order of the manual. The one with an empty name opens the screen. */
const struct cli_command *cli_commands(size_t *n);

/*
 * Parse and run. argv[0] is the program's name. Returns the exit status.
 */
int cli_main(int argc, char *const argv[], FILE *out, FILE *err);

#endif
