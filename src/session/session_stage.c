/* SPDX-License-Identifier: MIT */
/*
 * Staging: from findings and hand-made settings to staged changes, and the rebuild that
 * follows each: the edited hive is made anew from the clean bytes and every active change, and
 * both diagnoses are computed by the same code.
 */
#include "session_internal.h"

#include <string.h>

/* Named by --only: its subject; on the way to the loader also its rule. */
static bool is_named(const struct session *s, const struct finding *f)
{
	for (size_t i = 0; i < s->options.n_only; i++)
		if (text_equal(s->options.only[i], f->subject) ||
		    (f->rule->looks_at == OF_BOOT_PATH &&
		     text_equal(s->options.only[i], f->rule->id)))
			return true;
	return false;
}

/* A note is mended only when somebody says so. */
static bool is_wanted(const struct session *s, const struct finding *f)
{
	return is_named(s, f) || (s->options.n_only == 0 && f->severity != SEVERITY_NOTE);
}

size_t session_fix_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX])
{
	const struct install *inst = &s->chosen->install;
	size_t n = 0;
	if (s->options.control_set)
		sets[n++] = s->options.control_set;
	for (size_t i = 0; s->options.all_control_sets && i < inst->n_sets; i++)
		sets[n++] = inst->sets[i].number;
	return n;
}

/* ---- staging ---- */

/* After a change that cannot be edited in, what is staged goes back to what it was. */
static int rebuild_or_take_back(struct session *s, struct err *err)
{
	if (session_rebuild(s, err) == 0)
		return 0;
	staged_undo(s->staged);
	session_rebuild(s, NULL);
	return -1;
}

/* What is found on the way to the loader is about the disk, even where a service has that name. */
static bool is_about(const struct finding *f, const char *service)
{
	return f->rule->looks_at != OF_BOOT_PATH && text_equal(f->subject, service);
}

/* What is mended together: all about one service, or about one thing on the way to the loader. */
static bool goes_with(const struct finding *f, const char *subject)
{
	return (f->fixable || f->rule->looks_at != OF_BOOT_PATH) && text_equal(f->subject, subject);
}

const struct finding *session_finding(const struct session *s, const char *service)
{
	for (size_t i = 0; i < s->now.n; i++)
		if (is_about(&s->now.findings[i], service))
			return &s->now.findings[i];
	return NULL;
}

/* All edits of all fixable findings about one service, as one change. */
static int collect_fix(struct session *s, const char *service, struct arena *arena,
		       struct change *out, struct err *err)
{
	size_t n = 0;
	for (size_t i = 0; i < s->now.n; i++)
		if (goes_with(&s->now.findings[i], service))
			n += s->now.findings[i].n_edits;
	struct edit *edits = arena_array(arena, n, sizeof(*edits), err);
	if (!edits)
		return -1;
	*out = (struct change){.subject = service, .reason = "", .edits = edits};
	for (size_t i = 0; i < s->now.n; i++) {
		const struct finding *f = &s->now.findings[i];
		if (!goes_with(f, service) || !f->fixable)
			continue;
		for (size_t j = 0; j < f->n_edits; j++) {
			edits[out->n++] = f->edits[j];
			out->reason = f->why.plain;
		}
	}
	return 0;
}

/* 1 when staged, 0 when there is nothing to stage. */
static int stage_one(struct session *s, const char *service, struct err *err)
{
	struct arena *arena = arena_new();
	struct change change;
	int rc = -1;
	if (!arena) {
		no_memory(err);
		goto out;
	}
	if (collect_fix(s, service, arena, &change, err) < 0)
		goto out;
	rc = change.n == 0 ? 0 : staged_put(s->staged, &change, err) < 0 ? -1 : 1;
out:
	arena_free(arena);
	return rc;
}

static bool is_found(const struct session *s, const char *name)
{
	for (size_t i = 0; i < s->now.n; i++)
		if (text_equal(s->now.findings[i].subject, name) ||
		    text_equal(s->now.findings[i].rule->id, name))
			return true;
	return false;
}

/*
 * A name that neither a service nor a finding has (a driver to be created, a filter without a
 * service) is a typing error, not "nothing to do".
 */
