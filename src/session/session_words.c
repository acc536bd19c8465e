/* SPDX-License-Identifier: MIT */
/*
 * A value or key of a hive in the words of a review line: its type, its data, or that it is not
 * there. Numbers of Start and StartOverride are explained, devices of a boot store written as
 * bcdedit writes them.
 */
#include "session_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/bcd.h"
#include "stop7b/value_words.h"

#define SHOWN_BYTES   16u /* of binary data */
#define SHOWN_STRINGS 8u

static bool is_start(const struct edit *e)
{
	static const char override[] = "\\StartOverride";
	size_t len = strlen(e->key), tail = sizeof(override) - 1;
	return text_equal(e->name, "Start") ||
	       (len > tail && text_equal(e->key + len - tail, override));
}

/* "Objects\\{guid}\\Elements\\11000001" in a boot store; NULL where it is none that is understood. */
static const char *device_words(struct value v, const struct edit *e, struct arena *arena)
{
	const char *leaf = strrchr(e->key, '\\');
	struct bcd_device device;
	struct span data;
	unsigned long id = leaf ? strtoul(leaf + 1, NULL, 16) : 0;
	if (!strstr(e->key, "\\Elements\\") || (id >> 24 & 0xf) != BCD_FORMAT_DEVICE ||
	    value_data(v, arena, &data, NULL) < 0 ||
	    bcd_device_decode(data, arena, &device, NULL) < 0)
		return NULL;
	return bcd_device_text(&device, arena);
}

static struct said data_words(struct value v, const struct edit *e, struct arena *arena)
{
	static const struct value_form brief = {
		.quote = "\"", .between = ", ", .texts = SHOWN_STRINGS, .bytes = SHOWN_BYTES};
	uint32_t number;
	if (value_u32(v, &number, NULL) == 0) {
		char odd[24];
		if (is_start(e))
			return said_make(arena, "%s", said_word(start_words(number, odd), arena));
		return said_make(arena, "%u", number);
	}
	const char *words = device_words(v, e, arena);
	if (!words)
		words = value_words(v, &brief, arena, NULL);
	return words ? said_as_is(words) : said_of("unreadable");
}

static struct said key_words(struct key k, struct arena *arena)
{
	uint32_t keys = key_subkey_count(k), values = key_value_count(k);
	if (keys == 0 && values == 0)
		return said_of("key, empty");
	return said_make(arena, "key with %u subkey%s and %u value%s", keys, keys == 1 ? "" : "s",
			 values, values == 1 ? "" : "s");
}

bool edit_words(struct key_finder *in, const struct edit *e, struct arena *arena, const char **type,
		struct said *words)
{
	struct key k;
	struct value v;
	bool is_key = e->op == HIVE_CREATE_KEY || e->op == HIVE_DELETE_KEY;
	*type = "";
	*words = said_of("absent");
	if (key_finder_find(in, hive_root(in->hive), e->key, &k, NULL) < 0)
		return false;
	if (is_key) {
		*words = key_words(k, arena);
		return true;
	}
	if (value_find(k, e->name, &v, NULL) < 0)
		return false;
	const char *name = reg_type_name(v.type);
	*type = name ? name : arena_printf(arena, "type 0x%x", v.type);
	*words = data_words(v, e, arena);
	return true;
}
