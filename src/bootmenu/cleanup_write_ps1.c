/* SPDX-License-Identifier: MIT */
/*
 * The plan as a PowerShell text, for version 2.0 and later: the stages of the .cmd form. Everything
 * from the store stands between single quotes, where nothing is expanded. bcdedit writes in the
 * console's code page; a value is right when it is the one seen, or what is left of that one in
 * that code page. Ids are found on the line below the dashes, whatever the language.
 */
#include "cleanup_ps_internal.h"

#include <string.h>

#define BOM   "\xef\xbb\xbf"
#define TO_DO "Write-Host ('To do: bcdedit ' + ("

/* ---- header ---- */

static void put_remark(struct cleanup_text *t, const char *label, const char *text)
{
	if (text && *text)
		cleanup_format(t, "# %s: %s\n", label, text);
}

static void put_block_remarks(struct cleanup_text *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	cleanup_format(t, "#\n# %zu. %s\n", i + 1, b->guid);
	put_remark(t, "  description", b->description);
	put_remark(t, "  device", b->device);
	put_remark(t, "  Windows on", b->osdevice);
	put_remark(t, "  why", b->matched);
	if (b->by_hand)
		put_remark(t, "  chosen", "by hand");
	if (b->dead)
		put_remark(t, "  dead", "its virtual disk is not there any more");
	for (size_t k = 0; k < b->n_related; k++)
		cleanup_format(t, "#   %s %s: %s\n", b->related[k].what, b->related[k].guid,
			       b->related[k].fate);
	for (size_t k = 0; k < b->n_warnings; k++)
		put_remark(t, "  note", b->warnings[k]);
}

static void put_header(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	cleanup_put(t, BOM);
	if (plan->problem)
		put_remark(t, "THIS STORE WAS NOT READ WHOLE", plan->problem);
	cleanup_format(t, "# %s, %s: %s\n", plan->tool, plan->when,
		       plan->add ? "makes a boot entry for a virtual disk"
				 : "takes entries out of a boot menu");
	put_remark(t, "Store", plan->add ? NULL : plan->store_name);
	put_remark(t, "Image", plan->image);
	put_remark(t, "Disk on the host", plan->vhd);
	cleanup_put(
		t,
		"# Run it in an elevated PowerShell on the machine that owns this boot store.\n"
		"# It only shows what it would do. With -Go it saves the store first, then does\n"
		"# it, and stops at the first surprise.");
	cleanup_put(t, plan->add ? "\n" : " With -Undo it puts the saved store back.\n");
	for (size_t i = 0; i < plan->n && !plan->add; i++)
		put_block_remarks(t, plan, i);
	cleanup_put(t, "#\n");
	for (size_t i = 0; i < plan->n_refusals; i++)
		cleanup_format(t, "# Not in the plan: %s %s: %s\n", plan->refusals[i].guid,
			       plan->refusals[i].description, plan->refusals[i].why);
	for (size_t i = 0; i < plan->n_notes; i++)
		put_remark(t, "Note", plan->notes[i]);
}

static void put_start(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	cleanup_put(t, "param([switch]$Go, [switch]$Undo)\n"
		       "$ErrorActionPreference = 'Stop'\n"
		       "$bcd = $env:SystemRoot + '\\System32\\bcdedit.exe'\n"
		       "$xcopy = $env:SystemRoot + '\\System32\\xcopy.exe'\n"
		       "$backup = $env:SystemDrive + '\\");
	cleanup_format(t, "%s'\n$file = ", plan->backup);
	cleanup_put_ps(t, plan->store_on_host ? plan->store_on_host : "");
	cleanup_put(t,
		    plan->store_on_host ? "\n$store = @('/store', $file)\n" : "\n$store = @()\n");
	cleanup_put(t, ps_functions);
}

/* ---- checks ---- */

static void put_test(struct cleanup_text *t, const struct cleanup_fact *f, const char *value)
{
	cleanup_format(t, "(Test-Same (%s $lines ", f->vhd ? "Get-Path" : "Get-Value");
	cleanup_put_ps(t, f->name);
	cleanup_put(t, ") ");
	cleanup_put_ps(t, value);
	cleanup_put(t, ")");
}

static void put_stop(struct cleanup_text *t, const char *guid, const char *what)
{
	cleanup_format(t, " { Stop-Here '%s: %s. Nothing was changed. Make a new plan.' }\n", guid,
		       what);
}

