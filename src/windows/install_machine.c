/* SPDX-License-Identifier: MIT */
/*
 * The last machine: its hardware configuration (Windows 8 and later) and the storage controllers
 * that Enum remembers.
 *
 * Enum keeps devices of machines long gone, so a controller here is only "was seen once"; whether
 * it counts is for diagnose.c to say. Disks behind USB and the loopback controllers of mounted
 * VHDs and Storage Spaces are no controllers of a boot disk and are left out by their bus.
 */
#include "install_internal.h"

#include "stop7b/catalogue.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* More distinct controllers than any machine has; bounds the search for duplicates. */
#define CONTROLLERS_MAX 256u
#define LEGACY_PREFIX   "LEGACY_"

static const char *const storage_classes[] = {
	"{4d36e96a-e325-11ce-bfc1-08002be10318}", /* HDC */
	"{4d36e97b-e325-11ce-bfc1-08002be10318}", /* SCSIAdapter */
};

/* Buses of Enum that carry storage controllers. */
static const char *const buses[] = {"PCI", "PCIIDE", "VMBUS", "XENBUS", "XENVBD"};
/* NT 4 enumerates nothing: a driver that runs is listed as Root\LEGACY_<service>. */
static const char legacy_bus[] = "Root";

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- hardware configuration ---- */

static const char *without_braces(struct arena *arena, const char *guid)
{
	size_t len = strlen(guid);
	if (len < 2 || guid[0] != '{' || guid[len - 1] != '}')
		return guid;
	return arena_printf(arena, "%.*s", (int)(len - 2), guid + 1);
}

/* SystemInformation of a control set names the machine up to Windows 7, where it was kept. */
static int read_machine_names(struct reader *r, struct key k, struct err *err)
{
	if (read_text(r, k, "SystemManufacturer", &r->out->manufacturer, err) < 0)
		return -1;
	return read_text(r, k, "SystemProductName", &r->out->product, err);
}

int read_machine(struct reader *r, struct err *err)
{
	const char *config = NULL;
	struct key hardware, k;
	uint32_t id;
	if (key_find(hive_root(r->hive), "HardwareConfig", &hardware, NULL) < 0)
		return 0;
	if (key_u32(hardware, "LastId", &id, NULL) == 0)
		r->out->last_id = arena_printf(r->arena, "%u", id);
	if (read_text(r, hardware, "LastConfig", &config, err) < 0)
		return -1;
	if (!config)
		return 0;
	r->out->last_config = without_braces(r->arena, config);
	if (key_find(hardware, config, &k, NULL) < 0)
		return 0;
	return read_machine_names(r, k, err);
}

/* ---- controllers ---- */

static bool is_storage_class(const char *guid)
{
	for (size_t i = 0; guid && i < COUNT(storage_classes); i++) {
		if (text_equal(guid, storage_classes[i]))
			return true;
	}
	return false;
}

static bool is_controller(const char *service, const char *class_guid)
{
	const struct driver *d = catalogue_driver(service);
	return is_storage_class(class_guid) || (d && d->part == PART_CONTROLLER);
}

static bool already_known(const struct install *inst, const struct controller *c)
{
	for (size_t i = 0; i < inst->n_controllers; i++) {
		if (text_equal(inst->controllers[i].service, c->service) &&
		    text_equal(inst->controllers[i].hardware, c->hardware))
			return true;
	}
	return false;
}

static int add_controller(struct reader *r, const struct controller *c, size_t *cap,
			  struct err *err)
{
	struct install *out = r->out;
	if (already_known(out, c))
		return 0;
	if (out->n_controllers == CONTROLLERS_MAX) {
		install_note(r, "more than %u storage controllers in Enum; the rest is not read",
			     CONTROLLERS_MAX);
		return 0;
	}
	out->controllers = list_grow(r->arena, out->controllers, out->n_controllers, cap,
				     sizeof(*c), err);
	if (!out->controllers)
		return -1;
	out->controllers[out->n_controllers++] = *c;
	return 0;
}

static int read_device(struct reader *r, struct key instance, const char *hardware, size_t *cap,
		       struct err *err)
{
	struct controller c = {.hardware = hardware};
	const char *class_guid;
	if (read_text(r, instance, "Service", &c.service, err) < 0 ||
	    read_text(r, instance, "ClassGUID", &class_guid, err) < 0)
		return -1;
	if (!c.service || !is_controller(c.service, class_guid))
		return 0;
	if (read_text(r, instance, "DeviceDesc", &c.title, err) < 0)
		return -1;
	c.title = direct_text(c.title);
	return add_controller(r, &c, cap, err);
}

static int read_bus(struct reader *r, struct key bus, const char *bus_name, size_t *cap,
		    struct err *err)
{
	struct key_iter devices = key_subkeys(bus);
	for (struct key device; key_next(&devices, &device);) {
		char *name = key_name(device, r->arena);
		if (!name)
			return err_set(err, E_MEMORY, "no memory for the devices");
		if (bus_name == legacy_bus &&
		    strncasecmp(name, LEGACY_PREFIX, strlen(LEGACY_PREFIX)) != 0)
			continue;
		char *hardware = arena_printf(r->arena, "%s\\%s", bus_name, name);
		if (!hardware)
			return err_set(err, E_MEMORY, "no memory for the devices");
		struct key_iter instances = key_subkeys(device);
		for (struct key instance; key_next(&instances, &instance);) {
			if (read_device(r, instance, hardware, cap, err) < 0)
				return -1;
		}
		if (instances.err.code != E_OK)
			install_note(r, "Enum\\%s: %s", hardware, ERR_ARG(&instances.err));
	}
	if (devices.err.code != E_OK)
		install_note(r, "Enum\\%s: %s", bus_name, ERR_ARG(&devices.err));
	return 0;
}

int read_controllers(struct reader *r, struct err *err)
{
	const struct control_set *set = install_set(r->out, r->out->boots_with);
	struct key set_key, devices, k;
	size_t cap = 0;
	if (!set || key_find(hive_root(r->hive), set->key, &set_key, NULL) < 0)
		return 0;
	if (!r->out->manufacturer &&
	    key_find(set_key, "Control\\SystemInformation", &k, NULL) == 0 &&
	    read_machine_names(r, k, err) < 0)
		return -1;
	struct err why = {0};
	if (key_find(set_key, "Enum", &devices, &why) < 0) {
		install_note(r, "the devices of the last machine are not known: %s", ERR_ARG(&why));
		return 0;
	}
	for (size_t i = 0; i < COUNT(buses); i++) {
		if (key_find(devices, buses[i], &k, NULL) == 0 &&
		    read_bus(r, k, buses[i], &cap, err) < 0)
			return -1;
	}
	if (r->out->n_controllers == 0 && key_find(devices, legacy_bus, &k, NULL) == 0)
		return read_bus(r, k, legacy_bus, &cap, err);
	return 0;
}
