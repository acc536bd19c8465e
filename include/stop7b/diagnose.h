/* SPDX-License-Identifier: MIT */
/*
 * From a model of Windows to findings and verdicts: which needed driver will not load, why, and
 * the smallest change that mends it. Pure: looks at struct install and the catalogue only.
 */
#ifndef STOP7B_DIAGNOSE_H
#define STOP7B_DIAGNOSE_H

#include "stop7b/catalogue.h"
#include "stop7b/install.h"
#include "stop7b/rules.h"

enum severity { SEVERITY_STOP, SEVERITY_LIKELY, SEVERITY_NOTE };
enum verdict { VERDICT_BOOTS, VERDICT_LIKELY_STOPS, VERDICT_STOPS, VERDICT_UNKNOWN };

/* One thing that a fix does to the SYSTEM hive. */
struct fix_edit {
	enum hive_op op;
	const char *key;  /* from the hive's root */
	const char *name; /* value name, "" where a key is meant */
	uint32_t type;    /* HIVE_SET: enum reg_type */
	struct span data; /* HIVE_SET: new data */
};

struct finding {
	const struct rule *rule;
	enum severity severity;
	const char *subject; /* bare service name */
	unsigned control_set;
	const char *key;    /* where the evidence is; NULL when the key is absent */
	const char *value;  /* value name, NULL if none */
	uint64_t written;   /* FILETIME of that key; 0 when it is not known */
	const char *found;  /* "3 Manual", "missing", "StartOverride\0 = 3" */
	const char *needed; /* "0 Boot" */
	const char
		*fix_words; /* what the Fix column shows: "0 Boot", "clear 3"; "" if not fixable */
	bool fixable;
	bool clears;        /* the fix takes an override away */
	const char *why;    /* one sentence */
	const char *no_fix; /* why there is no fix; NULL when fixable */
	struct fix_edit *edits;
	size_t n_edits;
};

struct target_verdict {
	const char *id; /* "physical-ahci", "portable", "last" */
	const char *title;
	enum verdict verdict;
	const char *unknown; /* what could not be read; NULL unless VERDICT_UNKNOWN */
	size_t *findings;    /* indices into diagnosis.findings */
	size_t n;
	const char **services; /* the services of its chain on this Windows, in load order */
	size_t n_services;
	bool not_for_this_windows; /* this release cannot run there at all */
};

struct diagnosis {
	struct finding *findings; /* worst first, then by chain order; no duplicates */
	size_t n;
	struct target_verdict *targets; /* in the order asked for */
	size_t n_targets;
	const char **critical; /* services of all chosen chains, each once: "boot-critical" */
	size_t n_critical;
	size_t n_blocked; /* how many of them have a stop or likely finding */
};

struct diagnose_request {
	const char *const *targets; /* ids, "portable" and "last" included */
	size_t n_targets;
	unsigned control_set;     /* judged set; 0: the one that boots */
	const unsigned *fix_sets; /* sets that fixes edit; n_fix_sets 0: the booting set, and
				       Current where it differs */
	size_t n_fix_sets;
	bool remove_overrides; /* fixes delete StartOverride keys instead of setting each
				       of their values */
};

/*
 * Judge an installation. Everything in out lives in arena.
 * 0, or -1 with err: E_USAGE (unknown target id, no such control set), E_NOWINDOWS (no set boots),
 * E_MEMORY.
 */
int diagnose(const struct install *inst, const struct diagnose_request *request,
	     struct arena *arena, struct diagnosis *out, struct err *err);

/*
 * Whether "portable" stands for the target too, in a control set (0: the one that boots) of that
 * Windows.
 */
bool diagnose_is_portable(const struct install *inst, unsigned control_set,
			  const struct target *target, struct arena *arena);

const char *severity_name(enum severity s); /* "stop" | "likely" | "note" */
const char *verdict_name(enum verdict v);   /* "boots" | "stops" | "likely-stops" | "unknown" */

/* The worst of n verdicts; VERDICT_BOOTS for none. Order: stops, unknown, likely-stops, boots. */
enum verdict verdict_worst(const struct target_verdict *targets, size_t n);

#endif
