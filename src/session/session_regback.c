/* SPDX-License-Identifier: MIT */
/*
 * The old copy of a SYSTEM hive, as bytes for the place of the hive.
 *
 * The copy becomes the newest of what the logs beside the hive know (its numbers go above theirs),
 * so that no entry left there is replayed over it. It is written where the hive's file has its bytes:
 * what the file has behind the copy stays, and no loader reads that far. A copy with damage, of
 * another computer, or of another release is never used; libregf is asked about it before it is
 * staged, not when it is looked at.
 *
 * Source: doc/FORMATS/root-causes.md, "First aid".
 */
#include "session_internal.h"

#include "stop7b/hive_check.h"
#include "stop7b/hive_reference.h"
#include "stop7b/list.h"
#include "stop7b/session_regback.h"

#define COPY_MAX (512u * 1024 * 1024) /* bytes, as of every hive */

static const char *const places[] = {
	"\\System32\\config\\RegBack\\SYSTEM",
	"\\repair\\system",
};

struct replacing {
	struct session *s;
	const struct windows *w;
	struct arena *arena;
	struct regback *out;
	struct span bytes; /* of the copy */
	struct hive hive;
	struct install install;
};

/* ---- is there one? ---- */

static void stat_at(struct replacing *r, const char *path)
{
	struct ntfs_entry entry;
	struct ntfs_file *f = ntfs_file_open(r->w->volume, path, NULL);
	if (f && ntfs_file_stat(f, r->arena, &entry, NULL) == 0 && !entry.directory) {
		r->out->path = path;
		r->out->size = entry.size;
		r->out->modified = entry.modified;
	}
	ntfs_file_close(f);
}

static int find_copy(struct replacing *r, struct err *err)
{
	for (size_t i = 0; !r->out->path && i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = arena_printf(r->arena, "%s%s", r->w->place.root, places[i]);
		if (!path)
			return no_memory(err);
		stat_at(r, path);
	}
	return 0;
}

/* ---- is it good? ---- */

static int check_sound(struct replacing *r, struct err *err)
{
	struct hive_report report;
	if (r->out->size == 0)
		return err_set(err, E_CORRUPT,
			       N_("it is empty (Windows 10 fills it no more from 1803 on)"));
	if (session_file_bytes(r->s, r->w->partition->number, r->out->path, COPY_MAX, r->arena,
			       &r->bytes, err) < 0 ||
	    hive_open(&r->hive, r->bytes, err) < 0)
		return -1;
	if (r->hive.dirty)
		return err_set(err, E_CORRUPT, N_("it was not closed cleanly"));
	if (hive_check(&r->hive, r->arena, &report, err) < 0)
		return -1;
	if (report.defects > 0)
		return err_set(err, E_CORRUPT, N_("it is damaged itself (%s)"),
			       report.first[0].what);
	return install_read(&r->hive, r->arena, &r->install, err);
}

static const char *computer_of(const struct hive *h, const struct install *inst,
			       struct arena *arena)
{
	struct key k;
	struct value v;
	char *name;
	const char *path = arena_printf(
		arena, "ControlSet%03u\\Control\\ComputerName\\ComputerName", inst->boots_with);
	if (!path || key_find(hive_root(h), path, &k, NULL) < 0 ||
	    value_find(k, "ComputerName", &v, NULL) < 0 || value_text(v, arena, &name, NULL) < 0)
		return NULL;
	return name;
}

/* What can still be read of the hive must say the same of itself. */
static int check_same(struct replacing *r, struct err *err)
{
	const struct install *now = &r->w->install;
	const char *is = r->w->readable ? computer_of(&r->w->system->hive, now, r->arena) : NULL;
	r->out->computer = computer_of(&r->hive, &r->install, r->arena);
	if (is && r->out->computer && !text_equal(is, r->out->computer))
		return err_set(err, E_REFUSED, N_("it is of the computer %s, and this one is %s"),
			       r->out->computer, is);
	if (now->release && r->install.release && now->release != r->install.release)
		return err_set(err, E_REFUSED, N_("it is of %s, and this one is %s"),
			       r->install.version, now->version);
	return 0;
}

/* ---- its bytes for the place of the hive ---- */

