/* SPDX-License-Identifier: MIT */
/*
 * The entry of this Windows in a boot store, and the boot manager's object: do their devices lead
 * to the partitions they mean, is the loader there, is it for this firmware, and what is set that
 * an ordinary start does not have.
 *
 * The entry is chosen by its devices. One whose devices lead nowhere on this disk is taken only
 * when it names the folder of this Windows: then the disk has changed its identifiers. An entry
 * for a virtual disk or for another partition of this disk belongs to another Windows.
 */
#include "bootpath_internal.h"

#include <stdlib.h>
#include <string.h>

#define MANAGER "{9dea862c-5cdd-4e70-acc1-f32b344d4795}" /* {bootmgr} */

/* ---- where a device leads ---- */

static bool same_disk(const struct partition_table *t, const struct bcd_device *d)
{
	if (!t->disk_id)
		return false;
	if (t->scheme == SCHEME_GPT)
		return d->table == BCD_TABLE_GPT && text_equal(t->disk_id, d->disk);
	return d->table == BCD_TABLE_MBR && strtoul(t->disk_id, NULL, 16) == d->signature;
}

static bool same_partition(const struct partition *p, const struct bcd_device *d)
{
	return p->scheme == SCHEME_GPT ? text_equal(p->id, d->partition) : p->start == d->offset;
}

static enum names partition_names(const struct bootpath *b, const struct bcd_device *d,
				  const struct partition *wanted)
{
	const struct partition_table *t = b->q->table;
	for (size_t i = 0; same_disk(t, d) && i < t->n; i++)
		if (same_partition(&t->items[i], d))
			return &t->items[i] == wanted ? NAMES_HERE : NAMES_ELSEWHERE;
	return NAMES_FOREIGN;
}

/* Windows looks on every volume for the path, or for that of another element of the entry. */
static enum names search_names(struct judged *j, const struct bcd_device *d,
			       const struct partition *wanted)
{
	const struct bcd_element *e = d->element ? bcd_element(j->object, d->element) : NULL;
	const char *path = d->path && *d->path ? d->path : e ? e->string : NULL;
	if (!path)
		return NAMES_UNKNOWN;
	return bootpath_exists(j->b, wanted, path) == 0 ? NAMES_FOREIGN : NAMES_HERE;
}

static enum names device_names(struct judged *j, uint32_t id, const struct partition *wanted)
{
	const struct bcd_element *e = bcd_element(j->object, id);
	const struct bcd_device *d = e ? e->device : NULL;
	if (!e || !d)
		return e ? NAMES_UNKNOWN : NAMES_NONE;
	if (bcd_device_vhd(d))
		return NAMES_VHD;
	if (d->kind == BCD_DEVICE_BOOT)
		return j->store->partition == wanted ? NAMES_HERE : NAMES_ELSEWHERE;
	if (d->kind == BCD_DEVICE_PARTITION)
		return partition_names(j->b, d, wanted);
	if (d->kind == BCD_DEVICE_LOCATE)
		return search_names(j, d, wanted);
	return d->kind == BCD_DEVICE_UNKNOWN ? NAMES_UNKNOWN : NAMES_OTHER;
}

/* ---- findings ---- */

/* The value as the store has it, or "absent". */
static const char *text_of(const struct bcd_object *o, uint32_t id)
{
	const struct bcd_element *e = bcd_element(o, id);
	return e ? e->text : "absent";
}

/* A partition as a store names it. */
static const char *identifiers(struct bootpath *b, const struct partition *p)
{
	if (p->scheme == SCHEME_GPT)
		return arena_printf(b->arena, "partition %u: gpt:{%s}:{%s}", p->number,
				    b->q->table->disk_id ? b->q->table->disk_id : "",
				    p->id ? p->id : "");
	return arena_printf(b->arena, "partition %u: mbr:%08lx:0x%llx", p->number,
			    b->q->table->disk_id ? strtoul(b->q->table->disk_id, NULL, 16) : 0,
			    (unsigned long long)p->start);
}

static bool leads_nowhere(enum names p)
{
	return p == NAMES_NONE || p == NAMES_UNKNOWN || p == NAMES_FOREIGN || p == NAMES_OTHER;
}

static int check_devices(struct judged *j)
{
	const char *needed = identifiers(j->b, j->b->windows);
	if (leads_nowhere(j->device) && judged_add(j, BOOTPATH_OTHER_DISK, "device",
						   text_of(j->object, BCD_DEVICE), needed) < 0)
		return -1;
	if (leads_nowhere(j->os) && judged_add(j, BOOTPATH_OTHER_DISK, "osdevice",
					       text_of(j->object, BCD_OS_DEVICE), needed) < 0)
		return -1;
	if (leads_nowhere(j->device) || leads_nowhere(j->os) || j->device == j->os)
		return 0;
	bool device = j->device != NAMES_HERE;
	return judged_add(j, BOOTPATH_DEVICES_DIFFER, device ? "device" : "osdevice",
			  text_of(j->object, device ? BCD_DEVICE : BCD_OS_DEVICE), needed);
}

static bool ends_with(const char *s, const char *tail)
{
	size_t len = strlen(s), n = strlen(tail);
	return len >= n && text_casecmp(s + len - n, tail) == 0;
}

