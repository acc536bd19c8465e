/* SPDX-License-Identifier: MIT */
/*
 * The report: one page about an image for a ticket, in Markdown or HTML, from an open session
 * alone. It says what the disk is, where each Windows on it boots and stops, for every target and
 * machine, what would mend it or is staged, what was written last, and what could not be seen.
 */
#ifndef STOP7B_REPORT_H
#define STOP7B_REPORT_H

#include "stop7b/session.h"

enum report_format { REPORT_MARKDOWN, REPORT_HTML, REPORT_FORMATS };

/* "md", "html"; NULL behind the last. */
const char *report_format_name(size_t i);
/* By the end of a file's name, ".html" and ".htm"; Markdown for every other. */
enum report_format report_format_of(const char *path);

struct report_request {
	enum report_format format;
	const char *tool; /* "stop7b 0.2" */
	const char *when; /* ISO 8601 UTC */
	bool proposed;    /* what is staged is only what a repair would write */
};

/*
 * Write the page, in the language of the person. Where no Windows is chosen each is, one after
 * another. HTML stands alone: no script, no link, nothing to be loaded.
 *
 *   s      open; its staged changes are reviewed, and stay
 *   arena  owns *out, UTF-8
 *
 * 0, or -1 with E_MEMORY: whatever cannot be judged or reviewed is said on the page.
 */
int report_write(struct session *s, const struct report_request *request, struct arena *arena,
		 char **out, struct err *err);

#endif
