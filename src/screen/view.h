/* SPDX-License-Identifier: MIT */
/*
 * What a page is made of.
 *
 * Each page fills one `const struct view view_NAME`. Drawing is pure; everything a page reads from
 * the session is read by open() or by a command, so that a redraw never touches the image. Members
 * may be NULL unless they say otherwise.
 */
#ifndef STOP7B_VIEW_H
#define STOP7B_VIEW_H

#include "app.h"
#include "draw.h"
#include "stop7b/verdict.h"
#include "stop7b/words.h"

/* A filter that a page has. */
struct page_filter {
	char *(*text)(const struct app *app); /* FILTER_TEXT bytes */
	void (*changed)(struct app *app);     /* it was typed at: narrow the rows */
	size_t (*of)(const struct app *app);  /* how many rows there are without it */
	size_t (*shown)(const struct app *app);
};

struct view {
	const char *name;  /* for the help page: "driver list"; never NULL */
	size_t state_size; /* bytes that it remembers, all zero at first; see app_state() */
	unsigned takes;    /* TAKES_ bits: the common commands that it has */
	unsigned bars;     /* of those, the ones on request that its key bar has room for */
	const struct command *keys; /* its own */
	size_t n_keys;

	/* Where we are, behind the image's name; brief in narrow windows. Never NULL. */
	void (*crumbs)(const struct app *app, char *buf, size_t cap, bool brief);
	/* At the right of the title instead of what is staged. */
	void (*mode)(const struct app *app, char *buf, size_t cap);
	void (*open)(struct app *app);  /* the page was pushed */
	void (*build)(struct app *app); /* page of text: lay out app->sheet */
	/* Between title and message line. Never NULL. */
	void (*draw)(const struct app *app, struct grid *g);
	size_t (*rows)(const struct app *app); /* rows the cursor moves over */
	int (*room)(const struct app *app);    /* how many of them are visible at once */
	/* How many of the first n rows are told when the title says which are shown; NULL: n. */
	size_t (*counted)(const struct app *app, size_t n);
	void (*select)(struct app *app); /* enter */
	bool (*back)(struct app *app);   /* esc inside the page; false: leave it */
	void (*moved)(struct app *app);  /* the selection changed */
	const struct page_filter *filter;
	/* What is wrong with the selected row, also while another page lies on this one. */
	const struct finding *(*finding)(const struct app *app);

	/* Of every page, open or not: */
	void (*changed)(struct app *app);  /* the session was rebuilt */
	void (*appeared)(struct app *app); /* the window had been too small to show anything */
	void (*forget)(struct app *app);   /* free what is remembered */

	bool pages_sheet;  /* pgup, pgdn, home, end scroll the sheet; up and down select */
	bool counts_lines; /* the title says which lines are shown even if all are */
	bool confirms;     /* y may write here: an undecoded key leaves the page */
	/* Say why y writes nothing now; with confirms only. */
	void (*why_not)(struct app *app);
};

size_t counted_without_first(const struct app *app, size_t n); /* the row that leads outward */

#define KEYS_OF(table) .keys = (table), .n_keys = sizeof(table) / sizeof((table)[0])

const struct view *view_of(enum page page);

#define PAGE_VIEW(id, name) extern const struct view view_##name;
PAGE_TABLE(PAGE_VIEW)
#undef PAGE_VIEW

/* "Kernel driver"; "" for a type without words. In view_detail.c. */
const char *service_type_words(uint32_t type);
/* What a driver is, "" when unknown; service may be NULL. */
const char *driver_role(const char *name, const struct service *service);

#endif
