/* SPDX-License-Identifier: MIT */
/*
 * Which sectors of a differencing VHD's blocks are its own: the sector bitmaps, read through a
 * small cache. Inside disk/ only.
 */
#ifndef STOP7B_VHD_SECTORS_H
#define STOP7B_VHD_SECTORS_H

#include "vhd_table.h"

struct vhd_sectors;

struct vhd_sectors_shape {
	uint32_t block_size; /* bytes of content in a block */
	uint64_t disk_size;
};

/* The bitmaps of all blocks of the table, which must stay open longer. NULL with E_MEMORY. */
struct vhd_sectors *vhd_sectors_open(struct image_file *f, struct vhd_table *table,
				     const struct vhd_sectors_shape *shape, struct err *err);
void vhd_sectors_close(struct vhd_sectors *s); /* accepts NULL */

/*
 * Whose are bytes [within, within+len) of a stored block? len > 0, not beyond the block.
 *
 *   run  how many bytes from the first one on have the same owner, 1..len
 *
 * 1: this disk's (bit set), 0: the parent's, -1 with err: E_IO, E_CORRUPT (the file ended).
 */
int vhd_sectors_run(struct vhd_sectors *s, uint64_t block, uint64_t within, uint64_t len,
		    uint64_t *run, struct err *err);

/*
 * Does libvhdi 20210425 misread the bitmaps? In a byte of a bitmap it takes every sector behind
 * the first one that is set for set too; and it lets a run of clear bits go on into the padding of
 * the bitmap of a small block, over the blocks that follow. Reads the bitmaps of all stored
 * blocks. 1 or 0, or -1 with err as above.
 */
int vhd_sectors_misread(struct vhd_sectors *s, struct err *err);

#endif
