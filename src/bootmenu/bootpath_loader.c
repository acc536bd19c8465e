/* SPDX-License-Identifier: MIT */
/*
 * The loader that an entry is to name, and an entry made where a store has none for this Windows.
 *
 * A path is only proposed when the file is there. A new entry takes its manners (locale, what it
 * inherits, DEP, menu) from another loader of the same store and its id from this disk, so that the
 * same disk always gets the same entry. It starts by itself only where nothing else does.
 */
#include "bootpath_internal.h"

#include <stdio.h>
#include <string.h>

#define EXTENSION_LEN 4u /* ".efi", ".exe" */

/* ---- the path ---- */

/* Text that stands for itself; what was escaped for showing does not. */
static bool is_plain(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e ||
		    strncmp(p, "\\x", 2) == 0 || strncmp(p, "\\u", 2) == 0)
			return false;
	return true;
}

/* The same name with the other ending, where it had one of the two. */
static const char *other_kind(struct bootpath *b, const char *path, const char *ending)
{
	size_t len = path ? strlen(path) : 0;
	if (len <= EXTENSION_LEN || (text_casecmp(path + len - EXTENSION_LEN, ".exe") != 0 &&
				     text_casecmp(path + len - EXTENSION_LEN, ".efi") != 0))
		return NULL;
	return arena_printf(b->arena, "%.*s%s", (int)(len - EXTENSION_LEN), path, ending);
}

static bool can_name(struct bootpath *b, const struct partition *p, const char *path)
{
	return path && is_plain(path) && bootpath_exists(b, p, path) == 1;
}

const char *loader_path(struct bootpath *b, const struct partition *p, bool efi, const char *now)
{
	const char *ending = efi ? ".efi" : ".exe";
	const char *same = other_kind(b, now, ending);
	const char *usual = arena_printf(b->arena, "%s\\system32\\winload%s", b->q->install->root,
					 ending);
	if (can_name(b, p, same))
		return same;
	return can_name(b, p, usual) ? usual : NULL;
}

void mend_loader(struct mending *m, const struct judged *j)
{
	const struct partition *p = j->device.partition ? j->device.partition : j->b->windows;
	const char *now = judged_string(j->object, BCD_PATH);
	const char *path = loader_path(j->b, p, j->store->efi, now);
	if (path && !text_equal(path, now))
		mend_string(m, j->object->guid, BCD_PATH, path);
}

void mend_root(struct mending *m, const struct judged *j)
{
	if (is_plain(j->b->q->install->root))
		mend_string(m, j->object->guid, BCD_SYSTEM_ROOT, j->b->q->install->root);
}

/* ---- a new entry ---- */

/* What a new loader takes from another one. */
static const uint32_t manners[] = {
	BCD_LOCALE, BCD_INHERITED, 0x17000077u, 0x25000020u, 0x250000c2u,
};

static uint32_t type_of(const struct bcd_element *e)
{
	return e->format == BCD_FORMAT_GUIDS                                    ? REG_MULTI_SZ
	       : e->format == BCD_FORMAT_STRING || e->format == BCD_FORMAT_GUID ? REG_SZ
										: REG_BINARY;
}

/* An ordinary loader of the store. */
static const struct bcd_object *find_donor(const struct bcd_store *store)
{
	for (size_t i = 0; i < store->n; i++) {
		const struct bcd_object *o = &store->objects[i];
		if (o->type == BCD_LOADER && !o->problem && !bcd_element(o, BCD_WINPE) &&
		    bcd_element(o, BCD_INHERITED) && !bcd_is_reserved(o->guid))
			return o;
	}
	return NULL;
}

/* RFC 9562, version 8: whatever the disk and its Windows are, hashed. */
static const char *new_guid(struct bootpath *b)
{
	uint8_t hash[SHA256_LEN];
	char text[GUID_TEXT];
	const struct partition *p = b->windows;
	const char *seed = arena_printf(b->arena, "boot entry %s %s %llu %s",
					b->q->table->disk_id ? b->q->table->disk_id : "",
					p->id ? p->id : "", (unsigned long long)p->start,
					b->q->install->root);
	if (!seed)
		return NULL;
	sha256_of((struct span){(const uint8_t *)seed, strlen(seed)}, hash);
	hash[7] = (uint8_t)(0x80 | (hash[7] & 0x0f));
	hash[8] = (uint8_t)(0x80 | (hash[8] & 0x3f));
	guid_text((struct span){hash, sizeof(hash)}, 0, text);
	return arena_printf(b->arena, "{%s}", text);
}

static void set_type(struct mending *m, const char *guid)
{
	static const uint8_t loader[4] = {0x03, 0x00, 0x20, 0x10};
	const char *key = arena_printf(m->b->arena, "Objects\\%s\\Description", guid);
	mend_add(m, (struct edit){.op = HIVE_CREATE_KEY, .key = key, .name = ""});
	mend_add(m, (struct edit){.op = HIVE_SET,
				  .key = key,
				  .name = "Type",
				  .type = REG_DWORD,
				  .data = {loader, sizeof(loader)}});
}

/* Another system that starts keeps its place. */
static bool starts_nothing(const struct mending *m)
{
	const struct bcd_object *o = bootpath_starts(&m->store->store);
	struct judged first = judged_entry(m->b, m->store, o);
	enum names to = first.device.names;
	return !o || (o->type == BCD_LOADER && (to == NAMES_NONE || to == NAMES_UNKNOWN ||
						to == NAMES_FOREIGN || to == NAMES_OTHER));
}

static void fill_entry(struct mending *m, const char *guid, const char *path,
		       const struct bcd_object *donor)
{
	struct bootpath *b = m->b;
	const char *name = b->q->install->version;
	uint8_t *device = arena_alloc(b->arena, MEND_DEVICE, NULL);
	m->failed |= !device;
	if (!device || !mend_device_bytes(b, b->windows, device))
		return;
	const struct span where = {device, MEND_DEVICE};
	set_type(m, guid);
	mend_element(m, &(struct mend_element){guid, BCD_DEVICE, REG_BINARY, where});
	mend_string(m, guid, BCD_PATH, path);
	mend_string(m, guid, BCD_DESCRIPTION, name && is_plain(name) ? name : "Windows");
	for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
		const struct bcd_element *e = bcd_element(donor, manners[i]);
		if (e && !e->problem)
			mend_element(m, &(struct mend_element){guid, e->id, type_of(e), e->raw});
	}
	mend_element(m, &(struct mend_element){guid, BCD_OS_DEVICE, REG_BINARY, where});
	mend_string(m, guid, BCD_SYSTEM_ROOT, b->q->install->root);
	if (starts_nothing(m))
		mend_default(m, guid);
	mend_menu(m, guid);
}

void mend_new_entry(struct mending *m)
{
	struct bootpath *b = m->b;
	const struct bcd_store *store = &m->store->store;
	const struct bcd_object *donor = find_donor(store);
	const char *path = loader_path(b, b->windows, m->store->efi, NULL);
	const char *guid = new_guid(b);
	bool ready = donor && path && guid && is_plain(b->q->install->root) &&
		     bcd_object(store, BCD_MANAGER_GUID) && !bcd_object(store, guid);
	m->failed |= !guid;
	if (ready)
		fill_entry(m, guid, path, donor);
}
