/* SPDX-License-Identifier: MIT */
/*
 * GUID partition tables: both headers and both entry arrays are read and their CRCs checked. The
 * primary copy is used when it is sound, else the backup; every difference is a note. A copy whose
 * CRC is right but whose numbers break the specification is not sound.
 *
 * The backup lies where the primary says, else in the last sector of the disk. An image that was
 * made larger keeps its backup in the middle; that is noted, not refused.
 *
 * Source: UEFI Specification 2.10, sections 5.3.2 and 5.3.3.
 */
#include "gpt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR_MAX     4096
#define PRIMARY_LBA    1
#define REVISION_MAJOR 1
#define HEADER_LEN_MIN 92u
#define ENTRY_LEN_MIN  128u
#define ENTRY_LEN_MAX  4096u /* 128 * 2^n; bounds the array to 4 MiB */

#define HEADER_REVISION_MAJOR 10
#define HEADER_LEN            12
#define HEADER_CRC            16
#define HEADER_MY_LBA         24
#define HEADER_OTHER_LBA      32
#define HEADER_FIRST_USABLE   40
#define HEADER_LAST_USABLE    48
#define HEADER_DISK_ID        56
#define HEADER_ARRAY_LBA      72
#define HEADER_ENTRIES        80
#define HEADER_ENTRY_LEN      84
#define HEADER_ARRAY_CRC      88

#define ENTRY_ID       16
#define ENTRY_FIRST    32
#define ENTRY_LAST     40
#define ENTRY_NAME     56
#define ENTRY_NAME_LEN 72

struct gpt {
	uint64_t other_lba, first_usable, last_usable, array_lba;
	uint32_t entries, entry_len, array_crc;
	char disk_id[GUID_TEXT];
	uint8_t *array; /* freed by gpt_free() */
	size_t array_len;
};

struct disk {
	struct image *img;
	uint32_t sector;
	uint64_t sectors;
};

static struct disk disk_of(struct image *img)
{
	const struct image_info *info = image_info(img);
	return (struct disk){img, info->sector_size, info->size / info->sector_size};
}

static void gpt_free(struct gpt *g)
{
	free(g->array);
	g->array = NULL;
}

static bool has_signature(struct span s)
{
	return span_holds(s, 0, GPT_SIGNATURE_LEN) &&
	       memcmp(s.p, GPT_SIGNATURE, GPT_SIGNATURE_LEN) == 0;
}

bool gpt_is_there(struct image *img)
{
	struct disk d = disk_of(img);
	uint8_t raw[GPT_SIGNATURE_LEN];
	return d.sectors > PRIMARY_LBA &&
	       image_read(img, (uint64_t)PRIMARY_LBA * d.sector, raw, sizeof(raw), NULL) == 0 &&
	       has_signature((struct span){raw, sizeof(raw)});
}

/* ---- one copy ---- */

static uint32_t header_crc(struct span header)
{
	uint8_t copy[SECTOR_MAX];
	memcpy(copy, header.p, header.len);
	put_le32(copy + HEADER_CRC, 0);
	return crc32_of((struct span){copy, header.len});
}

/* The header's own rules, from its bytes alone. */
static int check_header(struct span sector, uint64_t lba, struct err *err)
{
	if (!has_signature(sector))
		return err_set(err, E_CORRUPT, "no signature");
	uint32_t len = le32(sector, HEADER_LEN);
	if (len < HEADER_LEN_MIN || len > sector.len)
		return err_set(err, E_CORRUPT, "header of %u bytes", len);
	if (header_crc(span_sub(sector, 0, len)) != le32(sector, HEADER_CRC))
		return err_set(err, E_CORRUPT, "header CRC");
	if (le16(sector, HEADER_REVISION_MAJOR) != REVISION_MAJOR)
		return err_set(err, E_CORRUPT, "revision %u", le16(sector, HEADER_REVISION_MAJOR));
	if (le64(sector, HEADER_MY_LBA) != lba)
		return err_set(err, E_CORRUPT, "it says that it belongs into sector %" PRIu64,
			       le64(sector, HEADER_MY_LBA));
	return 0;
}

