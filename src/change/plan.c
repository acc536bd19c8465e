/* SPDX-License-Identifier: MIT */
/*
 * Staged changes as a log of operations with a cursor. The active changes are a pure function of
 * the operations before the cursor: undo and redo only move it and replay. An operation after the
 * cursor is forgotten as soon as a new one is recorded.
 */
#include "stop7b/plan.h"

#include <stdlib.h>
#include <string.h>

struct operation {
	const char *subject;
	const struct change *stage; /* NULL: unstage */
};

struct plan {
	struct arena *arena; /* every change ever staged; dies with the plan */
	struct operation *operations;
	size_t n, cursor, cap;
	const struct change **active; /* replay result, room for cap */
	size_t n_active;
};

struct plan *plan_new(struct err *err)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	if (plan)
		plan->arena = arena_new();
	if (plan && plan->arena)
		return plan;
	plan_free(plan);
	return err_null(err, E_MEMORY, "no memory for the plan");
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	arena_free(plan->arena);
	free(plan->operations);
	free(plan->active);
	free(plan);
}

static size_t active_index(const struct plan *plan, const char *subject)
{
	size_t i = 0;
	while (i < plan->n_active && !text_equal(plan->active[i]->subject, subject))
		i++;
	return i;
}

static void drop_active(struct plan *plan, size_t i)
{
	plan->n_active--;
	memmove(&plan->active[i], &plan->active[i + 1],
		(plan->n_active - i) * sizeof(plan->active[0]));
}

static void replay_one(struct plan *plan, const struct operation *op)
{
	size_t i = active_index(plan, op->subject);
	if (i < plan->n_active)
		drop_active(plan, i);
	if (op->stage)
		plan->active[plan->n_active++] =
			op->stage; /* the newest word about a value counts */
}

static void replay(struct plan *plan)
{
	plan->n_active = 0;
	for (size_t i = 0; i < plan->cursor; i++)
		replay_one(plan, &plan->operations[i]);
}

static int make_room(struct plan *plan, struct err *err)
{
	if (plan->cursor < plan->cap)
		return 0;
	size_t cap = plan->cap ? plan->cap * 2 : 32;
	struct operation *operations = realloc(plan->operations, cap * sizeof(*operations));
	if (operations)
		plan->operations = operations;
	const struct change **active = realloc(plan->active, cap * sizeof(*active));
	if (active)
		plan->active = active;
	if (!operations || !active)
		return err_set(err, E_MEMORY, "no memory for %zu staged changes", cap);
	plan->cap = cap;
	return 0;
}

static int record(struct plan *plan, struct operation op, struct err *err)
{
	if (make_room(plan, err) < 0)
		return -1;
	plan->operations[plan->cursor++] = op;
	plan->n = plan->cursor;
	replay_one(plan, &op);
	return 0;
}

static int copy_edit(struct arena *a, const struct edit *from, struct edit *to)
{
	*to = *from;
	to->key = arena_strdup(a, from->key);
	to->name = arena_strdup(a, from->name);
	to->data.p = arena_copy(a, from->data.p, from->data.len);
	to->hive = from->hive ? arena_strdup(a, from->hive) : NULL;
	return to->key && to->name && to->data.p && !to->hive == !from->hive ? 0 : -1;
}

static const struct change *copy_change(struct arena *a, const struct change *from)
{
	struct change *to = arena_alloc(a, sizeof(*to), NULL);
	struct edit *edits = arena_array(a, from->n, sizeof(*edits), NULL);
	if (!to || !edits)
		return NULL;
	for (size_t i = 0; i < from->n; i++)
		if (copy_edit(a, &from->edits[i], &edits[i]) < 0)
			return NULL;
	*to = (struct change){
		.subject = arena_strdup(a, from->subject),
		.reason = arena_strdup(a, from->reason ? from->reason : ""),
		.edits = edits,
		.n = from->n,
	};
	return to->subject && to->reason ? to : NULL;
}

int plan_stage(struct plan *plan, const struct change *change, struct err *err)
{
	const struct change *copy = copy_change(plan->arena, change);
	if (!copy)
		return err_set(err, E_MEMORY, "no memory to stage %s", change->subject);
	return record(plan, (struct operation){.subject = copy->subject, .stage = copy}, err);
}

int plan_unstage(struct plan *plan, const char *subject, struct err *err)
{
	const struct change *staged = plan_find(plan, subject);
	if (!staged)
		return 0;
	return record(plan, (struct operation){.subject = staged->subject}, err) < 0 ? -1 : 1;
}

const char *plan_undo(struct plan *plan)
{
	if (plan->cursor == 0)
		return NULL;
	plan->cursor--;
	replay(plan);
	return plan->operations[plan->cursor].subject;
}

const char *plan_redo(struct plan *plan)
{
	if (plan->cursor == plan->n)
		return NULL;
	const struct operation *op = &plan->operations[plan->cursor++];
	replay_one(plan, op);
	return op->subject;
}

void plan_clear(struct plan *plan)
{
	plan->n = plan->cursor = plan->n_active = 0;
}

size_t plan_count(const struct plan *plan)
{
	return plan->n_active;
}

const struct change *plan_get(const struct plan *plan, size_t i)
{
	return i < plan->n_active ? plan->active[i] : NULL;
}

const struct change *plan_find(const struct plan *plan, const char *subject)
{
	return plan_get(plan, active_index(plan, subject));
}
