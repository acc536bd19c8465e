/* SPDX-License-Identifier: MIT */
/*
 * Saving what a page shows as a text file, or a report of the whole image, under a name that is
 * asked for. An older file of that name stays.
 */
#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/report.h"
#include "stop7b/save.h"
#include "view.h"

/* The page as the screen shows it, without the key bar's row. */
static char *page_text(const struct app *app, size_t *len)
{
	char *text = NULL;
	struct grid *g = app_draw(app);
	FILE *out = g ? open_memstream(&text, len) : NULL;
	if (out) {
		grid_wipe(g, g->h - 2, g->h);
		grid_dump(g, out);
		fclose(out);
	}
	grid_free(g);
	return text;
}

void app_save_text(struct app *app, const char *path, char *text, size_t len)
{
	struct err err = {0};
	if (!text)
		err_set(&err, E_MEMORY, "no memory to save the page");
	else
		save_file(path, (struct span){(const uint8_t *)text, len}, false, &err);
	free(text);
	if (err.code)
		app_say_err(app, &err);
	else
		app_say(app, _("Saved to %s"), path);
}

static void save_page_as(struct app *app, const char *path)
{
	size_t len = 0;
	char *text = page_text(app, &len);
	app_save_text(app, path, text, len);
}

static void save_report_as(struct app *app, const char *path)
{
	struct arena *arena = arena_new();
	struct err err = {0};
	char when[TIME_TEXT], *text = NULL;
	const struct report_request request = {
		.format = report_format_of(path), .tool = "stop7b " PACKAGE_VERSION, .when = when};
	filetime_text(filetime_now(), when);
	if (arena && report_write(app->session, &request, arena, &text, &err) == 0)
		text = strdup(text);
	app_save_text(app, path, text, text ? strlen(text) : 0);
	arena_free(arena);
}

void cmd_report(struct app *app)
{
	char path[APP_TEXT];
	snprintf(path, sizeof(path), "./%s.html", app_image_name(app));
	prompt_text(app, _("Save a report (.html or .md) as"), path, save_report_as);
}

void cmd_save_page(struct app *app)
{
	char path[APP_TEXT];
	snprintf(path, sizeof(path), "./%s.txt", app_image_name(app));
	prompt_text(app, _("Save this page as"), path, save_page_as);
}
