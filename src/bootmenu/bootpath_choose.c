/* SPDX-License-Identifier: MIT */
/*
 * Where the devices of an entry lead on this disk, which entry of a store is that of this Windows,
 * and which one the boot manager starts when nobody chooses.
 *
 * The entry of this Windows is chosen by its devices. One whose devices lead nowhere on this disk
 * is taken only when it names the folder of this Windows: then the disk has changed its
 * identifiers. An entry for a virtual disk or for another partition of this disk belongs to another
 * Windows.
 *
 * What starts is the default, where the store has it; else the first of the menu that is there. An
 * object that is no application, and the boot manager itself, start nothing.
 */
#include "bootpath_internal.h"

#include <stdlib.h>

/* ---- where a device leads ---- */

bool judged_is_of_disk(const struct partition_table *t, const struct bcd_device *d)
{
	if (!t->disk_id)
		return false;
	if (t->scheme == SCHEME_GPT)
		return d->table == BCD_TABLE_GPT && text_equal(t->disk_id, d->disk);
	return d->table == BCD_TABLE_MBR && strtoul(t->disk_id, NULL, 16) == d->signature;
}

bool judged_is_partition(const struct partition *p, const struct bcd_device *d)
{
	return p->scheme == SCHEME_GPT ? text_equal(p->id, d->partition) : p->start == d->offset;
}

static struct named on_partition(const struct partition *p, const struct partition *wanted)
{
	return (struct named){p == wanted ? NAMES_HERE : NAMES_ELSEWHERE, p};
}

static struct named nowhere(enum names names)
{
	return (struct named){names, NULL};
}

static struct named partition_named(const struct bootpath *b, const struct bcd_device *d,
				    const struct partition *wanted)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; judged_is_of_disk(t, d) && i < t->n; i++)
		if (judged_is_partition(&t->items[i], d))
			return on_partition(&t->items[i], wanted);
	return nowhere(NAMES_FOREIGN);
}

/* Windows looks on every volume for the path, or for that of another element of the entry. */
static struct named search_named(struct judged *j, const struct bcd_device *d,
				 const struct partition *wanted)
{
	const struct bcd_element *e = d->element ? bcd_element(j->object, d->element) : NULL;
	const char *path = d->path && *d->path ? d->path : e ? e->string : NULL;
	if (!path)
		return nowhere(NAMES_UNKNOWN);
	return bootpath_exists(j->b, wanted, path) == 0 ? nowhere(NAMES_FOREIGN)
							: on_partition(wanted, wanted);
}

/* Is the virtual disk's file known to be missing from a partition of this disk? */
static bool is_dead_vhd(const struct judged *j, const struct bcd_device *file)
{
	const struct partition_table *t = j->b->q->table;
	const struct bcd_device *on = file->parent;
	bool plain = on && on->kind == BCD_DEVICE_PARTITION && !on->parent && file->path;
	for (size_t i = 0; plain && judged_is_of_disk(t, on) && i < t->n; i++)
		if (judged_is_partition(&t->items[i], on))
			return bootpath_exists(j->b, &t->items[i], file->path) == 0;
	return false;
}

struct named judged_named(struct judged *j, uint32_t id, const struct partition *wanted)
{
	const struct bcd_element *e = bcd_element(j->object, id);
	const struct bcd_device *d = e ? e->device : NULL;
	if (!e || !d)
		return nowhere(e ? NAMES_UNKNOWN : NAMES_NONE);
	if (bcd_device_vhd(d))
		return nowhere(is_dead_vhd(j, bcd_device_vhd(d)) ? NAMES_FOREIGN : NAMES_VHD);
	if (d->kind == BCD_DEVICE_BOOT)
		return on_partition(j->store->partition, wanted);
	if (d->kind == BCD_DEVICE_PARTITION)
		return partition_named(j->b, d, wanted);
	if (d->kind == BCD_DEVICE_LOCATE)
		return search_named(j, d, wanted);
	return nowhere(d->kind == BCD_DEVICE_UNKNOWN ? NAMES_UNKNOWN : NAMES_OTHER);
}

/* ---- choosing ---- */

/* One that names itself is no other entry's recovery. */
static bool is_recovery(const struct bcd_store *store, const struct bcd_object *o)
{
	for (size_t i = 0; i < store->n; i++)
		if (&store->objects[i] != o &&
		    bcd_names(bcd_element(&store->objects[i], BCD_RECOVERY_SEQUENCE), o->guid))
			return true;
	return false;
}

static bool is_default(const struct boot_store *store, const struct bcd_object *o)
{
	const struct bcd_object *manager = bcd_object(&store->store, BCD_MANAGER_GUID);
	return bcd_names(bcd_element(manager, BCD_DEFAULT), o->guid);
}

/* How well an entry fits this Windows; 0 when it is another one's. */
static unsigned fitness(const struct judged *j)
{
	bool here = j->os.names == NAMES_HERE || j->device.names == NAMES_HERE;
	bool other = j->os.names == NAMES_VHD || j->device.names == NAMES_VHD ||
		     j->os.names == NAMES_OTHER ||
		     (j->os.names == NAMES_ELSEWHERE && j->device.names != NAMES_HERE);
	if (j->object->type != BCD_LOADER || other || (!here && !judged_names_root(j)) ||
	    is_recovery(&j->store->store, j->object))
		return 0;
	return (j->os.names == NAMES_HERE) * 8u + (j->device.names == NAMES_HERE) * 4u +
	       judged_names_root(j) * 2u + is_default(j->store, j->object) + 1u;
}

struct judged judged_entry(struct bootpath *b, const struct boot_store *store,
			   const struct bcd_object *object)
{
	struct judged j = {.b = b, .store = store, .object = object};
	if (!object)
		return j;
	j.device = judged_named(&j, BCD_DEVICE, b->windows);
	j.os = judged_named(&j, BCD_OS_DEVICE, b->windows);
	return j;
}

struct judged judged_choose(struct bootpath *b, const struct boot_store *store)
{
	struct judged best = {.b = b, .store = store};
	unsigned most = 0;
	for (size_t i = 0; i < store->store.n; i++) {
		struct judged j = judged_entry(b, store, &store->store.objects[i]);
		unsigned fit = fitness(&j);
		if (fit > most) {
			most = fit;
			best = j;
		}
	}
	return best;
}

#define CLASS_SHIFT       28
#define CLASS_APPLICATION 1u /* 2: settings to inherit, 3: options of a device */

bool bootpath_can_start(const struct bcd_object *o)
{
	return o->type >> CLASS_SHIFT == CLASS_APPLICATION && o->type != BCD_BOOT_MANAGER &&
	       o->type != BCD_FIRMWARE_MANAGER;
}

/* The first of a list that the store has and that starts something. */
static const struct bcd_object *first_of(const struct bcd_store *store, const struct bcd_element *e)
{
	const struct bcd_object *o = NULL;
	for (size_t i = 0; e && !e->problem && !o && i < e->n; i++) {
		o = bcd_object(store, e->guids[i]);
		o = o && bootpath_can_start(o) ? o : NULL;
	}
	return o;
}

const struct bcd_object *bootpath_starts(const struct bcd_store *store)
{
	const struct bcd_object *manager = bcd_object(store, BCD_MANAGER_GUID);
	const struct bcd_object *o = first_of(store, bcd_element(manager, BCD_DEFAULT));
	return o ? o : first_of(store, bcd_element(manager, BCD_DISPLAY_ORDER));
}
