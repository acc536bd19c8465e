/* SPDX-License-Identifier: MIT */
/*
 * From what is staged to edited hives: every staged edit replayed on fresh copies of what Windows would
 * see, then the diagnosis of the result by the same code that judged the original. Nothing edited
 * is ever kept over a change of the list, so what is shown cannot depend on how it came about.
 */
#include "session_internal.h"

int session_diagnose_view(struct session *s, const struct windows *w, const struct install *inst,
			  const struct disk_view *view, const struct session_question *question,
			  struct arena *arena, struct diagnosis *out, struct err *err)
{
	unsigned sets[CONTROL_SETS_MAX];
	struct bootpath_request disk;
	if (session_disk(s, w, view, arena, &disk, err) < 0)
		return -1;
	const struct diagnose_request request = {
		.targets = question ? question->targets : s->targets,
		.n_targets = question ? question->n : s->n_targets,
		.control_set = s->options.control_set,
		.n_fix_sets = session_fix_sets(s, sets),
		.fix_sets = sets,
		.remove_overrides = s->options.remove_overrides,
		.machine = s->machine,
		.all_machines = question && question->all_machines,
		.disk = &disk,
		.ways = view->ways,
	};
	return diagnose(inst, &request, arena, out, err);
}

int session_diagnose(struct session *s, const struct windows *w, const struct install *inst,
		     const struct session_question *question, struct arena *arena,
		     struct diagnosis *out, struct err *err)
{
	struct disk_view view;
	bool edited = inst == &s->edited && view_differs(s);
	if ((edited ? view_as_it_would_be(s, arena, &view, err) : view_as_it_is(s, &view, err)) < 0)
		return -1;
	view.ways = edited ? NULL : w->ways;
	if (session_diagnose_view(s, w, inst, &view, question, arena, out, err) < 0)
		return -1;
	if (inst != &w->install)
		return 0;
	if (packages_offer(s, arena, out, err) < 0)
		return -1;
	return session_ask_repairs(s, w->system, arena, out, err);
}

static int do_set(struct hive_edit *h, const struct edit *e, uint64_t when, struct err *err)
{
	return hive_edit_set(h, e->key, e->name, e->type, e->data, when, err);
}

static int do_delete_value(struct hive_edit *h, const struct edit *e, uint64_t when,
			   struct err *err)
{
	return hive_edit_delete_value(h, e->key, e->name, when, err);
}

static int do_create_key(struct hive_edit *h, const struct edit *e, uint64_t when, struct err *err)
{
	return hive_edit_create_key(h, e->key, when, err);
}

static int do_delete_key(struct hive_edit *h, const struct edit *e, uint64_t when, struct err *err)
{
	return hive_edit_delete_key(h, e->key, when, err);
}

static int (*const doers[])(struct hive_edit *, const struct edit *, uint64_t, struct err *) = {
	[HIVE_SET] = do_set,
	[HIVE_DELETE_VALUE] = do_delete_value,
	[HIVE_CREATE_KEY] = do_create_key,
	[HIVE_DELETE_KEY] = do_delete_key,
};

int hive_do(struct hive_edit *h, const struct edit *e, uint64_t when, struct err *err)
{
	return doers[e->op](h, e, when, err);
}

static bool is_ascii(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name > '~')
			return false;
	return true;
}

/* Names outside ASCII are sorted as Windows does it on that volume. */
static int need_upcase(struct hive_file *f, const struct edit *e, struct err *err)
{
	struct span table;
	if (!f->volume || (is_ascii(e->key) && (!e->name || is_ascii(e->name))))
		return 0;
	if (ntfs_upcase(f->volume, &table, err) < 0)
		return -1;
	hive_edit_upcase(f->edit, table);
	return 0;
}

static int edit_one(struct session *s, const struct edit *e, uint64_t when, struct err *err)
{
	if (e->kind != EDIT_REGISTRY)
		return 0; /* bytes_rebuild(), added_rebuild() */
	struct hive_file *f = session_hive(s, e->hive, err);
	if (!f || hive_file_edit(s, f, err) < 0 || need_upcase(f, e, err) < 0)
		return -1;
	struct err why = {0};
	if (hive_do(f->edit, e, when, &why) >= 0 || (e->may_be_absent && why.code == E_NOTFOUND))
		return 0;
	return err_pass(err, &why);
}

static int edit_hives(struct session *s, uint64_t when, struct err *err)
{
	for (size_t i = 0; i < staged_count(s->staged); i++) {
		const struct change *change = staged_get(s->staged, i);
		for (size_t j = 0; j < change->n; j++)
			if (edit_one(s, &change->edits[j], when, err) < 0)
				return err_at(err, "%s", change->subject);
	}
	for (size_t i = 0; i < s->n_hives; i++)
		if (s->hives[i]->edit)
			hive_edit_finish(s->hives[i]->edit, when);
	return 0;
}

/* With files added it is the disk as it would be that has them. */
static int look_at_files(struct session *s, struct err *err)
{
	const struct partition *p = s->chosen->partition;
	struct ntfs *vol = ntfs_open(s->edited_image, p->start, p->size, err);
	int rc = vol ? windows_look_at_files(&s->edited, vol, s->scratch, err) : -1;
	ntfs_close(vol);
	return rc;
}

static int read_edited(struct session *s, struct err *err)
{
	const struct hive_file *f = s->chosen->system;
	s->edited = s->chosen->install;
	if (!f->edit)
		return 0;
	if (install_read(hive_edit_view(f->edit), s->scratch, &s->edited, err) < 0)
		return -1;
	install_copy_files(&s->chosen->install, &s->edited);
	return added_any(s) ? look_at_files(s, err) : 0;
}

static int judge_edited(struct session *s, struct err *err)
{
	struct err why = {0};
	if (read_edited(s, &why) == 0 &&
	    session_diagnose(s, s->chosen, &s->edited, NULL, s->scratch, &s->after, &why) == 0)
		return 0;
	return err_set(err, why.code == E_MEMORY ? E_MEMORY : E_GUARD,
		       "not staged: after it this Windows could not be judged any more (%s)",
		       ERR_ARG(&why));
}

static void forget_edits(struct session *s)
{
	for (size_t i = 0; i < s->n_hives; i++) {
		hive_edit_close(s->hives[i]->edit);
		s->hives[i]->edit = NULL;
	}
	image_close(s->edited_image);
	s->edited_image = NULL;
}

int session_rebuild(struct session *s, struct err *err)
{
	forget_edits(s);
	arena_free(s->scratch);
	s->scratch = arena_new();
	s->now = s->after = (struct diagnosis){0};
	if (!s->scratch)
		return no_memory(err);
	if (s->chosen &&
	    session_diagnose(s, s->chosen, &s->chosen->install, NULL, s->scratch, &s->now, err) < 0)
		return -1;
	guard_repairs(s);
	if (edit_hives(s, filetime_now(), err) < 0 || added_rebuild(s, err) < 0 ||
	    bytes_rebuild(s, err) < 0)
		return -1;
	if (s->chosen && (s->chosen->system->edit || view_differs(s)))
		return judge_edited(s, err);
	if (s->chosen)
		s->edited = s->chosen->install;
	s->after = s->now;
	return 0;
}
