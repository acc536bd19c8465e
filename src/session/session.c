/* SPDX-License-Identifier: MIT */
/*
 * Opening, layer after layer: image, partition table, volumes, installations, hives. What cannot
 * be read further down becomes an error of that part, not of the whole, so that `ls` and the disk
 * page still work on a disk whose Windows is broken.
 */
#include "session_internal.h"

#include <stdlib.h>
#include <string.h>

#define WINDOWS_MAX 64u /* installations listed */
#define ID_ALL      "all"

bool session_go_on(session_progress *progress, void *ctx, const char *what, uint64_t done,
		   uint64_t of)
{
	return !progress || progress(ctx, what, done, of);
}

/* ---- volumes ---- */

static bool is_fat(enum filesystem fs)
{
	return fs == FS_FAT12 || fs == FS_FAT16 || fs == FS_FAT32;
}

/* A volume of a kind that is known and not read. */
static void leave_alone(struct volume *v, enum hint_kind hint)
{
	const struct said is = said_of(hint_row(hint)->found);
	err_set(&v->error, hint == HINT_BITLOCKER ? E_GUARD : E_UNSUPPORTED, "partition %u %s; %s",
		v->partition->number, SAID_ARG(is), HINT_ARG(hint));
	if (hint == HINT_BITLOCKER)
		err_at(&v->error, "%s", guard_kinds[GUARD_BITLOCKER].id);
}

static void open_volume(struct session *s, struct volume *v)
{
	const struct partition *p = v->partition;
	const enum hint_kind hint = partition_hint(p);
	if (p->problem.plain)
		err_set(&v->error, E_CORRUPT, "partition %u %s", p->number, SAID_ARG(p->problem));
	else if (hint != HINT_NONE)
		leave_alone(v, hint);
	else if (is_fat(p->filesystem))
		v->fat = fat_open(s->image, p->start, p->size, &v->error);
	else if (p->filesystem != FS_NTFS)
		err_set(&v->error, E_FORMAT, "partition %u holds no NTFS or FAT volume", p->number);
	else
		v->ntfs = ntfs_open(s->image, p->start, p->size, &v->error);
	if (!v->ntfs && !v->fat && (is_fat(p->filesystem) || p->filesystem == FS_NTFS) &&
	    !p->problem.plain)
		err_at(&v->error, "partition %u", p->number);
}

static int open_volumes(struct session *s, session_progress *progress, void *ctx, struct err *err)
{
	s->volumes = arena_array(s->arena, s->table.n, sizeof(*s->volumes), err);
	if (!s->volumes)
		return -1;
	for (size_t i = 0; i < s->table.n; i++) {
		s->volumes[i].partition = &s->table.items[i];
		open_volume(s, &s->volumes[i]);
		if (!session_go_on(progress, ctx, "volumes", i + 1, s->table.n))
			return err_set(err, E_USAGE, "stopped");
	}
	return 0;
}

/* ---- installations ---- */

static bool wanted_place(const struct session *s, const struct volume *v,
			 const struct install_place *place)
{
	if (s->options.partition && s->options.partition != v->partition->number)
		return false;
	return !s->options.root || text_equal(s->options.root, place->root) ||
	       (place->root[0] == '\\' && text_equal(s->options.root, place->root + 1));
}

static void find_on_volume(struct session *s, struct volume *v)
{
	struct install_place *places = NULL;
	size_t n = 0;
	if (install_find(v->ntfs, s->arena, &places, &n, &v->error) < 0) {
		err_at(&v->error, "partition %u", v->partition->number);
		return;
	}
	for (size_t i = 0; i < n && s->n_windows < WINDOWS_MAX; i++) {
		if (!wanted_place(s, v, &places[i]))
			continue;
		struct windows *w = &s->windows[s->n_windows];
		*w = (struct windows){
			.partition = v->partition,
			.volume = v->ntfs,
			.place = places[i],
			.system = hive_file_add(s, v, places[i].hive_path, &v->error),
		};
		s->n_windows += w->system != NULL;
	}
}

static int find_windows(struct session *s, session_progress *progress, void *ctx, struct err *err)
{
	s->windows = arena_array(s->arena, WINDOWS_MAX, sizeof(*s->windows), err);
	if (!s->windows)
		return -1;
	for (size_t i = 0; i < s->table.n; i++)
		if (s->volumes[i].ntfs)
			find_on_volume(s, &s->volumes[i]);
	for (size_t i = 0; i < s->n_windows; i++) {
		windows_load(s, &s->windows[i], progress, ctx);
		if (!session_go_on(progress, ctx, "services and diagnosis", i + 1, s->n_windows))
			return err_set(err, E_USAGE, "stopped");
	}
	return 0;
}

