/* SPDX-License-Identifier: MIT */
/*
 * The NTFS boot sector: sizes and places that everything else is computed from.
 *
 * libfsntfs believes these fields (it allocates a record of any size they name), so they are
 * checked against the partition and against what NTFS can have before the library sees the volume.
 * Source: libyal, "New Technologies File System (NTFS)", section "The volume header".
 */
#include "ntfs_internal.h"

#include <string.h>

#define CLUSTER_MAX (2u << 20)  /* bytes: the largest cluster Windows 10 formats with */
#define RECORD_MIN  512u        /* bytes: one update sequence stride */
#define RECORD_MAX  (64u << 10) /* bytes: records are 1024 or 4096, index records up to a cluster */

enum {
	AT_OEM = 3,
	AT_SECTOR = 11,
	AT_CLUSTER = 13,
	AT_SECTORS = 40,
	AT_MFT = 48,
	AT_RECORD = 64,
	AT_INDEX = 68,
	AT_SIGNATURE = 510
};

static bool power_of_two(uint64_t v)
{
	return v && !(v & (v - 1));
}

/* Sectors per cluster: up to 128 as they are, 244 to 255 as a negative power of two. */
static uint64_t cluster_bytes(uint8_t field, uint32_t sector)
{
	if (field >= 244)
		return (uint64_t)sector << (256 - field);
	return field <= 128 ? (uint64_t)field * sector : 0;
}

/* Clusters per record, or as a negative power of two in bytes. */
static uint64_t record_bytes(uint8_t field, uint32_t cluster)
{
	if (field < 128)
		return (uint64_t)field * cluster;
	return field > 256 - 32 ? 1ull << (256 - field) : 0;
}

static int check_record(struct span b, unsigned at, uint32_t cluster, const char *what,
			uint32_t *out, struct err *err)
{
	uint64_t n = record_bytes(u8(b, at), cluster);
	if (!power_of_two(n) || n < RECORD_MIN || n > RECORD_MAX)
		return err_set(err, E_CORRUPT, "boot sector: %s size field 0x%02x is not possible",
			       what, u8(b, at));
	*out = (uint32_t)n;
	return 0;
}

static int check_signature(struct span b, struct err *err)
{
	if (b.len < NTFS_BOOT_SECTOR || memcmp(b.p + AT_OEM, "NTFS    ", 8) != 0)
		return err_set(err, E_FORMAT, "boot sector: no NTFS volume here");
	if (le16(b, AT_SIGNATURE) != 0xaa55)
		return err_set(err, E_CORRUPT, "boot sector: does not end in 55 AA");
	return 0;
}

static int check_cluster(struct span b, uint32_t disk_sector, struct ntfs_geometry *g,
			 struct err *err)
{
	g->sector = le16(b, AT_SECTOR);
	if (!power_of_two(g->sector) || g->sector < 256 || g->sector > 4096)
		return err_set(err, E_CORRUPT, "boot sector: %u bytes per sector", g->sector);
	if (g->sector != disk_sector)
		return err_set(err, E_UNSUPPORTED,
			       "boot sector: NTFS has %u bytes per sector, the disk has %u",
			       g->sector, disk_sector);
	uint64_t cluster = cluster_bytes(u8(b, AT_CLUSTER), g->sector);
	if (!power_of_two(cluster) || cluster > CLUSTER_MAX)
		return err_set(err, E_CORRUPT, "boot sector: sectors per cluster field 0x%02x",
			       u8(b, AT_CLUSTER));
	g->cluster = (uint32_t)cluster;
	return 0;
}

static int check_places(struct span b, uint64_t size, struct ntfs_geometry *g, struct err *err)
{
	if (__builtin_mul_overflow(le64(b, AT_SECTORS), g->sector, &g->size) || g->size > size)
		return err_set(err, E_CORRUPT,
			       "boot sector: %llu sectors do not fit into the partition",
			       (unsigned long long)le64(b, AT_SECTORS));
	g->clusters = g->size / g->cluster;
	uint64_t mft = le64(b, AT_MFT);
	if (mft == 0 || mft >= g->clusters)
		return err_set(err, E_CORRUPT, "boot sector: $MFT at cluster %llu of %llu",
			       (unsigned long long)mft, (unsigned long long)g->clusters);
	g->mft_at = mft * g->cluster;
	if (g->record > g->size - g->mft_at)
		return err_set(err, E_CORRUPT, "boot sector: $MFT begins behind the volume's end");
	return 0;
}

int ntfs_boot_parse(struct span sector, uint32_t disk_sector, uint64_t size,
		    struct ntfs_geometry *out, struct err *err)
{
	if (check_signature(sector, err) != 0 || check_cluster(sector, disk_sector, out, err) != 0)
		return -1;
	if (check_record(sector, AT_RECORD, out->cluster, "MFT record", &out->record, err) != 0 ||
	    check_record(sector, AT_INDEX, out->cluster, "index record", &out->index, err) != 0)
		return -1;
	return check_places(sector, size, out, err);
}
