/* SPDX-License-Identifier: MIT */
/*
 * The four entries of an MBR or of one of the tables in an extended partition. Inside disk/ only.
 */
#ifndef STOP7B_MBR_H
#define STOP7B_MBR_H

#include "stop7b/partition.h"

#define MBR_LEN        512
#define MBR_ENTRIES    4
#define MBR_LOGICAL    5   /* the number of the first logical partition */
#define LOGICALS_MAX   128 /* far above what drive letters and other programs allow */
#define PARTITIONS_MAX (MBR_ENTRIES + LOGICALS_MAX)

struct mbr_entry {
	uint8_t status, type;
	uint32_t first, count; /* sectors */
};

struct mbr_entry mbr_entry(struct span table, unsigned i);
bool mbr_entry_is_used(struct mbr_entry e);
bool mbr_has_signature(struct span table);

/*
 * Fill everything of p but its number, problem and file system; `from` is the sector that the
 * entry counts from. 0, or -1 with E_MEMORY.
 */
int mbr_fill(struct mbr_entry e, uint64_t from, uint32_t sector, struct arena *arena,
	     struct partition *p, struct err *err);

/* True if p is an extended partition of an MBR. */
bool extended_is(const struct partition *p);
/* True if outer is an extended partition and p one of its logical ones. */
bool extended_holds(const struct partition *outer, const struct partition *p);

/*
 * Append the logical partitions of an extended one to out, whose items have room for
 * PARTITIONS_MAX. A damaged chain of tables ends the list with a note, and is a problem of the
 * extended partition. 0, or -1 with E_MEMORY.
 */
int extended_read(struct image *img, struct partition *extended, struct arena *arena,
		  struct partition_table *out, struct err *err);

#endif
