/* SPDX-License-Identifier: MIT */
/*
 * The program without libntfs-3g: no name is added, and that is said.
 */
#include "src/fs/ntfs_write_job.h"

#include <errno.h>

const bool ntfs_write_by_3g = false;

void ntfs_write_child(const struct ntfs_job *job)
{
	const struct ntfs_message m = {NTFS_FAILED, ENOSYS, NTFS_STAGE_MOUNT};
	ntfs_wire_put(job->out, &m, sizeof(m));
}
