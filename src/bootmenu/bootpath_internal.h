/* SPDX-License-Identifier: MIT */
/*
 * Inside bootpath*.c only: the checks under way, and how a fact is added.
 */
#ifndef STOP7B_BOOTPATH_INTERNAL_H
#define STOP7B_BOOTPATH_INTERNAL_H

#include "stop7b/bootpath.h"

struct bootpath {
	const struct bootpath_request *q;
	struct arena *arena;
	struct err *err;
	struct bootpath_fact *items;
	size_t n, cap;
	const struct partition *windows;
	const struct partition *active;  /* the only active one of an MBR disk, or NULL */
	const struct partition *manager; /* what BIOS starts: active, or else where a store is */
	bool old_loader;                 /* Windows before Vista: NTLDR, no store */
	bool bios, uefi;                 /* a way that this disk can start */
	bool doubtful; /* of what is added: in a damaged store, or there is another way */
};

/* -1 with E_MEMORY. Words that could not be made are no memory, too. */
int bootpath_add(struct bootpath *b, enum bootpath_rule rule, struct bootpath_fact fact);
/* "partition 2" */
const char *bootpath_partition(struct bootpath *b, const struct partition *p);
bool bootpath_is_fat(const struct partition *p);
/* 1, 0, or -1 when it cannot be told. p may be NULL: -1. */
int bootpath_exists(struct bootpath *b, const struct partition *p, const char *path);
/* Add a fact when a file of the boot manager is known to be missing. 0, or -1 with E_MEMORY. */
int bootpath_missing(struct bootpath *b, const struct partition *p, const char *path);

/* ---- entries ---- */

enum names {
	NAMES_NONE,      /* no such element */
	NAMES_UNKNOWN,   /* not understood */
	NAMES_VHD,       /* into a virtual disk */
	NAMES_OTHER,     /* another medium: memory, CD, file */
	NAMES_FOREIGN,   /* an identifier that this disk does not have */
	NAMES_ELSEWHERE, /* another partition of this disk */
	NAMES_HERE
};

/* Where a device of an entry leads. */
struct named {
	enum names names;
	const struct partition *partition; /* HERE, ELSEWHERE; else NULL */
};

#define BCD_MANAGER_GUID "{9dea862c-5cdd-4e70-acc1-f32b344d4795}" /* {bootmgr} */

struct judged {
	struct bootpath *b;
	const struct boot_store *store; /* without partition: the host's */
	const struct bcd_object *object;
	struct named device, os;
};

/* An entry and where its devices lead; object may be NULL. */
struct judged judged_entry(struct bootpath *b, const struct boot_store *store,
			   const struct bcd_object *object);
/* That of this Windows; its object is NULL when the store has none. */
struct judged judged_choose(struct bootpath *b, const struct boot_store *store);
/* Where a device leads, seen from the partition that is wanted. */
struct named judged_named(struct judged *j, uint32_t id, const struct partition *wanted);
/* Does a device name this disk? */
bool judged_is_of_disk(const struct partition_table *t, const struct bcd_device *d);
/* What starts when nobody chooses; NULL when that cannot be told. */
const struct bcd_object *bootpath_starts(const struct bcd_store *store);

/* The entry as its menu calls it, for a %s: 'the entry "Windows 10"'. */
const char *judged_name(const struct judged *j);
/* That it names no loader at all. */
struct said judged_no_path(const struct judged *j);
/* Add a fact about the entry: subject, key and rule are filled in. */
int judged_fact(struct judged *j, enum bootpath_rule rule, struct bootpath_fact fact);
int judged_add(struct judged *j, enum bootpath_rule rule, const char *value, struct said found,
	       struct said needed);
/* A string of an object, NULL when it has none or an empty one. */
const char *judged_string(const struct bcd_object *o, uint32_t id);
/* Is systemroot the folder of this Windows? */
bool judged_names_root(const struct judged *j);
int judged_check_root(struct judged *j);
int judged_check_settings(struct judged *j);

/* ---- the checks ---- */

int bootpath_check_native(struct bootpath *b); /* bootpath_native.c */
int bootpath_check_host(struct bootpath *b);   /* bootpath_host.c */
int bootpath_check_kernel(struct bootpath *b); /* bootpath_kernel.c */
int bootpath_check_stores(struct bootpath *b); /* bootpath_store.c */
int bootpath_check_old(struct bootpath *b);    /* bootpath_ini.c */
int bootpath_check_entry(struct bootpath *b, const struct boot_store *store); /* bootpath_entry.c */
int bootpath_check_disk(struct bootpath *b);                                  /* bootpath_disk.c */
int bootpath_check_letter(struct bootpath *b);  /* bootpath_letter.c */
int bootpath_check_sectors(struct bootpath *b); /* bootpath_sector.c */

#endif
