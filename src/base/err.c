/* SPDX-License-Identifier: MIT */
/*
 * One table row per error code: its name for scripts, its exit status, and what a person can do.
 * The first error set is kept until it is cleared: a clean-up that fails later must not hide it.
 */
#include "stop7b/err.h"

#include "stop7b/said.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name;
	int exit_status;
	const char *hint;
} codes[E_CODES] = {
	[E_OK] = {"E_OK", 0, ""},
	[E_USAGE] = {"E_USAGE", 2, N_("stop7b -h lists the commands and their options.")},
	[E_OPEN] = {"E_OPEN", 3, N_("Check the path and the right to read the file.")},
	[E_IO] = {"E_IO", 3, N_("Copy the image to a healthy disk first, then try the copy.")},
	[E_MEMORY] = {"E_MEMORY", 3,
		      N_("Free some memory, or use less of what the message names.")},
	[E_FORMAT] = {"E_FORMAT", 3,
		      N_("stop7b works on VHD, VHDX and raw images of a disk, and on what lies in "
			 "them.")},
	[E_UNSUPPORTED] =
		{"E_UNSUPPORTED", 3,
		 N_("The message names what is not done here; a disk of such a kind can be "
		    "converted first.")},
	[E_CORRUPT] = {"E_CORRUPT", 3,
		       N_("Work on a copy; let the tool that made the image check and repair it.")},
	[E_PARENT] =
		{"E_PARENT", 3,
		 N_("Name the parent with --parent PATH, put it beside the child, or merge the "
		    "chain.")},
	[E_NOTFOUND] = {"E_NOTFOUND", 3, N_("stop7b ls and stop7b reg show what is there.")},
	[E_NOWINDOWS] = {"E_NOWINDOWS", 3,
			 N_("stop7b ls shows the partitions; --partition and --root choose one.")},
	[E_MAP] = {"E_MAP", 4, N_("These bytes cannot be changed in place; nothing was written.")},
	[E_LOCKED] = {"E_LOCKED", 4,
		      N_("Shut the virtual machine down, or detach the image, first.")},
	[E_GUARD] = {"E_GUARD", 4,
		     N_("Remove the cause; stop7b check says which guards --allow GUARD can "
			"override.")},
	[E_REFUSED] = {"E_REFUSED", 4, N_("The message says why. Nothing was written.")},
	[E_CHANGED] = {"E_CHANGED", 4,
		       N_("Somebody else wrote it; review what is there now before writing.")},
	[E_WRITE] = {"E_WRITE", 5,
		     N_("The message says what state things are in; stop7b undo --list shows the "
			"records.")},
	[E_INTERRUPTED] = {"E_INTERRUPTED", 6,
			   N_("stop7b recover --undo or --finish completes the earlier apply.")},
	[E_NORECORD] =
		{"E_NORECORD", 3,
		 N_("A record lies beside its image, or in the --undo-dir that was given to fix.")},
};

static void set_text(struct err *err, enum err_code code, const char *fmt, va_list args)
{
	if (!err || err->code != E_OK)
		return;
	err->code = code;
	said_render(err->text, err->shown, ERR_TEXT_MAX, fmt, args);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	set_text(err, code, fmt, args);
	va_end(args);
	return -1;
}

void *err_null(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	set_text(err, code, fmt, args);
	va_end(args);
	return NULL;
}

/* "place: text" in a buffer that holds text. */
static void put_before(char text[ERR_TEXT_MAX], const char *place)
{
	char whole[2 * ERR_TEXT_MAX + 2];
	snprintf(whole, sizeof(whole), "%s: %s", place, text);
	said_cut(text, ERR_TEXT_MAX, whole);
}

int err_at(struct err *err, const char *fmt, ...)
{
	if (!err || err->code == E_OK)
		return -1;
	char plain[ERR_TEXT_MAX], shown[ERR_TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	said_render(plain, shown, ERR_TEXT_MAX, fmt, args);
	va_end(args);
	put_before(err->text, plain);
	put_before(err->shown, shown);
	return -1;
}

struct said err_said(const struct err *err, struct arena *arena)
{
	return said_make(arena, "%s", ERR_ARG(err));
}

const char *err_arg(const struct err *err, char buf[ERR_ARG_MAX])
{
	return said_pair(err->text, err->shown, buf, ERR_ARG_MAX);
}

int err_pass(struct err *err, const struct err *other)
{
	if (err && err->code == E_OK)
		*err = *other;
	return -1;
}

void *err_pass_null(struct err *err, const struct err *other)
{
	err_pass(err, other);
	return NULL;
}

void err_clear(struct err *err)
{
	if (!err)
		return;
	err->code = E_OK;
	err->text[0] = err->shown[0] = '\0';
	err->parent_named = false;
}

int err_exit_status(enum err_code code)
{
	return code < E_CODES ? codes[code].exit_status : 3;
}

const char *err_name(enum err_code code)
{
	return code < E_CODES ? codes[code].name : "E_UNKNOWN";
}

const char *err_hint(enum err_code code)
{
	return code < E_CODES ? codes[code].hint : "";
}
