/* SPDX-License-Identifier: MIT */
/*
 * Metadata items by a table: identifier, length, and what reads the value. Every item that the
 * specification asks for must be there once; items of unknown kind are ignored unless they say
 * that they are required. Values are checked so that vhdx_bat.c can believe them.
 *
 * Source: [MS-VHDX] 2.6.1 and 2.6.2.
 */
#include "vhdx_metadata.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_LEN   (64u * 1024)
#define HEAD_LEN    32u
#define ENTRY_LEN   32u
#define ENTRIES_MAX 2047u               /* [MS-VHDX] 2.6.1.1 */
#define ITEM_MAX    ((uint32_t)1 << 20) /* [MS-VHDX] 2.6.1.2 */
#define VALUE_MAX   16u                 /* bytes of the items that are read here */

#define FLAG_USER     1u
#define FLAG_REQUIRED 4u

#define PARAMETER_FIXED  1u
#define PARAMETER_PARENT 2u

#define BLOCK_MIN ((uint32_t)1 << 20)
#define BLOCK_MAX ((uint32_t)256 << 20)
#define DISK_MAX  ((uint64_t)64 << 40)

struct item {
	const char *id;
	const char *name;
	uint32_t len; /* 0: any */
	bool optional;
	int (*take)(struct vhdx_disk *d, struct span value, struct err *err);
};

static bool is_sector_size(uint32_t v)
{
	return v == 512 || v == 4096;
}

static int take_parameters(struct vhdx_disk *d, struct span value, struct err *err)
{
	uint32_t size = le32(value, 0), bits = le32(value, 4);
	d->block_size = size;
	d->fixed = bits & PARAMETER_FIXED;
	d->has_parent = bits & PARAMETER_PARENT;
	if (size >= BLOCK_MIN && size <= BLOCK_MAX && (size & (size - 1)) == 0)
		return 0;
	return err_set(err, E_CORRUPT, "block size %u is not a power of two from 1 MiB to 256 MiB",
		       size);
}

static int take_size(struct vhdx_disk *d, struct span value, struct err *err)
{
	d->size = le64(value, 0);
	if (d->size > 0 && d->size <= DISK_MAX)
		return 0;
	return err_set(err, E_CORRUPT, "a disk of %" PRIu64 " bytes", d->size);
}

static int take_id(struct vhdx_disk *d, struct span value, struct err *err)
{
	(void)err;
	guid_text(value, 0, d->id);
	return 0;
}

static int take_sector(struct vhdx_disk *d, struct span value, struct err *err)
{
	d->sector_size = le32(value, 0);
	if (is_sector_size(d->sector_size))
		return 0;
	return err_set(err, E_CORRUPT, "logical sectors of %u bytes", d->sector_size);
}

static int check_physical(struct vhdx_disk *d, struct span value, struct err *err)
{
	(void)d;
	if (is_sector_size(le32(value, 0)))
		return 0;
	return err_set(err, E_CORRUPT, "physical sectors of %u bytes", le32(value, 0));
}

#define LOCATOR 5
static const struct item items[] = {
	{"caa16737-fa36-4d43-b3b6-33f0aa44e76b", "file parameters", 8, false, take_parameters},
	{"2fa54224-cd1b-4876-b211-5dbed83bf4b8", "virtual disk size", 8, false, take_size},
	{"beca12ab-b2e6-4523-93ef-c309e000c746", "virtual disk id", 16, false, take_id},
	{"8141bf1d-a96f-4709-ba47-f233a8faab5f", "logical sector size", 4, false, take_sector},
	{"cda348c7-445d-4471-9cc9-e9885251c556", "physical sector size", 4, false, check_physical},
	[LOCATOR] = {"a8d35f2d-b30b-454d-abf7-d3d84834ab0c", "parent locator", 0, true, NULL},
};
#define ITEMS (sizeof(items) / sizeof(items[0]))

/* Where the known items lie in the file; len 0 while one was not met. */
struct found {
	struct vhdx_place place[ITEMS];
};

static size_t find_item(const char *id)
{
	size_t i = 0;
	while (i < ITEMS && strcmp(items[i].id, id) != 0)
		i++;
	return i;
}

