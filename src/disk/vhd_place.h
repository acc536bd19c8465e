/* SPDX-License-Identifier: MIT */
/*
 * Where sectors of a VHD will lie in its file once they are written, new blocks included. Inside
 * disk/ only.
 */
#ifndef STOP7B_VHD_PLACE_H
#define STOP7B_VHD_PLACE_H

#include "vhd_end.h"
#include "vhd_sectors.h"

/* What placing must know of an open disk; borrowed. */
struct vhd_layout {
	struct image_file *file;
	const struct vhd_end *end;
	struct vhd_table *table;     /* NULL for a fixed disk */
	uint32_t block_size;         /* bytes of content in a block */
	struct vhd_sectors *sectors; /* of a disk with a parent, else NULL */
	const char *no_writes;       /* why the file may not be written, or NULL */
};

/*
 * As the place verb of struct container. -1 with err: E_MAP (the file cannot grow, a sector that
 * programs see differently), E_CORRUPT, E_IO, E_MEMORY.
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Block Allocation Table and Data
 * Blocks".
 */
int vhd_place_sectors(const struct vhd_layout *disk, const struct write *sectors, size_t n,
		      uint64_t *file_off, struct placement *out, struct err *err);

#endif
