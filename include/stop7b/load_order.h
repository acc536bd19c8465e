/* SPDX-License-Identifier: MIT */
/*
 * The drivers that the boot loader reads into memory, in the order in which it does.
 */
#ifndef STOP7B_LOAD_ORDER_H
#define STOP7B_LOAD_ORDER_H

#include "stop7b/install.h"

#define LOAD_ITEMS_MAX  4096u       /* drivers in one list; real hives: below 100 */
#define LOAD_GROUPS_MAX 1024u       /* groups of ServiceGroupOrder; real hives: 70 */
#define LOAD_TAGS_MAX   4000u       /* tags of one group; real hives: 65 */
#define LOAD_UNLISTED   0xffffffffu /* no place in ServiceGroupOrder, or no tag in GroupOrderList */

enum load_reason {
	LOAD_START,      /* Start, or the last machine's override, is 0 */
	LOAD_BOOT_FLAGS, /* promoted for this kind of boot */
	LOAD_FILE_SYSTEM /* the boot volume's, whatever its Start */
};

/* What is known of a file that the loader reads; LOAD_FILE_BAD and below keep it from loading. */
enum load_file {
	LOAD_FILE_UNCHECKED,
	LOAD_FILE_GOOD,
	LOAD_FILE_DOUBTFUL,
	LOAD_FILE_MISSING,
	LOAD_FILE_EMPTY,
	LOAD_FILE_BAD
};

struct load_item {
	const struct service *service;
	const char *group;    /* as the service spells it; NULL if none */
	uint32_t group_index; /* place in ServiceGroupOrder from 0, or LOAD_UNLISTED */
	uint32_t tag;         /* UINT32_MAX if none */
	uint32_t tag_index;   /* place in the group's tag list from 0, or LOAD_UNLISTED */
	enum load_reason reason;
	bool early;          /* moved in front of all groups by the loader's own lists */
	bool parked;         /* an override keeps it from loading on a machine that is known */
	struct said problem; /* what is odd about its place in the order, in words, or NULLs */
	/* filled in by a rehearsal; load_order() itself looks at no file */
	const char *file;     /* path on the Windows volume; NULL when it names another volume */
	const char *raw_file; /* to open it by, where file had to be escaped; else NULL */
	enum load_file state;
	struct said words; /* what is wrong with the file, or NULLs */
};

struct load_list {
	struct load_item *items;
	size_t n;
	struct said problem; /* why the order is doubtful as a whole, or NULLs */
};

struct load_request {
	unsigned control_set; /* 0: the one that boots */
	const char *machine;  /* hardware-config id whose overrides count; NULL: none does */
	uint32_t boot_flags;  /* BootFlags bits that promote a driver in this boot */
};

/*
 * List the boot-start drivers of a set in load order. h is the hive that inst was read from.
 * Everything in out lives in arena. 0, or -1 with err: E_USAGE (no such set), E_NOWINDOWS (no set
 * boots), E_MEMORY. Damaged lists make a doubtful order, not a failure.
 */
int load_order(const struct hive *h, const struct install *inst, const struct load_request *request,
	       struct arena *arena, struct load_list *out, struct err *err);

#endif
