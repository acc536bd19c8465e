/* SPDX-License-Identifier: MIT */
/*
 * The arena: memory in blocks that all die together. Before that only a large piece goes, one that
 * has a block of its own, when its owner gives it up. Allocations are zeroed and aligned for any
 * type.
 */
#include "stop7b/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_FIRST (4u * 1024)        /* hundreds of arenas hold one open file's name each */
#define BLOCK_SIZE  (64u * 1024)       /* after some doublings: all of it is zeroed */
#define LARGE_FROM  (4u * 1024 * 1024) /* bytes of a block from which on page faults matter */
#define ALIGN       _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used, cap;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks; /* the first one is the one being filled */
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

/* A hive of 16 MB costs 4,000 page faults otherwise, more time than reading it. A hint only. */
static void use_large_pages(void *p, size_t len)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)p + page - 1) / page * page,
		  to = ((uintptr_t)p + len) / page * page;
	if (to > from)
		madvise((void *)from, to - from, MADV_HUGEPAGE);
}

static struct block *block_new(size_t cap)
{
	if (cap > SIZE_MAX - sizeof(struct block))
		return NULL;
	struct block *b = calloc(1, sizeof(*b) + cap);
	if (b)
		b->cap = cap;
	if (b && cap >= LARGE_FROM)
		use_large_pages(b, sizeof(*b) + cap);
	return b;
}

/* Large pieces get a block of their own behind the one being filled. */
static struct block *block_for(struct arena *a, size_t len)
{
	struct block *first = a->blocks;
	if (first && first->cap - first->used >= len)
		return first;
	size_t usual = first ? 2 * first->cap : BLOCK_FIRST;
	usual = usual < BLOCK_FIRST ? BLOCK_FIRST : usual > BLOCK_SIZE ? BLOCK_SIZE : usual;
	struct block *b = block_new(len > usual / 4 ? len : usual);
	if (!b)
		return NULL;
	if (first && b->cap == len) {
		b->next = first->next;
		first->next = b;
	} else {
		b->next = first;
		a->blocks = b;
	}
	return b;
}

static void *take(struct arena *a, size_t len)
{
	if (len > SIZE_MAX - ALIGN)
		return NULL;
	size_t rounded = (len + ALIGN - 1) / ALIGN * ALIGN;
	struct block *b = block_for(a, rounded);
	if (!b)
		return NULL;
	void *p = b->bytes + b->used;
	b->used += rounded;
	return p;
}

void arena_give_up(struct arena *a, void *p, size_t len)
{
	if (len <= BLOCK_SIZE / 4)
		return;
	for (struct block **at = &a->blocks; *at; at = &(*at)->next) {
		struct block *b = *at;
		if (b->bytes != p || b->cap - len >= ALIGN)
			continue;
		*at = b->next;
		free(b);
		return;
	}
}

void *arena_alloc(struct arena *a, size_t len, struct err *err)
{
	void *p = take(a, len);
	return p ? p : err_null(err, E_MEMORY, "no memory for %zu bytes", len);
}

void *arena_array(struct arena *a, size_t n, size_t size, struct err *err)
{
	size_t len;
	if (__builtin_mul_overflow(n, size, &len))
		return err_null(err, E_MEMORY, "no memory for %zu items", n);
	return arena_alloc(a, len, err);
}

void *arena_copy(struct arena *a, const void *p, size_t len)
{
	void *copy = take(a, len);
	if (copy && len > 0)
		memcpy(copy, p, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s) + 1);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	char *s = n < 0 ? NULL : take(a, (size_t)n + 1);
	if (s)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
	return s;
}

int no_memory(struct err *err)
{
	return err_set(err, E_MEMORY, "no memory");
}
