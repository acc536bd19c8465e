/* SPDX-License-Identifier: MIT */
/*
 * The image file: opened O_RDONLY once, read with pread, every call counted. It knows nothing of
 * containers. The file's size is the one at opening; a file that becomes shorter is noticed by
 * the read that meets its end.
 *
 * A file knows which file it is a parent of: that is how circles are found and how the reads of a
 * whole chain are counted. It also knows when locks and flushing cannot be relied upon where it
 * lies (a block device, another machine's file system).
 */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Linux transfers at most this much in one call (man 2 read). */
#define READ_MAX ((size_t)0x7ffff000)

struct image_file {
	int fd;
	uint64_t size;
	struct image_stats stats;
	struct image_file *child; /* the file that f is a parent of, or NULL */
	bool device;
	uint32_t device_sector; /* bytes; 0 for a regular file */
	uint64_t place, number; /* device and inode; a block device: 0 and its own number */
	long filesystem;        /* statfs f_type; 0 if it cannot be told */
};

static int refuse_kind(mode_t mode, struct err *err)
{
	return err_set(err, E_FORMAT, "%s, not an image file",
		       S_ISDIR(mode) ? "this is a directory" : "this is a device, pipe or socket");
}

static int measure_device(struct image_file *f, const struct stat *st, struct err *err)
{
	int sector;
	if (ioctl(f->fd, BLKGETSIZE64, &f->size) < 0 || ioctl(f->fd, BLKSSZGET, &sector) < 0)
		return err_set(err, E_OPEN, "cannot get the block device's size: %s",
			       strerror(errno));
	f->device = true;
	f->device_sector = (uint32_t)sector;
	f->place = 0;
	f->number = st->st_rdev;
	return 0;
}

static int measure(struct image_file *f, struct err *err)
{
	struct stat st;
	struct statfs fs;
	if (fstat(f->fd, &st) < 0)
		return err_set(err, E_OPEN, "cannot examine: %s", strerror(errno));
	if (S_ISBLK(st.st_mode))
		return measure_device(f, &st, err);
	if (!S_ISREG(st.st_mode))
		return refuse_kind(st.st_mode, err);
	f->size = (uint64_t)st.st_size;
	f->place = st.st_dev;
	f->number = st.st_ino;
	f->filesystem = fstatfs(f->fd, &fs) == 0 ? (long)fs.f_type : 0;
	return 0;
}

/* O_NONBLOCK keeps the open of a pipe from waiting for its writer; regular files ignore it. */
static int open_readonly(struct image_file *f, const char *path, struct err *err)
{
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0)
		return err_set(err, E_OPEN, "cannot be opened (%s)", strerror(errno));
	return measure(f, err);
}

struct image_file *image_file_open(const char *path, struct err *err)
{
	struct image_file *f = calloc(1, sizeof(*f));
	if (!f)
		return err_null(err, E_MEMORY, "no memory to open the image");
	if (open_readonly(f, path, err) < 0) {
		image_file_close(f);
		return NULL;
	}
	return f;
}

void image_file_close(struct image_file *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

/* A read of a parent is a read of every disk that needs it. */
static void count(struct image_file *f, uint64_t bytes)
{
	for (; f; f = f->child) {
		f->stats.reads++;
		f->stats.bytes += bytes;
	}
}

static int read_some(struct image_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	size_t step = len < READ_MAX ? len : READ_MAX;
	ssize_t got;
	do {
		got = pread(f->fd, buf, step, (off_t)off);
		count(f, got > 0 ? (uint64_t)got : 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(err, E_IO, "cannot read %zu bytes at 0x%" PRIx64 " of the file: %s",
			       len, off, strerror(errno));
	return (int)got;
}

int image_file_read(struct image_file *f, uint64_t off, void *buf, size_t len, struct err *err)
{
	uint64_t end;
	if (__builtin_add_overflow(off, len, &end) || end > INT64_MAX)
		return err_set(err, E_CORRUPT, "0x%" PRIx64 " is no place in a file", off);
	uint8_t *to = buf;
	while (len > 0) {
		int got = read_some(f, off, to, len, err);
		if (got < 0)
			return -1;
		if (got == 0)
			return err_set(err, E_CORRUPT,
				       "the file ends at 0x%" PRIx64 ", before what it must hold",
				       off);
		to += got;
		off += (uint64_t)got;
		len -= (size_t)got;
	}
	return 0;
}

uint64_t image_file_size(const struct image_file *f)
{
	return f->size;
}

struct image_stats image_file_stats(const struct image_file *f)
{
	return f->stats;
}

uint32_t image_file_device_sector(const struct image_file *f)
{
	return f->device_sector;
}

/* ---- where the file lies ---- */

/* Source: doc/FORMATS/raw.md, "File systems without locks". */
static const struct {
	long type;
	const char *doubt;
} file_systems[] = {
	{0x6969, N_("the image lies on NFS")},
	{0x517b, N_("the image lies on an SMB share")},
	{(long)0xff534d42, N_("the image lies on an SMB share")},
	{(long)0xfe534d42, N_("the image lies on an SMB share")},
	{0x65735546, N_("the image lies on a FUSE file system")},
	{0x01021997, N_("the image lies on a 9P share")},
	{0x00c36400, N_("the image lies on Ceph")},
	{0x5346414f, N_("the image lies on AFS")},
	{0x19830326, N_("the image lies on FhGFS")},
};

const char *image_file_doubt(const struct image_file *f)
{
	if (f->device)
		return N_("the image is a block device");
	for (size_t i = 0; i < sizeof(file_systems) / sizeof(file_systems[0]); i++)
		if ((uint32_t)file_systems[i].type == (uint32_t)f->filesystem)
			return file_systems[i].doubt;
	return NULL;
}

/* ---- chains ---- */

static bool leads_from(const struct image_file *f, uint64_t place, uint64_t number)
{
	for (; f; f = f->child)
		if (f->place == place && f->number == number)
			return true;
	return false;
}

int image_file_follow(struct image_file *f, struct image_file *child, struct err *err)
{
	unsigned disks = 1;
	for (const struct image_file *c = child; c; c = c->child)
		disks++;
	if (leads_from(child, f->place, f->number))
		return err_set(err, E_PARENT, "the chain of parents comes back to this disk");
	if (disks > CHAIN_DISKS_MAX)
		return err_set(err, E_PARENT, "the chain has more than %u disks", CHAIN_DISKS_MAX);
	f->child = child;
	return 0;
}

bool image_file_leads_from(const struct image_file *f, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return false;
	bool device = S_ISBLK(st.st_mode);
	return leads_from(f, device ? 0 : st.st_dev, device ? st.st_rdev : st.st_ino);
}

bool image_file_is_parent(const struct image_file *f)
{
	return f->child != NULL;
}
