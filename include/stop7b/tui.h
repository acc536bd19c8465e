/* SPDX-License-Identifier: MIT */
/*
 * The screen: on a terminal, or printed once.
 */
#ifndef STOP7B_TUI_H
#define STOP7B_TUI_H

#include <stdio.h>

#include "stop7b/cli.h"

/*
 * Open an image on the terminal of standard input and output, which the caller has checked to be
 * one, and stay until the user quits. The caller has called setlocale(), and for translations
 * bind_textdomain_codeset(domain, "UTF-8"): text is UTF-8 in here whatever the locale.
 *
 * Returns the process's exit status: 0, the status of what kept the image from being opened, or
 * 128 + n after signal n. -1 when no terminal description can be used at all: nothing was
 * printed, and `check` is what the caller can do instead.
 */
int tui_run(const char *path, const struct session_options *options, enum color_when color);

/*
 * Open path, press keys (see keycap_parse) and print the screen: --keys and --screen.
 * The exit status as tui_run(); 2 for a bad key name or no memory.
 */
int app_dump(const char *path, const struct session_options *options, const char *keys, int w,
	     int h, FILE *out);

#endif
