/* SPDX-License-Identifier: MIT */
/*
 * test_verdict.c: verdicts, questions, groups and repairs in words, each from a small diagnosis of
 * its own. That the words follow the judge on real disks is seen in the goldens and scripts.
 */
#include "test.h"

#include "stop7b/verdict.h"
#include "stop7b/words.h"

static const struct rule at_loader = {.looks_at = OF_BOOT_PATH}, of_link = {.looks_at = OF_LINK},
			 not_there = {.looks_at = OF_LINK, .absent = true};

/* ---- one target ---- */

static void expect_target(struct target_verdict t, struct finding f, char glyph, const char *words)
{
	size_t index = 0;
	const char *services[] = {"msahci"};
	const struct diagnosis d = {.findings = &f, .n = 1, .targets = &t, .n_targets = 1};
	char shown;
	t.findings = &index;
	t.n = f.rule != NULL;
	t.services = services;
	t.n_services = 1;
	assert_string_equal(target_words(&t, &d, &shown), words);
	assert_int_equal(shown, glyph);
}

static void test_target_words(void **state)
{
	(void)state;
	const struct finding none = {.rule = NULL},
			     start = {.rule = &of_link, .subject = "msahci", .fixable = true},
			     gone = {.rule = &not_there, .subject = "msahci"},
			     made = {.rule = &not_there, .subject = "msahci", .fixable = true},
			     other = {.rule = &not_there, .subject = "CLFS"},
			     store = {.rule = &at_loader, .subject = "disk"};
	struct target_verdict t = {.verdict = VERDICT_BOOTS, .step = BOOT_STEPS};
	expect_target(t, none, '=', "boots");
	t.verdict = VERDICT_DOUBT;
	t.step = STEP_BUS;
	expect_target(t, none, '~', "boots, doubt");
	t.verdict = VERDICT_LIKELY_STOPS;
	expect_target(t, start, '!', "LIKELY 0x7B");
	t.step = STEP_LOADER;
	expect_target(t, store, '!', "MAY NOT START");
	t.verdict = VERDICT_STOPS;
	expect_target(t, store, 'X', "WILL NOT START");
	t.step = STEP_DRIVERS; /* the first step that is a driver's */
	expect_target(t, start, 'X', "STOP 0x7B");
	t.step = STEP_CONTROLLER;
	expect_target(t, gone, 'X', "no driver");
	expect_target(t, made, 'X', "STOP 0x7B");
	expect_target(t, other, 'X', "STOP 0x7B");
	t.release = said_as_is("Windows 7 does not run there.");
	t.step = STEP_RELEASE;
	expect_target(t, none, 'X', "does not run there");
	t = (struct target_verdict){.verdict = VERDICT_UNKNOWN, .step = STEP_HIVE};
	expect_target(t, none, '?', "NOT CHECKED");
}

static void test_reason_is_of_its_step(void **state)
{
	(void)state;
	struct finding all[] = {
		{.rule = &of_link, .severity = SEVERITY_STOP, .step = STEP_CONTROLLER},
		{.rule = &of_link, .severity = SEVERITY_DOUBT, .step = STEP_BUS},
		{.rule = &of_link, .severity = SEVERITY_STOP, .step = STEP_BUS},
	};
	size_t indices[] = {0, 1, 2};
	const struct diagnosis d = {.findings = all, .n = 3};
	struct target_verdict t = {
		.verdict = VERDICT_STOPS, .step = STEP_BUS, .findings = indices, .n = 3};
	assert_ptr_equal(target_reason(&t, &d), &all[2]);
	t.verdict = VERDICT_LIKELY_STOPS; /* another target's word stands at its step */
	assert_ptr_equal(target_reason(&t, &d), &all[1]);
	t.step = STEP_DISK;
	assert_null(target_reason(&t, &d));
}

/* ---- the question ---- */

static void expect_question(struct arena *arena, const struct install *inst,
			    struct target_verdict t, const char *full, const char *brief)
{
	struct question_words q;
	question_words(&t, inst, arena, &q);
	assert_string_equal(q.full, full);
	assert_string_equal(q.brief, brief);
}

static void test_questions(void **state)
{
	(void)state;
	struct machine dell = {.id = "0", .manufacturer = "Dell", .product = "E6430"};
	const struct install inst = {.machines = &dell, .n_machines = 1};
	struct arena *arena = arena_new();
	const struct target_verdict good = {.id = "portable", .step = BOOT_STEPS, .machine = "any"};
	struct target_verdict t = good;
	expect_question(arena, &inst, t, "any machine (portable)", "portable");
	t.machine = "new";
	expect_question(arena, &inst, t, "any new machine (portable)", "portable, new");
	t.machine = "0";
	expect_question(arena, &inst, t, "Dell E6430 (id 0), any controller (portable)",
			"portable, id 0");
	t.id = "last";
	expect_question(arena, &inst, t, "Dell E6430 (id 0), where it last ran (last)",
			"last, id 0");
	t.machine = "any";
	expect_question(arena, &inst, t, "the machine it last ran on (last)", "last");
	t = (struct target_verdict){
		.id = "hyperv-gen2", .title = "Generation 2", .step = BOOT_STEPS, .machine = "new"};
	expect_question(arena, &inst, t, "Generation 2 (hyperv-gen2), a new machine",
			"hyperv-gen2, new");
	t.machine = "any";
	expect_question(arena, &inst, t, "Generation 2 (hyperv-gen2)", "hyperv-gen2");
	t.machine = "new"; /* before the drivers the machine does not matter */
	t.verdict = VERDICT_STOPS;
	t.step = STEP_FIRMWARE;
	expect_question(arena, &inst, t, "Generation 2 (hyperv-gen2)", "hyperv-gen2");
	arena_free(arena);
}