static void put_fact(struct cleanup_text *t, const struct cleanup_block *b,
		     const struct cleanup_fact *f)
{
	char *what = arena_printf(t->arena, "its %s is not what the plan saw", f->name);
	cleanup_put(t, "    if (-not (");
	put_test(t, f, f->value);
	if (f->also) {
		cleanup_put(t, " -or ");
		put_test(t, f, f->also);
	}
	cleanup_put(t, "))");
	put_stop(t, b->guid, what ? what : "");
}

static void put_check(struct cleanup_text *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	cleanup_format(t, "\n# check entry %zu\nif ($all -contains '%s') {\n", i + 1, b->guid);
	cleanup_format(t, "    $lines = @(Get-Lines @('/enum', '%s', '/v'))\n", b->guid);
	cleanup_format(t, "    if (-not ($%s -contains '%s'))", b->kind, b->guid);
	put_stop(t, b->guid, "its kind is not what the plan saw");
	for (size_t k = 0; k < b->n_facts; k++)
		put_fact(t, b, &b->facts[k]);
	if (!plan->store_on_host) {
		cleanup_format(t, "    if ($current -contains '%s')", b->guid);
		put_stop(t, b->guid,
			 "it is the Windows that is running now; boot another one first");
	}
	if (!b->was_default) {
		cleanup_format(t, "    if ($default -contains '%s')", b->guid);
		put_stop(t, b->guid, "it has become the default entry");
	}
	cleanup_format(t, "    $todo += '%s'\n}\n", b->guid);
}

static void put_others(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	cleanup_put(t, "if ($todo.Count -eq 0) {\n"
		       "    Write-Host 'None of these entries is there any more: nothing to do.'\n"
		       "    exit 0\n"
		       "}\n"
		       "$others = @()\n");
	for (size_t i = 0; i < plan->n_others; i++)
		cleanup_format(t, "if ($osloader -contains '%s') { $others += '%s' }\n",
			       plan->others[i], plan->others[i]);
	cleanup_put(
		t,
		"if ($others.Count -eq 0) { Stop-Here 'No other entry that the plan saw would be "
		"left to start Windows. Nothing was changed.' }\n"
		"$new = $others[0]\n"
		"foreach ($id in $others) {\n"
		"    if ($current -contains $id) { $new = '{current}' }\n"
		"}\n");
}

/* ---- steps ---- */

static bool is_verb(const struct cleanup_command *c, const char *verb)
{
	return strcmp(c->words[0], verb) == 0;
}

static void put_words(struct cleanup_text *t, const struct cleanup_command *c)
{
	cleanup_put(t, "@(");
	for (size_t i = 0; i < c->n; i++) {
		cleanup_put(t, i ? ", " : "");
		if (strcmp(c->words[i], CLEANUP_NEW) == 0 || (i == 1 && is_verb(c, "/default")))
			cleanup_put(t, "$new");
		else
			cleanup_put_ps(t, c->words[i]);
	}
	cleanup_put(t, ")");
}

/* A condition around what is done for the default entry only. */
static void put_if_default(struct cleanup_text *t, const struct cleanup_block *b,
			   const struct cleanup_command *c)
{
	cleanup_put(t, "    ");
	if (is_verb(c, "/default"))
		cleanup_format(t, "if ($default -contains '%s') { ", b->guid);
}

static void put_show(struct cleanup_text *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	cleanup_format(t, "if ($todo -contains '%s') {\n", b->guid);
	for (size_t k = 0; k < b->n_commands; k++) {
		const struct cleanup_command *c = &b->commands[k];
		put_if_default(t, b, c);
		cleanup_put(t, is_verb(c, "/enum") ? "Get-Lines " : TO_DO);
		put_words(t, c);
		cleanup_put(t, is_verb(c, "/enum") ? "" : " -join ' '))");
		cleanup_put(t, is_verb(c, "/default") ? " }\n" : "\n");
	}
	cleanup_put(t, "}\n");
}

static void put_gone(struct cleanup_text *t, const struct cleanup_block *b)
{
	cleanup_format(t, "    $gone += '%s'\n", b->guid);
	for (size_t k = 0; k < b->n_related; k++) {
		if (strncmp(b->related[k].fate, "goes", 4) == 0)
			cleanup_format(t, "    $gone += '%s'\n", b->related[k].guid);
	}
}

