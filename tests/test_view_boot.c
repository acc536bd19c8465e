/* SPDX-License-Identifier: MIT */
/*
 * The pages about a boot: rehearsal, load order, targets, driver details, explanation. Pictures
 * are compared with files; what they cannot show (when files are read, which machines "portable"
 * stands for, that two judges agree) is tested on the app's state.
 */
#include "src/screen/boot_internal.h"
#include "src/screen/list_internal.h"
#include "src/screen/targets_internal.h"

#include "screen_test.h"

#define WIN7  "win7-mbr-dynamic.vhd"
#define WIN10 "win10-gpt-dynamic.vhd"
#define GPT7  "win7-gpt-dynamic.vhd"

static const struct picture pictures[] = {
	{"boot", WIN7, "b", 80, 24, false, false},
	{"boot-roles", WIN7, "b", 80, 24, true, false},
	{"boot-60x16", WIN7, "b", 60, 16, false, false},
	{"boot-40x12", WIN7, "b", 40, 12, false, false},
	{"boot-40x10", WIN7, "b", 40, 10, false, false},
	{"boot-132x40", WIN7, "b", 132, 40, false, false},
	{"boot-first-step", WIN7, "b<home>", 80, 24, false, false},
	{"boot-drivers-step", WIN7, "b<home><down><down>", 80, 24, false, false},
	{"boot-order", WIN7, "b<tab>", 80, 24, false, false},
	{"boot-order-roles", WIN7, "b<tab>", 80, 24, true, false},
	{"boot-order-end", WIN7, "b<tab><end>", 80, 24, false, false},
	{"boot-order-60x16", WIN7, "b<tab>", 60, 16, false, false},
	{"boot-order-40x12", WIN7, "b<tab>", 40, 12, false, false},
	{"boot-order-132x40", WIN10, "b<tab><pgdn>", 132, 40, false, false},
	{"boot-order-and-back", WIN7, "b<tab><down><tab>", 80, 24, false, false},
	{"boot-order-again", WIN7, "b<tab><down><down><tab><up><tab>", 80, 24, false, false},
	{"boot-staged", WIN7, "bf", 80, 24, false, false},
	{"boot-applied", WIN7, "bfay<esc>b", 80, 24, false, false},
	{"boot-detail", WIN7, "b<enter>", 80, 24, false, false},
	{"boot-order-detail", WIN7, "b<tab><enter>", 80, 24, false, false},
	{"boot-detail-back", WIN7, "b<enter><esc>", 80, 24, false, false},
	{"boot-help", WIN7, "b?", 80, 24, false, false},
	{"boot-missing-file", "missing-driver.vhd", "b", 80, 24, false, false},
	{"boot-dirty-hive", "hive-dirty.vhd", "b", 80, 24, false, false},
	{"boot-xp", "xp-mbr.vhd", "b", 80, 24, false, false},
	{"boot-win10", WIN10, "b", 80, 24, false, false},
	{"boot-from-targets", WIN7, "t<down><enter>", 80, 24, false, false},
	{"boot-last", WIN7, "t<home><down>b", 80, 24, false, false},
	{"boot-not-marked", WIN7, "t<end><enter>f", 80, 24, false, false},
	{"boot-not-here", WIN7, "t<down><down><enter>", 80, 24, false, false},
	{"targets-portable", WIN7, "t<home>", 80, 24, false, false},
	{"targets-last", WIN7, "t<home><down>", 80, 24, false, false},
	{"targets-end", WIN7, "t<end>", 80, 24, false, false},
	{"targets-no-driver", WIN7, "t<end><up><up><up><up><up><up>", 80, 24, false, false},
	{"targets-boots", WIN7, "tfay<esc>t", 80, 24, false, false},
	{"targets-40x12", WIN7, "t", 40, 12, false, false},
	{"targets-win10", WIN10, "t", 80, 24, false, false},
	{"targets-machine", WIN10, "tm", 80, 24, false, false},
	{"targets-machine-other", WIN10, "tmm<end>", 80, 24, false, false},
	{"targets-machine-new", WIN10, "tmmm", 60, 16, false, false},
	{"boot-machine", WIN10, "tm<end><up><up><up><enter>", 80, 24, false, false},
	{"boot-firmware", GPT7, "tb", 80, 24, false, false},
	{"targets-after-boot", WIN7, "t<down><enter><esc>", 80, 24, false, false},
	{"explain-finding", WIN7, "r", 80, 24, false, false},
	{"explain-finding-60x16", WIN7, "r", 60, 16, false, false},
	{"explain-finding-40x12", WIN7, "r", 40, 12, false, false},
	{"explain-from-help", WIN7, "<down>?<enter>", 80, 24, false, false},
	{"explain-from-boot", WIN7, "br", 80, 24, false, false},
	{"explain-other-machine", WIN7, "t<end><enter>r", 80, 24, false, false},
	{"explain-unseen", WIN7, "i<end>", 80, 24, false, false},
	{"explain-no-fix", "missing-driver.vhd", "r", 80, 24, false, false},
};

