/* SPDX-License-Identifier: MIT */
/*
 * One Windows installation: its control sets, services and history, read from a SYSTEM hive.
 *
 * The model holds what the hive says, with absence and wrong types kept apart from values; it
 * judges nothing. The same functions read the clean and the edited copy of a hive.
 */
#ifndef STOP7B_INSTALL_H
#define STOP7B_INSTALL_H

#include "stop7b/hive.h"
#include "stop7b/said.h"
#include "stop7b/ntfs.h"

#define CONTROL_SETS_MAX 16u
#define KERNEL_FILES     2u          /* ntoskrnl.exe, hal.dll */
#define FILE_SYSTEM      "Ntfs"      /* of the boot volume: loaded whatever its Start */
#define START_ABSENT     0xffffffffu /* no Start value */
#define START_BAD        0xfffffffeu /* a Start value that is not a REG_DWORD */

enum file_state {
	FILE_UNCHECKED,
	FILE_PRESENT,
	FILE_MISSING,
	FILE_EMPTY,
	FILE_ELSEWHERE,
	FILE_PACKED, /* there, compressed in a form that the loader of this Windows cannot read */
	FILE_BAD     /* there, and by its headers nothing that the loader takes */
};

/* "missing", "empty", "compressed", "bad", by N_(); "" for a file that is there, or not known. */
const char *file_state_words(enum file_state s);
struct driver_file;
/* The same of a file, with the fault of a bad one: "is for x64, this Windows is x86". */
struct said driver_file_fault(const struct driver_file *f);

struct driver_file {
	const char *path; /* on the Windows volume, "\Windows\System32\drivers\x.sys"; NULL if the
			      image path names another volume; escaped, to be shown */
	const char *raw_path; /* to open it by, where path had to be escaped; else NULL */
	enum file_state state;
	enum ntfs_packing packing; /* when present or packed */
	uint64_t size;             /* bytes, when present */
	uint64_t modified;         /* FILETIME, when present */
	struct said fault; /* FILE_BAD: why, "is for x64, this Windows is x86"; else NULLs */
};

struct override {
	const char *id;   /* value name: the hardware-config id in decimal */
	uint32_t value;   /* START_BAD when it is not a REG_DWORD */
	uint64_t data_at; /* byte of the hive file that holds the number */
};

struct service {
	const char *name;         /* as the hive spells it, escaped */
	const char *raw_name;     /* the same as stored, where name had to be escaped; else NULL */
	const char *display_name; /* NULL if none, or an indirect "@x.inf,..." form */
	const char *key;          /* "ControlSet001\Services\msahci" */
	uint32_t type;            /* UINT32_MAX when absent, like the next three */
	uint32_t start;           /* 0..4, any other number found, START_ABSENT or START_BAD */
	const char *start_type;   /* type name of a bad Start value, else NULL */
	uint32_t error_control, tag, boot_flags;
	const char *refused;        /* a value of a type that the loader does not take: "Group" */
	const char *refused_type;   /* the type it has, "REG_MULTI_SZ"; both NULL when none */
	const char *group;          /* NULL if none */
	const char *image_path;     /* escaped; NULL if none */
	const char *raw_image_path; /* as stored, where it had to be escaped; else NULL */
	struct override *overrides;
	size_t n_overrides;
	uint64_t overrides_written; /* FILETIME of the StartOverride key */
	bool has_overrides;         /* the StartOverride key exists, even if empty */
	uint32_t effective_start;   /* for the last hardware-config id, without BootFlags */
	uint64_t written;           /* FILETIME of the key */
	uint64_t start_at;          /* byte of the hive file that holds Start's number; 0 if none */
	struct driver_file file;
};

/*
 * One name in the UpperFilters or LowerFilters of a device class, or of a single device, on the way
 * to the boot volume.
 */
struct class_filter {
	const char *service;        /* as the list spells it */
	const char *class_name;     /* "DiskDrive"; of a device: "PCI\VEN_8086&DEV_7111\3&61" */
	const char *key;            /* "ControlSet001\Control\Class\{4d36e967-...}" */
	const char *value;          /* "UpperFilters" | "LowerFilters" */
	struct span stored;         /* the name as the hive holds it, UTF-16LE without its NUL */
	uint64_t written;           /* FILETIME of the key */
	const char *device_service; /* that drives the single device; NULL for a class */
	uint32_t boot_flags;        /* BootFlags bits of the boots whose way it is on; 0: of all */
};

/* A device class that the hive has, with filters or without. */
struct filter_class {
	const char *name; /* "DiskDrive" */
	const char *key;
	uint64_t written; /* FILETIME of the key */
	bool unreadable;  /* a list of it is no REG_MULTI_SZ, or damaged */
};

/* A number that may be absent, or not a REG_DWORD, which counts as absent. */
struct setting {
	bool known;
	uint32_t value;
};

/* A program that runs before Windows starts: one entry of BootExecute or SetupExecute. */
struct boot_program {
	const char *command; /* "autocheck autochk *" */
	const char *value;   /* "BootExecute" | "SetupExecute" */
	struct driver_file file;
};

