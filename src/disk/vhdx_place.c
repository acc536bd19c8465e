/* SPDX-License-Identifier: MIT */
/*
 * Writing into sectors that a VHDX may not hold yet. A sector of a present block is written where
 * it lies. A block that is not present is allocated behind the end of the file, on a whole MiB,
 * and its table entry names that place; the rest of it is a hole of zeros. In a differencing disk
 * a block that was the parent's becomes partly present: only the written sectors, which the
 * caller gives whole, have their bit in the sector bitmap. A block that a child itself declares
 * zero becomes fully present, so that nobody asks the parent about it.
 *
 * Table and bitmaps are changed as pages of the replayed file: where the log held such a page, its
 * write is in the list already and gets the change too. Old bits of a block that becomes partly
 * present are cleared, because nobody has looked at them before.
 *
 * Source: [MS-VHDX] 2.4, "Blocks", and 2.5, "BAT".
 */
#include "vhdx_place.h"

#include <inttypes.h>
#include <string.h>

#include "stop7b/list.h"

#define BITS_PER_BYTE 8u
#define ENTRY_LEN     8u
#define BITMAP_LEN    VHDX_MIB /* 2^23 bits: MS-VHDX 2.4 */
#define TABLE_WORDS   N_("block table of the VHDX")
#define BITMAP_WORDS  N_("sector bitmap of the VHDX")

/* A page of the container's own bytes that changes. */
struct page {
	uint64_t at;
	uint8_t *old_bytes; /* as they are in the file */
	uint8_t *new_bytes; /* after replay and change */
	struct said what;
};

/* One call: the pages that change, the end of the file as it moves, the block of the moment. */
struct placing {
	const struct vhdx_layout *disk;
	struct placement *out;
	struct page *pages;
	size_t n_pages, cap;
	uint64_t end;          /* where the next new block goes; 0 until the first one */
	bool inside;           /* the following ones are known */
	uint64_t block;        /* the block that sectors go into now */
	uint64_t at;           /* its content in the file */
	bool is_new;           /* allocated by this call */
	bool partly;           /* it has bits */
	uint64_t bits;         /* file offset of its first bit's byte */
	uint64_t bitmap_entry; /* the table entry of the last new bitmap; 0: there is none */
	uint64_t bitmap_at;    /* that bitmap */
};

/* ---- pages of table and bitmaps ---- */

/* Behind the end of the file there are zeros. */
static int read_page(const struct placing *p, struct page *page, struct err *err)
{
	struct vhdx_file *f = p->disk->file;
	page->old_bytes = arena_alloc(p->out->extra->arena, VHDX_PAGE, err);
	page->new_bytes = arena_alloc(p->out->extra->arena, VHDX_PAGE, err);
	if (!page->old_bytes || !page->new_bytes)
		return -1;
	memset(page->old_bytes, 0, VHDX_PAGE);
	memset(page->new_bytes, 0, VHDX_PAGE);
	if (page->at >= vhdx_file_size(f))
		return 0;
	if (vhdx_file_read_raw(f, page->at, page->old_bytes, VHDX_PAGE, err) < 0)
		return -1;
	return vhdx_file_read(f, page->at, page->new_bytes, VHDX_PAGE, err);
}

/* Sectors come by rising offset: most of the time it is one of the last pages. */
static struct page *page_of(struct placing *p, uint64_t at, struct said what, struct err *err)
{
	at -= at % VHDX_PAGE;
	for (size_t i = p->n_pages; i > 0; i--)
		if (p->pages[i - 1].at == at)
			return &p->pages[i - 1];
	struct page page = {.at = at, .what = what};
	struct page *pages = list_grow(p->out->extra->arena, p->pages, p->n_pages, &p->cap,
				       sizeof(*pages), err);
	if (!pages || read_page(p, &page, err) < 0)
		return NULL;
	p->pages = pages;
	p->pages[p->n_pages] = page;
	return &p->pages[p->n_pages++];
}

/* The log's own write of this page; NULL when it makes none. */
static struct write *recovered_write(const struct write_list *list, const struct page *page)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].off == page->at && list->items[i].len == VHDX_PAGE)
			return &list->items[i];
	return NULL;
}

