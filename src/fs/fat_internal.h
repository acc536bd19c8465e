/* SPDX-License-Identifier: MIT */
/*
 * What the files of the FAT module share.
 *
 * fat_boot.c   boot sector -> geometry
 * fat_chain.c  file allocation table -> where the clusters of a file lie
 * fat_name.c   long and short names: text, comparison, checksum
 * fat_dir.c    directories: the entries of one, one after another
 * fat_map.c    whose clusters they are, for those who overwrite a file where it lies
 * fat.c        the public calls
 */
#ifndef STOP7B_FAT_INTERNAL_H
#define STOP7B_FAT_INTERNAL_H

#include "stop7b/fat.h"

#define FAT_BOOT_SECTOR 512u /* bytes of the boot sector that carry fields */
#define FAT_ENTRY       32u  /* bytes of a directory entry */
#define FAT_SHORT_NAME  11u  /* bytes of a short name */
#define FAT_NAME_MAX    255u /* UTF-16 units of a long name */

/* "A FAT directory ... 2^21 bytes": the longest that a driver may be asked to follow. */
#define FAT_DIRECTORY_MAX (2u << 20)

enum fat_attribute {
	FAT_READ_ONLY = 0x01,
	FAT_HIDDEN = 0x02,
	FAT_SYSTEM = 0x04,
	FAT_VOLUME_ID = 0x08,
	FAT_DIRECTORY = 0x10,
	FAT_ARCHIVE = 0x20,
	FAT_LONG_NAME = 0x0f,
	FAT_LONG_NAME_MASK = 0x3f
};

struct fat_geometry {
	unsigned kind;         /* 12, 16, 32: bits of a table entry */
	uint32_t sector;       /* bytes */
	uint32_t cluster;      /* bytes */
	uint32_t clusters;     /* data clusters; they are numbered from 2 */
	uint32_t root_cluster; /* FAT32; 0 otherwise */
	uint64_t table_at;     /* byte of the volume where the table in use begins */
	uint64_t table_len;    /* bytes */
	unsigned
		tables; /* one behind the other; mirrored: all say the same, table_at is the first */
	bool mirrored;
	uint64_t root_at; /* FAT12, FAT16: the root directory's region */
	uint64_t root_len;
	uint64_t data_at; /* byte of the volume where cluster 2 begins */
};

struct fat {
	struct image *img;
	uint64_t start, size; /* bytes of the disk */
	struct fat_geometry geometry;
	struct arena *arena; /* lives as long as the volume */
	const char *label;
};

/* Bytes that follow each other on the volume as in the file. */
struct fat_run {
	uint64_t off; /* byte of the file */
	uint64_t at;  /* byte of the volume */
	uint64_t len;
};

struct fat_runs {
	struct fat_run *items; /* malloc'ed */
	size_t n, cap;
	uint64_t len; /* bytes of all of them */
};

/* What a directory holds under one name. */
struct fat_item {
	uint16_t units[FAT_NAME_MAX]; /* the long name; n_units is 0 when there is none */
	size_t n_units;
	uint8_t short_name[FAT_SHORT_NAME];
	uint8_t case_flags; /* which parts of the short name are shown in small letters */
	uint8_t attributes; /* enum fat_attribute */
	uint32_t cluster;   /* the first one, 0 for an empty file */
	uint32_t size;      /* bytes */
	uint16_t date, time;
};

/* Check a boot sector. size: bytes of the partition. 0, or -1 with err as fat_open(). */
int fat_boot_parse(struct span sector, uint32_t disk_sector, uint64_t size,
		   struct fat_geometry *out, struct err *err);

struct fat_extent {
	uint32_t first; /* cluster */
	uint64_t size;  /* bytes of a file: a longer chain is followed to its end, not kept */
	bool directory; /* the chain is the size, at most FAT_DIRECTORY_MAX */
};
/* Follow a chain. Free out->items. 0, or -1 with E_CORRUPT, E_IO, E_MEMORY. */
int fat_chain(struct fat *vol, const struct fat_extent *extent, struct fat_runs *out,
	      struct err *err);
/* What a table (0: the one in use) says of a cluster that exists, or of number 1: the volume's flags. */
int fat_table_entry(struct fat *vol, unsigned table, uint32_t cluster, uint32_t *out,
		    struct err *err);
/*
 * Do the tables agree about the chain that begins there, and does no other file lead into it? 0, or
 * -1 with E_MAP, E_CORRUPT, E_IO, E_MEMORY. Reads a whole table and every directory.
 */
int fat_check_owner(struct fat *vol, uint32_t first, struct err *err);
/* Byte of the volume for byte off of what the runs hold, and how many follow it, at most len. */
uint64_t fat_runs_at(const struct fat_runs *runs, uint64_t off, uint64_t len, uint64_t *run);
/* Append bytes [at, at+len) of the volume. 0, or -1 with E_MEMORY. */
int fat_runs_append(struct fat_runs *runs, uint64_t at, uint64_t len, struct err *err);
/* Read bytes [off, off+len) of what the runs hold, which lie inside them. */
int fat_runs_read(struct fat *vol, const struct fat_runs *runs, uint64_t off, void *buf, size_t len,
		  struct err *err);

/* The checksum that binds long name entries to their short one. */
uint8_t fat_short_checksum(const uint8_t name[FAT_SHORT_NAME]);
#define FAT_SHORT_UNITS 12u
/* UTF-16 of the short name with its full stop ("BCD.LOG"); how many units. */
size_t fat_short_units(const struct fat_item *item, uint16_t units[FAT_SHORT_UNITS]);
/* The name as UTF-8, lone surrogates as three bytes; NULL without memory. */
char *fat_item_name(const struct fat_item *item, struct arena *arena);
/* The name escaped for showing; NULL without memory. */
char *fat_item_shown(const struct fat_item *item, struct arena *arena);
/* The eleven bytes of a volume label, escaped; NULL without memory. */
char *fat_label_text(const struct fat_item *item, struct arena *arena);
/* Is the item called name (len bytes of UTF-8), by its long or its short name? */
bool fat_item_is(const struct fat_item *item, const char *name, size_t len);

/* Step through a directory: {.vol, .runs} before the first call. */
struct fat_walk {
	struct fat *vol;
	const struct fat_runs *runs;
	uint64_t at; /* byte of the directory to read next */
	uint16_t units[FAT_NAME_MAX + 6];
	unsigned left;  /* long name entries still to come; 0 with parts > 0: all are there */
	unsigned parts; /* of the long name being put together; 0 for none */
	uint8_t checksum;
};
/*
 * The next file, directory or volume label, "." and ".." left out. 1 with *out filled, 0 behind the
 * last one, -1 with err (E_IO).
 */
int fat_walk_next(struct fat_walk *w, struct fat_item *out, struct err *err);

#endif