/* What the device database of this Windows says about one hardware id of the catalogue. */
struct binding {
	const char *id;      /* "PCI\CC_010601", as the catalogue spells it */
	const char *service; /* the driver it is bound to; NULL when the entry names none that
				 could be read */
	const char *key;     /* of the entry, from the hive's root */
	bool some_boards; /* the id is its own: of one board, which the catalogue does not know */
};

/* A boot driver whose service is not there in some control set, and the file it would have. */
struct absent_service {
	const char *name;
	struct driver_file file;
};

struct control_set {
	unsigned number;          /* 1 for ControlSet001 */
	const char *key;          /* "ControlSet001" */
	struct service *services; /* sorted by name without case */
	size_t n;
	struct class_filter *filters; /* of DiskDrive, Volume, HDC, SCSIAdapter, System, USB */
	size_t n_filters;
	struct filter_class *classes; /* those of these classes that exist */
	size_t n_classes;
	struct class_filter *other_filters; /* of other classes: lists that name a driver which
					       guest tools left behind, whole */
	size_t n_other_filters;
	struct class_filter *device_filters; /* of buses, controllers and disks in Enum */
	size_t n_device_filters;
	bool old_hyperv_nodes, new_hyperv_nodes; /* Enum\ACPI\VMBus; Enum\ACPI\MSFT1000 */
	struct boot_program *programs;
	size_t n_programs;
	bool pending_renames; /* PendingFileRenameOperations has names */
	struct setting san_policy, boot_driver_flags, poll_timeout, expand_on_mount;
	struct setting portable_system; /* PortableOperatingSystem: 1 is Windows To Go */
	struct binding *bindings; /* of CriticalDeviceDatabase (up to 7), of the catalogue's ids */
	size_t n_bindings;
	bool has_critical_devices; /* that database exists and has entries */
	struct said problem;       /* why it could not be read whole, or NULLs */
};

struct controller {
	const char *service;  /* that Enum names for the device */
	const char *hardware; /* "PCI\VEN_1000&DEV_0054" */
	const char *title;    /* device description in words, or NULL */
};

/* What Windows' setup, or sysprep, has left to be done. */
enum setup_state { SETUP_DONE, SETUP_RUNNING, SETUP_SPECIALIZE, SETUP_OOBE, SETUP_AUDIT };

/* What ProductOptions says that it is. */
enum edition { EDITION_UNKNOWN, EDITION_CLIENT, EDITION_SERVER };

/* A machine that this Windows has run on (HardwareConfig, Windows 8 and later). */
struct machine {
	const char *config;                 /* SMBIOS uuid text */
	const char *id;                     /* hardware-config id in decimal, NULL if absent */
	const char *manufacturer, *product; /* NULL if unknown */
	uint64_t last_use;                  /* FILETIME, 0 if unknown */
	struct setting boot_driver_flags;   /* made once for the machine, from its boot disk */
};

struct install {
	unsigned partition;    /* number, 0 when read from a bare hive */
	const char *root;      /* "\Windows" */
	const char *hive_path; /* "\Windows\System32\config\SYSTEM" */
	bool old;              /* below Windows.old: listed, never the default */
	uint16_t release;      /* enum release; 0 when unknown */
	unsigned build;        /* 0 when unknown */
	const char *version;   /* "Windows 7", "Windows 10", "Windows XP"; "Windows" if unknown */
	const char *architecture; /* "x86" | "x64" | "arm64" | NULL */
	enum edition edition;
	struct control_set sets[CONTROL_SETS_MAX];
	size_t n_sets;
	unsigned select_current, select_default, select_failed, select_last_good; /* 0 if absent */
	unsigned boots_with; /* number of the set that boots; 0 when none can be named */
	const char *manufacturer, *product; /* of the last machine; NULL if unknown */
	const char *last_config;            /* SMBIOS uuid text, NULL before Windows 8 */
	const char *last_id;            /* hardware-config id in decimal, NULL before Windows 8 */
	struct controller *controllers; /* storage controllers in Enum of the booting set */
	size_t n_controllers;
	bool has_driver_database; /* Windows 8 and later */
	bool has_device_ids;      /* DriverDatabase\DeviceIds exists and has entries */
	struct binding *bindings; /* of DriverDatabase (8 and later), of the catalogue's ids */
	size_t n_bindings;
	struct absent_service *absent; /* of install_check_files(): names asked for */
	size_t n_absent;
	enum setup_state setup;
	uint32_t setup_type;              /* SetupType: not 0 runs setup_command at the next boot */
	const char *setup_command;        /* CmdLine, escaped; NULL if none */
	const char *raw_setup_command;    /* as it is stored */
	struct driver_file setup_program; /* its program, of install_check_files() */
	uint32_t generalization;  /* SysprepStatus\GeneralizationState; 7 or absent (0): done */
	struct machine *machines; /* last used first */
	size_t n_machines;
	uint64_t shut_down;   /* FILETIME of the last orderly shutdown; 0 if unknown */
	const char *drive_c;  /* what MountedDevices says of C:, in words, or NULL */
	struct span letter_c; /* the same as stored; empty when there is none */
	struct said *history; /* all that in sentences, for showing */
	size_t n_history;
	struct driver_file kernel[KERNEL_FILES]; /* of install_check_files(): the two that each
						    boot begins with */
	struct driver_file pending_xml;          /* of install_check_files(): \WinSxS\pending.xml */
	const char *denied; /* of install_read_policy(): "DenyUnspecified, DenyDeviceIDs" or NULL */
	struct said notes[8]; /* what could not be read, in words */
	size_t n_notes;
};

