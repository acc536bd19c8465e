/* SPDX-License-Identifier: MIT */
/*
 * Hive files: each read once (that of a Windows as far as it is looked at, session_look.c), recovered from its logs when it was not closed cleanly, and
 * guarded. The session keeps them all, so that the pages, what is staged and the review speak of the
 * same bytes. A name is "N:\PATH"; two spellings of one path are one hive.
 */
#include "session_internal.h"

#include <stdlib.h>
#include <string.h>

#define READ_STEP (4u * 1024 * 1024) /* bytes between two progress calls */
#define HIVES_MAX 256u /* more than there are windows and patience: the rest is refused */

/* ---- files ---- */

static int read_file(struct session_file *f, uint64_t size, struct arena *arena, struct span *out,
		     const struct session_watch *watch, struct err *err)
{
	uint8_t *p = arena_alloc(arena, (size_t)size, err);
	if (!p)
		return -1;
	for (uint64_t at = 0; at < size;) {
		uint64_t n = size - at < READ_STEP ? size - at : READ_STEP;
		if (session_file_read(f, at, p + at, (size_t)n, err) < 0)
			return -1;
		at += n;
		if (watch && !session_go_on(watch->progress, watch->ctx, watch->what, at, size))
			return err_set(err, E_USAGE, "stopped");
	}
	*out = (struct span){p, (size_t)size};
	return 0;
}

static int read_limited(struct session_file *f, uint64_t limit, struct arena *arena,
			struct span *out, const struct session_watch *watch, struct err *err)
{
	uint64_t size = session_file_size(f);
	if (size > limit)
		return err_set(err, E_UNSUPPORTED, "%llu bytes long, the limit is %llu",
			       (unsigned long long)size, (unsigned long long)limit);
	return read_file(f, size, arena, out, watch, err);
}

int session_file_bytes(struct session *s, unsigned partition, const char *path, uint64_t limit,
		       struct arena *arena, struct span *out, struct err *err)
{
	struct session_file *f = session_file_open(s, partition, path, err);
	int rc = f ? read_limited(f, limit, arena, out, NULL, err) : -1;
	session_file_close(f);
	return rc < 0 ? err_at(err, "partition %u: %s", partition, path) : 0;
}

/* ---- logs ---- */

static const char *const log_suffixes[HIVE_LOGS] = {".LOG1", ".LOG2", ".LOG"};

static struct session_file *open_log(struct session *s, const struct hive_file *f, size_t i,
				     struct err *err)
{
	char *path = arena_printf(s->arena, "%s%s", f->path, log_suffixes[i]);
	return path ? session_file_open(s, f->partition->number, path, err) : NULL;
}

const char *hive_file_log(struct session *s, const struct hive_file *f)
{
	const char *kind = NULL;
	for (size_t i = 0; i < HIVE_LOGS && !kind; i++) {
		uint8_t head[HIVE_LOG_HEAD];
		struct session_file *log = open_log(s, f, i, NULL);
		if (log && session_file_size(log) >= sizeof(head) &&
		    session_file_read(log, 0, head, sizeof(head), NULL) == 0)
			kind = hive_log_kind((struct span){head, sizeof(head)});
		session_file_close(log);
	}
	return kind ? kind : "none";
}

/* -1 when a log that is there cannot be read; those that can are. */
static int read_logs(struct session *s, const struct hive_file *f, struct arena *arena,
		     struct hive_log_input *in)
{
	int result = 0;
	for (size_t i = 0; i < HIVE_LOGS; i++) {
		struct err err = {0};
		struct session_file *log = open_log(s, f, i, &err);
		int rc = log ? read_limited(log, HIVE_MAX, arena, &in->logs[i], NULL, &err) : 0;
		session_file_close(log);
		if (rc < 0 || (!log && err.code != E_NOTFOUND))
			result = -1;
	}
	return result;
}

static bool any_log(const struct hive_log_input *in)
{
	for (size_t i = 0; i < HIVE_LOGS; i++)
		if (in->logs[i].len > 0)
			return true;
	return false;
}

