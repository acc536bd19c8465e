/* SPDX-License-Identifier: MIT */
/*
 * Shared by the diagnose*.c files only: chains, and the rules that judge their links.
 */
#ifndef STOP7B_DIAGNOSE_INTERNAL_H
#define STOP7B_DIAGNOSE_INTERNAL_H

#include "stop7b/diagnose.h"

#include "stop7b/list.h"

struct judge {
	const struct install *inst;
	const struct control_set *set; /* the judged one */
	struct arena *arena;
	const unsigned *fix_sets;
	size_t n_fix_sets;
	bool remove_overrides;
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
	const struct target *target; /* NULL for the last machine */
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

/* ---- diagnose_filters.c ---- */

/*
 * What keeps a filter from loading, in words, when taking its name out of the list is what mends
 * it: NULL for one that loads, for a driver of the core stack, and for Windows' own filters that
 * can be started or made again.
 */
const char *filter_is_dangling(const struct judge *j, const struct control_set *set,
			       const struct class_filter *f);
/*
 * Judge the filter list that begins with filter `at` of the judged set; *next is the first filter
 * behind it. One finding for the whole list, so that its fix writes the list once. Returns as
 * judge_link().
 */
int judge_filter_list(const struct judge *j, size_t at, size_t *next, struct finding *out,
		      struct err *err);
/* The same for the lists of single devices, as far as they count for the chain. */
int judge_device_list(const struct judge *j, const struct chain *chain, size_t at, size_t *next,
		      struct finding *out, struct err *err);
/* Whether a filter that Windows puts into a list is missing there. Returns as judge_link(). */
int judge_standard_filter(const struct judge *j, const struct standard_filter *f,
			  struct finding *out, struct err *err);

/* ---- diagnose_policy.c ---- */

/* Rules about one link besides its start, and about a chain as a whole. Return as judge_link(). */
int judge_type(const struct judge *j, const struct chain_link *link, struct finding *out,
	       struct err *err);
typedef int (*chain_rule)(const struct judge *j, const struct chain *chain, struct finding *out,
			  struct err *err);
const chain_rule *chain_rules(size_t *n);

/* ---- diagnose_notes.c ---- */

/*
 * What is worth saying about the installation itself, whatever the target: notes, which change no
 * verdict. *at counts through them: 1 with out filled, 0 when there are no more, -1 with E_MEMORY.
 */
int next_note(const struct judge *j, size_t *at, struct finding *out, struct err *err);

/* ---- diagnose_binding.c ---- */

/* Whether Windows would give the link's devices to it. Returns as judge_link(). */
int judge_binding(const struct judge *j, const struct chain *chain, const struct chain_link *link,
		  struct finding *out, struct err *err);

/* ---- diagnose_create.c ---- */

/* Why the service cannot be made again in this set, or NULL when it can. */
const char *create_obstacle(const struct judge *j, const struct control_set *set,
			    const char *service);
/*
 * The edits that make a service again in every set that lacks it and start it in the others. Sets
 * f's fixable, edits and no_fix. 0, or -1 with E_MEMORY.
 */
int fix_absent(const struct judge *j, const char *service, uint32_t becomes, struct finding *f,
	       struct err *err);

/* ---- diagnose_fix.c ---- */

/* The edits of one fix in the making. */
struct fix {
	const struct judge *j;
	struct fix_edit *edits;
	size_t n, cap;
};

/* Each 0, or -1 with E_MEMORY. key and name must outlive the fix; text is copied as UTF-16. */
int fix_add(struct fix *x, struct fix_edit edit, struct err *err);
int fix_add_key(struct fix *x, enum hive_op op, const char *key, struct err *err);
int fix_add_number(struct fix *x, const char *key, const char *name, uint32_t number,
		   struct err *err);
int fix_add_text(struct fix *x, const char *key, const char *name, uint32_t type, const char *text,
		 struct err *err);
/* Start of a driver that is there and has nothing against it, overrides included. */
int fix_add_start(struct fix *x, const struct service *s, uint32_t becomes, struct err *err);
/* Hand the edits to a finding; without any it says that nothing needs a change. */
void fix_done(const struct fix *x, struct finding *f);

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

/* ---- diagnose_rules.c ---- */

/* Boot-start, critical, and without its file: the loader goes no further. */
bool stops_the_loader(const struct service *s);
/* A finding about a service of the judged set with nothing in it yet. */
struct finding finding_blank(const struct judge *j, const char *rule, const char *subject);

#endif
