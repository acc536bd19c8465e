/* SPDX-License-Identifier: MIT */
/* What the files that write the .cmd text share. */
#ifndef STOP7B_CLEANUP_CMD_INTERNAL_H
#define STOP7B_CLEANUP_CMD_INTERNAL_H

#include "cleanup_internal.h"

/*
 * In a loop over bcdedit's lines: NEXT is set below a line whose first word is nothing but dashes,
 * the line that holds an id. A loop over a word cut at dashes does not run for such a word.
 */
#define CMD_DASHES                                                                                 \
	"  set \"NEXT=1\"\n"                                                                       \
	"  for /f \"delims=-\" %%c in (\"%%a\") do set \"NEXT=\"\n"

/*
 * The host's own bcdedit, never one on the path. A 32-bit cmd sees another folder as System32, which
 * has none; Sysnative is there only for it.
 */
#define CMD_PROGRAM                                                                                \
	"set \"BCD=%SystemRoot%\\System32\\bcdedit.exe\"\n"                                        \
	"if exist \"%SystemRoot%\\Sysnative\\bcdedit.exe\" set "                                   \
	"\"BCD=%SystemRoot%\\Sysnative\\bcdedit.exe\"\n"

/* A store has an entry that starts Windows: a text that sees none does not understand bcdedit. */
#define CMD_BLIND                                                                                  \
	":blind\n"                                                                                 \
	"echo Not one entry that starts Windows was seen in what bcdedit prints.\n"                \
	"echo So this file cannot tell whether its own is there. Nothing was changed.\n"           \
	"exit /b 1\n"

extern const char cmd_listing[]; /* reads all ids and those of loaders and resume objects */
extern const char cmd_save[];    /* ends a dry run; saves the store */

/* Can a value be compared inside the loops, over %a to %e? */
bool cmd_is_comparable(const char *s);
/* 0, or -1 with E_USAGE: a path that cannot be written safely into a .cmd file. */
int cmd_check_paths(const struct cleanup_plan *plan, struct err *err);
void cmd_put_header(struct growing *t, const struct cleanup_plan *plan);
/* Settings and arguments. */
void cmd_put_start(struct growing *t, const struct cleanup_plan *plan);
/* Verifies; subroutines and messages. */
void cmd_put_end(struct growing *t, const struct cleanup_plan *plan);
/* Inside a loop over bcdedit's lines: do this when the line says what a fact wants. */
void cmd_put_fact(struct growing *t, const struct cleanup_plan *plan,
		  const struct cleanup_fact *fact, const char *action);
/* Of a plan that searches: is the entry's id an argument of the text? */
bool cmd_takes_id(const struct cleanup_plan *plan);
void cmd_put_search(struct growing *t, const struct cleanup_plan *plan);
void cmd_put_search_end(struct growing *t, const struct cleanup_plan *plan);
/* All of a plan that adds, behind the header. */
void cmd_put_add(struct growing *t, const struct cleanup_plan *plan);

#endif
