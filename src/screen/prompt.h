/* SPDX-License-Identifier: MIT */
/*
 * Prompts: a question in the last rows of the screen that owns every key until it is closed. The
 * kinds that several pages use are here; a page may have one of its own (struct prompt_ops).
 */
#ifndef STOP7B_PROMPT_H
#define STOP7B_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct grid;

#define PROMPT_TEXT_MAX 512   /* bytes of a short text */
#define PROMPT_LINE_MAX 16384 /* bytes of a line that is edited */
#define FILTER_TEXT     64    /* bytes of a filter */

struct prompt_ops {
	void (*key)(struct app *app, int key);
	int (*rows)(const struct app *app); /* above message line and key bar; NULL: none */
	void (*draw)(const struct app *app, struct grid *g);
};

/* A line that is edited with a cursor. */
struct line {
	char text[PROMPT_LINE_MAX]; /* UTF-8 */
	size_t cursor;              /* byte it stands on */
};

/* What a key means in a choice; words NULL ends the list. */
struct prompt_choice {
	int key;
	const char *words;
	uint32_t value;
};

struct prompt {
	const struct prompt_ops *ops; /* NULL: none is open */
	const char *label;
	char text[PROMPT_TEXT_MAX];                      /* of a short text */
	bool may_be_empty;                               /* that text */
	void (*done)(struct app *app, const char *text); /* after enter */
	struct line line;
	/* What the line means so far; may be NULL. */
	void (*note)(const struct app *app, const char *text, char *buf, size_t cap);
	/* After enter; false with a message keeps the prompt open. */
	bool (*accept)(struct app *app, const char *text);
	const struct prompt_choice *choices;
	void (*chosen)(struct app *app, uint32_t value);
};

bool prompt_is_open(const struct app *app);
void prompt_close(struct app *app);

/* A short text. label is borrowed, here and below. */
void prompt_text(struct app *app, const char *label, const char *text,
		 void (*done)(struct app *app, const char *text));
/* The filter of the page on top, see struct page_filter in view.h. */
void prompt_filter(struct app *app);
/* A line with a cursor, and words beside it that follow what is typed. */
void prompt_line(struct app *app, const char *label, const char *text,
		 void (*note)(const struct app *app, const char *text, char *buf, size_t cap),
		 bool (*accept)(struct app *app, const char *text));
void prompt_choice(struct app *app, const char *label, const struct prompt_choice *choices,
		   void (*chosen)(struct app *app, uint32_t value));
/* A question of a page's own. */
void prompt_open(struct app *app, const struct prompt_ops *ops);

void prompt_key(struct app *app, int key);
int prompt_rows(const struct app *app);
void draw_prompt(const struct app *app, struct grid *g);

/* ---- for the files of prompts ---- */

void key_utf8(int key, char utf8[5]); /* a typed character */
/* Keys of a prompt and what they do, in the last row. */
void draw_keys(struct grid *g, const char *const (*keys)[2], size_t n);

#endif
