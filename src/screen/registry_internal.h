/* SPDX-License-Identifier: MIT */
/*
 * Inside the registry pages only: the rows of a key, and ways to another key.
 */
#ifndef STOP7B_REGISTRY_INTERNAL_H
#define STOP7B_REGISTRY_INTERNAL_H

#include "view.h"

/* What staging does to a row; BELOW: to something below that key. */
enum registry_mark { MARK_NONE, MARK_BELOW, MARK_NEW, MARK_CHANGED, MARK_DELETED };

struct registry_row {
	const char *name; /* as stored, escaped; "" is the default value */
	struct key key;
	struct value value;
	bool is_key;
	enum registry_mark mark;
};

/* One key on the way from the root. Its cell tells keys apart whose names cannot. */
struct registry_step {
	uint32_t at;   /* cell offset */
	uint16_t from; /* byte of registry_state.path where its name begins */
};

/* A key or value on its way from the first question to what is staged. */
struct registry_new {
	bool is_key;
	char name[PROMPT_LINE_MAX];
	char label[APP_TEXT];
};

/*
 * The key shown. Its handles point into the hive as it would be after an apply, which every change
 * of what is staged makes anew: then the key is found again step by step and its rows are read.
 */
struct registry_state {
	struct arena *arena;      /* the rows */
	char hive[APP_PATH + 16]; /* "2:\Windows\System32\config\SYSTEM" */
	unsigned partition;
	struct hive_file *file; /* of the session; NULL while no hive is open */
	char path[APP_PATH];    /* key path from the root, "" the root */
	struct registry_step trail[HIVE_DEPTH_MAX];
	size_t depth;
	struct key key;
	struct registry_row *rows;
	size_t n;
	size_t *shown;
	size_t n_shown; /* without ".." */
	char filter[FILTER_TEXT];
	char wanted[APP_TEXT]; /* what was searched for */
	uint64_t written;      /* FILETIME of the key on the disk; 0: it is not there yet */
	unsigned boots;        /* control set that boots next; 0: not a SYSTEM hive */
	struct err error;      /* the lists of this key are damaged */
	struct registry_new made;
};

struct registry_state *registry_state(const struct app *app);

/* ---- rows, in registry_rows.c ---- */

/* Find the key of the trail again in the hive as it would be, and read its rows. When it is gone
 * the nearest key above it is shown. False with a message when nothing can be shown. */
bool registry_show(struct app *app);
void registry_refresh(struct app *app); /* filter the rows again */
/* The row of the page; NULL for "..". */
const struct registry_row *registry_row_at(const struct app *app, size_t row);
/* The selected row of the registry page, also for a page that lies on it. */
const struct registry_row *registry_selected(const struct app *app);
/* Its name for a person: "(Default)" for the value without one. */
const char *registry_title(const struct registry_row *row);
/* Put the cursor on a row: by its cell, or by its name. */
void registry_select_cell(struct app *app, bool is_key, uint32_t at);
void registry_select_name(struct app *app, bool is_key, const char *name);

/* ---- ways, in registry_way.c ---- */

/* Make the trail one key longer; false with a message when the path gets too long. */
bool registry_descend(struct app *app, struct key key, const char *name);
/* Make it one key shorter, which must be possible. */
void registry_ascend(struct registry_state *r);
/* The key that the trail leads to in h; its cells may have changed, names count then. cells, when
 * not NULL, gets those met on the way. False when there is no such key. */
bool registry_follow(const struct registry_state *r, const struct hive *h,
		     struct registry_step *cells, struct key *out);
/* True when the path as text leads to the very key that is shown, so that edits reach it. */
bool registry_reachable(const struct registry_state *r);
/* Edits and search take the row's name as text: does it lead back to the row? */
bool registry_nameable(const struct registry_state *r, const struct registry_row *row);
/* "KEY\NAME" into out; false when it does not fit. */
bool registry_join(const char *path, const char *name, char out[APP_PATH]);

/* ---- staging, in registry_edit.c ---- */

/* Stage one edit of the hive shown and say so; edit.hive is filled in. False with a message. */
bool registry_stage(struct app *app, struct edit edit, const char *words);
/* The part of an edit's key path below path: "" for the key itself, NULL when it is elsewhere. */
const char *registry_below(const char *key, const char *path);
bool registry_edits_hive(const struct app *app, const struct edit *e);

/* "REG_DWORD"; buf is used for types without a name. */
const char *registry_type(uint32_t type, char buf[24]);
/* The same of a row, with the meaning of Start values. */
void registry_data(const struct app *app, const struct registry_row *row, char *buf, size_t cap);

/* ---- the page, in view_registry.c and registry_draw.c ---- */

size_t registry_count(const struct app *app); /* rows of the page, ".." too */
int registry_room(const struct app *app);
void registry_draw(const struct app *app, struct grid *g);

/* ---- what can be done on the page, in registry_edit.c and registry_find.c ---- */

void cmd_new(struct app *app), cmd_delete(struct app *app), cmd_search(struct app *app),
	cmd_search_next(struct app *app), cmd_search_previous(struct app *app);
bool can_new(const struct app *app), can_delete(const struct app *app),
	can_search_next(const struct app *app);

/* ---- for the pages that lie on it ---- */

const char *registry_path(const struct app *app); /* of the key, from the root */
void registry_crumbs(const struct app *app, char *buf, size_t cap, bool brief);
void cmd_edit_value(struct app *app), cmd_unstage_row(struct app *app);
bool can_edit_value(const struct app *app), can_unstage_row(const struct app *app);

/* ---- the editor, in view_edit.c ---- */

/* Edit data in the way that fits the type; v NULL: a new value. */
void edit_start(struct app *app, const char *name, uint32_t type, const struct value *v);

#endif
