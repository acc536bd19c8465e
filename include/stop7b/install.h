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
#include "stop7b/ntfs.h"

#define CONTROL_SETS_MAX 16u
#define START_ABSENT 0xffffffffu  /* no Start value */
#define START_BAD 0xfffffffeu     /* a Start value that is not a REG_DWORD */

enum file_state { FILE_UNCHECKED, FILE_PRESENT, FILE_MISSING, FILE_EMPTY, FILE_ELSEWHERE };

struct driver_file {
	const char *path;  /* on the Windows volume, "\Windows\System32\drivers\x.sys"; NULL if the
			      image path names another volume */
	enum file_state state;
	uint64_t size;     /* bytes, when present */
	uint64_t modified; /* FILETIME, when present */
};

struct override {
	const char *id;      /* value name: the hardware-config id in decimal */
	uint32_t value;      /* START_BAD when it is not a REG_DWORD */
	uint64_t data_at;    /* byte of the hive file that holds the number */
};

struct service {
	const char *name;          /* as the hive spells it, escaped */
	const char *display_name;  /* NULL if none, or an indirect "@x.inf,..." form */
	const char *key;           /* "ControlSet001\Services\msahci" */
	uint32_t type;             /* UINT32_MAX when absent, like the next three */
	uint32_t start;            /* 0..4, any other number found, START_ABSENT or START_BAD */
	const char *start_type;    /* type name of a bad Start value, else NULL */
	uint32_t error_control, tag, boot_flags;
	const char *group;         /* NULL if none */
	const char *image_path;    /* as stored; NULL if none */
	struct override *overrides;
	size_t n_overrides;
	bool has_overrides;        /* the StartOverride key exists, even if empty */
	uint32_t effective_start;  /* for the last hardware-config id, without BootFlags */
	uint64_t written;          /* FILETIME of the key */
	uint64_t start_at;         /* byte of the hive file that holds Start's number; 0 if none */
	struct driver_file file;
};

/* One name in the UpperFilters or LowerFilters of a device class on the way to the boot volume. */
struct class_filter {
	const char *service;      /* as the list spells it */
	const char *class_name;   /* "DiskDrive" */
	const char *key;          /* "ControlSet001\Control\Class\{4d36e967-...}" */
	const char *value;        /* "UpperFilters" | "LowerFilters" */
};

struct control_set {
	unsigned number;          /* 1 for ControlSet001 */
	const char *key;          /* "ControlSet001" */
	struct service *services; /* sorted by name without case */
	size_t n;
	struct class_filter *filters; /* of DiskDrive, Volume, HDC, SCSIAdapter and System */
	size_t n_filters;
	const char *problem;      /* why it could not be read whole, or NULL */
};

struct controller {
	const char *service;  /* that Enum names for the device */
	const char *hardware; /* "PCI\VEN_1000&DEV_0054" */
	const char *title;    /* device description in words, or NULL */
};

struct install {
	unsigned partition;       /* number, 0 when read from a bare hive */
	const char *root;         /* "\Windows" */
	const char *hive_path;    /* "\Windows\System32\config\SYSTEM" */
	bool old;                 /* below Windows.old: listed, never the default */
	uint16_t release;         /* enum release; 0 when unknown */
	unsigned build;           /* 0 when unknown */
	const char *version;      /* "Windows 7", "Windows 10", "Windows XP"; "Windows" if unknown */
	const char *architecture; /* "x86" | "x64" | "arm64" | NULL */
	struct control_set sets[CONTROL_SETS_MAX];
	size_t n_sets;
	unsigned select_current, select_default, select_failed, select_last_good; /* 0 if absent */
	unsigned boots_with;      /* number of the set that boots; 0 when none can be named */
	const char *manufacturer, *product; /* of the last machine; NULL if unknown */
	const char *last_config;  /* SMBIOS uuid text, NULL before Windows 8 */
	const char *last_id;      /* hardware-config id in decimal, NULL before Windows 8 */
	struct controller *controllers; /* storage controllers in Enum of the booting set */
	size_t n_controllers;
	bool has_driver_database; /* Windows 8 and later */
	const char *notes[8];     /* what could not be read, in words */
	size_t n_notes;
};

/*
 * Read the model from a hive. Everything in out lives in arena. partition, root, hive_path and old
 * are the caller's to fill in; until then root is "\Windows".
 * 0, or -1 with err: E_NOWINDOWS (no Select and no control set: not a SYSTEM hive), E_CORRUPT,
 * E_MEMORY. Damage in single services becomes notes and problems, not failure.
 */
int install_read(const struct hive *h, struct arena *arena, struct install *out, struct err *err);

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
 * Look up the driver files on the Windows volume: of Start=0 services, of the named ones, of
 * class filters and of the controllers in Enum, in every control set. Others stay FILE_UNCHECKED.
 */
int install_check_files(struct install *inst, struct ntfs *vol, struct arena *arena,
			const struct install_files_wanted *wanted, struct err *err);

/* Carry file states from one reading of an installation to another (the edited one). */
void install_copy_files(const struct install *from, struct install *to);

const struct control_set *install_set(const struct install *inst, unsigned number);
/* By name without case; NULL when absent. */
const struct service *set_service(const struct control_set *set, const char *name);

/* "0 Boot", "3 Manual", "absent", "bad type"; never NULL. buf is used for odd numbers. */
const char *start_words(uint32_t start, char buf[24]);
/* "Boot", "System", "Automatic", "Manual", "Disabled", or "". */
const char *start_name(uint32_t start);

/*
 * Turn an ImagePath into a path on the Windows volume ("\Windows\System32\drivers\x.sys"), for a
 * system root; NULL image_path gives the default drivers\<service>.sys. NULL when it names another
 * volume or cannot be resolved. Source: facts as Windows' loader resolves them, see install.c.
 */
char *image_path_resolve(const char *image_path, const char *service, const char *root,
			 struct arena *arena);

#endif
