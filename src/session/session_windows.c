/* SPDX-License-Identifier: MIT */
/*
 * One Windows of an image: its SYSTEM hive read whole, recovered from its logs when it was not
 * closed cleanly, and modelled. A failure stays with that Windows and is shown beside the others.
 */
#include "session_internal.h"

#include <string.h>

#define HIVE_MAX  (512u * 1024 * 1024) /* bytes; SYSTEM hives are limited to a part of this */
#define READ_STEP (4u * 1024 * 1024)   /* bytes between two progress calls */

/* ---- files ---- */

static int read_file(struct ntfs_file *f, uint64_t size, struct arena *arena, struct span *out,
		     session_progress *progress, void *ctx, struct err *err)
{
	uint8_t *p = arena_alloc(arena, (size_t)size, err);
	if (!p)
		return -1;
	for (uint64_t at = 0; at < size;) {
		uint64_t n = size - at < READ_STEP ? size - at : READ_STEP;
		if (ntfs_file_read(f, at, p + at, (size_t)n, err) < 0)
			return -1;
		at += n;
		if (!session_go_on(progress, ctx, "SYSTEM hive", at, size))
			return err_set(err, E_USAGE, "stopped");
	}
	*out = (struct span){p, (size_t)size};
	return 0;
}

static int read_limited(struct ntfs_file *f, uint64_t limit, struct arena *arena, struct span *out,
			session_progress *progress, void *ctx, struct err *err)
{
	uint64_t size = ntfs_file_size(f);
	if (size > limit)
		return err_set(err, E_UNSUPPORTED, "%llu bytes long, the limit is %llu",
			       (unsigned long long)size, (unsigned long long)limit);
	return read_file(f, size, arena, out, progress, ctx, err);
}

int session_file_bytes(struct session *s, unsigned partition, const char *path, uint64_t limit,
		       struct arena *arena, struct span *out, struct err *err)
{
	struct ntfs *vol = session_volume(s, partition, err);
	struct ntfs_file *f = vol ? ntfs_file_open(vol, path, err) : NULL;
	int rc = f ? read_limited(f, limit, arena, out, NULL, NULL, err) : -1;
	ntfs_file_close(f);
	return rc < 0 ? err_at(err, "partition %u: %s", partition, path) : 0;
}

/* ---- the hive and its logs ---- */

static const char *const log_suffixes[HIVE_LOGS] = {".LOG1", ".LOG2", ".LOG"};

static struct ntfs_file *open_log(struct session *s, const struct windows *w, size_t i,
				  struct err *err)
{
	char *path = arena_printf(s->arena, "%s%s", w->place.hive_path, log_suffixes[i]);
	return path ? ntfs_file_open(w->volume, path, err) : NULL;
}

/* Which log lies beside the hive, by its content: type 6 is the new format, 1 and 2 the old one. */
static const char *log_kind(struct session *s, const struct windows *w)
{
	const char *kind = "none";
	for (size_t i = 0; i < HIVE_LOGS; i++) {
		uint8_t head[32];
		struct span span = {head, sizeof(head)};
		struct ntfs_file *f = open_log(s, w, i, NULL);
		if (f && ntfs_file_size(f) >= 512 &&
		    ntfs_file_read(f, 0, head, sizeof(head), NULL) == 0 &&
		    memcmp(head, "regf", 4) == 0)
			kind = le32(span, 28) == 6 ? "new" : "old";
		ntfs_file_close(f);
		if (strcmp(kind, "none") != 0)
			break;
	}
	return kind;
}

/* A log that is there and cannot be read leaves the state unknown: then nothing is replayed. */
static int read_logs(struct session *s, struct windows *w, struct hive_log_input *in)
{
	for (size_t i = 0; i < HIVE_LOGS; i++) {
		struct err err = {0};
		struct ntfs_file *f = open_log(s, w, i, &err);
		int rc = f ? read_limited(f, HIVE_MAX, s->arena, &in->logs[i], NULL, NULL, &err) : 0;
		ntfs_file_close(f);
		if (rc < 0 || (!f && err.code != E_NOTFOUND))
			return -1;
	}
	return 0;
}

/* Logs are read only for a hive that needs them. */
static int recover_hive(struct session *s, struct windows *w)
{
	struct hive_log_input in = {.primary = w->clean};
	if (hive_recover(&in, s->arena, &w->recovery, &w->error) < 0)
		return -1;
	if (!w->recovery.was_dirty || read_logs(s, w, &in) < 0)
		return 0;
	return hive_recover(&in, s->arena, &w->recovery, &w->error);
}

static int load_hive(struct session *s, struct windows *w, session_progress *progress, void *ctx)
{
	w->file = ntfs_file_open(w->volume, w->place.hive_path, &w->error);
	if (!w->file)
		return -1;
	if (ntfs_file_size(w->file) == 0)
		return err_set(&w->error, E_CORRUPT, "the file is empty");
	if (read_limited(w->file, HIVE_MAX, s->arena, &w->clean, progress, ctx, &w->error) < 0 ||
	    recover_hive(s, w) < 0 || hive_open(&w->hive, w->recovery.bytes, &w->error) < 0 ||
	    install_read(&w->hive, s->arena, &w->install, &w->error) < 0)
		return -1;
	w->install.partition = w->partition->number;
	w->install.root = w->place.root;
	w->install.hive_path = w->place.hive_path;
	w->install.old = w->place.old;
	struct install_files_wanted wanted = {0};
	wanted.names = diagnose_wanted(&wanted.n);
	return install_check_files(&w->install, w->volume, s->arena, &wanted, &w->error);
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

static void add_note(struct install *inst, const char *note)
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
	w->log = log_kind(s, w);
	w->readable = true;
	if (has_shadow_copies(s, w))
		add_note(&w->install, "The volume has shadow copies (restore points): they keep the "
				      "hive as it was before, and a restore brings it back.");
	guards_collect(s, w);
}
