/* SPDX-License-Identifier: MIT */
/*
 * The sectors that a BIOS start runs through, and the numbers in boot sectors: code in the MBR,
 * Windows' code in the started partition's boot record, hidden sectors, sizes. The code is known
 * by the names of the files it loads; nothing of it is executed or compared.
 *
 * Sources: doc/FORMATS/boot-path.md, "The way of BIOS"; doc/FORMATS/partitions.md, "Boot sectors".
 */
#include "bootpath_internal.h"

#include <stdlib.h>
#include <string.h>

#define MBR_CODE       440u  /* bytes before the disk signature */
#define SECTOR_LEN     512u  /* bytes of a boot sector that are defined, whatever the sector size */
#define RECORD_LEN     8192u /* NTFS: $Boot's first 16 sectors; FAT32: reserved sectors */
#define AT_SECTOR_SIZE 11u
#define AT_HIDDEN      28u
#define AT_NTFS_TOTAL  40u
#define AT_MARK        510u
#define BOOT_MARK      0xaa55u
#define FIRST_LOGICAL  5u /* logical partitions: their hidden sectors count from their own table */

static int read_disk(struct bootpath *b, uint64_t off, uint8_t *buf, size_t len)
{
	return b->q->read ? b->q->read(b->q->ctx, off, buf, len, NULL) : -1;
}

/* m: what mends it, or NULL */
static int add_mended(struct bootpath *b, enum bootpath_rule rule, const struct partition *p,
		      const char *value, struct said found, struct said needed, struct mending *m)
{
	const char *subject = p ? bootpath_partition(b, p) : "disk";
	const char *what = said_arg(found, b->arena);
	struct bootpath_fact fact = {
		.subject = subject,
		.key = p ? "boot sector" : "first sector",
		.value = value,
		.found = p ? said_make(b->arena, "the boot sector of %s %s", subject, what)
			   : said_make(b->arena, "the first sector of the disk %s", what),
		.needed = needed,
	};
	return m && mend_done(m, value, &fact) < 0 ? -1 : bootpath_add(b, rule, fact);
}

static int add(struct bootpath *b, enum bootpath_rule rule, const struct partition *p,
	       const char *value, struct said found, struct said needed)
{
	return add_mended(b, rule, p, value, found, needed, NULL);
}

static int add_number(struct bootpath *b, enum bootpath_rule rule, const struct partition *p,
		      const char *value, struct said found, uint64_t needed)
{
	return add(b, rule, p, value, found,
		   said_make(b->arena, "%llu", (unsigned long long)needed));
}

/* ---- numbers ---- */

/* Only BIOS' boot code adds them up. */
static int check_hidden(struct bootpath *b, const struct partition *p, struct span s)
{
	uint64_t start = b->q->sector_size ? p->start / b->q->sector_size : 0;
	if (!b->bios || p != b->manager || p->number >= FIRST_LOGICAL || start > UINT32_MAX ||
	    le32(s, AT_HIDDEN) == start)
		return 0;
	struct mending m = {.b = b};
	mend_hidden(&m, p, (uint32_t)start);
	return add_mended(b, BOOTPATH_HIDDEN_SECTORS, p, N_("hidden sectors"),
			  said_make(b->arena,
				    "counts %u hidden sectors, and the partition begins at "
				    "sector %llu",
				    le32(s, AT_HIDDEN), (unsigned long long)start),
			  said_make(b->arena, "%llu", (unsigned long long)start), &m);
}

static int check_total(struct bootpath *b, const struct partition *p, struct span s)
{
	uint64_t bytes, sector = le16(s, AT_SECTOR_SIZE), total = le64(s, AT_NTFS_TOTAL);
	if (p->filesystem != FS_NTFS || sector == 0 || sector != b->q->sector_size)
		return 0;
	if (!__builtin_mul_overflow(total, sector, &bytes) && bytes <= p->size)
		return 0;
	struct mending m = {.b = b};
	mend_total(&m, p);
	return add_mended(
		b, BOOTPATH_VOLUME_SIZE, p, N_("total sectors"),
		said_make(b->arena, "counts %llu sectors, the partition has %llu",
			  (unsigned long long)total, (unsigned long long)(p->size / sector)),
		said_make(b->arena, "at most %llu", (unsigned long long)(p->size / sector)), &m);
}

