/* SPDX-License-Identifier: MIT */
/*
 * Is an NTFS volume sound where a file was added, or shall be?
 *
 * Reads by itself, through no library, and changes nothing. What it looks at: every MFT record and
 * the clusters of every run against $Bitmap and $MFT's own bitmap (where $MFT is not larger than
 * NTFS_CHECK_MFT_MAX), the mirror, and of the directories and files named to it: index order,
 * entries against records, sizes, link counts, security ids. Time is linear in what is read.
 */
#ifndef STOP7B_NTFS_CHECK_H
#define STOP7B_NTFS_CHECK_H

#include "stop7b/ntfs.h"
#include "stop7b/said.h"

#define NTFS_CHECK_MFT_MAX      ((uint64_t)1 << 30) /* bytes: about a million files */
#define NTFS_CHECK_FINDINGS_MAX 64u                 /* listed; the rest is counted */

enum ntfs_fault {
	NTFS_FAULT_RECORD,        /* an MFT record in use that breaks its rules */
	NTFS_FAULT_EXTENSION,     /* an extension record whose base is not in use */
	NTFS_FAULT_CLUSTER_TWICE, /* a cluster that two streams claim */
	NTFS_FAULT_CLUSTER_FREE,  /* a cluster in use that $Bitmap calls free */
	NTFS_FAULT_CLUSTER_LOST,  /* a cluster that nobody uses and $Bitmap calls used: harmless */
	NTFS_FAULT_BITMAP,        /* $Bitmap itself */
	NTFS_FAULT_MFT_BITMAP,    /* $MFT's bitmap and a record disagree */
	NTFS_FAULT_MIRROR,        /* $MFTMirr is not the beginning of $MFT */
	NTFS_FAULT_INDEX,         /* a directory index that breaks its rules */
	NTFS_FAULT_ORDER,         /* its names do not ascend */
	NTFS_FAULT_ENTRY,         /* an entry that leads to no such file */
	NTFS_FAULT_NAME,          /* a name of a file that its directory does not hold */
	NTFS_FAULT_LINKS,         /* link count and names disagree */
	NTFS_FAULT_SIZES,         /* sizes and runs disagree */
	NTFS_FAULT_SECURITY,      /* a security id that $Secure does not know */
	NTFS_FAULTS
};

struct ntfs_finding {
	enum ntfs_fault fault;
	uint64_t where; /* record or cluster number, as the fault has it */
	struct said text;
};

struct ntfs_check {
	struct arena *arena; /* given; owns what follows */
	struct ntfs_finding *findings;
	size_t n, cap;
	size_t counts[NTFS_FAULTS]; /* of all, listed or not */
	bool whole;                 /* every record and cluster was compared */
	uint64_t records;           /* in use, where whole */
};

/* The fault's name for scripts: "index-order". */
const char *ntfs_fault_name(enum ntfs_fault fault);
/* Harmless faults leave adding a file possible: clusters lost, nothing else. */
bool ntfs_fault_harmless(enum ntfs_fault fault);

/*
 * Check a volume.
 *   paths  directories and files to look at closely, as in ntfs.h; n of them
 *   out    arena filled in, the rest zero
 * 0 with the findings; -1 with err when it cannot be said: E_FORMAT, E_CORRUPT ($MFT cannot be
 * read at all), E_NOTFOUND (a path), E_IO, E_MEMORY.
 */
int ntfs_check(const struct ntfs_bytes *bytes, const char *const *paths, size_t n,
	       struct ntfs_check *out, struct err *err);

/* The first fault that is not harmless, or NULL. */
const struct ntfs_finding *ntfs_check_worst(const struct ntfs_check *c);

#endif
