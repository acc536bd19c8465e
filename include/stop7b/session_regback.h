/* SPDX-License-Identifier: MIT */
/*
 * The copy of its SYSTEM hive that a Windows keeps (RegBack, from Vista on; the repair folder
 * before), and whether it can be put in the hive's place: sound, clean, of this machine and Windows,
 * and no longer than the bytes that the file has. Reads only.
 */
#ifndef STOP7B_SESSION_REGBACK_H
#define STOP7B_SESSION_REGBACK_H

#include "stop7b/edit.h"
#include "stop7b/said.h"

struct arena;
struct err;
struct session;
struct windows;

struct regback {
	const char *path;     /* "\Windows\System32\config\RegBack\SYSTEM"; NULL: there is none */
	uint64_t size;        /* bytes */
	uint64_t modified;    /* FILETIME */
	uint64_t room;        /* bytes that the SYSTEM file has in place */
	const char *computer; /* its computer name; NULL when that is not known */
	struct said why_not;  /* why it cannot be put in place; NULLs: it can */
	struct edit *edits;   /* that do it, as bytes of the disk; none when it cannot */
	size_t n;
	struct span bytes; /* of the copy as it lies there, once it can be put in place */
};

/*
 * Look at the copy of a Windows that was found, also of one whose hive cannot be read.
 *   arena  owns everything in out
 * 0 (look at out), or -1 with E_MEMORY.
 */
int session_regback(struct session *s, const struct windows *w, struct arena *arena,
		    struct regback *out, struct err *err);

/* Does libregf read of the copy what our walker reads? 0, or -1 with E_CORRUPT, E_MEMORY. */
int session_regback_agreed(const struct regback *copy, struct err *err);

/* Would it be of use, so that it must be named: is there a copy, and has the hive damage? */
bool session_wants_regback(const struct windows *w);

#endif
