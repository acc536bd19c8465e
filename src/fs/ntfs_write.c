/* SPDX-License-Identifier: MIT */
/*
 * The door for adding names to a volume. In this order, each on the answer of the one before: may
 * this disk be written at all, what is to be done, is the volume sound, the sectors from the
 * child, the fence, is the result sound.
 *
 * Kept: nothing leaves here that did not pass all six; nothing is written anywhere.
 */
#include "ntfs_check_internal.h"
#include "ntfs_write_internal.h"

#include <string.h>

/* ---- the volume as it will be ---- */

/* The first sector that ends behind off. */
static size_t first_behind(const struct write_list *list, uint64_t off)
{
	size_t low = 0, high = list->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (list->items[mid].off + list->items[mid].len <= off)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int read_overlay(void *context, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct ntfs_overlay *o = context;
	if (o->below.read(o->below.context, off, buf, len, err) != 0)
		return -1;
	for (size_t i = first_behind(o->sectors, off);
	     i < o->sectors->n && o->sectors->items[i].off < off + len; i++) {
		const struct write *w = &o->sectors->items[i];
		uint64_t from = w->off > off ? w->off : off, to = w->off + w->len;
		if (to > off + len)
			to = off + len;
		memcpy((uint8_t *)buf + (from - off), w->new_bytes + (from - w->off),
		       (size_t)(to - from));
	}
	return 0;
}

struct ntfs_bytes ntfs_overlay_bytes(struct ntfs_overlay *o)
{
	struct ntfs_bytes bytes = o->below;
	bytes.read = read_overlay;
	bytes.context = o;
	return bytes;
}

int ntfs_core_of(struct ntfs_core *core, const struct ntfs_bytes *bytes, struct arena *arena,
		 struct err *err)
{
	*core = (struct ntfs_core){.bytes = *bytes, .arena = arena};
	return ntfs_core_open(core, err);
}

/* ---- one after the other ---- */

/* None of these can be overridden here: NTFS itself would undo or mix up what is written. */
static int check_state(struct ntfs *vol, struct err *err)
{
	struct ntfs_state s;
	if (ntfs_state(vol, &s, err) != 0)
		return -1;
	if (s.hibernated)
		return err_set(err, E_GUARD,
			       "Windows sleeps on this volume (hiberfil.sys): no file is added");
	if (s.dirty)
		return err_set(err, E_GUARD,
			       "the volume is marked dirty: no file is added before "
			       "chkdsk, or Windows, has looked at it");
	if (s.log != NTFS_LOG_CLEAN)
		return err_set(err, E_GUARD,
			       "$LogFile was not cleanly closed: no file is added "
			       "before Windows has started and shut down once");
	return 0;
}

/* The records that the steps touch and that are there before. */
static size_t touched_before(const struct ntfs_plan *plan, uint64_t *records)
{
	size_t n = 0;
	for (size_t i = 0; i < plan->n; i++) {
		const struct ntfs_step *s = &plan->steps[i];
		if (s->made_by == NTFS_MADE_BY_NONE)
			records[n++] = s->parent & NTFS_RECORD_MASK;
		if (ntfs_step_has_file(s->kind))
			records[n++] = s->existing & NTFS_RECORD_MASK;
	}
	return n;
}

static int check_sound(struct ntfs_core *core, const struct ntfs_plan *plan, const uint64_t *more,
		       size_t n_more, struct ntfs_check *c, struct err *err)
{
	uint64_t *records = arena_array(plan->arena, 2 * plan->n + n_more, sizeof(*records), err);
	if (!records)
		return -1;
	size_t n = touched_before(plan, records);
	for (size_t i = 0; i < n_more; i++)
		records[n++] = more[i];
	if (ntfs_check_records(core, records, n, c, err) != 0)
		return -1;
	const struct ntfs_finding *worst = ntfs_check_worst(c);
	if (!worst)
		return 0;
	const char *what = said_arg(worst->text, plan->arena);
	if (n_more)
		return err_set(err, E_MAP,
			       "the file system would not be sound afterwards (%s): "
			       "nothing is written",
			       what ? what : "");
	return err_set(err, E_GUARD,
		       "the file system is not sound (%s): no file is added before "
		       "chkdsk has mended it",
		       what ? what : "");
}

/* The record of each new name on the new volume; the fence found them all before. */
static int find_new(struct ntfs_core *new, const struct ntfs_plan *plan, uint64_t *made,
		    struct err *err)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct ntfs_step *s = &plan->steps[i];
		uint64_t dir = s->made_by == NTFS_MADE_BY_NONE ? s->parent : made[s->made_by];
		const char *name = text_utf16le_raw(plan->arena, ntfs_step_name(s));
		if (!name)
			return no_memory(err);
		int r = ntfs_index_find(new, dir & NTFS_RECORD_MASK, name, &made[i], err);
		if (r <= 0)
			return r < 0 ? -1 : err_set(err, E_MAP, "%s is not there", s->path);
		made[i] &= NTFS_RECORD_MASK;
	}
	return 0;
}

