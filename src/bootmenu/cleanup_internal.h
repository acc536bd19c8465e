/* SPDX-License-Identifier: MIT */
/*
 * What the files of the clean-up plan share: text made harmless for the language it is written into.
 */
#ifndef STOP7B_CLEANUP_INTERNAL_H
#define STOP7B_CLEANUP_INTERNAL_H

#include "stop7b/cleanup.h"
#include "stop7b/growing.h"

/* growing_finish() with CR LF for each LF. */
int cleanup_finish_crlf(struct growing *t, char **out, struct err *err);

/* A full path on a local drive without what Windows forbids in names? 0, or -1 with E_USAGE. */
int cleanup_check_path(const char *path, const char *option, struct err *err);
/* For cmd: every '%' doubled; a remark also has '?' for anything but printable ASCII. */
char *cleanup_doubled(const char *s, struct arena *arena);
char *cleanup_remark(const char *s, struct arena *arena);

/* A call of bcdedit for people: with /store and quotes where a path has blanks. */
void cleanup_put_command(struct growing *t, const struct cleanup_plan *plan,
			 const struct cleanup_command *command);
/* "C:\bcd-before-...": the backup as people are shown it. */
#define CLEANUP_DRIVE "C:\\"

/* ---- making the plan ---- */

struct planner {
	const struct cleanup_plan_request *request;
	const struct bcd_store *store;
	struct arena *arena;
	struct cleanup_plan *plan;
	bool *doomed; /* by object */
};

/* The match of an object; NULL when it matched nothing. */
const struct bcd_match *planner_match(const struct planner *p, const struct bcd_object *object);
bool planner_by_hand(const struct planner *p, const struct bcd_object *object);
bool planner_is_doomed(const struct planner *p, const struct bcd_object *object);
const struct bcd_object *planner_manager(const struct planner *p);
const char *planner_description(const struct bcd_object *object);
/* Fill in one block. 0, or -1 with E_MEMORY. */
int planner_block(const struct planner *p, const struct bcd_object *object,
		  struct cleanup_block *block, struct err *err);
/* Does a string of the object hold control characters? Then bcdedit's listing cannot be trusted. */
bool planner_has_control(const struct bcd_object *object);
/* What the text must find unchanged. */
int planner_facts(const struct planner *p, const struct bcd_object *object,
		  struct cleanup_block *block, struct err *err);
/* The call that undoes all of a plan that deletes. */
struct cleanup_command planner_undo(const struct planner *p);
/* What holds of every deletion. */
void planner_deletion_notes(const struct planner *p);
/* The device as bcdedit shows it, without how it is located. NULL: no memory. */
const char *planner_device(const struct planner *p, bool locate);
/* The plan that creates an entry. 0, or -1 with E_USAGE, E_MEMORY. */
int planner_add(const struct planner *p, struct err *err);
/* The plan whose entry is found on the host. 0, or -1 with E_USAGE, E_MEMORY. */
int planner_search(const struct planner *p, struct err *err);
/* A path that goes into commands as it is: nothing in it needs escaping to be shown. */
int planner_check_path(const struct planner *p, const char *path, const char *option,
		       struct err *err);
void planner_note(const struct planner *p, const char *note);

#endif
