/* SPDX-License-Identifier: MIT */
/*
 * Inside the driver list, and for the page of one driver: the rows, their words, and what can be
 * done to one.
 */
#ifndef STOP7B_LIST_INTERNAL_H
#define STOP7B_LIST_INTERNAL_H

#include "stop7b/verdict.h"
#include "view.h"

enum list_kind { LIST_PROBLEMS, LIST_CRITICAL, LIST_ALL, LIST_KINDS };
enum list_sort { SORT_WORST, SORT_NAME, SORT_START, SORT_GROUP, SORT_CHANGED, SORTS };

struct list_row {
	const char *name;              /* of the driver; of the rule where a sentence is shown */
	const struct service *service; /* NULL: the hive has no such service */
	const struct finding *finding; /* NULL: nothing to say */
	size_t order;                  /* position before sorting, keeps sorting stable */
};

struct list_state {
	enum list_kind kind;
	enum list_sort sort;
	char filter[FILTER_TEXT];
	char selected[APP_TEXT]; /* name under the cursor, kept over a rebuild */
	struct list_row *rows;
	size_t n, cap;
	size_t counts[LIST_KINDS];
	struct staged_counts staged;
	struct verdict_words verdict; /* of the disk as it is, or with what is staged */
};

struct list_state *list_state(const struct app *app);

/* ---- the rows, in list_rows.c ---- */

void list_refresh(struct app *app); /* rebuild the rows, keep the selection by name */
void list_open(struct app *app);    /* choose the first list and refresh */
void list_changed(struct app *app); /* the session was rebuilt: refresh, and count what is staged */
size_t list_count(const struct app *app);
/* The row under the cursor of the list, or of the page of one driver. */
const struct list_row *list_selected(const struct app *app);
/* Refresh with that driver selected; when the list has it not, all are listed. */
void list_select_name(struct app *app, const char *name);
/* Remember what is selected: names in rows die when the session is rebuilt. */
void list_keep_selected(struct app *app);
/* What is wrong with the selected driver. */
const struct finding *list_finding(const struct app *app);
const struct control_set *judged_set(const struct app *app);

/* ---- words of a row, in list_words.c ---- */

char row_glyph(const struct list_row *row);
const char *row_role(const struct list_row *row);
bool row_fixable(const struct list_row *row);
/* Under which name its repair is staged. */
const char *row_subject(const struct list_row *row);
const struct change *row_staged(const struct app *app, const struct list_row *row);
/* "4 Disabled", "0 Boot, override", "absent" */
const char *row_start(const struct list_row *row, char buf[64]);
/* What the Fix column shows for it now; "" for nothing. */
const char *row_fix(const struct app *app, const struct list_row *row, char buf[64]);
/* Two lines of prose about the driver: why, and its file. */
void row_why(const struct app *app, const struct list_row *row, char *why, char *file, size_t cap);

/* ---- what can be done to the selected row, in list_stage.c ---- */

void cmd_toggle(struct app *app), cmd_set_start(struct app *app);
bool can_toggle(const struct app *app), can_set_start(const struct app *app),
	is_row_staged(const struct app *app);

#endif