static int check_sector_size(struct bootpath *b, const struct partition *p, struct span s)
{
	if (b->q->sector_size == 0 || le16(s, AT_SECTOR_SIZE) == b->q->sector_size)
		return 0;
	return add_number(b, BOOTPATH_SECTOR_SIZE, p, "bytes per sector",
			  said_make(b->arena, "says %u bytes per sector, the disk has %u",
				    le16(s, AT_SECTOR_SIZE), b->q->sector_size),
			  b->q->sector_size);
}

static int check_volume(struct bootpath *b, const struct partition *p)
{
	uint8_t sector[SECTOR_LEN];
	const struct span s = {sector, sizeof(sector)};
	if ((p->filesystem != FS_NTFS && !bootpath_is_fat(p)) || p->size < sizeof(sector) ||
	    read_disk(b, p->start, sector, sizeof(sector)) < 0)
		return 0;
	return check_hidden(b, p, s) < 0 || check_total(b, p, s) < 0 ||
			       check_sector_size(b, p, s) < 0
		       ? -1
		       : 0;
}

/* ---- code ---- */

/* Is the file's name there, in ASCII or in UTF-16? */
static bool names_file(struct span s, const char *name)
{
	const size_t n = strlen(name);
	for (size_t at = 0; at + n <= s.len; at++) {
		size_t wide = 0;
		if (memcmp(s.p + at, name, n) == 0)
			return true;
		while (wide < n && at + 2 * n <= s.len && s.p[at + 2 * wide] == name[wide] &&
		       s.p[at + 2 * wide + 1] == 0)
			wide++;
		if (wide == n)
			return true;
	}
	return false;
}

static int check_record(struct bootpath *b)
{
	uint8_t record[RECORD_LEN];
	const struct partition *p = b->manager;
	size_t len = p && p->size < sizeof(record) ? SECTOR_LEN : sizeof(record);
	const struct span s = {record, len};
	const struct said needed = said_of(b->old_loader ? N_("code that starts NTLDR")
							 : N_("code that starts BOOTMGR"));
	if (!p || p->problem.plain || (p->filesystem != FS_NTFS && !bootpath_is_fat(p)) ||
	    p->size < len || read_disk(b, p->start, record, len) < 0)
		return 0;
	if (le16(s, AT_MARK) != BOOT_MARK)
		return add(b, BOOTPATH_BOOT_SECTOR, p, "boot mark",
			   said_make(b->arena, "ends with 0x%04x, not 0xaa55", le16(s, AT_MARK)),
			   said_as_is("0xaa55"));
	if (names_file(s, "BOOTMGR") || (b->old_loader && names_file(s, "NTLDR")))
		return 0;
	return add(b, BOOTPATH_BOOT_SECTOR, p, "boot code",
		   said_of(names_file(s, "NTLDR") ? N_("starts NTLDR")
						  : N_("names no boot manager of Windows")),
		   needed);
}

static int check_mbr(struct bootpath *b)
{
	uint8_t sector[SECTOR_LEN];
	if (read_disk(b, 0, sector, sizeof(sector)) < 0)
		return 0;
	for (size_t i = 0; i < MBR_CODE; i++)
		if (sector[i] != 0)
			return 0;
	return add(b, BOOTPATH_MBR_CODE, NULL, "boot code", said_of("has no boot code"),
		   said_of("code that starts a partition"));
}

int bootpath_check_sectors(struct bootpath *b)
{
	for (size_t i = 0; i < b->q->table->n; i++)
		if (!b->q->table->items[i].problem.plain &&
		    check_volume(b, &b->q->table->items[i]) < 0)
			return -1;
	if (!b->bios)
		return 0;
	return check_mbr(b) < 0 || check_record(b) < 0 ? -1 : 0;
}
