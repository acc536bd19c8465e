/* SPDX-License-Identifier: MIT */
/*
 * The parts of the .cmd text that are the same in every plan. The command of a `for /f` is read a
 * second time by the cmd that runs it, so a store path with two percent signs is refused here.
 * `copy` does not see hidden files, as boot stores are; xcopy /h does, and asks no question when
 * its target exists already. `set NAME=` of a name that is not set, and `set` in a file renamed to
 * .bat, leave odd error levels: only those of programs are looked at.
 */
#include "cleanup_cmd_internal.h"

#include <string.h>

#define SET_OF(kind, also)                                                                         \
	"set \"NEXT=\"\n"                                                                          \
	"for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum " kind " /v') do (\n"                   \
	"  if defined NEXT set \"S7B_" kind "_%%b=1\"\n" also CMD_DASHES ")\n"

const char cmd_listing[] = "set \"WORK=\"\n"
			   "call :first {bootmgr} {none}\n"
			   "if not defined SEEN goto noaccess\n"
			   "set \"ANY=\"\n" SET_OF("all", "")
				   SET_OF("osloader", "  if defined NEXT set \"ANY=1\"\n")
					   SET_OF("resume", "") "if not defined ANY goto blind\n";

const char cmd_save[] = "if not defined GO goto dry\n"
			"\nrem ---- save the store\n"
			"if exist \"%BACKUP%\" goto oldbackup\n"
			"if defined STORE goto savefile\n"
			"\"%BCD%\" /export \"%BACKUP%\"\n"
			"if errorlevel 1 goto nosave\n"
			"goto saved\n"
			":savefile\n"
			"type nul >\"%BACKUP%\"\n"
			"\"%XCOPY%\" /h /r /y \"%FILE%\" \"%BACKUP%\" >nul\n"
			"if errorlevel 1 goto nosave\n"
			":saved\n"
			"if not exist \"%BACKUP%\" goto nosave\n"
			"echo Saved in %BACKUP%\n";

static const char verify[] =
	"\nrem ---- verify: everything else is still there\n"
	"\"%BCD%\" %STORE% /enum all /v\n"
	"set \"NEXT=\"\n"
	"for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum all /v') do (\n"
	"  if defined NEXT set \"S7B_all_%%b=\"\n" CMD_DASHES ")\n"
	"set \"LOST=\"\n"
	"for /f \"delims=\" %%a in ('set S7B_all_ 2^>nul') do set \"LOST=1\"\n"
	"if defined LOST goto lost\n"
	"echo Done.\n"
	"call :how\n"
	"exit /b 0\n"
	"\n"
	"rem SEEN: the first word, alias or id, has an entry; SAME: it is the second word\n"
	":first\n"
	"set \"NEXT=\"\n"
	"set \"SEEN=\"\n"
	"set \"SAME=\"\n"
	"for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum %1 /v') do (\n"
	"  if defined NEXT if not defined SEEN if /i \"%%b\"==\"%2\" set \"SAME=1\"\n"
	"  if defined NEXT set \"SEEN=1\"\n" CMD_DASHES ")\n"
	"goto :eof\n"
	":how\n"
	"echo To undo: \"%~nx0\" /undo\n"
	"if not defined STORE echo which is: bcdedit /import \"%BACKUP%\"\n"
	"if defined STORE echo which copies %BACKUP% over \"%FILE%\"\n"
	"goto :eof\n"
	"\n"
	":undo\n"
	"if not exist \"%BACKUP%\" goto nobackup\n"
	"if defined STORE goto undofile\n"
	"\"%BCD%\" /import \"%BACKUP%\"\n"
	"if errorlevel 1 goto notback\n"
	"goto back\n"
	":undofile\n"
	"\"%XCOPY%\" /h /r /y \"%BACKUP%\" \"%FILE%\" >nul\n"
	"if errorlevel 1 goto notback\n"
	":back\n"
	"echo The boot store is back as %BACKUP% has it.\n"
	"exit /b 0\n"
	"\n";

