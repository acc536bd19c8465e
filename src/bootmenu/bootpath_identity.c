/* SPDX-License-Identifier: MIT */
/*
 * The other cure of a store that names another disk: give this disk the identifier that the store
 * names. It mends whatever else goes by the identifier (MountedDevices), and it is wrong as long as
 * the disk that had it is in the same machine, so it is only offered by name, and not when a disk in
 * the folder has it.
 *
 * Only where the identifier is all that differs: the partition of this Windows is the one that the
 * store names. In a GPT both headers get it, with their checksums; the entries stay.
 * Source: UEFI Specification 2.10, section 5.3.2; doc/FORMATS/partitions.md, "MBR", "GPT".
 */
#include "bootpath_internal.h"

#include <inttypes.h>
#include <string.h>

#include "stop7b/i18n.h"

#define GPT_LBA      1u
#define AT_LEN       12u
#define AT_CRC       16u
#define AT_OTHER     32u
#define AT_DISK      56u
#define ID_LEN       16u
#define HEADER_MIN   92u
#define SECTOR_MAX   4096u
#define SIGNATURE_AT "EFI PART"

/* ---- the two headers of a GPT ---- */

struct header {
	uint8_t raw[SECTOR_MAX];
	uint32_t len;
	uint64_t at; /* byte of the disk */
};

static uint32_t crc_of(struct header *h)
{
	uint8_t old[4];
	memcpy(old, h->raw + AT_CRC, 4);
	memset(h->raw + AT_CRC, 0, 4);
	uint32_t crc = crc32_of((struct span){h->raw, h->len});
	memcpy(h->raw + AT_CRC, old, 4);
	return crc;
}

static bool read_header(const struct bootpath *b, uint64_t lba, struct header *h)
{
	const uint32_t sector = b->q->sector_size;
	const struct span s = {h->raw, sector};
	if (sector < 512 || sector > SECTOR_MAX || !b->q->read ||
	    __builtin_mul_overflow(lba, sector, &h->at) ||
	    b->q->read(b->q->ctx, h->at, h->raw, sector, NULL) < 0)
		return false;
	h->len = le32(s, AT_LEN);
	return memcmp(h->raw, SIGNATURE_AT, 8) == 0 && h->len >= HEADER_MIN && h->len <= sector &&
	       crc_of(h) == le32(s, AT_CRC);
}

static void mend_header(struct mending *m, struct header *h, const uint8_t id[ID_LEN],
			const char *which)
{
	uint8_t crc[4];
	memcpy(h->raw + AT_DISK, id, ID_LEN);
	put_le32(crc, crc_of(h));
	mend_bytes(m, (struct edit){.at = h->at + AT_CRC,
				    .data = {arena_copy(m->b->arena, crc, 4), 4},
				    .meaning = arena_printf(
					    m->b->arena, "checksum of the %s GPT header", which)});
	mend_bytes(m, (struct edit){.at = h->at + AT_DISK,
				    .data = {arena_copy(m->b->arena, id, ID_LEN), ID_LEN},
				    .meaning = arena_printf(
					    m->b->arena, "disk GUID in the %s GPT header", which)});
}

static void mend_guid(struct mending *m, const char *disk)
{
	struct header first, second;
	uint8_t id[ID_LEN];
	if (!bootpath_guid(disk, id) || !read_header(m->b, GPT_LBA, &first) ||
	    !read_header(m->b, le64((struct span){first.raw, first.len}, AT_OTHER), &second))
		return;
	mend_header(m, &first, id, "primary");
	mend_header(m, &second, id, "backup");
}

/* ---- is it all that differs? ---- */

static const struct bcd_device *plain(const struct judged *j, uint32_t id)
{
	const struct bcd_element *e = bcd_element(j->object, id);
	const struct bcd_device *d = e ? e->device : NULL;
	return d && d->kind == BCD_DEVICE_PARTITION && !d->parent ? d : NULL;
}

static bool only_disk_differs(const struct bootpath *b, const struct bcd_device *d)
{
	const struct partition_table *t = b->q->table;
	bool same_kind = d && d->table == (t->scheme == SCHEME_GPT ? BCD_TABLE_GPT : BCD_TABLE_MBR);
	return same_kind && t->disk_id && !judged_is_of_disk(t, d) &&
	       judged_is_partition(b->windows, d);
}

static bool is_free(const struct bootpath *b, const char *id)
{
	return !b->q->id_taken || b->q->id_taken(b->q->ctx, id) == 0;
}

static int offer(struct bootpath *b, const struct boot_store *store, const struct bcd_device *d,
		 const char *id)
{
	const bool gpt = d->table == BCD_TABLE_GPT;
	struct mending m = {.b = b, .store = store};
	struct bootpath_fact fact = {
		.subject = "disk-signature",
		.key = gpt ? "GPT headers" : "first sector",
		.value = gpt ? "disk GUID" : "disk signature",
		.found = said_make(b->arena,
				   "the store would fit if this disk were %s; it is %s, and no "
				   "other disk beside it is that one",
				   id, b->q->table->disk_id),
		.needed = said_as_is(id),
	};
	if (gpt)
		mend_guid(&m, d->disk);
	else
		mend_signature(&m, d->signature);
	if (m.n == 0 && !m.failed)
		return 0;
	return mend_done(&m, N_("the old identifier"), &fact) < 0
		       ? -1
		       : bootpath_add(b, BOOTPATH_IDENTITY, fact);
}

int bootpath_check_identity(const struct judged *j)
{
	struct bootpath *b = j->b;
	const struct bcd_device *d = plain(j, BCD_DEVICE);
	if (!d)
		d = plain(j, BCD_OS_DEVICE);
	if (b->old_loader || !only_disk_differs(b, d) || bootpath_has_no_signature(b))
		return 0;
	const char *id = d->table == BCD_TABLE_GPT
				 ? arena_strdup(b->arena, d->disk)
				 : arena_printf(b->arena, "0x%08" PRIx32, d->signature);
	if (!id)
		return err_set(b->err, E_MEMORY, "no memory for an identifier");
	return is_free(b, id) ? offer(b, j->store, d, id) : 0;
}
