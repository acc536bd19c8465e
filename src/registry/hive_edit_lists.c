/* SPDX-License-Identifier: MIT */
/*
 * Subkey lists changed: a key put in at its sorted place or taken out, leaves split, index roots
 * made and dropped.
 *
 * Elements ascend by upper-case name, across all leaves of an index root too; a fast leaf carries
 * the first four characters, a hash leaf the hash of the upper-case name (hive_edit_name.c). A
 * key's first list is a hash leaf from version 1.5 on and a fast leaf before. A leaf keeps its
 * kind, but a fast leaf with FAST_MAX elements becomes an index leaf, and none stays under an index
 * root: NT's splitting takes the elements there for those of an index leaf.
 *
 * A leaf with LEAF_MAX elements is halved, and a second leaf makes an index root. Hives of
 * Windows XP to 10 show the same: leaves of up to 968 elements, and behind a split halves of 506
 * in cells that had held more. They show too that a list which must move gets room for half as
 * many elements again: without that, a growing list leaves behind it holes that it can never use.
 * A leaf that becomes empty is dropped, and so is a root without leaves; a root with one leaf
 * stays.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Subkeys list".
 */
#include "hive_edit_internal.h"

#include <string.h>

#define LEAF_MAX   1012u
#define FAST_MAX   507u    /* what fits into one block of 4096 bytes */
#define ROOT_MAX   0xffffu /* the count is 16 bits */
#define SPLITS_MAX 17u     /* halvings of the longest leaf a count can state, and one more */
#define HASH_MINOR 5u      /* first minor version with hash leaves */

enum { LIST_HEADER = 4, LIST_COUNT_AT = 2, ELEMENT_NAME_AT = 4 };

enum leaf_kind { FAST, HASH, PLAIN, ROOT, KINDS };

static const struct {
	char signature[3];
	uint8_t step; /* bytes of an element */
} kinds[KINDS] = {{"lf", 8}, {"lh", 8}, {"li", 4}, {"ri", 4}};

struct list {
	struct span cell;
	uint64_t owner; /* byte of the file where the list's offset is stored */
	uint32_t at, n;
	enum leaf_kind kind;
};

/* The leaf an element is in or goes to, and the root over it when there is one. */
struct place {
	struct list root, leaf;
	bool has_root;
	uint32_t i_leaf, i; /* position of the leaf in its root, of the element in the leaf */
};

static uint32_t step_of(const struct list *l)
{
	return kinds[l->kind].step;
}

static uint32_t element_at(const struct list *l, uint32_t i)
{
	return LIST_HEADER + i * step_of(l);
}

static uint64_t element_off(const struct list *l, uint32_t i)
{
	return record_off(l->at, element_at(l, i));
}

static uint32_t element(const struct list *l, uint32_t i)
{
	return le32(l->cell, element_at(l, i));
}

/* The list whose offset is stored at owner. */
static int open_list(const struct hive_edit *e, uint64_t owner, struct list *out, struct err *err)
{
	*out = (struct list){.owner = owner, .at = le32(e->view.bytes, owner)};
	if (hive_cell(&e->view, out->at, LIST_HEADER, "subkey list", &out->cell, err))
		return -1;
	while (out->kind < KINDS && memcmp(out->cell.p, kinds[out->kind].signature, 2) != 0)
		out->kind++;
	if (out->kind == KINDS)
		return err_set(err, E_CORRUPT, "subkey list cell at 0x%x: unknown signature 0x%04x",
			       out->at, be16(out->cell, 0));
	out->n = le16(out->cell, LIST_COUNT_AT);
	if (!span_holds(out->cell, 0, element_at(out, out->n)))
		return err_set(err, E_CORRUPT, "%s cell at 0x%x: %u subkeys in %zu bytes",
			       kinds[out->kind].signature, out->at, out->n,
			       out->cell.len + CELL_HEADER);
	return 0;
}

