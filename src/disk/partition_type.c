/* SPDX-License-Identifier: MIT */
/*
 * Words for partition types, and which file system a boot sector announces. Pure tables and
 * arithmetic: nothing is read here. The probe believes content, never the partition's type; it
 * looks only at what the volume's own driver would look at first.
 *
 * Sources: doc/FORMATS/partitions.md, "Types", "Types of partitions", "Boot sectors"; Microsoft,
 * "FAT32 File System Specification", version 1.03.
 */
#include "gpt.h"

#include <string.h>

const char gpt_ldm_words[] = "LDM (dynamic disk)";

static const char *const mbr_types[256] = {
	[0x01] = "FAT12",
	[0x04] = "FAT16",
	[0x05] = "extended",
	[0x06] = "FAT16",
	[0x07] = "NTFS",
	[0x0b] = "FAT32",
	[0x0c] = "FAT32",
	[0x0e] = "FAT16",
	[0x0f] = "extended",
	[0x11] = "FAT12, hidden",
	[0x12] = "maker's recovery",
	[0x14] = "FAT16, hidden",
	[0x16] = "FAT16, hidden",
	[0x17] = "NTFS, hidden",
	[0x1b] = "FAT32, hidden",
	[0x1c] = "FAT32, hidden",
	[0x1e] = "FAT16, hidden",
	[0x27] = "Windows recovery",
	[0x42] = gpt_ldm_words,
	[0x82] = "Linux swap",
	[0x83] = "Linux",
	[0x84] = "hibernation",
	[0x85] = "Linux extended",
	[0x8e] = "Linux LVM",
	[0xa5] = "FreeBSD",
	[0xa6] = "OpenBSD",
	[0xa8] = "macOS",
	[0xaf] = "macOS HFS+",
	[0xde] = "Dell utility",
	[0xee] = "GPT protective",
	[0xef] = "EFI system",
	[0xfb] = "VMware VMFS",
	[0xfd] = "Linux RAID",
};

#define GUID_SPACES   "e75caf8f-f680-4cee-afa3-b001e56efc2d"
#define GUID_LDM_DATA "af9b60a0-1431-4f62-bc68-3311714a69ad"

