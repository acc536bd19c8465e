/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: open pieces (fuzz_pieces.h) as a FAT volume and read all of it through the public interface.
 */
#include "fuzz_pieces.h"
#include "stop7b/fat.h"

#define DEPTH_MAX     6
#define PATH_BYTES    4096
#define VOLUME_PIECES 8192u /* 4 MiB */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	struct fat *fat;
	struct arena *arena;
	unsigned left; /* entries still to open: directories may be reached in many ways */
};

static void read_content(struct fat_file *f)
{
	uint8_t buf[4096];
	uint64_t size = fat_file_size(f);
	for (uint64_t off = 0; off < size && off < 1u << 20; off += sizeof(buf)) {
		size_t len = size - off < sizeof(buf) ? (size_t)(size - off) : sizeof(buf);
		if (fat_file_read(f, off, buf, len, NULL) != 0)
			return;
	}
}

static void visit(struct walk *w, char *path, unsigned depth)
{
	struct fat_entry *entries, stat;
	size_t n, end = strlen(path);
	struct fat_file *f = fat_file_open(w->fat, path, NULL);
	if (!f)
		return;
	read_content(f);
	fat_file_stat(f, w->arena, &stat, NULL);
	if (depth < DEPTH_MAX && fat_file_list(f, w->arena, &entries, &n, NULL) == 0) {
		for (size_t i = 0; i < n && w->left > 0; i++, w->left--) {
			if (end + strlen(entries[i].raw_name) + 2 > PATH_BYTES)
				continue;
			path[end] = '\\';
			strcpy(path + end + 1, entries[i].raw_name);
			visit(w, path, depth + 1);
			path[end] = '\0';
		}
	}
	fat_file_close(f);
}

static void read_volume(const uint8_t *volume, size_t size)
{
	char path[PATH_BYTES] = "";
	struct image *img = image_open_memory(volume, size, PIECE, NULL);
	struct walk w = {.arena = arena_new(), .left = 200};
	if (img && w.arena)
		w.fat = fat_open(img, 0, size, NULL);
	if (w.fat) {
		fat_label(w.fat);
		visit(&w, path, 0);
	}
	fat_close(w.fat);
	arena_free(w.arena);
	image_close(img);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = pieces_of(data, size, VOLUME_PIECES);
	uint8_t *volume = pieces_room(p.n);
	if (!volume)
		return 0;
	pieces_fill(p, volume);
	read_volume(volume, p.n * PIECE);
	pieces_clear(p, volume);
	return 0;
}
