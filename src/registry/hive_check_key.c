/* SPDX-License-Identifier: MIT */
/*
 * One key in the whole-hive check: its record, its class name, its values and their data.
 *
 * The "largest" fields of a key are upper bounds. Windows itself leaves some too low, so a key with
 * such a field is counted, and is no defect. A key that is a predefined handle keeps the handle where
 * others keep the number of values, and has none.
 */
#include "hive_check_internal.h"

#include <stdlib.h>
#include <string.h>

#define FEW           16u /* most keys have fewer values: sorted without calls */
#define CLEARED_MINOR 5u  /* NT 4 (1.3) leaves the reference to a value list that is gone */

enum { DB_COUNT_AT = 2, DB_LIST_AT = 4, DB_SIZE = 8 };

static bool is_signed(struct span record, const char *signature, size_t least)
{
	return span_holds(record, 0, least) && memcmp(record.p, signature, 2) == 0;
}

/* ---- the key itself ---- */

static bool is_key(struct span nk)
{
	return is_signed(nk, "nk", NK_SIZE) && span_holds(nk, NK_SIZE, le16(nk, NK_NAME_LEN_AT));
}

bool check_add_key(struct check *c, uint32_t owner, uint32_t at, uint32_t depth, struct span *nk)
{
	if (!check_reach(c, owner, at, nk))
		return false;
	if (!is_key(*nk)) {
		check_defect(c, D_NK, at);
		return false;
	}
	if (!check_name_key(hive_key_name(*nk)))
		check_defect(c, D_NK_NAME, at);
	if (depth == HIVE_DEPTH_MAX + 1)
		check_defect(c, D_DEPTH, at);
	c->keys[c->n_keys++] = (struct check_key){at, depth};
	return true;
}

static void check_class(struct check *c, uint32_t key, struct span nk)
{
	struct span cell;
	uint32_t at = le32(nk, NK_CLASS_AT), len = le16(nk, NK_CLASS_LEN_AT);
	if (at == HIVE_NONE && len == 0)
		return;
	if (check_reach(c, key, at, &cell) && len > cell.len)
		check_defect(c, D_CLASS, key);
}

void check_key(struct check *c, struct check_key key)
{
	struct span nk = check_record(c, key.at);
	c->out->keys++;
	check_class(c, key.at, nk);
	check_share(c, key.at, le32(nk, CHECK_SK_AT), MARK_SK);
	if (!(le16(nk, NK_FLAGS_AT) & NK_PREDEFINED))
		check_values(c, key.at, nk);
	check_subkeys(c, key, nk);
}

/* ---- data ---- */

static void check_segments(struct check *c, uint32_t vk, struct span list, uint32_t n,
			   uint32_t size)
{
	struct span cell;
	for (uint32_t i = 0; i < n && span_holds(list, (uint64_t)i * CHECK_OFFSET, CHECK_OFFSET);
	     i++) {
		uint32_t at = le32(list, (uint64_t)i * CHECK_OFFSET);
		uint32_t len = size < DB_SEGMENT ? size : DB_SEGMENT;
		if (check_reach(c, vk, at, &cell) && cell.len < len)
			check_defect(c, D_SEGMENT, at);
		size -= len;
	}
}

static void check_big_data(struct check *c, uint32_t vk, struct span db, uint32_t size)
{
	struct span list;
	uint32_t n = le16(db, DB_COUNT_AT);
	if (!is_signed(db, "db", DB_SIZE)) {
		check_defect(c, D_DB, vk);
		return;
	}
	if (!check_reach(c, vk, le32(db, DB_LIST_AT), &list))
		return;
	if (n != (size - 1) / DB_SEGMENT + 1 || list.len < (uint64_t)n * CHECK_OFFSET)
		check_defect(c, D_DB_COUNT, vk);
	check_segments(c, vk, list, n, size);
}

static void check_data(struct check *c, uint32_t at, struct span vk)
{
	struct span cell;
	uint32_t size = le32(vk, VK_SIZE_AT);
	if (size & VK_IN_LINE) {
		if ((size & ~VK_IN_LINE) > VK_IN_LINE_MAX)
			check_defect(c, D_IN_LINE, at);
		return;
	}
	if (size == 0 || !check_reach(c, at, le32(vk, VK_DATA_AT), &cell))
		return;
	if (size > DB_SEGMENT && c->h->minor >= DB_MINOR)
		check_big_data(c, at, cell, size);
	else if (size > cell.len)
		check_defect(c, D_DATA, at);
}

