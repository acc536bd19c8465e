/* SPDX-License-Identifier: MIT */
/*
 * What a page is made of, and what pages share.
 *
 * Each view_*.c fills one struct view. Drawing is pure; everything a page reads from the session
 * is read by open() or by a command, so that a redraw never touches the image.
 */
#ifndef STOP7B_VIEW_H
#define STOP7B_VIEW_H

#include "app.h"
#include "stop7b/verdict.h"
#include "stop7b/words.h"

struct view {
	const char *name; /* for the help page: "driver list" */
	/* Where we are, behind the image's name; brief in narrow windows. */
	void (*crumbs)(const struct app *app, char *buf, size_t cap, bool brief);
	/* At the right of the title instead of what is staged; may be NULL. */
	void (*mode)(const struct app *app, char *buf, size_t cap);
	void (*open)(struct app *app);  /* the page was pushed; may be NULL */
	void (*build)(struct app *app); /* page of text: lay out app->sheet; NULL for lists */
	void (*draw)(const struct app *app, struct grid *g); /* between title and message line */
	size_t (*rows)(const struct app *app);               /* rows the cursor moves over */
	int (*room)(const struct app *app); /* how many of them are visible at once */
	void (*select)(struct app *app);    /* enter; may be NULL */
	bool (*back)(struct app *app);      /* esc inside the page; false or NULL: leave it */
	void (*moved)(struct app *app);     /* the selection changed; may be NULL */
	bool pages_sheet; /* pgup, pgdn, home, end scroll the sheet; up and down select */
};

const struct view *view_of(enum page page);

extern const struct view view_opening, view_error, view_recovery, view_pick, view_list, view_detail,
	view_review, view_result, view_targets, view_boot, view_explain, view_disk, view_files,
	view_registry, view_value, view_edit, view_plan, view_menu, view_store, view_facts,
	view_help;