/* ---- choosing ---- */

int session_choose(struct session *s, size_t i, struct err *err)
{
	if (i >= s->n_windows)
		return err_set(err, E_NOWINDOWS, "there is no Windows number %zu", i + 1);
	struct windows *w = &s->windows[i];
	if (!w->readable) {
		if (err && err->code == E_OK)
			*err = w->error;
		return -1;
	}
	s->chosen = w;
	s->packages = NULL;
	staged_clear(s->staged);
	if (session_rebuild(s, err) < 0) {
		s->chosen = NULL;
		return -1;
	}
	return 0;
}

/* The only readable Windows that is not an old one; SIZE_MAX when there are several or none. */
static size_t only_choice(const struct session *s)
{
	size_t found = SIZE_MAX, n = 0;
	for (size_t i = 0; i < s->n_windows; i++) {
		if (s->windows[i].place.old && !s->options.root)
			continue;
		found = i;
		n++;
	}
	return n == 1 ? found : SIZE_MAX;
}

const struct windows *session_aided(const struct session *s)
{
	size_t i = only_choice(s);
	if (s->chosen || s->unread)
		return s->chosen ? s->chosen : s->unread;
	return i == SIZE_MAX ? NULL : &s->windows[i];
}

int session_unread(struct session *s, size_t i, struct err *err)
{
	s->chosen = NULL;
	s->unread = &s->windows[i];
	s->packages = NULL;
	staged_clear(s->staged);
	return session_rebuild(s, err);
}

/* A Windows that cannot be diagnosed is one that cannot be read; the disk around it still can. */
static int choose_default(struct session *s, struct err *err)
{
	size_t i = only_choice(s);
	if (i == SIZE_MAX || !s->windows[i].readable)
		return 0;
	struct windows *w = &s->windows[i];
	if (session_choose(s, i, &w->error) == 0)
		return 0;
	if (w->error.code == E_USAGE || w->error.code == E_MEMORY) {
		if (err)
			*err = w->error;
		return -1;
	}
	w->readable = false;
	err_at(&w->error, "partition %u: %s", w->partition->number, w->place.hive_path);
	return 0;
}

/* "all" becomes every machine of the catalogue, and an older id today's. */
static int take_targets(struct session *s, const char *const *targets, size_t n, struct err *err)
{
	size_t n_all;
	const struct target *all = catalogue_targets(&n_all);
	const char **ids = arena_array(s->arena, n * n_all, sizeof(*ids), err);
	if (!ids)
		return -1;
	s->targets = ids;
	s->n_targets = 0;
	for (size_t i = 0; i < n; i++) {
		const struct target *known = catalogue_target(targets[i]);
		for (size_t k = 0; text_equal(targets[i], ID_ALL) && k < n_all; k++)
			ids[s->n_targets++] = all[k].id;
		if (!text_equal(targets[i], ID_ALL))
			ids[s->n_targets++] = known ? known->id
						    : arena_strdup(s->arena, targets[i]);
	}
	return 0;
}

int session_set_targets(struct session *s, const char *const *targets, size_t n, struct err *err)
{
	const char **old = s->targets;
	size_t n_old = s->n_targets;
	if (take_targets(s, targets, n, err) < 0)
		return -1;
	if (!s->chosen)
		return 0;
	if (session_rebuild(s, err) == 0)
		return 0;
	s->targets = old;
	s->n_targets = n_old;
	session_rebuild(s, NULL);
	return -1;
}

int session_set_machine(struct session *s, const char *machine, struct err *err)
{
	const char *old = s->machine;
	s->machine = arena_strdup(s->arena, machine);
	if (!s->machine) {
		s->machine = old;
		return no_memory(err);
	}
	if (!s->chosen || session_rebuild(s, err) == 0)
		return 0;
	s->machine = old;
	session_rebuild(s, NULL);
	return -1;
}

/* Where the id is named first; one may stand twice in a damaged hive. */
static size_t first_place(const struct install *inst, const char *id)
{
	size_t i = 0;
	while (i < inst->n_machines && !text_equal(inst->machines[i].id, id))
		i++;
	return i;
}

/* The next id, without the last machine's: MACHINE_LAST stands for it. */
static const char *other_machine(const struct install *inst, const char *at)
{
	size_t i = text_equal(at, MACHINE_LAST) ? 0 : first_place(inst, at) + 1;
	for (; i < inst->n_machines; i++) {
		const char *id = inst->machines[i].id;
		if (id && first_place(inst, id) == i && !text_equal(id, inst->last_id))
			return id;
	}
	return MACHINE_NEW;
}

