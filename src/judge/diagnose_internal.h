/* SPDX-License-Identifier: MIT */
/*
 * Inside the diagnosis only: the docket that its files fill, and the verdict in the making.
 */
#ifndef STOP7B_DIAGNOSE_INTERNAL_H
#define STOP7B_DIAGNOSE_INTERNAL_H

#include "judge_internal.h"

#define ID_LAST "last"

/* The way to the loader for one kind of target, looked at once. */
struct disk_way {
	bool known;
	struct bootpath_judgement judged;
};
#define DISK_WAYS 12u /* firmware x native x azure */

/* Findings of all targets so far, and the lists that grow with them. */
struct docket {
	struct judge j;
	struct diagnosis *out;
	size_t cap_findings, cap_critical;
	const struct rule **rules;
	size_t n_rules;
	const struct diagnose_request *request;
	struct disk_way ways[DISK_WAYS];
};

/* One target's verdict in the making. */
struct tally {
	struct target_verdict *v;
	size_t cap_findings, cap_services;
	bool last;                        /* the machine that it last ran on */
	bool shut;                        /* it gets nowhere near its drivers */
	enum boot_step steps[SEVERITIES]; /* the first of each; BOOT_STEPS: none */
};

/* ---- diagnose_docket.c; ints are 0, or -1 with E_MEMORY ---- */

/* A name joins a list, once. */
int docket_add_name(struct arena *arena, const char ***names, size_t *n, size_t *cap,
		    const char *name, struct err *err);
/* A finding joins the shared list and, notes excepted, the target's own. */
int docket_enter(struct docket *d, struct tally *t, const struct finding *f, struct err *err);
/* Every rule of that kind about one thing; what they find is entered. */
int docket_ask(struct docket *d, struct tally *t, enum looks_at what, const struct question *at,
	       struct err *err);
/* Worst first, otherwise as found; the targets' indices follow. */
int docket_sort(struct docket *d, struct err *err);
/* What stops a boot is critical, whether a chain named it or not. */
int docket_count_blocked(struct docket *d, struct err *err);

void tally_begin(struct tally *t, struct target_verdict *v);
/* What cannot be told, and where; the first word stays. */
void tally_lose(struct target_verdict *v, struct said why, enum boot_step step);
/* The verdict: the worst word, and the first step that gives it. */
void tally_conclude(const struct tally *t);

/* ---- diagnose_way.c; 0, or -1 with E_MEMORY ---- */

int way_try_chain(struct docket *d, struct tally *t, const struct chain *chain, struct err *err);
int way_try_target(struct docket *d, struct tally *t, const struct target *target, struct err *err);
/* What a target needs, without asking whether it is in order. */
int way_name_services(struct docket *d, struct tally *t, const struct target *target,
		      struct err *err);

/* ---- diagnose_disk.c; ints are 0, or -1 with E_MEMORY ---- */

/* t's kind of target: which firmware, started by a host or by itself. */
int disk_way_try(struct docket *d, struct tally *t, enum firmware firmware, bool native, bool azure,
		 struct err *err);
/* What the disk is made for; ANY when it is for both, or cannot be told. */
int disk_way_made_for(struct docket *d, enum firmware *out, struct err *err);
/* A machine that a person names can be set to the firmware that the disk is made for: a note. */
int disk_way_note_firmware(struct docket *d, struct tally *t, const struct target *target,
			   struct err *err);
/* The disk is made for the other firmware: nothing that a repair could do gets it further. */
bool disk_way_is_other_firmware(const struct target *target, const struct target_verdict *v);

/* ---- diagnose_target.c ---- */

/* Try what was asked for: a target's id, "portable" or "last". -1 with E_USAGE, E_MEMORY. */
int target_try(struct docket *d, struct tally *t, const char *id, struct err *err);

/* ---- diagnose_machines.c ---- */

/* Fill in v's machines, the one that was asked for first. 0, or -1 with E_MEMORY. */
int machines_add(struct docket *d, struct target_verdict *v, struct err *err);

#endif
