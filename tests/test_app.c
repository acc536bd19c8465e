/* SPDX-License-Identifier: MIT */
/*
 * The app as a whole: every page as text, and what keys may do: nothing is written without y, y is
 * taken only where the review was read, the selection stays on the screen.
 */
#include "screen_test.h"

#include "src/screen/list_internal.h"

#define WIN7       "win7-mbr-dynamic.vhd"
#define UNREAD     "regback-unread.vhd"
#define TWO        "twowindows.vhd"
#define WIN10      "win10-gpt-dynamic.vhd"
#define GPT7       "win7-gpt-dynamic.vhd"
#define LOOK_MS    250                          /* y is not taken for so long */
#define FIXED_TIME UINT64_C(133444736000000000) /* 2023-11-14 */
#define REG                                                                                        \
	"d<enter>/win<enter><enter>/system32<enter><enter>/config<enter><enter>/"                  \
	"system<enter><enter>"

static const struct picture pictures[] = {
	{"list", WIN7, "", 80, 24, false, false},
	{"list-roles", WIN7, "", 80, 24, true, false},
	{"list-60x16", WIN7, "", 60, 16, false, false},
	{"list-40x12", WIN7, "", 40, 12, false, false},
	{"list-40x10", WIN7, "", 40, 10, false, false},
	{"list-32x8", WIN7, "", 32, 8, false, false},
	{"list-132x40", WIN7, "<tab>", 132, 40, false, false},
	{"list-read-only", WIN7, "f", 80, 24, false, true},
	{"list-critical", WIN7, "<tab>", 80, 24, false, false},
	{"list-by-start", WIN7, "<tab><tab>ss", 80, 24, false, false},
	{"list-by-change", "odd-start.vhd", "<tab>ssss", 80, 24, false, false},
	{"list-scrolled", WIN7, "<tab><tab><pgdn><pgdn><pgdn><up><up>", 80, 24, false, false},
	{"list-one-below", WIN7, "<tab><tab><home>jjjjjjjjj", 80, 24, false, false},
	{"list-end", WIN7, "<tab><tab><end>", 80, 24, false, false},
	{"list-scrolled-by-one", WIN7, "<tab><tab><pgdn><down><down>", 80, 24, false, false},
	{"staged", WIN7, "f", 80, 24, false, false},
	{"staged-roles", WIN7, "f", 80, 24, true, false},
	{"staged-60x16", WIN7, "f", 60, 16, false, false},
	{"staged-undone", WIN7, "fu", 80, 24, false, false},
	{"quit-asked", WIN7, "fq", 80, 24, false, false},
	{"review", WIN7, "fa", 80, 24, false, false},
	{"review-roles", WIN7, "fa", 80, 24, true, false},
	{"review-60x16", WIN7, "fa", 60, 16, false, false},
	{"review-40x12", WIN7, "fa", 40, 12, false, false},
	{"review-too-early", WIN7, "fay", 60, 16, false, false},
	{"review-dropped", WIN7, "fa ", 80, 24, false, false},
	{"result", WIN7, "fay", 80, 24, false, false},
	{"result-roles", WIN7, "fay", 80, 24, true, false},
	{"result-60x16", WIN7, "fa<pgdn><pgdn>y", 60, 16, false, false},
	{"nothing-wrong", WIN7, "fay<esc>", 80, 24, false, false},
	{"undo-review", WIN7, "fayu", 80, 24, false, false},
	{"undo-result", WIN7, "fayuy", 80, 24, false, false},
	{"detail", WIN7, "f<enter>", 80, 24, false, false},
	{"detail-60x16", WIN7, "<enter>", 60, 16, false, false},
	{"detail-40x12", WIN7, "<enter>", 40, 12, false, false},
	{"start-prompt", WIN7, "<tab><down><down>e", 80, 24, false, false},
	{"start-prompt-40x12", WIN7, "e", 40, 12, false, false},
	{"start-by-hand", WIN7, "<tab><tab>/iaStorV<enter>e0", 80, 24, false, false},
	{"filter", WIN7, "<tab><tab>/stor", 80, 24, false, false},
	{"filter-nothing", WIN7, "/zzz", 80, 24, false, false},
	{"help", WIN7, "?", 80, 24, false, false},
	{"help-end", WIN7, "?<end>", 80, 24, false, false},
	{"help-review", WIN7, "fa?", 80, 24, false, false},
	{"help-40x12", WIN7, "?", 40, 12, false, false},
	{"facts", WIN7, "i", 80, 24, false, false},
	{"facts-end", WIN7, "i<end>", 80, 24, false, false},
	{"plan-prompt", WIN7, "p", 80, 24, false, false},
	{"plan", WIN7, "p<enter><enter>", 80, 24, false, false},
	{"offered", "cloned-mbr.vhd", "<end>", 80, 24, false, false},
	{"offered-explained", "cloned-mbr.vhd", "<end><enter>", 80, 24, false, false},
	{"offered-staged", "cloned-mbr.vhd", "<end> a", 80, 24, false, false},
	{"aid", WIN7, "z<down><down> ", 80, 24, false, false},
	{"aid-refused", WIN10, "z<end><up><up>", 60, 16, false, false},
	{"aid-40x12", WIN7, "z", 40, 12, false, false},
	{"unread", UNREAD, "", 80, 24, false, false},
	{"unread-aid", UNREAD, "z ", 80, 24, false, false},
	{"unread-aid-40x12", UNREAD, "z", 40, 12, false, false},
	{"unread-aid-result", UNREAD, "z ay", 80, 24, false, false},
	{"unread-disk", UNREAD, "z ayuy<esc>", 80, 24, false, false},
	{"targets", WIN7, "t", 80, 24, false, false},
	{"targets-marked", WIN7, "t<down> <up><up><up> f", 80, 24, false, false},
	{"targets-60x16", WIN7, "t", 60, 16, false, false},
	{"two-targets", WIN7, "t<down> <esc>", 80, 24, false, false},
	{"disk", WIN7, "d", 80, 24, false, false},
	{"disk-60x16", WIN7, "d", 60, 16, false, false},
	{"disk-40x12", WIN7, "d", 40, 12, false, false},
	{"disk-and-back", WIN7, "dw", 80, 24, false, false},
	{"files", WIN7, "d<enter>/win<enter><enter>", 80, 24, false, false},
	{"files-40x12", WIN7, "d<enter>/win<enter><enter>", 40, 12, false, false},
	{"registry", WIN7,
	 REG "/controlset001<enter><enter>/services<enter><enter>/msahci<enter><enter>", 80, 24,
	 false, false},
	{"registry-root", WIN7, REG, 80, 24, false, false},
	{"value", WIN7,
	 REG "/controlset001<enter><enter>/services<enter><enter>/msahci<enter><enter>/"
	     "image<enter><enter>",
	 80, 24, false, false},
	{"unbound", WIN7, "x", 80, 24, false, false},
	{"escape-tail", WIN7, "O[3~P", 80, 24, false, false},
	{"win10", WIN10, "", 80, 24, false, false},
	{"win10-roles", WIN10, "", 80, 24, true, false},
	{"win10-40x12", WIN10, "", 40, 12, false, false},
	{"win10-last", WIN10, "tm<esc>", 80, 24, false, false},
	{"will-not-start", GPT7, "", 80, 24, false, false},
	{"will-not-start-60x16", GPT7, "", 60, 16, false, false},
	{"will-not-start-detail", GPT7, "<enter>", 80, 24, false, false},
	{"will-not-start-result", GPT7, "fay", 80, 24, false, false},
	{"win10-staged", WIN10, "f", 80, 24, false, false},
	{"no-windows", "nowindows.vhd", "", 80, 24, false, false},
	{"no-windows-bitlocker", "bitlocker.vhd", "", 80, 24, false, false},
	{"no-windows-disk", "nowindows.vhd", "<esc>", 80, 24, false, false},
	{"pick", "twowindows.vhd", "", 80, 24, false, false},
	{"picked", "twowindows.vhd", "<down><enter>", 80, 24, false, false},
	{"cannot-open", "vhd-footer-bad.vhd", "", 80, 24, false, false},
	{"cannot-open-40x12", "vhd-footer-bad.vhd", "", 40, 12, false, false},
	{"cannot-open-facts", "vhd-footer-bad.vhd", "i", 80, 24, false, false},
	{"hibernated", "hibernated.vhd", "", 80, 24, false, false},
	{"hibernated-review", "hibernated.vhd", "fay", 80, 24, false, false},
	{"missing-driver", "missing-driver.vhd", "", 80, 24, false, false},
};

