/* SPDX-License-Identifier: MIT */
/*
 * The process: locale, translations, broken pipes, and the screen handed to the command line.
 * Everything else is behind cli_main().
 */
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "stop7b/cli.h"
#include "stop7b/tui.h"

int main(int argc, char *argv[])
{
	static const struct cli_screen screen = {.run = tui_run, .dump = app_dump};
	setlocale(LC_ALL, "");
	bindtextdomain(PACKAGE_TARNAME, LOCALEDIR);
	bind_textdomain_codeset(PACKAGE_TARNAME, "UTF-8");
	textdomain(PACKAGE_TARNAME);
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, not a sudden end; */
	signal(SIGXFSZ, SIG_IGN); /* so is a file that ulimit -f lets grow no further */
	return cli_main(argc, argv, stdout, stderr, &screen);
}
