/* SPDX-License-Identifier: MIT */
/*
 * Which driver Windows would give to a controller it has never seen: the device databases, read
 * for the hardware ids of the catalogue and no others.
 *
 * Up to Windows 7 each control set has a CriticalDeviceDatabase: one key per id, '#' for '\', with
 * the service's name. From 8 on DriverDatabase stands beside the control sets: DeviceIds\<id> names
 * an INF, DriverInfFiles\<inf> its package in use, and the package the configuration and with it
 * the service. Where that trail is broken the entry is kept without a service: an id that is known
 * is not the same as one that is not. Of the ids of single boards those are read too whose boards
 * the catalogue does not know: they may be the machine's, or not.
 *
 * Both are lists of thousands, so each is walked once and every name looked up in the catalogue.
 * Source: doc/FORMATS/boot-drivers.md, "Binding databases".
 */
#include "install_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stop7b/catalogue.h"

#define ID_MAX 64u /* bytes; the catalogue's ids are shorter, and its test says so */

struct bindings {
	struct binding *items;
	size_t n, cap;
};

static int by_id(const void *id, const void *device)
{
	return text_casecmp(id, ((const struct device *)device)->id);
}

/* The id as the catalogue spells it; NULL for one it does not know. */
static const char *spelled(const char *id)
{
	size_t n;
	const struct device *all = catalogue_devices(&n);
	const struct device *d = bsearch(id, all, n, sizeof(*all), by_id);
	return d ? d->id : NULL;
}

/* The id is one of some boards of a controller whose boards the catalogue does not know. */
static bool is_some_board(const char *id)
{
	char every[ID_MAX] = "";
	const char *board = strcasestr(id, "&SUBSYS_");
	if (!board || (size_t)(board - id) >= ID_MAX)
		return false;
	memcpy(every, id, (size_t)(board - id));
	return spelled(every) && catalogue_id_shown(every, id) == ID_ON_SOME_BOARDS;
}

/* Fill id and board of the binding; its id stays NULL where it is nothing to look for. */
static int know_id(struct reader *r, const char *id, struct binding *b, struct err *err)
{
	b->id = spelled(id);
	b->some_boards = !b->id && is_some_board(id);
	if (!b->some_boards)
		return 0;
	b->id = arena_printf(r->arena, "%s", id);
	return b->id ? 0 : no_memory(err);
}

/* Whether the catalogue knows ids on this bus: "PCI" of "PCI\CC_0101". */
static bool is_known_bus(const char *bus)
{
	size_t n, len = strlen(bus);
	const struct device *all = catalogue_devices(&n);
	for (size_t i = 0; i < n; i++) {
		if (strncasecmp(all[i].id, bus, len) == 0 && all[i].id[len] == '\\')
			return true;
	}
	return false;
}

static int add_binding(struct reader *r, struct bindings *to, const struct binding *b,
		       struct err *err)
{
	to->items = list_grow(r->arena, to->items, to->n, &to->cap, sizeof(*b), err);
	if (!to->items)
		return -1;
	to->items[to->n++] = *b;
	return 0;
}

/* ---- up to Windows 7 ---- */

static int read_critical(struct reader *r, struct key entry, const char *database,
			 struct bindings *to, struct err *err)
{
	struct binding b = {0};
	char name[ID_MAX], id[ID_MAX];
	if (!key_plain_name(entry, name, sizeof(name)))
		return 0;
	strcpy(id, name);
	for (char *p = id; *p; p++)
		*p = *p == '#' ? '\\' : *p;
	if (know_id(r, id, &b, err) < 0)
		return -1;
	if (!b.id)
		return 0;
	b.key = arena_printf(r->arena, "%s\\%s", database, name);
	if (!b.key)
		return no_memory(err);
	if (read_text(r, entry, "Service", &b.service, err) < 0)
		return -1;
	return add_binding(r, to, &b, err);
}

static int read_critical_devices(struct reader *r, struct control_set *set, struct err *err)
{
	static const char path[] = "Control\\CriticalDeviceDatabase";
	struct bindings found = {0};
	struct key k;
	if (key_find(hive_root(r->hive), set->key, &k, NULL) < 0 || key_find(k, path, &k, NULL) < 0)
		return 0;
	const char *database = arena_printf(r->arena, "%s\\%s", set->key, path);
	if (!database)
		return no_memory(err);
	struct key_iter it = key_subkeys(k);
	for (struct key entry; key_next(&it, &entry);) {
		set->has_critical_devices = true;
		if (read_critical(r, entry, database, &found, err) < 0)
			return -1;
	}
	if (it.err.code != E_OK) {
		install_note(r, "%s: %s", database, ERR_ARG(&it.err));
		set->has_critical_devices = false;
	}
	set->bindings = found.items;
	set->n_bindings = found.n;
	return 0;
}

