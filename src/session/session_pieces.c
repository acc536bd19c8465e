/* SPDX-License-Identifier: MIT */
/*
 * A hive file in pieces. Each is read once; neighbours that are missing are read at once. The base
 * block is read again before the rest is brought in, so that what was seen and what is edited are one
 * hive. Knows nothing of what the bytes mean.
 */
#include "session_pieces.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/bytes.h"

struct pieces {
	struct ntfs_file *file;
	struct arena
		*arena; /* its large pages: a fault costs as much as reading what is behind it */
	uint8_t *bytes;
	bool *there; /* one for each piece */
	uint64_t size;
	bool failed;
};

struct pieces *pieces_open(struct ntfs_file *file, uint64_t size, struct err *err)
{
	struct pieces *p = calloc(1, sizeof(*p));
	if (p)
		*p = (struct pieces){.file = file, .size = size, .arena = arena_new()};
	if (p && p->arena && size < SIZE_MAX) {
		p->there = arena_array(p->arena, (size_t)(size / HIVE_PIECE + 1), sizeof(bool),
				       err);
		p->bytes = arena_alloc(p->arena, (size_t)size, err);
	}
	if (p && p->bytes && p->there)
		return p;
	pieces_close(p);
	no_memory(err);
	return NULL;
}

void pieces_close(struct pieces *p)
{
	if (!p)
		return;
	arena_free(p->arena);
	free(p);
}

struct span pieces_span(const struct pieces *p)
{
	return (struct span){p->bytes, (size_t)p->size};
}

static int fetch(void *context, uint64_t off, uint64_t len, struct err *err)
{
	return pieces_need(context, off, len, err);
}

struct hive_source pieces_source(struct pieces *p)
{
	return (struct hive_source){fetch, p, p->there};
}

bool pieces_failed(const struct pieces *p)
{
	return p->failed;
}

/* Pieces [first, end), of which none is there. */
static int read_run(struct pieces *p, uint64_t first, uint64_t end, struct err *err)
{
	uint64_t at = first * HIVE_PIECE,
		 to = end * HIVE_PIECE < p->size ? end * HIVE_PIECE : p->size;
	if (ntfs_file_read_once(p->file, at, p->bytes + at, (size_t)(to - at), err) < 0) {
		p->failed = true;
		return -1;
	}
	memset(p->there + first, true, (size_t)(end - first));
	return 0;
}

int pieces_need(struct pieces *p, uint64_t off, uint64_t len, struct err *err)
{
	if (len == 0 || off >= p->size || len > p->size - off)
		return err_set(err, E_CORRUPT, "%llu bytes at 0x%llx are not inside the hive",
			       (unsigned long long)len, (unsigned long long)off);
	uint64_t piece = off / HIVE_PIECE, end = (off + len - 1) / HIVE_PIECE + 1;
	while (piece < end) {
		uint64_t first = piece;
		while (piece < end && !p->there[piece])
			piece++;
		if (piece > first && read_run(p, first, piece, err) < 0)
			return -1;
		while (piece < end && p->there[piece])
			piece++;
	}
	return 0;
}

static int base_again(struct pieces *p, struct err *err)
{
	uint8_t now[HIVE_BASE];
	size_t len = p->size < sizeof(now) ? (size_t)p->size : sizeof(now);
	if (p->there[0] && ntfs_file_read_once(p->file, 0, now, len, err) < 0)
		return -1;
	if (p->there[0] && memcmp(now, p->bytes, len) != 0)
		return err_set(err, E_CHANGED, "the hive was changed by another program");
	return 0;
}

int pieces_rest(struct pieces *p, struct err *err)
{
	return base_again(p, err) < 0 ? -1 : pieces_need(p, 0, p->size, err);
}
