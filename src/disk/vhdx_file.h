/* SPDX-License-Identifier: MIT */
/*
 * A VHDX file as it is once its log has been replayed: the bytes on the disk, with the pages that
 * the log holds laid over them in memory. Without a log it is the file itself. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_FILE_H
#define STOP7B_VHDX_FILE_H

#include "container.h"

#define VHDX_PAGE 4096u /* what the log replaces at once: MS-VHDX 2.3 */
/* One MiB: every region, block and log of the format is aligned to it. */
#define VHDX_MIB ((uint64_t)1 << 20)

struct vhdx_file;

struct vhdx_page {
	uint64_t at;          /* file offset, a multiple of VHDX_PAGE */
	const uint8_t *bytes; /* VHDX_PAGE bytes, or NULL for zeros */
	size_t order;         /* a later page replaces an earlier one */
};

/* The file without any page over it; it lives in the arena. NULL with err: E_MEMORY. */
struct vhdx_file *vhdx_file_new(struct image_file *raw, struct arena *arena, struct err *err);

/*
 * Lay a page over the file; bytes (borrowed, or NULL for zeros) must live as long as the arena.
 * 0, or -1 with err: E_MEMORY, E_UNSUPPORTED (more than VHDX_PAGES_MAX pages).
 */
int vhdx_file_put(struct vhdx_file *f, uint64_t at, const uint8_t *bytes, struct err *err);

/* The replay makes the file at least size bytes long. */
void vhdx_file_grow(struct vhdx_file *f, uint64_t size);

/* To be called once after the last put and before the first read. */
void vhdx_file_settle(struct vhdx_file *f);

/* Bytes after the replay, and bytes that the file has on the disk. */
uint64_t vhdx_file_size(const struct vhdx_file *f);
uint64_t vhdx_file_raw_size(const struct vhdx_file *f);

/* The pages by rising offset, each offset once. */
const struct vhdx_page *vhdx_file_pages(const struct vhdx_file *f, size_t *n);

/* True if not all of [off, off+len) stands in the file on the disk as it is read here. */
bool vhdx_file_recovered(const struct vhdx_file *f, uint64_t off, uint64_t len);

/* Read exactly len bytes at off; E_IO, or E_CORRUPT when the replayed file ends before. */
int vhdx_file_read(struct vhdx_file *f, uint64_t off, void *buf, size_t len, struct err *err);

/* Read a page as it is on the disk, before any replay. 0, or -1 with err as above. */
int vhdx_file_read_raw(struct vhdx_file *f, uint64_t off, void *buf, size_t len, struct err *err);

#endif
