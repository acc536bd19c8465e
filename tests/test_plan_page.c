/* SPDX-License-Identifier: MIT */
/*
 * The pages of the bcdedit plan: the questions, the host's boot menu, the plain plan, a store
 * whole. Pictures are compared with files; which entries the plan takes, what is saved and when,
 * is tested on the app's state and the files. Host stores are made by mkhive.
 */
#include "plan_page_test.h"

static void test_pictures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		const struct picture *p = &pictures[i];
		struct app app;
		need_fixtures();
		open_at(&app, DISK, "", p->w, p->h);
		app.fixed_time = 133444800000000000u;
		press(&app, p->keys);
		compare_picture(p->name, &app, p->roles);
		assert_false(app.wrote);
		app_end(&app);
	}
}

/* ---- what is asked ---- */

static void test_questions_are_answered_beforehand(void **state)
{
	static const struct session_options given = {.host_store = "host.bcd",
						     .host_path = THIS_DISK};
	struct app app;
	(void)state;
	need_fixtures();
	copy_image(DISK);
	app_init(&app, DISK, &given, 80, 24);
	app_open(&app);
	press(&app, "p");
	assert_string_equal(app.prompt.text, THIS_DISK);
	press(&app, "<enter>");
	assert_string_equal(app.prompt.text, "host.bcd");
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_MENU);
	assert_int_equal(app.plan.plan->n, 1);
	app_end(&app);
}

static void test_questions_can_be_left(void **state)
{
	static const char *const keys[] = {"p<esc>", "p<enter><esc>", "p<ctrl-u><enter><esc>",
					   "p<ctrl-u>\\\\srv\\x.vhd<enter><enter>"};
	(void)state;
	need_fixtures();
	for (size_t i = 0; i < 4; i++) {
		struct app app;
		open_at(&app, DISK, keys[i], 80, 24);
		assert_int_equal(app.prompt.kind, PROMPT_NONE);
		assert_int_equal(app_frame(&app)->page, PAGE_LIST);
		assert_int_equal(app.message[0] != '\0', i == 3);
		app_end(&app);
	}
}

/* The question was asked in a wider window; screen_of() wants the cursor inside this one. */
static void test_question_in_a_window_that_shrinks(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, ASK, 80, 24);
	app_resize(&app, 40, 12);
	assert_true(shows(&app, "Host boot store: a file"));
	app_end(&app);
}

static void test_other_prompts_want_an_answer(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, ASK "<esc>io<ctrl-u><enter>", 80, 24);
	assert_int_equal(app.prompt.kind, PROMPT_TEXT);
	app_end(&app);
}

static void test_unreadable_store(void **state)
{
	static const char *const keys[] = {ASK "nowhere.bcd<enter>", ASK DISK "<enter>",
					   ASK DISK ":1:\\nothing<enter>"};
	(void)state;
	need_fixtures();
	for (size_t i = 0; i < 3; i++) {
		struct app app;
		open_at(&app, DISK, keys[i], 80, 24);
		assert_int_equal(app_frame(&app)->page, PAGE_PLAN);
		assert_null(app.plan.menu);
		assert_non_null(strstr(app.message, i ? DISK : "nowhere.bcd"));
		app_end(&app);
	}
}

/* ---- what is chosen ---- */

static void test_rows_and_first_choice(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU, 80, 24);
	check_chosen(&app, (const char *const[]){WIN7}, 1);
	assert_int_equal(app.plan.n_rows, 4);
	assert_string_equal(app.plan.rows[0].object->guid, WIN7); /* the match comes first */
	assert_null(row_of(&app, WIN10)->match);
	assert_null(row_of(&app, RECOVERY)->match);
	assert_false(app.plan.plan->blocks[0].by_hand);
	assert_int_equal(app.plan.plan->n_refusals, 0);
	app_end(&app);
}

