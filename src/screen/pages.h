/* SPDX-License-Identifier: MIT */
/*
 * The pages, and all that one page knows of another.
 *
 * A new page is a row of PAGE_TABLE and a file view_NAME.c that fills `const struct view view_NAME`
 * (view.h): its state, keys, bar labels, help and drawing. A page's state is known to its own files
 * alone; what another page may ask of it, or ask it to do, is a function below.
 */
#ifndef STOP7B_PAGES_H
#define STOP7B_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct diagnosis;
struct finding;
struct review;

/* PAGE_##id, and view_##name with the page's operations. */
#define PAGE_TABLE(X)                                                                              \
	X(OPENING, opening)                                                                        \
	X(ERROR, error)                                                                            \
	X(RECOVERY, recovery)                                                                      \
	X(PICK, pick)                                                                              \
	X(LIST, list)                                                                              \
	X(DETAIL, detail)                                                                          \
	X(REVIEW, review)                                                                          \
	X(RESULT, result)                                                                          \
	X(TARGETS, targets)                                                                        \
	X(PACKAGES, packages)                                                                      \
	X(BOOT, boot)                                                                              \
	X(AID, aid)                                                                                \
	X(DISK, disk)                                                                              \
	X(FILES, files)                                                                            \
	X(REGISTRY, registry)                                                                      \
	X(VALUE, value)                                                                            \
	X(EDIT, edit)                                                                              \
	X(PLAN, plan)                                                                              \
	X(MENU, menu)                                                                              \
	X(STORE, store)                                                                            \
	X(FACTS, facts)                                                                            \
	X(EXPLAIN, explain)                                                                        \
	X(HELP, help)

enum page {
#define PAGE_ID(id, name) PAGE_##id,
	PAGE_TABLE(PAGE_ID)
#undef PAGE_ID
		PAGES
};

/* ---- opening ---- */

void opening_begin(struct app *app);
bool opening_progress(void *ctx, const char *what, uint64_t done, uint64_t of); /* ctx: the app */
bool opening_stopped(const struct app *app);
uint64_t opening_began_ms(const struct app *app);
/* Go from an opened session to its first page. */
void app_first_page(struct app *app);

/* ---- which Windows ---- */

struct windows;
/* Version, architecture, folder and hive in one line, or why it cannot be read. */
void windows_line(const struct windows *w, char *buf, size_t cap);
/* Go to the driver list of the session's i-th Windows. */
void pick_windows(struct app *app, size_t i);

/* First aid for the session's i-th Windows, which cannot be read. */
void aid_unread(struct app *app, size_t i);

/* ---- a driver ---- */

/* A driver's page, whatever list is below. */
void detail_show(struct app *app, const char *service);

/* ---- review and result ---- */

enum review_mode { REVIEW_APPLY, REVIEW_UNDO, REVIEW_RECOVER_UNDO, REVIEW_RECOVER_FINISH };

/* Open the review page for what is staged, or for putting bytes back. */
void review_start(struct app *app, enum review_mode mode);
enum review_mode review_mode_of(const struct app *app);
struct review *review_bytes(struct app *app); /* of REVIEW_APPLY; empty otherwise */
void review_forget(struct app *app);
/* Do what was reviewed; only y on the review page calls it. */
void result_run(struct app *app);
bool result_running(const struct app *app);
bool result_failed(const struct app *app);
/* Where the bytes to undo the last write are; "" when there was none. */
const char *result_undo_file(const struct app *app);

/* ---- the driver list ---- */

struct verdict_words;
/* The verdict that it shows; NULL while no Windows is chosen. */
const struct verdict_words *list_verdict(const struct app *app);

/* ---- targets and boot rehearsal ---- */

/* Judge every target on the disk as it is. */
const struct diagnosis *targets_judge(struct app *app);
const struct diagnosis *targets_judged(const struct app *app); /* the last time */
const char *targets_selected(const struct app *app);           /* id under the cursor, or NULL */
const struct diagnosis *boot_judged(const struct app *app);    /* the machine that is rehearsed */
void boot_forget(struct app *app);

/* ---- files and registry ---- */

void files_enter(struct app *app, unsigned partition);
void files_forget(struct app *app);
/* Open a file of the files page as a hive; false with a message when it is none. */
bool registry_enter(struct app *app, unsigned partition, const char *path);
void registry_forget(struct app *app);
bool edit_changed(const struct app *app); /* lines of a value are not staged yet */

/* ---- boot stores ---- */

/* Does a marked target need an entry in its host's boot menu? Then p begins with that plan. */
bool plan_adds(const struct app *app);

/* The page of a whole store: the host's at an object, or the image's own. */
void store_show(struct app *app, bool of_host, const char *object);
void store_forget(struct app *app);
bool can_own_store(const struct app *app);

#endif
