/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of the whole-hive check: the state of one run, the kinds of defects, and the
 * one way to follow a reference.
 */
#ifndef STOP7B_HIVE_CHECK_INTERNAL_H
#define STOP7B_HIVE_CHECK_INTERNAL_H

#include "hive_internal.h"
#include "stop7b/hive_check.h"

/* Fields that only the check reads; offsets inside the record as in hive_internal.h. */
enum {
	CHECK_PARENT_AT = 16,
	CHECK_SK_AT = 44,
	CHECK_LARGEST_NAME_AT = 52, /* of the subkeys, bytes of UTF-16; so the next three */
	CHECK_LARGEST_CLASS_AT = 56,
	CHECK_LARGEST_VALUE_NAME_AT = 60,
	CHECK_OFFSET = 4, /* bytes of a cell offset in a list */
	CHECK_UNIT = 2,   /* bytes of a UTF-16 unit */
};

/* What can be wrong. The sentences are in hive_check_report.c, in the same order. */
enum defect {
	D_BIN,
	D_CELL_SIZE,
	D_NO_CELL,
	D_FREE,
	D_TWICE,
	D_NK,
	D_NK_NAME,
	D_NK_PARENT,
	D_DEPTH,
	D_CLASS,
	D_LIST,
	D_LIST_LEN,
	D_LIST_EMPTY,
	D_LIST_NESTED,
	D_LIST_VERSION,
	D_LIST_FAST,
	D_LIST_COUNT,
	D_LEFTOVER,
	D_ORDER,
	D_HASH,
	D_HINT,
	D_VALUE_LIST,
	D_VK,
	D_VK_NAME,
	D_VK_TWICE,
	D_IN_LINE,
	D_DATA,
	D_DB,
	D_DB_COUNT,
	D_SEGMENT,
	D_SK,
	D_SK_RING,
	D_SK_STRAY,
	D_SK_COUNT,
	D_KINDS
};

struct check_key {
	uint32_t at, depth;
};

struct check_name {
	uint32_t hash, at; /* of a value */
};

struct check {
	const struct hive *h;
	struct arena *arena;
	struct hive_report *out;
	uint8_t *marks;         /* for every CELL_ALIGN bytes of the bins: enum mark */
	struct check_key *keys; /* reached and to be looked at, in this order */
	size_t n_keys;
	size_t n_reached;         /* cells that something led to, each once */
	struct check_name *names; /* working memory for the values of one key */
	size_t names_cap;
	struct err *err; /* E_MEMORY, when memory ran out on the way */
	bool failed;
};

/* Bits; 0 where no cell begins. */
enum mark {
	MARK_USED = 1,
	MARK_FREE = 2,
	MARK_REACHED = 4,
	MARK_SK = 8,    /* a key uses it as its security record */
	MARK_RING = 16, /* met on the ring of security records */
	MARK_LOW = 32,  /* a key with a "largest" field that is too low */
};

void check_defect(struct check *c, enum defect kind, uint32_t at);

/* Count a key with a "largest" field that is too low, once. */
void check_bounds(struct check *c, uint32_t key, bool low);

/* Tile every bin with cells and mark where they begin. */
void check_bins(struct check *c);
/* Count what is allocated and was not reached. */
void check_lost(struct check *c);

/*
 * Follow a reference of `owner` to the cell at `at` and take note that it was reached.
 * False, with a defect, when no allocated cell begins there, or when it was reached before.
 */
bool check_reach(struct check *c, uint32_t owner, uint32_t at, struct span *out);
/* The same for what several records may refer to: only the first time, which leaves this mark. */
void check_share(struct check *c, uint32_t owner, uint32_t at, enum mark shared);
/* The marks of the cell that begins at `at`; 0 when none does. */
static inline uint8_t check_mark(const struct check *c, uint32_t at)
{
	if (at % CELL_ALIGN != 0 || at >= c->h->bins_size)
		return 0;
	return c->marks[at / CELL_ALIGN];
}

/* The content of the allocated cell at `at`, which must have a mark. */
static inline struct span check_record(const struct check *c, uint32_t at)
{
	uint64_t cell = (uint64_t)HIVE_BASE + at;
	uint32_t size = 0u - le32(c->h->bytes, cell);
	return span_sub(c->h->bytes, cell + CELL_HEADER, size - CELL_HEADER);
}

/* Reach the key at `at` and add it to c->keys; false when it is none. */
bool check_add_key(struct check *c, uint32_t owner, uint32_t at, uint32_t depth, struct span *nk);
/* All that hangs on a key: class, values, subkeys, the reference to its security record. */
void check_key(struct check *c, struct check_key key);
void check_values(struct check *c, uint32_t key, struct span nk);
void check_subkeys(struct check *c, struct check_key key, struct span nk);
/* The security records of all keys reached. */
void check_security(struct check *c);

/* ---- names ---- */

/* Bytes of the name as UTF-16. */
uint32_t check_name_len(struct hive_name n);
/* Can it be the name of a key, of a value? Windows makes key names with NUL and line ends. */
bool check_name_key(struct hive_name n);
bool check_name_value(struct hive_name n);
/*
 * The order of two names in a list: negative, 0 or positive. *sure is false when they differ
 * where the upper case is not known; the result means nothing then.
 */
int check_name_order(struct hive_name a, struct hive_name b, bool *sure);
/* Hash of the upper-case name; *sure as above. */
uint32_t check_name_hash(struct hive_name n, bool *sure);
/* Is hint what a fast leaf may hold for this name? */
bool check_name_hint(struct hive_name n, uint32_t hint);

#endif
