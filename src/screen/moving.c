/* SPDX-License-Identifier: MIT */
/*
 * Moving: over the rows of a page, over the lines of a page of text, into it and out of it. Where
 * the selection ends up is only stored here; app.c settles what is visible of it.
 */
#include "view.h"

#include "stop7b/i18n.h"

static const struct view *top_view(const struct app *app)
{
	return view_of(app_frame(app)->page);
}

static size_t row_count(const struct app *app)
{
	return top_view(app)->rows ? top_view(app)->rows(app) : 0;
}

static size_t page_step(const struct app *app)
{
	int room = top_view(app)->room ? top_view(app)->room(app) : 0;
	return room > 1 ? (size_t)room - 1 : 1;
}

static size_t half_step(const struct app *app)
{
	return (page_step(app) + 1) / 2;
}

/* A page of text without rows of its own: up and down scroll it. */
static bool only_scrolls(const struct app *app)
{
	return top_view(app)->pages_sheet && !top_view(app)->rows;
}

void cmd_up(struct app *app)
{
	struct frame *frame = app_top(app);
	if (only_scrolls(app))
		app_scroll(app, frame->top ? frame->top - 1 : 0);
	else if (frame->sel > 0)
		frame->sel--;
}

void cmd_down(struct app *app)
{
	struct frame *frame = app_top(app);
	if (only_scrolls(app))
		app_scroll(app, frame->top + 1);
	else if (frame->sel + 1 < row_count(app))
		frame->sel++;
}

static void move_up(struct app *app, size_t step)
{
	struct frame *frame = app_top(app);
	if (top_view(app)->pages_sheet)
		app_scroll(app, frame->top > step ? frame->top - step : 0);
	else
		frame->sel = frame->sel > step ? frame->sel - step : 0;
}

static void move_down(struct app *app, size_t step)
{
	struct frame *frame = app_top(app);
	size_t n = row_count(app), to = frame->sel + step;
	if (top_view(app)->pages_sheet)
		app_scroll(app, frame->top + step);
	else
		frame->sel = to < n ? to : n ? n - 1 : 0;
}

void cmd_page_up(struct app *app)
{
	move_up(app, page_step(app));
}

void cmd_page_down(struct app *app)
{
	move_down(app, page_step(app));
}

void cmd_half_up(struct app *app)
{
	move_up(app, half_step(app));
}

void cmd_half_down(struct app *app)
{
	move_down(app, half_step(app));
}

void cmd_first(struct app *app)
{
	if (top_view(app)->pages_sheet)
		app_scroll(app, 0);
	else
		app_top(app)->sel = 0;
}

void cmd_last(struct app *app)
{
	size_t n = row_count(app);
	if (top_view(app)->pages_sheet)
		app_scroll(app, SIZE_MAX);
	else
		app_top(app)->sel = n ? n - 1 : 0;
}

bool can_enter(const struct app *app)
{
	return row_count(app) > 0;
}

void cmd_enter(struct app *app)
{
	if (top_view(app)->select)
		top_view(app)->select(app);
}

/* Show all rows again. False when the page has no filter that was kept. */
static bool clear_filter(struct app *app)
{
	const struct page_filter *filter = top_view(app)->filter;
	if (!filter || !filter->text(app)[0])
		return false;
	filter->text(app)[0] = '\0';
	filter->changed(app);
	return true;
}

void cmd_back(struct app *app)
{
	if (!clear_filter(app))
		cmd_out(app);
}

void cmd_out(struct app *app)
{
	const struct view *view = top_view(app);
	if (view->back && view->back(app))
		return;
	if (app->depth > 1)
		app_pop(app);
	else
		app_say(app, "%s", _("This is the outermost page; q quits."));
}
