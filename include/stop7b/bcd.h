/* SPDX-License-Identifier: MIT */
/*
 * A Windows boot store (BCD): the objects of a boot menu and their elements, decoded and named as
 * `bcdedit /enum all /v` names them.
 *
 * A store is a registry hive; it is read through the hive walker and never written. What cannot be
 * decoded is kept as bytes and shown in hex with the reason beside it; a store in which anything
 * was damaged says so, because a plan must not be made from half a store. Everything read lives in
 * the caller's arena.
 */
#ifndef STOP7B_BCD_H
#define STOP7B_BCD_H

#include "stop7b/hive.h"

/* bits 31-28 of an object's type */
enum bcd_object_class { BCD_APPLICATION = 1, BCD_INHERIT = 2, BCD_DEVICE_OPTIONS = 3 };

enum bcd_object_type {
	BCD_FIRMWARE_MANAGER = 0x10100001,
	BCD_BOOT_MANAGER = 0x10100002,
	BCD_LOADER = 0x10200003,
	BCD_RESUME = 0x10200004,
	BCD_MEMORY_TESTER = 0x10200005,
	BCD_LEGACY_LOADER = 0x10300006,
	BCD_FIRMWARE_APPLICATION = 0x101fffff,
	BCD_RAMDISK_OPTIONS = 0x30000000
};

/* Elements that other modules ask for. */
enum bcd_id {
	BCD_DEVICE = 0x11000001,
	BCD_PATH = 0x12000002,
	BCD_DESCRIPTION = 0x12000004,
	BCD_LOCALE = 0x12000005,
	BCD_INHERITED = 0x14000006,
	BCD_RECOVERY_SEQUENCE = 0x14000008,
	BCD_RECOVERY_ENABLED = 0x16000009,
	BCD_OS_DEVICE = 0x21000001,
	BCD_SYSTEM_ROOT = 0x22000002,
	BCD_RESUME_OBJECT = 0x23000003,  /* of a loader */
	BCD_DEFAULT = 0x23000003,        /* of the boot manager */
	BCD_MANAGER_RESUME = 0x23000006, /* of the boot manager */
	BCD_DISPLAY_ORDER = 0x24000001,
	BCD_BOOT_SEQUENCE = 0x24000002,
	BCD_TOOLS_ORDER = 0x24000010,
	BCD_TIMEOUT = 0x25000004,
	BCD_SAFE_BOOT = 0x25000080,
	BCD_DETECT_HAL = 0x26000010,
	BCD_WINPE = 0x26000022
};

/* bits 27-24 of an element's id */
enum bcd_format {
	BCD_FORMAT_DEVICE = 1,
	BCD_FORMAT_STRING,
	BCD_FORMAT_GUID,
	BCD_FORMAT_GUIDS,
	BCD_FORMAT_INTEGER,
	BCD_FORMAT_BOOLEAN,
	BCD_FORMAT_INTEGERS,
	BCD_FORMAT_BINARY
};

enum bcd_device_kind {
	BCD_DEVICE_UNKNOWN,   /* a form whose layout is not known, or damaged */
	BCD_DEVICE_BOOT,      /* whatever the firmware booted from */
	BCD_DEVICE_PARTITION, /* of a disk, or of the virtual disk that is its parent */
	BCD_DEVICE_DISK,      /* a whole hard disk */
	BCD_DEVICE_FLOPPY,
	BCD_DEVICE_CD,
	BCD_DEVICE_FILE,    /* a file; its parent is where it lies */
	BCD_DEVICE_RAMDISK, /* a file read into memory; its parent is where it lies */
	BCD_DEVICE_VHD,     /* a virtual disk; its parent is the file */
	BCD_DEVICE_LOCATE   /* searched for: by path, or by another element, on its parent */
};

enum bcd_table { BCD_TABLE_GPT, BCD_TABLE_MBR, BCD_TABLE_RAW };

struct bcd_device {
	enum bcd_device_kind kind;
	uint32_t type;        /* as stored, with kind UNKNOWN */
	enum bcd_table table; /* PARTITION, DISK, VHD */
	uint32_t signature;   /* MBR */
	uint64_t offset;      /* MBR, PARTITION: byte of the disk */
	char disk[GUID_TEXT]; /* GPT: without braces; "" otherwise, and for a VHD without one */
	char partition[GUID_TEXT]; /* GPT, PARTITION */
	uint32_t element;          /* LOCATE: where the path to search for stands; 0: by path */
	const char *path;          /* FILE, RAMDISK, LOCATE: escaped; "" when there is none */
	struct span raw_path;      /* the same, UTF-16LE without NUL, for comparing */
	char options[GUID_TEXT];   /* outermost device: additional options object, "" for none */
	const struct bcd_device *parent;
};

