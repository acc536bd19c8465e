/* SPDX-License-Identifier: MIT */
/*
 * The driver list as data: which services are in it, and in which order.
 *
 * Rows point into the session and are rebuilt after everything that rebuilds the session; the
 * selection is kept by name. Three lists: problems (findings that stop or may stop the boot),
 * boot-critical (the services of the chosen chains), all (every service of the judged set).
 */
#include "list_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

const struct control_set *judged_set(const struct app *app)
{
	const struct session *s = app->session;
	if (!s || !s->chosen)
		return NULL;
	unsigned number = s->options.control_set ? s->options.control_set
						 : s->chosen->install.boots_with;
	return install_set(&s->chosen->install, number);
}

/* ---- order ---- */

static int severity_rank(const struct list_row *row)
{
	return row->finding ? (int)row->finding->severity : SEVERITY_NOTE + 1;
}

static int by_worst(const struct list_row *a, const struct list_row *b)
{
	return severity_rank(a) - severity_rank(b);
}

static int by_name(const struct list_row *a, const struct list_row *b)
{
	return text_casecmp(a->name, b->name);
}

static int by_start(const struct list_row *a, const struct list_row *b)
{
	uint32_t x = a->service ? a->service->start : START_ABSENT;
	uint32_t y = b->service ? b->service->start : START_ABSENT;
	return (x > y) - (x < y);
}

static int by_group(const struct list_row *a, const struct list_row *b)
{
	const char *x = a->service && a->service->group ? a->service->group : "\x7f";
	const char *y = b->service && b->service->group ? b->service->group : "\x7f";
	return text_casecmp(x, y);
}

/* Last changed first, by key or file: what happened shortly before the last boot stands on top. */
static int by_change(const struct list_row *a, const struct list_row *b)
{
	uint64_t x = a->service ? service_changed(a->service) : 0;
	uint64_t y = b->service ? service_changed(b->service) : 0;
	return (x < y) - (x > y);
}

static int compare_rows(const void *left, const void *right, void *ctx)
{
	static int (*const orders[SORTS])(const struct list_row *, const struct list_row *) = {
		by_worst, by_name, by_start, by_group, by_change};
	const struct list_row *a = left, *b = right;
	int order = orders[*(const enum list_sort *)ctx](a, b);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* ---- building ---- */

static bool listed(const struct list_state *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_equal(list->rows[i].name, name))
			return true;
	return false;
}

static bool passes(const struct list_row *row, const char *filter)
{
	return matches(row->name, filter) ||
	       (row->finding && finding_is_sentence(row->finding) &&
		matches(row->finding->found.shown, filter)) ||
	       matches(row_role(row), filter) ||
	       (row->service && row->service->group && matches(row->service->group, filter));
}

static bool make_room(struct list_state *list)
{
	if (list->n < list->cap)
		return true;
	size_t cap = list->cap ? list->cap * 2 : 64;
	struct list_row *rows = reallocarray(list->rows, cap, sizeof(*rows));
	if (!rows)
		return false;
	list->rows = rows;
	list->cap = cap;
	return true;
}

/* f: what is found about it, or NULL */
static void add_row(struct app *app, const char *name, const struct service *service,
		    const struct finding *f)
{
	struct list_state *list = list_state(app);
	struct list_row row = {.name = name, .service = service, .finding = f, .order = list->n};
	if (passes(&row, list->filter) && make_room(list))
		list->rows[list->n++] = row;
}

/* A note on the way to the loader that can be mended is offered here, by its own row alone. */
static bool is_shown(const struct finding *f)
{
	return f->severity != SEVERITY_NOTE || (f->fixable && finding_is_sentence(f));
}

static void add_problems(struct app *app, const struct control_set *set)
{
	const struct diagnosis *now = &app->session->now;
	for (size_t i = 0; i < now->n; i++) {
		const struct finding *f = &now->findings[i];
		if (!is_shown(f))
			continue;
		if (finding_is_sentence(f))
			add_row(app, f->rule->id, NULL, f);
		else if (!listed(list_state(app), f->subject))
			add_row(app, f->subject, set_service(set, f->subject), f);
	}
}

static void add_driver(struct app *app, const struct control_set *set, const char *name)
{
	add_row(app, name, set_service(set, name), session_finding(app->session, name));
}

static void add_critical(struct app *app, const struct control_set *set)
{
	const struct diagnosis *now = &app->session->now;
	for (size_t i = 0; i < now->n_critical; i++)
		add_driver(app, set, now->critical[i]);
}

static void add_all(struct app *app, const struct control_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		add_driver(app, set, set->services[i].name);
}

