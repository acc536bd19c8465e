/* SPDX-License-Identifier: MIT */
/*
 * What NTFS itself says about the last shutdown: volume flags, the restart pages of $LogFile, and
 * hiberfil.sys. Each of them can forbid writing (the guards dirty-volume, ntfs-log, hibernated);
 * so whatever cannot be understood counts as not clean.
 *
 * $LogFile holds two copies of its restart page, at 0 and behind one system page; the one with
 * the greater sequence number counts. Version 2.0 means that Windows keeps metadata in a cache
 * that outlives the shutdown (fast restart), whatever the flags say.
 * Source: doc/FORMATS/ntfs.md, "The state of a volume".
 */
#include "ntfs_internal.h"

#include <string.h>

#define PAGE_MIN         512u
#define PAGE_MAX         (NTFS_LOG_HEAD / 2)
#define RESTART_AREA     16u     /* bytes of the restart area that are read here */
#define NO_CLIENT        0xffffu /* in-use list: nobody has the log open */
#define RESTART_CLEAN    0x0002u /* restart area flags */
#define VOLUME_FLAGS_AT  10u     /* in the content of $VOLUME_INFORMATION */
#define VOLUME_DIRTY     0x4001u /* dirty; chkdsk is running */
#define HIBERFILE_HEADER 4096u   /* bytes: a shorter file was cut off while Windows slept */

struct restart {
	uint64_t lsn;
	enum ntfs_log state;
};

/* Of one byte at least. */
static bool all_ones(struct span s)
{
	return s.p[0] == 0xff && memcmp(s.p, s.p + 1, s.len - 1) == 0;
}

static enum ntfs_log judge(struct span page, struct span area)
{
	if (le16(page, 28) >= 2)
		return NTFS_LOG_FAST_RESTART;
	bool closed = le16(area, 12) == NO_CLIENT || le16(area, 14) & RESTART_CLEAN;
	return closed ? NTFS_LOG_CLEAN : NTFS_LOG_OPEN;
}

/* Read the restart page at off; false when there is none that can be believed. */
static bool read_restart(struct span log, uint64_t off, struct restart *out)
{
	uint8_t copy[PAGE_MAX];
	struct span head = span_sub(log, off, PAGE_MIN);
	uint32_t size = le32(head, 16);
	struct span raw = span_sub(log, off, size);
	if (!head.p || (memcmp(head.p, "RSTR", 4) != 0 && memcmp(head.p, "CHKD", 4) != 0))
		return false;
	if (size < PAGE_MIN || size > PAGE_MAX || size & (size - 1) || !raw.p)
		return false;
	memcpy(copy, raw.p, size);
	if (ntfs_fixup(copy, size, NULL) != 0)
		return false;
	struct span page = {copy, size};
	struct span area = span_sub(page, le16(page, 24), RESTART_AREA);
	if (!area.p || le16(page, 24) % 8)
		return false;
	*out = (struct restart){.lsn = le64(area, 0), .state = judge(page, area)};
	return true;
}

enum ntfs_log ntfs_log_state(struct span log)
{
	struct restart best = {0}, other;
	if (log.len >= PAGE_MIN && all_ones(log))
		return NTFS_LOG_CLEAN;
	bool found = read_restart(log, 0, &best);
	for (uint64_t at = PAGE_MIN; at <= PAGE_MAX; at *= 2) {
		if (!read_restart(log, at, &other))
			continue;
		if (!found || other.lsn > best.lsn)
			best = other;
		found = true;
		break;
	}
	return found ? best.state : NTFS_LOG_UNREADABLE;
}

bool ntfs_hibernated(struct span head, uint64_t size)
{
	if (size < HIBERFILE_HEADER || head.len < 4)
		return true;
	return memcmp(head.p, "hibr", 4) == 0 || memcmp(head.p, "HIBR", 4) == 0;
}

static int read_volume_flags(struct ntfs_core *core, struct arena *arena, struct ntfs_state *out,
			     struct err *err)
{
	struct span record;
	struct ntfs_attribute a;
	uint64_t at = 0;
	if (ntfs_core_record(core, NTFS_RECORD_VOLUME, arena, &record, err) != 0)
		return -1;
	while (ntfs_attribute_next(record, &at, &a, err)) {
		if (a.type != NTFS_VOLUME_INFORMATION || !a.resident ||
		    !span_holds(a.value, VOLUME_FLAGS_AT, 2))
			continue;
		out->flags = le16(a.value, VOLUME_FLAGS_AT);
		out->dirty = out->flags & VOLUME_DIRTY;
		return 0;
	}
	return err_set(err, E_CORRUPT, "$Volume: no volume flags");
}

/*
 * An I/O error is an error; a $LogFile whose own record is damaged is only unreadable.
 */
static int read_log(struct ntfs_core *core, struct arena *arena, struct ntfs_state *out,
		    struct err *err)
{
	struct ntfs_stream s;
	struct err e = {0};
	uint8_t *head = arena_alloc(arena, NTFS_LOG_HEAD, err);
	if (!head)
		return -1;
	out->log = NTFS_LOG_UNREADABLE;
	if (ntfs_stream_load(core, NTFS_RECORD_LOGFILE, &ntfs_unnamed_data, arena, &s, &e) == 0 &&
	    s.found) {
		size_t len = s.size < NTFS_LOG_HEAD ? (size_t)s.size : NTFS_LOG_HEAD;
		if (ntfs_stream_read(core, &s, 0, head, len, &e) == 0)
			out->log = ntfs_log_state((struct span){head, len});
	}
	if (e.code == E_IO || e.code == E_MEMORY)
		return err_set(err, e.code, "$LogFile: %s", ERR_ARG(&e));
	return 0;
}

/* hiberfil.sys that is there and cannot be read counts as a sleeping Windows. */
static int read_hiberfile(struct ntfs *vol, struct ntfs_state *out, struct err *err)
{
	struct err e = {0};
	uint8_t head[4] = {0};
	struct ntfs_file *f = ntfs_file_open(vol, "hiberfil.sys", &e);
	if (!f && e.code == E_NOTFOUND)
		return 0;
	uint64_t size = f ? ntfs_file_size(f) : 0;
	size_t len = size < sizeof(head) ? (size_t)size : sizeof(head);
	if (!f || ntfs_file_read(f, 0, head, len, &e) != 0)
		out->hiberfile_unreadable = true;
	out->hibernated = out->hiberfile_unreadable ||
			  ntfs_hibernated((struct span){head, len}, size);
	ntfs_file_close(f);
	return e.code == E_MEMORY ? err_set(err, e.code, "hiberfil.sys: %s", e.text) : 0;
}

int ntfs_state(struct ntfs *vol, struct ntfs_state *out, struct err *err)
{
	struct ntfs_core *core = ntfs_core(vol);
	struct arena *arena = arena_new();
	*out = (struct ntfs_state){0};
	int r = -1;
	if (!arena)
		return err_set(err, E_MEMORY, "no memory for the volume's state");
	if (read_volume_flags(core, arena, out, err) == 0 && read_log(core, arena, out, err) == 0 &&
	    read_hiberfile(vol, out, err) == 0)
		r = 0;
	arena_free(arena);
	return r;
}
