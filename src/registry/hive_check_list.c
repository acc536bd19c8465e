/* SPDX-License-Identifier: MIT */
/*
 * Subkey lists in the whole-hive check: every list of a key belongs to it alone, its subkeys stand
 * in the order of their upper-case names across all leaves, each with the right hash or hint, and
 * there are as many as the key says. Below version 1.5 no fast leaf stands under an index root,
 * because NT's own splitting of lists damages those.
 */
#include "hive_check_internal.h"

#define HASH_MINOR 5u /* first minor version with hash leaves */

enum { LIST_HEADER = 4, LIST_COUNT_AT = 2, HINT_AT = 4, NAME_MASK = 0xffff };

struct list_kind {
	char signature[3];
	uint8_t step;  /* bytes from one element to the next */
	uint8_t minor; /* first version that has it */
	bool (*check)(struct hive_name name, uint32_t hint);
	enum defect wrong; /* when the check fails */
};

/* What is known while the subkeys of one key are followed. */
struct family {
	struct check_key parent;
	struct hive_name last; /* name of the subkey before */
	bool has_last;
	uint32_t n;
	uint32_t name, class; /* the longest */
};

static bool hash_ok(struct hive_name name, uint32_t hint)
{
	bool sure;
	uint32_t hash = check_name_hash(name, &sure);
	return hash == hint || !sure;
}

static const struct list_kind kinds[] = {
	{"lh", 8, HASH_MINOR, hash_ok, D_HASH},
	{"lf", 8, 3, check_name_hint, D_HINT},
	{"li", 4, 3, NULL, D_KINDS},
};
static const struct list_kind root_kind = {"ri", 4, 3, NULL, D_KINDS};

static bool is_kind(const struct list_kind *kind, struct span cell)
{
	return u8(cell, 0) == kind->signature[0] && u8(cell, 1) == kind->signature[1];
}

static const struct list_kind *leaf_kind(struct span cell)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (is_kind(&kinds[i], cell))
			return &kinds[i];
	return NULL;
}

/* Number of elements that lie inside the cell. */
static uint32_t elements(struct check *c, uint32_t at, struct span cell, uint32_t step)
{
	uint32_t n = le16(cell, LIST_COUNT_AT);
	if (n == 0)
		check_defect(c, D_LIST_EMPTY, at);
	if (span_holds(cell, LIST_HEADER, (uint64_t)n * step))
		return n;
	check_defect(c, D_LIST_LEN, at);
	return cell.len < LIST_HEADER ? 0 : (uint32_t)(cell.len - LIST_HEADER) / step;
}

static void check_order(struct check *c, struct family *f, uint32_t at, struct hive_name name)
{
	bool sure;
	if (f->has_last && check_name_order(f->last, name, &sure) >= 0 && sure)
		check_defect(c, D_ORDER, at);
	f->last = name;
	f->has_last = true;
}

static void check_child(struct check *c, struct family *f, const struct list_kind *kind,
			uint32_t at, uint32_t hint)
{
	struct span nk;
	f->n++;
	if (!check_add_key(c, f->parent.at, at, f->parent.depth + 1, &nk))
		return;
	struct hive_name name = hive_key_name(nk);
	if (le32(nk, CHECK_PARENT_AT) != f->parent.at)
		check_defect(c, D_NK_PARENT, at);
	if (kind->check && !kind->check(name, hint))
		check_defect(c, kind->wrong, at);
	check_order(c, f, at, name);
	uint32_t len = check_name_len(name), class = le16(nk, NK_CLASS_LEN_AT);
	f->name = len > f->name ? len : f->name;
	f->class = class > f->class ? class : f->class;
}

static void check_leaf(struct check *c, struct family *f, uint32_t at, struct span cell,
		       bool under_root)
{
	const struct list_kind *kind = leaf_kind(cell);
	if (!kind) {
		check_defect(c, is_kind(&root_kind, cell) ? D_LIST_NESTED : D_LIST, at);
		return;
	}
	if (c->h->minor < kind->minor)
		check_defect(c, D_LIST_VERSION, at);
	if (under_root && c->h->minor < HASH_MINOR && kind->check == check_name_hint)
		check_defect(c, D_LIST_FAST, at);
	uint32_t n = elements(c, at, cell, kind->step);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t element = LIST_HEADER + (uint64_t)i * kind->step;
		check_child(c, f, kind, le32(cell, element), le32(cell, element + HINT_AT));
	}
}

static void check_root(struct check *c, struct family *f, uint32_t at, struct span cell)
{
	struct span leaf;
	uint32_t n = elements(c, at, cell, root_kind.step);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t leaf_at = le32(cell, LIST_HEADER + (uint64_t)i * root_kind.step);
		if (check_reach(c, at, leaf_at, &leaf))
			check_leaf(c, f, leaf_at, leaf, true);
	}
}

void check_subkeys(struct check *c, struct check_key key, struct span nk)
{
	struct span cell;
	struct family f = {.parent = key};
	uint32_t n = le32(nk, NK_SUBKEYS_AT), at = le32(nk, NK_LIST_AT);
	if (n == 0 && at != HIVE_NONE)
		check_defect(c, D_LEFTOVER, key.at);
	if (n == 0 || !check_reach(c, key.at, at, &cell))
		return;
	if (is_kind(&root_kind, cell))
		check_root(c, &f, at, cell);
	else
		check_leaf(c, &f, at, cell, false);
	if (f.n != n)
		check_defect(c, D_LIST_COUNT, key.at);
	check_bounds(c, key.at,
		     f.name > (le32(nk, CHECK_LARGEST_NAME_AT) & NAME_MASK) ||
			     f.class > le32(nk, CHECK_LARGEST_CLASS_AT));
}
