/* SPDX-License-Identifier: MIT */
/*
 * What hangs on an entry of a boot store: menus that list it, its resume object, its recovery, who
 * else names it, and whether anything would be left to boot without it.
 */
#include "bcd_match_internal.h"

#include "stop7b/i18n.h"

#define FIRMWARE_MANAGER "{a5a30fa2-3d06-4e9f-b5f4-a01df9d1fcba}"
#define BOOT_MANAGER     "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"

/* ---- loaders ---- */

/* One that names itself is no other entry's recovery. */
static bool is_recovery(const struct bcd_store *store, const struct bcd_object *object)
{
	for (size_t i = 0; i < store->n; i++) {
		if (&store->objects[i] != object &&
		    bcd_names(bcd_element(&store->objects[i], BCD_RECOVERY_SEQUENCE), object->guid))
			return true;
	}
	return false;
}

bool bcd_is_ordinary_loader(const struct bcd_store *store, const struct bcd_object *object)
{
	const struct bcd_element *os = bcd_element(object, BCD_OS_DEVICE);
	if (object->type != BCD_LOADER || !os || !os->device)
		return false;
	return os->device->kind != BCD_DEVICE_RAMDISK && !is_recovery(store, object);
}

/* Does the host lack the virtual disk that a loader starts Windows from? */
static bool is_dead(const struct matcher *m, const struct bcd_object *object)
{
	const struct bcd_device *file = bcd_device_vhd(bcd_element(object, BCD_OS_DEVICE)->device);
	return file && m->request->listed && !matcher_lists(m, file->raw_path);
}

static bool is_last_loader(const struct matcher *m, const struct bcd_object *object)
{
	for (size_t i = 0; i < m->store->n; i++) {
		const struct bcd_object *other = &m->store->objects[i];
		if (other != object && bcd_is_ordinary_loader(m->store, other) &&
		    !is_dead(m, other))
			return false;
	}
	return true;
}

/* ---- who names whom ---- */

static bool names_anywhere(const struct bcd_object *object, const char *guid)
{
	for (size_t i = 0; i < object->n; i++) {
		if (bcd_names(&object->elements[i], guid))
			return true;
	}
	return false;
}

static int find_named_by(const struct matcher *m, struct bcd_match *match, struct err *err)
{
	const struct bcd_store *store = m->store;
	for (int pass = 0; pass < 2; pass++) { /* count, then keep */
		size_t n = 0;
		for (size_t i = 0; i < store->n; i++) {
			const struct bcd_object *o = &store->objects[i];
			if (o->type == BCD_BOOT_MANAGER || o->type == BCD_FIRMWARE_MANAGER ||
			    !names_anywhere(o, match->object->guid))
				continue;
			if (match->named_by)
				match->named_by[n] = o;
			n++;
		}
		if (pass == 0)
			match->named_by = arena_array(m->arena, n, sizeof(*match->named_by), err);
		match->n_named_by = n;
		if (!match->named_by)
			return -1;
	}
	return 0;
}

/* The object that element id of the match's object names. */
static const struct bcd_object *named(const struct matcher *m, const struct bcd_match *match,
				      uint32_t id)
{
	const struct bcd_element *e = bcd_element(match->object, id);
	return e && e->guids && e->n ? bcd_object(m->store, e->guids[0]) : NULL;
}

static void find_resume(const struct matcher *m, struct bcd_match *match)
{
	if (match->object->type != BCD_LOADER)
		return;
	match->resume = named(m, match, BCD_RESUME_OBJECT);
	for (size_t i = 0; match->resume && i < m->store->n; i++) {
		const struct bcd_object *o = &m->store->objects[i];
		if (o != match->object && o->type == BCD_LOADER &&
		    bcd_names(bcd_element(o, BCD_RESUME_OBJECT), match->resume->guid))
			match->resume_shared = true;
	}
}

/* ---- menus ---- */

static void find_menus(const struct matcher *m, struct bcd_match *match)
{
	const struct bcd_object *manager = bcd_object(m->store, BOOT_MANAGER);
	const struct bcd_object *firmware = bcd_object(m->store, FIRMWARE_MANAGER);
	const char *guid = match->object->guid;
	match->is_default = bcd_names(bcd_element(manager, BCD_DEFAULT), guid);
	match->in_display_order = bcd_names(bcd_element(manager, BCD_DISPLAY_ORDER), guid);
	match->in_boot_sequence = bcd_names(bcd_element(manager, BCD_BOOT_SEQUENCE), guid);
	match->in_tools_order = bcd_names(bcd_element(manager, BCD_TOOLS_ORDER), guid);
	match->in_firmware_order = bcd_names(bcd_element(firmware, BCD_DISPLAY_ORDER), guid);
}

/* ---- what must stay ---- */

static const char *forbidden(const struct bcd_object *object)
{
	const struct {
		bool refuse;
		const char *why;
	} rules[] = {
		{object->type == BCD_BOOT_MANAGER, N_("it is the boot manager")},
		{object->type == BCD_FIRMWARE_MANAGER, N_("it is the firmware's boot manager")},
		{object->type == BCD_MEMORY_TESTER, N_("it is the memory tester")},
		{bcd_is_reserved(object->guid), N_("its id is one of Windows' own")},
		{!bcd_is_guid(object->guid), N_("its id is damaged")},
		{object->type != BCD_LOADER && object->type != BCD_RESUME,
		 N_("it is not an entry that starts Windows")},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].refuse)
			return rules[i].why;
	}
	return NULL;
}

int matcher_relate(const struct matcher *m, struct bcd_match *match, struct err *err)
{
	find_menus(m, match);
	find_resume(m, match);
	match->recovery = named(m, match, BCD_RECOVERY_SEQUENCE);
	match->forbidden = forbidden(match->object);
	match->is_last_loader = match->object->type == BCD_LOADER &&
				is_last_loader(m, match->object);
	return find_named_by(m, match, err);
}
