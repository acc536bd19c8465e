/* SPDX-License-Identifier: MIT */
/*
 * One entry of a plan: what hangs on it and what becomes of that, what is warned of, in which order
 * its commands come, and what must be found unchanged on the host.
 */
#include "cleanup_test.h"

static struct planned p;

static const char *fate(const struct cleanup_block *b, const char *guid)
{
	for (size_t i = 0; i < b->n_related; i++)
		if (strcmp(b->related[i].guid, guid) == 0)
			return b->related[i].fate;
	return "not related";
}

static void related_objects(void **state)
{
	(void)state;
	planned_usual(&p, &(struct odd){.path = NULL});
	const struct cleanup_block *b = &p.plan.blocks[0];
	assert_string_equal(fate(b, RESUME_2), "goes with it (/cleanup)");
	assert_string_equal(fate(b, RECOVERY), "no longer referenced; not deleted");
	assert_string_equal(fate(b, "{55555555-5555-5555-5555-555555555555}"),
			    "no longer referenced; not deleted");
	assert_string_equal(fate(b, LOADERS), "not related"); /* Windows' own */
	planned_end(&p);
	/* the recovery entry serves another one too: its options stay unsaid, like itself */
	planned_usual(&p, &(struct odd){.recovers = true});
	assert_string_equal(fate(&p.plan.blocks[0], RECOVERY), "stays: others use it");
	assert_string_equal(fate(&p.plan.blocks[0], "{55555555-5555-5555-5555-555555555555}"),
			    "not related");
	planned_end(&p);
	planned_usual(&p, &(struct odd){.shared = true});
	assert_string_equal(fate(&p.plan.blocks[0], RESUME_1), "stays: another entry uses it");
	planned_end(&p);
	planned_with(&p, &(struct odd){.shared = true}, (const char *const[]){WIN10}, 1);
	assert_string_equal(fate(planned_block(&p, WIN7), RESUME_1), "goes with it (/cleanup)");
	assert_string_equal(fate(planned_block(&p, WIN10), RESUME_1), "goes with it (/cleanup)");
	planned_end(&p);
	planned_with(&p, &(struct odd){.path = NULL}, (const char *const[]){RECOVERY}, 1);
	assert_true(plan_warns(planned_block(&p, RECOVERY), "does not start an installed Windows"));
	assert_false(plan_warns(planned_block(&p, RECOVERY),
				"will name nothing")); /* its user goes too */
	planned_end(&p);
}

/* Objects of class 3, named in front of a device: nothing deletes them, so they are named. */
static void device_options(void **state)
{
	static const char *const both[] = {WIN7, OTHER};
	(void)state;
	planned_usual(&p, &(struct odd){.options = 1});
	assert_string_equal(fate(&p.plan.blocks[0], OPTIONS), "no longer referenced; not deleted");
	planned_end(&p);
	planned_usual(&p, &(struct odd){.options = 2});
	assert_string_equal(fate(&p.plan.blocks[0], OPTIONS), "stays: others use it");
	planned_end(&p);
	planned_with(&p, &(struct odd){.options = 2}, both, 2);
	assert_string_equal(fate(planned_block(&p, WIN7), OPTIONS),
			    "no longer referenced; not deleted");
	planned_end(&p);
	planned_with(&p, &(struct odd){.path = NULL}, (const char *const[]){RECOVERY}, 1);
	assert_string_equal(
		fate(planned_block(&p, RECOVERY), "{55555555-5555-5555-5555-555555555555}"),
		"no longer referenced; not deleted");
	planned_end(&p);
}

static void who_is_left_behind(void **state)
{
	bool chosen[8] = {false};
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.chosen = chosen;
	p.request.entries = (const char *const[]){RECOVERY};
	p.request.n_entries = 1;
	planned_make(&p);
	assert_int_equal(p.plan.n, 1);
	assert_true(plan_warns(&p.plan.blocks[0], WIN7 " names it"));
	planned_end(&p);
}

static void commands_in_order(void **state)
{
	static const char *const verbs[] = {"/enum", "/default", "/bootsequence",
					    "/toolsdisplayorder", "/delete"};
	(void)state;
	planned_usual(&p, &(struct odd){.is_default = true, .once = true, .in_tools = true});
	const struct cleanup_block *b = &p.plan.blocks[0];
	assert_int_equal(b->n_commands, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(b->commands[i].words[0], verbs[i]);
	assert_string_equal(b->commands[1].words[1], "{current}");
	assert_string_equal(b->commands[2].words[2], "/remove");
	assert_string_equal(b->commands[4].words[1], WIN7);
	assert_string_equal(b->commands[4].words[2], "/cleanup");
	assert_int_equal(b->commands[4].n, 3);
	assert_true(plan_warns(b, "default") && plan_warns(b, "once") && plan_warns(b, "tools"));
	assert_string_equal(b->undo.words[0], "/import");
	planned_end(&p);
	planned_usual(&p, &(struct odd){.path = NULL});
	assert_int_equal(p.plan.blocks[0].n_commands, 2);
	planned_end(&p);
}

static void facts(void **state)
{
	static const struct cleanup_fact want[] = {
		{"device", "\\vhd\\win7.vhd", "\\vhd\\win7.vhd,locate=custom:12000002", true,
		 false},
		{"path", "\\Windows\\system32\\winload.exe", NULL, false, false},
		{"description", "Windows 7 (VHD)", NULL, false, false},
		{"osdevice", "\\vhd\\win7.vhd", "\\vhd\\win7.vhd,locate=custom:22000002", true,
		 false},
		{"systemroot", "\\Windows", NULL, false, false},
	};
	(void)state;
	planned_usual(&p, &(struct odd){.path = NULL});
	const struct cleanup_block *b = &p.plan.blocks[0];
	assert_int_equal(b->n_facts, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(b->facts[i].name, want[i].name);
		assert_string_equal(b->facts[i].value, want[i].value);
		assert_int_equal(b->facts[i].also != NULL, want[i].also != NULL);
		if (want[i].also)
			assert_string_equal(b->facts[i].also, want[i].also);
		assert_int_equal(b->facts[i].vhd, want[i].vhd);
		assert_int_equal(b->facts[i].or_unknown, want[i].or_unknown);
	}
	planned_end(&p);
}

static void facts_that_cannot_be_compared(void **state)
{
	char longest[700] = "\"";
	const char *const odd[] = {"\" blank\"", "\"blank \"", "\"a{U+202E}b\"", longest};
	(void)state;
	memset(longest + 1, 'x', 600);
	strcat(longest, "\"");
	for (size_t i = 0; i < 4; i++) {
		planned_usual(&p, &(struct odd){.description = odd[i]});
		assert_int_equal(p.plan.blocks[0].n_facts, 4);
		assert_true(plan_warns(&p.plan.blocks[0], "description is not compared"));
		planned_end(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(related_objects),
		cmocka_unit_test(device_options),
		cmocka_unit_test(who_is_left_behind),
		cmocka_unit_test(commands_in_order),
		cmocka_unit_test(facts),
		cmocka_unit_test(facts_that_cannot_be_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
