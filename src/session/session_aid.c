/* SPDX-License-Identifier: MIT */
/*
 * First aid for the chosen Windows: what an action may look at, and its edits as one staged change.
 */
#include "session_internal.h"

#include "stop7b/aid.h"
#include "stop7b/session_regback.h"
#include "stop7b/session_store.h"

/* The entries of the chosen Windows in the disk's own stores. */
static int collect_entries(struct session *s, struct arena *arena, struct aid_request *q,
			   struct err *err)
{
	struct bootpath_request disk;
	struct disk_view *view = arena_alloc(arena, sizeof(*view), err);
	if (!view || view_as_it_is(s, view, err) < 0 ||
	    session_disk(s, s->chosen, view, arena, &disk, err) < 0)
		return -1;
	struct aid_entry *entries = arena_array(arena, disk.n_stores, sizeof(*entries), err);
	if (!entries)
		return -1;
	q->entries = entries;
	for (size_t i = 0; i < disk.n_stores; i++) {
		const struct boot_store *store = &disk.stores[i];
		const struct bcd_object *o = bootpath_entry(&disk, store);
		const char *hive = arena_printf(arena, "%u:%s", store->partition->number,
						store->path);
		if (!hive)
			return no_memory(err);
		if (o)
			entries[q->n_entries++] = (struct aid_entry){hive, &store->store, o};
	}
	return 0;
}

/* Where it starts now: on the machine that it last ran on, and where it is asked to. */
static int collect_needed(struct session *s, struct arena *arena, struct aid_request *q,
			  struct err *err)
{
	const char **targets = arena_array(arena, s->n_targets + 1, sizeof(*targets), err);
	struct diagnosis *d = arena_alloc(arena, sizeof(*d), err);
	if (!targets || !d)
		return -1;
	targets[0] = "last";
	for (size_t i = 0; i < s->n_targets; i++)
		targets[i + 1] = s->targets[i];
	const struct session_question question = {.targets = targets, .n = s->n_targets + 1};
	q->starts = d;
	return session_diagnose(s, s->chosen, &s->chosen->install, &question, arena, d, err);
}

/* One that replaces the hive needs nothing of what the hive says. */
static int look_at_copy(struct session *s, const struct aid *aid, struct arena *arena,
			struct regback *found, struct aid_result *out, struct err *err)
{
	if (session_regback(s, session_aided(s), arena, found, err) < 0)
		return -1;
	const struct aid_copy copy = {found->edits, found->n, found->why_not};
	const struct aid_request q = {.copy = &copy};
	return aid->look(&q, arena, out, err);
}

/* As session_aid(). found: the copy that was looked at, where the action replaces the hive. */
static int look(struct session *s, const struct aid *aid, const char *name, struct arena *arena,
		struct regback *found, struct aid_result *out, struct err *err)
{
	*out = (struct aid_result){0};
	if (aid->replaces)
		return look_at_copy(s, aid, arena, found, out, err);
	unsigned *sets = arena_array(arena, CONTROL_SETS_MAX, sizeof(*sets), err);
	if (!sets)
		return -1;
	struct aid_request q = {
		.inst = &s->chosen->install,
		.hive = &s->chosen->system->hive,
		.sets = sets,
		.n_sets = session_edit_sets(s, sets),
		.name = name,
	};
	if (collect_entries(s, arena, &q, err) < 0 ||
	    (aid->takes_name && collect_needed(s, arena, &q, err) < 0))
		return -1;
	return aid->look(&q, arena, out, err);
}

int session_aid(struct session *s, const struct aid *aid, const char *name, struct arena *arena,
		struct aid_result *out, struct err *err)
{
	struct regback found;
	return look(s, aid, name, arena, &found, out, err);
}

int session_stage_aid(struct session *s, const struct aid *aid, const char *name, struct err *err)
{
	struct aid_result r;
	struct regback found;
	struct arena *arena = arena_new();
	int rc = arena ? look(s, aid, name, arena, &found, &r, err) : no_memory(err);
	if (rc == 0 && r.refused)
		rc = err_set(err, r.refused, "%s", said_arg(r.why, arena));
	/* the second reader is asked before a copy is staged, not whenever one is looked at */
	if (rc == 0 && aid->replaces && r.n > 0)
		rc = session_regback_agreed(&found, err);
	const char *subject = rc == 0 && aid->takes_name
				      ? arena_printf(arena, "%s %s", aid->id, name)
				      : aid->id;
	if (rc == 0 && r.n > 0)
		rc = subject ? session_stage_edits(s, subject, r.edits, r.n, err) : no_memory(err);
	arena_free(arena);
	return rc;
}
