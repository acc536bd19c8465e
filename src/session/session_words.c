/* SPDX-License-Identifier: MIT */
/*
 * A value or key of a hive in the words of a review line: its type, its data, or that it is not
 * there. Numbers of Start and StartOverride are explained.
 */
#include "session_internal.h"

#include <string.h>

#define SHOWN_BYTES   16u /* of binary data */
#define SHOWN_STRINGS 8u
#define ABSENT        "absent"

static char *hex_words(struct arena *arena, struct span data)
{
	char text[3 * SHOWN_BYTES + 3] = "";
	size_t n = data.len < SHOWN_BYTES ? data.len : SHOWN_BYTES;
	for (size_t i = 0; i < n; i++) {
		static const char hex[] = "0123456789abcdef";
		text[3 * i] = hex[data.p[i] >> 4];
		text[3 * i + 1] = hex[data.p[i] & 15];
		text[3 * i + 2] = ' ';
	}
	return arena_printf(arena, "%s%s", text, data.len > n ? ".." : "");
}

static bool is_start(const struct edit *e)
{
	static const char override[] = "\\StartOverride";
	size_t len = strlen(e->key), tail = sizeof(override) - 1;
	return text_equal(e->name, "Start") ||
	       (len > tail && text_equal(e->key + len - tail, override));
}

static char *list_words(struct value v, struct arena *arena)
{
	char **texts, *line = arena_strdup(arena, "");
	size_t n;
	if (value_texts(v, arena, &texts, &n, NULL) < 0)
		return NULL;
	for (size_t i = 0; line && i < n && i < SHOWN_STRINGS; i++)
		line = arena_printf(arena, "%s%s\"%s\"", line, i ? ", " : "", texts[i]);
	return line && n > SHOWN_STRINGS ? arena_printf(arena, "%s ..", line) : line;
}

static const char *data_words(struct value v, const struct edit *e, struct arena *arena)
{
	struct span data;
	uint32_t number;
	char *text = NULL;
	if (value_u32(v, &number, NULL) == 0) {
		const char *words = is_start(e) ? start_name(number) : "";
		return arena_printf(arena, "%u%s%s", number, *words ? " " : "", words);
	}
	if ((v.type == REG_SZ || v.type == REG_EXPAND_SZ) && value_text(v, arena, &text, NULL) == 0)
		return arena_printf(arena, "\"%s\"", text);
	if (v.type == REG_MULTI_SZ)
		text = list_words(v, arena);
	if (text)
		return text;
	return value_data(v, arena, &data, NULL) == 0 ? hex_words(arena, data) : "unreadable";
}

static const char *key_words(struct key k, struct arena *arena)
{
	uint32_t keys = key_subkey_count(k), values = key_value_count(k);
	if (keys == 0 && values == 0)
		return "key, empty";
	return arena_printf(arena, "key with %u subkeys and %u values", keys, values);
}

void edit_words(const struct hive *h, const struct edit *e, struct arena *arena, const char **type,
		const char **words)
{
	struct key k;
	struct value v;
	bool is_key = e->op == HIVE_CREATE_KEY || e->op == HIVE_DELETE_KEY;
	*type = "";
	*words = ABSENT;
	if (key_find(hive_root(h), e->key, &k, NULL) < 0)
		return;
	if (is_key) {
		*words = key_words(k, arena);
		return;
	}
	if (value_find(k, e->name, &v, NULL) < 0)
		return;
	const char *name = reg_type_name(v.type);
	*type = name ? name : arena_printf(arena, "type 0x%x", v.type);
	*words = data_words(v, e, arena);
}
