/* SPDX-License-Identifier: MIT */
/*
 * The driver list as data: which services are in it, in which order, and the words of a row.
 *
 * Rows point into the session and are rebuilt after everything that rebuilds the session; the
 * selection is kept by name. Three lists: problems (findings that stop or may stop the boot),
 * boot-critical (the services of the chosen chains), all (every service of the judged set).
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/i18n.h"

#define SERVICE_WIN32 0x30u /* own or shared process: a service, not a driver */

const struct control_set *judged_set(const struct app *app)
{
	const struct session *s = app->session;
	if (!s || !s->chosen)
		return NULL;
	unsigned number = s->options.control_set ? s->options.control_set
						 : s->chosen->install.boots_with;
	return install_set(&s->chosen->install, number);
}

/* ---- words of a row ---- */

const char *row_role(const struct list_row *row)
{
	const struct driver *known = catalogue_driver(row->name);
	if (known)
		return _(known->role);
	if (row->service && row->service->type != UINT32_MAX &&
	    (row->service->type & SERVICE_WIN32))
		return _("(service, not boot-critical)");
	return row->service && row->service->display_name ? row->service->display_name : "";
}

char row_glyph(const struct list_row *row)
{
	if (!row->finding || row->finding->severity == SEVERITY_NOTE)
		return ' ';
	return row->finding->severity == SEVERITY_STOP ? 'X' : '!';
}

bool row_fixable(const struct list_row *row)
{
	return row->finding && row->finding->fixable;
}

const struct change *row_staged(const struct app *app, const struct list_row *row)
{
	return app_staged(app) ? staged_find(app->session->staged, row->name) : NULL;
}

static bool overridden(const struct service *service)
{
	for (size_t i = 0; i < service->n_overrides; i++)
		if (service->overrides[i].value != service->start)
			return true;
	return false;
}

const char *row_start(const struct list_row *row, char buf[64])
{
	char odd[24];
	if (!row->service)
		return _("absent");
	snprintf(buf, 64, "%s%s", start_words(row->service->start, odd),
		 overridden(row->service) ? _(", override") : "");
	return buf;
}

const char *row_fix(const struct app *app, const struct list_row *row, char buf[64])
{
	const struct change *change = row_staged(app, row);
	char odd[24];
	const char *words = row->finding ? row->finding->fix_words : "";
	if (!change)
		return words;
	if (strncmp(words, "clear", 5) == 0)
		words = _("cleared");
	if (!words[0] && change->n && change->edits[0].data.len == 4)
		words = start_words(le32(change->edits[0].data, 0), odd);
	snprintf(buf, 64, "%s", words);
	return buf;
}

static const char *start_prose(uint32_t start)
{
	static const char *const prose[] = {
		N_("Start=0: loaded by the boot loader."),
		N_("Start=1: loaded after the boot drivers."),
		N_("Start=2: started when the system is up."),
		N_("Start=3: loaded when something asks for it."),
		N_("Start=4: never loaded."),
	};
	return start < 5 ? _(prose[start]) : _("It has no usable Start value.");
}

static void file_words(const struct app *app, const struct service *service, char *buf, size_t cap)
{
	const struct driver_file *file = &service->file;
	const char *name = file->path ? last_part(file->path) : service->name;
	unsigned p = app->session->chosen->install.partition;
	char number[NUMBER_TEXT];
	if (file->state == FILE_PRESENT)
		snprintf(buf, cap, _("%s is present on P%u (%s bytes)."), name, p,
			 number_words(file->size, number));
	else if (file->state == FILE_MISSING)
		snprintf(buf, cap, _("%s is missing on P%u."), name, p);
	else if (file->state == FILE_EMPTY)
		snprintf(buf, cap, _("%s is empty on P%u."), name, p);
	else if (file->state == FILE_ELSEWHERE)
		snprintf(buf, cap, "%s", _("Its file is on another volume."));
	else
		snprintf(buf, cap, "%s", _("Its file was not looked for."));
}

