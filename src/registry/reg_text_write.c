/* SPDX-License-Identifier: MIT */
/*
 * Writing a registry text from a hive, in the form of Windows' own editor: a text in quotes only
 * where reading it back gives the same bytes, a number as dword: when it has four, hex for all
 * else, its lines broken at 80 columns.
 *
 * Names go out as the units they are stored as, not as they are shown. Nothing is left out in
 * silence: a name that the form cannot hold, a value above the reader's limits and damage become
 * comment lines and are counted. A hive that leads to the same cells again ends the walk.
 */
#include "hive_internal.h"
#include "reg_text_internal.h"

#define FULL 4096u /* bytes that go to the sink at once */
/*
 * Columns from which on a line of hex is broken: the backslash comes behind, and each further
 * line holds 25 bytes. As regedit of Windows 7 and 10 does.
 */
#define BREAK_COLUMN 77u

struct writer {
	reg_text_sink *sink;
	void *ctx;
	struct arena *arena;
	struct units prefix;
	struct key_iter *frames; /* the keys from the top to the one being written */
	unsigned depth;
	uint32_t keys, values; /* written so far; bounded by what fits into the hive */
	uint64_t bytes;
	int left_out;
	unsigned column;
	size_t n;
	uint8_t buf[FULL];
	struct err *err;
	bool failed;
};

/* ---- characters ---- */

static void flush(struct writer *w)
{
	if (!w->failed && w->n > 0 && w->sink(w->ctx, (struct span){w->buf, w->n}, w->err))
		w->failed = true;
	w->n = 0;
}

static void put_unit(struct writer *w, uint16_t u)
{
	if (w->n == FULL)
		flush(w);
	put_le16(w->buf + w->n, u);
	w->n += REG_TEXT_UNIT;
	w->column++;
}

static void put(struct writer *w, const char *ascii)
{
	for (; *ascii; ascii++)
		put_unit(w, (unsigned char)*ascii);
}

static void end_line(struct writer *w)
{
	put(w, "\r\n");
	w->column = 0;
}

static void put_hex(struct writer *w, uint32_t number, unsigned digits)
{
	while (digits-- > 0)
		put_unit(w, (uint16_t) "0123456789abcdef"[number >> 4 * digits & 15]);
}

static void put_units(struct writer *w, struct units u)
{
	for (size_t i = 0; i < u.n; i++)
		put_unit(w, u.p[i]);
}

static void put_quoted(struct writer *w, uint16_t u)
{
	if (u == '\\' || u == '"')
		put_unit(w, '\\');
	put_unit(w, u);
}

/* ---- names ---- */

static bool fits_line(uint16_t u)
{
	return u != 0 && u != '\r' && u != '\n';
}

