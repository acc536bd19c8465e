/* SPDX-License-Identifier: MIT */
/*
 * The steps by libntfs-3g, in the child: open the volume, make files and links by record number,
 * close it, answer with the sectors that differ.
 *
 * Kept: a volume that wants recovery is refused (never NTFS_MNT_RECOVER); nothing that is there is
 * replaced or grown but the directory's index, $MFT and bitmaps, and empty files by their content;
 * the clock of this machine leaves no trace (times are the step's).
 */
#include "src/fs/ntfs_write_3g.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ntfs-3g/attrib.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/index.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/logging.h>

#define ATTRIBUTES_TAKEN 0x27u /* read-only, hidden, system, archive */

struct work {
	const struct ntfs_job *job;
	ntfs_volume *vol;
	MFT_REF *made; /* what each step made */
};

const bool ntfs_write_by_3g = true;

/* ---- what the child says ---- */

/* Keeps errno for fail(). */
static int stopped(enum ntfs_stage stage)
{
	if (errno == 0)
		errno = EIO;
	return -1 - (int)stage;
}

static void fail(const struct ntfs_job *job, enum ntfs_stage stage)
{
	const struct ntfs_message m = {NTFS_FAILED, (uint32_t)errno, stage};
	ntfs_wire_put(job->out, &m, sizeof(m));
}

/* Old bytes of each sector, and those that differ moved to the front; their number, or -1. */
static int64_t compare(const struct ntfs_job *job, struct ntfs_sector *s, size_t n, uint8_t **old)
{
	size_t differ = 0;
	for (size_t i = 0; i < n; i++) {
		uint8_t *p = old[differ] = malloc(job->sector);
		if (!p || ntfs_pipe_read(job, s[i].number * job->sector, p, job->sector) != 0)
			return -1;
		const struct ntfs_sector kept = s[i];
		if (memcmp(p, kept.bytes, job->sector) == 0) {
			free(p);
			continue;
		}
		s[i] = s[differ];
		s[differ++] = kept;
	}
	return (int64_t)differ;
}

/* Each in one piece: a pipe is slow by the message, not by the byte. */
static void tell_sector(const struct ntfs_job *job, const struct ntfs_sector *s, const uint8_t *old,
			uint8_t *buf)
{
	const uint64_t off = s->number * job->sector;
	memcpy(buf, &off, sizeof(off));
	memcpy(buf + sizeof(off), old, job->sector);
	memcpy(buf + sizeof(off) + job->sector, s->bytes, job->sector);
	ntfs_wire_put(job->out, buf, sizeof(off) + 2 * (size_t)job->sector);
}

static int tell(const struct ntfs_job *job, struct ntfs_map *map)
{
	struct ntfs_sector *s = ntfs_map_sort(map);
	uint8_t **old = calloc(map->n + 1, sizeof(*old));
	uint8_t *buf = malloc(sizeof(uint64_t) + 2 * (size_t)job->sector);
	int64_t n = old && buf ? compare(job, s, map->n, old) : -1;
	if (n < 0)
		return stopped(NTFS_STAGE_MEMORY);
	const struct ntfs_message m = {NTFS_DONE, job->sector, (uint64_t)n};
	ntfs_wire_put(job->out, &m, sizeof(m));
	for (int64_t i = 0; i < n; i++)
		tell_sector(job, &s[i], old[i], buf);
	return 0;
}

/* ---- files ---- */

static ntfs_inode *directory_of(struct work *w, const struct ntfs_step *step)
{
	return ntfs_inode_open(w->vol, step->made_by == NTFS_MADE_BY_NONE ? step->parent
									  : w->made[step->made_by]);
}

static void set_times(FILE_NAME_ATTR *name, sle64 time)
{
	name->creation_time = name->last_data_change_time = time;
	name->last_mft_change_time = name->last_access_time = time;
}

/* The same name in the directory's index: its space and times. */
static int set_entry(ntfs_inode *dir, FILE_NAME_ATTR *name, FILE_NAME_TYPE_FLAGS space, sle64 time)
{
	ntfs_index_context *ctx = ntfs_index_ctx_get(dir, NTFS_INDEX_I30, 4);
	int size = (int)(sizeof(*name) + name->file_name_length * sizeof(ntfschar));
	if (!ctx)
		return -1;
	int r = ntfs_index_lookup(name, size, ctx);
	if (r == 0) {
		((FILE_NAME_ATTR *)ctx->data)->file_name_type = space;
		set_times(ctx->data, time);
		ntfs_index_entry_mark_dirty(ctx);
	}
	ntfs_index_ctx_put(ctx);
	return r;
}

