/* SPDX-License-Identifier: MIT */
/*
 * The boot rehearsal of the chosen Windows: its model with what is staged, its hive as it would
 * be, and the files of its volume, handed to rehearsal.c. A file whose content lies behind a link or
 * in another file (WIM) cannot be read here and stays unchecked.
 */
#include "session_internal.h"

#include "stop7b/rehearsal.h"

#define ATTRIBUTE_ENCRYPTED 0x4000u /* FILE_ATTRIBUTE_ENCRYPTED */

static int read_whole(struct ntfs_file *f, struct arena *arena, struct span *out, struct err *err)
{
	struct ntfs_entry entry;
	if (ntfs_file_stat(f, arena, &entry, err) < 0)
		return -1;
	if (entry.directory)
		return err_set(err, E_NOTFOUND, "a directory");
	bool elsewhere = entry.packing == NTFS_NOT_PACKED || entry.packing == NTFS_PACKED_ELSEWHERE;
	if (entry.reparse && elsewhere)
		return err_set(err, E_UNSUPPORTED, "a reparse point");
	if (entry.attributes & ATTRIBUTE_ENCRYPTED)
		return err_set(err, E_UNSUPPORTED, "encrypted");
	if (entry.size > REHEARSAL_FILE_MAX)
		return err_set(err, E_UNSUPPORTED, "larger than %u bytes", REHEARSAL_FILE_MAX);
	uint8_t *p = arena_alloc(arena, (size_t)entry.size, err);
	if (!p || ntfs_file_read(f, 0, p, (size_t)entry.size, err) < 0)
		return -1;
	*out = (struct span){p, (size_t)entry.size};
	return 0;
}

static int read_driver(void *ctx, const char *path, struct arena *arena, struct span *out,
		       struct err *err)
{
	const struct windows *w = ctx;
	struct ntfs_file *f = ntfs_file_open(w->volume, path, err);
	int rc = f ? read_whole(f, arena, out, err) : -1;
	ntfs_file_close(f);
	return rc;
}

int session_rehearse(struct session *s, const char *target, struct arena *arena,
		     struct rehearsal *out, struct err *err)
{
	struct diagnosis alone;
	if (!s->chosen)
		return err_set(err, E_NOWINDOWS, "no Windows is chosen");
	const struct session_question question = {.targets = &target, .n = 1};
	if (session_diagnose(s, s->chosen, &s->edited, &question, arena, &alone, err) < 0)
		return -1;
	const struct rehearsal_request rehearsal = {
		.install = &s->edited,
		.hive = session_hive_view(s->chosen->system),
		.recovered = s->chosen->system->recovery.recovered,
		.diagnosis = &alone,
		.control_set = s->options.control_set,
		.read_file = read_driver,
		.ctx = s->chosen,
	};
	return rehearse(&rehearsal, arena, out, err);
}