/* Logs are read only for a hive that needs them. */
int hive_file_recover(struct session *s, const struct hive_file *f, struct span bytes,
		      struct arena *arena, struct hive_recovery *out, struct err *err)
{
	struct hive_log_input in = {.primary = bytes};
	if (hive_recover(&in, arena, out, err) < 0)
		return -1;
	/* A log that cannot be read leaves the state unknown: then nothing is replayed. */
	if (!out->was_dirty || read_logs(s, f, arena, &in) < 0)
		return 0;
	if (any_log(&in) && bytes.p == f->clean.p && hive_file_rest(f, err) < 0)
		return -1;
	return hive_recover(&in, arena, out, err);
}

int hive_file_greatest(struct session *s, const struct hive_file *f, uint32_t sequence,
		       uint32_t *out, struct err *err)
{
	struct hive_log_input in = {.primary = f->clean};
	struct arena *arena = arena_new();
	if (!arena)
		return no_memory(err);
	struct hive_leftovers left;
	read_logs(s, f, arena, &in); /* nobody replays what cannot be read */
	hive_log_leftovers(&in, sequence, &left);
	arena_free(arena);
	*out = left.greatest;
	return 0;
}

static int find_greatest(struct session *s, struct hive_file *f, struct err *err)
{
	if (hive_file_greatest(s, f, f->hive.sequence[0], &f->greatest, err) < 0)
		return -1;
	f->greatest_known = true;
	return 0;
}

int hive_file_edit(struct session *s, struct hive_file *f, struct err *err)
{
	if (f->edit)
		return 0;
	if (hive_file_whole(f, err) < 0)
		return -1;
	if (!f->greatest_known && find_greatest(s, f, err) < 0)
		return -1;
	f->edit = hive_edit_open(&f->hive, err);
	if (!f->edit)
		return -1;
	hive_edit_limit(f->edit, f->valid);
	hive_edit_above(f->edit, f->greatest);
	return 0;
}

/* ---- one hive ---- */

struct hive_file *hive_file_add(struct session *s, const struct volume *v, const char *path,
				struct err *err)
{
	struct hive_file *f = arena_alloc(s->arena, sizeof(*f), err);
	if (!f)
		return NULL;
	if (s->n_hives == s->cap_hives) {
		size_t cap = s->cap_hives ? s->cap_hives * 2 : 8;
		struct hive_file **hives = arena_array(s->arena, cap, sizeof(struct hive_file *),
						       err);
		if (!hives)
			return NULL;
		if (s->n_hives > 0)
			memcpy(hives, s->hives, s->n_hives * sizeof(struct hive_file *));
		s->hives = hives;
		s->cap_hives = cap;
	}
	*f = (struct hive_file){
		.name = arena_printf(s->arena, "%u:%s", v->partition->number, path),
		.partition = v->partition,
		.volume = v->ntfs,
		.fat = v->fat,
		.path = arena_strdup(s->arena, path),
		.log = "none",
	};
	if (!f->name || !f->path)
		return err_null(err, E_MEMORY, "no memory");
	s->hives[s->n_hives++] = f;
	return f;
}

static int read_hive(struct session *s, struct hive_file *f, const struct session_watch *watch,
		     struct err *err)
{
	struct session_file *file = session_file_open(s, f->partition->number, f->path, err);
	if (!file)
		return -1;
	int rc = session_file_size(file) == 0
			 ? err_set(err, E_CORRUPT, "the file is empty")
			 : read_limited(file, HIVE_MAX, s->arena, &f->clean, watch, err);
	session_file_close(file);
	return rc;
}

static int map_ntfs(void *file, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		    struct err *err)
{
	return ntfs_file_map(file, off, len, vol_off, run, err);
}

static int map_fat(void *file, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		   struct err *err)
{
	return fat_file_map(file, off, len, vol_off, run, err);
}

struct patch_file hive_file_map(const struct hive_file *f)
{
	return f->fat_file ? (struct patch_file){f->fat_file, map_fat}
			   : (struct patch_file){f->file, map_ntfs};
}

void hive_file_close(struct hive_file *f)
{
	ntfs_file_close(f->file);
	fat_file_close(f->fat_file);
	f->file = NULL;
	f->fat_file = NULL;
}

