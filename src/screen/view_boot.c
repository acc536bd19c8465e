/* SPDX-License-Identifier: MIT */
/*
 * The boot rehearsal of one machine: its steps from the firmware to the file system, and behind tab the
 * drivers in the order in which they are loaded.
 *
 * The files are read when the page is asked for and after every change of what is staged, never
 * while drawing. The page shows the disk as it would be with what is staged.
 */
#include "boot_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

/* ---- what is rehearsed ---- */

struct boot_state *boot_state(const struct app *app)
{
	return app_state(app, PAGE_BOOT);
}

const struct diagnosis *boot_judged(const struct app *app)
{
	return &boot_state(app)->alone;
}

static const struct rehearsal *run_of(const struct app *app)
{
	return boot_state(app)->run;
}

void boot_forget(struct app *app)
{
	arena_free(boot_state(app)->arena);
	*boot_state(app) = (struct boot_state){.order = boot_state(app)->order};
}

static int run(struct app *app, const char *target, struct err *err)
{
	struct boot_state *b = boot_state(app);
	char id[sizeof(b->target)];
	snprintf(id, sizeof(id), "%s", target);
	boot_forget(app);
	memcpy(b->target, id, sizeof(id));
	b->windows = app->session->chosen;
	b->arena = arena_new();
	struct rehearsal *r = b->arena ? arena_alloc(b->arena, sizeof(*r), err)
				       : (err_set(err, E_MEMORY, "no memory for a boot"), NULL);
	const char *const one = b->target;
	if (!r || session_rehearse(app->session, one, b->arena, r, err) < 0 ||
	    boot_judge(app->session, &one, 1, b->arena, &b->alone, err) < 0)
		return -1;
	b->run = r;
	return 0;
}

static void boot_changed(struct app *app)
{
	struct err err = {0};
	char id[sizeof(boot_state(app)->target)];
	if (!app_on_stack(app, PAGE_BOOT)) {
		boot_forget(app);
		return;
	}
	memcpy(id, boot_state(app)->target, sizeof(id));
	if (run(app, id, &err) < 0)
		app_say_err(app, &err);
}

static bool is_known(const struct app *app, const char *target)
{
	const struct boot_state *b = boot_state(app);
	return b->run && b->windows == app->session->chosen && strcmp(b->target, target) == 0;
}

static size_t first_row(const struct rehearsal *r)
{
	const struct rehearsal_step *bad = r ? boot_first_bad(r) : NULL;
	return bad ? (size_t)(bad - r->steps) - r->first : 0;
}

static void show(struct app *app, const char *target)
{
	struct err err = {0};
	if (!is_known(app, target) && run(app, target, &err) < 0) {
		app_say_err(app, &err);
		return;
	}
	if (app_on_stack(app, PAGE_BOOT))
		app_pop_to(app, PAGE_BOOT);
	else
		app_push(app, PAGE_BOOT);
	boot_state(app)->order = false;
	boot_state(app)->other = (struct frame){.page = PAGE_BOOT};
	app_top(app)->top = 0;
	app_top(app)->sel = first_row(run_of(app));
}

bool can_boot(const struct app *app)
{
	return app->session && app->session->chosen && app->session->chosen->readable;
}

void cmd_boot(struct app *app)
{
	struct session *s = app->session;
	const char *selected = app_frame(app)->page == PAGE_TARGETS ? targets_selected(app) : NULL;
	struct err err = {0};
	struct arena *arena = arena_new();
	const char **ids, *worst = NULL;
	size_t n;
	if (!arena)
		return;
	int rc = selected ? boot_targets(s, &selected, 1, arena, &ids, &n, &err)
			  : boot_targets(s, s->targets, s->n_targets, arena, &ids, &n, &err);
	if (rc == 0)
		worst = boot_worst(s, ids, n, arena, &err);
	if (worst)
		show(app, worst);
	else
		app_say_err(app, &err);
	arena_free(arena);
}

/* ---- fixing ---- */

/* True when what f stages serves the machine that is shown. */
static bool is_marked(const struct app *app)
{
	struct session *s = app->session;
	struct arena *arena = arena_new();
	const char **ids;
	size_t n = 0;
	bool found = false;
	if (arena && boot_targets(s, s->targets, s->n_targets, arena, &ids, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			found = found || strcmp(ids[i], boot_state(app)->target) == 0;
	arena_free(arena);
	return found;
}

static void cmd_boot_fix(struct app *app)
{
	if (is_marked(app))
		cmd_fix_all(app);
	else
		app_say(app,
			_("%s is not marked; t, then space on it, and f stages its fixes too."),
			boot_state(app)->target);
}

/* ---- rows ---- */

size_t boot_rows(const struct app *app)
{
	const struct rehearsal *r = run_of(app);
	if (!r)
		return 0;
	return boot_state(app)->order ? r->list.n : BOOT_STEPS - (size_t)r->first;
}

const struct load_item *boot_item_at(const struct app *app, size_t i)
{
	const struct rehearsal *r = run_of(app);
	return r && boot_state(app)->order && i < r->list.n ? &r->list.items[i] : NULL;
}

enum boot_step boot_place_at(const struct app *app, size_t i)
{
	const struct rehearsal *r = run_of(app);
	bool there = r && !boot_state(app)->order && i < BOOT_STEPS - (size_t)r->first;
	return there ? (enum boot_step)(r->first + i) : BOOT_STEPS;
}

const struct rehearsal_step *boot_step_at(const struct app *app, size_t i)
{
	enum boot_step place = boot_place_at(app, i);
	return place < BOOT_STEPS ? &run_of(app)->steps[place] : NULL;
}

const char *boot_service_at(const struct app *app, size_t i)
{
	const struct load_item *item = boot_item_at(app, i);
	const struct rehearsal_step *step = boot_step_at(app, i);
	return item ? item->service->name : step ? step->service : NULL;
}

/* Its frame, also when the help page lies on it; NULL: the page is not open. */
static const struct frame *boot_frame(const struct app *app)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->frames[i].page == PAGE_BOOT)
			return &app->frames[i];
	return NULL;
}