static int place_item(const struct vhdx_place *region, struct span entry, const struct item *item,
		      struct vhdx_place *out, struct err *err)
{
	uint32_t off = le32(entry, 16), len = le32(entry, 20);
	if (out->len > 0)
		return err_set(err, E_CORRUPT, "VHDX metadata: %s is named twice", item->name);
	if (off < TABLE_LEN || len == 0 || len > ITEM_MAX || (item->len && len != item->len) ||
	    (uint64_t)off + len > region->len)
		return err_set(err, E_CORRUPT, "VHDX metadata: no place for %s, %u bytes at 0x%x",
			       item->name, len, off);
	*out = (struct vhdx_place){.at = region->at + off, .len = len};
	return 0;
}

/* An item that a user defined may have any identifier, a known one too. */
static int note_entry(const struct vhdx_place *region, struct span entry, struct found *found,
		      struct err *err)
{
	char id[GUID_TEXT];
	uint32_t flags = le32(entry, 24);
	guid_text(entry, 0, id);
	size_t i = flags & FLAG_USER ? ITEMS : find_item(id);
	if (i < ITEMS)
		return place_item(region, entry, &items[i], &found->place[i], err);
	if (flags & FLAG_REQUIRED)
		return err_set(err, E_UNSUPPORTED,
			       "VHDX metadata: item %s is required but of unknown kind", id);
	return 0;
}

static int parse_table(struct span raw, const struct vhdx_place *region, struct found *found,
		       struct err *err)
{
	uint16_t n = le16(raw, 10);
	if (memcmp(raw.p, "metadata", 8) != 0 || n > ENTRIES_MAX)
		return err_set(err, E_CORRUPT,
			       "VHDX metadata table at 0x%" PRIx64
			       ": wrong signature, or %u entries",
			       region->at, n);
	for (uint32_t i = 0; i < n; i++)
		if (note_entry(region, span_sub(raw, HEAD_LEN + i * ENTRY_LEN, ENTRY_LEN), found,
			       err) < 0)
			return -1;
	return 0;
}

static int read_table(struct vhdx_file *f, const struct vhdx_place *region, struct found *found,
		      struct err *err)
{
	uint8_t *buf = malloc(TABLE_LEN);
	if (!buf)
		return err_set(err, E_MEMORY, "no memory for the VHDX metadata");
	int rc = vhdx_file_read(f, region->at, buf, TABLE_LEN, err);
	rc = rc < 0 ? err_at(err, "VHDX metadata table")
		    : parse_table((struct span){buf, TABLE_LEN}, region, found, err);
	free(buf);
	return rc;
}

static int take_item(struct vhdx_file *f, const struct item *item, const struct vhdx_place *place,
		     struct vhdx_disk *out, struct err *err)
{
	uint8_t value[VALUE_MAX];
	if (place->len == 0 && !item->optional)
		return err_set(err, E_CORRUPT, "VHDX metadata: no %s", item->name);
	if (!item->take)
		return 0;
	if (vhdx_file_read(f, place->at, value, item->len, err) < 0 ||
	    item->take(out, (struct span){value, item->len}, err) < 0)
		return err_at(err, "VHDX %s at 0x%" PRIx64, item->name, place->at);
	return 0;
}

int vhdx_metadata_read(struct vhdx_file *f, const struct vhdx_place *region, struct vhdx_disk *out,
		       struct err *err)
{
	struct found found = {0};
	*out = (struct vhdx_disk){0};
	if (read_table(f, region, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < ITEMS; i++)
		if (take_item(f, &items[i], &found.place[i], out, err) < 0)
			return -1;
	out->locator = found.place[LOCATOR];
	if (out->size % out->sector_size != 0)
		return err_set(err, E_CORRUPT,
			       "VHDX metadata: a disk of %" PRIu64
			       " bytes is not whole sectors of %u",
			       out->size, out->sector_size);
	if (out->has_parent && out->locator.len == 0)
		return err_set(err, E_CORRUPT, "VHDX metadata: no parent locator");
	return 0;
}
