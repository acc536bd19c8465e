/* SPDX-License-Identifier: MIT */
/*
 * Driver packages: what was found for this Windows in the places that were named and in its own
 * DriverStore, and why the rest does not fit. Where several are equally good a person chooses here.
 * Nothing is staged: that is done with the findings, as every repair.
 */
#include "view.h"

#include <string.h>

#include "stop7b/i18n.h"
#include "table.h"

#define ROWS_ABOVE 2 /* which list, the heads */
#define BELOW_ROWS 6
#define BELOW_FROM 16 /* rows of the window */
#define NAME_X     6
#define WORDS_TEXT 1024

struct packages_page {
	struct arena *arena;
	const struct packages *all; /* the session's; NULL: they could not be looked for */
	size_t fits;                /* that many of the first */
	bool *tied;                 /* of each: another is as good for some target */
	bool *taken;                /* and whether it is the one that is taken for some target */
	bool others;                /* those are listed that do not fit, and what is damaged */
};

static struct packages_page *page_of(const struct app *app)
{
	return app_state(app, PAGE_PACKAGES);
}

/* ---- what there is ---- */

static void mark(struct app *app, const struct package *const *equal, size_t n)
{
	struct packages_page *p = page_of(app);
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)(equal[i] - p->all->items);
		p->tied[at] |= n > 1;
		p->taken[at] |= n == 1 || session_prefers_package(app->session, equal[i]);
	}
}

static int rank(struct app *app, struct err *err)
{
	struct packages_page *p = page_of(app);
	size_t n_targets, n, n_best;
	const struct target *targets = catalogue_targets(&n_targets);
	p->tied = arena_array(p->arena, p->all->n + 1, sizeof(*p->tied), err);
	p->taken = arena_array(p->arena, p->all->n + 1, sizeof(*p->taken), err);
	for (size_t i = 0; p->tied && p->taken && i < n_targets; i++) {
		const struct package **list = session_packages_for(app->session, targets[i].id,
								   p->arena, &n, &n_best, err);
		if (!list)
			return -1;
		mark(app, list, n_best);
	}
	return p->tied && p->taken ? 0 : -1;
}

static void packages_forget(struct app *app)
{
	arena_free(page_of(app)->arena);
	*page_of(app) = (struct packages_page){.others = page_of(app)->others};
}

static void look(struct app *app)
{
	struct packages_page *p = page_of(app);
	struct err err = {0};
	packages_forget(app);
	p->arena = arena_new();
	p->all = p->arena ? session_packages(app->session, &err) : NULL;
	while (p->all && p->fits < p->all->n && p->all->items[p->fits].fits)
		p->fits++;
	if (p->all && rank(app, &err) < 0)
		p->all = NULL;
	if (err.code)
		app_say_err(app, &err);
}

/* Those of before died with the session that was rebuilt, or are more now. */
static void packages_changed(struct app *app)
{
	if (app_on_stack(app, PAGE_PACKAGES))
		look(app);
	else
		packages_forget(app);
}

static void packages_open(struct app *app)
{
	page_of(app)->others = false;
	look(app);
}

/* ---- asking where they are ---- */

/* Also the targets are judged anew: some may be mended now. */
static bool add_place(struct app *app, const char *path)
{
	struct err err = {0};
	app_say(app, _("Looking for driver packages in %s .."), path);
	app_paint(app);
	app->message[0] = '\0';
	bool added = session_add_drivers(app->session, path, &err) == 0;
	if (targets_judged(app)->n_targets)
		targets_judge(app);
	app_changed(app);
	if (!added)
		app_say_err(app, &err);
	return added;
}

static void add_path(struct app *app, const char *path)
{
	if (path[0] && !add_place(app, path))
		return;
	if (!app_on_stack(app, PAGE_PACKAGES))
		app_push(app, PAGE_PACKAGES);
}

static void cmd_more(struct app *app)
{
	prompt_text(app, _("Path of driver packages"), "", add_path);
}

