/* SPDX-License-Identifier: MIT */
/*
 * What would mend sectors of the disk, as edits of bytes that are there: numbers in the MBR and in
 * boot sectors. Boot code is never among them.
 *
 * Sources: doc/FORMATS/partitions.md, "MBR", "Boot sectors".
 */
#include "bootpath_internal.h"

#include <string.h>

#define AT_SIGNATURE  0x1b8u
#define AT_ENTRIES    0x1beu
#define ENTRY_LEN     16u
#define MBR_ENTRIES   4u
#define ACTIVE        0x80u
#define AT_HIDDEN     28u
#define AT_NTFS_TOTAL 40u
#define AT_BACKUP_FAT 50u /* FAT32: sector of the boot sector's copy */
#define SECTOR_MAX    4096u

static void add_number(struct mending *m, uint64_t at, uint64_t number, size_t len,
		       const char *meaning)
{
	uint8_t raw[8];
	put_le64(raw, number);
	mend_bytes(m, (struct edit){.at = at,
				    .data = {arena_copy(m->b->arena, raw, len), len},
				    .meaning = meaning});
}

void mend_signature(struct mending *m, uint32_t signature)
{
	add_number(m, AT_SIGNATURE, signature, 4, "disk signature");
}

/* Entries of the table that are no primary partition of it keep what they have. */
void mend_active(struct mending *m, const struct partition *p)
{
	const struct partition_table *t = m->b->q->table;
	if (t->scheme != SCHEME_MBR || p->number > MBR_ENTRIES)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct partition *other = &t->items[i];
		if (other->number > MBR_ENTRIES || other->active == (other == p))
			continue;
		add_number(m, AT_ENTRIES + (other->number - 1) * ENTRY_LEN, other == p ? ACTIVE : 0,
			   1,
			   arena_printf(m->b->arena, "active flag of partition %u", other->number));
	}
}

/* ---- boot sectors ---- */

static int read_sector(struct bootpath *b, uint64_t off, uint8_t *buf)
{
	return b->q->read ? b->q->read(b->q->ctx, off, buf, b->q->sector_size, NULL) : -1;
}

/* Is that the copy of the boot sector: the same but for its own wrong numbers? */
static bool is_copy(struct bootpath *b, const struct partition *p, uint64_t at)
{
	uint8_t first[SECTOR_MAX], copy[SECTOR_MAX];
	uint32_t len = b->q->sector_size;
	if (at < p->start + len || at + len > p->start + p->size || len > SECTOR_MAX ||
	    read_sector(b, p->start, first) < 0 || read_sector(b, at, copy) < 0)
		return false;
	return memcmp(first, copy, AT_HIDDEN) == 0;
}

/* Where the copy lies: FAT32 says so, NTFS keeps it in the partition's last sector; 0: nowhere. */
static uint64_t copy_at(struct bootpath *b, const struct partition *p)
{
	uint8_t raw[SECTOR_MAX];
	uint32_t len = b->q->sector_size;
	uint64_t at = 0;
	if (len == 0 || len > SECTOR_MAX || read_sector(b, p->start, raw) < 0)
		return 0;
	if (p->filesystem == FS_FAT32)
		at = p->start + (uint64_t)le16((struct span){raw, len}, AT_BACKUP_FAT) * len;
	else if (p->filesystem == FS_NTFS)
		at = p->start + p->size - p->size % len - len;
	return is_copy(b, p, at) ? at : 0;
}

struct number {
	uint32_t at; /* byte of the boot sector */
	size_t len;
	const char *what;
};

static void in_both(struct mending *m, const struct partition *p, const struct number *f,
		    uint64_t number)
{
	uint64_t copy = copy_at(m->b, p);
	add_number(m, p->start + f->at, number, f->len,
		   arena_printf(m->b->arena, "%s in the boot sector of partition %u", f->what,
				p->number));
	if (copy)
		add_number(
			m, copy + f->at, number, f->len,
			arena_printf(m->b->arena, "%s in the copy of that boot sector", f->what));
}

void mend_hidden(struct mending *m, const struct partition *p, uint32_t sectors)
{
	in_both(m, p, &(struct number){AT_HIDDEN, 4, "hidden sectors"}, sectors);
}

void mend_total(struct mending *m, const struct partition *p)
{
	uint8_t raw[SECTOR_MAX];
	uint32_t len = m->b->q->sector_size;
	uint64_t copy = copy_at(m->b, p);
	if (!copy || p->filesystem != FS_NTFS || read_sector(m->b, copy, raw) < 0)
		return;
	uint64_t total = le64((struct span){raw, len}, AT_NTFS_TOTAL);
	if (total == p->size / len - 1) /* all but the copy itself */
		add_number(m, p->start + AT_NTFS_TOTAL, total, 8,
			   arena_printf(m->b->arena,
					"total sectors in the boot sector of partition %u",
					p->number));
}
