/* SPDX-License-Identifier: MIT */
/*
 * The pages of the bcdedit plan: the questions, the host's boot menu, the plain plan. Pictures are compared with files; which entries the plan takes, what is saved and when,
 * is tested on the app's state and the files. Host stores are made by mkhive.
 */
#include "plan_test.h"

static const struct picture pictures[] = {
	{"plan-page-path", DISK, "p", 80, 24, false, false},
	{"plan-page-store", DISK, ASK, 80, 24, false, false},
	{"plan-page-store-40x12", DISK, ASK, 40, 12, false, false},
	{"plan-page-store-40x10", DISK, ASK "0123456789012345678901234567890123456789", 40, 10,
	 false, false},
	{"plan-page", DISK, MENU, 80, 24, false, false},
	{"plan-page-roles", DISK, MENU, 80, 24, true, false},
	{"plan-page-60x16", DISK, MENU, 60, 16, false, false},
	{"plan-page-40x12", DISK, MENU, 40, 12, false, false},
	{"plan-page-40x10", DISK, MENU, 40, 10, false, false},
	{"plan-page-132x40", DISK, MENU, 132, 40, false, false},
	{"plan-page-other", DISK, MENU "<end>", 80, 24, false, false},
	{"plan-page-left-out", DISK, MENU " ", 80, 24, false, false},
	{"plan-page-by-hand", DISK, MENU "<end> ", 80, 24, false, false},
	{"plan-page-two", DISK, MENU "<end> <up><up> ", 80, 24, false, false},
	{"plan-page-two-60x16", DISK, MENU "<end> ", 60, 16, false, false},
	{"plan-page-saved", DISK, MENU "o", 80, 24, false, false},
	{"plan-page-format", DISK, MENU "<tab>", 80, 24, false, false},
	{"plan-page-help", DISK, MENU "?", 80, 24, false, false},
	{"plan-page-default", DISK, ASK "default.bcd<enter>", 80, 24, false, false},
	{"plan-page-twins", DISK, TWINS, 80, 24, false, false},
	{"plan-page-uncertain", DISK, NAMED "host.bcd<enter>", 80, 24, false, false},
	{"plan-page-uncertain-chosen", DISK, NAMED "host.bcd<enter> ", 80, 24, false, false},
	{"plan-page-forbidden", DISK, OWN "<end> ", 80, 24, false, false},
	{"plan-page-last", DISK, OWN "<home> ", 80, 24, false, false},
	{"plan-page-damaged", DISK, DAMAGED, 80, 24, false, false},
	{"plan-page-damaged-roles", DISK, DAMAGED, 80, 24, true, false},
	{"plan-page-damaged-60x16", DISK, DAMAGED, 60, 16, false, false},
	{"plan-page-damaged-40x12", DISK, DAMAGED, 40, 12, false, false},
	{"plan-page-damaged-chosen", DISK, DAMAGED " ", 80, 24, false, false},
	{"plan-page-damaged-entry", DISK, DAMAGED "<end>", 80, 24, false, false},
	{"plan-page-hostile", DISK, ASK "hostile.bcd<enter>", 80, 24, false, false},
	{"plan-page-empty", DISK, ASK "empty.bcd<enter>", 80, 24, false, false},
	{"plan-page-plain", DISK, ASK "<enter>", 80, 24, false, false},
	{"plan-page-plain-40x12", DISK, ASK "<enter>", 40, 12, false, false},
	{"plan-page-plain-end", DISK, ASK "<enter><end>", 80, 24, false, false},
	{"plan-page-plain-saved", DISK, ASK "<enter>o", 80, 24, false, false},
	{"plan-page-not-read", DISK, ASK "nowhere.bcd<enter>", 80, 24, false, false},
	{"plan-page-no-store", DISK, ASK DISK "<enter>", 80, 24, false, false},
	{"plan-page-plain-md", DISK, ASK "<enter><tab>", 80, 24, false, false},
	{"plan-page-plain-json", DISK, ASK "<enter><tab><tab>", 60, 16, false, false},
	{"plan-page-plain-help", DISK, ASK "<enter>?", 80, 24, false, false},
	{"plan-page-add", DISK, ADD, 80, 24, false, false},
	{"plan-page-add-60x16", DISK, ADD, 60, 16, false, false},
	{"plan-page-add-40x12", DISK, ADD, 40, 12, false, false},
	{"plan-page-add-saved", DISK, ADD "<tab>o", 80, 24, false, false},
	{"plan-result", DISK, "t<tab> fay", 80, 24, false, false},
	{"plan-result-60x16", DISK, "t<tab> fa<pgdn><pgdn>y<end>", 60, 16, false, false},
	{"plan-result-40x12", DISK, "t<tab> fa<pgdn><pgdn><pgdn><pgdn>y<end>", 40, 12, false,
	 false},
	{"plan-page-turned", DISK, MENU "c", 80, 24, false, false},
};

