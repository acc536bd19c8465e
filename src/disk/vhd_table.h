/* SPDX-License-Identifier: MIT */
/*
 * The block allocation table of a dynamic VHD: block number to file offset, every entry checked
 * before it is used. Inside disk/ only.
 */
#ifndef STOP7B_VHD_TABLE_H
#define STOP7B_VHD_TABLE_H

#include "container.h"

struct vhd_table;

struct vhd_table_shape {
	uint64_t at; /* file offset of the table */
	uint32_t entries;
	uint32_t block_size; /* bytes of content in a block */
	uint64_t disk_size;
	uint64_t header_at, header_end; /* file offsets of the dynamic header */
	uint64_t limit;                 /* file offset that no block may cross: the footer's */
};

/*
 * Check that the table lies inside the file and, when it is small (TABLE_SCAN_MAX), that all its
 * entries are sound and no two blocks overlap. NULL with err: E_CORRUPT, E_IO, E_MEMORY.
 */
struct vhd_table *vhd_table_open(struct image_file *f, const struct vhd_table_shape *shape,
				 struct err *err);
void vhd_table_close(struct vhd_table *t); /* accepts NULL */

/* Bytes of content in stored blocks; UINT64_MAX when the table was too large to be counted. */
uint64_t vhd_table_stored(const struct vhd_table *t);

/* Bytes of the sector bitmap in front of each block's content. */
uint64_t vhd_table_bitmap_len(const struct vhd_table *t);

/*
 * Find a block. 1 with *at, the file offset of its sector bitmap; 0 when it is not stored; -1
 * with err: E_CORRUPT (entry outside the place for blocks), E_IO.
 */
int vhd_table_find(struct vhd_table *t, uint64_t block, uint64_t *at, struct err *err);

/*
 * Make sure that no other entry overlaps a stored block: to be asked before its bytes are
 * declared writable. 0, or -1 with err: E_CORRUPT, E_IO, E_MEMORY.
 */
int vhd_table_alone(struct vhd_table *t, uint64_t block, uint64_t at, struct err *err);

/*
 * Append to out the entry that puts a block, which is not stored, at file offset `at`, a whole
 * number of sectors. 0, or -1 with err: E_MAP (the entry cannot say so large an offset), E_CORRUPT
 * (another block is there already), E_IO, E_MEMORY.
 */
int vhd_table_add(struct vhd_table *t, uint64_t block, uint64_t at, struct write_list *out,
		  struct err *err);

#endif