static int check_loader(struct judged *j)
{
	const char *path = judged_string(j->object, BCD_PATH);
	const char *name = j->store->efi ? "winload.efi" : "winload.exe";
	const char *other = j->store->efi ? ".exe" : ".efi";
	if (path && ends_with(path, other) &&
	    judged_add(j, BOOTPATH_LOADER_KIND, "path", path, name) < 0)
		return -1;
	if (j->device != NAMES_HERE || (path && bootpath_exists(j->b, j->b->windows, path) != 0))
		return 0;
	return judged_add(j, BOOTPATH_LOADER_MISSING, "path",
			  path ? arena_printf(j->b->arena, "%s is missing", path) : "absent",
			  path ? path : name);
}

/* ---- what is set ---- */

/* A recovery entry that is named and not there. */
static int check_recovery(struct judged *j)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_RECOVERY_SEQUENCE);
	for (size_t i = 0; e && !e->problem && i < e->n; i++)
		if (!bcd_object(&j->store->store, e->guids[i]))
			return judged_add(j, BOOTPATH_SEQUENCE, "recoverysequence", e->text,
					  "entries that exist");
	return 0;
}

/* ---- the boot manager ---- */

static const char *entry_words(const struct judged *j, const char *guid)
{
	const struct bcd_object *o = bcd_object(&j->store->store, guid);
	const char *description = o ? judged_string(o, BCD_DESCRIPTION) : NULL;
	return arena_printf(j->b->arena, "%s (%s)", guid,
			    description ? description
			    : o         ? "no description"
					: "no such entry");
}

static int check_default(struct judged *j, const struct bcd_object *chosen)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_DEFAULT);
	if (!e || e->problem || bcd_names(e, chosen->guid))
		return 0;
	return judged_add(j, BOOTPATH_DEFAULT, "default",
			  e->n > 0 ? entry_words(j, e->guids[0]) : "absent", chosen->guid);
}

static int check_sequence(struct judged *j)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_BOOT_SEQUENCE);
	return e && e->n > 0 ? judged_add(j, BOOTPATH_SEQUENCE, "bootsequence", e->text, "not set")
			     : 0;
}

static int check_manager(struct bootpath *b, const struct boot_store *store,
			 const struct bcd_object *chosen)
{
	static const struct bcd_object absent = {.guid = MANAGER};
	struct judged j = {.b = b, .store = store, .object = bcd_object(&store->store, MANAGER)};
	if (!j.object) {
		j.object = &absent;
		return judged_add(&j, BOOTPATH_MANAGER_ENTRY, NULL, "absent", "{bootmgr}");
	}
	if (device_names(&j, BCD_DEVICE, store->partition) != NAMES_HERE &&
	    judged_add(&j, BOOTPATH_MANAGER_ENTRY, "device", text_of(j.object, BCD_DEVICE),
		       identifiers(b, store->partition)) < 0)
		return -1;
	if (chosen && check_default(&j, chosen) < 0)
		return -1;
	return check_sequence(&j);
}

/* ---- choosing ---- */

static bool is_recovery(const struct bcd_store *store, const struct bcd_object *o)
{
	for (size_t i = 0; i < store->n; i++)
		if (bcd_names(bcd_element(&store->objects[i], BCD_RECOVERY_SEQUENCE), o->guid))
			return true;
	return false;
}

static bool is_default(const struct boot_store *store, const struct bcd_object *o)
{
	const struct bcd_object *manager = bcd_object(&store->store, MANAGER);
	return bcd_names(bcd_element(manager, BCD_DEFAULT), o->guid);
}

/* How well an entry fits this Windows; 0 when it is another one's. */
static unsigned fitness(const struct judged *j)
{
	bool here = j->os == NAMES_HERE || j->device == NAMES_HERE;
	bool other = j->os == NAMES_VHD || j->device == NAMES_VHD || j->os == NAMES_OTHER ||
		     (j->os == NAMES_ELSEWHERE && j->device != NAMES_HERE);
	if (j->object->type != BCD_LOADER || other || (!here && !judged_names_root(j)) ||
	    is_recovery(&j->store->store, j->object))
		return 0;
	return (j->os == NAMES_HERE) * 8u + (j->device == NAMES_HERE) * 4u +
	       judged_names_root(j) * 2u + is_default(j->store, j->object) + 1u;
}

static struct judged choose(struct bootpath *b, const struct boot_store *store)
{
	struct judged best = {.b = b, .store = store};
	unsigned most = 0;
	for (size_t i = 0; i < store->store.n; i++) {
		struct judged j = {.b = b, .store = store, .object = &store->store.objects[i]};
		j.device = device_names(&j, BCD_DEVICE, b->windows);
		j.os = device_names(&j, BCD_OS_DEVICE, b->windows);
		unsigned fit = fitness(&j);
		if (fit > most) {
			most = fit;
			best = j;
		}
	}
	return best;
}

static int no_entry(struct bootpath *b, const struct boot_store *store)
{
	return bootpath_add(b, BOOTPATH_NO_ENTRY,
			    (struct bootpath_fact){
				    .subject = bootpath_partition(b, b->windows),
				    .key = arena_printf(b->arena, "%u:%s", store->partition->number,
							store->path),
				    .found = "no entry for it",
				    .needed = identifiers(b, b->windows),
			    });
}

int bootpath_check_entry(struct bootpath *b, const struct boot_store *store)
{
	struct judged j = choose(b, store);
	if (check_manager(b, store, j.object) < 0)
		return -1;
	if (!j.object)
		return no_entry(b, store);
	return check_devices(&j) < 0 || check_loader(&j) < 0 ||
			       (j.os == NAMES_HERE && judged_check_root(&j) < 0) ||
			       judged_check_settings(&j) < 0 || check_recovery(&j) < 0
		       ? -1
		       : 0;
}
