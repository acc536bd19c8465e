/* SPDX-License-Identifier: MIT */
/*
 * The region table stands twice in the file; the first copy with a right signature and checksum
 * is believed. Regions and the log must be aligned, and no two may share a byte. The two regions
 * that are used must lie inside the file; what an unknown, optional one says about its size is
 * only remembered as a place to keep off.
 *
 * "Required" is not demanded for the two known regions: qemu-img writes 0 there.
 *
 * Source: [MS-VHDX] 2.2.3.
 */
#include "vhdx_region.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_LEN   (64u * 1024)
#define COPIES      2u
#define HEAD_LEN    16u
#define ENTRY_LEN   32u
#define ENTRIES_MAX 2047u /* [MS-VHDX] 2.2.3.1 */
#define REQUIRED    1u

#define AT_CHECKSUM 4
#define AT_COUNT    8

static const uint64_t copies[COPIES] = {0x30000, 0x40000};

#define TABLE_REGION    "2dc27766-f623-4200-9d64-115e9bfd4a08"
#define METADATA_REGION "8b7ca206-4790-4b9a-b8fe-575f050f886e"

struct region {
	char id[GUID_TEXT];
	struct vhdx_place place;
	bool required;
};

static bool sound(struct span raw)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32c_of(span_sub(raw, 0, AT_CHECKSUM));
	crc = crc32c_more(crc, (struct span){zero, sizeof(zero)});
	crc = crc32c_more(crc, span_sub(raw, AT_COUNT, raw.len - AT_COUNT));
	return memcmp(raw.p, "regi", 4) == 0 && le32(raw, AT_CHECKSUM) == crc;
}

static int check_place(const struct region *r, const struct vhdx_file *f, bool inside,
		       struct err *err)
{
	uint64_t end;
	const struct vhdx_place *p = &r->place;
	if (p->at >= VHDX_MIB && p->at % VHDX_MIB == 0 && p->len > 0 && p->len % VHDX_MIB == 0 &&
	    !__builtin_add_overflow(p->at, p->len, &end) && (!inside || end <= vhdx_file_size(f)))
		return 0;
	return err_set(err, E_CORRUPT,
		       "VHDX region %s: no place for 0x%" PRIx64 " bytes at 0x%" PRIx64, r->id,
		       p->len, p->at);
}

/* Remember a region that is used; NULL for one of unknown kind. */
static struct vhdx_place *slot_of(struct vhdx_regions *out, const char *id)
{
	if (strcmp(id, TABLE_REGION) == 0)
		return &out->table;
	return strcmp(id, METADATA_REGION) == 0 ? &out->metadata : NULL;
}

static int take_region(struct vhdx_regions *out, const struct region *r, const struct vhdx_file *f,
		       struct err *err)
{
	struct vhdx_place *slot = slot_of(out, r->id);
	if (!slot && r->required)
		return err_set(err, E_UNSUPPORTED, "VHDX region %s is required but of unknown kind",
			       r->id);
	if (check_place(r, f, slot != NULL, err) < 0)
		return -1;
	if (slot && slot->len > 0)
		return err_set(err, E_CORRUPT, "VHDX region %s is named twice", r->id);
	if (slot)
		*slot = r->place;
	out->taken[out->n_taken++] = r->place;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct vhdx_place *x = a, *y = b;
	return (x->at > y->at) - (x->at < y->at);
}

static int check_taken(struct vhdx_regions *out, struct err *err)
{
	if (out->table.len == 0 || out->metadata.len == 0)
		return err_set(err, E_CORRUPT, "VHDX region table: no %s region",
			       out->table.len == 0 ? "block table" : "metadata");
	qsort(out->taken, out->n_taken, sizeof(*out->taken), by_place);
	for (size_t i = 1; i < out->n_taken; i++) {
		const struct vhdx_place *a = &out->taken[i - 1], *b = &out->taken[i];
		if (b->at - a->at < a->len)
			return err_set(err, E_CORRUPT,
				       "VHDX regions at 0x%" PRIx64 " and 0x%" PRIx64 " overlap",
				       a->at, b->at);
	}
	return 0;
}

static int parse(struct span raw, struct vhdx_file *f, struct vhdx_regions *out, struct err *err)
{
	uint32_t n = le32(raw, AT_COUNT);
	if (n > ENTRIES_MAX)
		return err_set(err, E_CORRUPT, "VHDX region table: %u entries, more than %u", n,
			       ENTRIES_MAX);
	for (uint32_t i = 0; i < n; i++) {
		struct span entry = span_sub(raw, HEAD_LEN + i * ENTRY_LEN, ENTRY_LEN);
		struct region r = {
			.place = {.at = le64(entry, 16), .len = le32(entry, 24)},
			.required = le32(entry, 28) & REQUIRED,
		};
		guid_text(entry, 0, r.id);
		if (take_region(out, &r, f, err) < 0)
			return -1;
	}
	return check_taken(out, err);
}

static int read_sound_copy(struct vhdx_file *f, uint8_t *buf, bool *first_damaged, struct err *err)
{
	for (unsigned i = 0; i < COPIES; i++) {
		if (vhdx_file_read(f, copies[i], buf, TABLE_LEN, err) < 0)
			return err_at(err, "VHDX region table");
		*first_damaged = i > 0;
		if (sound((struct span){buf, TABLE_LEN}))
			return 0;
	}
	return err_set(err, E_CORRUPT,
		       "VHDX region tables at 0x%" PRIx64 " and 0x%" PRIx64
		       ": signature or checksum wrong in both",
		       copies[0], copies[1]);
}

int vhdx_regions_read(struct vhdx_file *f, const struct vhdx_header *header, struct arena *arena,
		      struct vhdx_regions *out, struct err *err)
{
	*out = (struct vhdx_regions){0};
	out->taken = arena_array(arena, ENTRIES_MAX + 1, sizeof(*out->taken), err);
	uint8_t *buf = malloc(TABLE_LEN);
	int rc = -1;
	if (!out->taken || !buf) {
		err_set(err, E_MEMORY, "no memory for the VHDX region table");
		goto out;
	}
	if (header->log_len > 0)
		out->taken[out->n_taken++] = (struct vhdx_place){header->log_at, header->log_len};
	if (read_sound_copy(f, buf, &out->first_damaged, err) == 0)
		rc = parse((struct span){buf, TABLE_LEN}, f, out, err);
out:
	free(buf);
	return rc;
}

const struct vhdx_place *vhdx_regions_touch(const struct vhdx_regions *r, uint64_t at, uint64_t len)
{
	size_t low = 0, high = r->n_taken;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->taken[middle].at + r->taken[middle].len <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->n_taken && r->taken[low].at < at + len ? &r->taken[low] : NULL;
}
