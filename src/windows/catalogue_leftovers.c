/* SPDX-License-Identifier: MIT */
/*
 * Drivers that the guest tools of a hypervisor leave on a disk, and where they belong. Only those
 * that stand on the way to a disk, or can hold up a boot: network, sound and the mouse do no harm.
 *
 * Amazon's drivers are of the Xen family, and its images carry them for both of its platforms.
 * SUSE's are the right ones on KVM and on Xen.
 * Source: doc/FORMATS/root-causes.md, "Drivers that hypervisors leave".
 */
#include "stop7b/catalogue.h"

#include "stop7b/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define XEN       "Xen", PLATFORM_XEN | PLATFORM_AWS
#define RED_HAT   "Xen (Red Hat)", PLATFORM_XEN
#define GPLPV     "Xen (GPLPV)", PLATFORM_XEN
#define SUSE      "KVM or Xen (SUSE)", PLATFORM_KVM | PLATFORM_XEN
#define PARALLELS "Parallels", PLATFORM_PARALLELS

static const struct leftover leftovers[] = {
	{"xenbus", XEN},         {"xenfilt", XEN},        {"xenvbd", XEN},
	{"xendisk", XEN},        {"scsifilt", XEN},       {"xevtchn", XEN},
	{"rhelscsi", RED_HAT},   {"rhelfltr", RED_HAT},   {"xenpci", GPLPV},
	{"xenscsi", GPLPV},      {"xenhide", GPLPV},      {"xenstub", GPLPV},
	{"pvvxbn", SUSE},        {"pvvxblk", SUSE},       {"pvvxscsi", SUSE},
	{"virtio_blk", SUSE},    {"vrtioblk", SUSE},      {"vtioscsi", SUSE},
	{"XenBlk", SUSE},        {"prl_strg", PARALLELS}, {"prl_boot", PARALLELS},
	{"prl_pv32", PARALLELS}, {"prl_pv64", PARALLELS}, {"prl_scsi", PARALLELS},
};

const struct leftover *catalogue_leftovers(size_t *n)
{
	*n = COUNT(leftovers);
	return leftovers;
}

const struct leftover *catalogue_leftover(const char *service)
{
	for (size_t i = 0; i < COUNT(leftovers); i++) {
		if (text_equal(leftovers[i].service, service))
			return &leftovers[i];
	}
	return NULL;
}
