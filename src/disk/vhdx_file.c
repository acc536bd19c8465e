/* SPDX-License-Identifier: MIT */
/*
 * The overlay of replayed pages: a sorted array over the file, searched by bisection. It knows
 * nothing of the log's own format (vhdx_log.c) and nothing of what the pages mean.
 *
 * A page may lie behind the end of the file: the replay makes the file longer, and what no page
 * covers there reads as zeros. The file on the disk is never touched.
 *
 * Source: [MS-VHDX] 2.3.3, "Log Replay".
 */
#include "vhdx_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

/* 1 GiB of replaced bytes; a log of the usual 1 MiB holds 255 pages of data. */
#define VHDX_PAGES_MAX ((size_t)1 << 18)

struct vhdx_file {
	struct image_file *raw;
	struct arena *arena;
	uint64_t size;
	struct vhdx_page *pages;
	size_t n, cap;
};

struct vhdx_file *vhdx_file_new(struct image_file *raw, struct arena *arena, struct err *err)
{
	struct vhdx_file *f = arena_alloc(arena, sizeof(*f), err);
	if (!f)
		return NULL;
	f->raw = raw;
	f->arena = arena;
	f->size = image_file_size(raw);
	return f;
}

int vhdx_file_put(struct vhdx_file *f, uint64_t at, const uint8_t *bytes, struct err *err)
{
	if (f->n >= VHDX_PAGES_MAX)
		return err_set(err, E_UNSUPPORTED, "the VHDX log replaces more than %zu pages",
			       VHDX_PAGES_MAX);
	struct vhdx_page *pages = list_grow(f->arena, f->pages, f->n, &f->cap, sizeof(*pages), err);
	if (!pages)
		return -1;
	f->pages = pages;
	f->pages[f->n] = (struct vhdx_page){.at = at, .bytes = bytes, .order = f->n};
	f->n++;
	vhdx_file_grow(f, at + VHDX_PAGE);
	return 0;
}

void vhdx_file_grow(struct vhdx_file *f, uint64_t size)
{
	if (size > f->size)
		f->size = size;
}

static int by_place(const void *a, const void *b)
{
	const struct vhdx_page *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

void vhdx_file_settle(struct vhdx_file *f)
{
	size_t kept = 0;
	if (f->n > 1)
		qsort(f->pages, f->n, sizeof(*f->pages), by_place);
	for (size_t i = 0; i < f->n; i++) {
		if (kept > 0 && f->pages[kept - 1].at == f->pages[i].at)
			kept--;
		f->pages[kept++] = f->pages[i];
	}
	f->n = kept;
}

uint64_t vhdx_file_size(const struct vhdx_file *f)
{
	return f->size;
}

uint64_t vhdx_file_raw_size(const struct vhdx_file *f)
{
	return image_file_size(f->raw);
}

const struct vhdx_page *vhdx_file_pages(const struct vhdx_file *f, size_t *n)
{
	*n = f->n;
	return f->pages;
}

/* Index of the first page that ends behind off. */
static size_t first_page(const struct vhdx_file *f, uint64_t off)
{
	size_t low = 0, high = f->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (f->pages[middle].at + VHDX_PAGE <= off)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool vhdx_file_recovered(const struct vhdx_file *f, uint64_t off, uint64_t len)
{
	size_t i = first_page(f, off);
	return (i < f->n && f->pages[i].at < off + len) || off + len > vhdx_file_raw_size(f);
}

/* The part of the page that falls into [off, off+len). */
static void lay_over(const struct vhdx_page *page, uint64_t off, uint8_t *buf, size_t len)
{
	uint64_t from = page->at > off ? page->at : off;
	uint64_t page_end = page->at + VHDX_PAGE, end = off + len;
	size_t n = (size_t)((page_end < end ? page_end : end) - from);
	if (page->bytes)
		memcpy(buf + (from - off), page->bytes + (from - page->at), n);
	else
		memset(buf + (from - off), 0, n);
}

static int read_below(struct vhdx_file *f, uint64_t off, uint8_t *buf, size_t len, struct err *err)
{
	uint64_t raw = vhdx_file_raw_size(f);
	uint64_t there = raw > off ? raw - off : 0;
	size_t stored = there < len ? (size_t)there : len;
	memset(buf + stored, 0, len - stored);
	return image_file_read(f->raw, off, buf, stored, err);
}

int vhdx_file_read(struct vhdx_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	if (off > f->size || len > f->size - off)
		return err_set(err, E_CORRUPT,
			       "the file ends at 0x%" PRIx64 ", before 0x%" PRIx64 "+0x%zx",
			       f->size, off, len);
	if (read_below(f, off, buf, len, err) < 0)
		return -1;
	for (size_t i = first_page(f, off); i < f->n && f->pages[i].at < off + len; i++)
		lay_over(&f->pages[i], off, buf, len);
	return 0;
}

int vhdx_file_read_raw(struct vhdx_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	return image_file_read(f->raw, off, buf, len, err);
}
