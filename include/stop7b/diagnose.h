/* SPDX-License-Identifier: MIT */
/*
 * From a model of Windows to findings and verdicts: which needed driver will not load, why, and
 * the smallest change that mends it. Pure: looks at struct install and the catalogue only.
 */
#ifndef STOP7B_DIAGNOSE_H
#define STOP7B_DIAGNOSE_H

#include "stop7b/bootpath.h"
#include "stop7b/catalogue.h"
#include "stop7b/edit.h"
#include "stop7b/install.h"
#include "stop7b/rules.h"
#include "stop7b/said.h"

enum verdict {
	VERDICT_BOOTS,
	VERDICT_DOUBT, /* boots, but on a machine that it knows it would not */
	VERDICT_LIKELY_STOPS,
	VERDICT_STOPS,
	VERDICT_UNKNOWN,
	VERDICTS
};

struct finding {
	const struct rule *rule;
	enum severity severity;
	enum boot_step step; /* where it counts */
	const char *subject; /* bare service name */
	unsigned control_set;
	const char *key;       /* where the evidence is; NULL when the key is absent */
	const char *value;     /* value name, NULL if none */
	const char *machine;   /* a doubt about one machine: its hardware-config id; else NULL */
	uint64_t written;      /* FILETIME of that key; 0 when it is not known */
	struct said found;     /* "3 Manual", "missing", "StartOverride\0 = 3" */
	struct said needed;    /* "0 Boot" */
	uint32_t needed_start; /* the Start that needed names; START_ABSENT: it names none */
	struct said
		fix_words; /* what the Fix column shows: "0 Boot", "override 0"; "" if not fixable */
	bool fixable;
	struct said why;    /* one sentence */
	struct said no_fix; /* why there is no fix; NULLs when fixable */
	struct edit *edits;
	size_t n_edits;
	bool by_package; /* they add a driver from a package; the session says so, not the judge */
};

/* The verdict for one machine identity. */
struct machine_verdict {
	const char *machine; /* hardware-config id in decimal, MACHINE_NEW; up to 7: MACHINE_ANY */
	const char *name;    /* "Dell Latitude E6430"; NULL when it is not known or none */
	bool last;           /* it ran there last */
	enum verdict verdict;
};

struct target_verdict {
	const char *id;    /* "physical-ahci", "portable", "last" */
	const char *title; /* N_() */
	enum verdict verdict;
	enum boot_step step; /* the first that gives the verdict its word; BOOT_STEPS: boots */
	const char *machine; /* the identity that was asked for, as in struct machine_verdict */
	struct machine_verdict *machines; /* when the request asks for all: that one first */
	size_t n_machines;
	struct said unknown; /* what could not be read; NULLs unless VERDICT_UNKNOWN */
	enum boot_step unknown_at;
	size_t *findings; /* indices into diagnosis.findings */
	size_t n;
	const char **services; /* the services of its chain on this Windows, in load order */
	size_t n_services;
	const char **stands_for; /* of "portable": the targets that it means */
	size_t n_stands_for;
	struct said release;    /* why this Windows cannot run there at all, or NULLs */
	enum firmware made_for; /* of the disk, as far as that can be told */
	bool disk_seen;         /* the way to the loader was looked at */
	bool native;            /* its host starts it */
	bool host_seen;         /* and that host's store was given */
};

struct diagnosis {
	struct finding *findings; /* worst first, then by chain order; no duplicates */
	size_t n;
	struct target_verdict *targets; /* in the order asked for */
	size_t n_targets;
	const char **critical; /* services of all chosen chains, each once: "boot-critical" */
	size_t n_critical;
	size_t n_blocked; /* how many of them have a stop, likely or doubt finding */
	/* Findings that the hive would not take the repair of, and why the first: set by the session. */
	size_t n_refused;
	struct err refusal;
	bool refusal_of_store; /* it was not SYSTEM but a boot store of the disk */
	/* Findings whose driver a package brings and the disk takes no file; the same. */
	size_t n_unadded;
	struct err unadded;
};

#define MACHINE_NEW  "new"
#define MACHINE_LAST "last"
#define MACHINE_ANY  "any"

/* "Dell Latitude E6430 (id 0)", "the machine with id 0"; NULLs without memory. */
struct said machine_words(const struct install *inst, const char *id, struct arena *arena);
/*
 * The same for a machine that was asked for, as in struct target_verdict: "a new machine", ...; NULLs
 * for MACHINE_ANY: there is nothing to name.
 */
struct said machine_asked_words(const struct install *inst, const char *asked, struct arena *arena);

struct bootpath_ways;

struct diagnose_request {
	const char *const *targets; /* ids, "portable" and "last" included */
	size_t n_targets;
	unsigned control_set;     /* judged set; 0: the one that boots */
	const unsigned *fix_sets; /* sets that fixes edit; n_fix_sets 0: the booting set, and
				       Current where it differs */
	size_t n_fix_sets;
	/*
	 * Which machine the overrides are asked for: NULL or MACHINE_NEW, MACHINE_LAST, or a
	 * hardware-config id in decimal. "last" is always judged for the last machine.
	 */
	const char *machine;
	bool all_machines; /* fill in the machines of each target */
	/*
	 * The disk, for the way to the loader: firmware, native and azure are the judge's. NULL:
	 * steps before the hive are not judged.
	 */
	const struct bootpath_request *disk;
	struct bootpath_ways *ways; /* of that disk, kept by the caller; NULL: looked at anew */
	bool remove_overrides;      /* fixes delete StartOverride keys instead of setting each
				       of their values */
};

/*
 * Judge an installation. Everything in out lives in arena.
 * 0, or -1 with err: E_USAGE (unknown target id, no such control set or machine), E_NOWINDOWS (no
 * set boots), E_MEMORY.
 */
int diagnose(const struct install *inst, const struct diagnose_request *request,
	     struct arena *arena, struct diagnosis *out, struct err *err);

const char *severity_name(enum severity s); /* "stop" | "likely" | "doubt" | "note" */
/* "boots" | "doubt" | "likely-stops" | "stops" | "unknown" */
const char *verdict_name(enum verdict v);
/* It will start there, as far as can be told: boots and doubt. */
bool verdict_is_good(enum verdict v);

/*
 * The worst of n verdicts; VERDICT_BOOTS for none. Order: stops, unknown, likely-stops, doubt,
 * boots.
 */
enum verdict verdict_worst(const struct target_verdict *targets, size_t n);

#endif
