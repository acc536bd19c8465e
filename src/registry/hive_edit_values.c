/* SPDX-License-Identifier: MIT */
/*
 * Values changed: data put where it fits, moved where it does not, values added and taken out.
 *
 * Up to 4 bytes lie in the record, as Windows keeps them, and free the cell that was there. Other
 * data stays in the storage it has whenever it fits there: in its cell (a shorter one leaves the
 * cell as long as it is), in the segments of big data when their number is the same. So the fix of
 * a number changes that number only. Otherwise it gets new
 * storage of the form its size asks for, written before the old storage is freed. From version
 * 1.4 on more than 16,344 bytes are big data; before, they are refused. Every segment, the last
 * one too, gets a cell for 16,344 bytes: all big data in hives of Windows XP to 10 is stored so.
 * A key's "largest" fields are raised, and set to 0 when its last value goes, as Windows does;
 * they are upper bounds.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Key value", "Big
 * data".
 */
#include "hive_edit_internal.h"

#include <string.h>

enum {
	OFFSET = 4, /* bytes of a cell offset in a list */
	DB_COUNT_AT = 2,
	DB_LIST_AT = 4,
	DB_SIZE = 8,
};

#define SEGMENTS_MAX 0xffffu /* the count is 16 bits */

/* What the vk record says about its data. */
struct storage {
	uint32_t size, data;
};

/* Cells of existing data: one, or a db record with its list and segments. */
struct data_cells {
	uint32_t at; /* HIVE_NONE: the data needs no cell */
	struct span cell;
	bool big;
	uint32_t list_at, n;
	struct span list;
};

static uint32_t segments_of(uint64_t len)
{
	return (uint32_t)((len + DB_SEGMENT - 1) / DB_SEGMENT);
}

static uint32_t segment(const struct data_cells *d, uint32_t i)
{
	return le32(d->list, (uint64_t)i * OFFSET);
}

/* ---- where data is ---- */

static int open_big(struct value v, struct data_cells *d, struct err *err)
{
	d->big = true;
	d->n = le16(d->cell, DB_COUNT_AT);
	d->list_at = le32(d->cell, DB_LIST_AT);
	if (d->n != segments_of(v.size))
		return err_set(err, E_CORRUPT, "vk cell at 0x%x: %u bytes of data in %u segments",
			       v.at, v.size, d->n);
	return hive_cell(v.hive, d->list_at, (uint64_t)d->n * OFFSET, "segment list", &d->list,
			 err);
}

static int open_data(struct value v, struct data_cells *d, struct err *err)
{
	struct span vk;
	*d = (struct data_cells){.at = HIVE_NONE};
	if (hive_value_record(v.hive, v.at, &vk, err))
		return -1;
	if (v.in_line || v.size == 0)
		return 0;
	d->at = le32(vk, VK_DATA_AT);
	if (hive_cell(v.hive, d->at, 0, "data", &d->cell, err))
		return err_at(err, "vk cell at 0x%x", v.at);
	if (d->cell.len >= v.size)
		return 0;
	if (v.size > DB_SEGMENT && v.hive->minor >= DB_MINOR && span_holds(d->cell, 0, DB_SIZE) &&
	    memcmp(d->cell.p, "db", 2) == 0)
		return open_big(v, d, err);
	return err_set(err, E_CORRUPT, "vk cell at 0x%x: %u bytes of data in a cell of %zu", v.at,
		       v.size, d->cell.len + CELL_HEADER);
}

static int free_data(struct hive_edit *e, struct value v, struct err *err)
{
	struct data_cells d;
	if (open_data(v, &d, err))
		return -1;
	if (d.at == HIVE_NONE)
		return 0;
	for (uint32_t i = 0; i < d.n; i++)
		if (cell_free(e, segment(&d, i), "data segment", err))
			return -1;
	if (d.big && cell_free(e, d.list_at, "segment list", err))
		return -1;
	return cell_free(e, d.at, "data", err);
}

/* ---- new storage ---- */

static int store_big(struct hive_edit *e, struct span data, uint32_t *at, struct err *err)
{
	uint32_t n = segments_of(data.len), list, cell;
	if (n > SEGMENTS_MAX)
		return err_set(err, E_UNSUPPORTED, "%zu bytes are too many for a value", data.len);
	if (cell_alloc(e, DB_SIZE, at, err) || cell_alloc(e, (uint64_t)n * OFFSET, &list, err))
		return -1;
	edit_put(e, record_off(*at, 0), (struct span){(const uint8_t *)"db", 2});
	edit_put16(e, record_off(*at, DB_COUNT_AT), (uint16_t)n);
	edit_put32(e, record_off(*at, DB_LIST_AT), list);
	for (uint32_t i = 0; i < n; i++) {
		size_t from = (size_t)i * DB_SEGMENT, left = data.len - from;
		struct span part = {data.p + from, left < DB_SEGMENT ? left : DB_SEGMENT};
		if (cell_alloc(e, DB_SEGMENT, &cell, err))
			return -1;
		edit_put(e, record_off(cell, 0), part);
		edit_put32(e, record_off(list, i * OFFSET), cell);
	}
	return 0;
}

