/* SPDX-License-Identifier: MIT */
/*
 * The FAT boot sector: sizes and places that everything else is computed from.
 *
 * FAT has no signature of its own. A sector counts as FAT when it has a jump, the 55 AA mark and
 * a possible sector and cluster size; what breaks a rule after that is damage. The width of the
 * table entries follows from the number of clusters and from nothing else, with one exception: a
 * volume with FAT32's fields (no 16-bit table size) has no root directory region, so with fewer
 * clusters it can be read as FAT32 only. Windows and mkfs.fat -F 32 take it so.
 * Source: Microsoft, "FAT32 File System Specification", version 1.03, 2000.
 */
#include "fat_internal.h"

#include <string.h>

#define FAT12_CLUSTERS 4085u       /* a volume with fewer clusters is FAT12 */
#define FAT16_CLUSTERS 65525u      /* one with fewer is FAT16 */
#define FAT32_CLUSTERS 0x0ffffff5u /* cluster numbers end below the mark for bad clusters */
#define SECTOR_MIN     512u
#define SECTOR_MAX     4096u
#define TABLES_MAX     16u /* FAT32's flags name the table in use with four bits */

enum {
	AT_JUMP = 0,
	AT_OEM = 3,
	AT_SECTOR = 11,
	AT_CLUSTER = 13,
	AT_RESERVED = 14,
	AT_TABLES = 16,
	AT_ROOT_ENTRIES = 17,
	AT_SECTORS_16 = 19,
	AT_MEDIA = 21,
	AT_TABLE_16 = 22,
	AT_SECTORS_32 = 32,
	AT_TABLE_32 = 36,
	AT_FLAGS_32 = 40,
	AT_VERSION_32 = 42,
	AT_ROOT_32 = 44,
	AT_SIGNATURE = 510
};

#define FLAGS_ONE_TABLE  0x80u /* the tables are not kept equal: one of them is in use */
#define FLAGS_TABLE_MASK 0x0fu

/* Sizes in sectors, as the boot sector gives them. */
struct layout {
	uint64_t sectors, table, root, data_at;
	unsigned tables;
	bool wide; /* the fields of FAT32 */
};

static bool power_of_two(uint64_t v)
{
	return v && !(v & (v - 1));
}

static bool other_file_system(struct span b)
{
	return memcmp(b.p + AT_OEM, "NTFS    ", 8) == 0 ||
	       memcmp(b.p + AT_OEM, "EXFAT   ", 8) == 0 ||
	       memcmp(b.p + AT_OEM, "-FVE-FS-", 8) == 0 ||
	       memcmp(b.p + AT_OEM, "ReFS\0\0\0\0", 8) == 0;
}

static int check_format(struct span b, struct err *err)
{
	if (b.len < FAT_BOOT_SECTOR || le16(b, AT_SIGNATURE) != 0xaa55 || other_file_system(b))
		return err_set(err, E_FORMAT, "boot sector: no FAT volume here");
	bool jump = u8(b, AT_JUMP) == 0xe9 ||
		    (u8(b, AT_JUMP) == 0xeb && u8(b, AT_JUMP + 2) == 0x90);
	uint32_t sector = le16(b, AT_SECTOR);
	if (!jump || !power_of_two(sector) || sector < SECTOR_MIN || sector > SECTOR_MAX ||
	    !power_of_two(u8(b, AT_CLUSTER)))
		return err_set(err, E_FORMAT, "boot sector: no FAT volume here");
	return 0;
}

static int check_fields(struct span b, uint32_t disk_sector, struct err *err)
{
	uint32_t sector = le16(b, AT_SECTOR);
	uint8_t media = u8(b, AT_MEDIA);
	if (sector != disk_sector)
		return err_set(err, E_UNSUPPORTED,
			       "boot sector: FAT has %u bytes per sector, the disk has %u", sector,
			       disk_sector);
	if (le16(b, AT_RESERVED) == 0)
		return err_set(err, E_CORRUPT, "boot sector: no reserved sectors");
	if (u8(b, AT_TABLES) == 0 || u8(b, AT_TABLES) > TABLES_MAX)
		return err_set(err, E_CORRUPT, "boot sector: %u allocation tables",
			       u8(b, AT_TABLES));
	if (media != 0xf0 && media < 0xf8)
		return err_set(err, E_CORRUPT, "boot sector: medium 0x%02x", media);
	return 0;
}