static void test_pictures(void **state)
{
	(void)state;
	need_images();
	check_pictures(pictures, sizeof(pictures) / sizeof(pictures[0]), FIXED_TIME);
}

/* An apply whose completion mark never came: the last bytes of its record are cleared. */
static void interrupt(void)
{
	size_t len;
	uint8_t *bytes = test_read(WIN7 ".stop7b-undo", &len);
	assert_true(len > 512);
	memset(bytes + len - 512, 0, 512);
	test_write(WIN7 ".stop7b-undo", bytes, len);
	free(bytes);
}

static void test_recovery(void **state)
{
	static const struct {
		const char *name, *keys;
	} steps[] = {{"recovery", ""},
		     {"recovery-review", "<enter>"},
		     {"recovery-done", "<enter>y"},
		     {"recovery-finish", "<down><enter>y"},
		     {"recovery-look", "<down><down><enter>"},
		     {"recovery-look-review", "<esc>fa"}};
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct app app;
		copy_image(WIN7);
		open_app(&app, WIN7, &plain_options, 80, 24);
		press(&app, "fay");
		app_end(&app);
		interrupt();
		open_app(&app, WIN7, &plain_options, 80, 24);
		app.session->record.who = "root@rescue1";
		app_resize(&app, 80, 24);
		press(&app, steps[i].keys);
		compare_picture(steps[i].name, &app, false);
		app_end(&app);
	}
	check_noted();
}

