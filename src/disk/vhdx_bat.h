/* SPDX-License-Identifier: MIT */
/*
 * The block allocation table of a VHDX file and its sector bitmaps: where a piece of the disk is
 * held. Every entry is checked before it is used. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_BAT_H
#define STOP7B_VHDX_BAT_H

#include "vhdx_metadata.h"

struct vhdx_bat;

/* The states of a block: MS-VHDX 2.5.1.1. Those from FULLY_PRESENT on have a place in the file. */
enum vhdx_state {
	VHDX_NOT_PRESENT = 0,
	VHDX_UNDEFINED = 1,
	VHDX_ZERO = 2,
	VHDX_UNMAPPED = 3,
	VHDX_FULLY_PRESENT = 6,
	VHDX_PARTIALLY_PRESENT = 7,
};

enum vhdx_where {
	VHDX_HERE,  /* in this file */
	VHDX_ZEROS, /* nowhere: it reads as zeros, whatever a parent holds */
	VHDX_ABOVE, /* in the parent */
};

/* A piece of one block that is held in one place. */
struct vhdx_extent {
	enum vhdx_where where;
	uint64_t block;   /* its number, for texts */
	uint64_t file_at; /* VHDX_HERE: file offset of its first byte */
	uint64_t len;     /* bytes, > 0 */
};

/* An entry of the table. */
struct vhdx_entry {
	uint64_t entry_at; /* where it stands in the file */
	enum vhdx_state state;
	uint64_t at; /* its block in the file, if there is one */
};

/*
 * f, regions and disk are borrowed. A small table (SCAN_MAX) is checked whole. NULL with err:
 * E_CORRUPT (the region is too small, an entry is wrong, blocks overlap), E_IO, E_MEMORY.
 */
struct vhdx_bat *vhdx_bat_open(struct vhdx_file *f, const struct vhdx_regions *regions,
			       const struct vhdx_disk *disk, struct err *err);
void vhdx_bat_close(struct vhdx_bat *t); /* accepts NULL */

/* Bytes of the disk's blocks in the file; UINT64_MAX when the table was too large to count. */
uint64_t vhdx_bat_stored(const struct vhdx_bat *t);

/*
 * Where is disk byte off, and how many bytes from there on, up to len, are in the same place?
 * 0, or -1 with err: E_CORRUPT (reserved state, entry outside the place for blocks, a bitmap that
 * is missing), E_IO.
 * Source: [MS-VHDX] 2.5, "BAT".
 */
int vhdx_bat_locate(struct vhdx_bat *t, uint64_t off, uint64_t len, struct vhdx_extent *out,
		    struct err *err);

/*
 * The entry of a block of the disk, and that of the sector bitmap which the block's bits are in.
 * 0, or -1 with err: E_CORRUPT, E_IO.
 */
int vhdx_bat_entry(struct vhdx_bat *t, uint64_t block, struct vhdx_entry *out, struct err *err);
int vhdx_bat_bitmap(struct vhdx_bat *t, uint64_t block, struct vhdx_entry *out, struct err *err);

/* Byte of its sector bitmap that begins with the bit of the block's first sector. */
uint64_t vhdx_bat_bits(const struct vhdx_bat *t, uint64_t block);

/*
 * Make sure that no two blocks of the whole table share a byte of the file: to be asked before
 * any byte is declared writable; only the first call costs something. 0, or -1 with err:
 * E_CORRUPT, E_UNSUPPORTED (a file above CLAIM_MAX), E_IO, E_MEMORY.
 */
int vhdx_bat_alone(struct vhdx_bat *t, struct err *err);

#endif