/*
 * Read the model from a hive. Everything in out lives in arena. partition, root, hive_path and old
 * are the caller's to fill in; until then root is "\Windows".
 * 0, or -1 with err: E_NOWINDOWS (no Select and no control set: not a SYSTEM hive), E_CORRUPT,
 * E_MEMORY. Damage in single services becomes notes and problems, not failure.
 */
int install_read(const struct hive *h, struct arena *arena, struct install *out, struct err *err);

/*
 * What the SOFTWARE hive says that beside. Absence and damage are no errors: then it is not known.
 * 0, or -1 with E_MEMORY.
 *   install_read_policy   the policies in force that forbid new devices, into inst->denied
 *   install_read_edition  "Enterprise", "Windows 7 Home Premium"; *out NULL when it is not known
 */
int install_read_policy(const struct hive *software, struct arena *arena, struct install *inst,
			struct err *err);
int install_read_edition(const struct hive *software, struct arena *arena, const char **out,
			 struct err *err);

/* A place where a SYSTEM hive lies. */
struct install_place {
	const char *root;      /* "\Windows" */
	const char *hive_path; /* "\Windows\System32\config\SYSTEM" */
	bool old;
};

/*
 * Find Windows installations on a volume by content: a config\SYSTEM file under a system32
 * directory of any top-level directory (and one level below Windows.old), in name order.
 * 0, or -1 with err; finding none is no error.
 */
int install_find(struct ntfs *vol, struct arena *arena, struct install_place **out, size_t *n,
		 struct err *err);

/* What of a service's file must be known. */
struct install_files_wanted {
	const char *const *names; /* services to look up besides every Start=0 one */
	size_t n;
};

/*
 * Look up the driver files on the Windows volume: of Start=0 services, of the named ones, of the file
 * system, of class filters, of the controllers in Enum and of what the device databases bind to the
 * ids of the catalogue, in every control set; and kernel and HAL. Their first bytes are read too.
 * Others stay FILE_UNCHECKED.
 * A named service that a control set lacks goes to inst->absent with the file it would have.
 */
int install_check_files(struct install *inst, struct ntfs *vol, struct arena *arena,
			const struct install_files_wanted *wanted, struct err *err);

/* Carry what does not stand in SYSTEM from one reading of an installation to another (the edited one). */
void install_copy_files(const struct install *from, struct install *to);

const struct control_set *install_set(const struct install *inst, unsigned number);
/*
 * The number that counts on a machine: its override, else Start.
 *   machine  hardware-config id in decimal; NULL: one that this Windows has not met
 */
uint32_t service_start_on(const struct service *s, const char *machine);

/* By name without case; NULL when absent. */
const struct service *set_service(const struct control_set *set, const char *name);

/*
 * What is known of the file that an absent service would have; NULL when it was not looked up.
 */
const struct driver_file *install_absent_file(const struct install *inst, const char *service);

/* The entries of the device database that counts for set. */
const struct binding *install_bindings(const struct install *inst, const struct control_set *set,
				       size_t *n);

/* When the key or the file of a service was last written, whichever is later; a FILETIME. */
uint64_t service_changed(const struct service *s);

/* "specialise pending", ..., by N_(); "" for SETUP_DONE. */
const char *setup_words(enum setup_state s);

/* "0 Boot", "3 Manual", "absent", "bad type", by N_(); never NULL. buf is used for odd numbers. */
const char *start_words(uint32_t start, char buf[24]);
/* "Boot", "System", "Automatic", "Manual", "Disabled", by N_(), or "". */
const char *start_name(uint32_t start);

/* The path to open a driver's file by; NULL as path. */
const char *driver_file_raw(const struct driver_file *f);
/* The last part of its path, to be shown; NULL without a path, or without memory. */
const char *driver_file_name(const struct driver_file *f, struct arena *arena);

/* image_path_resolve() of what a service stores: to open the file by. NULL as that. */
char *service_path(const struct service *s, const char *root, struct arena *arena);

/*
 * Turn an ImagePath, as it is stored, into a path on the Windows volume ("\Windows\System32\drivers\x.sys"), for a
 * system root; NULL image_path gives the default drivers\<service>.sys. NULL when it names another
 * volume or cannot be resolved. Source: doc/FORMATS/driver-files.md, "Where the file is".
 */
char *image_path_resolve(const char *image_path, const char *service, const char *root,
			 struct arena *arena);

#endif
