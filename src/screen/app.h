/* SPDX-License-Identifier: MIT */
/*
 * The program behind the screen: a stack of pages, what each of them remembers, and one function
 * that takes a key. No terminal is known here; whoever drives it (curses, a test, --keys) copies
 * the grid of app_draw() and feeds app_key().
 */
#ifndef STOP7B_APP_H
#define STOP7B_APP_H

#include "command.h"
#include "screen.h"
#include "stop7b/session.h"

#define APP_DEPTH   16  /* pages on the stack; deeper ones replace the top */
#define APP_FILTER  64  /* bytes of a filter */
#define APP_TEXT    512 /* bytes of a message, a prompt's text or a name that is kept */
#define APP_STEPS   16  /* lines of progress */
#define APP_MIN_W   40
#define APP_MIN_H   10
#define APP_PATH    4096  /* bytes of a directory's or key's path */
#define APP_LINE    16384 /* bytes of a line that is edited */
#define APP_LOOK_MS 250   /* y is not taken for this long after the review page opened */

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

/* A page of text, laid out once and scrolled: a grid that grows downward. */
struct sheet {
	struct grid *grid;
	int n; /* lines in use */
};

enum list_kind { LIST_PROBLEMS, LIST_CRITICAL, LIST_ALL, LIST_KINDS };
enum list_sort { SORT_WORST, SORT_NAME, SORT_START, SORT_GROUP, SORT_CHANGED, SORTS };

struct list_row {
	const char *name;
	const struct service *service; /* NULL: the hive has no such service */
	const struct finding *finding; /* NULL: nothing to say */
	size_t order;                  /* position before sorting, keeps sorting stable */
};

struct list_state {
	enum list_kind kind;
	enum list_sort sort;
	char filter[APP_FILTER];
	char selected[APP_TEXT]; /* name under the cursor, kept over a rebuild */
	struct list_row *rows;
	size_t n, cap;
	size_t counts[LIST_KINDS];
	size_t value_count, byte_count; /* of the staged changes; byte_count 0: not known */
};

enum review_mode { REVIEW_APPLY, REVIEW_UNDO, REVIEW_RECOVER_UNDO, REVIEW_RECOVER_FINISH };

struct review_head {
	size_t line;         /* of the sheet, where "@@" stands */
	const char *subject; /* borrowed from review or record */
};

struct review_state {
	enum review_mode mode;
	struct review bytes; /* REVIEW_APPLY only */
	bool built;
	struct err error; /* why it could not be built */
	size_t end;       /* line that ends the changes; below it the byte ranges follow */
	size_t seen;      /* lines that were on screen, from the first on */
	uint64_t opened_ms;
	struct review_head *heads; /* where each key begins */
	size_t n_heads, cap_heads;
};

struct step_line {
	char text[96], right[48];
};

struct result_state {
	enum review_mode mode;
	struct step_line steps[APP_STEPS];
	size_t n_steps;
	bool running, failed;
	struct err error;
	struct result result;
	char undo_file[APP_TEXT], verified_by[96];
	char record_time[TIME_TEXT]; /* of the apply that was put back */
	size_t n_changes;
};

struct opening_line {
	char what[96];
	uint64_t done, of;
	uint64_t ms; /* when it began, then how long it took */
};

struct opening_state {
	struct opening_line lines[APP_STEPS];
	size_t n;
	uint64_t began_ms;
	bool stopped;
};

struct files_state {
	struct arena *arena;
	unsigned partition;
	char path[APP_PATH]; /* "\Windows\System32"; "" is the root */
	struct ntfs_entry *entries;
	size_t n;
	size_t *shown;  /* indices of entries, after sorting and filtering */
	size_t n_shown; /* row 0 of the page is "..", not counted here */
	char filter[APP_FILTER];
};

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
	char filter[APP_FILTER];
	char wanted[APP_TEXT]; /* what was searched for */
	unsigned boots;        /* control set that boots next; 0: not a SYSTEM hive */
	struct err error;      /* the lists of this key are damaged */
};

/* A value on its way from the editor to what is staged. */
struct edit_state {
	struct arena *arena;
	const char *name;
	uint32_t type;
	bool is_new;
	bool as_hex;    /* bytes, else texts: the lines of the editor's page */
	bool is_key;    /* a key's name is asked for */
	uint8_t *bytes; /* malloc'd, as is texts with what it points at */
	size_t n_bytes;
	char **texts;
	size_t n_texts;
	bool changed;
	size_t at, count; /* what the prompt replaces: bytes, or lines */
	char label[APP_TEXT];
};