/* Would the reader find this name again? */
static bool is_name(struct hive_name name, size_t most)
{
	size_t n = name_units(name);
	if (n > most || (!name.latin1 && name.bytes.len % REG_TEXT_UNIT != 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!fits_line(name_unit(name, (uint32_t)i)))
			return false;
	return true;
}

static bool is_key_name(struct hive_name name)
{
	size_t n = name_units(name);
	for (size_t i = 0; i < n; i++)
		if (name_unit(name, (uint32_t)i) == '\\')
			return false;
	return n > 0 && is_name(name, REG_TEXT_NAME_MAX);
}

static struct hive_name key_name_at(const struct writer *w, unsigned depth)
{
	struct span nk = {0};
	hive_key_record(w->frames[depth].key, &nk, NULL);
	return hive_key_name(nk);
}

static void put_path(struct writer *w)
{
	put_units(w, w->prefix);
	for (unsigned i = 1; i < w->depth; i++) {
		struct hive_name name = key_name_at(w, i);
		put_unit(w, '\\');
		for (size_t k = 0; k < name_units(name); k++)
			put_unit(w, name_unit(name, k));
	}
}

/* "; skipped: what: why". what is UTF-8 for showing, NULL when memory ran out; why is ASCII. */
static void skip(struct writer *w, const char *what, const char *why)
{
	struct units u = {NULL, 0};
	put(w, "; skipped: ");
	if (what && reg_text_utf16(w->arena, what, &u, NULL) == 0)
		put_units(w, u);
	put(w, ": ");
	put(w, why);
	end_line(w);
	w->left_out++;
}

/* ---- values ---- */

/* Would the text in quotes give the same bytes? */
static bool is_plain_text(struct span data)
{
	if (data.len < REG_TEXT_UNIT || data.len % REG_TEXT_UNIT != 0)
		return false;
	size_t last = data.len - REG_TEXT_UNIT;
	for (size_t at = 0; at < last; at += REG_TEXT_UNIT)
		if (!fits_line(le16(data, at)))
			return false;
	return le16(data, last) == 0;
}

static void put_text(struct writer *w, struct span data)
{
	put_unit(w, '"');
	for (size_t at = 0; at + REG_TEXT_UNIT < data.len; at += REG_TEXT_UNIT)
		put_quoted(w, le16(data, at));
	put_unit(w, '"');
}

static unsigned digits_of(uint32_t number)
{
	unsigned digits = 1;
	while (number >>= 4)
		digits++;
	return digits;
}

static void put_bytes(struct writer *w, uint32_t type, struct span data)
{
	put(w, "hex");
	if (type != REG_BINARY) {
		put_unit(w, '(');
		put_hex(w, type, digits_of(type));
		put_unit(w, ')');
	}
	put_unit(w, ':');
	for (size_t i = 0; i < data.len; i++) {
		put_hex(w, data.p[i], 2);
		if (i + 1 == data.len)
			break;
		put_unit(w, ',');
		if (w->column < BREAK_COLUMN)
			continue;
		put_unit(w, '\\');
		end_line(w);
		put(w, "  ");
	}
}

static void put_data(struct writer *w, uint32_t type, struct span data)
{
	if (type == REG_SZ && is_plain_text(data)) {
		put_text(w, data);
	} else if (type == REG_DWORD && data.len == sizeof(uint32_t)) {
		put(w, "dword:");
		put_hex(w, le32(data, 0), 8);
	} else {
		put_bytes(w, type, data);
	}
}

static void put_value_name(struct writer *w, struct hive_name name)
{
	size_t n = name_units(name);
	if (n == 0) {
		put_unit(w, '@');
		return;
	}
	put_unit(w, '"');
	for (size_t i = 0; i < n; i++)
		put_quoted(w, name_unit(name, (uint32_t)i));
	put_unit(w, '"');
}

static const char *write_value(struct writer *w, struct value v, struct span vk)
{
	struct span data;
	struct err err = {0};
	struct hive_name name = hive_value_name(vk);
	if (!is_name(name, REG_TEXT_VALUE_NAME_MAX))
		return "a value with a name that this form cannot hold";
	if (v.size > REG_TEXT_DATA_MAX)
		return "a value too large to be read back";
	if (value_data(v, w->arena, &data, &err))
		return "a value whose data is damaged";
	w->bytes += data.len;
	put_value_name(w, name);
	put_unit(w, '=');
	put_data(w, v.type, data);
	end_line(w);
	return NULL;
}

static int too_many(struct writer *w)
{
	w->failed = true;
	return err_set(w->err, E_CORRUPT, "more than fits into the hive: some of it is shared");
}

static int write_values(struct writer *w, struct key k)
{
	struct value_iter it = key_values(k);
	struct value v;
	struct span vk;
	while (value_next(&it, &v)) {
		if (++w->values > hive_values_max(k.hive) || w->bytes > k.hive->bins_size)
			return too_many(w);
		if (hive_value_record(k.hive, v.at, &vk, NULL))
			continue;
		const char *why = write_value(w, v, vk);
		if (why)
			skip(w, value_name(v, w->arena), why);
	}
	if (it.err.code != E_OK)
		skip(w, "damaged values", it.err.text);
	return 0;
}

/* ---- keys ---- */

/* Write a key and make it the last frame. */
static int enter(struct writer *w, struct key k)
{
	if (++w->keys > hive_keys_max(k.hive))
		return too_many(w);
	w->frames[w->depth++] = key_subkeys(k);
	put_unit(w, '[');
	put_path(w);
	put_unit(w, ']');
	end_line(w);
	int result = write_values(w, k);
	end_line(w);
	return result;
}

static void leave(struct writer *w)
{
	const struct key_iter *it = &w->frames[w->depth - 1];
	if (it->err.code != E_OK) {
		skip(w, "damaged subkeys", it->err.text);
		end_line(w);
	}
	w->depth--;
}

static const char *why_not(const struct writer *w, struct key k)
{
	struct span nk;
	if (hive_key_record(k, &nk, NULL) || !is_key_name(hive_key_name(nk)))
		return "a key with a name that this form cannot hold";
	return w->depth > HIVE_DEPTH_MAX ? "a key nested deeper than 512" : NULL;
}

static int step(struct writer *w)
{
	struct key sub;
	if (!key_next(&w->frames[w->depth - 1], &sub)) {
		leave(w);
		return 0;
	}
	const char *why = why_not(w, sub);
	if (!why)
		return enter(w, sub);
	skip(w, key_name(sub, w->arena), why);
	end_line(w);
	return 0;
}

int reg_text_write(struct key k, const char *prefix, struct arena *arena, reg_text_sink *sink,
		   void *ctx, struct err *err)
{
	struct writer *w = arena_alloc(arena, sizeof(*w), err);
	if (!w)
		return -1;
	*w = (struct writer){.sink = sink, .ctx = ctx, .arena = arena, .err = err};
	w->frames = arena_array(arena, HIVE_DEPTH_MAX + 1, sizeof(*w->frames), err);
	if (!w->frames || reg_text_utf16(arena, prefix, &w->prefix, err))
		return -1;
	put_unit(w, REG_TEXT_BOM);
	put(w, REG_TEXT_HEADER);
	end_line(w);
	end_line(w);
	int result = enter(w, k);
	while (result == 0 && !w->failed && w->depth > 0)
		result = step(w);
	flush(w);
	return w->failed || result ? -1 : w->left_out;
}