/* Leaf number i of a root; it must have an element. */
static int open_leaf(const struct hive_edit *e, const struct list *root, uint32_t i,
		     struct list *out, struct err *err)
{
	if (open_list(e, element_off(root, i), out, err))
		return -1;
	if (out->kind == ROOT || out->n == 0)
		return err_set(err, E_CORRUPT, "ri cell at 0x%x: element %u is %s", root->at, i,
			       out->kind == ROOT ? "another ri" : "an empty leaf");
	return 0;
}

static void put_count(struct hive_edit *e, const struct list *l, uint32_t n)
{
	edit_put16(e, record_off(l->at, LIST_COUNT_AT), (uint16_t)n);
}

/* ---- names ---- */

static int is_before_key(const struct hive_edit *e, struct hive_name name, uint32_t at, bool *out,
			 struct err *err)
{
	struct span nk;
	if (hive_key_record((struct key){&e->view, at}, &nk, err))
		return -1;
	*out = edit_name_order(e, name, hive_key_name(nk)) < 0;
	return 0;
}

static void put_element(struct hive_edit *e, const struct list *l, uint32_t i,
			struct hive_name name, uint32_t child)
{
	edit_put32(e, element_off(l, i), child);
	if (l->kind == HASH)
		edit_put32(e, element_off(l, i) + ELEMENT_NAME_AT, edit_name_hash(e, name));
	if (l->kind == FAST)
		edit_put32(e, element_off(l, i) + ELEMENT_NAME_AT, edit_name_hint(name));
}

/* ---- places ---- */

/* The first element of the leaf that name sorts before, or its end. */
static int place_in_leaf(const struct hive_edit *e, struct place *p, struct hive_name name,
			 struct err *err)
{
	uint32_t low = 0, high = p->leaf.n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		bool before;
		if (is_before_key(e, name, element(&p->leaf, middle), &before, err))
			return -1;
		if (before)
			high = middle;
		else
			low = middle + 1;
	}
	p->i = low;
	return 0;
}

/* The last leaf whose first key name does not sort before, or the first leaf. */
static int choose_leaf(const struct hive_edit *e, struct place *p, struct hive_name name,
		       struct err *err)
{
	uint32_t low = 0, high = p->root.n;
	if (p->root.n == 0)
		return err_set(err, E_CORRUPT, "ri cell at 0x%x: empty", p->root.at);
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		bool before;
		if (open_leaf(e, &p->root, middle, &p->leaf, err) ||
		    is_before_key(e, name, element(&p->leaf, 0), &before, err))
			return -1;
		if (before)
			high = middle;
		else
			low = middle;
	}
	p->i_leaf = low;
	return open_leaf(e, &p->root, low, &p->leaf, err);
}

static int find_place(const struct hive_edit *e, uint64_t owner, struct hive_name name,
		      struct place *p, struct err *err)
{
	*p = (struct place){0};
	if (open_list(e, owner, &p->leaf, err))
		return -1;
	if (p->leaf.kind == ROOT) {
		p->root = p->leaf;
		p->has_root = true;
		if (choose_leaf(e, p, name, err))
			return -1;
	}
	return place_in_leaf(e, p, name, err);
}

static bool find_in_leaf(struct place *p, uint32_t child)
{
	for (p->i = 0; p->i < p->leaf.n; p->i++)
		if (element(&p->leaf, p->i) == child)
			return true;
	return false;
}

/* Where the order of names says that child is; false when it is not there. */
static bool find_by_name(const struct hive_edit *e, uint64_t owner, uint32_t child, struct place *p)
{
	struct span nk;
	*p = (struct place){0};
	if (hive_key_record((struct key){&e->view, child}, &nk, NULL) ||
	    open_list(e, owner, &p->leaf, NULL))
		return false;
	if (p->leaf.kind == ROOT) {
		p->root = p->leaf;
		p->has_root = true;
		if (choose_leaf(e, p, hive_key_name(nk), NULL))
			return false;
	}
	return !place_in_leaf(e, p, hive_key_name(nk), NULL) && p->i > 0 &&
	       element(&p->leaf, --p->i) == child;
}

