/* SPDX-License-Identifier: MIT */
/*
 * Raw images and block devices: every byte of the file is the byte of the disk at the same place.
 * There is nothing to check and nothing to keep in step, so all that is known here is what makes a
 * file a raw disk (a boot signature or a GPT header; image.c has excluded all named formats) and
 * how long its sectors are.
 *
 * Nothing in a raw file tells the sector size. A device is asked; in a file the place of the GPT
 * header decides (UEFI Specification 2.10, section 5.3.2: sector 1), then the sector size that the
 * boot sector of a volume without a table gives, then the boot sector of an MBR partition that
 * stands where its entry points to in sectors of 4096 bytes and nowhere in sectors of 512. All
 * others have 512 bytes.
 */
#include <string.h>

#include "container.h"
#include "mbr.h"

#define SIGNATURE        510
#define SECTOR           512u
#define SECTOR_4K        4096u
#define GPT_HEADER       "EFI PART"
#define GPT_HEADER_LEN   8
#define OEM_NTFS_AT      3
#define OEM_NTFS         "NTFS    "
#define OEM_LEN          8
#define BYTES_PER_SECTOR 11

static bool has(struct span s, uint64_t off, const char *bytes, size_t len)
{
	return span_holds(s, off, len) && memcmp(s.p + off, bytes, len) == 0;
}

static bool raw_probe(struct span head, struct span tail)
{
	(void)tail;
	return le16(head, SIGNATURE) == 0xaa55 || has(head, SECTOR, GPT_HEADER, GPT_HEADER_LEN) ||
	       has(head, SECTOR_4K, GPT_HEADER, GPT_HEADER_LEN) ||
	       has(head, OEM_NTFS_AT, OEM_NTFS, OEM_LEN);
}

/* A boot sector (NTFS or FAT) that was made for such sectors; false where nothing can be read. */
static bool boots_at(struct image_file *f, uint64_t lba, uint32_t sector)
{
	uint8_t bytes[SECTOR];
	struct span boot = {bytes, sizeof(bytes)};
	uint64_t at = lba * sector, size = image_file_size(f);
	if (at > size || size - at < sizeof(bytes) ||
	    image_file_read(f, at, bytes, sizeof(bytes), NULL) < 0)
		return false;
	return mbr_has_signature(boot) && le16(boot, BYTES_PER_SECTOR) == sector;
}

/* Which unit do the entries of an MBR count in? Only an unmistakable answer is taken. */
static bool table_is_4k(struct image_file *f, struct span head)
{
	bool found = false;
	if (!mbr_has_signature(head))
		return false;
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry e = mbr_entry(head, i);
		if (!mbr_entry_is_used(e))
			continue;
		if (boots_at(f, e.first, SECTOR))
			return false;
		found |= boots_at(f, e.first, SECTOR_4K);
	}
	return found;
}

static uint32_t sector_of_content(struct image_file *f, struct span head)
{
	if (has(head, SECTOR, GPT_HEADER, GPT_HEADER_LEN))
		return SECTOR;
	if (has(head, SECTOR_4K, GPT_HEADER, GPT_HEADER_LEN))
		return SECTOR_4K;
	if (has(head, OEM_NTFS_AT, OEM_NTFS, OEM_LEN))
		return le16(head, BYTES_PER_SECTOR) == SECTOR_4K ? SECTOR_4K : SECTOR;
	return table_is_4k(f, head) ? SECTOR_4K : SECTOR;
}

static int find_sector_size(struct image_file *f, uint32_t *sector, struct err *err)
{
	uint8_t bytes[SECTOR_4K + GPT_HEADER_LEN];
	uint64_t size = image_file_size(f);
	struct span head = {bytes, size < sizeof(bytes) ? (size_t)size : sizeof(bytes)};
	*sector = image_file_device_sector(f);
	if (*sector == 0) {
		if (image_file_read(f, 0, bytes, head.len, err) < 0)
			return -1;
		*sector = sector_of_content(f, head);
	}
	if (*sector == SECTOR || *sector == SECTOR_4K)
		return 0;
	return err_set(err, E_UNSUPPORTED, "a device with sectors of %u bytes", *sector);
}

static void *raw_open(struct image_file *f, struct image_info *info,
		      const struct image_options *options, struct arena *arena, struct err *err)
{
	(void)options;
	(void)arena;
	if (find_sector_size(f, &info->sector_size, err) < 0)
		return NULL;
	info->type = "fixed";
	info->size = image_file_size(f);
	info->stored = info->size;
	return f;
}

static int raw_read(void *state, uint64_t off, void *buf, size_t len, struct err *err)
{
	return image_file_read(state, off, buf, len, err);
}

const struct container raw_container = {
	.name = "raw",
	.probe = raw_probe,
	.open = raw_open,
	.read = raw_read,
	.place = place_as_it_is,
};
