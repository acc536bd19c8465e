/* SPDX-License-Identifier: MIT */
/*
 * The little that the SOFTWARE hive is asked for: which edition this is, and which policies forbid
 * Windows to set up devices that it has not met. Neither decides a verdict, so what cannot be read
 * is passed over.
 * Source: Microsoft, "Policy CSP - DeviceInstallation"; doc/FORMATS/root-causes.md, "Filters,
 * devices, policy".
 */
#include "install_internal.h"

#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))
#define RESTRICTIONS "Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions"
#define VERSION      "Microsoft\\Windows NT\\CurrentVersion"

/* Each a REG_DWORD, in force when it is not 0. */
static const char *const denials[] = {"DenyUnspecified", "DenyDeviceIDs", "DenyInstanceIDs",
				      "DenyDeviceClasses", "DenyRemovableDevices"};

int install_read_policy(const struct hive *software, struct arena *arena, struct install *inst,
			struct err *err)
{
	struct key k;
	uint32_t on;
	inst->denied = NULL;
	if (key_find(hive_root(software), RESTRICTIONS, &k, NULL) < 0)
		return 0;
	for (size_t i = 0; i < COUNT(denials); i++) {
		if (key_u32(k, denials[i], &on, NULL) < 0 || on == 0)
			continue;
		inst->denied = inst->denied
				       ? arena_printf(arena, "%s, %s", inst->denied, denials[i])
				       : denials[i];
		if (!inst->denied)
			return no_memory(err);
	}
	return 0;
}

int install_read_edition(const struct hive *software, struct arena *arena, const char **out,
			 struct err *err)
{
	struct reader r = {.hive = software, .arena = arena};
	struct key k;
	*out = NULL;
	if (key_find(hive_root(software), VERSION, &k, NULL) < 0)
		return 0;
	if (read_text(&r, k, "EditionID", out, err) < 0)
		return -1;
	return *out ? 0 : read_text(&r, k, "ProductName", out, err);
}
