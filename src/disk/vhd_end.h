/* SPDX-License-Identifier: MIT */
/*
 * The footer of a VHD file that is believed, and where it lies. Inside disk/ only.
 */
#ifndef STOP7B_VHD_END_H
#define STOP7B_VHD_END_H

#include "container.h"
#include "vhd_footer.h"

struct vhd_end {
	struct image_file *file;
	struct vhd_footer footer;
	uint64_t at; /* file offset of the footer: nothing of the disk lies behind */
	size_t len;  /* bytes of the footer, 511 in very old files */
};

/*
 * Find and check the footer. When the file can only be read because of it, info's no_writes and
 * notes say why. 0, or -1 with err: E_CORRUPT, E_UNSUPPORTED, E_IO.
 */
int vhd_end_find(struct image_file *f, struct vhd_end *e, struct image_info *info, struct err *err);

#endif