static int judge(struct ntfs_core *core, const struct ntfs_plan *plan, struct ntfs_written *out,
		 struct err *err)
{
	struct ntfs_overlay over = {core->bytes, &out->sectors};
	struct ntfs_bytes bytes = ntfs_overlay_bytes(&over);
	struct ntfs_core new;
	uint64_t *made = arena_array(plan->arena, plan->n, sizeof(*made), err);
	if (!made || ntfs_core_of(&new, &bytes, plan->arena, err) != 0 ||
	    ntfs_fence(core, &new, plan, &out->sectors, &out->places, err) != 0 ||
	    find_new(&new, plan, made, err) != 0)
		return -1;
	return check_sound(&new, plan, made, plan->n, &out->check, err);
}

/* A volume that cannot be read is one that is not sound. */
static int unsound(struct err *e, struct err *err)
{
	if (e->code != E_CORRUPT)
		return err_pass(err, e);
	return err_set(err, E_GUARD, "the file system is not sound: %s", ERR_ARG(e));
}

int ntfs_write_by(struct ntfs *vol, const struct ntfs_new *news, size_t n, ntfs_child *child,
		  const struct ntfs_limits *limits, struct arena *arena, struct ntfs_written *out,
		  struct err *err)
{
	struct ntfs_core *core = ntfs_core(vol);
	struct arena *own = arena_new();
	struct ntfs_plan plan = {.arena = own};
	struct err e = {0};
	struct ntfs_check before = {.arena = own};
	*out = (struct ntfs_written){.sectors = {.arena = arena}, .check = {.arena = arena}};
	int r = own ? 0 : no_memory(&e);
	if (r == 0 && (check_state(vol, &e) != 0 || ntfs_plan_make(core, news, n, &plan, &e) != 0 ||
		       check_sound(core, &plan, NULL, 0, &before, &e) != 0 ||
		       ntfs_child_run(&core->bytes, &plan, child, limits, &out->sectors, &e) != 0 ||
		       judge(core, &plan, out, &e) != 0))
		r = -1;
	if (r != 0) {
		*out = (struct ntfs_written){.sectors = {.arena = arena}};
		unsound(&e, err);
	}
	arena_free(own);
	return r;
}

bool ntfs_write_built(void)
{
	return ntfs_write_by_3g;
}

int ntfs_write(struct ntfs *vol, const struct ntfs_new *news, size_t n, struct arena *arena,
	       struct ntfs_written *out, struct err *err)
{
	if (!ntfs_write_built())
		return err_set(err, E_UNSUPPORTED,
			       "this stop7b was built without libntfs-3g: it adds no files");
	return ntfs_write_by(vol, news, n, ntfs_write_child, &ntfs_write_limits, arena, out, err);
}
