/* SPDX-License-Identifier: MIT */
/*
 * Inside the editor of values.
 */
#ifndef STOP7B_EDIT_INTERNAL_H
#define STOP7B_EDIT_INTERNAL_H

#include "registry_internal.h"

/* A value on its way from the editor to what is staged. */
struct edit_state {
	struct arena *arena;
	const char *name;
	uint32_t type;
	bool is_new;
	bool as_hex;    /* bytes, else texts: the lines of the editor's page */
	uint8_t *bytes; /* malloc'd, as is texts with what it points at */
	size_t n_bytes;
	char **texts;
	size_t n_texts;
	bool changed;
	size_t at, count; /* what the prompt replaces: bytes, or lines */
	char label[APP_TEXT];
};

/* ---- the data, in edit_lines.c ---- */

/* Bytes [at, at+count) become those of data. False without memory, here and below. */
bool edit_splice(struct edit_state *e, size_t at, size_t count, struct span data);
/* A text at that place: in the place of one, or before it. */
bool edit_put_text(struct edit_state *e, size_t at, bool replace, const char *text);
void edit_remove_text(struct edit_state *e, size_t at);
/* Begin with texts, or with a value's bytes. */
bool edit_take_texts(struct edit_state *e, char **words, size_t n);
bool edit_take_bytes(struct edit_state *e, struct value v, struct err *err);
/* "00 01 ff" */
void edit_hex(const uint8_t *p, size_t n, char *buf, size_t cap);
void edit_free(struct edit_state *e); /* everything; it is blank then */

#endif
