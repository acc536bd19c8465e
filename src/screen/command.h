/* SPDX-License-Identifier: MIT */
/*
 * Commands: one row per thing a key can do on a page.
 *
 * What only one page can do is in that page's own rows (struct view, in view.h); the rest is in the
 * one table of command_table.c, and a page says which of it it takes. Dispatch, key bar, help page
 * and tests read the two together, so what is shown and what is allowed have one source. Keys that
 * are the tail of an escape sequence (capital letters, digits, '[' ']' '~' ';') are bound nowhere,
 * but for G and N, which only move; writing is one row: y on the review page.
 */
#ifndef STOP7B_COMMAND_H
#define STOP7B_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pages.h"

/* Keys: a character's code point, or one of these. */
enum key_code {
	K_NONE = 0,
	K_TAB = '\t',
	K_ENTER = '\r',
	K_ESC = 27,
	K_BACKSPACE = 127,
	K_NAMED = 0x110000, /* behind the last code point */
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PGUP,
	K_PGDN,
	K_HOME,
	K_END,
	K_DELETE,
	K_F1,
	K_UNKNOWN, /* an escape sequence nobody decoded, swallowed whole */
	K_PASTE,   /* pasted text, swallowed whole */
	K_RESIZE
};
#define K_CTRL(letter) ((letter)&31)

enum {
	COMMAND_STAGES = 1,  /* changes what is staged */
	COMMAND_WRITES = 2,  /* writes into the image */
	COMMAND_NEEDS_RW = 4 /* hidden with -r */
};

/* What a command is about: the order of the help page. Of one kind the page's own come first. */
enum command_kind {
	DO_HELP,
	DO_MOVE,
	DO_NARROW, /* another list, filter, sort, search */
	DO_ENTER,
	DO_LEAVE,
	DO_STAGE,
	DO_REVIEW,
	GO_TARGETS,
	GO_PACKAGES,
	GO_BOOT,
	GO_RULE,
	GO_DISK,
	GO_WINDOWS,
	GO_PLAN,
	GO_FACTS,
	DO_SAVE,
	DO_SCREEN, /* redraw, suspend */
	DO_QUIT
};

/* Common commands that a page takes. */
enum {
	TAKES_HELP = 1 << 0,
	TAKES_ROWS = 1 << 1,  /* up and down select */
	TAKES_LINES = 1 << 2, /* up and down scroll */
	TAKES_JUMPS = 1 << 3, /* a page further, first, last */
	TAKES_BACK = 1 << 4,
	TAKES_OUTER = 1 << 5, /* back as well, of an outermost page: not in the key bar */
	TAKES_UNDO = 1 << 6,
	TAKES_REVIEW = 1 << 7,
	TAKES_TARGETS = 1 << 8,
	TAKES_BOOT = 1 << 9,
	TAKES_RULE = 1 << 10,
	TAKES_DISK = 1 << 11,
	TAKES_PLAN = 1 << 12,
	TAKES_FACTS = 1 << 13,
	TAKES_SAVE = 1 << 14,
	TAKES_QUIT = 1 << 15,
	TAKES_QUIT_UNSEEN = 1 << 16, /* not in the key bar */
	TAKES_PACKAGES = 1 << 17,

	TAKES_LIST = TAKES_HELP | TAKES_ROWS | TAKES_JUMPS,
	TAKES_TEXT = TAKES_HELP | TAKES_LINES | TAKES_JUMPS
};

#define COMMAND_KEYS  4  /* per row, 0 behind the last */
#define COMMAND_LABEL 12 /* columns of a bar label */
#define COMMAND_MAX   48 /* rows of one page */

/* A command's words in the key bar; text NULL keeps it out. */
struct hint {
	const char *text;
	const char *wide;    /* used instead where the whole bar still fits; NULL: none */
	const char *keys;    /* instead of the first key's name; NULL: none */
	unsigned char place; /* from left to right */
	unsigned char keep;  /* 0 is never dropped; the highest is dropped first */
	bool on_request;     /* of a common row: only on pages that ask for it (view.bars) */
};

