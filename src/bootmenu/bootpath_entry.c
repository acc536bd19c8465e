/* SPDX-License-Identifier: MIT */
/*
 * The entry of this Windows in a boot store, and the one that starts when nobody chooses: do their
 * devices lead to the partitions they mean, is the loader there, is it for this firmware, and what is
 * set that an ordinary start does not have.
 *
 * A default for another Windows is a note as long as it can start: one that leads to no partition
 * of this disk, or to a loader that is not there, ends every start that nobody attends to.
 */
#include "bootpath_internal.h"

#include <stdlib.h>
#include <string.h>

#define AT_SIGNATURE 0x1b8u /* of the MBR */

/* ---- words ---- */

static unsigned long signature_of(const struct bootpath *b)
{
	return b->q->table->disk_id ? strtoul(b->q->table->disk_id, NULL, 16) : 0;
}

/* A partition as a store names it. */
struct said judged_identifiers(struct bootpath *b, const struct partition *p)
{
	if (p->scheme == SCHEME_GPT)
		return said_make(b->arena, "partition %u: gpt:{%s}:{%s}", p->number,
				 b->q->table->disk_id ? b->q->table->disk_id : "",
				 p->id ? p->id : "");
	return said_make(b->arena, "partition %u: mbr:%08lx:0x%llx", p->number, signature_of(b),
			 (unsigned long long)p->start);
}

static const struct bcd_device *device_of(const struct judged *j, uint32_t id)
{
	const struct bcd_element *e = bcd_element(j->object, id);
	return e ? e->device : NULL;
}

/* "this disk has the signature 5b7d0007", or that no partition of it is meant. */
static struct said disk_words(struct bootpath *b, const struct bcd_device *d)
{
	const struct partition_table *t = b->q->table;
	if (d->kind != BCD_DEVICE_PARTITION)
		return said_of("what it searches for is not there");
	if (judged_is_of_disk(t, d))
		return said_of("this disk has no such partition");
	if (t->scheme == SCHEME_GPT)
		return said_make(b->arena, "this disk is {%s}", t->disk_id ? t->disk_id : "");
	return said_make(b->arena, "this disk has the signature %08lx", signature_of(b));
}

static struct said device_words(struct judged *j, uint32_t id, const char *name, enum names names)
{
	const struct bcd_element *e = bcd_element(j->object, id);
	struct arena *arena = j->b->arena;
	const char *who = judged_name(j);
	if (!e)
		return said_make(arena, "%s has no %s", who, name);
	if (names == NAMES_UNKNOWN)
		return said_make(arena, "%s: its %s is %s, which is not understood", who, name,
				 e->text);
	if (names != NAMES_FOREIGN)
		return said_make(arena, "%s: its %s is %s, which is no partition", who, name,
				 e->text);
	return said_make(arena, "%s: its %s is %s, and %s", who, name, e->text,
			 said_arg(disk_words(j->b, e->device), arena));
}

/* ---- devices ---- */

static bool leads_nowhere(enum names p)
{
	return p == NAMES_NONE || p == NAMES_UNKNOWN || p == NAMES_FOREIGN || p == NAMES_OTHER;
}

/* Does the element fit a partition of this disk in all but the signature? */
static bool only_signature_differs(const struct bootpath *b, const struct bcd_device *d)
{
	const struct partition_table *t = b->q->table;
	bool foreign = d && d->kind == BCD_DEVICE_PARTITION && d->table == BCD_TABLE_MBR &&
		       t->scheme == SCHEME_MBR && !judged_is_of_disk(t, d);
	for (size_t i = 0; foreign && i < t->n; i++)
		if (t->items[i].start == d->offset)
			return true;
	return false;
}

/* What a person can do about devices that lead nowhere. */
static struct said device_cure(struct judged *j, const struct bcd_device *d)
{
	const struct said lines = said_make(
		j->b->arena,
		"In Windows' recovery, with C: for the partition of this Windows and S: for that "
		"of the store: bcdedit /store S:%s /set %s device partition=C: and bcdedit /store "
		"S:%s /set %s osdevice partition=C:.",
		j->store->path, j->object->guid, j->store->path, j->object->guid);
	if (!lines.plain || !only_signature_differs(j->b, d))
		return lines;
	return said_make(j->b->arena,
			 "Put the old disk signature back, the bytes %02x %02x %02x %02x at "
			 "byte %u (0x%x) of the disk, as long as the old disk is not in the "
			 "same machine. Or: %s",
			 d->signature & 255, d->signature >> 8 & 255, d->signature >> 16 & 255,
			 d->signature >> 24, AT_SIGNATURE, AT_SIGNATURE,
			 said_arg(lines, j->b->arena));
}

