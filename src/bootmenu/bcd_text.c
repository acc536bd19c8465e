/* SPDX-License-Identifier: MIT */
/*
 * A boot store as text: devices, and the layout of `bcdedit /enum all /v`.
 *
 * bcdedit on the running Windows puts drive letters and volume names where a store has only
 * identifiers. They cannot be known here, so a partition is "mbr:SIGNATURE:OFFSET" or
 * "gpt:{DISK}:{PARTITION}" instead. Objects stand in bcdedit's order of kinds, those of
 * one kind in stored order; all ids are full ids, as with /v.
 */
#include "bcd_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/growing.h"

#define NAME_COLUMN 24u /* characters before the value */

/* ---- devices ---- */

static const char *partition_id(const struct bcd_device *d, struct arena *arena)
{
	if (d->table == BCD_TABLE_GPT)
		return arena_printf(arena, "gpt:{%s}:{%s}", d->disk, d->partition);
	return arena_printf(arena, "mbr:%08x:0x%llx", d->signature, (unsigned long long)d->offset);
}

static const char *disk_id(const struct bcd_device *d, struct arena *arena)
{
	if (d->table == BCD_TABLE_GPT)
		return arena_printf(arena, "gpt:{%s}", d->disk);
	return arena_printf(arena, "mbr:%08x", d->signature);
}

/* What stands between the brackets of a file. */
static const char *volume_text(const struct bcd_device *d, struct arena *arena)
{
	if (d->kind == BCD_DEVICE_PARTITION && !d->parent)
		return partition_id(d, arena);
	return d->kind == BCD_DEVICE_LOCATE ? "locate" : bcd_device_text(d, arena);
}

/* "[where it lies]\path" */
static const char *file_text(const struct bcd_device *d, struct arena *arena)
{
	const char *where = volume_text(d->parent, arena);
	return where ? arena_printf(arena, "[%s]%s", where, d->path) : NULL;
}

static const char *vhd_text(const struct bcd_device *d, struct arena *arena)
{
	return file_text(d->parent, arena);
}

static const char *locate_text(const struct bcd_device *d, struct arena *arena)
{
	return d->element ? arena_printf(arena, "custom:%08x", d->element) : d->path;
}

static const char *nothing(const struct bcd_device *d, struct arena *arena)
{
	(void)d;
	(void)arena;
	return "";
}

static const struct device_words {
	const char *prefix;
	const char *(*text)(const struct bcd_device *d, struct arena *arena);
	bool on_parent; /* the parent stands before it, with a comma */
} device_words[] = {
	[BCD_DEVICE_UNKNOWN] = {"unknown", nothing, false},
	[BCD_DEVICE_BOOT] = {"boot", nothing, false},
	[BCD_DEVICE_PARTITION] = {"partition=", partition_id, true},
	[BCD_DEVICE_DISK] = {"disk=", disk_id, false},
	[BCD_DEVICE_FLOPPY] = {"floppy", nothing, false},
	[BCD_DEVICE_CD] = {"cdrom", nothing, false},
	[BCD_DEVICE_FILE] = {"file=", file_text, false},
	[BCD_DEVICE_RAMDISK] = {"ramdisk=", file_text, false},
	[BCD_DEVICE_VHD] = {"vhd=", vhd_text, false},
	[BCD_DEVICE_LOCATE] = {"locate=", locate_text, true},
};

const char *bcd_device_text(const struct bcd_device *d, struct arena *arena)
{
	const struct device_words *w = &device_words[d->kind];
	const char *before = "", *text = w->text(d, arena);
	if (w->on_parent && d->parent) {
		before = bcd_device_text(d->parent, arena);
		before = before ? arena_printf(arena, "%s,", before) : NULL;
	}
	if (!text || !before)
		return NULL;
	if (*d->options)
		return arena_printf(arena, "%s%s%s,{%s}", before, w->prefix, text, d->options);
	return arena_printf(arena, "%s%s%s", before, w->prefix, text);
}

/* ---- the whole store ---- */

static void print_line(struct growing *t, const char *name, const char *value)
{
	growing_put(t, name);
	growing_put(t, " ");
	for (size_t n = strlen(name) + 1; n < NAME_COLUMN; n++)
		growing_put(t, " ");
	growing_put(t, value);
	growing_put(t, "\n");
}

static void print_element(struct growing *t, const struct bcd_element *e)
{
	char custom[sizeof("custom:00000000")];
	const char *name = e->name ? e->name : custom;
	snprintf(custom, sizeof(custom), "custom:%08x", e->id);
	if (e->n == 0 || !e->guids)
		print_line(t, name, e->text);
	for (size_t i = 0; e->guids && i < e->n; i++)
		print_line(t, i == 0 ? name : "", e->guids[i]);
	if (e->problem)
		print_line(t, "", e->problem);
}

static void print_object(struct growing *t, const struct bcd_object *o)
{
	growing_put(t, "\n");
	growing_put(t, o->kind);
	growing_put(t, "\n");
	for (size_t i = strlen(o->kind); i > 0; i--)
		growing_put(t, "-");
	growing_put(t, "\n");
	print_line(t, "identifier", o->guid);
	for (size_t i = 0; i < o->n; i++)
		print_element(t, &o->elements[i]);
}

struct ranked {
	const struct bcd_object *object;
	unsigned rank;
	size_t at;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void print_store(struct growing *t, const struct bcd_store *store, struct ranked *order)
{
	for (size_t i = 0; i < store->n; i++)
		order[i] = (struct ranked){&store->objects[i], bcd_rank(store->objects[i].type), i};
	if (store->n)
		qsort(order, store->n, sizeof(*order), by_rank);
	for (size_t i = 0; i < store->n; i++)
		print_object(t, order[i].object);
}

int bcd_print(const struct bcd_store *store, struct arena *arena, char **out, struct err *err)
{
	struct ranked *order = arena_array(arena, store->n, sizeof(*order), err);
	struct growing t = {.arena = arena};
	*out = NULL;
	if (!order)
		return -1;
	print_store(&t, store, order);
	return growing_finish(&t, out, err);
}