static struct hive_edit *newest(struct replacing *r, struct err *err)
{
	uint32_t greatest;
	const struct hive_file *f = r->w->system;
	struct hive_edit *e = hive_edit_open(&r->hive, err);
	if (!e || hive_file_greatest(r->s, f, r->hive.sequence[0], &greatest, err) < 0) {
		hive_edit_close(e);
		return NULL;
	}
	hive_edit_above(e, greatest);
	if (f->hive.bytes.p)
		hive_edit_above(e, f->hive.sequence[0]);
	hive_edit_replaces(e);
	hive_edit_finish(e, filetime_now());
	return e;
}

static int add_run(struct replacing *r, size_t *cap, uint64_t vol_off, struct span data,
		   struct err *err)
{
	struct edit *edits = list_grow(r->arena, r->out->edits, r->out->n, cap, sizeof(*edits),
				       err);
	if (!edits)
		return -1;
	r->out->edits = edits;
	edits[r->out->n++] = (struct edit){
		.kind = EDIT_DISK_BYTES,
		.at = r->w->partition->start + vol_off,
		.data = data,
		.meaning = N_("SYSTEM, from its old copy"),
	};
	return 0;
}

static int add_runs(struct replacing *r, struct ntfs_file *f, struct span bytes, struct err *err)
{
	size_t cap = 0;
	uint64_t vol_off, run;
	for (uint64_t at = 0; at < bytes.len; at += run)
		if (ntfs_file_map(f, at, bytes.len - at, &vol_off, &run, err) < 0 ||
		    add_run(r, &cap, vol_off, (struct span){bytes.p + at, (size_t)run}, err) < 0)
			return -1;
	return 0;
}

static int check_room(struct replacing *r, struct ntfs_file *f, struct err *err)
{
	if (ntfs_file_valid_length(f, &r->out->room, err) < 0)
		return -1;
	if (r->out->size > r->out->room)
		return err_set(
			err, E_MAP,
			N_("it is longer (%llu bytes) than what the file SYSTEM has in place "
			   "(%llu)"),
			(unsigned long long)r->out->size, (unsigned long long)r->out->room);
	return ntfs_file_in_place(f, r->out->size, err);
}

static int place(struct replacing *r, struct ntfs_file *f, struct err *err)
{
	struct hive_edit *e = check_room(r, f, err) == 0 ? newest(r, err) : NULL;
	struct span bytes = e ? hive_edit_view(e)->bytes : (struct span){0};
	bytes.p = e ? arena_copy(r->arena, bytes.p, bytes.len) : NULL;
	int rc = !e ? -1 : bytes.p ? add_runs(r, f, bytes, err) : no_memory(err);
	hive_edit_close(e);
	return rc;
}

static int make(struct replacing *r, struct err *err)
{
	if (check_sound(r, err) < 0 || check_same(r, err) < 0)
		return -1;
	struct ntfs_file *f = ntfs_file_open(r->w->volume, r->w->place.hive_path, err);
	int rc = f ? place(r, f, err) : -1;
	ntfs_file_close(f);
	return rc;
}

int session_regback(struct session *s, const struct windows *w, struct arena *arena,
		    struct regback *out, struct err *err)
{
	struct err why = {0};
	struct replacing r = {.s = s, .w = w, .arena = arena, .out = out};
	*out = (struct regback){0};
	if (find_copy(&r, err) < 0)
		return -1;
	if (!out->path) {
		out->why_not = said_of(N_("this Windows keeps no copy of its SYSTEM hive"));
		return 0;
	}
	if (make(&r, &why) == 0) {
		out->bytes = r.bytes;
		return 0;
	}
	out->n = 0;
	out->why_not = err_said(&why, arena);
	return why.code == E_MEMORY || !out->why_not.plain ? no_memory(err) : 0;
}

int session_regback_agreed(const struct regback *copy, struct err *err)
{
	struct hive h;
	struct hive_tally tally;
	struct hive_reference *other = hive_reference_open(copy->bytes, err);
	int rc = other && hive_open(&h, copy->bytes, err) == 0
			 ? hive_reference_compare(other, &h, NULL, &tally, err)
			 : -1;
	hive_reference_close(other);
	return rc == 0 ? 0 : err_at(err, "%s", copy->path);
}

bool session_wants_regback(const struct windows *w)
{
	const struct hive_file *f = w->system;
	if (!w->readable || f->hive.damaged_bin != HIVE_NONE ||
	    (f->report && f->report->defects > 0))
		return true;
	for (size_t i = 0; i < f->n_guards; i++)
		if (f->guards[i].code == GUARD_HIVE_DAMAGED && !f->guards[i].of_repair)
			return true;
	return false;
}