static void test_space_chooses(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU " ", 80, 24);
	check_chosen(&app, NULL, 0);
	assert_non_null(strstr(app.message, "stays"));
	assert_string_equal(app.plan.plan->refusals[0].why, "left out by hand");
	press(&app, " ");
	check_chosen(&app, (const char *const[]){WIN7}, 1);
	assert_non_null(strstr(app.message, "will be deleted"));
	assert_null(strstr(app.message, "by hand"));
	press(&app, "<end> ");
	assert_non_null(strstr(app.message, "is not this disk; chosen by hand"));
	check_chosen(&app, (const char *const[]){WIN7, RECOVERY}, 2);
	press(&app, "<home> ");
	check_chosen(&app, (const char *const[]){RECOVERY}, 1);
	app_end(&app);
}

static void test_uncertain_needs_a_hand(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, NAMED "host.bcd<enter>", 80, 24);
	check_chosen(&app, NULL, 0);
	assert_string_equal(app.plan.plan->refusals[0].why, "only the file name is the same");
	press(&app, " ");
	assert_non_null(strstr(app.message, "may not be this disk; chosen by hand"));
	check_chosen(&app, (const char *const[]){WIN7}, 1);
	assert_true(app.plan.plan->blocks[0].by_hand);
	app_end(&app);
}

/* One loader that starts Windows stays, whichever is chosen last. */
static void test_last_loader_stays(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU, 80, 24);
	press(&app, "<down> <down> ");
	check_chosen(&app, (const char *const[]){WIN7, WIN10}, 2);
	assert_non_null(strstr(app.message, "{3333..6963} stays"));
	assert_non_null(strstr(app.message, "last entry that starts Windows"));
	press(&app, "<down> ");
	assert_int_equal(app.plan.plan->n_others, 1);
	check_chosen(&app, (const char *const[]){WIN7, WIN10, RECOVERY}, 3);
	app_end(&app);
	open_at(&app, DISK, OWN "<end> ", 80, 24);
	check_chosen(&app, NULL, 0);
	app_end(&app);
}

static void test_damaged_store_chooses_nothing(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, DAMAGED, 80, 24);
	check_chosen(&app, NULL, 0);
	assert_true(shows(&app, "STORE NOT WHOLE"));
	press(&app, " ");
	check_chosen(&app, (const char *const[]){WIN7}, 1);
	assert_non_null(app.plan.plan->problem);
	app_end(&app);
}

/* ---- saving ---- */

static void test_saved_only_by_o(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU "<tab><tab><tab><tab>", 80, 24);
	assert_int_equal(access(CMD, F_OK), -1);
	assert_false(is_plan_saved(&app));
	press(&app, "o");
	assert_true(is_plan_saved(&app));
	check_saved(&app, CMD, cleanup_write_cmd);
	assert_int_equal(access(PS1, F_OK), -1);
	press(&app, "<tab>");
	assert_false(is_plan_saved(&app));
	press(&app, "o<tab>o<tab>o");
	check_saved(&app, PS1, cleanup_write_ps1);
	check_saved(&app, DISK ".bcdedit.md", cleanup_write_md);
	check_saved(&app, DISK ".bcdedit.json", json_plan);
	press(&app, "<tab>o");
	assert_true(is_plan_saved(&app));
	press(&app, "<end> ");
	assert_false(is_plan_saved(&app));
	press(&app, "o");
	assert_true(is_plan_saved(&app));
	check_saved(&app, CMD, cleanup_write_cmd);
	app_end(&app);
	need_fixtures();
	open_at(&app, DISK, ASK "<enter>", 80, 24);
	assert_int_equal(access(CMD, F_OK), -1);
	press(&app, "o");
	char *is = content(CMD);
	assert_string_equal(is, app.plan.text);
	free(is);
	app_end(&app);
}

static void test_a_file_that_is_there_is_kept_once(void **state)
{
	static const char *const ways[] = {MENU, ASK "<enter>"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct app app;
		need_fixtures();
		test_write(CMD, "mine", 4);
		open_at(&app, DISK, ways[i], 80, 24);
		press(&app, "o");
		char *is = content(CMD);
		assert_string_equal(is, "mine");
		free(is);
		assert_false(is_plan_saved(&app));
		assert_non_null(strstr(app.message, "is there already; o again saves over it"));
		press(&app, "o");
		assert_true(is_plan_saved(&app));
		is = content(CMD);
		assert_string_not_equal(is, "mine");
		free(is);
		app_end(&app);
	}
}