static int check_only(const struct session *s, struct err *err)
{
	const struct install *inst = &s->chosen->install;
	const struct control_set *set = install_set(inst, inst->boots_with);
	for (size_t i = 0; i < s->options.n_only; i++)
		if ((!set || !set_service(set, s->options.only[i])) &&
		    !is_found(s, s->options.only[i]))
			return err_set(err, E_USAGE, "--only: this Windows has no service \"%s\"",
				       s->options.only[i]);
	return 0;
}

int session_stage_all(struct session *s, struct err *err)
{
	int staged = 0;
	if (check_only(s, err) < 0)
		return -1;
	for (size_t i = 0; i < s->now.n; i++) {
		const char *subject = s->now.findings[i].subject;
		if (!is_wanted(s, &s->now.findings[i]) || staged_find(s->staged, subject))
			continue;
		int rc = stage_one(s, subject, err);
		if (rc < 0)
			return -1;
		staged += rc;
	}
	if (staged == 0 && s->now.n_refused > 0)
		return err_set(err,
			       s->now.refusal.code == E_UNSUPPORTED ? E_MAP : s->now.refusal.code,
			       "%s%s", s->now.refusal.code == E_GUARD ? "hive-damaged: " : "",
			       ERR_ARG(&s->now.refusal));
	if (staged == 0 && s->now.n_unadded > 0)
		return err_set(err,
			       s->now.unadded.code == E_GUARD ? E_REFUSED : s->now.unadded.code,
			       s->now.unadded.code == E_GUARD
				       ? N_("%s; --allow does not cover files that are added")
				       : "%s",
			       ERR_ARG(&s->now.unadded));
	if (staged > 0 && session_rebuild(s, err) < 0) {
		for (int i = 0; i < staged; i++)
			staged_undo(s->staged);
		session_rebuild(s, NULL);
		return -1;
	}
	return staged;
}

int session_stage_fix(struct session *s, const char *service, struct err *err)
{
	int rc = stage_one(s, service, err);
	if (rc > 0 && rebuild_or_take_back(s, err) < 0)
		return -1;
	return rc;
}

int session_unstage(struct session *s, const char *subject, struct err *err)
{
	int rc = staged_drop(s->staged, subject, err);
	if (rc > 0 && rebuild_or_take_back(s, err) < 0)
		return err_at(err, "another staged change needs this one");
	return rc;
}

/* One step in the history of what is staged; it is gone back where its state cannot be edited in. */
static const char *step(struct session *s, const char *(*to)(struct staged *),
			const char *(*back)(struct staged *), struct err *err)
{
	const char *subject = to(s->staged);
	if (!subject || session_rebuild(s, err) == 0)
		return subject;
	back(s->staged);
	session_rebuild(s, NULL);
	return NULL;
}

const char *session_undo_stage(struct session *s, struct err *err)
{
	return step(s, staged_undo, staged_redo, err);
}

const char *session_redo_stage(struct session *s, struct err *err)
{
	return step(s, staged_redo, staged_undo, err);
}

/* ---- values set by hand ---- */

static int stage_by_hand(struct session *s, const char *subject, const struct edit *edits, size_t n,
			 struct err *err)
{
	const struct change change = {subject, "set by hand", edits, n};
	if (staged_put(s->staged, &change, err) < 0 || rebuild_or_take_back(s, err) < 0)
		return -1;
	return 1;
}

static int refuse_boot_start(const struct service *svc, struct err *err)
{
	const struct said state = driver_file_fault(&svc->file);
	if (!*state.plain)
		return 0;
	return err_set(err, E_GUARD, "%s cannot be boot-start: its file %s: %s", svc->name,
		       svc->file.path ? svc->file.path : "", SAID_ARG(state));
}

size_t session_edit_sets(const struct session *s, unsigned sets[CONTROL_SETS_MAX])
{
	size_t n = session_fix_sets(s, sets);
	const struct install *inst = &s->chosen->install;
	if (n > 0)
		return n;
	sets[n++] = inst->boots_with;
	if (inst->select_current && inst->select_current != inst->boots_with &&
	    install_set(inst, inst->select_current))
		sets[n++] = inst->select_current;
	return n;
}