void cmd_packages(struct app *app)
{
	if (app->session->options.n_drivers) {
		app_push(app, PAGE_PACKAGES);
		return;
	}
	cmd_more(app);
	app->prompt.may_be_empty = true; /* what the DriverStore has */
}

static bool lacks_driver(const struct finding *f)
{
	return f && f->step == STEP_CONTROLLER && (!f->fixable || f->by_package) &&
	       (f->severity == SEVERITY_STOP || f->severity == SEVERITY_LIKELY);
}

/* The help page tells of the page below it. */
bool can_packages(const struct app *app)
{
	size_t at = app->depth - 1;
	while (at > 0 && app->frames[at].page == PAGE_HELP)
		at--;
	const struct view *view = view_of(app->frames[at].page);
	return can_targets(app) && (!view->finding || lacks_driver(view->finding(app)));
}

/* ---- rows ---- */

static size_t packages_rows(const struct app *app)
{
	const struct packages_page *p = page_of(app);
	if (!p->all)
		return 0;
	return p->others ? p->all->n - p->fits + p->all->n_problems : p->fits;
}

/* NULL: what is damaged, or no row. */
static const struct package *package_at(const struct app *app, size_t row)
{
	const struct packages_page *p = page_of(app);
	size_t at = p->others ? p->fits + row : row;
	return p->all && at < (p->others ? p->all->n : p->fits) ? &p->all->items[at] : NULL;
}

static const char *problem_at(const struct app *app, size_t row)
{
	const struct packages_page *p = page_of(app);
	size_t at = row - (p->all->n - p->fits);
	return at < p->all->n_problems ? p->all->problems[at].shown : "";
}

static bool is_tied(const struct app *app, size_t row)
{
	const struct package *package = package_at(app, row);
	return package && page_of(app)->tied[package - page_of(app)->all->items];
}

static int packages_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - ROWS_ABOVE -
		   (app->h >= BELOW_FROM ? BELOW_ROWS + 1 : 0);
	return room > 1 ? room : 1;
}

static void mark_cell(const struct app *app, size_t i, struct table_cell *out)
{
	if (is_tied(app, i))
		out->text = session_prefers_package(app->session, package_at(app, i)) ? "[x]"
										      : "[ ]";
}

static void name_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct package *p = package_at(app, i);
	out->text = p && p->inf ? p->inf : "!";
}

static void version_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct package *p = package_at(app, i);
	out->text = p->version ? p->version : "-";
}

static void date_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct package *p = package_at(app, i);
	out->text = p->date[0] ? p->date : "-";
}

static void signed_cell(const struct app *app, size_t i, struct table_cell *out)
{
	out->text = package_at(app, i)->is_signed ? _("yes") : _("no");
}

/* Its folder, and of that the end: there the packages of one archive differ. */
static void source_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct package *p = package_at(app, i);
	char folder[APP_PATH];
	size_t len = strlen(p->source), inf = strlen(p->inf) + 1;
	snprintf(folder, sizeof(folder), "%.*s", (int)(len > inf ? len - inf : len), p->source);
	bool cut = text_width(folder) > out->room;
	snprintf(out->buf, sizeof(out->buf), "%s%s", cut ? ".." : "",
		 text_end(folder, out->room - (cut ? 2 : 0)));
}

static void why_cell(const struct app *app, size_t i, struct table_cell *out)
{
	const struct package *p = package_at(app, i);
	out->text = p ? p->why.shown : problem_at(app, i);
}

static const struct column fitting[] = {
	{.places = {{0, 2, 3}}, .cell = mark_cell},
	{.title = N_("Package"), .places = {{0, NAME_X, 0}}, .cell = name_cell},
	{.title = N_("Version"), .places = {{60, 21, 0}, {0, 21, 18}}, .cell = version_cell},
	{.title = N_("Date"), .places = {{60, 39, 0}}, .cell = date_cell},
	{.title = N_("Signed"), .places = {{60, 51, 0}}, .cell = signed_cell},
	{.title = N_("From"), .places = {{76, 59, 0}}, .cell = source_cell},
};

