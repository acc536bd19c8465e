/* SPDX-License-Identifier: MIT */
/*
 * The sector bitmap in front of a dynamic VHD's block: do programs agree about a sector, and which
 * bit must be set so that they do after a write. Inside disk/ only.
 */
#ifndef STOP7B_VHD_BITMAP_H
#define STOP7B_VHD_BITMAP_H

#include "container.h"

#define VHD_SECTORS_PER_BYTE 8u

/* A sector of a stored block. */
struct vhd_place {
	struct image_file *file;
	uint64_t block;      /* its block's number, for texts */
	uint64_t bitmap_at;  /* file offset of the block's sector bitmap */
	uint64_t content_at; /* file offset of the sector itself */
	uint64_t sector;     /* counted from the block's first */
};

/* The bit of a sector in its byte of the bitmap. */
uint8_t vhd_bitmap_bit(uint64_t sector);

/*
 * Refuse a sector whose bit is clear while it holds other bytes than zeros.
 * 0, or -1 with err: E_MAP, E_IO, E_CORRUPT (the file ended).
 */
int vhd_bitmap_agree(const struct vhd_place *p, struct err *err);

/*
 * Append the bitmap byte that must change so that the sector's bit is set, if one must; when the
 * last write of out is that byte, it gets the bit too. 0, or -1 with err as above or E_MEMORY.
 */
int vhd_bitmap_set(const struct vhd_place *p, struct write_list *out, struct err *err);

#endif
