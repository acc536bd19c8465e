/* SPDX-License-Identifier: MIT */
/*
 * The metadata of a VHDX file: size and shape of its disk. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_METADATA_H
#define STOP7B_VHDX_METADATA_H

#include "vhdx_file.h"
#include "vhdx_region.h"

struct vhdx_disk {
	uint64_t size;        /* bytes of the virtual disk */
	uint32_t block_size;  /* bytes, a power of two, 1 to 256 MiB */
	uint32_t sector_size; /* logical, 512 or 4096 */
	bool fixed;           /* blocks stay allocated */
	bool has_parent;
	char id[GUID_TEXT];        /* virtual disk id: the same in a child and its parent */
	struct vhdx_place locator; /* parent locator in the file; len 0 when there is none */
};

/*
 * Read the metadata table and its known items. 0, or -1 with err: E_CORRUPT (an item is missing,
 * twice there, outside its region, or has an impossible value), E_UNSUPPORTED (a required item of
 * unknown kind), E_IO, E_MEMORY.
 * Source: [MS-VHDX] 2.6, "Metadata Region".
 */
int vhdx_metadata_read(struct vhdx_file *f, const struct vhdx_place *region, struct vhdx_disk *out,
		       struct err *err);

#endif
