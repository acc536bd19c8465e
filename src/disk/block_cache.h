/* SPDX-License-Identifier: MIT */
/*
 * A small read cache of equal blocks, so that many small reads become few large ones. It knows
 * neither files nor disks: a callback fills a block. Inside disk/ only.
 */
#ifndef STOP7B_BLOCK_CACHE_H
#define STOP7B_BLOCK_CACHE_H

#include "stop7b/bytes.h"

struct block_cache;

/* Fill buf with bytes [off, off+len) of what is cached; 0, or -1 with err. */
typedef int (*block_fill)(void *owner, uint64_t off, void *buf, size_t len, struct err *err);

struct block_cache_shape {
	uint64_t size;    /* bytes of what is cached; the last block may be short */
	size_t block_len; /* bytes of a block */
	unsigned slots;   /* how many blocks are kept, 1..BLOCK_CACHE_SLOTS_MAX */
};

#define BLOCK_CACHE_SLOTS_MAX 32

struct block_cache *block_cache_new(const struct block_cache_shape *shape, block_fill fill,
				    void *owner, struct err *err);
void block_cache_free(struct block_cache *c); /* accepts NULL */

/* Read bytes [off, off+len), which lie inside size. 0, or -1 with the err of fill. */
int block_cache_read(struct block_cache *c, uint64_t off, void *buf, size_t len, struct err *err);

#endif