static int store(struct hive_edit *e, struct span data, struct storage *out, struct err *err)
{
	uint8_t in_line[VK_IN_LINE_MAX] = {0};
	*out = (struct storage){.size = (uint32_t)data.len};
	if (data.len <= VK_IN_LINE_MAX) {
		if (data.len > 0)
			memcpy(in_line, data.p, data.len);
		out->size |= VK_IN_LINE;
		out->data = le32((struct span){in_line, sizeof(in_line)}, 0);
		return 0;
	}
	if (data.len > DB_SEGMENT && e->view.minor >= DB_MINOR)
		return store_big(e, data, &out->data, err);
	if (data.len > DB_SEGMENT)
		return err_set(err, E_UNSUPPORTED, "%zu bytes of data: version 1.%u has at most %u",
			       data.len, e->view.minor, DB_SEGMENT);
	if (cell_alloc(e, data.len, &out->data, err))
		return -1;
	edit_put(e, record_off(out->data, 0), data);
	return 0;
}

static void put_storage(struct hive_edit *e, struct value v, uint32_t type, struct storage s)
{
	edit_put32(e, record_off(v.at, VK_SIZE_AT), s.size);
	edit_put32(e, record_off(v.at, VK_DATA_AT), s.data);
	edit_put32(e, record_off(v.at, VK_TYPE_AT), type);
}

/* ---- in place ---- */

/* 1 when the one cell of d took the data, 0 when it does not fit there, -1. */
static int put_in_cell(struct hive_edit *e, struct value v, const struct data_cells *d,
		       struct span data, struct err *err)
{
	/* Beyond a segment's size a reader takes a cell for a db record, if it was not before. */
	if (data.len > DB_SEGMENT && v.size <= DB_SEGMENT)
		return 0;
	if (d->cell.len < data.len) {
		int grown = data.len > DB_SEGMENT ? 0 : cell_grow(e, d->at, data.len, err);
		if (grown <= 0)
			return grown;
	}
	edit_put(e, record_off(d->at, 0), data);
	return 1;
}

/* The same for big data; only its last segment may change its length. */
static int put_in_segments(struct hive_edit *e, const struct data_cells *d, struct span data,
			   struct err *err)
{
	if (data.len <= DB_SEGMENT || segments_of(data.len) != d->n)
		return 0;
	for (uint32_t i = 0; i < d->n; i++) {
		size_t from = (size_t)i * DB_SEGMENT, left = data.len - from;
		struct span part = {data.p + from, left < DB_SEGMENT ? left : DB_SEGMENT}, cell;
		if (hive_cell(&e->view, segment(d, i), 0, "data segment", &cell, err))
			return -1;
		if (cell.len < part.len)
			return 0; /* what was written is part of cells that are freed next */
		edit_put(e, record_off(segment(d, i), 0), part);
	}
	return 1;
}

static int put_in_place(struct hive_edit *e, struct value v, struct span data, struct storage *out,
			struct err *err)
{
	struct data_cells d;
	if (data.len <= VK_IN_LINE_MAX)
		return !v.in_line ? 0 : store(e, data, out, err) ? -1 : 1;
	if (open_data(v, &d, err))
		return -1;
	if (d.at == HIVE_NONE)
		return 0;
	*out = (struct storage){(uint32_t)data.len, d.at};
	return d.big ? put_in_segments(e, &d, data, err) : put_in_cell(e, v, &d, data, err);
}

/* ---- one value ---- */

static bool is_there_already(struct value v, uint32_t type, struct span old, struct span data)
{
	return v.type == type && old.len == data.len &&
	       (old.len == 0 || memcmp(old.p, data.p, old.len) == 0);
}

/* 1 when v was changed, 0 when it holds the data already, -1. */
static int change_value(struct hive_edit *e, struct value v, uint32_t type, struct span data,
			struct err *err)
{
	struct span old;
	struct storage s;
	if (value_data(v, e->arena, &old, err))
		return -1;
	if (is_there_already(v, type, old, data))
		return 0;
	int placed = put_in_place(e, v, data, &s, err);
	if (placed < 0)
		return -1;
	if (placed == 0 && (store(e, data, &s, err) || free_data(e, v, err)))
		return -1;
	put_storage(e, v, type, s);
	return 1;
}

