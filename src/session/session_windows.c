/* SPDX-License-Identifier: MIT */
/*
 * One Windows of an image: its SYSTEM hive, modelled, with the driver files that matter. A failure
 * stays with that Windows and is shown beside the others.
 */
#include "session_internal.h"

#include <string.h>

int windows_look_at_files(struct install *inst, struct ntfs *vol, struct arena *arena,
			  struct err *err)
{
	struct install_files_wanted wanted = {0};
	wanted.names = catalogue_wanted(arena, &wanted.n, err);
	return wanted.names ? install_check_files(inst, vol, arena, &wanted, err) : -1;
}

static int load_hive(struct session *s, struct windows *w, session_progress *progress, void *ctx)
{
	const struct session_watch watch = {progress, ctx, "SYSTEM hive"};
	if (hive_file_look(s, w->system, &watch, &w->install, &w->error) < 0)
		return -1;
	w->install.partition = w->partition->number;
	w->install.root = w->place.root;
	w->install.hive_path = w->place.hive_path;
	w->install.old = w->place.old;
	if (windows_look_at_files(&w->install, w->volume, s->arena, &w->error) < 0)
		return -1;
	return session_read_policy(s, w, &w->error);
}

/* Shadow copies are files with this identifier at the end of their names (VSS). */
static bool has_shadow_copies(struct session *s, const struct windows *w)
{
	static const char id[] = "{3808876b-c176-4e48-b7ae-04046e6cc752}";
	struct ntfs_entry *entries = NULL;
	size_t n = 0;
	struct ntfs_file *dir = ntfs_file_open(w->volume, "\\System Volume Information", NULL);
	bool found = false;
	if (dir && ntfs_file_list(dir, s->arena, &entries, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			found |= strcasestr(entries[i].name, id) != NULL;
	ntfs_file_close(dir);
	return found;
}

static void add_note(struct install *inst, struct said note)
{
	if (inst->n_notes < sizeof(inst->notes) / sizeof(inst->notes[0]))
		inst->notes[inst->n_notes++] = note;
}

void windows_load(struct session *s, struct windows *w, session_progress *progress, void *ctx)
{
	if (load_hive(s, w, progress, ctx) < 0) {
		err_at(&w->error, "partition %u: %s", w->partition->number, w->place.hive_path);
		return;
	}
	w->ways = arena_alloc(s->arena, sizeof(*w->ways), &w->error);
	if (!w->ways)
		return;
	*w->ways = (struct bootpath_ways){.arena = s->arena};
	w->readable = true;
	if (has_shadow_copies(s, w))
		add_note(&w->install,
			 said_of("The volume has shadow copies (restore points): they keep the "
				 "hive as it was before, and a restore brings it back."));
	guards_collect(s, w->system);
}
