/* SPDX-License-Identifier: MIT */
/*
 * What a plan made from the host's store does there, in three languages: only what is meant goes,
 * a store that changed stops it before anything goes, a dry run and a second run change nothing,
 * and its undo brings back the very same store.
 */
#include "cleanup_run.h"

static void only_the_entry_goes(void **state)
{
	(void)state;
	for (int language = ENGLISH; language <= JAPANESE; language++)
		for (int offline = 0; offline < 2; offline++) {
			struct planned p;
			planned_begin(&p, &(struct odd){.path = NULL});
			p.request.store_on_host = offline ? "E:\\R&D (old)\\a^b!\\50% BCD" : NULL;
			planned_make(&p);
			p.model.language = (enum model_language)language;
			p.model.ascii = language != JAPANESE;
			whole_life(&p, RESUME_2);
			planned_end(&p);
		}
}

static void shared_resume_stays(void **state)
{
	struct planned p;
	(void)state;
	planned_usual(&p, &(struct odd){.shared = true});
	whole_life(&p, NULL);
	assert_true(model_has(&p.model, RESUME_1));
	planned_end(&p);
}

static void default_moves_first(void **state)
{
	/* a running recovery environment is no Windows to start by itself */
	static const char *const running[] = {WIN10, OTHER, NULL, RECOVERY};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct planned p;
		planned_usual(&p,
			      &(struct odd){.is_default = true, .once = true, .in_tools = true});
		p.model.current = running[i];
		runs(&p, GO, 0);
		assert_string_equal(model_get(&p.model, MANAGER, "default")->text,
				    i < 2 ? running[i] : OTHER);
		assert_null(model_get(&p.model, MANAGER, "bootsequence"));
		assert_string_equal(model_get(&p.model, MANAGER, "toolsdisplayorder")->text,
				    MEMDIAG);
		runs(&p, UNDO, 0);
		assert_string_equal(model_get(&p.model, MANAGER, "default")->text, WIN7);
		assert_non_null(model_get(&p.model, MANAGER, "bootsequence"));
		planned_end(&p);
	}
}

/* Somebody else made another entry the default since: that one stays it. */
static void default_that_moved_stays(void **state)
{
	struct planned p;
	(void)state;
	planned_usual(&p, &(struct odd){.is_default = true});
	model_set(&p.model, MANAGER, "default", OTHER);
	runs(&p, GO, 0);
	assert_string_equal(model_get(&p.model, MANAGER, "default")->text, OTHER);
	assert_false(model_has(&p.model, WIN7));
	planned_end(&p);
}

/* The volume of the disk is gone: only for an entry chosen by hand is that right. */
static void an_unknown_device(void **state)
{
	static const char *const both[] = {"device", "osdevice"};
	(void)state;
	for (int by_hand = 0; by_hand < 2; by_hand++) {
		struct planned p;
		planned_with(&p, &(struct odd){.path = NULL}, (const char *const[]){WIN7},
			     (size_t)by_hand);
		for (size_t i = 0; i < 2; i++)
			model_set(&p.model, WIN7, both[i], "unknown");
		if (by_hand)
			whole_life(&p, RESUME_2);
		else
			leaves(&p, GO, 1, "its device is not what");
		planned_end(&p);
	}
}

/* What bcdedit is to a 32-bit cmd. */
static void from_a_small_cmd(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	planned_make(&p);
	p.model.wow = true;
	whole_life(&p, RESUME_2);
	planned_end(&p);
}

static void offline_default(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.is_default = true});
	p.request.store_on_host = "E:\\Boot\\BCD";
	planned_make(&p);
	p.model.current = WIN7; /* of another machine: means nothing here */
	runs(&p, GO, 0);
	assert_string_equal(model_get(&p.model, MANAGER, "default")->text, OTHER);
	planned_end(&p);
}

/* ---- surprises ---- */

static void change_device(struct model *m)
{
	model_set(m, WIN7, "device", "vhd=[D:]\\vhd\\win8.vhd,locate=custom:12000002");
}

static void change_osdevice(struct model *m)
{
	model_set(m, WIN7, "osdevice", "partition=C:");
}

static void change_description(struct model *m)
{
	model_set(m, WIN7, "description", "Windows 7");
}

static void change_root(struct model *m)
{
	model_set(m, WIN7, "systemroot", "\\Windows.old");
}

static void change_path(struct model *m)
{
	model_unset(m, WIN7, "path");
}

static void change_kind(struct model *m)
{
	model_find(m, WIN7)->type = BCD_RESUME;
}

static void change_default(struct model *m)
{
	model_set(m, MANAGER, "default", WIN7);
}

static void change_running(struct model *m)
{
	m->current = WIN7;
}

static void change_others(struct model *m)
{
	model_drop(m, WIN10);
	model_drop(m, OTHER);
}

static void change_access(struct model *m)
{
	m->no_access = true;
}

static void change_sight(struct model *m)
{
	m->blind = true;
}

static void break_export(struct model *m)
{
	m->fail = "/export";
}

static void leave_backup(struct model *m)
{
	model_export(m, BACKUP);
}