static uint64_t fake_ms(void *ctx)
{
	return *(uint64_t *)ctx;
}

static void test_opening(void **state)
{
	(void)state;
	uint64_t clock = 1000;
	struct app app;
	need_goldens();
	assert_true(app_init(&app, "web01-os.vhd", &plain_options, 80, 24));
	app.host = (struct app_host){.ctx = &clock, .now_ms = fake_ms};
	assert_true(opening_progress(&app, "VHD dynamic, 127.0 GiB", 0, 0));
	clock = 1100;
	assert_true(opening_progress(&app, "GPT, 4 partitions", 0, 0));
	clock = 1500;
	assert_true(opening_progress(&app, "SYSTEM hive", 1 << 20, 18 << 20));
	clock = 3600;
	assert_true(opening_progress(&app, "SYSTEM hive", 11 << 20, 18 << 20));
	app_resize(&app, 80, 24);
	compare_picture("opening", &app, false);
	check_noted();
	app_key(&app, K_ESC);
	assert_false(opening_progress(&app, "SYSTEM hive", 12 << 20, 18 << 20));
	app_end(&app);
}

/* ---- behaviour ---- */

/* A Windows that cannot be read: from each page that shows it, written, and undone. */
static void test_aid_unread(void **state)
{
	static const char *const ways[] = {"z ay", "<esc>z ay"};
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct app app;
		open_at(&app, UNREAD, ways[i], 80, 24);
		assert_shows(&app, "WRITTEN    read back", true);
		assert_non_null(app.session->chosen);
		press(&app, "<esc>");
		assert_shows(&app, "driver list", false);
		assert_shows(&app, "msahci", true);
		press(&app, "uy<esc>");
		assert_null(app.session->chosen);
		assert_shows(&app, "first aid", true);
		app_end(&app);
		assert_unchanged(UNREAD);
	}
}

/* Make the hive at the n-th place that looks like one unreadable, in the copy. */
static void damage_hive(const char *name, size_t n)
{
	size_t len;
	uint8_t *bytes = test_read(name, &len);
	for (size_t at = 0; at + 4 <= len; at += 512)
		if (memcmp(bytes + at, "regf", 4) == 0 && n-- == 0)
			memcpy(bytes + at, "XXXX", 4);
	test_write(name, bytes, len);
	free(bytes);
}