static void parse_header(struct span sector, struct gpt *g)
{
	*g = (struct gpt){
		.other_lba = le64(sector, HEADER_OTHER_LBA),
		.first_usable = le64(sector, HEADER_FIRST_USABLE),
		.last_usable = le64(sector, HEADER_LAST_USABLE),
		.array_lba = le64(sector, HEADER_ARRAY_LBA),
		.entries = le32(sector, HEADER_ENTRIES),
		.entry_len = le32(sector, HEADER_ENTRY_LEN),
		.array_crc = le32(sector, HEADER_ARRAY_CRC),
	};
	guid_text(sector, HEADER_DISK_ID, g->disk_id);
}

static int check_array_shape(const struct gpt *g, struct err *err)
{
	uint32_t len = g->entry_len;
	if (len < ENTRY_LEN_MIN || len > ENTRY_LEN_MAX || (len & (len - 1)) != 0)
		return err_set(err, E_CORRUPT, "entries of %u bytes", len);
	if (g->entries > GPT_PARTITIONS_MAX)
		return err_set(err, E_CORRUPT, "%u entries, more than %u", g->entries,
			       GPT_PARTITIONS_MAX);
	return 0;
}

static int read_array(const struct disk *d, struct gpt *g, struct err *err)
{
	uint64_t off;
	if (check_array_shape(g, err) < 0)
		return -1;
	g->array_len = (size_t)g->entries * g->entry_len;
	if (__builtin_mul_overflow(g->array_lba, d->sector, &off) || g->array_lba <= PRIMARY_LBA)
		return err_set(err, E_CORRUPT, "entry array in sector %" PRIu64, g->array_lba);
	g->array = malloc(g->array_len + 1);
	if (!g->array)
		return err_set(err, E_MEMORY, "no memory for the partition entries");
	if (image_read(d->img, off, g->array, g->array_len, err) < 0)
		return -1;
	if (crc32_of((struct span){g->array, g->array_len}) != g->array_crc)
		return err_set(err, E_CORRUPT, "entry array CRC");
	return 0;
}

static int load_parts(const struct disk *d, uint64_t lba, struct gpt *g, struct err *err)
{
	uint8_t raw[SECTOR_MAX];
	struct span sector = {raw, d->sector};
	if (lba >= d->sectors)
		return err_set(err, E_CORRUPT, "sector %" PRIu64 " lies behind the disk", lba);
	if (image_read(d->img, lba * d->sector, raw, d->sector, err) < 0 ||
	    check_header(sector, lba, err) < 0)
		return -1;
	parse_header(sector, g);
	return read_array(d, g, err);
}

/* True if the copy at lba is sound; else why says what is wrong with it. */
static bool load(const struct disk *d, uint64_t lba, struct gpt *g, struct err *why)
{
	*g = (struct gpt){0};
	if (load_parts(d, lba, g, why) == 0)
		return true;
	gpt_free(g);
	return false;
}

/* ---- partitions ---- */

static bool is_unused(struct span entry)
{
	static const uint8_t none[16];
	return memcmp(entry.p, none, sizeof(none)) == 0;
}

static struct said place_problem(const struct gpt *g, uint64_t first, uint64_t last,
				 struct arena *arena)
{
	if (last < first)
		return said_make(arena,
				 "ends before it starts (sectors %" PRIu64 " to %" PRIu64 ")",
				 first, last);
	return said_make(arena,
			 "lies outside the sectors %" PRIu64 " to %" PRIu64
			 " that this GPT has for partitions",
			 g->first_usable, g->last_usable);
}

/* Bytes of a sector range; an absurd one is given an end that no disk has. */
static void place(const struct disk *d, uint64_t first, uint64_t last, struct partition *p)
{
	uint64_t n = last < first ? 0 : last - first + 1;
	if (__builtin_mul_overflow(first, d->sector, &p->start))
		p->start = UINT64_MAX;
	if (__builtin_mul_overflow(n, d->sector, &p->size))
		p->size = UINT64_MAX;
}

