/* SPDX-License-Identifier: MIT */
/*
 * What the files of the fence share: ntfs_fence.c (sector by sector), ntfs_fence_ranges.c (which
 * structure a byte belongs to), ntfs_fence_result.c (what the volume would say afterwards).
 */
#ifndef STOP7B_NTFS_FENCE_H
#define STOP7B_NTFS_FENCE_H

#include "ntfs_write_internal.h"

/* Bytes [from, to) of the volume, part of a structure; first is what from is in it. */
struct fence_range {
	uint64_t from, to, first;
	uint64_t owner; /* record of a directory whose index blocks they are, else 0 */
	enum ntfs_place place;
};

struct fence_ranges {
	struct arena *arena;
	struct fence_range *items; /* by rising from once sorted */
	size_t n, cap;
};

/* The clusters of a stream; nothing of a resident one. 0, or -1 with E_MEMORY. */
int fence_add_stream(struct fence_ranges *r, const struct ntfs_stream *s, uint32_t cluster,
		     enum ntfs_place place, uint64_t owner, struct err *err);
void fence_sort(struct fence_ranges *r);
/* The range that holds the byte, or NULL. */
const struct fence_range *fence_find(const struct fence_ranges *r, uint64_t off);

/* Numbers, rising, each once. */
struct fence_numbers {
	struct arena *arena;
	uint64_t *items;
	size_t n, cap;
};
int fence_add_number(struct fence_numbers *r, uint64_t number, struct err *err);
bool fence_has_number(const struct fence_numbers *r, uint64_t number);

/* The bits of a bitmap stream, read as they are asked for. */
struct fence_bits {
	struct ntfs_core *core;
	struct ntfs_stream stream;
	uint8_t *page;
	uint64_t page_at; /* byte of the stream, UINT64_MAX for none */
};
int fence_bits_open(struct fence_bits *b, struct ntfs_core *core, uint64_t number, uint32_t type,
		    struct arena *arena, struct err *err);
/* 1 set, 0 clear (behind the end too), -1 with err. */
int fence_bit(struct fence_bits *b, uint64_t number, struct err *err);

struct fence {
	struct ntfs_core *old, *new;
	const struct ntfs_plan *plan;
	struct arena *arena;
	uint64_t *directories, *made; /* record of each step's directory and of what it makes */
	struct fence_numbers records; /* that may change */
	struct fence_ranges before;   /* structures of the old volume */
	struct fence_ranges after;    /* the same of the new one, and new content */
	struct fence_bits clusters, mft_bits; /* of the old volume */
	struct fence_numbers changed_records, changed_blocks;
	struct ntfs_places *places;
};

/* Is step i the first that names its directory? */
bool fence_first_of_directory(const struct fence *f, size_t i);
/* Would the result be what was asked for, and nothing else? 0, or -1 with E_MAP or what reading says. */
int fence_check_result(struct fence *f, struct err *err);

#endif