bool bootpath_has_no_signature(const struct bootpath *b)
{
	return b->q->table->scheme == SCHEME_MBR && signature_of(b) == 0;
}

/*
 * The element, and with it what else names the same: that is where this disk is meant. A disk that
 * has lost its signature gets it back.
 */
static int mend_devices(struct judged *j, uint32_t id, struct bootpath_fact *fact)
{
	struct mending m = mend_begin(j->b, j->store);
	const bool nameless = bootpath_has_no_signature(j->b);
	if (m.hive && nameless && only_signature_differs(j->b, device_of(j, id))) {
		mend_signature(&m, device_of(j, id)->signature);
		return mend_done(&m, N_("the signature"), fact);
	}
	if (m.hive && !nameless && mend_device_anew(&m, j->object, id, j->b->windows))
		mend_others(&m, j);
	return mend_done(&m, N_("name this disk"), fact);
}

static int check_device(struct judged *j, uint32_t id, enum names names)
{
	const char *name = id == BCD_DEVICE ? "device" : "osdevice";
	const bool again = id == BCD_OS_DEVICE && leads_nowhere(j->device.names);
	struct bootpath_fact fact = {
		.value = name,
		.found = device_words(j, id, name, names),
		.needed = judged_identifiers(j->b, j->b->windows),
		.doubtful = names == NAMES_UNKNOWN,
	};
	if (!leads_nowhere(names))
		return 0;
	fact.cure = again ? said_of(N_("The same lines as for its device."))
			  : device_cure(j, device_of(j, id));
	return mend_devices(j, id, &fact) < 0 ? -1 : judged_fact(j, BOOTPATH_OTHER_DISK, fact);
}

/* The one that does not lead to this Windows is made to. */
static int mend_differing(struct judged *j, struct bootpath_fact *fact)
{
	struct mending m = mend_begin(j->b, j->store);
	uint32_t id = j->device.names != NAMES_HERE ? BCD_DEVICE : BCD_OS_DEVICE;
	bool here = j->device.names == NAMES_HERE || j->os.names == NAMES_HERE;
	if (here && !bootpath_has_no_signature(j->b))
		mend_device(&m, j->object, bcd_element(j->object, id), j->b->windows);
	return mend_done(&m, N_("one partition"), fact);
}

static int check_devices(struct judged *j)
{
	const struct bcd_element *device = bcd_element(j->object, BCD_DEVICE);
	const struct bcd_element *os = bcd_element(j->object, BCD_OS_DEVICE);
	if (check_device(j, BCD_DEVICE, j->device.names) < 0 ||
	    check_device(j, BCD_OS_DEVICE, j->os.names) < 0)
		return -1;
	if (leads_nowhere(j->device.names) || leads_nowhere(j->os.names) ||
	    j->device.names == j->os.names)
		return 0;
	struct bootpath_fact fact = {
		.value = j->device.names != NAMES_HERE ? "device" : "osdevice",
		.found = said_make(j->b->arena, "%s: its device is %s and its osdevice %s",
				   judged_name(j), device->text, os->text),
		.needed = judged_identifiers(j->b, j->b->windows),
	};
	return mend_differing(j, &fact) < 0 ? -1 : judged_fact(j, BOOTPATH_DEVICES_DIFFER, fact);
}

/* ---- the loader ---- */

static bool ends_with(const char *s, const char *tail)
{
	size_t len = strlen(s), n = strlen(tail);
	return len >= n && text_casecmp(s + len - n, tail) == 0;
}

/* It starts nothing: this Windows takes its place. */
static int add_instead(struct judged *j, enum bootpath_rule rule, struct bootpath_fact fact)
{
	struct mending m = mend_begin(j->b, j->store);
	mend_default(&m, j->instead->guid);
	mend_menu(&m, j->instead->guid);
	return mend_done(&m, N_("the default"), &fact) < 0 ? -1 : judged_fact(j, rule, fact);
}

static int add_loader(struct judged *j, enum bootpath_rule rule, struct said found,
		      const char *needed)
{
	struct bootpath_fact fact = {.value = "path", .found = found, .needed = said_as_is(needed)};
	struct mending m = mend_begin(j->b, j->store);
	if (j->instead)
		return add_instead(j, rule, fact);
	mend_loader(&m, j);
	return mend_done(&m, j->store->efi ? "winload.efi" : "winload.exe", &fact) < 0
		       ? -1
		       : judged_fact(j, rule, fact);
}

