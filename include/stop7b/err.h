/* SPDX-License-Identifier: MIT */
/*
 * Error values: what went wrong, where, and what a person can do about it.
 *
 * The leaf that notices a fault sets a code and a sentence; callers put the place in front
 * ("web01.vhd: partition 4: SYSTEM: ..."); nothing below the user interface prints. Every code
 * has one exit status and one "what you can do" sentence, both in the table of err.c.
 */
#ifndef STOP7B_ERR_H
#define STOP7B_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define ERR_TEXT_MAX 512 /* bytes with the final NUL; longer texts are cut at a character */

enum err_code {
	E_OK = 0,
	E_USAGE,       /* the call's own words are wrong */
	E_OPEN,        /* a file cannot be opened or is not there */
	E_IO,          /* the system refused a read */
	E_MEMORY,      /* no memory, or a limit on memory reached */
	E_FORMAT,      /* not a format this program opens */
	E_UNSUPPORTED, /* the format is known, this variant of it is not handled */
	E_CORRUPT,     /* the format is known and these bytes break its rules */
	E_PARENT,      /* a parent disk is missing or does not fit */
	E_NOTFOUND,    /* the named file, key or value does not exist */
	E_NOWINDOWS,   /* no Windows installation in the image */
	E_MAP,         /* bytes have no place below that may be overwritten */
	E_LOCKED,      /* another program holds the image */
	E_GUARD,       /* a guard forbids writing */
	E_REFUSED,     /* it would do harm on this disk, whatever is allowed */
	E_CHANGED,     /* bytes are not those that were reviewed or written */
	E_WRITE,       /* a write failed; the text says what state the image is in */
	E_INTERRUPTED, /* an earlier apply was interrupted and waits for recovery */
	E_NORECORD,    /* there is no undo record, or nothing to recover */
	E_CODES
};

struct arena;
struct said;

struct err {
	enum err_code code;
	char text[ERR_TEXT_MAX];  /* plain: English, for scripts */
	char shown[ERR_TEXT_MAX]; /* for the person, in their language */
	bool parent_named;        /* the parent disk at fault stands in front (chain.c) */
};

/*
 * Set err to code and a said (said.h): a printf-style sentence, without a final full stop or
 * newline, in English; it is rendered plain and translated.
 * An err that already holds an error keeps it: the first error is the one reported.
 * err may be NULL. Always returns -1, so that a leaf can `return err_set(...)`.
 */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for constructors: always returns NULL. */
void *err_null(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put a place in front of the text: "place: text". Always returns -1. */
int err_at(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * An error's sentence for a %s of another said: both its texts. buf is used when they differ.
 */
#define ERR_ARG_MAX (2 * ERR_TEXT_MAX + 4)
const char *err_arg(const struct err *err, char buf[ERR_ARG_MAX]);
#define ERR_ARG(err) err_arg((err), (char[ERR_ARG_MAX]){0})

/* An error's sentence as a said, in arena. Both NULL without memory. */
struct said err_said(const struct err *err, struct arena *arena);

/* Take over another error's code and sentence. Returns as err_set() and err_null(). */
int err_pass(struct err *err, const struct err *other);
void *err_pass_null(struct err *err, const struct err *other);

/* Forget an error that was handled. */
void err_clear(struct err *err);

/* The exit status of DESIGN's table for a code, 0..6. */
int err_exit_status(enum err_code code);

/* The code as scripts see it ("E_PARENT"). */
const char *err_name(enum err_code code);

/* One sentence that says what a person can do, not translated; "" for E_OK. */
const char *err_hint(enum err_code code);

#endif
