/* SPDX-License-Identifier: MIT */
/*
 * The page of a whole boot store, the host's or the image's own, and the ways to it.
 */
#include "plan_test.h"

#include <dirent.h>

static const struct picture pictures[] = {
	{"store-host", DISK, MENU "<enter>", 80, 24, false, false},
	{"store-host-roles", DISK, MENU "<enter>", 80, 24, true, false},
	{"store-host-first", DISK, MENU "<enter><home>", 80, 24, false, false},
	{"store-host-60x16", DISK, MENU "<enter>", 60, 16, false, false},
	{"store-host-40x12", DISK, MENU "<enter>", 40, 12, false, false},
	{"store-host-help", DISK, MENU "<enter>?", 80, 24, false, false},
	{"store-damaged", DISK, DAMAGED "<enter><home>", 80, 24, false, false},
	{"store-damaged-entry", DISK, DAMAGED "<enter>", 80, 24, false, false},
	{"store-own", DISK, ASK "<enter><enter>", 80, 24, false, false},
	{"store-own-from-boot", DISK, "b<home><down><enter>", 80, 24, false, false},
};

static void test_pictures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		need_fixtures(); /* what a picture saved is gone again */
		check_picture(&pictures[i], NOW);
	}
	check_noted();
}

static void test_ways_to_the_store(void **state)
{
	struct app app;
	(void)state;
	need_fixtures();
	open_at(&app, DISK, "b<home><down>", 80, 24);
	assert_non_null(command_find(&app, PAGE_BOOT, K_ENTER));
	assert_shows(&app, "enter boot store", true);
	press(&app, "<down>");
	assert_shows(&app, "enter boot store", false);
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
	assert_non_null(plan_state(&app)->menu->store.note);
	assert_true(shows(&app, plan_state(&app)->menu->store.note));
	assert_true(shows(&app, "1901 more bytes: stop7b bcd shows them"));
	assert_true(shows(&app, "Unknown  0x00000000"));
	assert_true(shows(&app, "Windows Boot Loader  0x10200003"));
	const struct bcd_object *other = bcd_object(&plan_state(&app)->menu->store, OTHER);
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

/* A store on the page of a disk that has nothing to do with it: every entry, every size. */
static void look_at(const char *store)
{
	static const int sizes[][2] = {{80, 24}, {60, 16}, {40, 12}, {40, 10}, {200, 60}};
	struct app app;
	assert_true(strlen(store) < sizeof(app.prompt.text));
	open_at(&app, "nowindows.vhd", "", 80, 24);
	press(&app, "<esc>p<enter>");
	memcpy(app.prompt.text, store, strlen(store) + 1);
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_MENU);
	for (size_t i = 0; i < plan_state(&app)->n_rows; i++) {
		press(&app, " <enter>");
		assert_true(shows(&app, plan_state(&app)->rows[i].object->guid));
		press(&app, "<end><esc><down>");
		app_resize(&app, sizes[i % 5][0], sizes[i % 5][1]);
		struct grid *g = app_draw(&app);
		assert_int_equal(grid_cell(g, 1, g->cursor_y)->ch[0], '>');
		grid_free(g);
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_ways_to_the_store),
		cmocka_unit_test(test_odd_store),
		cmocka_unit_test(test_image_without_a_store),
		cmocka_unit_test(test_store_keeps_its_place),
		cmocka_unit_test(test_real_stores),
	};
	return cmocka_run_group_tests(tests, plan_begin, screen_end);
}