const char *session_next_machine(const struct session *s)
{
	const struct diagnosis *now = &s->now;
	if (!s->chosen || now->n_targets == 0 || text_equal(now->targets[0].machine, MACHINE_ANY))
		return NULL;
	if (text_equal(s->machine, MACHINE_NEW))
		return MACHINE_LAST;
	return other_machine(&s->chosen->install, s->machine);
}

/* ---- open and close ---- */

static int check_targets(const char *const *targets, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!text_equal(targets[i], "portable") && !text_equal(targets[i], "last") &&
		    !text_equal(targets[i], ID_ALL) && !catalogue_target(targets[i]))
			return err_set(err, E_USAGE,
				       "unknown target \"%s\"; stop7b targets lists them",
				       targets[i]);
	return 0;
}

/* Is there a record that can put right what does not open? */
static bool can_be_put_back(const struct session *s)
{
	return s->interrupted || (s->has_undo && s->options.to_put_back);
}

static int keep_open(struct session *s, struct err *err)
{
	if (!err)
		return -1;
	if (!can_be_put_back(s))
		return s->has_undo
			       ? err_at(err, "its last apply can be taken back with stop7b undo")
			       : -1;
	s->open_error = *err;
	err_clear(err);
	return 0;
}

/*
 * A container that was being changed when the power went, or was damaged since, may not open at all.
 * When a record fits its plain bytes they are enough to put it back.
 */
static int open_for_recovery(struct session *s, struct err *err)
{
	struct err ignored = {0};
	s->plain = true;
	s->image = image_open_plain(s->path, &ignored);
	if (!s->image)
		return -1;
	session_find_record(s);
	return keep_open(s, err);
}

static int open_layers(struct session *s, session_progress *progress, void *ctx, struct err *err)
{
	static const char *const portable[] = {"portable"};
	const struct session_options *o = &s->options;
	bool given = o->n_targets > 0;
	if (packages_own_options(s, err) < 0)
		return -1;
	s->machine = arena_strdup(s->arena, o->machine ? o->machine : MACHINE_NEW);
	if (!s->machine)
		return no_memory(err);
	if (check_targets(o->targets, o->n_targets, err) < 0 ||
	    session_set_targets(s, given ? o->targets : portable, given ? o->n_targets : 1, err) <
		    0)
		return -1;
	s->image = image_open(s->path, &o->image, err);
	if (!s->image)
		return open_for_recovery(s, err);
	if (!session_go_on(progress, ctx, "image", 1, 1))
		return err_set(err, E_USAGE, "stopped");
	session_find_record(s);
	if (partition_list(s->image, s->arena, &s->table, err) == 0 &&
	    open_volumes(s, progress, ctx, err) == 0 && find_windows(s, progress, ctx, err) == 0 &&
	    choose_default(s, err) == 0)
		return 0;
	return keep_open(s, err); /* a half-written image must still reach the recovery page */
}

struct session *session_open(const char *path, const struct session_options *options,
			     session_progress *progress, void *ctx, struct err *err)
{
	struct session *s = calloc(1, sizeof(*s));
	if (!s)
		return err_null(err, E_MEMORY, "no memory");
	s->arena = arena_new();
	s->scratch = arena_new();
	s->staged = staged_new(err);
	if (options)
		s->options = *options;
	s->path = s->arena ? arena_strdup(s->arena, path) : NULL;
	s->name = s->arena ? text_utf8(s->arena, path) : NULL;
	if (!s->arena || !s->scratch || !s->staged || !s->path || !s->name)
		no_memory(err);
	else if (packages_present(s->options.drivers, s->options.n_drivers, s->arena, err) < 0)
		; /* no fault of the image's */
	else if (open_layers(s, progress, ctx, err) == 0)
		return s;
	else
		err_at(err, "%s", s->name);
	session_close(s);
	return NULL;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_hives; i++) {
		hive_edit_close(s->hives[i]->edit);
		hive_file_close(s->hives[i]);
	}
	image_close(s->edited_image);
	added_forget(s);
	for (size_t i = 0; s->volumes && i < s->table.n; i++) {
		ntfs_close(s->volumes[i].ntfs);
		fat_close(s->volumes[i].fat);
	}
	image_close(s->image);
	staged_free(s->staged);
	arena_free(s->scratch);
	arena_free(s->arena);
	free(s);
}