static bool entry_differs(const struct page *page, size_t in)
{
	return in < VHDX_PAGE && memcmp(page->old_bytes + in, page->new_bytes + in, ENTRY_LEN) != 0;
}

static int add_differences(struct placing *p, const struct page *page, struct err *err)
{
	for (size_t in = 0; in < VHDX_PAGE; in += ENTRY_LEN) {
		size_t from = in;
		while (entry_differs(page, in))
			in += ENTRY_LEN;
		struct write w = {
			.off = page->at + from,
			.len = in - from,
			.old_bytes = page->old_bytes + from,
			.new_bytes = page->new_bytes + from,
			.what = page->what,
		};
		if (w.len > 0 && writes_add(p->out->extra, &w, err) < 0)
			return -1;
	}
	return 0;
}

static int add_pages(struct placing *p, struct err *err)
{
	for (size_t i = 0; i < p->n_pages; i++) {
		const struct page *page = &p->pages[i];
		struct write *w = recovered_write(p->out->extra, page);
		if (w) {
			w->new_bytes = page->new_bytes;
			w->what = page->what;
		} else if (add_differences(p, page, err) < 0) {
			return -1;
		}
	}
	return 0;
}

/* ---- new blocks ---- */

static const char *why_not_grow(const struct vhdx_layout *d)
{
	const struct vhdx_regions *r = d->regions;
	uint64_t size = vhdx_file_size(d->file);
	if (d->block_device)
		return "a VHDX on a block device cannot become longer";
	/* no two overlap: the last one ends last */
	const struct vhdx_place *last = r->n_taken > 0 ? &r->taken[r->n_taken - 1] : NULL;
	if (last && (last->at > size || last->len > size - last->at))
		return "a region of the VHDX claims a place behind the end of the file";
	return NULL;
}

/* The last block's place is a whole block, even if the file ends where the disk does. */
static int find_end(struct placing *p, struct err *err)
{
	const struct vhdx_layout *d = p->disk;
	const char *why = why_not_grow(d);
	struct vhdx_entry last;
	if (why)
		return err_set(err, E_MAP,
			       "VHDX block %" PRIu64 " is not stored, and no place can be made: %s",
			       p->block, why);
	if (vhdx_bat_entry(d->table, (d->disk->size - 1) / d->disk->block_size, &last, err) < 0)
		return -1;
	p->end = vhdx_file_size(d->file);
	if (last.state >= VHDX_FULLY_PRESENT && last.at + d->disk->block_size > p->end)
		p->end = last.at + d->disk->block_size;
	p->end = (p->end + VHDX_MIB - 1) / VHDX_MIB * VHDX_MIB;
	return 0;
}

/* Allocate len bytes and let the table entry at entry_at name them. */
static int allocate(struct placing *p, uint64_t entry_at, enum vhdx_state state, uint64_t len,
		    struct err *err)
{
	if (p->end == 0 && find_end(p, err) < 0)
		return -1;
	if (p->end > INT64_MAX - len)
		return err_set(err, E_MAP, "the VHDX would be longer than a file can be");
	struct page *page = page_of(p, entry_at, said_of(TABLE_WORDS), err);
	if (!page)
		return -1;
	put_le64(page->new_bytes + entry_at % VHDX_PAGE, p->end | state);
	p->end += len;
	return 0;
}

static int add_block(struct placing *p, const struct vhdx_entry *entry, struct err *err)
{
	const struct vhdx_disk *d = p->disk->disk;
	p->partly = d->has_parent && entry->state == VHDX_NOT_PRESENT;
	enum vhdx_state state = p->partly ? VHDX_PARTIALLY_PRESENT : VHDX_FULLY_PRESENT;
	if (allocate(p, entry->entry_at, state, d->block_size, err) < 0)
		return -1;
	p->at = p->end - d->block_size;
	p->out->new_blocks++;
	return 0;
}

/* ---- bits ---- */

static int add_bitmap(struct placing *p, uint64_t entry_at, struct err *err)
{
	if (entry_at == p->bitmap_entry)
		return 0;
	if (!p->is_new)
		return err_set(err, E_CORRUPT, "VHDX block %" PRIu64 " has no sector bitmap",
			       p->block);
	if (allocate(p, entry_at, VHDX_FULLY_PRESENT, BITMAP_LEN, err) < 0)
		return -1;
	p->bitmap_entry = entry_at;
	p->bitmap_at = p->end - BITMAP_LEN;
	return 0;
}

