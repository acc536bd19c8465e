/* SPDX-License-Identifier: MIT */
/*
 * Values: the vk record, its name, and its data in the three forms a hive has.
 *
 * Up to four bytes of data lie in the record itself; more lie in one cell; more than 16,344 lie
 * in the segments of a "db" record from version 1.4 on. A cell that could hold big data whole is
 * taken as it is, whatever the version: a db record is always smaller than what it stands for.
 * Values follow each other as stored; a damaged one is left out and noted in the iterator.
 */
#include "hive_internal.h"

#include <string.h>

#define OFFSET 4u /* bytes of a cell offset in a list */

enum { DB_COUNT_AT = 2, DB_LIST_AT = 4, DB_SIZE = 8 };

static const char *const type_names[] = {
	[REG_NONE] = "REG_NONE",
	[REG_SZ] = "REG_SZ",
	[REG_EXPAND_SZ] = "REG_EXPAND_SZ",
	[REG_BINARY] = "REG_BINARY",
	[REG_DWORD] = "REG_DWORD",
	[REG_DWORD_BE] = "REG_DWORD_BIG_ENDIAN",
	[REG_LINK] = "REG_LINK",
	[REG_MULTI_SZ] = "REG_MULTI_SZ",
	[REG_RESOURCE_LIST] = "REG_RESOURCE_LIST",
	[REG_FULL_RESOURCE] = "REG_FULL_RESOURCE_DESCRIPTOR",
	[REG_REQUIREMENTS] = "REG_RESOURCE_REQUIREMENTS_LIST",
	[REG_QWORD] = "REG_QWORD",
};

const char *reg_type_name(uint32_t type)
{
	return type < sizeof(type_names) / sizeof(*type_names) ? type_names[type] : NULL;
}

int hive_value_record(const struct hive *h, uint32_t at, struct span *out, struct err *err)
{
	if (hive_cell(h, at, VK_SIZE, "vk", out, err))
		return -1;
	if (memcmp(out->p, "vk", 2) != 0)
		return err_set(err, E_CORRUPT, "vk cell at 0x%x: not a value, signature 0x%04x", at,
			       be16(*out, 0));
	if (!span_holds(*out, VK_SIZE, le16(*out, VK_NAME_LEN_AT)))
		return err_set(err, E_CORRUPT, "vk cell at 0x%x: name of %u bytes in a cell of %zu",
			       at, le16(*out, VK_NAME_LEN_AT), out->len + CELL_HEADER);
	return 0;
}

struct hive_name hive_value_name(struct span vk)
{
	return (struct hive_name){
		.bytes = span_sub(vk, VK_SIZE, le16(vk, VK_NAME_LEN_AT)),
		.latin1 = le16(vk, VK_FLAGS_AT) & VK_LATIN1,
	};
}

static int open_value(const struct hive *h, uint32_t at, struct value *out, struct err *err)
{
	struct span vk;
	if (hive_value_record(h, at, &vk, err))
		return -1;
	uint32_t size = le32(vk, VK_SIZE_AT);
	*out = (struct value){
		.hive = h,
		.at = at,
		.type = le32(vk, VK_TYPE_AT),
		.size = size & ~VK_IN_LINE,
		.in_line = size & VK_IN_LINE,
	};
	if (out->in_line && out->size > VK_IN_LINE_MAX)
		return err_set(err, E_CORRUPT, "vk cell at 0x%x: %u bytes of data in line", at,
			       out->size);
	return 0;
}

struct value_iter key_values(struct key k)
{
	struct value_iter it = {.key = k, .list = HIVE_NONE};
	struct span nk, list;
	uint32_t n = key_value_count(k);
	if (hive_key_record(k, &nk, &it.err) || n == 0)
		return it;
	uint32_t at = le32(nk, NK_VALUE_LIST_AT);
	if (hive_cell(k.hive, at, (uint64_t)n * OFFSET, "value list", &list, &it.err)) {
		err_at(&it.err, "nk cell at 0x%x", k.at);
		return it;
	}
	it.list = at;
	it.n = n;
	return it;
}

bool value_next(struct value_iter *it, struct value *out)
{
	const struct hive *h = it->key.hive;
	while (it->i < it->n) {
		uint64_t at = (uint64_t)HIVE_BASE + it->list + CELL_HEADER +
			      (uint64_t)it->i++ * OFFSET;
		if (open_value(h, le32(h->bytes, at), out, &it->err) == 0)
			return true;
		if (++it->damaged == DAMAGED_MAX)
			it->n = it->i;
	}
	return false;
}

