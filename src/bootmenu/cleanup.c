/* SPDX-License-Identifier: MIT */
/*
 * The clean-up plan as a .cmd text. It is written so that nothing depends on the host's language:
 * an entry's id is the second word of the line below the dashes, and {default} and {current} are
 * asked from bcdedit itself. The disk's path stands in the text once, between quotes, with '%'
 * doubled; bcdedit's output is never expanded a second time, so '&', '^', '!' and '(' in a path are
 * ordinary characters. A path that is not ASCII cannot be compared in a .cmd file without knowing
 * the host's code page, and one with %a, %b or %~ not inside a loop over %a and %b: then the plan
 * lists the VHD entries and takes the id as its argument.
 */
#include "cleanup_internal.h"

#include <string.h>

static const char head[] =
	"@echo off\n"
	"rem %s, %s: takes one virtual disk out of the boot menu of this machine.\n"
	"rem Image: %s\n"
	"rem Disk on the host: %s\n"
	"rem Run it as administrator on the machine that owns the boot menu. It exports the store\n"
	"rem first, shows the entry, and stops at the first surprise. Running it twice is "
	"harmless.\n"
	"rem The VHD file and firmware entries are not touched.\n"
	"setlocal DisableDelayedExpansion\n"
	"set \"BCD=%%SystemRoot%%\\System32\\bcdedit.exe\"\n"
	"set \"FILE=%s\"\n"
	"set \"STORE=\"\n"
	"if defined FILE set STORE=/store \"%%FILE%%\"\n"
	"set \"BACKUP=%%SystemDrive%%\\bcd-before-stop7b.bak\"\n"
	"set \"ID=\"\n"
	"set \"MORE=\"\n"
	"set \"LOADERS=0\"\n"
	"\"%%BCD%%\" %%STORE%% /enum {bootmgr} >nul 2>&1\n"
	"if errorlevel 1 goto noaccess\n";

/* Counts the loaders; with match lines, finds the one whose device is the disk. */
static const char find_loop[] =
	"set \"NEXT=\"\n"
	"set \"THIS=\"\n"
	"for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum osloader /v') do (\n"
	"  if defined NEXT set \"THIS=%%b\"\n"
	"  set \"NEXT=\"\n"
	"  set \"WORD=%%a\"\n"
	"  call :dashes\n";

static const char match_line[] = "  if /i \"%%%%b\"==\"vhd=%s%s\" call :match\n";

static const char after_find[] = ")\n"
				 "if not defined ID goto notfound\n"
				 "if defined MORE goto several\n";

/* The id may be an alias like {default}: what bcdedit calls the entry itself is compared later. */
static const char find_by_id[] = "if \"%~1\"==\"\" goto listing\n"
				 "call :idof \"%~1\"\n"
				 "set \"ID=%FOUND%\"\n"
				 "if not defined ID goto notfound\n"
				 "\"%BCD%\" %STORE% /enum \"%ID%\" /v | "
				 "\"%SystemRoot%\\System32\\findstr.exe\" /l /c:\"vhd=[\" >nul\n"
				 "if errorlevel 1 goto notfound\n"
				 "set \"LOADERS=0\"\n";

