/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as keys and window sizes of the screen, on one small disk (S7B_KEYS_DISK). Each
 * is drawn. No key is y, so nothing may be written; files could be saved, so whoever runs this does so
 * in a folder for it.
 */
#include "src/screen/app.h"
#include "src/screen/grid.h"

#include <stdlib.h>

#define KEYS_MAX 600u /* of one input */
#define RESIZE   0xf0 /* from this byte on the next two are a size of the window */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name that is typed stays one of the folder. */
static int key_of(const struct app *app, uint8_t byte)
{
	static const int others[] = {K_UP,   K_DOWN,      K_LEFT,   K_RIGHT,   K_PGUP,  K_PGDN,
				     K_HOME, K_END,       K_DELETE, K_F1,      K_ENTER, K_ESC,
				     K_TAB,  K_BACKSPACE, K_PASTE,  K_UNKNOWN, 0x65e5,  0x10ffff};
	if (byte == 'y' || (byte == '/' && prompt_is_open(app)))
		return K_ENTER;
	return byte < 0x80 ? byte : others[byte % (sizeof(others) / sizeof(others[0]))];
}

static void draw(const struct app *app)
{
	struct grid *g = app_draw(app);
	if (g && (g->w != app->w || g->h != app->h))
		abort();
	grid_free(g);
}

static void press(struct app *app, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size && i < KEYS_MAX && app->request == REQUEST_NONE; i++) {
		if (data[i] < RESIZE)
			app_key(app, key_of(app, data[i]));
		else if (i + 2 < size) {
			app_resize(app, data[i + 1] % 140 + 1, data[i + 2] % 50 + 1);
			i += 2;
		}
		draw(app);
	}
	if (app->wrote)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct session_options options;
	const char *disk = getenv("S7B_KEYS_DISK");
	struct app app;
	if (!disk)
		return 0;
	if (app_init(&app, disk, &options, 80, 24)) {
		app.no_delay = true;
		app_open(&app);
		press(&app, data, size);
	}
	app_end(&app);
	return 0;
}
