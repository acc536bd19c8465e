/* SPDX-License-Identifier: MIT */
/*
 * The child's disk: what libntfs-3g reads comes from the parent, what it writes stays in a table
 * of sectors that is laid over every later read.
 */
#include "src/fs/ntfs_write_3g.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static struct ntfs_pipe_disk *disk_of(struct ntfs_device *dev)
{
	return dev->d_private;
}

/* ---- bytes ---- */

static int ask(const struct ntfs_job *job, uint64_t off, void *buf, uint32_t len)
{
	const struct ntfs_message question = {NTFS_ASK, len, off};
	struct ntfs_message head;
	if (ntfs_wire_put(job->out, &question, sizeof(question)) != 0 ||
	    ntfs_wire_get(job->in, &head, sizeof(head), 0) != 0 || head.kind != NTFS_BYTES ||
	    head.len != len)
		return -1;
	return ntfs_wire_get(job->in, buf, len, 0);
}

int ntfs_pipe_read(const struct ntfs_job *job, uint64_t off, void *buf, size_t len)
{
	uint8_t *p = buf;
	while (len > 0) {
		uint32_t n = len < NTFS_ASK_MAX ? (uint32_t)len : NTFS_ASK_MAX;
		if (ask(job, off, p, n) != 0) {
			errno = EIO;
			return -1;
		}
		off += n;
		p += n;
		len -= n;
	}
	return 0;
}

/* The piece of [off, off+len) that lies in its first sector. */
static size_t piece(const struct ntfs_pipe_disk *d, uint64_t off, size_t len)
{
	size_t room = d->job->sector - (size_t)(off % d->job->sector);
	return len < room ? len : room;
}

static int read_over(struct ntfs_pipe_disk *d, uint64_t off, uint8_t *p, size_t len)
{
	uint32_t sector = d->job->sector;
	if (ntfs_pipe_read(d->job, off, p, len) != 0)
		return -1;
	for (size_t n; len > 0 && d->map.n > 0; off += n, p += n, len -= n) {
		const uint8_t *written = ntfs_map_find(&d->map, off / sector);
		n = piece(d, off, len);
		if (written)
			memcpy(p, written + off % sector, n);
	}
	return 0;
}

static int write_map(struct ntfs_pipe_disk *d, uint64_t off, const uint8_t *p, size_t len)
{
	uint32_t sector = d->job->sector;
	for (size_t n; len > 0; off += n, p += n, len -= n) {
		bool fresh;
		uint64_t number = off / sector;
		uint8_t *to = ntfs_map_add(&d->map, number, &fresh);
		n = piece(d, off, len);
		if (!to) {
			errno = ENOMEM;
			return -1;
		}
		if (fresh && n < sector && ntfs_pipe_read(d->job, number * sector, to, sector) != 0)
			return -1;
		memcpy(to + off % sector, p, n);
	}
	return 0;
}

/* ---- operations ---- */

static int device_open(struct ntfs_device *dev, int flags)
{
	(void)flags;
	NDevSetOpen(dev);
	return 0;
}

static int device_close(struct ntfs_device *dev)
{
	NDevClearOpen(dev);
	return 0;
}

static s64 device_seek(struct ntfs_device *dev, s64 off, int whence)
{
	struct ntfs_pipe_disk *d = disk_of(dev);
	s64 size = (s64)d->job->size;
	s64 base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (s64)d->pos : size;
	if (__builtin_add_overflow(base, off, &off) || off < 0 || off > size) {
		errno = EINVAL;
		return -1;
	}
	d->pos = (uint64_t)off;
	return off;
}

static s64 device_pread(struct ntfs_device *dev, void *buf, s64 len, s64 off)
{
	struct ntfs_pipe_disk *d = disk_of(dev);
	s64 size = (s64)d->job->size;
	if (off < 0 || len < 0) {
		errno = EINVAL;
		return -1;
	}
	if (off >= size)
		return 0;
	if (len > size - off)
		len = size - off;
	return read_over(d, (uint64_t)off, buf, (size_t)len) == 0 ? len : -1;
}

static s64 device_pwrite(struct ntfs_device *dev, const void *buf, s64 len, s64 off)
{
	struct ntfs_pipe_disk *d = disk_of(dev);
	s64 size = (s64)d->job->size;
	if (off < 0 || len < 0 || off > size || len > size - off) {
		errno = EINVAL;
		return -1;
	}
	NDevSetDirty(dev);
	return write_map(d, (uint64_t)off, buf, (size_t)len) == 0 ? len : -1;
}

static s64 device_read(struct ntfs_device *dev, void *buf, s64 len)
{
	s64 n = device_pread(dev, buf, len, (s64)disk_of(dev)->pos);
	disk_of(dev)->pos += n > 0 ? (uint64_t)n : 0;
	return n;
}

static s64 device_write(struct ntfs_device *dev, const void *buf, s64 len)
{
	s64 n = device_pwrite(dev, buf, len, (s64)disk_of(dev)->pos);
	disk_of(dev)->pos += n > 0 ? (uint64_t)n : 0;
	return n;
}

static int device_sync(struct ntfs_device *dev)
{
	NDevClearDirty(dev);
	return 0;
}

static int device_stat(struct ntfs_device *dev, struct stat *st)
{
	*st = (struct stat){.st_mode = S_IFREG | 0600, .st_size = (off_t)disk_of(dev)->job->size};
	return 0;
}

static int device_ioctl(struct ntfs_device *dev, unsigned long request, void *arg)
{
	(void)dev;
	(void)request;
	(void)arg;
	errno = EOPNOTSUPP;
	return -1;
}

void ntfs_pipe_operations(struct ntfs_device_operations *out)
{
	*out = (struct ntfs_device_operations){
		.open = device_open,
		.close = device_close,
		.seek = device_seek,
		.read = device_read,
		.write = device_write,
		.pread = device_pread,
		.pwrite = device_pwrite,
		.sync = device_sync,
		.stat = device_stat,
		.ioctl = device_ioctl,
	};
}