static void test_pictures(void **state)
{
	(void)state;
	need_images();
	check_pictures(pictures, sizeof(pictures) / sizeof(pictures[0]), 0);
}

/* ---- words ---- */

static struct boot_words words_of(enum verdict verdict, size_t stops, size_t likely)
{
	struct rehearsal r = {.verdict = verdict,
			      .stops_at = stops,
			      .likely_at = likely,
			      .n_loading = 7,
			      .files_checked = true,
			      .target_words = {"no release", "no release"}};
	struct boot_words v;
	for (size_t i = 0; i < BOOT_STEPS; i++)
		r.steps[i] = (struct rehearsal_step){.title = "step",
						     .needs = {"6 of 7 files", "6 of 7 files"}};
	boot_words_of(&r, &v);
	return v;
}

static void expect_words(struct boot_words v, char glyph, const char *words, const char *rest)
{
	assert_int_equal(v.glyph, glyph);
	assert_string_equal(v.words, words);
	assert_string_equal(v.rest, rest);
}

static void test_words(void **state)
{
	(void)state;
	const size_t none = BOOT_STEPS;
	const char *before = "7 drivers load before it";
	expect_words(words_of(VERDICT_BOOTS, none, none), '=', "BOOTS",
		     "7 drivers load, nothing seen stops it");
	expect_words(words_of(VERDICT_STOPS, STEP_CONTROLLER, none), 'X',
		     "STOPS at the disk controller", before);
	expect_words(words_of(VERDICT_STOPS, STEP_FILE_SYSTEM, STEP_DISK), 'X',
		     "STOPS at the file system", before);
	expect_words(words_of(VERDICT_STOPS, STEP_DRIVERS, none), 'X',
		     "STOPS at the boot-start drivers", "6 of 7 files");
	expect_words(words_of(VERDICT_STOPS, STEP_HIVE, none), 'X', "STOPS at the hive", "");
	expect_words(words_of(VERDICT_STOPS, none, none), 'X', "STOPS", "");
	expect_words(words_of(VERDICT_LIKELY_STOPS, none, STEP_FILTERS), '!',
		     "LIKELY STOPS at the filters", before);
	expect_words(words_of(VERDICT_UNKNOWN, none, none), '?', "NOT CHECKED", "no release");
}

static void test_words_without_files(void **state)
{
	(void)state;
	struct rehearsal r = {.verdict = VERDICT_BOOTS, .n_loading = 1};
	struct boot_words v;
	boot_words_of(&r, &v);
	expect_words(v, '=', "BOOTS", "1 driver loads; no file could be read");
}