/* ---- what is chosen and saved ---- */

static const struct plan_row *row_of(const struct app *app, const char *guid)
{
	for (size_t i = 0; i < plan_state(app)->n_rows; i++)
		if (strcmp(plan_state(app)->rows[i].object->guid, guid) == 0)
			return &plan_state(app)->rows[i];
	fail_msg("no row of %s", guid);
	return NULL;
}

static void check_chosen(const struct app *app, const char *const *ids, size_t n)
{
	assert_int_equal(plan_state(app)->plan->n, n);
	size_t chosen = 0;
	for (size_t i = 0; i < plan_state(app)->n_rows; i++)
		chosen += plan_state(app)->rows[i].chosen;
	assert_int_equal(chosen, n);
	for (size_t i = 0; i < n; i++) {
		assert_true(row_of(app, ids[i])->chosen);
		assert_non_null(plan_block_of(app, row_of(app, ids[i])));
	}
}

static char *content(const char *path)
{
	size_t len;
	char *text = (char *)test_read(path, &len);
	text = realloc(text, len + 1);
	text[len] = '\0';
	return text;
}

static void check_saved(const struct app *app, const char *path, write_form *form)
{
	struct arena *arena = arena_new();
	struct err err = {0};
	char *wanted = NULL, *is = content(path);
	assert_int_equal(form(plan_state(app)->plan, arena, &wanted, &err), 0);
	assert_string_equal(is, wanted);
	free(is);
	arena_free(arena);
}

static void test_pictures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		need_fixtures(); /* what a picture saved is gone again */
		check_picture(&pictures[i], NOW);
	}
	check_noted();
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
	open_app(&app, DISK, &given, 80, 24);
	press(&app, "p");
	assert_string_equal(app.prompt.text, THIS_DISK);
	press(&app, "<enter>");
	assert_string_equal(app.prompt.text, "host.bcd");
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_MENU);
	assert_int_equal(plan_state(&app)->plan->n, 1);
	app_end(&app);
}

static void expects(const struct app *app, enum page page, bool add)
{
	assert_false(prompt_is_open(app));
	assert_int_equal(app_frame(app)->page, page);
	assert_int_equal(is_plan_adding(app), add);
}

/* The path once, the store once, and only where it is looked at; e asks again. */
static void test_asked_once(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, ADD, 80, 24);
	expects(&app, PAGE_PLAN, true);
	press(&app, "<esc>p");
	expects(&app, PAGE_PLAN, true);
	press(&app, "c");
	assert_true(prompt_is_open(&app));
	press(&app, "host.bcd<enter>");
	expects(&app, PAGE_MENU, false);
	press(&app, " c");
	expects(&app, PAGE_PLAN, true);
	press(&app, "c");
	expects(&app, PAGE_MENU, false);
	check_chosen(&app, NULL, 0);            /* what was left out still is */
	press(&app, "<esc><esc>t<tab> <esc>p"); /* the native target is not marked any more */
	expects(&app, PAGE_MENU, false);
	press(&app, "e");
	assert_string_equal(app.prompt.text, THIS_DISK);
	press(&app, "<enter><enter>");
	expects(&app, PAGE_PLAN, false);
	app_end(&app);
}

/* A question that is left changes nothing of the page below it. */
static void test_left_questions_change_nothing(void **state)
{
	static const char *const keys[] = {MENU "e<esc>", MENU "e<ctrl-c>", ADD "c<esc>",
					   ADD "e<esc>"};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct app app;
		need_fixtures();
		open_at(&app, DISK, keys[i], 80, 24);
		expects(&app, i < 2 ? PAGE_MENU : PAGE_PLAN, i >= 2);
		press(&app, "o");
		assert_true(is_plan_saved(&app));
		assert_int_equal(access(i < 2 ? CMD : DISK ".bcdedit-add.cmd", F_OK), 0);
		app_end(&app);
	}
	/* a path that is refused: the page is gone, and p asks */
	struct app app;
	need_fixtures();
	open_at(&app, DISK, ADD "e<ctrl-u>\\\\srv\\x.vhd<enter>", 80, 24);
	assert_int_equal(app_frame(&app)->page, PAGE_TARGETS);
	assert_non_null(strstr(app.message, "local drive"));
	press(&app, "p");
	assert_true(prompt_is_open(&app));
	app_end(&app);
	/* one that a command file that adds cannot hold, though one that removes can */
	open_at(&app, DISK, "p<ctrl-u>D:\\%A%\\x.vhd<enter>host.bcd<enter>c", 80, 24);
	expects(&app, PAGE_MENU, false);
	assert_non_null(strstr(app.message, "cannot be written safely"));
	press(&app, " ");
	assert_int_equal(plan_state(&app)->n_rows, 4);
	app_end(&app);
}