static int read_layout(struct span b, uint64_t size, struct layout *l, struct err *err)
{
	uint32_t sector = le16(b, AT_SECTOR), entries = le16(b, AT_ROOT_ENTRIES);
	l->wide = le16(b, AT_TABLE_16) == 0;
	l->sectors = le16(b, AT_SECTORS_16) ? le16(b, AT_SECTORS_16) : le32(b, AT_SECTORS_32);
	l->table = l->wide ? le32(b, AT_TABLE_32) : le16(b, AT_TABLE_16);
	l->tables = u8(b, AT_TABLES);
	l->root = ((uint64_t)entries * FAT_ENTRY + sector - 1) / sector;
	l->data_at = le16(b, AT_RESERVED) + l->tables * l->table + l->root;
	if (l->sectors > size / sector)
		return err_set(err, E_CORRUPT,
			       "boot sector: %llu sectors do not fit into the partition",
			       (unsigned long long)l->sectors);
	if (l->table == 0 || l->data_at >= l->sectors)
		return err_set(err, E_CORRUPT,
			       "boot sector: %llu sectors leave no room for data behind the tables",
			       (unsigned long long)l->sectors);
	if (l->wide != (entries == 0))
		return err_set(err, E_CORRUPT, "boot sector: %u entries in the root directory",
			       entries);
	return 0;
}

static unsigned kind_of(uint64_t clusters, bool wide)
{
	if (wide || clusters >= FAT16_CLUSTERS)
		return 32;
	return clusters < FAT12_CLUSTERS ? 12 : 16;
}

static int set_clusters(const struct layout *l, uint8_t per_cluster, struct fat_geometry *g,
			struct err *err)
{
	uint64_t n = (l->sectors - l->data_at) / per_cluster;
	g->kind = kind_of(n, l->wide);
	if (n == 0 || n >= FAT32_CLUSTERS - 2 || (g->kind == 32) != l->wide)
		return err_set(err, E_CORRUPT, "boot sector: %llu clusters are not possible",
			       (unsigned long long)n);
	g->clusters = (uint32_t)n;
	g->table_len = l->table * g->sector;
	if (((n + 2) * g->kind + 7) / 8 > g->table_len)
		return err_set(err, E_CORRUPT,
			       "boot sector: %llu clusters in a table of %llu bytes",
			       (unsigned long long)n, (unsigned long long)g->table_len);
	return 0;
}

static int set_places_32(struct span b, const struct layout *l, struct fat_geometry *g,
			 struct err *err)
{
	uint16_t flags = le16(b, AT_FLAGS_32);
	unsigned table = flags & FLAGS_ONE_TABLE ? flags & FLAGS_TABLE_MASK : 0;
	if (le16(b, AT_VERSION_32) != 0)
		return err_set(err, E_UNSUPPORTED, "boot sector: FAT32 version 0x%04x",
			       le16(b, AT_VERSION_32));
	if (table >= l->tables)
		return err_set(err, E_CORRUPT, "boot sector: allocation table %u of %u is in use",
			       table, l->tables);
	g->mirrored = !(flags & FLAGS_ONE_TABLE);
	g->table_at += table * g->table_len;
	g->root_cluster = le32(b, AT_ROOT_32);
	if (g->root_cluster < 2 || g->root_cluster - 2 >= g->clusters)
		return err_set(err, E_CORRUPT, "boot sector: root directory at cluster %u of %u",
			       g->root_cluster, g->clusters);
	return 0;
}

int fat_boot_parse(struct span sector, uint32_t disk_sector, uint64_t size,
		   struct fat_geometry *out, struct err *err)
{
	struct layout l;
	if (check_format(sector, err) != 0 || check_fields(sector, disk_sector, err) != 0 ||
	    read_layout(sector, size, &l, err) != 0)
		return -1;
	*out = (struct fat_geometry){.sector = disk_sector};
	out->cluster = u8(sector, AT_CLUSTER) * out->sector;
	if (set_clusters(&l, u8(sector, AT_CLUSTER), out, err) != 0)
		return -1;
	out->table_at = (uint64_t)le16(sector, AT_RESERVED) * out->sector;
	out->tables = l.tables;
	out->mirrored = true;
	out->root_at = (l.data_at - l.root) * out->sector;
	out->root_len = (uint64_t)le16(sector, AT_ROOT_ENTRIES) * FAT_ENTRY;
	out->data_at = l.data_at * out->sector;
	return out->kind == 32 ? set_places_32(sector, &l, out, err) : 0;
}
