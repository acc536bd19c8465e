/* SPDX-License-Identifier: MIT */
/*
 * What an element's key is in words, for people who review or undo a change of it: the element by the
 * name that bcdedit prints, and whose it is. From the hive alone: a store that is damaged elsewhere
 * names its elements too.
 */
#include "bcd_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS  "Objects\\"
#define ELEMENTS "\\Elements\\"
#define ID_TEXT  8u /* hex digits of an element's key */

/* "Objects\{guid}\Elements\11000001" into its two parts. */
static bool parse(const char *key, char guid[GUID_TEXT + 2], uint32_t *id)
{
	size_t n = strlen(OBJECTS);
	if (strncasecmp(key, OBJECTS, n) != 0)
		return false;
	const char *object = key + n, *end = strchr(object, '\\');
	size_t len = end ? (size_t)(end - object) : 0;
	if (len == 0 || len > GUID_TEXT + 1 || strncasecmp(end, ELEMENTS, strlen(ELEMENTS)) != 0)
		return false;
	const char *digits = end + strlen(ELEMENTS);
	if (strlen(digits) != ID_TEXT || strspn(digits, "0123456789abcdefABCDEF") != ID_TEXT)
		return false;
	snprintf(guid, GUID_TEXT + 2, "%.*s", (int)len, object);
	*id = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

static uint32_t type_of(const struct hive *h, const char *guid, struct arena *arena)
{
	struct key k;
	uint32_t type = 0;
	const char *path = arena_printf(arena, OBJECTS "%s\\Description", guid);
	if (path && key_find(hive_root(h), path, &k, NULL) == 0)
		key_u32(k, "Type", &type, NULL);
	return type;
}

static const char *description_of(const struct hive *h, const char *guid, struct arena *arena)
{
	struct key k;
	struct value v;
	char *text;
	const char *path = arena_printf(arena, OBJECTS "%s" ELEMENTS "%08x", guid, BCD_DESCRIPTION);
	if (!path || key_find(hive_root(h), path, &k, NULL) < 0 ||
	    value_find(k, "Element", &v, NULL) < 0 || value_text(v, arena, &text, NULL) < 0)
		return NULL;
	return text;
}

bool bcd_key_words(const struct hive *h, const char *key, struct arena *arena,
		   struct bcd_key_words *out)
{
	char guid[GUID_TEXT + 2];
	uint32_t id;
	*out = (struct bcd_key_words){0};
	if (!parse(key, guid, &id))
		return false;
	const struct bcd_name *name = bcd_name(type_of(h, guid, arena), id);
	const char *description = description_of(h, guid, arena);
	const char *element = name ? name->name : key + strlen(key) - ID_TEXT;
	const char *whose = description ? arena_printf(arena, " (%s)", description) : "";
	out->brief = arena_printf(arena, "%s%s", element, whose ? whose : "");
	out->whole = arena_printf(arena, "%s of %s%s", element, guid, whose ? whose : "");
	return out->brief && out->whole;
}