static int append_value(struct hive_edit *e, struct key k, uint32_t vk, struct err *err)
{
	uint32_t n = key_value_count(k), list;
	uint64_t owner = record_off(k.at, NK_VALUE_LIST_AT), used = (uint64_t)n * OFFSET;
	if (n > hive_values_max(&e->view))
		return err_set(err, E_CORRUPT, "nk cell at 0x%x: %u values", k.at, n);
	list = le32(e->view.bytes, owner);
	if (n == 0 ? cell_alloc(e, OFFSET, &list, err)
		   : cell_resize(e, &list, used, used + OFFSET, used + OFFSET, err))
		return -1;
	edit_put32(e, owner, list);
	edit_put32(e, record_off(list, n * OFFSET), vk);
	edit_put32(e, record_off(k.at, NK_VALUES_AT), n + 1);
	return 0;
}

static int add_value(struct hive_edit *e, struct key k, const char *text, uint32_t type,
		     struct span data, struct err *err)
{
	struct hive_name name;
	struct value v = {.hive = &e->view};
	struct storage s;
	if (edit_name_make(e, text, VALUE_NAME_MAX, &name, err) ||
	    cell_alloc(e, VK_SIZE + name.bytes.len, &v.at, err) || store(e, data, &s, err) ||
	    append_value(e, k, v.at, err))
		return -1;
	edit_put(e, record_off(v.at, 0), (struct span){(const uint8_t *)"vk", 2});
	bool compressed = name.latin1 && name.bytes.len > 0;
	edit_put16(e, record_off(v.at, VK_NAME_LEN_AT), (uint16_t)name.bytes.len);
	edit_put16(e, record_off(v.at, VK_FLAGS_AT), compressed ? VK_LATIN1 : 0);
	edit_put(e, record_off(v.at, VK_SIZE), name.bytes);
	put_storage(e, v, type, s);
	edit_bound_value(e, k, v);
	return 1;
}

int edit_set_value(struct hive_edit *e, struct key k, const char *name, uint32_t type,
		   struct span data, uint64_t when, struct err *err)
{
	struct value v;
	struct err absent = {0};
	int changed;
	if (data.len > e->view.bytes.len)
		return err_set(err, E_UNSUPPORTED, "no room: %zu bytes in a hive of %zu", data.len,
			       e->view.bytes.len);
	if (value_find(k, name, &v, &absent) == 0)
		changed = change_value(e, v, type, data, err);
	else if (absent.code == E_NOTFOUND)
		changed = add_value(e, k, name, type, data, err);
	else
		return err_pass(err, &absent);
	if (changed <= 0)
		return changed;
	edit_put64(e, record_off(k.at, NK_TIME_AT), when);
	edit_bound_values(e, k);
	edit_raise32(e, k, NK_LARGEST_DATA_AT, (uint32_t)data.len);
	return 0;
}

/* ---- values taken out ---- */

static int free_value(struct hive_edit *e, struct value v, struct err *err)
{
	return free_data(e, v, err) ? -1 : cell_free(e, v.at, "vk", err);
}

/* The value called name and its position in k's list. */
static int find_position(struct key k, const char *name, struct value *v, uint32_t *i,
			 struct err *err)
{
	struct value_iter it = key_values(k);
	while (value_next(&it, v)) {
		if (value_is(*v, name)) {
			*i = it.i - 1;
			return 0;
		}
	}
	if (it.err.code != E_OK)
		return err_pass(err, &it.err);
	return err_set(err, E_NOTFOUND, "there is no value %s", *name ? name : "(default)");
}

/* Take element i out of the value list of k. */
static int unlist_value(struct hive_edit *e, struct key k, uint32_t i, struct err *err)
{
	uint32_t n = key_value_count(k);
	uint64_t owner = record_off(k.at, NK_VALUE_LIST_AT);
	uint32_t list = le32(e->view.bytes, owner);
	edit_put32(e, record_off(k.at, NK_VALUES_AT), n - 1);
	if (n > 1) {
		uint64_t to = record_off(list, i * OFFSET);
		edit_move(e, to, to + OFFSET, (size_t)(n - i - 1) * OFFSET);
		return 0;
	}
	edit_put32(e, owner, HIVE_NONE);
	edit_put32(e, record_off(k.at, NK_LARGEST_VALUE_NAME_AT), 0);
	edit_put32(e, record_off(k.at, NK_LARGEST_DATA_AT), 0);
	return cell_free(e, list, "value list", err);
}

int edit_delete_value(struct hive_edit *e, struct key k, const char *name, uint64_t when,
		      struct err *err)
{
	struct value v;
	uint32_t i;
	if (find_position(k, name, &v, &i, err) || unlist_value(e, k, i, err) ||
	    free_value(e, v, err))
		return -1;
	edit_bound_values(e, k);
	edit_put64(e, record_off(k.at, NK_TIME_AT), when);
	return 0;
}

int edit_free_values(struct hive_edit *e, struct key k, struct err *err)
{
	struct value_iter it = key_values(k);
	struct value v;
	uint32_t list = it.list;
	while (value_next(&it, &v))
		if (free_value(e, v, err))
			return -1;
	if (it.err.code != E_OK)
		return err_pass(err, &it.err);
	return list == HIVE_NONE ? 0 : cell_free(e, list, "value list", err);
}
