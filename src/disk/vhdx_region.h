/* SPDX-License-Identifier: MIT */
/*
 * The region table of a VHDX file: where its block table and its metadata lie, and which places
 * of the file are taken so that no block may lie there. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_REGION_H
#define STOP7B_VHDX_REGION_H

#include "vhdx_file.h"
#include "vhdx_header.h"

struct vhdx_place {
	uint64_t at, len; /* bytes of the file */
};

struct vhdx_regions {
	struct vhdx_place table; /* block allocation table */
	struct vhdx_place metadata;
	struct vhdx_place *taken; /* all regions and the log, by rising offset */
	size_t n_taken;
	bool first_damaged; /* the second copy was used */
};

/*
 * Read the first sound copy of the region table. 0, or -1 with err: E_CORRUPT, E_UNSUPPORTED (a
 * required region of unknown kind), E_IO, E_MEMORY.
 * Source: [MS-VHDX] 2.2.3, "Region Tables".
 */
int vhdx_regions_read(struct vhdx_file *f, const struct vhdx_header *header, struct arena *arena,
		      struct vhdx_regions *out, struct err *err);

/* The taken place that [at, at+len) touches, or NULL. */
const struct vhdx_place *vhdx_regions_touch(const struct vhdx_regions *r, uint64_t at,
					    uint64_t len);

#endif
