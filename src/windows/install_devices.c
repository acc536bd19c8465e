/* SPDX-License-Identifier: MIT */
/*
 * Filters of single devices in Enum, and the ACPI nodes by which Hyper-V shows itself.
 *
 * Only buses on the way to a disk are walked. A device that has no filter is not kept, so the
 * list is short on every Windows that was not tampered with.
 */
#include "install_internal.h"

#include <string.h>

static const char *const buses[] = {"ACPI", "PCI", "PCIIDE", "VMBUS", "SCSI", "IDE", "USBSTOR"};
static const char *const lists[] = {"UpperFilters", "LowerFilters"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* More than any sane hive has; bounds the memory for a list that grows with hostile input. */
#define DEVICE_FILTERS_MAX 4096u

static int read_instance(struct reader *r, struct key instance, const char *bus, const char *device,
			 struct control_set *set, size_t *cap, struct err *err)
{
	struct class_filter shape = {0};
	struct value v;
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (value_find(instance, lists[i], &v, NULL) < 0 ||
		    set->n_device_filters >= DEVICE_FILTERS_MAX)
			continue;
		char *name = key_name(instance, r->arena);
		shape.class_name = name ? arena_printf(r->arena, "%s\\%s\\%s", bus, device, name)
					: NULL;
		shape.key = arena_printf(r->arena, "%s\\Enum\\%s", set->key,
					 shape.class_name ? shape.class_name : "");
		shape.value = lists[i];
		shape.written = key_written(instance);
		if (!shape.class_name || !shape.key)
			return no_memory(err);
		if (read_text(r, instance, "Service", &shape.device_service, err) < 0 ||
		    read_filter_list(r, instance, &shape, &set->device_filters,
				     &set->n_device_filters, cap, err) < 0)
			return -1;
	}
	return 0;
}

static int read_bus(struct reader *r, struct key bus, const char *bus_name, struct control_set *set,
		    size_t *cap, struct err *err)
{
	struct key_iter devices = key_subkeys(bus);
	for (struct key device; key_next(&devices, &device);) {
		char *name = key_name(device, r->arena);
		if (!name)
			return no_memory(err);
		struct key_iter instances = key_subkeys(device);
		for (struct key instance; key_next(&instances, &instance);) {
			if (read_instance(r, instance, bus_name, name, set, cap, err) < 0)
				return -1;
		}
	}
	return 0;
}

int read_device_filters(struct reader *r, struct key set_key, struct control_set *set,
			struct err *err)
{
	struct key devices, k;
	size_t cap = 0;
	if (key_find(set_key, "Enum", &devices, NULL) < 0)
		return 0;
	set->old_hyperv_nodes = key_find(devices, "ACPI\\VMBus", &k, NULL) == 0;
	set->new_hyperv_nodes = key_find(devices, "ACPI\\MSFT1000", &k, NULL) == 0;
	for (size_t i = 0; i < COUNT(buses); i++) {
		if (key_find(devices, buses[i], &k, NULL) == 0 &&
		    read_bus(r, k, buses[i], set, &cap, err) < 0)
			return -1;
	}
	return 0;
}