static void test_file_words(void **state)
{
	(void)state;
	const struct service here = {.name = "a", .file.state = FILE_PRESENT}, gone = {.name = "b"};
	const struct {
		struct load_item item;
		char glyph;
		const char *words;
	} rows[] = {
		{{.service = &gone, .file = "x", .state = LOAD_FILE_UNCHECKED},
		 '?',
		 "not looked at"},
		{{.service = &here, .file = "x", .state = LOAD_FILE_UNCHECKED},
		 '?',
		 "present, not read"},
		{{.service = &here, .state = LOAD_FILE_UNCHECKED}, '?', "on another volume"},
		{{.service = &here, .file = "x", .state = LOAD_FILE_GOOD}, '=', "good"},
		{{.service = &here, .file = "x", .state = LOAD_FILE_DOUBTFUL}, '!', "doubtful"},
		{{.service = &here, .file = "x", .state = LOAD_FILE_MISSING}, 'X', "missing"},
		{{.service = &here, .file = "x", .state = LOAD_FILE_EMPTY}, 'X', "empty"},
		{{.service = &here,
		  .file = "x",
		  .state = LOAD_FILE_BAD,
		  .words = {"is cut short", "is cut short"}},
		 'X',
		 "is cut short"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(boot_file_glyph(&rows[i].item), rows[i].glyph);
		assert_string_equal(boot_file_words(&rows[i].item), rows[i].words);
	}
}

static void test_step_glyphs(void **state)
{
	(void)state;
	assert_int_equal(boot_step_glyph(REHEARSAL_OK), '=');
	assert_int_equal(boot_step_glyph(REHEARSAL_LIKELY), '!');
	assert_int_equal(boot_step_glyph(REHEARSAL_STOPS), 'X');
	assert_int_equal(boot_step_glyph(REHEARSAL_WAITS), '?');
	assert_int_equal(boot_step_glyph(REHEARSAL_UNKNOWN), '?');
	for (enum boot_step i = 0; i < BOOT_STEPS; i++)
		assert_true(strlen(boot_step_meaning(i)) > 20);
}

/* ---- which machines ---- */

static const char *const all_images[] = {WIN7, WIN10, "xp-mbr.vhd", "missing-driver.vhd"};

static bool among(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (text_equal(list[i], name))
			return true;
	return false;
}

/* The machines that "portable" stands for here are those that its verdict was made of. */
static void expect_same_chains(struct session *s, struct arena *arena)
{
	const char *portable = "portable", **ids;
	size_t n;
	struct diagnosis one, each;
	assert_int_equal(boot_targets(s, &portable, 1, arena, &ids, &n, NULL), 0);
	assert_int_equal(boot_judge(s, &portable, 1, arena, &one, NULL), 0);
	assert_int_equal(boot_judge(s, ids, n, arena, &each, NULL), 0);
	assert_true(n > 1);
	assert_int_equal(one.targets[0].verdict, verdict_worst(each.targets, n));
	assert_int_equal(one.n_critical, each.n_critical);
	for (size_t i = 0; i < each.n_critical; i++)
		assert_true(among(one.critical, one.n_critical, each.critical[i]));
}

static void test_portable_members(void **state)
{
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(all_images) / sizeof(all_images[0]); i++) {
		struct app app;
		struct arena *arena = arena_new();
		open_at(&app, all_images[i], "", 80, 24);
		expect_same_chains(app.session, arena);
		arena_free(arena);
		app_end(&app);
	}
}

static void test_each_machine_once(void **state)
{
	(void)state;
	const char *asked[] = {"last", "physical-ahci", "portable", "physical-ahci", "vmware-nvme"};
	const char **ids;
	size_t n;
	struct app app;
	struct err err = {0};
	struct arena *arena = arena_new();
	need_images();
	open_at(&app, WIN7, "", 80, 24);
	assert_int_equal(boot_targets(app.session, asked, 5, arena, &ids, &n, &err), 0);
	assert_string_equal(ids[0], "last");
	assert_string_equal(ids[1], "physical-ahci");
	assert_string_equal(ids[n - 1], "vmware-nvme");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	assert_false(among(ids, n - 1, "vmware-nvme"));
	assert_false(among(ids, n, "portable"));
	assert_string_equal(boot_worst(app.session, asked, 1, arena, &err), "last");
	assert_string_equal(boot_worst(app.session, asked, 2, arena, &err), "physical-ahci");
	asked[0] = "mars";
	assert_null(boot_worst(app.session, asked, 1, arena, &err));
	assert_int_equal(err.code, E_USAGE);
	arena_free(arena);
	app_end(&app);
}

static void test_worst_of_several(void **state)
{
	(void)state;
	const char *likely[] = {"physical-ahci", "physical-ide"},
		   *stops[] = {"physical-ahci", "xen"}, *staged[] = {"last", "physical-ahci"};
	struct app app;
	struct arena *arena = arena_new();
	need_images();
	open_at(&app, WIN10, "", 80, 24);
	assert_string_equal(boot_worst(app.session, likely, 2, arena, NULL), "physical-ide");
	assert_string_equal(boot_worst(app.session, stops, 2, arena, NULL), "xen");
	app_end(&app);
	open_at(&app, WIN7, "", 80, 24);
	assert_string_equal(boot_worst(app.session, staged, 2, arena, NULL), "physical-ahci");
	press(&app, "f");
	assert_string_equal(boot_worst(app.session, staged, 2, arena, NULL), "last");
	app_end(&app);
	arena_free(arena);
}