static void put_delete(struct cleanup_text *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	cleanup_format(t, "\n# delete entry %zu\nif ($todo -contains '%s') {\n", i + 1, b->guid);
	for (size_t k = 0; k < b->n_commands; k++) {
		const struct cleanup_command *c = &b->commands[k];
		if (is_verb(c, "/enum"))
			continue;
		put_if_default(t, b, c);
		cleanup_put(t, "Invoke-Step ");
		put_words(t, c);
		cleanup_put(t, is_verb(c, "/default") ? " }\n" : "\n");
	}
	put_gone(t, b);
	cleanup_put(t, "}\n");
}

/* ---- the plan that adds ---- */

static void put_search(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	static const char *const tails[] = {"", ",locate=custom:12000002",
					    ",locate=custom:22000002"};
	cleanup_put(t, "\nforeach ($line in @(Get-Lines @('/enum', 'osloader', '/v'))) {\n");
	for (size_t i = 0; i < 3; i++) {
		cleanup_put(t, "    if (Test-Same (Get-Path $line 'osdevice') ");
		cleanup_put_ps(t, arena_printf(t->arena, "%s%s", plan->vhd + 2, tails[i]));
		cleanup_put(t, ") {\n        Write-Host 'An entry for this disk is there already: "
			       "nothing to do.'\n        exit 0\n    }\n");
	}
	cleanup_put(t, "}\n");
}

static void put_copy(struct cleanup_text *t, const struct cleanup_block *b)
{
	cleanup_put(t, "if (-not $Go) {\n"
		       "    Write-Host 'Nothing was changed. To do it, call this file with -Go.'\n"
		       "    exit 0\n"
		       "}\n"
		       "$new = ''\n"
		       "foreach ($line in @(Get-Lines ");
	put_words(t, &b->commands[0]);
	cleanup_put(t, ")) {\n"
		       "    if ($line -match '\\{[0-9a-f-]+\\}') { $new = $matches[0] }\n"
		       "}\n"
		       "if (-not $new) { Stop-Here 'bcdedit could not copy an entry. Nothing was "
		       "changed.' }\n");
}

static void put_add(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	const struct cleanup_block *b = &plan->blocks[0];
	cleanup_put(t, "if (@(Get-Ids @('/enum', 'all', '/v')).Count -eq 0) { Stop-Here 'The boot "
		       "store cannot be read. Run this as administrator.' }\n");
	put_search(t, plan);
	cleanup_put(t, "$new = '{new}'\n");
	for (size_t i = 0; i < b->n_commands; i++) {
		cleanup_put(t, TO_DO);
		put_words(t, &b->commands[i]);
		cleanup_put(t, " -join ' '))\n");
	}
	put_copy(t, b);
	for (size_t i = 1; i < b->n_commands; i++) {
		cleanup_put(t, "Get-Lines ");
		put_words(t, &b->commands[i]);
		cleanup_put(t, "\nif ($LASTEXITCODE -ne 0) {\n    Get-Lines ");
		put_words(t, &b->undo);
		cleanup_put(t,
			    "\n    Stop-Here 'bcdedit did not do it; the new entry is taken away "
			    "again.'\n}\n");
	}
	cleanup_put(t,
		    "Get-Lines @('/enum', $new, '/v')\n"
		    "$at = ''\n"
		    "if ($file) { $at = '/store \"' + $file + '\" ' }\n"
		    "Write-Host ('To undo: bcdedit ' + $at + '/delete \"' + $new + '\" /cleanup')\n"
		    "exit 0\n");
}

static void put_deletion(struct cleanup_text *t, const struct cleanup_plan *plan)
{
	cleanup_put(t, ps_undo);
	cleanup_put(t, ps_listing);
	cleanup_put(t, plan->store_on_host
			       ? "$current = @()\n"
			       : "$current = @(Get-Ids @('/enum', '{current}', '/v'))\n");
	cleanup_put(t, "$todo = @()\n$gone = @()\n");
	for (size_t i = 0; i < plan->n; i++)
		put_check(t, plan, i);
	put_others(t, plan);
	for (size_t i = 0; i < plan->n; i++)
		put_show(t, plan, i);
	cleanup_put(t, ps_save);
	for (size_t i = 0; i < plan->n; i++)
		put_delete(t, plan, i);
	cleanup_put(t, ps_verify);
}

int cleanup_write_ps1(const struct cleanup_plan *plan, struct arena *arena, char **out,
		      struct err *err)
{
	struct cleanup_text t = {.arena = arena};
	put_header(&t, plan);
	put_start(&t, plan);
	if (plan->add)
		put_add(&t, plan);
	else
		put_deletion(&t, plan);
	return cleanup_finish_crlf(&t, out, err);
}
