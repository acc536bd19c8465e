/* SPDX-License-Identifier: MIT */
/*
 * Help for the page below it, generated from the rows of its commands: what cannot be done now is not
 * listed. The last lines carry the glyphs and the two promises.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"

#define KEYS_X      3
#define HELP_X      15
#define SECOND_X    41 /* keys of a second entry on the same line */
#define SECOND_HELP 53
#define PAIR_WIDTH  24 /* widest help text that shares a line */
#define PAIR_FROM   78 /* columns of a window that has room for two */

static enum page helped_page(const struct app *app)
{
	return app->depth > 1 ? app->frames[app->depth - 2].page : PAGE_HELP;
}

struct writer {
	struct sheet *sheet;
	int y; /* line with a free second half, or -1 */
	bool pairs;
};

static void put_entry(struct writer *w, const struct command *c)
{
	char keys[32];
	const char *help = _(c->help);
	keycap_list(c, keys, sizeof(keys));
	bool brief = w->pairs && text_width(help) <= PAIR_WIDTH;
	bool second = brief && w->y >= 0;
	int y = second ? w->y : w->sheet->n;
	if (second)
		grid_put(w->sheet->grid, SECOND_HELP, y, ROLE_PLAIN, help);
	else
		sheet_wrap(w->sheet, HELP_X, ROLE_PLAIN, help);
	if (y < w->sheet->n)
		grid_put(w->sheet->grid, second ? SECOND_X : KEYS_X, y, ROLE_KEY, keys);
	w->y = brief && !second ? y : -1;
}

static void help_build(struct app *app)
{
	const struct command *rows[COMMAND_MAX];
	enum page page = helped_page(app);
	struct writer w = {&app->sheet, -1, app->w >= PAIR_FROM};
	const struct command *explain = command_find(app, PAGE_HELP, K_ENTER);
	if (explain)
		put_entry(&w, explain);
	size_t n = command_list(page, rows);
	for (size_t i = 0; i < n; i++)
		if (command_available(app, rows[i]))
			put_entry(&w, rows[i]);
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	sheet_wrap(&app->sheet, KEYS_X, ROLE_PLAIN,
		   _("X will not load   ! will probably not load   ~ may not, on one machine   "
		     "- worth knowing   * staged   = fixed   ? unknown"));
	sheet_wrap(&app->sheet, KEYS_X, ROLE_PLAIN,
		   _("Only y on the review page writes. Digits do nothing and capital letters at "
		     "most move, "
		     "so a broken arrow or function key cannot change anything."));
}

static void help_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	(void)brief;
	snprintf(buf, cap, _("Help: %s"), _(view_of(helped_page(app))->name));
}

void cmd_help(struct app *app)
{
	app_push(app, PAGE_HELP);
}

static const struct command keys[] = {
	{.keys = {K_PGUP, K_CTRL('b')},
	 .kind = DO_MOVE,
	 .run = cmd_page_up,
	 .bar = {.text = N_("scroll"), .keys = "pgup pgdn", .place = 10, .keep = 2},
	 .help = N_("page up")},
	{.keys = {'q', K_ESC, K_LEFT, 'h'},
	 .kind = DO_LEAVE,
	 .run = cmd_back,
	 .bar = {.text = N_("close"), .keys = "q esc", .place = 90, .keep = 1},
	 .help = N_("close this page")},
	{.keys = {K_ENTER},
	 .kind = GO_RULE,
	 .run = cmd_explain,
	 .when = can_explain,
	 .bar = {.text = N_("explain"), .place = 20, .keep = 3},
	 .help = N_("the finding that was selected, explained")},
	{.keys = {K_CTRL('c')}, .kind = DO_QUIT, .run = cmd_quit, .help = N_("quit")},
};

const struct view view_help = {
	.name = N_("help"),
	.takes = TAKES_LINES | TAKES_JUMPS,
	KEYS_OF(keys),
	.counts_lines = true,
	.crumbs = help_crumbs,
	.build = help_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
