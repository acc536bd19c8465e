/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: recover any bytes from any logs. The input is the primary file and up to three
 * logs one after the other, each behind its length (4 bytes, little-endian). Checksums and hashes
 * are put right where they stand, so that mutations get behind them.
 */
#include "src/registry/hive_log_internal.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span take(struct span *rest)
{
	uint32_t len = le32(*rest, 0);
	*rest = span_sub(*rest, 4, rest->len >= 4 ? rest->len - 4 : 0);
	struct span s = span_sub(*rest, 0, len < rest->len ? len : rest->len);
	*rest = span_sub(*rest, s.len, rest->len - s.len);
	return s;
}

static void heal_base(uint8_t *p, size_t len)
{
	if (len >= BASE_SECTOR)
		put_le32(p + BASE_CHECKSUM_AT, hive_checksum((struct span){p, len}));
}

/* A copy of s with right checksum and entry hashes. */
static struct span healed(struct arena *arena, struct span s)
{
	uint8_t *p = arena_copy(arena, s.len ? s.p : (const uint8_t *)"", s.len);
	struct span copy = {p, p ? s.len : 0};
	heal_base(p, copy.len);
	for (uint64_t at = BASE_SECTOR; span_holds(copy, at, 40); at += le32(copy, at + 4)) {
		uint32_t len = le32(copy, at + 4);
		if (len < 40 || len % 512 != 0 || !span_holds(copy, at, len))
			break;
		put_le64(p + at + 24, marvin32(span_sub(copy, at + 40, len - 40)));
		put_le64(p + at + 32, marvin32(span_sub(copy, at, 32)));
	}
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {data, size};
	struct arena *arena = arena_new();
	struct hive_recovery got;
	struct hive h;
	struct hive_log_input in;
	if (!arena)
		return 0;
	in.primary = take(&rest);
	if (le32(in.primary, BASE_CHECKSUM_AT) % 4 != 0)
		in.primary = healed(arena, in.primary);
	for (size_t i = 0; i < HIVE_LOGS; i++)
		in.logs[i] = healed(arena, take(&rest));
	if (hive_recover(&in, arena, &got, NULL) == 0 && got.recovered)
		hive_open(&h, got.bytes, NULL);
	arena_free(arena);
	return 0;
}