const char *boot_selected(const struct app *app)
{
	const struct frame *frame = boot_frame(app);
	return frame ? boot_service_at(app, frame->sel) : NULL;
}

/* In the set that is judged, as it would be. */
const struct service *boot_service_named(const struct app *app, const char *name)
{
	const struct session *s = app->session;
	unsigned set = s->options.control_set ? s->options.control_set : s->edited.boots_with;
	return name && install_set(&s->edited, set)
		       ? set_service(install_set(&s->edited, set), name)
		       : NULL;
}

static bool is_store_step(const struct app *app)
{
	const struct frame *frame = boot_frame(app);
	return frame && boot_place_at(app, frame->sel) == STEP_BOOT_STORE;
}

static bool can_boot_enter(const struct app *app)
{
	if (is_store_step(app))
		return can_own_store(app);
	return app->session && boot_service_named(app, boot_selected(app)) != NULL;
}

static void boot_select(struct app *app)
{
	const char *name = boot_service_at(app, app_frame(app)->sel);
	if (is_store_step(app))
		store_show(app, false, NULL);
	else if (name)
		detail_show(app, name);
}

static void cmd_boot_order(struct app *app)
{
	struct frame *frame = app_top(app), shown = *frame;
	*frame = boot_state(app)->other;
	boot_state(app)->other = shown;
	boot_state(app)->order = !boot_state(app)->order;
}

static bool is_boot_order(const struct app *app)
{
	return boot_state(app)->order;
}

/* ---- the page ---- */

static void boot_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	const struct session *s = app->session;
	snprintf(buf, cap, brief ? _("P%u > Boot to %s") : _("P%u Windows > Boot to %s"),
		 s->chosen ? s->chosen->install.partition : 0, boot_state(app)->target);
}

/* The worst thing that is said about the selected driver, or about the disk at that step. */
static const struct finding *boot_finding(const struct app *app)
{
	const struct diagnosis *d = boot_judged(app);
	const struct frame *frame = boot_frame(app);
	const struct rehearsal_step *step = frame ? boot_step_at(app, frame->sel) : NULL;
	const char *service = boot_selected(app);
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];
		bool of_disk = finding_is_sentence(f);
		if (of_disk ? step && step->rule == f->rule
			    : service && text_equal(f->subject, service))
			return f;
	}
	return NULL;
}

static const struct command keys[] = {
	{.keys = {K_TAB},
	 .kind = DO_NARROW,
	 .run = cmd_boot_order,
	 .bar = {.text = N_("order"), .wide = N_("load order"), .place = 50, .keep = 4},
	 .alternative = is_boot_order,
	 .other = {.text = N_("steps"), .place = 50, .keep = 4},
	 .help = N_("the steps, or all drivers in load order")},
	{.keys = {K_ENTER, K_RIGHT, 'l'},
	 .kind = DO_ENTER,
	 .run = cmd_enter,
	 .when = can_boot_enter,
	 .bar = {.text = N_("details"), .wide = N_("driver details"), .place = 10, .keep = 3},
	 .alternative = is_store_step,
	 .other = {.text = N_("boot store"), .place = 10, .keep = 3},
	 .help = N_("details of this driver, or the boot store")},
	{.keys = {'f'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_boot_fix,
	 .when = can_fix_all,
	 .bar = {.text = N_("fix"), .place = 30, .keep = 2},
	 .help = N_("stage every fix for the marked targets")},
};

const struct view view_boot = {
	.name = N_("boot rehearsal"),
	.state_size = sizeof(struct boot_state),
	.takes = TAKES_LIST | TAKES_BACK | TAKES_UNDO | TAKES_REVIEW | TAKES_TARGETS | TAKES_RULE |
		 TAKES_DISK | TAKES_PLAN | TAKES_FACTS | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = boot_crumbs,
	.draw = boot_draw,
	.rows = boot_rows,
	.room = boot_room,
	.select = boot_select,
	.finding = boot_finding,
	.changed = boot_changed,
	.forget = boot_forget,
};