static int fill(const struct disk *d, const struct gpt *g, struct span entry, struct arena *arena,
		struct partition *p, struct err *err)
{
	uint64_t first = le64(entry, ENTRY_FIRST), last = le64(entry, ENTRY_LAST);
	char type[GUID_TEXT], id[GUID_TEXT];
	bool outside = last < first || first < g->first_usable || last > g->last_usable;
	guid_text(entry, 0, type);
	guid_text(entry, ENTRY_ID, id);
	const char *words = gpt_type_name(type);
	p->scheme = SCHEME_GPT;
	p->type = words ? words : arena_printf(arena, "type %s", type);
	p->type_id = arena_strdup(arena, type);
	p->id = arena_strdup(arena, id);
	p->name = text_utf16le(arena, span_sub(entry, ENTRY_NAME, ENTRY_NAME_LEN));
	p->problem = outside ? place_problem(g, first, last, arena) : said_of(NULL);
	place(d, first, last, p);
	if (!p->type || !p->type_id || !p->id || !p->name || (outside && !p->problem.plain))
		return err_set(err, E_MEMORY, "no memory for a partition");
	return 0;
}

static int list(const struct disk *d, const struct gpt *g, struct arena *arena,
		struct partition_table *out, struct err *err)
{
	struct span array = {g->array, g->array_len};
	out->scheme = SCHEME_GPT;
	out->disk_id = arena_strdup(arena, g->disk_id);
	out->items = arena_array(arena, g->entries, sizeof(*out->items), err);
	if (!out->items || !out->disk_id)
		return err_set(err, E_MEMORY, "no memory for the partitions");
	for (uint32_t i = 0; i < g->entries; i++) {
		struct span entry = span_sub(array, (uint64_t)i * g->entry_len, g->entry_len);
		if (is_unused(entry))
			continue;
		struct partition *p = &out->items[out->n++];
		p->number = i + 1;
		if (fill(d, g, entry, arena, p, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- a damaged copy, made anew from the sound one ---- */

#define HEADER_MY_ARRAY_PRIMARY 2u /* the entries follow the primary header */

struct copying {
	const struct disk *d;
	const struct gpt *sound;
	uint64_t from, to, array_to; /* sectors: headers, and the new array */
};

static int add_write(const struct copying *c, uint64_t off, const uint8_t *bytes, size_t len,
		     struct partition_table *out, struct err *err)
{
	uint8_t *old = arena_alloc(out->mend.arena, len, err);
	const struct write w = {off, len, old, bytes, said_of("GPT copy")};
	return !old || image_read(c->d->img, off, old, len, err) < 0
		       ? -1
		       : writes_add(&out->mend, &w, err);
}

static int add_header(const struct copying *c, struct partition_table *out, struct err *err)
{
	uint8_t raw[SECTOR_MAX];
	uint32_t sector = c->d->sector;
	if (image_read(c->d->img, c->from * sector, raw, sector, err) < 0)
		return -1;
	uint32_t len = le32((struct span){raw, sector}, HEADER_LEN);
	memset(raw + len, 0, sector - len);
	put_le64(raw + HEADER_MY_LBA, c->to);
	put_le64(raw + HEADER_OTHER_LBA, c->from);
	put_le64(raw + HEADER_ARRAY_LBA, c->array_to);
	put_le32(raw + HEADER_CRC, header_crc((struct span){raw, len}));
	return add_write(c, c->to * sector, raw, sector, out, err);
}

/* The primary's array lies behind its header, the backup's before it. */
static bool find_room(struct copying *c)
{
	const struct gpt *g = c->sound;
	uint64_t n = (g->array_len + c->d->sector - 1) / c->d->sector;
	bool primary = c->to == PRIMARY_LBA;
	if (n == 0 || c->to >= c->d->sectors || (!primary && c->to <= n))
		return false;
	c->array_to = primary ? HEADER_MY_ARRAY_PRIMARY : c->to - n;
	return primary ? c->array_to + n <= g->first_usable : c->array_to > g->last_usable;
}

/* What stands there now may be unreadable: then nothing is offered. */
static int offer(struct copying c, const char *damaged, struct arena *arena,
		 struct partition_table *out, struct err *err)
{
	struct err why = {0};
	out->mend = (struct write_list){.arena = arena};
	if (!find_room(&c))
		return 0;
	if (add_header(&c, out, &why) < 0 || add_write(&c, c.array_to * c.d->sector, c.sound->array,
						       c.sound->array_len, out, &why) < 0) {
		out->mend = (struct write_list){0};
		return why.code == E_MEMORY ? err_pass(err, &why) : 0;
	}
	out->damaged = damaged;
	return writes_sort(&out->mend, err);
}

/* ---- both copies ---- */

static bool same_content(const struct gpt *a, const struct gpt *b)
{
	return a->first_usable == b->first_usable && a->last_usable == b->last_usable &&
	       a->entry_len == b->entry_len && a->array_len == b->array_len &&
	       strcmp(a->disk_id, b->disk_id) == 0 && memcmp(a->array, b->array, a->array_len) == 0;
}

static int compare(const struct disk *d, const struct gpt *primary, struct arena *arena,
		   struct partition_table *out, struct err *err)
{
	struct gpt backup;
	struct err why = {0};
	int rc = 0;
	const struct copying anew = {
		.d = d, .sound = primary, .from = PRIMARY_LBA, .to = primary->other_lba};
	if (!load(d, primary->other_lba, &backup, &why))
		return offer(anew, "backup", arena, out, err) < 0
			       ? -1
			       : partition_note(out,
						said_make(arena,
							  "the backup GPT is damaged (%s); the "
							  "primary is used",
							  ERR_ARG(&why)),
						err);
	if (!same_content(primary, &backup))
		rc = partition_note(
			out, said_of("the primary and the backup GPT differ; the primary is used"),
			err);
	else if (primary->other_lba != d->sectors - 1)
		rc = partition_note(out, said_of("the backup GPT is not at the end of the disk"),
				    err);
	gpt_free(&backup);
	return rc;
}

static int use_primary(const struct disk *d, const struct gpt *primary, struct arena *arena,
		       struct partition_table *out, struct err *err)
{
	if (compare(d, primary, arena, out, err) < 0)
		return -1;
	return list(d, primary, arena, out, err);
}

static int use_backup(const struct disk *d, const struct err *why, struct arena *arena,
		      struct partition_table *out, struct err *err)
{
	struct gpt backup;
	struct err why_backup = {0};
	if (!load(d, d->sectors - 1, &backup, &why_backup))
		return err_set(
			err, E_CORRUPT,
			"both copies of the GPT are damaged: primary: %s; backup in the last "
			"sector: %s",
			ERR_ARG(why), ERR_ARG(&why_backup));
	int rc = partition_note(out,
				said_make(arena,
					  "the primary GPT is damaged (%s); the backup is used",
					  ERR_ARG(why)),
				err);
	const struct copying anew = {
		.d = d, .sound = &backup, .from = d->sectors - 1, .to = PRIMARY_LBA};
	if (rc == 0)
		rc = list(d, &backup, arena, out, err);
	if (rc == 0)
		rc = offer(anew, "primary", arena, out, err);
	gpt_free(&backup);
	return rc;
}

int gpt_read(struct image *img, struct arena *arena, struct partition_table *out, struct err *err)
{
	struct disk d = disk_of(img);
	struct gpt primary;
	struct err why = {0};
	if (!load(&d, PRIMARY_LBA, &primary, &why))
		return use_backup(&d, &why, arena, out, err);
	int rc = use_primary(&d, &primary, arena, out, err);
	gpt_free(&primary);
	return rc;
}
