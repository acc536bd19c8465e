/* SPDX-License-Identifier: MIT */
/*
 * Words that the screen and the commands share.
 */
#ifndef STOP7B_WORDS_H
#define STOP7B_WORDS_H

#include "stop7b/session.h"

/* ---- numbers and names ---- */

#define NUMBER_TEXT 32
const char *number_words(uint64_t n, char buf[NUMBER_TEXT]);      /* "98,304" */
const char *size_words(uint64_t bytes, char buf[NUMBER_TEXT]);    /* "126.9 GiB" */
const char *minute_words(uint64_t filetime, char buf[TIME_TEXT]); /* "2013-10-21 16:10" */
const char *last_part(const char *path);                          /* behind the last '\' or '/' */
const char *hive_words(const struct windows *w); /* "clean", "not closed cleanly", ... */

#define RECOVERY_LINES (HIVE_NOTES + 1)
/*
 * What is to say of a hive that was recovered from its logs, a line each; 0 of others. The lines
 * live in arena and in f.
 */
size_t recovery_words(const struct hive_file *f, const char *lines[RECOVERY_LINES],
		      struct arena *arena);
/* "Windows 7, 32-bit, \Windows"; NULL without memory */
const char *install_words(const struct install *inst, struct arena *arena);

/* Why there is no Windows to work on: the first thing that stood in the way. */
void why_no_windows(const struct session *s, struct err *err);

struct regback;
/* "\Windows\...\RegBack\SYSTEM, 9.0 MiB of 2013-10-21 16:10, is sound and fits: ..." */
struct said regback_words(const struct regback *copy, struct arena *arena);

/* ---- for a shell, in shell_words.c ---- */

/* A word of a command, quoted where bash needs it: it gives back the same bytes. */
const char *shell_word(const char *word, struct arena *arena);
/* "stop7b undo --undo-dir u 'my disk.vhd'" */
const char *undo_command(const struct session *s, struct arena *arena);

/* ---- findings, in finding_words.c ---- */

#define REPAIR_TEXT 128 /* bytes with the final NUL */

char finding_glyph(enum severity severity); /* 'X' '!' '~' '-' */
/* `found` says all, and no service is meant: "no boot store (BCD) on this disk". */
bool finding_is_sentence(const struct finding *f);
/* What the repair writes: "Start = 0", "StartOverride\0 = 0"; "" without one. */
const char *finding_repair(const struct finding *f, char buf[REPAIR_TEXT]);

/* ---- the review ---- */

#define COPIED_WORDS 512 /* bytes with the final NUL */

/*
 * What an apply copies into the image file because it holds it not yet: blocks and sectors, from
 * where, and by how much the file grows. False (and "") when it copies nothing.
 */
bool copied_words(const struct review *r, char buf[COPIED_WORDS]);

/* A line of a unified diff about a value or key. */
struct review_line {
	char sign;        /* '-' as it is, '+' after an apply */
	bool gone;        /* '+': it will not be there any more, and words say so */
	bool is_key;      /* it has no name and no type then */
	const char *name; /* "" is the default value */
	const char *type, *words;
};

/* What was and what will be; nothing for what was not there. Returns how many lines there are. */
size_t review_lines(const struct review_value *v, struct review_line out[2]);
/* Does it change values of that hive, or bytes that belong to none (index as in review.hives)? */
bool review_changes(const struct review *r, size_t hive);

/* Changed bytes that lie close together in the image file and mean the same. */
struct changed_stretch {
	uint64_t file_at, end;
	size_t bytes;  /* that change */
	size_t places; /* pieces they are in */
	struct said what;
	bool value;
};

/*
 * The stretch that begins with range *i, which moves behind it; false at the end. Where many small
 * pieces of one record change, a line for each would hide the others.
 */
bool next_stretch(const struct patch *p, size_t *i, struct changed_stretch *out);

/* Is the driver file of a package that fits signed, as far as that is looked at? */
struct package;
const char *signature_words(const struct package *p);

/* What happens at the first start after a driver was added, and what is left to do there. */
extern const char added_words[];

#endif
