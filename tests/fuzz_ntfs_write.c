/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a volume of pieces (fuzz_pieces.h), with sectors of 512 or 4096 bytes, that
 * a file, a link and a directory are added to. What libntfs-3g does with them happens in the child,
 * which may fall over; whatever it answers, the parent must hold, and what it lets through must be
 * whole sectors of the volume, each different from what is there, on a volume that the checker
 * finds as sound as before.
 */
#include "fuzz_sequence.h"
#include "src/fs/ntfs_write_internal.h"
#include "stop7b/ntfs_check.h"

#include <stdlib.h>

#define DRIVERS       "\\Windows\\System32\\drivers"
#define VOLUME_PIECES 16384u /* 8 MiB */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct volume {
	uint8_t *bytes;
	size_t len;
	uint32_t sector;
};

static void judge(struct ntfs *vol, const struct ntfs_written *w, const struct volume *v)
{
	uint64_t behind = 0;
	for (size_t i = 0; i < w->sectors.n; i++) {
		const struct write *s = &w->sectors.items[i];
		if (s->len != v->sector || s->off < behind || s->off % v->sector ||
		    s->off > v->len - v->sector ||
		    memcmp(s->old_bytes, v->bytes + s->off, s->len) != 0 ||
		    memcmp(s->old_bytes, s->new_bytes, s->len) == 0)
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

/* With S7B_FUZZ_WRITES every input must be written: a seed that is refused shows nothing. */
static void add(struct ntfs *vol, struct arena *arena, const struct volume *v)
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
		judge(vol, &w, v);
	else if (getenv("S7B_FUZZ_WRITES"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"", DRIVERS};
	struct pieces p = pieces_of(data, size, VOLUME_PIECES);
	struct volume v = {pieces_room(p.n), p.n * PIECE, PIECE};
	if (!v.bytes)
		return 0;
	sequence_fill(p, v.bytes);
	if (le16((struct span){v.bytes, PIECE}, 11) == 4096)
		v.sector = 4096;
	struct image *img = image_open_memory(v.bytes, v.len, v.sector, NULL);
	struct arena *arena = arena_new();
	struct ntfs *vol = img && arena ? ntfs_open(img, 0, v.len, NULL) : NULL;
	if (vol) {
		const struct ntfs_bytes bytes = ntfs_bytes(vol);
		struct ntfs_check c = {.arena = arena};
		ntfs_check(&bytes, paths, 2, &c, NULL);
		add(vol, arena, &v);
	} else if (getenv("S7B_FUZZ_WRITES")) {
		abort();
	}
	ntfs_close(vol);
	arena_free(arena);
	image_close(img);
	sequence_clear(p, v.bytes);
	return 0;
}