static void surprises_stop_it(void **state)
{
	static const struct {
		void (*change)(struct model *);
		const char *words;
	} cases[] = {
		{change_device, "its device is not what"},
		{change_osdevice, "its osdevice is not what"},
		{change_description, "its description is not what"},
		{change_root, "its systemroot is not what"},
		{change_path, "its path is not what"},
		{change_kind, "its kind is not what"},
		{change_default, "has become the default"},
		{change_running, "is running now"},
		{change_others, "No other entry"},
		{change_access, "as administrator"},
		{change_sight, "Not one entry that starts Windows"},
		{break_export, NULL},
		{leave_backup, "from an earlier run"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct planned p;
		planned_usual(&p, &(struct odd){.path = NULL});
		cases[i].change(&p.model);
		leaves(&p, GO, 1, cases[i].words);
		planned_end(&p);
	}
}

static void a_failing_step_stops_it(void **state)
{
	static const char *const verbs[] = {"/default", "/bootsequence", "/toolsdisplayorder",
					    "/delete"};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct planned p;
		planned_usual(&p,
			      &(struct odd){.is_default = true, .once = true, .in_tools = true});
		char *before = model_dump(&p.model);
		p.model.fail = verbs[i];
		runs(&p, GO, 1);
		says("did not do it");
		assert_true(model_has(&p.model, WIN7));
		runs(&p, UNDO, 0);
		char *after = model_dump(&p.model);
		assert_string_equal(before, after);
		free(before);
		free(after);
		planned_end(&p);
	}
}

static void too_much_gone_is_noticed(void **state)
{
	struct planned p;
	(void)state;
	planned_usual(&p, &(struct odd){.path = NULL});
	p.model.greedy = true;
	runs(&p, GO, 1);
	says("meant");
	planned_end(&p);
}

/* ---- other people's text ---- */

static void hostile_text_does_no_harm(void **state)
{
	static const struct {
		const char *path, *vhd, *description;
	} cases[] = {
		{"\\my disks\\win 7.vhd", "D:\\my disks\\win 7.vhd", "\"a & b | c > d < e\""},
		{"\\R&D\\a^b!c(d)e.vhd", "D:\\R&D\\a^b!c(d)e.vhd", "\"%PATH% !PATH! ^ )\""},
		{"\\100% real\\x.vhd", "D:\\100% real\\x.vhd", "\"say \\\"hi\\\" & calc\""},
		{"\\a%%b=c;d,e.vhd", "D:\\a%%b=c;d,e.vhd", "\"\\\"==\\\"\\\" goto undo\""},
		{"\\~'`@#$[x]{y}+-_.vhd", "D:\\~'`@#$[x]{y}+-_.vhd", "\"{bootmgr} ----- %~nx0\""},
		{"\\%PATH%\\%1\\x.vhd", "D:\\%PATH%\\%1\\x.vhd", "\"%a %b %1 100%\""},
		{"\\%a\\%~dpb.vhd", "D:\\%a\\%~dpb.vhd", "\" leading\""},
		{"\\\1\1.vhd", "D:\\\xe6\x97\xa5\xe6\x97\xa5.vhd", "\"{U+65E5}{U+672C}\""},
		{"\\];[.vhd", "D:\\];[.vhd", "\"\x27; Remove-Item C: #\""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int ascii = 0; ascii < 2; ascii++) {
			struct planned p;
			planned_begin(&p, &(struct odd){.path = cases[i].path,
							.description = cases[i].description});
			p.request.vhd = cases[i].vhd;
			planned_make(&p);
			assert_int_equal(p.plan.n, 1);
			p.model.ascii = ascii;
			whole_life(&p, RESUME_2);
			planned_end(&p);
		}
}

/* ---- several entries ---- */

static void several(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.twin = true, .is_default = true});
	p.request.entries = (const char *const[]){OTHER, TWIN};
	p.request.n_entries = 2;
	planned_make(&p);
	assert_int_equal(p.plan.n, 3);
	char *before = model_dump(&p.model);
	runs(&p, GO, 0);
	assert_false(model_has(&p.model, WIN7) || model_has(&p.model, TWIN) ||
		     model_has(&p.model, OTHER));
	assert_true(model_has(&p.model, WIN10) && model_has(&p.model, RECOVERY));
	assert_int_equal(p.model.deletes, 3);
	leaves(&p, GO, 0, "nothing to do");
	runs(&p, UNDO, 0);
	char *after = model_dump(&p.model);
	assert_string_equal(before, after);
	free(before);
	free(after);
	planned_end(&p);
}

/* One was deleted by hand since: the others still go. */
static void one_gone_already(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.twin = true});
	p.request.entries = (const char *const[]){TWIN};
	p.request.n_entries = 1;
	planned_make(&p);
	model_delete(&p.model, WIN7);
	runs(&p, GO, 0);
	assert_false(model_has(&p.model, TWIN));
	assert_int_equal(p.model.deletes, 2);
	planned_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_entry_goes),
		cmocka_unit_test(shared_resume_stays),
		cmocka_unit_test(default_moves_first),
		cmocka_unit_test(default_that_moved_stays),
		cmocka_unit_test(an_unknown_device),
		cmocka_unit_test(from_a_small_cmd),
		cmocka_unit_test(offline_default),
		cmocka_unit_test(surprises_stop_it),
		cmocka_unit_test(a_failing_step_stops_it),
		cmocka_unit_test(too_much_gone_is_noticed),
		cmocka_unit_test(hostile_text_does_no_harm),
		cmocka_unit_test(several),
		cmocka_unit_test(one_gone_already),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