/* ---- groups ---- */

static void test_groups(void **state)
{
	(void)state;
	struct target_verdict t[] = {
		{.id = "a", .verdict = VERDICT_STOPS, .step = STEP_BUS},
		{.id = "b", .verdict = VERDICT_BOOTS, .step = BOOT_STEPS},
		{.id = "c", .verdict = VERDICT_DOUBT, .step = STEP_BUS},
		{.id = "d", .verdict = VERDICT_STOPS, .step = STEP_FIRMWARE},
		{.id = "e", .verdict = VERDICT_UNKNOWN, .step = STEP_BUS},
		{.id = "f", .verdict = VERDICT_LIKELY_STOPS, .step = STEP_BUS},
	};
	const struct install nowhere = {.n_controllers = 0};
	struct diagnosis d = {.targets = t, .n_targets = 6};
	char line[PROSE_TEXT];
	group_words(&d, &nowhere, line, sizeof(line));
	assert_string_equal(line, "Boots: b, c.  Likely stops: f.  Stops: a.  Will not start: d.  "
				  "Not known: e.");
	struct target_verdict many[9];
	for (size_t i = 0; i < 9; i++)
		many[i] = t[0];
	d = (struct diagnosis){.targets = many, .n_targets = 9};
	group_words(&d, &nowhere, line, sizeof(line));
	assert_string_equal(line, "Stops: a, a, a, a, a, a and 3 more.");
	group_words(&d, &nowhere, line, 12); /* cut, and nothing behind it is touched */
	assert_string_equal(line, "Stops: a, a");
	d.n_targets = 0;
	group_words(&d, &nowhere, line, sizeof(line));
	assert_string_equal(line, "");
}

/* ---- in a window ---- */

static void expect_fit(int width, const char *words, const char *rest)
{
	const struct verdict_words v = {.words = "STOP on any machine (portable)",
					.words_brief = "STOP: portable",
					.rest = "3 of 24 boot-critical drivers",
					.rest_brief = "3 of 24 drivers",
					.rest_least = "3 of 24"};
	const char *is_words, *is_rest;
	verdict_fit(&v, width, 2, &is_words, &is_rest);
	assert_string_equal(is_words, words);
	assert_string_equal(is_rest, rest);
}

static void test_what_fits(void **state)
{
	(void)state;
	const char *full = "STOP on any machine (portable)", *brief = "STOP: portable";
	expect_fit(61, full, "3 of 24 boot-critical drivers");
	expect_fit(60, full, "3 of 24 drivers");
	expect_fit(46, brief, "3 of 24 boot-critical drivers");
	expect_fit(44, brief, "3 of 24 drivers");
	expect_fit(30, brief, "3 of 24");
	expect_fit(23, brief, "3 of 24");
	expect_fit(22, brief, "");
}

/* ---- what a repair writes ---- */

static const uint8_t zero[4], three[4] = {3};

#define SET(key_, name_, data_)                                                                    \
	{                                                                                          \
		.op = HIVE_SET, .key = (key_), .name = (name_), .type = REG_DWORD, .data = {       \
			(data_),                                                                   \
			4                                                                          \
		}                                                                                  \
	}

static void expect_repair(struct edit *edits, size_t n, const char *words)
{
	char buf[REPAIR_TEXT];
	const struct finding f = {.edits = edits, .n_edits = n, .fix_words = {"narrow", "narrow"}};
	assert_string_equal(finding_repair(&f, buf), words);
}

static void test_repairs(void **state)
{
	(void)state;
	struct edit start[] = {SET("ControlSet001\\Services\\a", "Start", zero),
			       SET("ControlSet002\\Services\\a", "Start", zero)};
	expect_repair(start, 2, "Start = 0");
	start[0].data.p = three;
	expect_repair(start, 1, "Start = 3");
	struct edit overrides[] = {
		SET("ControlSet001\\Services\\a\\StartOverride", "0", zero),
		SET("ControlSet002\\Services\\a\\StartOverride", "0", zero),
		SET("ControlSet001\\Services\\a\\StartOverride", "1", zero),
	};
	expect_repair(overrides, 2, "StartOverride\\0 = 0");
	expect_repair(overrides, 3, "StartOverride = 0 for 2 ids");
	struct edit both[] = {SET("ControlSet001\\Services\\a", "Start", zero), overrides[0]};
	expect_repair(both, 2, "Start = 0, StartOverride\\0 = 0");
	both[1].op = HIVE_DELETE_KEY;
	expect_repair(both, 2, "narrow");
	expect_repair(NULL, 0, "narrow");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_target_words), cmocka_unit_test(test_reason_is_of_its_step),
		cmocka_unit_test(test_questions),    cmocka_unit_test(test_groups),
		cmocka_unit_test(test_what_fits),    cmocka_unit_test(test_repairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
