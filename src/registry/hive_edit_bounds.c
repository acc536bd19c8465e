/* SPDX-License-Identifier: MIT */
/*
 * The "largest" fields of a key: upper bounds for the names and classes of its subkeys, for the
 * names and data of its values.
 *
 * Windows raises them and hardly ever lowers them, and it leaves some too low: for classes in
 * Server 2003, for names in XP. Programs that size a buffer by them then fail. So a key is mended
 * when an edit first touches the list that a bound is about, by walking that list once; from then
 * on the edits themselves keep the bounds true. Nothing is ever lowered here, and a damaged list is
 * followed as far as it goes.
 */
#include "hive_edit_internal.h"

#include <stdlib.h>

enum { UTF16_UNIT = 2, BITS = 64 };

void edit_raise32(struct hive_edit *e, struct key k, uint32_t field, uint32_t v)
{
	if (le32(e->view.bytes, record_off(k.at, field)) < v)
		edit_put32(e, record_off(k.at, field), v);
}

/* The upper half of the field is another one since Windows XP SP3. */
static void raise_name(struct hive_edit *e, struct key k, uint32_t v)
{
	uint64_t off = record_off(k.at, NK_LARGEST_NAME_AT);
	if (le16(e->view.bytes, off) < v)
		edit_put16(e, off, (uint16_t)v);
}

static uint32_t utf16_len(struct hive_name n)
{
	return (uint32_t)n.bytes.len * (n.latin1 ? UTF16_UNIT : 1);
}

/* Take note that k's list is true from here on; true the first time, and when memory is short. */
static bool is_first(struct hive_edit *e, struct key k, enum bound_list list)
{
	size_t bit = k.at / CELL_ALIGN;
	if (!e->bounded[list])
		e->bounded[list] = calloc(e->view.bytes.len / CELL_ALIGN / BITS + 1,
					  sizeof(*e->bounded[list]));
	if (!e->bounded[list])
		return true;
	uint64_t *word = &e->bounded[list][bit / BITS], mask = UINT64_C(1) << bit % BITS;
	bool first = !(*word & mask);
	*word |= mask;
	return first;
}

void edit_bound_child(struct hive_edit *e, struct key parent, struct key child)
{
	struct span nk;
	if (hive_key_record(child, &nk, NULL))
		return;
	raise_name(e, parent, utf16_len(hive_key_name(nk)));
	edit_raise32(e, parent, NK_LARGEST_CLASS_AT, le16(nk, NK_CLASS_LEN_AT));
}

void edit_bound_subkeys(struct hive_edit *e, struct key k)
{
	struct key_iter it = key_subkeys(k);
	struct key sub;
	if (!is_first(e, k, BOUND_SUBKEYS))
		return;
	while (key_next(&it, &sub))
		edit_bound_child(e, k, sub);
}

void edit_bound_value(struct hive_edit *e, struct key k, struct value v)
{
	struct span vk;
	if (hive_value_record(v.hive, v.at, &vk, NULL))
		return;
	edit_raise32(e, k, NK_LARGEST_VALUE_NAME_AT, utf16_len(hive_value_name(vk)));
	edit_raise32(e, k, NK_LARGEST_DATA_AT, le32(vk, VK_SIZE_AT) & ~VK_IN_LINE);
}

void edit_bound_values(struct hive_edit *e, struct key k)
{
	struct value_iter it = key_values(k);
	struct value v;
	if (!is_first(e, k, BOUND_VALUES))
		return;
	while (value_next(&it, &v))
		edit_bound_value(e, k, v);
}

void edit_bounds_free(struct hive_edit *e)
{
	for (size_t i = 0; i < BOUND_LISTS; i++) {
		free(e->bounded[i]);
		e->bounded[i] = NULL;
	}
}