#define ENDINGS(call, usage)                                                                       \
	":dry\n"                                                                                   \
	"echo Nothing was changed. To do it: \"%~nx0\" " call "\n"                                 \
	"exit /b 0\n"                                                                              \
	":nothing\n"                                                                               \
	"echo None of these entries is there any more: nothing to do.\n"                           \
	"exit /b 0\n"                                                                              \
	":usage\n"                                                                                 \
	"echo \"%~nx0\" " usage "\n"                                                               \
	"exit /b 2\n"

static const char endings[] = ENDINGS("/go", "[/go or /undo]");
static const char endings_with_id[] = ENDINGS("%ID% /go", "{identifier} [/go], or /undo");

static const char messages[] = CMD_BLIND
	":noaccess\n"
	"echo The boot store cannot be read. Run this file as administrator.\n"
	"exit /b 1\n"
	":differs\n"
	"echo %WHAT%.\n"
	"echo Nothing was changed. Make a new plan from this store.\n"
	"exit /b 1\n"
	":lastone\n"
	"echo No other entry that the plan saw would be left to start Windows. Nothing was "
	"changed.\n"
	"exit /b 1\n"
	":oldbackup\n"
	"echo %BACKUP% is there from an earlier run. Move it away first. Nothing was changed.\n"
	"exit /b 1\n"
	":nosave\n"
	"echo The boot store could not be saved in %BACKUP%. Nothing was changed.\n"
	"exit /b 1\n"
	":failed\n"
	"echo bcdedit did not do it. The store as it was is in %BACKUP%.\n"
	"call :how\n"
	"exit /b 1\n"
	":lost\n"
	"echo More than was meant is gone:\n"
	"set S7B_all_\n"
	"call :how\n"
	"exit /b 1\n"
	":nobackup\n"
	"echo %BACKUP% is not there: nothing to put back.\n"
	"exit /b 1\n"
	":notback\n"
	"echo The store could not be put back. It is saved in %BACKUP%.\n"
	"exit /b 1\n";

static size_t percents(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += *s == '%';
	return n;
}

static int check(const char *path, const char *option, struct err *err)
{
	if (path && (!cmd_is_comparable(path) || percents(path) > 1))
		return err_set(err, E_USAGE,
			       "%s: \"%s\" cannot be written safely into a .cmd file; the md "
			       "form can hold it",
			       option, path);
	return 0;
}

int cmd_check_paths(const struct cleanup_plan *plan, struct err *err)
{
	if (check(plan->store_on_host, "--store", err) != 0)
		return -1;
	return plan->add ? check(plan->vhd, "--vhd", err) : 0;
}

static const char words[] = "set \"GO=\"\n"
			    "if /i \"%~1\"==\"/undo\" goto undo\n"
			    "if /i \"%~1\"==\"/go\" set \"GO=1\"\n"
			    "if not defined GO if not \"%~1\"==\"\" goto usage\n";

static const char words_with_id[] = "set \"GO=\"\n"
				    "if /i \"%~1\"==\"/undo\" goto undo\n"
				    "if /i \"%~1\"==\"/go\" goto usage\n"
				    "if /i \"%~2\"==\"/go\" set \"GO=1\"\n"
				    "if not defined GO if not \"%~2\"==\"\" goto usage\n"
				    "set \"WANTED=%~1\"\n";

void cmd_put_start(struct growing *t, const struct cleanup_plan *plan)
{
	growing_put(t, "setlocal EnableExtensions DisableDelayedExpansion\n" CMD_PROGRAM
		       "set \"XCOPY=%SystemRoot%\\System32\\xcopy.exe\"\n"
		       "set \"FILE=");
	growing_put(t, cleanup_doubled(plan->store_on_host ? plan->store_on_host : "", t->arena));
	growing_format(t,
		       "\"\n"
		       "set \"STORE=\"\n"
		       "if defined FILE set STORE=/store \"%%FILE%%\"\n"
		       "set \"BACKUP=%%SystemDrive%%\\%s\"\n",
		       plan->backup);
	growing_put(t, cmd_takes_id(plan) ? words_with_id : words);
}

void cmd_put_end(struct growing *t, const struct cleanup_plan *plan)
{
	growing_put(t, verify);
	growing_put(t, cmd_takes_id(plan) ? endings_with_id : endings);
	growing_put(t, messages);
	if (plan->search)
		cmd_put_search_end(t, plan);
}
