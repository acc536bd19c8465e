/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the plan's pages share: the boot stores of a host, made once in the scratch
 * folder, the pictures, and questions about what is chosen and saved.
 */
#ifndef STOP7B_PLAN_PAGE_TEST_H
#define STOP7B_PLAN_PAGE_TEST_H

#include "src/screen/plan_internal.h"

#include <dirent.h>
#include <unistd.h>

#include "pictures.h"

#include "cleanup_test.h"

#define DISK    "win7-mbr-dynamic.vhd"
#define ASK     "p<ctrl-u>" THIS_DISK "<enter>"
#define NAMED   "p<ctrl-u>D:\\other\\win7.vhd<enter>"
#define CMD     DISK ".bcdedit.cmd"
#define PS1     DISK ".bcdedit.ps1"
#define MENU    ASK "host.bcd<enter>"
#define DAMAGED ASK "damaged.bcd<enter>"
#define TWINS   ASK "twin.bcd<enter>"
#define OWN     "p<enter>" DISK ":1:\\Boot\\BCD<enter>"

static const struct picture {
	const char *name, *keys;
	int w, h;
	bool roles;
} pictures[] = {
	{"plan-page-path", "p", 80, 24, false},
	{"plan-page-store", ASK, 80, 24, false},
	{"plan-page-store-40x12", ASK, 40, 12, false},
	{"plan-page-store-40x10", ASK "0123456789012345678901234567890123456789", 40, 10, false},
	{"plan-page", MENU, 80, 24, false},
	{"plan-page-roles", MENU, 80, 24, true},
	{"plan-page-60x16", MENU, 60, 16, false},
	{"plan-page-40x12", MENU, 40, 12, false},
	{"plan-page-40x10", MENU, 40, 10, false},
	{"plan-page-132x40", MENU, 132, 40, false},
	{"plan-page-other", MENU "<end>", 80, 24, false},
	{"plan-page-left-out", MENU " ", 80, 24, false},
	{"plan-page-by-hand", MENU "<end> ", 80, 24, false},
	{"plan-page-two", MENU "<end> <up><up> ", 80, 24, false},
	{"plan-page-two-60x16", MENU "<end> ", 60, 16, false},
	{"plan-page-saved", MENU "o", 80, 24, false},
	{"plan-page-format", MENU "<tab>", 80, 24, false},
	{"plan-page-help", MENU "?", 80, 24, false},
	{"plan-page-default", ASK "default.bcd<enter>", 80, 24, false},
	{"plan-page-twins", TWINS, 80, 24, false},
	{"plan-page-uncertain", NAMED "host.bcd<enter>", 80, 24, false},
	{"plan-page-uncertain-chosen", NAMED "host.bcd<enter> ", 80, 24, false},
	{"plan-page-forbidden", OWN "<end> ", 80, 24, false},
	{"plan-page-last", OWN "<home> ", 80, 24, false},
	{"plan-page-damaged", DAMAGED, 80, 24, false},
	{"plan-page-damaged-roles", DAMAGED, 80, 24, true},
	{"plan-page-damaged-60x16", DAMAGED, 60, 16, false},
	{"plan-page-damaged-40x12", DAMAGED, 40, 12, false},
	{"plan-page-damaged-chosen", DAMAGED " ", 80, 24, false},
	{"plan-page-damaged-entry", DAMAGED "<end>", 80, 24, false},
	{"plan-page-hostile", ASK "hostile.bcd<enter>", 80, 24, false},
	{"plan-page-empty", ASK "empty.bcd<enter>", 80, 24, false},
	{"plan-page-plain", ASK "<enter>", 80, 24, false},
	{"plan-page-plain-40x12", ASK "<enter>", 40, 12, false},
	{"plan-page-plain-end", ASK "<enter><end>", 80, 24, false},
	{"plan-page-plain-saved", ASK "<enter>o", 80, 24, false},
	{"plan-page-not-read", ASK "nowhere.bcd<enter>", 80, 24, false},
	{"plan-page-no-store", ASK DISK "<enter>", 80, 24, false},
	{"store-host", MENU "<enter>", 80, 24, false},
	{"store-host-roles", MENU "<enter>", 80, 24, true},
	{"store-host-first", MENU "<enter><home>", 80, 24, false},
	{"store-host-60x16", MENU "<enter>", 60, 16, false},
	{"store-host-40x12", MENU "<enter>", 40, 12, false},
	{"store-host-help", MENU "<enter>?", 80, 24, false},
	{"store-damaged", DAMAGED "<enter><home>", 80, 24, false},
	{"store-damaged-entry", DAMAGED "<enter>", 80, 24, false},
	{"store-own", ASK "<enter><enter>", 80, 24, false},
	{"store-own-from-boot", "b<home><enter>", 80, 24, false},
};

static bool stores; /* the host stores are there */

/* ---- stores ---- */

static void keep(struct bench *b, const char *name)
{
	char path[2 * TEST_PATH];
	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	test_write(path, b->bytes.p, b->bytes.len);
}

static void make_store(const char *name, const struct odd *odd)
{
	struct planned p;
	planned_begin(&p, odd);
	keep(&p.f.b, name);
	planned_end(&p);
}