struct command {
	int keys[COMMAND_KEYS];
	enum command_kind kind;
	unsigned of; /* of a common row: the pages that take this bit; 0: every page */
	unsigned flags;
	struct hint bar;
	struct hint other; /* instead of bar while alternative() is true */
	bool (*alternative)(const struct app *app);
	const char *help;
	bool (*when)(const struct app *app); /* can it be done now; NULL: always */
	void (*run)(struct app *app);
};

/* The row of a list from which what is staged is reviewed; place: in the key bar. */
#define REVIEW_STAGED(place_)                                                                      \
	{                                                                                          \
		.keys = {'a'}, .kind = DO_REVIEW, .flags = COMMAND_NEEDS_RW, .run = cmd_review,    \
		.when = is_staged, .bar = {.text = N_("review"), .place = (place_), .keep = 2},    \
		.help = N_("review, then apply"),                                                  \
	}

/* First aid for a Windows that cannot be read, of a page that shows one. */
#define AID_UNREAD(run_, when_)                                                                    \
	{                                                                                          \
		.keys = {'z'}, .kind = GO_BOOT, .run = (run_), .when = (when_),                    \
		.bar = {.text = N_("first aid"), .place = 15, .keep = 3},                          \
		.help = N_("first aid: an old copy in the place of a hive that cannot be read"),   \
	}

/* The common rows. */
const struct command *command_table(size_t *n);
/*
 * All rows of a page, in the order of the help page: its own, and the common ones that it takes but
 * has no own row for the first key of. Returns how many there are.
 */
size_t command_list(enum page page, const struct command *out[COMMAND_MAX]);

/* The row that key runs on a page now, or NULL: not bound, or it cannot be done now. */
const struct command *command_find(const struct app *app, enum page page, int key);
bool command_available(const struct app *app, const struct command *c);

/* One entry of a laid-out key bar. */
struct bar_item {
	char keys[16];
	const char *label;
	bool glued; /* no blank between the two: "?help" */
};
#define BAR_MAX 20
/* The key bar of a page for a width: what fits after dropping by priority, in order. */
size_t command_bar(const struct app *app, enum page page, int width,
		   struct bar_item items[BAR_MAX]);

/* "up", "ctrl-r", "space", "?"; buf is used for plain characters. */
const char *keycap_name(int key, char buf[8]);
/* "pgup ctrl-b": the keys of a row, but arrows and F1 that only repeat another. */
void keycap_list(const struct command *c, char *buf, size_t cap);
/*
 * Take one key off a --keys text: a character, or a name in angle brackets ("<enter>", "<ctrl-r>",
 * "<lt>" for '<'). K_NONE at the end; K_UNKNOWN for a name that does not exist.
 */
int keycap_parse(const char **keys);
/* Bytes that end escape sequences and so may be bound nowhere outside prompts, or only to move. */
bool keycap_forbidden(int key);
bool keycap_only_moves(int key);

/* ---- what common rows do, and pages in rows of their own; see the help lines ---- */

void cmd_up(struct app *app), cmd_down(struct app *app), cmd_page_up(struct app *app),
	cmd_page_down(struct app *app), cmd_half_up(struct app *app),
	cmd_half_down(struct app *app), cmd_first(struct app *app), cmd_last(struct app *app),
	cmd_enter(struct app *app), cmd_back(struct app *app),
	cmd_out(struct app *app); /* back, whatever filter there is */
void cmd_help(struct app *app), cmd_redraw(struct app *app), cmd_suspend(struct app *app),
	cmd_quit(struct app *app), cmd_save_page(struct app *app);
void cmd_fix_all(struct app *app), cmd_undo(struct app *app), cmd_redo(struct app *app),
	cmd_review(struct app *app);
void cmd_targets(struct app *app), cmd_report(struct app *app), cmd_packages(struct app *app),
	cmd_aid(struct app *app), cmd_boot(struct app *app), cmd_explain(struct app *app),
	cmd_disk(struct app *app), cmd_plan(struct app *app), cmd_facts(struct app *app);

bool can_enter(const struct app *app), can_fix_all(const struct app *app),
	can_undo(const struct app *app), can_undo_write(const struct app *app),
	can_review(const struct app *app), can_targets(const struct app *app),
	can_packages(const struct app *app), can_boot(const struct app *app),
	can_explain(const struct app *app), can_disk(const struct app *app);
bool has_image(const struct app *app), is_staged(const struct app *app);

#endif