struct bcd_element {
	uint32_t id;
	enum bcd_format format;
	const char *name;    /* bcdedit's name for it in such an object, or NULL */
	const char *text;    /* the value as bcdedit prints it; lists in one line */
	struct span raw;     /* bytes as stored */
	const char *problem; /* why it is shown in hex, or NULL */
	bool damaged;        /* the problem is damage, not a form that is not known here */
	/* the value, when there is no problem: */
	const struct bcd_device *device;
	const char *string; /* STRING */
	const char **guids; /* GUID, GUIDS: "{...}" in lower case */
	uint64_t *integers; /* INTEGER, BOOLEAN, INTEGERS */
	size_t n;           /* guids or integers */
};

struct bcd_object {
	const char *guid;    /* "{...}" in lower case; any escaped text where that is damaged */
	const char *alias;   /* "{bootmgr}", or NULL */
	uint32_t type;       /* enum bcd_object_type or another number; 0 when it has none */
	const char *kind;    /* "Windows Boot Loader" */
	const char *problem; /* first thing wrong with it or its elements, or NULL */
	struct bcd_element *elements; /* by rising id, as stored */
	size_t n;
};

struct bcd_store {
	struct bcd_object *objects; /* in stored order */
	size_t n;
	const struct bcd_object **by_guid; /* sorted; NULL: to be looked through one by one */
	const char *key_name;              /* Description\KeyName, or NULL */
	bool whole;                        /* nothing was damaged, and the hive was not dirty */
	const char *problem; /* the first thing that was, and where; NULL when whole */
	size_t n_problems;
	const char *note; /* odd but readable: lists of inheritance that lead in a circle */
};

#define BCD_BINS_MAX (64u << 20) /* bytes of hive bins; own limit, real stores have below 256 KiB */

/*
 * Read a store.
 *   h      an open hive, recovered by the caller where it was dirty
 *   arena  owns all that is found
 * 0, or -1 with err: E_FORMAT (a hive, but not a boot store), E_UNSUPPORTED (above the limit),
 * E_MEMORY. A damaged store is read as far as it goes; look at out->whole.
 * Source: doc/FORMATS/bcd.md.
 */
int bcd_read(const struct hive *h, struct arena *arena, struct bcd_store *out, struct err *err);

/* The object with that id, braces and any case; NULL when there is none. */
const struct bcd_object *bcd_object(const struct bcd_store *store, const char *guid);
/* The element with that id, NULL when the object has none; object may be NULL. */
const struct bcd_element *bcd_element(const struct bcd_object *object, uint32_t id);
/* The same, or else inherited, depth first, each object asked once. */
const struct bcd_element *bcd_inherited(const struct bcd_store *store,
					const struct bcd_object *object, uint32_t id);
/* Is guid among those of the element? element may be NULL. */
bool bcd_names(const struct bcd_element *element, const char *guid);

/* Is it "{8-4-4-4-12}" in hexadecimal digits? Nothing else is an id to bcdedit. */
bool bcd_is_guid(const char *text);
/* "{bootmgr}" for a well-known id, NULL for others. */
const char *bcd_alias(const char *guid);
/* Well-known ids, and those of Windows' templates and setup: no plan may delete such an object. */
bool bcd_is_reserved(const char *guid);

/*
 * Decode a device element's bytes. Always fills *out, with kind UNKNOWN when -1 is returned with
 * err: E_CORRUPT (sizes that do not fit, with the offset), E_UNSUPPORTED (a form not known here),
 * E_MEMORY.
 */
int bcd_device_decode(struct span raw, struct arena *arena, struct bcd_device *out,
		      struct err *err);
/* The device as bcdedit writes it, partitions by identifiers; NULL without memory. */
const char *bcd_device_text(const struct bcd_device *device, struct arena *arena);
/* The file that holds the virtual disk a device names or lies on; NULL when there is none. */
const struct bcd_device *bcd_device_vhd(const struct bcd_device *device);

/* What an element's key is, and whose: the description where that object has one. */
struct bcd_key_words {
	const char *brief; /* "device (Windows 10)", where the key stands above it */
	const char *whole; /* "device of {guid} (Windows 10)" */
};
/* False, and NULLs, when the key is none of an element's, and without memory. */
bool bcd_key_words(const struct hive *h, const char *key, struct arena *arena,
		   struct bcd_key_words *out);

/* The store as `bcdedit /enum all /v` lays it out, LF, UTF-8. 0, or -1 with E_MEMORY. */
int bcd_print(const struct bcd_store *store, struct arena *arena, char **out, struct err *err);

#endif
