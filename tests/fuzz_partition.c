/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: pieces (fuzz_pieces.h) as a disk in memory, with sectors of 4096 bytes where flag 1 is
 * set: its partition table, and what each partition begins with. Both copies of a GPT get right
 * checksums unless flag 2 is set, so that mutations get behind them. A partition without a problem
 * must lie on the disk.
 */
#include "fuzz_pieces.h"
#include "stop7b/partition.h"

#include <stdlib.h>

#define DISK_PIECES 8192u /* 4 MiB */

enum { LEN = 12, CRC = 16, ARRAY_LBA = 72, ENTRIES = 80, ENTRY_LEN = 84, ARRAY_CRC = 88 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A piece that no input named is nobody's to clear: zeros get no checksum. */
static void heal_copy(struct span disk, uint8_t *header, size_t room, size_t sector)
{
	const struct span h = {header, room};
	uint64_t at, len = (uint64_t)le32(h, ENTRIES) * le32(h, ENTRY_LEN);
	if (room < PIECE || memcmp(header, "EFI PART", 8) != 0)
		return;
	if (!__builtin_mul_overflow(le64(h, ARRAY_LBA), sector, &at) && span_holds(disk, at, len))
		put_le32(header + ARRAY_CRC, crc32_of(span_sub(disk, at, len)));
	put_le32(header + CRC, 0);
	if (le32(h, LEN) <= PIECE)
		put_le32(header + CRC, crc32_of(span_sub(h, 0, le32(h, LEN))));
}

static void heal(uint8_t *disk, size_t size, size_t sector)
{
	const struct span all = {disk, size};
	if (size < 3 * sector)
		return;
	heal_copy(all, disk + sector, size - sector, sector);
	heal_copy(all, disk + (size / sector - 1) * sector, sector, sector);
}

static void list(const uint8_t *disk, size_t size, uint32_t sector)
{
	struct arena *arena = arena_new();
	struct image *img = image_open_memory(disk, size, sector, NULL);
	struct partition_table table;
	if (img && arena && partition_list(img, arena, &table, NULL) == 0)
		for (size_t i = 0; i < table.n; i++) {
			const struct partition *p = &table.items[i];
			if (!p->problem.plain && (p->start > size || p->size > size - p->start))
				abort();
			partition_hint(p);
		}
	image_close(img);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = pieces_of(data, size, DISK_PIECES);
	uint32_t sector = p.flags & 1 ? 4096 : PIECE;
	size_t len = p.n * PIECE / sector * sector;
	uint8_t *disk = pieces_room(p.n);
	if (!disk || len == 0)
		return 0;
	pieces_fill(p, disk);
	if (!(p.flags & 2))
		heal(disk, len, sector);
	list(disk, len, sector);
	pieces_clear(p, disk);
	return 0;
}
