/* SPDX-License-Identifier: MIT */
/*
 * The rows of the targets page: each target below the head of its group. The cursor goes over
 * targets alone; "portable" and "last" stand in front of all groups.
 */
#include "targets_internal.h"

#include "stop7b/i18n.h"

struct targets_state *targets_state(const struct app *app)
{
	return app_state(app, PAGE_TARGETS);
}

static void add_head(struct targets_state *t, enum target_group group)
{
	t->rows[t->n_rows++] = (struct targets_row){.head = catalogue_group(group)};
}

int targets_make_rows(struct targets_state *t, struct err *err)
{
	enum target_group last = TARGET_GROUPS;
	t->rows = arena_array(t->arena, t->all.n_targets + TARGET_GROUPS, sizeof(*t->rows), err);
	if (!t->rows)
		return -1;
	for (size_t i = 0; i < t->all.n_targets; i++) {
		const struct target *known = catalogue_target(t->all.targets[i].id);
		if (known && known->group != last)
			add_head(t, known->group);
		last = known ? known->group : last;
		t->rows[t->n_rows++] = (struct targets_row){.at = i};
	}
	return 0;
}

size_t targets_rows(const struct app *app)
{
	return targets_state(app)->n_rows;
}

const struct target_verdict *targets_at(const struct app *app, size_t row)
{
	const struct targets_state *t = targets_state(app);
	bool target = row < t->n_rows && !t->rows[row].head;
	return target ? &t->all.targets[t->rows[row].at] : NULL;
}

size_t targets_row_of(const struct app *app, size_t i)
{
	const struct targets_state *t = targets_state(app);
	for (size_t row = 0; row < t->n_rows; row++)
		if (!t->rows[row].head && t->rows[row].at == i)
			return row;
	return 0;
}

size_t targets_next_group(const struct app *app, size_t row)
{
	const struct targets_state *t = targets_state(app);
	while (row < t->n_rows && !t->rows[row].head)
		row++;
	return row + 1 < t->n_rows ? row + 1 : 0;
}

/* A head has a target on either side. */
void targets_moved(struct app *app)
{
	struct targets_state *t = targets_state(app);
	struct frame *frame = app_top(app);
	if (frame->sel < t->n_rows && t->rows[frame->sel].head)
		frame->sel += frame->sel < t->sel ? (size_t)-1 : 1;
	t->sel = frame->sel;
	frame->top = scroll_top(frame->top, frame->sel, t->n_rows,
				view_of(PAGE_TARGETS)->room(app));
}
