/* SPDX-License-Identifier: MIT */
/*
 * Screens as text, for every test of the screen: copies of the fixture disks in a scratch folder,
 * keys pressed on them, and the grid compared with the files of tests/goldens. S7B_UPDATE=1 writes
 * those anew that differ; S7B_GOLDENS names another folder for them.
 */
#ifndef STOP7B_SCREEN_TEST_H
#define STOP7B_SCREEN_TEST_H

#include "src/screen/app.h"

#include "test.h"

struct picture {
	const char *name, *image, *keys;
	int w, h;
	bool roles;  /* what role each cell has, instead of the text */
	bool locked; /* opened with -r */
};

extern const struct session_options plain_options, read_only_options;

/* Setup and teardown of a group: go to a scratch folder, and leave it. */
int screen_begin(void **state);
int screen_end(void **state);
const char *screen_scratch(void); /* its path */
/* Skip the test where the fixture disks, or the goldens, are not there. */
void need_images(void);
void need_goldens(void);

/* Copy a fixture disk afresh into the scratch folder, without an undo record. */
void copy_image(const char *name);
/* The copy is what the fixture is. */
void assert_unchanged(const char *name);

/* Open a disk of the scratch folder, y without its delay. */
void open_app(struct app *app, const char *image, const struct session_options *options, int w,
	      int h);
/* The same of a fresh copy, after some keys. */
void open_at(struct app *app, const char *image, const char *keys, int w, int h);
void press(struct app *app, const char *keys);

char *screen_of(const struct app *app, bool roles); /* malloc'd */
bool shows(const struct app *app, const char *words);
void assert_shows(const struct app *app, const char *words, bool shown);

/*
 * Note every line in which a screen differs from its golden; digits that differ from run to run
 * (times, bytes of a time stamp) are masked in both. check_noted() fails when something was noted.
 */
void compare_picture(const char *name, const struct app *app, bool roles);
void check_noted(void);
/* Compare a picture of a fresh copy, with that time shown as now (0: the clock). */
void check_picture(const struct picture *p, uint64_t now);
/* The same of many; fails when any of them differs. */
void check_pictures(const struct picture *pictures, size_t n, uint64_t now);

#endif
