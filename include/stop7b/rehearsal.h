/* SPDX-License-Identifier: MIT */
/*
 * Boot rehearsal: what the loader would read, in which order, and at which step the boot of one
 * target stops. Pure: all it sees are the model, the hive, the diagnosis and a function that
 * reads files.
 */
#ifndef STOP7B_REHEARSAL_H
#define STOP7B_REHEARSAL_H

#include "stop7b/diagnose.h"
#include "stop7b/load_order.h"
#include "stop7b/rules.h"

#define REHEARSAL_FILE_MAX  (64u * 1024 * 1024)   /* bytes of one file; the kernel: 12 MB */
#define REHEARSAL_FILES_MAX 512u                  /* files read; real systems: below 150 */
#define REHEARSAL_BYTES_MAX (1024u * 1024 * 1024) /* bytes of all files read */
#define REHEARSAL_NAMES_MAX (64u * 1024 * 1024)   /* bytes of all their names */

enum rehearsal_state {
	REHEARSAL_OK,
	REHEARSAL_DOUBT, /* fine here; on a machine that it knows it would stop */
	REHEARSAL_LIKELY,
	REHEARSAL_STOPS,
	REHEARSAL_WAITS,
	REHEARSAL_UNKNOWN
};

struct rehearsal_step {
	enum rehearsal_state state;
	const char *title;       /* "AHCI controller", by N_() */
	struct said needs;       /* "msahci", "61 of 61 files"; "" if nothing */
	struct said words;       /* "3 Manual: not loaded" */
	const char *service;     /* that stops it, or the first that it needs; NULL if none */
	struct said why;         /* one sentence when something is wrong; else NULLs */
	const struct rule *rule; /* that says so; NULL when it is no rule's */
	const char **services;   /* all that it needs, in load order */
	size_t n_services;
};

/* A file read because the loader begins with it or because another one imports it. */
struct rehearsal_module {
	const char *name;      /* "storport.sys" */
	const char *file;      /* path on the Windows volume */
	const char *needed_by; /* file name of the first importer; NULL for kernel and HAL */
	bool kernel;           /* the boot begins with it */
	enum load_file state;
	struct said words; /* what is wrong with it, or NULLs */
};

/* What whole files say beyond the diagnosis: worth knowing, and no verdict rests on it. */
struct rehearsal_finding {
	enum boot_step place; /* where it would count */
	const char *service;  /* whose file it is; NULL for kernel and HAL */
	const char *file;     /* "storahci.sys" */
	struct said words;    /* "is for x64, this Windows is x86" */
};

struct rehearsal {
	const char *target, *title; /* as in the target's verdict */
	struct said target_words;   /* its verdict's "unknown", or NULLs */
	enum boot_step unknown_at;
	const char *machine;       /* that was asked for, as in the target's verdict */
	struct said machine_words; /* "a new machine"; NULLs when there is nothing to name */
	enum verdict verdict;      /* the target's */
	struct load_list list;
	size_t n_loading;   /* drivers of the list that nothing keeps from loading */
	bool files_checked; /* at least one file could be looked at */
	struct rehearsal_module *modules;
	size_t n_modules;
	struct rehearsal_finding *findings;
	size_t n_findings;
	struct rehearsal_step steps[BOOT_STEPS];
	enum boot_step first; /* the first that is shown: release only when it fails */
	size_t stops_at;      /* first step that stops; BOOT_STEPS if none does */
	size_t likely_at;     /* first step that likely stops; BOOT_STEPS if none */
	size_t doubt_at;      /* the same for a doubt */
};

struct rehearsal_request {
	const struct install *install; /* with the file states that the diagnosis saw */
	const struct hive *hive;       /* that it was read from; NULL: the order is doubtful */
	bool recovered; /* from its logs, in memory: it does not lie clean on the disk */
	/*
	 * Of install, best for this target alone: among several a finding carries the worst word
	 * that any of them gives it, and steps may then show one as worse than it is here.
	 */
	const struct diagnosis *diagnosis;
	size_t target;        /* index into its targets */
	unsigned control_set; /* as in its request; 0: the set that boots */
	/*
	 * Read a whole file of the Windows volume into arena, path as "\Windows\System32\hal.dll".
	 * 0, or -1 with err: E_NOTFOUND, E_UNSUPPORTED (larger than REHEARSAL_FILE_MAX, compressed
	 * or encrypted: the file stays unchecked, as with any other error), E_MEMORY. NULL: no file
	 * can be read, and only the states in install count.
	 */
	int (*read_file)(void *ctx, const char *path, struct arena *arena, struct span *out,
			 struct err *err);
	void *ctx;
};

/*
 * Rehearse the boot of one target. Everything in out lives in arena.
 * 0, or -1 with err: E_USAGE (no such target or control set), E_NOWINDOWS, E_MEMORY.
 */
int rehearse(const struct rehearsal_request *request, struct arena *arena, struct rehearsal *out,
	     struct err *err);

const char *rehearsal_state_name(enum rehearsal_state s); /* "ok" | "likely" | "stops" | "waits" |
							     "unknown" */
const char *load_file_name(enum load_file s); /* "unchecked" | "good" | "doubtful" | "missing" |
						 "empty" | "bad" */

#endif
