/* SPDX-License-Identifier: MIT */
/*
 * Partition tables: MBR with primary and logical partitions, GPT with both copies, or none.
 */
#ifndef STOP7B_PARTITION_H
#define STOP7B_PARTITION_H

#include "stop7b/image.h"
#include "stop7b/said.h"

enum partition_scheme { SCHEME_NONE, SCHEME_MBR, SCHEME_GPT };

enum filesystem { FS_UNKNOWN, FS_NTFS, FS_FAT12, FS_FAT16, FS_FAT32, FS_BITLOCKER, FS_REFS };

struct partition {
	unsigned number; /* as people count them, from 1 */
	enum partition_scheme scheme;
	uint64_t start, size;       /* bytes on the disk */
	const char *type;           /* in words: "NTFS", "EFI system", "type 0x83" */
	const char *type_id;        /* "0x07", or the GPT type GUID */
	const char *name;           /* GPT name, escaped; "" if none */
	const char *id;             /* GPT partition GUID; NULL on MBR */
	bool active;                /* MBR active flag (0x80) */
	enum filesystem filesystem; /* by the boot sector's content, whatever the type says */
	struct said problem; /* "ends 3 MiB behind the disk", "overlaps partition 2", or NULLs */
};

struct partition_table {
	enum partition_scheme scheme;
	struct partition *items;
	size_t n;
	const char *disk_id;  /* "0x36234da4" or the GPT disk GUID; NULL if there is none */
	struct said notes[8]; /* "the primary GPT is damaged (header CRC); the backup is used" */
	size_t n_notes;
	/*
	 * What makes a damaged copy of the GPT like the sound one, writes of the disk that do not
	 * overlap, and which copy is damaged ("primary"); none where both are sound, or there is no
	 * place for it.
	 */
	struct write_list mend;
	const char *damaged;
};

/*
 * Read the partition table.
 *
 *   img    open disk
 *   arena  owns everything in out
 *   out    filled; n == 0 is no error (an empty table)
 *
 * A partition that breaks the rules (past the end, overlap) is listed with its problem and must
 * not be opened. 0, or -1 with err: E_CORRUPT (both GPT copies bad, entry count beyond the
 * limit), E_FORMAT (no table and no file system at sector 0), E_IO, E_MEMORY.
 * Source: UEFI Specification 2.10, section 5.3; doc/FORMATS/partitions.md.
 */
int partition_list(struct image *img, struct arena *arena, struct partition_table *out,
		   struct err *err);

/*
 * Is there another disk image in the folder of this one with that disk_id (of a table)?
 *   path   image file
 *   arena  owns *name, the file's name, escaped
 * 1 when there is, 0 when not, or -1 with err: E_OPEN, E_UNSUPPORTED (too many files), E_MEMORY.
 */
int image_same_id(const char *path, const char *disk_id, struct arena *arena, const char **name,
		  struct err *err);

/* The hint for a partition whose content is known and not read here; HINT_NONE: none is needed. */
enum hint_kind partition_hint(const struct partition *p);

/* "ntfs", "fat32", "bitlocker", ...: the words of the JSON schema. */
const char *filesystem_name(enum filesystem fs);
/* "mbr", "gpt" or "none". */
const char *scheme_name(enum partition_scheme scheme);

#endif
