/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the registry pages share: ways to a key of the Windows 7 fixture, keys pressed
 * on a copy of a disk, and questions about what is then shown and staged.
 */
#ifndef STOP7B_REGISTRY_PAGES_TEST_H
#define STOP7B_REGISTRY_PAGES_TEST_H

#include "src/screen/app.h"

#include <locale.h>
#include <sys/stat.h>

#include "src/screen/view.h"

#include "test.h"

#define WIN7     "win7-mbr-dynamic.vhd"
#define CONFIG   "d<enter>/win<enter><enter>/system32<enter><enter>/config<enter><enter>"
#define ROOT     CONFIG "/system<enter><enter>"
#define SERVICES ROOT "/controlset001<enter><enter>/services<enter><enter>"
#define MSAHCI   SERVICES "/msahci<enter><enter>"
#define BYTES65                                                                                    \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"                         \
	"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40"
#define LONG  MSAHCI "nvLong<enter>b" BYTES65 "<enter>"
#define LISTS MSAHCI "nvList<enter>mnone<enter>ntwo words<enter>"

/* Set by registry_pages_begin(); images is NULL without fixtures. */
static char scratch[TEST_PATH];
static const char *images;

static const struct session_options plain_options;

static inline void copy_image(const char *name)
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

static inline void press(struct app *app, const char *keys)
{
	int key;
	while ((key = keycap_parse(&keys)) != K_NONE) {
		assert_true(key != K_UNKNOWN);
		app_key(app, key);
	}
}

static inline void open_again(struct app *app, const char *image, const char *keys)
{
	app_init(app, image, &plain_options, 80, 24);
	app->no_delay = true;
	app_open(app);
	press(app, keys);
}

static inline void open_app(struct app *app, const char *image, const char *keys)
{
	copy_image(image);
	open_again(app, image, keys);
}

static inline char *screen_of(const struct app *app, bool roles)
{
	char *text = NULL;
	size_t len;
	struct grid *g = app_draw(app);
	FILE *out = open_memstream(&text, &len);
	assert_non_null(g);
	assert_non_null(out);
	assert_in_range(g->cursor_x, 0, g->w - 1);
	assert_in_range(g->cursor_y, 0, g->h - 1);
	if (roles)
		grid_dump_roles(g, out);
	else
		grid_dump(g, out);
	fclose(out);
	grid_free(g);
	return text;
}

static inline void assert_shows(const struct app *app, const char *words, bool shown)
{
	char *text = screen_of(app, false);
	if (!strstr(text, words) == shown)
		fail_msg("\"%s\" is %s:\n%s", words, shown ? "not there" : "there", text);
	free(text);
}

static inline const struct edit *newest_edit(const struct app *app)
{
	const struct staged *staged = app->session->staged;
	assert_true(staged_count(staged) > 0);
	const struct change *change = staged_get(staged, staged_count(staged) - 1);
	assert_int_equal(change->n, 1);
	return &change->edits[0];
}

static inline enum registry_mark mark_of(const struct app *app, const char *name)
{
	for (size_t i = 0; i < app->registry.n; i++)
		if (strcmp(app->registry.rows[i].name, name) == 0)
			return app->registry.rows[i].mark;
	fail_msg("no row %s", name);
	return MARK_NONE;
}

static inline void assert_unchanged(const char *image)
{
	char from[TEST_PATH];
	size_t a, b;
	snprintf(from, sizeof(from), "%s/%s", images, image);
	uint8_t *before = test_read(from, &a), *after = test_read(image, &b);
	assert_int_equal(a, b);
	assert_memory_equal(before, after, a);
	free(before);
	free(after);
}

static inline int registry_pages_begin(void **state)
{
	(void)state;
	images = getenv("S7B_IMAGES");
	test_scratch(scratch);
	return chdir(scratch);
}

static inline int registry_pages_end(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	test_scratch_remove(scratch);
	return 0;
}

#endif
