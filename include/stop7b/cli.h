/* SPDX-License-Identifier: MIT */
/*
 * The command line: subcommands in one table, options in another. It knows nothing of the screen
 * but how to call it.
 */
#ifndef STOP7B_CLI_H
#define STOP7B_CLI_H

#include <stdio.h>

#include "stop7b/session.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The screen of a program; what is borrowed outlives the call. */
struct cli_screen {
	/*
	 * Open an image on the terminal and stay until the user quits. Returns the exit status; -1
	 * when the terminal cannot be used and nothing was printed.
	 *   color  with COLOR_AUTO, NO_COLOR and TERM=dumb mean never
	 */
	int (*run)(const char *path, const struct session_options *options, enum color_when color);
	/* Open it, press keys and print a screen of w columns and h rows. Returns the exit status. */
	int (*dump)(const char *path, const struct session_options *options, const char *keys,
		    int w, int h, FILE *out);
};

/*
 * Parse and run. argv[0] is the program's name. Returns the exit status.
 */
int cli_main(int argc, char *const argv[], FILE *out, FILE *err, const struct cli_screen *screen);

#endif
