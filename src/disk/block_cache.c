/* SPDX-License-Identifier: MIT */
/*
 * A fixed number of blocks, the one longest unused replaced first. A block that could not be
 * filled is not kept, so the next read asks again. What is below must not change while cached:
 * an image that was written is opened again.
 */
#include "block_cache.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	uint64_t block; /* number of the block held; meaningless while used == 0 */
	uint64_t used;  /* value of the clock at the last use; 0: empty */
	uint8_t *bytes;
};

struct block_cache {
	struct block_cache_shape shape;
	block_fill fill;
	void *owner;
	uint64_t clock;
	uint8_t *memory;
	struct slot slots[BLOCK_CACHE_SLOTS_MAX];
};

struct block_cache *block_cache_new(const struct block_cache_shape *shape, block_fill fill,
				    void *owner, struct err *err)
{
	if (shape->slots < 1 || shape->slots > BLOCK_CACHE_SLOTS_MAX || shape->block_len == 0)
		return err_null(err, E_USAGE, "a cache of %u blocks of %zu bytes", shape->slots,
				shape->block_len);
	struct block_cache *c = calloc(1, sizeof(*c));
	uint8_t *memory = malloc(shape->slots * shape->block_len);
	if (!c || !memory) {
		free(c);
		free(memory);
		return err_null(err, E_MEMORY, "no memory for the read cache");
	}
	*c = (struct block_cache){
		.shape = *shape,
		.fill = fill,
		.owner = owner,
		.memory = memory,
	};
	for (unsigned i = 0; i < shape->slots; i++)
		c->slots[i].bytes = memory + i * shape->block_len;
	return c;
}

void block_cache_free(struct block_cache *c)
{
	if (!c)
		return;
	free(c->memory);
	free(c);
}

/* The slot that holds block, or else the one to fill with it. */
static struct slot *choose(struct block_cache *c, uint64_t block)
{
	struct slot *oldest = &c->slots[0];
	for (unsigned i = 0; i < c->shape.slots; i++) {
		struct slot *s = &c->slots[i];
		if (s->used > 0 && s->block == block)
			return s;
		if (s->used < oldest->used)
			oldest = s;
	}
	return oldest;
}

static const uint8_t *block_bytes(struct block_cache *c, uint64_t block, struct err *err)
{
	struct slot *s = choose(c, block);
	if (s->used == 0 || s->block != block) {
		uint64_t off = block * c->shape.block_len;
		uint64_t left = c->shape.size - off;
		size_t len = left < c->shape.block_len ? (size_t)left : c->shape.block_len;
		s->used = 0;
		if (c->fill(c->owner, off, s->bytes, len, err) < 0)
			return NULL;
		s->block = block;
	}
	s->used = ++c->clock;
	return s->bytes;
}

int block_cache_read(struct block_cache *c, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint8_t *to = buf;
	while (len > 0) {
		size_t within = (size_t)(off % c->shape.block_len);
		size_t step = c->shape.block_len - within;
		if (step > len)
			step = len;
		const uint8_t *bytes = block_bytes(c, off / c->shape.block_len, err);
		if (!bytes)
			return -1;
		memcpy(to, bytes + within, step);
		to += step;
		off += step;
		len -= step;
	}
	return 0;
}
