/* SPDX-License-Identifier: MIT */
/*
 * The second half of the fence: what the volume would say afterwards. Each directory holds the
 * names that it held, the new ones and no other; what was there keeps its data, times and rights;
 * a new file holds what was asked for; $MFT continues where it was.
 */
#include "ntfs_fence.h"

#include <string.h>

#include "stop7b/list.h"

bool fence_first_of_directory(const struct fence *f, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (f->directories[k] == f->directories[i])
			return false;
	}
	return true;
}

/* ---- the same names, and the new ones ---- */

struct names {
	struct arena *arena;
	struct ntfs_name *items;
	size_t n, cap;
};

static int keep_name(void *context, const struct ntfs_name *name, struct err *err)
{
	struct names *list = context;
	struct ntfs_name *items = list_grow(list->arena, list->items, list->n, &list->cap,
					    sizeof(*items), err);
	if (!items)
		return -1;
	list->items = items;
	items[list->n] = *name;
	items[list->n].utf16.p = arena_copy(list->arena, name->utf16.p, name->utf16.len);
	return items[list->n++].utf16.p ? 0 : no_memory(err);
}

static bool same_entry(const struct ntfs_name *a, const struct ntfs_name *b)
{
	return a->reference == b->reference && a->space == b->space &&
	       a->utf16.len == b->utf16.len && memcmp(a->utf16.p, b->utf16.p, a->utf16.len) == 0;
}

/* Is it a name that a step makes in that directory, or its short name? */
static bool asked_for(const struct fence *f, uint64_t dir, const struct ntfs_name *name)
{
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct ntfs_step *s = &f->plan->steps[i];
		bool here = f->directories[i] == dir &&
			    f->made[i] == (name->reference & NTFS_RECORD_MASK);
		if (here && name->space == NTFS_DOS && s->short_name)
			return true;
		if (here && name->utf16.len == s->name_len &&
		    memcmp(name->utf16.p, s->name, s->name_len) == 0)
			return true;
	}
	return false;
}

static int check_directory(struct fence *f, size_t step, struct err *err)
{
	uint64_t dir = f->directories[step];
	struct arena *arena = arena_new();
	struct names old = {.arena = arena}, new = {.arena = arena};
	int r = arena ? 0 : no_memory(err);
	if (r == 0 && f->plan->steps[step].made_by == NTFS_MADE_BY_NONE)
		r = ntfs_index_walk(f->old, dir, keep_name, &old, err);
	if (r == 0)
		r = ntfs_index_walk(f->new, dir, keep_name, &new, err);
	size_t k = 0;
	for (size_t i = 0; r == 0 && i < new.n; i++) {
		if (k < old.n && same_entry(&new.items[i], &old.items[k]))
			k++;
		else if (!asked_for(f, dir, &new.items[i]))
			r = err_set(err, E_MAP,
				    "the directory would hold a name that nobody asked for");
	}
	if (r == 0 && k < old.n)
		r = err_set(err, E_MAP, "the directory would lose a name");
	arena_free(arena);
	return r;
}

/* ---- the same data ---- */

/* Does b begin with the runs of a? */
static bool continues(const struct ntfs_stream *a, const struct ntfs_stream *b)
{
	for (size_t i = 0; i < a->runs.n; i++) {
		const struct ntfs_run *x = &a->runs.items[i], *y = &b->runs.items[i];
		bool last = i + 1 == a->runs.n;
		if (i >= b->runs.n || x->lcn != y->lcn || (last ? y->n < x->n : y->n != x->n))
			return false;
	}
	return true;
}

static int check_linked(struct fence *f, uint64_t number, struct err *err)
{
	struct ntfs_stream a, b;
	if (ntfs_stream_load(f->old, number, &ntfs_unnamed_data, f->arena, &a, err) != 0 ||
	    ntfs_stream_load(f->new, number, &ntfs_unnamed_data, f->arena, &b, err) != 0)
		return -1;
	bool same = a.size == b.size && a.valid == b.valid && a.flags == b.flags &&
		    a.resident == b.resident && a.runs.end == b.runs.end && continues(&a, &b);
	if (same && a.resident)
		same = a.content.len == b.content.len &&
		       memcmp(a.content.p, b.content.p, a.content.len) == 0;
	return same ? 0 : err_set(err, E_MAP, "the data of the linked file would change");
}

/* $STANDARD_INFORMATION of a record, empty where it has none. */
static int standard_of(struct ntfs_core *core, uint64_t number, struct arena *arena,
		       struct span *out, struct err *err)
{
	struct span record;
	struct ntfs_attribute a;
	uint64_t at = 0;
	struct err e = {0};
	*out = (struct span){0};
	if (ntfs_core_record(core, number, arena, &record, err) != 0)
		return -1;
	while (ntfs_attribute_next(record, &at, &a, &e)) {
		if (a.type == NTFS_STANDARD_INFORMATION && a.resident)
			*out = a.value;
	}
	return e.code ? err_pass(err, &e) : 0;
}

/* A file that was there keeps its times, attributes and security id. */
static int check_standard(struct fence *f, uint64_t number, struct err *err)
{
	struct span a, b;
	if (standard_of(f->old, number, f->arena, &a, err) != 0 ||
	    standard_of(f->new, number, f->arena, &b, err) != 0)
		return -1;
	if (a.len != b.len || (a.len && memcmp(a.p, b.p, a.len) != 0))
		return err_set(err, E_MAP, "times or rights of MFT record %llu would change",
			       (unsigned long long)number);
	return 0;
}

static int check_content(struct fence *f, size_t step, struct err *err)
{
	const struct span want = {f->plan->steps[step].content, f->plan->steps[step].content_len};
	struct ntfs_stream s;
	uint8_t piece[4096];
	if (ntfs_stream_load(f->new, f->made[step], &ntfs_unnamed_data, f->arena, &s, err) != 0)
		return -1;
	bool same = s.found && s.size == want.len && s.valid == s.size && !s.flags;
	for (size_t at = 0; same && at < want.len; at += sizeof(piece)) {
		size_t n = want.len - at < sizeof(piece) ? want.len - at : sizeof(piece);
		if (ntfs_stream_read(f->new, &s, at, piece, n, err) != 0)
			return -1;
		same = memcmp(piece, want.p + at, n) == 0;
	}
	return same ? 0
		    : err_set(err, E_MAP, "%s would hold something else",
			      f->plan->steps[step].path);
}

int fence_check_result(struct fence *f, struct err *err)
{
	if (!continues(&f->old->mft, &f->new->mft) || f->new->mft.size < f->old->mft.size)
		return err_set(err, E_MAP, "$MFT would move");
	for (size_t i = 0; i < f->plan->n; i++) {
		enum ntfs_step_kind kind = f->plan->steps[i].kind;
		if ((f->plan->steps[i].made_by == NTFS_MADE_BY_NONE &&
		     check_standard(f, f->directories[i], err) != 0) ||
		    (ntfs_step_has_file(kind) && check_standard(f, f->made[i], err) != 0))
			return -1;
		if (fence_first_of_directory(f, i) && check_directory(f, i, err) != 0)
			return -1;
		if (kind == NTFS_STEP_LINK && check_linked(f, f->made[i], err) != 0)
			return -1;
		if ((kind == NTFS_STEP_FILE || kind == NTFS_STEP_FILL) &&
		    check_content(f, i, err) != 0)
			return -1;
	}
	return 0;
}
