/* SPDX-License-Identifier: MIT */
/*
 * Which entries of a boot store belong to a virtual disk, what hangs on them, and which may be
 * deleted.
 *
 * A store has no drive letters: it names a file by its path on a volume, and a volume by numbers.
 * So an equal path is a match whatever the letter, an equal file name alone is a guess, and
 * partitions are compared by the identifiers of disk and partition. A match that is not certain
 * says why; what to do with it is the user's choice. Nothing is planned here.
 */
#ifndef STOP7B_BCD_MATCH_H
#define STOP7B_BCD_MATCH_H

#include "stop7b/bcd.h"

enum bcd_match_how {
	BCD_MATCH_NONE,     /* not this disk: offered because it is dead or a duplicate */
	BCD_MATCH_NAME,     /* a virtual disk of the same file name elsewhere: never certain */
	BCD_MATCH_PATH,     /* a virtual disk at the same path of some volume */
	BCD_MATCH_PARTITION /* a partition of this disk, by its identifiers */
};

struct bcd_partition_id {
	uint64_t offset;      /* byte of the disk: MBR */
	char guid[GUID_TEXT]; /* without braces: GPT */
};

struct bcd_match_request {
	const char *vhd;      /* the disk's path on the host, "D:\vhd\win7.vhd", or NULL */
	const char *image;    /* path or name of the image file here, or NULL */
	enum bcd_table table; /* of the disk's own partition table */
	uint32_t signature;   /* MBR; 0 matches nothing */
	char disk[GUID_TEXT]; /* GPT, without braces; "" matches nothing */
	const struct bcd_partition_id *partitions;
	size_t n_partitions;
	bool listed; /* files holds the paths of all virtual disks on the host */
	const char *const *files;
	size_t n_files;
};

struct bcd_match {
	const struct bcd_object *object;
	enum bcd_match_how how;
	bool certain;                /* device and osdevice agree and were understood */
	const char *why;             /* N_(): how it matches, or why that is not certain */
	const char *vhd;             /* path of the virtual disk it names, escaped; NULL for none */
	const struct bcd_device *on; /* what that file lies on; NULL for none */
	bool dead;                   /* the listing lacks that file */
	const char *forbidden;       /* why it must never be deleted, or NULL */
	bool is_default, in_display_order, in_boot_sequence,
		in_tools_order; /* of the boot manager */
	bool in_firmware_order;
	bool is_last_loader;                /* no other loader, dead ones apart, starts Windows */
	const struct bcd_object *resume;    /* its resume object; NULL for none in the store */
	bool resume_shared;                 /* another loader names the same one */
	const struct bcd_object *recovery;  /* first of its recovery sequence */
	const struct bcd_object *twin;      /* an earlier entry for the same disk and folder */
	const struct bcd_object **named_by; /* other than the boot managers */
	size_t n_named_by;
};

struct bcd_matches {
	struct bcd_match *items; /* in stored order */
	size_t n;
};

/*
 * Find the entries. Loaders of this disk, dead ones and duplicates; other objects of its partitions
 * (boot manager, memory tester) are listed with the reason that forbids them; resume objects only
 * where no loader names them.
 * 0, or -1 with err: E_USAGE (a path that is not UTF-8), E_MEMORY.
 */
int bcd_match(const struct bcd_store *store, const struct bcd_match_request *request,
	      struct arena *arena, struct bcd_matches *out, struct err *err);

/* Does the loader start an installed Windows: not from a ramdisk, not for recovery only? */
bool bcd_is_ordinary_loader(const struct bcd_store *store, const struct bcd_object *object);

#endif
