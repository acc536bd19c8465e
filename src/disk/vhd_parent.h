/* SPDX-License-Identifier: MIT */
/*
 * What a differencing VHD says of its parent, and the parent opened. Inside disk/ only.
 */
#ifndef STOP7B_VHD_PARENT_H
#define STOP7B_VHD_PARENT_H

#include "container.h"
#include "vhd_footer.h"

/*
 * Collect what the header and its parent locators say: relative names first, then absolute ones,
 * then the header's own. Texts in arena. 0, or -1 with err: E_MEMORY, E_IO.
 */
int vhd_parent_want(struct image_file *f, const struct vhd_header *h, struct arena *arena,
		    struct chain_want *out, struct err *err);

/*
 * Find and open the parent of the disk that info describes; adds notes to info when the parent
 * is shorter or was changed after the child was made. NULL with err as chain_open().
 */
struct image *vhd_parent_open(struct image_file *f, const struct vhd_header *h,
			      const struct image_options *options, struct image_info *info,
			      struct arena *arena, struct err *err);

#endif