static void test_nothing_chosen_is_not_saved(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU " o", 80, 24);
	assert_int_equal(access(CMD, F_OK), -1);
	assert_string_equal(app.message, "Nothing is chosen, so there is nothing to save.");
	app_end(&app);
}

/* ---- words ---- */

static void test_short_ids(void **state)
{
	char buf[PLAN_ID];
	struct bcd_object object = {.guid = LOADER_1};
	(void)state;
	assert_string_equal(plan_id(&object, buf), "{1111..6963}");
	object.alias = "{memdiag}";
	assert_string_equal(plan_id(&object, buf), "{memdiag}");
	assert_string_equal(plan_short_guid("no id of any length at all", buf), "no id of any");
	assert_string_equal(plan_short_guid("", buf), "");
}

/* The commands of the preview are those of the plan, in its order. */
static void test_commands(void **state)
{
	struct app app;
	char words[PLAN_LINE];
	(void)state;
	need_fixtures();
	open_at(&app, DISK, ASK "default.bcd<enter><end> ", 80, 24);
	const struct cleanup_plan *plan = app.plan.plan;
	assert_int_equal(plan->n, 2);
	size_t at = 1;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(plan_command_of(plan, &plan->blocks[i]), at);
		plan_command_words(plan, at, words, sizeof(words));
		assert_non_null(strstr(words, plan->blocks[i].guid));
		assert_memory_equal(words, "bcdedit /enum ", 14);
		at += plan->blocks[i].n_commands;
		plan_command_words(plan, at - 1, words, sizeof(words));
		assert_memory_equal(words, "bcdedit /delete ", 16);
		assert_non_null(strstr(words, " /cleanup"));
	}
	assert_int_equal(plan_command_count(plan), at);
	plan_command_words(plan, 0, words, sizeof(words));
	assert_non_null(strstr(words, plan->backup));
	plan_undo_words(plan, words, sizeof(words));
	assert_non_null(strstr(words, "/import"));
	app_end(&app);
}

/* ---- other ways in ---- */

static void test_ways_to_the_store(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, "b<home>", 80, 24);
	assert_true(is_store_step(&app));
	assert_true(can_boot_enter(&app));
	press(&app, "<down>");
	assert_false(is_store_step(&app));
	press(&app, "<up><enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_STORE);
	assert_true(shows(&app, "{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}"));
	press(&app, "<esc>p<enter><enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_PLAN);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_BOOT);
	app_end(&app);
	open_at(&app, DISK, "dp<enter>host.bcd<enter><enter><esc><esc>", 80, 24);
	assert_int_equal(app_frame(&app)->page, PAGE_DISK);
	app_end(&app);
}

static void test_odd_store(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, ASK "odd.bcd<enter><enter><home>", 120, 200);
	assert_non_null(app.plan.menu->store.note);
	assert_true(shows(&app, app.plan.menu->store.note));
	assert_true(shows(&app, "1901 more bytes: stop7b bcd shows them"));
	assert_true(shows(&app, "Unknown  0x00000000"));
	assert_true(shows(&app, "Windows Boot Loader  0x10200003"));
	const struct bcd_object *other = bcd_object(&app.plan.menu->store, OTHER);
	assert_int_equal(other->n, 0);
	char line[APP_TEXT]; /* below the object, not only at the top of the page */
	snprintf(line, sizeof(line), "\n   %s", other->problem);
	assert_true(shows(&app, line));
	app_end(&app);
}

static void test_image_without_a_store(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, "xp-mbr.vhd", "p<enter><enter><enter>", 80, 24);
	assert_int_equal(app_frame(&app)->page, PAGE_PLAN);
	assert_true(shows(&app, "The image has no boot store of its own."));
	assert_null(command_find(&app, PAGE_PLAN, K_ENTER));
	press(&app, "<esc>b<home><enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_BOOT);
	assert_null(command_find(&app, PAGE_BOOT, K_ENTER));
	app_end(&app);
}