void row_why(const struct app *app, const struct list_row *row, char *why, char *file, size_t cap)
{
	const struct service *service = row->service;
	why[0] = file[0] = '\0';
	if (row->finding)
		snprintf(why, cap, "%s",
			 row->finding->no_fix ? row->finding->no_fix : row->finding->why);
	else if (service)
		snprintf(why, cap, "%s", start_prose(service->start));
	if (!service)
		return;
	file_words(app, service, file, cap);
	size_t len = strlen(file);
	if (row->finding && service->start_at && len < cap)
		snprintf(file + len, cap - len, _("  Cell at hive byte 0x%llx."),
			 (unsigned long long)service->start_at);
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
	return matches(row->name, filter) || matches(row_role(row), filter) ||
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

static void add_row(struct app *app, const char *name, const struct service *service)
{
	struct list_state *list = &app->list;
	struct list_row row = {.name = name, .service = service, .order = list->n};
	row.finding = session_finding(app->session, name);
	if (passes(&row, list->filter) && make_room(list))
		list->rows[list->n++] = row;
}

static void add_problems(struct app *app, const struct control_set *set)
{
	const struct diagnosis *now = &app->session->now;
	for (size_t i = 0; i < now->n; i++) {
		const struct finding *f = &now->findings[i];
		if (f->severity != SEVERITY_NOTE && !listed(&app->list, f->subject))
			add_row(app, f->subject, set_service(set, f->subject));
	}
}

static void add_critical(struct app *app, const struct control_set *set)
{
	const struct diagnosis *now = &app->session->now;
	for (size_t i = 0; i < now->n_critical; i++)
		add_row(app, now->critical[i], set_service(set, now->critical[i]));
}

static void add_all(struct app *app, const struct control_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		add_row(app, set->services[i].name, &set->services[i]);
}

static void (*const builders[LIST_KINDS])(struct app *, const struct control_set *) = {
	add_problems, add_critical, add_all};

static size_t count_problems(const struct diagnosis *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		size_t j = 0;
		while (j < i && !text_equal(d->findings[j].subject, d->findings[i].subject))
			j++;
		n += j == i && d->findings[i].severity != SEVERITY_NOTE;
	}
	return n;
}

/* What the staged changes cost, for the verdict's prose; a review that fails leaves it unknown. */
void list_count_staged(struct app *app)
{
	struct review review = {0};
	struct list_state *list = &app->list;
	list->value_count = list->byte_count = 0;
	for (size_t i = 0; i < app_staged(app); i++)
		list->value_count += staged_get(app->session->staged, i)->n;
	if (list->value_count && session_review(app->session, &review, NULL) == 0)
		list->byte_count = review.patch.value_bytes + review.patch.other_bytes;
	review_free(&review);
}

static struct frame *list_frame(struct app *app)
{
	for (size_t i = app->depth; i-- > 0;)
		if (app->frames[i].page == PAGE_DETAIL || app->frames[i].page == PAGE_LIST)
			return &app->frames[i];
	return NULL;
}

static void select_name(struct app *app, const char *name)
{
	struct frame *frame = list_frame(app);
	for (size_t i = 0; frame && name[0] && i < app->list.n; i++)
		if (text_equal(app->list.rows[i].name, name)) {
			frame->sel = i;
			return;
		}
	if (frame && app->list.filter[0])
		frame->sel = 0;
	if (frame && frame->sel >= app->list.n)
		frame->sel = app->list.n ? app->list.n - 1 : 0;
}

const struct list_row *list_selected(const struct app *app)
{
	for (size_t i = app->depth; i-- > 0;) {
		const struct frame *frame = &app->frames[i];
		if (frame->page == PAGE_DETAIL || frame->page == PAGE_LIST)
			return frame->sel < app->list.n ? &app->list.rows[frame->sel] : NULL;
	}
	return NULL;
}

static void rebuild(struct app *app)
{
	struct list_state *list = &app->list;
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

/* The selected name may live in memory that the session has freed: it is kept by moved(). */
void list_refresh(struct app *app)
{
	rebuild(app);
	select_name(app, app->list.selected);
}

void list_open(struct app *app)
{
	app->list.filter[0] = app->list.selected[0] = '\0';
	app->list.sort = SORT_WORST;
	app->list.kind = count_problems(&app->session->now) ? LIST_PROBLEMS : LIST_CRITICAL;
	list_refresh(app);
}
