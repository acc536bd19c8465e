/* SPDX-License-Identifier: MIT */
/*
 * Values as numbers and texts. A value of another type or size than asked for is an error that
 * names what is there: nothing is converted silently.
 */
#include "stop7b/hive.h"

enum { DWORD_SIZE = 4, UNIT = 2 };

/* The data of v when its type is one of the two. */
static int typed_data(struct value v, uint32_t type, uint32_t other, struct arena *arena,
		      struct span *out, struct err *err)
{
	if (v.type == type || v.type == other)
		return value_data(v, arena, out, err);
	const char *name = reg_type_name(v.type);
	if (name)
		return err_set(err, E_CORRUPT, "%s where %s is expected", name,
			       reg_type_name(type));
	return err_set(err, E_CORRUPT, "type 0x%x where %s is expected", v.type,
		       reg_type_name(type));
}

int value_u32(struct value v, uint32_t *out, struct err *err)
{
	struct span data;
	/* The size first: data of four bytes is never put together, so no arena is needed. */
	if (v.type == REG_DWORD && v.size != DWORD_SIZE)
		return err_set(err, E_CORRUPT, "REG_DWORD of %u bytes", v.size);
	if (typed_data(v, REG_DWORD, REG_DWORD, NULL, &data, err))
		return -1;
	*out = le32(data, 0);
	return 0;
}

static int text_by(char *(*convert)(struct arena *a, struct span s), struct value v,
		   struct arena *arena, char **out, struct err *err)
{
	struct span data;
	if (typed_data(v, REG_SZ, REG_EXPAND_SZ, arena, &data, err))
		return -1;
	*out = convert(arena, data);
	return *out ? 0 : err_set(err, E_MEMORY, "no memory for a text of %zu bytes", data.len);
}

int value_text(struct value v, struct arena *arena, char **out, struct err *err)
{
	return text_by(text_utf16le, v, arena, out, err);
}

int value_raw_text(struct value v, struct arena *arena, char **out, struct err *err)
{
	return text_by(text_utf16le_raw, v, arena, out, err);
}

/* Bytes of the string at the start of s, without its terminator. */
static size_t string_bytes(struct span s)
{
	size_t len = 0;
	while (span_holds(s, len, UNIT) && le16(s, len) != 0)
		len += UNIT;
	return len;
}

/* Take the first string off s; an empty one ends a REG_MULTI_SZ. */
static struct span take_string(struct span *s)
{
	struct span first = span_sub(*s, 0, string_bytes(*s));
	size_t used = first.len + UNIT;
	*s = used < s->len ? span_sub(*s, used, s->len - used) : (struct span){0};
	return first;
}

int value_texts(struct value v, struct arena *arena, char ***out, size_t *n, struct err *err)
{
	struct span data;
	if (typed_data(v, REG_MULTI_SZ, REG_MULTI_SZ, arena, &data, err))
		return -1;
	size_t count = 0;
	for (struct span rest = data; take_string(&rest).len > 0;)
		count++;
	char **items = arena_array(arena, count + 1, sizeof(*items), err);
	if (!items)
		return -1;
	for (size_t i = 0; i < count; i++) {
		items[i] = text_utf16le(arena, take_string(&data));
		if (!items[i])
			return err_set(err, E_MEMORY, "no memory for %zu texts", count);
	}
	*out = items;
	*n = count;
	return 0;
}

int key_u32(struct key k, const char *name, uint32_t *out, struct err *err)
{
	struct value v;
	if (value_find(k, name, &v, err))
		return -1;
	return value_u32(v, out, err) ? err_at(err, "%s", name) : 0;
}

int key_text(struct key k, const char *name, struct arena *arena, char **out, struct err *err)
{
	struct value v;
	if (value_find(k, name, &v, err))
		return -1;
	return value_text(v, arena, out, err) ? err_at(err, "%s", name) : 0;
}
