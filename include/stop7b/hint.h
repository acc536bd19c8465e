/* SPDX-License-Identifier: MIT */
/*
 * What may be found on the way to a Windows and is not read, or not written, by this program: one row
 * each, with what a person can do about it. Whoever finds such a thing names the row; no other place
 * has the words.
 */
#ifndef STOP7B_HINT_H
#define STOP7B_HINT_H

#include "stop7b/said.h"

struct arena;

enum hint_kind {
	HINT_NONE,
	/* files that are no disk image of ours */
	HINT_CONVERT, /* qemu-img reads it */
	HINT_DESCRIBED,
	HINT_DMG,
	HINT_EWF,
	HINT_AFF,
	HINT_INSTALLED,
	HINT_APPLIED,
	HINT_UNPACK,
	HINT_DECRYPT,
	HINT_ITS_DISK,
	/* containers that are read and not written */
	HINT_NOT_IN_PLACE, /* any other reason; found is NULL */
	HINT_FOOTER_DAMAGED,
	HINT_FOOTER_GONE,
	HINT_FOOTERS_DIFFER,
	HINT_FOOTER_OLD,
	HINT_PARENT_LARGER,
	HINT_PARENT_SHORTER,
	/* disks and volumes */
	HINT_DYNAMIC_DISK,
	HINT_STORAGE_SPACES,
	HINT_BITLOCKER,
	HINT_REFS,
	HINTS
};

struct hint_row {
	const char *
		found; /* N_(): a sentence, or what follows "partition 2"; NULL: the finder's own */
	const char *todo;    /* N_(): what a person can do; without a full stop before a command */
	const char *command; /* that does it, for any language; NULL */
};

/* The row of a hint; that of HINT_NONE is empty. */
const struct hint_row *hint_row(enum hint_kind hint);

/* "what to do (command)", in both languages; NULLs without memory. */
struct said hint_todo(enum hint_kind hint, struct arena *arena);

/* The same as an argument of a sentence, in a buffer that lives as long as the block around it. */
#define HINT_ARG(hint) hint_arg(hint, (char[SAID_ARG_MAX]){0})
const char *hint_arg(enum hint_kind hint, char buf[SAID_ARG_MAX]);

#endif