int session_stage_start(struct session *s, const char *service, uint32_t start, struct err *err)
{
	unsigned sets[CONTROL_SETS_MAX];
	struct edit edits[CONTROL_SETS_MAX];
	uint8_t data[4];
	size_t n = 0, n_sets = session_edit_sets(s, sets);
	if (start > 4)
		return err_set(err, E_USAGE, "Start is 0 to 4, not %u", start);
	put_le32(data, start);
	for (size_t i = 0; i < n_sets; i++) {
		const struct control_set *set = install_set(&s->chosen->install, sets[i]);
		const struct service *svc = set ? set_service(set, service) : NULL;
		if (!svc || svc->start == START_ABSENT)
			continue;
		if (start == 0 && refuse_boot_start(svc, err) < 0)
			return -1;
		edits[n++] = (struct edit){.key = svc->key,
					   .name = "Start",
					   .type = REG_DWORD,
					   .data = {data, sizeof(data)}};
	}
	if (n == 0)
		return err_set(err, E_NOTFOUND, "%s has no Start value to set", service);
	return stage_by_hand(s, service, edits, n, err);
}

const char *session_offline_key(struct session *s, const char *key)
{
	static const char current[] = "CurrentControlSet";
	size_t len = sizeof(current) - 1;
	const struct control_set *set =
		s->chosen ? install_set(&s->chosen->install, s->chosen->install.boots_with) : NULL;
	if (!set || strncasecmp(key, current, len) != 0 || (key[len] != '\\' && key[len]))
		return key;
	const char *real = arena_printf(s->arena, "%s%s", set->key, key + len);
	return real ? real : key;
}

/* The name of a value with every backslash doubled: no key has an empty name between two. */
static const char *plain_name(const char *name, struct arena *arena)
{
	char *out = arena_alloc(arena, 2 * strlen(name) + 2, NULL), *p = out;
	if (out && strcmp(name, "(Default)") == 0)
		*p++ = '\\'; /* a value that is really called so */
	for (; out && *name; name++) {
		*p++ = *name;
		if (*name == '\\')
			*p++ = '\\';
	}
	return out;
}

const char *session_edit_subject(const struct edit *e, struct arena *arena)
{
	bool is_key = e->op == HIVE_CREATE_KEY || e->op == HIVE_DELETE_KEY;
	if (e->kind != EDIT_REGISTRY)
		return arena_strdup(arena, e->meaning);
	const char *name = is_key ? "" : e->name[0] ? plain_name(e->name, arena) : "(Default)";
	const char *hive = e->hive ? e->hive : "";
	return name ? arena_printf(arena, "%s%s%s\\%s", hive, *hive ? " " : "", e->key, name)
		    : NULL;
}

/* As it is staged: one hive has one name there, and the one that is judged has none. */
static int name_hive(struct session *s, const struct edit *from, struct edit *to, struct err *err)
{
	*to = *from;
	if (from->kind != EDIT_REGISTRY)
		return 0;
	struct hive_file *f = session_hive(s, from->hive, err);
	if (!f)
		return -1;
	bool judged = s->chosen && f == s->chosen->system;
	to->name = from->name ? from->name : "";
	to->hive = judged ? NULL : f->name;
	to->key = judged ? session_offline_key(s, from->key) : from->key;
	return 0;
}

static int stage_edits(struct session *s, const char *subject, const struct edit *edits, size_t n,
		       struct arena *arena, struct err *err)
{
	struct edit *named = arena_array(arena, n, sizeof(*named), err);
	if (!named)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (name_hive(s, &edits[i], &named[i], err) < 0)
			return -1;
	if (!subject)
		subject = session_edit_subject(&named[0], arena);
	return subject ? stage_by_hand(s, subject, named, n, err) : no_memory(err);
}

int session_stage_edits(struct session *s, const char *subject, const struct edit *edits, size_t n,
			struct err *err)
{
	struct arena *arena = n > 0 ? arena_new() : NULL;
	if (!arena)
		return n > 0 ? no_memory(err) : 0;
	int rc = stage_edits(s, subject, edits, n, arena, err);
	arena_free(arena);
	return rc;
}
