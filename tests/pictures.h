/* SPDX-License-Identifier: MIT */
/*
 * Screens as text: open a copy of a fixture disk in the scratch folder, press keys, compare the
 * grid with a file in tests/goldens. S7B_UPDATE=1 writes the files anew; S7B_GOLDENS names
 * another folder for them.
 */
#ifndef STOP7B_TEST_PICTURES_H
#define STOP7B_TEST_PICTURES_H

#include "src/screen/app.h"

#include <locale.h>
#include <regex.h>

#include "src/screen/view.h"

#include "test.h"

static char scratch[TEST_PATH], goldens[TEST_PATH];
static const char *images; /* NULL: no fixture disks, tests that need them skip */

static void copy_image(const char *name)
{
	char from[TEST_PATH], undo[TEST_PATH];
	size_t len;
	snprintf(from, sizeof(from), "%s/%s", images, name);
	uint8_t *bytes = test_read(from, &len);
	test_write(name, bytes, len);
	free(bytes);
	snprintf(undo, sizeof(undo), "%s.stop7b-undo", name);
	remove(undo);
}

static void press(struct app *app, const char *keys)
{
	int key;
	while ((key = keycap_parse(&keys)) != K_NONE) {
		assert_true(key != K_UNKNOWN);
		app_key(app, key);
	}
}

/* A fresh copy of the disk, opened, after some keys. */
static void open_at(struct app *app, const char *image, const char *keys, int w, int h)
{
	static const struct session_options plain;
	copy_image(image);
	app_init(app, image, &plain, w, h);
	app->no_delay = true;
	app_open(app);
	press(app, keys);
}

static char *screen_of(const struct app *app, bool roles)
{
	char *text = NULL;
	size_t len;
	struct grid *g = app_draw(app);
	FILE *out = open_memstream(&text, &len);
	assert_non_null(g);
	assert_non_null(out);
	assert_int_equal(g->w, app->w);
	assert_int_equal(g->h, app->h);
	assert_in_range(g->cursor_x, 0, g->w - 1);
	assert_in_range(g->cursor_y, 0, g->h - 1);
	(roles ? grid_dump_roles : grid_dump)(g, out);
	fclose(out);
	grid_free(g);
	return text;
}

/* Times of an apply differ from run to run. */
static void mask(char *text)
{
	regex_t re;
	regmatch_t at;
	assert_int_equal(regcomp(&re,
				 "20(2[4-9]|[3-9][0-9])-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]",
				 REG_EXTENDED),
			 0);
	for (char *p = text; regexec(&re, p, 1, &at, 0) == 0; p += at.rm_eo)
		for (regoff_t i = at.rm_so; i < at.rm_eo; i++)
			if (p[i] >= '0' && p[i] <= '9')
				p[i] = 'N';
	regfree(&re);
}

static void compare_picture(const char *name, const struct app *app, bool roles)
{
	char path[TEST_PATH + 64];
	size_t len;
	const char *update = getenv("S7B_UPDATE");
	char *text = screen_of(app, roles);
	snprintf(path, sizeof(path), "%s/%s.txt", goldens, name);
	mask(text);
	if (update && strcmp(update, "1") == 0)
		test_write(path, text, strlen(text));
	uint8_t *wanted = test_read(path, &len);
	wanted[len] = '\0';
	if (strcmp((char *)wanted, text) != 0)
		fail_msg("%s differs; is:\n%s\nwanted:\n%s", name, text, (char *)wanted);
	free(wanted);
	free(text);
}

static bool shows(const struct app *app, const char *words)
{
	char *text = screen_of(app, false);
	bool found = strstr(text, words) != NULL;
	free(text);
	return found;
}

static int enter_scratch(void **state)
{
	const char *src = getenv("S7B_SRC"), *other = getenv("S7B_GOLDENS");
	char here[TEST_PATH - 32];
	(void)state;
	images = getenv("S7B_IMAGES");
	if (!getcwd(here, sizeof(here)))
		return -1;
	if (other)
		snprintf(goldens, sizeof(goldens), "%s", other);
	else if (src && src[0] == '/')
		snprintf(goldens, sizeof(goldens), "%s/tests/goldens", src);
	else
		snprintf(goldens, sizeof(goldens), "%s/%s/tests/goldens", here, src ? src : ".");
	test_scratch(scratch);
	return chdir(scratch);
}

static int leave_scratch(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	test_scratch_remove(scratch);
	return 0;
}

#endif
