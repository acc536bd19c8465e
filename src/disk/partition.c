/* SPDX-License-Identifier: MIT */
/*
 * Partition tables of a disk: which scheme it has, the MBR's four entries, and what is wrong with
 * the partitions found. The decision, from sector 0:
 *
 *   boot sector of a file system, no sound MBR entries   one volume without a table
 *   MBR whose only used entries are of type 0xEE         GPT (gpt.c)
 *   any other MBR                                        MBR, also when a GPT lies beside it:
 *                                                        Windows follows a hybrid MBR
 *   no MBR but a GPT header in sector 1                  GPT, with a note
 *
 * The first extended partition is listed and its logical ones behind the primary ones (extended.c):
 * the loader lies in a primary partition, but Windows itself may lie in a logical one. LDM
 * (dynamic disk) is named, not read.
 *
 * Sources: UEFI Specification 2.10, section 5.2; doc/FORMATS/partitions.md, "Which table", "MBR".
 */
#include "stop7b/partition.h"

#include <inttypes.h>
#include <string.h>

#include "gpt.h"
#include "mbr.h"

#define MBR_DISK_ID      440
#define MBR_TABLE        446
#define MBR_ENTRY_LEN    16
#define MBR_STATUS       0
#define MBR_TYPE         4
#define MBR_FIRST        8
#define MBR_COUNT        12
#define MBR_SIGNATURE    510
#define STATUS_ACTIVE    0x80
#define PROTECTIVE_START 1
#define PROTECTIVE_ID    "0xee"
#define NOTES_MAX        (sizeof(((struct partition_table *)0)->notes) / sizeof(struct said))

int partition_note(struct partition_table *t, struct said text, struct err *err)
{
	if (!text.plain)
		return err_set(err, E_MEMORY, "no memory for a note");
	if (t->n_notes < NOTES_MAX)
		t->notes[t->n_notes++] = text;
	return 0;
}

/* ---- MBR entries ---- */

struct mbr_entry mbr_entry(struct span table, unsigned i)
{
	uint64_t at = MBR_TABLE + (uint64_t)i * MBR_ENTRY_LEN;
	return (struct mbr_entry){
		.status = u8(table, at + MBR_STATUS),
		.type = u8(table, at + MBR_TYPE),
		.first = le32(table, at + MBR_FIRST),
		.count = le32(table, at + MBR_COUNT),
	};
}

bool mbr_entry_is_used(struct mbr_entry e)
{
	return e.type != 0 && e.count != 0;
}

bool mbr_has_signature(struct span table)
{
	return le16(table, MBR_SIGNATURE) == 0xaa55;
}

/* What no boot loader's code looks like: the status byte of used entries has two values only. */
static bool entries_are_sound(struct span mbr)
{
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry e = mbr_entry(mbr, i);
		if (e.type != 0 && (e.status & ~STATUS_ACTIVE) != 0)
			return false;
	}
	return true;
}

static unsigned count_used(struct span mbr, bool protective)
{
	unsigned n = 0;
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry e = mbr_entry(mbr, i);
		n += mbr_entry_is_used(e) && (e.type == MBR_GPT_PROTECTIVE) == protective;
	}
	return n;
}

/* ---- the MBR as a table ---- */

int mbr_fill(struct mbr_entry e, uint64_t from, uint32_t sector, struct arena *arena,
	     struct partition *p, struct err *err)
{
	const char *words = mbr_type_name(e.type);
	p->scheme = SCHEME_MBR;
	p->start = (from + e.first) * sector;
	p->size = (uint64_t)e.count * sector;
	p->type = words ? words : arena_printf(arena, "type 0x%02x", e.type);
	p->type_id = arena_printf(arena, "0x%02x", e.type);
	p->name = "";
	p->active = e.status == STATUS_ACTIVE;
	p->problem = said_of(e.first == 0 ? N_("starts on the partition table itself") : NULL);
	if (!p->type || !p->type_id)
		return err_set(err, E_MEMORY, "no memory for a partition");
	return 0;
}

static int add_primary(struct mbr_entry e, unsigned number, uint32_t sector, struct arena *arena,
		       struct partition_table *out, struct err *err)
{
	struct partition *p = &out->items[out->n++];
	p->number = number;
	if (mbr_fill(e, 0, sector, arena, p, err) < 0)
		return -1;
	if (e.type == MBR_GPT_PROTECTIVE)
		return partition_note(
			out, said_of("hybrid MBR: the GPT beside it is not read, as Windows does"),
			err);
	return 0;
}

