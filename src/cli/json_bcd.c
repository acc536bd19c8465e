/* SPDX-License-Identifier: MIT */
/*
 * The JSON form of a boot store, schema "stop7b.bcd/1". A value stands as text, as bcdedit prints
 * it, and in JSON's own form: a device as nested objects, ids as strings, integers as numbers; an
 * integer that JSON's numbers cannot hold is a string of digits. What was not understood has null
 * for its value and its bytes in "hex".
 */
#include "cli_internal.h"

#include <inttypes.h>

#include "stop7b/bcd.h"

static json_t *json_hex_id(uint32_t id)
{
	char text[16];
	snprintf(text, sizeof(text), "%08x", id);
	return json_string(text);
}

static json_t *json_u64(uint64_t n)
{
	char text[24];
	if (n <= INT64_MAX)
		return json_integer((json_int_t)n);
	snprintf(text, sizeof(text), "%" PRIu64, n);
	return json_string(text);
}

static json_t *json_guid(const char *guid)
{
	return *guid ? json_sprintf("{%s}", guid) : json_null();
}

static json_t *json_hex(struct span raw)
{
	static const char digits[] = "0123456789abcdef";
	struct arena *arena = arena_new();
	char *hex = arena ? arena_alloc(arena, 2 * raw.len + 1, NULL) : NULL;
	for (size_t i = 0; hex && i < raw.len; i++) {
		hex[2 * i] = digits[raw.p[i] >> 4];
		hex[2 * i + 1] = digits[raw.p[i] & 15];
	}
	json_t *out = json_text(hex);
	arena_free(arena);
	return out;
}

/* ---- devices ---- */

static const char *const device_kinds[] = {
	[BCD_DEVICE_UNKNOWN] = "unknown",
	[BCD_DEVICE_BOOT] = "boot",
	[BCD_DEVICE_PARTITION] = "partition",
	[BCD_DEVICE_DISK] = "disk",
	[BCD_DEVICE_FLOPPY] = "floppy",
	[BCD_DEVICE_CD] = "cd",
	[BCD_DEVICE_FILE] = "file",
	[BCD_DEVICE_RAMDISK] = "ramdisk",
	[BCD_DEVICE_VHD] = "vhd",
	[BCD_DEVICE_LOCATE] = "locate",
};

/* Does it name a disk by an identifier? A virtual disk has one where its partition is named. */
static bool has_disk(const struct bcd_device *d)
{
	return d->kind == BCD_DEVICE_PARTITION || d->kind == BCD_DEVICE_DISK ||
	       (d->kind == BCD_DEVICE_VHD && (*d->disk || d->signature != 0));
}

static const char *table_name(const struct bcd_device *d)
{
	static const char *const names[] = {
		[BCD_TABLE_GPT] = "gpt", [BCD_TABLE_MBR] = "mbr", [BCD_TABLE_RAW] = "raw"};
	return has_disk(d) ? names[d->table] : NULL;
}

/* Nesting is bounded by the decoder. */
static json_t *json_device(const struct bcd_device *d)
{
	if (!d)
		return json_null();
	bool mbr = has_disk(d) && d->table == BCD_TABLE_MBR;
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
			 device_kinds[d->kind], "table", json_text(table_name(d)), "signature",
			 mbr ? json_u64(d->signature) : json_null(), "offset",
			 mbr && d->kind == BCD_DEVICE_PARTITION ? json_u64(d->offset) : json_null(),
			 "disk", json_guid(d->disk), "partition", json_guid(d->partition),
			 "element", d->element ? json_hex_id(d->element) : json_null(), "path",
			 json_text(d->path && *d->path ? d->path : NULL), "options",
			 json_guid(d->options), "parent", json_device(d->parent));
}

/* ---- values ---- */

static json_t *value_device(const struct bcd_element *e)
{
	return json_device(e->device);
}

static json_t *value_string(const struct bcd_element *e)
{
	return json_text(e->string);
}

static json_t *value_guid(const struct bcd_element *e)
{
	return json_text(e->n > 0 ? e->guids[0] : NULL);
}

static json_t *value_guids(const struct bcd_element *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n; i++)
		json_array_append_new(list, json_text(e->guids[i]));
	return list;
}

static json_t *value_integer(const struct bcd_element *e)
{
	return e->n > 0 ? json_u64(e->integers[0]) : json_null();
}

static json_t *value_boolean(const struct bcd_element *e)
{
	return e->n > 0 ? json_boolean(e->integers[0] != 0) : json_null();
}

static json_t *value_integers(const struct bcd_element *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n; i++)
		json_array_append_new(list, json_u64(e->integers[i]));
	return list;
}

static json_t *value_binary(const struct bcd_element *e)
{
	return json_hex(e->raw);
}

static const struct {
	const char *name;
	json_t *(*value)(const struct bcd_element *e);
} formats[] = {
	[BCD_FORMAT_DEVICE] = {"device", value_device},
	[BCD_FORMAT_STRING] = {"string", value_string},
	[BCD_FORMAT_GUID] = {"guid", value_guid},
	[BCD_FORMAT_GUIDS] = {"guids", value_guids},
	[BCD_FORMAT_INTEGER] = {"integer", value_integer},
	[BCD_FORMAT_BOOLEAN] = {"boolean", value_boolean},
	[BCD_FORMAT_INTEGERS] = {"integers", value_integers},
	[BCD_FORMAT_BINARY] = {"binary", value_binary},
};

/* ---- elements, objects, the store ---- */

static json_t *json_element(const struct bcd_element *e)
{
	bool known = (size_t)e->format < sizeof(formats) / sizeof(formats[0]) &&
		     formats[e->format].name;
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_hex_id(e->id), "name",
		json_text(e->name), "format", json_text(known ? formats[e->format].name : NULL),
		"text", json_text(e->text), "value",
		known && !e->problem ? formats[e->format].value(e) : json_null(), "hex",
		e->problem ? json_hex(e->raw) : json_null(), "problem", json_text(e->problem));
}

static json_t *json_object_of(const struct bcd_object *o)
{
	json_t *elements = json_array();
	for (size_t i = 0; i < o->n; i++)
		json_array_append_new(elements, json_element(&o->elements[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "guid", json_text(o->guid), "alias",
			 json_text(o->alias), "type", o->type ? json_hex_id(o->type) : json_null(),
			 "kind", json_text(o->kind), "problem", json_text(o->problem), "elements",
			 elements);
}

json_t *json_bcd(const char *name, const struct bcd_store *store)
{
	json_t *objects = json_array();
	for (size_t i = 0; i < store->n; i++)
		json_array_append_new(objects, json_object_of(&store->objects[i]));
	return json_pack("{s:s, s:s, s:o, s:b, s:o, s:I, s:o, s:o}", "schema", "stop7b.bcd/1",
			 "store", name, "key_name", json_text(store->key_name), "whole",
			 store->whole, "problem", json_text(store->problem), "problems",
			 (json_int_t)store->n_problems, "note", json_text(store->note), "objects",
			 objects);
}
