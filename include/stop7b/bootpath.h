/* SPDX-License-Identifier: MIT */
/*
 * The way from the firmware to Windows' loader: partition table, boot sectors, boot manager, boot
 * store. Pure checks that say what is there and what was needed; what that means for a boot is
 * judged elsewhere (bootpath_judge.h).
 *
 * Only what a disk shows is judged. A machine starts an UEFI disk also by an entry of its own
 * memory, and a virtual disk by the store of its host; neither can be seen from the disk.
 */
#ifndef STOP7B_BOOTPATH_H
#define STOP7B_BOOTPATH_H

#include "stop7b/bcd.h"
#include "stop7b/catalogue.h"
#include "stop7b/edit.h"
#include "stop7b/install.h"
#include "stop7b/partition.h"
#include "stop7b/said.h"

/* A boot store that lies on the disk, or one of its host. */
struct boot_store {
	const struct partition *partition; /* NULL: the host's */
	const char *path;       /* "\Boot\BCD", "\EFI\Microsoft\Boot\BCD"; the host's: its name */
	bool efi;               /* it is where UEFI firmware's boot manager looks */
	struct bcd_store store; /* when error.code is E_OK */
	struct err error;       /* why it could not be read */
};

struct bootpath_request {
	const struct partition_table *table;
	const struct install *install; /* the Windows; its partition is a number of the table */
	const struct boot_store *stores;
	size_t n_stores;
	enum firmware firmware; /* of the machine it goes to, as far as that is known */
	bool native; /* started as a virtual disk by its host: its own store is not used */
	const struct boot_store *host_stores; /* native: those that the user gave */
	size_t n_host_stores;
	const char *vhd, *image; /* native: as in struct bcd_match_request; may be NULL */
	bool vhdx;               /* its file is a VHDX */
	bool azure;              /* it goes to Azure */
	uint64_t disk_size;
	bool grows;           /* its file is smaller than the disk: a dynamic or differencing one */
	uint32_t sector_size; /* of the disk: 512 or 4096 */
	/* Bytes of the disk. 0, or -1 with err. */
	int (*read)(void *ctx, uint64_t off, void *buf, size_t len, struct err *err);
	/* Is there such a file or folder? 1, 0, or -1 when that cannot be told. */
	int (*exists)(void *ctx, const struct partition *p, const char *path);
	/*
	 * A whole file of at most limit bytes, in arena. 0, or -1 with err: E_NOTFOUND,
	 * E_UNSUPPORTED (larger), E_MEMORY, or why it cannot be read. NULL: boot.ini is not judged.
	 */
	int (*read_file)(void *ctx, const struct partition *p, const char *path, size_t limit,
			 struct arena *arena, struct span *out, struct err *err);
	/*
	 * Has another disk that may be in the same machine this identifier (as disk_id of a table)?
	 * 1, 0, or -1 when that cannot be told. NULL: none has.
	 */
	int (*id_taken)(void *ctx, const char *disk_id);
	void *ctx; /* of all of them */
	/* What mends the image file itself: these bytes at that place of it; empty: nothing does. */
	struct span copy;
	uint64_t copy_to;
	const char *damage; /* what is wrong with it, in words */
};

/* What a check can notice, in the order in which people are told. */
enum bootpath_rule {
	BOOTPATH_NO_STORE,
	BOOTPATH_STORE_DAMAGED,
	BOOTPATH_NO_ENTRY,
	BOOTPATH_OTHER_DISK,
	BOOTPATH_DEVICES_DIFFER,
	BOOTPATH_LOADER_KIND,
	BOOTPATH_LOADER_MISSING,
	BOOTPATH_SYSTEM_ROOT,
	BOOTPATH_OTHER_MODE,
	BOOTPATH_LEFTOVERS,
	BOOTPATH_DEFAULT,
	BOOTPATH_MANAGER_ENTRY,
	BOOTPATH_MANAGER_MISSING,
	BOOTPATH_NO_FALLBACK,
	BOOTPATH_SEQUENCE,
	BOOTPATH_ACTIVE,
	BOOTPATH_TYPE,
	BOOTPATH_NO_SIGNATURE,
	BOOTPATH_HIDDEN_SECTORS,
	BOOTPATH_VOLUME_SIZE,
	BOOTPATH_BOOT_SECTOR,
	BOOTPATH_MBR_CODE,
	BOOTPATH_NO_ESP,
	BOOTPATH_FIRMWARE,
	BOOTPATH_GPT_GAP,
	BOOTPATH_BEYOND_BIOS,
	BOOTPATH_4K,
	BOOTPATH_SECTOR_SIZE,
	BOOTPATH_AZURE_SIZE,
	BOOTPATH_BOOT_INI,
	BOOTPATH_BOOT_INI_DAMAGED,
	BOOTPATH_BOOT_INI_DEFAULT,
	BOOTPATH_DYNAMIC,
	BOOTPATH_NATIVE_DYNAMIC,
	BOOTPATH_DRIVE_LETTER,
	BOOTPATH_NATIVE_FIRMWARE,
	BOOTPATH_NATIVE_EDITION,
	BOOTPATH_FIRMWARE_FREE, /* of bootpath_note_firmware() */
	BOOTPATH_KERNEL,
	BOOTPATH_NOTHING_STARTS,
	BOOTPATH_IDENTITY,
	BOOTPATH_FOOTER_COPY,
	BOOTPATH_GPT_COPY,
	BOOTPATH_RULES
};

/* Something that is not as a start of this Windows needs it. */
struct bootpath_fact {
	enum bootpath_rule rule;
	const char *subject; /* a partition ("partition 2"), a store's entry ("{guid}") or "disk" */
	const char *key;     /* where the evidence is */
	const char *value;   /* the element or field; NULL when there is none */
	struct said found, needed; /* found is a sentence of its own */
	struct said cure;          /* what a person can do here; NULLs: what the rule says */
	bool doubtful;             /* it may be right all the same */
	const char *fix_words;     /* what the Fix column shows; NULL: no repair from here */
	struct edit *edits;
	size_t n_edits;
};

/* Is it a dynamic disk, whose volumes are in a database of Windows (LDM)? */
bool bootpath_is_dynamic(const struct bootpath_request *request);

/* Why no host starts this disk as a virtual one with this release, in words (N_()), or NULL. */
const char *bootpath_not_native(const struct bootpath_request *request);

/* What the disk can be started by; FIRMWARE_ANY: by either, or that cannot be told. */
enum firmware bootpath_made_for(const struct bootpath_request *request);

/* The entry of this Windows in one of the disk's stores, NULL when that has none. */
const struct bcd_object *bootpath_entry(const struct bootpath_request *request,
					const struct boot_store *store);

/*
 * All checks. Facts in the order of the rules; those of one rule in the order they were noticed.
 * 0, or -1 with E_MEMORY.
 */
int bootpath_check(const struct bootpath_request *request, struct arena *arena,
		   struct bootpath_fact **out, size_t *n, struct err *err);

#endif
