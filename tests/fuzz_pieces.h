/* SPDX-License-Identifier: MIT */
/*
 * Inputs of fuzz targets that stand for a disk, a volume or an image file: mostly zeros, of which
 * only the pieces that are none are named. Such an input is kilobytes where the disk has megabytes,
 * and no byte of it is idle.
 *
 *	4 bytes   pieces of the whole, less one (taken modulo); the upper four bits are flags
 *	then      4 bytes: a piece's number (taken modulo), with ALL_ONES for one of 0xFF alone, with
 *	          COUNTING for 256 words of which each is one more than the one before it (most of an
 *	          $UpCase), and 2 bytes follow, the first; else 512 bytes follow; what the last piece
 *	          is short of stays as it is
 *
 * Every input is a disk. Numbers are little-endian. tests/seeds.sh folds the seeds.
 */
#ifndef STOP7B_FUZZ_PIECES_H
#define STOP7B_FUZZ_PIECES_H

#include "stop7b/bytes.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PIECE        512u
#define PIECES_MAX   32768u /* 16 MiB */
#define PIECES_FLAGS 28     /* the first bit of the flags */
#define ALL_ONES     (1u << 31)
#define COUNTING     (1u << 30)

struct piece {
	size_t off;           /* in the disk */
	const uint8_t *bytes; /* NULL: of ALL_ONES or COUNTING */
	size_t len;
	bool counting;
	uint16_t first;
};

struct pieces {
	struct span in;
	size_t at, n;   /* where the next one stands; pieces of the whole */
	unsigned flags; /* 0 to 15: the target's own */
};

static inline struct pieces pieces_of(const uint8_t *data, size_t size, size_t most)
{
	const struct span in = {data, size};
	uint32_t head = le32(in, 0);
	return (struct pieces){in, 4, (head & ((1u << PIECES_FLAGS) - 1)) % most + 1,
			       head >> PIECES_FLAGS};
}

static inline bool pieces_next(struct pieces *p, struct piece *out)
{
	if (p->at > p->in.len || p->in.len - p->at < 4)
		return false;
	uint32_t number = le32(p->in, p->at);
	p->at += 4;
	*out = (struct piece){.off = (number & ~(ALL_ONES | COUNTING)) % p->n * PIECE,
			      .counting = number & COUNTING};
	if (number & ALL_ONES)
		return true;
	if (number & COUNTING) {
		out->first = le16(p->in, p->at);
		p->at += 2;
		return true;
	}
	out->bytes = p->in.p + p->at;
	out->len = p->in.len - p->at < PIECE ? p->in.len - p->at : PIECE;
	p->at += out->len;
	return true;
}

static inline void piece_fill(const struct piece *one, uint8_t *to)
{
	if (one->bytes)
		memcpy(to, one->bytes, one->len);
	else if (!one->counting)
		memset(to, 0xff, PIECE);
	for (unsigned i = 0; one->counting && i < PIECE / 2; i++) {
		to[2 * i] = (uint8_t)(one->first + i);
		to[2 * i + 1] = (uint8_t)((one->first + i) >> 8);
	}
}

/* Fill a disk of zeros. */
static inline void pieces_fill(struct pieces p, uint8_t *disk)
{
	for (struct piece one; pieces_next(&p, &one);)
		piece_fill(&one, disk + one.off);
}

/* The same backwards: nothing but what was filled is touched. */
static inline void pieces_clear(struct pieces p, uint8_t *disk)
{
	for (struct piece one; pieces_next(&p, &one);)
		memset(disk + one.off, 0, PIECE);
}

/*
 * Room for a disk of zeros that ends where the first byte behind it cannot be read. The same for
 * every input, so whoever fills it clears it. NULL without memory.
 */
static inline uint8_t *pieces_room(size_t n)
{
	static uint8_t *end;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), most = PIECES_MAX * PIECE;
	if (!end) {
		uint8_t *room = mmap(NULL, most + page, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (room == MAP_FAILED)
			return NULL;
		mprotect(room + most, page, PROT_NONE);
		end = room + most;
	}
	return end - n * PIECE;
}

/* ---- mutation ---- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

#define ANYWHERE 16u /* one in so many inputs is changed as if it had no form */

/*
 * libFuzzer's own changes, inside one piece: bytes put in or taken out elsewhere would move all pieces
 * behind. data is the input, which has room for max bytes.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct pieces p = pieces_of(data, size, PIECES_MAX), again = p;
	struct piece one;
	unsigned n = 0;
	while (pieces_next(&p, &one))
		n += one.bytes && one.len > 0;
	if (n == 0 || seed % ANYWHERE == 0)
		return LLVMFuzzerMutate(data, size, max);
	for (n = seed / ANYWHERE % n + 1; n > 0 && pieces_next(&again, &one);)
		n -= one.bytes && one.len > 0;
	LLVMFuzzerMutate(data + (one.bytes - data), one.len, one.len);
	return size;
}

#endif
