/* SPDX-License-Identifier: MIT */
/*
 * The plan as data: what is chosen, what is left out and why, which calls are refused. What hangs
 * on an entry is test_cleanup_block.c's part, the forms are test_cleanup_forms.c's.
 */
#include "cleanup_test.h"

static struct planned p;

static const char *refused(const char *guid)
{
	for (size_t i = 0; i < p.plan.n_refusals; i++)
		if (text_equal(p.plan.refusals[i].guid, guid))
			return p.plan.refusals[i].why;
	return "not refused";
}

/* ---- what is chosen ---- */

static void the_certain_one(void **state)
{
	(void)state;
	planned_usual(&p, &(struct odd){.path = NULL});
	assert_int_equal(p.plan.n, 1);
	assert_int_equal(p.plan.n_refusals, 0);
	const struct cleanup_block *b = &p.plan.blocks[0];
	assert_string_equal(b->guid, WIN7);
	assert_string_equal(b->description, "Windows 7 (VHD)");
	assert_string_equal(b->kind, "osloader");
	assert_string_equal(b->vhd, "\\vhd\\win7.vhd");
	assert_string_equal(b->matched, "device and osdevice name this path");
	assert_true(b->certain);
	assert_false(b->by_hand || b->dead || b->was_default);
	assert_int_equal(p.plan.n_others, 2);
	assert_string_equal(p.plan.others[0], OTHER); /* the menu's order */
	assert_string_equal(p.plan.others[1], WIN10);
	assert_null(p.plan.problem);
	assert_string_equal(p.plan.backup, "bcd-before-stop7b-20260102T030405Z.bak");
	planned_end(&p);
}

static void only_by_hand(void **state)
{
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.vhd = "D:\\elsewhere\\win7.vhd"; /* the name alone */
	planned_make(&p);
	assert_int_equal(p.plan.n, 0);
	assert_string_equal(refused(WIN7), "only the file name is the same");
	p.request.entries = (const char *const[]){"{22222222-0000-11E4-9E43-806E6F6E6963}"};
	p.request.n_entries = 1;
	planned_make(&p);
	assert_int_equal(p.plan.n, 1);
	assert_true(p.plan.blocks[0].by_hand);
	assert_true(plan_warns(&p.plan.blocks[0], "not certain"));
	planned_end(&p);
}

/* On the screen every match is on or off. */
static void chosen_on_the_screen(void **state)
{
	bool chosen[8] = {false};
	(void)state;
	planned_begin(&p, &(struct odd){.twin = true});
	p.request.chosen = chosen;
	planned_make(&p);
	assert_int_equal(p.plan.n, 0);
	assert_string_equal(refused(WIN7), "left out by hand");
	for (size_t i = 0; i < p.f.matches.n; i++)
		chosen[i] = strcmp(p.f.matches.items[i].object->guid, TWIN) == 0;
	planned_make(&p);
	assert_int_equal(p.plan.n, 1);
	assert_non_null(planned_block(&p, TWIN));
	planned_end(&p);
}

static void dead_and_twin_by_hand(void **state)
{
	static const char *const files[] = {"D:\\vhd\\win7.vhd"};
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.f.request.listed = true;
	p.f.request.files = files;
	p.f.request.n_files = 1;
	planned_make(&p);
	assert_int_equal(p.plan.n, 1);
	assert_non_null(strstr(refused(OTHER), "not there any more"));
	assert_int_equal(p.plan.n_others, 1); /* a dead one starts nothing */
	p.request.entries = (const char *const[]){OTHER};
	p.request.n_entries = 1;
	planned_make(&p);
	assert_int_equal(p.plan.n, 2);
	assert_true(planned_block(&p, OTHER)->dead);
	planned_end(&p);
}

static void never_by_any_hand(void **state)
{
	static const char *const ids[] = {
		MANAGER,     MEMDIAG,     LOADERS,    FIRMWARE,
		"{current}", "{default}", "nonsense", "{99999999-0000-11e4-9e43-806e6f6e6963}",
		"{BOOTMGR}",
	};
	(void)state;
	planned_with(&p, &(struct odd){.path = NULL}, ids, sizeof(ids) / sizeof(ids[0]));
	assert_int_equal(p.plan.n, 1);
	assert_non_null(planned_block(&p, WIN7));
	assert_int_equal(p.plan.n_refusals, sizeof(ids) / sizeof(ids[0]));
	assert_string_equal(refused(MANAGER), "its id is one of Windows' own");
	assert_string_equal(refused(MEMDIAG), "its id is one of Windows' own");
	assert_string_equal(refused(LOADERS), "its id is one of Windows' own");
	assert_string_equal(refused(FIRMWARE), "the store has no such entry");
	assert_non_null(strstr(refused("{current}"), "not an id"));
	assert_string_equal(refused("{99999999-0000-11e4-9e43-806e6f6e6963}"),
			    "the store has no such entry");
	planned_end(&p);
}