int hive_file_map_open(struct hive_file *f, struct err *err)
{
	if (f->fat) {
		f->fat_file = fat_file_open(f->fat, f->path, err);
		f->valid = f->fat_file ? fat_file_size(f->fat_file) : 0;
		return f->fat_file ? 0 : -1;
	}
	f->file = ntfs_file_open(f->volume, f->path, err);
	if (!f->file)
		return -1;
	if (ntfs_file_valid_length(f->file, &f->valid, NULL) < 0)
		f->valid = 0; /* nothing grows; what lies where is asked again by the patch */
	return 0;
}

int hive_file_load(struct session *s, struct hive_file *f, const struct session_watch *watch,
		   struct err *err)
{
	if (read_hive(s, f, watch, err) < 0 ||
	    hive_file_recover(s, f, f->clean, s->arena, &f->recovery, err) < 0 ||
	    hive_open(&f->hive, f->recovery.bytes, err) < 0 || hive_file_map_open(f, err) < 0)
		return -1;
	f->log = hive_file_log(s, f);
	return 0;
}

const struct hive *session_hive_view(const struct hive_file *f)
{
	return f->edit ? hive_edit_view(f->edit) : &f->hive;
}

/* ---- by name ---- */

/* "2:\Windows\x" into 2 and "\Windows\x". */
static int parse_name(const char *name, unsigned *partition, const char **path, struct err *err)
{
	char *end;
	unsigned long n = strtoul(name, &end, 10);
	if (end == name || *end != ':' || n > UINT16_MAX || (end[1] != '\\' && end[1] != '/'))
		return err_set(err, E_USAGE, "\"%s\" is not N:\\PATH", name);
	*partition = (unsigned)n;
	*path = end + 1;
	return 0;
}

static bool same_path(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		bool both = (*a == '\\' || *a == '/') && (*b == '\\' || *b == '/');
		if (!both && *a != *b &&
		    !((*a | 0x20) == (*b | 0x20) && (*a | 0x20) >= 'a' && (*a | 0x20) <= 'z'))
			return false;
	}
	return *a == *b;
}

static struct hive_file *known_hive(const struct session *s, unsigned partition, const char *path)
{
	for (size_t i = 0; i < s->n_hives; i++)
		if (s->hives[i]->partition->number == partition &&
		    same_path(s->hives[i]->path, path))
			return s->hives[i];
	return NULL;
}

static const struct volume *numbered_volume(const struct session *s, unsigned number)
{
	for (size_t i = 0; s->volumes && i < s->table.n; i++)
		if (s->volumes[i].partition->number == number)
			return &s->volumes[i];
	return NULL;
}

static struct hive_file *load_named(struct session *s, unsigned partition, const char *path,
				    struct err *err)
{
	const struct volume *v = numbered_volume(s, partition);
	if (!v)
		return err_null(err, E_NOTFOUND, "there is no partition %u", partition);
	if (s->n_hives >= HIVES_MAX)
		return err_null(err, E_UNSUPPORTED, "more than %u hives at once", HIVES_MAX);
	struct hive_file *f = hive_file_add(s, v, path, err);
	if (!f)
		return NULL;
	if (hive_file_load(s, f, NULL, err) < 0) {
		hive_file_close(f);
		s->n_hives--;
		return NULL;
	}
	guards_collect(s, f);
	return f;
}

struct hive_file *session_hive(struct session *s, const char *name, struct err *err)
{
	unsigned partition = 0;
	const char *path = NULL;
	if (!name && s->chosen)
		return hive_file_whole(s->chosen->system, err) < 0 ? NULL : s->chosen->system;
	if (!name)
		return err_null(err, E_NOWINDOWS, "no Windows is chosen");
	if (parse_name(name, &partition, &path, err) < 0)
		return NULL;
	struct hive_file *f = known_hive(s, partition, path);
	if (f && !f->hive.bytes.p)
		return err_null(err, E_CORRUPT, "%s could not be read", f->name);
	if (!f)
		f = load_named(s, partition, path, err);
	else if (hive_file_whole(f, err) < 0)
		f = NULL;
	if (!f)
		err_at(err, "%s", name);
	return f;
}