static int find_child(const struct hive_edit *e, uint64_t owner, uint32_t child, struct place *p,
		      struct err *err)
{
	if (find_by_name(e, owner, child, p))
		return 0;
	*p = (struct place){0};
	if (open_list(e, owner, &p->leaf, err))
		return -1;
	if (p->leaf.kind != ROOT && find_in_leaf(p, child))
		return 0;
	p->has_root = p->leaf.kind == ROOT;
	p->root = p->leaf;
	for (; p->has_root && p->i_leaf < p->root.n; p->i_leaf++) {
		if (open_leaf(e, &p->root, p->i_leaf, &p->leaf, err))
			return -1;
		if (find_in_leaf(p, child))
			return 0;
	}
	return err_set(err, E_CORRUPT, "subkey list cell at 0x%x: key 0x%x is not in it",
		       p->root.at, child);
}

/* ---- one list ---- */

/* A gap for a new element at position i; the list may move. */
static int open_gap(struct hive_edit *e, struct list *l, uint32_t i, struct err *err)
{
	uint32_t at = l->at, n = l->n + 1;
	if (cell_resize(e, &at, element_at(l, l->n), element_at(l, n), element_at(l, n + n / 2),
			err))
		return -1;
	if (at != l->at)
		edit_put32(e, l->owner, at);
	l->at = at;
	edit_move(e, element_off(l, i + 1), element_off(l, i), (l->n - i) * step_of(l));
	put_count(e, l, ++l->n);
	return 0;
}

/* Take element i out; a list without elements is freed. */
static int close_gap(struct hive_edit *e, struct list *l, uint32_t i, struct err *err)
{
	edit_move(e, element_off(l, i), element_off(l, i + 1), (l->n - i - 1) * step_of(l));
	put_count(e, l, --l->n);
	return l->n > 0 ? 0 : cell_free(e, l->at, "subkey list", err);
}

/* A new list with room for n elements; its count is 0. */
static int new_list(struct hive_edit *e, enum leaf_kind kind, uint32_t n, struct list *out,
		    struct err *err)
{
	*out = (struct list){.kind = kind};
	if (cell_alloc(e, element_at(out, n), &out->at, err))
		return -1;
	edit_put(e, record_off(out->at, 0),
		 (struct span){(const uint8_t *)kinds[kind].signature, 2});
	return 0;
}

/* ---- splitting ---- */

/* Put the leaf at new_leaf into the root behind p's leaf, or make a root of the two. */
static int link_leaf(struct hive_edit *e, struct place *p, uint32_t new_leaf, struct err *err)
{
	if (!p->has_root) {
		if (new_list(e, ROOT, 2, &p->root, err))
			return -1;
		edit_put32(e, element_off(&p->root, 0), p->leaf.at);
		edit_put32(e, element_off(&p->root, 1), new_leaf);
		edit_put32(e, p->leaf.owner, p->root.at);
		put_count(e, &p->root, 2);
		return 0;
	}
	if (p->root.n == ROOT_MAX)
		return err_set(err, E_UNSUPPORTED, "ri cell at 0x%x: full", p->root.at);
	if (open_gap(e, &p->root, p->i_leaf + 1, err))
		return -1;
	edit_put32(e, element_off(&p->root, p->i_leaf + 1), new_leaf);
	return 0;
}

static int split_leaf(struct hive_edit *e, struct place *p, struct err *err)
{
	struct list upper_half;
	uint32_t keep = p->leaf.n / 2, rest = p->leaf.n - keep;
	if (new_list(e, p->leaf.kind, rest, &upper_half, err))
		return -1;
	edit_move(e, element_off(&upper_half, 0), element_off(&p->leaf, keep),
		  rest * step_of(&p->leaf));
	put_count(e, &upper_half, rest);
	put_count(e, &p->leaf, keep);
	return link_leaf(e, p, upper_half.at, err);
}

/* ---- kinds ---- */

/* Must this leaf become an index leaf before it takes one more element? */
static bool is_too_fast(const struct place *p)
{
	return p->leaf.kind == FAST && (p->has_root || p->leaf.n >= FAST_MAX);
}

/* The elements lose their hints; the cell stays as long as it is. */
static void make_plain(struct hive_edit *e, struct list *l)
{
	struct list plain = *l;
	plain.kind = PLAIN;
	for (uint32_t i = 0; i < l->n; i++)
		edit_put32(e, element_off(&plain, i), element(l, i));
	edit_put(e, record_off(l->at, 0),
		 (struct span){(const uint8_t *)kinds[PLAIN].signature, 2});
	*l = plain;
}