/* Of several Windows the one under the cursor is aided, and nothing staged for another is lost. */
static void test_aid_unread_of_several(void **state)
{
	struct app app;
	bool seen = false;
	(void)state;
	need_images();
	for (size_t n = 0; n < 8 && !seen; n++) {
		copy_image(TWO);
		damage_hive(TWO, n);
		open_app(&app, TWO, &plain_options, 80, 24);
		seen = app.session->n_windows > 1 && !app.session->windows[1].readable &&
		       app.session->windows[0].readable;
		if (!seen)
			app_end(&app);
	}
	assert_true(seen);
	assert_shows(&app, "first aid", false);
	press(&app, "z"); /* this one can be read */
	assert_int_equal(app_frame(&app)->page, PAGE_PICK);
	press(&app, "<down>z");
	assert_int_equal(app_frame(&app)->page, PAGE_AID);
	assert_ptr_equal(session_aided(app.session), &app.session->windows[1]);
	assert_shows(&app, "keeps no copy of its SYSTEM hive", true);
	assert_shows(&app, "show-stop", false);
	press(&app, "<esc><up><enter>f");
	assert_ptr_equal(app.session->chosen, &app.session->windows[0]);
	assert_true(staged_count(app.session->staged) > 0);
	press(&app, "d");
	for (size_t i = 0; i < app.session->table.n; i++)
		if (&app.session->table.items[i] == app.session->windows[1].partition)
			press(&app, i ? "<end>z" : "<home>z");
	assert_shows(&app, "Changes are staged for another Windows", true);
	assert_true(staged_count(app.session->staged) > 0);
	app_end(&app);
}

/* Without y nothing is ever written, whatever else is pressed, in whatever window. */
static void test_random_keys(void **state)
{
	static const int keys[] = {K_UP,  K_DOWN, K_PGUP,      K_PGDN,    K_HOME,  K_END, K_ENTER,
				   K_ESC, K_TAB,  '/',         's',       'f',     ' ',   'e',
				   'u',   18,     'a',         't',       'd',     'w',   'i',
				   '?',   'h',    'l',         'j',       'k',     'g',   '0',
				   '4',   'm',    K_BACKSPACE, K_UNKNOWN, K_PASTE, 'Q',   0x65e5};
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 80, 24);
	srand(7);
	for (int i = 0; i < 1500; i++) {
		app_key(&app, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
		if (i % 20 == 0)
			app_resize(&app, rand() % 140 + 1, rand() % 50 + 1);
		struct grid *g = app_draw(&app);
		assert_non_null(g);
		bool list = app_frame(&app)->page == PAGE_LIST && list_count(&app) &&
			    !prompt_is_open(&app) && g->w >= APP_MIN_W && g->h >= APP_MIN_H;
		if (list) /* the selection is always on the screen, with the cursor on it */
			assert_int_equal(grid_cell(g, 1, g->cursor_y)->ch[0], '>');
		grid_free(g);
	}
	assert_false(app.wrote);
	app_end(&app);
	assert_unchanged(WIN7);
}

/* What cannot be shown cannot be confirmed: not while it is too small, nor right afterwards. */
static void test_y_needs_a_window(void **state)
{
	(void)state;
	uint64_t clock = 5000;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 80, 30);
	app.no_delay = false;
	app.host = (struct app_host){.ctx = &clock, .now_ms = fake_ms};
	press(&app, "fa<end>");
	clock += 2 * LOOK_MS;
	app_resize(&app, 30, 8);
	press(&app, "y<enter> y");
	assert_false(app.wrote);
	assert_int_equal(app_frame(&app)->page, PAGE_REVIEW);
	app_resize(&app, 80, 30);
	press(&app, "y");
	assert_false(app.wrote);
	clock += LOOK_MS;
	press(&app, "y");
	assert_true(app.wrote);
	app_end(&app);
}

static void test_y_waits(void **state)
{
	(void)state;
	uint64_t clock = 5000;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 80, 24);
	app.no_delay = false;
	app.host = (struct app_host){.ctx = &clock, .now_ms = fake_ms};
	press(&app, "fa");
	clock += LOOK_MS - 1;
	press(&app, "y");
	assert_false(app.wrote);
	assert_unchanged(WIN7);
	press(&app, "<esc>y<enter> ");
	assert_false(app.wrote);
	press(&app, "fa");
	clock += LOOK_MS;
	press(&app, "y");
	assert_true(app.wrote);
	assert_false(result_failed(&app));
	app_end(&app);
}

