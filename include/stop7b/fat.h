/* SPDX-License-Identifier: MIT */
/*
 * A FAT12, FAT16 or FAT32 volume inside a disk: directories, file content, and where that content
 * lies.
 *
 * The EFI system partition is such a volume; its boot store is what is asked for here. The module
 * never writes, and names no byte for writing outside of a file's own clusters: allocation tables
 * and directories stay as they are. Paths are UTF-8 with '\' or '/'
 * between names, relative to the root of the volume, compared without case with the long and the
 * short name.
 */
#ifndef STOP7B_FAT_H
#define STOP7B_FAT_H

#include "stop7b/image.h"

struct fat;
struct fat_file;

struct fat_entry {
	const char *name;     /* escaped for showing: the long name where there is one */
	const char *raw_name; /* UTF-8 as stored, for opening; equals name for ordinary names */
	uint64_t size;        /* bytes; 0 for directories */
	uint64_t modified;    /* FILETIME; FAT stores local time, taken here as UTC; 0: none */
	uint32_t attributes;  /* FILE_ATTRIBUTE_* */
	bool directory;
};

/*
 * Open the volume at bytes [start, start+size) of the disk. img stays the caller's and must
 * outlive the volume. NULL with err: E_FORMAT (no FAT here), E_CORRUPT (boot sector breaks its
 * rules), E_UNSUPPORTED (FAT sector size differs from the disk's, later FAT32 version), E_IO,
 * E_MEMORY.
 */
struct fat *fat_open(struct image *img, uint64_t start, uint64_t size, struct err *err);
void fat_close(struct fat *vol); /* accepts NULL */

const char *fat_label(const struct fat *vol); /* of the root directory, escaped, "" if none */

/*
 * Open a file or directory by path ("" is the root). Its whole chain of clusters is followed
 * here. NULL with err: E_NOTFOUND, E_CORRUPT (a chain that is a circle, leaves the volume, meets a
 * free or bad cluster, or is shorter than the file), E_IO, E_MEMORY. Close it before the volume.
 */
struct fat_file *fat_file_open(struct fat *vol, const char *path, struct err *err);
void fat_file_close(struct fat_file *f); /* accepts NULL */

/* What the file is; strings live in arena. 0, or -1 with err. */
int fat_file_stat(struct fat_file *f, struct arena *arena, struct fat_entry *out, struct err *err);
/*
 * The entries of a directory in stored order, without "." and "..", deleted entries and the
 * volume label. 0, or -1 with err: E_USAGE (not a directory), E_IO, E_MEMORY. The chain was checked
 * when the directory was opened.
 */
int fat_file_list(struct fat_file *dir, struct arena *arena, struct fat_entry **out, size_t *n,
		  struct err *err);

uint64_t fat_file_size(const struct fat_file *f); /* 0 for a directory */
/* Read bytes [off, off+len), which must lie inside the file. */
int fat_file_read(struct fat_file *f, uint64_t off, void *buf, size_t len, struct err *err);

/*
 * May bytes [0, len) of the file be overwritten where they lie? 0 when yes; -1 with E_MAP and the
 * reason (a directory, behind the end, the allocation tables differ about its chain, a cluster that
 * belongs to another file too), or E_CORRUPT, E_IO, E_MEMORY. The first call reads a whole
 * allocation table and every directory.
 */
int fat_file_in_place(struct fat_file *f, uint64_t len, struct err *err);
/*
 * Where bytes [off, off+len) of the file lie on the volume.
 *   vol_off  byte of the volume that holds file byte off
 *   run      how many bytes from there on lie one after another, 1..len
 * 0, or -1 with err as fat_file_in_place(); E_USAGE for len 0.
 */
int fat_file_map(struct fat_file *f, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		 struct err *err);

/* What the volume says of itself. FAT12 has no room to say much. */
struct fat_state {
	bool mounted; /* a system has it mounted, or did not put it away */
	bool errors;  /* a system met errors on the medium */
};
/* 0, or -1 with E_IO. */
int fat_state(struct fat *vol, struct fat_state *out, struct err *err);

#endif