/* ---- keys ---- */

/* Is the key before the place called the same, by capitals that only $UpCase knows? */
static int is_taken(const struct hive_edit *e, const struct place *p, struct hive_name name,
		    struct err *err)
{
	struct span nk;
	if (p->i == 0)
		return 0;
	uint32_t at = element(&p->leaf, p->i - 1);
	if (hive_key_record((struct key){&e->view, at}, &nk, err))
		return -1;
	if (edit_name_order(e, name, hive_key_name(nk)) != 0)
		return 0;
	return err_set(err, E_UNSUPPORTED, "nk cell at 0x%x: has this name in other letters", at);
}

static int insert_sorted(struct hive_edit *e, uint64_t owner, struct hive_name name, uint32_t child,
			 struct err *err)
{
	struct place p;
	for (uint32_t splits = 0; splits < SPLITS_MAX; splits++) {
		if (find_place(e, owner, name, &p, err))
			return -1;
		if (is_taken(e, &p, name, err))
			return -1;
		if (is_too_fast(&p))
			make_plain(e, &p.leaf);
		if (p.leaf.n < LEAF_MAX) {
			if (open_gap(e, &p.leaf, p.i, err))
				return -1;
			put_element(e, &p.leaf, p.i, name, child);
			return 0;
		}
		if (split_leaf(e, &p, err))
			return -1;
	}
	return err_set(err, E_CORRUPT, "subkey list cell at 0x%x: does not get shorter", p.leaf.at);
}

static int insert_first(struct hive_edit *e, uint64_t owner, struct hive_name name, uint32_t child,
			struct err *err)
{
	struct list l;
	if (new_list(e, e->view.minor >= HASH_MINOR ? HASH : FAST, 1, &l, err))
		return -1;
	put_count(e, &l, 1);
	put_element(e, &l, 0, name, child);
	edit_put32(e, owner, l.at);
	return 0;
}

int list_insert(struct hive_edit *e, struct key parent, struct hive_name name, uint32_t child,
		struct err *err)
{
	uint32_t n = key_subkey_count(parent);
	uint64_t owner = record_off(parent.at, NK_LIST_AT);
	if (n == 0 ? insert_first(e, owner, name, child, err)
		   : insert_sorted(e, owner, name, child, err))
		return err_at(err, "nk cell at 0x%x", parent.at);
	edit_put32(e, record_off(parent.at, NK_SUBKEYS_AT), n + 1);
	return 0;
}

int list_remove(struct hive_edit *e, struct key parent, uint32_t child, struct err *err)
{
	struct place p;
	uint32_t n = key_subkey_count(parent);
	uint64_t owner = record_off(parent.at, NK_LIST_AT);
	if (find_child(e, owner, child, &p, err) || close_gap(e, &p.leaf, p.i, err))
		return err_at(err, "nk cell at 0x%x", parent.at);
	bool empty = p.leaf.n == 0;
	if (empty && p.has_root) {
		if (close_gap(e, &p.root, p.i_leaf, err))
			return -1;
		empty = p.root.n == 0;
	}
	if (empty != (n == 1))
		return err_set(err, E_CORRUPT, "nk cell at 0x%x: lists do not hold %u subkeys",
			       parent.at, n);
	if (empty)
		edit_put32(e, owner, HIVE_NONE);
	edit_put32(e, record_off(parent.at, NK_SUBKEYS_AT), n - 1);
	return 0;
}

int list_free(struct hive_edit *e, struct key k, struct err *err)
{
	struct list root, leaf;
	if (key_subkey_count(k) == 0)
		return 0;
	if (open_list(e, record_off(k.at, NK_LIST_AT), &root, err))
		return -1;
	for (uint32_t i = 0; root.kind == ROOT && i < root.n; i++)
		if (open_leaf(e, &root, i, &leaf, err) || cell_free(e, leaf.at, "subkey list", err))
			return -1;
	return cell_free(e, root.at, "subkey list", err);
}