/* Where all files are good, the rehearsal and the diagnosis give one verdict. */
static void test_rehearsals_agree(void **state)
{
	(void)state;
	need_images();
	for (size_t i = 0; i < 2; i++) {
		struct app app;
		open_at(&app, all_images[i], "t", 80, 24);
		const struct diagnosis *all = targets_judged(&app);
		assert_true(all->n_targets > 20);
		for (size_t t = 0; t < all->n_targets; t++) {
			struct arena *arena = arena_new();
			struct rehearsal r;
			assert_int_equal(
				session_rehearse(app.session, all->targets[t].id, arena, &r, NULL),
				0);
			assert_int_equal(r.verdict, all->targets[t].verdict);
			arena_free(arena);
		}
		app_end(&app);
	}
}

/* ---- when files are read ---- */

static void test_reads_once(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "b", 80, 24);
	const struct rehearsal *run = boot_state(&app)->run;
	assert_non_null(run);
	press(&app, "<up><end><tab><pgdn><tab>?<esc><enter><esc>");
	app_resize(&app, 60, 16);
	free(screen_of(&app, false));
	assert_ptr_equal(boot_state(&app)->run, run);
	press(&app, "<esc>b");
	assert_ptr_equal(boot_state(&app)->run, run);
	boot_state(&app)->run = NULL; /* as if it had failed: it is tried again */
	press(&app, "<esc>b");
	assert_non_null(boot_state(&app)->run);
	press(&app, "<esc>t<home><down>b");
	assert_string_equal(boot_state(&app)->run->target, "last");
	app_end(&app);
}

static void test_changes_are_rehearsed(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "b", 80, 24);
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_STOPS);
	press(&app, "f");
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_BOOTS);
	press(&app, "uuu");
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_STOPS);
	press(&app, "<esc>f");
	assert_null(boot_state(&app)->run); /* nobody looks: it is read when asked for */
	press(&app, "b");
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_BOOTS);
	press(&app, "ay");
	assert_true(app.wrote);
	press(&app, "<esc>b");
	assert_int_equal(app_staged(&app), 0);
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_BOOTS);
	app_end(&app);
}

/* Choosing a Windows, the same one too, makes the session's models anew. */
static void test_choosing_forgets(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, "twowindows.vhd", "<enter>b", 80, 24);
	assert_non_null(boot_state(&app)->run);
	press(&app, "<esc><esc><down>w");
	assert_int_equal(app_frame(&app)->page, PAGE_PICK);
	press(&app, "<home><enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	assert_null(boot_state(&app)->run);
	press(&app, "b<tab><down><enter>");
	assert_string_equal(list_selected(&app)->name, "ACPI");
	app_end(&app);
}

static void test_targets_follow_a_write(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "t<down>", 80, 24);
	assert_string_equal(targets_selected(&app), "physical-ahci");
	assert_int_equal(targets_at(&app, app_frame(&app)->sel)->verdict, VERDICT_STOPS);
	press(&app, "fay");
	assert_true(app.wrote);
	press(&app, "<esc>");
	if (app_frame(&app)->page != PAGE_TARGETS)
		press(&app, "t<down>");
	assert_int_equal(targets_at(&app, app_frame(&app)->sel)->verdict, VERDICT_BOOTS);
	app_end(&app);
}

/* --control-set: every page judges that set. */
static void test_another_control_set(void **state)
{
	static const struct session_options second = {.control_set = 2};
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	assert_true(app_init(&app, WIN7, &second, 80, 24));
	app_open(&app);
	press(&app, "t<home><down><down>");
	assert_string_equal(targets_selected(&app), "physical-ide");
	assert_int_equal(targets_judged(&app)->targets[2].verdict, VERDICT_BOOTS);
	press(&app, "b");
	assert_string_equal(boot_state(&app)->target, "physical-ide");
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_BOOTS);
	assert_true(shows(&app, "ControlSet002"));
	app_end(&app);
}

