/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: an image file of pieces (fuzz_pieces.h): container, partition table, what the partitions begin
 * with, and where the disk's bytes lie in the file. Checksums are put right where they stand, so
 * that mutations get behind them. What is mapped must lie in the file.
 */
#include "fuzz_pieces.h"
#include "stop7b/partition.h"

#include <stdio.h>
#include <stdlib.h>

#define FOOTER         512u
#define VHDX_HEADER    4096u
#define VHDX_REGION    65536u
#define VHDX_ENTRY_MAX 65536u
#define KIB            1024u
#define STEPS          24u /* places of the disk that are read and mapped */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- checksums ---- */

/* One's complement of the sum of all bytes, the field itself as zeros. */
static void heal_vhd(uint8_t *p, size_t len, size_t field)
{
	uint32_t sum = 0;
	put_be32(p + field, 0);
	for (size_t i = 0; i < len; i++)
		sum += p[i];
	put_be32(p + field, ~sum);
}

static void heal_vhdx(uint8_t *file, size_t size, size_t at, size_t len, const char *magic)
{
	if (size < at + len || memcmp(file + at, magic, 4) != 0)
		return;
	put_le32(file + at + 4, 0);
	put_le32(file + at + 4, crc32c_of((struct span){file + at, len}));
}

static void heal(uint8_t *file, size_t size)
{
	if (size >= FOOTER && memcmp(file, "conectix", 8) == 0)
		heal_vhd(file, FOOTER, 64);
	if (size >= FOOTER && memcmp(file + size - FOOTER, "conectix", 8) == 0)
		heal_vhd(file + size - FOOTER, FOOTER, 64);
	for (size_t at = 0; at + KIB <= size && at < 8 * KIB; at += FOOTER)
		if (memcmp(file + at, "cxsparse", 8) == 0)
			heal_vhd(file + at, KIB, 36);
	heal_vhdx(file, size, 64 * KIB, VHDX_HEADER, "head");
	heal_vhdx(file, size, 128 * KIB, VHDX_HEADER, "head");
	heal_vhdx(file, size, 192 * KIB, VHDX_REGION, "regi");
	heal_vhdx(file, size, 256 * KIB, VHDX_REGION, "regi");
}

/* Entries of a log, where pieces begin with one. */
static void heal_log(struct pieces p, uint8_t *file, size_t size)
{
	for (struct piece one; pieces_next(&p, &one);) {
		uint32_t len = le32((struct span){file + one.off, PIECE}, 8);
		if (len >= PIECE && len <= VHDX_ENTRY_MAX)
			heal_vhdx(file, size, one.off, len, "loge");
	}
}

/* ---- reading ---- */

/* Where one sector would be written: never outside the file that is to be. */
static void place_sector(struct image *img, uint64_t off, uint64_t file_size)
{
	static const uint8_t content[4096];
	size_t len = image_info(img)->sector_size;
	struct arena *arena = arena_new();
	struct write_list extra = {.arena = arena};
	struct placement out = {.extra = &extra, .file_length = file_size};
	const struct write w = {off - off % len, len, content, content, said_as_is("")};
	uint64_t at;
	if (arena && image_place(img, &w, 1, &at, &out, NULL) == 0 &&
	    (at > out.file_length || len > out.file_length - at))
		abort();
	arena_free(arena);
}

static void look(struct image *img, uint64_t file_size)
{
	uint8_t buf[4096];
	uint64_t size = image_info(img)->size;
	for (uint64_t i = 0; i < STEPS; i++) {
		uint64_t off = i < STEPS / 2 ? i * sizeof(buf) : size / STEPS * i;
		if (off >= size)
			return;
		size_t len = size - off < sizeof(buf) ? (size_t)(size - off) : sizeof(buf);
		image_read(img, off, buf, len, NULL);
		place_sector(img, off, file_size);
	}
}

static void list(struct image *img)
{
	struct arena *arena = arena_new();
	struct partition_table table;
	if (arena && partition_list(img, arena, &table, NULL) == 0)
		for (size_t i = 0; i < table.n; i++)
			if (!table.items[i].problem.plain &&
			    table.items[i].start + table.items[i].size > image_info(img)->size)
				abort();
	arena_free(arena);
}

/* ---- the file ---- */

static bool fill_file(int fd, struct pieces p)
{
	size_t len = p.n * PIECE;
	if (ftruncate(fd, (off_t)len) != 0)
		return false;
	uint8_t *file = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return false;
	pieces_fill(p, file);
	heal(file, len);
	heal_log(p, file, len);
	munmap(file, len);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[40];
	struct image *img = NULL;
	struct pieces p = pieces_of(data, size, PIECES_MAX);
	int fd = memfd_create("image", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fill_file(fd, p))
		img = image_open(path, NULL, NULL);
	if (img) {
		look(img, p.n * PIECE);
		list(img);
	}
	image_close(img);
	close(fd);
	return 0;
}
