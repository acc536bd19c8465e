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
/* Is it an entry that the boot manager can start? */
bool bootpath_can_start(const struct bcd_object *o);
bool bootpath_is_esp(const struct partition *p); /* by its type */
/* A fact for each EFI partition without FAT (bootpath_store.c). 0, or -1 with E_MEMORY. */
int bootpath_check_esp(struct bootpath *b);
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
	const struct bcd_object *instead; /* what is to start in its place; NULL: it is mended */
};

/* An entry and where its devices lead; object may be NULL. */
struct judged judged_entry(struct bootpath *b, const struct boot_store *store,
			   const struct bcd_object *object);
/* That of this Windows; its object is NULL when the store has none. */
struct judged judged_choose(struct bootpath *b, const struct boot_store *store);
/* Where a device leads, seen from the partition that is wanted. */
struct named judged_named(struct judged *j, uint32_t id, const struct partition *wanted);
/* The sixteen bytes of a GUID's text in Windows' mixed order; false: no GUID. */
bool bootpath_guid(const char *text, uint8_t out[16]);
/* Is it the partition that a device of this disk names? */
bool judged_is_partition(const struct partition *p, const struct bcd_device *d);
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

/* What a device would name p by, in words: the disk's identifier and its own. */
struct said judged_identifiers(struct bootpath *b, const struct partition *p);

/* ---- what would mend it (bootpath_mend.c) ---- */

#define MEND_DEVICE 88u /* bytes of a plain device element */

/* Edits of one fact in the making; hive NULL: a store that is not edited, and edits of it are dropped. */
struct mending {
	struct bootpath *b;
	const struct boot_store *store;
	const char *hive;
	struct edit *edits;
	size_t n, cap;
	bool failed; /* no memory */
};
struct mend_element {
	const char *guid; /* of the object */
	uint32_t id;
	uint32_t type; /* enum reg_type */
	struct span data;
};
struct mending mend_begin(struct bootpath *b, const struct boot_store *store);
/* Hand the edits to a fact, which has a repair then if there are any. 0, or -1 with E_MEMORY. */
int mend_done(struct mending *m, const char *words, struct bootpath_fact *fact);
void mend_add(struct mending *m, struct edit edit);   /* of the store */
void mend_bytes(struct mending *m, struct edit edit); /* of the disk: at, data, meaning */
/* Bytes of the image file itself. */
void mend_file(struct mending *m, uint64_t at, struct span data, const char *meaning);
const char *mend_element_key(struct mending *m, const char *guid, uint32_t id);
/* Set an element, and make it where the object has none. */
void mend_element(struct mending *m, const struct mend_element *e);
void mend_string(struct mending *m, const char *guid, uint32_t id, const char *text);
void mend_list(struct mending *m, const char *guid, uint32_t id, const char *const *guids,
	       size_t n);
/* A plain element that names a partition of this disk; false: it has no identifiers. */
bool mend_device_bytes(const struct bootpath *b, const struct partition *p, uint8_t out[88]);
/* Make an element that is there name p, in its bytes; false for a form that is not written. */
bool mend_device(struct mending *m, const struct bcd_object *o, const struct bcd_element *e,
		 const struct partition *p);
/* The same for one that is missing, too, or leads elsewhere in another form: search, virtual disk. */
bool mend_device_anew(struct mending *m, const struct bcd_object *o, uint32_t id,
		      const struct partition *p);
/* What else in the store names the partitions that the entry j names and that are not there. */
void mend_others(struct mending *m, const struct judged *j);
/* Make an entry the default; put it last in the menu, without entries that are not there. */
void mend_default(struct mending *m, const char *guid);
void mend_menu(struct mending *m, const char *guid);

/* ---- bootpath_bytes.c: bytes of the disk ---- */

void mend_signature(struct mending *m, uint32_t signature); /* of the MBR */
/* p active and no other; nothing where p is no primary partition of an MBR. */
void mend_active(struct mending *m, const struct partition *p);
/* In the boot sector of p, and in its copy where that is one. */
void mend_hidden(struct mending *m, const struct partition *p, uint32_t sectors);
/* As the copy has them, where that is right: NTFS counts all sectors but the last. */
void mend_total(struct mending *m, const struct partition *p);

/* The disk's MBR has no signature, so that no store can name it. */
bool bootpath_has_no_signature(const struct bootpath *b);
/* Offer this disk the identifier that the entry names (bootpath_identity.c). 0, or -1. */
int bootpath_check_identity(const struct judged *j);

/* ---- bootpath_loader.c ---- */

/* The loader of that kind which is there: now's name with the other ending, or the usual; or NULL. */
const char *loader_path(struct bootpath *b, const struct partition *p, bool efi, const char *now);
void mend_loader(struct mending *m, const struct judged *j); /* its path, where one is there */
void mend_root(struct mending *m, const struct judged *j);
void mend_new_entry(struct mending *m); /* for this Windows, and the default */

/* ---- the checks ---- */

int bootpath_check_native(struct bootpath *b); /* bootpath_native.c */
int bootpath_check_host(struct bootpath *b);   /* bootpath_host.c */
int bootpath_check_kernel(struct bootpath *b); /* bootpath_kernel.c */
int bootpath_check_stores(struct bootpath *b); /* bootpath_store.c */
int bootpath_check_old(struct bootpath *b);    /* bootpath_ini.c */
int bootpath_check_entry(struct bootpath *b, const struct boot_store *store); /* bootpath_entry.c */
/* bootpath_manager.c; chosen: the entry of this Windows, or NULL */
int bootpath_check_manager(struct bootpath *b, const struct boot_store *store,
			   const struct bcd_object *chosen);
int bootpath_check_disk(struct bootpath *b);    /* bootpath_disk.c */
int bootpath_check_letter(struct bootpath *b);  /* bootpath_letter.c */
int bootpath_check_sectors(struct bootpath *b); /* bootpath_sector.c */

#endif
