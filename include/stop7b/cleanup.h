/* SPDX-License-Identifier: MIT */
/*
 * The bcdedit plan: what the host's boot menu should lose (or gain), as a text that somebody runs
 * there. Nothing here opens a file or writes a boot store.
 *
 * The plan is data first: one block per entry with what the text must find unchanged on the host
 * before it deletes; a cmd and a Markdown text are written from the same data here, and a JSON one
 * where JSON is made. Without the host's store the plan has one block, whose entry the text finds
 * on the host by the device that names the disk. Never planned: the boot managers, the memory
 * tester, any well-known id, the running Windows (asked on the host), the last loader, `/f`.
 */
#ifndef STOP7B_CLEANUP_H
#define STOP7B_CLEANUP_H

#include "stop7b/bcd_match.h"

#define CLEANUP_NEW "{new}" /* in a plan that adds: the id that /copy will give */
#define CLEANUP_FOUND                                                                              \
	"{found}" /* in a plan without a store: the id that the host's listing shows */
#define CLEANUP_WORDS 6

struct cleanup_plan_request {
	const struct bcd_store *store; /* NULL: the entry is found on the host, by vhd alone */
	const char *store_name;        /* the store's file as given, for people */
	const char *store_on_host; /* --store: offline store on the host; NULL: its system store */
	const struct bcd_matches *matches;
	const bool *chosen;         /* one per match, by hand; NULL: those that are certain */
	const char *const *entries; /* --entry: ids chosen by hand, matched or not */
	size_t n_entries;
	const char *vhd;   /* the disk's path on the host; may be NULL with a store */
	const char *image; /* image file here; may be NULL */
	const char *tool;  /* "stop7b 0.1" */
	const char *when;  /* ISO 8601 UTC */
	/* The other direction: create an entry for vhd. Store, matches and choice are not looked at. */
	bool add;
	const char *title;     /* in the boot menu; NULL: made from the file's name */
	bool locate;           /* "[locate]": let the loader search all volumes for the file */
	bool grows;            /* the disk file is dynamic or differencing */
	uint64_t virtual_size; /* bytes of the disk; 0: not known */
};

/* One call of bcdedit: its words without quotes and without /store. */
struct cleanup_command {
	const char *words[CLEANUP_WORDS];
	size_t n;
	const char *why;
};

/* What a line of `bcdedit /enum {id} /v` must say, whatever language the host has. */
struct cleanup_fact {
	const char *name;  /* element as bcdedit names it */
	const char *value; /* with vhd: what stands behind "vhd=[...]" */
	const char *also;  /* another right value, or NULL */
	bool vhd;
	bool or_unknown; /* a device that bcdedit does not find on the host is right too */
};

struct cleanup_related {
	const char *guid;
	const char *what; /* "its resume object" */
	const char *fate; /* "goes with it (/cleanup)" */
};

struct cleanup_block {
	const char *guid;
	const char *description; /* "" when it has none */
	const char *kind;        /* bcdedit's word for /enum: "osloader" or "resume" */
	const char *vhd;         /* path of the virtual disk it names, or NULL */
	const char *device, *osdevice;
	const char *matched; /* how it was chosen */
	bool by_hand, certain, dead, was_default;
	struct cleanup_related *related;
	size_t n_related;
	const char **warnings;
	size_t n_warnings;
	struct cleanup_fact *facts;
	size_t n_facts;
	struct cleanup_command *commands;
	size_t n_commands;
	struct cleanup_command undo; /* of this plan: puts the exported store back */
};

/* An entry that was found or asked for, and is not in the plan. */
struct cleanup_refusal {
	const char *guid, *description, *why;
	bool open; /* a person may add it all the same, by its id */
};

struct cleanup_plan {
	bool add;
	bool search; /* the entry of its one block is found on the host, by its device */
	const char *tool, *when, *image, *vhd; /* image, vhd: may be NULL */
	const char *store_name;                /* NULL: none was read */
	const char *store_on_host;             /* NULL: the system's own */
	const char *problem; /* why the store was not read whole; NULL when it was */
	const char *backup;  /* name of the exported file, on the host's system drive */
	const char *title;   /* add: the new entry's text */
	struct cleanup_block *blocks;
	size_t n;
	const char **others; /* loaders that stay and start Windows; the next default first */
	size_t n_others;
	struct cleanup_refusal *refusals;
	size_t n_refusals;
	const char *notes[8];
	size_t n_notes;
};

/*
 * Make the plan. A plan without blocks is a result too: its refusals say why.
 * 0, or -1 with err: E_USAGE (a path that Windows would not accept on a local drive), E_MEMORY.
 */
int cleanup_plan(const struct cleanup_plan_request *request, struct arena *arena,
		 struct cleanup_plan *out, struct err *err);

/*
 * The plan as text. cmd: ASCII, CR LF; it only shows what it would do until called with /go, and
 * /undo puts the exported store back. md: UTF-8, LF. The first line says so when the store was not
 * read whole.
 * 0, or -1 with err: E_USAGE (cmd: a path that cannot be written safely into a .cmd file; md can
 * hold it), E_MEMORY.
 */
int cleanup_write_cmd(const struct cleanup_plan *plan, struct arena *arena, char **out,
		      struct err *err);
int cleanup_write_md(const struct cleanup_plan *plan, struct arena *arena, char **out,
		     struct err *err);

#endif
