/* SPDX-License-Identifier: MIT */
/*
 * The plan without the host's store, on a model of cmd and of bcdedit in three languages: it finds
 * the one entry whose devices name the disk and deletes that; another disk, a second entry, the
 * default, the running Windows and the last loader stop it. Where the path cannot be compared the
 * entry's id is its argument.
 */
#include "cleanup_run.h"

#define KANJI "D:\\\xe6\x97\xa5.vhd"

/* The entry of this path on the host, and a plan that knows only the path. */
static void search_begin(struct planned *p, const struct odd *odd, const char *vhd)
{
	planned_begin(p, odd);
	p->request.store = NULL;
	p->request.vhd = vhd;
}

static void search_usual(struct planned *p, const struct odd *odd)
{
	search_begin(p, odd, THIS_DISK);
	planned_make(p);
}

static void set_devices(struct planned *p, const char *device, const char *os)
{
	model_set(&p->model, WIN7, "device", device);
	model_set(&p->model, WIN7, "osdevice", os);
}

/* ---- what is found ---- */

static void the_plan_as_data(void **state)
{
	struct planned p;
	(void)state;
	search_usual(&p, &(struct odd){.path = NULL});
	assert_true(p.plan.search);
	assert_int_equal(p.plan.n, 1);
	assert_null(p.plan.store_name);
	const struct cleanup_block *b = &p.plan.blocks[0];
	assert_string_equal(b->guid, CLEANUP_FOUND);
	assert_string_equal(b->osdevice, "vhd=[D:]\\vhd\\win7.vhd");
	assert_int_equal(b->n_facts, 2);
	assert_string_equal(b->facts[0].also, "\\vhd\\win7.vhd,locate=custom:12000002");
	assert_string_equal(b->facts[1].also, "\\vhd\\win7.vhd,locate=custom:22000002");
	assert_int_equal(b->n_commands, 2);
	assert_string_equal(b->commands[1].words[0], "/delete");
	assert_string_equal(b->commands[1].words[1], CLEANUP_FOUND);
	assert_string_equal(b->undo.words[0], "/import");
	planned_end(&p);
}

static void only_the_entry_goes(void **state)
{
	(void)state;
	for (int language = ENGLISH; language <= JAPANESE; language++)
		for (int offline = 0; offline < 2; offline++) {
			struct planned p;
			search_begin(&p, &(struct odd){.path = NULL}, "d:\\VHD\\win7.vhd");
			p.request.store_on_host = offline ? "E:\\R&D (old)\\a^b!\\50% BCD" : NULL;
			planned_make(&p);
			p.model.language = (enum model_language)language;
			p.model.ascii = language != JAPANESE;
			whole_life(&p, RESUME_2);
			planned_end(&p);
		}
}

/* However it is located, and whatever resume object it has. */
static void all_forms_of_the_device(void **state)
{
	static const char *const forms[][2] = {
		{"vhd=[D:]\\vhd\\win7.vhd", "vhd=[D:]\\vhd\\win7.vhd"},
		{"vhd=[locate]\\vhd\\WIN7.vhd", "vhd=[locate]\\vhd\\win7.vhd"},
		{"vhd=[locate]\\vhd\\win7.vhd,locate=custom:12000002",
		 "vhd=[locate]\\vhd\\win7.vhd,locate=custom:22000002"},
		{"vhd=[D:]\\vhd\\win7.vhd", "vhd=[D:]\\vhd\\win7.vhd,locate=custom:22000002"},
	};
	struct planned p;
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		search_usual(&p, &(struct odd){.shared = i == 3});
		set_devices(&p, forms[i][0], forms[i][1]);
		if (i == 0)
			model_unset(&p.model, WIN7, "resumeobject");
		whole_life(&p, i == 0 || i == 3 ? NULL : RESUME_2);
		planned_end(&p);
	}
}

static const char *const odd_paths[] = {
	"\\my disks\\win 7.vhd",   "\\R&D\\a^b!c(d)e.vhd",
	"\\100% real\\x.vhd",      "\\~'`@#$[x]{y}+-_.vhd",
	"\\%PATH%\\%1\\x.vhd",     "\\50%A.vhd",
	"\\x%%;=,y %OTHER% z.vhd", "\\];[.vhd",
};

static void odd_paths_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odd_paths) / sizeof(odd_paths[0]); i++) {
		struct planned p;
		char vhd[100];
		snprintf(vhd, sizeof(vhd), "D:%s", odd_paths[i]);
		search_begin(&p,
			     &(struct odd){.path = odd_paths[i],
					   .description = "\"\\\"==\\\"\\\" & %ID% ^ goto undo\""},
			     vhd);
		planned_make(&p);
		p.model.language = GERMAN;
		whole_life(&p, RESUME_2);
		planned_end(&p);
	}
}

static void another_disk_stays(void **state)
{
	static const char *const devices[] = {
		"vhd=[E:]\\vhd\\win7.vhd",      "vhd=[D:]\\vhd\\win7.vhdx",
		"vhd=[D:]\\x\\vhd\\win7.vhd",   "ramdisk=[D:]\\vhd\\win7.vhd",
		"vhd=[unknown]\\vhd\\win7.vhd", "partition=D:"};
	(void)state;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct planned p;
		search_usual(&p, &(struct odd){.path = NULL});
		set_devices(&p, devices[i], devices[i]);
		model_set(&p.model, WIN7, "description", "vhd=[D:]\\vhd\\win7.vhd");
		leaves(&p, GO, 0, "No entry starts this disk");
		planned_end(&p);
	}
}

