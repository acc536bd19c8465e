/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as an NTFS volume that a file, a link and a directory are added to. What
 * libntfs-3g does with them happens in the child, which may fall over; whatever it answers, the
 * parent must hold, and what it lets through must be whole sectors of the volume, each different
 * from what is there, on a volume that the checker finds as sound as before.
 */
#include "src/fs/ntfs_write_internal.h"
#include "stop7b/ntfs_check.h"

#include <stdlib.h>
#include <string.h>

#define DRIVERS "\\Windows\\System32\\drivers"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct ntfs *vol, const struct ntfs_written *w, const uint8_t *data, size_t size)
{
	uint64_t behind = 0;
	for (size_t i = 0; i < w->sectors.n; i++) {
		const struct write *s = &w->sectors.items[i];
		if (s->len != 512 || s->off < behind || s->off % 512 || s->off > size - 512 ||
		    memcmp(s->old_bytes, data + s->off, 512) != 0 ||
		    memcmp(s->old_bytes, s->new_bytes, 512) == 0)
			abort();
		behind = s->off + s->len;
	}
	static const char *const path = DRIVERS;
	struct ntfs_overlay over = {ntfs_bytes(vol), &w->sectors};
	const struct ntfs_bytes bytes = ntfs_overlay_bytes(&over);
	struct ntfs_check c = {.arena = arena_new()};
	if (!c.arena || ntfs_check(&bytes, &path, 1, &c, NULL) != 0 || ntfs_check_worst(&c))
		abort();
	arena_free(c.arena);
}

static void add(struct ntfs *vol, struct arena *arena, const uint8_t *data, size_t size)
{
	static const uint8_t content[5000] = {1};
	const struct ntfs_new news[] = {
		{.directory = DRIVERS, .name = "new.sys", .content = {content, sizeof(content)}},
		{.directory = DRIVERS, .name = "a long name.sys", .content = {content, 5}},
		{.directory = DRIVERS "\\made",
		 .make_directory = true,
		 .name = "link.sys",
		 .existing = DRIVERS "\\component00001.dll"},
	};
	struct ntfs_limits limits = ntfs_write_limits;
	struct ntfs_written w;
	limits.processor_s = 5;
	if (ntfs_write_by(vol, news, sizeof(news) / sizeof(news[0]), ntfs_write_child, &limits,
			  arena, &w, NULL) == 0)
		judge(vol, &w, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"", DRIVERS};
	struct image *img = image_open_memory(data, size, 512, NULL);
	struct arena *arena = arena_new();
	struct ntfs *vol = img && arena ? ntfs_open(img, 0, size, NULL) : NULL;
	if (vol) {
		const struct ntfs_bytes bytes = ntfs_bytes(vol);
		struct ntfs_check c = {.arena = arena};
		ntfs_check(&bytes, paths, 2, &c, NULL);
		add(vol, arena, data, size);
	}
	ntfs_close(vol);
	arena_free(arena);
	image_close(img);
	return 0;
}