static int find_bits(struct placing *p, struct err *err)
{
	struct vhdx_entry bitmap;
	if (vhdx_bat_bitmap(p->disk->table, p->block, &bitmap, err) < 0)
		return -1;
	if (bitmap.state == VHDX_NOT_PRESENT) {
		if (add_bitmap(p, bitmap.entry_at, err) < 0)
			return -1;
		bitmap.at = p->bitmap_at;
	}
	p->bits = bitmap.at + vhdx_bat_bits(p->disk->table, p->block);
	return 0;
}

/* What an earlier owner of the block left there means nothing. */
static int clear_bits(struct placing *p, struct err *err)
{
	const struct vhdx_disk *d = p->disk->disk;
	uint64_t end = p->bits + d->block_size / d->sector_size / BITS_PER_BYTE;
	for (uint64_t at = p->bits; at < end;) {
		size_t in = (size_t)(at % VHDX_PAGE);
		size_t len = end - at < VHDX_PAGE - in ? (size_t)(end - at) : VHDX_PAGE - in;
		struct page *page = page_of(p, at, said_of(BITMAP_WORDS), err);
		if (!page)
			return -1;
		memset(page->new_bytes + in, 0, len);
		at += len;
	}
	return 0;
}

static int set_bit(struct placing *p, uint64_t sector, struct err *err)
{
	uint64_t at = p->bits + sector / BITS_PER_BYTE;
	struct page *page = page_of(p, at, said_of(BITMAP_WORDS), err);
	if (!page)
		return -1;
	uint8_t bit = (uint8_t)(1u << (sector % BITS_PER_BYTE));
	p->out->copied += !p->is_new && !(page->new_bytes[at % VHDX_PAGE] & bit);
	page->new_bytes[at % VHDX_PAGE] |= bit;
	return 0;
}

/* ---- sectors ---- */

static int enter_block(struct placing *p, uint64_t block, struct err *err)
{
	struct vhdx_entry entry;
	if (vhdx_bat_entry(p->disk->table, block, &entry, err) < 0)
		return -1;
	p->block = block;
	p->at = entry.at;
	p->is_new = entry.state < VHDX_FULLY_PRESENT;
	p->partly = entry.state == VHDX_PARTIALLY_PRESENT;
	if (p->is_new && add_block(p, &entry, err) < 0)
		return -1;
	if (p->partly && find_bits(p, err) < 0)
		return -1;
	p->inside = true;
	return p->partly && p->is_new ? clear_bits(p, err) : 0;
}

static int place_sector(struct placing *p, uint64_t off, uint64_t *file_off, struct err *err)
{
	const struct vhdx_disk *d = p->disk->disk;
	uint64_t block = off / d->block_size, within = off % d->block_size;
	if ((!p->inside || p->block != block) && enter_block(p, block, err) < 0)
		return -1;
	*file_off = p->at + within;
	p->out->copied += p->is_new;
	if (!p->is_new && vhdx_file_recovered(p->disk->file, *file_off, d->sector_size))
		return err_set(err, E_MAP,
			       "its content is held in the VHDX log; let Windows replay it first "
			       "(Mount-VHD, Dismount-VHD)");
	return p->partly ? set_bit(p, within / d->sector_size, err) : 0;
}

int vhdx_place_sectors(const struct vhdx_layout *disk, const struct write *sectors, size_t n,
		       uint64_t *file_off, struct placement *out, struct err *err)
{
	struct placing p = {.disk = disk, .out = out};
	if (disk->no_writes)
		return err_set(err, E_MAP, "%s", disk->no_writes);
	if (vhdx_bat_alone(disk->table, err) < 0 ||
	    vhdx_update_add(disk->update, disk->file, disk->headers, out->extra, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (place_sector(&p, sectors[i].off, &file_off[i], err) < 0)
			return err_at(err, "disk byte 0x%" PRIx64, sectors[i].off);
	if (p.end > out->file_length)
		out->file_length = p.end;
	return add_pages(&p, err);
}
