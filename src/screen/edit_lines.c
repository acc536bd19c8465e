/* SPDX-License-Identifier: MIT */
/*
 * The copy of a value's data that the editor's page changes: a list of texts, or bytes. Whether it
 * fits the value's type is not known here.
 */
#include "edit_internal.h"

#include <stdlib.h>
#include <string.h>

void edit_free(struct edit_state *e)
{
	for (size_t i = 0; i < e->n_texts; i++)
		free(e->texts[i]);
	free(e->texts);
	free(e->bytes);
	arena_free(e->arena);
	*e = (struct edit_state){0};
}

/* Bytes [at, at+count) become those of data. */
bool edit_splice(struct edit_state *e, size_t at, size_t count, struct span data)
{
	size_t n = e->n_bytes - count + data.len;
	uint8_t *bytes = n > e->n_bytes ? realloc(e->bytes, n) : e->bytes;
	if (n > e->n_bytes && !bytes)
		return false;
	e->bytes = bytes;
	if (e->n_bytes > at + count)
		memmove(bytes + at + data.len, bytes + at + count, e->n_bytes - at - count);
	if (data.len)
		memcpy(bytes + at, data.p, data.len);
	e->n_bytes = n;
	e->changed = true;
	return true;
}

void edit_remove_text(struct edit_state *e, size_t at)
{
	free(e->texts[at]);
	e->n_texts--;
	memmove(e->texts + at, e->texts + at + 1, (e->n_texts - at) * sizeof(char *));
	e->changed = true;
}

/* A text at that place: in the place of one, or before it. */
bool edit_put_text(struct edit_state *e, size_t at, bool replace, const char *text)
{
	char *copy = strdup(text);
	char **texts = replace ? e->texts : reallocarray(e->texts, e->n_texts + 1, sizeof(char *));
	if (!copy || !texts) {
		free(copy);
		return false;
	}
	e->texts = texts;
	if (replace)
		free(texts[at]);
	else
		memmove(texts + at + 1, texts + at, (e->n_texts++ - at) * sizeof(char *));
	texts[at] = copy;
	e->changed = true;
	return true;
}

void edit_hex(const uint8_t *p, size_t n, char *buf, size_t cap)
{
	buf[0] = '\0';
	for (size_t i = 0; i < n && 3 * i + 4 <= cap; i++)
		snprintf(buf + 3 * i, cap - 3 * i, i + 1 < n ? "%02x " : "%02x", p[i]);
}

bool edit_take_texts(struct edit_state *e, char **words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!edit_put_text(e, i, false, words[i]))
			return false;
	e->changed = false;
	return true;
}

bool edit_take_bytes(struct edit_state *e, struct value v, struct err *err)
{
	struct span data;
	if (value_data(v, e->arena, &data, err) < 0)
		return false;
	bool done = edit_splice(e, 0, 0, data);
	e->changed = false;
	return done;
}
