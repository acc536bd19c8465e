/* SPDX-License-Identifier: MIT */
/*
 * Drivers that the guest tools of a hypervisor leave on a disk, and where they belong. Only those
 * that stand on the way to a disk, or can hold up a boot: network, sound and the mouse do no harm.
 *
 * Source: doc/FORMATS/root-causes.md, "Drivers", R10.
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct leftover leftovers[] = {
	{"xenfilt", "Xen", PLATFORM_XEN, true},
	{"scsifilt", "Xen", PLATFORM_XEN, true},
	{"rhelscsi", "Xen (Red Hat)", PLATFORM_XEN, false},
	{"prl_strg", "Parallels", PLATFORM_PARALLELS, true},
	{"prl_boot", "Parallels", PLATFORM_PARALLELS, false},
	{"prl_pv32", "Parallels", PLATFORM_PARALLELS, false},
	{"prl_pv64", "Parallels", PLATFORM_PARALLELS, false},
};

const struct leftover *catalogue_leftover(const char *service)
{
	for (size_t i = 0; i < COUNT(leftovers); i++) {
		if (text_equal(leftovers[i].service, service))
			return &leftovers[i];
	}
	return NULL;
}
