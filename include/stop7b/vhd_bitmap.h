/* SPDX-License-Identifier: MIT */
/*
 * The sector bitmap in front of a dynamic VHD's block: do programs agree about these sectors, and
 * which bits must be set so that they do after a write. Inside disk/ only.
 */
#ifndef STOP7B_VHD_BITMAP_H
#define STOP7B_VHD_BITMAP_H

#include "stop7b/container.h"

/* A range of one stored block. */
struct vhd_range {
	struct image_file *file;
	uint64_t block;      /* its number, for texts */
	uint64_t bitmap_at;  /* file offset of its sector bitmap */
	uint64_t content_at; /* file offset of its first sector */
	uint64_t within;     /* the range: bytes from the block's first sector */
	uint64_t len;        /* bytes, > 0, not beyond the block */
};

/*
 * Refuse sectors of the range whose bit is clear while they hold other bytes than zeros.
 * 0, or -1 with err: E_MAP, E_IO, E_CORRUPT (the file ended).
 */
int vhd_bitmap_agree(const struct vhd_range *range, struct err *err);

/*
 * Append the bitmap bytes that must change so that the bits of all sectors of the range are set;
 * a byte that out already writes gets the new bits too. 0, or -1 with err as above or E_MEMORY.
 */
int vhd_bitmap_set(const struct vhd_range *range, struct write_list *out, struct err *err);

#endif
