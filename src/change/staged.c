/* SPDX-License-Identifier: MIT */
/*
 * Staged changes as a log of operations with a cursor. The active changes are a pure function of
 * the operations before the cursor: undo and redo only move it and replay. An operation after the
 * cursor is forgotten as soon as a new one is recorded.
 */
#include "stop7b/staged.h"

#include <stdlib.h>
#include <string.h>

struct operation {
	const char *subject;
	const struct change *stage; /* NULL: unstage */
};

struct staged {
	struct arena *arena; /* every change ever staged; dies with the list */
	struct operation *operations;
	size_t n, cursor, cap;
	const struct change **active; /* replay result, room for cap */
	size_t n_active;
};

struct staged *staged_new(struct err *err)
{
	struct staged *staged = calloc(1, sizeof(*staged));
	if (staged)
		staged->arena = arena_new();
	if (staged && staged->arena)
		return staged;
	staged_free(staged);
	return err_null(err, E_MEMORY, "no memory for staged changes");
}

void staged_free(struct staged *staged)
{
	if (!staged)
		return;
	arena_free(staged->arena);
	free(staged->operations);
	free(staged->active);
	free(staged);
}

static size_t active_index(const struct staged *staged, const char *subject)
{
	size_t i = 0;
	while (i < staged->n_active && !text_equal(staged->active[i]->subject, subject))
		i++;
	return i;
}

static void drop_active(struct staged *staged, size_t i)
{
	staged->n_active--;
	memmove(&staged->active[i], &staged->active[i + 1],
		(staged->n_active - i) * sizeof(staged->active[0]));
}

static void replay_one(struct staged *staged, const struct operation *op)
{
	size_t i = active_index(staged, op->subject);
	if (i < staged->n_active)
		drop_active(staged, i);
	if (op->stage)
		staged->active[staged->n_active++] =
			op->stage; /* the newest word about a value counts */
}

static void replay(struct staged *staged)
{
	staged->n_active = 0;
	for (size_t i = 0; i < staged->cursor; i++)
		replay_one(staged, &staged->operations[i]);
}

static int make_room(struct staged *staged, struct err *err)
{
	if (staged->cursor < staged->cap)
		return 0;
	size_t cap = staged->cap ? staged->cap * 2 : 32;
	struct operation *operations = realloc(staged->operations, cap * sizeof(*operations));
	if (operations)
		staged->operations = operations;
	const struct change **active = realloc(staged->active, cap * sizeof(*active));
	if (active)
		staged->active = active;
	if (!operations || !active)
		return err_set(err, E_MEMORY, "no memory for %zu staged changes", cap);
	staged->cap = cap;
	return 0;
}

static int record(struct staged *staged, struct operation op, struct err *err)
{
	if (make_room(staged, err) < 0)
		return -1;
	staged->operations[staged->cursor++] = op;
	staged->n = staged->cursor;
	replay_one(staged, &op);
	return 0;
}

static const struct change *copy_change(struct arena *a, const struct change *from)
{
	struct change *to = arena_alloc(a, sizeof(*to), NULL);
	struct edit *edits = arena_array(a, from->n, sizeof(*edits), NULL);
	if (!to || !edits)
		return NULL;
	for (size_t i = 0; i < from->n; i++)
		if (edit_copy(a, &from->edits[i], &edits[i], NULL) < 0)
			return NULL;
	*to = (struct change){
		.subject = arena_strdup(a, from->subject),
		.reason = arena_strdup(a, from->reason ? from->reason : ""),
		.edits = edits,
		.n = from->n,
	};
	return to->subject && to->reason ? to : NULL;
}

int staged_put(struct staged *staged, const struct change *change, struct err *err)
{
	const struct change *copy = copy_change(staged->arena, change);
	if (!copy)
		return err_set(err, E_MEMORY, "no memory to stage %s", change->subject);
	return record(staged, (struct operation){.subject = copy->subject, .stage = copy}, err);
}

int staged_drop(struct staged *staged, const char *subject, struct err *err)
{
	const struct change *change = staged_find(staged, subject);
	if (!change)
		return 0;
	return record(staged, (struct operation){.subject = change->subject}, err) < 0 ? -1 : 1;
}

const char *staged_undo(struct staged *staged)
{
	if (staged->cursor == 0)
		return NULL;
	staged->cursor--;
	replay(staged);
	return staged->operations[staged->cursor].subject;
}

const char *staged_redo(struct staged *staged)
{
	if (staged->cursor == staged->n)
		return NULL;
	const struct operation *op = &staged->operations[staged->cursor++];
	replay_one(staged, op);
	return op->subject;
}

void staged_clear(struct staged *staged)
{
	staged->n = staged->cursor = staged->n_active = 0;
}

size_t staged_count(const struct staged *staged)
{
	return staged->n_active;
}

const struct change *staged_get(const struct staged *staged, size_t i)
{
	return i < staged->n_active ? staged->active[i] : NULL;
}

const struct change *staged_find(const struct staged *staged, const char *subject)
{
	return staged_get(staged, active_index(staged, subject));
}
