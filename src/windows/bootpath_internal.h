/* SPDX-License-Identifier: MIT */
/*
 * Inside bootpath*.c only: the checks under way, and how a finding is added.
 */
#ifndef STOP7B_BOOTPATH_INTERNAL_H
#define STOP7B_BOOTPATH_INTERNAL_H

#include "stop7b/bootpath.h"

/* Rows of bootpath_rules(), in its order: rule i has the id "B<i + 1>". */
enum rule {
	RULE_NO_STORE,
	RULE_STORE_DAMAGED,
	RULE_NO_ENTRY,
	RULE_OTHER_DISK,
	RULE_DEVICES_DIFFER,
	RULE_LOADER_KIND,
	RULE_LOADER_MISSING,
	RULE_SYSTEM_ROOT,
	RULE_OTHER_MODE,
	RULE_LEFTOVERS,
	RULE_DEFAULT,
	RULE_MANAGER_ENTRY,
	RULE_MANAGER_MISSING,
	RULE_NO_FALLBACK,
	RULE_SEQUENCE,
	RULE_ACTIVE,
	RULE_TYPE,
	RULE_NO_SIGNATURE,
	RULE_HIDDEN_SECTORS,
	RULE_VOLUME_SIZE,
	RULE_BOOT_SECTOR,
	RULE_MBR_CODE,
	RULE_NO_ESP,
	RULE_FIRMWARE,
	RULE_GPT_GAP,
	RULE_BEYOND_BIOS,
	RULE_4K,
	RULE_SECTOR_SIZE,
	RULE_AZURE_SIZE,
	RULES
};

struct bootpath {
	const struct bootpath_request *q;
	struct arena *arena;
	struct err *err;
	struct finding *items;
	size_t n, cap;
	const struct partition *windows;
	const struct partition *active;  /* the only active one of an MBR disk, or NULL */
	const struct partition *manager; /* what BIOS starts: active, or else where a store is */
	bool old_loader;                 /* Windows before Vista: NTLDR, no store */
	bool bios, uefi;                 /* a way that this disk can start */
};

/* Where and what; value is the element or field, NULL when there is none. */
struct evidence {
	const char *subject, *key, *value, *found, *needed;
};

/* -1 with E_MEMORY. Texts made by arena_printf may be NULL: that is no memory, too. */
int bootpath_add(struct bootpath *b, enum rule rule, struct evidence evidence);
/* "partition 2" */
const char *bootpath_partition(struct bootpath *b, const struct partition *p);
bool bootpath_is_fat(const struct partition *p);
/* 1, 0, or -1 when it cannot be told. p may be NULL: -1. */
int bootpath_exists(struct bootpath *b, const struct partition *p, const char *path);

/* ---- entries ---- */

enum place {
	PLACE_NONE,      /* no such element */
	PLACE_UNKNOWN,   /* not understood */
	PLACE_VHD,       /* into a virtual disk */
	PLACE_OTHER,     /* another medium: memory, CD, file */
	PLACE_FOREIGN,   /* an identifier that this disk does not have */
	PLACE_ELSEWHERE, /* another partition of this disk */
	PLACE_HERE
};

struct judged {
	struct bootpath *b;
	const struct boot_store *store; /* without partition: the host's */
	const struct bcd_object *object;
	enum place device, os;
};

int judged_add(struct judged *j, enum rule rule, const char *value, const char *found,
	       const char *needed);
/* A string of an object, NULL when it has none or an empty one. */
const char *judged_string(const struct bcd_object *o, uint32_t id);
/* Is systemroot the folder of this Windows? */
bool judged_names_root(const struct judged *j);
int judged_check_root(struct judged *j);
int judged_check_settings(struct judged *j);

/* ---- the checks ---- */

int bootpath_check_host(struct bootpath *b);                                  /* bootpath_host.c */
int bootpath_check_stores(struct bootpath *b);                                /* bootpath_store.c */
int bootpath_check_entry(struct bootpath *b, const struct boot_store *store); /* bootpath_entry.c */
int bootpath_check_disk(struct bootpath *b);                                  /* bootpath_disk.c */
int bootpath_check_sectors(struct bootpath *b); /* bootpath_sector.c */

#endif
