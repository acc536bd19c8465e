/* SPDX-License-Identifier: MIT */
/*
 * Parents of differencing disks: how a child says which disk it wants, and finding and opening
 * that disk. Knows no container's bytes. Inside disk/ only.
 */
#ifndef STOP7B_CHAIN_H
#define STOP7B_CHAIN_H

#include "stop7b/image.h"

struct container;
struct image_file;

#define CHAIN_DISKS_MAX (IMAGE_PARENTS_MAX + 1)
#define CHAIN_NAMES_MAX 9 /* VHD: eight parent locators and the parent name */
#define CHAIN_IDS_MAX   2 /* VHDX: parent_linkage and parent_linkage2 */

/* One name that a child has for its parent: a Windows path in UTF-16. */
struct chain_name {
	struct span text;
	bool big_endian;
	bool relative;     /* to the child's folder; else only its last part is tried there */
	const char *where; /* where it is stored: "parent locator 1" */
};

/* The parent that a child wants. */
struct chain_want {
	const struct container *container;  /* a parent is of the child's own format */
	const char *id_name;                /* what is compared: "unique id" */
	char ids[CHAIN_IDS_MAX][GUID_TEXT]; /* the parent has one of these; "" if not used */
	struct chain_name names[CHAIN_NAMES_MAX];
	size_t n_names;
};

/* Who a disk file is, and whose child. */
struct identity {
	char id[GUID_TEXT]; /* what its children's chain_want.ids hold */
	bool has_parent;
	struct chain_want want; /* if has_parent */
};

/*
 * Find the parent that an open file wants, and open it with its own parents. options->parent is
 * tried first, then the names in their order. Adds to info: parents, and a parent's notes.
 *
 * Returns the parent, which the caller closes before the child's file; or NULL with err: E_PARENT
 * (none found, none fits, circle, too long), E_MEMORY, or what is wrong with the parent.
 */
struct image *chain_open(struct image_file *child, const struct chain_want *want,
			 const struct image_options *options, struct image_info *info,
			 struct arena *arena, struct err *err);

/*
 * A chain has one virtual size. Where parent and child differ, or the parent and its own parent,
 * the child is read and not written, and a note says why: Hyper-V refuses such a chain. 0, or -1
 * with E_MEMORY. Source: doc/FORMATS/vhd.md, "Parents".
 */
int chain_check_size(const struct image_info *parent, struct image_info *info, struct err *err);

/* Read bytes of a parent; those behind its end are zeros. 0, or -1 with err as image_read(). */
int chain_read(struct image *parent, uint64_t off, void *buf, size_t len, struct err *err);

/* True if the last part of one of the names is this file name, without case. */
bool chain_names_file(const struct chain_want *want, const char *file, struct arena *arena);

/* ---- Windows names (chain_path.c) ---- */

/* The name as people read it, escaped; NULL without memory. */
const char *chain_name_words(const struct chain_name *name, struct arena *arena);
/* Its last part; NULL if it has none that can be a file name here. */
const char *chain_name_last(const struct chain_name *name, struct arena *arena);
/*
 * The path that it means for a disk in folder dir: a relative one followed part by part (".."
 * too), any other by its last part in dir. A part that is not there is looked for without case.
 * NULL if the name is of no use here.
 */
const char *chain_name_path(const struct chain_name *name, const char *dir, struct arena *arena);
/* The folder of a path: "." if it names none. NULL without memory. */
const char *chain_folder(const char *path, struct arena *arena);

#endif
