/* SPDX-License-Identifier: MIT */
/*
 * Inside judge/ only: chains, rules and what they ask, and how a fix is put together.
 */
#ifndef STOP7B_JUDGE_INTERNAL_H
#define STOP7B_JUDGE_INTERNAL_H

#include "stop7b/bootpath_judge.h"
#include "stop7b/diagnose.h"

#include "stop7b/list.h"

struct judge {
	const struct install *inst;
	const struct control_set *set; /* the judged one */
	struct arena *arena;
	const unsigned *fix_sets;
	size_t n_fix_sets;
	bool remove_overrides;
	const struct diagnose_request *request;
	const char *machine; /* that is asked for: its id, or NULL for a new one */
};

struct chain_link {
	const char *service;
	enum need need;
	const struct driver *driver;       /* NULL for a service the catalogue does not know */
	const struct class_filter *filter; /* set when only a filter list asks for it */
	bool own; /* it drives the controller that the target's own ids name */
};

/* What must be loaded for one target on this Windows, in load order, each service once. */
struct chain {
	struct chain_link *links;
	size_t n, cap;
	const struct target *target; /* NULL for the last machine */
	bool last_machine;           /* the machine that Enum remembers */
	const char *machine; /* hardware-config id whose overrides count; NULL: a new machine */
	uint32_t boot_flags; /* BootFlags bits that promote a driver in this boot */
	const char *unknown; /* N_(): why the chain cannot be named, or NULL */
};

/* ---- diagnose_chain.c ---- */

/* 0, or -1 with E_MEMORY. */
int chain_of_target(const struct judge *j, const struct target *t, struct chain *out,
		    struct err *err);
int chain_of_last_machine(const struct judge *j, struct chain *out, struct err *err);
/* The target's own part of the chain. 0, or -1 with E_MEMORY. */
int chain_add_links(const struct judge *j, struct chain *c, const struct target *t,
		    struct err *err);
/* There with its file, Start=0 and parked for no machine. */
bool driver_starts(const struct service *s);

/* ---- target_fit.c ---- */

/* Why this Windows cannot run there at all, by release and architecture, in words; NULLs: it can. */
struct said why_not_there(const struct judge *j, const struct target *t);
bool runs_there(const struct install *inst, const struct target *t);
/* Whether "portable" includes the target for this Windows. */
bool is_portable_to(const struct judge *j, const struct target *t, enum firmware made_for);
/*
 * "Windows 7 has no NVMe driver of its own: ..." of a link that is not there and never was part of
 * this release; else NULLs.
 */
struct said never_had(const struct judge *j, const struct chain_link *link);

/* ---- binding.c ---- */

/* The device database that counts for the set could be read. */
bool binding_is_known(const struct judge *j, const struct control_set *set);
/* An entry gives a device with this id to a driver that is there, or to one that cannot be read. */
bool binding_of_id(const struct judge *j, const struct control_set *set, const char *id);
/* The same for some boards alone, and which board the target has is not known. */
bool binding_of_some_boards(const struct judge *j, const struct control_set *set, const char *id);
/* An entry for one of the target's ids names this driver, and it is there. */
bool binding_names(const struct judge *j, const struct control_set *set, const struct target *t,
		   const char *service);
/* The driver that the judged set gives to the target's controller; NULL when none that is there. */
const char *binding_driver(const struct judge *j, const struct target *t);

/* ---- machine.c ---- */

/*
 * The machine as a verdict names it: MACHINE_ANY up to Windows 7, MACHINE_NEW, an id, or
 * MACHINE_LAST when the last one was not written down.
 *   last  the target is the machine that it last ran on
 */
const char *machine_asked(const struct install *inst, const char *machine, bool last);
/* Why the last machine cannot be told for certain; NULLs when it can, or need not. */
struct said machine_last_unsure(const struct install *inst, struct arena *arena);
/* The id whose overrides count, or NULL. */
const char *machine_id(const char *asked);
struct machine_verdict machine_row(const struct install *inst, const char *id, enum verdict verdict,
				   struct arena *arena);
/* 0, or -1 with E_USAGE and the list when this Windows knows no such machine. */
int machine_check(const struct install *inst, const char *machine, struct arena *arena,
		  struct err *err);

/* The step at which a service's device should start, whatever the target. */
enum boot_step step_of_service(const struct control_set *set, const char *service);

/* ---- rules ---- */

/* What a rule is asked about; of each only what its kind has. */
struct question {
	const struct chain *chain;              /* of the target; NULL for what counts for none */
	const struct chain_link *link;          /* OF_LINK */
	const struct service *service;          /* NULL when the key is absent */
	size_t at;                              /* OF_LIST, OF_DEVICE_LIST: its first filter */
	const struct standard_filter *standard; /* OF_STANDARD */
	const struct boot_program *program;     /* OF_PROGRAM */
	const struct class_filter *filter;      /* OF_FILTER */
	const struct leftover *leftover;        /* OF_LEFTOVER: what service is */
};

