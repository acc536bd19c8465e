/* SPDX-License-Identifier: MIT */
/*
 * The page of driver packages and the ways to it: asked once where they are, what fits and what does
 * not, which of two that are equally good, and the repair with one of them up to what was written.
 */
#include "screen_test.h"

#include <sys/stat.h>

#include "stop7b/ntfs_write.h"

#define WIN10  "win10-gpt-dynamic.vhd"
#define WIN7   "win7-mbr-dynamic.vhd"
#define STORED "win10-imported.vhd"
#define ISO    "virtio.iso"

static const char *const blk[] = {"kvm-virtio-blk"};
static const struct session_options for_blk = {.targets = blk, .n_targets = 1};

static void copy_package(const char *from, const char *to, size_t longer)
{
	char path[TEST_PATH];
	size_t len;
	snprintf(path, sizeof(path), "%s/packages/%s", getenv("S7B_IMAGES"), from);
	uint8_t *bytes = test_read(path, &len);
	bytes = realloc(bytes, len + longer);
	assert_non_null(bytes);
	memset(bytes + len, 0, longer);
	test_write(to, bytes, len + longer);
	free(bytes);
}

/* An archive of many, and a folder with two of one date and version whose files differ. */
static void need_packages(void)
{
	if (!ntfs_write_built())
		skip();
	need_images();
	copy_package(ISO, ISO, 0);
	copy_package("odd/cut-file/viostor.inf", "cut.inf", 0);
	mkdir("two", 0755);
	mkdir("two/a", 0755);
	mkdir("two/b", 0755);
	copy_package("virtio/viostor/w10/amd64/viostor.inf", "two/a/viostor.inf", 0);
	copy_package("virtio/viostor/w10/amd64/VIOSTOR.SYS", "two/a/viostor.sys", 0);
	copy_package("virtio/viostor/w10/amd64/viostor.inf", "two/b/viostor.inf", 0);
	copy_package("virtio/viostor/w10/amd64/VIOSTOR.SYS", "two/b/viostor.sys", 8);
}

static void open_blk(struct app *app, const char *image, const char *keys, int w, int h)
{
	copy_image(image);
	open_app(app, image, &for_blk, w, h);
	press(app, keys);
}

static const struct {
	const char *name, *image, *keys;
	int w, h;
} pictures[] = {
	{"packages-list", WIN10, "", 80, 24},
	{"packages-prompt", WIN10, "v", 80, 24},
	{"packages-detail", WIN10, "<enter>", 80, 24},
	{"packages", WIN10, "v" ISO "<enter><end>", 80, 24},
	{"packages-60x16", WIN10, "v" ISO "<enter>", 60, 16},
	{"packages-40x12", WIN10, "v" ISO "<enter>", 40, 12},
	{"packages-others", WIN10, "v" ISO "<enter><tab>", 80, 24},
	{"packages-others-60x16", WIN10, "v" ISO "<enter><tab>", 60, 16},
	{"packages-others-40x12", WIN10, "v" ISO "<enter><tab>", 40, 12},
	{"packages-none", WIN10, "v<enter>", 80, 24},
	{"packages-tie", WIN10, "vtwo<enter>", 80, 24},
	{"packages-tie-list", WIN10, "vtwo<enter><esc>", 80, 24},
	{"packages-chosen", WIN10, "vtwo<enter><down> ", 80, 24},
	{"packages-chosen-60x16", WIN10, "vtwo<enter><down> ", 60, 16},
	{"packages-chosen-40x12", WIN10, "vtwo<enter><down> ", 40, 12},
	{"packages-help", WIN10, "vtwo<enter>?", 80, 24},
	{"packages-store", STORED, "v<enter>", 80, 24},
	{"packages-staged", WIN10, "v" ISO "<enter><esc>f", 80, 24},
	{"packages-review", WIN10, "v" ISO "<enter>fa", 80, 24},
	{"packages-review-60x16", WIN10, "v" ISO "<enter>fa", 60, 16},
	{"packages-review-40x12", WIN10, "v" ISO "<enter>fa", 40, 12},
	{"packages-review-end", WIN10, "v" ISO "<enter>fa<end>", 80, 24},
	{"packages-review-file", WIN10, "v" ISO "<enter>fa<end><pgdn><pgdn><pgdn>", 80, 24},
};

static void test_pictures(void **state)
{
	struct app app;
	(void)state;
	need_packages();
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		open_blk(&app, pictures[i].image, pictures[i].keys, pictures[i].w, pictures[i].h);
		compare_picture(pictures[i].name, &app, false);
		app_end(&app);
	}
	check_noted();
}

static void test_where_the_key_is(void **state)
{
	struct app app;
	(void)state;
	need_packages();
	open_at(&app, WIN7, "", 80, 24);
	assert_null(command_find(&app, PAGE_LIST, 'v')); /* its drivers are there */
	press(&app, "t");
	assert_non_null(command_find(&app, PAGE_TARGETS, 'v'));
	app_end(&app);
	open_blk(&app, WIN10, "", 80, 24);
	assert_non_null(command_find(&app, PAGE_LIST, 'v'));
	press(&app, "<enter>");
	assert_non_null(command_find(&app, PAGE_DETAIL, 'v'));
	app_end(&app);
}

static void test_asked_once(void **state)
{
	struct app app;
	(void)state;
	need_packages();
	open_blk(&app, WIN10, "vnowhere<enter>", 80, 24);
	assert_int_equal(app_frame(&app)->page, PAGE_LIST);
	assert_shows(&app, "nowhere: cannot be opened", true);
	press(&app, "vtwo<enter><esc>v");
	assert_int_equal(app_frame(&app)->page, PAGE_PACKAGES);
	assert_shows(&app, "[Fit 2]", true);
	press(&app, "v" ISO "<enter>");
	assert_shows(&app, "[Fit 10]", true);
	app_end(&app);
}

/* The targets are judged anew, and what was staged before stays. */
static void test_targets_follow(void **state)
{
	struct app app;
	(void)state;
	need_packages();
	open_blk(&app, WIN10, "tvtwo<enter>", 80, 24);
	assert_false(can_fix_all(&app));
	press(&app, " ");
	assert_true(can_fix_all(&app));
	press(&app, "f");
	assert_int_equal(app_staged(&app), 1);
	press(&app, "<down> ");
	assert_shows(&app, "What is staged already stays as it is", true);
	assert_int_equal(app_staged(&app), 1);
	press(&app, "<esc>");
	assert_int_equal(app_frame(&app)->page, PAGE_TARGETS);
	app_end(&app);
}

static void test_repair(void **state)
{
	struct app app;
	(void)state;
	need_packages();
	open_blk(&app, WIN10,
		 "v" ISO "<enter>fa"
		 "<pgdn><pgdn><pgdn><pgdn><pgdn><pgdn><pgdn><pgdn><pgdn>y",
		 80, 24);
	assert_true(app.wrote);
	assert_false(result_failed(&app));
	compare_picture("packages-result", &app, false);
	app_resize(&app, 60, 16);
	compare_picture("packages-result-60x16", &app, false);
	app_resize(&app, 40, 12);
	compare_picture("packages-result-40x12", &app, false);
	app_resize(&app, 80, 24);
	check_noted();
	press(&app, "u<pgdn><pgdn><pgdn><pgdn><pgdn><pgdn>y");
	assert_false(result_failed(&app));
	app_end(&app);
	assert_unchanged(WIN10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),   cmocka_unit_test(test_where_the_key_is),
		cmocka_unit_test(test_asked_once), cmocka_unit_test(test_targets_follow),
		cmocka_unit_test(test_repair),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
