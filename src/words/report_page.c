/* SPDX-License-Identifier: MIT */
/*
 * A page in Markdown or HTML. Every text comes from outside and is made harmless here, at the one
 * place where it becomes part of a page: in Markdown what could be markup is escaped, in HTML what
 * could begin a tag or leave an attribute.
 */
#include "report_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

/* ---- Markdown ---- */

/* A line that a text brings with it would end its row or paragraph. */
static void put_md(struct growing *g, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>#|~&", *text))
			growing_put(g, "\\");
		growing_bytes(g, *text == '\n' ? " " : text, 1);
	}
}

static void md_head(struct growing *g, int level, const char *text)
{
	growing_put(g, "### " + (3 - level));
	put_md(g, text);
	growing_put(g, "\n\n");
}

static void md_begin(struct growing *g, const char *title)
{
	md_head(g, 1, title);
}

static void md_nothing(struct growing *g)
{
	(void)g;
}

static void md_blank(struct growing *g)
{
	growing_put(g, "\n");
}

/* A glyph alone at the start of a line could be a list's or a heading's. */
static void md_text(struct growing *g, char glyph, const char *text)
{
	if (glyph)
		growing_format(g, "**%s%c** ", strchr("*_~-", glyph) ? "\\" : "", glyph);
	put_md(g, text);
	growing_put(g, "\n\n");
}

static void md_item(struct growing *g, const char *name, const char *text)
{
	growing_put(g, "- ");
	if (*name) {
		growing_put(g, "**");
		put_md(g, name);
		growing_put(g, "**: ");
	}
	put_md(g, text);
	growing_put(g, "\n");
}

static void md_row(struct growing *g, char glyph, const char *const *cells, size_t n)
{
	growing_put(g, "|");
	for (size_t i = 0; i < n; i++) {
		growing_put(g, " ");
		if (i == 0 && glyph)
			growing_format(g, "%s%c ", strchr("*_~-", glyph) ? "\\" : "", glyph);
		put_md(g, cells[i]);
		growing_put(g, " |");
	}
	growing_put(g, "\n");
}

static void md_table(struct growing *g, const char *const *heads, size_t n)
{
	md_row(g, 0, heads, n);
	growing_put(g, "|");
	for (size_t i = 0; i < n; i++)
		growing_put(g, " --- |");
	growing_put(g, "\n");
}

/* ---- HTML ---- */

static void put_html(struct growing *g, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			growing_put(g, "&amp;");
		else if (*text == '<')
			growing_put(g, "&lt;");
		else if (*text == '>')
			growing_put(g, "&gt;");
		else if (*text == '"')
			growing_put(g, "&quot;");
		else
			growing_bytes(g, text, 1);
	}
}

/* Wide tables are scrolled by themselves on a phone; on paper nothing is coloured but letters. */
static const char style[] =
	"body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:0 auto;padding:1em;"
	"color:#1a1a1a;background:#fff;overflow-wrap:break-word}\n"
	"h1{font-size:1.5em}h2{font-size:1.25em;border-bottom:1px solid #999}h3{font-size:1.05em}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9em}\n"
	"th,td{text-align:left;vertical-align:top;padding:.2em .6em;border-bottom:1px solid #bbb}\n"
	".stops,.stops td:first-child{color:#a40000}.likely,.likely td:first-child{color:#8a4b00}\n"
	".boots,.boots td:first-child{color:#00602b}p.stops,p.boots,p.likely{font-weight:bold}\n"
	"@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}\n"
	".stops,.stops td:first-child{color:#ff8d85}.likely,.likely td:first-child{color:#f0b060}\n"
	".boots,.boots td:first-child{color:#6fd08c}}\n"
	"@media print{body{color:#000;background:#fff;font-size:10pt;max-width:none;padding:0}\n"
	".wide{overflow:visible}h2,h3{break-after:avoid}tr{break-inside:avoid}}\n";

