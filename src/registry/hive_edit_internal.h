/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of the hive editor: the copy that is edited, its journal, its cells.
 *
 * An edit is a transaction. Every write goes through the journal, which keeps the bytes that were
 * there; when any step fails, edit_end() puts them back and the copy is what it was before the
 * call. The writers edit_put*() return nothing: a write that cannot be kept (no memory for the
 * journal) is left out and remembered, and edit_end() then fails the whole edit. So a chain of
 * writes needs no check of its own, and nothing is written that cannot be taken back.
 *
 * Places: `at` is a cell offset, counted from the first bin; `off` is a byte of the file.
 */
#ifndef STOP7B_HIVE_EDIT_INTERNAL_H
#define STOP7B_HIVE_EDIT_INTERNAL_H

#include "stop7b/hive_edit.h"
#include "hive_finder_internal.h"

/* More fields of the key record "nk"; a name length counts bytes of UTF-16. */
enum {
	NK_PARENT_AT = 16,
	NK_VOLATILE_LIST_AT = 32,
	NK_SK_AT = 44,
	NK_LARGEST_NAME_AT = 52, /* 16 bits; up to XP SP2 32, with the upper half 0 */
	NK_LARGEST_CLASS_AT = 56,
	NK_LARGEST_VALUE_NAME_AT = 60,
	NK_NO_DELETE = 8, /* flag: Windows does not delete the key */
};

#define KEY_NAME_MAX   255u   /* characters of a key name, Windows' limit */
#define VALUE_NAME_MAX 16383u /* characters of a value name, Windows' limit */

/* Old bytes of one write. */
struct journal_item {
	uint64_t off;
	size_t len, kept_at; /* kept_at: where in journal.kept the old bytes are */
};

struct journal {
	struct journal_item *items;
	size_t n, cap;
	uint8_t *kept;
	size_t kept_len, kept_cap;
	bool failed; /* a write was left out */
};

/* An ordered set of numbers, see hive_edit_free.c. */
struct run;
struct free_set {
	struct run **runs;
	size_t n, cap;
};

/* Where cells begin and which are free, see hive_edit_cells.c. */
struct cells {
	uint64_t *starts; /* one bit for every 8 bytes of bins: a cell begins here */
	uint32_t *bins;   /* for every 4096 bytes of bins: where the bin they belong to begins */
	uint32_t *ends;   /* and where it ends */
	struct free_set free; /* size << 32 | offset of every free cell */
	bool known;           /* the three above are true */
	bool touched;         /* changed by the edit that runs */
};

/* Which of a key's lists a bound is about, see hive_edit_bounds.c. */
enum bound_list { BOUND_SUBKEYS, BOUND_VALUES, BOUND_LISTS };

struct hive_edit {
	struct hive view; /* walks bytes */
	uint8_t *bytes;
	struct arena *copy;  /* of bytes, in its large pages */
	struct arena *arena; /* of the call that runs */
	struct span upcase;  /* upper case of all 65536 units, the volume's; empty: not known */
	bool keeps_time;     /* the hive's writer keeps the base block's time */
	bool changed;
	uint32_t above;       /* the numbers at the end go above this one */
	uint64_t limit;       /* bytes of the file that new bins may use */
	uint32_t bins_before; /* bins_size when the edit began */
	struct journal journal;
	struct cells cells;
	struct key_finder finder;
	uint64_t *bounded[BOUND_LISTS]; /* one bit for every 8 bytes: that key's bounds are true */
};

/* ---- hive_edit_journal.c ---- */

void edit_begin(struct hive_edit *e);
/* End an edit whose steps gave result: keep it, or take it back and return -1. */
int edit_end(struct hive_edit *e, int result, struct err *err);
void edit_journal_free(struct hive_edit *e);

void edit_put(struct hive_edit *e, uint64_t off, struct span data);
void edit_zero(struct hive_edit *e, uint64_t off, size_t len);
void edit_put16(struct hive_edit *e, uint64_t off, uint16_t v);
void edit_put32(struct hive_edit *e, uint64_t off, uint32_t v);
void edit_put64(struct hive_edit *e, uint64_t off, uint64_t v);
/* Copy len bytes inside the hive; the two places may overlap. */
void edit_move(struct hive_edit *e, uint64_t to, uint64_t from, size_t len);