static const char body[] =
	"if %LOADERS% LSS 2 goto lastone\n"
	"call :idof {default}\n"
	"if /i \"%FOUND%\"==\"%ID%\" goto isdefault\n"
	"if defined STORE goto export\n"
	"call :idof {current}\n"
	"if /i \"%FOUND%\"==\"%ID%\" goto isrunning\n"
	"\"%BCD%\" /export \"%BACKUP%\"\n"
	"if errorlevel 1 goto noexport\n"
	"goto show\n"
	":export\n"
	"type nul >\"%BACKUP%\"\n"
	"\"%SystemRoot%\\System32\\xcopy.exe\" /h /r /y \"%FILE%\" \"%BACKUP%\" >nul\n"
	"if errorlevel 1 goto noexport\n"
	":show\n"
	"echo The boot entry that will be deleted:\n"
	"\"%BCD%\" %STORE% /enum \"%ID%\" /v\n"
	"if errorlevel 1 goto notfound\n"
	"echo.\n"
	"echo Before: saved in %BACKUP%\n"
	"echo Press a key to delete this entry, Ctrl-C to leave everything as it is.\n"
	"pause >nul\n"
	"\"%BCD%\" %STORE% /delete \"%ID%\" /cleanup\n"
	"if errorlevel 1 goto failed\n"
	"\"%BCD%\" %STORE% /enum \"%ID%\" >nul 2>&1\n"
	"if not errorlevel 1 goto failed\n"
	"\"%BCD%\" %STORE% /enum all /v\n"
	"echo Done. To undo: bcdedit /import \"%BACKUP%\"   (an offline store: copy it back)\n"
	"exit /b 0\n"
	"\n"
	":dashes\n"
	"if not \"%WORD:~0,5%\"==\"-----\" goto :eof\n"
	"set \"NEXT=1\"\n"
	"set /a LOADERS+=1 >nul\n"
	"goto :eof\n"
	"\n"
	":match\n"
	"if /i \"%THIS%\"==\"%ID%\" goto :eof\n"
	"if defined ID set \"MORE=1\"\n"
	"set \"ID=%THIS%\"\n"
	"goto :eof\n"
	"\n"
	":idof\n"
	"set \"NEXT=\"\n"
	"set \"FOUND=\"\n"
	"for /f \"tokens=1*\" %%a in ('%BCD% %STORE% /enum %1 /v') do (\n"
	"  if defined NEXT set \"FOUND=%%b\"\n"
	"  set \"NEXT=\"\n"
	"  set \"WORD=%%a\"\n"
	"  call :dashes\n"
	")\n"
	"goto :eof\n"
	"\n"
	":listing\n"
	"echo The path of this disk holds characters that this file cannot look for itself.\n"
	"echo Find its entry here and run this file again with the identifier behind its name:\n"
	"\"%BCD%\" %STORE% /enum osloader /v\n"
	"echo    %~nx0 {identifier}\n"
	"exit /b 1\n"
	":noaccess\n"
	"echo The boot store cannot be read. Run this file as administrator.\n"
	"exit /b 1\n"
	":notfound\n"
	"echo No boot entry names this disk. Nothing was changed.\n"
	"exit /b 0\n"
	":several\n"
	"echo More than one boot entry names this disk. Nothing was changed.\n"
	"exit /b 1\n"
	":lastone\n"
	"echo This is the only boot entry left. Nothing was changed.\n"
	"exit /b 1\n"
	":isdefault\n"
	"echo %ID% is the default entry. Make another one the default first:\n"
	"echo    bcdedit /default {identifier of the other entry}\n"
	"echo Nothing was changed.\n"
	"exit /b 1\n"
	":isrunning\n"
	"echo %ID% is the Windows that is running now. Boot another one first.\n"
	"echo Nothing was changed.\n"
	"exit /b 1\n"
	":noexport\n"
	"echo The boot store could not be saved to %BACKUP%. Nothing was changed.\n"
	"exit /b 1\n"
	":failed\n"
	"echo bcdedit did not delete the entry. The store as it was is in %BACKUP%.\n"
	"exit /b 1\n";

/* bcdedit shows the drive in brackets, or [locate], with or without how the file is located. */
static char *match_lines(const char *vhd, struct arena *arena)
{
	static const char *const tails[] = {"", ",locate=custom:12000002",
					    ",locate=custom:22000002"};
	const char drive[] = {'[', vhd[0], ':', ']', '\0'};
	const char *const places[] = {drive, "[locate]"};
	char *rest = cleanup_doubled(vhd + 2, arena);
	char *all = arena_strdup(arena, "");
	for (size_t i = 0; i < 6 && all && rest; i++) {
		char *path = arena_printf(arena, "%s%s", places[i / 3], rest);
		char *line = path ? arena_printf(arena, match_line, path, tails[i % 3]) : NULL;
		all = line ? arena_printf(arena, "%s%s", all, line) : NULL;
	}
	return all;
}

/* Can the path be compared inside a loop over %a and %b? */
static bool is_comparable(const char *vhd)
{
	return cleanup_is_ascii(vhd) && !strstr(vhd, "%a") && !strstr(vhd, "%b") &&
	       !strstr(vhd, "%~");
}

static char *find_text(const char *vhd, struct arena *arena)
{
	if (!is_comparable(vhd))
		return arena_printf(arena, "%s%s)\n", find_by_id, find_loop);
	char *lines = match_lines(vhd, arena);
	return lines ? arena_printf(arena, "%s%s%s", find_loop, lines, after_find) : NULL;
}

int cleanup_cmd(const struct cleanup_request *request, struct arena *arena, char **out,
		struct err *err)
{
	if (cleanup_check_path(request->vhd, "--vhd", err) < 0 ||
	    (request->store && cleanup_check_path(request->store, "--store", err) < 0))
		return -1;
	if (request->store && !cleanup_is_ascii(request->store))
		return err_set(err, E_USAGE,
			       "--store: a path that is not ASCII cannot be written "
			       "into a .cmd file");
	char *store = cleanup_doubled(request->store ? request->store : "", arena);
	char *image = cleanup_remark(request->image ? request->image : "-", arena);
	char *disk = cleanup_remark(request->vhd, arena);
	char *find = find_text(request->vhd, arena);
	if (!store || !image || !disk || !find)
		return no_memory(err);
	struct cleanup_text t = {.arena = arena};
	cleanup_format(&t, head, request->tool, request->when, image, disk, store);
	cleanup_put(&t, find);
	cleanup_put(&t, body);
	return cleanup_finish_crlf(&t, out, err);
}