static void test_y_needs_the_last_line(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 60, 16);
	press(&app, "fay<end><enter> ");
	assert_false(app.wrote);
	press(&app, "<esc>fa<pgdn>y<pgdn>y");
	assert_true(app.wrote);
	app_end(&app);
}

/* An undecoded sequence leaves the review page, as esc does: its tail may be a y. */
static void test_unknown_key_leaves_the_review(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 80, 24);
	press(&app, "fa");
	app_key(&app, K_UNKNOWN);
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	press(&app, "y");
	assert_false(app.wrote);
	press(&app, "a");
	app_key(&app, K_PASTE);
	assert_int_equal(app_frame(&app)->page, PAGE_REVIEW);
	app_end(&app);
}

/* Jumping over the middle is not reading it. */
static void test_y_after_a_jump(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 40, 10);
	press(&app, "fa<end>y");
	assert_false(app.wrote);
	assert_unchanged(WIN7);
	/* It goes no further than reading does, so that y is never refused at the end of all lines. */
	for (int i = 0; i < 30 && !shows(&app, "Write these"); i++)
		press(&app, "<end>");
	assert_shows(&app, "Write these", true);
	press(&app, "y");
	assert_true(app.wrote);
	app_end(&app);
}

static void test_guards_forbid(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image("hibernated.vhd");
	open_app(&app, "hibernated.vhd", &plain_options, 80, 24);
	press(&app, "fa");
	assert_int_equal(app_frame(&app)->page, PAGE_REVIEW);
	assert_null(command_find(&app, PAGE_REVIEW, 'y'));
	press(&app, "yyy");
	assert_false(app.wrote);
	assert_shows(&app, "hibernated stands against it", true);
	app_end(&app);
	assert_unchanged("hibernated.vhd");
	copy_image("dirty-volume.vhd");
	open_app(&app, "dirty-volume.vhd", &plain_options, 80, 40);
	assert_shows(&app, "Let Windows check the volume (chkdsk /f)", true);
	press(&app, "fay");
	assert_false(app.wrote);
	assert_shows(&app, "start stop7b with --allow dirty-volume", true);
	app_end(&app);
}

/* What was allowed is there all the same, and is said until the end. */
static void test_allowed_guards_stay_visible(void **state)
{
	(void)state;
	static const char *const allowed[] = {"dirty-volume"};
	struct session_options options = plain_options;
	struct app app;
	options.allow = allowed;
	options.n_allow = 1;
	need_images();
	copy_image("dirty-volume.vhd");
	open_app(&app, "dirty-volume.vhd", &options, 80, 40);
	assert_shows(&app, "WRITES OFF", false);
	assert_shows(&app, "ALLOWED", true);
	press(&app, "fa");
	assert_shows(&app, "ALLOWED  dirty-volume: ", true);
	press(&app, "<end><end><end>y");
	assert_true(app.wrote);
	assert_shows(&app, "dirty-volume was allowed: ", true);
	app_end(&app);
}

static void test_read_only_has_no_review(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &read_only_options, 80, 24);
	press(&app, "fay");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	assert_int_equal(app_staged(&app), 3);
	app_end(&app);
}

static void test_selection_is_kept_by_name(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 80, 24);
	press(&app, "<down>");
	assert_string_equal(list_selected(&app)->name, "msahci");
	press(&app, "<tab><tab>");
	assert_string_equal(list_selected(&app)->name, "msahci");
	app_resize(&app, 40, 12);
	press(&app, "ss/msa");
	assert_string_equal(list_selected(&app)->name, "msahci");
	press(&app, "<enter> ");
	assert_string_equal(list_selected(&app)->name, "msahci");
	assert_int_equal(app_staged(&app), 1);
	app_end(&app);
}

