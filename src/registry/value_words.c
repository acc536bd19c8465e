/* SPDX-License-Identifier: MIT */
/*
 * A value's data in words. What numbers mean is known to who shows them, not here; words that can
 * be read back are reg_data.h's.
 */
#include "stop7b/value_words.h"

#include <string.h>

static char *text_words(struct value v, const struct value_form *form, struct arena *arena)
{
	char *text;
	if (value_text(v, arena, &text, NULL) < 0)
		return NULL;
	return arena_printf(arena, "%s%s%s", form->quote, text, form->quote);
}

static char *list_words(struct value v, const struct value_form *form, struct arena *arena)
{
	char **texts;
	size_t n, shown, room = sizeof(" ..");
	if (value_texts(v, arena, &texts, &n, NULL) < 0)
		return NULL;
	shown = n < form->texts ? n : form->texts;
	for (size_t i = 0; i < shown; i++)
		room += strlen(texts[i]) + 2 * strlen(form->quote) + strlen(form->between);
	char *line = arena_alloc(arena, room, NULL), *p = line;
	for (size_t i = 0; line && i < shown; i++) {
		p = stpcpy(p, i ? form->between : "");
		p = stpcpy(stpcpy(stpcpy(p, form->quote), texts[i]), form->quote);
	}
	if (line && n > shown)
		stpcpy(p, " ..");
	return line;
}

static char *hex_words(struct span data, const struct value_form *form, struct arena *arena,
		       struct err *err)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = data.len < form->bytes ? data.len : form->bytes;
	char *hex = arena_alloc(arena, 3 * n + 1, err);
	for (size_t i = 0; hex && i < n; i++) {
		hex[3 * i] = digits[data.p[i] >> 4];
		hex[3 * i + 1] = digits[data.p[i] & 15];
		hex[3 * i + 2] = i + 1 < n ? ' ' : '\0';
	}
	if (!hex || data.len == n)
		return hex;
	return form->length ? arena_printf(arena, "%s .. %zu bytes", hex, data.len)
			    : arena_printf(arena, "%s ..", hex);
}

const char *value_words(struct value v, const struct value_form *form, struct arena *arena,
			struct err *err)
{
	struct span data;
	char *text = NULL;
	if (v.type == REG_SZ || v.type == REG_EXPAND_SZ)
		text = text_words(v, form, arena);
	else if (v.type == REG_MULTI_SZ)
		text = list_words(v, form, arena);
	if (text)
		return text;
	return value_data(v, arena, &data, err) < 0 ? NULL : hex_words(data, form, arena, err);
}
