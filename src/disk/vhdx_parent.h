/* SPDX-License-Identifier: MIT */
/*
 * How a differencing VHDX names its parent, and opening that parent. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_PARENT_H
#define STOP7B_VHDX_PARENT_H

#include "chain.h"
#include "vhdx_metadata.h"

/*
 * Read the parent locator. 0 with texts in arena, or -1 with err: E_CORRUPT (an entry outside the
 * locator, no linkage, no path), E_UNSUPPORTED (another kind of locator), E_IO, E_MEMORY.
 * Source: [MS-VHDX] 2.6.2.6, "Parent Locator".
 */
int vhdx_parent_want(struct vhdx_file *f, const struct vhdx_place *locator, struct arena *arena,
		     struct chain_want *out, struct err *err);

/*
 * Find and open the parent of the disk in raw, see chain_open(). NULL with err: also E_PARENT when
 * its sectors have another size.
 */
struct image *vhdx_parent_open(struct image_file *raw, const struct chain_want *want,
			       const struct image_options *options, struct image_info *info,
			       struct arena *arena, struct err *err);

#endif