/* ---- the stack, in app.c ---- */
struct frame *app_top(struct app *app);
/* Save text (freed here; NULL stands for no memory) under a new name, and say how it went. */
void app_save_text(struct app *app, const char *path, char *text, size_t len);
const struct frame *app_frame(const struct app *app);
void app_push(struct app *app, enum page page);
void app_pop(struct app *app);
/* Leave pages until this one is on top; nothing when it is not on the stack. */
void app_pop_to(struct app *app, enum page page);
bool app_on_stack(const struct app *app, enum page page);
void app_scroll(struct app *app, size_t to); /* line of the sheet that is shown first */
void app_say(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_say_err(struct app *app, const struct err *err);
uint64_t app_now(const struct app *app);    /* FILETIME */
uint64_t app_now_ms(const struct app *app); /* 0 without a clock */
void app_paint(struct app *app);
/* The session was rebuilt: refresh what points into it. */
void app_changed(struct app *app);
const char *app_image_name(const struct app *app); /* last part of the path */
size_t app_staged(const struct app *app);
bool app_writes_off(const struct app *app); /* a guard, or an interrupted apply */

/* ---- shared drawing, in view_common.c ---- */
void draw_title(const struct app *app, struct grid *g);
void draw_bottom(const struct app *app, struct grid *g); /* message or prompt, and key bar */
int body_top(const struct app *app);                     /* first row below the title */
int body_end(const struct app *app);                     /* first row of message line or prompt */
/* The glyph of column 2, its words and what follows; returns the row below. */
int draw_verdict(struct grid *g, int y, char glyph, const char *words, const char *rest);
enum role glyph_role(char glyph);
/* Give the row of the selection its look and the cursor its place. */
void draw_selected(struct grid *g, int y);
/* First visible row so that sel is visible among room rows. */
size_t scroll_top(size_t top, size_t sel, size_t n, int room);

#define SHEET_MAX 16000          /* lines; a review that is longer cannot be confirmed */
int sheet_line(struct sheet *s); /* y of a new blank line; -1 when full or without memory */
int sheet_put(struct sheet *s, int x, enum role role, const char *text);
int sheet_putf(struct sheet *s, int x, enum role role, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Words wrapped between column x and the right margin, over as many lines as needed. */
void sheet_wrap(struct sheet *s, int x, enum role role, const char *text);
/* Rows of wrapped text drawn into g from y on, at most max; returns the rows used. */
int draw_wrapped(struct grid *g, int x, int y, int max, enum role role, const char *text);
void sheet_reset(struct sheet *s, int w);
void sheet_draw(const struct app *app, struct grid *g); /* view.draw of a page of text */
size_t sheet_rows(const struct app *app);               /* view.rows */
int sheet_room(const struct app *app);                  /* view.room */

bool matches(const char *text, const char *filter); /* contains, without case; NULL text: no */

/* ---- the driver list's model, in list_rows.c ---- */
void list_refresh(struct app *app);      /* rebuild the rows, keep the selection by name */
void list_count_staged(struct app *app); /* values and bytes of the staged changes */
void list_open(struct app *app);         /* choose the first list and refresh */
const struct list_row *list_selected(const struct app *app);
const struct control_set *judged_set(const struct app *app);
const char *row_role(const struct list_row *row); /* what the driver is, "" when unknown */
char row_glyph(const struct list_row *row);
bool row_fixable(const struct list_row *row);
const struct change *row_staged(const struct app *app, const struct list_row *row);
/* "4 Disabled", "0 Boot, override", "absent" */
const char *row_start(const struct list_row *row, char buf[64]);
/* What the Fix column shows for it now; "" for nothing. */
const char *row_fix(const struct app *app, const struct list_row *row, char buf[64]);
/* "Kernel driver"; "" for a type without words. In view_detail.c. */
const char *service_type_words(uint32_t type);
/* Two lines of prose about the driver: why, and its file. */
void row_why(const struct app *app, const struct list_row *row, char *why, char *file, size_t cap);

/* ---- prompts, in view_prompt.c ---- */
void prompt_text(struct app *app, const char *label, const char *text,
		 void (*done)(struct app *app, const char *text));
void prompt_filter(struct app *app, char *filter, void (*changed)(struct app *app));
void prompt_start(struct app *app);
/* The same with a cursor, and words beside it that follow what is typed. label is borrowed. */
void prompt_line(struct app *app, const char *label, const char *text,
		 void (*note)(const struct app *app, const char *text, char *buf, size_t cap),
		 bool (*accept)(struct app *app, const char *text));
void prompt_choice(struct app *app, const char *label, const struct prompt_choice *choices,
		   void (*chosen)(struct app *app, uint32_t value));
void line_prompt_key(struct app *app, int key), choice_prompt_key(struct app *app, int key);
void draw_line_prompt(const struct app *app, struct grid *g),
	draw_choice_prompt(const struct app *app, struct grid *g);
void key_utf8(int key, char utf8[5]); /* a typed character */
/* Keys of a prompt and what they do, in the last row. */
void draw_keys(struct grid *g, const char *const (*keys)[2], size_t n);
void prompt_key(struct app *app, int key);
int prompt_rows(const struct app *app);
void draw_prompt(const struct app *app, struct grid *g);

/* ---- commands and what decides whether they can be done, in the files of their pages ---- */
void cmd_up(struct app *app), cmd_down(struct app *app), cmd_page_up(struct app *app),
	cmd_page_down(struct app *app), cmd_first(struct app *app), cmd_last(struct app *app),
	cmd_enter(struct app *app), cmd_back(struct app *app), cmd_help(struct app *app),
	cmd_quit(struct app *app), cmd_redraw(struct app *app), cmd_suspend(struct app *app),
	cmd_disk(struct app *app), cmd_facts(struct app *app), cmd_save_page(struct app *app),
	cmd_stop(struct app *app);
void cmd_next_list(struct app *app), cmd_filter(struct app *app), cmd_sort(struct app *app),
	cmd_fix_all(struct app *app), cmd_toggle(struct app *app), cmd_set_start(struct app *app),
	cmd_undo(struct app *app), cmd_redo(struct app *app), cmd_review(struct app *app);
void cmd_write(struct app *app), cmd_drop(struct app *app), cmd_save_diff(struct app *app);
void cmd_targets(struct app *app), cmd_mark(struct app *app);
void cmd_boot(struct app *app), cmd_boot_fix(struct app *app), cmd_boot_order(struct app *app);
void cmd_explain(struct app *app);
void cmd_windows(struct app *app), cmd_copy_out(struct app *app);
void cmd_plan(struct app *app), cmd_save_plan(struct app *app), cmd_plan_toggle(struct app *app),
	cmd_plan_format(struct app *app);
void cmd_edit_value(struct app *app), cmd_new(struct app *app), cmd_delete(struct app *app),
	cmd_unstage_row(struct app *app), cmd_search(struct app *app),
	cmd_search_next(struct app *app);
void cmd_line_new(struct app *app), cmd_line_delete(struct app *app);

bool can_fix_all(const struct app *app), can_toggle(const struct app *app),
	can_set_start(const struct app *app), can_undo(const struct app *app),
	can_review(const struct app *app), can_write(const struct app *app),
	can_drop(const struct app *app), can_targets(const struct app *app),
	can_windows(const struct app *app), can_copy_out(const struct app *app),
	can_disk(const struct app *app), can_enter(const struct app *app),
	can_undo_write(const struct app *app), has_image(const struct app *app);
bool can_edit_value(const struct app *app), can_new(const struct app *app),
	can_delete(const struct app *app), can_unstage_row(const struct app *app),
	can_search_next(const struct app *app), can_line_delete(const struct app *app),
	edit_changed(const struct app *app);
bool can_boot(const struct app *app), can_boot_enter(const struct app *app),
	is_boot_order(const struct app *app), can_explain(const struct app *app);
bool can_own_store(const struct app *app), is_plan_saved(const struct app *app),
	is_store_step(const struct app *app), has_plan_rows(const struct app *app);
bool is_staged(const struct app *app), is_row_staged(const struct app *app);

/* Open the review page for what is staged, or for putting bytes back. */
void review_start(struct app *app, enum review_mode mode);
void review_forget(struct app *app);
void result_run(struct app *app); /* do what was reviewed; only cmd_write calls it */
/* Open a file of the files page as a hive; false with a message when it is none. */
bool registry_enter(struct app *app, unsigned partition, const char *path);
void files_enter(struct app *app, unsigned partition);
void files_forget(struct app *app);
void files_refresh(struct app *app); /* filter the entries again */
void registry_refresh(struct app *app);
void files_narrow(struct app *app); /* the same after the filter changed: first match selected */
void registry_narrow(struct app *app);
void registry_forget(struct app *app);
/* What is staged changed: every handle of the page is stale, find them again. */
void registry_changed(struct app *app);
void edit_forget(struct app *app);
void detail_show(struct app *app, const char *service); /* its page, whatever list is below */
const char *targets_selected(const struct app *app);    /* id under the cursor, or NULL */
const struct diagnosis *targets_judge(struct app *app); /* every target, on the disk as it is */
void boot_changed(struct app *app);                     /* what is staged changed: rehearse again */
void boot_forget(struct app *app);
const char *boot_selected(const struct app *app); /* service under the cursor, or NULL */
void plan_changed(struct app *app); /* the session was rebuilt: find the image's stores again */
void plan_forget(struct app *app);
/* The page of a whole store: the host's at an object, or the image's own. */
void store_show(struct app *app, bool of_host, const char *object);
/* Go from an opened session to its first page. */
void app_first_page(struct app *app);
bool opening_progress(void *ctx, const char *what, uint64_t done, uint64_t of);

#endif
