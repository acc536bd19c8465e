/* SPDX-License-Identifier: MIT */
/*
 * What the program knows about drivers and machines: two tables, nothing else.
 *
 * A target is a machine the disk may go to: a chain of services that must all be loaded by the
 * time the boot volume is mounted. Which links apply depends on the Windows release. Adding a
 * driver or a target is adding a row.
 */
#ifndef STOP7B_CATALOGUE_H
#define STOP7B_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stop7b/bytes.h"

/* The way of a boot, in order of time. */
enum boot_step {
	STEP_RELEASE, /* this Windows runs on such a machine at all */
	STEP_FIRMWARE,
	STEP_BOOT_STORE,
	STEP_LOADER,
	STEP_HIVE,
	STEP_DRIVERS,
	STEP_BUS,
	STEP_CONTROLLER,
	STEP_DISK,
	STEP_VOLUMES,
	STEP_FILTERS,
	STEP_FILE_SYSTEM,
	BOOT_STEPS,
	STEP_OF_SUBJECT = BOOT_STEPS /* of a rule: the step of the service that it is about */
};

/* Windows releases as NT version numbers, major << 8 | minor; 10 and 11 share one. */
enum release {
	WIN_NT4 = 0x0400,
	WIN_2000 = 0x0500,
	WIN_XP = 0x0501,
	WIN_2003 = 0x0502,
	WIN_VISTA = 0x0600,
	WIN_7 = 0x0601,
	WIN_8 = 0x0602,
	WIN_81 = 0x0603,
	WIN_10 = 0x0a00,
	WIN_ANY = 0,
	WIN_LATEST = 0xffff
};

enum driver_part { PART_CORE, PART_BUS, PART_CONTROLLER, PART_FILTER, PART_VHD, PART_OTHER };

struct driver {
	const char *service; /* as Windows spells it */
	const char *role;    /* <= 34 columns: "Hyper-V SCSI disk controller" */
	enum driver_part part;
	const char *group; /* ServiceGroupOrder group on 8 and later, NULL if none */
	uint8_t error_control;
	uint16_t since, until; /* releases that carry it as an inbox driver; until is inclusive */
	bool demand_is_normal; /* Start=3 is what a healthy Windows has (vhdmp, Ntfs, USBSTOR) */
	const char *file;      /* when not <service>.sys: "vmstorfl.sys"; else NULL */
	const char *const *above; /* bus drivers of which one must be loaded to reach the devices
				     of this one, ends with NULL; NULL if PCI itself is enough */
	const char *channel;    /* of an IDE controller: the driver of its channels, which reads the
				   disks; else NULL */
	const char *enumerator; /* of a bus that many machines share: how the ids of its devices
				   begin, "PCI"; else NULL */
	enum boot_step step;    /* where it acts, when its part does not tell; 0: the part does */
	const char *step_title; /* of a step that it alone makes: "AHCI controller", or NULL */
	bool everywhere;        /* every machine has it: named only when something is wrong */
	bool landmark;          /* named on the way to the volume though every machine has it */
	const char *kind;       /* "NVMe", before "driver", for a Windows that has none, or NULL */
	const char *source;     /* who has one: "virtio-win brings it"; NULL: "a vendor's" */
	uint16_t hotfix;        /* the release that Microsoft has a hotfix with it for; 0: none */
};

/* The row for a service name, compared without case; NULL for an unknown one. */
const struct driver *catalogue_driver(const char *service);
/* The bus that carries a device, by the beginning of its hardware id; NULL when no row says. */
const struct driver *catalogue_bus_of(const char *hardware);

/* BootFlags of a service key: how the boot volume is reached. */
#define BOOT_FROM_NETWORK 0x01u
#define BOOT_FROM_VHD     0x02u
#define BOOT_FROM_USB     0x04u
#define BOOT_FROM_SD      0x08u
#define BOOT_FROM_USB3    0x10u

enum need {
	NEED_CERTAIN,  /* without it the boot disk is not reached */
	NEED_LIKELY,   /* some machines of this kind need it: its absence alone is `likely` */
	NEED_OPTIONAL, /* counts only where this Windows has it; not loaded it is `likely` */
	NEED_DEMAND    /* must be there with its file; Start=3 is right */
};

struct link {
	const char *service;
	uint16_t since, until; /* releases for which this link counts */
	enum need need;
	const char *instead; /* a driver that serves as well where it starts, or is the only one */
};

/* What starts a machine; a disk may be made for one or for both. */
enum firmware { FIRMWARE_ANY, FIRMWARE_BIOS, FIRMWARE_UEFI };

/* Whose machine it is, where a rule asks; bits, because a driver may be right on several. */
enum platform {
	PLATFORM_OTHER = 0,
	PLATFORM_HYPERV = 1u << 0,
	PLATFORM_AZURE = 1u << 1,
	PLATFORM_XEN = 1u << 2,
	PLATFORM_KVM = 1u << 3,
	PLATFORM_PARALLELS = 1u << 4,
	PLATFORM_AWS = 1u << 5,
};

/* YES: where this Windows brings and binds the drivers, else, like the third, where they are. */
enum portable { PORTABLE_NO, PORTABLE_YES, PORTABLE_IF_PRESENT };

/* How targets are listed. */
enum target_group {
	GROUP_PHYSICAL,
	GROUP_VHD,
	GROUP_HYPERV,
	GROUP_VMWARE,
	GROUP_KVM,
	GROUP_OTHER,
	TARGET_GROUPS
};

/* Processors of a machine; bits. */
enum architecture { ARCH_X86 = 1u << 0, ARCH_X64 = 1u << 1, ARCH_ARM64 = 1u << 2 };

