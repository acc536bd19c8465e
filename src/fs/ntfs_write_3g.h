/* SPDX-License-Identifier: MIT */
/*
 * What the two files that use libntfs-3g share. Nobody else includes its headers.
 */
#ifndef STOP7B_NTFS_WRITE_3G_H
#define STOP7B_NTFS_WRITE_3G_H

/* libntfs-3g's headers take these for granted. */
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <ntfs-3g/types.h>
#include <ntfs-3g/device.h>
#include <ntfs-3g/volume.h>

#include "ntfs_write_job.h"

/* The volume of a job as libntfs-3g's device: read through the pipe, written to the map. */
struct ntfs_pipe_disk {
	const struct ntfs_job *job;
	struct ntfs_map map;
	uint64_t pos;
};

/* The operations of such a device. */
void ntfs_pipe_operations(struct ntfs_device_operations *out);

/* Bytes of the volume as the parent has them. 0, or -1 with errno. */
int ntfs_pipe_read(const struct ntfs_job *job, uint64_t off, void *buf, size_t len);

#endif
