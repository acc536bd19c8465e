/* SPDX-License-Identifier: MIT */
/*
 * A FAT directory as a list of names.
 *
 * An entry of 32 bytes is a file, a directory, the volume label, or a part of the long name that
 * belongs to the next of those. A long name counts only when its parts stand in falling order
 * without a gap, right before their short entry, all with the checksum of its short name; anything
 * else is left over from a system that did not know long names, and is passed over.
 * Source: Microsoft, "FAT32 File System Specification", version 1.03, "FAT Directory Structure",
 * "FAT Long Directory Entries".
 */
#include "fat_internal.h"

#include <string.h>

#define UNITS_PER_PART 13u
#define PARTS_MAX      20u   /* 255 units */
#define LAST_PART      0x40u /* set in the number of the part that is stored first */
#define FREE_ENTRY     0xe5u
#define END_OF_ENTRIES 0x00u

enum {
	AT_ATTRIBUTES = 11,
	AT_CASE = 12,
	AT_CLUSTER_HIGH = 20,
	AT_TIME = 22,
	AT_DATE = 24,
	AT_CLUSTER_LOW = 26,
	AT_SIZE = 28,
	AT_CHECKSUM = 13
};

/* Where the characters of a long name part lie. */
static const struct {
	unsigned at, n;
} pieces[] = {{1, 5}, {14, 6}, {28, 2}};

static void forget_name(struct fat_walk *w)
{
	w->parts = w->left = 0;
}

static void begin_name(struct fat_walk *w, struct span e)
{
	unsigned n = u8(e, 0) & ~LAST_PART;
	forget_name(w);
	if (n == 0 || n > PARTS_MAX)
		return;
	w->parts = w->left = n;
	w->checksum = u8(e, AT_CHECKSUM);
}

static void take_part(struct fat_walk *w, struct span e)
{
	if (u8(e, 0) & LAST_PART)
		begin_name(w, e);
	if (w->left == 0 || (u8(e, 0) & ~LAST_PART) != w->left ||
	    u8(e, AT_CHECKSUM) != w->checksum) {
		forget_name(w);
		return;
	}
	w->left--;
	uint16_t *to = w->units + w->left * UNITS_PER_PART;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (unsigned k = 0; k < pieces[i].n; k++)
			*to++ = le16(e, pieces[i].at + 2 * k);
	}
}

/* The long name put together, if it belongs to the short name of out. */
static void give_name(struct fat_walk *w, struct fat_item *out)
{
	size_t n = 0, most = w->parts * UNITS_PER_PART;
	if (w->parts == 0 || w->left > 0 || fat_short_checksum(out->short_name) != w->checksum)
		return;
	while (n < most && n < FAT_NAME_MAX && w->units[n] != 0)
		n++;
	memcpy(out->units, w->units, n * sizeof(*w->units));
	out->n_units = n;
}

/* "." and ".." */
static bool is_dots(struct span e)
{
	return memcmp(e.p, ".          ", FAT_SHORT_NAME) == 0 ||
	       memcmp(e.p, "..         ", FAT_SHORT_NAME) == 0;
}

static void take_item(const struct fat_walk *w, struct span e, struct fat_item *out)
{
	uint32_t high = w->vol->geometry.kind == 32 ? le16(e, AT_CLUSTER_HIGH) : 0u;
	*out = (struct fat_item){
		.attributes = u8(e, AT_ATTRIBUTES),
		.case_flags = u8(e, AT_CASE),
		.cluster = high << 16 | le16(e, AT_CLUSTER_LOW),
		.size = le32(e, AT_SIZE),
		.date = le16(e, AT_DATE),
		.time = le16(e, AT_TIME),
	};
	memcpy(out->short_name, e.p, FAT_SHORT_NAME);
}

int fat_walk_next(struct fat_walk *w, struct fat_item *out, struct err *err)
{
	uint8_t raw[FAT_ENTRY];
	struct span e = {raw, sizeof(raw)};
	for (; w->at + FAT_ENTRY <= w->runs->len; w->at += FAT_ENTRY) {
		if (fat_runs_read(w->vol, w->runs, w->at, raw, sizeof(raw), err) != 0)
			return -1;
		if (raw[0] == END_OF_ENTRIES)
			return 0;
		if (raw[0] == FREE_ENTRY || is_dots(e)) {
			forget_name(w);
		} else if ((raw[AT_ATTRIBUTES] & FAT_LONG_NAME_MASK) == FAT_LONG_NAME) {
			take_part(w, e);
		} else {
			take_item(w, e, out);
			give_name(w, out);
			forget_name(w);
			w->at += FAT_ENTRY;
			return 1;
		}
	}
	return 0;
}