struct target {
	const char *id;             /* "physical-ahci" */
	const char *const *aliases; /* older ids, ends with NULL; NULL if none */
	enum target_group group;
	const char *title; /* "AHCI on a physical machine" */
	const char *words; /* one line for the targets page */
	const char *where; /* "in Virtual PC", behind "does not run"; NULL: "there" */
	/*
	 * The ids that the controller of the boot disk shows, the most particular first, each
	 * without what a slot or vendor adds to it: "PCI\CC_010601". Ends with NULL.
	 */
	const char *const *ids;
	bool every_id; /* a machine shows one of them, and which is not known: all must be bound */
	const struct link
		*links; /* controller part of the chain, bus first; ends with service NULL */
	uint16_t since; /* the first release that can run there at all */
	unsigned runs;  /* enum architecture of a Windows there; 0: any */
	enum firmware firmware; /* the only one that the machine has; ANY: either */
	enum portable portable;
	enum platform platform;
	bool native;          /* its host starts the disk as a file: the host's boot store counts */
	uint32_t boot_flags;  /* BootFlags bits that promote a driver in this boot; 0: local disk */
	bool own_controllers; /* and the RAID and SCSI controllers that Enum remembers */
	const char *unseen;   /* what a boot there needs besides and no disk shows, or NULL */
};

/* All targets in the order they are shown; "portable" and "last" are not rows of it. */
const struct target *catalogue_targets(size_t *n);
/* By id or alias; NULL for an unknown one and for "portable" and "last". */
const struct target *catalogue_target(const char *id);
const char *catalogue_group(enum target_group group);   /* "KVM and clouds" */
const char *catalogue_firmware(enum firmware firmware); /* "either" | "bios" | "uefi" */
/* The service drives one of the ids that the target's own controller shows. */
bool catalogue_is_own(const struct target *t, const char *service);
/* The core stack that every target needs on this release, in load order. */
const struct link *catalogue_core(size_t *n);
/* What a dynamic disk needs besides. */
const struct link *catalogue_dynamic(size_t *n);
/*
 * Every service that a chain of any target may name, each once, buses that carry them included.
 * NULL with err E_MEMORY.
 */
const char **catalogue_wanted(struct arena *arena, size_t *n, struct err *err);

/* A hardware id that Windows' own drivers, or known vendors', are bound by. */
struct device {
	const char *id; /* "PCI\\CC_010601" */
	const char *service;
	uint16_t since, until;  /* releases whose device database has it */
	const char *class_guid; /* device class, as CriticalDeviceDatabase spells it */
	bool generic;           /* a class code: a controller may have an entry of its own */
};

/* Sorted by id without case; one id may have a row for each service that ever drove it. */
const struct device *catalogue_devices(size_t *n);
/* A row of the catalogue for the device with this id: it is the same, or more particular. */
bool catalogue_id_covers(const char *id, const char *device);

/* Whether a controller that shows one id shows another one. */
enum id_shown {
	ID_NOT_SHOWN,
	ID_ON_SOME_BOARDS, /* it is of one board (SUBSYS), and what board there is is not known */
	ID_SHOWN,
};

/*
 * Does the controller of a target show an id that a package, or the device database, binds?
 *
 *   id      one of the target's ids, without SUBSYS and REV: "PCI\VEN_1AF4&DEV_1001"
 *   bound   the other; a board of its own counts where the catalogue has that board: what virtual
 *           machines show is known, what others show is not
 */
enum id_shown catalogue_id_shown(const char *id, const char *bound);
/*
 * Does a controller that Enum knows show the id? Windows makes a device's ids of the parts of its
 * name there, so that VEN, DEV and any of SUBSYS and REV must be the same.
 *   device  "PCI\VEN_1000&DEV_0054&SUBSYS_197615AD&REV_01"
 */
bool catalogue_device_shows(const char *device, const char *id);
/* Whether the service drives a whole class of controllers, so that any machine may need it. */
bool catalogue_drives_class(const char *service);

/* The values of a service key as this Windows' own setup writes them. */
struct service_form {
	const char *service;
	uint16_t since, until;
	uint32_t type, start, error_control;
	uint32_t boot_flags;    /* 0: no such value */
	const char *group;      /* NULL: no such value */
	const char *image_path; /* REG_EXPAND_SZ; NULL: no such value */
};

/* NULL for a driver that this release does not bring, or whose values nobody has seen there. */
const struct service_form *catalogue_form(const char *service, uint16_t release);

/* A filter that Windows itself puts into the list of a device class. */
struct standard_filter {
	const char *class_name; /* "DiskDrive" */
	const char *value;      /* "UpperFilters" | "LowerFilters" */
	const char *service;
	uint16_t since, until;
	enum need need; /* what its absence from the list does: NEED_OPTIONAL if the boot
				      volume is found all the same */
};

/* In the order in which they stand in their lists. */
const struct standard_filter *catalogue_filters(size_t *n);
/* Names that are known to do no harm in these lists, though no Windows puts them there at setup. */
bool catalogue_filter_is_harmless(const char *service);

/* A driver that a hypervisor's guest tools leave behind on a disk that moves away. */
struct leftover {
	const char *service;
	const char *of;     /* "Xen" */
	unsigned platforms; /* enum platform: where it belongs */
};

/* All of them. */
const struct leftover *catalogue_leftovers(size_t *n);

/* NULL for a service that is none. */
const struct leftover *catalogue_leftover(const char *service);

/* True when release is inside [since, until]. */
bool release_within(uint16_t release, uint16_t since, uint16_t until);

#endif