/* The rows, by what they are about; rules.c puts them into one order. */
const struct rule *rules_of_drivers(size_t *n);
const struct rule *rules_of_windows(size_t *n);
const struct rule *rules_of_boot_path(size_t *n);
const struct rule *rules_unseen(size_t *n);

/*
 * Ask one rule. As rule_look; out is ready but for what the rule itself knows: rule, subject (of a
 * link or service) and control set are set. Rules need not look whether their words were made:
 * found, needed, why and fix_words without memory are noticed here.
 */
int rule_ask(const struct rule *rule, const struct judge *j, const struct question *at,
	     struct finding *out, struct err *err);

rule_look controller_not_started, start_overridden, chain_broken, driver_absent, file_gone,
	vendor_driver_absent, early_launch_file_gone, file_system_gone; /* rule_start.c */
rule_look unbound_in_critical_devices, unbound_in_driver_database;      /* rule_binding.c */
rule_look filter_dangles, filter_disabled, device_filter_dangles,
	standard_filter_missing; /* rule_filters.c */
rule_look type_is_no_driver, type_refused, runs_from_store, hyperv_bus_old, san_policy_offline,
	boot_flags_missing, devices_denied, wait_short, vhd_expands,
	target_unseen; /* rule_settings.c */
rule_look select_unusual, setup_pending, half_serviced, program_missing,
	stranger_filter;       /* rule_notes.c */
rule_look hypervisor_leftover; /* rule_leftovers.c */

/* Boot-start on that machine, critical, and without its file: the loader goes no further. */
bool stops_the_loader(const struct service *s, const char *machine);
/* Listed as a filter and disabled, of Windows' own. Returns as rule_look. */
int disabled_filter_link(const struct judge *j, const struct question *at, struct finding *f,
			 struct err *err);

/*
 * What keeps a filter from loading, in words (N_()), when taking its name out of the list is what mends
 * it: NULL for one that loads, for a driver of the core stack, and for Windows' own filters that
 * can be started or made again.
 */
const char *filter_is_dangling(const struct judge *j, const struct control_set *set,
			       const struct class_filter *f);
/* Whether the filter's class stands between a target and its disk. */
bool filter_is_on_the_way(const struct chain *chain, const struct class_filter *f);
/* The first filter behind the list that begins with filter at. */
size_t filter_list_end(const struct class_filter *all, size_t n, size_t at);

/* ---- rule_leftovers.c ---- */

/* A driver of guest tools that has no business on a target. */
bool leftover_is_foreign(const struct chain *chain, const char *service);
/*
 * The repair of what was asked for takes it away: it would load on a target where it is foreign,
 * and no target of its own platform is asked for that this Windows has all the drivers of.
 */
bool leftover_goes(const struct judge *j, const struct control_set *set, const char *service);

/* ---- diagnose_create.c ---- */

/* Why the service cannot be made again in this set (N_()), or NULL when it can. */
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
	struct edit *edits;
	size_t n, cap;
};

/* Each 0, or -1 with E_MEMORY. key and name must outlive the fix; text is copied as UTF-16. */
int fix_add(struct fix *x, struct edit edit, struct err *err);
int fix_add_key(struct fix *x, enum hive_op op, const char *key, struct err *err);
int fix_add_number(struct fix *x, const char *key, const char *name, uint32_t number,
		   struct err *err);
int fix_add_text(struct fix *x, const char *key, const char *name, uint32_t type, const char *text,
		 struct err *err);
/* Start of a driver that is there and has nothing against it, overrides included. */
int fix_add_start(struct fix *x, const struct service *s, uint32_t becomes, struct err *err);
/* Hand the edits to a finding; without any it says that nothing needs a change. */
void fix_done(const struct fix *x, struct finding *f);

/* Take a driver out of every list of a set (rule_filters.c). 0, or -1 with E_MEMORY. */
int fix_add_unlisting(struct fix *x, const struct control_set *set, const char *service,
		      struct err *err);

/*
 * The edits that make a service boot-start (becomes 0) or demand-start (3) in every set that a
 * fix may touch, overrides included. Sets f's fixable, edits and no_fix. 0, or -1 with E_MEMORY.
 */
int fix_service(const struct judge *j, const struct service *s, uint32_t becomes, struct finding *f,
		struct err *err);

/* The file is known to be missing, or to hold nothing that could be loaded. */
bool file_is_gone(const struct service *s);
/* That, or it is compressed as the loader cannot read it. */
bool file_fails(const struct service *s);
/* The service exists and has a Start value. */
bool is_driver(const struct service *s);

#endif
