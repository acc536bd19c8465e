/* SPDX-License-Identifier: MIT */
/*
 * Shared inside registry/: where the fields of a hive's records are, and the accessors that check
 * a record before anything is read from it.
 *
 * Offsets named *_AT count from the start of the record (the bytes behind the cell's own size
 * field). Places in messages are cell offsets, counted from the first bin as the hive itself
 * counts them.
 * Source: msuhanov/regf, "Windows registry file format specification".
 */
#ifndef STOP7B_HIVE_INTERNAL_H
#define STOP7B_HIVE_INTERNAL_H

#include "stop7b/hive.h"

enum {
	CELL_HEADER = 4, /* bytes of the size field in front of every record */
	CELL_ALIGN = 8,
	BIN_HEADER = 32,
	BIN_ALIGN = 4096,
	BIN_TIME_AT = 20, /* first bin only: copy of the base block's time */
};

/* Base block. */
enum {
	BASE_PRIMARY_AT = 4,
	BASE_SECONDARY_AT = 8,
	BASE_TIME_AT = 12,
	BASE_MAJOR_AT = 20,
	BASE_MINOR_AT = 24,
	BASE_TYPE_AT = 28,
	BASE_FORMAT_AT = 32,
	BASE_ROOT_AT = 36,
	BASE_BINS_AT = 40,
	BASE_CLUSTERING_AT = 44,
	BASE_FLAGS_AT = 144,
	BASE_CHECKSUM_AT = 508,
	BASE_LAYERED = 2, /* flag: keys may be layered */
};

/* Key record "nk". */
enum {
	NK_FLAGS_AT = 2,
	NK_TIME_AT = 4,
	NK_LAYERS_AT = 13,
	NK_SUBKEYS_AT = 20,
	NK_LIST_AT = 28,
	NK_VALUES_AT = 36,
	NK_VALUE_LIST_AT = 40,
	NK_CLASS_AT = 48,
	NK_LARGEST_DATA_AT = 64,
	NK_NAME_LEN_AT = 72,
	NK_CLASS_LEN_AT = 74,
	NK_SIZE = 76, /* without the name */
	NK_SYMLINK = 0x10,
	NK_LATIN1 = 0x20,
	NK_PREDEFINED = 0x40, /* the number of values is a handle instead */
	NK_LAYER_MASK = 3,
	NK_TOMBSTONE = 1,
};

/* Value record "vk". */
enum {
	VK_NAME_LEN_AT = 2,
	VK_SIZE_AT = 4,
	VK_DATA_AT = 8,
	VK_TYPE_AT = 12,
	VK_FLAGS_AT = 16,
	VK_SIZE = 20, /* without the name */
	VK_LATIN1 = 1,
	VK_IN_LINE_MAX = 4, /* bytes of data that fit into the record itself */
};
#define VK_IN_LINE 0x80000000u /* bit of the size field: data is in the record */

#define DB_SEGMENT 16344u /* bytes in each segment of big data but the last */
#define DB_MINOR   4u     /* first minor version that has big data */

/*
 * Damaged elements after which a list is given up: enough to show what is left of a hive that
 * lost a few pages, few enough that many keys sharing one bad list cost no more than they should.
 */
#define DAMAGED_MAX 1000u

/* A name as stored: Latin-1 or UTF-16LE, no terminator. */
struct hive_name {
	struct span bytes;
	bool latin1;
};

/*
 * The content of the allocated cell at `at`, at least `least` bytes of it.
 *   what  the kind of record, for the message
 * 0, or -1 with E_CORRUPT naming the place.
 */
int hive_cell(const struct hive *h, uint32_t at, uint64_t least, const char *what, struct span *out,
	      struct err *err);

/* The checked record of a key or of a value, its name included. 0, or -1 with E_CORRUPT. */
int hive_key_record(struct key k, struct span *out, struct err *err);
int hive_value_record(const struct hive *h, uint32_t at, struct span *out, struct err *err);

#define NAME_LATIN1_END 0x100u /* units below can be stored in one byte */

/* The name as UTF-16 units. */
static inline uint32_t name_units(struct hive_name n)
{
	return (uint32_t)(n.latin1 ? n.bytes.len : n.bytes.len / 2);
}

static inline uint16_t name_unit(struct hive_name n, uint32_t i)
{
	return n.latin1 ? n.bytes.p[i] : le16(n.bytes, (uint64_t)i * 2);
}

#define IDEOGRAPHS     0x2e80u /* CJK radicals ... */
#define IDEOGRAPHS_END 0xa000u /* ... to the end of the unified ideographs */

/* Has this unit the same capital, or none, in every version of Windows? */
static inline bool name_unit_known(uint16_t unit)
{
	return unit < NAME_LATIN1_END || (unit >= IDEOGRAPHS && unit < IDEOGRAPHS_END);
}

/* Name inside a checked record. */
struct hive_name hive_key_name(struct span nk);
struct hive_name hive_value_name(struct span vk);

#define HASH_FACTOR 37u /* of the hashes in lh lists: of the capitals, from the first on */

/* Code point at *at, which must lie inside the name; moves *at behind it. */
uint32_t hive_name_next(struct hive_name n, size_t *at);
/*
 * The subkey of that name: 1 with it, 0 when there is none, -1 when something in the way is not as it
 * should be, so that only looking at one after the other tells what counts.
 */
int hive_list_find(struct key parent, const char *name, size_t len, struct key *out);
/* The same, damage or not. 0, or -1 with err: E_NOTFOUND, E_CORRUPT. */
int hive_find_child(struct key parent, const char *name, size_t len, struct key *out,
		    struct err *err);
/* Equal without case; name is len bytes of UTF-8 and never equal when that is not valid. */
bool hive_name_is(struct hive_name stored, const char *name, size_t len);
/* Escaped for showing; NULL without memory. */
char *hive_name_text(struct hive_name stored, struct arena *arena);
char *hive_name_raw(struct hive_name stored, struct arena *arena); /* nothing escaped */

#endif