/* Both devices must name it, on that drive. */
static void half_a_match_stops_it(void **state)
{
	static const struct {
		const char *device, *os, *words;
	} cases[] = {
		{"partition=C:", "vhd=[D:]\\vhd\\win7.vhd", "its device is not what"},
		{"vhd=[E:]\\vhd\\win7.vhd", "vhd=[D:]\\vhd\\win7.vhd", "its device is not what"},
		{"vhd=[D:]\\vhd\\win7.vhd", "partition=C:", "its osdevice is not what"},
		{"vhd=[D:]\\vhd\\win7.vhd", "vhd=[E:]\\vhd\\win7.vhd", "its osdevice is not what"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct planned p;
		search_usual(&p, &(struct odd){.path = NULL});
		set_devices(&p, cases[i].device, cases[i].os);
		leaves(&p, GO, 1, cases[i].words);
		planned_end(&p);
	}
}

/* ---- surprises ---- */

static void make_default(struct model *m)
{
	model_set(m, MANAGER, "default", WIN7);
}

static void make_running(struct model *m)
{
	m->current = WIN7;
}

static void second_entry(struct model *m)
{
	model_set(m, OTHER, "device", "vhd=[D:]\\vhd\\win7.vhd");
	model_set(m, OTHER, "osdevice", "vhd=[D:]\\vhd\\win7.vhd");
}

/* What is left starts from a ramdisk. */
static void last_loader(struct model *m)
{
	model_drop(m, WIN10);
	model_drop(m, OTHER);
	model_set(m, MANAGER, "default", MEMDIAG);
}

static void no_access(struct model *m)
{
	m->no_access = true;
}

static void no_sight(struct model *m)
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
		{make_default, "is the default entry"},
		{make_running, "is running now"},
		{second_entry, "More than one entry"},
		{last_loader, "No other entry"},
		{no_access, "as administrator"},
		{break_export, "could not be saved"},
		{leave_backup, "from an earlier run"},
		{no_sight, "Not one entry that starts Windows"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct planned p;
		search_usual(&p, &(struct odd){.path = NULL});
		cases[i].change(&p.model);
		leaves(&p, GO, 1, cases[i].words);
		planned_end(&p);
	}
}

static void failures_are_said(void **state)
{
	struct planned p;
	(void)state;
	search_usual(&p, &(struct odd){.path = NULL});
	p.model.fail = "/delete";
	runs(&p, GO, 1);
	says("did not do it");
	assert_true(model_has(&p.model, WIN7));
	planned_end(&p);
	search_usual(&p, &(struct odd){.path = NULL});
	p.model.greedy = true;
	runs(&p, GO, 1);
	says("More than was meant is gone");
	planned_end(&p);
}

/* ---- by its id ---- */

static void some_paths_need_the_id(void **state)
{
	static const struct {
		const char *path;
		bool by_id;
	} cases[] = {
		{"D:\\x.vhd", false},       {"D:\\50%x.vhd", false}, {"D:\\50%a.vhd", true},
		{"D:\\50%e.vhd", true},     {"D:\\50%~x.vhd", true}, {"D:\\50%A.vhd", false},
		{"D:\\\xc3\xa9.vhd", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct planned p;
		search_begin(&p, &(struct odd){.path = NULL}, cases[i].path);
		planned_make(&p);
		const char *text = planned_text(&p, cleanup_write_cmd);
		assert_int_equal(strstr(text, "goto listing") != NULL, cases[i].by_id);
		assert_int_equal(strstr(text, "%%e\"==") == NULL, cases[i].by_id);
		planned_end(&p);
	}
}

static void leaves_with(struct planned *p, const char *words, int status, const char *text)
{
	char *before = model_dump(&p->model);
	runs_with(p, words, status);
	says(text);
	char *after = model_dump(&p->model);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void by_id(void **state)
{
	struct planned p;
	(void)state;
	search_begin(&p, &(struct odd){.path = "\\\1.vhd"}, KANJI);
	planned_make(&p);
	p.model.ascii = true;
	leaves_with(&p, "", 1, WIN7); /* the entries, to choose from */
	leaves_with(&p, "/go", 2, "{identifier} [/go], or /undo");
	leaves_with(&p, WIN7 " /force", 2, "{identifier} [/go], or /undo");
	leaves_with(&p, WIN7, 0, "To do it: \"plan.cmd\" " WIN7 " /go");
	leaves_with(&p, "{default} /go", 0, "nothing to do");
	leaves_with(&p, WIN10 " /go", 0, "nothing to do"); /* from no virtual disk */
	leaves_with(&p, RESUME_2 " /go", 0, "nothing to do");
	leaves_with(&p, MANAGER " /go", 0, "nothing to do");
	p.model.current = WIN7;
	leaves_with(&p, WIN7 " /go", 1, "is running now");
	p.model.current = WIN10;
	char *before = model_dump(&p.model);
	runs_with(&p, WIN7 " /go", 0);
	assert_false(model_has(&p.model, WIN7) || model_has(&p.model, RESUME_2));
	assert_int_equal(p.model.deletes, 1);
	leaves_with(&p, WIN7 " /go", 0, "nothing to do");
	runs_with(&p, "/undo", 0);
	char *after = model_dump(&p.model);
	assert_string_equal(before, after);
	free(before);
	free(after);
	model_set(&p.model, MANAGER, "default", WIN7);
	leaves_with(&p, WIN7 " /go", 1, "is the default entry");
	planned_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_as_data),        cmocka_unit_test(only_the_entry_goes),
		cmocka_unit_test(all_forms_of_the_device), cmocka_unit_test(odd_paths_are_found),
		cmocka_unit_test(another_disk_stays),      cmocka_unit_test(half_a_match_stops_it),
		cmocka_unit_test(surprises_stop_it),       cmocka_unit_test(failures_are_said),
		cmocka_unit_test(some_paths_need_the_id),  cmocka_unit_test(by_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
