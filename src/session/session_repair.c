/* SPDX-License-Identifier: MIT */
/*
 * Can it be repaired? A repair that a hive would not take is no repair: such a finding loses its fix
 * and says why, before anybody asks for it. Each hive that repairs edit (SYSTEM, the boot stores) is
 * asked about its own.
 *
 * A number that is there is set in its own bytes, which no hive refuses, so a disk on which
 * nothing else is to be done is not walked. Everything else (a key made again, an override
 * deleted) is tried on a copy: the hive must be free of damage, have room, and stay sound by the
 * whole-hive check. What libregf says is asked where a write is proposed, not here.
 */
#include "session_internal.h"

#include "stop7b/hive_check.h"

struct trial {
	const struct hive_file *file, *system;
	struct arena *arena; /* the diagnosis', for what is said */
	struct diagnosis *d;
	const struct hive_report *before;
	struct hive_edit *edit;
};

/* Does the edit change the hive that is asked? */
static bool is_of(const struct trial *t, const struct edit *e)
{
	if (e->kind != EDIT_REGISTRY)
		return false;
	return (e->hive ? text_equal(e->hive, t->file->name) : t->file == t->system);
}

static bool is_repair(const struct trial *t, const struct finding *f)
{
	bool asked = f->fixable && f->severity != SEVERITY_NOTE;
	for (size_t i = 0; asked && i < f->n_edits; i++)
		if (is_of(t, &f->edits[i]))
			return true;
	return false;
}

static bool keeps_place(const struct hive *h, const struct edit *e)
{
	struct key k;
	struct value v;
	if (e->op != HIVE_SET || key_find(hive_root(h), e->key, &k, NULL) ||
	    value_find(k, e->name, &v, NULL))
		return false;
	return v.in_line ? e->data.len <= 4 : e->data.len > 4 && e->data.len == v.size;
}

static bool needs_trial(const struct trial *t, const struct finding *f)
{
	for (size_t i = 0; is_repair(t, f) && i < f->n_edits; i++)
		if (is_of(t, &f->edits[i]) && !keeps_place(&t->file->hive, &f->edits[i]))
			return true;
	return false;
}

static void refuse(struct trial *t, struct finding *f, const struct err *why)
{
	f->fixable = false;
	f->fix_words = said_as_is("");
	f->no_fix = err_said(why, t->arena);
	if (!f->no_fix.plain)
		f->no_fix = said_of("the hive does not take it");
	if (t->d->n_refused++ == 0) {
		t->d->refusal = *why;
		t->d->refusal_of_store = t->file != t->system;
	}
}

/* What is said of SYSTEM needs no name; another hive is named, whoever reads it. */
static const struct err *named(const struct trial *t, struct err *why)
{
	if (t->file != t->system)
		err_at(why, "%s", t->file->name);
	return why;
}

static void refuse_all(struct trial *t, bool (*which)(const struct trial *, const struct finding *),
		       const struct err *why)
{
	for (size_t i = 0; i < t->d->n; i++)
		if (which(t, &t->d->findings[i]))
			refuse(t, &t->d->findings[i], why);
}

static bool any(const struct trial *t, bool (*which)(const struct trial *, const struct finding *))
{
	for (size_t i = 0; i < t->d->n; i++)
		if (which(t, &t->d->findings[i]))
			return true;
	return false;
}

/* ---- the trial ---- */

static const struct hive_report *report_of(struct session *s, struct hive_file *f, struct err *err)
{
	struct arena *work = f->report ? NULL : arena_new();
	if (f->report)
		return f->report;
	struct hive_report *r = arena_alloc(s->arena, sizeof(*r), err);
	if (work && r && hive_check(&f->hive, work, r, err) == 0)
		f->report = r;
	arena_free(work);
	return f->report ? f->report : err_null(err, E_MEMORY, "no memory to check the hive");
}

static void try_finding(struct trial *t, struct finding *f)
{
	for (size_t i = 0; i < f->n_edits; i++) {
		struct err why = {0};
		if (is_of(t, &f->edits[i]) && hive_do(t->edit, &f->edits[i], 0, &why) < 0) {
			refuse(t, f, named(t, &why));
			return;
		}
	}
}

static int try_all(struct trial *t, struct err *err)
{
	struct hive_report after;
	struct err why = {0};
	for (size_t i = 0; i < t->d->n; i++)
		if (needs_trial(t, &t->d->findings[i]))
			try_finding(t, &t->d->findings[i]);
	struct arena *work = arena_new();
	int rc = work ? hive_check(hive_edit_view(t->edit), work, &after, err) : no_memory(err);
	arena_free(work);
	if (rc == 0 && hive_check_no_worse(t->before, &after, &why) < 0)
		refuse_all(t, needs_trial, named(t, &why));
	return rc;
}

static int try_on_copy(struct trial *t, struct err *err)
{
	t->edit = hive_edit_open(&t->file->hive, err);
	if (!t->edit)
		return -1;
	hive_edit_limit(t->edit, t->file->valid);
	int rc = try_all(t, err);
	hive_edit_close(t->edit);
	return rc;
}

static int ask_hive(struct session *s, struct hive_file *f, struct trial t, struct err *err)
{
	struct err why = {0};
	t.file = f;
	if (!any(&t, is_repair))
		return 0;
	/* One that was not closed cleanly is not written to anyway, whatever its bins are. */
	bool closed = !f->recovery.was_dirty || f->recovery.recovered, trial = any(&t, needs_trial);
	if ((closed || trial) && hive_file_whole(f, err) < 0)
		return -1;
	if (hive_edit_allowed(&f->hive, &why) < 0) {
		refuse_all(&t, is_repair, named(&t, &why));
		return 0;
	}
	if (!trial)
		return 0;
	t.before = report_of(s, f, err);
	if (!t.before)
		return -1;
	if (t.before->defects == 0)
		return try_on_copy(&t, err);
	damage_refuses(f, t.before, t.arena, &why);
	refuse_all(&t, needs_trial, &why);
	return 0;
}

int session_ask_repairs(struct session *s, struct hive_file *system, struct arena *arena,
			struct diagnosis *d, struct err *err)
{
	const struct trial t = {.system = system, .arena = arena, .d = d};
	for (size_t i = 0; i < s->n_hives; i++)
		if (s->hives[i]->hive.bytes.p && ask_hive(s, s->hives[i], t, err) < 0)
			return -1;
	return 0;
}
