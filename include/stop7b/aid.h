/* SPDX-License-Identifier: MIT */
/*
 * First aid: settings of a Windows and of its own boot store that help to see why it stops, or to
 * get in. One row each. Pure: what an action would edit, or why it cannot help here, is told from
 * what was read; staging, review and undo are those of every other change.
 *
 * None of them says that a disk boots: that is the judge's part.
 */
#ifndef STOP7B_AID_H
#define STOP7B_AID_H

#include "stop7b/bcd.h"
#include "stop7b/diagnose.h"
#include "stop7b/edit.h"
#include "stop7b/install.h"
#include "stop7b/said.h"

/* A loader entry of this Windows in one of the disk's own stores. */
struct aid_entry {
	const char *hive; /* the store's, "1:\Boot\BCD" */
	const struct bcd_store *store;
	const struct bcd_object *object;
};

/* The old copy of its SYSTEM hive. */
struct aid_copy {
	struct edit *edits; /* that put it in the hive's place */
	size_t n;
	struct said why_not; /* without edits */
};

struct aid_request {
	const struct install *inst;
	const struct hive *hive; /* its SYSTEM hive as Windows would see it */
	const unsigned *sets;    /* numbers of the control sets that edits by hand go to */
	size_t n_sets;
	const struct aid_entry *entries;
	size_t n_entries;
	const char *name;               /* a service, for an action that takes one; then also: */
	const struct diagnosis *starts; /* where it starts now */
	const struct aid_copy *copy; /* for an action that replaces; all else may be empty then */
};

/* Without edits there is nothing to do, and why says it. */
struct aid_result {
	struct edit *edits;
	size_t n;
	enum err_code refused; /* E_REFUSED: it must not be done here; E_NOTFOUND; E_OK: neither */
	struct said why;
};

/* 0, or -1 with E_MEMORY. */
typedef int aid_look(const struct aid_request *q, struct arena *arena, struct aid_result *out,
		     struct err *err);

struct aid {
	const char *id;     /* "show-stop" */
	const char *title;  /* at most 48 columns */
	const char *before; /* what it does, one sentence */
	const char *after;  /* what Windows does now, and how that ends, one or two sentences */
	bool takes_name;    /* of a service */
	bool replaces;      /* the whole hive, also one that cannot be read */
	aid_look *look;
};

const struct aid *aid_get(
	size_t i); /* in the order in which they are shown; NULL behind the last */
const struct aid *aid_named(const char *id); /* NULL: there is none */

#endif
