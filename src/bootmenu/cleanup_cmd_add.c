/* SPDX-License-Identifier: MIT */
/*
 * The .cmd text that makes an entry. It looks first whether an entry for the disk is there, so a
 * second run adds none; a step that fails takes the half-made entry away again.
 */
#include "cleanup_cmd_internal.h"

#include <string.h>

/* Inside the command of a loop cmd reads twice: nothing that it could act on stays. */
static char *title(const struct cleanup_plan *plan, struct arena *arena)
{
	char *s = arena_strdup(arena, plan->title);
	for (char *p = s; p && *p; p++) {
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e || strchr("%\"^!", *p))
			*p = '_';
	}
	return s;
}

/* Its osdevice names the disk, with or without how the file is located. */
static void put_search(struct growing *t, const struct cleanup_plan *plan)
{
	const char *path = plan->vhd + 2, *found = "set \"FOUND=1\"";
	struct cleanup_fact fact = {.name = "osdevice", .value = path, .vhd = true};
	growing_put(t, "call :first {bootmgr}\n"
		       "if not defined SEEN goto noaccess\n"
		       "set \"FOUND=\"\n"
		       "set \"ANY=\"\n"
		       "set \"NEXT=\"\n"
		       "for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum osloader /v') do (\n"
		       "  if defined NEXT set \"ANY=1\"\n" CMD_DASHES);
	fact.also = arena_printf(t->arena, "%s,locate=custom:%08x", path, BCD_PATH);
	cmd_put_fact(t, plan, &fact, found);
	fact = (struct cleanup_fact){.name = "osdevice", .vhd = true};
	fact.value = arena_printf(t->arena, "%s,locate=custom:%08x", path, BCD_SYSTEM_ROOT);
	cmd_put_fact(t, plan, &fact, found);
	growing_put(t, ")\nif not defined ANY goto blind\nif defined FOUND goto there\n");
}

/* The words behind bcdedit's name; the device may hold blanks and percent signs. */
static void put_words(struct growing *t, const struct cleanup_command *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->words[i], CLEANUP_NEW) == 0)
			growing_put(t, " {%NEW%}");
		else
			growing_format(t, strncmp(c->words[i], "vhd=", 4) == 0 ? " \"%s\"" : " %s",
				       cleanup_doubled(c->words[i], t->arena));
	}
	growing_put(t, "\n");
}

static void put_copy(struct growing *t, const struct cleanup_plan *plan,
		     const struct cleanup_command *c)
{
	growing_put(t, "set \"NEW=\"\n"
		       "for /f \"tokens=2 delims={}\" %%a in ('%BCD% %STORE% /copy ");
	growing_format(t, "%s /d \"", c->words[1]);
	growing_put(t, title(plan, t->arena));
	growing_put(t, "\"') do set \"NEW=%%a\"\nif not defined NEW goto nocopy\n");
}

static const char tail[] = "echo Made {%NEW%}.\n"
			   "\"%BCD%\" %STORE% /enum {%NEW%} /v\n"
			   "echo To undo: bcdedit %STORE% /delete {%NEW%} /cleanup\n"
			   "exit /b 0\n"
			   "\n"
			   ":first\n"
			   "set \"NEXT=\"\n"
			   "set \"SEEN=\"\n"
			   "for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum %1 /v') do (\n"
			   "  if defined NEXT set \"SEEN=1\"\n" CMD_DASHES ")\n"
			   "goto :eof\n"
			   "\n"
			   ":dry\n"
			   "echo Nothing was changed. To do it: \"%~nx0\" /go\n"
			   "exit /b 0\n"
			   ":there\n"
			   "echo An entry for this disk is there already: nothing to do.\n"
			   "exit /b 0\n"
			   ":usage\n"
			   "echo \"%~nx0\" [/go]\n"
			   "exit /b 2\n"
			   ":noaccess\n"
			   "echo The boot store cannot be read. Run this file as administrator.\n"
			   "exit /b 1\n" CMD_BLIND ":nocopy\n"
			   "echo bcdedit could not copy an entry. Nothing was changed.\n"
			   "exit /b 1\n"
			   ":failed\n"
			   "echo bcdedit did not do it; the new entry is taken away again.\n"
			   "\"%BCD%\" %STORE% /delete {%NEW%} /cleanup\n"
			   "exit /b 1\n";

static void put_remarks(struct growing *t, const struct cleanup_plan *plan)
{
	growing_put(t, "rem Run it as administrator; without /go it shows what it would do.\n");
	for (size_t i = 0; i < plan->n_notes; i++)
		growing_format(t, "rem Note: %s\n", plan->notes[i]);
}

void cmd_put_add(struct growing *t, const struct cleanup_plan *plan)
{
	const struct cleanup_block *b = &plan->blocks[0];
	put_remarks(t, plan);
	growing_put(t, "setlocal EnableExtensions DisableDelayedExpansion\n" CMD_PROGRAM
		       "set \"FILE=");
	growing_put(t, cleanup_doubled(plan->store_on_host ? plan->store_on_host : "", t->arena));
	growing_put(t, "\"\nset \"STORE=\"\nif defined FILE set STORE=/store \"%FILE%\"\n"
		       "set \"GO=\"\n"
		       "if /i \"%~1\"==\"/go\" set \"GO=1\"\n"
		       "if not defined GO if not \"%~1\"==\"\" goto usage\n");
	put_search(t, plan);
	growing_put(t, "set \"NEW=new\"\n");
	growing_format(t, "echo To do: bcdedit %%STORE%% /copy %s /d \"", b->commands[0].words[1]);
	growing_put(t, title(plan, t->arena));
	growing_put(t, "\"\n");
	for (size_t i = 1; i < b->n_commands; i++) {
		growing_put(t, "echo To do: bcdedit %STORE%");
		put_words(t, &b->commands[i]);
	}
	growing_put(t, "if not defined GO goto dry\n");
	put_copy(t, plan, &b->commands[0]);
	for (size_t i = 1; i < b->n_commands; i++) {
		growing_put(t, "\"%BCD%\" %STORE%");
		put_words(t, &b->commands[i]);
		growing_put(t, "if errorlevel 1 goto failed\n");
	}
	growing_put(t, tail);
}
