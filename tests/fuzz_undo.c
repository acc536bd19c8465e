/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as an undo record. The hash is put right first, so that mutations get
 * behind it. What decodes must keep its ranges and encode to a record that decodes again.
 */
#include "stop7b/undo.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ranges(const struct undo_record *r)
{
	uint64_t end = 0;
	for (size_t i = 0; i < r->writes.n; i++) {
		const struct write *w = &r->writes.items[i];
		if (w->off < end || w->off > r->new_length || w->len > r->new_length - w->off)
			abort();
		end = w->off + w->len;
	}
}

static void check_compare(const struct undo_record *r, struct arena *arena)
{
	static const uint8_t disk[1u << 16];
	struct undo_check check;
	struct image *img = image_open_memory(disk, sizeof(disk), 512, NULL);
	if (img && undo_compare(r, img, arena, &check, NULL) == 0 && r->writes.n > 0 &&
	    check.state == UNDO_FOREIGN && check.foreign_at == UINT64_MAX)
		abort();
	image_close(img);
}

static void check_again(const struct undo_record *r, struct arena *arena)
{
	struct span bytes;
	struct undo_record back;
	if (undo_encode(r, arena, &bytes, NULL) < 0)
		return;
	uint8_t *file = arena_alloc(arena, bytes.len + UNDO_MARK_LEN, NULL);
	if (!file)
		return;
	memcpy(file, bytes.p, bytes.len);
	if (undo_decode((struct span){file, bytes.len + UNDO_MARK_LEN}, arena, &back, NULL) < 0 ||
	    back.writes.n != r->writes.n || back.n_values != r->n_values || back.complete)
		abort();
}

static uint8_t *healed(struct arena *arena, const uint8_t *data, size_t size)
{
	uint8_t *copy = arena_copy(arena, data, size);
	size_t hash_at = size - UNDO_MARK_LEN - SHA256_LEN;
	if (copy)
		sha256_of((struct span){copy, hash_at}, copy + hash_at);
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct undo_record r;
	if (arena && size > UNDO_MARK_LEN + SHA256_LEN) {
		uint8_t *copy = healed(arena, data, size);
		if (copy && undo_decode((struct span){copy, size}, arena, &r, NULL) == 0) {
			check_ranges(&r);
			check_compare(&r, arena);
			check_again(&r, arena);
		}
	}
	arena_free(arena);
	return 0;
}