static void html_begin(struct growing *g, const char *title)
{
	/* TRANSLATORS: the code of the language, as HTML's lang attribute has it */
	growing_format(g, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		       _("en"));
	growing_put(g, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		       "<title>");
	put_html(g, title);
	growing_format(g, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
	put_html(g, title);
	growing_put(g, "</h1>\n");
}

static void html_end(struct growing *g)
{
	growing_put(g, "</body>\n</html>\n");
}

static void html_head(struct growing *g, int level, const char *text)
{
	growing_format(g, "<h%d>", level);
	put_html(g, text);
	growing_format(g, "</h%d>\n", level);
}

static void put_tag(struct growing *g, const char *tag, char glyph)
{
	static const struct {
		char glyph;
		const char *name;
	} classes[] = {{'X', "stops"}, {'!', "likely"}, {'=', "boots"}, {'~', "likely"}};
	growing_format(g, "<%s", tag);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (classes[i].glyph == glyph)
			growing_format(g, " class=\"%s\"", classes[i].name);
	growing_put(g, ">");
	if (glyph && strcmp(tag, "p") == 0)
		growing_format(g, "%c ", glyph);
}

static void html_text(struct growing *g, char glyph, const char *text)
{
	put_tag(g, "p", glyph);
	put_html(g, text);
	growing_put(g, "</p>\n");
}

static void html_list(struct growing *g)
{
	growing_put(g, "<ul>\n");
}

static void html_end_list(struct growing *g)
{
	growing_put(g, "</ul>\n");
}

static void html_item(struct growing *g, const char *name, const char *text)
{
	growing_put(g, "<li>");
	if (*name) {
		growing_put(g, "<b>");
		put_html(g, name);
		growing_put(g, "</b>: ");
	}
	put_html(g, text);
	growing_put(g, "</li>\n");
}

static void put_cells(struct growing *g, const char *tag, char glyph, const char *const *cells,
		      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		growing_format(g, "<%s>", tag);
		if (i == 0 && glyph)
			growing_format(g, "%c ", glyph);
		put_html(g, cells[i]);
		growing_format(g, "</%s>", tag);
	}
	growing_put(g, "</tr>\n");
}

static void html_table(struct growing *g, const char *const *heads, size_t n)
{
	growing_put(g, "<div class=\"wide\"><table>\n<tr>");
	put_cells(g, "th", 0, heads, n);
}

static void html_row(struct growing *g, char glyph, const char *const *cells, size_t n)
{
	put_tag(g, "tr", glyph);
	put_cells(g, "td", glyph, cells, n);
}

static void html_end_table(struct growing *g)
{
	growing_put(g, "</table></div>\n");
}

const struct page_form page_forms[REPORT_FORMATS] = {
	[REPORT_MARKDOWN] = {"md",
			     md_begin,
			     md_nothing,
			     md_head,
			     md_text,
			     {md_nothing, md_blank},
			     md_item,
			     md_table,
			     md_row,
			     md_blank},
	[REPORT_HTML] = {"html",
			 html_begin,
			 html_end,
			 html_head,
			 html_text,
			 {html_list, html_end_list},
			 html_item,
			 html_table,
			 html_row,
			 html_end_table},
};

/* ---- the page ---- */

static void open_part(struct page *p, enum page_part part)
{
	if (p->open == PART_LIST && part != PART_LIST)
		p->form->list[1](&p->text);
	if (p->open == PART_TABLE)
		p->form->end_table(&p->text);
	if (part == PART_LIST && p->open != PART_LIST)
		p->form->list[0](&p->text);
	p->open = part;
}

void page_begin(struct page *p, enum report_format format, struct arena *arena, const char *title)
{
	*p = (struct page){.text = {.arena = arena}, .form = &page_forms[format]};
	p->form->begin(&p->text, title);
}

int page_end(struct page *p, char **out, struct err *err)
{
	open_part(p, PART_NONE);
	p->form->end(&p->text);
	return growing_finish(&p->text, out, err);
}

void page_head(struct page *p, int level, const char *text)
{
	open_part(p, PART_NONE);
	p->form->head(&p->text, level, text);
}

void page_text(struct page *p, char glyph, const char *text)
{
	open_part(p, PART_NONE);
	if (text && *text)
		p->form->text(&p->text, glyph, text);
}

void page_item(struct page *p, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	open_part(p, PART_LIST);
	p->form->item(&p->text, name ? name : "", text);
}

void page_table(struct page *p, const char *const *heads, size_t n)
{
	open_part(p, PART_TABLE);
	p->form->table(&p->text, heads, n);
}

/* A text that is missing says so by an empty cell. */
void page_row(struct page *p, char glyph, const char *const *cells, size_t n)
{
	const char *shown[ROW_MAX];
	for (size_t i = 0; i < n && i < ROW_MAX; i++)
		shown[i] = cells[i] ? cells[i] : "";
	p->form->row(&p->text, glyph, shown, n < ROW_MAX ? n : ROW_MAX);
}
