/* SPDX-License-Identifier: MIT */
/*
 * Inside the report only: the page, as the things that stand on it. Lists and tables begin by
 * themselves and end where something else follows.
 */
#ifndef STOP7B_REPORT_INTERNAL_H
#define STOP7B_REPORT_INTERNAL_H

#include "stop7b/growing.h"
#include "stop7b/report.h"

#define ROW_MAX 12 /* cells */

enum page_part { PART_NONE, PART_LIST, PART_TABLE };

struct page {
	struct growing text;
	const struct page_form *form;
	enum page_part open;
};

/* How the things of a page look; every text is still to be made harmless. */
struct page_form {
	const char *name;
	void (*begin)(struct growing *g, const char *title);
	void (*end)(struct growing *g);
	void (*head)(struct growing *g, int level, const char *text);
	void (*text)(struct growing *g, char glyph, const char *text);       /* glyph 0: none */
	void (*list[2])(struct growing *g);                                  /* begin, end */
	void (*item)(struct growing *g, const char *name, const char *text); /* name "": none */
	void (*table)(struct growing *g, const char *const *heads, size_t n);
	void (*row)(struct growing *g, char glyph, const char *const *cells, size_t n);
	void (*end_table)(struct growing *g);
};

extern const struct page_form page_forms[REPORT_FORMATS];

void page_begin(struct page *p, enum report_format format, struct arena *arena, const char *title);
int page_end(struct page *p, char **out, struct err *err);
void page_head(struct page *p, int level, const char *text); /* 1, 2, 3 */
void page_text(struct page *p, char glyph, const char *text);
void page_item(struct page *p, const char *name, const char *text); /* nothing for no text */
void page_table(struct page *p, const char *const *heads, size_t n);
void page_row(struct page *p, char glyph, const char *const *cells, size_t n);

/* ---- what stands on it ---- */

struct reporter {
	struct session *s;
	const struct report_request *request;
	struct arena *arena;
	struct page page;
};

/* In report_judged.c: of the chosen Windows. 0, or -1 with E_MEMORY. */
int report_verdict(struct reporter *r, struct err *err);
void report_findings(struct reporter *r);
/* In report_changes.c: what is staged, and what the newest record holds. */
void report_staged(struct reporter *r);
void report_written(struct reporter *r);

#endif