static const struct column refused[] = {
	{.title = N_("Package"), .places = {{0, NAME_X, 14}}, .cell = name_cell},
	{.title = N_("Why not"), .places = {{0, 21, 0}}, .cell = why_cell},
};

static const struct table fitting_table = {TABLE_OF(fitting)};
static const struct table refused_table = {TABLE_OF(refused)};

/* ---- drawing ---- */

static void draw_tabs(const struct app *app, struct grid *g, int y)
{
	const struct packages_page *p = page_of(app);
	size_t others = p->all ? p->all->n - p->fits + p->all->n_problems : 0;
	int x = grid_putf(g, 1, y, p->others ? ROLE_PLAIN : ROLE_KEY,
			  p->others ? " %s %zu " : "[%s %zu]", _("Fit"), p->fits);
	grid_putf(g, x + 1, y, p->others ? ROLE_KEY : ROLE_PLAIN,
		  p->others ? "[%s %zu]" : " %s %zu ", _("Do not fit"), others);
}

/* "a, b, .." in at most max rows of so many columns. */
struct enumeration {
	char text[WORDS_TEXT];
	int width, max;
	bool full;
};

static void put_word(struct enumeration *e, const char *word, bool last)
{
	static const char more[] = ", ..";
	size_t used = strlen(e->text);
	if (e->full || used + strlen(word) + sizeof(", ") + sizeof(more) > WORDS_TEXT)
		return;
	int n = snprintf(e->text + used, WORDS_TEXT - used, "%s%s", used ? ", " : "", word);
	if (!last)
		memcpy(e->text + used + n, more, sizeof(more));
	e->full = used && wrapped_rows(e->text, e->width, e->max + 1) > e->max;
	if (e->full)
		memcpy(e->text + used, more, sizeof(more));
	else
		e->text[used + (size_t)n] = '\0';
}

/* One fact, in at most max rows; returns the row below. */
static int draw_fact(struct grid *g, int y, int max, const char *name, const char *text)
{
	int x = grid_put(g, 3, y, ROLE_DIM, name) + 1;
	return y + draw_wrapped(g, x, y, max, ROLE_PLAIN, text);
}

static void draw_source(const struct package *p, struct grid *g, int y)
{
	int x = grid_put(g, 3, y, ROLE_DIM, _("from")) + 1;
	grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_MIDDLE, p->source);
}

static void draw_fitting(const struct package *p, bool taken, struct grid *g, int y)
{
	const char *serves = taken ? _("taken for") : _("serves"), *ids_word = _("ids");
	struct enumeration targets = {.width = g->w - text_width(serves) - 6, .max = 1};
	struct enumeration ids = {.width = g->w - text_width(ids_word) - 6, .max = 2};
	for (size_t i = 0; i < p->n_targets; i++)
		put_word(&targets, p->targets[i].target->id, i + 1 == p->n_targets);
	for (size_t i = 0; i < p->n_ids; i++)
		put_word(&ids, p->ids[i].id, i + 1 == p->n_ids);
	y = draw_fact(g, y, 1, serves, targets.text);
	y = draw_fact(g, y, 2, ids_word, ids.text);
	grid_field(g, 3, y, g->w - 4, ROLE_PLAIN, FIT_END, signature_words(p));
	draw_source(p, g, y + 1);
}

static void draw_below(const struct app *app, struct grid *g)
{
	size_t sel = app_frame(app)->sel;
	const struct package *p = package_at(app, sel);
	int y = g->h - 2 - BELOW_ROWS;
	if (app->h < BELOW_FROM || sel >= packages_rows(app))
		return;
	int x = p ? grid_put(g, 1, y, ROLE_KEY, p->inf ? p->inf : "-") + 2 : 1;
	if (p && p->description)
		grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_END, p->description);
	if (p && p->fits) {
		draw_fitting(p, page_of(app)->taken[p - page_of(app)->all->items], g, y + 1);
		return;
	}
	y += 1 + draw_wrapped(g, 3, y + 1, 3, ROLE_PLAIN, p ? p->why.shown : problem_at(app, sel));
	if (p)
		draw_source(p, g, y);
}