static void not_an_entry(void **state)
{
	static const char *const ids[] = {RAMDISK, "{x} & calc"};
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	planned_end(&p);
	bench_begin(&p.f.b);
	add_manager(&p.f.b, &(struct odd){.path = NULL});
	add_own(&p.f.b);
	object(&p.f.b, RAMDISK, BCD_RAMDISK_OPTIONS);
	object(&p.f.b, "{x} & calc", BCD_LOADER);
	bench_read(&p.f.b);
	p.request.store = &p.f.b.store;
	p.request.entries = ids;
	p.request.n_entries = 2;
	p.model = (struct model){.arena = p.f.b.arena};
	planned_make(&p);
	assert_int_equal(p.plan.n, 0);
	assert_string_equal(refused(RAMDISK), "it is not an entry that starts Windows");
	assert_string_equal(refused("{x} & calc"), "its id is damaged");
	planned_end(&p);
}

static void the_last_one_stays(void **state)
{
	static const char *const all[] = {WIN10, WIN7, OTHER};
	(void)state;
	planned_usual(&p, &(struct odd){.only_vhds = true});
	assert_int_equal(p.plan.n, 0);
	assert_string_equal(refused(WIN7), "it is the last entry that starts Windows");
	planned_end(&p);
	/* of three the default stays, for it is the one that is used */
	planned_with(&p, &(struct odd){.path = NULL}, all, 3);
	assert_int_equal(p.plan.n, 2);
	assert_string_equal(refused(WIN10), "it is the last entry that starts Windows");
	assert_string_equal(p.plan.others[0], WIN10);
	planned_end(&p);
	planned_with(&p, &(struct odd){.is_default = true}, all, 3);
	assert_int_equal(p.plan.n, 2);
	assert_null(planned_block(&p, WIN7));
	planned_end(&p);
	/* a recovery entry does not count as one that starts Windows */
	planned_usual(&p, &(struct odd){.only_vhds = true, .twin = true});
	assert_int_equal(p.plan.n, 1);
	assert_null(planned_block(&p, WIN7));
	assert_int_equal(p.plan.n_others, 1);
	assert_string_equal(p.plan.others[0], WIN7);
	planned_end(&p);
}

/* Of those chosen a living one stays, even if a dead one is the default. */
static void a_living_one_stays(void **state)
{
	static const char *const all[] = {WIN10, WIN7, OTHER};
	(void)state;
	planned_begin(&p, &(struct odd){.is_default = true});
	p.f.request.listed = true;
	p.request.entries = all;
	p.request.n_entries = 3;
	planned_make(&p);
	assert_int_equal(p.plan.n, 2);
	assert_null(planned_block(&p, WIN10));
	planned_end(&p);
}

/* All that would be left is dead: nothing goes. */
static void nothing_but_the_dead(void **state)
{
	static const char *const ids[] = {WIN7};
	(void)state;
	planned_begin(&p, &(struct odd){.only_vhds = true, .twin = true});
	p.f.request.listed = true;
	p.request.entries = ids;
	p.request.n_entries = 1;
	planned_make(&p);
	assert_int_equal(p.plan.n, 0);
	assert_int_equal(p.plan.n_others, 0);
	planned_end(&p);
}

static void begins(write_form *form, const char *with)
{
	assert_int_equal(strncmp(planned_text(&p, form), with, strlen(with)), 0);
}