/* Windows and others follow the first extended partition only. */
static int read_extended(struct image *img, struct arena *arena, struct partition_table *out,
			 struct err *err)
{
	size_t primary = out->n, followed = 0;
	for (size_t i = 0; i < primary; i++) {
		struct partition *p = &out->items[i];
		if (!extended_is(p) || p->problem.plain)
			continue;
		if (followed++ > 0)
			return partition_note(
				out,
				said_of("there is a second extended partition, which no "
					"system follows"),
				err);
		if (extended_read(img, p, arena, out, err) < 0)
			return -1;
	}
	return 0;
}

static int read_mbr(struct image *img, struct span mbr, struct arena *arena,
		    struct partition_table *out, struct err *err)
{
	out->scheme = SCHEME_MBR;
	out->disk_id = arena_printf(arena, "0x%08x", le32(mbr, MBR_DISK_ID));
	out->items = arena_array(arena, PARTITIONS_MAX, sizeof(*out->items), err);
	if (!out->items || !out->disk_id)
		return err_set(err, E_MEMORY, "no memory for the partitions");
	uint32_t sector = image_info(img)->sector_size;
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry e = mbr_entry(mbr, i);
		if (mbr_entry_is_used(e) && add_primary(e, i + 1, sector, arena, out, err) < 0)
			return -1;
	}
	return read_extended(img, arena, out, err);
}

static int note_beside(struct image *img, struct span mbr, struct partition_table *out,
		       struct err *err)
{
	if (count_used(mbr, true) == 0 && gpt_is_there(img))
		return partition_note(
			out,
			said_of("a GPT without protective MBR lies beside the MBR and is "
				"not read"),
			err);
	return 0;
}

/* ---- which table ---- */

static int check_protective(struct span mbr, struct partition_table *out, struct err *err)
{
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry e = mbr_entry(mbr, i);
		if (mbr_entry_is_used(e) && e.first != PROTECTIVE_START)
			return partition_note(
				out, said_of("the protective MBR does not start at sector 1"), err);
	}
	if (count_used(mbr, true) > 1)
		return partition_note(out, said_of("the protective MBR has more than one entry"),
				      err);
	return 0;
}

static int read_superfloppy(const struct image_info *info, struct arena *arena,
			    struct partition_table *out, struct err *err)
{
	struct partition *p = arena_alloc(arena, sizeof(*p), err);
	if (!p)
		return -1;
	*p = (struct partition){
		.number = 1,
		.scheme = SCHEME_NONE,
		.size = info->size,
		.type = "whole disk",
		.type_id = "",
		.name = "",
	};
	out->scheme = SCHEME_NONE;
	out->items = p;
	out->n = 1;
	return 0;
}

static int refuse(struct span sector, struct err *err)
{
	bool empty = sector.p[0] == 0 && memcmp(sector.p, sector.p + 1, sector.len - 1) == 0;
	if (empty)
		return err_set(err, E_FORMAT,
			       "the first sector is empty: no partition table and no "
			       "file system");
	if (memcmp(sector.p, "ER", 2) == 0)
		return err_set(err, E_FORMAT,
			       "an Apple partition map, which no Windows starts from");
	if (mbr_has_signature(sector))
		return err_set(err, E_FORMAT,
			       "the first sector has a boot signature, but neither "
			       "partition entries nor a file system that is known");
	return err_set(err, E_FORMAT, "no partition table and no file system in the first sector");
}

static int read_table(struct image *img, struct span boot, struct arena *arena,
		      struct partition_table *out, struct err *err)
{
	const struct image_info *info = image_info(img);
	bool table = mbr_has_signature(boot) && entries_are_sound(boot);
	unsigned partitions = table ? count_used(boot, false) : 0;
	unsigned protective = table ? count_used(boot, true) : 0;
	if (partitions + protective == 0 && filesystem_probe(boot) != FS_UNKNOWN)
		return read_superfloppy(info, arena, out, err);
	if (partitions == 0 && protective > 0)
		return check_protective(boot, out, err) < 0 ? -1 : gpt_read(img, arena, out, err);
	if (partitions == 0 && gpt_is_there(img))
		return partition_note(
			       out, said_of("the GPT has no protective MBR; Windows sees no table"),
			       err) < 0
			       ? -1
			       : gpt_read(img, arena, out, err);
	if (!table)
		return refuse(boot, err);
	if (note_beside(img, boot, out, err) < 0)
		return -1;
	return read_mbr(img, boot, arena, out, err);
}

