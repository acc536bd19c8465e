/* SPDX-License-Identifier: MIT */
/*
 * The program behind the screen: a stack of pages and one function that takes a key. No terminal is
 * known here; whoever drives it (curses, a test, --keys) copies the grid of app_draw() and feeds
 * app_key(). What a page remembers is the page's own; here it is a slot without a type.
 */
#ifndef STOP7B_APP_H
#define STOP7B_APP_H

#include "command.h"
#include "pages.h"
#include "prompt.h"
#include "sheet.h"
#include "stop7b/session.h"

#define APP_DEPTH 16  /* pages on the stack; deeper ones replace the top */
#define APP_TEXT  512 /* bytes of a message or of a name that is kept */
#define APP_MIN_W 40
#define APP_MIN_H 10
#define APP_PATH  4096 /* bytes of a directory's or key's path */

/* What a terminal does for the app; every member may be NULL. */
struct app_host {
	void *ctx;
	void (*paint)(void *ctx);         /* show the app as it is now */
	void (*busy)(void *ctx, bool on); /* bytes are being written: hold signals back */
	void (*drop_typed)(void *ctx);    /* forget keys that were typed before now */
	bool (*pump)(void *ctx);          /* while opening: take keys; false: stop */
	uint64_t (*now_ms)(void *ctx);    /* monotonic clock */
};

struct frame {
	enum page page;
	size_t top, sel; /* first visible and selected row */
};

enum app_request { REQUEST_NONE, REQUEST_QUIT, REQUEST_REDRAW, REQUEST_SUSPEND };

struct app {
	const char *path;
	const struct session_options *options;
	struct session *session; /* NULL while opening, and when that failed */
	struct err error;        /* why there is no session, or no Windows */
	struct app_host host;
	uint64_t fixed_time; /* FILETIME shown as now; 0: the clock */
	bool no_delay;       /* --keys: the 250 ms of the review page do not count */

	struct frame frames[APP_DEPTH];
	size_t depth;
	struct sheet sheet; /* of the page on top, when it is a page of text */
	int w, h;

	void *states[PAGES]; /* what each page remembers, view.size bytes; NULL for nothing */
	struct prompt prompt;

	char message[APP_TEXT];
	bool quit_asked;
	enum app_request request;
	bool wrote; /* an apply, undo or recovery went well in this run */
};

/* ---- life ---- */

/*
 * Remember the call and show the opening page. options and path must outlive app. False without
 * memory; app_end() may be called all the same.
 */
bool app_init(struct app *app, const char *path, const struct session_options *options, int w,
	      int h);
/* Open the image and go to the first page that fits what was found. Takes no session over. */
void app_open(struct app *app);
/* The same from a session that exists already; the app closes it. For app_open and tests. */
void app_start(struct app *app, struct session *session);
void app_end(struct app *app); /* frees everything, the session too */

void app_key(struct app *app, int key);
void app_resize(struct app *app, int w, int h);
/* Draw the page on top; pure: the same app and size give the same grid. NULL without memory. */
struct grid *app_draw(const struct app *app);

/* What a process ending now should say about the image: one sentence, translated. */
void app_last_words(const struct app *app, char *buf, size_t cap);
/* 0, or the exit status of what kept the image from being opened. */
int app_exit_status(const struct app *app);

/* ---- the stack ---- */

struct frame *app_top(struct app *app);
const struct frame *app_frame(const struct app *app);
/* The uppermost frame of a page, also when others lie on it; NULL: it is not open. */
struct frame *app_frame_of(struct app *app, enum page page);
void app_push(struct app *app, enum page page);
void app_pop(struct app *app);
/* Leave pages until this one is on top; nothing when it is not on the stack. */
void app_pop_to(struct app *app, enum page page);
bool app_on_stack(const struct app *app, enum page page);
/* What a page remembers, for its own files only. */
void *app_state(const struct app *app, enum page page);
void app_scroll(struct app *app, size_t to); /* line of the sheet that is shown first */
void app_paint(struct app *app);
/* The session was rebuilt: refresh what points into it. */
void app_changed(struct app *app);

/* ---- what every page asks for ---- */

void app_say(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_say_err(struct app *app, const struct err *err);
/* Save text (freed here; NULL stands for no memory) under a new name, and say how it went. */
void app_save_text(struct app *app, const char *path, char *text, size_t len);
uint64_t app_now(const struct app *app);           /* FILETIME */
uint64_t app_now_ms(const struct app *app);        /* 0 without a clock */
const char *app_image_name(const struct app *app); /* last part of the path */
size_t app_staged(const struct app *app);
bool app_writes_off(const struct app *app); /* a guard, or an interrupted apply */

#endif
