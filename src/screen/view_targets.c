/* SPDX-License-Identifier: MIT */
/*
 * The targets: every machine the catalogue knows, judged on the disk as it is, and which of them
 * are marked. Marking changes what the session judges; it stages nothing.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stop7b/boot_words.h"
#include "stop7b/i18n.h"

#define NAME_X       6
#define VERDICT_X    25
#define WHY_X        41
#define WHY_FROM     60 /* columns of the window that leave room for what is in the way */
#define BELOW_ROWS   4
#define BELOW_FROM   20
#define BLANKS_ABOVE 14 /* rows */
#define HEADS_ABOVE  12
#define EXTRA        2 /* "portable" and "last", no rows of the catalogue */

struct targets_state {
	struct arena *arena;
	struct diagnosis all; /* every target, judged on the disk as it is */
	const char *members;  /* the machines that "portable" stands for, or NULL */
};

static struct targets_state *targets_state(const struct app *app)
{
	return app_state(app, PAGE_TARGETS);
}

/* ---- judging ---- */

static const char *list_members(const struct session *s, struct arena *arena)
{
	const char *portable = "portable", *text = "", **ids;
	size_t n = 0;
	if (boot_targets(s, &portable, 1, arena, &ids, &n, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < n && text; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", ids[i]);
	return text;
}

static int judge_all(struct app *app, struct err *err)
{
	struct targets_state *t = targets_state(app);
	size_t n;
	const struct target *all = catalogue_targets(&n);
	const char **ids = arena_array(t->arena, n + EXTRA, sizeof(*ids), err);
	if (!ids)
		return -1;
	ids[0] = "portable";
	ids[1] = "last";
	for (size_t i = 0; i < n; i++)
		ids[EXTRA + i] = all[i].id;
	const struct diagnose_request request = {
		.targets = ids,
		.n_targets = n + EXTRA,
		.control_set = app->session->options.control_set,
	};
	if (diagnose(&app->session->chosen->install, &request, t->arena, &t->all, err) < 0)
		return -1;
	t->members = list_members(app->session, t->arena);
	return 0;
}

const struct diagnosis *targets_judge(struct app *app)
{
	struct targets_state *t = targets_state(app);
	struct err err = {0};
	arena_free(t->arena);
	*t = (struct targets_state){.arena = arena_new()};
	if (!t->arena || !can_targets(app) || judge_all(app, &err) < 0) {
		t->all = (struct diagnosis){0};
		if (err.code)
			app_say_err(app, &err);
	}
	return &t->all;
}

const struct diagnosis *targets_judged(const struct app *app)
{
	return &targets_state(app)->all;
}

static void targets_open(struct app *app)
{
	app_top(app)->sel = targets_judge(app)->n_targets > EXTRA ? EXTRA : 0;
}

const char *targets_selected(const struct app *app)
{
	const struct diagnosis *all = &targets_state(app)->all;
	size_t sel = app_frame(app)->sel;
	return sel < all->n_targets ? all->targets[sel].id : NULL;
}

static bool marked(const struct app *app, const char *id)
{
	const struct session *s = app->session;
	for (size_t i = 0; i < s->n_targets; i++)
		if (strcmp(s->targets[i], id) == 0)
			return true;
	return false;
}

bool can_targets(const struct app *app)
{
	return app->session && app->session->chosen && app->session->chosen->readable;
}

void cmd_targets(struct app *app)
{
	if (app_on_stack(app, PAGE_TARGETS))
		app_pop_to(app, PAGE_TARGETS);
	else
		app_push(app, PAGE_TARGETS);
}

/* ---- marking ---- */

static size_t toggled(const struct app *app, const char *id, const char **out)
{
	const struct session *s = app->session;
	size_t n = 0;
	for (size_t i = 0; i < s->n_targets; i++)
		if (strcmp(s->targets[i], id) != 0)
			out[n++] = s->targets[i];
	if (n == s->n_targets)
		out[n++] = id;
	return n;
}

static void cmd_mark(struct app *app)
{
	const struct diagnosis *all = &targets_state(app)->all;
	size_t sel = app_frame(app)->sel;
	struct err err = {0};
	if (sel >= all->n_targets)
		return;
	const char **ids = calloc(app->session->n_targets + 1, sizeof(*ids));
	if (!ids)
		return;
	size_t n = toggled(app, all->targets[sel].id, ids);
	if (n == 0)
		app_say(app, "%s", _("One target stays marked; mark another one first."));
	else if (session_set_targets(app->session, ids, n, &err) < 0)
		app_say_err(app, &err);
	free(ids);
	app_changed(app);
}

/* ---- drawing ---- */

static const struct finding *in_the_way(const struct diagnosis *d, const struct target_verdict *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (d->findings[t->findings[i]].severity != SEVERITY_NOTE)
			return &d->findings[t->findings[i]];
	return NULL;
}

static void why_words(const struct diagnosis *d, const struct target_verdict *t, char *buf,
		      size_t cap)
{
	const struct finding *f = in_the_way(d, t);
	buf[0] = '\0';
	if (t->not_for_this_windows)
		snprintf(buf, cap, "%s", _("not part of this Windows"));
	else if (t->verdict == VERDICT_UNKNOWN && t->unknown)
		snprintf(buf, cap, "%s", t->unknown);
	else if (f && t->n > 1)
		snprintf(buf, cap, _("%s %s, and %zu more"), f->subject, f->found, t->n - 1);
	else if (f)
		snprintf(buf, cap, "%s %s", f->subject, f->found);
}

static void draw_target(const struct app *app, struct grid *g, int y, size_t i)
{
	const struct diagnosis *d = &targets_state(app)->all;
	const struct target_verdict *t = &d->targets[i];
	char glyph, why[APP_TEXT];
	const char *words = target_words(t, d, &glyph);
	if (t->not_for_this_windows)
		glyph = '-';
	grid_putf(g, 2, y, glyph_role(glyph), "%c", glyph);
	grid_put(g, 3, y, ROLE_PLAIN, marked(app, t->id) ? "[x]" : "[ ]");
	grid_field(g, NAME_X, y, VERDICT_X - NAME_X - 1, ROLE_PLAIN, FIT_END, t->id);
	grid_field(g, VERDICT_X, y, WHY_X - VERDICT_X - 1, ROLE_PLAIN, FIT_END, words);
	grid_paint(g, VERDICT_X, y, text_width(words), glyph_role(glyph));
	why_words(d, t, why, sizeof(why));
	if (g->w >= WHY_FROM)
		grid_field(g, WHY_X, y, g->w - WHY_X - 1, ROLE_PLAIN, FIT_END, why);
}

/* ---- below the list ---- */

static bool is_named(const struct target *known, const char *service)
{
	const struct driver *d = catalogue_driver(service);
	if (d && d->enumerator) /* the hardware id says so */
		return false;
	for (const struct link *l = known->links; l->service; l++)
		if (text_equal(l->service, service))
			return true;
	return d && d->landmark;
}

/* "PCI\CC_010601 -> pci -> msahci -> disk -> ..." */
static void chain_words(const struct target_verdict *t, char *buf, size_t cap)
{
	const struct target *known = catalogue_target(t->id);
	size_t used = (size_t)snprintf(buf, cap, "%s", known ? known->ids[0] : "");
	for (size_t i = 0; i < t->n_services && used < cap; i++)
		if (!known || is_named(known, t->services[i]))
			used += (size_t)snprintf(buf + used, cap - used, "%s%s", used ? " -> " : "",
						 t->services[i]);
}

/* The disk controllers that Enum knows: what "last" is judged by. */
static void controller_words(const struct install *inst, char *buf, size_t cap)
{
	size_t used = 0;
	buf[0] = '\0';
	for (size_t i = 0; i < inst->n_controllers && used < cap; i++)
		used += (size_t)snprintf(buf + used, cap - used, "%s%s -> %s", used ? ", " : "",
					 inst->controllers[i].hardware,
					 inst->controllers[i].service);
}

static void way_words(const struct app *app, const struct target_verdict *t, char *buf, size_t cap)
{
	if (strcmp(t->id, "portable") == 0)
		snprintf(buf, cap, _("stands for %s"),
			 targets_state(app)->members ? targets_state(app)->members : "?");
	else if (strcmp(t->id, "last") == 0)
		controller_words(&app->session->chosen->install, buf, cap);
	else
		chain_words(t, buf, cap);
}

static void reason_words(const struct app *app, const struct target_verdict *t, char *buf,
			 size_t cap)
{
	const struct finding *f = in_the_way(&targets_state(app)->all, t);
	if (t->not_for_this_windows)
		snprintf(buf, cap, "%s", _("This release of Windows cannot run there at all."));
	else if (t->verdict == VERDICT_UNKNOWN && t->unknown)
		snprintf(buf, cap, "%s", t->unknown);
	else if (f && f->no_fix)
		snprintf(buf, cap, _("No fix from here: %s"), f->no_fix);
	else if (f)
		snprintf(buf, cap, "%s", f->why);
	else
		snprintf(buf, cap, _("All %zu drivers on the way to the volume load in time."),
			 t->n_services);
}

static void draw_below(const struct app *app, struct grid *g)
{
	const struct diagnosis *d = &targets_state(app)->all;
	size_t sel = app_frame(app)->sel;
	char text[APP_TEXT];
	if (app->h < BELOW_FROM || sel >= d->n_targets)
		return;
	const struct target_verdict *t = &d->targets[sel];
	const struct target *known = catalogue_target(t->id);
	int y = g->h - 2 - BELOW_ROWS, x = grid_put(g, 1, y, ROLE_KEY, t->id) + 3;
	grid_field(g, x, y, g->w - x - 1, ROLE_PLAIN, FIT_END, known ? known->words : t->title);
	way_words(app, t, text, sizeof(text));
	int used = 1;
	if (known)
		grid_field(g, 3, y + 1, g->w - 5, ROLE_PLAIN, FIT_END, text);
	else
		used = draw_wrapped(g, 3, y + 1, 2, ROLE_PLAIN, text);
	reason_words(app, t, text, sizeof(text));
	draw_wrapped(g, 3, y + 1 + used, BELOW_ROWS - 1 - used, ROLE_PLAIN, text);
}

/* Rows between the history and the first target: a blank one and the heads, where they fit. */
static int rows_above(const struct app *app)
{
	return 1 + (app->h > BLANKS_ABOVE) + (app->h > HEADS_ABOVE);
}

static int targets_room(const struct app *app)
{
	int room = body_end(app) - body_top(app) - rows_above(app) -
		   (app->h >= BELOW_FROM ? BELOW_ROWS + 1 : 0);
	return room > 1 ? room : 1;
}

/* The only target whose controller has this hardware id; NULL when several or none do. */
static const struct target *only_target_of(const char *hardware)
{
	size_t n;
	const struct target *all = catalogue_targets(&n), *found = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *id = all[i].ids[0];
		if (!hardware || strncasecmp(hardware, id, strlen(id)) != 0)
			continue;
		if (found)
			return NULL;
		found = &all[i];
	}
	return found;
}

/* As the hive names the machine, else by a controller that only one kind of machine has. */
static void machine_words(const struct install *inst, char *buf, size_t cap)
{
	const struct target *t = NULL;
	for (size_t i = 0; i < inst->n_controllers && !t; i++)
		t = only_target_of(inst->controllers[i].hardware);
	if (inst->manufacturer || inst->product)
		snprintf(buf, cap, "%s%s%s", inst->manufacturer ? inst->manufacturer : "",
			 inst->manufacturer && inst->product ? ", " : "",
			 inst->product ? inst->product : "");
	else if (t)
		snprintf(buf, cap, "%s", _(t->title));
	else if (inst->n_controllers)
		snprintf(buf, cap, _("an unknown machine, disk on %s"),
			 inst->controllers[0].service);
	else
		snprintf(buf, cap, "%s", _("an unknown machine"));
}

static void draw_last(const struct app *app, struct grid *g, int y)
{
	char machine[APP_TEXT];
	machine_words(&app->session->chosen->install, machine, sizeof(machine));
	const char *first = app->session->targets[0];
	const char *rest = strcmp(first, "portable") == 0 ? _(" (all it has drivers for)") : "";
	size_t len = strlen(machine);
	if (len && machine[len - 1] == '.') /* "Dell Inc." */
		machine[len - 1] = '\0';
	grid_putf(g, 1, y, ROLE_PLAIN, _("Last ran on %s.  Marked: %s%s"), machine, first,
		  app->session->n_targets > 1 ? ", .." : rest);
}

static void draw_heads(struct grid *g, int y)
{
	grid_put(g, NAME_X, y, ROLE_HEAD, _("Target"));
	grid_put(g, VERDICT_X, y, ROLE_HEAD, _("Verdict"));
	if (g->w >= WHY_FROM)
		grid_put(g, WHY_X, y, ROLE_HEAD, _("In the way"));
}

static void targets_draw(const struct app *app, struct grid *g)
{
	const struct frame *frame = app_frame(app);
	int y = body_top(app), room = targets_room(app);
	draw_last(app, g, y);
	y += rows_above(app);
	if (app->h > HEADS_ABOVE)
		draw_heads(g, y - 1);
	for (size_t i = frame->top; i < targets_state(app)->all.n_targets && room-- > 0; i++, y++) {
		draw_target(app, g, y, i);
		if (i == frame->sel)
			draw_selected(g, y);
	}
	draw_below(app, g);
}

static void targets_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	snprintf(buf, cap, brief ? _("P%u > Targets") : _("P%u Windows > Targets"),
		 app->session->chosen->install.partition);
}

static size_t targets_rows(const struct app *app)
{
	return targets_state(app)->all.n_targets;
}

static void targets_forget(struct app *app)
{
	arena_free(targets_state(app)->arena);
}

static const struct command keys[] = {
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_boot,
	 .when = can_boot,
	 .bar = {.text = N_("rehearse"), .wide = N_("boot rehearsal"), .place = 20, .keep = 4},
	 .help = N_("boot rehearsal for this target")},
	{.keys = {'f'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_fix_all,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix marked"), .place = 30, .keep = 3},
	 .help = N_("stage every fix for the marked targets")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .run = cmd_mark,
	 .bar = {.text = N_("mark"), .place = 10, .keep = 2},
	 .help = N_("mark or unmark this target")},
};

const struct view view_targets = {
	.name = N_("targets"),
	.state_size = sizeof(struct targets_state),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_UNDO | TAKES_REVIEW | TAKES_BOOT | TAKES_DISK |
		 TAKES_FACTS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = targets_crumbs,
	.open = targets_open,
	.draw = targets_draw,
	.rows = targets_rows,
	.room = targets_room,
	.forget = targets_forget,
};
