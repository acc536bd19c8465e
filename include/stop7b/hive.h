/* SPDX-License-Identifier: MIT */
/*
 * A registry hive (regf) in memory: keys and values by a bounds-checked cell walker.
 *
 * Every access to a cell goes through one accessor that checks offset, alignment, allocation and
 * size. Keys and values are small handles (a hive and a cell offset): copy them freely; they live
 * as long as the hive's bytes. Names are compared without case. Lists are followed to a bounded
 * depth and count, so a lying hive ends in E_CORRUPT with the place, never in a loop.
 */
#ifndef STOP7B_HIVE_H
#define STOP7B_HIVE_H

#include "stop7b/bytes.h"

#define HIVE_BASE      4096u       /* bytes of the base block; cell offsets count from there */
#define HIVE_NONE      0xffffffffu /* "no cell" */
#define HIVE_DEPTH_MAX 512u        /* nesting of keys, the limit Windows itself sets */

enum reg_type {
	REG_NONE,
	REG_SZ,
	REG_EXPAND_SZ,
	REG_BINARY,
	REG_DWORD,
	REG_DWORD_BE,
	REG_LINK,
	REG_MULTI_SZ,
	REG_RESOURCE_LIST,
	REG_FULL_RESOURCE,
	REG_REQUIREMENTS,
	REG_QWORD
};

/* What can be done to a hive, one thing at a time. */
enum hive_op {
	HIVE_SET, /* create or change a value of a key that exists */
	HIVE_DELETE_VALUE,
	HIVE_CREATE_KEY, /* and every key above it that is missing */
	HIVE_DELETE_KEY, /* with all that is below it */
};

/* Put bytes [off, off+len) of the file where they belong. 0, or -1 with err. */
typedef int hive_fetch(void *context, uint64_t off, uint64_t len, struct err *err);

#define HIVE_PIECE 65536u /* bytes of the file that are brought in at once */

/* Where the bytes of a hive come from that is read as it is walked. */
struct hive_source {
	hive_fetch *fetch;
	void *context;
	const bool *there; /* one for each HIVE_PIECE: need not be fetched; NULL: ask every time */
};

struct hive {
	struct span bytes;    /* the whole file */
	uint32_t sequence[2]; /* primary, secondary */
	uint64_t written;     /* FILETIME of the base block */
	uint32_t minor;       /* format version 1.minor */
	uint32_t file_type;   /* 0 primary */
	uint32_t root;        /* cell offset */
	uint32_t bins_size;   /* bytes of hive bins as the base block says */
	uint32_t clustering;  /* clustering factor */
	uint32_t flags;
	bool checksum_ok;
	bool dirty;           /* checksum wrong, or sequence numbers differ */
	uint32_t damaged_bin; /* first bin whose header breaks its rules; HIVE_NONE when none */
	struct hive_source source; /* of hive_open_sparse(); without fetch all bytes are there */
};

struct key {
	const struct hive *hive;
	uint32_t at; /* cell offset of the nk record, relative to the first bin */
};

struct value {
	const struct hive *hive;
	uint32_t at;   /* cell offset of the vk record */
	uint32_t type; /* enum reg_type, or any other number found */
	uint32_t size; /* bytes of data */
	bool in_line;  /* data stored in the vk record itself */
};

/*
 * Read the base block and check that the hive can be walked at all. bytes stay the caller's.
 * A dirty hive opens; look at h->dirty. One damaged bin does not lose the keys in the others:
 * such a hive opens too, with damaged_bin set, and is refused by the editor. 0, or -1 with err:
 * E_FORMAT (no regf signature), E_UNSUPPORTED (version below 1.3, not a primary file), E_CORRUPT
 * (sizes that do not fit, root cell unusable).
 * Source: msuhanov/regf, "Windows registry file format specification".
 */
int hive_open(struct hive *h, struct span bytes, struct err *err);

/*
 * The same for a hive of which only what is walked over is read: the source is asked before bytes are
 * looked at, and may be asked again. Its bins are not checked, and only keys and values can be
 * asked for.
 */
int hive_open_sparse(struct hive *h, struct span bytes, const struct hive_source *source,
		     struct err *err);
/* All bytes are there now: checks the bins as hive_open() does, and asks its source no more. */
void hive_complete(struct hive *h);

/* The primary and the secondary number of a hive file that is a base block long at least. */
void hive_sequences(struct span file, uint32_t out[2]);

/* XOR checksum of the first 508 bytes of a base block with its two special cases. */
uint32_t hive_checksum(struct span base_block);

struct key hive_root(const struct hive *h);

/*
 * The key at path below k, names separated by '\'; "" gives k itself.
 * 0, or -1 with err: E_NOTFOUND (err may be NULL when absence is expected), E_CORRUPT.
 */
int key_find(struct key k, const char *path, struct key *out, struct err *err);

