/* SPDX-License-Identifier: MIT */
/*
 * The part of the .cmd text that finds the entry of a disk: the loader that names it is ID (its
 * checks then want both devices to name it), another one that does not start from a ramdisk is
 * OTHER. A path that cannot be compared in such a text is not looked for: the identifier is then
 * the text's first argument, and must be one that bcdedit itself lists as a loader from a virtual
 * disk.
 */
#include "cleanup_cmd_internal.h"

static const char start[] = "\nrem ---- find the entry of the disk\n"
			    "set \"ID=\"\n"
			    "set \"MORE=\"\n"
			    "set \"OTHER=\"\n"
			    "set \"RESUME=\"\n"
			    "set \"THIS=\"\n"
			    "set \"NEXT=\"\n"
			    "for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum osloader /v') do (\n"
			    "  if defined NEXT set \"THIS=%%b\"\n" CMD_DASHES;

static const char end[] =
	"  if \"%%a\"==\"osdevice\" for /f \"delims=[]\" %%c in (\"%%b\") do if not "
	"\"%%c\"==\"ramdisk=\" call :other\n"
	")\n"
	"if defined MORE goto several\n"
	"if not defined ID goto notfound\n";

static const char by_path[] = "\n:match\n";

static const char by_id[] =
	"\n:listing\n"
	"echo The path of this disk holds characters that this file cannot look for itself.\n"
	"echo Find its entry here and run this file again with the identifier behind its name:\n"
	"\"%BCD%\" %STORE% /enum osloader /v\n"
	"echo    \"%~nx0\" {identifier}\n"
	"exit /b 1\n"
	":match\n"
	"if /i not \"%THIS%\"==\"%WANTED%\" goto :eof\n";

static const char both[] = "if /i \"%THIS%\"==\"%ID%\" goto :eof\n"
			   "if defined ID set \"MORE=1\"\n"
			   "set \"ID=%THIS%\"\n"
			   "goto :eof\n"
			   ":other\n"
			   "if /i not \"%THIS%\"==\"%ID%\" set \"OTHER=%THIS%\"\n"
			   "goto :eof\n"
			   ":notfound\n"
			   "echo No entry starts this disk: nothing to do.\n"
			   "exit /b 0\n"
			   ":several\n"
			   "echo More than one entry starts this disk. Nothing was changed.\n"
			   "exit /b 1\n";

bool cmd_takes_id(const struct cleanup_plan *plan)
{
	return plan->search && !cmd_is_comparable(plan->vhd);
}

void cmd_put_search(struct growing *t, const struct cleanup_plan *plan)
{
	const struct cleanup_block *b = &plan->blocks[0];
	if (cmd_takes_id(plan))
		growing_put(t, "if not defined WANTED goto listing\n");
	growing_put(t, start);
	if (cmd_takes_id(plan))
		growing_put(t,
			    "  if \"%%a\"==\"osdevice\" for /f \"delims=[]\" %%c in (\"%%b\") do "
			    "if \"%%c\"==\"vhd=\" call :match\n");
	for (size_t i = 0; i < b->n_facts; i++)
		cmd_put_fact(t, plan, &b->facts[i], "call :match");
	growing_put(t, end);
}

void cmd_put_search_end(struct growing *t, const struct cleanup_plan *plan)
{
	growing_put(t, cmd_takes_id(plan) ? by_id : by_path);
	growing_put(t, both);
}
