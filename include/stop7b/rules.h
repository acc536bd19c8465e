/* SPDX-License-Identifier: MIT */
/*
 * The rules of the judge: one row each. A row says what the rule looks at, at which step of a boot
 * it counts, what finds it, and what people are told about it. Diagnosis, rehearsal, explanations
 * and the merging of findings read the row; nothing is decided by the letters of an id.
 *
 * Rows that look at nothing stand for causes of the same stop that leave no trace on a disk that
 * is not running.
 */
#ifndef STOP7B_RULES_H
#define STOP7B_RULES_H

#include "stop7b/catalogue.h"

struct err;
struct finding;
struct judge;
struct question;

/* "release", "firmware", "boot-store", ...; NULL for BOOT_STEPS. */
const char *boot_step_name(enum boot_step step);

/*
 * How bad a finding is: certain, depends on what the machine really has, counts only on one machine
 * identity that may not be the one it goes to, worth knowing.
 */
enum severity { SEVERITY_STOP, SEVERITY_LIKELY, SEVERITY_DOUBT, SEVERITY_NOTE, SEVERITIES };

/* What a rule looks at; bits, because one rule may be found in two ways. */
enum looks_at {
	OF_LINK = 1u << 0,        /* a driver that a target needs */
	OF_LIST = 1u << 1,        /* a filter list of a device class */
	OF_DEVICE_LIST = 1u << 2, /* a filter list of a single device */
	OF_STANDARD = 1u << 3,    /* a filter that Windows puts into a list */
	OF_CHAIN = 1u << 4,       /* all that a target needs, once */
	OF_BYSTANDER = 1u << 5,   /* a boot-start driver that no target needs */
	OF_WINDOWS = 1u << 6,     /* the installation, once */
	OF_PROGRAM = 1u << 7,     /* a program that runs before Windows */
	OF_FILTER = 1u << 8,      /* a name in a filter list of a class */
	OF_SERVICE = 1u << 9,     /* a service of the judged set */
	OF_BOOT_PATH = 1u << 10,  /* the way to the loader: found by bootpath_check() */
	OF_LEFTOVER = 1u << 11,   /* a driver of guest tools, for a target */
};

/* 1 with out filled, 0 when nothing is wrong, -1 with err E_MEMORY. */
typedef int rule_look(const struct judge *j, const struct question *at, struct finding *out,
		      struct err *err);

struct rule {
	const char *id;    /* "R2" */
	unsigned looks_at; /* enum looks_at; 0: it cannot be seen */
	enum boot_step step;
	enum severity severity; /* of the boot path: what its finding is for a machine that starts
				   the disk itself; the others say it themselves */
	bool by_place;      /* one subject may have several findings, told apart by key and value */
	bool absent;        /* what it finds is a driver that is not on the disk */
	rule_look *look;    /* NULL for the boot path and for what cannot be seen */
	const char *title;  /* at most 60 columns */
	const char *means;  /* what it is, one or two sentences, like the next three */
	const char *stops;  /* why it stops the boot */
	const char *seen;   /* how it is seen; when it cannot be: why not */
	const char *fix;    /* what the fix does, or why there is none */
	const char *source; /* what the rule rests on */
	const char *brief;  /* what it says beside its step: "no entry for this Windows"; or NULL */
};

/* Every row, in the order in which they are listed; what cannot be seen last. */
size_t rules_count(void);
const struct rule *rules_get(size_t i); /* NULL behind the last */
/* By id without case; NULL for an unknown one. */
const struct rule *rules_named(const char *id);

#endif
