/* SPDX-License-Identifier: MIT */
/*
 * The command table: one row per thing a key can do on a page.
 *
 * Dispatch, key bar, help page, manual and tests all read this table, so what is shown and what is
 * allowed have one source. Keys that are the tail of an escape sequence (capital letters, digits,
 * '[' ']' '~' ';') are bound nowhere; writing is one row: y on the review page.
 */
#ifndef STOP7B_COMMAND_H
#define STOP7B_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;

enum page {
	PAGE_OPENING,
	PAGE_ERROR,
	PAGE_RECOVERY,
	PAGE_PICK,
	PAGE_LIST,
	PAGE_DETAIL,
	PAGE_REVIEW,
	PAGE_RESULT,
	PAGE_TARGETS,
	PAGE_BOOT,
	PAGE_DISK,
	PAGE_FILES,
	PAGE_REGISTRY,
	PAGE_VALUE,
	PAGE_EDIT,
	PAGE_PLAN,
	PAGE_MENU,
	PAGE_STORE,
	PAGE_FACTS,
	PAGE_EXPLAIN,
	PAGE_HELP,
	PAGES
};

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

#define COMMAND_KEYS  4  /* per row, 0 behind the last */
#define COMMAND_LABEL 12 /* columns of a bar label */

/* A command's words in the key bar; text NULL keeps it out. */
struct hint {
	const char *text;
	const char *wide;    /* used instead where the whole bar still fits; NULL: none */
	const char *keys;    /* instead of the first key's name; NULL: none */
	unsigned char place; /* from left to right */
	unsigned char keep;  /* 0 is never dropped; the highest is dropped first */
};

struct command {
	int keys[COMMAND_KEYS];
	uint32_t pages; /* bit per enum page */
	unsigned flags;
	struct hint bar;
	struct hint other; /* instead of bar while alternative() is true */
	bool (*alternative)(const struct app *app);
	const char *help;
	bool (*when)(const struct app *app); /* can it be done now; NULL: always */
	void (*run)(struct app *app);
};

const struct command *command_table(size_t *n);

/* The row that key runs on a page now, or NULL: not bound, or it cannot be done now. */
const struct command *command_find(const struct app *app, enum page page, int key);
bool command_available(const struct app *app, const struct command *c, enum page page);

/* One entry of a laid-out key bar. */
struct bar_item {
	char keys[16];
	const char *label;
};
#define BAR_MAX 16
/* The key bar of a page for a width: what fits after dropping by priority, in order. */
size_t command_bar(const struct app *app, enum page page, int width,
		   struct bar_item items[BAR_MAX]);

/* "up", "ctrl-r", "space", "?"; buf is used for plain characters. */
const char *keycap_name(int key, char buf[8]);
/*
 * Take one key off a --keys text: a character, or a name in angle brackets ("<enter>", "<ctrl-r>",
 * "<lt>" for '<'). K_NONE at the end; K_UNKNOWN for a name that does not exist.
 */
int keycap_parse(const char **keys);
/* True for bytes that end escape sequences and so may be bound nowhere outside prompts. */
bool keycap_forbidden(int key);

#endif