/* Another width lays the page out anew: the object at its top stays there. */
static void test_store_keeps_its_place(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU "<enter><down><down>", 80, 24);
	for (int w = 40; w < 140; w += 20) {
		char top[APP_TEXT];
		app_resize(&app, w, 20);
		size_t line = app_frame(&app)->top;
		for (int x = 0; x < 38; x++)
			top[x] = (char)grid_cell(app.sheet.grid, x + 1, (int)line)->ch[0];
		top[38] = '\0';
		assert_string_equal(top, WIN7);
	}
	press(&app, "<home>");
	app_resize(&app, 60, 20);
	assert_int_equal(app_frame(&app)->top, 0);
	app_end(&app);
}

/* The session is made anew below the page: the image's stores are found again. */
static void test_page_outlives_a_change(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, "fd" ASK "<enter>a <esc>", 80, 24);
	assert_int_equal(app_frame(&app)->page, PAGE_PLAN);
	assert_true(shows(&app, "{2a3b..b2c3}  \"Windows 7\""));
	app_end(&app);
	open_at(&app, DISK, "fd" ASK "<enter>ay<esc>", 80, 24);
	assert_true(app.wrote);
	press(&app, "dp<enter><enter><enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_STORE);
	app_end(&app);
}

static void test_real_stores(void **state)
{
	const char *data = getenv("S7B_DATA");
	char path[TEST_PATH];
	struct dirent *e;
	size_t n = 0;
	(void)state;
	need_fixtures();
	snprintf(path, sizeof(path), "%s/bcd", data ? data : "");
	DIR *dir = data ? opendir(path) : NULL;
	if (!dir)
		skip();
	while ((e = readdir(dir))) {
		size_t len = strlen(e->d_name);
		if (len < 4 || strcmp(e->d_name + len - 4, ".BCD") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/bcd/%s", data, e->d_name);
		look_at(path);
		n++;
	}
	closedir(dir);
	assert_true(n > 0);
}

static void test_random_keys(void **state)
{
	static const int keys[] = {' ', ' ', K_UP, K_DOWN, K_ENTER, K_ESC, K_TAB,  K_HOME, K_END,
				   'o', '?', 'q',  'd',    'b',     'i',   K_PGDN, K_PGUP, 'w'};
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, TWINS, 80, 24);
	srand(5);
	for (int i = 0; i < 1500; i++) {
		app_key(&app, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		if (i % 10 == 0)
			app_resize(&app, rand() % 140 + 1, rand() % 50 + 1);
		if (app_frame(&app)->page < PAGE_PLAN && app.prompt.kind == PROMPT_NONE)
			press(&app,
			      i % 2 ? "dp<enter>twin.bcd<enter>" : "dp<enter>damaged.bcd<enter>");
		struct grid *g = app_draw(&app);
		bool rows = app_frame(&app)->page == PAGE_MENU && app.prompt.kind == PROMPT_NONE &&
			    g->w >= APP_MIN_W && g->h >= APP_MIN_H;
		if (rows && !app.message[0])
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
		cmocka_unit_test(test_questions_are_answered_beforehand),
		cmocka_unit_test(test_questions_can_be_left),
		cmocka_unit_test(test_question_in_a_window_that_shrinks),
		cmocka_unit_test(test_other_prompts_want_an_answer),
		cmocka_unit_test(test_unreadable_store),
		cmocka_unit_test(test_rows_and_first_choice),
		cmocka_unit_test(test_space_chooses),
		cmocka_unit_test(test_uncertain_needs_a_hand),
		cmocka_unit_test(test_last_loader_stays),
		cmocka_unit_test(test_damaged_store_chooses_nothing),
		cmocka_unit_test(test_saved_only_by_o),
		cmocka_unit_test(test_a_file_that_is_there_is_kept_once),
		cmocka_unit_test(test_nothing_chosen_is_not_saved),
		cmocka_unit_test(test_short_ids),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_ways_to_the_store),
		cmocka_unit_test(test_odd_store),
		cmocka_unit_test(test_image_without_a_store),
		cmocka_unit_test(test_store_keeps_its_place),
		cmocka_unit_test(test_page_outlives_a_change),
		cmocka_unit_test(test_real_stores),
		cmocka_unit_test(test_random_keys),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, begin, leave_scratch);
}