/* ---- what is wrong with the partitions, and what is in them ---- */

/* A problem must not vanish because there was no memory for its exact words. */
static struct said or_else(struct said words, const char *plain)
{
	return words.plain ? words : said_of(plain);
}

static struct said size_words(struct arena *arena, uint64_t len)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} units[] = {{UINT64_C(1) << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (len >= units[i].unit)
			return said_make(arena, "%llu %s",
					 (unsigned long long)(len / units[i].unit), units[i].name);
	return said_make(arena, "%llu bytes", (unsigned long long)len);
}

static struct said past_end(struct arena *arena, const struct partition *p, uint64_t disk)
{
	uint64_t end;
	if (p->start >= disk)
		return said_of("starts behind the end of the disk");
	if (__builtin_add_overflow(p->start, p->size, &end))
		end = UINT64_MAX;
	if (end <= disk)
		return said_of(NULL);
	struct said words = or_else(size_words(arena, end - disk), N_("some bytes"));
	return or_else(said_make(arena, "ends %s behind the disk", said_arg(words, arena)),
		       N_("ends behind the disk"));
}

/*
 * Without arithmetic overflow: the later start decides. The protective entry of a hybrid MBR is
 * no partition; it may cover the others, as an extended partition covers its logical ones.
 */
static bool overlaps(const struct partition *a, const struct partition *b)
{
	if (strcmp(a->type_id, PROTECTIVE_ID) == 0 || strcmp(b->type_id, PROTECTIVE_ID) == 0)
		return false;
	if (extended_holds(a, b) || extended_holds(b, a))
		return false;
	return a->start <= b->start ? b->start - a->start < a->size : a->start - b->start < b->size;
}

static const struct partition *find_overlap(const struct partition_table *t,
					    const struct partition *p)
{
	for (size_t i = 0; i < t->n; i++)
		if (&t->items[i] != p && overlaps(&t->items[i], p))
			return &t->items[i];
	return NULL;
}

static void find_problem(const struct partition_table *t, struct partition *p, uint64_t disk,
			 struct arena *arena)
{
	if (!p->problem.plain)
		p->problem = past_end(arena, p, disk);
	if (p->problem.plain)
		return;
	const struct partition *other = find_overlap(t, p);
	if (other)
		p->problem = or_else(said_make(arena, "overlaps partition %u", other->number),
				     N_("overlaps another partition"));
}

static void probe_content(struct image *img, struct partition *p, struct arena *arena)
{
	uint8_t boot[MBR_LEN];
	struct err why = {0};
	if (p->problem.plain || p->size < sizeof(boot))
		return;
	if (image_read(img, p->start, boot, sizeof(boot), &why) == 0)
		p->filesystem = filesystem_probe((struct span){boot, sizeof(boot)});
	else
		p->problem = or_else(
			said_make(arena, "its first sector cannot be read: %s", ERR_ARG(&why)),
			N_("its first sector cannot be read"));
}

static int note_dynamic_disk(struct partition_table *t, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < t->n; i++)
		if (strncmp(t->items[i].type, gpt_ldm_words, strlen(gpt_ldm_words)) == 0)
			return partition_note(
				t,
				said_make(arena, "partition %u %s", t->items[i].number,
					  said_word(hint_row(HINT_DYNAMIC_DISK)->found, arena)),
				err);
	return 0;
}

int partition_list(struct image *img, struct arena *arena, struct partition_table *out,
		   struct err *err)
{
	const struct image_info *info = image_info(img);
	uint8_t boot[MBR_LEN];
	*out = (struct partition_table){0};
	if (info->size < sizeof(boot))
		return err_set(err, E_FORMAT, "a disk of %" PRIu64 " bytes", info->size);
	if (image_read(img, 0, boot, sizeof(boot), err) < 0)
		return err_at(err, "first sector");
	if (read_table(img, (struct span){boot, sizeof(boot)}, arena, out, err) < 0 ||
	    note_dynamic_disk(out, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		find_problem(out, &out->items[i], info->size, arena);
	for (size_t i = 0; i < out->n; i++)
		probe_content(img, &out->items[i], arena);
	return 0;
}