static FILE_NAME_TYPE_FLAGS space_of(const FILE_NAME_ATTR *name, const struct ntfs_step *step,
				     bool twin)
{
	bool whole = 2u * name->file_name_length == step->name_len &&
		     memcmp(name->file_name, step->name, step->name_len) == 0;
	if (!whole)
		return FILE_NAME_DOS;
	return twin || !step->short_name ? FILE_NAME_WIN32 : FILE_NAME_WIN32_AND_DOS;
}

/*
 * Give a new file's names their spaces and times. libntfs-3g makes POSIX names with this machine's
 * clock; its own call for short names would also rewrite the index above the directory.
 */
static int set_names(ntfs_inode *ni, ntfs_inode *dir, const struct ntfs_step *step, bool twin)
{
	sle64 time = cpu_to_sle64((s64)step->time);
	ntfs_attr_search_ctx *ctx = ntfs_attr_get_search_ctx(ni, NULL);
	int r = ctx ? 0 : -1;
	while (r == 0 &&
	       ntfs_attr_lookup(AT_FILE_NAME, NULL, 0, CASE_SENSITIVE, 0, NULL, 0, ctx) == 0) {
		FILE_NAME_ATTR *name = (FILE_NAME_ATTR *)((char *)ctx->attr +
							  le16_to_cpu(ctx->attr->value_offset));
		FILE_NAME_TYPE_FLAGS space = space_of(name, step, twin);
		r = set_entry(dir, name, space, time);
		name->file_name_type = space;
		set_times(name, time);
		ntfs_inode_mark_dirty(ctx->ntfs_ino);
	}
	if (r == 0 && errno != ENOENT)
		r = -1;
	if (ctx)
		ntfs_attr_put_search_ctx(ctx);
	return r;
}

/* Is the short name another one than the name? */
static bool has_twin(const struct ntfs_step *step)
{
	size_t n = step->short_name ? strlen(step->short_name) : 0;
	bool same = 2 * n == step->name_len;
	for (size_t i = 0; same && i < n; i++)
		same = step->name[2 * i] == (uint8_t)step->short_name[i] && !step->name[2 * i + 1];
	return step->short_name && !same;
}

