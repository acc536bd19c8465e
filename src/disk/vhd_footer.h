/* SPDX-License-Identifier: MIT */
/*
 * The two fixed structures of a VHD file, the footer and the dynamic header: bytes to checked
 * numbers, without any file access. Inside disk/ only.
 */
#ifndef STOP7B_VHD_FOOTER_H
#define STOP7B_VHD_FOOTER_H

#include "stop7b/bytes.h"

#define VHD_SECTOR         512u
#define VHD_FOOTER_LEN     512u
#define VHD_FOOTER_OLD_LEN 511u /* written by programs before Virtual PC 2004 */
#define VHD_HEADER_LEN     1024u

enum vhd_type { VHD_FIXED = 2, VHD_DYNAMIC = 3, VHD_DIFFERENCING = 4 };

struct vhd_footer {
	enum vhd_type type;
	uint64_t header_at; /* file offset of the dynamic header; fixed disks have none */
	uint64_t size;      /* current size: bytes of the virtual disk */
	uint64_t geometry;  /* bytes by cylinders * heads * sectors */
	uint8_t creator[4]; /* application: "win ", "vpc ", ... */
	uint32_t creator_version;
	char id[GUID_TEXT];
	bool saved_state;
};

#define VHD_LOCATORS 8

/* Where the header says that a name of the parent is stored. */
struct vhd_locator {
	uint32_t platform; /* four characters: "W2ru", "W2ku", ...; 0: not used */
	uint32_t len;      /* bytes */
	uint64_t at;       /* file offset */
};

struct vhd_header {
	uint64_t table_at;   /* file offset of the block allocation table */
	uint32_t entries;    /* in the table */
	uint32_t block_size; /* bytes of disk content in a block, a power of two */
	/* differencing disks only */
	struct span parent_name; /* UTF-16 big-endian, inside the given bytes */
	char parent_id[GUID_TEXT];
	uint32_t parent_time; /* seconds since 2000-01-01 UTC; 0 is common */
	struct vhd_locator locators[VHD_LOCATORS];
};

bool vhd_has_footer_cookie(struct span s, uint64_t off);
bool vhd_has_header_cookie(struct span s, uint64_t off);

/*
 * Check and read a footer.
 *
 *   raw  512 bytes, or the 511 of a very old file
 *   at   where they lie in the file, for the error text
 *
 * 0, or -1 with err: E_CORRUPT (cookie, checksum, size), E_UNSUPPORTED (version, disk type).
 * Source: Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format".
 */
int vhd_footer_parse(struct span raw, uint64_t at, struct vhd_footer *out, struct err *err);

/*
 * Check and read a dynamic header of 1024 bytes that lies at `at`; disk_size is the footer's.
 * 0, or -1 with err as above. Source: the same, "Dynamic Disk Header Format".
 */
int vhd_header_parse(struct span raw, uint64_t at, uint64_t disk_size, struct vhd_header *out,
		     struct err *err);

/* The creator in words with its version ("Windows 10.0"); NULL without memory. */
const char *vhd_creator_name(const struct vhd_footer *f, struct arena *arena);

/* True if some programs take the size of this creator's disks from the geometry. */
bool vhd_size_by_geometry(const struct vhd_footer *f);

#endif
