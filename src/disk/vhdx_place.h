/* SPDX-License-Identifier: MIT */
/*
 * Where sectors of a VHDX will lie in its file once they are written, new blocks included. Inside
 * disk/ only.
 */
#ifndef STOP7B_VHDX_PLACE_H
#define STOP7B_VHDX_PLACE_H

#include "vhdx_bat.h"
#include "vhdx_update.h"

/* What placing must know of an open disk; borrowed. */
struct vhdx_layout {
	struct vhdx_file *file;
	const struct vhdx_headers *headers;
	const struct vhdx_regions *regions;
	const struct vhdx_disk *disk;
	struct vhdx_bat *table;
	struct vhdx_update *update;
	bool block_device;
	const char *no_writes; /* why the file may not be written, or NULL */
};

/*
 * As the place verb of struct container. -1 with err: E_MAP (the file may not be written or cannot
 * grow, content that the log holds), E_CORRUPT, E_UNSUPPORTED, E_IO, E_MEMORY.
 * Source: [MS-VHDX] 2.4 and 2.5.
 */
int vhdx_place_sectors(const struct vhdx_layout *disk, const struct write *sectors, size_t n,
		       uint64_t *file_off, struct placement *out, struct err *err);

#endif
