/* SPDX-License-Identifier: MIT */
/*
 * Subkey lists: index leaf (li), fast leaf (lf), hash leaf (lh), and the index root (ri) whose
 * elements are leaves and never another root.
 *
 * Only the offsets in a list are used. The name hints of lf and the hashes of lh are not: a wrong
 * one must not hide a key, and comparing some hundred names in place costs microseconds. A list
 * is bounded three times: by its cell, by the number of subkeys its key claims, and that number
 * by the keys which fit into the hive at all. An empty leaf inside a root is damage, so every
 * step yields a key or ends the walk.
 */
#include "hive_internal.h"

enum { LIST_HEADER = 4, LIST_COUNT_AT = 2 };

struct list {
	struct span cell;
	uint32_t n;    /* elements, all inside the cell */
	uint32_t step; /* bytes from one element to the next */
	bool root;
};

static const struct list_kind {
	char signature[3];
	uint8_t step;
	bool root;
} kinds[] = {{"lf", 8, false}, {"lh", 8, false}, {"li", 4, false}, {"ri", 4, true}};

static const struct list_kind *kind_of(struct span cell)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (u8(cell, 0) == kinds[i].signature[0] && u8(cell, 1) == kinds[i].signature[1])
			return &kinds[i];
	return NULL;
}

static int list_open(const struct hive *h, uint32_t at, struct list *out, struct err *err)
{
	struct span cell;
	if (hive_cell(h, at, LIST_HEADER, "subkey list", &cell, err))
		return -1;
	const struct list_kind *kind = kind_of(cell);
	if (!kind)
		return err_set(err, E_CORRUPT, "subkey list cell at 0x%x: unknown signature 0x%04x",
			       at, be16(cell, 0));
	*out = (struct list){cell, le16(cell, LIST_COUNT_AT), kind->step, kind->root};
	if (!span_holds(cell, LIST_HEADER, (uint64_t)out->n * kind->step))
		return err_set(err, E_CORRUPT, "%s cell at 0x%x: %u subkeys in %zu bytes",
			       kind->signature, at, out->n, cell.len + CELL_HEADER);
	return 0;
}

static uint32_t list_element(const struct list *list, uint32_t i)
{
	return le32(list->cell, LIST_HEADER + (uint64_t)i * list->step);
}

static void end_walk(struct key_iter *it)
{
	it->list = it->leaf = HIVE_NONE;
}

static void start_walk(struct key_iter *it, struct span nk)
{
	const struct hive *h = it->key.hive;
	uint32_t n = le32(nk, NK_SUBKEYS_AT), at = le32(nk, NK_LIST_AT);
	struct list list;
	if (n == 0)
		return;
	if (n > hive_keys_max(h)) {
		err_set(&it->err, E_CORRUPT, "nk cell at 0x%x: %u subkeys in %u bytes of bins",
			it->key.at, n, h->bins_size);
		return;
	}
	if (list_open(h, at, &list, &it->err)) {
		err_at(&it->err, "nk cell at 0x%x", it->key.at);
		return;
	}
	it->left = n;
	it->list = at;
	it->leaf = list.root ? HIVE_NONE : at;
}

struct key_iter key_subkeys(struct key k)
{
	struct key_iter it = {.key = k, .list = HIVE_NONE, .leaf = HIVE_NONE};
	struct span nk;
	if (hive_key_record(k, &nk, &it.err) == 0)
		start_walk(&it, nk);
	return it;
}

/* Go to the next leaf of an index root; false at its end, or with it->err set. */
static bool next_leaf(struct key_iter *it)
{
	struct list root, leaf;
	if (it->leaf == it->list || list_open(it->key.hive, it->list, &root, &it->err) ||
	    it->i_leaf >= root.n)
		return false;
	uint32_t at = list_element(&root, it->i_leaf);
	if (list_open(it->key.hive, at, &leaf, &it->err))
		return false;
	if (leaf.root || leaf.n == 0) {
		err_set(&it->err, E_CORRUPT, "ri cell at 0x%x: element %u is %s", it->list,
			it->i_leaf, leaf.root ? "another ri" : "an empty leaf");
		return false;
	}
	it->i_leaf++;
	it->leaf = at;
	it->i = 0;
	return true;
}

/* The next element of the current leaf, or of the one behind it. */
static bool next_element(struct key_iter *it, uint32_t *at)
{
	struct list leaf;
	for (;;) {
		if (it->leaf != HIVE_NONE) {
			if (list_open(it->key.hive, it->leaf, &leaf, &it->err))
				return false;
			if (it->i < leaf.n)
				break;
		}
		if (!next_leaf(it))
			return false;
	}
	*at = list_element(&leaf, it->i++);
	return true;
}

bool key_next(struct key_iter *it, struct key *out)
{
	while (it->list != HIVE_NONE) {
		struct key k = {.hive = it->key.hive};
		struct span nk;
		bool more = next_element(it, &k.at);
		if (more != (it->left > 0))
			err_set(&it->err, E_CORRUPT,
				"nk cell at 0x%x: lists hold %s subkeys than the %u claimed",
				it->key.at, more ? "more" : "fewer", key_subkey_count(it->key));
		if (!more || it->left == 0) {
			end_walk(it);
			return false;
		}
		it->left--;
		if (hive_key_record(k, &nk, &it->err) == 0) {
			*out = k;
			return true;
		}
		if (++it->damaged == DAMAGED_MAX)
			end_walk(it);
	}
	return false;
}