struct targets_state {
	struct arena *arena;
	struct diagnosis all; /* every target, judged on the disk as it is */
	const char *members;  /* the machines that "portable" stands for, or NULL */
};

struct rehearsal;

/* The boot that is shown, until what is staged, the targets or the Windows change. */
struct boot_state {
	struct arena *arena;
	const struct rehearsal *run; /* NULL: none, or it could not be rehearsed */
	struct diagnosis alone;      /* of that machine, with what is staged */
	const struct windows *windows;
	char target[APP_TEXT];
	bool order;         /* the load order is shown, else the steps */
	struct frame other; /* where the other of the two stands */
};

struct explain_state {
	char rule[32];          /* "R3" */
	char subject[APP_TEXT]; /* of the finding it is asked for */
};

enum plan_format { PLAN_CMD, PLAN_PS1, PLAN_MD, PLAN_JSON, PLAN_FORMATS };

struct menu;
struct cleanup_plan;
struct plan_row;
struct boot_store;

struct plan_state {
	struct arena *arena;     /* the host's store and the rows, or the plain text */
	struct arena *scratch;   /* the plan, made again after every choice */
	char vhd[APP_TEXT];      /* path on the host */
	const struct menu *menu; /* NULL: no store of the host, the plain plan is shown */
	struct plan_row *rows;   /* matches, then the other loaders */
	size_t n_rows;
	const struct cleanup_plan *plan; /* of the rows that are chosen */
	const char *text;                /* the plain plan, CR LF, as saved */
	enum plan_format format;
	char file[APP_TEXT];
	bool saved;              /* file holds the plan that is shown */
	bool over[PLAN_FORMATS]; /* o may save over the file of that format */
	struct boot_store *own;  /* the image's own; the session's */
	size_t n_own;
	struct err own_error;
};

/* A store shown whole, an object with its elements below the other. */
struct store_state {
	bool of_host;       /* the plan's, else the image's own ones */
	const char *object; /* id of the first one that is visible, of the store; NULL: none yet */
	int w;              /* columns it was laid out for: another width finds the object again */
};

enum prompt_kind {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_START,
	PROMPT_TEXT,
	PROMPT_LINE,
	PROMPT_CHOICE
};

/* A line that is edited with a cursor. */
struct line {
	char text[APP_LINE]; /* UTF-8 */
	size_t cursor;       /* byte it stands on */
};

/* What a key means in a PROMPT_CHOICE; words NULL ends the list. */
struct prompt_choice {
	int key;
	const char *words;
	uint32_t value;
};

/* A prompt owns the last rows of the screen and every key until it closes. */
struct prompt {
	enum prompt_kind kind;
	const char *label;
	char text[APP_TEXT];
	bool may_be_empty;                               /* PROMPT_TEXT */
	char *filter;                                    /* PROMPT_FILTER: what is narrowed */
	void (*changed)(struct app *app);                /* after the filter changed */
	void (*done)(struct app *app, const char *text); /* PROMPT_TEXT: enter */
	struct line line;                                /* PROMPT_LINE */
	/* PROMPT_LINE: what the line means so far; may be NULL */
	void (*note)(const struct app *app, const char *text, char *buf, size_t cap);
	/* PROMPT_LINE: enter; false with a message keeps the prompt open */
	bool (*accept)(struct app *app, const char *text);
	const struct prompt_choice *choices; /* PROMPT_CHOICE */
	void (*chosen)(struct app *app, uint32_t value);
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

	struct list_state list;
	struct review_state review;
	struct result_state result;
	struct opening_state opening;
	struct files_state files;
	struct registry_state registry;
	struct edit_state edit;
	struct targets_state targets;
	struct boot_state boot;
	struct explain_state explain;
	struct plan_state plan;
	struct store_state store;
	struct prompt prompt;

	char message[APP_TEXT];
	bool quit_asked;
	enum app_request request;
	bool wrote; /* an apply, undo or recovery went well in this run */
};

/* Remember the call and show the opening page. options and path must outlive app. */
void app_init(struct app *app, const char *path, const struct session_options *options, int w,
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

#endif
