/* SPDX-License-Identifier: MIT */
/*
 * Running a plan: its text on the model of cmd, on a host that is the model of bcdedit. What may
 * not change is compared as the whole store in words.
 */
#ifndef CLEANUP_RUN_H
#define CLEANUP_RUN_H

#include "cleanup_test.h"

enum run { DRY, GO, UNDO };

static struct cmd cmd; /* what the last run printed is in cmd.said */

/* Run the plan's text with these words; its exit status must be that one. */
static void runs_with(struct planned *p, const char *words, int status)
{
	cmd.host = model_host(&p->model);
	int is = cmd_run(&cmd, planned_text(p, cleanup_write_cmd), words);
	if (is != status)
		fail_msg("exit %d instead of %d:\n%s", is, status, cmd.said);
}

static void runs(struct planned *p, enum run how, int status)
{
	static const char *const words[] = {[DRY] = "", [GO] = "/go", [UNDO] = "/undo"};
	runs_with(p, words[how], status);
}

static void says(const char *words)
{
	if (!strstr(cmd.said, words))
		fail_msg("not \"%s\" in:\n%s", words, cmd.said);
}

/* Nothing may change with that argument. */
static void leaves(struct planned *p, enum run how, int status, const char *words)
{
	char *before = model_dump(&p->model);
	int changes = p->model.changes;
	runs(p, how, status);
	char *after = model_dump(&p->model);
	assert_string_equal(before, after);
	assert_int_equal(p->model.changes, changes);
	if (words)
		says(words);
	free(before);
	free(after);
}

/* All of it: dry run, run, second run, undo. */
UNUSED_OK static void whole_life(struct planned *p, const char *also_gone)
{
	char *before = model_dump(&p->model);
	size_t n = p->model.now.n;
	leaves(p, DRY, 0, "Nothing was changed");
	assert_int_equal(p->model.saves, 0);
	runs(p, GO, 0);
	assert_false(model_has(&p->model, WIN7));
	assert_int_equal(p->model.now.n, n - 1 - (also_gone != NULL));
	if (also_gone)
		assert_false(model_has(&p->model, also_gone));
	assert_int_equal(p->model.saves, 1);
	assert_int_equal(p->model.deletes, 1);
	leaves(p, GO, 0, "nothing to do");
	leaves(p, DRY, 0, "nothing to do");
	runs(p, UNDO, 0);
	char *after = model_dump(&p->model);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

#endif