/* Half pages, pages, first and last, on a list and on a page of text. */
static void test_movers(void **state)
{
	static const struct {
		const char *keys;
		size_t sel, top;
	} list[] = {{"g", 0, 0},        {"<ctrl-d>", 3, 0},     {"<ctrl-d>", 6, 1},
		    {"<ctrl-u>", 3, 1}, {"<ctrl-f>", 8, 3},     {"<ctrl-b>", 3, 3},
		    {"G", 123, 118},    {"<ctrl-f>", 123, 118}, {"g", 0, 0},
		    {"<ctrl-u>", 0, 0}};
	static const struct {
		const char *keys;
		size_t top;
	} text[] = {{"<ctrl-d>", 10}, {"<ctrl-u>", 0}, {"<ctrl-f>", 19}, {"<ctrl-b>", 0},
		    {"j", 1},         {"G", SIZE_MAX}, {"g", 0}};
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "<tab><tab>", 80, 24);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		press(&app, list[i].keys);
		assert_int_equal(app_frame(&app)->sel, list[i].sel);
		assert_int_equal(app_frame(&app)->top, list[i].top);
	}
	press(&app, "i");
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		size_t last = (size_t)(app.sheet.n - sheet_room(&app));
		press(&app, text[i].keys);
		assert_int_equal(app_frame(&app)->top, text[i].top < last ? text[i].top : last);
	}
	app_end(&app);
}

/* It is shown, esc takes it back before leaving, and the selected row stays. */
static void test_kept_filter(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "<tab><tab>/scsi", 80, 24);
	assert_shows(&app, " > /scsi", false); /* the prompt shows it */
	press(&app, "<enter><down>");
	assert_shows(&app, " > /scsi", true);
	char name[64];
	snprintf(name, sizeof(name), "%s", list_selected(&app)->name);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	assert_shows(&app, " > /scsi", false);
	assert_shows(&app, " of 124  0 staged", true);
	assert_string_equal(list_selected(&app)->name, name);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_DISK);
	press(&app, "<end><enter>/win<enter>");
	assert_shows(&app, " > /win ", true);
	assert_shows(&app, " 1-1 of 1  0 staged", true);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_FILES);
	assert_shows(&app, "> /win", false);
	assert_int_not_equal(app_frame(&app)->sel, 0);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_DISK);
	app_end(&app);
}

static void test_bar_of_a_wide_window(void **state)
{
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "", 120, 40);
	assert_shows(&app, "t targets  b boot  d disk  p bcd  ", true);
	press(&app, "f");
	assert_shows(&app, "t targets  b boot  d disk  ", true);
	app_end(&app);
}

static void test_unknown_keys_say_so(void **state)
{
	static const struct {
		const char *key, *said;
	} rows[] = {{"X", "X does nothing here"},
		    {"7", "7 does nothing here"},
		    {"<del>", "del does nothing here"},
		    {"<ctrl-x>", "ctrl-x does nothing here"},
		    {"y", "y does nothing here"},
		    {"N", "N does nothing here"},
		    {"\xc3", "Unknown key."}};
	(void)state;
	struct app app;
	need_images();
	open_at(&app, WIN7, "", 80, 24);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		press(&app, rows[i].key);
		assert_shows(&app, rows[i].said, true);
		press(&app, "j");
		assert_shows(&app, rows[i].said, false);
	}
	app_end(&app);
}

static void test_quit_asks_once(void **state)
{
	(void)state;
	struct app app;
	need_images();
	copy_image(WIN7);
	open_app(&app, WIN7, &plain_options, 80, 24);
	press(&app, "fq");
	assert_int_equal(app.request, REQUEST_NONE);
	press(&app, "jq");
	assert_int_equal(app.request, REQUEST_NONE);
	press(&app, "q");
	assert_int_equal(app.request, REQUEST_QUIT);
	app_end(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_recovery),
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_aid_unread),
		cmocka_unit_test(test_aid_unread_of_several),
		cmocka_unit_test(test_random_keys),
		cmocka_unit_test(test_y_waits),
		cmocka_unit_test(test_y_needs_a_window),
		cmocka_unit_test(test_y_needs_the_last_line),
		cmocka_unit_test(test_y_after_a_jump),
		cmocka_unit_test(test_unknown_key_leaves_the_review),
		cmocka_unit_test(test_guards_forbid),
		cmocka_unit_test(test_allowed_guards_stay_visible),
		cmocka_unit_test(test_read_only_has_no_review),
		cmocka_unit_test(test_selection_is_kept_by_name),
		cmocka_unit_test(test_movers),
		cmocka_unit_test(test_kept_filter),
		cmocka_unit_test(test_bar_of_a_wide_window),
		cmocka_unit_test(test_unknown_keys_say_so),
		cmocka_unit_test(test_quit_asks_once),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