/* A controller that several kinds of machine have names none of them. */
static void test_last_machine(void **state)
{
	static struct controller found[] = {
		{.service = "intelide", .hardware = "PCI\\VEN_8086&DEV_7111&REV_01"},
		{.service = "LSI_SAS", .hardware = "pci\\ven_1000&dev_0054&REV_01"},
	};
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "", 80, 24);
	struct install *inst = &app.session->chosen->install;
	inst->controllers = found;
	inst->n_controllers = 2;
	press(&app, "t");
	assert_true(shows(&app, "Last ran on VMware, LSI SAS."));
	inst->n_controllers = 1;
	assert_true(shows(&app, "Last ran on an unknown machine, disk on intelide."));
	inst->n_controllers = 0;
	assert_true(shows(&app, "Last ran on an unknown machine."));
	inst->manufacturer = "Dell Inc.";
	assert_true(shows(&app, "Last ran on Dell Inc.  Marked"));
	inst->product = "R740";
	assert_true(shows(&app, "Last ran on Dell Inc., R740."));
	app_end(&app);
}

static void test_doubtful_order_is_said(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "b", 80, 24);
	struct rehearsal doubtful = *boot_state(&app)->run;
	doubtful.list.problem = said_as_is("the list of groups is damaged");
	boot_state(&app)->run = &doubtful;
	assert_false(shows(&app, doubtful.list.problem.plain));
	press(&app, "<tab>");
	assert_true(shows(&app, doubtful.list.problem.plain));
	app_end(&app);
}

/* ---- going about ---- */

static void test_enter_opens_the_driver(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "b", 80, 24);
	size_t sel = app_frame(&app)->sel;
	assert_int_equal(boot_place_at(&app, sel), STEP_CONTROLLER);
	assert_string_equal(boot_selected(&app), "pciide");
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_DETAIL);
	assert_string_equal(list_selected(&app)->name, "pciide");
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_BOOT);
	assert_int_equal(app_frame(&app)->sel, sel);
	press(&app, "<home><down><enter>"); /* the boot store has a page of its own */
	assert_int_equal(app_frame(&app)->page, PAGE_STORE);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_BOOT);
	press(&app, "<end><enter>"); /* in no list of the page below */
	assert_int_equal(app_frame(&app)->page, PAGE_DETAIL);
	assert_true(text_equal(list_selected(&app)->name, "Ntfs"));
	press(&app, "<esc><esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	app_end(&app);
}

static void test_details_follow_the_list(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "<down><enter>", 80, 24);
	assert_string_equal(list_selected(&app)->name, "msahci");
	press(&app, "<down><esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	assert_string_equal(list_selected(&app)->name, "storvsc");
	app_end(&app);
}

static void test_two_lists_two_cursors(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "b<tab><down><down><down>", 80, 24);
	assert_true(boot_state(&app)->order);
	assert_int_equal(app_frame(&app)->sel, 3);
	press(&app, "<tab>");
	assert_int_equal(boot_place_at(&app, app_frame(&app)->sel), STEP_CONTROLLER);
	press(&app, "<tab>");
	assert_int_equal(app_frame(&app)->sel, 3);
	press(&app, "<esc>b");
	assert_false(boot_state(&app)->order);
	app_end(&app);
}

static void test_targets_and_boot_do_not_pile_up(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "", 80, 24);
	size_t depth = app.depth;
	press(&app, "btbtbt<enter>t<enter>");
	assert_true(app.depth <= depth + 2);
	press(&app, "<esc><esc><esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_DISK);
	app_end(&app);
}

static void test_fix_says_what_it_leaves_out(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "t<home><down><down>b", 80, 24);
	assert_string_equal(boot_state(&app)->target, "physical-ide");
	press(&app, "f"); /* portable is marked, and stands for it */
	assert_int_equal(app_staged(&app), 3);
	app_end(&app);
	open_at(&app, WIN7, "t<end>b", 80, 24);
	press(&app, "f");
	assert_int_equal(app_staged(&app), 0);
	assert_true(shows(&app, "is not marked"));
	app_end(&app);
}

