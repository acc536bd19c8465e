/* SPDX-License-Identifier: MIT */
/*
 * An NTFS volume inside a disk: directories, file content, and where that content lies.
 *
 * libfsntfs reads content; this module finds names in directories itself and adds what the
 * library has no call for (valid data length, volume flags, $LogFile state) by reading MFT records,
 * and refuses to map what must not be overwritten.
 * The module never writes. Paths are UTF-8 with '\' or '/' between names, relative to the root of
 * the volume, compared without case.
 */
#ifndef STOP7B_NTFS_H
#define STOP7B_NTFS_H

#include "stop7b/image.h"

struct ntfs;
struct ntfs_file;

/* The bytes of a volume, wherever they are: on a disk, or on one with sectors not written yet. */
struct ntfs_bytes {
	/* Bytes [off, off+len) of the volume. 0, or -1 with err. */
	int (*read)(void *context, uint64_t off, void *buf, size_t len, struct err *err);
	void *context;
	uint64_t size;   /* bytes of the volume's partition */
	uint32_t sector; /* bytes per sector of the disk: 512 or 4096 */
};

/* How the system overlay (WOF) keeps the content of a file with a reparse point. */
enum ntfs_packing {
	NTFS_NOT_PACKED, /* or the reparse point is something else */
	NTFS_XPRESS4K,
	NTFS_LZX,
	NTFS_XPRESS8K,
	NTFS_XPRESS16K,
	NTFS_PACKED_ELSEWHERE /* in another file (WIM), or in a form that nobody knows */
};

struct ntfs_entry {
	const char *name;     /* escaped for showing */
	const char *raw_name; /* UTF-8 as stored, for opening; equals name for ordinary names */
	uint64_t size;        /* bytes of the unnamed data; 0 for directories */
	uint64_t modified;    /* FILETIME */
	uint32_t attributes;  /* FILE_ATTRIBUTE_* */
	bool directory;
	bool reparse;              /* has a reparse point: a link or a compressed system file */
	enum ntfs_packing packing; /* said by ntfs_file_stat() alone */
};

enum ntfs_log { NTFS_LOG_CLEAN, NTFS_LOG_OPEN, NTFS_LOG_FAST_RESTART, NTFS_LOG_UNREADABLE };

struct ntfs_state {
	bool dirty;        /* $Volume flags 0x0001 or 0x4000 */
	uint16_t flags;    /* $Volume flags as stored */
	enum ntfs_log log; /* $LogFile restart area */
	bool hibernated; /* hiberfil.sys begins with hibr or HIBR, or is shorter than 4096 bytes */
	bool hiberfile_unreadable; /* it exists and cannot be read: counts as hibernated */
};

/*
 * Open the volume at bytes [start, start+size) of the disk. img stays the caller's and must
 * outlive the volume. NULL with err: E_FORMAT (no NTFS here), E_CORRUPT (boot sector breaks its
 * rules, $MFT unreadable), E_UNSUPPORTED (NTFS sector size differs from the disk's), E_IO,
 * E_MEMORY.
 */
struct ntfs *ntfs_open(struct image *img, uint64_t start, uint64_t size, struct err *err);
void ntfs_close(struct ntfs *vol); /* accepts NULL */

/* The volume's bytes as they lie on its disk, for as long as vol is open. */
struct ntfs_bytes ntfs_bytes(struct ntfs *vol);

const char *ntfs_label(const struct ntfs *vol); /* volume name, escaped, "" if none */
/* Volume state for the guards. 0, or -1 with err (E_CORRUPT, E_IO). */
int ntfs_state(struct ntfs *vol, struct ntfs_state *out, struct err *err);

/*
 * The volume's $UpCase: upper case of the 65536 units of UTF-16, in order, little-endian. It lives as
 * long as the volume. 0, or -1 with err: E_CORRUPT, E_READ, E_MEMORY.
 */
int ntfs_upcase(struct ntfs *vol, struct span *out, struct err *err);

/*
 * Open a file or directory by path ("" is the root). NULL with err: E_NOTFOUND, E_CORRUPT, E_IO,
 * E_MEMORY. Close it before the volume.
 */
struct ntfs_file *ntfs_file_open(struct ntfs *vol, const char *path, struct err *err);
/* The same for one name inside an open directory: much cheaper than a path in a large one. */
struct ntfs_file *ntfs_file_child(struct ntfs_file *dir, const char *name, struct err *err);
void ntfs_file_close(struct ntfs_file *f); /* accepts NULL */

/* What the file is; strings live in arena. 0, or -1 with err. */
int ntfs_file_stat(struct ntfs_file *f, struct arena *arena, struct ntfs_entry *out,
		   struct err *err);
/*
 * The entries of a directory in name order, without "." and "..". At most 1,000,000 entries are
 * listed; E_UNSUPPORTED beyond. 0, or -1 with err.
 */
int ntfs_file_list(struct ntfs_file *dir, struct arena *arena, struct ntfs_entry **out, size_t *n,
		   struct err *err);

/* "XPRESS4K", ...; "" for a file that is not packed. */
const char *ntfs_packing_name(enum ntfs_packing p);

uint64_t ntfs_file_size(struct ntfs_file *f);
/*
 * Read bytes [off, off+len) of the unnamed data, which must lie inside the file. Packed content is
 * unpacked on the way, but for NTFS_PACKED_ELSEWHERE: that fails.
 */
int ntfs_file_read(struct ntfs_file *f, uint64_t off, void *buf, size_t len, struct err *err);

/*
 * Read the first bytes of a file that is not read further: at most len, all of a shorter one. A plain
 * file's come straight from its clusters, through neither the library nor the cache.
 *   got  how many there are
 * 0, or -1 with err as ntfs_file_read().
 */
int ntfs_file_head(struct ntfs_file *f, void *buf, size_t len, size_t *got, struct err *err);

/*
 * May bytes [0, len) of the file be overwritten where they lie? 0 when yes; -1 with E_MAP and the
 * reason (resident, compressed, sparse, encrypted, reparse point, beyond the valid data length),
 * or E_CORRUPT, E_IO.
 */
int ntfs_file_in_place(struct ntfs_file *f, uint64_t len, struct err *err);
/* Bytes of the file that hold written data; the rest reads as zeros whatever the clusters hold. */
int ntfs_file_valid_length(struct ntfs_file *f, uint64_t *out, struct err *err);

/*
 * Where bytes [off, off+len) of the file lie on the volume.
 *   vol_off  byte of the volume that holds file byte off
 *   run      how many bytes from there on lie one after another, 1..len
 * 0, or -1 with err as ntfs_file_in_place().
 */
int ntfs_file_map(struct ntfs_file *f, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		  struct err *err);

#endif