/*
 * No more keys than this can be in h, or no more values, whatever it claims: a cell has a least
 * size. One list is bounded by it here; who walks a whole tree counts against it, because a
 * damaged hive may lead to the same key twice.
 */
uint32_t hive_keys_max(const struct hive *h);
uint32_t hive_values_max(const struct hive *h);

/* Iterate subkeys: `struct key_iter it = key_subkeys(k); while (key_next(&it, &sub)) ...`. */
struct key_iter {
	struct key key;
	uint32_t list, leaf; /* cells; HIVE_NONE when done */
	uint32_t i_leaf, i;  /* position in the index root and in the leaf */
	uint32_t left;       /* subkeys the key still promises: bounds the walk */
	uint32_t damaged;    /* subkeys left out */
	struct err err;      /* first damage met. A damaged subkey is left out; a damaged list,
	                          * a wrong count or too many damaged subkeys end the walk */
};
struct key_iter key_subkeys(struct key k);
bool key_next(struct key_iter *it, struct key *out);

/* Iterate values in stored order, the same way. */
struct value_iter {
	struct key key;
	uint32_t list, i, n;
	uint32_t damaged;
	struct err err;
};
struct value_iter key_values(struct key k);
bool value_next(struct value_iter *it, struct value *out);

uint32_t key_subkey_count(struct key k); /* as the nk record claims */
uint32_t key_value_count(struct key k);
/* Name escaped for showing; NULL without memory. */
char *key_name(struct key k, struct arena *arena);
/* The name as it is stored, in UTF-8: to look things up by, never to show. */
char *key_raw_name(struct key k, struct arena *arena);
/*
 * The name of a key that is printable ASCII and fits, as it is stored; false for any other. For
 * lists of thousands that are looked through for a few known names: allocates nothing.
 */
bool key_plain_name(struct key k, char *out, size_t room);
/* True when the key's stored name equals name (UTF-8) without case. Allocates nothing. */
bool key_is(struct key k, const char *name);
uint64_t key_written(struct key k); /* FILETIME */

/* The value called name ("" is the default value). 0, or -1 with err: E_NOTFOUND, E_CORRUPT. */
int value_find(struct key k, const char *name, struct value *out, struct err *err);
char *value_name(struct value v, struct arena *arena);
bool value_is(struct value v, const char *name);
/* Which of n names in ASCII the value has, without case; n for none of them. */
size_t value_which(struct value v, const char *const *names, size_t n);

/*
 * All data of a value. Data of one cell or inline is not copied; big data (db) is put together in
 * arena. 0, or -1 with err: E_CORRUPT, E_MEMORY (claims more than the hive holds).
 */
int value_data(struct value v, struct arena *arena, struct span *out, struct err *err);

/* REG_DWORD (4 bytes). -1 with E_CORRUPT naming the type when it is another one. */
int value_u32(struct value v, uint32_t *out, struct err *err);
/* REG_SZ, REG_EXPAND_SZ as UTF-8, escaped. */
int value_text(struct value v, struct arena *arena, char **out, struct err *err);
/* The same as it is stored: to look things up by, never to show. */
int value_raw_text(struct value v, struct arena *arena, char **out, struct err *err);
/* REG_MULTI_SZ as n strings. */
int value_texts(struct value v, struct arena *arena, char ***out, size_t *n, struct err *err);

/* Shorthands: find below k and convert; -1 with err (may be NULL). */
int key_u32(struct key k, const char *name, uint32_t *out, struct err *err);
int key_text(struct key k, const char *name, struct arena *arena, char **out, struct err *err);

/*
 * Byte of the hive *file* where the vk record's inline data, or the data cell's content (for big
 * data its "db" record), begins. 0 for a value that stores nothing outside its record.
 */
uint64_t value_data_at(struct value v);
/* Byte of the hive file where the vk (nk) record begins. */
uint64_t value_at(struct value v);
uint64_t key_at(struct key k);

/* Bytes of the hive file: what an edit writes, told by its meaning. */
struct hive_range {
	uint64_t at, len;
};

enum hive_part {
	HIVE_BASE_BLOCK,
	HIVE_FIRST_BIN_TIME, /* the copy of the base block's time */
};
enum key_part {
	KEY_RECORD, /* without the name */
	KEY_TIME,
	KEY_SUBKEYS, /* how many */
	KEY_VALUES,  /* how many, and where their list lies */
};
enum value_part {
	VALUE_RECORD, /* without the name */
	VALUE_DATA,   /* in the record or in a cell of its own */
};
struct hive_range hive_range(enum hive_part part);
struct hive_range key_range(struct key k, enum key_part part);
struct hive_range value_range(struct value v, enum value_part part);

const char *reg_type_name(
	uint32_t type); /* "REG_DWORD"; "REG_0x1234" forms are the caller's: NULL */

#endif
