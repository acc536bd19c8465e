/* SPDX-License-Identifier: MIT */
/*
 * Subkey lists: index leaf (li), fast leaf (lf), hash leaf (lh), and the index root (ri) whose
 * elements are leaves and never another root.
 *
 * A walk uses only the offsets in a list. The hashes of lh find a key at once, but a wrong one must not
 * hide a key: what they do not find is looked for by name. A list
 * is bounded three times: by its cell, by the number of subkeys its key claims, and that number
 * by the keys which fit into the hive at all. An empty leaf inside a root is damage, so every
 * step yields a key or ends the walk.
 */
#include "hive_internal.h"

#include "stop7b/fold.h"

enum { LIST_HEADER = 4, LIST_COUNT_AT = 2 };

struct list {
	struct span cell;
	uint32_t n;    /* elements, all inside the cell */
	uint32_t step; /* bytes from one element to the next */
	bool root;
	bool hashed; /* elements have the hash of the name */
};

static const struct list_kind {
	char signature[3];
	uint8_t step;
	bool root, hashed;
} kinds[] = {{"lh", 8, false, true},
	     {"lf", 8, false, false},
	     {"li", 4, false, false},
	     {"ri", 4, true, false}};

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
	*out = (struct list){cell, le16(cell, LIST_COUNT_AT), kind->step, kind->root, kind->hashed};
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

/* ---- one key by name ---- */

enum { ABSENT, FOUND, ODD = -1 };

struct search {
	const struct hive *hive;
	const char *name; /* len bytes */
	size_t len;
	bool by_hash;
	uint32_t hash;
	uint32_t left; /* subkeys that the key claims and no list held yet */
	struct key found;
};

static int search_leaf(struct search *s, const struct list *leaf)
{
	if (leaf->root || leaf->n == 0 || leaf->n > s->left)
		return ODD;
	s->left -= leaf->n;
	for (uint32_t i = 0; i < leaf->n && (leaf->hashed || !s->by_hash); i++) {
		struct span nk;
		if (s->by_hash && s->hash != le32(leaf->cell, LIST_HEADER + (uint64_t)i * 8 + 4))
			continue;
		s->found = (struct key){s->hive, list_element(leaf, i)};
		if (hive_key_record(s->found, &nk, NULL))
			return ODD;
		if (hive_name_is(hive_key_name(nk), s->name, s->len))
			return FOUND;
	}
	return ABSENT;
}

/* Through all leaves of the list. */
static int search_list(struct search *s, uint32_t at, uint32_t claimed)
{
	struct list list, leaf;
	s->left = claimed;
	if (list_open(s->hive, at, &list, NULL))
		return ODD;
	int rc = list.root ? ABSENT : search_leaf(s, &list);
	for (uint32_t i = 0; list.root && i < list.n && rc == ABSENT; i++)
		rc = list_open(s->hive, list_element(&list, i), &leaf, NULL)
			     ? ODD
			     : search_leaf(s, &leaf);
	return rc == ABSENT && s->left > 0 ? ODD : rc;
}

/* False for a name whose capitals depend on a table. */
static bool hash_of(const char *name, size_t len, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		if ((uint8_t)name[i] >= 0x80)
			return false;
		*out = HASH_FACTOR * *out + fold_upper((uint8_t)name[i]);
	}
	return true;
}

int hive_list_find(struct key parent, const char *name, size_t len, struct key *out)
{
	struct search s = {.hive = parent.hive, .name = name, .len = len};
	struct span nk;
	if (hive_key_record(parent, &nk, NULL))
		return ODD;
	uint32_t claimed = le32(nk, NK_SUBKEYS_AT), at = le32(nk, NK_LIST_AT);
	if (claimed == 0 || claimed > hive_keys_max(parent.hive))
		return claimed == 0 ? ABSENT : ODD;
	s.by_hash = hash_of(name, len, &s.hash);
	int rc = s.by_hash ? search_list(&s, at, claimed) : ABSENT;
	if (rc == ABSENT) {
		s.by_hash = false;
		rc = search_list(&s, at, claimed);
	}
	*out = rc == FOUND ? s.found : *out;
	return rc;
}