static int add_twin(ntfs_inode *ni, ntfs_inode *dir, const char *short_name)
{
	ntfschar name[12];
	size_t n = strlen(short_name);
	if (n > sizeof(name) / sizeof(name[0])) {
		errno = EINVAL;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		name[i] = cpu_to_le16((unsigned char)short_name[i]);
	return ntfs_link(ni, dir, name, (u8)n);
}

static void set_facts(ntfs_inode *ni, const struct ntfs_step *step)
{
	sle64 time = cpu_to_sle64((s64)step->time);
	ni->creation_time = ni->last_data_change_time = time;
	ni->last_mft_change_time = ni->last_access_time = time;
	if (step->kind == NTFS_STEP_FILE) {
		uint32_t flags = le32_to_cpu(ni->flags) & ~ATTRIBUTES_TAKEN;
		ni->flags = cpu_to_le32(flags | (step->attributes & ATTRIBUTES_TAKEN));
	}
	NInoFileNameSetDirty(ni);
	ntfs_inode_mark_dirty(ni);
}

static int put_content(ntfs_inode *ni, const struct ntfs_step *step)
{
	ntfs_attr *na = step->content_len ? ntfs_attr_open(ni, AT_DATA, AT_UNNAMED, 0) : NULL;
	if (!na)
		return step->content_len ? -1 : 0;
	int r = ntfs_attr_truncate_solid(na, (s64)step->content_len);
	for (size_t at = 0; r == 0 && at < step->content_len;) {
		s64 n = ntfs_attr_pwrite(na, (s64)at, (s64)(step->content_len - at),
					 step->content + at);
		if (n <= 0)
			r = -1;
		else
			at += (size_t)n;
	}
	ntfs_attr_close(na);
	return r;
}

/*
 * Close both. A directory that was there keeps its entry in the one above it, and a linked file
 * those in its other directories: they hold copies of sizes and times, which NTFS refreshes late.
 */
static int close_both(ntfs_inode *ni, ntfs_inode *dir, bool new)
{
	if (!new)
		NInoFileNameClearDirty(ni);
	int r = ntfs_inode_close_in_dir(ni, dir);
	NInoFileNameClearDirty(dir);
	return ntfs_inode_close(dir) == 0 ? r : -1;
}

/*
 * Names, content and facts of a record just made. Times come first: what follows may leave copies
 * of an entry behind in the slack of an index block, and those are on the disk as well.
 */
static int complete(ntfs_inode *ni, ntfs_inode *dir, const struct ntfs_step *step)
{
	bool twin = has_twin(step);
	set_facts(ni, step);
	if (set_names(ni, dir, step, twin) != 0 ||
	    (twin && add_twin(ni, dir, step->short_name) != 0))
		return stopped(NTFS_STAGE_NAME);
	if (put_content(ni, step) != 0)
		return stopped(NTFS_STAGE_CONTENT);
	return set_names(ni, dir, step, twin) == 0 ? 0 : stopped(NTFS_STAGE_NAME);
}

/* Close both and tell the first thing that went wrong. */
static int end_step(ntfs_inode *ni, ntfs_inode *dir, bool new, int r)
{
	int why = errno;
	if (close_both(ni, dir, new) != 0 && r == 0)
		return stopped(NTFS_STAGE_CLOSE);
	errno = why;
	return r;
}

static int make(struct work *w, const struct ntfs_step *step, MFT_REF *made)
{
	ntfs_inode *dir = directory_of(w, step);
	ntfs_inode *ni = dir ? ntfs_create(dir, cpu_to_le32(step->security),
					   (const ntfschar *)(const void *)step->name,
					   (u8)(step->name_len / 2),
					   step->kind == NTFS_STEP_DIRECTORY ? S_IFDIR : S_IFREG)
			     : NULL;
	if (!ni)
		return stopped(dir ? NTFS_STAGE_MAKE : NTFS_STAGE_OPEN);
	*made = MK_MREF(ni->mft_no, le16_to_cpu(ni->mrec->sequence_number));
	return end_step(ni, dir, true, complete(ni, dir, step));
}

static int link_file(struct work *w, const struct ntfs_step *step)
{
	ntfs_inode *dir = directory_of(w, step);
	ntfs_inode *ni = dir ? ntfs_inode_open(w->vol, step->existing) : NULL;
	if (!ni)
		return stopped(NTFS_STAGE_OPEN);
	int r = ntfs_link(ni, dir, (const ntfschar *)(const void *)step->name,
			  (u8)(step->name_len / 2));
	return end_step(ni, dir, false, r == 0 ? 0 : stopped(NTFS_STAGE_LINK));
}

/* Content for an empty file: its own names, times and rights stay, its entry learns the size. */
static int fill_file(struct work *w, const struct ntfs_step *step)
{
	ntfs_inode *dir = directory_of(w, step);
	ntfs_inode *ni = dir ? ntfs_inode_open(w->vol, step->existing) : NULL;
	if (!ni)
		return stopped(NTFS_STAGE_OPEN);
	int r = put_content(ni, step) == 0 ? 0 : stopped(NTFS_STAGE_CONTENT);
	NInoFileNameSetDirty(ni);
	return end_step(ni, dir, true, r);
}

static int do_step(struct work *w, size_t i)
{
	const struct ntfs_step *step = &w->job->steps[i];
	errno = 0;
	if (step->kind == NTFS_STEP_FILL)
		return fill_file(w, step);
	return step->kind == NTFS_STEP_LINK ? link_file(w, step) : make(w, step, &w->made[i]);
}

/* ---- the whole ---- */

static int work(struct work *w)
{
	int r = 0;
	for (size_t i = 0; i < w->job->n && r == 0; i++)
		r = do_step(w, i);
	int why = errno;
	if (ntfs_umount(w->vol, FALSE) != 0 && r == 0)
		return stopped(NTFS_STAGE_CLOSE);
	errno = why;
	return r;
}

static int run(const struct ntfs_job *job, struct ntfs_pipe_disk *disk)
{
	struct work w = {.job = job, .made = calloc(job->n + 1, sizeof(*w.made))};
	struct ntfs_device_operations operations;
	ntfs_pipe_operations(&operations);
	struct ntfs_device *dev = ntfs_device_alloc("volume", 0, &operations, disk);
	if (!w.made || !dev)
		return stopped(NTFS_STAGE_MEMORY);
	ntfs_log_set_handler(ntfs_log_handler_null);
	w.vol = ntfs_device_mount(dev, 0);
	if (!w.vol)
		return stopped(NTFS_STAGE_MOUNT);
	ntfs_set_ignore_case(w.vol);
	NVolClearCompression(
		w.vol); /* a boot driver is stored as it is, whatever its directory says */
	int r = work(&w);
	free(w.made);
	return r == 0 ? tell(job, &disk->map) : r;
}

void ntfs_write_child(const struct ntfs_job *job)
{
	struct ntfs_pipe_disk disk = {.job = job, .map = {.sector = job->sector}};
	int r = run(job, &disk);
	if (r != 0)
		fail(job, (enum ntfs_stage)(-1 - r));
	ntfs_map_free(&disk.map);
}
