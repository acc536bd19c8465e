/* SPDX-License-Identifier: MIT */
/*
 * A disk with bytes that are not written yet: reads come from the disk below, and what the list
 * holds lies over it. So what is staged is judged by the code that judges what is there. It has no
 * file: nothing can be placed through it, and the container's own bytes are not seen.
 */
#include <stdlib.h>
#include <string.h>

#include "container.h"

struct overlay {
	struct image *below;
	const struct write_list *list;
};

/* The part of a write that lies in the bytes that are read. */
static void put_over(const struct write *w, uint64_t off, uint8_t *buf, size_t len)
{
	uint64_t from = w->off > off ? w->off : off;
	uint64_t to = w->off + w->len < off + len ? w->off + w->len : off + len;
	if (from < to)
		memcpy(buf + (from - off), w->new_bytes + (from - w->off), (size_t)(to - from));
}

static int overlay_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	const struct overlay *o = state;
	if (image_read(o->below, off, buf, len, err) < 0)
		return -1;
	for (size_t i = 0; i < o->list->n; i++)
		put_over(&o->list->items[i], off, buf, len);
	return 0;
}

static const struct container overlay_container = {
	.name = "overlay",
	.close = free,
	.read = overlay_read,
};

struct image *image_open_overlay(struct image *below, const struct write_list *list,
				 struct err *err)
{
	struct image_info info = *image_info(below);
	struct overlay *o = malloc(sizeof(*o));
	if (o)
		*o = (struct overlay){below, list};
	info.file_size = 0;
	return image_open_made(&overlay_container, o, &info, err);
}