/* A device whose sizes run past its bytes, and two elements that nobody knows. */
static void make_damaged(void)
{
	struct bench b;
	struct blob part = mbr_partition(0x36234da4, 0x100000), e;
	bench_begin(&b);
	add_manager(&b, &(struct odd){.once = false});
	add_own(&b);
	add_disk(&b, WIN7, "\\vhd\\win7.vhd", "\"Windows 7 (VHD)\"");
	element(&b, WIN7, 0x2500ffff, "hex:34,12");
	element(&b, WIN7, 0x28000001, "hex:de,ad");
	e = element_of(0, &part);
	e.len -= 8;
	object(&b, OTHER, BCD_LOADER);
	element(&b, OTHER, BCD_DESCRIPTION, "\"Other\"");
	element_bytes(&b, OTHER, BCD_OS_DEVICE, &e);
	bench_make(&b, "");
	keep(&b, "damaged.bcd");
	bench_end(&b);
}

static void make_empty(void)
{
	struct bench b;
	bench_begin(&b);
	add_manager(&b, &(struct odd){.once = false});
	bench_make(&b, "");
	keep(&b, "empty.bcd");
	bench_end(&b);
}

/* A very long text, settings that inherit from themselves, an object without a type. */
static void make_odd(void)
{
	struct bench b;
	char text[6000];
	memset(text, 'a', sizeof(text));
	text[0] = '"';
	strcpy(text + sizeof(text) - 2, "\"");
	bench_begin(&b);
	add_manager(&b, &(struct odd){.once = false});
	add_own(&b);
	element(&b, WIN10, BCD_INHERITED, "multi:\"" WIN10 "\"");
	element(&b, WIN10, 0x22000010, text);
	fprintf(b.text, "[Objects\\%s]\n", OTHER);
	bench_make(&b, "");
	keep(&b, "odd.bcd");
	bench_end(&b);
}

static void make_stores(void)
{
	make_store("host.bcd", &(struct odd){.once = false});
	make_store("default.bcd",
		   &(struct odd){.is_default = true, .once = true, .in_tools = true});
	make_store("twin.bcd", &(struct odd){.twin = true});
	make_store("hostile.bcd",
		   &(struct odd){.description = "\"a \\\"q\\\" {U+202E}%PATH% {U+0007}"
						"abcdefghijklmnopqrstuvwxyz\""});
	make_damaged();
	make_empty();
	make_odd();
}

static int begin(void **state)
{
	const char *given = getenv("FIXTURE_BIN");
	char *bin = given ? realpath(given, NULL) : NULL;
	if (bin)
		setenv("FIXTURE_BIN", bin, 1);
	stores = bin != NULL;
	free(bin);
	return enter_scratch(state);
}

/* Skips where fixtures are not built; the first test that runs makes the stores. */
static void need_fixtures(void)
{
	if (!images || !stores)
		skip();
	if (access("host.bcd", F_OK) != 0)
		make_stores();
	const char *const saved[] = {CMD, PS1, DISK ".bcdedit.md", DISK ".bcdedit.json"};
	for (size_t i = 0; i < 4; i++)
		remove(saved[i]);
}

/* ---- what is chosen and saved ---- */

static const struct plan_row *row_of(const struct app *app, const char *guid)
{
	for (size_t i = 0; i < app->plan.n_rows; i++)
		if (strcmp(app->plan.rows[i].object->guid, guid) == 0)
			return &app->plan.rows[i];
	fail_msg("no row of %s", guid);
	return NULL;
}

static void check_chosen(const struct app *app, const char *const *ids, size_t n)
{
	assert_int_equal(app->plan.plan->n, n);
	size_t chosen = 0;
	for (size_t i = 0; i < app->plan.n_rows; i++)
		chosen += app->plan.rows[i].chosen;
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
	assert_int_equal(form(app->plan.plan, arena, &wanted, &err), 0);
	assert_string_equal(is, wanted);
	free(is);
	arena_free(arena);
}

/* A store on the page of a disk that has nothing to do with it: every entry, every size. */
static void look_at(const char *store)
{
	static const int sizes[][2] = {{80, 24}, {60, 16}, {40, 12}, {40, 10}, {200, 60}};
	struct app app;
	open_at(&app, "nowindows.vhd", "", 80, 24);
	press(&app, "<esc>p<enter>");
	snprintf(app.prompt.text, sizeof(app.prompt.text), "%s", store);
	press(&app, "<enter>");
	assert_int_equal(app_frame(&app)->page, PAGE_MENU);
	for (size_t i = 0; i < app.plan.n_rows; i++) {
		press(&app, " <enter>");
		assert_true(shows(&app, app.plan.rows[i].object->guid));
		press(&app, "<end><esc><down>");
		app_resize(&app, sizes[i % 5][0], sizes[i % 5][1]);
		struct grid *g = app_draw(&app);
		assert_int_equal(grid_cell(g, 1, g->cursor_y)->ch[0], '>');
		grid_free(g);
	}
	app_end(&app);
}

#endif