int value_find(struct key k, const char *name, struct value *out, struct err *err)
{
	struct value_iter it = key_values(k);
	struct value v;
	while (value_next(&it, &v)) {
		if (value_is(v, name)) {
			*out = v;
			return 0;
		}
	}
	if (it.err.code != E_OK)
		return err_pass(err, &it.err);
	return err_set(err, E_NOTFOUND, "there is no value %s", *name ? name : "(default)");
}

char *value_name(struct value v, struct arena *arena)
{
	struct span vk;
	if (hive_value_record(v.hive, v.at, &vk, NULL))
		return arena_strdup(arena, "");
	return hive_name_text(hive_value_name(vk), arena);
}

bool value_is(struct value v, const char *name)
{
	struct span vk;
	return hive_value_record(v.hive, v.at, &vk, NULL) == 0 &&
	       hive_name_is(hive_value_name(vk), name, strlen(name));
}

size_t value_which(struct value v, const char *const *names, size_t n)
{
	struct span vk;
	if (hive_value_record(v.hive, v.at, &vk, NULL))
		return n;
	struct hive_name stored = hive_value_name(vk);
	size_t i = 0;
	while (i < n && !hive_name_is(stored, names[i], strlen(names[i])))
		i++;
	return i;
}

static uint32_t segment_size(uint32_t left)
{
	return left < DB_SEGMENT ? left : DB_SEGMENT;
}

/* Copy the segments that list, an array of offsets, names; there are enough of them for size. */
static int join_segments(const struct hive *h, struct span list, uint8_t *to, uint32_t size,
			 struct err *err)
{
	for (uint64_t at = 0; size > 0; at += OFFSET) {
		uint32_t len = segment_size(size);
		struct span cell;
		if (hive_cell(h, le32(list, at), len, "data segment", &cell, err))
			return -1;
		memcpy(to, cell.p, len);
		to += len;
		size -= len;
	}
	return 0;
}

static int big_data(struct value v, struct span db, struct arena *arena, struct span *out,
		    struct err *err)
{
	uint32_t n = le16(db, DB_COUNT_AT);
	struct span list;
	if (n != (v.size + DB_SEGMENT - 1) / DB_SEGMENT)
		return err_set(err, E_CORRUPT, "vk cell at 0x%x: %u bytes of data in %u segments",
			       v.at, v.size, n);
	if (v.size > v.hive->bins_size)
		return err_set(err, E_MEMORY, "vk cell at 0x%x: %u bytes of data in a hive of %u",
			       v.at, v.size, v.hive->bins_size);
	if (hive_cell(v.hive, le32(db, DB_LIST_AT), (uint64_t)n * OFFSET, "segment list", &list,
		      err))
		return -1;
	uint8_t *data = arena_alloc(arena, v.size, err);
	if (!data || join_segments(v.hive, list, data, v.size, err))
		return -1;
	*out = (struct span){data, v.size};
	return 0;
}

int value_data(struct value v, struct arena *arena, struct span *out, struct err *err)
{
	struct span vk, cell;
	*out = (struct span){0};
	if (hive_value_record(v.hive, v.at, &vk, err))
		return -1;
	if (v.in_line || v.size == 0) {
		*out = span_sub(vk, VK_DATA_AT, v.size);
		return 0;
	}
	if (hive_cell(v.hive, le32(vk, VK_DATA_AT), 0, "data", &cell, err))
		return err_at(err, "vk cell at 0x%x", v.at);
	if (cell.len >= v.size) {
		*out = span_sub(cell, 0, v.size);
		return 0;
	}
	if (v.size > DB_SEGMENT && v.hive->minor >= DB_MINOR && span_holds(cell, 0, DB_SIZE) &&
	    memcmp(cell.p, "db", 2) == 0)
		return big_data(v, cell, arena, out, err);
	return err_set(err, E_CORRUPT, "vk cell at 0x%x: %u bytes of data in a cell of %zu", v.at,
		       v.size, cell.len + CELL_HEADER);
}

uint64_t value_data_at(struct value v)
{
	struct span vk;
	if (v.in_line)
		return value_at(v) + VK_DATA_AT;
	if (v.size == 0 || hive_value_record(v.hive, v.at, &vk, NULL))
		return 0;
	return (uint64_t)HIVE_BASE + le32(vk, VK_DATA_AT) + CELL_HEADER;
}

uint64_t value_at(struct value v)
{
	return (uint64_t)HIVE_BASE + v.at + CELL_HEADER;
}

struct hive_range value_range(struct value v, enum value_part part)
{
	if (part == VALUE_RECORD)
		return (struct hive_range){value_at(v), VK_SIZE};
	return (struct hive_range){value_data_at(v), v.in_line ? VK_IN_LINE_MAX : v.size};
}
