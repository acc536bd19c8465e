/* SPDX-License-Identifier: MIT */
/*
 * What the files of the bcdedit plan share: the rows of the host's boot menu, what is planned, and
 * its words.
 */
#ifndef STOP7B_PLAN_INTERNAL_H
#define STOP7B_PLAN_INTERNAL_H

#include "stop7b/menu.h"
#include "stop7b/session_store.h"
#include "view.h"

/* An entry of the host's boot menu. */
struct plan_row {
	const struct bcd_object *object;
	const struct bcd_match *match; /* NULL: nothing ties it to this disk */
	bool chosen;
};

enum plan_format { PLAN_CMD, PLAN_MD, PLAN_JSON, PLAN_FORMATS };

struct plan_state {
	char vhd[APP_TEXT];   /* path on the host; "": not asked yet */
	char store[APP_TEXT]; /* the host's boot store; "": none */
	bool asked_store;
	bool add;                /* the other direction: an entry is made, no store is looked at */
	bool wants_add;          /* the direction asked for; it becomes add when all is answered */
	struct arena *arena;     /* the host's store and the rows */
	struct arena *scratch;   /* the plan, made again after every choice */
	struct arena *plain;     /* the plan without a store, or that makes an entry */
	const struct menu *menu; /* NULL: no store of the host, the plain plan is shown */
	struct plan_row *rows;   /* matches, then the other loaders */
	size_t n_rows;
	const struct cleanup_plan *plan; /* of the rows that are chosen */
	const char *text;                /* the plain plan in its format, as saved */
	enum plan_format format;
	char file[APP_TEXT];
	bool saved;                 /* file holds the plan that is shown */
	bool over[2][PLAN_FORMATS]; /* o may save over the file of that direction and format */
	struct boot_store *own;     /* the image's own; the session's */
	size_t n_own;
	struct err own_error;
};

struct plan_state *plan_state(const struct app *app);

/* ---- the plan, in plan_make.c ---- */

/*
 * Make what path, store, direction and format ask for, and is not made yet. -1 with err: no page. A
 * store that cannot be read is said; the plain plan is shown then.
 */
int plan_make(struct app *app, struct err *err);
void plan_read_own(struct app *app); /* the image's own stores */
/* They, as far as read; err, when not NULL, is why there may be none. */
const struct boot_store *plan_own(const struct app *app, size_t *n, const struct err **err);
const struct bcd_store *plan_host_store(const struct app *app); /* NULL: none was read */
const struct plan_row *plan_selected(const struct app *app);
/* What the plan does with an entry; NULL: it keeps it. */
const struct cleanup_block *plan_block_of(const struct app *app, const struct plan_row *row);
const char *plan_refusal_of(const struct cleanup_plan *plan, const char *guid); /* or NULL */
/* Choose an entry or leave it out, and make the plan again; says what came of it. */
void plan_toggle(struct app *app, struct plan_row *row);
void plan_save(struct app *app);
void plan_next_format(struct app *app);
void plan_forget(struct app *app);
void plan_changed(struct app *app); /* the session was rebuilt: find the stores again */

/* ---- words, in plan_words.c ---- */

#define PLAN_ID   64  /* bytes of an id that is shown */
#define PLAN_LINE 400 /* bytes of a line of words */
#define PLAN_WHY  20  /* lines of why at most */

struct plan_why {
	char lines[PLAN_WHY][PLAN_LINE];
	size_t n;
};

/* "{bootmgr}", or "{b2a1..9f0c}" */
const char *plan_id(const struct bcd_object *object, char buf[PLAN_ID]);
const char *plan_short_guid(const char *guid, char buf[PLAN_ID]);
const char *plan_description(const struct bcd_object *object);
/* What it starts: "[locate]\vhd\win7.vhd", "partition 2 of this disk" */
const char *plan_boots(const struct app *app, const struct bcd_object *object, char *buf,
		       size_t cap);
void plan_why_of(const struct app *app, const struct plan_row *row, struct plan_why *out);
/* Commands of the whole plan, and the one that a line of the preview shows. */
size_t plan_command_count(const struct cleanup_plan *plan);
void plan_command_words(const struct cleanup_plan *plan, size_t i, char *buf, size_t cap);
size_t plan_command_of(const struct cleanup_plan *plan, const struct cleanup_block *block);
void plan_undo_words(const struct cleanup_plan *plan, char *buf, size_t cap);

/* ---- keys that both pages have, in view_plan.c ---- */

bool is_plan_saved(const struct app *app);
/* A plan that removes becomes one that adds, and back. */
void plan_turn(struct app *app);
bool is_plan_adding(const struct app *app);
/* Ask for the disk's path and the host's store again. */
void plan_ask_again(struct app *app);

#endif