static void test_first_of_several_that_stops(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "t<home><down> <up> ", 80, 24); /* last instead of portable */
	press(&app, "<esc>b");
	assert_string_equal(boot_state(&app)->target, "last");
	assert_int_equal(boot_state(&app)->run->verdict, VERDICT_BOOTS);
	press(&app, "<esc>t<down> <esc>b"); /* and physical-ahci */
	assert_string_equal(boot_state(&app)->target, "physical-ahci");
	app_end(&app);
}

static void test_needed_by(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "<tab><tab>/msahci<enter><enter>", 80, 24);
	assert_true(shows(&app, "physical-ahci, "));
	assert_false(shows(&app, "physical-ide"));
	app_end(&app);
	open_at(&app, WIN7, "<tab><tab>/vmbus<enter><enter>", 80, 24);
	assert_true(shows(&app, "hyperv-gen1"));
	assert_false(shows(&app, "hyperv-gen2")); /* has no 32-bit Windows */
	app_end(&app);
	open_at(&app, WIN7, "<tab><tab>/partmgr<enter><enter>", 80, 24);
	assert_true(shows(&app, "every machine"));
	app_end(&app);
	open_at(&app, WIN7, "<tab><tab>/Compbatt<enter><enter>", 80, 24);
	assert_true(shows(&app, "no machine"));
	app_end(&app);
}

static void test_explained_where_there_is_a_finding(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "<tab><tab>/Compbatt<enter>", 80, 24);
	assert_null(command_find(&app, PAGE_LIST, 'r'));
	press(&app, "?");
	assert_null(command_find(&app, PAGE_HELP, K_ENTER));
	press(&app, "<esc>/<esc>/msahci<enter>?");
	assert_non_null(command_find(&app, PAGE_HELP, K_ENTER));
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_EXPLAIN);
	assert_shows(&app, " X  msahci  stops the boot", true);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	app_end(&app);
}

/* Keys in any order: nothing is written, nothing breaks, the selection stays on the screen. */
static void test_random_keys(void **state)
{
	static const int keys[] = {K_UP,  K_DOWN, K_PGUP, K_PGDN, K_HOME, K_END, K_ENTER,
				   K_ESC, K_TAB,  'b',    'b',    't',    't',   ' ',
				   'f',   'u',    'r',    '?',    'i',    'd',   'w',
				   'e',   '0',    '4',    K_LEFT, 18,     'a',   K_UNKNOWN};
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "", 80, 24);
	srand(11);
	for (int i = 0; i < 1200; i++) {
		app_key(&app, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		if (i % 20 == 0)
			app_resize(&app, rand() % 140 + 1, rand() % 50 + 1);
		struct grid *g = app_draw(&app);
		assert_non_null(g);
		bool rows = app_frame(&app)->page == PAGE_BOOT && boot_state(&app)->run &&
			    !prompt_is_open(&app) && g->w >= APP_MIN_W && g->h >= APP_MIN_H;
		if (rows)
			assert_int_equal(grid_cell(g, 1, g->cursor_y)->ch[0], '>');
		grid_free(g);
	}
	assert_false(app.wrote);
	app_end(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_without_files),
		cmocka_unit_test(test_file_words),
		cmocka_unit_test(test_step_glyphs),
		cmocka_unit_test(test_portable_members),
		cmocka_unit_test(test_each_machine_once),
		cmocka_unit_test(test_worst_of_several),
		cmocka_unit_test(test_rehearsals_agree),
		cmocka_unit_test(test_reads_once),
		cmocka_unit_test(test_changes_are_rehearsed),
		cmocka_unit_test(test_choosing_forgets),
		cmocka_unit_test(test_targets_follow_a_write),
		cmocka_unit_test(test_another_control_set),
		cmocka_unit_test(test_last_machine),
		cmocka_unit_test(test_doubtful_order_is_said),
		cmocka_unit_test(test_enter_opens_the_driver),
		cmocka_unit_test(test_details_follow_the_list),
		cmocka_unit_test(test_two_lists_two_cursors),
		cmocka_unit_test(test_targets_and_boot_do_not_pile_up),
		cmocka_unit_test(test_fix_says_what_it_leaves_out),
		cmocka_unit_test(test_first_of_several_that_stops),
		cmocka_unit_test(test_needed_by),
		cmocka_unit_test(test_explained_where_there_is_a_finding),
		cmocka_unit_test(test_random_keys),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
