/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: pieces (fuzz_pieces.h) as an NTFS volume: its state, its directories, and the content
 * and the places of its files through the public interface. What is mapped must lie on the volume.
 */
#include "fuzz_sequence.h"
#include "stop7b/ntfs.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX     5u
#define ENTRIES       120u /* entries opened: directories may be reached in many ways */
#define PATH_BYTES    4096u
#define READ_MAX      (1u << 18)
#define VOLUME_PIECES 8192u /* 4 MiB */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	struct ntfs *vol;
	struct arena *arena;
	uint64_t size; /* bytes of the volume */
	unsigned left;
};

static void read_content(struct ntfs_file *f)
{
	uint8_t buf[4096];
	uint64_t size = ntfs_file_size(f);
	for (uint64_t off = 0; off < size && off < READ_MAX; off += sizeof(buf)) {
		size_t len = size - off < sizeof(buf) ? (size_t)(size - off) : sizeof(buf);
		if (ntfs_file_read(f, off, buf, len, NULL) != 0)
			return;
	}
}

static void map_content(const struct walk *w, struct ntfs_file *f)
{
	uint64_t size = ntfs_file_size(f), at, run;
	for (uint64_t off = 0; off < size && off < READ_MAX; off += run) {
		if (ntfs_file_map(f, off, size - off, &at, &run, NULL) != 0)
			return;
		if (run == 0 || run > size - off || at > w->size || run > w->size - at)
			abort();
	}
}

static void visit(struct walk *w, char *path, unsigned depth)
{
	struct ntfs_entry *entries, stat;
	size_t n, end = strlen(path);
	struct ntfs_file *f = ntfs_file_open(w->vol, path, NULL);
	if (!f)
		return;
	read_content(f);
	map_content(w, f);
	ntfs_file_in_place(f, ntfs_file_size(f), NULL);
	ntfs_file_stat(f, w->arena, &stat, NULL);
	if (depth < DEPTH_MAX && ntfs_file_list(f, w->arena, &entries, &n, NULL) == 0) {
		for (size_t i = 0; i < n && w->left > 0; i++, w->left--) {
			if (end + strlen(entries[i].raw_name) + 2 > PATH_BYTES)
				continue;
			path[end] = '\\';
			strcpy(path + end + 1, entries[i].raw_name);
			visit(w, path, depth + 1);
			path[end] = '\0';
		}
	}
	ntfs_file_close(f);
}

static void read_volume(const uint8_t *volume, size_t size)
{
	char path[PATH_BYTES] = "";
	struct ntfs_state state;
	struct image *img = image_open_memory(volume, size, PIECE, NULL);
	struct walk w = {.arena = arena_new(), .size = size, .left = ENTRIES};
	if (img && w.arena)
		w.vol = ntfs_open(img, 0, size, NULL);
	if (w.vol) {
		ntfs_label(w.vol);
		ntfs_state(w.vol, &state, NULL);
		visit(&w, path, 0);
	}
	ntfs_close(w.vol);
	arena_free(w.arena);
	image_close(img);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = pieces_of(data, size, VOLUME_PIECES);
	uint8_t *volume = pieces_room(p.n);
	if (!volume)
		return 0;
	sequence_fill(p, volume);
	read_volume(volume, p.n * PIECE);
	sequence_clear(p, volume);
	return 0;
}
