/* SPDX-License-Identifier: MIT */
/*
 * Shared by the diagnose*.c files only: chains, and the rules that judge their links.
 */
#ifndef STOP7B_DIAGNOSE_INTERNAL_H
#define STOP7B_DIAGNOSE_INTERNAL_H

#include "stop7b/diagnose.h"

#include "list.h"

struct judge {
	const struct install *inst;
	const struct control_set *set; /* the judged one */
	struct arena *arena;
	const unsigned *fix_sets;
	size_t n_fix_sets;
};

struct chain_link {
	const char *service;
	enum need need;
	const struct driver *driver;       /* NULL for a service the catalogue does not know */
	const struct class_filter *filter; /* set when only a filter list asks for it */
};

/* What must be loaded for one target on this Windows, in load order, each service once. */
struct chain {
	struct chain_link *links;
	size_t n, cap;
	bool last_machine;   /* the hardware-config id is known: that override counts, no other */
	uint32_t boot_flags; /* BootFlags bits that promote a driver in this boot */
	const char *unknown; /* why the chain cannot be named, or NULL */
};

/* ---- diagnose_chain.c ---- */

/* 0, or -1 with E_MEMORY. */
int chain_of_target(const struct judge *j, const struct target *t, struct chain *out,
		    struct err *err);
int chain_of_last_machine(const struct judge *j, struct chain *out, struct err *err);
/* Whether this Windows can run there at all, by release and architecture. */
bool runs_there(const struct install *inst, const struct target *t);
/* Whether "portable" includes the target for this Windows. */
bool is_portable_to(const struct judge *j, const struct target *t);

/* ---- diagnose_rules.c ---- */

/*
 * Judge one link. 1 with out filled, 0 when nothing is wrong, -1 with err E_MEMORY.
 */
int judge_link(const struct judge *j, const struct chain *chain, const struct chain_link *link,
	       struct finding *out, struct err *err);
/* Judge a Start=0 service that no chain needs: only its file can be wrong. Returns as above. */
int judge_bystander(const struct judge *j, const struct service *s, struct finding *out,
		    struct err *err);

/* ---- diagnose_fix.c ---- */

/*
 * The edits that make a service boot-start (becomes 0) or demand-start (3) in every set that a
 * fix may touch, overrides included. Sets f's fixable, edits and no_fix. 0, or -1 with E_MEMORY.
 */
int fix_service(const struct judge *j, const struct service *s, uint32_t becomes, struct finding *f,
		struct err *err);

/* The file is known to be missing or to hold nothing. */
bool file_is_gone(const struct service *s);
/* The service exists and has a Start value. */
bool is_driver(const struct service *s);

#endif