static void not_read_whole(void **state)
{
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.f.b.store.whole = false;
	p.f.b.store.problem = "{2222}: 21000001: runs past its data";
	planned_make(&p);
	assert_int_equal(p.plan.n, 0);
	assert_string_equal(p.plan.problem, "{2222}: 21000001: runs past its data");
	assert_non_null(strstr(refused(WIN7), "not read whole"));
	p.request.entries = (const char *const[]){WIN7};
	p.request.n_entries = 1;
	planned_make(&p);
	assert_int_equal(p.plan.n, 1);
	begins(cleanup_write_cmd, "@rem THIS STORE WAS NOT READ WHOLE: {2222}");
	begins(cleanup_write_md, "**This store was not read whole:** `{2222}");
	begins(json_plan, "{\"schema\":\"stop7b.plan/1\",\"whole\":false,\"problem\":\"{2222}");
	planned_end(&p);
}

/* A device of a form that is not known here, in an entry that nothing ties to a disk. */
static void an_unknown_form(void **state)
{
	static const char *const ids[] = {OTHER};
	(void)state;
	planned_with(&p, &(struct odd){.unknown = true}, ids, 1);
	assert_true(p.f.b.store.whole);
	assert_int_equal(p.plan.n, 2);
	assert_true(planned_block(&p, OTHER)->by_hand);
	assert_true(plan_warns(planned_block(&p, OTHER), "not understood"));
	assert_int_equal(planned_block(&p, OTHER)->n_facts, 3);
	planned_end(&p);
}

static void text_that_could_deceive(void **state)
{
	static const char *const ids[] = {WIN7};
	(void)state;
	planned_with(&p,
		     &(struct odd){.description = "\"a{U+000A}-----{U+000A}identifier {bootmgr}\""},
		     ids, 1);
	assert_int_equal(p.plan.n, 0);
	assert_non_null(strstr(refused(WIN7), "control characters"));
	planned_end(&p);
}

/* ---- bad calls ---- */

static void refuses(const struct cleanup_plan_request *request)
{
	struct cleanup_plan plan;
	struct err err = {0};
	assert_int_equal(cleanup_plan(request, p.f.b.arena, &plan, &err), -1);
	assert_int_equal(err.code, E_USAGE);
}

/* Of the disk with no store and in a plan that adds, and of the store on the host. */
static void bad_paths(void **state)
{
	static const char *const bad[] = {
		"",
		"D:",
		"D:\\",
		"D:x.vhd",
		"\\vhd\\x.vhd",
		"x.vhd",
		"/srv/x.vhd",
		"\\\\srv\\x\\y.vhd",
		"1:\\x.vhd",
		"D:\\a\"b.vhd",
		"D:\\a|b",
		"D:\\a<b.vhd",
		"D:\\a>b.vhd",
		"D:\\a*.vhd",
		"D:\\a?.vhd",
		"D:\\a:b",
		"D:/x.vhd",
		"D:\\a/b.vhd",
		"D:\\a\nb.vhd",
		"D:\\a\tb.vhd",
		"D:\\dir\\",
		"DX\\vhd\\x.vhd",
		"D:\\\xff.vhd",
		"D:\\\xe2\x80\xae.vhd",
	};
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cleanup_plan_request add = p.request, search = p.request, own = p.request;
		add.add = true;
		search.store = NULL;
		add.vhd = search.vhd = own.store_on_host = bad[i];
		refuses(&add);
		refuses(&search);
		refuses(&own);
	}
	p.request.store = NULL;
	p.request.vhd = NULL;
	refuses(&p.request);
	planned_end(&p);
}

/* Windows counts UTF-16 units, not bytes. */
static void longest_paths(void **state)
{
	char longest[600] = "D:\\";
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.store = NULL;
	p.request.vhd = longest;
	memset(longest + 3, 'x', 256);
	planned_make(&p);
	strcat(longest, "x");
	refuses(&p.request);
	strcpy(longest, "D:\\");
	for (size_t i = 0; i < 150; i++)
		strcat(longest, "\xe6\x97\xa5");
	planned_make(&p);
	planned_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_certain_one),
		cmocka_unit_test(only_by_hand),
		cmocka_unit_test(chosen_on_the_screen),
		cmocka_unit_test(dead_and_twin_by_hand),
		cmocka_unit_test(never_by_any_hand),
		cmocka_unit_test(not_an_entry),
		cmocka_unit_test(the_last_one_stays),
		cmocka_unit_test(a_living_one_stays),
		cmocka_unit_test(nothing_but_the_dead),
		cmocka_unit_test(not_read_whole),
		cmocka_unit_test(an_unknown_form),
		cmocka_unit_test(text_that_could_deceive),
		cmocka_unit_test(bad_paths),
		cmocka_unit_test(longest_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
