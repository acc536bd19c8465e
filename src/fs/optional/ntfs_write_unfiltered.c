/* SPDX-License-Identifier: MIT */
/*
 * The child where libseccomp is not there: two pipes and its limits, and every system call.
 */
#include "src/fs/ntfs_write_internal.h"

const bool ntfs_child_filtered = false;

int ntfs_child_filter(void)
{
	return 0;
}
