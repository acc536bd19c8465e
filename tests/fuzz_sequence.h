/* SPDX-License-Identifier: MIT */
/*
 * Pieces of an NTFS volume. Each sector of a record ends in two bytes that say which write of the
 * record it is from (the update sequence); they are put right before the volume is looked at, so that
 * mutations get behind them, unless flag 1 is set. An input need not name a sector that holds no
 * more than those two bytes.
 */
#ifndef STOP7B_FUZZ_SEQUENCE_H
#define STOP7B_FUZZ_SEQUENCE_H

#include "fuzz_pieces.h"

#define SEQUENCE_MAX 129u /* sectors of the largest record, 64 KiB, and one for the number */

/* How many sectors of the record at p get their last two bytes: 0 where none begins. */
static inline size_t sequence_sectors(const uint8_t *p, size_t left)
{
	size_t n = le16((struct span){p, PIECE}, 6);
	if (memcmp(p, "FILE", 4) != 0 && memcmp(p, "INDX", 4) != 0)
		return 0;
	n = n > SEQUENCE_MAX ? SEQUENCE_MAX : n;
	return n == 0 ? 0 : n - 1 < left / PIECE ? n - 1 : left / PIECE;
}

static inline void sequence_fill(struct pieces p, uint8_t *volume)
{
	struct pieces again = p;
	struct piece one;
	pieces_fill(p, volume);
	while (!(p.flags & 1) && pieces_next(&again, &one)) {
		uint8_t *record = volume + one.off;
		size_t at = le16((struct span){record, PIECE}, 4);
		for (size_t n = sequence_sectors(record, p.n * PIECE - one.off);
		     at <= PIECE - 4 && n > 0; n--)
			memcpy(record + n * PIECE - 2, record + at, 2);
	}
}

static inline void sequence_clear(struct pieces p, uint8_t *volume)
{
	struct pieces again = p;
	for (struct piece one; pieces_next(&again, &one);)
		for (size_t n = sequence_sectors(volume + one.off, p.n * PIECE - one.off); n > 0;
		     n--)
			memset(volume + one.off + n * PIECE - 2, 0, 2);
	pieces_clear(p, volume);
}

#endif