static void (*const builders[LIST_KINDS])(struct app *, const struct control_set *) = {
	add_problems, add_critical, add_all};

static bool is_said_before(const struct diagnosis *d, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!finding_is_sentence(&d->findings[i]) &&
		    text_equal(d->findings[i].subject, d->findings[at].subject))
			return true;
	return false;
}

static size_t count_problems(const struct diagnosis *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += is_shown(&d->findings[i]) &&
		     (finding_is_sentence(&d->findings[i]) || !is_said_before(d, i));
	return n;
}

/* What the staged changes cost, for the verdict's prose; a review that fails leaves it unknown. */
static void count_staged(struct app *app)
{
	struct review review = {0};
	struct staged_counts *counts = &list_state(app)->staged;
	*counts = (struct staged_counts){0};
	for (size_t i = 0; i < app_staged(app); i++)
		counts->values += staged_get(app->session->staged, i)->n;
	if (counts->values && session_preview(app->session, &review, NULL) == 0)
		counts->bytes = review.patch.value_bytes + review.patch.other_bytes;
	review_free(&review);
}

/* In words, once for every change: it judges machines one by one. */
static void tell(struct app *app)
{
	struct list_state *list = list_state(app);
	if (!app->session->chosen)
		list->verdict = (struct verdict_words){.glyph = '?'};
	else if (is_staged(app))
		verdict_of_staged(app->session, &list->staged, &list->verdict);
	else
		verdict_of(app->session, &list->verdict);
}

const struct verdict_words *list_verdict(const struct app *app)
{
	return app->session && app->session->chosen ? &list_state(app)->verdict : NULL;
}

/* ---- what is selected ---- */

/* Of the list, or of the page of one driver, whichever lies higher. */
static const struct frame *list_frame(const struct app *app)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->frames[i].page == PAGE_DETAIL || app->frames[i].page == PAGE_LIST)
			return &app->frames[i];
	return NULL;
}

static void select_name(struct app *app)
{
	const struct list_state *list = list_state(app);
	const struct frame *shown = list_frame(app);
	struct frame *frame = shown ? app_frame_of(app, shown->page) : NULL;
	for (size_t i = 0; frame && list->selected[0] && i < list->n; i++)
		if (text_equal(list->rows[i].name, list->selected)) {
			frame->sel = i;
			return;
		}
	if (frame && list->filter[0])
		frame->sel = 0;
	if (frame && frame->sel >= list->n)
		frame->sel = list->n ? list->n - 1 : 0;
}

size_t list_count(const struct app *app)
{
	return list_state(app)->n;
}

const struct list_row *list_selected(const struct app *app)
{
	const struct list_state *list = list_state(app);
	const struct frame *frame = list_frame(app);
	return frame && frame->sel < list->n ? &list->rows[frame->sel] : NULL;
}

void list_keep_selected(struct app *app)
{
	struct list_state *list = list_state(app);
	const struct list_row *row = list_selected(app);
	if (row)
		snprintf(list->selected, sizeof(list->selected), "%s", row->name);
}

const struct finding *list_finding(const struct app *app)
{
	const struct list_row *row = list_selected(app);
	return row ? row->finding : NULL;
}

/* ---- the whole ---- */

static void rebuild(struct app *app)
{
	struct list_state *list = list_state(app);
	const struct control_set *set = judged_set(app);
	list->n = 0;
	memset(list->counts, 0, sizeof(list->counts));
	if (!set)
		return;
	list->counts[LIST_PROBLEMS] = count_problems(&app->session->now);
	list->counts[LIST_CRITICAL] = app->session->now.n_critical;
	list->counts[LIST_ALL] = set->n;
	builders[list->kind](app, set);
	if (list->n)
		qsort_r(list->rows, list->n, sizeof(list->rows[0]), compare_rows, &list->sort);
}

void list_refresh(struct app *app)
{
	rebuild(app);
	select_name(app);
}

void list_changed(struct app *app)
{
	list_refresh(app);
	count_staged(app);
	tell(app);
}

void list_select_name(struct app *app, const char *name)
{
	struct list_state *list = list_state(app);
	snprintf(list->selected, sizeof(list->selected), "%s", name);
	if (!listed(list, list->selected)) {
		list->kind = LIST_ALL;
		list->sort = SORT_NAME;
		list->filter[0] = '\0';
	}
	list_refresh(app);
}

void list_open(struct app *app)
{
	struct list_state *list = list_state(app);
	list->filter[0] = list->selected[0] = '\0';
	list->sort = SORT_WORST;
	list->kind = count_problems(&app->session->now) ? LIST_PROBLEMS : LIST_CRITICAL;
	list_refresh(app);
	tell(app);
}