static void packages_draw(const struct app *app, struct grid *g)
{
	const struct table *t = page_of(app)->others ? &refused_table : &fitting_table;
	int y = body_top(app);
	draw_tabs(app, g, y);
	table_heads(app, t, g, y + 1);
	table_rows(app, t, g, y + ROWS_ABOVE, packages_room(app), packages_rows(app));
	if (packages_rows(app) == 0)
		grid_put(g, NAME_X, y + ROWS_ABOVE, ROLE_DIM,
			 page_of(app)->others ? _("none") : _("no package fits this Windows"));
	draw_below(app, g);
}

static void packages_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	snprintf(buf, cap, brief ? _("P%u > Drivers") : _("P%u Windows > Driver packages"),
		 app->session->chosen->install.partition);
}

/* ---- keys ---- */

static void cmd_next_list(struct app *app)
{
	page_of(app)->others = !page_of(app)->others;
	app_top(app)->sel = app_top(app)->top = 0;
}

static bool shows_others(const struct app *app)
{
	return page_of(app)->others;
}

static bool can_prefer(const struct app *app)
{
	return is_tied(app, app_frame(app)->sel);
}

static void cmd_prefer(struct app *app)
{
	struct err err = {0};
	const struct package *p = package_at(app, app_frame(app)->sel);
	bool staged = is_staged(app);
	int rc = session_prefer_package(app->session, p, &err);
	bool chosen = session_prefers_package(app->session, p);
	if (targets_judged(app)->n_targets)
		targets_judge(app);
	app_changed(app);
	if (rc < 0)
		app_say_err(app, &err);
	else if (staged)
		app_say(app, "%s", _("What is staged already stays as it is; u takes it back."));
	else if (chosen)
		app_say(app, "%s", _("Chosen. f stages the fixes; nothing is written yet."));
}

static const struct command keys[] = {
	{.keys = {' '},
	 .kind = DO_ENTER,
	 .run = cmd_prefer,
	 .when = can_prefer,
	 .bar = {.text = N_("choose"), .place = 10, .keep = 2},
	 .help = N_("choose this one of those that are equally good")},
	{.keys = {K_ENTER},
	 .kind = DO_ENTER,
	 .run = cmd_prefer,
	 .when = can_prefer,
	 .help = N_("the same")},
	{.keys = {K_TAB},
	 .kind = DO_NARROW,
	 .run = cmd_next_list,
	 .bar = {.text = N_("list"), .wide = N_("what does not fit"), .place = 40, .keep = 5},
	 .alternative = shows_others,
	 .other = {.text = N_("list"), .wide = N_("what fits"), .place = 40, .keep = 5},
	 .help = N_("next list: what fits, what does not and why")},
	{.keys = {'f'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_fix_all,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix"), .wide = N_("fix marked"), .place = 20, .keep = 3},
	 .help = N_("stage every fix for the marked targets")},
	REVIEW_STAGED(30),
	{.keys = {'v'},
	 .kind = GO_PACKAGES,
	 .run = cmd_more,
	 .bar = {.text = N_("more"), .wide = N_("another place"), .place = 50, .keep = 6},
	 .help = N_("look for packages at one more place")},
};

const struct view view_packages = {
	.name = N_("driver packages"),
	.state_size = sizeof(struct packages_page),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_UNDO | TAKES_TARGETS | TAKES_FACTS | TAKES_SAVE |
		 TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = packages_crumbs,
	.open = packages_open,
	.draw = packages_draw,
	.rows = packages_rows,
	.room = packages_room,
	.changed = packages_changed,
	.forget = packages_forget,
};
