/* SPDX-License-Identifier: MIT */
/*
 * The way from the firmware to Windows' loader: partition table, boot sectors, boot manager, boot
 * store. Pure checks that give findings like those of the drivers, for reading only: all are
 * notes, none can be fixed here, and a target's verdict does not change by them.
 *
 * Only what a disk shows is judged. A machine starts an UEFI disk also by an entry of its own
 * memory, and a virtual disk by the store of its host; neither can be seen from the disk.
 */
#ifndef STOP7B_BOOTPATH_H
#define STOP7B_BOOTPATH_H

#include "stop7b/bcd.h"
#include "stop7b/diagnose.h"
#include "stop7b/explain.h"
#include "stop7b/partition.h"
#include "stop7b/rehearsal.h"

/* A boot store that lies on the disk, or one of its host. */
struct boot_store {
	const struct partition *partition; /* NULL: the host's */
	const char *path;       /* "\Boot\BCD", "\EFI\Microsoft\Boot\BCD"; the host's: its name */
	bool efi;               /* it is where UEFI firmware's boot manager looks */
	struct bcd_store store; /* when error.code is E_OK */
	struct err error;       /* why it could not be read */
};

enum bootpath_firmware { FIRMWARE_ANY, FIRMWARE_BIOS, FIRMWARE_UEFI };

struct bootpath_request {
	const struct partition_table *table;
	const struct install *install; /* the Windows; its partition is a number of the table */
	const struct boot_store *stores;
	size_t n_stores;
	enum bootpath_firmware firmware; /* of the machine it goes to, as far as that is known */
	bool native; /* started as a virtual disk by its host: its own store is not used */
	const struct boot_store *host_stores; /* native: those that the user gave */
	size_t n_host_stores;
	const char *vhd, *image; /* native: as in struct bcd_match_request; may be NULL */
	bool azure;              /* it goes to Azure */
	uint64_t disk_size;
	uint32_t sector_size; /* of the disk: 512 or 4096 */
	/* Bytes of the disk. 0, or -1 with err. */
	int (*read)(void *ctx, uint64_t off, void *buf, size_t len, struct err *err);
	/* Is there such a file or folder? 1, 0, or -1 when that cannot be told. */
	int (*exists)(void *ctx, const struct partition *p, const char *path);
	void *ctx; /* of both */
};

/*
 * All checks. Findings in the order of the rules: severity SEVERITY_NOTE, fixable false. subject
 * is a partition ("partition 2"), a store's entry ("{guid}") or "disk".
 * 0, or -1 with E_MEMORY.
 */
int bootpath_check(const struct bootpath_request *request, struct arena *arena,
		   struct finding **out, size_t *n, struct err *err);

/* What `explain` says of each rule; stops is the why of its findings, fix what a person can do. */
const struct explanation *bootpath_rules(size_t *n);

/* What belongs to this part of the boot and is not judged from the disk. */
struct bootpath_gap {
	const char *subject;
	const char *why; /* one sentence */
};
const struct bootpath_gap *bootpath_not_checkable(size_t *n);

/* The store's step of a boot rehearsal, from the findings: OK, LIKELY (to stop) or UNKNOWN. */
struct bootpath_step {
	enum rehearsal_state state;
	const char *words; /* "entry found, path right" */
	const char *why;   /* one sentence, or NULL when nothing is wrong */
};
struct bootpath_step bootpath_store_words(const struct bootpath_request *request,
					  const struct finding *findings, size_t n);

#endif
