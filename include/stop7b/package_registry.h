/* SPDX-License-Identifier: MIT */
/*
 * What a driver package means for the registry: the edits after which Windows starts from its
 * driver. Pure: nothing is staged here.
 */
#ifndef STOP7B_PACKAGE_REGISTRY_H
#define STOP7B_PACKAGE_REGISTRY_H

#include "stop7b/package.h"
#include "stop7b/staged.h"

struct package_install {
	const struct package *package;
	const struct install *inst; /* the Windows, as hive says */
	const struct hive *hive;    /* its SYSTEM hive as it is; what is staged is not seen */
	const unsigned *sets;       /* control sets to edit, by number */
	size_t n_sets;
	bool in_store; /* the service runs from FileRepository, no file is added; so does one of
				  which the package says it */
	bool remove_overrides; /* delete a StartOverride key instead of setting 0 in it */
};

/*
 * The edits, keys before their values, nothing that is so already. Everything lives in arena.
 *
 * The service in each set: Type, Start 0, ErrorControl, Group, ImagePath and every value of the
 * .inf, with what is parked for any machine set free. Its binding: up to Windows 7 an entry of
 * CriticalDeviceDatabase for each id, from 8 on DriverDatabase, under the name of the .inf where it is
 * free; an entry of the same package that is there is completed and stays under its name.
 *
 * 0, or -1 with err: E_USAGE (the package does not fit, or is not in the store), E_NOTFOUND (no
 * such control set), E_MEMORY.
 * Source: doc/FORMATS/packages.md, "What binds it".
 */
int package_registry(const struct package_install *request, struct arena *arena, struct edit **out,
		     size_t *n, struct err *err);

#endif