/* ---- hive_edit_free.c ---- */

int free_set_add(struct free_set *s, uint64_t number);     /* -1 without memory */
bool free_set_remove(struct free_set *s, uint64_t number); /* false when it is not in the set */
uint64_t free_set_least(const struct free_set *s, uint64_t least); /* UINT64_MAX: none */
void free_set_clear(struct free_set *s);

/* ---- hive_edit_cells.c ---- */

/* Byte of the file where field `field` of the record in the cell at `at` lies. */
static inline uint64_t record_off(uint32_t at, uint32_t field)
{
	return (uint64_t)HIVE_BASE + at + CELL_HEADER + field;
}

/* A zeroed cell for len bytes. 0, or -1 with E_UNSUPPORTED (no room), E_MEMORY. */
int cell_alloc(struct hive_edit *e, uint64_t len, uint32_t *at, struct err *err);
/*
 * Free a cell and join it with free neighbours. -1 with E_CORRUPT when no such cell is allocated.
 */
int cell_free(struct hive_edit *e, uint32_t at, const char *what, struct err *err);
/* Make a cell hold len bytes where it is, when it does or free space follows. 1, 0 (no), or -1. */
int cell_grow(struct hive_edit *e, uint32_t at, uint64_t len, struct err *err);
/*
 * The same, but move the cell with its first `used` bytes when it must be, to one of `better` bytes
 * when there is room for that. *at may change.
 */
int cell_resize(struct hive_edit *e, uint32_t *at, uint64_t used, uint64_t len, uint64_t better,
		struct err *err);
void edit_cells_free(struct hive_edit *e);

/* ---- hive_edit_lists.c ---- */

int list_insert(struct hive_edit *e, struct key parent, struct hive_name name, uint32_t child,
		struct err *err);
int list_remove(struct hive_edit *e, struct key parent, uint32_t child, struct err *err);
/* Free the lists of a key whose subkeys are freed already. */
int list_free(struct hive_edit *e, struct key k, struct err *err);

/* ---- hive_edit_values.c ---- */

int edit_set_value(struct hive_edit *e, struct key k, const char *name, uint32_t type,
		   struct span data, uint64_t when, struct err *err);
int edit_delete_value(struct hive_edit *e, struct key k, const char *name, uint64_t when,
		      struct err *err);
/* Free all values of k, and their list; the record of k is left as it is. */
int edit_free_values(struct hive_edit *e, struct key k, struct err *err);

/* ---- hive_edit_keys.c ---- */

/* -1 with E_UNSUPPORTED when k is of a kind that is not edited. */
int edit_check_key(struct key k, struct err *err);
int edit_create_key(struct hive_edit *e, const char *path, uint64_t when, struct err *err);
int edit_delete_key(struct hive_edit *e, const char *path, uint64_t when, struct err *err);

/* ---- hive_edit_name.c ---- */

/*
 * A new name as a record keeps it, in e->arena. -1 with err: E_UNSUPPORTED (not UTF-8; longer than
 * most units), E_MEMORY.
 */
int edit_name_make(struct hive_edit *e, const char *name, size_t most, struct hive_name *out,
		   struct err *err);
/* E_UNSUPPORTED when the name cannot be sorted: letters that need $UpCase, which is not known. */
int edit_name_check(const struct hive_edit *e, struct hive_name n, struct err *err);
/* Their order in lists: negative, 0 (equal without case), positive. */
int edit_name_order(const struct hive_edit *e, struct hive_name a, struct hive_name b);
uint32_t edit_name_hash(const struct hive_edit *e, struct hive_name n);
uint32_t edit_name_hint(struct hive_name n); /* for a fast leaf */

/* ---- hive_edit_bounds.c ---- */

/* Raise a 32-bit field of k's record to at least v. */
void edit_raise32(struct hive_edit *e, struct key k, uint32_t field, uint32_t v);
/* Raise k's bounds to what this subkey, this value needs. */
void edit_bound_child(struct hive_edit *e, struct key parent, struct key child);
void edit_bound_value(struct hive_edit *e, struct key k, struct value v);
/* The same for all of them, the first time that an edit touches that list of k. */
void edit_bound_subkeys(struct hive_edit *e, struct key k);
void edit_bound_values(struct hive_edit *e, struct key k);
void edit_bounds_free(struct hive_edit *e);

#endif