/* ---- values ---- */

/* What the values of one key need in its "largest" fields. */
struct largest {
	uint32_t name, data;
};

static bool check_value(struct check *c, uint32_t key, uint32_t at, struct largest *largest)
{
	struct span vk;
	if (!check_reach(c, key, at, &vk))
		return false;
	if (!is_signed(vk, "vk", VK_SIZE) || !span_holds(vk, VK_SIZE, le16(vk, VK_NAME_LEN_AT))) {
		check_defect(c, D_VK, at);
		return false;
	}
	struct hive_name name = hive_value_name(vk);
	if (!check_name_value(name))
		check_defect(c, D_VK_NAME, at);
	uint32_t len = check_name_len(name), size = le32(vk, VK_SIZE_AT) & ~VK_IN_LINE;
	largest->name = len > largest->name ? len : largest->name;
	largest->data = size > largest->data ? size : largest->data;
	c->out->values++;
	check_data(c, at, vk);
	return true;
}

/* Room for the names of n values; a list may claim more than there can be. */
static bool reserve_names(struct check *c, size_t n)
{
	size_t most = hive_values_max(c->h), cap = 2 * n < most ? 2 * n : most;
	if (n <= c->names_cap || c->names_cap == most)
		return true;
	c->names = arena_array(c->arena, cap, sizeof(*c->names), c->err);
	c->names_cap = c->names ? cap : 0;
	c->failed = c->failed || !c->names;
	return c->names;
}

static int by_hash(const void *a, const void *b)
{
	const struct check_name *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static struct hive_name name_of(const struct check *c, const struct check_name *n)
{
	return hive_value_name(check_record(c, n->at));
}

static void sort_names(struct check_name *names, size_t n)
{
	if (n > FEW) {
		qsort(names, n, sizeof(*names), by_hash);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		const struct check_name name = names[i];
		size_t to = i;
		for (; to > 0 && by_hash(&name, &names[to - 1]) < 0; to--)
			names[to] = names[to - 1];
		names[to] = name;
	}
}

/* Among c->names[0..n): sorted by hash, equal names stand side by side. */
static void check_twins(struct check *c, size_t n)
{
	bool sure;
	if (n < 2)
		return;
	sort_names(c->names, n);
	for (size_t i = 1; i < n; i++) {
		struct check_name *a = &c->names[i - 1], *b = &c->names[i];
		if (a->hash == b->hash &&
		    check_name_order(name_of(c, a), name_of(c, b), &sure) == 0)
			check_defect(c, D_VK_TWICE, b->at);
	}
}

static void check_list(struct check *c, uint32_t key, struct span list, uint32_t n,
		       struct largest *largest)
{
	size_t good = 0;
	bool sure;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = le32(list, (uint64_t)i * CHECK_OFFSET);
		if (!check_value(c, key, at, largest))
			continue;
		struct check_name *name = &c->names[good++];
		*name = (struct check_name){.at = at};
		name->hash = check_name_hash(name_of(c, name), &sure);
	}
	if (good > 1)
		check_twins(c, good);
}

void check_values(struct check *c, uint32_t key, struct span nk)
{
	struct span list;
	struct largest largest = {0};
	uint32_t n = le32(nk, NK_VALUES_AT), at = le32(nk, NK_VALUE_LIST_AT);
	if (n == 0 && at != HIVE_NONE && c->h->minor >= CLEARED_MINOR)
		check_defect(c, D_LEFTOVER, key);
	if (n == 0 || !check_reach(c, key, at, &list))
		return;
	if (n > list.len / CHECK_OFFSET) {
		check_defect(c, D_VALUE_LIST, key);
		n = (uint32_t)(list.len / CHECK_OFFSET);
	}
	if (!reserve_names(c, n))
		return;
	check_list(c, key, list, n, &largest);
	check_bounds(c, key,
		     largest.name > le32(nk, CHECK_LARGEST_VALUE_NAME_AT) ||
			     largest.data > le32(nk, NK_LARGEST_DATA_AT));
}