static int check_loader(struct judged *j)
{
	const bool efi = j->store->efi;
	const struct partition *p = j->device.partition;
	const char *path = judged_string(j->object, BCD_PATH);
	const char *name = efi ? "winload.efi" : "winload.exe";
	if (path && ends_with(path, efi ? ".exe" : ".efi") &&
	    add_loader(
		    j, BOOTPATH_LOADER_KIND,
		    said_make(j->b->arena, "%s: its path is %s, a loader for %s, in a store for %s",
			      judged_name(j), path, efi ? "BIOS" : "UEFI", efi ? "UEFI" : "BIOS"),
		    name) < 0)
		return -1;
	if (!p || (path && bootpath_exists(j->b, p, path) != 0))
		return 0;
	return add_loader(j, BOOTPATH_LOADER_MISSING,
			  path ? said_make(j->b->arena,
					   "%s: its loader %s is missing on partition %u",
					   judged_name(j), path, p->number)
			       : judged_no_path(j),
			  path ? path : name);
}

/* ---- what is set ---- */

/* A recovery entry that is named and not there. */
static int check_recovery(struct judged *j)
{
	const struct bcd_element *e = bcd_element(j->object, BCD_RECOVERY_SEQUENCE);
	for (size_t i = 0; e && !e->problem && i < e->n; i++)
		if (!bcd_object(&j->store->store, e->guids[i]))
			return judged_add(j, BOOTPATH_SEQUENCE, "recoverysequence",
					  said_make(j->b->arena,
						    "%s: its recovery entry %s is not in the store",
						    judged_name(j), e->guids[i]),
					  said_of("entries that exist"));
	return 0;
}

/* ---- the entry that starts instead ---- */

/* No Windows folder where it says that one is. */
static int check_other_root(struct judged *j)
{
	const char *root = judged_string(j->object, BCD_SYSTEM_ROOT);
	if (!root || bootpath_exists(j->b, j->os.partition, root) != 0)
		return 0;
	return add_instead(
		j, BOOTPATH_SYSTEM_ROOT,
		(struct bootpath_fact){
			.value = "systemroot",
			.found = said_make(j->b->arena,
					   "%s: its systemroot %s is not on partition %u",
					   judged_name(j), root, j->os.partition->number),
			.needed = said_of("a folder that is there"),
		});
}

/* Whether it can start at all: the Windows that it is for is somebody else's matter. */
static int check_other(struct judged *j)
{
	if (j->object->type != BCD_LOADER || j->device.names == NAMES_VHD ||
	    j->os.names == NAMES_VHD || j->device.names == NAMES_OTHER)
		return 0;
	if (!leads_nowhere(j->device.names))
		return check_loader(j) < 0 ? -1 : check_other_root(j);
	return add_instead(
		j, BOOTPATH_OTHER_DISK,
		(struct bootpath_fact){
			.value = "device",
			.found = device_words(j, BCD_DEVICE, "device", j->device.names),
			.needed = judged_identifiers(j->b, j->b->windows),
			.doubtful = j->device.names == NAMES_UNKNOWN,
			.cure = said_make(j->b->arena,
					  "Make this Windows the default: bcdedit /store S:%s "
					  "/default %s, with S: for the partition of the store.",
					  j->store->path, j->instead->guid),
		});
}

/* ---- all of it ---- */

static int no_entry(struct bootpath *b, const struct boot_store *store)
{
	struct bootpath_fact fact = {
		.subject = bootpath_partition(b, b->windows),
		.key = arena_printf(b->arena, "%u:%s", store->partition->number, store->path),
		.found = said_make(b->arena,
				   "no entry of %s on partition %u leads to partition %u, that of "
				   "this Windows",
				   store->path, store->partition->number, b->windows->number),
		.needed = judged_identifiers(b, b->windows),
	};
	struct mending m = mend_begin(b, store);
	if (!bootpath_has_no_signature(b))
		mend_new_entry(&m);
	return mend_done(&m, N_("a new entry"), &fact) < 0
		       ? -1
		       : bootpath_add(b, BOOTPATH_NO_ENTRY, fact);
}

int bootpath_check_entry(struct bootpath *b, const struct boot_store *store)
{
	struct judged j = judged_choose(b, store);
	struct judged first = judged_entry(b, store, bootpath_starts(&store->store));
	if (bootpath_check_manager(b, store, j.object) < 0)
		return -1;
	if (!j.object)
		return no_entry(b, store);
	first.instead = j.object;
	if (first.object && first.object != j.object && check_other(&first) < 0)
		return -1;
	return check_devices(&j) < 0 || bootpath_check_identity(&j) < 0 || check_loader(&j) < 0 ||
			       (j.os.names == NAMES_HERE && judged_check_root(&j) < 0) ||
			       judged_check_settings(&j) < 0 || check_recovery(&j) < 0
		       ? -1
		       : 0;
}