/* ---- Windows 8 and later ---- */

/* Text of a value below database, at a path of three parts; NULL where any of it is missing. */
static int text_below(struct reader *r, struct key database, const char *const parts[3],
		      const char *name, const char **out, struct err *err)
{
	struct key k;
	char *path = arena_printf(r->arena, "%s\\%s\\%s", parts[0], parts[1], parts[2]);
	*out = NULL;
	if (!path)
		return no_memory(err);
	return key_find(database, path, &k, NULL) < 0 ? 0 : read_text(r, k, name, out, err);
}

/* Follow an INF to the service that its package in use gives to id. */
static int service_of_inf(struct reader *r, struct key database, const char *inf, const char *id,
			  const char **out, struct err *err)
{
	const char *label, *configuration, *package;
	*out = NULL;
	if (text_below(r, database, (const char *const[]){"DriverInfFiles", inf, ""}, "Active",
		       &label, err) < 0)
		return -1;
	if (!label)
		return 0;
	package = arena_printf(r->arena, "DriverPackages\\%s", label);
	if (!package)
		return no_memory(err);
	if (text_below(r, database, (const char *const[]){package, "Descriptors", id},
		       "Configuration", &configuration, err) < 0)
		return -1;
	if (!configuration)
		return 0;
	return text_below(r, database,
			  (const char *const[]){package, "Configurations", configuration},
			  "Service", out, err);
}

/* One entry for each INF that an id names. */
static int read_device_id(struct reader *r, struct key database, struct key entry, struct binding b,
			  struct bindings *to, struct err *err)
{
	struct value_iter it = key_values(entry);
	b.key = arena_printf(r->arena, "DriverDatabase\\DeviceIds\\%s", b.id);
	if (!b.key)
		return no_memory(err);
	for (struct value v; value_next(&it, &v);) {
		char *inf = value_name(v, r->arena);
		if (!inf)
			return no_memory(err);
		if (service_of_inf(r, database, inf, b.id, &b.service, err) < 0 ||
		    add_binding(r, to, &b, err) < 0)
			return -1;
	}
	return 0;
}

static int read_bus_ids(struct reader *r, struct key database, struct key bus, const char *name,
			struct bindings *to, struct err *err)
{
	struct key_iter it = key_subkeys(bus);
	char id[ID_MAX];
	size_t len = strlen(name); /* of a bus of the catalogue */
	memcpy(id, name, len);
	id[len++] = '\\';
	for (struct key entry; key_next(&it, &entry);) {
		struct binding b = {0};
		if (key_plain_name(entry, id + len, sizeof(id) - len) &&
		    know_id(r, id, &b, err) < 0)
			return -1;
		if (b.id && read_device_id(r, database, entry, b, to, err) < 0)
			return -1;
	}
	if (it.err.code != E_OK)
		install_note(r, "DriverDatabase\\DeviceIds\\%s: %s", name, ERR_ARG(&it.err));
	return 0;
}

static int read_device_ids(struct reader *r, struct key database, struct bindings *to,
			   struct err *err)
{
	struct key ids;
	if (key_find(database, "DeviceIds", &ids, NULL) < 0)
		return 0;
	struct key_iter it = key_subkeys(ids);
	for (struct key k; key_next(&it, &k);) {
		char name[ID_MAX];
		r->out->has_device_ids = true;
		if (!key_plain_name(k, name, sizeof(name)))
			continue;
		struct binding b = {.id = spelled(name)};
		if (b.id && read_device_id(r, database, k, b, to, err) < 0)
			return -1;
		if (is_known_bus(name) && read_bus_ids(r, database, k, name, to, err) < 0)
			return -1;
	}
	return 0;
}

int read_bindings(struct reader *r, struct err *err)
{
	struct install *out = r->out;
	struct bindings found = {0};
	struct key database;
	for (size_t i = 0; i < out->n_sets; i++) {
		if (read_critical_devices(r, &out->sets[i], err) < 0)
			return -1;
	}
	if (key_find(hive_root(r->hive), "DriverDatabase", &database, NULL) < 0)
		return 0;
	if (read_device_ids(r, database, &found, err) < 0)
		return -1;
	out->bindings = found.items;
	out->n_bindings = found.n;
	return 0;
}