static const struct {
	const char *guid, *name;
} gpt_types[] = {
	{"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system"},
	{"e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved"},
	{"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "basic data"},
	{"de94bba4-06d1-4d40-a16a-bfd50179d6ac", "Windows recovery"},
	{"5808c8aa-7e8f-42e0-85d2-e1e90434cfb3", "LDM (dynamic disk) metadata"},
	{GUID_LDM_DATA, "LDM (dynamic disk) data"},
	{GUID_SPACES, "Storage Spaces"},
	{"558d43c5-a1ac-43c0-aac8-d1472b2923d1", "Storage Replica"},
	{"37affc90-ef7d-4e96-91c3-2d7ae055b174", "IBM GPFS"},
	{"024dee41-33e7-11d3-9d69-0008c781f39f", "MBR in GPT"},
	{"21686148-6449-6e6f-744e-656564454649", "BIOS boot"},
	{"0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux"},
	{"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "Linux swap"},
	{"e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM"},
	{"a19d880f-05fc-4d3b-a006-743f0f84911e", "Linux RAID"},
	{"48465300-0000-11aa-aa11-00306543ecac", "macOS HFS+"},
	{"7c3457ef-0000-11aa-aa11-00306543ecac", "macOS APFS"},
	{"aa31e02a-400f-11db-9590-000c2911d1b8", "VMware VMFS"},
};

const char *mbr_type_name(uint8_t type)
{
	return mbr_types[type];
}

bool mbr_type_is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

const char *gpt_type_name(const char *guid)
{
	for (size_t i = 0; i < sizeof(gpt_types) / sizeof(gpt_types[0]); i++)
		if (text_equal(gpt_types[i].guid, guid))
			return gpt_types[i].name;
	return NULL;
}

/* ---- file systems ---- */

#define OEM_ID               3
#define BYTES_PER_SECTOR     11
#define SECTORS_PER_CLUSTER  13
#define RESERVED_SECTORS     14
#define FAT_COUNT            16
#define ROOT_ENTRIES         17
#define SECTORS_16           19
#define MEDIA                21
#define FAT_SECTORS_16       22
#define SECTORS_32           32
#define FAT_SECTORS_32       36
#define BITLOCKER_TO_GO_GUID 424
#define BOOT_SIGNATURE       510

/* 4967d63b-2e29-4ad8-8399-f6a339e3d001 in its order on disk */
static const uint8_t bitlocker_guid[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
					   0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};

static bool has(struct span s, uint64_t off, const void *bytes, size_t len)
{
	return span_holds(s, off, len) && memcmp(s.p + off, bytes, len) == 0;
}

static bool is_sector_size(unsigned v)
{
	return v == 512 || v == 1024 || v == 2048 || v == 4096;
}

static bool is_bitlocker(struct span s)
{
	return has(s, OEM_ID, "-FVE-FS-", 8) ||
	       (has(s, OEM_ID, "MSWIN4.1", 8) &&
		has(s, BITLOCKER_TO_GO_GUID, bitlocker_guid, sizeof(bitlocker_guid)));
}

static bool is_ntfs(struct span s)
{
	return has(s, OEM_ID, "NTFS    ", 8) && is_sector_size(le16(s, BYTES_PER_SECTOR)) &&
	       u8(s, SECTORS_PER_CLUSTER) != 0;
}

static bool is_refs(struct span s)
{
	return has(s, OEM_ID, "ReFS\0\0\0\0", 8) && has(s, 16, "FSRS", 4);
}

/* A BIOS parameter block as the FAT drivers accept it. */
static bool is_fat(struct span s)
{
	uint8_t jump = u8(s, 0), per_cluster = u8(s, SECTORS_PER_CLUSTER), fats = u8(s, FAT_COUNT);
	return (jump == 0xeb || jump == 0xe9) && le16(s, BOOT_SIGNATURE) == 0xaa55 &&
	       is_sector_size(le16(s, BYTES_PER_SECTOR)) && per_cluster != 0 &&
	       (per_cluster & (per_cluster - 1)) == 0 && le16(s, RESERVED_SECTORS) != 0 &&
	       (fats == 1 || fats == 2) && (u8(s, MEDIA) == 0xf0 || u8(s, MEDIA) >= 0xf8);
}

/* The number of clusters alone decides which FAT it is (Microsoft FAT specification). */
static enum filesystem fat_kind(struct span s)
{
	uint64_t sector = le16(s, BYTES_PER_SECTOR);
	uint64_t fat = le16(s, FAT_SECTORS_16) ? le16(s, FAT_SECTORS_16) : le32(s, FAT_SECTORS_32);
	uint64_t total = le16(s, SECTORS_16) ? le16(s, SECTORS_16) : le32(s, SECTORS_32);
	uint64_t root = (le16(s, ROOT_ENTRIES) * UINT64_C(32) + sector - 1) / sector;
	uint64_t before = le16(s, RESERVED_SECTORS) + u8(s, FAT_COUNT) * fat + root;
	if (fat == 0 || total <= before)
		return FS_UNKNOWN;
	uint64_t clusters = (total - before) / u8(s, SECTORS_PER_CLUSTER);
	return clusters < 4085 ? FS_FAT12 : clusters < 65525 ? FS_FAT16 : FS_FAT32;
}

enum filesystem filesystem_probe(struct span boot)
{
	if (is_bitlocker(boot))
		return FS_BITLOCKER;
	if (is_ntfs(boot))
		return FS_NTFS;
	if (is_refs(boot))
		return FS_REFS;
	return is_fat(boot) ? fat_kind(boot) : FS_UNKNOWN;
}

/* The volume's own partition, not that of the database. */
static bool is_ldm_data(const struct partition *p)
{
	return text_equal(p->type_id, "0x42") || text_equal(p->type_id, GUID_LDM_DATA);
}

enum hint_kind partition_hint(const struct partition *p)
{
	static const enum hint_kind hints[] = {
		[FS_BITLOCKER] = HINT_BITLOCKER,
		[FS_REFS] = HINT_REFS,
	};
	enum hint_kind hint = (size_t)p->filesystem < sizeof(hints) / sizeof(hints[0])
				      ? hints[p->filesystem]
				      : HINT_NONE;
	if (p->filesystem != FS_UNKNOWN)
		return hint;
	return text_equal(p->type_id, GUID_SPACES) ? HINT_STORAGE_SPACES
	       : is_ldm_data(p)                    ? HINT_DYNAMIC_DISK
						   : HINT_NONE;
}

const char *filesystem_name(enum filesystem fs)
{
	static const char *const names[] = {
		[FS_UNKNOWN] = "unknown", [FS_NTFS] = "ntfs",   [FS_FAT12] = "fat12",
		[FS_FAT16] = "fat16",     [FS_FAT32] = "fat32", [FS_BITLOCKER] = "bitlocker",
		[FS_REFS] = "refs",
	};
	return names[fs];
}

const char *scheme_name(enum partition_scheme scheme)
{
	static const char *const names[] = {
		[SCHEME_NONE] = "none", [SCHEME_MBR] = "mbr", [SCHEME_GPT] = "gpt"};
	return names[scheme];
}