/* What the marked targets need comes first. */
static void test_direction_follows_the_target(void **state)
{
	static const struct {
		const char *keys;
		bool add;
	} cases[] = {{"", false},
		     {"t <esc>", false},
		     {"t<tab> <esc>", true},
		     {"t<tab><down> <esc>", true},
		     {"t<tab><tab> <esc>", false}};
	(void)state;
	need_fixtures();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct app app;
		open_at(&app, DISK, cases[i].keys, 80, 24);
		assert_int_equal(plan_adds(&app), cases[i].add);
		press(&app, "p<enter>");
		assert_int_equal(prompt_is_open(&app), !cases[i].add);
		app_end(&app);
	}
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
		assert_false(prompt_is_open(&app));
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
	assert_true(shows(&app, "Copy of the host's boot menu"));
	app_end(&app);
}

static void test_other_prompts_want_an_answer(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, ASK "<esc>io<ctrl-u><enter>", 80, 24);
	assert_true(prompt_is_open(&app));
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
		assert_null(plan_state(&app)->menu);
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
	assert_int_equal(plan_state(&app)->n_rows, 4);
	assert_string_equal(plan_state(&app)->rows[0].object->guid,
			    WIN7); /* the match comes first */
	assert_null(row_of(&app, WIN10)->match);
	assert_null(row_of(&app, RECOVERY)->match);
	assert_false(plan_state(&app)->plan->blocks[0].by_hand);
	assert_int_equal(plan_state(&app)->plan->n_refusals, 0);
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
	assert_string_equal(plan_state(&app)->plan->refusals[0].why, "left out by hand");
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
	assert_string_equal(plan_state(&app)->plan->refusals[0].why,
			    "only the file name is the same");
	press(&app, " ");
	assert_non_null(strstr(app.message, "may not be this disk; chosen by hand"));
	check_chosen(&app, (const char *const[]){WIN7}, 1);
	assert_true(plan_state(&app)->plan->blocks[0].by_hand);
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
	assert_int_equal(plan_state(&app)->plan->n_others, 1);
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
	assert_non_null(plan_state(&app)->plan->problem);
	app_end(&app);
}

/* ---- saving ---- */

static void test_saved_only_by_o(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, MENU "<tab><tab><tab>", 80, 24);
	assert_int_equal(access(CMD, F_OK), -1);
	assert_false(is_plan_saved(&app));
	press(&app, "o");
	assert_true(is_plan_saved(&app));
	check_saved(&app, CMD, cleanup_write_cmd);
	assert_int_equal(access(DISK ".bcdedit.md", F_OK), -1);
	press(&app, "<tab>");
	assert_false(is_plan_saved(&app));
	press(&app, "o<tab>o");
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
	assert_string_equal(is, plan_state(&app)->text);
	free(is);
	/* the other direction has a file of its own, in every format */
	press(&app, "c");
	assert_false(is_plan_saved(&app));
	press(&app, "<tab>o");
	is = content(DISK ".bcdedit-add.md");
	assert_non_null(strstr(is, "A boot entry for this disk"));
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
	const struct cleanup_plan *plan = plan_state(&app)->plan;
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
	press(&app, "dp<enter>"); /* nothing is asked a second time */
	assert_int_equal(app_frame(&app)->page, PAGE_STORE);
	app_end(&app);
}

static void test_random_keys(void **state)
{
	static const int keys[] = {' ',    ' ',    K_UP,   K_DOWN, K_ENTER, K_ESC, K_TAB,
				   K_HOME, K_END,  'o',    '?',    'q',     'd',   'b',
				   'i',    K_PGDN, K_PGUP, 'w',    'c',     'e'};
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, TWINS, 80, 24);
	srand(5);
	for (int i = 0; i < 1500; i++) {
		app_key(&app, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		if (i % 10 == 0)
			app_resize(&app, rand() % 140 + 1, rand() % 50 + 1);
		if (app_frame(&app)->page < PAGE_PLAN && !prompt_is_open(&app))
			press(&app, "dp");
		if (prompt_is_open(&app) && i % 5 == 0)
			press(&app, "<esc>");
		if (prompt_is_open(&app))
			press(&app, i % 2 ? "<enter>twin.bcd<enter>" : "<enter>damaged.bcd<enter>");
		struct grid *g = app_draw(&app);
		bool rows = app_frame(&app)->page == PAGE_MENU && !prompt_is_open(&app) &&
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
		cmocka_unit_test(test_asked_once),
		cmocka_unit_test(test_left_questions_change_nothing),
		cmocka_unit_test(test_direction_follows_the_target),
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
		cmocka_unit_test(test_page_outlives_a_change),
		cmocka_unit_test(test_random_keys),
	};
	return cmocka_run_group_tests(tests, plan_begin, screen_end);
}
