/* SPDX-License-Identifier: MIT */
/*
 * Sentences that the screen and the commands share, so that both always say the same.
 */
#ifndef STOP7B_WORDS_H
#define STOP7B_WORDS_H

#include "stop7b/session.h"

/* The verdict over all chosen targets. */
struct verdict_words {
	char glyph;           /* 'X' '!' '=' '?' */
	const char *headline; /* "STOP 0x7B EXPECTED on 2 of 5 targets" */
	const char *count;    /* "3 of 24 boot-critical drivers will not load" */
};
struct verdict_words verdict_words(const struct diagnosis *d, struct arena *arena);

/* The glyph of one target's verdict and its short form: "STOP 0x7B", "likely", "boots". */
char verdict_glyph(enum verdict v);
const char *verdict_short(enum verdict v);

/* Why this verdict: one sentence over the findings, "" when there are none. */
const char *verdict_reason(const struct diagnosis *d, struct arena *arena);

/* "0 Boot, override 3": what a service's start is now, for lists. */
const char *start_now_words(const struct service *svc, struct arena *arena);

/* The role column: the catalogue's, or what can be said of an unknown service. */
const char *role_words(const struct service *svc, const char *name);

/* "12.0 MiB", "512 bytes": binary units, one decimal from KiB on. */
const char *size_words(uint64_t bytes, struct arena *arena);

/* "98,304": digits in groups of three. */
const char *number_words(uint64_t n, struct arena *arena);

/* "Windows 7, 32-bit, \Windows" */
const char *install_words(const struct install *inst, struct arena *arena);

#endif
