/* SPDX-License-Identifier: MIT */
/*
 * One edit, in words and bytes, before anything is touched: what a repair proposes, what a person
 * sets by hand, what is staged.
 */
#ifndef STOP7B_EDIT_H
#define STOP7B_EDIT_H

#include "stop7b/hive.h"

enum edit_kind {
	EDIT_REGISTRY,        /* a key or value of a hive */
	EDIT_DISK_BYTES,      /* bytes of the virtual disk: partition table, boot sector */
	EDIT_CONTAINER_BYTES, /* bytes of the image file itself: a damaged footer copy */
	EDIT_FILE,            /* a file added to a volume, or linked to one that is there */
};

/* The driver package that a file comes from; texts to be shown, as in struct package. */
struct edit_package {
	const char *inf;    /* "viostor.inf"; NULL: the file is of no package */
	const char *source; /* where the .inf is: "virtio-win.iso: viostor/w10/amd64/viostor.inf" */
	const char *version; /* NULL: none */
	const char *date;    /* "2020-12-28"; NULL: none */
};

/* Members that belong to another kind are zero. */
struct edit {
	enum edit_kind kind;
	struct span data; /* HIVE_SET: new data; bytes: new bytes; file: its content */

	/* EDIT_REGISTRY */
	enum hive_op op;
	const char *key;  /* from the hive's root: "ControlSet001\Services\msahci" */
	const char *name; /* value name; "" is the default value, and stands where a key is meant */
	uint32_t type;    /* HIVE_SET: enum reg_type */
	bool may_be_absent; /* deleting what is not there is no error */
	const char *hive;   /* "2:\Windows\System32\config\SOFTWARE"; NULL: the SYSTEM hive of
			     * the chosen Windows */

	/* EDIT_DISK_BYTES, EDIT_CONTAINER_BYTES */
	uint64_t at;         /* first byte, of the disk or of the image file */
	const char *meaning; /* "partition 2: active flag" */

	/* EDIT_FILE */
	unsigned partition;      /* number of the volume's partition */
	const char *path;        /* "\Windows\System32\drivers\viostor.sys" */
	const char *linked_from; /* a file of the same volume; NULL: data is the content */
	bool fills_empty;        /* a file of that path is there, without a byte in it */
	struct edit_package package;
};

/* Copy an edit with all that it points to into arena. 0, or -1 with err E_MEMORY. */
int edit_copy(struct arena *arena, const struct edit *from, struct edit *to, struct err *err);

#endif
